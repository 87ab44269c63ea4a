"""Where the rows of a form went: what a reference to a row, or a range of rows, means on the sheet that is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from relplan.office.excel.layout import Sheet


class Rows:
    """The rows of one sheet that is written, by the rows of the form they come from. Rows count from 0."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.of: list[int] = []
        known = sorted(sheet.form.rows)
        self._last_known = known[-1] if known else -1
        self.places: dict[int, list[int]] = defaultdict(list)
        self._lay()

    def _lay(self) -> None:
        """Give each row its number: what is blank between rows of the form stays blank between those that are written."""
        form, rows = self._sheet.form, self._sheet.rows
        at, before = -1, -1
        for row in rows:
            gap = row.template - before - 1 - sum(1 for each in form.dropped if before < each < row.template)
            at += 1 + (gap if row.template > before else 0)
            self.of.append(at)
            self.places[row.template].append(at)
            before = row.template
        self.end = at
        self._behind = at - before

    def behind(self, template: int) -> int | None:
        """Where a row goes that holds nothing in the form: as far from its neighbours as there. None where it was left out."""
        if template in self.places:
            return self.places[template][0]
        if template in self._sheet.form.rows:
            return None
        above = max((row for row in self.places if row < template), default=None)
        if above is None:
            return template
        dropped = sum(1 for each in self._sheet.form.dropped if above < each < template)
        return self.places[above][-1] + template - above - dropped

    def spread(self, first: int, last: int) -> tuple[int, int] | None:
        """The rows that a range of rows of the form became, from the first to the last; None where all were left out."""
        if first not in self.places and first not in self._sheet.form.rows and last > self._last_known:
            start = self.behind(first)
            return None if start is None else (start, max(start, start + last - first))
        inside = [place for row in range(first, min(last, self._last_known) + 1) for place in self.places.get(row, ())]
        inside += [
            place
            for row in (first, last)
            if row not in self._sheet.form.rows and (place := self.behind(row)) is not None
        ]
        if not inside:
            return None
        end = max(inside) + max(0, last - max(self._last_known, first)) if last > self._last_known else max(inside)
        return min(inside), end

    def beside(self, template: int, path: Sequence[int]) -> list[int]:
        """The rows that came from a row of the form in the same turn of the innermost loop it shares with `path`."""
        places = self.places.get(template, [])
        index = {place: number for number, place in enumerate(self.of)}
        for length in range(len(path), -1, -1):
            found = [place for place in places if self._sheet.rows[index[place]].path[:length] == tuple(path[:length])]
            if found:
                return found
        return places

    def is_repeated(self, template: int) -> bool:
        """Whether a row of the form stands in what a statement repeats or leaves out."""
        return any(
            min(row for row, _ in block.spots) <= template <= max(row for row, _ in block.spots)
            for block in self._sheet.form.blocks
            if not block.by_column
        )
