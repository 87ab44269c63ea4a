"""What others do for the same result, each as its own documentation shows it."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from material import HEADERS

Rows = Sequence[dict[str, str]]

PANDAS: Final = """\
import sys
import pandas
table = pandas.read_excel(sys.argv[1], engine="openpyxl", dtype=str, keep_default_na=False)
table.to_json(sys.argv[2], orient="records", force_ascii=False)
"""
"""A program that reads a sheet and writes what it holds as text."""


def versions() -> dict[str, str | None]:
    """The version of each peer, None where it is not there."""
    found: dict[str, str | None] = {"pandoc": _pandoc()}
    for name in ("click", "docxtpl", "pandas", "openpyxl", "xlsxwriter", "jinja2"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def _pandoc() -> str | None:
    if shutil.which("pandoc") is None:
        return None
    told = subprocess.run(["pandoc", "--version"], capture_output=True, text=True, check=True).stdout
    return told.split()[1]


def docxtpl_template(folder: Path) -> Path:
    """A Word file with a table whose second row is repeated, in the notation of docxtpl, which is relplan's too."""
    from docx import Document

    document = Document()
    table = document.add_table(rows=4, cols=len(HEADERS), style="Table Grid")
    table.cell(1, 0).text = "{%tr for row in plan.table.rows %}"
    table.cell(3, 0).text = "{%tr endfor %}"
    for column, (field, header) in enumerate(HEADERS.items()):
        table.cell(0, column).text = header
        table.cell(2, column).text = f"{{{{ row.{field} }}}}"
    path = folder / "docxtpl.docx"
    document.save(str(path))
    return path


def docxtpl(template: Path, rows: Rows) -> bytes:
    """The table in Word, by docxtpl."""
    from docxtpl import DocxTemplate

    document, target = DocxTemplate(template), io.BytesIO()
    document.render({"plan": {"table": {"rows": rows}}}, autoescape=True)
    document.save(target)
    return target.getvalue()


def excel_form(folder: Path) -> Path:
    """An Excel file with a table whose second row is repeated."""
    from openpyxl import Workbook

    cells = [f"{{{{ row.{field} }}}}" for field in HEADERS]
    book = Workbook()
    book.active.append(list(HEADERS.values()))
    book.active.append(["{% for row in plan.table.rows %}" + cells[0], *cells[1:-1], cells[-1] + "{% endfor %}"])
    path = folder / "form.xlsx"
    book.save(path)
    return path


def openpyxl(rows: Rows) -> bytes:
    """The same sheet as the form gives, by openpyxl."""
    from openpyxl import Workbook

    book, target = Workbook(), io.BytesIO()
    book.active.append(list(HEADERS.values()))
    for row in rows:
        book.active.append(list(row.values()))
    book.save(target)
    return target.getvalue()


def pandas(sheet: Path) -> object:
    """What a sheet holds as text, by pandas with openpyxl."""
    from pandas import read_excel

    return read_excel(sheet, engine="openpyxl", dtype=str, keep_default_na=False)


def xlsxwriter(rows: Rows) -> bytes:
    """The table in Excel, by XlsxWriter: the formats, row heights, widths, panes and filter of relplan's sheet."""
    from xlsxwriter import Workbook

    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("发布表")
    frame: dict[str, Any] = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFC7D1"}
    head = book.add_format({**frame, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79"})
    text, code = book.add_format({**frame, "num_format": "@"}), book.add_format({**frame, "font_name": "Consolas"})
    forms = [code if field in ("configuration", "ddl", "dml") else text for field in HEADERS]
    for column, header in enumerate(HEADERS.values()):
        sheet.write_string(0, column, header, head)
    for line, row in enumerate(rows, 1):
        sheet.set_row(line, 35)
        for column, cell in enumerate(row.values()):
            if cell:
                sheet.write_string(line, column, cell, forms[column])
            else:
                sheet.write_blank(line, column, None, forms[column])
    sheet.set_column(0, len(HEADERS) - 1, 18)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(rows), len(HEADERS) - 1)
    book.close()
    return target.getvalue()


def jinja(rows: Rows) -> bytes:
    """The table in Markdown, by a loop in Jinja that escapes nothing but line ends."""
    import jinja2

    cells = " | ".join(f"{{{{ row.{field} | replace('\\n', '<br>') }}}}" for field in HEADERS)
    template = jinja2.Template(
        f"| {' | '.join(HEADERS.values())} |\n|{' --- |' * len(HEADERS)}\n"
        f"{{% for row in rows %}}| {cells} |\n{{% endfor %}}"
    )
    return template.render(rows=rows).encode()
