"""The rows of one table, from cells to the entries of a plan: merged cells, groups, 同上, statements, what is struck through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from relplan.errors import Language, Path, Place
from relplan.grids import CellPlaces, Grid, Spot, column_letters, fill_down
from relplan.model.fields import Row
from relplan.model.table import ReleaseItem
from relplan.patterns import regex
from relplan.readers.draft import Draft
from relplan.readers.options import ReadOptions
from relplan.readers.sheets.cells import DITTO, SPECIAL, Cells, risk_levels
from relplan.readers.sheets.facts import keep_remark
from relplan.readers.sheets.headers import SQL, Table, extra_columns, is_problems
from relplan.resources import labels

_NOTE: Final = regex(r"(?:注|备注|備註|说明|說明|附注|附註|note|remark)s?\s*\d*\s*[:：]", re.IGNORECASE)
_EXAMPLES: Final = frozenset(("示例", "样例", "範例", "范例", "例", "例子", "example", "e.g.", "e.g"))
_FILLER: Final = regex(r"[-–—_=.…·。*~/\\|\s]+")
_ORDINAL: Final = regex(r"[\d.\-()（）、]+")
_LONG_NAME: Final = 40
"""A group has a shorter name; what is longer is a sentence."""

_NUMBERS: Final = frozenset(("order", "number"))
"""Fields that count the rows: they may stand there beforehand, or be left as they are when the rest is struck through."""

_STEP: Final = 1000
"""Rows between two words of progress."""


class _Shape(NamedTuple):
    """What is the same in all rows that have text in the same columns.

    Attributes:
        columns: those that hold what goes into the entry as it stands, by its paths there.
        fields: of the columns, in their order; none where a text does not go into one field as it stands.
    """

    columns: Mapping[Path, int]
    fields: tuple[str, ...]


class RowReader:
    """Reads the rows of a table into a draft, as entries of the list at `path`.

    In a table of relplan's `own` making every row is one, and words mean what they say. Cells whose comments
    went into the plan are added to `commented`.
    """

    def __init__(
        self,
        grid: Grid,
        draft: Draft,
        options: ReadOptions,
        table: Table,
        part: tuple[Path, type[Row]],
        own: bool,
        commented: set[Spot],
    ) -> None:
        self._grid, self._draft, self._own, self._commented = grid, draft, own, commented
        self._place = grid.placer(draft.name)
        self._path, model = part
        self._release = model is ReleaseItem
        self._foreign = self._release and not own
        self._header, self._fields, self._end = table.header, table.header.fields, table.end
        self._extra = extra_columns(grid, table, model)
        fields = sorted(self._fields, key=lambda column: self._fields[column] == SQL)
        self._right = max([*self._fields, *self._extra, *table.header.others])
        self._columns = [*fields, *self._extra]  # statements last: they go on in DDL and DML
        as_they_stand = SQL not in self._fields.values() and min(self._columns) in self._fields
        self._readable = frozenset(self._columns if as_they_stand else ())
        self._shapes: dict[tuple[int, ...], _Shape] = {}
        self._headed: dict[Path, int] = {(field,): column for column, field in self._fields.items() if field != SQL}
        self._order = next((column for column, field in self._fields.items() if field == "order"), -1)
        self._merged = _by_row(fill_down(grid, table.header.body, table.end - 1))
        self._progress = options.progress
        self._cells = Cells(grid, draft, risk_levels(options), own)
        self._above: dict[int, str] = {}
        self._next: dict[int, tuple[int, str]] = {}
        self._wide = {(area.top, area.left) for area in grid.merges if area.right > area.left}
        self._group, self._grouped = table.title, 0

    def read(self) -> None:
        """Read the rows."""
        self._label_header()
        for row in range(self._header.body, self._end):
            filled = {column: text for column, cell in enumerate(self._grid.rows[row]) if (text := cell.strip())}
            if filled and not self._is_cancelled(row, filled) and not (self._release and self._is_special(row, filled)):
                self._row(row, filled)
            if self._progress and row % _STEP == 0:
                self._progress(row, self._end)
        self._end_group()
        self._tell_hidden()

    def _label(self, row: int, columns: Mapping[int, str] | list[int]) -> None:
        for column in columns:
            self._draft.label(self._place(row, column))

    def _label_header(self) -> None:
        header = self._header
        for row in range(header.row, header.body):
            for column in self._grid.filled(row):
                if column in header.fields or column in header.others:
                    self._draft.label(self._place(row, column))
                else:
                    self.leftover(row, column)

    # Rows that are none

    def _is_special(self, row: int, filled: dict[int, str]) -> bool:
        """Whether a row of cells is no entry; then its cells have been dealt with."""
        if self._own:
            return len(filled) == 1 and self._is_single(row, *next(iter(filled.items())))
        if self._is_example(filled):
            self._label(row, filled)
            zh, en = f"第 {row + 1} 行是示例，未读入", f"row {row + 1} is an example, not read"
            self._draft.note("read", zh, en, self._place(row, min(filled)))
            return True
        if len(filled) == 1:
            return self._is_single(row, *next(iter(filled.items())))
        if self._is_band(row, filled):
            return True
        if all(map(_FILLER.fullmatch, filled.values())):
            self._label(row, filled)
            return True
        return False

    def _is_band(self, row: int, filled: dict[int, str]) -> bool:
        """Whether a row names a group, across all columns that are known, with something at its right."""
        first, *others = filled
        right = max(self._fields) if (row, first) in self._wide else self._right
        if others[0] <= right or first > right or not self._begins_band(row, first, filled[first]):
            return False
        for column in others:
            self.leftover(row, column)
        return True

    def _is_example(self, filled: dict[int, str]) -> bool:
        """Whether a row shows how to fill in a blank form."""
        return _says_example(next(iter(filled.values()))) or _says_example(filled.get(self._order, ""))

    def _is_cancelled(self, row: int, filled: dict[int, str]) -> bool:
        """Whether a row is struck through, but for its number; then its cells have been dealt with."""
        if not self._grid.struck:
            return False
        own = [column for column in filled if self._fields.get(column) not in _NUMBERS]
        if not own or not all((row, column) in self._grid.struck for column in own):
            return False
        for column in filled:
            zh, en = "这一行已划去，视为取消，未读入", "the row is struck through, taken as cancelled, not read"
            self._draft.note("unplaced", zh, en, self._place(row, column))
        return True

    def _is_single(self, row: int, column: int, text: str) -> bool:
        """Deal with a row of one cell: a sentence, the name of a group, or a number with nothing behind it."""
        field = self._fields.get(column)
        if self._foreign and field == "order" and _ORDINAL.fullmatch(text):
            self._label(row, [column])  # a form with its rows numbered beforehand
            return True
        if self._foreign and _FILLER.fullmatch(text):
            self._label(row, [column])
            return True
        if self._begins_band(row, column, text):
            return True
        across = (row, column) in self._wide
        apart = not self._grid.filled(row - 1) and not self._merged.get(row)
        note = not self._own and _NOTE.match(text)
        if not (across or apart or note) or column > max(self._columns):
            return False
        zh, en = "这一行不是清单的行，作为“{}”保留", 'no row of the table, kept as the section "{}"'
        keep_remark(text, self._place(row, column), self._draft, zh, en)
        return True

    def _begins_band(self, row: int, column: int, text: str) -> bool:
        """Begin a group where a text names one: it goes across the table, or stands where numbers do."""
        across = (row, column) in self._wide
        known = column in self._columns and (across or column == self._order)
        if not self._foreign or _ORDINAL.fullmatch(text) or not self._names_group(row, text, known):
            return False
        self._begin_group(row, column, sure=across)
        return True

    def _names_group(self, row: int, text: str, may_be: bool) -> bool:
        """Whether a text alone in its row names the rows below it, of which the first has more cells."""
        if not may_be or len(text) > _LONG_NAME or _NOTE.match(text):
            return False
        below = (filled for each in range(row + 1, self._end) if (filled := self._inside(each)))
        return len(next(below, ())) > 1

    def _inside(self, row: int) -> list[int]:
        """The columns of a row that hold text, without what stands at the right of the table."""
        return [column for column in self._grid.filled(row) if column <= self._right]

    def _begin_group(self, row: int, column: int, sure: bool) -> None:
        self._end_group()
        self._group, self._grouped = (row, column), 0
        if not sure:
            text = self._grid.text(row, column)
            zh, en = f"“{text}”作为以下各行的分组", f'"{text}" is taken as the group of the rows below it'
            self._draft.note("guessed", zh, en, self._place(row, column))

    def _end_group(self) -> None:
        if self._group and not self._grouped:
            self.leftover(*self._group)

    # Rows

    def _row(self, row: int, filled: dict[int, str]) -> None:
        merged = self._merged.get(row, {})
        texts = filled if not merged and filled.keys() <= self._readable else self._texts(row, filled, merged)
        if not texts:
            return
        if self._foreign and not DITTO.isdisjoint(texts.values()):
            self._resolve(row, texts)
        self._above = texts
        if texts:
            self._entry(row, texts, merged)

    def _texts(self, row: int, filled: Mapping[int, str], merged: Mapping[int, Spot]) -> dict[int, str]:
        """The texts of the columns that are read, in the order in which they are; the others have no field."""
        texts = {
            column: text
            for column in self._columns
            if (text := filled.get(column) or (self._grid.text(*merged[column]) if column in merged else ""))
        }
        for column in filled.keys() - texts.keys():
            self._beside(row, column)
        return texts

    def _beside(self, row: int, column: int) -> None:
        if is_problems(self._header.others.get(column, "")):
            self._draft.label(self._place(row, column))
        else:
            self.leftover(row, column)

    def _resolve(self, row: int, texts: dict[int, str]) -> None:
        """Put what 同上 and 同下 stand for in their place; where nothing stands there, say so."""
        for column in [column for column, text in texts.items() if text in DITTO]:
            word, place = texts[column], self._place(row, column)
            text = self._below(row, column) if word.startswith("同下") else self._above.get(column, "")
            if text and text not in DITTO:
                texts[column] = text
                shown = shortened(text)
                self._draft.note("guessed", f"“{word}”读作“{shown}”", f'"{word}" is read as "{shown}"', place)
            else:
                del texts[column]
                zh, en = f"“{word}”所指的单元格是空的，未读入", f'the cell that "{word}" means is blank, not read'
                self._draft.note("unplaced", zh, en, place)

    def _below(self, row: int, column: int) -> str:
        """What 同下 means: the next text of the column that is another one; blank where the next row has none."""
        at, text = self._next.get(column, (row, ""))
        if at <= row:
            rows = (each for each in range(row + 1, self._end) if self._grid.filled(each))
            at = next((each for each in rows if not self._grid.text(each, column).startswith("同下")), self._end)
            text = self._grid.text(at, column)
            self._next[column] = at, text
        return text

    def _entry(self, row: int, texts: Mapping[int, str], merged: Mapping[int, Spot]) -> None:
        columns, fields = self._shape(tuple(texts))
        elsewhere = {path: merged[column] for path, column in columns.items() if column in merged} if merged else {}
        extra: dict[str, str] = {}
        also: list[tuple[Place, Path]] = []
        if self._cells.is_watchful or not SPECIAL.isdisjoint(texts.values()):
            texts = self._checked(row, texts, merged)
        entry: dict[str, Any] = dict(zip(fields, texts.values(), strict=False))
        for column, text in texts.items() if not fields else ():
            field = self._fields.get(column)
            if field is None:
                extra[self._extra[column]] = text
            elif field == SQL:
                self._cells.sort(text, merged.get(column, (row, column)), entry, elsewhere, also)
            else:
                entry[field] = text
        if self._group is not None and "group" not in entry:
            entry["group"], self._grouped = self._grid.text(*self._group), self._grouped + 1
            elsewhere["group",] = self._group
        if remarks := self._remarks(row, texts, merged):
            extra[remarks[0]] = remarks[1]
        if extra:
            entry["extra"] = extra
        first = next(iter(texts))
        place = self._place(*merged.get(first, (row, first)))
        at = self._draft.add(self._path, entry, CellPlaces(self._place, row, columns, elsewhere, self._headed), place)
        for there, path in also:
            self._draft.also(there, (*at, *path))

    def _shape(self, columns: tuple[int, ...]) -> _Shape:
        """What rows with text in these columns have in common; most rows have the same."""
        if columns not in self._shapes:
            own = {column: self._fields[column] for column in columns if self._fields.get(column, SQL) != SQL}
            extra = (column for column in columns if column not in self._fields)
            paths: dict[Path, int] = {(field,): column for column, field in own.items()}
            paths |= {("extra", i): column for i, column in enumerate(extra)}
            self._shapes[columns] = _Shape(paths, tuple(own.values()) if len(own) == len(columns) else ())
        return self._shapes[columns]

    def _checked(self, row: int, texts: Mapping[int, str], merged: Mapping[int, Spot]) -> dict[int, str]:
        return {
            column: self._cells.checked(
                row, column, self._fields.get(column, ""), text, merged.get(column, (row, column))
            )
            for column, text in texts.items()
        }

    def _remarks(self, row: int, columns: Iterable[int], merged: Mapping[int, Spot]) -> tuple[str, str] | None:
        """The header and the text of the extra column for the comments on the cells of a row, and for links of its names."""
        grid, found = self._grid, []
        if not (grid.comments or grid.links) or not self._foreign:
            return None
        for column in columns:
            spot = merged.get(column, (row, column))
            if spot[0] != row:
                continue
            name = self._extra.get(column) or self._caption(column)
            if (comment := grid.comments.get(spot)) and not is_of_relplan(comment):
                self._commented.add(spot)
                found.append(f"{name}: {comment}")
            if url := self._cells.link_beside(column, self._fields.get(column, ""), spot):
                found.append(f"{name}: {url}")
        header = labels(_language(self._draft))["cell_comments"]
        taken = set(self._extra.values())
        return (f"{header} #2" if header in taken else header, "\n".join(found)) if found else None

    def _caption(self, column: int) -> str:
        rows = range(self._header.body - 1, self._header.row - 1, -1)
        return next((text for row in rows if (text := self._grid.text(row, column))), column_letters(column))

    def leftover(self, row: int, column: int) -> None:
        """Say that a cell has no field."""
        shown = shortened(self._grid.text(row, column))
        zh, en = f"“{shown}”没有对应的栏目，未读入", f'"{shown}" has no field, not read'
        self._draft.note("unplaced", zh, en, self._place(row, column))

    def _tell_hidden(self) -> None:
        """Say which of the rows and columns that were read are hidden."""
        grid = self._grid
        for column in sorted(grid.hidden_columns & set(self._columns)):
            letters = column_letters(column)
            zh, en = f"{letters} 列是隐藏的，已读入", f"column {letters} is hidden; it was read"
            self._draft.note("guessed", zh, en, self._place(self._header.row, column))
        hidden = sorted(row for row in grid.hidden_rows if self._header.body <= row < self._end and grid.filled(row))
        for first, last in _runs(hidden):
            which = (f"{first + 1}", f"row {first + 1} is") if first == last else _span(first, last)
            zh, en = f"第 {which[0]} 行是隐藏的，已读入", f"{which[1]} hidden; what stands there was read"
            self._draft.note("guessed", zh, en, self._place(first, grid.filled(first)[0]))


def _says_example(text: str) -> bool:
    return len(text) < 12 and not text.isdigit() and text.strip("：:()（）【】").lower() in _EXAMPLES


def _span(first: int, last: int) -> tuple[str, str]:
    return f"{first + 1}–{last + 1}", f"rows {first + 1}–{last + 1} are"


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Where runs of numbers begin and end."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _by_row(filled: Mapping[Spot, Spot]) -> dict[int, dict[int, Spot]]:
    rows: dict[int, dict[int, Spot]] = {}
    for (row, column), source in filled.items():
        rows.setdefault(row, {})[column] = source
    return rows


def _language(draft: Draft) -> Language:
    return "en" if draft.data.get("language") == "en" else "zh"


def shortened(text: str) -> str:
    """As much of a text as a message shows."""
    return text if len(text) < 40 else f"{text[:40]}…"


def is_note(text: str) -> bool:
    """Whether a text says of itself that it is a note: `注：`, `备注:`, `Note 1:`."""
    return _NOTE.match(text) is not None


def is_of_relplan(comment: str) -> bool:
    """Whether relplan itself wrote a comment, on a marked copy."""
    return comment.lstrip().lower().startswith("relplan:")
