"""What the release table says of the database, and how messages name several rows at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from relplan.checks.scripts import PlannedCell
from relplan.checks.subject import Subject
from relplan.errors import Message
from relplan.sql.cells import CellKind

_CERTAIN: Final = frozenset((CellKind.SQL, CellKind.FILES, CellKind.YES, CellKind.LINK, CellKind.ATTACHMENT))
_MOST_NAMED: Final = 5


class DatabaseChange(NamedTuple):
    """The cells that change the database; `certain` where they hold or name SQL, and not mere words."""

    cells: tuple[PlannedCell, ...]
    certain: bool

    @property
    def rows(self) -> Message:
        """What messages call their rows."""
        return rows_words(cell.row.index for cell in self.cells)


def database_change(subject: Subject) -> DatabaseChange | None:
    """How the release table changes the database; None where it does not."""
    certain = tuple(each for each in subject.sql_cells if each.cell.kind in _CERTAIN)
    cells = certain or tuple(each for each in subject.sql_cells if each.cell.kind is CellKind.PROSE)
    return DatabaseChange(cells, bool(certain)) if cells else None


def rows_words(rows: Iterable[int]) -> Message:
    """What messages call some rows, counted from 0: 第 2、5 行."""
    numbers: Collection[int] = dict.fromkeys(row + 1 for row in rows)
    named = list(map(str, numbers))[:_MOST_NAMED]
    more = len(numbers) - len(named)
    zh = f"第 {'、'.join(named)} 行" + (f"等 {len(numbers)} 行" if more else "")
    en = f"{'rows' if len(numbers) > 1 else 'row'} {', '.join(named)}" + (f" and {more} more" if more else "")
    return Message(zh, en)
