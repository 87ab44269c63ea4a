"""What the papers of the process show: rows made of a plan, its process and its log, under the names templates use."""

import datetime as dt
import functools
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from relplan.errors import Language, Message
from relplan.model import moments
from relplan.model.columns import Column
from relplan.model.fields import Row, Text
from relplan.model.part import Part
from relplan.model.plan import ReleasePlan
from relplan.model.readiness import Issue, TestRun, is_open
from relplan.model.values import IssueStatus, Nothing, TestResult, TestRound
from relplan.process.decision import deadline_of
from relplan.process.gates import Changed, GateVerdict, missing_contents, verdicts
from relplan.process.items import NUMERALS, Item, notice_of, people_of, step_items, who
from relplan.process.log import LogEntry, Status, release_name
from relplan.process.model import Process, ProcessNotice, Stage, Told
from relplan.process.report import state_words
from relplan.process.schedule import Planned, schedule
from relplan.process.state import State


def _column(zh: str, en: str, width: int, *, optional: bool = False, code: bool = False) -> Column:
    return Column(zh, en, width=width, optional=optional, code=code)


class RunRow(Row):
    """A step of the run sheet: what there is to do, and when it is planned."""

    main: ClassVar = "text"

    number: Annotated[Text, _column("编号", "No.", 8)] = None
    planned: Annotated[Text, _column("计划时间", "Planned", 10)] = None
    text: Annotated[Text, _column("步骤", "Step", 40)] = None
    owner: Annotated[Text, _column("负责人", "Owner", 12)] = None
    minutes: Annotated[Text, _column("分钟", "Min.", 6)] = None
    command: Annotated[Text, _column("命令", "Command", 36, optional=True, code=True)] = None
    expected: Annotated[Text, _column("预期结果", "Expected", 28, optional=True)] = None


class RecordRow(Row):
    """A step with what was done of it."""

    main: ClassVar = "text"

    number: Annotated[Text, _column("编号", "No.", 8)] = None
    text: Annotated[Text, _column("步骤", "Step", 36)] = None
    planned: Annotated[Text, _column("计划时间", "Planned", 10)] = None
    actual: Annotated[Text, _column("实际时间", "Actual", 10)] = None
    late: Annotated[Text, _column("晚（分钟）", "Late (min)", 8, optional=True)] = None
    status: Annotated[Text, _column("结果", "Result", 8)] = None
    by: Annotated[Text, _column("执行人", "By", 12)] = None
    value: Annotated[Text, _column("测得的值", "Value", 14, optional=True)] = None
    evidence: Annotated[Text, _column("凭据", "Evidence", 20, optional=True)] = None
    note: Annotated[Text, _column("备注", "Note", 24, optional=True)] = None


class CheckRow(Row):
    """A check of a gate and how it stands."""

    main: ClassVar = "text"

    check: Annotated[Text, _column("检查项", "Check", 20)] = None
    text: Annotated[Text, _column("内容", "What", 32)] = None
    owner: Annotated[Text, _column("负责人", "Owner", 18)] = None
    state: Annotated[Text, _column("状态", "State", 10)] = None
    why: Annotated[Text, _column("说明", "Why", 34)] = None
    since: Annotated[Text, _column("始于", "Since", 16, optional=True)] = None


class ActivityRow(Row):
    """An activity of a stage."""

    main: ClassVar = "text"

    number: Annotated[Text, _column("序号", "No.", 6)] = None
    text: Annotated[Text, _column("活动", "Activity", 56)] = None
    owner: Annotated[Text, _column("负责", "Owner", 16)] = None
    deliverable: Annotated[Text, _column("交付物", "Deliverable", 24, optional=True)] = None
    criterion: Annotated[Text, _column("标准", "Criterion", 24, optional=True)] = None
    notices: Annotated[Text, _column("通知", "Notices", 18, optional=True)] = None


class EnvironmentRow(Row):
    """An environment and who answers for it."""

    main: ClassVar = "name"

    name: Annotated[Text, _column("环境", "Environment", 14)] = None
    owner: Annotated[Text, _column("负责", "Owner", 18)] = None
    people: Annotated[Text, _column("本次人员", "In this release", 24, optional=True)] = None
    duties: Annotated[Text, _column("职责", "Duties", 40, optional=True)] = None


