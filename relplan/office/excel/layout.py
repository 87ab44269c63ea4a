"""What will stand on each sheet: the rows of the form in the order in which its tags print them, with the values of their cells."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field

from relplan.documents.sandbox import Captured, Sandbox
from relplan.errors import Message, Place, Problem, TemplateError
from relplan.grids import address
from relplan.office.excel.form import Block, SheetForm
from relplan.office.program import Placed, Program, not_beforehand
from relplan.office.tags import Tag

COPY: Final = object()
"""The value of a cell that stays as it stands in the form."""

_ENDS: Final = {"for": "endfor", "if": "endif"}


class Row(Struct):
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


class Sheet(Struct):
    """A sheet to be written: its name, and its rows.

    `in_place`: it is someone's sheet of which some cells and rows change: formulas keep their last values, and where a row was copied, a
    reference to one of its cells means the first.
    """

    form: SheetForm
    name: str
    rows: list[Row] = field(default_factory=list)
    in_place: bool = False


def ordered(sheet: SheetForm) -> list[Placed]:
    """The tags of a sheet in the order in which they run; what is about the whole sheet comes first, and has an end."""
    if sheet.whole is None:
        return list(sheet.placed)
    first = sheet.placed[sheet.whole]
    end = Tag(0, 0, "statement", _ENDS.get(first.tag.keyword, "endif"), "sheet", "")
    rest = (placed for number, placed in enumerate(sheet.placed) if number != sheet.whole)
    return [first, *rest, Placed(end, first.where)]


def laid_out(
    sheet: SheetForm,
    environment: Sandbox,
    context: Mapping[str, Any],
    file: str,
    shown: Callable[[object], str],
    ranges: Sequence[tuple[int, int]] = (),
) -> list[Sheet]:
    """The sheets that a sheet of a form becomes: one, or as many as its own loop has turns.

    Args:
        sheet: the sheet of the form.
        environment: in which its program runs.
        context: the names that it has.
        file: the name of the form, for messages.
        shown: from a value to its text.
        ranges: ranges of rows that something refers to: where nothing of such a range is printed, its rows stay once, blank.

    Raises:
        TemplateError: a tag fails.
    """
    writer = _Writer(sheet, Program(file))
    program = writer.write()
    planner = _Planner(sheet, writer.words, shown, ranges)
    environment.filters |= planner.filters()
    environment.finalize = lambda value: value
    program.run(environment, context)
    return planner.sheets


class _Writer:
    """Writes the program of a sheet: between the tags of the form, words to the planner about where it is.

    Nothing is printed in the end. A filter that takes what is between it and its end would keep what `set` says to itself: so the
    pieces of a cell are told to the planner one by one.
    """

    def __init__(self, sheet: SheetForm, program: Program) -> None:
        self._sheet, self._program = sheet, program
        self._rows = [block for block in sheet.blocks if not block.by_column]
        self._columns = [block for block in sheet.blocks if block.by_column]
        self.words: list[str] = []
        self._early: set[int] = set()

    def write(self) -> Program:
        sheet, program = self._sheet, self._program
        order = ordered(sheet)
        if sheet.whole is not None:
            program.statement(order[0])
        self._parts(sheet.name_parts or [sheet.name])
        self._tell("sheet")
        for plain, rows in itertools.groupby(sorted(sheet.rows), self._is_plain):
            if plain:
                found = list(rows)
                self._tell("rows", found[0], found[-1])
            else:
                for row in rows:
                    self._row(row)
        if sheet.whole is not None:
            program.statement(order[-1])
        return program

    def _is_plain(self, row: int) -> bool:
        return not any(cell.parts for cell in self._sheet.rows[row].values())

    def _tell(self, word: str, *values: int) -> None:
        rest = f"({', '.join(map(str, values[1:]))})" if len(values) > 1 else ""
        self._program.call(f"{values[0] if values else 0} | relplan_{word}{rest}")

    def _row(self, row: int) -> None:
        if row in self._sheet.dropped:
            self._steering_row(row)
            return
        tags = self._tags_of(row)
        for number, block, place in tags:
            if place < len(block.tags) - 1:
                self._set_before(number, row)
                self._statement(number, block, place)
        self._tell("row", row)
        self._cells(row)
        for number, block, place in tags:
            if place == len(block.tags) - 1:
                self._statement(number, block, place)

    def _set_before(self, number: int, row: int) -> None:
        """What stands in a row to be set before a statement about the row runs."""
        for cell in self._sheet.rows[row].values():
            for part in itertools.takewhile(self._is_set, cell.parts):
                if isinstance(part, int) and part < number and part not in self._early:
                    self._program.statement(self._sheet.placed[part])
                    self._early.add(part)

    def _steering_row(self, row: int) -> None:
        """A row with nothing but statements: they run, in their order, and no row is printed."""
        about_rows = {number: (block, place) for number, block, place in self._tags_of(row)}
        others = [part for cell in self._sheet.rows[row].values() for part in cell.parts if isinstance(part, int)]
        for number in sorted({*about_rows, *others}):
            if number in about_rows:
                self._statement(number, *about_rows[number])
            else:
                self._program.statement(self._sheet.placed[number])

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
        """A statement about rows; the planner knows when what it steers begins and ends, is entered and left."""
        index = self._rows.index(block)
        self._tell("leave") if place else self._tell("open", index)
        self._program.statement(self._sheet.placed[number])
        self._tell("enter") if place < len(block.tags) - 1 else self._tell("close", index)

    def _cells(self, row: int) -> None:
        blocks = [block for block in self._columns if block.spots[0][0] == row]
        for column, cell in sorted(self._sheet.rows[row].items()):
            at = [(block, place) for block in blocks for place, spot in enumerate(block.spots) if spot[1] == column]
            gone = (row, column) in self._sheet.dropped_cells
            for block, place in at:
                if gone or place < len(block.tags) - 1:
                    self._column_statement(block, place)
            if not gone and cell.parts:
                self._cell(column, cell.parts)
            elif not gone and blocks:
                self._tell("plain", column)
            for block, place in at:
                if not gone and place == len(block.tags) - 1:
                    self._column_statement(block, place)

    def _column_statement(self, block: Block, place: int) -> None:
        first, last = block.spots[0][1], block.spots[-1][1]
        start = first + ((block.spots[0]) in self._sheet.dropped_cells)
        end = last - ((block.spots[-1]) in self._sheet.dropped_cells)
        if place == 0:
            self._tell("columns", first, last, start, end)
        self._program.statement(self._sheet.placed[block.tags[place]])
        if place < len(block.tags) - 1:
            self._tell("turn")
        else:
            self._tell("over")

    def _cell(self, column: int, parts: list[str | int]) -> None:
        """A cell with tags: the value of one that stands alone as it is, else what all of them print, as a text."""
        first = list(itertools.takewhile(self._is_set, parts))
        self._parts([part for part in first if part not in self._early])
        rest = parts[len(first) :]
        printing = [part for part in rest if isinstance(part, int) or part.strip()]
        if len(printing) == 1 and isinstance(printing[0], int) and self._sheet.placed[printing[0]].tag.kind == "value":
            self._program.value(self._sheet.placed[printing[0]], f"relplan_cell({column})")
            return
        self._parts(rest)
        self._tell("text", column)

    def _is_set(self, part: str | int) -> bool:
        return isinstance(part, int) and self._sheet.placed[part].tag.keyword == "set"

    def _parts(self, parts: list[str | int]) -> None:
        for part in parts:
            if isinstance(part, str):
                self._tell("word", len(self.words))
                self.words.append(part)
            elif self._sheet.placed[part].tag.kind == "value":
                self._program.value(self._sheet.placed[part], "relplan_piece")
            else:
                self._program.statement(self._sheet.placed[part])


class _Planner:
    """Is told by the program of a sheet where it is, and keeps it."""

    def __init__(
        self, form: SheetForm, words: list[str], shown: Callable[[object], str], ranges: Sequence[tuple[int, int]]
    ) -> None:
        self._form, self._words, self._shown = form, words, shown
        self._kept = [_kept(form, block, ranges) for block in form.blocks if not block.by_column]
        self._known = sorted(form.rows)
        self.sheets: list[Sheet] = []
        self._pieces: list[str] = []
        self._path: list[int] = []
        self._turns = itertools.count()
        self._opened: list[int] = []
        self._shift = self._first = self._last = self._start = self._width = self._turn = self._base = 0
        self._by_column = {block.spots[0][0] for block in form.blocks if block.by_column}

    def filters(self) -> dict[str, Callable[..., Any]]:
        """What the program calls, by name."""
        told: dict[str, Callable[..., Any]] = {
            "sheet": self._sheet, "rows": self._plain_rows, "row": self._row, "cell": self._cell, "plain": self._plain, "text": self._text,
            "word": self._word, "piece": self._piece, "open": self._open, "enter": self._enter, "leave": self._leave,
            "close": self._close, "columns": self._columns, "turn": self._turn_begins, "over": self._over,
        }  # fmt: skip
        return {f"relplan_{name}": not_beforehand(_silent(each)) for name, each in told.items()}

    # Words

    def _word(self, number: int) -> None:
        self._pieces.append(self._words[number])

    def _piece(self, value: object) -> None:
        self._pieces.append(self._shown(value))

    def _taken(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        return text

    # Rows and cells

    def _sheet(self, _: object) -> None:
        self.sheets.append(Sheet(self._form, self._taken()))

    def _row(self, number: int) -> None:
        cells: list[tuple[int, int, object]] | None = [] if number in self._by_column else None
        self.sheets[-1].rows.append(Row(number, tuple(self._path), {}, cells))
        self._shift = 0

    def _plain_rows(self, first: int, last: int) -> None:
        path, rows = tuple(self._path), self.sheets[-1].rows
        known = self._known[bisect.bisect_left(self._known, first) : bisect.bisect_right(self._known, last)]
        rows += [Row(number, path) for number in known]

    def _cell(self, value: object, column: int) -> None:
        row = self.sheets[-1].rows[-1]
        if row.cells is None:
            row.values[column] = value
        else:
            row.cells.append((column + self._shift, column, value))

    def _text(self, column: int) -> None:
        self._cell(self._taken(), column)

    def _plain(self, column: int) -> None:
        self._cell(COPY, column)

    # Blocks of rows

    def _open(self, _: object) -> None:
        self._opened.append(len(self.sheets[-1].rows))

    def _enter(self, _: object) -> None:
        self._path.append(next(self._turns))

    def _leave(self, _: object) -> None:
        self._path.pop()

    def _close(self, number: int) -> None:
        rows = self.sheets[-1].rows
        if len(rows) > self._opened.pop():
            return
        path = (*self._path, next(self._turns))
        for row in self._kept[number]:
            rows.append(Row(row, path, dict.fromkeys(self._form.rows[row], "")))

    # Columns

    def _columns(self, first: int, last: int, start: int, end: int) -> None:
        self._first, self._last, self._start = first, last, start
        self._width, self._turn, self._base = end - start + 1, 0, self._shift

    def _turn_begins(self, _: object) -> None:
        self._shift = self._base + self._first + self._turn * self._width - self._start
        self._turn += 1

    def _over(self, _: object) -> None:
        self._shift = self._base - (self._last - self._first + 1) + self._turn * self._width


def _kept(form: SheetForm, block: Block, ranges: Sequence[tuple[int, int]]) -> list[int]:
    """The rows of a block that something refers to with a range of theirs alone."""
    start, end = min(row for row, _ in block.spots), max(row for row, _ in block.spots)
    found = {
        row
        for first, last in ranges
        if start <= first and last <= end
        for row in range(first, last + 1)
        if row in form.rows and row not in form.dropped
    }
    return sorted(found)


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
