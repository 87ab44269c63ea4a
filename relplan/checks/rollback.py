"""RBK: the way back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from relplan.checks.changes import rows_words
from relplan.checks.counterparts import IRREVERSIBLE, ChangeKind, changed_by, own_rollback, said_of, undone
from relplan.checks.rows import PlannedRow
from relplan.checks.rule import Hit, hit, rule
from relplan.checks.steps import PlannedStep, short
from relplan.checks.subject import Subject
from relplan.checks.texts import is_none, placeholder, todo
from relplan.errors import Message, Path
from relplan.findings import Severity, Stage
from relplan.model import moments
from relplan.model.values import RiskLevel, Unread
from relplan.patterns import regex
from relplan.sequence.names import name_key

_STEPS: Final = ("rollback", "steps")
_DEADLINE: Final = ("rollback", "deadline")
_POINTS: Final = ("rollback", "points")
_HIGH: Final = (RiskLevel.CRITICAL, RiskLevel.HIGH)


@rule(
    "RBK101",
    "no-rollback-plan",
    Severity.ERROR,
    checks=(
        "计划有回退过程，或说明不可回退、怎样向前修复。每行都写了自己的回退方案时为警告。",
        "The plan has rollback steps, or says that it cannot be rolled back and is mended forward. "
        "Where every row has a rollback of its own, it is a warning.",
    ),
    why=(
        "当晚出了问题，没有人知道怎样回到原来的状态。",
        "When something fails on the night, no one knows the way back.",
    ),
    fix=("写上回退过程，一步一行", "add the rollback, step by step"),
)
def no_rollback_plan(subject: Subject) -> Iterator[Hit]:
    steps, text = subject.plan.rollback.steps, subject.plan.rollback.text or ""
    if steps or IRREVERSIBLE.search(text):
        return
    if subject.rows and all(own_rollback(row) for row in subject.rows):
        yield hit(_STEPS, "没有回退过程，只有清单各行的回退方案", "there are no rollback steps, only the rollbacks of the rows", severity=Severity.WARNING)  # fmt: skip
    elif is_none(steps):
        yield hit(_STEPS, f"回退过程写的是“{steps}”，没有说明为什么不能回退", f'the rollback says "{steps}", and not why there is no way back')  # fmt: skip
    else:
        yield hit(_STEPS, "没有回退过程", "there are no rollback steps")


@rule(
    "RBK102",
    "change-without-rollback",
    Severity.ERROR,
    needs=("rollback",),
    due=Stage.TEST,
    checks=(
        "部署、执行 SQL、更新配置的步骤和行，在回退过程或该行的回退方案中都有对应。风险不高，或动作是从文字推断的，为警告。",
        "Steps and rows that deploy, run SQL or change configuration have a counterpart in the rollback, or in the rollback of their "
        "row. Where the risk is not high, or the action was guessed from words, it is a warning.",
    ),
    why=(
        "只退应用不退数据库和配置，旧版本会连上新的库、用新的参数启动。",
        "Where only a part goes back, the old version meets the new database, or starts with new parameters.",
    ),
    fix=(
        "加上对应的回退步骤；确实不可回退的，写明不可回退和怎样向前修复",
        "add the step that undoes it; where it cannot be undone, say so and how it is mended forward",
    ),
)
def change_without_rollback(subject: Subject) -> Iterator[Hit]:
    there = undone(subject)
    rows = {name_key(row.item.system): row for row in subject.rows if row.item.system}
    all_own = bool(subject.rows) and all(own_rollback(row) for row in subject.rows)
    for kind in ChangeKind:
        if kind in there:
            continue
        steps = subject.doing(kind.action)
        if left := [step for step in steps if not _has_own(step, rows, all_own)]:
            yield _step_without_rollback(kind, left, rows, subject)
        elif not steps:
            yield from _rows_without_rollback(kind, subject)


def _row_of(step: PlannedStep, rows: Mapping[str, PlannedRow]) -> PlannedRow | None:
    return rows.get(name_key(step.step.system)) if step.step.system else None


def _has_own(step: PlannedStep, rows: Mapping[str, PlannedRow], all_own: bool) -> bool:
    """Whether the row of a step says how it goes back; a step for no row in particular stands for all of them."""
    row = _row_of(step, rows)
    return bool(own_rollback(row)) if row else all_own


def _step_without_rollback(
    kind: ChangeKind, steps: Sequence[PlannedStep], rows: Mapping[str, PlannedRow], subject: Subject
) -> Hit:
    first, more = steps[0], len(steps) - 1
    row = _row_of(first, rows)
    level = row.risk if row else subject.plan.table.risk_level
    sure = first.declared and level in _HIGH and _is_declared(subject)
    return hit(
        first.path,
        f"{first.name.zh}{f'等 {more + 1} 步' if more else ''}没有对应的回退步骤（{kind.zh}）",
        f"nothing in the rollback undoes {first.name.en}{f' and {more} more' if more else ''} ({kind.en})",
        severity=None if sure else Severity.WARNING,
    )


def _is_declared(subject: Subject) -> bool:
    """Whether what the rollback does is declared, and not guessed."""
    return all(step.declared for step in subject.of("rollback"))


_FIELDS: Final = {ChangeKind.DEPLOY: "system", ChangeKind.SQL: "ddl", ChangeKind.CONFIG: "configuration"}
"""Where a row states a kind of change."""


def _rows_without_rollback(kind: ChangeKind, subject: Subject) -> Iterator[Hit]:
    """The rows that make such a change, where no step of the deployment does (ORD113 and ORD114 tell of that)."""
    left = [row for row in subject.rows if not own_rollback(row) and kind in changed_by(row)]
    if left:
        rows = rows_words(row.index for row in left)
        severe = any(row.risk in _HIGH for row in left) and _is_declared(subject)
        yield hit(
            left[0].at(_FIELDS[kind]),
            f"{rows.zh}的{kind.zh}没有对应的回退步骤",
            f"nothing in the rollback undoes {kind.en} of {rows.en}",
            severity=None if severe else Severity.WARNING,
        )


@rule(
    "RBK106",
    "no-rollback-trigger",
    Severity.ERROR,
    due=Stage.STAGING,
    checks=(
        "计划写明何时回退：到什么时间、哪些验证点未通过。",
        "The plan says when to go back: by which time which verification points have not passed.",
    ),
    why=(
        "没有事先定好的条件，当晚会一直“再试一下”，直到没有时间回退。",
        "Without a limit agreed before, the night goes on with one more try until there is no time left to go back.",
    ),
    fix=("写上“在…前未通过验证点…”", "state by when which verification points must have passed"),
)
def no_rollback_trigger(subject: Subject) -> Iterator[Hit]:
    rollback = subject.plan.rollback
    if not (rollback.deadline or rollback.points or rollback.text):
        yield hit(("rollback", "text"), "缺少回退触发条件", "there is no rollback trigger")


_RANGE: Final = regex(r"(?P<first>\d{1,4})\s*(?:[-~～—–至到]|to)\s*(?P<last>\d{1,4})")
_AROUND: Final = regex(
    r"^(?:验证点|验证项|验证|检查点|步骤|第|points?|steps?|no\.?|#)+\s*|\s*(?:项|点|步|条|个)+$|[.、．:：。]+$",
    re.IGNORECASE,
)
_ALL: Final = regex(r"(?:全部|所有|任一|任何|各|\ball\b|\bany\b|\bevery\b).{0,12}", re.IGNORECASE)
_MOST_NAMED: Final = 8
_LONGEST_POINT: Final = 200
"""Characters of a point that are looked at."""


class _Points:
    """The verification steps that the trigger names, held against those there are."""

    def __init__(self, subject: Subject) -> None:
        self.steps = tuple(subject.of("verification"))
        self.named = [str(each) for each in subject.plan.rollback.points]
        self.numbers = [_bare(each.step.number or str(each.index + 1)) for each in self.steps]
        self._ids = {each.step.id.casefold(): number for each, number in zip(self.steps, self.numbers, strict=True) if each.step.id}  # fmt: skip
        self._known = frozenset(self.numbers)

    def unknown(self) -> Iterator[tuple[int, str, bool]]:
        """The points that are no step, each with its index and whether it is a number."""
        for index, named in enumerate(self.named):
            for point in self._numbers(named):
                if not self._is_known(point):
                    yield index, point, point[0].isdigit()

    def unused(self) -> list[str]:
        """The numbers of the steps that no point names."""
        used = {self._ids.get(point.casefold(), point) for named in self.named for point in self._numbers(named)}
        spoken = [point for point in used if not point[:1].isdigit()]
        if any(_ALL.fullmatch(each) for each in spoken):
            return []
        return [
            number
            for number, step in zip(self.numbers, self.steps, strict=True)
            if number not in used and not any(point in (step.step.text or "") for point in spoken)
        ]

    def _numbers(self, named: str) -> list[str]:
        bare = _bare(named)
        span = _RANGE.fullmatch(bare)
        if span and bare not in self._known and int(span["first"]) <= int(span["last"]):
            return [str(each) for each in range(int(span["first"]), int(span["last"]) + 1)]
        return [bare] if bare else []

    def _is_known(self, point: str) -> bool:
        if point in self._known or point.casefold() in self._ids or _ALL.fullmatch(point):
            return True
        return not point[0].isdigit() and any(point in (each.step.text or "") for each in self.steps)


def _bare(number: str) -> str:
    """A number as it is compared: 验证点 3 and `3.` are 3."""
    return _AROUND.sub("", _AROUND.sub("", number.strip()[:_LONGEST_POINT])).strip()


@rule(
    "RBK107",
    "unknown-verification-point",
    Severity.ERROR,
    needs=("points",),
    checks=(
        "回退触发条件写的验证点都在发布验证中，按其序号。写的不是序号、也不在任何验证步骤的文字中时为警告。",
        "Every verification point of the rollback trigger is a step of the verification, by its number. "
        "Words that are no number and stand in no step are a warning.",
    ),
    why=(
        "没有的验证点永远不会通过，也永远不会失败：到时无法判断是否回退。",
        "A point that is not there can neither pass nor fail: no one can decide by it.",
    ),
    fix=("改成发布验证中的序号", "use the numbers of the verification steps"),
)
def unknown_verification_point(subject: Subject) -> Iterator[Hit]:
    points = _Points(subject)
    count = len(points.steps)
    zh, en = (f"发布验证的 {count} 步中没有", f"which is none of the {count} verification steps") if count else ("发布验证没有步骤", "and there are no verification steps")  # fmt: skip
    for index, point, is_number in points.unknown():
        yield hit(
            (*_POINTS, index),
            f"回退触发条件写了验证点“{short(point)}”，{zh}",
            f'the rollback trigger names the verification point "{short(point)}", {en}',
            severity=None if is_number else Severity.WARNING,
        )


@rule(
    "RBK108",
    "unused-verification-point",
    Severity.ADVICE,
    needs=("points", "verification"),
    checks=(
        "发布验证的每一步都在回退触发条件中。",
        "Every verification step is a point of the rollback trigger.",
    ),
    why=(
        "不在条件中的验证点没有通过时，没有人知道要不要回退。",
        "When a step that is no point does not pass, no one knows whether to go back.",
    ),
    fix=(
        "加到触发条件中；不通过也不回退的，写明豁免",
        "add it; where its failure is no reason to go back, exempt it",
    ),
)
def unused_verification_point(subject: Subject) -> Iterator[Hit]:
    points = _Points(subject)
    unused = points.unused()
    if unused and len(unused) < len(points.numbers):
        named, more = unused[:_MOST_NAMED], len(unused) > _MOST_NAMED
        yield hit(
            subject.listed(_POINTS),
            f"验证点 {'、'.join(named)}{f' 等 {len(unused)} 个' if more else ''} 未纳入回退触发条件".replace("  ", " "),
            f"verification {'points' if len(unused) > 1 else 'point'} {', '.join(named)}"
            f"{f' … ({len(unused)} in all)' if more else ''} {'are' if len(unused) > 1 else 'is'} not in the rollback trigger",
        )


_TIME_IN_WORDS: Final = regex(r"\d{1,2}\s*[:：时點点]\s*\d{0,2}|\d\s*(?:分钟|小时|min|hours?)", re.IGNORECASE)


@rule(
    "RBK109",
    "bad-trigger-deadline",
    Severity.ERROR,
    due=Stage.PROD,
    checks=(
        "回退时限写明日期和钟点，晚于开始时间（否则为错误），不晚于窗口的结束时间（否则为警告）。",
        "The rollback deadline has day and time, is after the start (else an error) and not after the end of the window (else a warning).",
    ),
    why=(
        "没有可用的时限，就没有人能在还来得及的时候决定回退。",
        "Without a deadline that holds, no one decides to go back while there is time.",
    ),
    fix=(
        "定在开始和结束之间，并留出回退的时间",
        "set it between start and end, and leave time for the rollback itself",
    ),
)
def bad_trigger_deadline(subject: Subject) -> Iterator[Hit]:
    """A time that a template left open is a placeholder (CMP104); a plan without any trigger is told of by RBK106."""
    rollback = subject.plan.rollback
    deadline = rollback.deadline
    if isinstance(deadline, Unread):
        if not placeholder(deadline.text):
            severity = None if todo(deadline.text) else Severity.ERROR
            yield hit(_DEADLINE, f"回退时限“{deadline}”无法读取", f'cannot read the rollback deadline "{deadline}"', severity=severity)  # fmt: skip
    elif isinstance(deadline, dt.date):
        yield from _deadline_apart(subject, deadline)
    elif _TIME_IN_WORDS.search(rollback.text or ""):
        yield hit(_DEADLINE, "回退时限只写在文字中，无法与发布窗口核对", "the rollback deadline is only in words, and cannot be held against the window", severity=Severity.ADVICE)  # fmt: skip
    elif rollback.points or rollback.text:
        yield hit(_DEADLINE, "回退触发条件没有写时限", "the rollback trigger has no deadline")


def _deadline_apart(subject: Subject, deadline: dt.date) -> Iterator[Hit]:
    """A deadline held against the window; one without a time is the whole day."""
    said, window = moments.write(deadline), subject.plan.window
    last = _last_moment(subject, deadline)
    end = _last_moment(subject, window.end)
    if subject.start and last and last <= subject.start:
        start = moments.write(window.start) if isinstance(window.start, dt.date) else ""
        yield hit(_DEADLINE, f"回退时限 {said} 不晚于开始时间 {start}", f"the rollback deadline {said} is not after the start {start}", severity=Severity.ERROR)  # fmt: skip
    elif subject.deadline and end and subject.deadline > end:
        ending = moments.write(window.end) if isinstance(window.end, dt.date) else ""
        yield hit(_DEADLINE, f"回退时限 {said} 晚于结束时间 {ending}", f"the rollback deadline {said} is after the end {ending}", severity=Severity.WARNING)  # fmt: skip
    elif not isinstance(deadline, dt.datetime):
        yield hit(_DEADLINE, f"回退时限只有日期 {said}，没有钟点", f"the rollback deadline has a day, {said}, but no time", severity=Severity.ADVICE)  # fmt: skip


def _last_moment(subject: Subject, value: object) -> dt.datetime | None:
    """A moment of the plan; of a day that has no time its last minute."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time(23, 59))
    return subject.moment(value)


