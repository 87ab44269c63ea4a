"""GO or NO-GO: what each check of a gate says, of a plan and its log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from relplan.errors import Message, Refused, suggest
from relplan.model.plan import ReleasePlan
from relplan.model.readiness import Issue, is_open
from relplan.model.values import CaseKind, IssueSeverity, IssueStatus, Nothing, TestResult
from relplan.process.items import FEW, checks_of, step_items, steps_of, who
from relplan.process.log import LogEntry, Status
from relplan.process.model import Check, Content, Evidence, Gate, Process
from relplan.process.state import State


class CheckState(Enum):
    """How a check stands."""

    MET = "met"
    WAIVED = "waived"
    OPEN = "open"
    STALE = "stale"
    """Approved, but an older plan."""

    def __str__(self) -> str:
        return str(self.value)


class CheckVerdict(Struct, frozen=True):
    """How one check stands.

    Attributes:
        ref: `gate:GATE/CHECK`.
        text: what must be so.
        owners: who sees to it.
        state: how it stands.
        why: what shows it, or what is missing.
        since: since when it is as it is, as far as the log tells.
        by: who met or waived it.
    """

    ref: str
    text: Message
    owners: Message
    state: CheckState
    why: Message
    since: dt.datetime | None = None
    by: str = ""

    @property
    def holds(self) -> bool:
        """Whether the gate may be passed as far as this check goes."""
        return self.state in (CheckState.MET, CheckState.WAIVED)


class GateVerdict(Struct, frozen=True):
    """How a gate stands: GO when all its checks hold."""

    gate: Gate
    checks: tuple[CheckVerdict, ...]

    @property
    def go(self) -> bool:
        """Whether it may be passed."""
        return all(each.holds for each in self.checks)

    @property
    def open(self) -> tuple[CheckVerdict, ...]:
        """The checks in its way."""
        return tuple(each for each in self.checks if not each.holds)

    @property
    def waived(self) -> tuple[CheckVerdict, ...]:
        """The checks that were waived."""
        return tuple(each for each in self.checks if each.state is CheckState.WAIVED)


Changed = Callable[[str], "Message | None"]
"""What has changed since the plan of a digest was approved, in words; None where that plan is not there any more."""


def gate_named(process: Process, name: str) -> Gate:
    """The gate of that id.

    Raises:
        Refused: there is none.
    """
    if gate := process.gate(name):
        return gate
    known = [each.id for each in process.gates]
    hint = suggest(name, known)
    listed = ", ".join((*known, "rollback"))
    raise Refused(f"没有门禁“{name}”{hint.zh or f'；可用：{listed}'}", f'there is no gate "{name}"{hint.en or f"; known: {listed}"}')  # fmt: skip


def verdict(
    plan: ReleasePlan, process: Process, gate: Gate, state: State, changed: Changed | None = None
) -> GateVerdict:
    """How a gate stands."""
    checks = checks_of(plan, process, gate)
    return GateVerdict(gate, tuple(_verdict(plan, process, gate, check, state, changed) for check in checks))


def verdicts(
    plan: ReleasePlan, process: Process, state: State, changed: Changed | None = None
) -> tuple[GateVerdict, ...]:
    """How all gates stand, in the order of the process."""
    return tuple(verdict(plan, process, gate, state, changed) for gate in process.gates)


def next_gate(found: tuple[GateVerdict, ...]) -> GateVerdict:
    """The first gate that is not passed, else the last."""
    return next((each for each in found if not each.go), found[-1])


def _verdict(plan: ReleasePlan, process: Process, gate: Gate, check: Check, state: State, changed: Changed | None) -> CheckVerdict:  # fmt: skip
    ref = f"gate:{gate.id}/{check.id}"
    owners = who(plan, process, check.owner, FEW)
    entry = state.of(f"notice:{check.notice}" if check.notice else ref)
    waiver = state.of(ref)
    if check.evidence is Evidence.APPROVED:
        entry = _approval(plan, check, state) or entry
    if waiver and waiver.status is Status.WAIVE:
        why = Message(f"豁免：{waiver.note}", f"waived: {waiver.note}")
        return CheckVerdict(ref, check.text.message, owners, CheckState.WAIVED, why, waiver.at, waiver.by)
    missing, stands = _looked_at(plan, process, check, state, entry, changed)
    by = entry.by if entry else ""
    since = entry.at if entry else (state.began if missing else None)
    if missing is None:
        return CheckVerdict(ref, check.text.message, owners, CheckState.MET, _MET, entry.at if entry else None, by)
    return CheckVerdict(ref, check.text.message, owners, stands, missing, since, by)


def _approval(plan: ReleasePlan, check: Check, state: State) -> LogEntry | None:
    """An approval of this very plan under the check's name, be it at another gate: no one approves the same thing twice."""
    return next(
        (
            each
            for ref, each in state.latest.items()
            if ref.endswith(f"/{check.id}") and each.status is Status.APPROVED and each.plan == plan.digest
        ),
        None,
    )


