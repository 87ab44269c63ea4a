"""What is written is read back the same: plan files, the workbook, and the text of every cell, whatever words they hold."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import lists, minutes, moments, plans, texts

from relplan import api
from relplan.model import celltext
from relplan.model.plan import ReleasePlan
from relplan.model.values import Action, ReleaseKind, RiskLevel

few = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
many = settings(max_examples=500, derandomize=False, deadline=None, suppress_health_check=list(HealthCheck))
most = settings(max_examples=1500, derandomize=False, deadline=None, suppress_health_check=list(HealthCheck))

KINDS = [
    celltext.TextKind(), celltext.ItemsKind(), celltext.PeopleKind(), celltext.WordsKind(), celltext.DependenciesKind(), celltext.ChangesKind(),
    celltext.MinutesKind(), celltext.MomentKind(), celltext.ChoiceKind(RiskLevel), celltext.ChoiceKind(Action), celltext.ChoiceKind(ReleaseKind),
]  # fmt: skip


def check_plan_file(plan: ReleasePlan, format: str) -> None:
    data = api.dumps(plan, format)
    read = api.loads(data, format)
    assert read.plan == plan
    assert api.dumps(read.plan, format) == data


def check_workbook(plan: ReleasePlan, language: str) -> None:
    read = api.loads(api.render(plan, format="xlsx", language=language), "xlsx")
    assert read.plan == plan
    assert not [notice for notice in read.notices if notice.kind in ("unplaced", "guessed")]


@few
@given(plans, st.sampled_from(["yaml", "json"]))
def test_a_plan_file_gives_the_plan_back(plan, format):
    check_plan_file(plan, format)


@few
@given(plans, st.sampled_from(["zh", "en"]))
def test_the_workbook_gives_the_plan_back(plan, language):
    check_workbook(plan, language)


@pytest.mark.long
@many
@given(plans)
def test_plan_files_give_many_plans_back(plan):
    check_plan_file(plan, "yaml")
    check_plan_file(plan, "json")


@pytest.mark.long
@many
@given(plans, st.sampled_from(["zh", "en"]))
def test_the_workbook_gives_many_plans_back(plan, language):
    check_workbook(plan, language)


def check_kind(kind, raw, language) -> None:
    value = kind.accept(raw)
    assert kind.accept(value) == value
    text = kind.write(value, language)
    assert kind.read(text) == value, text
    assert kind.accept(kind.dump(value)) == value


values = st.one_of(texts, lists, minutes, moments)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from(KINDS), st.one_of(texts, lists), st.sampled_from(["zh", "en"]))
def test_every_kind_of_cell_reads_what_it_writes(kind, raw, language):
    if isinstance(raw, list) and not isinstance(kind, celltext.ListKind):
        raw = "\n".join(raw)
    check_kind(kind, raw, language)


@pytest.mark.long
@most
@given(st.sampled_from(KINDS), st.one_of(texts, lists), st.sampled_from(["zh", "en"]))
def test_every_kind_of_cell_reads_what_it_writes_again_and_again(kind, raw, language):
    if isinstance(raw, list) and not isinstance(kind, celltext.ListKind):
        raw = "\n".join(raw)
    check_kind(kind, raw, language)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(moments, minutes)
def test_moments_and_minutes_keep_their_value(moment, length):
    check_kind(celltext.MomentKind(), moment, "zh")
    check_kind(celltext.MinutesKind(), length, "en")


def test_a_text_too_long_for_a_cell_goes_on_in_a_sheet_of_its_own():
    long = "".join(f"{i}行 😀\n" for i in range(9000))
    plan = ReleasePlan(
        goal=long, table=[{"system": "甲", "ddl": long, "dml": "x" * 32_767}, {"system": "乙", "ddl": "a\n〔→ L1〕"}]
    )
    check_workbook(plan, "zh")
    check_workbook(plan, "en")


def test_none_and_not_stated_both_come_back():
    plan = ReleasePlan(
        scripts="无", deployment=["不涉及"], table=[{"system": "甲", "dependencies": "-", "developers": None}]
    )
    check_plan_file(plan, "yaml")
    check_workbook(plan, "zh")
    assert str(plan.scripts) == "无" and plan.packages == () and plan.table.rows[0].developers == ()
