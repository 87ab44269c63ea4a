"""The roadmap for people: as a document of blocks, as text, as data, as events of a calendar."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from relplan.blocks import (
    Block,
    Cell,
    CellChoice,
    Code,
    Document,
    Heading,
    Image,
    Mark,
    Paragraph,
    Table,
    TableColumn,
    Text,
    plain,
)
from relplan.errors import Language
from relplan.roadmap.figures import figures
from relplan.roadmap.milestones import Course, Milestone, Status
from relplan.roadmap.timeline import built, extent, svg

_ON_A_PICTURE: Final = 30
"""Releases of one picture, so that it fits on a page."""

_TEXT_WIDE: Final = 72
_MOST_WEEKS: Final = 110
_ON_A_PAGE: Final = 14
"""Columns of a chart in cells: on a sheet, and on a page."""

Chart: TypeAlias = Literal["picture", "table", "sheet"]
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "zh": {
        "title": "发布路线图", "version": "版本", "goal": "目标", "kind": "类型", "iterations": "迭代", "requirements": "需求",
        "date": "日期", "status": "状态", "timeline": "时间线", "releases": "发布", "pace": "节奏", "freezes": "封网期",
        "reason": "原因", "start": "开始", "end": "结束", "and": "、", "chart": "甘特图", "nothing": "没有发布",
        "count": "发布次数", "hotfixes": "其中紧急发布", "mean": "平均间隔（天）", "longest": "最长间隔（天）", "slipped": "推迟的发布",
        "slip": "平均推迟（天）", "legend": "■ 迭代　◆ 发布　░ 封网期", "cadence": "期望间隔（天）", "slipped_from": "原日期",
    },
    "en": {
        "title": "Roadmap", "version": "Version", "goal": "Goal", "kind": "Kind", "iterations": "Iterations", "requirements": "Requirements",
        "date": "Date", "status": "Status", "timeline": "Time line", "releases": "Releases", "pace": "Pace", "freezes": "Freezes",
        "reason": "Reason", "start": "Start", "end": "End", "and": ", ", "chart": "Gantt chart", "nothing": "There is no release.",
        "count": "Releases", "hotfixes": "Hotfixes among them", "mean": "Mean interval (days)", "longest": "Longest interval (days)",
        "slipped": "Releases that slipped", "slip": "Mean slip (days)", "legend": "■ iterations   ◆ release   ░ freeze", "cadence": "Wanted interval (days)", "slipped_from": "Slipped from",
    },
}  # fmt: skip
_DAY, _BUILT, _FROZEN = "◆", "■", "░"
_SIGNS: Final = (CellChoice(_DAY, "high"), CellChoice(_BUILT, "low"), CellChoice(_FROZEN, "medium"))
"""What the cells of a chart show: the day, the weeks of building, a freeze. On paper the signs alone tell them apart."""

_TONES: Final = {
    Status.LATE: "high",
    Status.ROLLED_BACK: "critical",
    Status.RELEASED: "low",
    Status.UNDER_WAY: "medium",
}


def title_of(course: Course, language: Language) -> str:
    """What the roadmap is called."""
    return course.roadmap.title or " ".join(filter(None, (course.roadmap.product, _WORDS[language]["title"])))


def pace(course: Course, language: Language) -> list[tuple[str, str]]:
    """The figures, each with its name."""
    words, found = _WORDS[language], figures(course)
    pairs: list[tuple[str, str]] = [(words["count"], str(found.releases))]
    if found.hotfixes:
        pairs.append((words["hotfixes"], f"{found.hotfixes} ({found.share:.0%})"))
    if course.roadmap.cadence:
        pairs.append((words["cadence"], str(course.roadmap.cadence)))
    numbers = (("mean", found.mean), ("longest", found.longest), ("slip", found.slip))
    pairs += [(words[key], f"{number:.1f}".removesuffix(".0")) for key, number in numbers if number is not None]
    if found.slipped:
        pairs.insert(-1, (words["slipped"], str(found.slipped)))
    return pairs


def day(moment: dt.datetime | None) -> str:
    """A day, with its time where there is one."""
    if moment is None:
        return ""
    return moment.strftime("%Y-%m-%d %H:%M") if moment.time() != dt.time() else moment.strftime("%Y-%m-%d")


def _columns(course: Course, language: Language) -> list[tuple[str, int, Any]]:
    words, kinds = _WORDS[language], {each.planned.kind for each in course.milestones}
    and_ = words["and"]

    def listed(value: Any) -> str:
        return and_.join(value) if isinstance(value, tuple) else str(value or "")

    found: list[tuple[str, int, Any]] = [
        ("version", 14, lambda each: each.version),
        ("date", 18, lambda each: day(each.start)),
        ("status", 12, lambda each: _status(each, language)),
        ("goal", 40, lambda each: each.planned.goal or ""),
        ("iterations", 20, lambda each: listed(each.planned.iterations)),
        ("requirements", 30, lambda each: listed(each.planned.requirements)),
    ]
    if kinds - {None}:
        found.insert(
            3,
            (
                "kind",
                12,
                lambda each: (
                    each.planned.kind.label(language)
                    if hasattr(each.planned.kind, "label")
                    else str(each.planned.kind or "")
                ),
            ),
        )
    if any(each.planned.slipped_from for each in course.milestones):
        found.insert(2, ("slipped_from", 14, lambda each: str(each.planned.slipped_from or "")))
    return [
        (words[key], width, show)
        for key, width, show in found
        if key in ("version", "date", "status") or any(show(each) for each in course.milestones)
    ]


def _status(each: Milestone, language: Language) -> Cell:
    label = each.status.label(language)
    tone: Any = _TONES.get(each.status)
    return (Mark(label, tone),) if tone else label


def as_document(course: Course, language: Language, chart: Chart = "picture") -> Document:
    """The roadmap as a document.

    Args:
        course: the roadmap.
        language: of its words.
        chart: its time line as a `picture`, as a `table` (not every program shows the pictures of a Word file), or as a `sheet` of its own.
    """
    words, title = _WORDS[language], title_of(course, language)
    blocks: list[Block] = [Heading(1, (Text(title),))]
    if not course.milestones:
        return Document(title, language, (*blocks, Paragraph((Text(words["nothing"]),))), "")
    columns = _columns(course, language)
    table = Table(
        tuple(TableColumn(name, width) for name, width, _ in columns),
        tuple(tuple(show(each) for _, _, show in columns) for each in course.milestones),
    )
    figures_ = Table(
        (TableColumn("", 24), TableColumn("", 24)), tuple((name, value) for name, value in pace(course, language))
    )
    if chart == "sheet":
        blocks += [
            table,
            Heading(1, (Text(words["pace"]),)),
            figures_,
            Heading(1, (Text(words["chart"]),)),
            *_chart(course, language, _MOST_WEEKS),
        ]
        return Document(title, language, tuple(blocks), "")
    blocks += [
        Heading(2, (Text(words["timeline"]),)),
        *(_chart(course, language, _ON_A_PAGE) if chart == "table" else _pictures(course, language)),
    ]
    blocks += [Heading(2, (Text(words["releases"]),)), table, Heading(2, (Text(words["pace"]),)), figures_]
    if course.freezes():
        rows = tuple((each.reason or "", str(each.start or ""), str(each.end or "")) for each in course.freezes())
        heads = (TableColumn(words["reason"], 30), TableColumn(words["start"], 16), TableColumn(words["end"], 16))
        blocks += [Heading(2, (Text(words["freezes"]),)), Table(heads, rows)]
    return Document(title, language, tuple(blocks), "")


def _pictures(course: Course, language: Language) -> Iterator[Block]:
    if extent(course) is None:
        return
    whole = Code(mermaid(course, language), "mermaid")
    for at in range(0, len(course.milestones), _ON_A_PICTURE):
        some = course.milestones[at : at + _ON_A_PICTURE]
        told = "; ".join(f"{each.version} {day(each.start)} {each.status.label(language)}" for each in some)
        yield Image(svg(course, some, language), "image/svg+xml", told, whole if at == 0 else Code("", ""))


def mermaid(course: Course, language: Language) -> str:
    """The roadmap as a Gantt chart of Mermaid."""
    lines = ["gantt", f"    title {_plain(title_of(course, language))}", "    dateFormat YYYY-MM-DD"]
    words = _WORDS[language]
    if course.iterations():
        lines.append(f"    section {words['iterations']}")
        lines += [
            f"    {_plain(part.name or '?')} : {span[0].date()}, {span[1].date()}"
            for part in course.iterations()
            if (span := course.span(part.start, part.last))
        ]
    if course.freezes():
        lines.append(f"    section {words['freezes']}")
        lines += [
            f"    {_plain(part.reason or '?')} : crit, {span[0].date()}, {span[1].date()}"
            for part in course.freezes()
            if (span := course.span(part.start, part.end))
        ]
    lines.append(f"    section {words['releases']}")
    tags = {
        Status.RELEASED: "done, ",
        Status.UNDER_WAY: "active, ",
        Status.LATE: "crit, ",
        Status.ROLLED_BACK: "crit, ",
    }
    for each in course.milestones:
        if each.start:
            lines.append(f"    {_plain(each.version)} : milestone, {tags.get(each.status, '')}{each.start.date()}, 0d")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Words without what Mermaid takes for its own."""
    return " ".join("".join(" " if char in ":;,#\n%" else char for char in text).split()) or "?"


