"""Roadmaps: releases of a product on one calendar, how they stand, their pace, and what is made of them."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path

import pytest
from icalendar import Calendar
from lxml import etree
from openpyxl import Workbook, load_workbook
from test_cli import Forked

from relplan import api
from relplan.errors import PlanError, ReadError, WriteError
from relplan.model.roadmap import Roadmap
from relplan.roadmap.figures import figures
from relplan.roadmap.milestones import Status

NOW = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
TEXT = """\
product: 网银
cadence: 28
requirements: [R-1, R-2, R-3]
iterations:
  - {name: S1, start: 2026-08-03, end: 2026-08-14, team: A}
  - {name: S2, start: 2026-08-17, end: 2026-08-28}
  - {name: S3, start: 2026-08-31, end: 2026-09-11}
freezes:
  - {reason: 国庆封网, start: 2026-09-28, end: 2026-10-08}
releases:
  - {version: "2.3", goal: 转账改版, iterations: [S1], requirements: [R-1], plan: plans/2.3.yaml}
  - {version: "2.4", goal: 查询, iterations: [S2, S3], requirements: [R-2], target: 2026-09-30, slipped_from: 2026-09-17}
  - {version: "2.3.1", kind: hotfix, target: 2026-08-25}
  - {version: "3.0", goal: 还没有日期}
"""
PLAN = """\
product: 网银
version: "{}"
goal: 计划里的目标
window: {{start: {} 22:00, end: {} 23:30}}
deployment: [停, 起]
verification: [登录, 转账]
table:
  - {{system: 账务, version: "1.0"}}
