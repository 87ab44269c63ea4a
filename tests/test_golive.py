"""The whole of a company's process, walked through with the sample: hand-over, pre-production, a night that fails and is
rolled back, a second try, monitoring and the summary; with every verdict and paper on the way."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from relplan import api
from relplan.blocks import Callout, Checkbox, Table, plain
from relplan.errors import PlanError
from relplan.model.plan import ReleasePlan
from relplan.process.decision import Answer

SAMPLE = Path(__file__).parents[1] / "samples" / "singpost" / "plan.yaml"
ZONE = dt.timezone(dt.timedelta(hours=8))
PAPERS = ("runbook", "go-live", "test-plan", "test-report", "minutes", "gate", "release-record", "summary", "monitoring", "process", "notices")  # fmt: skip


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


class Night:
    """A plan in a folder, worked on as a team would."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "plan.yaml"
        self.data = api.load(SAMPLE).plan.data()
        for part in ("tests", "issues", "meetings", "monitoring", "external_software", "services_to_stop"):
            self.data.pop(part, None)
        self.save()

    def save(self, **changes: object) -> None:
        self.data |= changes
        self.path.write_bytes(api.dumps(ReleasePlan(**self.data)))
        self.plan = api.load(self.path).plan

    @property
    def now(self) -> api.GoLive:
        return api.golive(self.plan, self.path)

    def log(self, reference: str, status: str, time: str, **said: str) -> None:
        api.add_to_log(self.now, reference, status, at(time), **said)

    def all(self, part: str, status: str, time: str, but: tuple[str, ...] = ()) -> None:
        for item in self.now.items():
            if item.part == part and item.shown not in but:
                self.log(item.shown, status, time)

    def missing(self, gate: str) -> set[str]:
        return {each.ref.partition("/")[2] for each in self.now.gate(gate).open}

    def paper(self, name: str) -> str:
        return api.render(self.now.plan, name, golive=self.now).decode()


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path)


def to_test(night: Night) -> None:
    assert night.missing("test") == {"self-test", "plan-contents", "plan-approved", "hand-over"}
    assert [row.said for row in night.now.papers("zh").contents].count("否") == 2
    night.save(external_software="无", services_to_stop=[{"service": "对账任务", "minutes": 90}])
    night.log("gate:test/self-test", "done", "2026-08-10 10:00", by="程亦凡")
    night.log("gate:test/plan-approved", "approved", "2026-08-10 11:00", by="陈国栋")
    night.log("notice:hand-over", "sent", "2026-08-10 11:30")
    assert night.now.gate("test").go


def to_staging(night: Night) -> None:
    assert night.missing("staging") == {
        "test-plan",
        "test-cases",
        "boundary-cases",
        "internal-report",
        "integration-report",
    }
    cases = [{"number": "TC-01", "text": "取件"}, {"number": "TC-02", "text": "第 12 个预约", "kind": "临界点"}]
    runs = [
        {"round": "内部测试", "case": "TC-01", "result": "不通过", "issues": "BUG-1"},
        {"round": "集成测试", "result": "通过"},
    ]
    issues = [{"number": "BUG-1", "title": "取件失败", "severity": "A"}, {"number": "BUG-2", "title": "字体", "severity": "C", "status": "留到下次"}]  # fmt: skip
    night.save(tests={"scope": "全部用例", "cases": cases, "runs": runs}, issues=issues)
    assert night.missing("staging") == {"internal-report", "no-severe-issues"}
    assert "BUG-1" in night.paper("test-report")
    runs.append({"round": "内部测试", "case": "TC-01", "result": "通过"})
    issues[0]["status"] = "已修复"
    night.save(tests={"scope": "全部用例", "cases": cases, "runs": runs}, issues=issues)
    assert night.now.gate("staging").go


def to_go_live(night: Night) -> None:
    assert night.missing("go-live") == {
        "acceptance",
        "deferred",
        "ready",
        "minutes",
        "minutes-sent",
        "plan-approved",
        "order",
    }
    stale = next(each for each in night.now.gate("go-live").checks if each.ref.endswith("plan-approved"))
    assert str(stale.state) == "open"
    tests = night.data["tests"]
    night.data["issues"][1]["target_version"] = "1.13.0"
    night.save(tests={**tests, "runs": [*tests["runs"], {"round": "预热验收", "result": "通过"}]},
               meetings=[{"topic": "部署大会", "at": "2026-08-19 15:00", "decisions": ["按计划发布"], "chair": "程亦凡"}])  # fmt: skip
    assert "按计划发布" in night.paper("minutes")
    for name in ("ready", "minutes", "order"):
        night.log(f"notice:{name}", "sent", "2026-08-19 18:00")
    assert night.missing("go-live") == {"plan-approved"}
    before = next(each for each in night.now.gate("test").checks if each.ref.endswith("plan-approved"))
    assert str(before.state) == "stale" and "tests" in before.why.en and "approved an older plan" in before.why.en
    night.log("gate:go-live/plan-approved", "approved", "2026-08-19 19:00", by="陈国栋")
    assert night.now.gate("go-live").go and night.now.gate("test").go
    assert night.now.gate().gate.id == "monitoring"


