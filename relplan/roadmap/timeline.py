"""The roadmap as a picture (SVG): months from left to right, a line for each release, its iterations, its day, the days of freezes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from relplan.errors import Language
from relplan.roadmap.milestones import Course, Milestone, Status
from relplan.sequence.lettering import width, wrapped
from relplan.sequence.svg import FONTS

# Lengths are in pixels, of which 96 make an inch.
_ACROSS: Final = 1000
_LABELS: Final = 250
_MARGIN: Final = 16
_HEAD: Final = 46
_LINE: Final = 30
_BAND: Final = 26
_SIZE: Final = 12

_COLOURS: Final[dict[Status, str]] = {
    Status.PLANNED: "#7b8794",
    Status.DETAILED: "#1f4e79",
    Status.UNDER_WAY: "#b7930b",
    Status.RELEASED: "#3f7d4e",
    Status.ROLLED_BACK: "#8c1d18",
    Status.LATE: "#c2410c",
}
_INK, _SOFT, _FAINT, _FROZEN, _BUILT = "#1c2126", "#515b66", "#d5dae0", "#e8e1f2", "#cfdcea"


def extent(course: Course) -> tuple[dt.date, dt.date] | None:
    """The first day of the first month and the last of the last one that something is in; None where nothing has a day."""
    days = [each.date() for one in course.milestones for each in (one.start, one.end, one.released) if each]
    parts = [(each.start, each.last) for each in course.iterations()] + [
        (each.start, each.end) for each in course.freezes()
    ]
    for start, end in parts:
        if span := course.span(start, end):
            days += [span[0].date(), (span[1] - dt.timedelta(seconds=1)).date()]
    if not days:
        return None
    last = max(days)
    return min(days).replace(day=1), (last.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def built(course: Course, each: Milestone) -> tuple[dt.date, dt.date] | None:
    """From the first to the last day of the iterations that a release is made of."""
    names = each.planned.iterations if isinstance(each.planned.iterations, tuple) else ()
    spans = [
        span for part in course.iterations() if part.name in names and (span := course.span(part.start, part.last))
    ]
    return (
        (min(one.date() for one, _ in spans), (max(two for _, two in spans) - dt.timedelta(seconds=1)).date())
        if spans
        else None
    )


def svg(course: Course, milestones: Sequence[Milestone], language: Language) -> bytes:
    """The picture of some releases of a roadmap; same input, same bytes."""
    return "\n".join((*_Drawing(course, milestones, language).lines(), "")).encode()


class _Drawing:
    """Places days on the page."""

    def __init__(self, course: Course, milestones: Sequence[Milestone], language: Language) -> None:
        self._course, self._milestones, self._language = course, milestones, language
        self._first, self._last = extent(course) or (dt.date(2000, 1, 1), dt.date(2000, 1, 31))
        self._bands = sum(1 for part in course.iterations() if course.span(part.start, part.last)) and 1
        self._top = _HEAD + self._bands * _BAND
        self._height = self._top + _LINE * len(milestones) + _MARGIN

    def _x(self, day: dt.date) -> float:
        whole = (self._last - self._first).days + 1
        return _LABELS + (_ACROSS - _LABELS - _MARGIN) * (day - self._first).days / whole

    def lines(self) -> Iterator[str]:
        title = escape(self._words())
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_ACROSS}" height="{self._height}"'
            f' viewBox="0 0 {_ACROSS} {self._height}" role="img" font-family="{FONTS}" font-size="{_SIZE}">'
        )
        yield f"<title>{title}</title>"
        yield f'<rect width="{_ACROSS}" height="{self._height}" fill="#ffffff"/>'
        yield from self._months()
        yield from self._frozen()
        yield from self._sprints()
        for number, each in enumerate(self._milestones):
            yield from self._release(each, self._top + number * _LINE)
        yield "</svg>"

    def _words(self) -> str:
        told = [f"{each.version} {each.start.date().isoformat() if each.start else '?'}" for each in self._milestones]
        return f"{self._course.roadmap.product or ''} {', '.join(told)}".strip()

    def _months(self) -> Iterator[str]:
        day = self._first
        count = (self._last.year - day.year) * 12 + self._last.month - day.month + 1
        step = max(1, count // 18 + (count % 18 > 0)) if count > 18 else 1
        for number in range(count):
            x = self._x(day)
            if number % step == 0:
                text = (
                    f"{day.year}-{day.month:02d}" if number == 0 or day.month == 1 or step > 1 else f"{day.month:02d}"
                )
                yield f'<text x="{x + 4:.1f}" y="20" fill="{_SOFT}">{text}</text>'
                yield f'<line x1="{x:.1f}" y1="28" x2="{x:.1f}" y2="{self._height - _MARGIN / 2:.0f}" stroke="{_FAINT}"/>'
            day = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)

    def _frozen(self) -> Iterator[str]:
        for part in self._course.freezes():
            if not (span := self._course.span(part.start, part.end)):
                continue
            left, right = (
                self._x(span[0].date()),
                self._x((span[1] - dt.timedelta(seconds=1)).date() + dt.timedelta(days=1)),
            )
            wide = max(2.0, right - left)
            yield f'<rect x="{left:.1f}" y="28" width="{wide:.1f}" height="{self._height - 28 - _MARGIN / 2:.0f}" fill="{_FROZEN}"/>'
            yield f'<text x="{left + 3:.1f}" y="40" fill="{_SOFT}" font-size="10">{escape(_short(part.reason or "", max(3.0, wide / 10)))}</text>'

    def _sprints(self) -> Iterator[str]:
        for part in self._course.iterations():
            if not (span := self._course.span(part.start, part.last)):
                continue
            left, right = (
                self._x(span[0].date()),
                self._x((span[1] - dt.timedelta(seconds=1)).date() + dt.timedelta(days=1)),
            )
            wide = max(2.0, right - left - 2)
            yield f'<rect x="{left + 1:.1f}" y="{_HEAD}" width="{wide:.1f}" height="{_BAND - 8}" rx="3" fill="{_BUILT}"/>'
            if wide > 24:
                yield f'<text x="{left + 5:.1f}" y="{_HEAD + 13}" fill="{_SOFT}" font-size="10">{escape(_short(part.name or "", wide / 10.5))}</text>'

    def _release(self, each: Milestone, top: float) -> Iterator[str]:
        middle, colour = top + _LINE / 2, _COLOURS[each.status]
        label = " ".join(filter(None, (each.version, each.planned.goal)))
        yield f'<text x="{_MARGIN}" y="{middle + 4:.1f}" fill="{_INK}">{escape(_short(label, (_LABELS - 2 * _MARGIN) / _SIZE))}</text>'
        if span := built(self._course, each):
            left, right = self._x(span[0]), self._x(span[1] + dt.timedelta(days=1))
            yield f'<rect x="{left:.1f}" y="{middle - 5:.1f}" width="{max(2.0, right - left):.1f}" height="10" rx="4" fill="{colour}" opacity="0.3"/>'
        if each.start is None:
            return
        x = self._x(each.start.date())
        yield f'<path d="M {x:.1f} {middle - 8:.1f} l 8 8 l -8 8 l -8 -8 z" fill="{colour}"/>'
        words = f"{each.start.date().isoformat()} {each.status.label(self._language)}"
        wide = width(words) * 11
        beside = x + 12 if x + 16 + wide < _ACROSS else x - 14 - wide
        yield f'<text x="{beside:.1f}" y="{middle + 4:.1f}" fill="{colour}" font-size="11">{escape(words)}</text>'


def _short(text: str, ems: float) -> str:
    lines = wrapped(" ".join(text.split()), ems, 1)
    return lines[0] if lines else ""
