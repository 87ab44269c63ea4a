"""How wide text is, in half-width characters: a Chinese character takes two."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from relplan.patterns import regex
from relplan.remembering import remembering
from relplan.writers import LATIN


class _Widths(dict[str, int]):
    """The columns that characters take, worked out once; signs of doubtful width count as in Chinese fonts."""

    def __missing__(self, char: str) -> int:
        self[char] = width = _width(char)
        return width


_WIDTHS = _Widths()


def _width(char: str) -> int:
    category, width = unicodedata.category(char), unicodedata.east_asian_width(char)
    if category[0] in "MC" or (category == "Lo" and width in "NH"):
        # Marks, joiners, parts of Hangul letters, signs newer than this Python: few texts have them.
        from wcwidth import wcwidth

        return max(wcwidth(char, ambiguous_width=2), 0)
    return 2 if width in "WFA" else 1


def display_width(text: str) -> int:
    """The columns that one line of text takes."""
    return len(text) if text.isascii() else _measured(text)


@remembering
def _measured(text: str) -> int:
    return sum(map(_WIDTHS.__getitem__, text))


_TOKENS: Final = regex(f"[{LATIN}]+|[^{LATIN}]+")


def wrapped_lines(text: str, columns: int) -> int:
    """How many lines the text takes in a cell that holds `columns` half-width characters a line."""
    return most_lines([(least_lines(text, columns), text, columns)])


def most_lines(cells: Sequence[tuple[int, str, int]]) -> int:
    """How many lines the tallest of some cells takes: its `least_lines`, its text, and what a line of it holds, of each."""
    most = max(cells)[0] if cells else 1
    for least, text, columns in cells:
        # Two neighbouring lines hold more than the room of one, so words at most double what one line becomes, less one.
        if 2 * least - text.count("\n") - 1 > most and _long_word(columns).search(text):
            most = max(most, sum([_lines_of(line, columns) for line in text.split("\n")]))
    return most


@functools.cache
def _long_word(columns: int) -> re.Pattern[str]:
    """A word that leaves more of a line empty before it than the reserve of a cell makes good."""
    return regex(f"[{LATIN}]{{{max(columns // 4, 3)},}}")


def least_lines(text: str, columns: int) -> int:
    """How many lines the text takes if each is filled to its end."""
    if "\n" not in text:
        return -(-display_width(text) // columns) or 1
    return sum([-(-display_width(line) // columns) or 1 for line in text.split("\n")])


def _lines_of(line: str, columns: int) -> int:
    """How many lines one line takes; a word that does not fit begins one of its own, and is broken where that is too short as well."""
    least = least_lines(line, columns)
    spare, longest = least * columns - display_width(line), max(map(len, line.split()), default=0)
    if (least - 1) * (longest - 1) <= spare:
        return least  # whatever stays empty before its words, there is room for it
    lines, at = 1, 0
    for token in _TOKENS.findall(line):
        width = display_width(token)
        if at and at + width > columns and "!" <= token[0] <= "\u024f":
            lines, at = lines + 1, 0
        more, at = divmod(at + width - 1, columns)
        lines, at = lines + more, at + 1
    return lines