def a_night_that_fails(night: Night) -> None:
    night.all("preparation", "done", "2026-08-20 20:00")
    assert night.now.decision(at("2026-08-20 22:00")).answer is Answer.WAIT
    night.all("deployment", "done", "2026-08-20 23:40")
    for point in ("VI.1", "VI.3"):
        night.log(point, "pass", "2026-08-20 23:50")
    night.log("VI.2", "fail", "2026-08-21 00:10", note="令牌刷新失败")
    early = night.now.decision(at("2026-08-21 00:20"))
    assert early.answer is Answer.WAIT and early.minutes_left == 40 and early.go
    assert early.rollback_minutes == 53 and early.latest_start == at("2026-08-21 01:07")
    late = night.now.decision(at("2026-08-21 01:00"))
    assert late.answer is Answer.ROLL_BACK and not late.go
    assert late.why.en == "verification points 2 (failed) and 4 had not passed by 2026-08-21 01:00"
    night.log("VI.4", "pass", "2026-08-21 01:05")
    assert "4 (passed too late)" in night.now.decision(at("2026-08-21 01:06")).why.en
    night.log("VII.1", "done", "2026-08-21 01:08")
    assert night.now.decision(at("2026-08-21 01:09")).answer is Answer.ROLLING_BACK
    night.all("rollback", "done", "2026-08-21 01:50", but=("VII.1",))
    assert night.now.decision(at("2026-08-21 01:55")).answer is Answer.ROLLED_BACK
    assert night.missing("monitoring") >= {"verified"}


def the_second_try(night: Night) -> None:
    night.save(window={"start": "2026-08-22 22:00", "end": "2026-08-23 02:00"},
               rollback={**night.data["rollback"], "deadline": "2026-08-23 01:00"})  # fmt: skip
    assert night.missing("go-live") == {"plan-approved"}
    night.log("gate:go-live/plan-approved", "approved", "2026-08-22 12:00", by="陈国栋")
    night.all("deployment", "done", "2026-08-22 23:30")
    again = night.now
    assert len(again.state.attempts) == 2 and not again.state.is_rolling_back
    assert "VI.1" in str([each.why for each in again.gate("monitoring").open])
    night.all("verification", "pass", "2026-08-22 23:55", but=("VI.8",))
    assert night.now.decision(at("2026-08-23 01:00")).answer is Answer.GO_ON
    night.log("VI.8", "waive", "2026-08-23 00:10", note="超温模拟器故障，次日补测")
    for name in ("dba-done", "deployed", "closed"):
        night.log(f"notice:{name}", "sent", "2026-08-23 00:30")
    assert night.now.gate("monitoring").go


def to_the_summary(night: Night) -> None:
    assert night.missing("summary") == {"monitors", "monitors-added", "watched"}
    night.save(monitoring=[{"target": "支付网关", "metric": "成功率"}])
    night.log("gate:summary/monitors-added", "waive", "2026-08-23 09:00", note="没有新增主机")
    night.log("gate:summary/watched", "done", "2026-08-23 12:00")
    verdict = night.now.gate("summary")
    assert verdict.go and len(verdict.waived) == 1
    night.log("gate:close/documents", "done", "2026-08-24 12:00", evidence="wiki/123")
    assert night.now.gate("close").go
    record, summary = night.paper("release-record"), night.paper("summary")
    assert "2026-08-22 23:30" in record and "令牌刷新失败" in record
    for word in ("回退了 1 次", "超温模拟器故障", "没有新增主机", "字体", "1.13.0", "令牌刷新失败"):
        assert word in summary, word


def test_the_whole_process(night):
    to_test(night)
    to_staging(night)
    to_go_live(night)
    a_night_that_fails(night)
    the_second_try(night)
    to_the_summary(night)
    following = api.next_release(night.now.plan, "1.13.0")
    assert [(each.number, str(each.status)) for each in following.issues] == [("BUG-2", "open")]
    assert following.table.rows[0].previous_version == "2.3.1" and following.table.rows[0].version is None
    assert following.window.start is None and following.deployment == night.now.plan.deployment
    assert api.loads(api.dumps(following)).plan == following


def test_it_was_decided_to_go_on(night):
    night.log("gate:rollback/points", "waive", "2026-08-21 00:58", note="只影响报表", by="陈国栋")
    found = night.now.decision(at("2026-08-21 01:10"))
    assert found.answer is Answer.GO_ON and "只影响报表" in found.why.zh


