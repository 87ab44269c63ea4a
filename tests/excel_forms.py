"""Excel forms in a short notation, and what is seen of a workbook in the same notation.

`[name]` begins a sheet. `A1 words` is a cell: a number, `=formula`, `'text` where a text looks like either, `TRUE`, a date
`@2026-08-20`; in it `⏎` is a line end. The other lines begin with what they are about:

    merge A1:D1        cells are merged                  height 3 30          a row is 30 points high
    filter A2:D3       the filter of the sheet           print A1:D4          its print area
    table Name A2:D3   a table object                    repeat 1:2           rows repeated on each page
    format C3:C3 $C3>3 a conditional format              list B3 "a,b"        a dropdown
    name Total 清单!$C$3:$C$3                             link A3 https://…    a link
    note A1 words      a note                            style C3 0.00        a number format
    break 3            a page break behind row 3         width B 20           a column is 20 wide
    bold A3                                              wrap A3              lines are wrapped
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table


def excel(text: str) -> bytes:
    """The workbook of a text in the short notation."""
    book = Workbook()
    book.remove(book.active)
    sheet: Any = None
    for line in filter(None, text.splitlines()):
        if line.startswith("["):
            sheet = book.create_sheet(line[1:].removesuffix("]"))
            continue
        word, _, rest = line.partition(" ")
        _put(book, sheet, word, rest)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _put(book: Workbook, sheet: Any, word: str, rest: str) -> None:
    first, _, second = rest.partition(" ")
    match word:
        case "merge":
            sheet.merge_cells(rest)
        case "height":
            sheet.row_dimensions[int(first)].height = float(second)
        case "width":
            sheet.column_dimensions[first].width = float(second)
        case "filter":
            sheet.auto_filter.ref = rest
        case "print":
            sheet.print_area = rest
        case "repeat":
            sheet.print_title_rows = rest
        case "table":
            sheet.add_table(Table(displayName=first, name=first, ref=second))
        case "format":
            sheet.conditional_formatting.add(first, FormulaRule([second], fill=PatternFill("solid", bgColor="FF0000")))
        case "list":
            dropdown = DataValidation(type="list", formula1=second)
            dropdown.add(first)
            sheet.add_data_validation(dropdown)
        case "name":
            book.defined_names[first] = DefinedName(first, attr_text=second)
        case "link":
            sheet[first].hyperlink = second
        case "note":
            sheet[first].comment = Comment(second, "x")
        case "style":
            sheet[first].number_format = second
        case "bold":
            sheet[first].font = Font(bold=True)
        case "wrap":
            sheet[first].alignment = Alignment(wrap_text=True)
        case "break":
            sheet.row_breaks.append(Break(int(first)))
        case _:
            sheet[word] = _value(rest)
            if rest.startswith("'"):
                sheet[word].data_type = "s"


def _value(text: str) -> Any:
    if text.startswith("'"):
        return text[1:].replace("⏎", "\n")
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if text.startswith("@"):
        return dt.datetime.fromisoformat(text[1:])
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text.replace("⏎", "\n")


def seen(data: bytes) -> str:
    """What a workbook holds, in the short notation."""
    book = load_workbook(io.BytesIO(data))
    lines = [line for sheet in book for line in _sheet(sheet)]
    lines += [f"name {name} {each.attr_text}" for name, each in book.defined_names.items()]
    return "\n".join(lines) + "\n"


def _sheet(sheet: Any) -> Iterator[str]:
    yield f"[{sheet.title}]"
    for row in sheet.iter_rows():
        for cell in row:
            yield from _cell(cell)
    yield from (f"merge {each}" for each in sorted(str(each) for each in sheet.merged_cells.ranges))
    heights = sorted((number, each.height) for number, each in sheet.row_dimensions.items() if each.height)
    yield from (f"height {number} {height:g}" for number, height in heights)
    widths = sorted((name, each.width) for name, each in sheet.column_dimensions.items() if each.customWidth)
    yield from (f"width {name} {width:g}" for name, width in widths)
    if sheet.auto_filter.ref:
        yield f"filter {sheet.auto_filter.ref}"
    if sheet.print_area:
        yield f"print {sheet.print_area.rpartition('!')[2].replace('$', '')}"
    if sheet.print_title_rows:
        yield f"repeat {sheet.print_title_rows.replace('$', '')}"
    yield from (f"table {name} {each}" for name, each in sheet.tables.items())
    for ranges in sheet.conditional_formatting:
        yield from (f"format {ranges.sqref} {rule.formula[0]}" for rule in ranges.rules)
    yield from (f"list {each.sqref} {each.formula1}" for each in sheet.data_validations.dataValidation)
    yield from (f"break {each.id}" for each in sheet.row_breaks.brk)


def _cell(cell: Any) -> Iterator[str]:
    at, value = cell.coordinate, cell.value
    if value is not None:
        yield f"{at} {_shown(value, cell.data_type)}"
    if cell.hyperlink:
        yield f"link {at} {cell.hyperlink.target}"
    if cell.comment:
        yield f"note {at} {cell.comment.text}"
    if cell.number_format not in ("General", "yyyy-mm-dd h:mm:ss"):
        yield f"style {at} {cell.number_format}"
    if cell.font.b:
        yield f"bold {at}"


def _shown(value: Any, kind: str) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.date):
        return "@" + value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, int | float) or kind == "f":
        return str(getattr(value, "text", value))
    looks = value.startswith(("=", "'", "@")) or value in ("TRUE", "FALSE") or not isinstance(_value(value), str)
    return ("'" if looks else "") + value.replace("\n", "⏎")
