"""Import: what people really have in a sheet, cell by cell."""

from __future__ import annotations

import datetime as dt
import io
import struct
import tracemalloc
import zipfile

import openpyxl
import openpyxl.comments
import openpyxl.styles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_foreign import compound, record, words

from relplan import RelplanError, api
from relplan.errors import ReadError
from relplan.grids import Grid
from relplan.model.part import fields_of
from relplan.model.values import ChangeKind, Dependency, Nothing, RiskLevel, Unread
from relplan.readers.combining import combined
from relplan.readers.draft import Draft
from relplan.readers.options import ReadOptions
from relplan.readers.sheets.plain import plain_end
from relplan.readers.spreadsheets import read_grids
from relplan.sql.cells import sorted_statements

HEADER = ["发布顺序", "系统名称", "版本号", "变更内容", "风险等级", "发布依赖", "DDL", "开发人员"]


def workbook(*sheets, change=None) -> bytes:
    """The bytes of a workbook; each sheet is a name and its rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(*rows, change=None):
    return api.loads(workbook(("发布表", rows), change=change), "xlsx", name="t.xlsx")


def told(read, kind):
    """The places of the notices of a kind."""
    return [str(notice.problem.place) for notice in read.notices if notice.kind == kind]


def test_the_header_is_found_by_its_words_wherever_it_stands():
    found = read(
        [],
        [None, "随便一行"],
        [],
        [None, None, *HEADER],
        [None, None, 1, "支付", "1.2", "a", "高", "无", None, "甲/乙"],
    )
    row = found.plan.table.rows[0]
    assert (row.order, row.system, row.version) == ("1", "支付", "1.2")
    assert row.risk_level is RiskLevel.HIGH
    assert row.dependencies == Nothing("无") and row.ddl is None
    assert row.developers == ("甲", "乙")
    assert str(found.places["table", "rows", 0, "system"]) == "t.xlsx › 发布表!D5"


@pytest.mark.parametrize(
    "header",
    [
        ["序号", "应用名称", "镜像版本", "更新内容", "风险级别", "依赖", "表结构变更", "研发"],
        ["No.", "Application", "Image Tag", "Change Summary", "Risk", "Depends on", "Schema changes", "Dev Lead"],
        [
            "投产顺序",
            "系统*",
            " 投产版本 ",
            "投产内容\n（按需求）",
            "風險等級",
            "發布依賴",
            "DDL（结构）",
            "開發人員：",
        ],
    ],
)
def test_headers_go_by_many_names(header):
    row = read(header, [1, "支付", "1.2", "a", "高", "订单", "x", "甲"]).plan.table.rows[0]
    assert (row.order, row.system, row.version, row.risk_level, row.ddl) == ("1", "支付", "1.2", RiskLevel.HIGH, "x")
    assert row.dependencies == (Dependency("订单"),) and row.developers == ("甲",) and row.changes[0].text == "a"
    assert not row.extra


def test_columns_may_stand_in_any_order_and_be_missing():
    row = read(["版本号", "DDL", "系统名称"], ["1.2", "x", "支付"]).plan.table.rows[0]
    assert (row.system, row.version, row.ddl, row.risk_level, row.changes) == ("支付", "1.2", "x", None, ())


def test_unknown_columns_are_kept_in_their_order_and_doubles_are_told_apart():
    found = read(
        [*HEADER, "投产编号", "备注2", "投产编号"], [1, "支付", "1", "a", "高", None, None, None, "T1", "x", "T2"]
    )
    assert [(pair.header, pair.text) for pair in found.plan.table.rows[0].extra] == [
        ("投产编号", "T1"),
        ("备注2", "x"),
        ("投产编号 #2", "T2"),
    ]
    back = api.loads(api.render(found.plan, format="xlsx"), "xlsx").plan
    assert back == found.plan


def test_of_two_columns_for_one_field_its_own_label_wins_and_the_other_is_kept():
    row = read(["版本", *HEADER], ["旧", 1, "支付", "1.2", "a", "高", None, None, None]).plan.table.rows[0]
    assert row.version == "1.2"
    assert [(pair.header, pair.text) for pair in row.extra] == [("版本", "旧")]


def test_title_and_pairs_above_the_table_become_facts():
    found = read(
        ["SingPost sprint12 发布清单"],
        ["产品：", "SingPost", None, "版本号：1.12.0"],
        ["发布时间", "2026-08-20 22:00 - 次日02:00", None, "迭代", "sprint12"],
        ["参与人员", "张三（运维）、李四（开发、测试）", "编制人：", "赵六"],
        [],
        HEADER,
        [1, "支付", "1.2"],
    )
    plan = found.plan
    assert (plan.title, plan.product, plan.version) == ("SingPost sprint12 发布清单", "SingPost", "1.12.0")
    assert plan.iterations == ("sprint12",)
    assert str(plan.window.end) == "2026-08-21 02:00:00" and plan.window.text == "2026-08-20 22:00 - 次日02:00"
    assert [(each.name, each.roles) for each in plan.participants] == [("张三", ("运维",)), ("李四", ("开发", "测试"))]
    assert [(each.title, each.text) for each in plan.sections] == [("编制人", "赵六")]
    assert told(found, "guessed") == ["t.xlsx › 发布表!D4"]


def test_merged_cells_fill_down_and_plain_blanks_do_not():
    def merge(book):
        book.active.merge_cells("H2:H3")

    rows = read(
        HEADER, [1, "支付", "1", "a", "高", None, None, "甲"], [2, "订单"], [3, "包裹"], change=merge
    ).plan.table.rows
    assert [row.developers for row in rows] == [("甲",), ("甲",), ()]
    assert rows[1].risk_level is None


def test_a_header_of_two_rows_is_one_header():
    def merge(book):
        sheet = book.active
        for column in "ABCD":
            sheet.merge_cells(f"{column}1:{column}2")
        sheet.merge_cells("E1:F1")

    row = read(
        ["发布顺序", "系统名称", "版本号", "变更内容", "数据库", None], [None, None, None, None, "DDL", "DML"], [1, "支付", "1", "a", "x", "y"], change=merge
    ).plan.table.rows[0]  # fmt: skip
    assert (row.system, row.ddl, row.dml, row.extra) == ("支付", "x", "y", ())


def test_cells_of_many_lines_and_numbers_are_lists_with_kinds():
    cell = "1、【新增】取件预约\n   可选时段\n2、fix: 重复扣款\n3）优化：查询"
    changes = read(HEADER, [1, "支付", "1", cell]).plan.table.rows[0].changes
    assert [(change.kind, change.text) for change in changes] == [
        (ChangeKind.ADDED, "取件预约\n可选时段"),
        (ChangeKind.FIXED, "重复扣款"),
        (ChangeKind.IMPROVED, "查询"),
    ]


def test_a_version_is_what_the_sheet_shows():
    def formats(book):
        sheet = book.active
        sheet["C2"].number_format, sheet["C4"].number_format, sheet["C5"].number_format = "0.00", "@", '"v"0.0'

    found = read(HEADER, [1, "a", 1.1], [2, "b", 1.1], [3, "c", "1.10"], [4, "d", 2], [5, "e", 3], change=formats)
    assert [row.version for row in found.plan.table.rows] == ["1.10", "1.1", "1.10", "v2.0", "3"]
    assert told(found, "guessed") == ["t.xlsx › 发布表!C3", "t.xlsx › 发布表!C6"]


def test_every_bad_value_is_reported_at_once_with_its_cell_and_kept():
    found = read(HEADER, [1, "a", "1", "x", "很高"], [2, "b", "1", "x", "2"], [3, "c", "1", "x", "低"])
    assert [row.risk_level for row in found.plan.table.rows] == [Unread("很高"), Unread("2"), RiskLevel.LOW]
    assert told(found, "unreadable") == ["t.xlsx › 发布表!E2", "t.xlsx › 发布表!E3"]
    with pytest.raises(RelplanError) as error:
        api.loads(workbook(("s", [HEADER, [1, "a", "1", "x", "很高"], [2, "b", "1", "x", "2"]])), "xlsx", strict=True)
    assert len(error.value.problems) == 2


def test_sentences_below_the_table_are_kept_and_rows_with_little_in_them_are_rows():
    found = read(HEADER, [1, "支付", "1"], [None, "只有名字"], ["注：先执行脚本"], [], ["再看一遍"])
    assert [row.system for row in found.plan.table.rows] == ["支付", "只有名字"]
    assert found.plan.sections[0].text == "注：先执行脚本\n\n再看一遍"


def test_what_stands_beside_the_table_is_reported():
    found = read(HEADER, [1, "支付", "1", *[None] * 7, "旁注"])
    assert told(found, "unplaced") == ["t.xlsx › 发布表!K2"]


def test_tables_below_one_another_and_on_several_sheets_are_one_table():
    first = [HEADER, [1, "a", "1"], [], HEADER[:3][::-1], ["2", "b", 2]]
    data = workbook(("一", first), ("二", [HEADER, [3, "c", "3"]]), ("空", []), ("别的", [["x", "y"]]))
    found = api.loads(data, "xlsx", name="t.xlsx")
    assert [(row.order, row.system) for row in found.plan.table.rows] == [("1", "a"), ("2", "b"), ("3", "c")]
    assert told(found, "unplaced") == ["t.xlsx › 别的"]


def test_hidden_sheets_are_not_read_but_named():
    def hide(book):
        book["旧"].sheet_state = "hidden"

    found = api.loads(
        workbook(("新", [HEADER, [1, "a", "1"]]), ("旧", [HEADER, [2, "b", "1"]]), change=hide), "xlsx", name="t.xlsx"
    )
    assert len(found.plan.table.rows) == 1 and told(found, "unplaced") == ["t.xlsx › 旧"]


def test_error_cells_are_reported():
    found = read(HEADER, [1, "支付", "#REF!"])
    assert told(found, "unreadable") == ["t.xlsx › 发布表!C2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_the_encodings_of_the_field(encoding, delimiter):
    text = (
        delimiter.join(HEADER)
        + "\r\n"
        + delimiter.join(["1", "支付", "1.10", '"【新增】a\n【修复】b"', "高", "无", "", "甲"])
        + "\r\n"
    )
    found = api.loads(text.encode(encoding), "csv", name="t.csv")
    row = found.plan.table.rows[0]
    assert (row.system, row.version, len(row.changes)) == ("支付", "1.10", 2)
    assert str(found.places["table", "rows", 0, "version"]) == "t.csv › C2"


def test_an_agile_plan_is_not_a_release_table():
    with pytest.raises(RelplanError) as error:
        read(["Sprint", "User story", "Priority", "Risk", "Points"], [1, "x", 2, "high", 3])
    assert "Risk" in str(error.value) and "no release table" in str(error.value)


def broken_zip() -> bytes:
    data = bytearray(workbook(("s", [HEADER])))
    start = data.index(b"xl/worksheets/sheet1.xml") + 40
    data[start : start + 60] = b"x" * 60
    return bytes(data)


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "no Excel file"),
        (b"plain text", "no Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel format"),
        (docx(), "ending is wrong"),
        (broken_zip(), "broken"),
        (workbook(("s", [HEADER]))[:700], "broken"),
        (workbook(("s", [])), "empty"),
        (workbook(("s", [["a", "b"]])), "no release table"),
    ],
)
def test_what_is_no_workbook_is_refused_in_one_line(data, word):
    with pytest.raises(RelplanError) as error:
        api.loads(data, "xlsx", name="t.xlsx")
    assert word in str(error.value) and str(error.value).startswith("t.xlsx") and "\n" not in str(error.value)


def test_a_sheet_that_claims_to_be_huge_is_refused_before_it_is_laid_out():
    def far(book):
        book.active["XFD1048576"] = "x"

    with pytest.raises(RelplanError, match="too large"):
        read(HEADER, [1, "a", "1"], change=far)


def test_the_sample_is_read_whole(samples):
    found = api.load(samples / "发布清单.xlsx")
    plan = api.load(samples / "plan.yaml").plan
    assert found.plan.table == plan.table and len(plan.table.rows) >= 8
    assert not found.unreadable() and not told(found, "unplaced")


def told_words(read, kind):
    return [notice.problem.text("en") for notice in read.notices if notice.kind == kind]


def test_the_user_says_which_sheets_to_read_hidden_ones_too():
    def hide(book):
        book["旧"].sheet_state = "veryHidden"

    data = workbook(("新 ", [HEADER, [1, "a", "1"]]), ("旧", [HEADER, [2, "b", "1"]]), change=hide)
    found = api.loads(data, "xlsx", name="t.xlsx", options=ReadOptions(sheets=("旧",)))
    assert [row.system for row in found.plan.table.rows] == ["b"] and told(found, "unplaced") == ["t.xlsx › 新 "]
    both = api.loads(data, "xlsx", options=ReadOptions(sheets=("旧", "新")))
    assert [row.system for row in both.plan.table.rows] == ["a", "b"]
    with pytest.raises(ReadError, match=r'no sheet "旧表".*did you mean "旧"'):
        api.loads(data, "xlsx", options=ReadOptions(sheets=("旧表",)))


def test_the_user_says_what_a_header_means():
    rows = [["步骤", "编码", "标识", "版本号"], [1, "支付", "1.2", "x"]]
    data = workbook(("s", rows))
    options = ReadOptions(columns={" 编码": "system", "标识*": "版本号"})
    row = api.loads(data, "xlsx", options=options).plan.table.rows[0]
    assert (row.order, row.system, row.version) == ("1", "支付", "1.2")
    assert [(pair.header, pair.text) for pair in row.extra] == [("版本号 #2", "x")]
    with pytest.raises(ReadError, match=r'no field "sytem".*did you mean "system"'):
        api.loads(data, "xlsx", options=ReadOptions(columns={"编码": "sytem"}))


def test_digits_and_letters_are_levels_of_risk_only_by_what_the_user_says():
    data = workbook(("s", [HEADER, [1, "a", "1", "x", "1"], [2, "b", "1", "x", "Ｂ"], [3, "c", "1", "x", "低"]]))
    found = api.loads(data, "xlsx")
    assert [row.risk_level for row in found.plan.table.rows] == [Unread("1"), Unread("Ｂ"), RiskLevel.LOW]
    assert "--risk 1=high" in told_words(found, "unreadable")[0]
    said = ReadOptions(risks={"1": "critical", "b": "中"})
    levels = [row.risk_level for row in api.loads(data, "xlsx", options=said).plan.table.rows]
    assert levels == [RiskLevel.CRITICAL, RiskLevel.MEDIUM, RiskLevel.LOW]
    with pytest.raises(ReadError, match=r'no risk level "hihg".*did you mean "high"'):
        api.loads(data, "xlsx", options=ReadOptions(risks={"1": "hihg"}))


@pytest.mark.parametrize("third", [["风险等级", "高", "测试人员", "王五", "备注", "无"], []])
def test_a_form_of_labels_and_values_is_told_from_a_table(third):
    rows = [
        ["系统名称", "支付", "版本号", "1.2", "发布时间", "8月1日"],
        ["变更内容", "退款", "开发人员", "李四", "分支", "r1"],
        third,
    ]
    with pytest.raises(ReadError, match="this is a form with its labels beside their values"):
        read(*rows)


def test_a_formula_without_a_result_is_kept_and_reported():
    found = read(HEADER, [1, "支付", "=A2+1"])
    assert found.plan.table.rows[0].version == "=A2+1" and told(found, "unreadable") == ["t.xlsx › 发布表!C2"]


def test_a_text_is_struck_through_by_its_runs_too():
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    def strike(book):
        struck = InlineFont(strike=True)
        for cell in book.active[2]:
            cell.value = CellRichText(TextBlock(struck, "x"), TextBlock(struck, "y"))
        book.active["B3"].value = CellRichText(TextBlock(struck, "旧"), "新")

    found = read(HEADER, list("12345678"), [2, "b", "2"], change=strike)
    assert [row.system for row in found.plan.table.rows] == ["旧新"]
    assert told(found, "unplaced") == [f"t.xlsx › 发布表!{letter}2" for letter in "ABCDEFGH"]


def test_a_workbook_in_another_encoding_with_elements_of_others_is_read():
    data = workbook(("发布表", [HEADER, list("12345678")]))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    book = parts["xl/workbook.xml"].decode().partition("?>")[2] or parts["xl/workbook.xml"].decode()
    other = '<y:sheet xmlns:y="urn:y" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" name="x" r:id="rId1"/>'
    book = book.replace("</sheets>", f"</sheets><extLst><ext>{other}</ext></extLst>")
    parts["xl/workbook.xml"] = ('<?xml version="1.0" encoding="utf8"?>' + book).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert [row.order for row in api.loads(out.getvalue(), "xlsx", name="t.xlsx").plan.table.rows] == ["1"]


def conversation(data: bytes) -> bytes:
    """The workbook with a conversation of two on the cell B2."""
    parts = {
        name: zipfile.ZipFile(io.BytesIO(data)).read(name) for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
    }
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    one = f'<Relationship Id="t1" Type="{kind}" Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    parts[rels] = parts[rels].replace(b"</Relationships>", one.encode())
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    parts["xl/threadedComments/threadedComment1.xml"] = (
        f'<ThreadedComments xmlns="{space}"><threadedComment ref="B2" id="1"><text>谁？</text></threadedComment>'
        '<threadedComment ref="B2" id="2" parentId="1"><text>我</text></threadedComment></ThreadedComments>'
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def test_a_conversation_is_read_once():
    def comment(book):
        book.active["B2"].comment = openpyxl.comments.Comment("[Threaded comment] copy", "x")

    data = conversation(workbook(("s", [HEADER, [1, "支付", "1"]]), change=comment))
    row = api.loads(data, "xlsx").plan.table.rows[0]
    assert [(pair.header, pair.text) for pair in row.extra] == [("批注", "系统名称: 谁？\n我")]


def test_statements_of_a_combined_column_join_those_of_the_columns_beside_it():
    header = ["SQL脚本", "DDL", "系统", "版本"]
    row = read(header, ["UPDATE t SET a = 1;\nDROP TABLE x;", "CREATE TABLE y (i INT);", "支付", "1"]).plan.table.rows[
        0
    ]
    assert row.ddl == "CREATE TABLE y (i INT);\nDROP TABLE x;" and row.dml == "UPDATE t SET a = 1;"


def test_ditto_without_anything_above_is_reported():
    found = read(HEADER, [1, "同上", "1"], [2, "支付", "2", "同下"])
    assert [row.system for row in found.plan.table.rows] == [None, "支付"]
    assert told(found, "unplaced") == ["t.xlsx › 发布表!B2", "t.xlsx › 发布表!D3"]


@pytest.mark.parametrize(
    ("text", "ddl", "dml"),
    [
        ("select 1", "", "select 1"),
        ("1、alter table t add c int;\n2、delete from t;", "1、alter table t add c int;", "2、delete from t;"),
        ("use db;\ncreate index i on t(a);\ncommit;", "use db;\ncreate index i on t(a);\ncommit;", ""),
        ("create procedure p() begin\n update t set a=1;\nend;", "create procedure p() begin\n update t set a=1;\nend;", ""),
        ("insert into t values ('a;b', \"c;d\"); /* x; */ drop view v", "drop view v", "insert into t values ('a;b', \"c;d\"); /* x; */"),
    ],
)  # fmt: skip
def test_statements_are_sorted_by_their_first_words(text, ddl, dml):
    assert sorted_statements(text) == (ddl, dml)


@pytest.mark.parametrize("text", ["a.sql", "https://x/y", "见附件", "是", "update the docs", "create a new user"])
def test_what_is_no_statement_is_not_taken_for_one(text):
    assert sorted_statements(text) is None


@given(
    st.text(alphabet="aset updrop;'\"-#/*\n；", max_size=60), st.sampled_from(["drop table t;", "delete from t;", ""])
)
def test_sorting_statements_loses_no_text(text, end):
    found = sorted_statements(f"{text}\n{end}")
    assert found is None or sorted("".join("".join(found).split())) == sorted("".join(f"{text}{end}".split()))


def test_rows_of_a_long_sheet_take_no_more_memory_each_than_those_of_a_short_one():
    def peak(count):
        grid = Grid("s", [HEADER, *([str(n), "支付", "1.2", "a", "高", "", "", "甲"] for n in range(count))])
        tracemalloc.start()
        read_grids([grid], Draft("t"))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(10)
    assert peak(2000) / 2000 < 1.3 * peak(500) / 500


@pytest.mark.parametrize("piece", [";/*", "'", "/*", "update ", ";\n", "--", "`", 'with a "'])
def test_a_long_cell_without_sense_is_sorted_in_a_moment(piece):
    text = piece * (20_000 // len(piece))
    found = sorted_statements(text)
    assert found is None or "".join("".join(found).split()) == "".join(text.split())


def test_whoever_waits_is_told_how_far_the_reading_of_a_long_table_is():
    told: list[tuple[int, int]] = []
    rows = "系统名称,版本号,变更内容\n" + "".join(f"系统{n},1.{n},x\n" for n in range(2500))
    api.loads(
        rows.encode(), "csv", name="x.csv", options=ReadOptions(progress=lambda done, of: told.append((done, of)))
    )
    assert told == [(1000, 2501), (2000, 2501)]


def end_of_sheet(xml: str) -> str | None:
    """What `plain_end` says of a sheet with this XML."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("sheet.xml", f"<worksheet><cols><col min='1' max='2'/></cols><sheetData>{xml}</worksheet>")
    with zipfile.ZipFile(target) as package:
        return plain_end(package, "sheet.xml")


