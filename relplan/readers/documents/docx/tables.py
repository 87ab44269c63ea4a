"""The tables of Word as rectangles of cells: spans and vertical merges, rows and cells that were deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from relplan.blocks import Block, Callout, Cell, Code, Heading, List, Paragraph, Table, TableColumn, plain
from relplan.errors import Place, ReadError, problem
from relplan.grids import Area, Grid, Spot, address
from relplan.readers.documents.docx.package import inside, value, whole
from relplan.readers.documents.pieces import Piece, looks_of, words

MOST_COLUMNS: Final = 63
"""More than these Word does not open."""

_MOST_CELLS: Final = 2_000_000
_LOOK_OF_FIRST_ROW: Final = 0x0020
_LOOK_OF_FIRST_COLUMN: Final = 0x0080


class Rectangle(Struct):
    """A table as a rectangle of cells."""

    rows: list[list[Cell]]
    merges: list[Area]

    def piece(self, name: str, title: str, is_facts: bool) -> Piece:
        """The table as a piece; a table of facts gets a blank row for its headers, as if written in Markdown."""
        texts = [[plain(cell).strip() for cell in row] for row in self.rows]
        place = Place(name, sheet=title)
        width = len(texts[0])
        rows = tuple(map(tuple, self.rows))
        blank: list[list[Cell]] = [[""] * width] if is_facts else []
        struck, links = looks_of([*blank, *self.rows])
        if not is_facts:
            columns = tuple(TableColumn(text) for text in texts[0])
            grid = Grid(title, texts, tuple(self.merges), struck=struck, links=links)
            return Piece(Table(columns, rows[1:]), place, grid)
        spots: dict[Spot, Place] = {
            (r + 1, c): Place(name, sheet=title, cell=address(r, c)) for r in range(len(texts)) for c in range(width)
        }
        merges = tuple(Area(each.top + 1, each.left, each.bottom + 1, each.right) for each in self.merges)
        table = Table((TableColumn(""),) * width, rows)
        grid = Grid(title, [[""] * width, *texts], merges, spots=spots, struck=struck, links=links)
        return Piece(table, place, grid)


def rows_of(table: Any, w: str) -> Iterator[list[Any]]:
    """The cells of each row that was not deleted; None for each column that a row leaves out at its start."""
    for row in inside(table, ("tr",)):
        properties = row.find(f"{w}trPr")
        if properties is None or properties.find(f"{w}del") is None:
            before = min(whole(value(properties, "gridBefore", w), 0), MOST_COLUMNS)
            cells = [each for each in inside(row, ("tc",)) if each.find(f"{w}tcPr/{w}cellDel") is None]
            yield [None] * before + cells


def is_facts(table: Any, w: str) -> bool:
    """Whether a table says that its first column heads the rows, and no row the columns."""
    look = table.find(f"{w}tblPr/{w}tblLook")
    if look is None:
        return False
    if look.get(f"{w}firstRow") is None:  # as Word 2007 wrote it
        bits = look.get(f"{w}val", "")
        flags = int(bits, 16) if len(bits) == 4 and all(each in "0123456789ABCDEFabcdef" for each in bits) else 0
        return bool(flags & _LOOK_OF_FIRST_COLUMN) and not flags & _LOOK_OF_FIRST_ROW
    return look.get(f"{w}firstRow") in ("0", "false") and look.get(f"{w}firstColumn") in ("1", "true")


def laid(rows: Sequence[Sequence[Any]], read: Callable[[Any], Cell], w: str, name: str, limit: int) -> Rectangle:
    """The cells of a table in their columns, as `read` gives them; spans and vertical merges become merges.

    Raises:
        ReadError: it is larger than the limit, which counts the cells that spans and short rows leave blank.
    """
    cells: list[list[Cell]] = []
    merges: list[Area] = []
    running: dict[int, int] = {}
    width = 0
    for r, row in enumerate(rows):
        cells.append([])
        for cell in row:
            column = len(cells[-1])
            span, goes_on = _merge(cell, r, column, merges, running, w)
            cells[-1] += [read(cell) if cell is not None and not goes_on else "", *[""] * (span - 1)]
        width = max(width, len(cells[-1]))
        if width * len(rows) > _MOST_CELLS * limit:
            raise ReadError(_too_large(name))
    many = [each for each in merges if (each.bottom, each.right) != (each.top, each.left)]
    return Rectangle([row + [""] * (width - len(row)) for row in cells] if width else [], many)


def _merge(cell: Any, row: int, column: int, merges: list[Area], running: dict[int, int], w: str) -> tuple[int, bool]:
    """How many columns a cell spans, and whether it goes on with the one above; `running` are the merges by column."""
    properties = cell.find(f"{w}tcPr") if cell is not None else None
    span = max(1, min(whole(value(properties, "gridSpan", w), 1), MOST_COLUMNS))
    merge = properties.find(f"{w}vMerge") if properties is not None else None
    if merge is None:
        running.pop(column, None)
        if span > 1:
            merges.append(Area(row, column, row, column + span - 1))
        return span, False
    if merge.get(f"{w}val", "continue") == "continue" and column in running:
        top = merges[running[column]]
        merges[running[column]] = Area(top.top, top.left, row, top.right)
        return span, True
    running[column] = len(merges)
    merges.append(Area(row, column, row, column + span - 1))
    return span, False


def _too_large(name: str) -> Any:
    return problem(
        f"表格过大（超过 {_MOST_CELLS:,} 个单元格）；请删除空行和空列",
        f"a table is too large (over {_MOST_CELLS:,} cells); delete its blank rows and columns",
        name,
    )


def lines(block: Block) -> Iterator[str]:
    """What a block in a cell says, line by line; the cells of a table in it are divided by tabs."""
    if isinstance(block, Paragraph | Heading):
        yield words(block.content)
    elif isinstance(block, Code):
        yield block.text
    elif isinstance(block, List):
        for number, item in enumerate(block.items, block.start or 0):
            mark = "- " if block.start is None else f"{number}. "
            inner = [line for each in item.blocks for line in lines(each)]
            yield from (f"{mark if not i else '   '}{line}" for i, line in enumerate(inner))
    elif isinstance(block, Table):
        yield "\t".join(column.header for column in block.columns)
        yield from ("\t".join(words(cell) for cell in row) for row in block.rows)
    elif isinstance(block, Callout):
        for each in block.blocks:
            yield from lines(each)
