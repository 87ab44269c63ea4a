"""Plain text as pieces: every line a paragraph, lines divided by tabs or `|` a table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from relplan.blocks import Paragraph, Table, TableColumn, Text
from relplan.errors import Place
from relplan.grids import Grid
from relplan.model.read import Read
from relplan.patterns import regex
from relplan.readers.documents.outline import read_pieces
from relplan.readers.documents.pieces import Piece
from relplan.readers.draft import Draft
from relplan.readers.options import DEFAULT, ReadOptions
from relplan.readers.sheets.delimited import decoded

_RULE: Final = regex(r"[\s|+:=_-]+")
_Line = tuple[int, str]


def read_txt(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in a text file.

    Raises:
        ReadError: it is no text, or holds no part of a plan.
        PlanError: it holds text that no plan can hold.
    """
    return read_pieces(pieces(decoded(data, name, options), name), Draft(name), options)


def pieces(text: str, name: str) -> list[Piece]:
    """The lines of a text; blank lines divide, and say nothing."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1)]
    found: list[Piece] = []
    for kind, group in itertools.groupby(lines, key=lambda line: _divider(line[1])):
        rows = [row for row in group if row[1].strip()]
        if kind and len(rows) > 1:
            found.append(_table(rows, kind, name, sum(each.grid is not None for each in found) + 1))
        else:
            found.extend(_paragraphs(rows, name))
    return found


def _divider(line: str) -> str:
    """What divides the cells of a line that may be a row of a table; blank for any other line."""
    if "\t" in line.strip():
        return "\t"
    return "|" if line.count("|") > 2 or (line.count("|") == 2 and line.strip().startswith("|")) else ""


def _paragraphs(rows: Sequence[_Line], name: str) -> Iterator[Piece]:
    for number, line in rows:
        yield Piece(Paragraph((Text(line.strip()),)), Place(name, line=number))


def _table(rows: Sequence[_Line], divider: str, name: str, count: int) -> Piece:
    body = [row for row in rows if divider == "\t" or not _RULE.fullmatch(row[1])] or list(rows)
    cells = [_cells(line, divider) for _, line in body]
    width = max(map(len, cells))
    cells = [row + [""] * (width - len(row)) for row in cells]
    columns = tuple(TableColumn(cell) for cell in cells[0])
    grid = Grid(f"table {count}", cells, lines=[number for number, _ in body])
    return Piece(Table(columns, tuple(map(tuple, cells[1:]))), Place(name, line=body[0][0]), grid)


def _cells(line: str, divider: str) -> list[str]:
    bare = line.strip().strip("|") if divider == "|" else line.rstrip("\r\n")
    return [cell.strip() for cell in bare.split(divider)]
