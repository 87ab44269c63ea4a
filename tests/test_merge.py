"""One plan of the changes of several people: nothing of one is lost, no clash is resolved in silence, whoever is named first."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from strategies import plans
from test_cli import Forked, Run
from test_tables import CASES, FOLDER, source

from relplan import api
from relplan.comparison.difference import difference
from relplan.errors import PlanError, TemplateError, WriteError
from relplan.model.clash import is_marked, mark, marked_paths
from relplan.model.plan import ReleasePlan
from relplan.model.read import Read

BASE = {
    "product": "网银",
    "version": "1",
    "deployment": ["停服务", "更新镜像", "启动"],
    "table": [{"system": name, "version": "1", "risk_level": "低"} for name in "ABCD"],
}


def side(name: str, plan: ReleasePlan) -> api.Side:
    return api.Side(name, Read(plan))


def merged(base: ReleasePlan, *sides: ReleasePlan) -> api.Merged:
    return api.merge(side("base", base), [side(f"s{number}", each) for number, each in enumerate(sides)])


def changed(**changes) -> ReleasePlan:
    return ReleasePlan(**{**BASE, **changes})


def rows(**changes: dict) -> list[dict]:
    """The rows of the base with fields of some systems changed; None takes one away."""
    return [
        {**row, **changes.get(row["system"], {})} for row in BASE["table"] if changes.get(row["system"], {}) is not None
    ]


PLAN = ReleasePlan(**BASE)


@given(plans, plans)
@settings(max_examples=40)
def test_the_changes_of_one_person_are_taken_as_they_are(base, one):
    for sides in ([one], [one, base], [one, one], [base, one, base]):
        found = merged(base, *sides)
        assert not found.clashes and not difference(found.plan, one)


@given(plans, plans, plans, plans)
@settings(max_examples=40)
def test_who_is_named_first_plays_no_part(base, one, two, three):
    sides = [side(name, each) for name, each in zip("xyz", (one, two, three), strict=True)]
    found = []
    for order in itertools.permutations(sides):
        try:
            made = api.merge(side("base", base), order)
            found.append((made.plan, [str(each.problem()) for each in made.clashes]))
        except PlanError as error:
            found.append((str(error), []))
    assert all(each == found[0] for each in found)


def texts(value: object) -> Iterator[str]:
    """Every text in plain data."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(each)
    if not isinstance(value, dict | list) and value is not None:
        yield str(value)


@given(plans, plans, plans)
@settings(max_examples=50)
def test_no_change_is_lost_and_no_clash_is_silent(base, one, two):
    try:
        found = merged(base, one, two)
    except PlanError:
        return  # people clash in what cannot hold a mark, and all is refused
    assert bool(found.clashes) == bool(marked_paths(found.plan))
    options = [each.value for clash in found.clashes for each in clash.options]
    said = "\n".join(itertools.chain(texts(found.plan.data()), *map(texts, options)))
    for each in (one, two):
        change = difference(base, each)
        new = [fact.after for fact in change.facts]
        for entry in (entry for part in change.lists for entry in part.entries):
            new += [entry.entry] if entry.kind == "added" else [field.after for field in entry.fields]
        assert all(text in said for value in new for text in texts(value))


@pytest.mark.long
@given(plans, plans, plans)
@settings(max_examples=400)
def test_two_people_in_any_order_at_length(base, one, two):
    def made(*sides):
        try:
            return merged_named(base, sides).plan
        except PlanError as error:
            return str(error)

    assert made(("x", one), ("y", two)) == made(("y", two), ("x", one))


def merged_named(base, sides):
    return api.merge(side("base", base), [side(*each) for each in sides])


def test_changes_of_different_rows_and_fields_are_all_taken():
    found = merged(
        PLAN,
        changed(table=rows(A={"version": "2"}, B={"branch": "x"})),
        changed(table=rows(A={"ddl": "d"}, C=None)),
        changed(version="9"),
    )
    assert not found.clashes and found.plan.version == "9"
    assert [(row.system, row.version, row.branch, row.ddl) for row in found.plan.table.rows] == [
        ("A", "2", None, "d"), ("B", "1", "x", None), ("D", "1", None, None),
    ]  # fmt: skip


def test_the_same_change_of_two_people_is_no_clash():
    one = changed(version="2", table=[*rows(), {"system": "E", "version": "1"}])
    found = merged(PLAN, one, one, changed(table=[*rows(), {"system": "E", "version": "1", "branch": "b"}]))
    assert not found.clashes and len(found.plan.table.rows) == 5 and found.plan.table.rows[4].branch == "b"


