"""The check as a whole: stages, exemptions, what is not run, faults, and the plans of the project."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType

import pytest

from relplan import api
from relplan.checks import registry
from relplan.checks.rule import Rule, hit
from relplan.checks.settings import Allowance, CheckSettings
from relplan.errors import Message, ReadError
from relplan.findings import RuleInfo, Severity, Stage
from relplan.model.entries import Exemption
from relplan.model.plan import ReleasePlan

PLACEHOLDERS, NAMES = "CMP104", "CMP106"


def codes(checked):
    return [finding.code for finding in checked.findings]


def check(data, **settings):
    return api.check(ReleasePlan.from_data(data), CheckSettings(**settings))


def test_the_finished_sample_has_no_errors_at_any_stage(samples):
    for stage in Stage:
        checked = api.check(samples / "plan.yaml", CheckSettings(stage=stage))
        assert [each.problem.text("en") for each in checked.findings if each.severity is Severity.ERROR] == []
        assert not [each for each in checked.not_run if each.fault]


def test_each_line_of_the_form_that_is_not_filled_in_is_found_and_no_other(shared):
    path = shared / "seeds" / "2-singpost-sprint12.txt"
    checked = api.check(path, CheckSettings(select=(PLACEHOLDERS, NAMES)))
    lines = path.read_text("utf-8").splitlines()
    held = {
        number: NAMES if line[:2] in ("张三", "李四", "王五", "赵六") else PLACEHOLDERS
        for number, line in enumerate(lines, 1)
        if "xx" in line.lower() or "X" in line or line == "……" or line[:2] in ("张三", "李四", "王五", "赵六")
    }
    assert len(held) == 19 and list(held.values()).count(NAMES) == 4
    assert {finding.place.line: finding.code for finding in checked.findings} == held
    assert len(checked.findings) == 19


def test_the_image_before_its_sql_is_told(shared):
    checked = api.check(shared / "seeds" / "2-singpost-sprint12.txt", CheckSettings(select=("ORD121",)))
    assert [(str(each.place), each.severity) for each in checked.findings] == [
        ("2-singpost-sprint12.txt:30", Severity.WARNING)
    ]


def test_what_is_advice_in_a_draft_is_an_error_on_the_night():
    def severity(stage):
        return check({"table": [{"system": "a"}]}, stage=stage, select=("CMP102",)).findings[0].severity

    expected = [Severity.WARNING, Severity.ERROR, Severity.ERROR, Severity.ERROR]
    assert [severity(stage) for stage in Stage] == expected


def test_a_team_may_weigh_a_rule_otherwise():
    plan = {"table": [{"system": "a"}]}
    checked = check(plan, select=("CMP102",), severities={"CMP102": Severity.ADVICE}, stage=Stage.PROD)
    assert [each.severity for each in checked.findings] == [Severity.ADVICE]


def test_rules_are_named_by_code_slug_or_group():
    plan = {"participants": ["张三"], "table": [{"system": "a"}]}
    assert set(codes(check(plan, select=("cmp",)))) == {"CMP102", "CMP106", "CMP107"}
    assert codes(check(plan, select=("sample-name",))) == [NAMES]
    assert NAMES not in codes(check(plan, ignore=(NAMES,)))
    with pytest.raises(ReadError, match='did you mean "CMP106"'):
        check(plan, select=("CMP1060",))


def test_rules_without_their_data_are_told_and_never_pass_in_silence():
    checked = check({"product": "a"})
    told = {each.code: each.reason.en for each in checked.not_run}
    assert told["CMP101"] == "the plan has no release table" and told["SUP104"].endswith("add --now TIME")
    found = {each.code for each in checked.findings}
    assert not found & set(told)


def test_a_fault_of_one_rule_costs_no_finding_of_the_others(monkeypatch):
    def broken(subject):
        yield hit((), "一", "one")
        raise RuntimeError("boom")

    info = RuleInfo("CMP999", "broken", Severity.ERROR, *(Message("是", "x"),) * 3)
    rules = MappingProxyType({**registry.rules(), "CMP999": Rule(info, broken)})
    monkeypatch.setattr(registry, "rules", lambda: rules)
    checked = check({"participants": ["张三"]}, select=("CMP106", "CMP999"))
    assert codes(checked) == ["CMP106"]
    assert [(each.code, each.fault, "boom" in each.reason.en) for each in checked.not_run] == [("CMP999", True, True)]


def allowance(**fields):
    return Allowance(Exemption(**{"reason": "agreed", **fields}))


@pytest.mark.parametrize("where", ["", "订单中心", "风险等级", "risk_level", "Risk level", "plan"])
def test_an_exemption_covers_what_it_names(where):
    plan = {"table": [{"system": "订单中心"}, {"system": "支付网关"}]}
    own = allowance(rule="CMP102", where=where)
    checked = check(plan, select=("CMP102", "SUP"), allowances=(own,))
    covered = {"": 2, "订单中心": 1, "plan": 0}.get(where, 2)
    assert len(checked.exempted) == covered and codes(checked).count("CMP102") == 2 - covered
    assert ("SUP101" in codes(checked)) == (covered == 0)
    assert all(each.reason == "agreed" for each in checked.exempted)


def test_an_exemption_of_the_plan_names_its_place_and_ends_on_its_day(tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "table:\n  - system: a\nexemptions:\n  - rule: CMP102\n    reason: 沿用\n    until: 2026-08-20\n", "utf-8"
    )

    def on(day):
        now = dt.datetime(2026, 8, day, 23, tzinfo=dt.UTC)
        return api.check(plan, CheckSettings(select=("CMP102", "SUP"), now=now))

    assert [str(each.place) for each in on(20).exempted] == ["plan.yaml:4:5"] and codes(on(20)) == []
    assert codes(on(21)) == ["CMP102", "SUP104"] and on(21).exempted == ()


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path):
    broken = tmp_path / "plan.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    checked = api.check(broken)
    assert codes(checked) == ["PLN001"] and "CMP101" in {each.code for each in checked.not_run}
    assert codes(api.check(tmp_path / "none.yaml")) == ["PLN001"]


def test_findings_come_in_the_order_of_the_file(samples):
    places = [finding.place.line for finding in api.check(samples / "plan.yaml").findings]
    assert places == sorted(places)


def test_checking_changes_nothing(samples):
    read = api.load(samples / "plan.yaml")
    before = read.plan.digest
    first, second = (api.check(read) for _ in range(2))
    assert first == second and read.plan.digest == before


def test_every_need_that_a_rule_names_is_known():
    from relplan.checks.needs import NEEDS

    assert {need for rule in registry.rules().values() for need in rule.info.needs} <= set(NEEDS)


@pytest.mark.parametrize(
    "text",
    ["更新镜像 --password=Hunter2!x9", "deploy with db.password: Hunter2!x9 now", "更新应用镜像，密码：Hunter2!x9"],
)
def test_a_message_does_not_repeat_a_secret(text):
    plan = ReleasePlan(deployment=[text, "运行更新SQL脚本"], table=[{"system": "a", "ddl": "ALTER TABLE t ADD c INT"}])
    report = api.check_report([api.check(plan)], "json").decode()
    assert "Hunter2" not in report
