"""References in formulas and ranges: found by their letters, and moved with the rows they mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from relplan.grids import column_letters
from relplan.patterns import regex

_FORMULA: Final = regex(
    r'(?P<text>"(?:[^"]|"")*")'
    r"|(?<![\w.$])(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?"
    r"(?P<first>\$?[A-Z]{1,3}\$?\d{1,7})(?::(?P<last>\$?[A-Z]{1,3}\$?\d{1,7}))?(?![\w(.!])"
)
_CELL: Final = regex(r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})")
_ROWS: Final = regex(r"(?<![\w.$:])\$?\d+:\$?\d+(?!\w)")


class Reference(Struct, frozen=True):
    """A cell in a reference: row and column from 0, and whether a `$` stands before them."""

    row: int
    column: int
    fixed_row: bool = False
    fixed_column: bool = False

    def __str__(self) -> str:
        column, row = ("$" if each else "" for each in (self.fixed_column, self.fixed_row))
        return f"{column}{column_letters(self.column)}{row}{self.row + 1}"


Move = Callable[[str, Reference, Reference | None], str]
"""From the sheet of a reference (blank: its own), its first cell and, of a range, its last, to what stands there afterwards."""


def parsed(text: str) -> Reference:
    """The cell of a reference such as `$B$3`.

    Raises:
        ValueError: it is none.
    """
    match = _CELL.fullmatch(text)
    if not match:
        raise ValueError(text)
    column = 0
    for letter in match[2]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return Reference(int(match[4]) - 1, column - 1, bool(match[3]), bool(match[1]))


def area(text: str) -> tuple[Reference, Reference]:
    """The first and the last cell of a range; of a single cell that cell twice.

    Raises:
        ValueError: it is none.
    """
    first, _, last = text.partition(":")
    return parsed(first), parsed(last or first)


def moved(formula: str, move: Move) -> str:
    """A formula with its references moved; the words in it stay as they are."""

    def one(match: re.Match[str]) -> str:
        if match["text"]:
            return match[0]
        sheet = (match["sheet"] or "")[:-1]
        name = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
        last = parsed(match["last"]) if match["last"] else None
        return f"{match['sheet'] or ''}{move(name, parsed(match['first']), last)}"

    return _FORMULA.sub(one, formula)


def has_rows(formula: str) -> bool:
    """Whether a formula refers to whole rows (`3:5`)."""
    return _ROWS.search(re.sub(r'"(?:[^"]|"")*"', "", formula)) is not None


def shifted(formula: str, rows: int, columns: int) -> str:
    """A formula as Excel fills it down and to the right: what has no `$` moves along."""

    def one(reference: Reference) -> Reference:
        return Reference(
            reference.row if reference.fixed_row else reference.row + rows,
            reference.column if reference.fixed_column else reference.column + columns,
            reference.fixed_row,
            reference.fixed_column,
        )

    return moved(formula, lambda _, first, last: str(one(first)) + (f":{one(last)}" if last else ""))