def test_a_field_that_two_changed_is_marked_with_both_and_their_places():
    found = merged(PLAN, changed(table=rows(A={"version": "2"})), changed(table=rows(A={"version": "3"})))
    assert found.plan.table.rows[0].version == "<<<<<<< s0\n2\n======= s1\n3\n>>>>>>>"
    assert [each.problem().text("en") for each in found.clashes] == [
        "Release table › A 1 › Version: s0: 2; s1: 3 (was 1)"
    ]


@pytest.mark.parametrize("field", ["risk_level", "changes", "developers", "order", "dependencies", "ddl"])
def test_fields_of_every_kind_can_hold_a_mark(field):
    values = {"risk_level": ("高", "中")}.get(field, ("x", "y"))
    found = merged(PLAN, *(changed(table=rows(A={field: each})) for each in values))
    assert marked_paths(found.plan) and len(found.clashes) == 1
    again = api.loads(api.dumps(found.plan)).plan
    assert again == found.plan and marked_paths(again)


def test_a_row_that_one_removed_and_one_changed_is_a_clash():
    found = merged(PLAN, changed(table=rows(B=None)), changed(table=rows(B={"version": "2"})))
    assert len(found.clashes) == 1 and "(removed)" in found.clashes[0].problem().text("en")
    assert [row.version for row in found.plan.table.rows] == ["1", "2", "1", "1"]


def test_two_new_rows_of_one_system_clash_in_their_fields():
    new = [changed(table=[*rows(), {"system": "E", "version": each, "branch": "b"}]) for each in ("1", "2")]
    found = merged(PLAN, *new)
    assert len(found.plan.table.rows) == 5 and len(found.clashes) == 1
    assert is_marked(found.plan.table.rows[4].version)


def test_rows_that_different_people_added_are_all_there():
    found = merged(PLAN, *(changed(table=[*rows(), {"system": each}]) for each in "FEG"))
    assert not found.clashes and [row.system for row in found.plan.table.rows] == list("ABCDEFG")


def test_steps_that_two_put_in_at_one_place_are_a_clash_for_their_order():
    one = changed(deployment=["停服务", "备份", "更新镜像", "启动"])
    two = changed(deployment=["停服务", "检查", "更新镜像", "启动"])
    found = merged(PLAN, one, two)
    assert len(found.clashes) == 1 and "备份" in str(found.plan.deployment) and "检查" in str(found.plan.deployment)
    other = changed(deployment=["停服务", "更新镜像", "启动", "检查"])
    assert not merged(PLAN, one, other).clashes


def test_an_order_that_one_changed_is_taken_and_two_are_a_clash():
    one, two = ["启动", "停服务", "更新镜像"], ["更新镜像", "停服务", "启动"]
    assert [step.text for step in merged(PLAN, changed(deployment=one)).plan.deployment] == one
    found = merged(PLAN, changed(deployment=one), changed(deployment=two))
    assert len(found.clashes) == 1 and "→" in found.clashes[0].problem().text("en")


def test_what_cannot_hold_a_mark_is_refused():
    with pytest.raises(PlanError, match=r"Time zone: s0: Asia/Tokyo; s1: Europe/Berlin"):
        merged(
            ReleasePlan(),
            *(ReleasePlan(time_zone=each) for each in ("Asia/Tokyo", "Europe/Berlin")),
            ReleasePlan(language="en"),
        )


def test_no_document_is_made_of_a_plan_with_marks():
    plan = ReleasePlan(goal=mark([("a", "x"), ("b", "y")]))
    for format_ in ("md", "docx", "xlsx", "html"):
        with pytest.raises(TemplateError, match=r"1 unresolved clash \(goal\)"):
            api.render(plan, format=format_)
    assert [each.code for each in api.check(Read(plan)).findings if each.code == "PLN008"]


@given(st.text())
def test_words_that_look_like_a_mark_inside_a_line_are_none(text):
    assert not is_marked(f"x{text}".replace("\n", " "))


# The command


@pytest.fixture
def team(tmp_path: Path) -> Path:
    versions = {
        "base": PLAN,
        "ours": changed(version="2", table=rows(A={"version": "2"}, D={"ddl": "x"})),
        "theirs": changed(goal="新目标", table=[*rows(A={"version": "3"}, B=None), {"system": "E", "version": "7"}]),
    }
    for name, plan in versions.items():
        (tmp_path / f"{name}.yaml").write_bytes(api.dumps(plan))
    return tmp_path


