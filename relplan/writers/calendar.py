"""Events as `.ics` files (RFC 5545), with the definition of their time zone; the same bytes each time."""

from __future__ import annotations

import datetime as dt
import hashlib
import zoneinfo
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

_FOLDED: Final = 75
"""Octets of a line at most (RFC 5545, 3.1)."""
_LOCAL: Final = "%Y%m%dT%H%M%S"


class Event(Struct, frozen=True):
    """An event of a calendar.

    Attributes:
        name: what tells it from the other events of the same release, whatever its time: `window`, `deadline`.
        summary, description, location: its words.
        start, end: its moments, with their zone; without an end it is a point in time.
        people: pairs of name and address who take part.
        alarm: minutes before the start at which to remind; 0: not.
    """

    name: str
    summary: str
    start: dt.datetime
    end: dt.datetime | None = None
    description: str = ""
    location: str = ""
    people: Sequence[tuple[str, str]] = ()
    alarm: int = 0


def write(events: Sequence[Event], release: str, zone: str, stamp: dt.datetime) -> bytes:
    """The events of a release as a calendar.

    Args:
        events: at least one.
        release: what the events belong to; with the name of an event it makes its identity.
        zone: an IANA name, the zone of the moments.
        stamp: when the calendar was made.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//relplan//relplan//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += _zone(zone, min(each.start for each in events), max(each.end or each.start for each in events))
    for each in events:
        lines += _event(each, release, zone, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{_fold(line)}\r\n" for line in lines).encode()


def _event(event: Event, release: str, zone: str, stamp: dt.datetime) -> Iterator[str]:
    local = zoneinfo.ZoneInfo(zone)
    identity = hashlib.sha256(f"{release}\n{event.name}".encode()).hexdigest()[:32]
    yield "BEGIN:VEVENT"
    yield f"UID:{identity}@relplan"
    yield f"DTSTAMP:{stamp.astimezone(dt.UTC).strftime(_LOCAL)}Z"
    yield f"DTSTART;TZID={zone}:{event.start.astimezone(local).strftime(_LOCAL)}"
    if event.end and event.end > event.start:
        yield f"DTEND;TZID={zone}:{event.end.astimezone(local).strftime(_LOCAL)}"
    yield f"SUMMARY:{_escaped(event.summary)}"
    for name, text in (("DESCRIPTION", event.description), ("LOCATION", event.location)):
        if text:
            yield f"{name}:{_escaped(text)}"
    for person, address in event.people:
        yield f'ATTENDEE;CN="{_quotable(person)}";ROLE=REQ-PARTICIPANT:mailto:{address}'
    if event.alarm:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(event.summary)}", f"TRIGGER:-PT{event.alarm}M", "END:VALARM")  # fmt: skip
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r\n", "\n").replace("\n", "\\n")


def _quotable(text: str) -> str:
    return "".join(char for char in text if char != '"' and char >= " ")


def _fold(line: str) -> str:
    """A line in pieces of at most 75 octets, never within a character."""
    pieces, size = [""], 0
    for char in line:
        width = len(char.encode())
        if size + width > _FOLDED:
            pieces.append(" ")
            size = 1
        pieces[-1] += char
        size += width
    return "\r\n".join(pieces)


def _zone(name: str, first: dt.datetime, last: dt.datetime) -> Iterator[str]:
    """The definition of a zone around the events: what holds the year before, and each change until the year after."""
    zone = zoneinfo.ZoneInfo(name)
    at = dt.datetime(first.year - 1, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(last.year + 2, 1, 1, tzinfo=dt.UTC)
    yield from ("BEGIN:VTIMEZONE", f"TZID:{name}")
    yield from _observance(zone, at, at)
    while at < end:
        later = at + dt.timedelta(days=1)
        if _offset(zone, at) != _offset(zone, later):
            yield from _observance(zone, at, _change(zone, at, later))
        at = later
    yield "END:VTIMEZONE"


def _change(zone: zoneinfo.ZoneInfo, before: dt.datetime, after: dt.datetime) -> dt.datetime:
    """The first minute between two moments at which the offset is that of the later one."""
    while after - before > dt.timedelta(minutes=1):
        middle = before + (after - before) / 2
        middle = middle.replace(second=0, microsecond=0)
        before, after = (middle, after) if _offset(zone, middle) == _offset(zone, before) else (before, middle)
    return after


def _observance(zone: zoneinfo.ZoneInfo, before: dt.datetime, at: dt.datetime) -> Iterator[str]:
    local = at.astimezone(zone)
    kind = "DAYLIGHT" if local.dst() else "STANDARD"
    old, new = _offset(zone, before), _offset(zone, at)
    begin = (at + old).strftime(_LOCAL)
    yield from (f"BEGIN:{kind}", f"DTSTART:{begin}", f"TZOFFSETFROM:{_signed(old)}", f"TZOFFSETTO:{_signed(new)}", f"TZNAME:{local.tzname()}", f"END:{kind}")  # fmt: skip


def _offset(zone: zoneinfo.ZoneInfo, at: dt.datetime) -> dt.timedelta:
    return at.astimezone(zone).utcoffset() or dt.timedelta()


def _signed(offset: dt.timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