TEXT = '<row r="7"><c r="B7" s="1" t="s"><v>0</v></c><c r="AA7" s="2"/></row></sheetData>'


def test_a_sheet_of_nothing_but_texts_needs_no_closer_look():
    assert end_of_sheet(TEXT) == "AA7"
    assert end_of_sheet(TEXT.replace("</sheetData>", '<row r="12" spans="1:2"></row></sheetData>')) == "AA12"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (' t="s"', ""),
        (' t="s"', ' t="e"'),
        ('<row r="7"', '<row r="7" hidden="1"'),
        ('<row r="7"', "<row"),
        ('<c r="B7"', '<c\nr="B7"'),
        ('<c r="B7"', "<c"),
        ('<c r="B7"', '<x:c r="XFD1048576"/><c r="B7"'),
        ("</sheetData>", '</sheetData><hyperlinks><hyperlink ref="B7"/></hyperlinks>'),
        ("</sheetData>", '<row r="1048576"><c t="n"><v>1</v></c>'),
        (TEXT, "</sheetData>"),
    ],
)
def test_a_sheet_that_may_hold_more_than_texts_is_looked_at_closely(text, other):
    assert end_of_sheet(TEXT.replace(text, other, 1)) is None


def test_places_within_rows_are_there_for_all_who_ask():
    found = read(
        HEADER, [1, "支付", "1.2", "a", "高", "无", None, "甲"], [2, "网关", None, "b", "低", None, None, None]
    )
    places = found.places
    assert len(places) == len(dict(places)) == len(list(places))
    assert str(places["table", "rows", 1, "changes"]) == "t.xlsx › 发布表!D3"
    blank = ("table", "rows", 1, "version")
    assert blank not in list(places) and str(places[blank]) == "t.xlsx › 发布表!C3", "where it would stand is known"
    assert ("table", "rows", 2) not in places
    assert str(places["table", "rows", 1]) == "t.xlsx › 发布表!A3"