class ContentRow(Row):
    """Something a go-live plan must contain, and whether this one says it."""

    main: ClassVar = "name"

    name: Annotated[Text, _column("规定内容", "Required", 40)] = None
    said: Annotated[Text, _column("是否写明", "Stated", 10)] = None


class NoticeRow(Row):
    """A notice of the process."""

    main: ClassVar = "name"

    name: Annotated[Text, _column("通知", "Notice", 20)] = None
    event: Annotated[Text, _column("时机", "When", 24)] = None
    sender: Annotated[Text, _column("发件", "From", 16)] = None
    to: Annotated[Text, _column("收件", "To", 30)] = None
    sent: Annotated[Text, _column("发送时间", "Sent", 16, optional=True)] = None


class RoundRow(Row):
    """The results of one round of testing, counted."""

    main: ClassVar = "round"

    round: Annotated[Text, _column("测试阶段", "Round", 14)] = None
    passed: Annotated[Text, _column("通过", "Passed", 8)] = None
    failed: Annotated[Text, _column("不通过", "Failed", 8)] = None
    other: Annotated[Text, _column("受阻或未执行", "Blocked, not run", 12)] = None


class StagePaper(Part):
    """A stage as its paper shows it."""

    name: str
    environment: str
    activities: tuple[ActivityRow, ...]


class GatePaper(Part):
    """A gate as its paper shows it."""

    id: str
    name: str
    go: bool
    verdict: str
    checks: tuple[CheckRow, ...]


class MailPaper(Part):
    """A notice as a mail: who it is from and to, its words, and what stands below them."""

    id: str
    name: str
    event: str
    sender: str
    to: str
    cc: str
    subject: str
    body: tuple[str, ...]
    branches: bool
    results: tuple[RecordRow, ...]


