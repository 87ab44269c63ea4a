"""What changed in a text, word by word: a Chinese character is a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias

from relplan.patterns import regex

Kind: TypeAlias = Literal["same", "gone", "new"]
Piece: TypeAlias = tuple[Kind, str]

_WORD: Final = regex(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)
_MOST_WORDS: Final = 3_000
"""Words, or lines, of a text that are compared one by one; the time it takes grows with their square."""


def changed_words(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in their order: those without the new ones are the first text, those without the gone ones the second."""
    one, two = _WORD.findall(before), _WORD.findall(after)
    if max(len(one), len(two)) > _MOST_WORDS:
        one, two = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if max(len(one), len(two)) > _MOST_WORDS:
        return tuple(piece for piece in (("gone", before), ("new", after)) if piece[1])
    return tuple(_joined(one, two))


def _joined(one: Sequence[str], two: Sequence[str]) -> list[Piece]:
    found: list[Piece] = []
    for kind, i, j, k, n in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(one[i:j])))
            continue
        if j > i:
            found.append(("gone", "".join(one[i:j])))
        if n > k:
            found.append(("new", "".join(two[k:n])))
    return found