_MET: Final = Message("已满足", "met")


def _looked_at(plan: ReleasePlan, process: Process, check: Check, state: State, entry: LogEntry | None, changed: Changed | None) -> tuple[Message | None, CheckState]:  # fmt: skip
    """What is missing for a check, None for nothing, and how it then stands."""
    match check.evidence:
        case Evidence.DONE | Evidence.SENT:
            return _logged(check, entry), CheckState.OPEN
        case Evidence.APPROVED:
            return _approved(plan, entry, changed)
        case Evidence.DEPLOYED:
            return _all_met(plan, state, "deployment"), CheckState.OPEN
        case Evidence.VERIFIED:
            return _all_met(plan, state, "verification"), CheckState.OPEN
        case Evidence.CONTENTS:
            return _contents(plan, process), CheckState.OPEN
    return _OF_PLAN[check.evidence](plan, check), CheckState.OPEN


def _logged(check: Check, entry: LogEntry | None) -> Message | None:
    word = Message("发送", "sent") if check.evidence is Evidence.SENT else Message("完成", "done")
    if entry is None:
        return Message(f"还没有记录为{word.zh}", f"not logged as {word.en} yet")
    if entry.status is Status.FAIL:
        return Message(f"记录为失败：{entry.note}".rstrip("："), f"logged as failed: {entry.note}".rstrip(": "))
    return None


def _approved(plan: ReleasePlan, entry: LogEntry | None, changed: Changed | None) -> tuple[Message | None, CheckState]:
    if entry is None:
        return Message("还没有批准", "not approved yet"), CheckState.OPEN
    if entry.status is Status.FAIL:
        return Message(f"未批准：{entry.note}".rstrip("："), f"refused: {entry.note}".rstrip(": ")), CheckState.OPEN
    if entry.plan == plan.digest:
        return None, CheckState.MET
    what = (changed(entry.plan) if changed else None) or Message(
        "当时的计划已不在", "the plan of that time is not there"
    )
    return Message(f"批准的是旧计划；{what.zh}", f"approved an older plan; {what.en}"), CheckState.STALE


def _all_met(plan: ReleasePlan, state: State, part: str) -> Message | None:
    items = [each for each in step_items(plan) if each.part == part]
    if not items:
        return Message("计划中没有这些步骤", "the plan has no such steps")
    missing = [each.shown for each in items if not state.is_met(each.ref)]
    if not missing:
        return None
    return Message(f"未完成：{_some(missing, '、')}", f"not done: {_some(missing, ', ')}")


_MOST_NAMED: Final = 8


def _some(names: list[str], separator: str) -> str:
    rest = f" … ({len(names)})" if len(names) > _MOST_NAMED else ""
    return separator.join(names[:_MOST_NAMED]) + rest


def _contents(plan: ReleasePlan, process: Process) -> Message | None:
    missing = missing_contents(plan, process)
    if not missing:
        return None
    zh, en = "；".join(each.name.zh for each in missing), "; ".join(each.name.en for each in missing)
    return Message(f"缺少：{zh}", f"missing: {en}")


def missing_contents(plan: ReleasePlan, process: Process) -> tuple[Content, ...]:
    """What a go-live plan must contain and this one does not say; a stated "none" is said."""
    return tuple(each for each in process.plan_contents if not _says(plan, each.part))


def _says(plan: ReleasePlan, part: str) -> bool:
    if part == "order":
        rows = plan.table.rows
        return bool(rows) and all(row.order or row.dependencies not in ((), None) for row in rows)
    if part == "window":
        return plan.window.start is not None
    if part == "rollback":
        return bool(steps_of(plan, "rollback"))
    if part == "scripts":
        return plan.scripts != () or any(row.ddl or row.dml for row in plan.table.rows)
    return getattr(plan, part, ()) not in ((), None)


def _test_plan(plan: ReleasePlan, check: Check) -> Message | None:
    return None if plan.tests.planned else Message("计划没有测试方案（tests）", "the plan has no test plan (tests)")


def _cases(plan: ReleasePlan, check: Check) -> Message | None:
    return None if plan.tests.cases else Message("计划没有测试用例（tests.cases）", "the plan has no test cases (tests.cases)")  # fmt: skip


def _boundaries(plan: ReleasePlan, check: Check) -> Message | None:
    cases = () if isinstance(plan.tests.cases, Nothing) else plan.tests.cases
    if any(each.kind is CaseKind.BOUNDARY for each in cases):
        return None
    return Message("没有类型为“临界点”的用例", "no test case is of the kind boundary")