@rule(
    "RBK110",
    "no-time-to-roll-back",
    Severity.WARNING,
    needs=("window-end", "deadline", "rollback-minutes"),
    checks=(
        "从回退时限到窗口结束，容得下回退过程各步骤时长之和。",
        "Between the rollback deadline and the end of the window there is time for the rollback steps together.",
    ),
    why=(
        "在时限那一刻决定回退，回退完成时已经过了窗口。",
        "Who decides to go back at the deadline is not done when the window ends.",
    ),
    fix=("把时限提前，或放宽窗口", "move the deadline earlier, or widen the window"),
)
def no_time_to_roll_back(subject: Subject) -> Iterator[Hit]:
    end = _last_moment(subject, subject.plan.window.end)
    if not (end and subject.deadline) or subject.deadline > end:
        return
    stated = (each.step.minutes for each in subject.of("rollback"))
    needed = sum(each for each in stated if isinstance(each, int))
    left = int((end - subject.deadline).total_seconds()) // 60
    if needed > left:
        yield hit(
            _DEADLINE,
            f"回退时限之后只剩 {left} 分钟，回退需要 {needed} 分钟",
            f"after the rollback deadline {left} minutes are left, the rollback takes {needed}",
        )


_PREVIOUS: Final = regex(
    r"[上前](?:一个?|个)\s*版本?|旧版本|原版本|(?:previous|prior|last|old) (?:version|release|image|tag|build)",
    re.IGNORECASE,
)
_NAMED_VERSION: Final = regex(r"\d\.\d|(?:release|hotfix|tag)s?/[\w.-]*\d|\bv\d+\b|\b20\d{6}\b", re.IGNORECASE)


