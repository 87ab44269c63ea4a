"""Workbooks of other kinds, delimited text, HTML and files with wrong endings become the plan that they show."""

from __future__ import annotations

import io
import struct
import sys
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relplan import api
from relplan.blocks import Contents, plain
from relplan.errors import ReadError, RelplanError
from relplan.formats import of_content
from relplan.grids import Area
from relplan.readers.documents.htmlfile import pieces_of
from relplan.readers.options import ReadOptions
from relplan.readers.sheets import delimited, isolated
from relplan.readers.sheets.biff import sheet_marks

HEADER = ["发布顺序", "系统名称", "版本号", "变更内容"]
ROWS = [HEADER, ["1", "支付", "1.10", "修复 a"], ["2", "订单", "2.0.0", "新增 b"]]
LIKE = "系统名称\t版本号\t变更内容"


def told(read, kind: str) -> list[str]:
    return [str(notice.problem.place) for notice in read.notices if notice.kind == kind]


def systems(read) -> list[tuple[str, str]]:
    return [(row.system, str(row.version)) for row in read.plan.table.rows]


# Workbooks of Excel 97 -------------------------------------------------------------------------------------------------


def record(kind: int, *values: bytes) -> bytes:
    data = b"".join(values)
    return struct.pack("<HH", kind, len(data)) + data


def words(text: str, size: str) -> bytes:
    return struct.pack(f"<{size}B", len(text), 1) + text.encode("utf-16-le")


def xls_cell(row: int, column: int, value: object) -> bytes:
    """Text, a number (as a pair: under the format 0.00), or for None the error #REF!."""
    if value is None:
        return record(0x0205, struct.pack("<HHHBB", row, column, 0, 23, 1))
    number, style = value if isinstance(value, tuple) else (value, 0)
    if isinstance(number, float):
        return record(0x0203, struct.pack("<HHHd", row, column, style, number))
    return record(0x0204, struct.pack("<HHH", row, column, 0), words(str(value), "H"))


