"""How wide text is, in half-width characters: a Chinese character takes two."""

from __future__ import annotations

import functools
import math
import re
from typing import Final

# What could be wider than one column, or take none: everything from the Hangul letters on, and the
# signs below them that Chinese fonts draw at full width (quotation marks, dashes, ellipsis, arrows).
_UNUSUAL: Final = re.compile("[\u0300-\u036f\u0591-\u0670\u1100-\U0010ffff\u2010-\u2027\u2030-\u205e\u2190-\u27bf]")


def display_width(text: str) -> int:
    """The columns that one line of text takes."""
    if text.isascii():
        return len(text)
    return len(text) + sum(_extra(char) for char in _UNUSUAL.findall(text))


@functools.lru_cache(maxsize=8192)
def _extra(char: str) -> int:
    from wcwidth import wcwidth

    return max(wcwidth(char, ambiguous_width=2), 0) - 1


def wrapped_lines(text: str, columns: int) -> int:
    """How many lines the text takes in a cell that holds `columns` half-width characters a line."""
    return sum(max(1, math.ceil(display_width(line) / columns)) for line in text.split("\n"))
