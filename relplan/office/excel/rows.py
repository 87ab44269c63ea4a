"""Where the rows and columns of a form went: what a reference to one, or a range of them, means on the sheet that is written."""

from __future__ import annotations

import bisect
import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from relplan.errors import Message, Place, Problem, TemplateError
from relplan.office.excel.layout import Sheet

MOST_ROWS: Final = 1_048_576
"""Rows of a sheet (Excel's limit)."""


class Rows:
    """The rows of one sheet that is written, by the rows of the form they come from. All count from 0.

    Raises:
        TemplateError: there are more rows than a sheet holds.
    """

    def __init__(self, sheet: Sheet, file: str = "") -> None:
        self._sheet = sheet
        self._known = sorted(sheet.form.rows)
        self.of: list[int] = []
        self.places: dict[int, list[int]] = defaultdict(list)
        at, before = -1, -1
        for row in sheet.rows:
            at += 1 + (self._blank(before, row.template) if row.template > before else 0)
            self.of.append(at)
            self.places[row.template].append(at)
            before = row.template
        if at >= MOST_ROWS:
            zh, en = (
                f"超过 {MOST_ROWS:,} 行，工作表放不下",
                f"more than {MOST_ROWS:,} rows, which no sheet can hold",
            )
            raise TemplateError(Problem(Message(zh, en), Place(file, sheet=sheet.name)))
        self._placed = sorted(self.places)
        self._template = dict(zip(self.of, (row.template for row in sheet.rows), strict=True))

    def _blank(self, first: int, last: int) -> int:
        """How many rows between two of the form are not in it at all: they stay blank."""
        known = bisect.bisect_left(self._known, last) - bisect.bisect_right(self._known, first)
        return last - first - 1 - known

    @property
    def in_place(self) -> bool:
        """Whether the sheet is one of which some cells and rows change."""
        return self._sheet.in_place

    def behind(self, template: int) -> int | None:
        """Where a row goes, the first time it is there; one that is not in the form stays as far below the one above it. None where it was left out."""
        if template in self.places:
            return self.places[template][0]
        if template in self._sheet.form.rows:
            return None
        above = bisect.bisect_left(self._placed, template) - 1
        if above < 0:
            return self._blank(-1, template)
        row = self._placed[above]
        return min(MOST_ROWS - 1, self.places[row][-1] + 1 + self._blank(row, template))

    def spread(self, first: int, last: int) -> tuple[int, int] | None:
        """The rows that a range of rows of the form became, from the first to the last; None where all were left out."""
        return self._ends(first, last, (self.places.get(row, ()) for row in self._between(first, last)))

    def spread_beside(self, first: int, last: int, own: int, path: Sequence[int]) -> tuple[int, int] | None:
        """The same as seen from a row of the form in one turn of its loops: of loops around both only that turn counts."""
        return self._ends(first, last, (self.beside(row, own, path) for row in self._between(first, last)))

    def _between(self, first: int, last: int) -> Sequence[int]:
        return self._known[bisect.bisect_left(self._known, first) : bisect.bisect_right(self._known, last)]

    def _ends(self, first: int, last: int, inside: Iterable[Sequence[int]]) -> tuple[int, int] | None:
        found = [place for places in inside for place in (*places[:1], *places[-1:])]
        found += [
            place
            for row in (first, last)
            if row not in self._sheet.form.rows and (place := self.behind(row)) is not None
        ]
        return (min(found), max(found)) if found else None

    def beside(self, template: int, own: int, path: Sequence[int]) -> Sequence[int]:
        """The rows that came from a row of the form, as seen from the row `own` in one turn of its loops."""
        if not path:
            return self.places.get(template, [])
        return self._by_path.get((template, tuple(path[: self._common(template, own)])), [])

    @functools.cached_property
    def _by_path(self) -> Mapping[tuple[int, tuple[int, ...]], list[int]]:
        found: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
        for row, place in zip(self._sheet.rows, self.of, strict=True):
            for length in range(len(row.path) + 1):
                found[row.template, row.path[:length]].append(place)
        return found

    @functools.cached_property
    def _spans(self) -> list[tuple[int, int]]:
        blocks = (block for block in self._sheet.form.blocks if not block.by_column)
        return [(block.spots[0][0], block.spots[-1][0]) for block in blocks]

    def _common(self, one: int, two: int) -> int:
        """How many blocks stand around both rows."""
        return sum(1 for first, last in self._spans if first <= min(one, two) and max(one, two) <= last)

    def is_repeated(self, template: int) -> bool:
        """Whether a row of the form stands in what a statement repeats or leaves out."""
        return self._common(template, template) > 0

    # Columns

    @functools.cached_property
    def columns(self) -> Mapping[int, Mapping[int, list[int]]]:
        """By rows of the sheet in which columns are repeated: where each column of the form went."""
        found: dict[int, dict[int, list[int]]] = {}
        for row, place in zip(self._sheet.rows, self.of, strict=True):
            if row.cells is not None:
                found[place] = {}
                for column, template, _ in row.cells:
                    found[place].setdefault(template, []).append(column)
        return found

    def across(self, place: int, column: int) -> list[int]:
        """Where a column of the form went in a row of the sheet; one without a cell there stays as far right of its neighbour."""
        known = self.columns.get(place)
        if known is None:
            return [column]
        if column in known or column in self._sheet.form.rows[self._template[place]]:
            return known.get(column, [])
        left = max((each for each in known if each < column), default=None)
        return [column if left is None else known[left][-1] + column - left]

    def width(self, rows: tuple[int, int], first: int, last: int) -> tuple[int, int]:
        """The columns that a range of columns became in a range of rows of the sheet."""
        if not self.columns:
            return first, last
        among = [place for place in self.columns if rows[0] <= place <= rows[1]] or [rows[0]]
        found = [column for place in among for each in (first, last) for column in self.across(place, each)]
        return (min(found), max(found)) if found else (first, last)
