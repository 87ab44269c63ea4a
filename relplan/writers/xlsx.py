"""Excel: each level-1 heading starts a sheet; tables bring their widths, choices and formats.

Written with XlsxWriter, whose files pass Microsoft's own validator. Every text is written as a
string, so nothing in it is ever a formula, a link or a number.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec import Struct, field

from relplan.blocks import (
    Block,
    Callout,
    Cell,
    Code,
    Document,
    Emphasis,
    Heading,
    Image,
    List,
    Listing,
    Mark,
    PageBreak,
    Paragraph,
    Table,
    TableColumn,
    Tone,
    plain,
)
from relplan.errors import Language
from relplan.grids import CELL_LIMIT, CONTINUED, pieces
from relplan.resources import labels
from relplan.writers.widths import display_width, least_lines, most_lines, wrapped_lines

NAME_LIMIT: Final = 31
"""Characters of a sheet's name, by Excel's limit."""

_SURELY_FITS: Final = CELL_LIMIT // 2
"""Characters of a text that a cell can hold, whatever they are."""
_CONTINUES: Final = "〕"
"""How a text ends that goes on elsewhere."""
_LINE_POINTS: Final = 15.0
_FILLED: Final = 0.92
_RATHER_WIDER: Final = 1.3
"""How many times as wide as it should be a column may get, if no line breaks then."""
_TO_FILL_IN: Final = 40
_MAX_ROW_POINTS: Final = 409.0
_CHOICES_LIMIT: Final = 255
_FIRST_ROWS: Final = 30
"""Rows at the top of a sheet that, in most, stand on its first page: a header among them is repeated on those behind it alone."""
_ROWS_AT_ONCE: Final = 500
"""Rows of a table that are measured before they are written."""
_MORE_ROWS: Final = 200
"""Rows below a table that get its dropdowns and colours, for those who go on typing."""

_FONT, _CODE_FONT = "微软雅黑", "Consolas"
_INK, _HEAD, _LINE, _FAINT = "#1F2933", "#1F4E79", "#BFC7D1", "#6B7785"
_TONES: Final[dict[Tone, tuple[str, str]]] = {
    "critical": ("#8F1414", "#F3C1C1"),
    "high": ("#8A3A00", "#F9DCC4"),
    "medium": ("#6B5200", "#FBEFC4"),
    "low": ("#24592E", "#DCEEDD"),
    "gap": ("#8A1C10", "#FFF4C2"),
}
"""Of words and of what is behind them; as in the theme of Word files, where the same words have the same look."""
_SIGNS: Final[dict[Tone, str]] = {"critical": "▲▲", "high": "▲", "medium": "◆", "low": "○"}
"""What is shown before a word with a tone, for whoever prints without colours."""

_A4, _A3 = 9, 8
_UPRIGHT: Final = 120
_ON_A3: Final = 260
"""Half-width characters across a sheet of A4 upright, and of A3, that can still be read."""


def write(document: Document) -> bytes:
    """The document as an .xlsx file.

    The same document gives the same bytes: the file's date is the document's, or the year 2000.
    """
    from xlsxwriter import Workbook

    target = io.BytesIO()
    default = {"font_name": _FONT, "font_size": 10, "font_color": _INK}
    book = Workbook(target, {"in_memory": True, "default_format_properties": default})
    created = dt.datetime.combine(document.date or dt.date(2000, 1, 1), dt.time())
    book.set_properties({"title": document.title, "created": created})
    writer = _Book(book, document.language)
    for title, blocks in _sheets(document):
        writer.sheet(title, blocks)
    writer.finish()
    book.close()
    vars(book).clear()  # it and its sheets hold each other; all the cells would wait for the garbage collector
    return target.getvalue()


def _sheets(document: Document) -> Iterator[tuple[str, list[Block]]]:
    title, blocks = document.title, list[Block]()
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            if blocks:
                yield title, blocks
            title, blocks = plain(block.content), [block]
        else:
            blocks.append(block)
    yield title, blocks


class _Book(Struct):
    book: Any
    language: Language
    names: set[str] = field(default_factory=set)
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)
    long_texts: list[str] = field(default_factory=list)

    def format(self, **properties: Any) -> Any:
        """A cell format; the same properties give the same one."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]

    def sheet(self, title: str, blocks: Sequence[Block]) -> None:
        """Write a sheet."""
        sheet = self.book.add_worksheet(self._name(title))
        _Sheet(self, sheet, title, blocks).write()

    def fitting(self, text: str) -> str:
        """The text, or as much of it as a cell can hold and where it goes on."""
        if len(text) <= _SURELY_FITS and text[-1:] != _CONTINUES:
            return text
        parts = pieces(text)
        if len(parts) == 1 and not CONTINUED.search(text):
            return text
        self.long_texts.append("".join(parts[1:]))
        return f"{parts[0]}\n〔→ L{len(self.long_texts)}〕"

    def finish(self) -> None:
        """Write the sheet of long texts, if there are any."""
        if not self.long_texts:
            return
        words = labels(self.language)
        columns = tuple(TableColumn(words[each], width) for each, width in (("part", 8), ("piece", 8), ("text", 100)))
        rows = tuple(
            (f"L{number}", str(count), piece)
            for number, text in enumerate(self.long_texts, 1)
            for count, piece in enumerate(pieces(text), 1)
        )
        self.long_texts = []
        title = words["continued"]
        sheet = self.book.add_worksheet(self._name(title))
        _Sheet(self, sheet, title, (Table(columns, rows),), exact=True).write()

    def _name(self, title: str) -> str:
        """A name Excel takes: short, unique whatever the case, without `[]:*?/\\`, no apostrophe at its ends."""
        bare = " ".join("".join(" " if char in "[]:*?/\\" else char for char in title).split()).strip("'") or "Sheet"
        bare = "History_" if bare.lower() == "history" else bare
        name, count = _cut(bare, NAME_LIMIT), 1
        while name.lower() in self.names:
            count += 1
            name = _cut(bare, NAME_LIMIT - len(f" {count}")) + f" {count}"
        self.names.add(name.lower())
        return name


