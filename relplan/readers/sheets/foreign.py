"""Workbooks of other kinds as grids: .xls and .xlsb by python-calamine, .ods by its XML; each in a process of its own.

calamine can abort the process or ask for all its memory on a broken file. The number formats and errors of .xls, of
which it says nothing, come from `biff`; of .xlsb they are not known. What may not be seen is told.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from relplan.errors import Place, ReadError, problem
from relplan.grids import Area, Grid
from relplan.readers.sheets import isolated
from relplan.readers.sheets.biff import SheetMarks, sheet_marks
from relplan.readers.sheets.limits import MAX_CELLS, too_large
from relplan.readers.sheets.workbook import as_shown, open_package

_ZIP: Final = b"PK\x03\x04"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


class Sheet(Struct, frozen=True):
    """A sheet of such a workbook.

    Attributes:
        grid: its cells.
        hidden: whether the workbook shows it.
        is_partial: whether some of what is struck through or commented in it may not be seen.
    """

    grid: Grid
    hidden: bool
    is_partial: bool


def read_sheets(function: str, data: bytes, name: str, limit: int) -> list[Sheet]:
    """The sheets of a workbook.

    Args:
        function: that lays it out, as `isolated.run` takes it.
        data: the file.
        name: of the file, for messages.
        limit: how many times the limits of size it may reach.

    Raises:
        ReadError: it cannot be read.
    """
    sheets = isolated.run(function, data, name, limit)
    return [Sheet(_grid(each), each["hidden"], bool(each.get("is_partial"))) for each in sheets]


def _grid(sheet: Mapping[str, Any]) -> Grid:
    return Grid(
        sheet["name"],
        sheet["rows"],
        tuple(Area(*area) for area in sheet["merges"]),
        _spots(sheet["numbers"]),
        hidden_rows=frozenset(sheet.get("hidden_rows", ())),
        hidden_columns=frozenset(sheet.get("hidden_columns", ())),
        struck=_spots(sheet.get("struck", ())),
        comments={(row, column): text for row, column, text in sheet.get("comments", ())},
        links={(row, column): target for row, column, target in sheet.get("links", ())},
    )


def _spots(pairs: Any) -> frozenset[tuple[int, int]]:
    return frozenset((row, column) for row, column in pairs)


# In the child process ---------------------------------------------------------------------------------------------------


def laid_out(data: bytes, limit: int) -> list[dict[str, Any]]:
    """The sheets of an .xls or .xlsb file, as plain values: name, whether it is hidden, rows, merges, numbers.

    Raises:
        ReadError: it is protected by a password or larger than the limits.
    """
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    if data.startswith(_ZIP) or _ENCRYPTED in data:
        open_package(data, "", "xl/workbook.bin", "Excel", limit)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        raise ReadError(
            problem("文件有密码保护；请去掉密码后另存", "the file is protected by a password; save it without one")
        ) from None
    metas = [meta for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    told = sheet_marks(data)
    if len(told) != len(metas):
        told = [SheetMarks(is_partial=True) for _ in metas]
    return [
        {
            "name": meta.name,
            "hidden": meta.visible != SheetVisibleEnum.Visible,
            **_sheet(meta.name, workbook.get_sheet_by_name(meta.name), marks, limit),
        }
        for meta, marks in zip(metas, told, strict=True)
    ]


def _sheet(name: str, sheet: Any, marks: SheetMarks, limit: int) -> dict[str, Any]:
    if (sheet.total_height + 1) * sheet.total_width > MAX_CELLS * limit:
        raise ReadError(too_large(Place(sheet=name), limit))
    rows = [
        [float(value) if type(value) is int else value for value in row]
        for row in sheet.to_python(skip_empty_area=False)
    ]
    for row, column in marks.shown:  # calamine lays out no row or column that has nothing but errors
        rows.extend([] for _ in range(len(rows), row + 1))
        rows[row].extend("" for _ in range(len(rows[row]), column + 1))
    numbers = as_shown(rows, marks.shown)
    return {
        "rows": rows,
        "merges": [[*start, *end] for start, end in sheet.merged_cell_ranges or ()],
        "numbers": sorted(numbers),
        "hidden_rows": marks.hidden_rows,
        "hidden_columns": marks.hidden_columns,
        "struck": marks.struck,
        "comments": [[*spot, text] for spot, text in marks.comments.items()],
        "is_partial": marks.is_partial,
    }