@pytest.mark.parametrize(
    "line",
    ["2026-08-20 22:00 至次日 02:00", "发布时间：2026-08-20 22:00 至次日 02:00", "2026年8月20日22：00-次日02：00"],
)
def test_a_time_above_a_table_is_not_cut_at_its_colon(line):
    found = read([line], HEADER, [1, "支付", "1.2", "a"])
    window = found.plan.window
    assert (str(window.start), str(window.end)) == ("2026-08-20 22:00:00", "2026-08-21 02:00:00")
    assert not found.plan.sections and not told(found, "guessed")


def test_a_line_with_a_time_and_no_key_is_one_text():
    found = read(["项目甲"], ["第 1 次会议 9:30 开始"], HEADER, [1, "支付", "1.2", "a"])
    assert [section.title for section in found.plan.sections] == ["第 1 次会议 9:30 开始"]


def old_workbook(*extra: bytes, rows=(HEADER[:4], ["1", "支付", "1.2", "a"], ["2", "订单", "1.3", "b"])) -> bytes:
    """An .xls file whose third row has the second style, of a font struck through; `extra` records stand behind its cells."""
    begin = [record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0)) for kind in (5, 16)]
    fonts = b"".join(record(0x0031, struct.pack("<HH", 200, look), bytes(12)) for look in (0, 0, 0, 0, 8))
    styles = b"".join(record(0x00E0, struct.pack("<HH", font, 0), bytes(16)) for font in (0, 5))
    sheet = struct.pack("<BB", 0, 0) + words("清单", "B")
    at = len(begin[0] + fonts + styles + record(0x0085, bytes(4), sheet) + record(0x000A))
    cells = [
        record(0x0204, struct.pack("<HHH", r, c, r == 2), words(text, "H"))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    globals_ = begin[0] + fonts + styles + record(0x0085, struct.pack("<I", at), sheet) + record(0x000A)
    return compound(globals_ + begin[1] + b"".join([*cells, *extra]) + record(0x000A))


def test_what_is_struck_through_in_an_old_workbook_is_cancelled():
    found = api.loads(old_workbook(), "xls", name="t.xls")
    assert [row.system for row in found.plan.table.rows] == ["支付"]
    assert told(found, "unplaced") == [f"t.xls › 清单!{cell}3" for cell in "ABCD"] and not told(found, "guessed")


def test_comments_of_an_old_workbook_are_kept():
    box = record(0x005D, struct.pack("<HHHH", 0x15, 0x12, 0x19, 7), bytes(14))
    text = record(0x01B6, bytes(10), struct.pack("<H", 6), bytes(6))
    pieces = (
        record(0x003C, b"\x01" + "请老王".encode("utf-16-le")),
        record(0x003C, b"\x00 ok"),
        record(0x003C, bytes(16)),
    )
    note = record(0x001C, struct.pack("<4H", 1, 1, 0, 7), words("王", "H"))
    found = api.loads(old_workbook(box, text, *pieces, note), "xls", name="t.xls")
    (extra,) = found.plan.table.rows[0].extra
    assert (extra.header, extra.text) == ("批注", "系统名称: 请老王 ok")


def test_what_cannot_be_seen_of_an_old_workbook_is_said():
    data = old_workbook().replace(record(0x00E0, struct.pack("<HH", 5, 0), bytes(16)), record(0x00E0, bytes(20)))
    found = api.loads(data, "xls", name="t.xls")
    assert told(found, "guessed") == ["t.xls"] and len(found.plan.table.rows) == 2


def test_a_band_row_names_a_group_though_something_stands_beside_it():
    def merge(book):
        book.active.merge_cells("A2:H2")

    found = read([*HEADER, "负责单位"], ["核心系统域", *[None] * 7, "先上"], [1, "支付", "1.2", "a"], change=merge)
    assert [(row.system, row.group) for row in found.plan.table.rows] == [("支付", "核心系统域")]
    assert told(found, "unplaced") == ["t.xlsx › 发布表!I2"]


def test_a_row_struck_through_in_a_workbook_of_ours_is_cancelled(samples):
    data = api.render(api.load(samples / "plan.yaml").plan, "workbook", "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(data))
    struck = {"发布过程": 5, "发布清单": 6}
    for name, row in struck.items():
        sheet = next(each for each in book.worksheets if name in each.title)
        for cell in sheet[row]:
            cell.font = openpyxl.styles.Font(strike=True)
    out = io.BytesIO()
    book.save(out)
    before, after = (api.loads(each, "xlsx", name="t.xlsx") for each in (data, out.getvalue()))
    assert len(before.plan.deployment) - len(after.plan.deployment) == 1
    assert len(before.plan.table.rows) - len(after.plan.table.rows) == 1
    assert told(after, "unplaced")


@pytest.mark.parametrize(
    ("value", "code", "hint"),
    [(1.1, "General", "1.10 "), (3, "General", "3.0 "), (dt.date(2026, 8, 1), "yyyy-mm-dd", "")],
)
def test_the_hint_for_a_number_is_a_version_one_may_have_typed(value, code, hint):
    def form(book):
        book.active["C2"].value, book.active["C2"].number_format = value, code

    found = read(HEADER, [1, "支付", "", "a"], change=form)
    (notice,) = (each for each in found.notices if each.kind == "guessed")
    assert str(notice.problem.place) == "t.xlsx › 发布表!C2"
    assert (f"如果原本是 {hint}之类" in notice.problem.message.zh) if hint else "日期" in notice.problem.message.zh


def test_headers_as_taiwan_writes_them():
    found = read(
        ["上版順序", "模組", "版本", "回復措施", "設定檔異動", "資料轉檔"], ["1", "帳務", "1.0", "還原", "a=b", "x"]
    )
    (row,) = found.plan.table.rows
    assert (row.order, row.system, row.version, row.rollback, row.dml) == ("1", "帳務", "1.0", "還原", "x")
    assert not row.extra


PAGE = [
    ["网银 2.3 上线方案"], [], ["一、基本信息"], ["产品", "网银"], ["发布时间", "2026-08-20 22:00 至次日 02:00"], [],
    ["二、参与人员"], ["姓名", "角色"], ["张三", "运维"], [], ["三、上线步骤"], ["序号", "步骤", "负责人"], ["1", "停服务", "张三"],
    ["2", "更新镜像", "张三"], [], ["四、回退方案"], ["1. 还原镜像"], ["2. 还原数据库"], [], ["五、发布清单"],
    ["系统名称", "版本", "变更内容", "风险"], ["网银", "2.3.1", "新增转账", "中"], [], ["注：以上为北京时间"],
]  # fmt: skip


def test_a_whole_plan_laid_out_on_one_sheet_is_read_part_by_part():
    found = read(*PAGE)
    plan = found.plan
    assert (plan.title, plan.product, str(plan.window.end)) == ("网银 2.3 上线方案", "网银", "2026-08-21 02:00:00")
    assert [(each.name, each.roles) for each in plan.participants] == [("张三", ("运维",))]
    assert [step.text for step in plan.deployment] == ["停服务", "更新镜像"]
    assert [step.text for step in plan.rollback.steps] == ["还原镜像", "还原数据库"]
    assert [(row.system, row.version) for row in plan.table.rows] == [("网银", "2.3.1")]
    assert "注：以上为北京时间" in plan.sections[0].text
    assert str(found.places["table", "rows", 0, "version"]) == "t.xlsx › 发布表!B22"
    assert not told(found, "unplaced")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_plan_document_as_a_sheet_gives_the_plan_back(samples, language):
    plan = api.load(samples / "plan.yaml").plan
    found = api.loads(api.render(plan, "plan", "xlsx", language=language), "xlsx", name="t.xlsx")
    assert not [each for each in found.notices if each.kind != "read"]
    fields = [name for name in fields_of(type(plan)) if name not in ("sections", "language")]
    assert all(getattr(found.plan, name) == getattr(plan, name) for name in fields)
    assert [each.title for each in found.plan.sections] == [each.title for each in plan.sections]


def test_a_sheet_without_a_chinese_letter_is_in_english():
    header, row = ["System", "Version", "Changes"], ["pay", "1.0", "fix"]
    assert read(header, row).plan.language == "en"
    assert read(header, ["支付", *row[1:]]).plan.language == "zh"
    for reads in ([read(header, row), read(HEADER[1:4], row)], [read(HEADER[1:4], row), read(header, row)]):
        assert combined(reads).plan.language == "zh"
