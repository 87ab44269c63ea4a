"""A folder with changed copies of templates, labels, themes and the process, which the settings name."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_cli import Forked

from relplan import api
from relplan.errors import TemplateError
from relplan.model.plan import ReleasePlan

PLAN = ReleasePlan(product="网银", version="2.3", participants=[{"name": "张三"}])


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A plan with settings and a folder of copies beside it."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "relplan.toml").write_text('templates = "mine"\n', encoding="utf-8")
    (tmp_path / "plan.yaml").write_text("product: 网银\nversion: '2.3'\nparticipants: [张三]\n", encoding="utf-8")
    return tmp_path


def put(team: Path, name: str, text: str) -> None:
    (team / "mine" / name).write_text(text, encoding="utf-8")


def rendered(team: Path, *options: str) -> str:
    run = Forked("render", "plan.yaml", *options, cwd=team)
    assert run.code == 0, run.err
    return run.out.decode()


def test_a_changed_template_takes_the_place_of_the_built_in_one(team):
    put(team, "notes.md.j2", "# 我们的说明 {{ plan.version }}\n")
    assert rendered(team, "-d", "notes") == "# 我们的说明 2.3\n"
    assert "mine" not in rendered(team, "-d", "table"), "all others stay"


def test_labels_of_a_copy_may_be_those_alone_that_differ(team):
    put(team, "labels.zh.yaml", "gap: 〔请补〕\ndocuments:\n  plan: 投产方案\n")
    page = rendered(team)
    assert page.startswith("# 网银 2.3 投产方案") and "〔请补〕" in page and "〔待补充〕" not in page
    (team / "relplan.toml").write_text("", encoding="utf-8")
    assert "〔待补充〕" in rendered(team)


def test_labels_stand_in_every_format(team):
    put(team, "labels.zh.yaml", "sections: {impact: 受影响的客户}\n")
    for ending in ("html", "docx"):
        run = Forked("render", "plan.yaml", "-o", f"a.{ending}", cwd=team)
        assert run.code == 0, run.err
    assert "受影响的客户" in (team / "a.html").read_text("utf-8")


def test_a_document_of_its_own_is_listed_and_rendered(team):
    put(team, "duty.md.j2", "# {{ title }}\n\n{{ plan.participants | entries }}\n")
    put(team, "labels.zh.yaml", "documents: {duty: 值班表}\n")
    listed = Forked("documents", cwd=team).out.decode()
    assert "duty" in listed and "mine/duty.md.j2" in listed
    assert rendered(team, "-d", "duty").startswith("# 网银 2.3 值班表\n")


def test_a_changed_theme_and_process_count(team):
    assert Forked("documents", "--copy", "mine", cwd=team).code == 0
    names = {each.name for each in (team / "mine").iterdir()}
    assert {"plan.md.j2", "labels.zh.yaml", "labels.en.yaml", "theme.docx", "theme.css", "process.yaml"} <= names
    style = (team / "mine" / "theme.css").read_text("utf-8")
    put(team, "theme.css", style + "\n.ours{}\n")
    assert Forked("render", "plan.yaml", "-o", "a.html", cwd=team).code == 0
    assert ".ours{}" in (team / "a.html").read_text("utf-8")
    (team / "mine" / "process.yaml").write_text("stages: 3\n", encoding="utf-8")
    run = Forked("render", "plan.yaml", "-d", "process", "-o", "a.md", cwd=team)
    assert run.code == 3 and "process.yaml" in run.err, "it is the copy that is read"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gapp: x\n", "gap"),
        ("sections: {impakt: x}\n", "sections.impakt"),
        ("gap: [x]\n", "not of its kind"),
        ("gap: 'x\n", "broken YAML"),
        ("- a\n", "keys with words"),
    ],
)
def test_wrong_labels_are_said_in_one_line(team, text, said):
    put(team, "labels.zh.yaml", text)
    run = Forked("render", "plan.yaml", "-o", "a.md", cwd=team)
    assert run.code == 3 and said in run.err and run.err.count("\n") == 1 and not (team / "a.md").exists()


def test_a_folder_that_is_not_there_is_said(team):
    (team / "relplan.toml").write_text('templates = "no"\n', encoding="utf-8")
    run = Forked("render", "plan.yaml", "-o", "a.md", cwd=team)
    assert run.code == 3 and "no such folder of templates" in run.err


def test_the_folder_counts_within_its_context_alone(team):
    put(team, "labels.zh.yaml", "gap: 〔请补〕\n")
    with api.templates_from(team / "mine"):
        assert "〔请补〕".encode() in api.render(PLAN)
    assert "〔请补〕".encode() not in api.render(PLAN)
    with pytest.raises(TemplateError, match="no such folder"), api.templates_from(team / "none"):
        pass