def _cut(text: str, units: int) -> str:
    """As much of the text as `units` UTF-16 units hold; Excel counts those."""
    return pieces(text, units)[0].rstrip(" '")


class _Sheet:
    """Writes the blocks of one sheet, from the top down."""

    def __init__(self, book: _Book, sheet: Any, title: str, blocks: Sequence[Block], exact: bool = False) -> None:
        self._book, self._sheet, self._title, self._blocks, self._exact = book, sheet, title, blocks, exact
        self._row = 0
        self._tables = [block for block in blocks if isinstance(block, Table)]
        self._widths = _widths(self._tables) or [100]
        self._rooms = [_room(width) for width in self._widths]

    def write(self) -> None:
        """Write everything, then set up the page."""
        if not isinstance(next(iter(self._blocks), None), Heading):
            self._line(self._title, self._heading_format(1), 1)
        for block in self._blocks:
            self._block(block)
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, width)
        self._page()

    def _block(self, block: Block) -> None:
        match block:
            case Heading(level, content):
                self._line(plain(content), self._heading_format(level), level)
            case Paragraph(content):
                self._line(plain(content), self._paragraph_format(content))
            case List():
                self._list(block, 0)
            case Table():
                self._table(block)
            case Code(text, _):
                self._line(text, self._text_format(font_name=_CODE_FONT, bg_color="#F4F6F8"))
            case Listing(title, text, _, _):
                self._line(title, self._text_format(bold=True))
                self._line(text, self._text_format(font_name=_CODE_FONT, bg_color="#F4F6F8"))
            case Callout(_, blocks):
                for each in blocks:
                    words = plain(each.content) if isinstance(each, Paragraph) else ""
                    if words:
                        self._line(
                            words, self._text_format(bold=True, bg_color="#FFF4C2", border=1, border_color=_LINE)
                        )
                    else:
                        self._block(each)
            case Image(data, _, alternative):
                self._image(data, alternative)
            case PageBreak() if self._row:
                self._sheet.set_h_pagebreaks([self._row])
            case _:
                return

    def _heading_format(self, level: int) -> Any:
        size = {1: 16, 2: 13}.get(level, 11)
        return self._book.format(bold=True, font_size=size, font_color=_HEAD, num_format="@", valign="vcenter")

    def _text_format(self, **more: Any) -> Any:
        return self._book.format(num_format="@", text_wrap=True, valign="top", **more)

    def _paragraph_format(self, content: Cell) -> Any:
        gap = any(isinstance(each, Mark) and each.tone == "gap" for each in content)
        return self._text_format(**_colours("gap")) if gap else self._text_format()

    def _line(self, text: str, form: Any, heading_level: int = 0) -> None:
        """A text across the sheet, in as many rows of paper as it needs; a heading in one cell."""
        points = _LINE_POINTS * wrapped_lines(text, max(10, sum(self._widths) - 2))
        if heading_level:
            points = {1: 30.0, 2: 26.0}.get(heading_level, 20.0)
        self._sheet.set_row(self._row, min(_MAX_ROW_POINTS, points + 3))
        text = self._book.fitting(text)
        if len(self._widths) > 1 and not heading_level:
            self._sheet.merge_range(self._row, 0, self._row, len(self._widths) - 1, "", form)
        self._sheet.write_string(self._row, 0, text, form)
        self._row += 1

    def _list(self, block: List, depth: int) -> None:
        for number, item in enumerate(block.items, block.start or 1):
            mark = "•" if block.start is None else f"{number}."
            if item.checked is not None:
                mark = "☑" if item.checked else "☐"
            for count, each in enumerate(item.blocks):
                lead = "    " * depth + (f"{mark} " if count == 0 else "   ")
                if isinstance(each, Paragraph):
                    self._line(lead + plain(each.content), self._paragraph_format(each.content))
                elif isinstance(each, List):
                    self._list(each, depth + 1)
                else:
                    self._block(each)

    def _image(self, data: bytes, alternative: str) -> None:
        from xlsxwriter.exceptions import XlsxWriterException

        try:
            self._sheet.insert_image(
                self._row, 0, "picture", {"image_data": io.BytesIO(data), "description": alternative}
            )
            self._row += 15
        except XlsxWriterException:
            self._line(alternative, self._text_format(italic=True))

    def _table(self, table: Table) -> None:
        head = self._book.format(
            bold=True, font_color="#FFFFFF", bg_color=_HEAD, border=1, border_color=_LINE,
            text_wrap=True, valign="vcenter", align="center", num_format="@",
        )  # fmt: skip
        formats = [self._cell_format(each) for each in table.columns]
        if table.is_facts:
            formats[0] = self._book.format(
                bold=True, font_color=_HEAD, bg_color="#E9EFF6", border=1, border_color=_LINE,
                text_wrap=True, valign="top", num_format="@",
            )  # fmt: skip
            self._table_rows(table, table.rows, formats)
            self._row += 1
            return
        header_row = self._row
        for column, each in enumerate(table.columns):
            self._sheet.write_string(self._row, column, self._book.fitting(each.header), head)
        lines = max(map(wrapped_lines, (each.header for each in table.columns), self._rooms), default=1)
        self._sheet.set_row(self._row, min(_MAX_ROW_POINTS, _LINE_POINTS * lines + 9))
        self._row += 1
        self._table_rows(table, (*table.rows, *[("",) * len(table.columns)] * table.spare), formats)
        more = max(0, _MORE_ROWS - table.spare)
        for column, each in enumerate(table.columns):
            self._choices(each, (header_row + 1, column, self._row - 1 + more, column), prompted=table.spare > 0)
            if not table.spare:
                self._prompt(each, (header_row, column, header_row, column))
        for row, each in enumerate(table.values, header_row + 1):
            self._choices(each, (row, 1, row, 1), prompted=True)
        self._head(table, header_row)
        self._row += 1

    def _table_rows(self, table: Table, rows: Iterable[Sequence[Cell]], formats: Sequence[Any]) -> None:
        write_string, write_blank = self._sheet.write_string, self._sheet.write_blank
        fitting = str if self._exact else self._book.fitting
        columns = [*zip(itertools.count(), formats, [not each.as_text for each in table.columns])]
        rows = list(rows)
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            body = rows[first : first + _ROWS_AT_ONCE]
            texts = [[_text(row[index]) for row in body] for index in range(len(columns))]
            for row, (cells, lines) in enumerate(
                zip(body, _lines_of_rows(texts, self._rooms, len(body)), strict=True), self._row
            ):
                for cell, (column, form, is_number) in zip(cells, columns, strict=False):
                    if not cell:
                        write_blank(row, column, None, form)
                    elif type(cell) is str and not is_number:
                        fits = len(cell) <= _SURELY_FITS and cell[-1] != _CONTINUES
                        write_string(row, column, cell if fits else fitting(cell), form)
                    else:
                        self._odd_cell(row, column, cell, table.columns[column], form, fitting)
                self._sheet.set_row(row, min(_MAX_ROW_POINTS, _LINE_POINTS * lines + 5))
            self._row += len(body)

    def _odd_cell(
        self, row: int, column: int, cell: Cell, declared: TableColumn, form: Any, fitting: Callable[[str], str]
    ) -> None:
        """Write a number, or inline content as its words."""
        text = _text(cell)
        if not text:
            self._sheet.write_blank(row, column, None, form)
        elif not declared.as_text and text.isdecimal() and text == str(int(text)) and len(text) < 16:
            self._sheet.write_number(row, column, int(text), form)
        else:
            look = self._cell_format(declared, example=True) if _is_emphasised(cell) else form
            self._sheet.write_string(row, column, fitting(text), look)

    def _cell_format(self, column: TableColumn, example: bool = False) -> Any:
        more: dict[str, Any] = {"num_format": "@"} if column.as_text else {}
        if example:
            more |= {"italic": True, "font_color": _FAINT, "bg_color": "#F4F6F8"}
        if column.code:
            more["font_name"] = _CODE_FONT
        if column.align != "left":
            more["align"] = column.align
        if column.align == "right":
            more["indent"] = 1  # numbers keep away from the words of the next column
        return self._book.format(text_wrap=True, valign="top", border=1, border_color=_LINE, **more)

    def _choices(self, each: TableColumn, area: tuple[int, int, int, int], prompted: bool) -> None:
        """Offer the words that the cells of an area may hold, and say what to write there where that is wished."""
        words = [choice.text for choice in each.choices]
        if words and len(",".join(words)) <= _CHOICES_LIMIT and not any("," in word for word in words):
            rule = {"validate": "list", "source": words, "error_type": "warning"}
            self._sheet.data_validation(*area, rule | (_prompt(each) if prompted else {}))
        elif prompted:
            self._prompt(each, area)
        for choice in each.choices:
            if choice.tone:
                # The sign is shown, not written: the cell holds the bare word.
                sign = f'"{_SIGNS[choice.tone]} "@' if choice.tone in _SIGNS else "@"
                form = self._book.format(bold=True, num_format=sign, **_colours(choice.tone))
                quoted = choice.text.replace('"', '""')
                rule = {"type": "cell", "criteria": "==", "value": f'"{quoted}"', "format": form}
                self._sheet.conditional_format(*area, rule)

    def _prompt(self, each: TableColumn, area: tuple[int, int, int, int]) -> None:
        if each.hint:
            self._sheet.data_validation(*area, {"validate": "any", **_prompt(each)})

    def _head(self, table: Table, header_row: int) -> None:
        """The header of the sheet's longest table filters; that of its last one stands on every page behind it, of its only one in view."""
        if len(self._tables) == 1 and header_row < 8:
            self._sheet.freeze_panes(header_row + 1, 2 if len(table.columns) > 6 else 0)
        if table is max(self._tables, key=lambda each: len(each.rows)) and self._row > header_row + 1:
            self._sheet.autofilter(header_row, 0, self._row - 1, len(table.columns) - 1)
        if table is self._tables[-1] and (len(self._tables) == 1 or header_row < _FIRST_ROWS):
            self._sheet.repeat_rows(header_row)

    def _page(self) -> None:
        sheet, width = self._sheet, sum(self._widths)
        if width > _UPRIGHT:
            sheet.set_landscape()
        sheet.set_paper(_A3 if width > 180 else _A4)
        across = -(-width // _ON_A3)
        sheet.fit_to_pages(across, 0)
        if across > 1:
            sheet.repeat_columns(0, 1)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.hide_gridlines(2)


def _prompt(column: TableColumn) -> dict[str, str]:
    """What Excel shows beside a cell that is selected."""
    return {"input_title": column.header[:32], "input_message": column.hint[:255]} if column.hint else {}


def _colours(tone: Tone) -> dict[str, str]:
    ink, ground = _TONES[tone]
    return {"font_color": ink, "bg_color": ground}


def _room(width: int) -> int:
    """Half-width characters a line of a column's cells: less its margins, and a reserve for letters that are wider than others."""
    return max(1, int((width - 1) * _FILLED))


def _widths(tables: Sequence[Table]) -> list[int]:
    """For each column of a sheet, its width in half-width characters: as wide as its content, within the table's wish."""
    widths: list[int] = []
    for table in tables:
        for index, column in enumerate(table.columns):
            lines = "\n".join({_text(row[index]) for row in table.rows[:500]}).split("\n")
            content = max(map(display_width, lines))
            # Where there is something to fill in, there is room for it.
            room = _TO_FILL_IN if not table.rows or table.spare or len(table.columns) == 2 else 6
            most = column.width or 60
            wish = max(content, room) if max(content, room) <= most * _RATHER_WIDER else most
            wish += 1 + math.ceil(wish * (1 - _FILLED))
            needed = max(wish, min(display_width(column.header.replace("\n", "")) + 4, 16))
            if index == len(widths):
                widths.append(needed)
            else:
                widths[index] = max(widths[index], needed)
    return widths


def _lines_of_rows(columns: Sequence[Sequence[str]], rooms: Sequence[int], count: int) -> list[int]:
    """How many lines the tallest cell takes of each of `count` rows."""
    wrapped: list[list[tuple[int, str, int]]] = [[] for _ in range(count)]
    for texts, room in zip(columns, rooms, strict=False):
        half = room // 2
        for row, text in enumerate(texts):
            may_wrap = "\n" in text or (len(text) > half and (len(text) > room or not text.isascii()))
            if may_wrap and (lines := least_lines(text, room)) > 1:
                wrapped[row].append((lines, text, room))
    return [most_lines(cells) for cells in wrapped]


def _is_emphasised(cell: Cell) -> bool:
    """Whether all of a cell is set apart: an example, not data."""
    return not isinstance(cell, str) and bool(cell) and all(isinstance(each, Emphasis) for each in cell)


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else plain(cell)
