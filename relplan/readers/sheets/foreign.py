"""Workbooks of other kinds as grids: .xls and .xlsb by python-calamine, .ods by its XML; each in a process of its own.

calamine can abort the process or ask for all its memory on a broken file. The number formats and errors of .xls, of
which it says nothing, come from `biff`; of .xlsb they are not known. What may not be seen is told.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from relplan.errors import Place, ReadError, problem
from relplan.grids import Area, Grid
from relplan.readers.options import DEFAULT, ReadOptions
from relplan.readers.sheets import isolated
from relplan.readers.sheets.biff import SheetMarks, sheet_marks
from relplan.readers.sheets.limits import MAX_CELLS, too_large
from relplan.readers.sheets.workbook import as_shown, open_package

if TYPE_CHECKING:
    from relplan.model.read import Read
    from relplan.readers.draft import Draft

_ZIP: Final = b"PK\x03\x04"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def read_xls(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in a workbook of Excel 5 to 2003 (.xls), or in a binary one of later versions (.xlsb).

    Raises:
        ReadError: it cannot be read, or holds no release table.
        PlanError: it holds text that no plan can hold.
    """
    return _read("readers.sheets.foreign:laid_out", data, name, options)


def read_ods(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in an OpenDocument spreadsheet (.ods), as LibreOffice and WPS write it; raises as `read_xls` does."""
    return _read("readers.sheets.opendocument:laid_out", data, name, options)


def _read(function: str, data: bytes, name: str, options: ReadOptions) -> Read:
    # The child process, which needs only what lays sheets out, starts in half the time without these.
    from relplan.readers.draft import Draft
    from relplan.readers.sheets.reader import chosen_sheets, read_grids

    draft = Draft(name)
    sheets = isolated.run(function, data, name, options.limit)
    chosen = chosen_sheets({sheet["name"]: sheet["hidden"] for sheet in sheets}, options, draft)
    if any(sheet.get("is_partial") for sheet in sheets if sheet["name"] in chosen):
        _tell_unseen(draft)
    return read_grids([_grid(sheet) for sheet in sheets if sheet["name"] in chosen], draft, options)


def _tell_unseen(draft: Draft) -> None:
    zh = "这种格式里的删除线或批注不能全部看到，按没有读入；如果有，请另存为 .xlsx 再读"
    en = "not all that is struck through or commented can be seen in this format, it was read as if there were none; save it as .xlsx if there is"
    draft.note("guessed", zh, en, Place(draft.name))


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