def test_the_command_merges_and_names_the_clashes(team):
    run = Forked("merge", "base.yaml", "ours.yaml", "theirs.yaml", "-o", "plan.yaml", cwd=team)
    assert run.code == 1 and run.out == b""
    assert (
        run.err.splitlines()[0]
        == "clash  Release table › A 1 › Version: ours.yaml 13:7: 2; theirs.yaml 14:7: 3 (was 1)"
    )
    plan = api.load(team / "plan.yaml").plan
    assert (plan.version, plan.goal, [row.system for row in plan.table.rows]) == ("2", "新目标", ["A", "C", "D", "E"])
    run = Forked("render", "plan.yaml", "-o", "plan.docx", cwd=team)
    assert run.code == 3 and "unresolved" in run.err and not (team / "plan.docx").exists()
    assert "PLN008" in Forked("check", "plan.yaml", cwd=team).out.decode()
    text = (team / "plan.yaml").read_text("utf-8")
    start, end = text.index("|-"), text.index(">>>>>>>") + 7
    (team / "plan.yaml").write_text(text[:start] + '"3"' + text[end:], "utf-8")
    assert Forked("render", "plan.yaml", "-o", "plan.docx", cwd=team).code == 0


def test_no_clash_ends_with_0(team):
    run = Forked("merge", "base.yaml", "ours.yaml", "-o", "-", cwd=team)
    assert run.code == 0 and "no clash" in run.err and b"product" in run.out


def test_comments_of_a_plan_that_is_there_stay(team):
    path = team / "ours.yaml"
    path.write_text("# 我们的计划\n" + path.read_text("utf-8"), "utf-8")
    run = Forked("merge", "base.yaml", "ours.yaml", "theirs.yaml", "-o", "ours.yaml", cwd=team)
    assert (
        run.code == 1 and path.read_text("utf-8").startswith("# 我们的计划\n") and "新目标" in path.read_text("utf-8")
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("base.yaml", "-o", "x.yaml"), 2, "SIDES"),
        (("base.yaml", "ours.yaml", "ours.yaml", "-o", "x.yaml"), 2, "--label"),
        (("base.yaml", "none.yaml", "-o", "x.yaml"), 3, "none.yaml"),
        (("base.yaml", "ours.yaml", "-o", "x.docx"), 3, "x.docx"),
        (("base.yaml", "ours.yaml", "-o", "x.xlsx"), 3, "base.yaml"),
    ],
)
def test_bad_input_writes_nothing(team, arguments, code, said):
    run = Forked("merge", *arguments, cwd=team)
    assert run.code == code and said in run.err and not list(team.glob("x.*"))


