"""TIM: when the release takes place, and whether that can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from relplan.checks.rule import Hit, hit, rule
from relplan.checks.subject import Subject
from relplan.checks.texts import placeholder, todo
from relplan.errors import Message, Place
from relplan.findings import Severity, Stage
from relplan.model import moments
from relplan.model.values import Unread

_START: Final = ("window", "start")
_END: Final = ("window", "end")

WEEKDAYS: Final = tuple(
    Message(f"周{zh}", en)
    for zh, en in zip(
        "一二三四五六日",
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
"""The days of the week, as `datetime.date.weekday` counts them."""


@rule(
    "TIM101",
    "no-start-time",
    Severity.ERROR,
    due=Stage.TEST,
    checks=(
        "计划写明发布何时开始，有日期和钟点，可以读取；只有日期时为建议。",
        "The plan says when the release begins, with day and time, so that it can be read; a day alone is advice.",
    ),
    why=(
        "时间读不出来，就无法通知客户、安排人员，封网期和窗口也无从检查。",
        "Without it no customer can be told and no one be on duty, and neither freezes nor the window can be checked.",
    ),
    fix=("写明日期和钟点，如 2026-08-20 22:00", "state day and time, such as 2026-08-20 22:00"),
)
def no_start_time(subject: Subject) -> Iterator[Hit]:
    """A time that a template left open is a placeholder (CMP104)."""
    start = subject.plan.window.start
    if not start:
        yield hit(_START, "没有写发布时间", "the release has no start time")
    elif isinstance(start, Unread):
        if not placeholder(start.text):
            severity = None if todo(start.text) else Severity.ERROR
            yield hit(_START, f"发布时间“{start}”无法读取", f'cannot read the start time "{start}"', severity=severity)
    elif isinstance(start, dt.date) and not isinstance(start, dt.datetime):
        day = moments.write(start)
        yield hit(_START, f"发布时间只有日期 {day}，没有钟点", f"the release has a day, {day}, but no time", severity=Severity.ADVICE)  # fmt: skip


@rule(
    "TIM102",
    "start-in-past",
    Severity.ERROR,
    needs=("window", "clock"),
    checks=("发布时间还没有过去。", "The start of the release is still to come."),
    why=("时间已过的计划是旧的，或者忘了改期。", "A plan whose time is over is an old one, or was not moved."),
    fix=("改为新的时间", "set a new time"),
)
def start_in_past(subject: Subject) -> Iterator[Hit]:
    """A start without a time is past when its day is over."""
    start, now = _last_moment(subject, subject.plan.window.start), subject.moment(subject.settings.now)
    if start and now and start < now:
        text = _written(subject.plan.window.start)
        yield hit(_START, f"开始时间 {text} 已经过去", f"the start {text} is past")


@rule(
    "TIM103",
    "end-before-start",
    Severity.ERROR,
    needs=("window", "window-end"),
    checks=(
        "发布窗口的结束时间晚于开始时间；只写日期的结束时间是那一天的末尾。",
        "The release window ends after it begins; an end without a time is the end of its day.",
    ),
    why=("这样的窗口一分钟也没有。", "Such a window has not a minute in it."),
    fix=(
        "改正其中之一；跨零点时写上次日的日期",
        "mend one of them; past midnight the end has the date of the next day",
    ),
)
def end_before_start(subject: Subject) -> Iterator[Hit]:
    end = _last_moment(subject, subject.plan.window.end)
    if subject.start and end and end <= subject.start:
        start_text, end_text = _written(subject.plan.window.start), _written(subject.plan.window.end)
        yield hit(
            _END,
            f"结束时间 {end_text} 不晚于开始时间 {start_text}",
            f"the end {end_text} is not after the start {start_text}",
        )


@rule(
    "TIM104",
    "weekday-mismatch",
    Severity.WARNING,
    checks=(
        "日期旁边写的星期就是那一天的星期。",
        "A weekday that stands beside a date is the one of that day.",
    ),
    why=(
        "有人照日期准备，有人照星期准备，当晚到不齐。",
        "Some go by the date, others by the weekday, and on the night someone is missing.",
    ),
    fix=("弄清是哪一天，改正日期或星期", "find out which day is meant, and mend the date or the weekday"),
)
def weekday_mismatch(subject: Subject) -> Iterator[Hit]:
    """A day without a year is the one nearest to the start of the release."""
    near = subject.start.date() if subject.start else None
    seen: set[tuple[Place | None, dt.date]] = set()
    for path, text, code in subject.texts:
        for words, day in () if code else moments.wrong_weekdays(text, near):
            spot = (subject.place(path), day)
            if spot[0] is None or spot not in seen:
                seen.add(spot)
                weekday = WEEKDAYS[day.weekday()]
                yield hit(
                    path,
                    f"“{words}”的星期不对：{day} 是{weekday.zh}",
                    f'"{words}" has a wrong weekday: {day} is a {weekday.en}',
                )


_FRIDAY: Final = 4


@rule(
    "TIM105",
    "weekend",
    Severity.WARNING,
    needs=("window",),
    checks=(
        "发布不从周末开始；周五开始为建议。法定节假日和调休不在检查之内。",
        "The release does not begin at a weekend; on a Friday it is advice. Public holidays are not known.",
    ),
    why=(
        "出了问题，周末找不到需要的人。",
        "When something goes wrong, those who are needed are hard to reach at a weekend.",
    ),
    fix=(
        "改期；就是要在周末发布的，安排好值守并写明豁免",
        "move it; where the weekend is meant, state who is on duty, and exempt it",
    ),
)
def weekend(subject: Subject) -> Iterator[Hit]:
    if subject.start and (number := subject.start.weekday()) >= _FRIDAY:
        day, weekday = subject.start.date(), WEEKDAYS[number]
        yield hit(
            _START,
            f"发布从{weekday.zh}开始（{day}）",
            f"the release begins on a {weekday.en} ({day})",
            severity=Severity.ADVICE if number == _FRIDAY else None,
        )


@rule(
    "TIM106",
    "freeze-window",
    Severity.ERROR,
    needs=("window", "freezes"),
    checks=(
        "发布窗口不碰到设置中的封网期（check.freezes）。",
        "The release window touches none of the freezes in the settings (check.freezes).",
    ),
    why=("封网期是大家约定不变更的日子。", "In a freeze all have agreed to change nothing."),
    fix=("改期；已获批准的例外写成豁免", "move it; an exception that was granted is written as an exemption"),
)
def freeze_window(subject: Subject) -> Iterator[Hit]:
    """Days are those of the plan, as it writes them; a window without an end is the day of its start."""
    if not subject.start:
        return
    first = subject.start.date()
    last = max(first, (subject.end or subject.start).date())
    for freeze in subject.settings.freezes:
        if freeze.start <= last and first <= freeze.end:
            text = _written(subject.plan.window.start)
            yield hit(
                _START,
                f"{text} 开始的发布碰到封网期“{freeze.name}”（{freeze.start} 至 {freeze.end}）",
                f'the release that begins {text} meets the freeze "{freeze.name}" ({freeze.start} to {freeze.end})',
            )


@rule(
    "TIM108",
    "window-too-short",
    Severity.ADVICE,
    needs=("window", "window-end", "steps", "minutes"),
    checks=(
        "发布窗口容得下发布过程各步骤时长之和。",
        "The release window is as long as the steps of the deployment together.",
    ),
    why=(
        "步骤一件接一件地做，时间不够时最先省掉的是验证。",
        "Steps come one after the other, and where time runs out verification is what is left out.",
    ),
    fix=("放宽窗口，或减少、并行一些步骤", "widen the window, or drop steps or do some side by side"),
)
def window_too_short(subject: Subject) -> Iterator[Hit]:
    end = _last_moment(subject, subject.plan.window.end)
    if not subject.start or not end or end <= subject.start:
        return
    stated = (each.step.minutes for each in subject.of("deployment"))
    needed, there = (
        sum(each for each in stated if isinstance(each, int)),
        int((end - subject.start).total_seconds()) // 60,
    )
    if needed > there:
        yield hit(
            _END,
            f"发布过程的步骤合计 {needed} 分钟，窗口只有 {there} 分钟",
            f"the steps of the deployment take {needed} minutes, the window has {there}",
        )


def _last_moment(subject: Subject, value: object) -> dt.datetime | None:
    """A moment of the plan; of a day that has no time its last minute."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time(23, 59))
    return subject.moment(value)


def _written(value: object) -> str:
    return moments.write(value) if isinstance(value, dt.date) else ""
