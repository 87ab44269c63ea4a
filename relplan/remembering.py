"""Short texts are worth remembering: plans say the same few words again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")
_SHORT: Final = 32
"""Characters of a text that is remembered; long ones seldom come again and take room."""
_MOST: Final = 2048


class Remembered(dict[str, T], Generic[T]):
    """What a function of a text says, by the text: for short ones it is asked once."""

    def __init__(self, function: Callable[[str], T]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, text: str) -> T:
        said = self._function(text)
        if len(text) < _SHORT:
            if len(self) >= _MOST:
                self.clear()
            self[text] = said
        return said


def remembering(function: Callable[[str], T]) -> Callable[[str], T]:
    """`function`, quick where a short text comes again."""
    return Remembered(function).__getitem__
