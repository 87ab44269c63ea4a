"""Excel workbooks (.xlsx) as grids: the text each cell shows.

python-calamine reads the values. Number formats and marks, which it does not tell, come from the sheet's XML,
in one pass that also measures the sheet before calamine lays it out in memory.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
import re
import zipfile
from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar

from msgspec import Struct

from relplan.errors import ReadError, problem
from relplan.grids import Area, Grid, Spot
from relplan.patterns import regex
from relplan.readers.sheets.limits import refuse_long_texts
from relplan.readers.sheets.marks import Marks, SheetPart, marks, sheet_parts, styles

T = TypeVar("T")

MAX_UNPACKED: Final = 512 * 2**20
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Workbook(Struct, frozen=True):
    """An .xlsx file that has been opened: its sheets, which `grids` reads."""

    sheets: tuple[SheetPart, ...]
    _package: zipfile.ZipFile
    _data: bytes
    _name: str
    _limit: int

    def grids(self, chosen: Collection[str]) -> list[Grid]:
        """The sheets of the names `chosen`.

        Raises:
            ReadError: the file is broken, or a sheet larger than the limit.
        """
        wanted = [sheet for sheet in self.sheets if sheet.name in chosen]
        return _guarded(self._name, lambda: self._read(wanted))

    def _read(self, wanted: Collection[SheetPart]) -> list[Grid]:
        from python_calamine import CalamineWorkbook

        refuse_long_texts(self._package, "xl/sharedStrings.xml", self._name, self._limit)
        shared = functools.cache(functools.partial(styles, self._package))
        found = [(each.name, marks(self._package, each, shared, self._name, self._limit)) for each in wanted]
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(self._data))
        return [_grid(name, workbook.get_sheet_by_name(name), told) for name, told in found]


def opened(data: bytes, name: str, limit: int = 1) -> Workbook:
    """An .xlsx file with the names of its sheets.

    Args:
        data: the file.
        name: of the file, for messages.
        limit: how many times the limits of size it may reach.

    Raises:
        ReadError: the file is no workbook, is encrypted, broken or larger than the limit.
    """
    package = open_package(data, name, "xl/workbook.xml", "Excel", limit)
    return Workbook(_guarded(name, lambda: tuple(sheet_parts(package))), package, data, name, limit)


def _guarded(name: str, act: Callable[[], T]) -> T:
    """What `act` gives; a damaged package fails in the zip, in the XML, in what the XML says, or inside calamine."""
    try:
        return act()
    except ReadError:
        raise
    except Exception as error:
        raise _broken(name, error) from None
    except BaseException as error:
        # A panic inside calamine is no Exception; anything else that ends a process goes on its way.
        if type(error).__name__ != "PanicException":
            raise
        raise _broken(name, error) from None


def open_package(data: bytes, name: str, main: str, program: str, limit: int = 1) -> zipfile.ZipFile:
    """The zip file of an Office document, checked before anything is unpacked.

    Raises:
        ReadError: it is no such document, is encrypted or would be too large.
    """
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ReadError(
                problem(
                    "文件有密码保护；请去掉密码后另存", "the file is protected by a password; save it without one", name
                )
            )
        raise ReadError(
            problem(
                f"这是旧格式的 {program} 文件，扩展名不符；请另存为新格式",
                f"this is a file of the old {program} format under a wrong ending; save it in the new format",
                name,
            )
        )
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise ReadError(
            problem(
                f"不是 {program} 文件，或文件已损坏；请用 {program} 打开后重新保存",
                f"this is no {program} file, or it is broken; open it in {program} and save it again",
                name,
            )
        ) from None
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED * limit:
        size = MAX_UNPACKED * limit // 2**20
        raise ReadError(problem(f"解压后超过 {size} MiB", f"it unpacks to more than {size} MiB", name))
    if main not in package.namelist():
        raise ReadError(
            problem(f"扩展名与内容不符：这不是 {program} 文件", f"the ending is wrong: this is no {program} file", name)
        )
    return package


def _broken(name: str, error: BaseException) -> ReadError:
    return ReadError(
        problem(f"工作簿已损坏，无法读取（{error}）", f"the workbook is broken and cannot be read ({error})", name)
    )


def _grid(name: str, sheet: Any, told: Marks) -> Grid:
    merges = tuple(Area(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ())
    rows: list[list[str]] = sheet.to_python(skip_empty_area=False)
    for row, column in told.shown:  # calamine lays out no row or column that has nothing but errors
        rows.extend([] for _ in range(len(rows), row + 1))
        rows[row].extend("" for _ in range(len(rows[row]), column + 1))
    numbers = as_shown(rows, told.shown)
    return Grid(
        name,
        rows,
        merges,
        frozenset(numbers),
        hidden_rows=frozenset(told.hidden_rows),
        hidden_columns=frozenset(told.hidden_columns),
        struck=frozenset(told.struck),
        comments=told.comments,
        links=told.links,
        unsaved=frozenset(told.unsaved),
    )


_TEXT: Final = frozenset((str,))


def as_shown(rows: list[list[Any]], codes: dict[Spot, str]) -> set[Spot]:
    """Make text of every cell; the cells whose form is not known."""
    numbers = set()
    coded = {row for row, _ in codes}
    for r, row in enumerate(rows):
        if r not in coded and _TEXT.issuperset(map(type, row)):
            continue
        for c, value in enumerate(row):
            if type(value) is str:
                if not value and (r, c) in codes:
                    row[c] = codes[r, c]
                continue
            code = codes.get((r, c), "")
            row[c] = shown(value, code)
            if isinstance(value, dt.date) or (isinstance(value, float) and not code):
                numbers.add((r, c))
    return numbers


_DIGITS: Final = regex(
    r'(?P<before>(?:"[^"]*"|[vV\\ ])*)(?P<form>[#0,]*0(?:\.(?P<decimals>0+))?)(?P<percent>%?)(?P<after>(?:"[^"]*")*)'
)


def shown(value: object, code: str = "") -> str:
    """What a cell shows that holds `value` under the number format `code` (blank: "General").

    1.1 under `0.00` is 1.10. A format that is not plain digits shows the number as "General" does.
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        match = _DIGITS.fullmatch(code.partition(";")[0])
        return _formatted(float(value), match) if match else format(value, ".15g")
    if isinstance(value, dt.datetime):
        return (
            value.isoformat(" ", "seconds" if value.second else "minutes") if value.time() else value.date().isoformat()
        )
    if isinstance(value, dt.time):
        return value.isoformat("seconds" if value.second else "minutes")
    return str(value)


def _formatted(value: float, match: re.Match[str]) -> str:
    decimals = len(match["decimals"] or "")
    whole = match["form"].partition(".")[0]
    width = whole.replace(",", "").count("0") + (decimals + 1 if decimals else 0)
    separator = "," if "," in whole else ""
    number = value * 100 if match["percent"] else value
    literal = [re.sub(r'["\\]', "", match[part]) for part in ("before", "after")]
    return f"{literal[0]}{number:0{width}{separator}.{decimals}f}{match['percent']}{literal[1]}"
