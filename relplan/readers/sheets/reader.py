"""From sheets of cells to a plan: the release table by its headers, the facts above it, and the parts of a plan by their titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from relplan.errors import Place, Problem, ReadError, problem
from relplan.grids import ENOUGH_COLUMNS, Grid, Spot, address, best_header
from relplan.model.columns import header_index
from relplan.model.entries import Step
from relplan.model.read import Read
from relplan.readers.draft import Draft
from relplan.readers.options import DEFAULT, ReadOptions
from relplan.readers.parts import FACTS, ROWS, part_titled
from relplan.readers.sheets.facts import Facts, keep_remark, pair_in, pair_or_window, path_of_key, state_pair
from relplan.readers.sheets.headers import Table, is_problems, release_headers, with_numbers_apart
from relplan.readers.sheets.layout import Layout, is_form
from relplan.readers.sheets.tables import RowReader, is_of_relplan, shortened

__all__ = ["is_fact", "pair_in", "pair_or_window", "read_part", "read_release_table", "read_sheets", "state_pair"]

_SHOWN_SHEETS: Final = 5


def read_sheets(grids: Sequence[Grid], draft: Draft, options: ReadOptions = DEFAULT) -> Read:
    """The plan that sheets hold between them.

    Raises:
        ReadError: none holds a release table or another part of a plan.
    """
    found = [_Sheet(grid, draft, options).read() for grid in grids]
    if not any(found):
        raise ReadError(_no_table(grids, draft.name, options))
    return draft.read()


def is_fact(key: str) -> bool:
    """Whether a key is that of a fact of the plan."""
    return path_of_key(key) is not None


def read_part(grid: Grid, part: str, draft: Draft, options: ReadOptions = DEFAULT) -> bool:
    """Read a table as the entries of a part of the plan; whether its headers are those of the part."""
    return _Sheet(grid, draft, options, own=True).part(part, 0, len(grid.rows))


def read_release_table(grid: Grid, draft: Draft, options: ReadOptions = DEFAULT, own: bool = False) -> bool:
    """Read a table as a release table, if it is one; in relplan's `own` documents every row is one."""
    return _Sheet(grid, draft, options, own).release_table(0)


def _no_table(grids: Sequence[Grid], name: str, options: ReadOptions) -> list[Problem]:
    filled = [grid for grid in grids if not grid.is_blank()]
    if not filled:
        return [problem("文件是空的", "the file is empty", name)]
    return [
        problem(*_what_was_seen(grid, options), Place(name, sheet=grid.name) if grid.name else name)
        for grid in filled[:_SHOWN_SHEETS]
    ]


def _what_was_seen(grid: Grid, options: ReadOptions) -> tuple[str, str]:
    index = release_headers(options)
    if is_form(grid, index):
        return (
            "这是栏目与内容成对排列的表单，不是清单；请改成一行表头、每个系统一行的表格",
            "this is a form with its labels beside their values, no table; make it one header row and a row for each system",
        )
    header = best_header(grid, index)
    seen = [grid.text(header.row, column) or name for column, name in header.fields.items()] if header else []
    return (
        f"没有发布清单：表头至少要有 {ENOUGH_COLUMNS} 个认识的列名，这里{'只有：' + '、'.join(seen) if seen else '一个也没有'}；列名如“系统名称”“版本号”“变更内容”",
        f"no release table: a header row needs {ENOUGH_COLUMNS} known columns, here "
        + (f"only: {', '.join(seen)}" if seen else "is none")
        + "; known are for example 系统名称 (System), 版本号 (Version), 变更内容 (Changes)",
    )


def label_all(grid: Grid, draft: Draft) -> None:
    """Say that all of a sheet is labels."""
    for row in range(len(grid.rows)):
        for column in grid.filled(row):
            draft.label(grid.place(draft.name, row, column))


