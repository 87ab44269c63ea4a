"""A sheet on which someone has laid out a whole document: headings, sentences, lists and tables below one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct, field

from relplan.blocks import (
    Anchor,
    Block,
    Cell,
    Code,
    Heading,
    Link,
    List,
    ListItem,
    Paragraph,
    Table,
    TableColumn,
    Text,
    lines,
)
from relplan.errors import LANGUAGES, Place
from relplan.grids import Area, Grid
from relplan.patterns import regex
from relplan.readers.documents.chapters import may_be_title
from relplan.readers.documents.headings import title_of
from relplan.readers.documents.pieces import Piece
from relplan.readers.parts import part_titled
from relplan.resources import labels

_OWN_HEADINGS: Final = frozenset(
    str(labels(each)[word]) for each in LANGUAGES for word in ("further_columns", "listings")
)
_SAYING_LITTLE: Final = frozenset(("", "table", "overview", "sections"))
"""Parts whose headings stand over tables too, and what is no heading of a part."""

_ENOUGH_PARTS, _ENOUGH_ITEMS = 2, 3
_BULLET: Final = regex(r"[•·●▪◦]\s*")


def _reference(key: str) -> re.Pattern[str]:
    """How a cell refers to a listing, or a listing is named, in either language; the group is its number."""
    forms = (re.escape(str(labels(each)[key])) for each in LANGUAGES)
    known = (form.replace(r"\{number\}", r"(\d+)").replace(r"\{lines\}", r"\d+") for form in forms)
    return re.compile("|".join(f"(?:{form})" for form in known))


_SEE: Final = _reference("see_listing")
_NAMED: Final = _reference("listing")


def is_page(grid: Grid) -> bool:
    """Whether a sheet is a document: headings of several parts of a plan stand alone in their rows, one of relplan's own, or a list.

    A sheet whose first words are the title of a part, without a number, holds that part alone.
    """
    alone = dict.fromkeys(text for row in range(len(grid.rows)) if (text := grid.only(row)) and _is_apart(grid, row))
    first = next(iter(alone), "")
    if not title_of(first).style and part_titled(first):
        return False
    parts = {title_of(text).part for text in alone if "\n" not in text} - _SAYING_LITTLE
    items = sum(_BULLET.match(text) is not None for text in alone)
    return len(parts) >= _ENOUGH_PARTS or items >= _ENOUGH_ITEMS or not _OWN_HEADINGS.isdisjoint(alone)


def pieces(grid: Grid, name: str) -> list[Piece]:
    """The blocks of a sheet, each with its place.

    Args:
        grid: the sheet.
        name: of the file.
    """
    return list(_Page(grid, name).pieces())


def _is_apart(grid: Grid, row: int) -> bool:
    """Whether the row above is none of a table, in which the names of groups stand alone too."""
    return row == 0 or len(grid.filled(row - 1)) < 2


class _Page(Struct):
    """Walks the rows of a sheet."""

    grid: Grid
    name: str
    _tables: int = 0
    _items: list[tuple[str, Place]] = field(default_factory=list)
    _listing: str = ""

    def pieces(self) -> Iterator[Piece]:
        row = 0
        while row < len(self.grid.rows):
            filled = self.grid.filled(row)
            if len(filled) > 1:
                yield from self._list()
                end = self._end_of_table(row)
                yield self._table(row, end)
                row = end
                continue
            if filled:
                yield from self._line(row, filled[0])
            row += 1
        yield from self._list()

    def _line(self, row: int, column: int) -> Iterator[Piece]:
        text, place = self.grid.text(row, column), self.grid.place(self.name, row, column)
        if match := _BULLET.match(text):
            self._items.append((text[match.end() :], place))
            return
        yield from self._list()
        yield Piece(self._block(row, text), place)

    def _block(self, row: int, text: str) -> Block:
        if self._listing:
            self._listing = ""
            return Code(text)
        if (match := _NAMED.match(text)) and "\n" not in text:
            self._listing = f"listing-{_number(match)}"
            return Paragraph((Anchor(self._listing), Text(text)))
        return Heading(2, (Text(text),)) if self._is_heading(row, text) else Paragraph(lines(text))

    def _is_heading(self, row: int, text: str) -> bool:
        """Whether a text begins a chapter: it names a part, or stands below a blank row with more below it."""
        if row == 0 or "\n" in text or not may_be_title(Piece(Paragraph((Text(text),)), Place(self.name))):
            return False
        apart = not self.grid.filled(row - 1) and row + 1 < len(self.grid.rows) and bool(self.grid.filled(row + 1))
        return bool(title_of(text).part) or text in _OWN_HEADINGS or apart

    def _list(self) -> Iterator[Piece]:
        """The list that is open, if there is one."""
        if items := self._items:
            self._items = []
            block = List(tuple(ListItem((Paragraph(lines(text)),)) for text, _ in items))
            yield Piece(block, items[0][1], items=tuple(place for _, place in items))

    def _end_of_table(self, start: int) -> int:
        """The first row behind a table: a blank one, or one that names a part."""
        for row in range(start + 1, len(self.grid.rows)):
            text = self.grid.only(row)
            if not self.grid.filled(row) or (text and title_of(text).part and self._is_heading(row, text)):
                return row
        return len(self.grid.rows)

    def _table(self, start: int, end: int) -> Piece:
        self._tables += 1
        grid = _slice(self.grid, start, end, self.name)
        rows: list[Sequence[Cell]] = [[_cell(text) for text in row] for row in grid.rows]
        columns = tuple(TableColumn(text) for text in grid.rows[0])
        return Piece(Table(columns, tuple(map(tuple, rows[1:]))), self.grid.place(self.name, start, 0), grid)


def _number(match: re.Match[str]) -> str:
    return str(next(filter(None, match.groups())))


def _cell(text: str) -> Cell:
    """The content of a cell; one that refers to a listing is a link to it."""
    match = _SEE.fullmatch(text.strip())
    return (Link(f"#listing-{_number(match)}", (Text(text),)),) if match else text


def _slice(grid: Grid, start: int, end: int, name: str) -> Grid:
    """Some rows of a sheet as a table of their own, whose cells keep their places."""
    rows = [list(row) for row in grid.rows[start:end]]
    width = max(map(len, rows))
    inside = {(r, c) for r, row in enumerate(rows) for c in range(len(row))}
    return Grid(
        grid.name,
        [row + [""] * (width - len(row)) for row in rows],
        merges=tuple(
            Area(area.top - start, area.left, area.bottom - start, area.right)
            for area in grid.merges
            if start <= area.top and area.bottom < end
        ),
        numbers=frozenset((r - start, c) for r, c in grid.numbers if (r - start, c) in inside),
        spots={(r, c): grid.place(name, r + start, c) for r, c in inside},
        struck=frozenset((r - start, c) for r, c in grid.struck if (r - start, c) in inside),
        comments={(r - start, c): text for (r, c), text in grid.comments.items() if (r - start, c) in inside},
        links={(r - start, c): url for (r, c), url in grid.links.items() if (r - start, c) in inside},
        unsaved=frozenset((r - start, c) for r, c in grid.unsaved if (r - start, c) in inside),
    )