def test_it_serves_git_as_a_merge_driver(team):
    def git(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        options = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        return subprocess.run(["git", *options, *arguments], cwd=team, check=check, capture_output=True, text=True)

    git("init", "-q", "-b", "main")
    driver = f"{sys.executable} -m relplan merge %O %A %B -o %A --format yaml --label ours --label theirs"
    git("config", "merge.relplan.driver", driver)
    (team / ".gitattributes").write_text("plan.yaml merge=relplan\n", "utf-8")

    def commit(name: str) -> None:
        (team / "plan.yaml").write_bytes((team / f"{name}.yaml").read_bytes())
        git("add", "plan.yaml", ".gitattributes")
        git("commit", "-q", "-m", name)

    commit("base")
    git("checkout", "-q", "-b", "other")
    commit("theirs")
    git("checkout", "-q", "main")
    commit("ours")
    run = git("merge", "other", check=False)
    assert run.returncode == 1 and "CONFLICT" in run.stdout
    plan = api.load(team / "plan.yaml").plan
    assert plan.goal == "新目标" and plan.version == "2"
    assert plan.table.rows[0].version == "<<<<<<< ours\n2\n======= theirs\n3\n>>>>>>>"
    git("merge", "--abort")
    (team / "plan.yaml").write_bytes(api.dumps(changed(version="2")))
    git("commit", "-q", "-a", "--amend", "-m", "x")
    assert git("merge", "-q", "other", check=False).returncode == 0
    assert api.load(team / "plan.yaml").plan.version == "2"


# Into the workbook of the base


def workbook(path: Path, edits: dict[str, object], out: Path, change=None) -> None:
    book = load_workbook(path)
    for cell, value in edits.items():
        book.worksheets[0][cell] = value
    if change:
        change(book.worksheets[0])
    book.save(out)


def test_a_workbook_mailed_to_teams_comes_back_as_one(samples, tmp_path, check_ooxml):
    base = samples / "发布清单.xlsx"
    workbook(base, {"C6": "2.3.2", "F8": "新风险", "C9": "2.9.0"}, tmp_path / "a.xlsx")
    workbook(base, {"M6": "高志远", "C9": "2.8.1", "L9": "release/2.8.1"}, tmp_path / "b.xlsx")
    run = Forked("merge", base, "a.xlsx", "b.xlsx", "-o", "m.xlsx", cwd=tmp_path)
    assert run.code == 1 and "1 clash" in run.err
    data = (tmp_path / "m.xlsx").read_bytes()
    check_ooxml(data, ".xlsx")
    sheet, before = load_workbook(io.BytesIO(data)).worksheets[0], load_workbook(base).worksheets[0]
    assert (sheet["C6"].value, sheet["F8"].value, sheet["M6"].value, sheet["L9"].value) == (
        "2.3.2",
        "新风险",
        "高志远",
        "release/2.8.1",
    )
    assert is_marked(sheet["C9"].value) and sheet["C9"].comment and sheet["C9"].fill.fgColor.rgb == "FFF9C9C2"
    assert [str(each) for each in sheet.merged_cells.ranges] == [str(each) for each in before.merged_cells.ranges]
    assert (
        sheet["A5"].font.b == before["A5"].font.b
        and sheet.column_dimensions["D"].width == before.column_dimensions["D"].width
    )
    run = Forked("merge", base, "a.xlsx", "b.xlsx", "-o", "m.yaml", cwd=tmp_path)
    assert Forked("diff", "m.yaml", "m.xlsx", cwd=tmp_path).code == 0, "both say the same"


def simple(tmp_path: Path) -> Path:
    import xlsxwriter

    path = tmp_path / "base.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("发布表")
        bold = book.add_format({"bold": True, "border": 1})
        sheet.write_row(0, 0, ["系统名称", "版本号", "变更内容", "风险等级", "分钟", "两倍"], bold)
        for number in range(1, 4):
            sheet.write_row(number, 0, [f"系统{number}", f"1.{number}", "新增", "低", number], bold)
            sheet.write_formula(number, 5, f"=E{number + 1}*2", bold)
        sheet.write_formula(5, 5, "=SUM(F2:F4)")
        sheet.autofilter(0, 0, 3, 5)
        sheet.data_validation(1, 3, 3, 3, {"validate": "list", "source": ["低", "高"]})
    return path


def test_rows_come_and_go_in_the_layout_of_the_base(tmp_path, check_ooxml):
    base = simple(tmp_path)
    read = api.load(base)

    def with_rows(*rows_) -> ReleasePlan:
        return read.plan.replace(table=read.plan.table.replace(rows=rows_))

    first, second, third = read.plan.table.rows
    new = first.replace(system="新系统")
    merged_ = api.merge(
        api.Side("base", read), [side("a", with_rows(first, third)), side("b", with_rows(first, new, second, third))]
    )
    assert not merged_.clashes
    data = api.merged_workbook(api.Side(str(base), read), merged_.plan)
    check_ooxml(data, ".xlsx")
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [sheet.cell(row, 1).value for row in range(1, 5)] == ["系统名称", "系统1", "新系统", "系统3"]
    assert [sheet.cell(row, 6).value for row in range(2, 5)] == ["=E2*2", "=E3*2", "=E4*2"]
    assert sheet["F6"].value == "=SUM(F2:F4)" and sheet["A3"].font.b and sheet.auto_filter.ref == "A1:F4"


def test_what_has_no_cell_in_the_workbook_is_refused(tmp_path):
    base = simple(tmp_path)
    read = api.load(base)
    other = read.plan.replace(goal="新目标")
    with pytest.raises(WriteError, match='no cell for "Goal"'):
        api.merged_workbook(api.Side(str(base), read), other)


def test_the_process_ends_with_one_line_when_run_for_itself(team):
    run = Run("merge", "base.yaml", "ours.yaml", "theirs.yaml", "-o", "m.yaml", cwd=team)
    assert run.code == 1 and "Traceback" not in run.err


@pytest.mark.parametrize("case", [case for case in CASES if (FOLDER / case / "sheet.yaml").exists()])
def test_tables_as_people_send_them_take_rows_that_come_go_and_change_or_refuse(case, tmp_path, check_ooxml):
    """What is written is read again before it is handed out, so that it says what it should or there is nothing."""
    path = tmp_path / "base.xlsx"
    path.write_bytes(source(case)[0])
    read = api.load(path)
    own = read.plan.table.rows
    if len(own) < 2:
        pytest.skip("a table of one row")

    def with_rows(*rows_) -> ReleasePlan:
        return read.plan.replace(table=read.plan.table.replace(rows=rows_))

    sides = [
        with_rows(own[0].replace(system=f"{own[0].system}改"), *own[1:]),
        with_rows(own[0], *own[2:]),
        with_rows(*own, own[0].replace(system="新系统")),
    ]
    written = 0
    for each in sides:
        merged_ = api.merge(api.Side("base", read), [side("x", each)])
        try:
            data = api.merged_workbook(api.Side(str(path), read), merged_.plan)
        except WriteError:
            continue
        check_ooxml(data, ".xlsx")
        written += 1
    assert written or case in ("merged-down",), "rows that share merged cells are not told apart"
