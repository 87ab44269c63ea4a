"""The order as a picture (SVG): a band for each wave, a box for each row, arrows from what is depended on to what depends on it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from html import escape
from typing import Final, NamedTuple

from relplan.errors import Language, Message
from relplan.model.table import ReleaseTable
from relplan.model.values import RiskLevel
from relplan.sequence.arrows import Arrow, arrows, check_drawable
from relplan.sequence.layout import Layout, Node
from relplan.sequence.lettering import width, wrapped
from relplan.sequence.order import ReleaseOrder
from relplan.sequence.words import (
    CYCLE,
    cycle_words,
    order_title,
    outside_words,
    reason,
    risk_words,
    row_name,
    self_words,
    wave_name,
)

FONTS: Final = (
    "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC','Hiragino Sans GB',"
    "'WenQuanYi Micro Hei','Segoe UI',sans-serif"
)

# Lengths are in pixels, of which 96 make an inch.
MARGIN: Final = 24
NAME_SIZE: Final = 14
SMALL_SIZE: Final = 12
TITLE_SIZE: Final = 18
LEADING: Final = 1.45
PADDING: Final = 12
BAR: Final = 5
BOX_GAP: Final = 18
COLUMN_GAP: Final = 64
ROW_GAP: Final = 40
BAND_PADDING: Final = 12
BAND_HEAD: Final = 52
ROW_HEAD: Final = 96
NOTES_GAP: Final = 14
MOST_BULGE: Final = 44
NAME_EMS: Final = 13.0
NARROWEST: Final = 108.0
MOST_LINES: Final = 6
"""Lines of a name that a box shows; what is longer ends with `…`, and the whole name is the box's tooltip."""

# Ink and ground in light and dark surroundings; where style sheets are not understood the light ones hold.
_COLOURS: Final = {
    "paper": ("fill", "#ffffff", "#15181c"),
    "band": ("fill", "#f2f4f7", "#1f242b"),
    "box": ("fill", "#ffffff", "#2a3038"),
    "ink": ("fill", "#1c2126", "#eef1f4"),
    "soft": ("fill", "#515b66", "#b4bdc8"),
    "alert": ("fill", "#a31515", "#ff9a90"),
    "head": ("fill", "#55606c", "#aab4c0"),
    "line": ("stroke", "#55606c", "#aab4c0"),
    "frame": ("stroke", "#7b8794", "#8b96a3"),
    "ring": ("stroke", "#a31515", "#ff9a90"),
}
_BARS: Final = {
    RiskLevel.CRITICAL: "#8c1d18",
    RiskLevel.HIGH: "#c2410c",
    RiskLevel.MEDIUM: "#b7930b",
    RiskLevel.LOW: "#3f7d4e",
}
_FRAME_WIDTHS: Final = {RiskLevel.CRITICAL: 3.0, RiskLevel.HIGH: 2.25}

_GUIDE: Final = Message(
    "逐批发布，同一批可以并行。箭头从被依赖的系统指向依赖它的系统；由其他箭头可以推出的不再画出。",
    "Waves follow one another, the systems of a wave go side by side. Arrows lead from a system to those that depend on it; "
    "what follows from other arrows is not drawn.",
)
_BROKEN: Final = Message("循环依赖，无法排序", "In a cycle: no order holds")
MOST_NOTES: Final = 12
"""Lines of notes under the picture; the command tells all."""


class Label(NamedTuple):
    """What stands in a box: the lines of the name, and smaller lines below, each with its colour."""

    name: list[str]
    small: list[tuple[str, str]]

    @property
    def wide(self) -> float:
        """The width of the box that holds it."""
        name = max((width(line) for line in self.name), default=0.0) * NAME_SIZE
        small = max((width(line) for line, _ in self.small), default=0.0) * SMALL_SIZE
        return max(NARROWEST, BAR + 2 * PADDING + max(name, small))

    @property
    def tall(self) -> float:
        """The height of the box that holds it."""
        return 2 * PADDING + LEADING * (len(self.name) * NAME_SIZE + len(self.small) * SMALL_SIZE)


