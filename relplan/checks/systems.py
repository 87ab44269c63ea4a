"""Which systems of the release table a text names, and versions to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from relplan.patterns import regex
from relplan.sequence.names import name_key

VersionKey: TypeAlias = tuple[int, ...]
"""A version of nothing but numbers, to compare by; a final 0 counts for nothing."""

_NUMBERS: Final = regex(r"[vV]?(?P<numbers>\d{1,9}(?:\.\d{1,9})*)")
_INDEXED: Final = 2
"""Characters by which names are looked up; names that are shorter are not looked for in prose."""


def version_key(text: str) -> VersionKey | None:
    """A version to compare by: `v2.10.0` is `(2, 10)`; None where it is more than numbers (`2.3-rc1`)."""
    match = _NUMBERS.fullmatch(text.strip())
    if not match:
        return None
    numbers = [int(each) for each in match["numbers"].split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


class SystemNames:
    """The names of systems, to find them in texts; the time it takes goes with the length of the text, not with their number."""

    def __init__(self, names: Iterable[str]) -> None:
        self._keys = {key for name in names if len(key := name_key(name)) >= _INDEXED}
        lengths: dict[str, set[int]] = {}
        for key in self._keys:
            lengths.setdefault(key[:_INDEXED], set()).add(len(key))
        self._lengths = {start: sorted(each, reverse=True) for start, each in lengths.items()}

    def within(self, text: str) -> Iterator[str]:
        """The keys of the names that stand in a text, the longest at each spot."""
        words, at = name_key(text), 0
        while at < len(words):
            found = self._at(words, at)
            if found:
                yield found
            at += len(found) or 1

    def _at(self, words: str, at: int) -> str:
        """The longest name that begins at a spot and is not part of a longer word (`order` in `order-center`); else blank."""
        for length in self._lengths.get(words[at : at + _INDEXED], ()):
            key, end = words[at : at + length], at + length
            if (
                key in self._keys
                and not _joined(words[at - 1 : at], key[0])
                and not _joined(key[-1], words[end : end + 1])
            ):
                return key
        return ""


def _joined(one: str, other: str) -> bool:
    return all(each.isascii() and (each.isalnum() or each in "-_") for each in (one, other)) if one and other else False
