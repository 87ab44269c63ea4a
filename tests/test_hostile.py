"""Files made to harm: each ends in one clear line that names the file, with little memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from relplan.formats import FORMATS

MEMORY = 300 * 2**20
"""Bytes that a refusal may take at its highest, in the process that reads and in those it starts."""

READ = """
import json, re, resource, sys
from pathlib import Path
from relplan import api
from relplan.errors import RelplanError
try:
    api.load(sys.argv[1])
    words = "read"
except RelplanError as error:
    words = error.text("en")
unit = 1 if sys.platform == "darwin" else 1024
used = [resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
if (status := Path("/proc/self/status")).exists():  # on Linux a process inherits the highest use of its parent
    used[0] = int(re.search(r"VmHWM:\\s*(\\d+)", status.read_text())[1]) * 1024
print(json.dumps([words, max(used)]))
"""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ODF = "urn:oasis:names:tc:opendocument:xmlns:"
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a0 "haha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)) + "]>"
)


FILL = b"<!-- 600 MiB -->"
"""Stands in a part for so many blanks."""


def package(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, content in parts.items():
            data = content.encode() if isinstance(content, str) else content
            if FILL in data:
                made.writestr(name, filled(*data.split(FILL)), zipfile.ZIP_STORED)
                entry = made.infolist()[-1]
                entry.compress_type, entry.file_size = zipfile.ZIP_DEFLATED, len(data) - len(FILL) + 600 * 2**20
            else:
                made.writestr(name, data)
    return out.getvalue()


def filled(before: bytes, after: bytes) -> bytes:
    """Two texts with 600 MiB of blanks between, compressed; the blanks are compressed only once."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    start = packer.compress(before) + packer.flush(zlib.Z_FULL_FLUSH)
    blanks = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + blanks * 600 + packer.compress(after) + packer.flush()


def workbook(rows: str | bytes, before: str = "", **more: str | bytes) -> bytes:
    """An .xlsx file with one sheet of these rows of XML."""
    rows = rows.encode() if isinstance(rows, str) else rows
    sheet = f'{before}<worksheet xmlns="{MAIN}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"
    return package(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE.replace("relationships", "content-types")}">'
            f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="{SHEET_TYPE}.sheet.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet,
            **more,
        }
    )


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def document(body: str | bytes, before: str = "") -> bytes:
    """A .docx file with this body of XML."""
    body = body.encode() if isinstance(body, str) else body
    return package(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'{before}<w:document xmlns:w="{WORD}"><w:body>'.encode()
            + body
            + b"</w:body></w:document>",
        }
    )


def spreadsheet(table: str | bytes, before: str = "") -> bytes:
    """An .ods file with one sheet of this XML."""
    table = table.encode() if isinstance(table, str) else table
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": (
                f'{before}<office:document-content xmlns:office="{ODF}office:1.0" xmlns:table="{ODF}table:1.0" '
                f'xmlns:text="{ODF}text:1.0"><office:body><office:spreadsheet><table:table table:name="s">'
            ).encode()
            + table
            + b"</table:table></office:spreadsheet></office:body></office:document-content>",
        }
    )


CELL = "a" * (50 * 2**20)


def ods_cells(rows: int, columns: int) -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell '
        f'table:number-columns-repeated="{columns}"><text:p>x</text:p></table:table-cell></table:table-row>'
    )


BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zip bomb in xlsx": (".xlsx", lambda: workbook(FILL), "MiB"),
    "zip bomb in docx": (".docx", lambda: document(FILL), "MiB"),
    "zip bomb in ods": (".ods", lambda: spreadsheet(FILL), "MiB"),
    "zip bomb in xlsb": (".xlsb", lambda: package({"xl/workbook.bin": FILL}), "MiB"),
    "laughs in xlsx": (".xlsx", lambda: workbook(f"<row>{inline('A1', '&a11;')}</row>", ENTITIES), ""),
    "laughs in the name of a sheet": (
        ".xlsx",
        lambda: workbook(
            "",
            **{
                "xl/workbook.xml": f'{ENTITIES}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
                '<sheet name="&a11;" sheetId="1" r:id="r1"/></sheets></workbook>'
            },
        ),
        "<!DOCTYPE x>",
    ),
    "laughs in docx": (".docx", lambda: document("<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>", ENTITIES), ""),
    "laughs in ods": (
        ".ods",
        lambda: spreadsheet(ods_cells(1, 1).replace(">x<", ">&a11;<"), ENTITIES),
        "",
    ),
    "laughs in html": (".html", lambda: f"{ENTITIES}<p>&a11;</p>".encode(), ""),
    "far cell in xlsx": (
        ".xlsx",
        lambda: workbook(f'<row r="1048576">{inline("XFD1048576", "x")}</row>'),
        "too large",
    ),
    "many wide rows in xlsx": (
        ".xlsx",
        lambda: workbook("".join(f'<row r="{r}"><c r="XFD{r}"><v>1</v></c></row>' for r in range(1, 1000))),
        "too large",
    ),
    "a dimension that lies": (
        ".xlsx",
        lambda: _with_dimension("A1:XFD1048576"),
        "",
    ),
    "16,384 columns in xlsx": (
        ".xlsx",
        lambda: workbook(f'<row r="1">{inline("A1", "x")}{inline("XFD1", "x")}</row>'),
        "no release table",
    ),
    "16,384 columns in csv": (".csv", lambda: b"x" + b"," * 16_383 + b"\n", "no release table"),
    "a million columns in csv": (".csv", lambda: b"," * 1_000_000, "too large"),
    "million rows in csv": (".csv", lambda: b"a\n" * (2**20 + 1), "too large"),
    "repeated cells in ods": (".ods", lambda: spreadsheet(ods_cells(1_048_576, 16_384)), "too large"),
    "repeated rows in ods": (".ods", lambda: spreadsheet(ods_cells(2_000_000_000, 1)), "too large"),
    "50 MB cell in xlsx": (".xlsx", lambda: workbook(f'<row r="1">{inline("A1", CELL)}</row>'), ""),
    "50 MB shared string": (
        ".xlsx",
        lambda: workbook(
            '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
            **{"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{CELL}</t></si></sst>'},
        ),
        "10 MiB",
    ),
    "millions of shared strings": (
        ".xlsx",
        lambda: workbook(
            '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
            **{"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"<si><t>a</t></si>" * 4_000_000}</sst>'},
        ),
        "64 MiB",
    ),
    "50 MB cell in ods": (".ods", lambda: spreadsheet(ods_cells(1, 1).replace(">x<", f">{CELL}<")), ""),
    "50 MB paragraph in docx": (".docx", lambda: document(f"<w:p><w:r><w:t>{CELL}</w:t></w:r></w:p>"), ""),
    "one line of 60 MB": (".csv", lambda: b"a" * (60 * 2**20), "characters"),
    "one line of commas": (".csv", lambda: b"," * (60 * 2**20), "characters"),
    "one quote that never ends": (".csv", lambda: b'"' + b"a\n" * (30 * 2**20), "field limit"),
    "more than 64 MiB": (".csv", lambda: b"a,b\n" * (17 * 2**20), "64 MiB"),
    "aliases in yaml": (".yaml", lambda: b"a: &a [x]\nb: [" + b"*a," * 1_000_000 + b"]", "anchor"),
    "levels in yaml": (".yaml", lambda: b"a: " + b"[" * 10_000 + b"]" * 10_000, "nested"),
    "levels in yaml blocks": (".yaml", lambda: b"".join(b" " * i + b"a:\n" for i in range(10_000)), "nested"),
    "levels in json": (".json", lambda: b'{"a":' * 100_000, "nested"),
    "lists in json": (".json", lambda: b'{"a":' + b"[" * 100_000, "nested"),
    "levels in html": (".html", lambda: b"<div>" * 100_000 + b"x", ""),
    "spans in html": (
        ".html",
        lambda: b"<table>" + b'<tr><td colspan="1000" rowspan="65534">x</td><td>y</td></tr>' * 5_000 + b"</table>",
        "too large",
    ),
    "levels in md": (".md", lambda: b">" * 100_000 + b"x", ""),
}


FIRST = {
    "zip bomb in xlsx",
    "zip bomb in docx",
    "zip bomb in ods",
    "laughs in xlsx",
    "laughs in the name of a sheet",
    "laughs in docx",
    "far cell in xlsx",
    "16,384 columns in xlsx",
    "50 MB cell in xlsx",
    "50 MB shared string",
    "one line of commas",
    "repeated cells in ods",
    "aliases in yaml",
    "levels in yaml",
    "levels in json",
    "levels in html",
}
"""One of each sort; the long run sets off all of them."""


def _with_dimension(area: str) -> bytes:
    data = workbook(f'<row r="1">{inline("A1", "x")}</row>')
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts: dict[str, bytes | str] = {name: source.read(name) for name in source.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert isinstance(sheet, bytes)
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<sheetData>", f'<dimension ref="{area}"/><sheetData>'.encode())
    return package(parts)


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell how much memory a process took")
@pytest.mark.parametrize(
    "bomb", [each if each in FIRST else pytest.param(each, marks=pytest.mark.long) for each in BOMBS]
)
def test_a_bomb_is_refused_in_one_line_with_little_memory(bomb: str, tmp_path: Path) -> None:
    ending, make, words = BOMBS[bomb]
    if not any(each.reader and ending in each.endings for each in FORMATS.values()):
        pytest.skip(f"no reader for {ending}")
    path = tmp_path / f"bomb{ending}"
    path.write_bytes(make())
    run = subprocess.run([sys.executable, "-c", READ, path], capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr[-2000:]
    said, used = json.loads(run.stdout)
    assert words in said and said.startswith(path.name) and "\n" not in said, said
    assert used < MEMORY, f"{used / 2**20:.0f} MiB"
