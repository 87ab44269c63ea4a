"""Short texts are worth remembering: plans say the same few words again and again."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")
_SHORT: Final = 64
"""Characters of a text that is remembered; long ones seldom come again and take room."""
_MOST: Final = 2048


def remembering(function: Callable[P, T]) -> Callable[P, T]:
    """`function`, quick where a short text, its first argument, comes again."""
    remembered: Any = functools.lru_cache(maxsize=_MOST)(function)
    made: Any = function

    def known(text: object, *more: Any) -> Any:
        return remembered(text, *more) if type(text) is str and len(text) < _SHORT else made(text, *more)

    return cast("Callable[P, T]", known)