class Papers(Part):
    """What templates see of a release beside its plan, as `golive`.

    The rows of `run_…` are the run sheet; those of `record_…` say what was done. `gates` are all gates, `stages`,
    `environments`, `notices` and `contents` the process. Texts are in `language`.
    """

    plan: ReleasePlan
    process: Process
    state: State
    language: Language
    changed: Any = None

    def _say(self, message: Message) -> str:
        return message.text(self.language)

    def _clock(self, at: dt.datetime, form: str = "%H:%M") -> str:
        return f"{at.astimezone(zoneinfo.ZoneInfo(self.plan.time_zone)):{form}}"

    @functools.cached_property
    def _steps(self) -> tuple[Item, ...]:
        return tuple(step_items(self.plan))

    @functools.cached_property
    def _planned(self) -> Mapping[str, Planned]:
        return schedule(self.plan)

    def _items(self, part: str) -> Iterator[Item]:
        return (each for each in self._steps if each.part == part)

    @property
    def release(self) -> str:
        """Product and version, as the log calls them."""
        return release_name(self.plan.product, self.plan.version)

    @property
    def purpose(self) -> tuple[str, ...]:
        """What the process is for."""
        return tuple(each.text(self.language) for each in self.process.purpose)

    @property
    def scope(self) -> str | None:
        """What the process is for."""
        return self.process.scope.text(self.language) if self.process.scope else None

    @property
    def principle(self) -> str | None:
        """The rule above all."""
        return self.process.principle.text(self.language) if self.process.principle else None

    @property
    def process_title(self) -> str:
        """What the process is called."""
        return self.process.title.text(self.language)

    @property
    def database_rule(self) -> str:
        """Who runs database operations."""
        return self.process.database.rule.text(self.language)

    @property
    def hotfix_rule(self) -> str:
        """When the short way may be taken."""
        return self.process.hotfix.rule.text(self.language)

    @property
    def hotfix_keeps(self) -> tuple[str, ...]:
        """The checks that a hotfix keeps."""
        kept = (each.split("/", 1) for each in self.process.hotfix.keeps)
        return tuple(
            check.text.text(self.language)
            for gate, name in kept
            for check in (self.process.gate(gate) or self.process.gates[0]).checks
            if check.id == name
        )

    @functools.cached_property
    def environments(self) -> tuple[EnvironmentRow, ...]:
        """The environments and who answers for them."""
        return tuple(
            EnvironmentRow(
                name=each.name.text(self.language),
                owner=self.process.roles[each.owner].name.text(self.language),
                people="、".join(person.name or "" for person in people_of(self.plan, self.process, each.owner))
                or None,
                duties=each.duties.text(self.language) if each.duties else None,
            )
            for each in self.process.environments
        )

    @functools.cached_property
    def stages(self) -> tuple[StagePaper, ...]:
        """The stages with their activities."""
        names = {each.id: each.name.text(self.language) for each in self.process.environments}
        return tuple(
            StagePaper(
                name=each.name.text(self.language),
                environment=names.get(each.environment, ""),
                activities=tuple(self._activities(each)),
            )
            for each in self.process.stages
        )

    def _activities(self, stage: Stage) -> Iterator[ActivityRow]:
        notices = {each.id: each.name.text(self.language) for each in self.process.notices}
        for each in stage.activities:
            yield ActivityRow(
                number=f"{each.id})",
                text=each.text.text(self.language),
                owner=self._roles(each.owner),
                deliverable=each.deliverable.text(self.language) if each.deliverable else None,
                criterion=each.criterion.text(self.language) if each.criterion else None,
                notices="、".join(notices[name] for name in each.notices) or None,
            )

    def _roles(self, roles: tuple[str, ...]) -> str:
        separator = "、" if self.language == "zh" else ", "
        return separator.join(self.process.roles[each].name.text(self.language) for each in roles)

    @functools.cached_property
    def notices(self) -> tuple[NoticeRow, ...]:
        """The notices, with when they were sent."""
        return tuple(
            NoticeRow(
                name=each.name.text(self.language),
                event=each.event.text(self.language),
                sender=who(self.plan, self.process, (each.sender,)).text(self.language),
                to=who(self.plan, self.process, each.to).text(self.language),
                sent=self._clock(entry.at, "%Y-%m-%d %H:%M") if (entry := self.state.of(f"notice:{each.id}")) else None,
            )
            for each in self.process.notices
        )

    @functools.cached_property
    def mails(self) -> tuple[MailPaper, ...]:
        """The notices as mails."""
        return tuple(map(self._mail, self.process.notices))

    def mail(self, name: str) -> MailPaper:
        """One notice as a mail.

        Raises:
            Refused: there is no such notice.
        """
        return self._mail(notice_of(self.process, name))

    def _mail(self, notice: ProcessNotice) -> MailPaper:
        def people(roles: tuple[str, ...]) -> str:
            return who(self.plan, self.process, roles).text(self.language)

        return MailPaper(
            id=notice.id,
            name=notice.name.text(self.language),
            event=notice.event.text(self.language),
            sender=people((notice.sender,)),
            to=people(notice.to),
            cc=people(notice.cc),
            subject=self.filled(notice.subject),
            body=tuple(map(self.filled, notice.body)),
            branches="branches" in notice.show,
            results=self._results_of(notice.sender) if "results" in notice.show else (),
        )

    def _results_of(self, role: str) -> tuple[RecordRow, ...]:
        """What those in a role have to do on the night, and what became of it."""
        names = {each.name for each in people_of(self.plan, self.process, role)}
        return tuple(
            self._record_row(each, self.state.of(each.ref), self._planned.get(each.ref))
            for each in self._steps
            if each.part in ("deployment", "verification") and each.step and names.intersection(each.step.owner)
        )

    def filled(self, told: Told) -> str:
        """The words of a notice with what their placeholders stand for; `[…]` for what the plan does not say."""
        gap = Message("〔待补充〕", "[to be filled in]").text(self.language)
        window = self.plan.window
        said = {
            "product": self.plan.product,
            "version": self.plan.version,
            "title": self.plan.title or self.release,
            "window": " – ".join(moments.write(each) if isinstance(each, dt.date) else str(each) for each in (window.start, window.end) if each),
            "deadline": self.deadline,
            "owner": self.plan.owner,
        }  # fmt: skip
        return re.sub(r"\{(\w+)\}", lambda match: said[match[1]] or gap, told.text(self.language))

    @functools.cached_property
    def contents(self) -> tuple[ContentRow, ...]:
        """What a go-live plan must contain, and whether this one says it."""
        missing = missing_contents(self.plan, self.process)
        yes, no = self._say(Message("是", "yes")), self._say(Message("否", "no"))
        return tuple(ContentRow(name=each.name.text(self.language), said=no if each in missing else yes) for each in self.process.plan_contents)  # fmt: skip

    # Gates

    @functools.cached_property
    def gates(self) -> tuple[GatePaper, ...]:
        """How all gates stand."""
        changed: Changed | None = self.changed
        return tuple(self._gate(each) for each in verdicts(self.plan, self.process, self.state, changed))

    def _gate(self, found: GateVerdict) -> GatePaper:
        rows = tuple(
            CheckRow(
                check=each.ref.removeprefix("gate:"),
                text=each.text.text(self.language),
                owner=each.owners.text(self.language) or None,
                state=state_words(each, self.language),
                why=each.why.text(self.language),
                since=self._clock(each.since, "%Y-%m-%d %H:%M") if each.since else None,
            )
            for each in found.checks
        )
        name = found.gate.name.text(self.language)
        return GatePaper(id=found.gate.id, name=name, go=found.go, verdict="GO" if found.go else "NO-GO", checks=rows)

    # The run sheet

    def run(self, part: str) -> tuple[tuple[Item, RunRow, dt.datetime | None], ...]:
        """The steps of a part with their rows and planned moments."""
        return self._run[part]

    @functools.cached_property
    def _run(self) -> Mapping[str, tuple[tuple[Item, RunRow, dt.datetime | None], ...]]:
        return {part: tuple(map(self._run_row, self._items(part))) for part in NUMERALS}

    def _run_row(self, item: Item) -> tuple[Item, RunRow, dt.datetime | None]:
        when, step = self._planned.get(item.ref), item.step
        row = RunRow(
            number=item.shown,
            planned=when.text() if when else None,
            text=_with_condition(item, self.language),
            owner=item.owners.text(self.language) or None,
            minutes=str(step.minutes) if step and isinstance(step.minutes, int) else None,
            command=step.command if step else None,
            expected=step.expected if step else None,
        )
        return item, row, when.at if when else None

    # The record

    @functools.cached_property
    def record_preparation(self) -> tuple[RecordRow, ...]:
        """What was done of the preparation."""
        return self._record("preparation")

    @functools.cached_property
    def record_deployment(self) -> tuple[RecordRow, ...]:
        """What was done of the deployment."""
        return self._record("deployment")

    @functools.cached_property
    def record_verification(self) -> tuple[RecordRow, ...]:
        """What was done of the verification."""
        return self._record("verification")

    @functools.cached_property
    def record_rollback(self) -> tuple[RecordRow, ...]:
        """What was done of a rollback in the attempt under way; empty where there was none."""
        return self._record("rollback") if self.state.is_rolling_back else ()

    def _record(self, part: str) -> tuple[RecordRow, ...]:
        return tuple(
            self._record_row(each, self.state.of(each.ref), self._planned.get(each.ref)) for each in self._items(part)
        )

    def _record_row(self, item: Item, entry: LogEntry | None, planned: Any) -> RecordRow:
        late = int((entry.at - planned.at).total_seconds() // 60) if entry and planned else 0
        return RecordRow(
            number=item.shown,
            text=item.text.text(self.language) or None,
            planned=planned.text() if planned else None,
            actual=self._clock(entry.at) if entry else None,
            late=str(late) if late > 0 else None,
            status=entry.status.label(self.language) if entry else None,
            by=(entry.by or None) if entry else None,
            value=(entry.value or None) if entry else None,
            evidence=(entry.evidence or None) if entry else None,
            note=(entry.note or None) if entry else None,
        )

    @property
    def attempts(self) -> int:
        """How many times the release was begun."""
        return len(self.state.attempts)

    @functools.cached_property
    def earlier(self) -> tuple[RecordRow, ...]:
        """What was done in the attempts that ended in a rollback."""
        items = {each.ref: each for each in self._steps}
        return tuple(
            self._record_row(items[each.ref], each, None)
            for attempt in self.state.attempts[:-1]
            for each in attempt
            if each.ref in items
        )

    @property
    def began(self) -> str | None:
        """When the first deployment step of the last attempt was logged."""
        found = [each.at for each in self.state.attempts[-1] if each.ref.startswith("deployment:")]
        return self._clock(found[0], "%Y-%m-%d %H:%M") if found else None

    @property
    def ended(self) -> str | None:
        """When the last step of the last attempt was logged."""
        found = [
            each.at for each in self.state.attempts[-1] if not each.ref.startswith(("gate:", "notice:", "preparation:"))
        ]
        return self._clock(found[-1], "%Y-%m-%d %H:%M") if found else None

    @property
    def deadline(self) -> str | None:
        """The rollback deadline."""
        found = deadline_of(self.plan)
        return moments.write(found.replace(tzinfo=None)) if found else None

    @functools.cached_property
    def failed(self) -> tuple[RecordRow, ...]:
        """What was logged as failed, in any attempt."""
        return self._with_status(Status.FAIL)

    @functools.cached_property
    def waived(self) -> tuple[RecordRow, ...]:
        """What was waived, with the reasons."""
        return self._with_status(Status.WAIVE)

    def _with_status(self, status: Status) -> tuple[RecordRow, ...]:
        shown = {each.ref: each.shown for each in self._steps}
        return tuple(
            RecordRow(
                number=shown.get(each.ref, each.ref.removeprefix("gate:")),
                text=each.text or None,
                actual=self._clock(each.at, "%m-%d %H:%M"),
                by=each.by or None,
                value=each.value or None,
                note=each.note or None,
            )
            for each in self.state.entries
            if each.status is status
        )

    @functools.cached_property
    def late(self) -> tuple[RecordRow, ...]:
        """The steps that were done later than planned."""
        return tuple(row for row in (*self.record_deployment, *self.record_verification) if row.late)

    # Tests and issues

    @functools.cached_property
    def rounds(self) -> tuple[RoundRow, ...]:
        """The results of each round of testing, counted: of each case the last."""
        return tuple(self._round(each, runs) for each in TestRound if isinstance(each, TestRound) and (runs := self._runs(each)))  # fmt: skip

    def _runs(self, round_: TestRound) -> list[TestRun]:
        runs = () if isinstance(self.plan.tests.runs, Nothing) else self.plan.tests.runs
        last = {each.case: each for each in runs if each.round is round_}
        return list(last.values())

    def _round(self, round_: TestRound, runs: list[TestRun]) -> RoundRow:
        passed = sum(each.result is TestResult.PASS for each in runs)
        failed = sum(each.result is TestResult.FAIL for each in runs)
        return RoundRow(round=round_.label(self.language), passed=str(passed), failed=str(failed), other=str(len(runs) - passed - failed))  # fmt: skip

    def _issues(self) -> tuple[Issue, ...]:
        return () if isinstance(self.plan.issues, Nothing) else self.plan.issues

    @property
    def open_issues(self) -> tuple[Issue, ...]:
        """The issues that still have to be dealt with in this release."""
        return tuple(each for each in self._issues() if is_open(each))

    @property
    def deferred(self) -> tuple[Issue, ...]:
        """The issues that wait for a later version, or take the hotfix path."""
        return tuple(each for each in self._issues() if each.status in (IssueStatus.DEFERRED, IssueStatus.HOTFIX))

    @functools.cached_property
    def improvements(self) -> tuple[str, ...]:
        """What the log shows that there is to improve."""
        return tuple(self._say(each) for each in self._improvements())

    def _improvements(self) -> Iterator[Message]:
        rollbacks = sum(any(each.ref.startswith("rollback:") for each in attempt) for attempt in self.state.attempts)
        if rollbacks:
            yield Message(f"回退了 {rollbacks} 次：查明原因，补上能提前发现它的测试", f"It was rolled back {rollbacks} times: find the cause, and add the test that would have shown it")  # fmt: skip
        if self.failed:
            named = [row.number or "" for row in self.failed]
            yield Message(
                f"失败的步骤：{'、'.join(dict.fromkeys(named))}",
                f"Steps that failed: {', '.join(dict.fromkeys(named))}",
            )
        if self.waived:
            yield Message(f"豁免了 {len(self.waived)} 项：看哪些可以提前做到", f"{len(self.waived)} checks were waived: see which could be met in time")  # fmt: skip
        if worst := max(self.late, key=lambda row: int(row.late or 0), default=None):
            yield Message(f"有 {len(self.late)} 步晚于计划，最多晚 {worst.late} 分钟（{worst.number}）", f"{len(self.late)} steps were later than planned, by up to {worst.late} minutes ({worst.number})")  # fmt: skip
        if self.deferred:
            yield Message(f"{len(self.deferred)} 个问题留到以后：排入版本计划", f"{len(self.deferred)} issues were left for later: plan them")  # fmt: skip


def _with_condition(item: Item, language: Language) -> str | None:
    condition = item.step.condition if item.step else None
    text = item.text.text(language)
    if not condition:
        return text or None
    return f"{text}（{condition}）" if language == "zh" else f"{text} ({condition})"
