"""Plans for property tests: every field, and text that breaks what is careless."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from relplan.model.entries import PARTS, Exemption, Package, Participant, Script, Section, Step
from relplan.model.plan import ReleasePlan, Rollback, Window
from relplan.model.readiness import ExternalSoftware, Issue, Meeting, Monitor, ServiceToStop, TestCase, TestRun, Tests
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.model.values import (
    Action,
    CaseKind,
    IssueSeverity,
    IssueStatus,
    MonitorKind,
    ReleaseKind,
    RiskLevel,
    TestResult,
    TestRound,
)

NASTY = [
    "| a | b |", "<b>bold</b> & </w:t>", "=1+1", "@SUM(A1)", "+1", "-1", "{{ plan }}", "{% for x in y %}", "`code`", "``` fence",
    "*a* _b_ ~~c~~", "\\", "# heading", "1. one\n2. two", "- a\n- b", "1.10", "0123", "20:30", "on", "null", "~", "", "无", "N/A", "-",
    "很高", "2020年X月X日", "a\n\n\nb", "  lead", "tab\there", "\ue0000x0\ue001", "_x000D_", "_x0041_", "'quoted", '"q"', "%s %(a)s", "&amp;",
    "[x](javascript:1)", "![i](x.png)", "http://a.b/c?d=e&f", "emoji 😀👩‍👩‍👧", "עברית עם English", "a\u00a0b\u3000c", "甲、乙，丙；丁/戊&己",
    "R&D", "张三（运维、开发）", "a(b、c", "a)b(c", "支付 >=2.3", "CRM/产品管理 (≥1.0)", "【新增】x", "feat(pay)!: y", "优化：z", "【新增】", "x" * 300,
    "ALTER TABLE t\n  ADD COLUMN c INT;\n\n\tUPDATE t SET c = 1; -- 注释", "a: b", "key: [1, 2]", "# c", "a #b", "a:", "|-", "? x", "%TAG", "！",
    "系统名称", "版本号", "System", "Notes 〔→ L1〕", "a\n〔→ L1〕", "〔待补充〕", "注：x", "备注: y", "标题", "概览", "发布清单", "发布过程", "\x7f\x80", "\ufeffbom", "𠮷野家",
]  # fmt: skip

characters = st.characters(
    codec="utf-8",
    exclude_categories=["Cs"],
    exclude_characters="".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])),
)
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(characters, max_size=30),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map("\n".join),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map("".join),
)
maybe = st.one_of(st.none(), texts)
lists = st.one_of(texts, st.lists(texts, max_size=3))
moments = st.one_of(
    st.none(), texts, st.dates(), st.datetimes(min_value=dt.datetime(1900, 1, 1)), st.datetimes(timezones=st.just(dt.timezone(dt.timedelta(hours=8))))
)  # fmt: skip
minutes = st.one_of(st.none(), texts, st.integers(0, 100_000))


def of(model, **fields):
    """Instances of a model from the fields named, each left out now and then."""
    return st.fixed_dictionaries({}, optional=fields).map(lambda given: model(**given))


steps = st.lists(
    of(Step, number=maybe, id=maybe, text=maybe, owner=lists, minutes=minutes, condition=maybe, action=st.one_of(maybe, st.sampled_from(Action)),
       system=maybe, command=maybe, expected=maybe), max_size=3)  # fmt: skip
participants = st.lists(of(Participant, name=maybe, roles=lists, duty=maybe, contact=maybe), max_size=3)
scripts = st.lists(
    of(Script, name=maybe, file=maybe, version=maybe, checksum=maybe, undo=maybe, note=maybe), max_size=2
)
packages = st.lists(of(Package, name=maybe, file=maybe, version=maybe, checksum=maybe, note=maybe), max_size=2)
exemptions = st.lists(of(Exemption, rule=maybe, where=maybe, reason=maybe, until=moments, by=lists), max_size=2)
softwares = st.lists(
    of(ExternalSoftware, name=maybe, version=maybe, system=maybe, host=maybe, owner=lists, note=maybe), max_size=2
)
services = st.lists(
    of(ServiceToStop, service=maybe, system=maybe, stop_at=moments, minutes=minutes, impact=maybe, owner=lists),
    max_size=2,
)
cases = of(TestCase, number=maybe, system=maybe, text=maybe, kind=st.one_of(maybe, st.sampled_from(CaseKind)), steps=maybe, expected=maybe, owner=lists)  # fmt: skip
runs = of(
    TestRun, round=st.one_of(maybe, st.sampled_from(TestRound)), case=maybe, result=st.one_of(maybe, st.sampled_from(TestResult)), at=moments,
    by=lists, report=maybe, issues=lists, note=maybe,
)  # fmt: skip
tests = of(
    Tests, scope=maybe, environment=maybe, criteria=maybe, document=maybe, cases=st.lists(cases, max_size=2), runs=st.lists(runs, max_size=2)
)  # fmt: skip
issues = st.lists(
    of(Issue, number=maybe, title=maybe, severity=st.one_of(maybe, st.sampled_from(IssueSeverity)),
       status=st.one_of(maybe, st.sampled_from(IssueStatus)), target_version=maybe, system=maybe, owner=lists,
       found_in=st.one_of(maybe, st.sampled_from(TestRound)), note=maybe), max_size=2)  # fmt: skip
meetings = st.lists(
    of(Meeting, topic=maybe, at=moments, minutes=minutes, place=maybe, chair=lists, attendees=lists, decisions=lists, actions=lists, record=maybe),
    max_size=2,
)  # fmt: skip
monitors = st.lists(
    of(Monitor, target=maybe, kind=st.one_of(maybe, st.sampled_from(MonitorKind)), system=maybe, metric=maybe, threshold=maybe, until=maybe,
       owner=lists, where=maybe), max_size=2)  # fmt: skip
sections = st.lists(of(Section, title=maybe, text=maybe, after=st.sampled_from([None, *PARTS])), max_size=2)


def _known(header: str) -> bool:
    try:
        ReleaseItem(extra={header: "x"})
    except ValueError:
        return False
    return True


extras = st.dictionaries(texts.filter(_known), maybe, max_size=3)
items = of(
    ReleaseItem, order=maybe, system=maybe, version=maybe, changes=lists, risk_level=st.one_of(maybe, st.sampled_from(RiskLevel)),
    risk_description=maybe, risk_control=maybe, dependencies=lists, configuration=maybe, ddl=maybe, dml=maybe, branch=maybe, developers=lists,
    testers=lists, requirement=maybe, previous_version=maybe, previous_branch=maybe, rollback=maybe, verification=maybe, planned_time=maybe,
    owner=lists, reviewer=lists, status=maybe, note=maybe, extra=extras,
)  # fmt: skip
plans = of(
    ReleasePlan, title=maybe, product=maybe, version=maybe, kind=st.one_of(maybe, st.sampled_from(ReleaseKind)), iterations=lists, goal=maybe,
    language=st.sampled_from(["zh", "en"]), time_zone=st.sampled_from(["Asia/Shanghai", "UTC"]),
    window=of(Window, start=moments, end=moments, text=maybe), impact=lists, participants=participants, preparation=steps, deployment=steps,
    verification=steps, rollback=of(Rollback, steps=steps, deadline=moments, points=lists, decider=lists, text=maybe),
    table=st.lists(items, max_size=3).map(lambda rows: ReleaseTable(rows=rows)), scripts=scripts, packages=packages, exemptions=exemptions,
    sections=sections, external_software=softwares, services_to_stop=services, tests=tests, issues=issues, meetings=meetings, monitoring=monitors,
)  # fmt: skip
