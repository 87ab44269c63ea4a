"""Excel workbooks (.xlsx) as grids: the text each cell shows.

python-calamine reads the values. Number formats, which it does not tell, come from the sheet's XML,
in one pass that also measures the sheet before calamine lays it out in memory.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from relplan.errors import Place, ReadError, problem
from relplan.grids import Area, Grid

MAX_UNPACKED: Final = 512 * 2**20
MAX_CELLS: Final = 5_000_000
"""Cells of the rectangle from A1 to the last cell of a sheet: its size in memory."""

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets of a workbook that people see, and the names of the hidden ones."""

    grids: tuple[Grid, ...]
    hidden: tuple[str, ...]


def read_sheets(data: bytes, name: str) -> Sheets:
    """The sheets of an .xlsx file.

    Raises:
        ReadError: the file is no workbook, is encrypted, broken or larger than the limits.
    """
    package = open_package(data, name, "xl/workbook.xml", "Excel")
    formats = _formats(package, name)
    try:
        return _with_calamine(data, formats)
    except Exception as error:
        raise _broken(name, error) from None
    except BaseException as error:
        # A panic inside calamine is no Exception; anything else that ends a process goes on its way.
        if type(error).__name__ != "PanicException":
            raise
        raise _broken(name, error) from None


def open_package(data: bytes, name: str, main: str, program: str) -> zipfile.ZipFile:
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
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        size = MAX_UNPACKED // 2**20
        raise ReadError(problem(f"解压后超过 {size} MiB", f"it unpacks to more than {size} MiB", name))
    if main not in package.namelist():
        raise ReadError(
            problem(f"扩展名与内容不符：这不是 {program} 文件", f"the ending is wrong: this is no {program} file", name)
        )
    return package


def _formats(package: zipfile.ZipFile, name: str) -> dict[str, dict[tuple[int, int], str]]:
    """For every sheet, what `_marked_cells` tells of it."""
    try:
        codes = _format_codes(package)
        return {
            sheet: _marked_cells(package, part, codes, Place(name, sheet=sheet))
            for sheet, part in _sheet_parts(package)
        }
    except ReadError:
        raise
    except Exception as error:  # a damaged package fails in the zip, in the XML, or in what the XML says
        raise _broken(name, error) from None


def _broken(name: str, error: BaseException) -> ReadError:
    return ReadError(
        problem(f"工作簿已损坏，无法读取（{error}）", f"the workbook is broken and cannot be read ({error})", name)
    )


def _parse(source: IO[bytes]) -> Any:
    from lxml import etree

    return etree.parse(source, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    with package.open("xl/_rels/workbook.xml.rels") as source:
        targets = {each.get("Id"): each.get("Target") for each in _parse(source)}
    with package.open("xl/workbook.xml") as source:
        workbook = _parse(source)
    for sheet in workbook.iter(f"{_MAIN}sheet", f"{_STRICT}sheet"):
        relation = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        target = targets.get(relation)
        if target and "worksheets/" in target:
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            yield sheet.get("name", ""), part


def _format_codes(package: zipfile.ZipFile) -> list[str]:
    """The number format of each cell style; blank for "General" and for what this module does not know."""
    if "xl/styles.xml" not in package.namelist():
        return []
    with package.open("xl/styles.xml") as source:
        root = _parse(source)
    own = {each.get("numFmtId"): each.get("formatCode", "") for each in root.iter(f"{_MAIN}numFmt", f"{_STRICT}numFmt")}
    styles = next(root.iter(f"{_MAIN}cellXfs", f"{_STRICT}cellXfs"), ())
    return [own.get(style.get("numFmtId"), _BUILT_IN.get(style.get("numFmtId"), "")) for style in styles]


# ECMA-376 part 1, 18.8.30: formats that files name by number only.
_BUILT_IN: Final = {"1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%"}


def _marked_cells(package: zipfile.ZipFile, part: str, codes: list[str], place: Place) -> dict[tuple[int, int], str]:
    """The format codes of number cells, and the words of error cells, of which calamine says nothing."""
    from lxml import etree

    found: dict[tuple[int, int], str] = {}
    rows = columns = 0
    tags = (f"{_MAIN}c", f"{_STRICT}c", f"{_MAIN}row", f"{_STRICT}row")
    with package.open(part) as source:
        for _, element in etree.iterparse(source, tag=tags, resolve_entities=False, no_network=True):
            if element.tag.endswith("}row"):
                _forget(element)
                continue
            reference = element.get("r")
            if reference is None:
                continue
            row, column = _position(reference)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if rows * columns > MAX_CELLS:
                raise ReadError(_too_large(place))
            kind = element.get("t", "n")
            if kind == "n" and len(element):
                style = int(element.get("s", "0"))
                found[row, column] = codes[style] if style < len(codes) else ""
            elif kind == "e":
                found[row, column] = "".join(element.itertext(f"{_MAIN}v", f"{_STRICT}v"))
    return found


def _forget(row: Any) -> None:
    """Free a row and all before it, so that a long sheet takes no more memory than a short one."""
    row.clear()
    while row.getprevious() is not None:
        del row.getparent()[0]


def _too_large(place: Place) -> Any:
    return problem(
        f"工作表太大（超过 {MAX_CELLS:,} 格）；请删除数据以外的空白行列",
        f"the sheet is too large (over {MAX_CELLS:,} cells); delete the blank rows and columns around the data",
        place,
    )


_REFERENCE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def _position(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def _with_calamine(data: bytes, formats: dict[str, dict[tuple[int, int], str]]) -> Sheets:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    grids, hidden = [], []
    for meta in workbook.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != SheetVisibleEnum.Visible:
            hidden.append(meta.name)
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        grids.append(_grid(meta.name, sheet, formats.get(meta.name, {})))
    return Sheets(tuple(grids), tuple(hidden))


def _grid(name: str, sheet: Any, formats: dict[tuple[int, int], str]) -> Grid:
    merges = tuple(Area(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ())
    rows: list[list[str]] = []
    numbers = set()
    # Spares the conversion of every cell where there is nothing to convert: most sheets are all text.
    for r, values in enumerate(sheet.to_python(skip_empty_area=False)):
        row = list(values)
        for c, value in enumerate(row):
            if type(value) is str:
                if not value and (r, c) in formats:
                    row[c] = formats[r, c]
                continue
            code = formats.get((r, c), "")
            row[c] = shown(value, code)
            if isinstance(value, dt.date) or (isinstance(value, float) and not code):
                numbers.add((r, c))
        rows.append(row)
    return Grid(name, rows, merges, frozenset(numbers))


_DIGITS: Final = re.compile(
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
