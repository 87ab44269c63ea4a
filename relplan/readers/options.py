"""What a user may say of a file to read, where relplan's own guess would be wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

NO_WORDS: Final[Mapping[str, str]] = MappingProxyType({})


class ReadOptions(Struct, frozen=True):
    """How to read a file.

    Attributes:
        sheets: the names of the sheets to read, hidden ones too; none: every visible sheet.
        columns: from a header, as it stands in the file, to the field of the release table it means (`版本` -> `version`).
        risks: from a word in a risk column to a risk level (`1` -> `critical`); digits and letters mean nothing without.
        limit: how many times the built-in limits of size a file may reach.
        progress: told now and then how many rows of a sheet have been read, and how many there are.
    """

    sheets: tuple[str, ...] = ()
    columns: Mapping[str, str] = NO_WORDS
    risks: Mapping[str, str] = NO_WORDS
    limit: int = 1
    progress: Callable[[int, int], None] | None = None


DEFAULT: Final = ReadOptions()
