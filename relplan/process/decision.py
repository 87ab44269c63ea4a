"""Whether to go on or to roll back, from the deadline, the verification points and the log."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from msgspec import Struct

from relplan.errors import Message, PlanError, problem
from relplan.model import moments
from relplan.model.plan import ReleasePlan
from relplan.model.values import Nothing
from relplan.process.items import ROLLBACK, Item, step_items, steps_of
from relplan.process.log import LogEntry, Status
from relplan.process.state import State


class Answer(Enum):
    """What the decision says."""

    GO_ON = "go-on"
    """All points have passed, or it was decided to go on."""
    WAIT = "wait"
    """The deadline is not there yet."""
    ROLL_BACK = "roll-back"
    ROLLING_BACK = "rolling-back"
    """The rollback is under way."""
    ROLLED_BACK = "rolled-back"

    def __str__(self) -> str:
        return str(self.value)


class Point(Struct, frozen=True):
    """A verification point that the decision hangs on: its item, what was logged of it, and whether it passed in time."""

    item: Item
    entry: LogEntry | None
    in_time: bool


class Decision(Struct, frozen=True):
    """Whether to go on.

    Attributes:
        answer: what to do.
        why: the reason, as a sentence.
        deadline: by when the points must have passed.
        points: what it hangs on.
        minutes_left: whole minutes to the deadline, negative after it.
        rollback_minutes: what the steps of the rollback take together; None: no step says.
        unstated: how many steps of the rollback do not say how long they take.
        latest_start: the last moment at which a rollback would still end within the window; None: not known.
    """

    answer: Answer
    why: Message
    deadline: dt.datetime
    points: tuple[Point, ...]
    minutes_left: int
    rollback_minutes: int | None
    unstated: int
    latest_start: dt.datetime | None

    @property
    def go(self) -> bool:
        """Whether nothing speaks for rolling back now."""
        return self.answer in (Answer.GO_ON, Answer.WAIT)

    @property
    def missing(self) -> tuple[Point, ...]:
        """The points that have not passed in time."""
        return tuple(each for each in self.points if not each.in_time)


def deadline_of(plan: ReleasePlan) -> dt.datetime | None:
    """The rollback deadline with its zone; None where the plan has none that can be read."""
    return plan.at(plan.rollback.deadline) if isinstance(plan.rollback.deadline, dt.date) else None


def decide(plan: ReleasePlan, state: State, now: dt.datetime) -> Decision:
    """Whether to go on or to roll back at the moment `now`.

    Raises:
        PlanError: the plan has no deadline that can be read, no verification steps, or names a point that is not there.
    """
    deadline = deadline_of(plan)
    if deadline is None:
        said = plan.rollback.deadline
        zh, en = (f"“{said}”无法读取", f'"{said}" cannot be read') if said else ("没有写", "none is stated")
        raise PlanError(problem(f"回退时限{zh}；请写成 2026-08-21 03:00", f"the rollback deadline: {en}; write it like 2026-08-21 03:00"))  # fmt: skip
    points = tuple(_point(item, state, deadline) for item in _points(plan))
    minutes, unstated = _rollback_minutes(plan)
    answer, why = _answer(points, state, plan, deadline, now)
    return Decision(
        answer, why, deadline, points, int((deadline - now).total_seconds() // 60), minutes, unstated, _latest(plan, minutes)
    )  # fmt: skip


def _points(plan: ReleasePlan) -> list[Item]:
    known = [each for each in step_items(plan) if each.part == "verification"]
    if not known:
        raise PlanError(
            problem("计划没有验证步骤，无法判断是否回退", "the plan has no verification steps to decide on")
        )
    named = () if isinstance(plan.rollback.points, Nothing) else plan.rollback.points
    if not named:
        return known
    by_number = {each.shown.partition(".")[2]: each for each in known}
    missing = [each for each in named if each not in by_number]
    if missing:
        zh, en = "、".join(missing), ", ".join(missing)
        raise PlanError(problem(f"发布验证没有验证点 {zh}（rollback.points）", f"there is no verification step {en} (rollback.points)"))  # fmt: skip
    return [by_number[each] for each in named]


def _point(item: Item, state: State, deadline: dt.datetime) -> Point:
    """A point has passed in time when its last entry up to the deadline says so, or what was logged later was a waiver."""
    entry = state.of(item.ref)
    passed = entry is not None and entry.status in (Status.PASS, Status.SKIP, Status.WAIVE)
    in_time = passed and entry is not None and (entry.at <= deadline or entry.status is Status.WAIVE)
    return Point(item, entry, in_time)


def _rollback_minutes(plan: ReleasePlan) -> tuple[int | None, int]:
    steps = steps_of(plan, "rollback")
    known = [each.minutes for each in steps if isinstance(each.minutes, int)]
    return (sum(known) if known else None), len(steps) - len(known)


def _latest(plan: ReleasePlan, minutes: int | None) -> dt.datetime | None:
    if minutes is None or not isinstance(plan.window.end, dt.datetime):
        return None
    return plan.at(plan.window.end) - dt.timedelta(minutes=minutes)


def _answer(points: tuple[Point, ...], state: State, plan: ReleasePlan, deadline: dt.datetime, now: dt.datetime) -> tuple[Answer, Message]:  # fmt: skip
    if state.is_rolling_back:
        return _under_way(state, plan)
    when = moments.write(deadline.replace(tzinfo=None))
    missing = [each for each in points if not each.in_time]
    if not missing:
        return Answer.GO_ON, Message(f"{len(points)} 个验证点已在 {when} 前通过", f"all {len(points)} verification points have passed by {when}")  # fmt: skip
    if waiver := state.of(ROLLBACK):
        return Answer.GO_ON, Message(f"已决定继续：{waiver.note}", f"it was decided to go on: {waiver.note}")
    zh, en = _named(missing)
    if now < deadline:
        return Answer.WAIT, Message(f"离 {when} 还有 {_minutes(deadline - now)} 分钟；验证点 {zh} 还没有通过", f"{_minutes(deadline - now)} minutes to {when}; verification points {en} have not passed yet")  # fmt: skip
    return Answer.ROLL_BACK, Message(
        f"验证点 {zh} 到 {when} 没有通过", f"verification points {en} had not passed by {when}"
    )


def _minutes(left: dt.timedelta) -> int:
    return int(left.total_seconds() // 60)


def _named(points: list[Point]) -> tuple[str, str]:
    """The numbers of points; those that failed or passed too late are said so."""
    zh, en = [], []
    for each in points:
        number, status = each.item.shown.partition(".")[2], each.entry.status if each.entry else None
        remark = {Status.FAIL: ("（失败）", " (failed)"), Status.PASS: ("（过时才通过）", " (passed too late)")}.get(status, ("", "")) if status else ("", "")  # fmt: skip
        zh.append(number + remark[0])
        en.append(number + remark[1])
    return "、".join(zh), ", ".join(en[:-1]) + (" and " if en[1:] else "") + en[-1]


def _under_way(state: State, plan: ReleasePlan) -> tuple[Answer, Message]:
    items = [each for each in step_items(plan) if each.part == "rollback"]
    done = [each for each in items if state.is_met(each.ref)]
    if len(done) == len(items):
        return Answer.ROLLED_BACK, Message("回退步骤已全部完成", "all steps of the rollback are done")
    left = ", ".join(each.shown for each in items if each not in done)
    return Answer.ROLLING_BACK, Message(f"正在回退：已完成 {len(done)}/{len(items)}，还有 {left}", f"rolling back: {len(done)} of {len(items)} done, {left} left")  # fmt: skip
