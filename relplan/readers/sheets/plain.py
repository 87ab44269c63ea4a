"""Whether a sheet's XML tells anything beside its texts: a look at its bytes, several times quicker than parsing them.

Without its digits, a sheet of texts says the same few things again and again: cells of one column differ in nothing else.
"""

from __future__ import annotations

import zipfile
from typing import Final

from relplan.patterns import regex

_PIECE: Final = 2**20
"""Bytes looked at in one go."""

_DIGITS: Final = b"0123456789"

_ROW: Final = regex(rb'<row r="(\d+)"')

_CELL: Final = regex(rb' r="([A-Z]{1,3})"(?:(?: s="")? t="s">|[^>]*/>)')
"""A cell with a shared string, or without anything, as it stands between `<c` and its text, its digits taken out."""

_NO_CELL: Final = regex(rb"[of]")
"""`<cols>`, `<color>`, `<conditionalFormatting>`, `<cfRule>`."""

_TELLING: Final = regex(rb'hidden|yperlink|<!|:row|:c|<row(?! r="")')
"""What hides, what links, what may be other than it looks, names of rows and cells with a prefix, rows without a number."""


def plain_end(package: zipfile.ZipFile, part: str) -> str | None:
    """The address of the last row and column of a sheet that holds nothing but texts; None where it may hold more."""
    last, columns, rest = 0, set[bytes](), b""
    with package.open(part) as source:
        while piece := source.read(_PIECE):
            whole, end, rest = (rest + piece).rpartition(b"<row")
            rest = end + rest  # a row of more than a piece is looked at closely
            found = _columns(whole) if whole else None
            if found is None:
                return None
            columns |= found
            last = max([last, *map(int, _ROW.findall(whole))])
    found = _columns(rest)
    if found is None or not (columns := columns | found):
        return None
    last = max([last, *map(int, _ROW.findall(rest))])
    return f"{max(columns, key=lambda letters: (len(letters), letters)).decode()}{last}"


def _columns(xml: bytes) -> set[bytes] | None:
    """The letters of the columns whose cells stand in a piece of a sheet; None where it tells, or may tell, anything else."""
    before, *cells = xml.translate(None, _DIGITS).split(b"<c")
    different, columns = set(cells), set[bytes]()
    if any(map(_TELLING.search, (before, *different))):
        return None
    for each in different:
        if cell := _CELL.match(each):
            columns.add(cell[1])
        elif not _NO_CELL.match(each):
            return None
    return columns
