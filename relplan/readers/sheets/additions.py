"""What relplan itself writes into workbooks for people, and no plan holds: the findings of a marked copy, the notes and
the example of an entry form. It is taken out before sheets are read; all of it is labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import structs

from relplan.errors import LANGUAGES
from relplan.grids import Grid, Spot
from relplan.readers.draft import Draft
from relplan.resources import labels

_FINDINGS: Final = frozenset(str(labels(each)["problems"]) for each in LANGUAGES)
_NOTES: Final = frozenset(str(labels(each)["form"]["title"]) for each in LANGUAGES)
_EXAMPLES: Final = frozenset(str(labels(each)["form"]["example"]["order"]) for each in LANGUAGES)


def without_additions(grids: Sequence[Grid], draft: Draft) -> list[Grid]:
    """The sheets without what relplan added to them. A workbook with the notes of a form is one: its example is no entry."""
    notes = [grid for grid in grids if grid.text(0, 0) in _NOTES]
    for grid in notes:
        _emptied(grid, draft, ((r, c) for r in range(len(grid.rows)) for c in grid.filled(r)))
    kept = [_without_findings(grid, draft) for grid in grids if grid not in notes]
    return [_without_example(grid, draft) for grid in kept] if notes else kept


def _without_findings(grid: Grid, draft: Draft) -> Grid:
    """A sheet without the column that says what is wrong in its rows; a sheet of nothing but findings stays."""
    heads = [row for row in range(len(grid.rows)) if not _FINDINGS.isdisjoint(grid.rows[row])]
    tops = {column: row for row in reversed(heads) for column, text in enumerate(grid.rows[row]) if text in _FINDINGS}
    spots = ((row, column) for column, top in tops.items() if column for row in range(top, len(grid.rows)))
    return _emptied(grid, draft, spots) if tops else grid


def _without_example(grid: Grid, draft: Draft) -> Grid:
    """A sheet without the row that shows how to fill it in: the first below the title and the header."""
    row = 2
    if grid.text(row, 0) not in _EXAMPLES:
        return grid
    zh, en = f"第 {row + 1} 行是示例，未读入", f"row {row + 1} is an example, not read"
    draft.note("read", zh, en, grid.place(draft.name, row, 0))
    return _emptied(grid, draft, ((row, column) for column in grid.filled(row)))


def _emptied(grid: Grid, draft: Draft, spots: Iterable[Spot]) -> Grid:
    """The sheet with some cells blank; what stands there is labels."""
    rows = [list(row) for row in grid.rows]
    for row, column in spots:
        if grid.text(row, column):
            draft.label(grid.place(draft.name, row, column))
            rows[row][column] = ""
    return structs.replace(grid, rows=rows)
