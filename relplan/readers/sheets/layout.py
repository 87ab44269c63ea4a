"""Where on a sheet tables begin and end: headers that come again, titles over them, blocks that are something else."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import structs

from relplan.grids import ENOUGH_COLUMNS, HEADER_ROWS, Grid, Header, Spot, header_at
from relplan.model.columns import HeaderIndex, normalise_header
from relplan.readers.parts import ROWS, part_titled
from relplan.readers.sheets.facts import path_of_key
from relplan.readers.sheets.headers import Table
from relplan.readers.sheets.tables import is_note

_REMEMBERED: Final = 4096
"""Beginnings of texts that are known to be none of headers, or to be some."""

_CAPTION_LENGTH: Final = 20
"""Characters of a header that no one knows, at most."""


class Block(NamedTuple):
    """Some rows of a sheet.

    Attributes:
        part: the part of a plan they hold; blank where they hold none.
        table: of a release table, where it is.
        start, end: the first row and the one after the last.
    """

    part: str
    table: Table | None
    start: int
    end: int


class Layout:
    """Divides a sheet, from the header of its first release table on. In a sheet of relplan's `own` making headers alone divide."""

    def __init__(self, grid: Grid, index: HeaderIndex, own: bool) -> None:
        self._grid, self._index, self._own = grid, index, own
        self._may_be_header = _FirstLook(index).__getitem__

    def blocks(self, header: Header, start: int) -> list[Block]:
        """The blocks of a sheet, in their order; the first is the table of `header`, below facts that begin in row `start`."""
        blocks = list(self._blocks(header))
        first = blocks[0].table
        if first and any(block.table and block.table.title for block in blocks) and not self._own:
            title = self._title_above(header.row, start)
            blocks[0] = blocks[0]._replace(table=structs.replace(first, title=title))
        return blocks

    def _blocks(self, header: Header) -> Iterator[Block]:
        grid, row, title = self._grid, header.body, None
        current: Header | None = header
        start = header.row
        while row < len(grid.rows):
            if again := self._header(row, header):
                title_row = self._title_above(row, start if current is None else current.body)
                yield from self._ended(current, start, row if title_row is None else title_row[0], title)
                header = current = again
                start, title, row = again.row, title_row, again.body
                continue
            if current and not self._own and grid.is_blank_row(row - 1) and self._begins_other(row):
                yield from self._ended(current, start, row, title)
                current, start = None, row
            row += 1
        yield from self._ended(current, start, len(grid.rows), title)

    def _ended(self, header: Header | None, start: int, end: int, title: Spot | None) -> Iterator[Block]:
        if header is not None:
            yield Block("table", Table(header, end, title), start, end)
            return
        for first, last in self._paragraphs(start, end):
            filled = self._grid.filled(first)
            part = part_titled(self._grid.text(first, filled[0])) if len(filled) == 1 else None
            yield Block(part if part and part in ROWS and part != "table" else "", None, first, last)

    def _paragraphs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The runs of rows that are not blank."""
        first = None
        for row in range(start, end):
            if not self._grid.is_blank_row(row):
                first = row if first is None else first
            elif first is not None:
                yield first, row
                first = None
        if first is not None:
            yield first, end

    def _header(self, row: int, before: Header) -> Header | None:
        """The header that begins in a row, if one does. One that lacks a cell takes the column from the header before."""
        if sum(map(self._may_be_header, map(_BEGINNING, self._grid.rows[row]))) < ENOUGH_COLUMNS:
            return None
        found = header_at(self._grid, row, self._index)
        if len(found.fields) < max(ENOUGH_COLUMNS, len(self._grid.filled(row)) // 2 + 1):
            return None
        if set(found.fields.items()) < set(before.fields.items()):
            missing = {c: name for c, name in before.fields.items() if c not in found.fields and c not in found.others}
            fields = dict(sorted({**found.fields, **missing}.items()))
            return Header(found.row, found.body, fields, found.others)
        return found

    def _title_above(self, row: int, limit: int) -> Spot | None:
        """The cell that stands alone over a header, below the row `limit`; a sentence is no title."""
        above = next((each for each in range(row - 1, max(limit, row - 3) - 1, -1) if self._grid.filled(each)), None)
        if above is None or len(columns := self._grid.filled(above)) != 1:
            return None
        spot = above, columns[0]
        apart = above == limit or not self._grid.filled(above - 1) or self._grid.across(*spot)
        return spot if apart and not is_note(self._grid.text(*spot)) else None

    def _begins_other(self, row: int) -> bool:
        """Whether something else than rows begins below a blank row: a part under its title, or a table with other headers."""
        columns = self._grid.filled(row)
        if len(columns) == 1:
            part = part_titled(self._grid.text(row, columns[0]))
            if part in ROWS and part != "table":
                return True
            row += 1
        return row + 1 < len(self._grid.rows) and self._is_other_header(row)

    def _is_other_header(self, row: int) -> bool:
        texts = [self._grid.text(row, column) for column in self._grid.filled(row)]
        short = all(len(text) <= _CAPTION_LENGTH and not any(map(str.isdigit, text)) for text in texts)
        below = len(self._grid.filled(row + 1))
        return len(texts) > 1 < below and short and any(map(self._index.field, texts))


def is_form(grid: Grid, index: HeaderIndex, header_row: int | None = None) -> bool:
    """Whether a sheet has labels beside their values, in two rows or more; `header_row` must be one of them, if it is given."""
    rows = range(min(len(grid.rows), HEADER_ROWS))
    if header_row is not None and not (header_row in rows and _is_pairs(grid, header_row, index)):
        return False
    return sum(_is_pairs(grid, row, index) for row in rows) > 1


def _is_pairs(grid: Grid, row: int, index: HeaderIndex) -> bool:
    """Whether a row has two or more known labels, and behind each a text that is none."""
    known = [bool(index.field(text) or path_of_key(text)) for text in (grid.text(row, c) for c in grid.filled(row))]
    pairs = sum(label and not value for label, value in zip(known[::2], known[1::2], strict=False))
    return pairs > 1 and not any(known[1::2])


_BEGINNING: Final = operator.itemgetter(slice(2))


class _FirstLook(dict[str, bool]):
    """Whether a text may be a known header, by its first two characters: spares most rows a closer look."""

    def __init__(self, index: HeaderIndex) -> None:
        self._known = {header[:2] for header in index.fields} | {header[:1] for header in index.fields}

    def __missing__(self, start: str) -> bool:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[start] = found = self._may_be(start)
        return found

    def _may_be(self, start: str) -> bool:
        if start.isalpha():
            return normalise_header(start) in self._known
        if not start or start.isspace() or start[0].isdigit():
            return False
        return not start[0].isalpha() or normalise_header(start[0]) in self._known
