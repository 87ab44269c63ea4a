"""Dates and times as release plans write them, and the one way relplan writes them.

Year first, in digits: `2026-08-20 22:00`, `2026/8/20`, `2026.8.20 22:00:30`, `2026年8月20日 22时30分`,
`2026年8月20日（周四）晚上10点`, `2026-08-20 22:00 (Thu)`,
`2026-08-20T22:00+08:00`. What has no year first, or a weekday that is
not that day's, is not read: 03/04 is two days, and only the writer knows which.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

from relplan.patterns import regex

_DATE: Final = r"(?P<y>\d{4})\s*(?:(?P<s>[-/.])\s*(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})|年\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*[日号])"
_WEEKDAYS: Final = ("一Mon", "二Tue", "三Wed", "四Thu", "五Fri", "六Sat", "日Sun天")
_DAY: Final = r"\s*[(（]?\s*(?:(?:周|星期|礼拜)(?P<{0}>[一二三四五六日天])(?!报)|(?P<{0}e>Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:s|r|rs|day|sday|rsday|nesday|urday)?(?![a-z]))\s*[)）]?"
_CLOCK: Final = (
    r"(?P<half>凌晨|早上|上午|中午|下午|晚上|晚|夜里)?\s*(?P<h>\d{1,2})"
    r"(?:\s*[:：]\s*(?P<i>\d{2})(?:[:：](?P<sec>\d{2}))?|\s*[点时點時]\s*(?:(?P<i2>\d{1,2})\s*分?|(?P<mid>半|整))?)"
)
_ZONE: Final = r"(?:\s*(?P<zone>Z|[+-]\d{2}:?\d{2}))?"
_MOMENT_FORM: Final = (
    rf"{_DATE}(?:{_DAY.format('w')})?(?:(?:\s*T\s*|\s*[,，]?\s*){_CLOCK}{_ZONE}(?:{_DAY.format('v')})?)?"
)
_NO_YEAR: Final = regex(
    rf"(?<![\d年./-])(?<!年\s)(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})\s*[日号]{_DAY.format('w')}", re.IGNORECASE
)
_MOMENT: Final = regex(_MOMENT_FORM, re.IGNORECASE)
# Where an end may follow, 22:00-02:00 is a stretch of time and not a zone five hours west of somewhere.
_START: Final = regex(_MOMENT_FORM.replace("[+-]", "[+]"), re.IGNORECASE)
_LATER_CLOCK: Final = regex(rf"(?P<next>次日|第二天|翌日|\+1\s*)?\s*{_CLOCK}", re.IGNORECASE)
_WRITTEN: Final = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2})?")
_BETWEEN: Final = regex(r"\s*(?:--|[-~～至到—–―]+|\bto\b|\buntil\b)\s*", re.IGNORECASE)
_BY: Final = regex(r"\s*[之以]?前$")
_AROUND: Final = regex(r"(?:^从\s*)|(?:\s*(?:开始|起|结束|止|之?间)$)")


def parse(text: str) -> dt.date | None:
    """A date, or a datetime where the text has a clock time; None where it cannot be read for certain."""
    bare = text.strip()
    if _WRITTEN.fullmatch(bare):  # as plan files have them: no need of the long pattern
        with contextlib.suppress(ValueError):
            return dt.datetime.fromisoformat(bare) if ":" in bare else dt.date.fromisoformat(bare)
    match = _MOMENT.fullmatch(bare)
    return _moment(match) if match else None


def parse_window(text: str) -> tuple[dt.date | None, dt.date | None]:
    """Start and end of a stretch of time: `2026-08-20 22:00 - 次日02:00`, `2026-08-20 22:00 至 2026-08-21 02:00`.

    An end that is only a clock time is the first one after the start. (None, None) where it cannot be read.
    """
    bare = _AROUND.sub("", text.strip())
    match = _START.match(bare)
    start = _moment(match) if match else None
    if match is None or start is None:
        return None, None
    rest = bare[match.end() :]
    if not rest:
        return start, None
    between = _BETWEEN.match(rest)
    if not between:
        return None, None
    last = rest[between.end() :]
    end = parse(last) or later(start, last)
    return (start, end) if end else (None, None)


def later(start: dt.date, text: str) -> dt.datetime | None:
    """The moment that a clock time alone means after a start: `次日 03:00`, `03:00 前`; None where it is none, or the start is a date."""
    match = _LATER_CLOCK.fullmatch(_BY.sub("", text.strip()))
    if not match or not isinstance(start, dt.datetime):
        return None
    try:
        end = dt.datetime.combine(start.date(), dt.time(), start.tzinfo) + _clock(match)
        return end + dt.timedelta(days=1) if match["next"] or end <= start else end
    except (ValueError, OverflowError):
        return None


def wrong_weekdays(text: str, near: dt.date | None = None) -> Iterator[tuple[str, dt.date]]:
    """The days of a text that have a weekday beside them which is not theirs: the words that stand there, and the day.

    Of 8月20日（周四）, which names no year, it is the day nearest to `near`; without that nothing is said of it.
    """
    for line in text.split("\n"):
        for match in _MOMENT.finditer(line):
            with contextlib.suppress(ValueError):
                if not _is_weekday(match, day := _day(match)):
                    yield match[0].strip(), day
        if near and "月" in line:
            for match in _NO_YEAR.finditer(line):
                if (nearest := _nearest(match, near)) and not _is_weekday(match, nearest):
                    yield match[0].strip(), nearest


def _nearest(match: re.Match[str], near: dt.date) -> dt.date | None:
    """The day of that month and day which is nearest to another one; None where there is none."""
    days = []
    for year in (near.year - 1, near.year, near.year + 1):
        with contextlib.suppress(ValueError):
            days.append(dt.date(year, int(match["m"]), int(match["d"])))
    return min(days, key=lambda day: abs(day.toordinal() - near.toordinal()), default=None)


def write(moment: dt.date) -> str:
    """`2026-08-20`, `2026-08-20 22:00`, with seconds and zone only where there are some."""
    if not isinstance(moment, dt.datetime):
        return moment.isoformat()
    return moment.isoformat(" ", "seconds" if moment.second else "minutes")


def canonical(moment: dt.date) -> dt.date:
    """The moment without fractions of a second, its zone as a fixed offset of whole minutes."""
    if not isinstance(moment, dt.datetime):
        return moment
    offset = moment.utcoffset()
    zone = None if offset is None else dt.timezone(dt.timedelta(minutes=round(offset.total_seconds() / 60)))
    return moment.replace(microsecond=0, tzinfo=zone, fold=0)


def _moment(match: re.Match[str]) -> dt.date | None:
    try:
        day = _day(match)
        if not _is_weekday(match, day):
            return None
        if match["h"] is None:
            return day
        clock = _clock(match)
        moment = dt.datetime.combine(day, dt.time()) + clock
        return moment.replace(tzinfo=_zone(match["zone"])) if match["zone"] else moment
    except (ValueError, OverflowError):
        return None


def _day(match: re.Match[str]) -> dt.date:
    return dt.date(int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))


def _is_weekday(match: re.Match[str], day: dt.date) -> bool:
    """Whether the weekdays that stand beside a day are that day's; so they are where none stands there."""
    named = (match[name].capitalize() for name in ("w", "we", "v", "ve") if match.groupdict().get(name))
    return all(each in _WEEKDAYS[day.weekday()] for each in named)


def _clock(match: re.Match[str]) -> dt.timedelta:
    hours, minutes = int(match["h"]), int(match["i"] or match["i2"] or (30 if match["mid"] == "半" else 0))
    if match["half"] and hours == 12 and match["half"] != "中午":
        raise ValueError  # 晚上12点 is the end of that day to some and its noon to no one: not for us to say
    if match["half"] in ("下午", "晚上", "晚", "夜里") and hours < 12:
        hours += 12
    seconds = int(match["sec"] or 0)
    if hours > 24 or minutes > 59 or seconds > 59 or (hours == 24 and minutes + seconds):
        raise ValueError
    return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _zone(text: str) -> dt.timezone:
    if text in "Zz":
        return dt.UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return dt.timezone(dt.timedelta(minutes=minutes if text[0] == "+" else -minutes))
