"""Tables: real widths, a header on every page, rows that stay whole, cells with the colour of their tone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import getitem
from typing import Final

from msgspec import Struct

from relplan.blocks import Cell, Inline, Mark, Strong, Table, TableColumn, plain
from relplan.writers.docx.inlines import TONES, Inlines
from relplan.writers.docx.layout import MARKS, Layout, cell_lines, half_width, line_height, lost, wrapped
from relplan.writers.docx.markup import run
from relplan.writers.docx.theme import Theme

MOST_COLUMNS: Final = 63
"""More than these Word does not open."""

_WHOLE_ROW: Final = 0.7
"""A row up to this part of a page stays whole; a taller one would leave too much of the page before it empty."""

_LOOK: Final = (
    '<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0"'
    ' w:noHBand="0" w:noVBand="1"/>'
)
_LOOK_OF_FACTS: Final = (
    '<w:tblLook w:val="0480" w:firstRow="0" w:lastRow="0" w:firstColumn="1" w:lastColumn="0"'
    ' w:noHBand="0" w:noVBand="1"/>'
)
_JUSTIFY: Final = {"left": "", "center": '<w:jc w:val="center"/>', "right": '<w:jc w:val="right"/>'}


def split(table: Table) -> Iterator[Table]:
    """The table, in parts that Word can hold."""
    for start in range(0, len(table.columns), MOST_COLUMNS):
        end = start + MOST_COLUMNS
        if start == 0 and end >= len(table.columns):
            yield table
        else:
            yield Table(table.columns[start:end], tuple(row[start:end] for row in table.rows))


def table_xml(
    table: Table, layout: Layout, theme: Theme, inlines: Inlines, indent: int, page_height: int
) -> Iterator[str]:
    """The markup of a table, row by row; `indent` and `page_height` are twips."""
    yield _opening(layout, theme, indent, _LOOK_OF_FACTS if table.is_facts else _LOOK)
    head, text, code = layout.styles()
    if not table.is_facts:
        yield _header(table.columns, layout.widths, theme.paragraph(head))
    styles = [code if column.code else text for column in table.columns]
    if table.is_facts:
        styles[0] = head
    writers = [
        _Cells(column, width, theme, inlines, style, text if column.code else style)
        for column, width, style in zip(table.columns, layout.widths, styles, strict=True)
    ]
    limits = _limits(table, layout, theme, page_height)
    for row in table.rows:
        whole = "<w:trPr><w:cantSplit/></w:trPr>" if _stays_whole(row, limits) else ""
        yield f"<w:tr>{whole}{''.join(map(getitem, writers, row))}</w:tr>"
    yield "</w:tbl>"


def _opening(layout: Layout, theme: Theme, indent: int, look: str) -> str:
    moved = f'<w:tblInd w:w="{indent}" w:type="dxa"/>' if indent else ""
    margins = "".join(f'<w:{side} w:w="{layout.cell_margin}" w:type="dxa"/>' for side in ("left", "right"))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in layout.widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{theme.table("Data Table")}"/><w:tblW w:w="{sum(layout.widths)}" w:type="dxa"/>'
        f'{moved}<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>{look}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
    )


def _header(columns: Sequence[TableColumn], widths: Sequence[int], style: str) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{_JUSTIFY[column.align]}</w:pPr>{run(column.header)}</w:p></w:tc>'
        for column, width in zip(columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


_SHORT, _MOST_READY = 40, 1000
"""Characters of a cell whose markup is remembered, and how many of a column: the cells of a table say the same few things again and again."""


class _Cells(dict[Cell, str]):
    """The markup of the cells of a column in `style`, inline content in the style `words`; made when it is asked for."""

    def __init__(self, column: TableColumn, width: int, theme: Theme, inlines: Inlines, style: str, words: str) -> None:
        super().__init__()
        self._theme, self._inlines = theme, inlines
        self._paragraph = f'<w:p><w:pPr><w:pStyle w:val="{theme.paragraph(style)}"/>{_JUSTIFY[column.align]}</w:pPr>'
        self._size = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
        self._before = f"<w:tc>{self._size}</w:tcPr>{self._paragraph}"
        self._before_words = self._before.replace(theme.paragraph(style), theme.paragraph(words), 1)
        self.update({each.text: self._toned(each.text, each.tone) for each in column.choices if each.tone in MARKS})

    def __missing__(self, cell: Cell) -> str:
        if isinstance(cell, str):
            markup = f"{self._before}{run(cell)}</w:p></w:tc>"
            if len(cell) < _SHORT and len(self) < _MOST_READY:
                self[cell] = markup
            return markup
        if (mark := _only_mark(cell)) is not None:
            return self._toned(mark.text, mark.tone)
        return f"{self._before_words}{self._inlines.runs(cell)}</w:p></w:tc>"

    def _toned(self, text: str, tone: str | None) -> str:
        fill = self._theme.fills.get(TONES[tone].lower(), "")  # type: ignore[index]
        shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
        word = self._inlines.mark(text, tone)  # type: ignore[arg-type]
        return f"<w:tc>{self._size}{shade}</w:tcPr>{self._paragraph}{word}</w:p></w:tc>"


def _only_mark(cell: Sequence[Inline]) -> Mark | None:
    """The mark that is all there is in a cell, bold or not, where its tone colours cells."""
    while len(cell) == 1 and isinstance(cell[0], Strong):
        cell = cell[0].content
    if len(cell) == 1 and isinstance(mark := cell[0], Mark) and mark.tone in MARKS:
        return mark
    return None


class _Limit(Struct, frozen=True):
    """For a column that may make its rows too tall: the room of a line in half-widths, the most lines of a row that stays whole."""

    column: int
    room: float
    lines: int
    code: bool

    def holds(self, text: str) -> bool:
        """Whether a cell with this text leaves its row whole."""
        return (
            self.surely_holds(len(text), len(text))
            or self.surely_holds(len(text), text.count("\n"))
            or wrapped(cell_lines(text, self.code), self.room, lost(self.code)) <= self.lines
        )

    def surely_holds(self, length: int, line_ends: int) -> bool:
        """Whether no text of this length can be too tall: twice its length is the most that it can be wide."""
        return line_ends + 1 + 2 * length / self.room <= self.lines


def _limits(table: Table, layout: Layout, theme: Theme, page_height: int) -> list[_Limit]:
    _, text, code = layout.styles()
    lines = int(page_height * _WHOLE_ROW / line_height(theme, text))
    limits = []
    for number, (column, cells) in enumerate(zip(table.columns, zip(*table.rows, strict=True), strict=False)):
        unit = half_width(theme, code if column.code else text, column.code)
        room = max((layout.widths[number] - 2 * layout.cell_margin) / unit, 1)
        limit = _Limit(number, room, lines, column.code)
        longest = max(map(len, map(_text, cells)))
        if not limit.surely_holds(longest, longest):
            limits.append(limit)
    return limits


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else plain(cell)


def _stays_whole(row: Sequence[Cell], limits: Sequence[_Limit]) -> bool:
    return all(limit.holds(_text(row[limit.column])) for limit in limits)
