"""What is different between two plans: nothing lost, entries known again, long texts by words, all outputs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from strategies import plans
from test_cli import Forked

from relplan import api
from relplan.comparison.difference import applied, difference, entry_name
from relplan.comparison.words import changed_words
from relplan.errors import ReadError
from relplan.model.plan import ReleasePlan

BEFORE = """\
product: 网银
version: "2.3"
deployment: [停服务, 执行脚本 a.sql, 更新镜像]
table:
  - {order: 1, system: 账务, version: "1.0", risk_level: 高, ddl: "ALTER TABLE t\\nADD a int;\\nSELECT 1;"}
  - {order: 2, system: 渠道, version: "1.1"}
  - {order: 3, system: 门户, version: "1.1"}
"""
AFTER = """\
product: 网银
version: "2.4"
goal: 新目标
deployment: [备份, 停服务, 执行脚本 b.sql, 更新镜像]
table:
  - {order: 3, system: 门户, version: "1.1"}
  - {order: 1, system: 账务, version: "1.2", risk_level: 中, ddl: "ALTER TABLE t\\nADD b int;\\nSELECT 1;"}
  - {order: 4, system: 风控, version: "1.1"}
"""
TEXT = """\
--- a.yaml
+++ b.yaml
Overview
  Version: 2.3 → 2.4  b.yaml:2:1
  Goal: (blank) → 新目标  b.yaml:3:1
Deployment
  + 备份
  ~ 执行脚本 b.sql
      Step: 执行脚本 a.sql → 执行脚本 b.sql  b.yaml:4:23
Release table
  ↕ 门户 1.1  moved from 3 to 1
  ~ 账务 1.2
      Version: 1.0 → 1.2  b.yaml:7:28
      Risk level: High → Medium  b.yaml:7:44
      DDL:  b.yaml:7:59
        …
        ADD [-a-]{+b+} int;
        …
  + 风控 1.1
  - 渠道 1.1
