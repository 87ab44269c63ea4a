"""What will stand on each sheet: the rows of the form in the order in which its tags print them, with the values of their cells."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from relplan.documents.sandbox import Captured, Sandbox
from relplan.errors import Message, Place, Problem, TemplateError
from relplan.grids import address
from relplan.office.excel.form import Block, SheetForm
from relplan.office.program import Placed, Program, not_beforehand
from relplan.office.tags import Tag

COPY: Final = object()
"""The value of a cell that stays as it stands in the form."""

_ENDS: Final = {"for": "endfor", "if": "endif"}


@dataclass(slots=True)
class Row:
    """A row to be written.

    Attributes:
        template: the row of the form that it comes from.
        path: the turns of the loops that it was printed in, from the outermost in.
        values: by their column in the form, what cells with tags hold.
        cells: where columns are repeated, all cells: their column, that in the form, and what they hold.
    """

    template: int
    path: tuple[int, ...]
    values: dict[int, object] = field(default_factory=dict)
    cells: list[tuple[int, int, object]] | None = None


@dataclass(slots=True)
class Sheet:
    """A sheet to be written: its name, and its rows."""

    form: SheetForm
    name: str
    rows: list[Row] = field(default_factory=list)


def ordered(sheet: SheetForm) -> list[Placed]:
    """The tags of a sheet in the order in which they run; what is about the whole sheet comes first, and has an end."""
    if sheet.whole is None:
        return list(sheet.placed)
    first = sheet.placed[sheet.whole]
    end = Tag(0, 0, "statement", _ENDS.get(first.tag.keyword, "endif"), "sheet", "")
    rest = (placed for number, placed in enumerate(sheet.placed) if number != sheet.whole)
    return [first, *rest, Placed(end, first.where)]


def laid_out(
    sheet: SheetForm, environment: Sandbox, context: Mapping[str, Any], file: str, shown: Callable[[object], str]
) -> list[Sheet]:
    """The sheets that a sheet of a form becomes: one, or as many as its own loop has turns.

    Raises:
        TemplateError: a tag fails.
    """
    planner = _Planner(sheet, file)
    environment.filters |= planner.filters()
    environment.finalize = lambda value: value if isinstance(value, Captured) else shown(value)
    _program(sheet, file).run(environment, context)
    return planner.sheets


def _program(sheet: SheetForm, file: str) -> Program:
    return _Writer(sheet, Program(file)).write()


class _Writer:
    """Writes the program of a sheet: between the tags of the form, words to the planner about where it is."""

    def __init__(self, sheet: SheetForm, program: Program) -> None:
        self._sheet, self._program = sheet, program
        self._rows = [block for block in sheet.blocks if not block.by_column]
        self._columns = [block for block in sheet.blocks if block.by_column]

    def write(self) -> Program:
        sheet, program = self._sheet, self._program
        order = ordered(sheet)
        if sheet.whole is not None:
            program.statement(order[0])
        program.code("filter relplan_sheet")
        self._parts(sheet.name_parts or [sheet.name])
        program.code("endfilter")
        for row in sorted(sheet.rows):
            self._row(row)
        if sheet.whole is not None:
            program.statement(order[-1])
        return program

    def _tell(self, word: str, *values: int) -> None:
        rest = f"({', '.join(map(str, values[1:]))})" if len(values) > 1 else ""
        self._program.call(f"{values[0] if values else 0} | relplan_{word}{rest}")

    def _row(self, row: int) -> None:
        tags = self._tags_of(row)
        dropped = row in self._sheet.dropped
        for number, block, place in tags:
            if dropped or place < len(block.tags) - 1:
                self._statement(number, block, place)
        if not dropped:
            self._tell("row", row)
            self._cells(row)
            for number, block, place in tags:
                if place == len(block.tags) - 1:
                    self._statement(number, block, place)

    def _tags_of(self, row: int) -> list[tuple[int, Block, int]]:
        """The statements about rows that stand in a row, each with its block and its place there."""
        found = [
            (number, block, place)
            for block in self._rows
            for place, (number, spot) in enumerate(zip(block.tags, block.spots, strict=True))
            if spot[0] == row
        ]
        return sorted(found, key=lambda each: each[0])

    def _statement(self, number: int, block: Block, place: int) -> None:
        """A statement about rows; the planner knows when what it steers is entered and left."""
        if place:
            self._tell("leave")
        self._program.statement(self._sheet.placed[number])
        if place < len(block.tags) - 1:
            self._tell("enter")

    def _cells(self, row: int) -> None:
        blocks = [block for block in self._columns if block.spots[0][0] == row]
        for column, cell in sorted(self._sheet.rows[row].items()):
            at = [(block, place) for block in blocks for place, spot in enumerate(block.spots) if spot[1] == column]
            gone = (row, column) in self._sheet.dropped_cells
            for block, place in at:
                if gone or place < len(block.tags) - 1:
                    self._column_statement(block, place)
            if not gone and cell.is_filled:
                self._cell(column, cell.parts)
            elif not gone and (blocks or cell.parts):
                self._tell("plain" if not cell.parts else "blank", column)
            for block, place in at:
                if not gone and place == len(block.tags) - 1:
                    self._column_statement(block, place)

    def _column_statement(self, block: Block, place: int) -> None:
        first, last = block.spots[0][1], block.spots[-1][1]
        start = first + ((block.spots[0]) in self._sheet.dropped_cells)
        end = last - ((block.spots[-1]) in self._sheet.dropped_cells)
        if place == 0:
            self._tell("columns", first, last, start, end)
        else:
            self._tell("turned")
        self._program.statement(self._sheet.placed[block.tags[place]])
        if place < len(block.tags) - 1:
            self._tell("turn")
        else:
            self._tell("over")

    def _cell(self, column: int, parts: list[str | int]) -> None:
        """A cell with tags: the value of one that stands alone as it is, else what all of them print, as a text."""
        only = [part for part in parts if part != ""]
        if len(only) == 1 and isinstance(only[0], int) and self._sheet.placed[only[0]].tag.kind == "value":
            self._program.value(self._sheet.placed[only[0]], f"relplan_cell({column})")
            return
        self._program.code(f"filter relplan_cell({column})")
        self._parts(parts)
        self._program.code("endfilter")

    def _parts(self, parts: list[str | int]) -> None:
        for part in parts:
            if isinstance(part, str):
                self._program.words(part)
            elif self._sheet.placed[part].tag.kind == "value":
                self._program.value(self._sheet.placed[part], "relplan_text")
            else:
                self._program.statement(self._sheet.placed[part])


class _Planner:
    """Is told by the program of a sheet where it is, and keeps it."""

    def __init__(self, form: SheetForm, file: str) -> None:
        self._form, self._file = form, file
        self.sheets: list[Sheet] = []
        self._path: list[int] = []
        self._turns = itertools.count()
        self._shift = self._first = self._last = self._start = self._width = self._turn = 0
        self._base = 0
        self._by_column = {block.spots[0][0] for block in form.blocks if block.by_column}

    def filters(self) -> dict[str, Callable[..., Any]]:
        """What the program calls, by name."""
        told: dict[str, Callable[..., Any]] = {
            "sheet": self._sheet, "row": self._row, "cell": self._cell, "blank": self._blank, "plain": self._plain,
            "enter": self._enter, "leave": self._leave, "columns": self._columns, "turn": self._turn_begins,
            "turned": self._turned, "over": self._over,
        }  # fmt: skip
        silent = {f"relplan_{name}": not_beforehand(_silent(each)) for name, each in told.items()}
        return silent | {"relplan_text": not_beforehand(lambda value: value)}

    def _sheet(self, name: object) -> None:
        self.sheets.append(Sheet(self._form, str(name)))
        self._path = []

    def _row(self, number: int) -> None:
        cells: list[tuple[int, int, object]] | None = [] if number in self._by_column else None
        self.sheets[-1].rows.append(Row(number, tuple(self._path), {}, cells))
        self._shift = 0

    def _cell(self, value: object, column: int) -> None:
        row = self.sheets[-1].rows[-1]
        if row.cells is None:
            row.values[column] = value
        else:
            row.cells.append((column + self._shift, column, value))

    def _blank(self, column: int) -> None:
        self._cell("", column)

    def _plain(self, column: int) -> None:
        self._cell(COPY, column)

    def _enter(self, _: object) -> None:
        self._path.append(next(self._turns))

    def _leave(self, _: object) -> None:
        self._path.pop()

    def _columns(self, first: int, last: int, start: int, end: int) -> None:
        self._first, self._last, self._start = first, last, start
        self._width, self._turn, self._base = end - start + 1, 0, self._shift

    def _turn_begins(self, _: object) -> None:
        self._shift = self._base + self._first + self._turn * self._width - self._start
        self._turn += 1

    def _turned(self, _: object) -> None:
        """A turn of columns has ended; the next one says where it stands itself."""

    def _over(self, _: object) -> None:
        self._shift = self._base - (self._last - self._first + 1) + self._turn * self._width


def _silent(told: Callable[..., Any]) -> Callable[..., Captured]:
    def tell(*values: Any) -> Captured:
        told(*values)
        return Captured("")

    return tell


def too_long(sheet: Sheet, row: int, column: int, file: str) -> TemplateError:
    """What to say of a text that no cell can hold."""
    message = Message(
        "文字超过 32,767 个字符，单元格放不下", "a text of more than 32,767 characters, which no cell can hold"
    )
    return TemplateError(Problem(message, Place(file, sheet=sheet.name, cell=address(row, column))))