def xls(*sheets: tuple[str, int, list[list[object]], list[tuple[int, int, int, int]]]) -> bytes:
    """An .xls file: sheets with a name, 1 where they are hidden, their cells, and merges (first and last row, column)."""
    begin = {kind: record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0)) for kind in (5, 16)}
    bodies = []
    for _, _, rows, merges in sheets:
        cells = [xls_cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row)]
        merged = record(0x00E5, struct.pack("<H", len(merges)), *(struct.pack("<4H", *each) for each in merges))
        bodies.append(begin[16] + b"".join(cells) + merged + record(0x000A))
    names = [words(name, "B") for name, *_ in sheets]
    globals_ = begin[5] + record(0x041E, struct.pack("<H", 164), words("0.00", "H"))
    globals_ += b"".join(record(0x00E0, struct.pack("<HH", 0, code), bytes(16)) for code in (0, 164))
    at = len(globals_) + sum(10 + len(name) for name in names) + 4
    for (_, hidden, *_), name, body in zip(sheets, names, bodies, strict=True):
        globals_ += record(0x0085, struct.pack("<IBB", at, hidden, 0), name)
        at += len(body)
    return compound(globals_ + record(0x000A) + b"".join(bodies))


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """An OLE file with one stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    fat = struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table)))

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = title.encode("utf-16-le")
        links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBB", len(raw) + 2, kind, 1)
            + links
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 2, len(stream))
    header = struct.pack(
        "<8s16s5H6s9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, 1, 1, 0, 4096, 0xFFFFFFFE,
        0, 0xFFFFFFFE, 0,
    )  # fmt: skip
    return header + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108) + fat + folder.ljust(512, b"\0") + stream


def test_an_old_workbook_is_read_with_its_merges_and_its_hidden_sheets_are_named():
    rows: list[list[object]] = [HEADER, ["1", "支付", 1.1, "修复 a"], ["2", "", "2.0", "新增 b"]]
    found = api.loads(xls(("清单", 0, rows, [(1, 2, 1, 1)]), ("旧", 1, [["x"]], [])), "xls", name="t.xls")
    assert systems(found) == [("支付", "1.1"), ("支付", "2.0")]
    assert str(found.places["table", "rows", 0, "version"]) == "t.xls › 清单!C2"
    assert told(found, "guessed") == ["t.xls › 清单!C2"] and told(found, "unplaced") == ["t.xls › 旧"]


def test_numbers_of_an_old_workbook_show_as_their_format_says_and_errors_are_told():
    rows: list[list[object]] = [HEADER, ["1", "支付", (1.1, 1), None], ["2", "订单", "2.0", "新增 b"]]
    found = api.loads(xls(("清单", 0, rows, [])), "xls", name="t.xls")
    assert systems(found) == [("支付", "1.10"), ("订单", "2.0")] and not told(found, "guessed")
    assert told(found, "unreadable") == ["t.xls › 清单!D2"]


def test_what_an_old_workbook_hides_is_known():
    hidden_row = record(0x0208, struct.pack("<HHHHHHHH", 3, 0, 1, 255, 0, 0, 0x20, 0))
    hidden_columns = record(0x007D, struct.pack("<HHHHHH", 1, 2, 0, 0, 1, 0))
    begin = [record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0)) for kind in (5, 16)]
    end, sheet = record(0x000A), struct.pack("<BBBB", 0, 0, 1, 0) + b"s"
    at = len(begin[0]) + len(record(0x0085, bytes(4), sheet)) + len(end)
    stream = (
        begin[0] + record(0x0085, struct.pack("<I", at), sheet) + end + begin[1] + hidden_row + hidden_columns + end
    )
    (marks,) = sheet_marks(compound(stream))
    assert (marks.hidden_rows, marks.hidden_columns) == ([3], [1, 2])


@given(at=st.integers(0, 6000), change=st.binary(min_size=1, max_size=8))
def test_a_damaged_old_workbook_tells_something_or_nothing(at, change):
    data = xls(("清单", 0, [["a", 1.0, None]], []))
    assert isinstance(sheet_marks(data[:at] + change + data[at + len(change) :]), list)


def test_a_hidden_sheet_is_read_when_it_is_named():
    data = xls(("a", 0, [["x"]], []), ("清单", 1, ROWS, []))
    found = api.loads(data, "xls", name="t.xls", options=ReadOptions(sheets=("清单",)))
    assert systems(found) == [("支付", "1.10"), ("订单", "2.0.0")]


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", compound(b"\x09\x08" * 3000), xls()[:900]])
def test_a_broken_old_workbook_ends_in_one_line(data):
    with pytest.raises(ReadError) as error:
        api.loads(data, "xls", name="t.xls")
    assert str(error.value).startswith("t.xls: ") and "\n" not in str(error.value)


def test_old_and_binary_workbooks_of_other_projects_are_read_as_they_show(shared):
    for ending in ("xls", "xlsb"):
        path = shared / "corpus" / "sheets" / f"pandas__pandas__tests__io__data__excel__test_types.{ending}"
        (sheet,) = isolated.run("readers.sheets.foreign:laid_out", path.read_bytes(), path.name)
        assert sheet["rows"][0][:3] == ["IntCol", "FloatCol", "BoolCol"] and sheet["rows"][1][:3] == [
            "1",
            "1.25",
            "TRUE",
        ]


# OpenDocument ---------------------------------------------------------------------------------------------------------

NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)


def ods(tables: str, styles: str = "", **parts: str) -> bytes:
    content = (
        f'<office:document-content{NAMES} xmlns:xlink="http://www.w3.org/1999/xlink"><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()


def cell(text: str, attributes: str = "", inside: str = "") -> str:
    return f"<table:table-cell {attributes}>{inside}<text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def table(*rows: str, attributes: str = 'table:name="清单"') -> str:
    return f"<table:table {attributes}>{''.join(rows)}</table:table>"


HEAD = row(*map(cell, HEADER))


def laid(data: bytes) -> list[dict]:
    return isolated.run("readers.sheets.opendocument:laid_out", data, "t.ods")


def test_an_open_document_shows_its_numbers_as_its_author_saw_them():
    shown = 'office:value-type="float" office:value="1.1"'
    data = ods(table(HEAD, row(cell("1"), cell("支付"), cell("1.10", shown), cell("a<text:line-break/>b"))))
    found = api.loads(data, "ods", name="t.ods")
    assert systems(found) == [("支付", "1.10")] and not told(found, "guessed")
    assert len(found.plan.table.rows[0].changes) == 2


def test_a_number_without_a_format_and_a_date_are_guessed():
    for shown, version in (
        ('office:value-type="float" office:value="1.1"', "1.1"),
        ('office:value-type="date" office:date-value="2026-08-20T00:00:00"', "2026-08-20"),
    ):
        data = ods(table(HEAD, row(cell("1"), cell("支付"), cell("1.1", shown), cell("a"))))
        found = api.loads(data, "ods", name="t.ods")
        assert systems(found) == [("支付", version)] and told(found, "guessed") == ["t.ods › 清单!C2"]


def test_repeated_blank_and_hidden_cells_stand_where_they_show():
    blanks = '<table:table-cell table:number-columns-repeated="3"/>'
    data = ods(
        table(
            '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>',
            row(blanks, attributes='table:number-rows-repeated="4"'),
            row(blanks, cell("x", 'table:number-columns-repeated="2"'), attributes='table:visibility="collapse"'),
            row(blanks, attributes='table:number-rows-repeated="1048571"'),
        )
    )
    (sheet,) = laid(data)
    assert sheet["rows"] == [[], [], [], [], ["", "", "", "x", "x"]]
    assert (sheet["hidden_rows"], sheet["hidden_columns"]) == ([4], [2])


def test_what_a_cell_says_beside_its_text_is_kept():
    styles = (
        '<style:style style:name="gone"><style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="away"><style:table-properties table:display="false"/></style:style>'
    )
    note = "<office:annotation><text:p>为什么</text:p></office:annotation>"
    data = ods(
        table(row(cell("a", 'table:style-name="gone" table:number-rows-spanned="2"', note)))
        + table(
            row(cell('<text:span text:style-name="gone">b</text:span>'), cell('<text:a xlink:href="#x">c</text:a>')),
            attributes='table:name="旧" table:style-name="away"',
        ),
        styles,
    )
    seen, hidden = laid(data)
    assert (seen["merges"], seen["struck"], seen["comments"]) == ([[0, 0, 1, 0]], [[0, 0]], [[0, 0, "为什么"]])
    assert hidden["hidden"] and hidden["struck"] == [[0, 0]] and hidden["links"] == [[0, 1, "#x"]]


def test_an_open_document_with_a_password_is_refused():
    data = ods("", **{"META-INF/manifest.xml": "<m:encryption-data/>"})
    with pytest.raises(ReadError, match=r"t\.ods: the file is protected by a password"):
        api.loads(data, "ods", name="t.ods")


# Processes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("readers.sheets.foreign:no_such_function", "broken"),
        ("readers.sheets.isolated:work", "broken"),
    ],
)
def test_a_process_that_fails_is_told_in_one_line(function, words):
    with pytest.raises(ReadError, match=words) as error:
        isolated.run(function, b"", "t.xls")
    assert str(error.value).startswith("t.xls: ") and "\n" not in str(error.value)


def test_a_process_that_dies_or_hangs_is_told_in_one_line(monkeypatch):
    monkeypatch.setattr(isolated, "_START", "import os; os.abort()")
    with pytest.raises(ReadError, match=r"t\.xls: .*died"):
        isolated.run("", b"", "t.xls")
    monkeypatch.setattr(isolated, "_START", "import time; time.sleep(60)")
    monkeypatch.setattr(isolated, "SECONDS", 0.2)
    with pytest.raises(ReadError, match=r"t\.xls: .*took more than"):
        isolated.run("", b"", "t.xls")


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no limit of memory for a process")
def test_files_that_take_all_memory_end_in_one_line(shared):
    with pytest.raises(ReadError, match="died"):
        api.load(shared / "corpus" / "hard" / "oleloop.xls")


# Delimited text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_read_in_all_its_encodings_and_delimiters(delimiter, encoding):
    lines = [
        delimiter.join(["发布顺序", "系统名称", "版本号", "变更内容"]),
        delimiter.join(["1", "支付", "1.10", '"a\nb, c; d"']),
    ]
    found = api.loads("\r\n".join(lines).encode(encoding), "tsv" if delimiter == "\t" else "csv", name="t.csv")
    assert systems(found) == [("支付", "1.10")]
    assert [change.text for change in found.plan.table.rows[0].changes] == ["a", "b, c; d"]


def test_excels_own_word_for_the_delimiter_keeps_its_row():
    found = api.loads("sep=;\r\n系统名称;版本号;变更内容\r\n支付;1.10;a,b".encode(), "csv", name="t.csv")
    assert str(found.places["table", "rows", 0, "version"]) == "t.csv › B3"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_end_as_on_any_system(end):
    assert delimited.read_grid(end.join(["a,b", "", '"c\nd",e']).encode(), "t.csv").rows == [
        ["a", "b"],
        [],
        ["c\nd", "e"],
    ]


def test_the_limits_are_raised_by_the_option():
    data = b"a," * delimited.MAX_COLUMNS
    with pytest.raises(ReadError, match=r"t\.csv:1: the table is too large"):
        delimited.read_grid(data, "t.csv")
    assert len(delimited.read_grid(data, "t.csv", ReadOptions(limit=2)).rows[0]) == delimited.MAX_COLUMNS + 1


# What a file is ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("product: a\n", "yaml"),
        ("# a plan\nproduct: a\n", "yaml"),
        ("titel: a\n", "yaml"),
        ("---\nproduct: a\n", "yaml"),
        ('{"product": "a"}', "json"),
        (f"{LIKE}\na\t1\tb\n", "tsv"),
        (LIKE.replace("\t", ",") + "\na,1,b\n", "csv"),
        (f"发布清单\n\n{LIKE}\n", "tsv"),
        ("# 发布计划\n\n发布时间: 今晚\n", "md"),
        ("| 系统名称 | 版本号 | 变更内容 |\n|---|---|---|\n| a | 1 | b |\n", "md"),
        ("<!DOCTYPE html>\n<p>a", "html"),
        ("\n<table><tr><td>a", "html"),
        ("发布计划\n一、影响范围\n登录\n", "txt"),
        ("", ""),
    ],
)
def test_what_comes_on_standard_input_is_known_by_its_content(text, name):
    assert of_content(text.encode()) == name
    if name not in ("", "html") and "\t" not in text:
        assert of_content(text.encode("utf-8-sig")) == name


def test_packages_are_known_by_their_parts(samples):
    assert of_content((samples / "发布清单.xlsx").read_bytes()) == "xlsx"
    assert of_content(ods("")) == "ods" and of_content(xls(("a", 0, [], []))) == "xls"
    assert of_content(b"\xff\xd8\xff\xe0" + bytes(range(256))) == ""


HTML = (
    "<html><body><table><tr><th>系统名称<th>版本号<th>变更内容</tr><tr><td>支付<td>1.10<td>a</tr></table></body></html>"
)


@pytest.mark.parametrize(
    ("ending", "content", "data"),
    [
        ("xls", "html", HTML.encode("gb18030")),
        ("xls", "csv", "系统名称,版本号,变更内容\n支付,1.10,a\n".encode("gb18030")),
        ("xls", "tsv", f"{LIKE}\n支付\t1.10\ta\n".encode("utf-16")),
        ("csv", "html", HTML.encode()),
        ("xlsx", "xls", xls(("s", 0, [["系统名称", "版本号", "变更内容"], ["支付", "1.10", "a"]], []))),
        ("csv", "ods", ods(table(HEAD, row(*map(cell, ["1", "支付", "1.10", "a"]))))),
    ],
)
def test_a_file_with_a_wrong_ending_is_read_as_what_it_is(ending, content, data):
    found = api.loads(data, ending, name=f"t.{ending}")
    assert systems(found) == [("支付", "1.10")]
    assert (
        found.notices[0].problem.text("en")
        == f"t.{ending}: the ending says {ending}, the content is {content}; read as it is"
    )


# HTML -----------------------------------------------------------------------------------------------------------------


def test_words_that_may_be_broken_are_whole():
    page = (
        "<h1>x 1 发布计划</h1><h2>I、影响范围</h2><p>"
        + "very/<wbr>long_<WBR class=b />" * 300
        + "</p><h2>V、发布过程</h2><p>1. a</p>"
    )
    assert str(api.loads(page.encode(), "html", name="p.html").plan.impact[0]) == "very/long_" * 300


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_blocks_of_an_own_page_come_back(samples, language):
    plan = api.load(samples / "plan.yaml").plan
    written = [block for block in api.document(plan, language=language).blocks if not isinstance(block, Contents)]
    found = [piece.block for piece in pieces_of(api.render(plan, format="html", language=language).decode(), "p.html")]
    assert [type(each) for each in found] == [type(each) for each in written]
    tables = [index for index, each in enumerate(written) if type(each).__name__ == "Table"]
    for index in set(range(len(written))) - set(tables):
        assert found[index] == written[index]
    for index in tables:
        assert [[*map(plain, row)] for row in found[index].rows] == [[*map(plain, row)] for row in written[index].rows]


def test_an_own_page_is_read_back_into_its_plan(samples):
    plan = api.load(samples / "plan.yaml").plan
    found = api.loads(api.render(plan, format="html"), "html", name="plan.html")
    assert found.plan == plan and not told(found, "unplaced") and not told(found, "guessed")


def blocks(html: str) -> list[str]:
    return [repr(piece.block) for piece in pieces_of(html, "p.html")]


@pytest.mark.parametrize(
    ("html", "same"),
    [
        ("<div>a <b>b</b>\n c<p>d</div>", "<p>a <strong>b</strong> c</p><p>d</p>"),
        ("<p>  a  <br>\n b </p>", "<p>a<br>b</p>"),
        ("<font><p>a</font>", "<p>a</p>"),
        ("<ul><li>a<ul><li>b</ul></ul>", "<ul><li>a</li><ul><li>b</li></ul></ul>"),
        ("<p>a<script>x</script><style>y</style></p><nav>z</nav>", "<p>a</p>"),
        ("<table><tr><td><table><tr><td>a<td>b</table></table>", "<table><tr><td>a</td><td>b</td></tr></table>"),
        ("<ul><li><input type=checkbox checked> a</ul>", '<ul><li class="task"><span class="box">☑</span> a</li></ul>'),
        ("<table><tr><td><p>a<p>b<td>c</table>", "<table><tr><td>a<br>b</td><td>c</td></tr></table>"),
        ('<p><span style="text-decoration:line-through">a</span>', "<p><del>a</del></p>"),
    ],
)
def test_pages_that_look_the_same_are_the_same(html, same):
    assert blocks(html) == blocks(same) and blocks(html)


def test_cells_that_span_others_are_merges():
    (piece,) = pieces_of(
        "<table><tr><th rowspan=2>a<th colspan=2>b</tr><tr><th>c<th>d</tr><tr><td>1<td rowspan=9>2<td>3</tr></table>",
        "p.html",
    )
    assert piece.grid is not None
    assert piece.grid.rows == [["a", "b", ""], ["", "c", "d"], ["1", "2", "3"]]
    assert piece.grid.merges == (Area(0, 0, 1, 0), Area(0, 1, 0, 2))


def test_places_in_a_page_are_its_lines_and_the_cells_of_its_tables():
    heading, table = pieces_of(
        "<h2>a</h2>\n<table>\n<tr><th>x<th>y</tr>\n<tr><td><a href='u'>1</a><td><s>2</s></tr></table>", "p.html"
    )
    assert (str(heading.place), str(table.place)) == ("p.html:1", "p.html:2")
    assert table.grid is not None and str(table.grid.place("p.html", 1, 1)) == "p.html › table 1!B2"
    assert table.grid.links == {(1, 0): "u"} and table.grid.struck == {(1, 1)}


@pytest.mark.parametrize(
    "html", ["<div>" * 5000, "<ul><li>" * 120 + "x", "<b>" * 240 + "x", "<table><tr><td>" * 80 + "x"]
)
def test_a_page_nested_deep_ends(html):
    with pytest.raises(RelplanError) as error:
        api.loads(html.encode(), "html", name="p.html")
    assert str(error.value).startswith("p.html: ")
