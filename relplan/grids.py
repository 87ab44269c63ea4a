"""Sheets of cells, and the tables in them, found by their headers.

A grid comes from a sheet, a CSV file or a table in a document; the same finder serves all.
Rows and columns count from 0 here; addresses for people are made by `address`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct, field

from relplan.errors import Path, Place
from relplan.model.columns import HeaderIndex, normalise_header
from relplan.patterns import regex

HEADER_ROWS: Final = 100
"""How far down a sheet's first header row is looked for."""

ENOUGH_COLUMNS: Final = 3
"""Fewer recognised headers do not make a table: agile plans have "Priority" and "Risk" too."""


Spot: TypeAlias = tuple[int, int]
"""The row and the column of a cell."""


class Area(Struct, frozen=True):
    """A rectangle of merged cells, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Grid(Struct, frozen=True):
    """A sheet: the text that each cell shows.

    Attributes:
        name: of the sheet; blank for a file that is one table.
        rows: text by row and column, blank where a cell is empty. Rows may differ in length.
        merges: the merged cells; their text stands in the top left one.
        numbers: cells that hold a number or date in a form that may not be what was typed (1.10 shown as 1.1).
        lines: the line of each row in a text file, counted from 1; none where the file has no lines.
        hidden_rows, hidden_columns: what the sheet does not show.
        spots: where cells stand that were brought here from elsewhere.
        struck: cells whose text is struck through.
        comments: what readers of the sheet wrote beside a cell.
        links: where a cell links to.
        unsaved: cells with a formula whose result the file does not hold; they show the formula.
    """

    name: str
    rows: Sequence[Sequence[str]]
    merges: tuple[Area, ...] = ()
    numbers: frozenset[Spot] = frozenset()
    lines: Sequence[int] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    spots: Mapping[Spot, Place] = field(default_factory=dict)
    struck: frozenset[Spot] = frozenset()
    comments: Mapping[Spot, str] = field(default_factory=dict)
    links: Mapping[Spot, str] = field(default_factory=dict)
    unsaved: frozenset[Spot] = frozenset()

    def text(self, row: int, column: int) -> str:
        """The text of a cell, without outer blanks; blank outside the grid."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column].strip()
        return ""

    def place(self, file: str, row: int, column: int) -> Place:
        """Where a cell stands in `file`."""
        if (row, column) in self.spots:
            return self.spots[row, column]
        if self.lines:
            return Place(file, cell=column_letters(column), line=self.lines[row])
        return Place(file, sheet=self.name, cell=address(row, column))

    def placer(self, file: str) -> Callable[[int, int], Place]:
        """`place` for one file, quick for many cells."""
        if self.spots or self.lines:
            return functools.partial(self.place, file)
        name, letters = self.name, column_letters
        return lambda row, column: Place(file, name, f"{letters(column)}{row + 1}")

    def filled(self, row: int) -> list[int]:
        """The columns of a row that hold text."""
        return [column for column, text in enumerate(self.rows[row]) if text.strip()]

    def only(self, row: int) -> str:
        """The text of a row that has but one; blank where it has none, or more."""
        found = ""
        for text in self.rows[row]:
            if text and not text.isspace():
                if found:
                    return ""
                found = text
        return found.strip()

    def is_blank_row(self, row: int) -> bool:
        """Whether no cell of a row holds text."""
        return not any(map(str.strip, self.rows[row]))

    def is_blank(self) -> bool:
        """Whether no cell holds text."""
        return all(map(self.is_blank_row, range(len(self.rows))))

    def across(self, row: int, column: int) -> Area | None:
        """The merged cells of several columns that begin at a cell."""
        return next((a for a in self.merges if (a.top, a.left) == (row, column) and a.right > a.left), None)


class CellPlaces(Mapping[Path, Place]):
    """The places of what the cells of a row hold, by its paths; each is made when it is asked for.

    Args:
        place: makes the place of a cell.
        row, columns: where all that stands in the row stands.
        elsewhere: the cells of what comes from other rows, or is put together.
        headed: where what the table has columns for would stand; not listed, but known.
    """

    __slots__ = ("_columns", "_elsewhere", "_headed", "_place", "_row")

    def __init__(
        self,
        place: Callable[[int, int], Place],
        row: int,
        columns: Mapping[Path, int],
        elsewhere: Mapping[Path, Spot],
        headed: Mapping[Path, int],
    ) -> None:
        self._place, self._row, self._columns, self._elsewhere = place, row, columns, elsewhere
        self._headed = headed

    def __getitem__(self, path: Path) -> Place:
        if spot := self._elsewhere.get(path):
            return self._place(*spot)
        column = self._columns.get(path)
        return self._place(self._row, self._headed[path] if column is None else column)

    def __iter__(self) -> Iterator[Path]:
        yield from self._columns
        yield from (path for path in self._elsewhere if path not in self._columns)

    def __len__(self) -> int:
        return len(self._columns.keys() | self._elsewhere.keys())


class Header(Struct, frozen=True):
    """A header row found in a grid.

    Attributes:
        row: where it begins.
        body: the first row below it.
        fields: from column to the field that its header means.
        others: from column to a header that is not known.
    """

    row: int
    body: int
    fields: Mapping[int, str]
    others: Mapping[int, str] = field(default_factory=dict)


def address(row: int, column: int) -> str:
    """`G7` for row 6, column 6."""
    return f"{column_letters(column)}{row + 1}"


