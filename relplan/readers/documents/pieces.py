"""A document as it was read: its blocks, each with its place. Word, Markdown, HTML and plain text all arrive so."""

from __future__ import annotations

from dataclasses import dataclass

from relplan.blocks import Block, Table, plain
from relplan.errors import Place
from relplan.grids import Grid


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a document that was read.

    Attributes:
        block: a heading, paragraph, list, table, code …; tables have their headers as the first row of `grid`.
        place: where it stands: a line of a text file, `¶12` (a paragraph) or `table 2` of a Word document.
        grid: of a table: its cells with their places and merges; None for other blocks.
        items: of a list: the place of each of its items, in order; blank where they have none of their own.
    """

    block: Block
    place: Place
    grid: Grid | None = None
    items: tuple[Place, ...] = ()


def grid_of(table: Table, name: str, lines: tuple[int, ...] = ()) -> Grid:
    """The cells of a table as text, its headers first."""
    head = [column.header for column in table.columns]
    return Grid(name, [head, *([plain(cell) for cell in row] for row in table.rows)], lines=lines)