2 facts changed, 1 removed, 2 changed, 2 added, 1 moved
"""


@pytest.fixture
def team(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(BEFORE, "utf-8")
    (tmp_path / "b.yaml").write_text(AFTER, "utf-8")
    return tmp_path


def changed(before: dict, after: dict) -> list[tuple[str, str, list[str]]]:
    found = difference(ReleasePlan(**before), ReleasePlan(**after))
    return [
        (each.kind, entry_name(each.entry, change.path), [".".join(map(str, field.path)) for field in each.fields])
        for change in found.lists
        for each in change.entries
    ]


@given(plans, plans)
@settings(max_examples=60)
def test_a_difference_applied_to_the_one_gives_the_other(one, two):
    found = difference(one, two)
    assert applied(one, found) == two
    assert bool(found) == (one.data() != two.data())


@given(plans, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_rows_that_changed_places_have_only_moved(plan, random):
    rows = list(plan.table.rows)
    random.shuffle(rows)
    other = plan.replace(table=plan.table.replace(rows=tuple(rows)))
    found = difference(plan, other)
    assert applied(plan, found) == other
    assert {each.kind for change in found.lists for each in change.entries} <= {"moved"}


@pytest.mark.long
@given(plans, plans)
@settings(max_examples=500)
def test_a_difference_applied_to_the_one_gives_the_other_at_length(one, two):
    assert applied(one, difference(one, two)) == two


@given(st.text(), st.text())
def test_the_words_that_changed_are_both_texts(before, after):
    pieces = changed_words(before, after)
    assert "".join(text for kind, text in pieces if kind != "new") == before
    assert "".join(text for kind, text in pieces if kind != "gone") == after


def test_words_of_very_long_texts_are_compared_by_lines():
    before = "".join(f"line {n} x\n" for n in range(2_500))
    pieces = changed_words(before, before.replace("line 7 x", "line 7 y"))
    assert [each for each in pieces if each[0] != "same"] == [("gone", "line 7 x\n"), ("new", "line 7 y\n")]
    assert changed_words("a\n" * 5_000, "b\n" * 5_000) == (("gone", "a\n" * 5_000), ("new", "b\n" * 5_000))


def test_rows_are_known_by_their_system():
    one = {"table": [{"system": "账务", "version": "1"}, {"system": "渠道", "version": "1"}]}
    two = {"table": [{"system": "渠道", "version": "2"}, {"system": "账务", "version": "1"}]}
    kinds = changed(one, two)
    assert ("changed", "渠道 2", ["version"]) in kinds and len(kinds) <= 2


def test_two_rows_of_one_system_are_known_by_their_version():
    one = {"table": [{"system": "a", "version": "1"}, {"system": "a", "version": "2"}]}
    two = {"table": [{"system": "a", "version": "2", "branch": "x"}, {"system": "a", "version": "1"}]}
    assert ("changed", "a 2", ["branch"]) in changed(one, two)


def test_one_row_that_went_to_the_front_is_the_one_that_moved():
    rows = [{"system": str(n)} for n in range(6)]
    assert changed({"table": rows}, {"table": [rows[5], *rows[:5]]}) == [("moved", "5", [])]


def test_a_sentence_that_was_changed_is_not_one_that_went_and_one_that_came():
    one, two = {"impact": ["客户门户暂停 10 分钟", "无"]}, {"impact": ["客户门户暂停 20 分钟", "批处理推迟"]}
    assert ("changed", "客户门户暂停 20 分钟", [""]) in changed(one, two)


def test_extra_columns_are_fields():
    one = {"table": [{"system": "a", "extra": {"灰度": "否", "编号": "1"}}]}
    two = {"table": [{"system": "a", "extra": {"灰度": "是"}}]}
    assert changed(one, two) == [("changed", "a", ["extra.灰度", "extra.编号"])]


def test_a_stated_none_and_a_list_are_different():
    found = difference(ReleasePlan(impact="无"), ReleasePlan(impact=["a"]))
    assert applied(ReleasePlan(impact="无"), found) == ReleasePlan(impact=["a"]) and found


def test_the_command_says_it_as_text(team):
    run = Forked("diff", "a.yaml", "b.yaml", cwd=team)
    assert run.code == 1 and run.out.decode() == TEXT
    run = Forked("diff", "a.yaml", "a.yaml", cwd=team)
    assert run.code == 0 and "no difference" in run.out.decode()
    run = Forked("diff", "a.yaml", "b.yaml", "--part", "table", "--lang", "zh", cwd=team)
    assert "发布过程" not in run.out.decode() and "原" not in run.out.decode() and "账务 1.2" in run.out.decode()


def test_the_command_writes_every_form(team):
    outputs = ["d.txt", "d.md", "d.html", "d.docx", "d.xlsx", "d.json"]
    run = Forked("diff", "a.yaml", "b.yaml", *(word for each in outputs for word in ("-o", each)), cwd=team)
    assert run.code == 1 and run.out == b"" and run.err.split() == outputs
    assert (team / "d.txt").read_text("utf-8") == TEXT
    page = (team / "d.md").read_text("utf-8")
    assert "| 账务 1.2 | Risk level | ~~High~~ | **Medium** |" in page and "ADD ~~a~~ int" in page
    told = json.loads((team / "d.json").read_text("utf-8"))
    assert told["counts"] == {"facts": 2, "removed": 1, "changed": 2, "added": 2, "moved": 1}
    assert told["lists"][1]["path"] == "table.rows" and told["lists"][1]["order"] == [2, 0, None]


def test_workbooks_are_compared_and_marked(team, check_ooxml):
    for name in ("a", "b"):
        assert Forked("render", f"{name}.yaml", "-o", f"{name}.xlsx", cwd=team).code == 0
    before = (team / "b.xlsx").read_bytes()
    run = Forked("diff", "a.xlsx", "b.xlsx", "--marked", "m.xlsx", cwd=team)
    assert run.code == 1 and "b.xlsx › 发布清单!C4" in run.out.decode()
    check_ooxml((team / "m.xlsx").read_bytes(), ".xlsx")
    sheet = load_workbook(team / "m.xlsx")["发布清单"]
    assert "1.0" in sheet["C4"].comment.text and sheet["C4"].fill.fgColor.rgb == "FFFFE7A8"
    assert "added" in sheet["A5"].comment.text or "added" in sheet["B5"].comment.text
    assert any(
        "渠道" in str(cell.value) for row in load_workbook(team / "m.xlsx").worksheets[-1].iter_rows() for cell in row
    )
    assert (team / "b.xlsx").read_bytes() == before
    again = api.load(team / "m.xlsx")
    assert again.plan == api.load(team / "b.xlsx").plan, "a copy with marks is read as the workbook"


def test_a_plan_and_its_workbook_are_alike(team):
    Forked("render", "a.yaml", "-o", "a.xlsx", cwd=team)
    assert Forked("diff", "a.yaml", "a.xlsx", cwd=team).code == 0


@pytest.mark.parametrize("arguments", [("a.yaml",), ("a.yaml", "b.yaml", "--git", "HEAD")])
def test_wrong_use(team, arguments):
    assert Forked("diff", *arguments, cwd=team).code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a.yaml", "none.yaml"), "none.yaml"),
        (("a.yaml", "b.yaml", "--part", "tabel"), 'did you mean "table"'),
        (("a.yaml", "b.yaml", "-o", "x.pdf"), 'no form "pdf"'),
        (("a.yaml", "b.yaml", "--marked", "x.xlsx"), "workbook"),
        (("a.yaml", "--git", "HEAD"), "no git repository"),
    ],
)
def test_bad_input_gets_one_line(team, arguments, said):
    run = Forked("diff", *arguments, cwd=team)
    assert run.code == 3 and said in run.err and run.err.count("\n") == 1 and not list(team.glob("x.*"))


def git(folder: Path, *arguments: str) -> None:
    options = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *options, *arguments], cwd=folder, check=True, capture_output=True)


def test_revisions_of_a_repository_are_compared(team):
    git(team, "init", "-q", "-b", "main")
    (team / "plans").mkdir()
    path = team / "plans" / "计划.yaml"
    for number, text in enumerate((BEFORE, AFTER), 1):
        path.write_text(text, "utf-8")
        git(team, "add", "plans")
        git(team, "commit", "-q", "-m", "x")
        git(team, "tag", f"v{number}")
    run = Forked("diff", "plans/计划.yaml", "--git", "v1", cwd=team)
    assert run.code == 1 and run.out.decode().startswith("--- 计划.yaml@v1\n+++ plans/计划.yaml\n")
    assert run.out.decode().splitlines()[-1] == TEXT.splitlines()[-1]
    assert Forked("diff", "plans/计划.yaml", "--git", "HEAD", cwd=team).code == 0
    path.write_text(BEFORE, "utf-8")
    assert Forked("diff", "计划.yaml", "--git", "v1", cwd=team / "plans").code == 0
    assert Forked("diff", "计划.yaml", "--git", "v2..v1", cwd=team / "plans").code == 1
    path.unlink()
    assert Forked("diff", "plans/计划.yaml", "--git", "v1..v2", cwd=team).code == 1
    for revision, said in (("v9", "no revision"), ("--output=x", "no revision"), ("v1..--exec=x", "no revision")):
        run = Forked("diff", "plans/计划.yaml", f"--git={revision}", cwd=team)
        assert run.code == 3 and said in run.err, run.err
    run = Forked("diff", "plans/none.yaml", "--git", "v1..v2", cwd=team)
    assert run.code == 3 and "not in the revision v1" in run.err


def test_a_part_that_no_plan_has_is_refused():
    with pytest.raises(ReadError, match="did you mean"):
        api.diff(ReleasePlan(), ReleasePlan(), ["tabel"])


def test_a_terminal_sees_colours_unless_told_not_to(team):
    colours = api.diff_as(
        api.diff(*(api.load(team / name).plan for name in ("a.yaml", "b.yaml"))),
        *(api.Side(name, api.load(team / name)) for name in ("a.yaml", "b.yaml")),
        colour=True,
        language="en",
    ).decode()
    assert "\x1b[32m+++ b.yaml\x1b[0m" in colours and "\x1b[31m[-a-]\x1b[0m" in colours
    pty = pytest.importorskip("pty")
    for setting, coloured in ((None, True), ("1", False)):
        code = (
            "import os, pty, sys\n"
            + (f"os.environ['NO_COLOR'] = {setting!r}\n" if setting else "os.environ.pop('NO_COLOR', None)\n")
            + "pty.spawn([sys.executable, '-m', 'relplan', 'diff', 'a.yaml', 'b.yaml'])\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=team, capture_output=True, check=False, stdin=subprocess.DEVNULL
        )
        assert (b"\x1b[32m" in run.stdout) is coloured
    assert pty