@functools.lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """`A` for 0, `AA` for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


LAST_CHOICES: Final = frozenset(
    map(
        normalise_header,
        (
            "序号",
            "编号",
            "No.",
            "#",
            "Sl No",
            "影响范围",
            "Impact",
            "涉及数据库",
            "是否涉及数据库",
            "是否涉及SQL",
            "存在数据库脚本",
        ),
    )
)
"""Headers that mean a field only where no better column does: a number of the row is no order of the release."""


def best_header(grid: Grid, index: HeaderIndex, start: int = 0, end: int | None = None) -> Header | None:
    """The row from `start` on with the most known headers; the first of equals. None where no header is known."""
    best: Header | None = None
    for row in range(start, min(len(grid.rows) if end is None else end, start + HEADER_ROWS)):
        if len(grid.filled(row)) > (len(best.fields) if best else 0):
            found = header_at(grid, row, index)
            if len(found.fields) > (len(best.fields) if best else 0):
                best = found
    return best


def header_at(grid: Grid, row: int, index: HeaderIndex) -> Header:
    """The header that `row` would be: a field goes to its own label where there is one, else to the leftmost alias."""
    body = min(_body_below(grid, row, index), len(grid.rows))
    captions = _captions(grid, row, body)
    known = {column: _known(words, index) for column, words in captions.items()}
    column_of: dict[str, int] = {}
    for column, caption in known.items():
        name = index.field(caption)
        if name is None:
            continue
        rival = column_of.get(name)
        if rival is None or _rank(caption, index) > _rank(known[rival], index):
            column_of[name] = column
    fields = {column: name for name, column in column_of.items()}
    others = {column: " ".join(words) for column, words in captions.items() if column not in fields}
    return Header(row, body, dict(sorted(fields.items())), others)


def _rank(caption: str, index: HeaderIndex) -> int:
    if index.is_canonical(caption):
        return 2
    return 0 if normalise_header(caption) in LAST_CHOICES else 1


def _known(words: Sequence[str], index: HeaderIndex) -> str:
    """Of the words above a column, from the highest down: all of them where that is a known header, else the lowest known one."""
    whole = " ".join(words)
    if len(words) == 1 or index.field(whole):
        return whole
    return next((word for word in reversed(words) if index.field(word)), whole)


def _body_below(grid: Grid, row: int, index: HeaderIndex) -> int:
    """The first row below a header, which is higher where its cells are merged downward or have captions below them."""
    bottoms = [area.bottom for area in grid.merges if area.top == row and area.bottom > row and area.left == area.right]
    if bottoms:
        return min([*bottoms, row + 2]) + 1
    return row + (2 if row + 1 < len(grid.rows) and _has_children(grid, row, index) else 1)


def _has_children(grid: Grid, row: int, index: HeaderIndex) -> bool:
    """Whether the next row goes on with the header: captions stand there below wide cells, or known ones below no known ones."""
    above, below = grid.filled(row), dict.fromkeys(grid.filled(row + 1))
    if not below or len(above) < 2:
        return False
    wide = {c for a in grid.merges if a.top == a.bottom == row for c in range(a.left, a.right + 1) if a.right > a.left}
    known = [column for column in below if index.field(grid.text(row + 1, column))]
    if not any(index.field(grid.text(row, column)) for column in above if column not in wide and column not in below):
        return False
    if wide and wide.issuperset(below):
        return bool(known) or len(below) > 1
    return len(known) > 1 and known == list(below)


def _captions(grid: Grid, row: int, body: int) -> dict[int, tuple[str, ...]]:
    """The words above each column, from the highest down; a cell that reaches down into the rows is no header."""
    areas = [area for area in grid.merges if area.top < body and area.bottom >= row]
    deep = {(area.top, area.left) for area in areas if area.bottom >= body}
    spread = {
        (each, column): grid.text(area.top, area.left)
        for area in areas
        if row <= area.top and area.bottom < body
        for each in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
        if body > row + 1
    }
    captions: dict[int, tuple[str, ...]] = {}
    for column in range(max(len(grid.rows[each]) for each in range(row, min(body, len(grid.rows))))):
        spots = [(each, column) for each in range(row, body) if (each, column) not in deep]
        words = tuple(dict.fromkeys(word for spot in spots if (word := grid.text(*spot) or spread.get(spot, ""))))
        if words:
            captions[column] = words
    return captions


CELL_LIMIT: Final = 32_767
"""Characters an Excel cell can hold (UTF-16 units); what is longer goes on in a sheet of its own."""

CONTINUED: Final = regex(r"\n〔→ (?P<id>L\d+)〕\Z")
"""The end of a cell whose text goes on: the id of its pieces."""


def pieces(text: str, size: int = CELL_LIMIT - 100) -> list[str]:
    """The text cut so that each piece fits a cell; `"".join` gives it back."""
    found, start, units = [], 0, 0
    for at, char in enumerate(text):
        width = 2 if ord(char) > 0xFFFF else 1
        if units + width > size:
            found.append(text[start:at])
            start, units = at, 0
        units += width
    return [*found, text[start:]]


def fill_down(grid: Grid, first: int, last: int) -> dict[tuple[int, int], tuple[int, int]]:
    """For each cell of rows `first` to `last` that a downward merge leaves blank, the cell its text stands in."""
    return {
        (row, area.left): (area.top, area.left)
        for area in grid.merges
        if area.bottom > area.top
        for row in range(max(area.top + 1, first), min(area.bottom, last) + 1)
        if area.top >= first
    }