def svg(
    table: ReleaseTable, order: ReleaseOrder, language: Language, title: str = "", *, for_page: bool = False
) -> bytes:
    """The picture, with `title` above it; same input, same bytes.

    Its waves follow from left to right; `for_page`, from above downwards where that is narrower.

    Raises:
        WriteError: the table has more rows than a picture can show.
    """
    check_drawable(order)
    words = title or order_title(language)
    drawing = _Drawing(table, order, language, words)
    if for_page and (upright := _Drawing(table, order, language, words, down=True)).across < drawing.across:
        drawing = upright
    return "\n".join((*drawing.lines(), "")).encode()


class _Drawing:
    """Places are `(along, aside)`: how far along the way of the waves, and how far beside it; `_at` gives x and y."""

    def __init__(
        self, table: ReleaseTable, order: ReleaseOrder, language: Language, title: str, down: bool = False
    ) -> None:
        self._table, self._order, self._language, self._title, self._down = table, order, language, title, down
        self._labels = [self._label(row) for row in range(len(table.rows))]
        self._arrows = arrows(order)
        straight = [(each.before, each.after) for each in self._arrows if not each.cyclic]
        sizes = {row: label.wide if down else label.tall for row, label in enumerate(self._labels)}
        self._layout = Layout(order.waves, sizes, straight, BOX_GAP)
        self._depths = [max(self._depth(row) for row in rows) for rows in order.waves]
        gap = ROW_GAP if down else COLUMN_GAP
        steps = [depth + 2 * BAND_PADDING + gap for depth in self._depths]
        starts = list(itertools.accumulate(steps, initial=0.0))
        length = max(starts[-1] - gap, 0.0)
        self.across = max(
            2 * MARGIN + (self._head_size + self._layout.height + BAND_PADDING if down else length), 480.0
        )
        self._heading = self._heading_lines()
        self._top = MARGIN + sum(size * LEADING for _, size in self._heading) + 14
        self._starts = [start + BAND_PADDING + (self._top if down else MARGIN) for start in starts]
        self._aside = MARGIN + self._head_size if down else self._top + self._head_size
        self._bottom = self._top + (length if down else self._head_size + self._layout.height + BAND_PADDING)
        self._notes = list(self._note_lines())
        self._tall = self._bottom + MARGIN + NOTES_GAP + len(self._notes) * SMALL_SIZE * LEADING

    @property
    def _head_size(self) -> float:
        """The room that the names of the waves take before the boxes."""
        return ROW_HEAD if self._down else BAND_HEAD

    def _depth(self, row: int) -> float:
        return self._labels[row].tall if self._down else self._labels[row].wide

    def _at(self, along: float, aside: float) -> str:
        x, y = (aside, along) if self._down else (along, aside)
        return f"{_number(x)} {_number(y)}"

    def _say(self, message: Message) -> str:
        return message.text(self._language)

    def _label(self, row: int) -> Label:
        item, ems = self._table.rows[row], NAME_EMS * NAME_SIZE / SMALL_SIZE
        small: list[tuple[str, str]] = []
        for words, colour in (
            (item.version or "", "soft"),
            (risk_words(item, self._language), "ink"),
            (self._say(_BROKEN) if self._order.standings[row].cyclic else "", "alert"),
        ):
            small += ((line, colour) for line in wrapped(words, ems, MOST_LINES))
        return Label(wrapped(row_name(self._table, row), NAME_EMS, MOST_LINES), small)

    def _heading_lines(self) -> list[tuple[str, int]]:
        room = self.across - 2 * MARGIN
        title = [(line, TITLE_SIZE) for line in wrapped(self._title, room / TITLE_SIZE, 3)]
        return title + [(line, SMALL_SIZE) for line in wrapped(self._say(_GUIDE), room / SMALL_SIZE, 6)]

    def _note_lines(self) -> Iterator[tuple[str, str]]:
        notes = [(self._say(cycle_words(each)), "alert") for each in self._order.cycles]
        notes += [(self._say(self_words(each)), "alert") for each in self._order.selfish]
        notes += [
            (f"{row_name(self._table, each.row)}: {self._say(outside_words(each))}", "soft")
            for each in self._order.outside
        ]
        for words, colour in notes[:MOST_NOTES]:
            for line in wrapped(words, (self.across - 2 * MARGIN) / SMALL_SIZE, 4):
                yield line, colour
        if len(notes) > MOST_NOTES:
            yield "…", "soft"

    def lines(self) -> Iterator[str]:
        """The lines of the file."""
        across, down = _number(self.across), _number(self._tall)
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" viewBox="0 0 {across} {down}" '
            f'role="img" aria-labelledby="order-title order-text" font-family="{FONTS}">'
        )
        yield f'<title id="order-title">{_text(self._title)}</title>'
        yield f'<desc id="order-text">{_text(self._in_words())}</desc>'
        dark = "".join(f".{name}{{{kind}:{colour}}}" for name, (kind, _, colour) in _COLOURS.items())
        yield f"<style>@media screen and (prefers-color-scheme:dark){{{dark}}}</style>"
        yield f'<rect width="{across}" height="{down}" {_look("paper")}/>'
        yield from self._heading_shapes()
        for wave in range(len(self._order.waves)):
            yield from self._band(wave)
        yield from map(self._arrow, self._arrows)
        for wave, rows in enumerate(self._order.waves):
            for row in rows:
                yield from self._box(row, wave)
        for number, (line, colour) in enumerate(self._notes, 1):
            yield _line_of_text(
                MARGIN, self._bottom + NOTES_GAP + number * SMALL_SIZE * LEADING, line, SMALL_SIZE, colour
            )
        yield "</svg>"

    def _in_words(self) -> str:
        """The whole picture in words, for those who hear it."""
        parts = []
        for number, rows in enumerate(self._order.waves, 1):
            systems = "; ".join(
                f"{row_name(self._table, row)} ({self._say(reason(self._order.standings[row], self._order))})"
                for row in rows
            )
            parts.append(f"{self._say(wave_name(number))}: {systems}.")
        return " ".join(parts)

    def _heading_shapes(self) -> Iterator[str]:
        y: float = MARGIN - 4
        for line, size in self._heading:
            y += size * LEADING
            is_title = size == TITLE_SIZE
            yield _line_of_text(MARGIN, y, line, size, "ink" if is_title else "soft", bold=is_title)

    def _band(self, wave: int) -> Iterator[str]:
        along, depth = self._starts[wave] - BAND_PADDING, self._depths[wave] + 2 * BAND_PADDING
        aside = self._head_size + self._layout.height + BAND_PADDING
        x, y, wide, tall = (MARGIN, along, aside, depth) if self._down else (along, self._top, depth, aside)
        yield _rectangle(x, y, wide, tall, 10, _look("band"))
        count = len(self._order.waves[wave])
        below = Message(f"{count} 个系统", "1 system" if count == 1 else f"{count} systems")
        x, y = x + BAND_PADDING, y + (tall / 2 - 26 if self._down else 0)
        yield _line_of_text(x, y + 22, self._say(wave_name(wave + 1)), NAME_SIZE, "ink", bold=True)
        yield _line_of_text(x, y + 39, self._say(below), SMALL_SIZE, "soft")

    def _middle(self, node: Node) -> float:
        return self._aside + self._layout.middle[node]

    def _arrow(self, arrow: Arrow) -> str:
        return self._loop(arrow) if arrow.cyclic else self._straight(arrow)

    def _straight(self, arrow: Arrow) -> str:
        """From the far edge of a box through its lanes to the near edge of another."""
        wave = self._order.standings[arrow.before].wave - 1
        along, aside = self._starts[wave] + self._depths[wave], self._middle(arrow.before)
        path = f"M{self._at(along, aside)}"
        for number, node in enumerate(self._layout.way(arrow.before, arrow.after)[1:], wave + 1):
            last = node == arrow.after
            to, beside = self._starts[number] - (6 if last else 0), self._middle(node)
            half = (along + to) / 2
            path += f"C{self._at(half, aside)} {self._at(half, beside)} {self._at(to, beside)}"
            along, aside = to, beside
            if not last:
                along = self._starts[number] + self._depths[number]
                path += f"L{self._at(along, aside)}"
        return f'<path d="{path}" fill="none" stroke-width="1.5" {_look("line")}/>{self._head(along, aside, 1, "head")}'

    def _loop(self, arrow: Arrow) -> str:
        """Between two boxes of one wave, around their far edges."""
        wave = self._order.standings[arrow.before].wave - 1
        along = self._starts[wave] + self._depths[wave]
        start, end = self._middle(arrow.before) + 8, self._middle(arrow.after) - 8
        far = along + min(MOST_BULGE, 26 + abs(end - start) / 12)
        path = f"M{self._at(along, start)}C{self._at(far, start)} {self._at(far, end)} {self._at(along + 6, end)}"
        tip = f"<title>{_text(self._say(CYCLE))}</title>"
        line = f'<path d="{path}" fill="none" stroke-width="2" stroke-dasharray="6 4" {_look("ring")}/>'
        return f"<g>{tip}{line}{self._head(along + 6, end, -1, 'alert')}</g>"

    def _head(self, along: float, aside: float, towards: int, colour: str) -> str:
        """The head of an arrow that ends 6 pixels on: along the way of the waves (1) or against it (-1)."""
        tip = self._at(along + 6 * towards, aside)
        one, other = (self._at(along - 3 * towards, aside + half) for half in (-4.5, 4.5))
        return f'<path d="M{tip}L{one}L{other}Z" {_look(colour)}/>'

    def _box(self, row: int, wave: int) -> Iterator[str]:
        label, item = self._labels[row], self._table.rows[row]
        level = item.risk_level if isinstance(item.risk_level, RiskLevel) else None
        cyclic = self._order.standings[row].cyclic
        x, y, wide, tall = self._frame(row, wave)
        border = 2.5 if cyclic else _FRAME_WIDTHS.get(level, 1.0) if level else 1.0
        dashes = ' stroke-dasharray="6 4"' if cyclic else ""
        frame = f'{_look("box ring" if cyclic else "box frame")} stroke-width="{border}"{dashes}'
        yield f"<g><title>{_text(self._hint(row))}</title>"
        yield _rectangle(x, y, wide, tall, 6, frame)
        if level:
            yield _rectangle(x + 4, y + 5, BAR, tall - 10, 2, f'fill="{_BARS[level]}"')
        yield from self._letters(label, x + BAR + PADDING, y + (tall - label.tall) / 2 + PADDING)
        yield "</g>"

    def _frame(self, row: int, wave: int) -> tuple[float, float, float, float]:
        """Where a box stands: its left and upper edge, its width and height."""
        label, start, middle = self._labels[row], self._starts[wave], self._middle(row)
        if self._down:
            return middle - label.wide / 2, start, label.wide, self._depths[wave]
        return start, middle - label.tall / 2, self._depths[wave], label.tall

    def _letters(self, label: Label, x: float, y: float) -> Iterator[str]:
        y -= 3
        for line in label.name:
            y += NAME_SIZE * LEADING
            yield _line_of_text(x, y, line, NAME_SIZE, "ink", bold=True)
        for line, colour in label.small:
            y += SMALL_SIZE * LEADING
            yield _line_of_text(x, y, line, SMALL_SIZE, colour)

    def _hint(self, row: int) -> str:
        """What a pointer held over a box tells."""
        name = " ".join(word for word in (row_name(self._table, row), self._table.rows[row].version) if word)
        return f"{name}: {self._say(reason(self._order.standings[row], self._order))}"


def _number(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(" ".join(text.split()), quote=False)


def _look(names: str) -> str:
    """The attributes of one or more of the colours."""
    colours = [_COLOURS[name] for name in names.split()]
    return " ".join((f'class="{names}"', *(f'{kind}="{light}"' for kind, light, _ in colours)))


def _rectangle(x: float, y: float, wide: float, tall: float, round_by: int, look: str) -> str:
    return f'<rect x="{_number(x)}" y="{_number(y)}" width="{_number(wide)}" height="{_number(tall)}" rx="{round_by}" {look}/>'


def _line_of_text(x: float, y: float, words: str, size: int, colour: str, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{_number(x)}" y="{_number(y)}" font-size="{size}"{weight} {_look(colour)}>{_text(words)}</text>'
