"""How wide the columns of a table are, and what page it needs.

Content is measured in half-widths: a Latin letter is one, a Chinese character two. Lengths on paper are twips.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct, structs

from relplan.blocks import Cell, Table, TableColumn, plain
from relplan.patterns import regex
from relplan.writers import SHORT_WORD
from relplan.writers.docx.page import WIDEST, Page
from relplan.writers.docx.theme import Theme
from relplan.writers.widths import display_width

MARKS: Final[Mapping[str, str]] = {"critical": "▲▲", "high": "▲", "medium": "◆", "low": "○"}
"""What stands before a word with a tone, for whoever prints without colours."""

CELL_MARGIN: Final = 85
SMALL_CELL_MARGIN: Final = 60
"""Left and right of the text of a cell, in twips; the smaller one goes with the small text styles."""

_BORDER: Final = 24

WIDE_COLUMNS: Final = 8
"""A table with this many columns stands on a landscape page."""

_NARROWEST: Final = 8
_LONGEST_WHOLE: Final = 32
"""Letters of a word that no line breaks where there is room: names of branches and services."""
_FOR_WORDS: Final = 0.75
"""As much of the room that columns do not need goes to long words; sentences need some too."""
_LONGEST_HEADER_WORD: Final = 14
_LONGEST_HEADER: Final = 12
_NARROWEST_CODE: Final = 17
_SHORTEST_CODE: Final = 4
_LINKED: Final = 9
_WIDEST_TEXT: Final = 64
_TO_FILL_IN: Final = 20
_SAMPLE: Final = 200
_TYPICAL: Final = 0.9
_LINE_HEIGHT: Final = 1.45
_CODE_FACTOR: Final = 1.2
_LOST: Final = 1.5
_LOST_IN_CODE: Final = 3.0
_LATIN_EXCESS: Final = 0.15
_CAPITAL_EXCESS: Final = 0.25
_WORDS: Final = regex(r"[（【《“‘]?([!-,./-~\u00a1-\u024f]+-?|-+)[）】》”’，。；：、]{0,2}")
_CAPITALS: Final = regex(r"[A-Zmw@%]")


measure: Final = display_width
"""The width of one line, in half-widths."""


class Layout(Struct, frozen=True):
    """How a table is set.

    Attributes:
        widths: of the columns, in twips; they add up to the width of the table.
        small: in the small text styles.
        page: what it stands on, where it needs a page of its own kind.
    """

    widths: tuple[int, ...]
    small: bool = False
    page: Page | None = None

    @property
    def cell_margin(self) -> int:
        """Left and right of the text of a cell, in twips."""
        return SMALL_CELL_MARGIN if self.small else CELL_MARGIN

    def styles(self) -> tuple[str, str, str]:
        """Names of the styles of header, text and code."""
        end = " Small" if self.small else ""
        return f"Table Head{end}", f"Table Text{end}", f"Table Code{end}"


class _Shape(Struct, frozen=True):
    """What a column holds: its least and its most sensible width, and the lines of a typical long cell (half-widths).

    Attributes:
        whole: the least width at which no line breaks a long word.
        weight: its share of the room that no column needs.
    """

    least: int
    whole: int
    most: int
    weight: float
    typical: tuple[float, ...]
    unit: float
    margins: int
    lost: float

    def twips(self, half_widths: float) -> int:
        return math.ceil(half_widths * self.unit) + self.margins

    def lines(self, twips: int) -> int:
        """How many lines the typical cell takes at this width."""
        return wrapped(self.typical, (twips - self.margins) / self.unit, self.lost)

    def width_for(self, lines: int) -> int:
        """The least width at which the typical cell takes no more lines than these, within its bounds; in twips."""
        low, high = self.least, self.most
        while low < high:
            middle = (low + high) // 2
            if self.lines(self.twips(middle)) <= lines:
                high = middle
            else:
                low = middle + 1
        return self.twips(low)


def wrapped(widths: Sequence[float], room: float, lost: float) -> int:
    """How many lines these become where a line has `room`, of which `lost` stays empty at the end of a full one."""
    full = max(room - lost, 1.0)
    return sum(1 if width <= room else math.ceil(width / full) for width in widths)


def lost(code: bool) -> float:
    """How much of a full line stays empty on average, because the next word or the next bracket does not fit."""
    return _LOST_IN_CODE if code else _LOST


def half_width(theme: Theme, style: str, code: bool = False) -> float:
    """Half the height of a character in a style, in twips; letters of code are a little wider than that."""
    return theme.size(style) * 5 * (_CODE_FACTOR if code else 1.0)


def line_height(theme: Theme, style: str) -> float:
    """In twips."""
    return theme.size(style) * 10 * _LINE_HEIGHT


def cell_lines(cell: Cell, code: bool) -> list[float]:
    """The widths of the lines of a cell, in half-widths; Latin letters, but for those of code, are a little wider."""
    text = cell if isinstance(cell, str) else plain(cell)
    excess = 0.0 if code else _LATIN_EXCESS
    return [(width := measure(line)) + excess * max(2 * len(line) - width, 0) for line in text.split("\n")]


def within(table: Table, theme: Theme, width: int) -> Layout:
    """The layout of a table that has to do with `width` twips."""
    return Layout(_share(_shapes(_contents(table), theme, small=False), width))


def choose(table: Table, theme: Theme, upright: Page) -> Layout:
    """The layout of a table that may ask for a page: upright, else landscape, smaller, larger, in this order."""
    contents = _contents(table)
    shapes = _shapes(contents, theme, small=False)
    if len(shapes) < WIDE_COLUMNS and _fits(shapes, upright.text_width):
        widths = _share(shapes, upright.text_width)
        if len(shapes) < 5 or _height(shapes, widths, theme, small=False) <= upright.text_height / 3:
            return Layout(widths)
    wide = upright.landscape()
    small_shapes = _shapes(contents, theme, small=True)
    for page, small, part in ((wide, False, 0.4), (wide, True, 0.6), (wide.a3(), True, 1.0)):
        candidates = small_shapes if small else shapes
        if _fits(candidates, page.text_width):
            chosen = _with_whole_words(candidates, page.text_width)
            widths = _share(chosen, page.text_width)
            tall = _height(candidates, widths, theme, small) > page.text_height * part
            broken = any(shape.least < shape.whole for shape in chosen)
            if not (tall or broken) or page.width == wide.a3().width:
                return Layout(widths, small, page)
    page = wide.a3().widened(min(sum(shape.twips(shape.least) for shape in small_shapes), WIDEST))
    return Layout(_share(small_shapes, page.text_width), True, page)


def _with_whole_words(shapes: Sequence[_Shape], width: int) -> list[_Shape]:
    """The columns, not to be narrower than their long words where there is room for that, those first that lack least.

    In tables of few columns their contents find that room without it.
    """
    made = list(shapes)
    spare = (width - sum(shape.twips(shape.least) for shape in shapes)) * _FOR_WORDS
    for at in sorted(range(len(made)), key=lambda at: made[at].whole - made[at].least):
        lacking = made[at].twips(made[at].whole) - made[at].twips(made[at].least)
        if lacking > spare:
            break
        spare -= lacking
        made[at] = structs.replace(made[at], least=made[at].whole, most=max(made[at].most, made[at].whole))
    return made


def _fits(shapes: Sequence[_Shape], width: int) -> bool:
    return sum(shape.twips(shape.least) for shape in shapes) <= width


def _height(shapes: Sequence[_Shape], widths: Sequence[int], theme: Theme, small: bool) -> float:
    """Of a typical tall row, in twips."""
    lines = max(shape.lines(width) for shape, width in zip(shapes, widths, strict=True))
    return lines * line_height(theme, "Table Text Small" if small else "Table Text")


class _Content(Struct, frozen=True):
    """What was measured of a column, in half-widths.

    Attributes:
        column: the column.
        code: whether its cells hold code, not only links to it and words such as "none".
        typical: the lines of a typical long cell.
        widest: the widest line.
        word: the longest word of its cells, or as much of it as no line breaks.
        whole: the longest word that is to stay whole where there is room.
        is_label: whether it says what the facts beside it are.
    """

    column: TableColumn
    code: bool
    typical: tuple[float, ...]
    widest: float
    word: float
    whole: float
    is_label: bool = False


def _contents(table: Table) -> list[_Content]:
    """What the columns hold, measured in some of the rows."""
    sample = table.rows[:: max(1, len(table.rows) // _SAMPLE)]
    contents = [_content(column, [row[i] for row in sample]) for i, column in enumerate(table.columns)]
    return [structs.replace(contents[0], is_label=True), *contents[1:]] if table.is_facts else contents


def _content(column: TableColumn, cells: Sequence[Cell]) -> _Content:
    code = column.code and any(isinstance(cell, str) and len(cell) > _SHORTEST_CODE for cell in cells)
    lines = sorted((cell_lines(cell, code) for cell in cells), key=lambda each: (sum(each), len(each)))
    typical = lines[min(len(lines) - 1, math.ceil(_TYPICAL * len(lines)))] if lines else [0]
    widest = max((max(each) for each in lines), default=0)
    text = "\n".join(cell if isinstance(cell, str) else plain(cell) for cell in cells)
    is_code = column.code and widest > 0
    word, whole = _longest_word(text, SHORT_WORD, is_code), _longest_word(text, _LONGEST_WHOLE, is_code, whole=True)
    return _Content(column, code, tuple(typical), widest, word, whole)


def _shapes(contents: Sequence[_Content], theme: Theme, small: bool) -> list[_Shape]:
    return [_shape(content, theme, small) for content in contents]


def _shape(content: _Content, theme: Theme, small: bool) -> _Shape:
    column, code, widest = content.column, content.code, content.widest
    least = _least_width(content, small)
    sensible = max(column.width, _NARROWEST) if column.width else _WIDEST_TEXT
    if column.code and not code:
        # Links to listings and words such as "none": the room is better used by the other columns.
        sensible = least
    # A column without any content is there to be filled in by hand.
    most = max(least, min(math.ceil(widest * 1.08) or _TO_FILL_IN, sensible))
    setting = Layout((), small)
    _, text_style, code_style = setting.styles()
    return _Shape(
        least,
        least if column.code else max(least, math.ceil(content.whole)),
        max(most, min(measure(column.header), least * 2)),
        # By what is declared: the same part has the same look, whatever stands in it. Numbers, labels and links need no more room.
        (column.width or most) if most > _NARROWEST + 1 and not content.is_label and code == column.code else 0,
        content.typical,
        half_width(theme, code_style if code else text_style, code),
        2 * setting.cell_margin + _BORDER,
        lost(code),
    )


_BOLD_EXCESS: Final = 1.12
"""How much wider Latin words are in the bold type of headers: "Command" in DejaVu Sans and Arial."""


def _least_width(content: _Content, small: bool) -> int:
    """Below this, in half-widths, a column is no pleasure to read."""
    column = content.column
    return math.ceil(
        max(
            _NARROWEST,
            content.word,
            _longest_word(column.header, _LONGEST_HEADER_WORD, False) * _BOLD_EXCESS,
            # In a table of a few columns even a longer header has room for one line.
            0 if small else min(measure(column.header), _LONGEST_HEADER),
            min(content.widest, _NARROWEST_CODE if content.code else _LINKED) if column.code else 0,
            *(measure(MARKS.get(c.tone, "")) + measure(c.text) + 1 for c in column.choices if c.tone),
        )
    )


def _longest_word(text: str, most: int, code: bool, whole: bool = False) -> float:
    """The width of the longest word that no line can end in, in half-widths, with the Chinese brackets and stops that stick to it.

    Of a word of more than `most` characters so many count, or none where words are to be `whole`.
    """
    longest = 0.0
    for all_of_it, full in {(found[0], found[1]) for found in _WORDS.finditer(text)}:
        if whole and len(full) > most:
            continue
        word = full[:most]
        width = (
            float(len(word))
            if code
            else len(word) * (1 + _LATIN_EXCESS) + len(_CAPITALS.findall(word)) * _CAPITAL_EXCESS
        )
        around = measure(all_of_it) - measure(full) if len(full) <= most else 0
        longest = max(longest, width + around)
    return longest


def _share(shapes: Sequence[_Shape], width: int) -> tuple[int, ...]:
    """Widths that add up to `width` and make the typical cells of all columns about equally tall."""
    if not shapes:
        return ()
    least = [shape.twips(shape.least) for shape in shapes]
    if sum(least) > width:
        return _exactly([each * width / sum(least) for each in least], width)
    lines = _least(lambda count: sum(shape.width_for(count) for shape in shapes) <= width, shapes)
    widths = [float(max(shape.width_for(lines), low)) for shape, low in zip(shapes, least, strict=True)]
    if sum(widths) > width:
        widths = [float(each) for each in least]
    _grow(widths, [shape.twips(shape.most) for shape in shapes], width)
    spare = width - sum(widths)
    weights = [shape.weight for shape in shapes]
    weights = weights if any(weights) else widths
    return _exactly([w + spare * part / sum(weights) for w, part in zip(widths, weights, strict=True)], width)


def _least(suits: Callable[[int], bool], shapes: Sequence[_Shape]) -> int:
    low, high = 1, max(shape.lines(shape.twips(shape.least)) for shape in shapes)
    while low < high:
        middle = (low + high) // 2
        if suits(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _grow(widths: list[float], most: Sequence[int], width: int) -> None:
    """Let columns grow in proportion to what they lack, as far as the room goes."""
    wanted = [max(top - now, 0) for top, now in zip(most, widths, strict=True)]
    spare = max(width - sum(widths), 0)
    part = min(1.0, spare / sum(wanted)) if any(wanted) else 0.0
    for index, each in enumerate(wanted):
        widths[index] += each * part


def _exactly(widths: Sequence[float], total: int) -> tuple[int, ...]:
    """Whole twips that add up; what rounding leaves goes to the widest."""
    whole = [max(int(each), 1) for each in widths]
    whole[whole.index(max(whole))] += total - sum(whole)
    return tuple(whole)