@rule(
    "RBK111",
    "previous-version-unknown",
    Severity.WARNING,
    checks=(
        "写“上个版本”的回退步骤，写明是哪个版本，或清单各行有上一版本或上一分支。",
        'Where the rollback speaks of the "previous version", it names it, or the rows of the table state their previous version or branch.',
    ),
    why=(
        "当晚要去查线上原来是哪个版本，而它可能已经被覆盖。",
        "On the night someone has to find out what was running before, and it may be overwritten by then.",
    ),
    fix=("写上版本号，或在清单中填写“上一版本”", "name the version, or fill in the previous version in the table"),
)
def previous_version_unknown(subject: Subject) -> Iterator[Hit]:
    unknown = [row for row in subject.rows if not _states_previous(row)]
    rows = {name_key(row.item.system): row for row in subject.rows if row.item.system}
    for step in subject.of("rollback"):
        row = _row_of(step, rows)
        known = _states_previous(row) if row else bool(subject.rows) and not unknown
        if _is_vague(said_of(step)) and not known:
            yield _unnamed(step.path, step.name, [row] if row else unknown)
    for row in unknown:
        if _is_vague(own_rollback(row)):
            name = Message(f"{row.name.zh}的回退方案", f"the rollback of {row.name.en}")
            yield _unnamed(row.at("rollback"), name, [])


def _states_previous(row: PlannedRow) -> bool:
    return bool(row.item.previous_version or row.item.previous_branch)


def _is_vague(text: str) -> bool:
    return bool(_PREVIOUS.search(text)) and not _NAMED_VERSION.search(text)


def _unnamed(path: Path, name: Message, rows: Sequence[PlannedRow]) -> Hit:
    zh = en = ""
    if rows:
        lacking = rows_words(row.index for row in rows)
        zh, en = (
            f"，清单{lacking.zh}也没有上一版本",
            f", and {lacking.en} of the table {'have' if len(rows) > 1 else 'has'} none",
        )
    return hit(path, f"{name.zh}没有写明上个版本是哪个{zh}", f"{name.en} does not name the previous version{en}")
