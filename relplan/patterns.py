"""Regular expressions, compiled when they are first used: that takes longer than importing, and most runs need few of them."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile`, put off until the expression is used; a wrong one raises `re.error` then."""
    return cast("re.Pattern[AnyStr]", _Late(pattern, flags))


class _Late:
    def __init__(self, *said: Any) -> None:
        self._said = said

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what classes and copies are asked in passing
            raise AttributeError(name)
        found = getattr(re.compile(*self._said), name)
        setattr(self, name, found)  # from now on it is found at once
        return found