def _report(plan: ReleasePlan, check: Check) -> Message | None:
    """The results of a round: the last of each case, and of the whole round, have passed."""
    runs = () if isinstance(plan.tests.runs, Nothing) else plan.tests.runs
    last = {run.case: run for run in runs if run.round is check.round}
    zh, en = (check.round.label("zh"), check.round.label("en").lower()) if check.round else ("", "")
    if not last:
        return Message(f"计划没有{zh}的结果（tests.runs）", f"the plan has no results of the {en} round (tests.runs)")
    failed = [case or "*" for case, run in last.items() if run.result is not TestResult.PASS]
    if not failed:
        return None
    return Message(f"{zh}未通过：{_some(failed, '、')}", f"not passed in the {en} round: {_some(failed, ', ')}")


def _issues(plan: ReleasePlan) -> tuple[Issue, ...]:
    return () if isinstance(plan.issues, Nothing) else plan.issues


def _limit(plan: ReleasePlan, check: Check) -> Message | None:
    """Open issues of the severities within the limit; those without a severity count as the worst."""
    counted = [
        each
        for each in _issues(plan)
        if is_open(each) and (each.severity in check.severities or (not isinstance(each.severity, IssueSeverity) and not check.most))
    ]  # fmt: skip
    if len(counted) <= check.most:
        return None
    named = [each.number or each.title or "?" for each in counted]
    return Message(
        f"未关闭 {len(counted)} 个，限额 {check.most}：{_some(named, '、')}",
        f"{len(counted)} open, the limit is {check.most}: {_some(named, ', ')}",
    )


def _deferred(plan: ReleasePlan, check: Check) -> Message | None:
    unnamed = [each.number or each.title or "?" for each in _issues(plan) if each.status is IssueStatus.DEFERRED and not each.target_version]  # fmt: skip
    if not unnamed:
        return None
    return Message(f"没有写明解决版本：{_some(unnamed, '、')}", f"no version is named for {_some(unnamed, ', ')}")


def _minutes(plan: ReleasePlan, check: Check) -> Message | None:
    meetings = () if isinstance(plan.meetings, Nothing) else plan.meetings
    words = [word.lower() for word in check.meeting]
    meant = [each for each in meetings if not words or any(word in (each.topic or "").lower() for word in words)]
    if not meant:
        return Message("计划没有这次会议（meetings）", "the plan has no such meeting (meetings)")
    if any(each.record or each.decisions for each in meant):
        return None
    return Message("会议没有纪要：填写会议结论，或纪要的文件", "the meeting has no minutes: state its decisions, or the file of the minutes")  # fmt: skip


def _rows_without(plan: ReleasePlan, field: str, zh: str, en: str) -> Message | None:
    missing = [row.system or f"#{at}" for at, row in enumerate(plan.table.rows, 1) if not getattr(row, field)]
    if not plan.table.rows:
        return Message("发布清单是空的", "the release table is empty")
    return Message(f"没有{zh}：{_some(missing, '、')}", f"no {en}: {_some(missing, ', ')}") if missing else None


def _rollback(plan: ReleasePlan, check: Check) -> Message | None:
    if not steps_of(plan, "rollback"):
        return Message("没有回退步骤", "there are no steps to roll back")
    if not isinstance(plan.rollback.deadline, dt.date):
        return Message("没有可读的回退时限", "there is no rollback deadline that can be read")
    return None


_OF_PLAN: Final[Mapping[Evidence, Callable[[ReleasePlan, Check], Message | None]]] = {
    Evidence.TEST_PLAN: _test_plan,
    Evidence.TEST_CASES: _cases,
    Evidence.BOUNDARY_CASES: _boundaries,
    Evidence.TEST_REPORT: _report,
    Evidence.ISSUES: _limit,
    Evidence.DEFERRED: _deferred,
    Evidence.MINUTES: _minutes,
    Evidence.BRANCHES: lambda plan, _: _rows_without(plan, "branch", "分支", "branch"),
    Evidence.PREVIOUS: lambda plan, _: _rows_without(plan, "previous_version", "上一版本", "previous version"),
    Evidence.ROLLBACK: _rollback,
    Evidence.MONITORING: lambda plan, _: None if plan.monitoring != () else Message("计划没有监控清单（monitoring）", "the plan does not say what is watched (monitoring)"),
}  # fmt: skip


def differences(old: ReleasePlan, new: ReleasePlan) -> tuple[str, ...]:
    """The places in which two plans differ, as keys of a plan file: `window.start`, `table.rows[2].version`."""
    return tuple(dict.fromkeys(_differences(old.data(), new.data(), "")))


def _differences(old: object, new: object, where: str) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(old.get(key), new.get(key), f"{where}.{key}".lstrip("."))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for at, (one, other) in enumerate(zip(old, new, strict=True), 1):
            yield from _differences(one, other, f"{where}[{at}]")
    else:
        yield where


def change_words(paths: tuple[str, ...]) -> Message:
    """The places that were changed, in words."""
    named = list(paths)
    return Message(f"之后改动了 {_some(named, '、')}", f"changed since: {_some(named, ', ')}")
