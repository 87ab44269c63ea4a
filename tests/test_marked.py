"""Marked copies: bad cells are coloured, commented and listed; everything else is as it was, and a later import sees none of it."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment
from python_calamine import CalamineWorkbook

from relplan import api
from relplan.errors import Message, Place, Problem, WriteError
from relplan.model.plan import ReleasePlan
from relplan.model.read import Read
from relplan.resources import labels
from relplan.writers.marked import mark

TITLE = labels("zh")["problems"]


def saved(book) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def opened(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def marked(data: bytes, language="zh") -> bytes:
    found = read(data)
    return mark(data, [(notice.kind, notice.problem) for notice in found.notices], language, found)


def read(data: bytes) -> Read:
    return api.loads(data, "xlsx", name="a.xlsx")


def parts(data: bytes) -> dict[str, bytes]:
    package = zipfile.ZipFile(io.BytesIO(data))
    return {name: package.read(name) for name in package.namelist()}


@pytest.fixture
def spoilt(samples) -> bytes:
    book = openpyxl.load_workbook(samples / "发布清单.xlsx")
    sheet = book.active
    sheet["E6"], sheet["E8"], sheet["J9"] = "很高", "5", "是"
    sheet["E8"].comment = Comment("请确认", "老王")
    return saved(book)


def test_bad_cells_are_coloured_commented_explained_and_listed(spoilt, check_ooxml):
    data = marked(spoilt)
    check_ooxml(data, ".xlsx")
    book = opened(data)
    sheet, findings = book.worksheets
    assert sheet["E6"].fill.fgColor.rgb == sheet["E8"].fill.fgColor.rgb != sheet["J9"].fill.fgColor.rgb
    assert sheet["E6"].comment.text.startswith("relplan: ") and sheet["E6"].comment.author == "relplan"
    assert sheet["E8"].comment.text == "请确认"  # a cell has one comment; whoever wrote it keeps it
    column = next(cell.column for cell in sheet[5] if cell.value == TITLE)
    assert sheet.cell(6, column).value.startswith("E6 风险等级“很高”") and sheet.cell(7, column).value is None
    assert findings.title == TITLE
    links = {row[0].value: row[0].hyperlink.location for row in findings.iter_rows(min_row=4)}
    assert links["发布清单!E6"] == "'发布清单'!E6" and len(links) == sum(
        notice.kind != "read" for notice in read(spoilt).notices
    )


def test_what_is_not_touched_is_the_same_byte_for_byte(spoilt):
    before, after = parts(spoilt), parts(marked(spoilt))
    changed = {name for name in before if after[name] != before[name]}
    kinds = ("[Content_Types]", "workbook.xml", "styles.xml", "worksheets/sheet1.xml", "omment", ".vml")
    assert {"xl/styles.xml", "xl/worksheets/sheet1.xml"} <= changed
    assert not [name for name in changed if not any(kind in name for kind in kinds)]


def test_a_cell_keeps_what_its_style_says_besides_the_ground(spoilt):
    before, after = opened(spoilt).worksheets[0], opened(marked(spoilt)).worksheets[0]
    for row in before.iter_rows():
        for cell in row:
            now = after[cell.coordinate]
            assert now.value == cell.value and now.number_format == cell.number_format
            assert repr((now.alignment, now.border)) == repr((cell.alignment, cell.border))
    assert after.merged_cells.ranges == before.merged_cells.ranges and after.freeze_panes == before.freeze_panes


def test_importing_the_copy_ignores_the_marks(spoilt):
    assert read(marked(spoilt)).plan == read(spoilt).plan
    assert [notice.problem for notice in read(marked(spoilt)).notices] == [n.problem for n in read(spoilt).notices]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_marking_again_changes_nothing(spoilt, language):
    once = marked(spoilt, language)
    assert marked(once, language) == once
    assert opened(marked(once, "zh")).sheetnames == [*opened(spoilt).sheetnames, TITLE]


def test_a_mended_copy_saved_by_another_program_loses_its_marks(spoilt):
    book = opened(marked(spoilt))
    sheet = book.worksheets[0]
    sheet["E6"], sheet["E8"], sheet["J9"] = "高", "中", "无"
    data = marked(saved(book))
    again = opened(data).worksheets[0]
    original = opened(spoilt).worksheets[0]
    for cell in ("E6", "E8", "J9"):
        assert again[cell].fill.fgColor.rgb == original[cell].fill.fgColor.rgb
        assert again[cell].comment is None or again[cell].comment.text == "请确认"
    assert TITLE not in [cell.value for cell in again[5]]
    assert not read(data).unreadable()


def test_a_remark_between_rows_and_a_note_beside_the_table_are_read_as_before():
    book = openpyxl.Workbook()
    rows = (
        ["系统名称", "版本号", "风险等级"],
        ["甲", "1.0", "很高"],
        ["注：乙方先升级"],
        ["乙", "2.0", "低"],
        ["丙", "3.0", "x"],
    )
    for row in rows:
        book.active.append(row)
    book.active["F2"] = "旁注"
    data = saved(book)
    assert read(marked(data)).plan == read(data).plan
    assert len(read(marked(data)).notices) == len(read(data).notices)


def test_a_workbook_without_problems_is_the_same_file():
    book = openpyxl.Workbook()
    for row in (["系统名称", "版本号", "风险等级"], ["甲", "1.0", "高"]):
        book.active.append(row)
    data = saved(book)
    assert marked(data) == data


def test_nothing_but_ordinary_workbooks_is_marked(tmp_path):
    found = Read(ReleasePlan())
    for data in (b"a,b\n", b"", b"PK\x03\x04"):
        with pytest.raises(WriteError, match=r"\.xlsx"):
            mark(data, [], "zh", found)
    strict = io.BytesIO()
    with zipfile.ZipFile(strict, "w") as package:
        package.writestr("xl/workbook.xml", '<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>')
    with pytest.raises(WriteError, match="Strict"):
        mark(strict.getvalue(), [], "zh", found)


FOREIGN = (
    "closedxml__ClosedXML.Tests__Resource__TryToLoad__LO__xlsx__singlecontrol.xlsx",
    "openpyxl__openpyxl__reader__tests__data__legacy_drawing.xlsm",
    "calamine__tests__pivots.xlsx",
    "xlsxwriter__xlsxwriter__test__comparison__xlsx_files__chart_pattern07.xlsx",
)


def test_charts_macros_pivots_and_controls_survive(shared):
    files = [path for path in sorted((shared / "corpus" / "sheets").glob("*.xls[mx]")) if path.name in FOREIGN]
    assert files
    for path in files:
        data = path.read_bytes()
        sheet = CalamineWorkbook.from_path(path).sheet_names[0]
        bad = [("unreadable", Problem(Message("坏", "bad"), Place("", sheet, "B3")))]
        made = mark(data, bad, "en", Read(ReleasePlan()))
        before, after = parts(data), parts(made)
        assert before.keys() <= after.keys()
        for name in before:
            if any(
                word in name for word in ("chart", "media", "vbaProject", "pivot", "sharedStrings", "theme", "ctrlProp")
            ):
                assert after[name] == before[name], name
        assert any(b"relplan: bad" in data for name, data in after.items() if "comments" in name)


def test_the_column_of_messages_leaves_the_heights_of_rows_alone(spoilt):
    """Its texts go on to the right, in rows of any height."""
    sheet = opened(marked(spoilt)).worksheets[0]
    column = next(cell.column for cell in sheet[5] if cell.value == TITLE)
    told = [sheet.cell(row, column) for row in range(6, sheet.max_row + 1) if sheet.cell(row, column).value]
    assert told and not any("\n" in cell.value or cell.alignment.wrap_text for cell in told)