class _Sheet:
    """Reads one sheet into a draft. A sheet of relplan's `own` making has a title that says what its rows are."""

    def __init__(self, grid: Grid, draft: Draft, options: ReadOptions, own: bool = False) -> None:
        self._grid, self._draft, self._options, self._own = grid, draft, options, own
        self._commented: set[Spot] = set()

    def read(self) -> bool:
        """Whether the sheet held a part of a plan."""
        grid = self._grid
        first = next((row for row in range(len(grid.rows)) if grid.filled(row)), None)
        if first is None:
            return False
        title = grid.text(first, grid.filled(first)[0]) if len(grid.filled(first)) == 1 else ""
        if is_problems(title) or is_problems(grid.name):
            label_all(grid, self._draft)
            return False
        part = part_titled(title) or part_titled(grid.name)
        self._own = part_titled(title) is not None
        if self._own:
            self._draft.label(self._place(first, grid.filled(first)[0]))
        return self._read(part, first + 1 if self._own else first)

    def _read(self, part: str | None, start: int) -> bool:
        if part in FACTS:
            Facts(self._grid, self._draft, self._own).all(start)
            found = True
        elif part and part in ROWS and part != "table":
            found = self.part(part, start, len(self._grid.rows))
        else:
            found = self.release_table(start)
        if found:
            self._tell_comments()
        return found

    def part(self, part: str, start: int, end: int) -> bool:
        """Read some rows as the entries of a part; whether they have its headers."""
        header = best_header(self._grid, header_index(ROWS[part][1]), start, end)
        if header is None:
            self._unplaced(start, end)
            return False
        self._unplaced(start, header.row)
        if ROWS[part][1] is Step:
            header = with_numbers_apart(header, self._grid, end)
        self._rows(Table(header, end), part)
        return True

    def release_table(self, start: int) -> bool:
        """Read the release tables from a row on, and the facts above them; whether there are any."""
        grid, index = self._grid, release_headers(self._options, self._own)
        header = best_header(grid, index, start)
        if header is None or len(header.fields) < ENOUGH_COLUMNS or is_form(grid, index, header.row):
            zh, en = _what_was_seen(grid, self._options)
            self._draft.note("unplaced", zh, en, Place(self._draft.name, sheet=grid.name))
            return False
        blocks = Layout(grid, index, self._own).blocks(header, start)
        first = blocks[0].table
        Facts(grid, self._draft, self._own).above(start, first.title[0] if first and first.title else header.row)
        for block in blocks:
            self._block(*block)
        return True

    def _block(self, part: str, table: Table | None, start: int, end: int) -> None:
        if part == "table" and table is not None:
            count, place = len(table.header.fields), self._place(table.header.row, min(table.header.fields))
            row = re.sub(r"\D", "", place.cell) or table.header.row + 1
            zh, en = (
                f"发布清单，表头在第 {row} 行，认识 {count} 列",
                f"release table, header in row {row}, {count} known columns",
            )
            self._draft.note("read", zh, en, place)
            self._rows(table, part)
        elif part:
            self._draft.label(self._place(start, self._grid.filled(start)[0]))
            self.part(part, start + 1, end)
        else:
            self._unplaced(start, end)

    def _rows(self, table: Table, part: str) -> None:
        RowReader(self._grid, self._draft, self._options, table, ROWS[part], self._own, self._commented).read()

    def _unplaced(self, start: int, end: int) -> None:
        for row, column in self._spots(start, end):
            shown = shortened(self._grid.text(row, column))
            zh, en = f"“{shown}”没有对应的栏目，未读入", f'"{shown}" has no field, not read'
            self._draft.note("unplaced", zh, en, self._place(row, column))

    def _spots(self, start: int, end: int) -> Iterator[Spot]:
        return ((row, column) for row in range(start, end) for column in self._grid.filled(row))

    def _tell_comments(self) -> None:
        """Keep the comments that belong to no row."""
        for spot, comment in sorted(self._grid.comments.items()):
            if spot not in self._commented and comment.strip() and not is_of_relplan(comment):
                zh, en = "单元格的批注，作为“{}”保留", 'a comment on the cell, kept as the section "{}"'
                beside = Place(self._draft.name, sheet=self._grid.name)
                keep_remark(f"{address(*spot)}: {comment}", beside, self._draft, zh, en, about=self._place(*spot))

    def _place(self, row: int, column: int) -> Place:
        return self._grid.place(self._draft.name, row, column)
