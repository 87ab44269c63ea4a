"""The go-live process as data: what the built-in one says, and how strict its file is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from relplan import api
from relplan.errors import PlanError
from relplan.model.part import fields_of
from relplan.process.model import Process
from relplan.resources import template_bytes

TEXT = template_bytes("process.yaml").decode()
DOC = (Path(__file__).parents[1] / "docs" / "process.md").read_text("utf-8")
MAP = [
    (sentence, re.findall(r"`([^`]+)`", places))
    for sentence, places in re.findall(r"^\| (.+?) \| (`.+`) \|$", DOC.split("## Where each sentence")[1], re.MULTILINE)
]


def found(process: Process, place: str) -> object:
    """What stands at a place such as `stages.test.activities.a` or `gates.go-live.minutes`."""
    value: object = process
    for name in place.split("."):
        if isinstance(value, tuple):
            value = next(each for each in value if each.id == name)
        elif name in fields_of(type(value)):
            value = getattr(value, name)
        else:
            value = next(each for each in value.checks if each.id == name)
    return value


@pytest.mark.parametrize(("sentence", "places"), MAP)
def test_each_place_of_the_map_is_there(sentence, places):
    for place in places:
        assert found(api.process(), place)


def test_every_sentence_of_the_source_has_its_place(shared):
    text = (shared / "seeds" / "3-go-live-process.txt").read_text("utf-8")
    rest = "".join(text.split())
    for sentence, _ in MAP:
        words = "".join(sentence.split())
        assert words in rest, sentence
        rest = rest[rest.index(words) :]
    sentences = [each for each in re.split(r"(?<=[。\n])", text) if each.strip(" \n）。)")]
    starts = ["".join(sentence.split()) for sentence, _ in MAP]
    for sentence in sentences:
        assert "".join(sentence.split()).startswith(tuple(start.split("。")[0] for start in starts)), sentence


def test_what_the_source_asks_for():
    process = api.process()
    assert [each.owner for each in process.environments] == ["developer", "tester", "operations", "operations"]
    assert [stage.id for stage in process.stages] == ["test", "staging", "go-live", "monitoring", "summary"]
    assert [len(stage.activities) for stage in process.stages] == [5, 2, 5, 2, 1]
    assert {each.part for each in process.plan_contents} == {
        "external_software",
        "order",
        "services_to_stop",
        "scripts",
        "window",
        "impact",
        "rollback",
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("deputy: operations", "deputy: operation", 'there is no role "operation"; did you mean "operations"?'),
        ("purpose:", "purposes:", 'unknown key "purposes"; did you mean "purpose"?'),
        ("evidence: minutes", "evidence: minute", 'unknown word "minute"; did you mean "minutes"?'),
        ("notice: hand-over}", "notice: handover}", 'there is no notice "handover"; did you mean "hand-over"?'),
        ("keeps: [test/branches", "keeps: [test/branch", 'there is no check "test/branch"'),
        ("before: staging\n", "before: stage\n", 'there is no stage "stage"'),
        ("{id: branches, text", "{id: self-test, text", '"self-test" stands twice'),
        (", round: internal}", "}", "has to name its round"),
        ("{product} {version} 部署大会", "{produkt} {version} 部署大会", 'there is no placeholder "produkt"'),
        ("show: [results]", "show: [result]", 'there is no part of a notice "result"'),
    ],
)
def test_a_changed_process_is_held_to_its_word(tmp_path, old, new, message):
    assert old in TEXT
    path = tmp_path / "process.yaml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(PlanError) as caught:
        api.process(path)
    assert message in caught.value.text("en")
    assert "process.yaml" in caught.value.text("en")


def test_nothing_is_asked_for_before_it_can_be(tmp_path):
    path = tmp_path / "process.yaml"
    path.write_text(TEXT.replace("evidence: branches}", "evidence: verified}", 1), "utf-8")
    with pytest.raises(PlanError, match="exists only after it"):
        api.process(path)


def test_a_process_has_places_for_its_faults(tmp_path):
    path = tmp_path / "process.yaml"
    path.write_text(TEXT + "extra: 1\n", "utf-8")
    with pytest.raises(PlanError) as caught:
        api.process(path)
    assert f":{TEXT.count(chr(10)) + 1}:1: unknown key" in caught.value.text("en")