@pytest.mark.parametrize(
    ("rollback", "message"),
    [
        ({"deadline": None}, "the rollback deadline: none is stated"),
        ({"deadline": "XX月xx日xx时"}, '"XX月xx日xx时" cannot be read'),
        ({"points": ["1", "99"]}, "there is no verification step 99"),
    ],
)
def test_what_it_takes_to_decide(night, rollback, message):
    night.save(rollback={**night.data["rollback"], **rollback})
    with pytest.raises(PlanError, match=message):
        night.now.decision(at("2026-08-21 01:00"))


def test_a_hotfix_keeps_only_the_gates_its_process_names(night):
    regular = {each.ref for found in night.now.gates() for each in found.checks}
    night.save(kind="hotfix")
    kept = {each.ref.removeprefix("gate:") for found in night.now.gates() for each in found.checks}
    assert kept == set(night.now.process.hotfix.keeps) and len(kept) < len(regular)
    with pytest.raises(PlanError):
        night.log("gate:test/self-test", "done", "2026-08-10 10:00")


def test_nothing_of_the_release_is_asked_for_before_it(night):
    for found in night.now.gates():
        if found.gate.before in ("test", "staging", "go-live"):
            words = " ".join(each.why.en for each in found.checks)
            assert "V." not in words and "VI." not in words


def test_a_forgotten_approval_says_so(night):
    night.log("gate:test/plan-approved", "approved", "2026-08-10 11:00")
    (kept,) = night.path.parent.glob("plan.approved-*.yaml")
    kept.unlink()
    night.save(goal="else")
    check = next(each for each in night.now.gate("test").checks if each.ref.endswith("plan-approved"))
    assert "the plan of that time is not there" in check.why.en


def test_the_board_as_data(night):
    night.log("V.1", "done", "2026-08-20 22:05", by="方振东")
    shown = json.loads(api.board(night.now, at("2026-08-21 00:00"), "json", language="en"))
    assert shown["minutes_left"] == 60 and shown["attempt"] == 1
    items = {each["ref"]: each for each in shown["items"]}
    assert items["V.1"]["by"] == "方振东" and not items["V.1"]["open"] and items["V.2"]["open"]
    assert "VII.1" not in items
    text = api.board(night.now, at("2026-08-21 02:00"), language="en").decode()
    assert "was 1 h ago" in text and "V.2" in text and "] V.1 " not in text


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_paper_in_each_language(night, name, language):
    text = api.render(night.now.plan, name, golive=night.now, language=language).decode()
    assert text.startswith("# ") and "{" not in text.split("\n")[0]


@pytest.mark.parametrize("name", PAPERS)
def test_each_paper_of_an_empty_plan_shows_its_gaps(name):
    for format in ("md", "html", "docx", "xlsx"):
        assert api.render(ReleasePlan(), name, format)
    assert name in ("process", "gate", "notices") or "〔待补充〕" in api.render(ReleasePlan(), name).decode()


def test_the_run_sheet_has_the_deadline_in_its_place(night):
    steps = [{"text": f"step {n}", "minutes": 60} for n in range(5)]
    plan = ReleasePlan(window="2026-08-20 22:00 - 2026-08-21 03:00", deployment=steps, verification=["look"],
                       rollback={"deadline": "2026-08-21 00:30"})  # fmt: skip
    made = api.document(plan, "runbook")
    tables = [
        each for each in made.blocks if isinstance(each, Table) and any(c.header == "计划时间" for c in each.columns)
    ]
    first, second = tables[0], tables[1]
    assert [plain(row[1]) for row in (*first.rows, *second.rows)] == ["22:00", "23:00", "00:00", "01:00", "02:00"]
    assert len(first.rows) == 3 and isinstance(first.rows[0][-2][0], Checkbox)
    places = [n for n, each in enumerate(made.blocks) if isinstance(each, Callout) and each.kind == "caution"]
    assert len(places) == 2  # in its place, and above the rollback
    assert made.blocks[places[0] - 1] is first and made.blocks[places[0] + 1] is second


def test_planned_times_say_where_they_are_a_guess(night):
    steps = [{"text": "a", "minutes": 10}, "b", {"text": "c", "minutes": 5}]
    text = api.render(ReleasePlan(window="2026-08-20 22:00", deployment=steps), "runbook").decode()
    assert "22:10" in text and "≥ 22:10" in text


def test_notes_for_operations_say_how_to_go_back(night):
    ops, customer = (api.render(night.now.plan, "notes", audience=who).decode() for who in ("ops", "customer"))
    assert "回退过程" in ops and "还原备份数据" in ops and "还原备份数据" not in customer


@pytest.mark.parametrize(("name", "format"), [("runbook", "docx"), ("runbook", "xlsx"), ("summary", "docx"), ("process", "docx"), ("gate", "xlsx"), ("notices", "docx")])  # fmt: skip
def test_papers_are_sound_office_files(night, check_ooxml, name, format):
    check_ooxml(api.render(night.now.plan, name, format, golive=night.now), f".{format}")
