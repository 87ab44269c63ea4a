"""Several files become one plan: what they say alike is said once, and nothing that any of them says is lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import plans

from relplan import api
from relplan.errors import Place, PlanError, ReadError
from relplan.model.plan import ReleasePlan, walk
from relplan.model.read import Read
from relplan.readers.combining import combined

few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
many = settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False)


def read(name: str, text: str) -> Read:
    return api.loads(text.encode(), name.rpartition(".")[2], name=name)


def told(whole: Read, *kinds: str) -> list[str]:
    return [each.problem.text("en") for each in whole.notices if each.kind in (kinds or ("guessed", "unplaced"))]


def check_nothing_lost(*reads: Read) -> None:
    whole = combined(reads)
    ends = {*whole.places.values(), *whole.further, *whole.labels, *(each.problem.place for each in whole.notices)}
    for each in reads:
        missing = {path: place for path, place in each.places.items() if path and place not in ends}
        assert not missing
    at = {place: path for path, place in whole.places.items()} | dict(whole.further)
    values = dict(walk(whole.plan))
    unplaced = {each.problem.place for each in whole.notices if each.kind == "unplaced"}
    for each in reads:
        for path, value in walk(each.plan):
            place = each.places.get(path)
            if place is not None and place not in unplaced and isinstance(value, str) and path[-2:-1] != ("extra",):
                assert values[at[place]] == value, (path, place)


@few
@given(plans, plans)
def test_every_word_of_two_plans_has_an_end(one, other):
    check_nothing_lost(api.loads(api.dumps(one), name="a.yaml"), api.loads(api.dumps(other), name="b.yaml"))


@pytest.mark.long
@many
@given(plans, plans, plans)
def test_every_word_of_many_plans_has_an_end(one, two, three):
    reads = [api.loads(api.dumps(plan), name=f"{i}.yaml") for i, plan in enumerate((one, two, three))]
    check_nothing_lost(*reads)
    assert combined([reads[0], *reads]).plan == combined(reads).plan


@few
@given(plans)
def test_a_plan_and_itself_are_that_plan(plan):
    reads = [api.loads(api.dumps(plan), name=name) for name in ("a.yaml", "b.yaml")]
    whole = combined(reads)
    assert whole.plan == plan and not told(whole)
    assert combined(reads[:1]) is reads[0]


def test_rows_of_one_system_and_version_that_fit_are_the_fuller_one():
    whole = combined(
        [
            read("a.csv", "系统名称,版本号,风险等级,灰度\n支付,1.0,高,\n订单,2.0,,\n"),
            read("b.csv", "系统名称,版本号,发布分支,灰度\n支付,1.0,release/1.0,是\n支付,1.1,r,否\n"),
        ]
    )
    pay, order, later = whole.plan.table.rows
    assert (pay.version, pay.branch, str(pay.risk_level), pay.extra[0].text) == ("1.0", "release/1.0", "high", "是")
    assert (order.system, later.version) == ("订单", "1.1") and not told(whole)
    places = {path[2:]: str(place) for path, place in whole.places.items() if path[:2] == ("table", "rows")}
    assert places[0, "risk_level"] == "a.csv › C2" and places[0, "branch"] == "b.csv › C2"
    assert places[0, "extra", 0] == "b.csv › D2" and places[2, "version"] == "b.csv › B3"
    assert whole.further[Place("b.csv", cell="B2")] == ("table", "rows", 0, "version")


def test_rows_that_differ_both_stay_and_the_notice_names_fields_values_and_places():
    whole = combined(
        [
            read("a.csv", "系统名称,版本号,风险等级,灰度\n支付,1.0,高,是\n"),
            read("b.csv", "风险等级,系统名称,版本号,灰度\n低,支付,1.0,否\n"),
        ]
    )
    assert [str(row.risk_level) for row in whole.plan.table.rows] == ["high", "low"]
    (line,) = told(whole)
    assert line == (
        'b.csv › A2: "支付" is at a.csv › A2 too, both are kept: risk level "High" (a.csv › C2), "Low" (b.csv › A2); '
        '灰度 "是" (a.csv › D2), "否" (b.csv › D2)'
    )


def test_a_row_that_fits_more_than_one_stays_for_itself():
    whole = combined(
        [
            read("a.csv", "系统名称,版本号,变更内容\n支付,1.0,甲\n支付,1.0,乙\n"),
            read("b.csv", "系统名称,版本号,DDL\n支付,1.0,select 1\n"),
        ]
    )
    assert len(whole.plan.table.rows) == 3 and "more than one fits" in told(whole)[0]


def test_a_row_that_says_no_more_than_another_is_that_one():
    whole = combined(
        [
            read("a.csv", "系统名称,版本号,变更内容,DDL\n支付,1.0,甲,\n支付,1.0,,select 1\n"),
            read("b.csv", "系统名称,版本号,DDL\n支付,1.0,select 1\n"),
        ]
    )
    assert len(whole.plan.table.rows) == 2 and not told(whole)


def test_a_language_that_no_word_states_gives_way():
    inferred = Read(ReleasePlan(language="en", goal="x"), {("goal",): Place("a.md", line=1)})
    for reads in ([inferred, read("b.yaml", "language: zh")], [read("b.yaml", "language: zh"), inferred]):
        whole = combined(reads)
        assert whole.plan.language == "zh" and not told(whole)
    assert combined([inferred, read("b.yaml", "product: x")]).plan.language == "en"


def test_steps_people_scripts_and_sections_are_joined_in_the_order_of_the_files():
    whole = combined(
        [
            read("a.yaml", "deployment: [备份, 更新]\nparticipants: [张三（运维）]\nimpact: [柜机]\nsections: [{title: 附, text: x}]"),
            read(
                "b.yaml",
                "deployment: [{text: 更新, owner: 李四}, 重启]\nparticipants: [{name: 张三, duty: 值守}, 王五]\n"
                "impact: [司机, 柜机]\nscripts: [{name: a.sql}]\nsections: [{title: 附, text: x}, {title: 附, text: y}]",
            ),
        ]
    )  # fmt: skip
    plan = whole.plan
    assert [step.text for step in plan.deployment] == ["备份", "更新", "重启"] and plan.deployment[1].owner == ("李四",)
    assert [(each.name, each.roles, each.duty) for each in plan.participants] == [
        ("张三", ("运维",), "值守"),
        ("王五", (), None),
    ]
    assert plan.impact == ("柜机", "司机") and len(plan.scripts) == 1
    assert [each.text for each in plan.sections] == ["x", "y"] and not told(whole)


def test_of_a_fact_the_first_word_stands_and_the_other_is_told_with_both_places():
    whole = combined(
        [
            read("a.yaml", "product: 甲\nwindow: {start: 2026-08-20 22:00}"),
            read("b.yaml", "product: 乙\nversion: 1.10\nlanguage: en\nwindow: 2026-08-20 22:00 - 23:00"),
            read("c.yaml", "window: 2026-08-27 22:00\nlanguage: zh\nversion: 1.10"),
        ]
    )
    plan = whole.plan
    assert (plan.product, plan.version, plan.language) == ("甲", "1.10", "en")
    assert str(plan.window.start) == "2026-08-20 22:00:00" and str(plan.window.end) == "2026-08-20 23:00:00"
    assert told(whole) == [
        'b.yaml:1:1: "乙" is "甲" at a.yaml:1:1',
        'c.yaml:2:1: "zh" is "en" at b.yaml:3:1',
        'c.yaml:1:1: "2026-08-27 22:00" is "2026-08-20 22:00 - 23:00" at a.yaml:2:1',
    ]
    assert str(whole.places["version",]) == "b.yaml:2:1" and whole.further[Place("c.yaml", line=3, column=1)] == (
        "version",
    )


def test_none_gives_way_to_entries_and_is_told():
    for texts in (("scripts: 无", "scripts: [a.sql]"), ("scripts: [a.sql]", "scripts: 无")):
        whole = combined([read(f"{i}.yaml", text) for i, text in enumerate(texts)])
        assert [each.name for each in whole.plan.scripts] == ["a.sql"] and '"无" is not read' in told(whole)[0]
    assert str(combined([read("a.yaml", "scripts: 无"), read("b.yaml", "scripts: N/A")]).plan.scripts) == "无"


def test_what_cannot_be_read_is_told_once():
    whole = combined(
        [
            read("a.csv", "系统名称,版本号,风险等级\n支付,1,很高\n"),
            read("b.csv", "系统名称,版本号,风险等级\n支付,1,很高\n"),
        ]
    )
    assert len(whole.plan.table.rows) == 1 and len(whole.unreadable()) == 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "x").mkdir()
    (tmp_path / "t.csv").write_text("系统名称,版本号,风险等级\n支付,1.0,高\n", "utf-8")
    (tmp_path / "x" / "t.csv").write_text("系统名称,版本号,风险等级\n订单,2.0,低\n", "utf-8")
    (tmp_path / "p.yaml").write_text("product: 甲\n", "utf-8")
    return tmp_path


def test_files_of_one_name_are_told_apart(folder):
    whole = api.load_all([folder / "t.csv", folder / "x" / "t.csv", folder / "p.yaml"])
    assert [row.system for row in whole.plan.table.rows] == ["支付", "订单"] and whole.plan.product == "甲"
    assert {place.file for place in whole.places.values()} == {
        str(folder / "t.csv"),
        str(folder / "x" / "t.csv"),
        "p.yaml",
    }


def test_a_file_named_twice_is_refused(folder):
    with pytest.raises(ReadError, match="named twice"):
        api.load_all([folder / "t.csv", folder / "x" / ".." / "t.csv"])


def test_every_file_must_be_readable_and_hold_something(folder):
    (folder / "empty.yaml").write_text("product:\n", "utf-8")
    (folder / "none.csv").write_text("a,b,c\n1,2,3\n", "utf-8")
    with pytest.raises(ReadError) as error:
        api.load_all([folder / name for name in ("t.csv", "empty.yaml", "none.csv", "no.xlsx")])
    assert [word in str(error.value) for word in ("empty.yaml: the file holds nothing", "none.csv", "no such file")] == [True] * 3  # fmt: skip
    (folder / "bad.csv").write_text("系统名称,版本号,风险等级\n支付,1.0,很高\n", "utf-8")
    with pytest.raises(PlanError, match="很高"):
        api.load_all([folder / "t.csv", folder / "bad.csv"], strict=True)


def test_many_rows_of_one_name_are_joined_in_good_time():
    rows = "".join(f"支付,1.0,变更{i}\n" for i in range(1000))
    whole = combined([read(f"{name}.csv", f"系统名称,版本号,变更内容\n{rows}") for name in "ab"])
    assert len(whole.plan.table.rows) == 1000 and not told(whole)
