"""Tables of HTML as pieces: cells that span rows and columns are merges, as in a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from relplan.blocks import Cell, Content, Table, TableColumn, Text, plain
from relplan.errors import Place, ReadError, problem
from relplan.grids import Area, Grid, address
from relplan.readers.documents.pieces import Piece, looks_of

_WIDEST_SPAN: Final = 1000  # HTML Living Standard, 4.9.11
_MOST_COLUMNS: Final = 16_384
_MOST_CELLS: Final = 5_000_000


def is_layout(table: Any) -> bool:
    """Whether a table only places things on the page: it holds tables, or a single cell."""
    if next(table.iterdescendants("table"), None) is not None:
        return True
    cells = table.iterdescendants("td", "th")
    return next(cells, None) is None or next(cells, None) is None


class Tables:
    """Makes pieces of the tables of one file, and counts them.

    Args:
        file: its name.
        content: what a cell holds.
    """

    def __init__(self, file: str, content: Callable[[Any], Content]) -> None:
        self._file, self._content, self._count = file, content, 0

    def piece(self, table: Any, place: Place) -> Iterator[Piece]:
        """The table with its cells, unless it is blank. A table of facts begins with a blank header.

        Raises:
            ReadError: it is too large.
        """
        self._count += 1
        laid = _Laid(table, self._content, place)
        if not laid.rows:
            return
        shift = 1 if _is_facts(table) else 0
        blank: list[list[Content]] = [[()] * laid.width] * shift
        rows = [*blank, *laid.rows]
        texts = [[plain(cell) for cell in row] for row in rows]
        yield Piece(
            Table(
                tuple(TableColumn(text.strip()) for text in texts[0]),
                tuple(tuple(map(_cell, row)) for row in rows[1:]),
            ),
            place,
            self._grid(laid, texts, shift),
        )

    def _grid(self, laid: _Laid, texts: list[list[str]], shift: int) -> Grid:
        name = f"table {self._count}"
        spots = {
            (r + 1, c): Place(self._file, sheet=name, cell=address(r, c))
            for r in range(len(laid.rows) * shift)
            for c in range(laid.width)
        }
        blank: list[list[Content]] = [[()] * laid.width] * shift
        struck, links = looks_of([*blank, *laid.rows])
        return Grid(
            name,
            texts,
            tuple(Area(each.top + shift, each.left, each.bottom + shift, each.right) for each in laid.merges),
            struck=struck,
            links=links,
            spots=spots,
        )


def _cell(content: Content) -> Cell:
    return plain(content) if all(isinstance(each, Text) for each in content) else content


def _is_facts(table: Any) -> bool:
    """Whether the first cell of every row heads it, and no row heads the columns."""
    rows = [[cell.tag for cell in row.iterchildren("td", "th")] for row in _rows(table)]
    return all(row[:1] == ["th"] and "td" in row for row in rows if row)


def _rows(table: Any) -> Iterator[Any]:
    for part in table.iterchildren("tr", "thead", "tbody", "tfoot"):
        if part.tag == "tr":
            yield part
        else:
            yield from part.iterchildren("tr")


class _Laid:
    """The cells of a table where they come to stand.

    Attributes:
        rows: what each cell holds, all rows of equal width.
        merges: the cells that span others.
    """

    def __init__(self, table: Any, content: Callable[[Any], Content], place: Place) -> None:
        self.rows: list[list[Content]] = []
        self.merges: list[Area] = []
        self._content, self._place = content, place
        self._taken: dict[int, int] = {}
        elements = list(_rows(table))
        for number, row in enumerate(elements):
            self._lay(row, number, len(elements))
        self.width = max(map(len, self.rows), default=0)
        if self.width * len(self.rows) > _MOST_CELLS:
            raise self._too_large()
        for cells in self.rows:
            cells += [()] * (self.width - len(cells))

    def _lay(self, row: Any, number: int, count: int) -> None:
        taken = {column: last for column, last in self._taken.items() if last >= number}
        cells: list[Content] = []
        for element in row.iterchildren("td", "th"):
            while len(cells) in taken:
                cells.append(())
            across = min(_span(element, "colspan"), _WIDEST_SPAN)
            down = min(_span(element, "rowspan") or count, count - number)
            left, right, bottom = len(cells), len(cells) + across - 1, number + down - 1
            if right >= _MOST_COLUMNS:
                raise self._too_large()
            if across > 1 or down > 1:
                self.merges.append(Area(number, left, bottom, right))
            taken |= {column: bottom for column in range(left, right + 1) if down > 1}
            cells += [self._content(element), *([()] * (across - 1))]
        self.rows.append(cells)
        self._taken = taken

    def _too_large(self) -> ReadError:
        return ReadError(
            problem(
                f"表格太大（最多 {_MOST_COLUMNS:,} 列、{_MOST_CELLS:,} 格）",
                f"the table is too large (at most {_MOST_COLUMNS:,} columns and {_MOST_CELLS:,} cells)",
                self._place,
            )
        )


def _span(element: Any, name: str) -> int:
    text = element.get(name, "1").strip()
    return int(text[:6]) if text.isdecimal() and text.isascii() else 1
