"""How much room text takes in a picture, in ems, and where its lines break. Rather too much room than too little."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from relplan.patterns import regex

_NARROW: Final = frozenset("iljtfrI.,:;'|!()[] ")
_BROAD: Final = frozenset("mwMW@%&—…")
_FIRST_PICTOGRAM: Final = "\U0001f000"
_PIECE: Final = regex(
    r"\s|[^\s\-_/.,:;\u2e80-\uffef]+[\-_/.,:;]*|[\-_/.,:;]+|[\u2e80-\uffef][，、。）】」”；：]*", re.DOTALL
)


def width(text: str) -> float:
    """The width of one line in a bold sans-serif face, in ems."""
    return sum(map(_width, text))


def _width(char: str) -> float:
    if char in _NARROW:
        return 0.42
    if char in _BROAD:
        return 1.0
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf"):
        return 0.0
    if char >= _FIRST_PICTOGRAM:
        return 1.4
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    return 0.8 if category in ("Lu", "Lo") else 0.65


def wrapped(text: str, most: float, most_lines: int) -> list[str]:
    """The text in lines of at most `most` ems, broken after blanks, hyphens and Chinese characters where it can be.

    Of more than `most_lines` the last ends with `…`.
    """
    lines = list(_lines(" ".join(text.split()), most))
    if len(lines) <= most_lines:
        return lines
    last = lines[most_lines - 1]
    while width(last + "…") > most:
        last = last[:-1]
    return [*lines[: most_lines - 1], last.rstrip() + "…"]


def _lines(text: str, most: float) -> Iterator[str]:
    line, used = "", 0.0
    for piece in _short_pieces(text, most):
        taken = width(piece)
        if line and used + taken > most:
            yield line.rstrip()
            line, used = "", 0.0
        if line or not piece.isspace():
            line, used = line + piece, used + taken
    if line:
        yield line.rstrip()


def _short_pieces(text: str, most: float) -> Iterator[str]:
    """What a line does not break inside; a word longer than a line is broken where it must."""
    for piece in _PIECE.findall(text):
        start, used = 0, 0.0
        for at, char in enumerate(piece):
            used += _width(char)
            if used > most and at > start:
                yield piece[start:at]
                start, used = at, _width(char)
        yield piece[start:]
