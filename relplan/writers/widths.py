"""How wide text is, in half-width characters: a Chinese character takes two."""

from __future__ import annotations

import unicodedata

from relplan.remembering import remembering


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


def wrapped_lines(text: str, columns: int) -> int:
    """How many lines the text takes in a cell that holds `columns` half-width characters a line."""
    if "\n" not in text:
        return -(-display_width(text) // columns) or 1
    return sum([-(-display_width(line) // columns) or 1 for line in text.split("\n")])