"""


@pytest.fixture
def team(tmp_path: Path) -> Path:
    (tmp_path / "plans").mkdir()
    (tmp_path / "roadmap.yaml").write_text(TEXT, "utf-8")
    (tmp_path / "plans" / "2.3.yaml").write_text(PLAN.format("2.3", "2026-08-20", "2026-08-20"), "utf-8")
    return tmp_path


def course(path: Path, now: dt.datetime | None = NOW):
    return api.load_roadmap(path, now=now).course


def standing(path: Path, now: dt.datetime | None = NOW) -> list[tuple[str, Status]]:
    return [(each.version, each.status) for each in course(path, now).milestones]


def test_releases_are_in_the_order_of_their_days_with_what_their_plans_say(team):
    found = course(team / "roadmap.yaml").milestones
    assert [each.version for each in found] == ["2.3", "2.3.1", "2.4", "3.0"]
    assert found[0].start == dt.datetime(2026, 8, 20, 14, tzinfo=dt.UTC) and found[0].file == "plans/2.3.yaml"
    assert found[0].planned.goal == "转账改版", "the roadmap goes before the plan"
    assert found[3].start is None


def test_how_releases_stand_is_told_by_time_and_log(team):
    assert standing(team / "roadmap.yaml", None)[0] == ("2.3", Status.DETAILED)
    assert standing(team / "roadmap.yaml") == [
        ("2.3", Status.LATE), ("2.3.1", Status.LATE), ("2.4", Status.PLANNED), ("3.0", Status.PLANNED),
    ]  # fmt: skip
    plan = "plans/2.3.yaml"

    def log(*words: str) -> None:
        run = Forked("log", plan, *words, cwd=team)
        assert run.code == 0, run.err

    log("V.1", "done", "--at", "2026-08-20T22:01+08:00")
    assert standing(team / "roadmap.yaml")[0] == ("2.3", Status.UNDER_WAY)
    log("VI.1", "pass", "--at", "2026-08-20T22:30+08:00")
    log("VI.2", "pass", "--at", "2026-08-20T22:40+08:00")
    assert standing(team / "roadmap.yaml")[0] == ("2.3", Status.RELEASED)
    assert course(team / "roadmap.yaml").milestones[0].released == dt.datetime(2026, 8, 20, 14, 40, tzinfo=dt.UTC)


def test_a_release_that_went_back_is_told(team):
    plan = (team / "plans" / "2.3.yaml").read_text("utf-8") + "rollback: {steps: [回退]}\n"
    (team / "plans" / "2.3.yaml").write_text(plan, "utf-8")
    assert Forked("log", "plans/2.3.yaml", "V.1", "done", "--at", "2026-08-20T22:01+08:00", cwd=team).code == 0
    assert Forked("log", "plans/2.3.yaml", "VII.1", "done", "--at", "2026-08-20T23:01+08:00", cwd=team).code == 0
    assert standing(team / "roadmap.yaml")[0] == ("2.3", Status.ROLLED_BACK)


def test_a_folder_of_plans_is_a_roadmap_and_a_roadmap_in_it_goes_first(team):
    for version, day in (("2.5", "2026-11-01"), ("2.4", "2026-09-29")):
        (team / "plans" / f"{version}.yaml").write_text(PLAN.format(version, day, day), "utf-8")
    found = course(team / "plans")
    assert [each.version for each in found.milestones] == ["2.3", "2.4", "2.5"] and found.roadmap.product == "网银"
    both = course(team)
    assert [each.version for each in both.milestones] == ["2.3", "2.3.1", "2.4", "2.5", "3.0"]
    assert both.milestones[2].plan is not None, "a plan of the folder belongs to the release of its version"
    assert both.milestones[2].planned.requirements == ("R-2",)


def test_the_pace_in_figures(team):
    found = figures(course(team / "roadmap.yaml"))
    assert (found.releases, found.hotfixes, found.slipped, found.share) == (4, 1, 1, 0.25)
    assert round(found.mean or 0, 1) == 40.1 and found.slip == 13


def sheet(path: Path) -> None:
    book = Workbook()
    page = book.active
    page.title = "路线图"
    for row in (
        ["网银 2026 路线图"],
        ["产品", "网银", "备注", "草稿"],
        [],
        ["版本", "目标", "迭代", "目标日期", "类型", "负责人"],
        ["2.3", "转账", "S1、S2", "2026-08-20", "常规", "张三"],
        ["2.3.1", None, None, dt.datetime(2026, 8, 25), "紧急"],
        ["2.4", "查询", None, "2026-09-30"],
        [],
        ["迭代", "开始", "结束"],
        ["S1", "2026-08-03", "2026-08-14"],
        [],
        ["封网", "开始", "结束"],
        ["国庆", "2026-09-28", "2026-10-08"],
    ):
        page.append(row)
    page.merge_cells("B5:B6")
    book.save(path)


def test_a_spreadsheet_is_read_and_what_has_no_place_is_told(tmp_path):
    sheet(tmp_path / "map.xlsx")
    loaded = api.load_roadmap(tmp_path / "map.xlsx")
    roadmap = loaded.course.roadmap
    assert (roadmap.title, roadmap.product) == ("网银 2026 路线图", "网银")
    assert [each.planned.goal for each in loaded.course.milestones] == ["转账", "转账", "查询"], (
        "merged cells mean all their rows"
    )
    assert loaded.course.milestones[1].is_hotfix
    assert roadmap.iterations[0].name == "S1" and roadmap.freezes[0].reason == "国庆"
    assert [str(each.problem.place) for each in loaded.notices] == [
        "map.xlsx › 路线图!C2",
        "map.xlsx › 路线图!D2",
        "map.xlsx › 路线图!F5",
    ]
    run = Forked("roadmap", "map.xlsx", "-o", "roadmap.yaml", cwd=tmp_path)
    assert run.code == 0 and run.err.count("not placed") == 3
    again = api.load_roadmap(tmp_path / "roadmap.yaml").course.roadmap
    assert again == roadmap
    run = Forked("roadmap", "map.xlsx", "-o", "roadmap.yaml", cwd=tmp_path)
    assert run.code == 3 and "--force" in run.err


def test_the_command_shows_table_line_and_pace(team):
    run = Forked("roadmap", "roadmap.yaml", "--now", "2026-09-01", "--lang", "en", cwd=team)
    text = run.out.decode()
    assert run.code == 0 and "Mean interval (days): 40.1" in text and "Hotfixes among them: 1 (25%)" in text
    line = next(each for each in text.splitlines() if each.startswith("2.4") and "=" in each)
    assert re.search(r"=+.*x+\*x+", line)
    told = json.loads(Forked("roadmap", "roadmap.yaml", "--json", "--now", "2026-09-01", cwd=team).out)
    assert told["releases"][0]["status"] == "late" and told["figures"]["hotfixes"] == 1


def test_documents_in_every_format(team, check_ooxml):
    outputs = ["r.md", "r.html", "r.docx", "r.xlsx", "r.svg", "r.json"]
    run = Forked(
        "render",
        "roadmap.yaml",
        "-d",
        "roadmap",
        "--date",
        "2026-09-01",
        *(word for each in outputs for word in ("-o", each)),
        cwd=team,
    )
    assert run.code == 0, run.err
    page = (team / "r.md").read_text("utf-8")
    assert (
        "```mermaid\ngantt\n" in page and "2.4 : milestone, 2026-09-30, 0d" in page and "| 2.3.1 | 2026-08-25 |" in page
    )
    assert "data:image/svg" in (team / "r.html").read_text("utf-8")
    for ending in ("docx", "xlsx"):
        check_ooxml((team / f"r.{ending}").read_bytes(), f".{ending}")
    chart = load_workbook(io.BytesIO((team / "r.xlsx").read_bytes())).worksheets[-1]
    cells = [[cell.value for cell in row] for row in chart.iter_rows()]
    row = next(each for each in cells if each[0] == "2.4")
    assert row.count("■") == 4 and row.count("◆") == 1 and row.count("░") == 1
    picture = etree.fromstring((team / "r.svg").read_bytes())
    assert picture.tag.endswith("svg") and "国庆封网" in "".join(picture.itertext())
    same = api.roadmap_as(course(team / "roadmap.yaml"), "svg")
    assert same == api.roadmap_as(course(team / "roadmap.yaml"), "svg")


def test_the_calendar_is_one_that_others_read(team):
    run = Forked("render", "roadmap.yaml", "-d", "calendar", "-o", "r.ics", cwd=team)
    assert run.code == 0, run.err
    found = Calendar.from_ical((team / "r.ics").read_bytes())
    events = found.walk("VEVENT")
    assert [str(each["SUMMARY"]) for each in events][:1] == ["网银 2.3 已有计划"] and len(events) == 4
    assert found.walk("VTIMEZONE") and events[0]["DTSTART"].dt.hour == 22
    assert len({str(each["UID"]) for each in events}) == 4
    with pytest.raises(WriteError, match="has a day"):
        api.roadmap_calendar(api.load_roadmap(team / "roadmap.yaml").course.__class__(Roadmap(), ()))


def test_the_check_of_a_roadmap_is_about_its_pace(team):
    run = Forked("check", "roadmap.yaml", "--now", "2026-09-01T00:00+08:00", cwd=team)
    told = run.out.decode()
    assert run.code == 1 and {*re.findall(r"PAC\d+", told)} == {"PAC106", "PAC108"} and "roadmap.yaml:12:75" in told
    run = Forked("check", "roadmap.yaml", "--format", "sarif", cwd=team)
    assert "PAC106" in run.out.decode()
    run = Forked("check", "plans/2.3.yaml", cwd=team)
    assert "PAC" not in run.out.decode(), "a plan is not asked for its roadmap"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("releases:", "realeses:"), ""),
        (("cadence: 28", "cadens: 28"), 'did you mean "cadence"'),
        (("plans/2.3.yaml", "plans/none.yaml"), 'there is no plan file "plans/none.yaml"'),
        (("cadence: 28", "cadence: [28"), "YAML"),
        (("cadence: 28", "cadence: viele"), "2 weeks"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(team, change, said):
    (team / "roadmap.yaml").write_text(TEXT.replace(*change, 1), "utf-8")
    for arguments in (("roadmap", "roadmap.yaml"), ("render", "roadmap.yaml", "-d", "roadmap", "-o", "x.html")):
        run = Forked(*arguments, cwd=team)
        assert run.code == 3 and said in run.err and run.err.count("\n") == 1 and "roadmap.yaml" in run.err, run.err
    assert not (team / "x.html").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("roadmap", "none.yaml"), 3),
        (("roadmap", "mt"), 3),
        (("render", "roadmap.yaml", "-d", "calendar", "-o", "x.md"), 2),
        (("render", "roadmap.yaml", "-d", "roadmap", "-o", "x.pdf"), 3),
        (("roadmap", "roadmap.yaml", "--now", "soon"), 2),
        (("roadmap", "roadmap.yaml", "-o", "x.xlsx"), 3),
        (("roadmap", "table.csv"), 3),
    ],
)
def test_bad_input_writes_nothing(team, arguments, code):
    (team / "mt").mkdir()
    (team / "table.csv").write_text("a,b\n1,2\n", "utf-8")
    run = Forked(*arguments, cwd=team)
    assert run.code == code and not list(team.glob("x.*")) and "Traceback" not in run.err


def test_all_plans_that_are_wrong_are_named(team):
    (team / "plans" / "2.3.yaml").write_text("prodct: x\n", "utf-8")
    with pytest.raises(PlanError, match="prodct"):
        course(team / "roadmap.yaml")
    with pytest.raises((PlanError, ReadError), match="prodct"):
        course(team)


def test_a_roadmap_without_releases_or_days_is_a_document_too(tmp_path, check_ooxml):
    for text in ("product: x\nreleases: []\n", 'product: x\nreleases: [{version: "1"}]\n'):
        (tmp_path / "roadmap.yaml").write_text(text, "utf-8")
        found = course(tmp_path / "roadmap.yaml")
        for form in ("md", "html", "docx", "xlsx", "text", "json"):
            data = api.roadmap_as(found, form)
            if form in ("docx", "xlsx"):
                check_ooxml(data, f".{form}")


def test_many_releases_are_several_pictures():
    rows = [{"version": f"1.{n}", "target": dt.date(2026, 1, 1) + dt.timedelta(days=7 * n)} for n in range(70)]
    roadmap = Roadmap(product="x", releases=rows)
    from relplan.roadmap.milestones import Course, in_order, milestone

    found = Course(roadmap, in_order([milestone(roadmap, each, None, None, None) for each in roadmap.releases]))
    assert api.roadmap_as(found, "html").count(b"data:image/svg") == 3
    assert api.roadmap_as(found, "md").count(b"```mermaid") == 1


def test_an_iteration_may_say_its_length_instead_of_its_end(tmp_path):
    text = TEXT.replace("start: 2026-08-03, end: 2026-08-14", "start: 2026-08-03, length: 12 days").replace(
        "cadence: 28", "cadence: 4 周"
    )
    (tmp_path / "roadmap.yaml").write_text(text.replace(", plan: plans/2.3.yaml", ""), "utf-8")
    found = course(tmp_path / "roadmap.yaml")
    assert found.roadmap.iterations[0].last == dt.date(2026, 8, 14) and found.roadmap.cadence == 28
    assert "S1 : 2026-08-03, 2026-08-15" in api.roadmap_as(found, "md").decode()
    (tmp_path / "roadmap.yaml").write_text("releases: []\ncadence: 四周左右\n", "utf-8")
    with pytest.raises(PlanError, match="write 14, 14 days or 2 weeks"):
        course(tmp_path / "roadmap.yaml")
