"""What python-calamine does not tell of an .xls file: number formats, error values, comments, what is hidden or struck through.

The file is a compound file ([MS-CFB]) with a stream of records ([MS-XLS], section 2.4); records that are not
known here are skipped, and a file that is not as expected tells nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field

from relplan.grids import Spot
from relplan.readers.sheets.marks import BUILT_IN

_NO_SECTOR: Final = 0xFFFFFFF0
"""Numbers from here on are no sectors: the end of a chain, a free one, part of a table."""

_SHORT: Final = 4096
"""Streams below this size stand in another one."""

_BIFF8: Final = 0x0600
_ERRORS: Final = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}

# Records.
_FORMULA, _EOF, _COLUMNS, _SHEET, _RKS, _STYLE = 0x0006, 0x000A, 0x007D, 0x0085, 0x00BD, 0x00E0
_NUMBER, _ERROR, _ROW, _RK, _FORMAT, _BEGIN = 0x0203, 0x0205, 0x0208, 0x027E, 0x041E, 0x0809
_NOTE, _FONT, _CONTINUE, _OBJECT, _RICH, _SHARED, _TEXT_BOX, _LABEL = (
    0x001C, 0x0031, 0x003C, 0x005D, 0x00D6, 0x00FD, 0x01B6, 0x0204,
)  # fmt: skip
_CELLS: Final = frozenset((_NUMBER, _RK, _ERROR, _FORMULA, _RICH, _SHARED, _LABEL))
_STRUCK: Final = 0x08
_NO_FONT: Final = 4
"""The number that no font has ([MS-XLS], FontIndex)."""


class SheetMarks(Struct):
    """What the records of a sheet say beside its values.

    Attributes:
        shown: the format code of number cells, and the words of error cells.
        hidden_rows, hidden_columns: what the sheet does not show.
        struck: cells whose whole text is struck through by their style.
        comments: what stands beside a cell.
        is_partial: whether some words of the workbook may be struck through by themselves, which is not looked at.
    """

    shown: dict[Spot, str] = field(default_factory=dict)
    struck: list[Spot] = field(default_factory=list)
    comments: dict[Spot, str] = field(default_factory=dict)
    is_partial: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


def sheet_marks(data: bytes) -> list[SheetMarks]:
    """The marks of the worksheets of an .xls file of Excel 97 or later, in order; none where it is another file."""
    try:
        stream = _stream(data, ("Workbook",))
        return list(_marks(stream)) if stream else []
    except (struct.error, IndexError, UnicodeDecodeError):
        return []


# The compound file ------------------------------------------------------------------------------------------------------


def _stream(data: bytes, names: tuple[str, ...]) -> bytes:
    """A stream of the root folder, or nothing. A short one stands in pieces of 64 bytes in the stream of the root itself."""
    size = 1 << int.from_bytes(data[30:32], "little")
    if size not in (512, 4096):
        return b""
    table = _table(data, size)
    first, _, _, short, _ = struct.unpack_from("<5I", data, 48)
    sectors = memoryview(data)[size:]
    folder = _chain(sectors, size, table, first)
    for at in range(0, len(folder), 128):
        length = int.from_bytes(folder[at + 64 : at + 66], "little")
        if folder[at : at + max(0, length - 2)].decode("utf-16-le", "replace") in names:
            start, count = struct.unpack_from("<II", folder, at + 116)
            if count >= _SHORT:
                return _chain(sectors, size, table, start)[:count]
            box = _chain(sectors, size, table, int.from_bytes(folder[116:120], "little"))
            return _chain(box, 64, _numbers(_chain(sectors, size, table, short)), start)[:count]
    return b""


def _table(data: bytes, size: int) -> list[int]:
    """The table of sectors: for each the one that follows it."""
    parts = list(struct.unpack_from("<109I", data, 76))
    further, left = struct.unpack_from("<I", data, 68)[0], len(data) // size
    while further < _NO_SECTOR and left > 0:
        *more, further = struct.unpack_from(f"<{size // 4}I", data, (further + 1) * size)
        parts, left = parts + more, left - 1
    raw = b"".join(data[(part + 1) * size : (part + 2) * size] for part in parts if part < _NO_SECTOR)
    return _numbers(raw)


def _numbers(raw: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))


def _chain(data: bytes | memoryview, size: int, table: list[int], sector: int) -> bytes:
    """The sectors from one on, in their order; `data` begins with the first of all."""
    found, seen = [], set[int]()
    while sector < len(table) and sector not in seen:
        seen.add(sector)
        found.append(data[sector * size : (sector + 1) * size])
        sector = table[sector]
    return b"".join(found)


# Records ----------------------------------------------------------------------------------------------------------------


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from an offset to the end of their sheet."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BEGIN) - (kind == _EOF)  # a chart in a sheet begins and ends within it
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


class _Shared(Struct):
    """What all sheets share: where each begins, the number format and the font of each cell style, the fonts struck through."""

    formats: dict[int, str] = field(default_factory=dict)
    styles: list[tuple[int, int]] = field(default_factory=list)
    struck_fonts: set[int] = field(default_factory=set)
    fonts: int = 0
    sheets: list[int] = field(default_factory=list)

    def take(self, kind: int, body: bytes) -> None:
        """Take one record."""
        if kind == _FORMAT:
            self.formats[int.from_bytes(body[:2], "little")] = _text(body[2:])
        elif kind == _FONT:
            self.fonts += self.fonts == _NO_FONT
            if body[2] & _STRUCK:
                self.struck_fonts.add(self.fonts)
            self.fonts += 1
        elif kind == _STYLE:
            self.styles.append(struct.unpack_from("<HH", body))
        elif kind == _SHEET and body[5] == 0:
            self.sheets.append(int.from_bytes(body[:4], "little"))

    def codes(self) -> list[str]:
        """The number format of each style; blank for "General" and for what is not known."""
        codes = [self.formats.get(code, BUILT_IN.get(str(code), "")) for _, code in self.styles]
        return ["" if code == "General" else code for code in codes]


def _marks(stream: bytes) -> Iterator[SheetMarks]:
    shared = _Shared()
    for kind, body in _records(stream, 0):
        if kind == _BEGIN and int.from_bytes(body[:2], "little") != _BIFF8:
            return
        shared.take(kind, body)
    codes = shared.codes()
    struck = {number for number, (font, _) in enumerate(shared.styles) if font in shared.struck_fonts}
    partial = not shared.struck_fonts <= {font for font, _ in shared.styles}
    for start in shared.sheets:
        marks = SheetMarks(is_partial=partial)
        for kind, body in _records(stream, start):
            _take(kind, body, codes, marks)
            if kind in _CELLS and int.from_bytes(body[4:6], "little") in struck:
                marks.struck.append(struct.unpack_from("<HH", body))
        marks.comments.update(_comments(_records(stream, start)))
        yield marks


def _comments(records: Iterator[tuple[int, bytes]]) -> dict[Spot, str]:
    """The comments of a sheet: text boxes, and records that say beside which cell each stands."""
    texts, spots = dict[int, str](), dict[Spot, int]()
    box = left = 0
    for kind, body in records:
        if kind == _OBJECT:
            box = int.from_bytes(body[6:8], "little")
        elif kind == _TEXT_BOX:
            left = int.from_bytes(body[10:12], "little")
        elif kind == _CONTINUE and left and body:
            text = body[1:].decode("utf-16-le") if body[0] & 1 else body[1:].decode("latin-1")
            texts[box] = texts.get(box, "") + text[:left]
            left -= min(left, len(text))
        elif kind == _NOTE:
            row, column, _, number = struct.unpack_from("<4H", body)
            spots[row, column] = number
    return {spot: texts[number] for spot, number in spots.items() if texts.get(number, "").strip()}


def _text(body: bytes) -> str:
    count, wide = struct.unpack_from("<HB", body)
    return body[3 : 3 + count * 2].decode("utf-16-le") if wide & 1 else body[3 : 3 + count].decode("latin-1")


def _take(kind: int, body: bytes, codes: list[str], marks: SheetMarks) -> None:
    if kind in (_NUMBER, _RK, _ERROR, _FORMULA):
        row, column, style = struct.unpack_from("<HHH", body)
        if kind == _ERROR and body[7]:
            marks.shown[row, column] = _ERRORS.get(body[6], "#N/A")
        elif kind == _FORMULA and body[12:14] == b"\xff\xff":
            if body[6] == 2:
                marks.shown[row, column] = _ERRORS.get(body[8], "#N/A")
        elif kind != _ERROR and style < len(codes):
            marks.shown[row, column] = codes[style]
    elif kind == _RKS:
        row, first = struct.unpack_from("<HH", body)
        for number, at in enumerate(range(4, len(body) - 2, 6)):
            style = int.from_bytes(body[at : at + 2], "little")
            marks.shown[row, first + number] = codes[style] if style < len(codes) else ""
    elif kind == _ROW and body[12] & 0x20:
        marks.hidden_rows.append(int.from_bytes(body[:2], "little"))
    elif kind == _COLUMNS and body[8] & 1:
        first, last = struct.unpack_from("<HH", body)
        marks.hidden_columns += range(first, min(last, 255) + 1)