def _chart(course: Course, language: Language, most: int) -> Iterator[Block]:
    """A Gantt chart of cells, a column for each week; where those are more than `most`, for several."""
    span = extent(course)
    if span is None:
        return
    monday = span[0] - dt.timedelta(days=span[0].weekday())
    step = 7 * (((span[1] - monday).days // 7) // most + 1)
    weeks = [monday + dt.timedelta(days=at) for at in range(0, (span[1] - monday).days + 1, step)]
    frozen = [found for each in course.freezes() if (found := course.span(each.start, each.end))]
    columns = (
        TableColumn(_WORDS[language]["version"], 14),
        *(
            TableColumn(
                f"{each:%m-%d}" if each.year == weeks[0].year else f"{each:%y-%m-%d}",
                6,
                choices=_SIGNS if most == _MOST_WEEKS else (),
                align="center",
            )
            for each in weeks
        ),
    )
    rows = tuple(
        (each.version, *(_week(course, each, week, step, frozen) for week in weeks)) for each in course.milestones
    )
    yield Table(columns, rows)
    yield Paragraph((Text(_WORDS[language]["legend"]),))


def _week(
    course: Course, each: Milestone, week: dt.date, step: int, frozen: list[tuple[dt.datetime, dt.datetime]]
) -> Cell:
    end = week + dt.timedelta(days=step)
    if each.start and week <= each.start.date() < end:
        return _DAY
    if (span := built(course, each)) and span[0] < end and span[1] >= week:
        return _BUILT
    return _FROZEN if any(one.date() < end and two.date() > week for one, two in frozen) else ""


def as_text(course: Course, language: Language) -> str:
    """The roadmap as text: a table, a time line, the figures."""
    columns = _columns(course, language)
    rows = [[name for name, _, _ in columns]]
    rows += [[" ".join(_words_of(show(each)).split()) for _, _, show in columns] for each in course.milestones]
    widths = [min(40, max(_width(row[at]) for row in rows)) for at in range(len(columns))]
    lines = [title_of(course, language), ""]
    lines += ["  ".join(_padded(text, wide) for text, wide in zip(row, widths, strict=True)).rstrip() for row in rows]
    if span := extent(course):
        lines += ["", *_line(course, *span)]
    lines += ["", *(f"{name}: {value}" for name, value in pace(course, language))]
    return "\n".join(lines) + "\n"


def _words_of(cell: Cell) -> str:
    return cell if isinstance(cell, str) else plain(cell)


def _width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, wide: int) -> str:
    while _width(text) > wide:
        text = text[:-2] + "…"
    return text + " " * (wide - _width(text))


def _line(course: Course, first: dt.date, last: dt.date) -> Iterator[str]:
    """The time line in characters: `=` weeks of building, `x` days of a freeze, `*` the day."""
    wide = max((_width(each.version) for each in course.milestones), default=0)
    scale = (_TEXT_WIDE - 1) / max(1, (last - first).days)

    def at(day: dt.date) -> int:
        return round((day - first).days * scale)

    yield f"{' ' * wide}  {first}{' ' * (_TEXT_WIDE - 20)}{last}"
    frozen = [found for each in course.freezes() if (found := course.span(each.start, each.end))]
    for each in course.milestones:
        marks = ["."] * _TEXT_WIDE
        spans = [(one.date(), (two - dt.timedelta(seconds=1)).date(), "x") for one, two in frozen]
        if span := built(course, each):
            spans.append((*span, "="))
        for start, end, sign in spans:
            for place in range(max(0, at(start)), min(_TEXT_WIDE, at(end) + 1)):
                marks[place] = sign
        if each.start:
            marks[at(each.start.date())] = "*"
        yield f"{_padded(each.version, wide)}  {''.join(marks)}"


def as_data(course: Course) -> dict[str, Any]:
    """The roadmap as plain data."""
    found = figures(course)
    return {
        "name": course.name,
        "product": course.roadmap.product,
        "cadence": course.roadmap.cadence,
        "figures": {
            "releases": found.releases, "hotfixes": found.hotfixes, "share_of_hotfixes": found.share, "slipped": found.slipped,
            "mean_days": found.mean, "longest_days": found.longest, "mean_slip_days": found.slip,
        },
        "releases": [
            {
                "version": each.version,
                "start": each.start.isoformat() if each.start else None,
                "end": each.end.isoformat() if each.end else None,
                "released": each.released.isoformat() if each.released else None,
                "status": each.status.value,
                "hotfix": each.is_hotfix,
                "goal": each.planned.goal,
                "iterations": list(each.planned.iterations) if isinstance(each.planned.iterations, tuple) else [],
                "requirements": list(each.planned.requirements) if isinstance(each.planned.requirements, tuple) else [],
                "plan": each.file or None,
            }
            for each in course.milestones
        ],
    }  # fmt: skip
