"""Whether a sheet's XML tells anything beside its texts: a look at its bytes, several times quicker than parsing them."""

from __future__ import annotations

import re
import zipfile
from typing import Final

_PIECE: Final = 2**20
"""Bytes looked at in one go."""

_ROW: Final = re.compile(rb'<row r="(\d+)"[^>]*?(/?)>')
_CELL: Final = re.compile(rb'<c r="([A-Z]{1,3})\d+"(?:(?: s="\d+")? t="s">|[^>]*/>)')
"""A cell with a shared string, or without anything."""

_TELLING: Final = (b"hidden", b"yperlink", b"<!", b":row", b":c")
"""What hides, what links, what may be other than it looks, and names of rows and cells with a prefix."""


def plain_end(package: zipfile.ZipFile, part: str) -> str | None:
    """The address of the last row and column of a sheet that holds nothing but texts; None where it may hold more."""
    last, columns, rest = 0, set[bytes](), b""
    with package.open(part) as source:
        while piece := source.read(_PIECE):
            whole, end, rest = (rest + piece).rpartition(b"<row")
            rest = end + rest  # a row of more than a piece is looked at closely
            rows, cells = _ROW.findall(whole), _CELL.findall(whole)
            if not whole or not _is_all(whole, len(rows), len(cells)):
                return None
            last = max([last, *(int(row) for row, blank in rows if not blank)])
            columns.update(cells)
    rows, cells = _ROW.findall(rest), _CELL.findall(rest)
    columns.update(cells)
    if not columns or not _is_all(rest, len(rows), len(cells)):
        return None
    last = max([last, *(int(row) for row, blank in rows if not blank)])
    return f"{max(columns, key=lambda letters: (len(letters), letters)).decode()}{last}"


def _is_all(xml: bytes, rows: int, cells: int) -> bool:
    """Whether a piece of a sheet has so many rows and cells, and nothing else that tells anything; in doubt it has."""
    cells += xml.count(b"<co") + xml.count(b"<cf")  # <cols>, <conditionalFormatting>, <cfRule>
    return rows == xml.count(b"<row") and cells == xml.count(b"<c") and not any(word in xml for word in _TELLING)
