"""Excel forms: what is seen of a workbook that was filled in, what is refused, and that nothing else changes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import xlsxwriter
from excel_forms import excel, seen
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from relplan import api
from relplan.documents.render import Options, names
from relplan.errors import TemplateError
from relplan.model.plan import ReleasePlan
from relplan.office.excel import fill

FOLDER = Path(__file__).parent / "workbooks"
CASES = sorted(each.name for each in FOLDER.iterdir() if each.is_dir())
PLAN = api.load(Path(__file__).parent / "forms" / "plan.yaml").plan
LOOP = "A2 {% for item in plan.table.rows %}{{ item.system }}\nB2 x{% endfor %}\n"


def filled(form: str | bytes, plan: ReleasePlan = PLAN, **options) -> bytes:
    data = form if isinstance(form, bytes) else excel(form)
    return fill(data, "form.xlsx", names(plan, "plan", Options()), plan.language, **options)


def problems(form: str | bytes, plan: ReleasePlan = PLAN) -> list[str]:
    with pytest.raises(TemplateError) as raised:
        filled(form, plan)
    return [each.text("en") for each in raised.value.problems]


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}


def changed(data: bytes, changes: Mapping[str, tuple[str, str]]) -> bytes:
    """A package with words of its parts replaced; `+name` adds a part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target, zipfile.ZipFile(io.BytesIO(data)) as source:
        for each in source.namelist():
            before, after = changes.get(each, ("", ""))
            content = source.read(each)
            assert before.encode() in content
            target.writestr(each, content.replace(before.encode(), after.encode()) if before else content)
        for each in changes:
            if each.startswith("+"):
                target.writestr(each[1:], changes[each][1])
    return out.getvalue()


@pytest.mark.parametrize("case", CASES)
def test_a_form_gives_the_workbook_that_is_expected(case, check_ooxml):
    folder = FOLDER / case
    own = folder / "plan.yaml"
    data = filled((folder / "form.txt").read_text("utf-8"), api.load(own).plan if own.exists() else PLAN)
    assert seen(data) == (folder / "expected.txt").read_text("utf-8")
    check_ooxml(data, ".xlsx")


def test_another_reader_sees_the_same_values():
    data = filled("[一]\nA1 {{ plan.version }}\nB1 {{ 3 }}\n" + LOOP + "A3 =1+1")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("一").to_python()
    assert rows[:4] == [["2.3", 3.0], ["账务", "x"], ["渠道", "x"], ["门户", "x"]]


def test_a_workbook_without_tags_comes_out_byte_for_byte():
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        sheet.write("A1", "a { b } %}")
        chart = made.add_chart({"type": "line"})
        chart.add_series({"values": "=Sheet1!$A$1:$A$2"})
        sheet.insert_chart("C3", chart)
    assert filled(book.getvalue()) == book.getvalue()


def test_the_workbooks_of_others_without_tags_come_out_byte_for_byte(shared):
    count = 0
    for path in sorted((shared / "corpus").rglob("*.xlsx")):
        data = path.read_bytes()
        if len(data) > 300_000:
            continue
        try:
            after = fill(data, path.name, names(PLAN, "plan", Options()), "zh")
        except TemplateError:
            continue  # broken, or with tags of another program
        assert after == data, path.name
        count += 1
    assert count > 80


def test_what_stands_beside_the_rows_stays_part_by_part():
    form = excel("[一]\nA1 {{ plan.version }}\n[二]\nA1 固定\nnote A1 x\n")
    one, two = parts(form), parts(filled(form))
    assert {name for name in one if one[name] != two.get(name)} <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("[一]\nB7 {{ titel }}", 'form.xlsx › 一!B7 «{{ titel }}»: there is no "titel"; did you mean "title"?'),
        ("[一]\nA2 {% for item in plan.table.rows %}{{ item.sytem }}\nB2 {% endfor %}", '一!A2 «{{ item.sytem }}»: there is no "sytem"; did you mean "system"?'),
        ("[{{ plan.x }}]\nA1 a", '{{ plan.x }}'),
        ("[一]\nA1 {{ plan.version", "does not end with }}"),
        ("[一]\nA1 {{ plan.version | nofilter }}", 'no filter or test "nofilter"'),
        ("[一]\nA1 {% for x in plan.impact %}{{ x }}", "not closed by endfor"),
        ("[一]\nA1 {% endif %}", "endif closes nothing"),
        ("[一]\nA1 {{ plan.preparation | entries }}", "a cell takes no blocks"),
        ("[一]\nA1 a {{ plan.table | table }}", "a cell takes no blocks"),
        ("[一]\nA1 {{ plan.table }}", "has no text of its own"),
        ("[一]\nA1 {{ 1 / 0 }}", "division by zero"),
        ("[一]\nA1 {%tc for x in plan.impact %}\nA2 {%tc endfor %}", "must begin and end in the same row"),
        ("[一]\nA1 {% if 1 %}\nB1 {% else %}\nC1 {% endif %}", "else cannot stand in the row"),
        ("[一]\nA1 {%sheet for x in plan.impact %}{%sheet if 1 %}", "a sheet takes one"),
        ("[一]\nA1 {%sheet if plan.issues %}", "no sheet is left"),
        (f"[一]\n{LOOP}A3 =A2", "一!A3: a formula refers to the single cell A2 of what is repeated; refer to the range A2:A2"),
        (f"[一]\n{LOOP}A3 =SUM(2:2)", "a formula refers to whole rows"),
        (f"[一]\n{LOOP}note A2 x", "repeated rows cannot have comments"),
        (f"[一]\n{LOOP}[二]\nA1 =一!A2", "refers to a single cell of repeated rows"),
        ("[一]\nA1 {% if plan.issues %}\nA2 5\nA3 {% endif %}\nA4 =A2", "whose row was left out"),
        ("[一]\nA1 {%tc for x in plan.impact %}{{ x }}{%tc endfor %}\nA2 =A1", "refers to the single cell A1"),
        ("[一]\nA1 {%tc for x in plan.issues %}{{ x }}{%tc endfor %}\nA2 =A1", "whose column was left out"),
        ("[一]\nA1 {%sheet for x in plan.impact %}{{ x }}\nnote A2 x", "a repeated sheet cannot have comments"),
        ("[一]\nA1 {% set v = 'x' * 900000 %}{{ v }}", "32,767"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(form, said):
    found = problems(form)
    assert any(said in each for each in found), found


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_workbook():
    found = problems("[一]\nA1 {{ titel }}\nC1 {{ plan.verson }}\nA5 {% if x %}\n[二]\nA1 {{ 1 + }}")
    assert [re.search("› (.*?) «", each)[1] for each in found] == ["一!A1", "一!C1", "一!A5", "一!A5", "二!A1"]


def test_text_as_long_as_a_cell_takes_is_written_and_longer_text_is_refused():
    plan = ReleasePlan(goal="字" * 32_767)
    assert load_workbook(io.BytesIO(filled("[一]\nA1 {{ plan.goal }}", plan)))["一"]["A1"].value == plan.goal
    (said,) = problems("[一]\nB3 {{ plan.goal }}", ReleasePlan(goal="字" * 40_000))
    assert "一!B3" in said and "32,767" in said


def test_a_number_that_no_cell_can_hold_is_a_text():
    assert seen(filled("[一]\nA1 {{ plan.goal | float }}", ReleasePlan(goal="1e999"))) == "[一]\nA1 inf\n"
    assert "inf" in problems("[一]\nA1 {{ '1e999' | float }}")[0]


def test_shared_formulas_are_taken_apart():
    form = excel("[一]\nA1 3\nB1 =A1+1\n" + LOOP + "C2 {% if 1 %}{% endif %}\nA3 4\nB3 =A3*2\nA4 5\nB4 =A4*2")
    shared = changed(
        form,
        {
            "xl/worksheets/sheet1.xml": (
                "<f>A3*2</f><v></v></c></row><row r=\"4\"><c r=\"A4\" t=\"n\"><v>5</v></c><c r=\"B4\"><f>A4*2</f>",
                "<f t=\"shared\" ref=\"B3:B4\" si=\"0\">A3*2</f><v></v></c></row><row r=\"4\"><c r=\"A4\" t=\"n\"><v>5</v></c><c r=\"B4\"><f t=\"shared\" si=\"0\"/>",
            )
        },
    )  # fmt: skip
    assert "B5 =A5*2\n" in seen(filled(shared)) and "B6 =A6*2\n" in seen(filled(shared))


def test_a_table_object_is_named_as_its_header_says():
    data = filled("[一]\nA1 {{ plan.product }}\nB1 b\n" + LOOP + "table T A1:B2")
    table = parts(data)["xl/tables/table1.xml"]
    assert 'ref="A1:B4"' in table and 'name="网银"' in table


def test_a_chart_grows_with_its_rows():
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("一")
        sheet.write("A1", "{% for item in plan.table.rows %}{{ item.system }}")
        sheet.write("B1", "{{ loop.index }}{% endfor %}")
        sheet.write("A2", "末")
        chart = made.add_chart({"type": "column"})
        chart.add_series({"categories": "=一!$A$1:$A$1", "values": "=一!$B$1:$B$1"})
        sheet.insert_chart("D4", chart)
    found = parts(filled(book.getvalue()))
    assert "$B$1:$B$3" in found["xl/charts/chart1.xml"] and "$A$1:$A$3" in found["xl/charts/chart1.xml"]
    assert "<xdr:row>5</xdr:row>" in found["xl/drawings/drawing1.xml"], "it stays as far below the rows as it was"


@pytest.mark.parametrize("kind", ["pivotTable", "slicer", "timeline"])
def test_what_cannot_follow_is_refused(kind):
    rels = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="../x.xml"/></Relationships>'
    form = changed(excel("[一]\nA1 {{ plan.version }}"), {"+xl/worksheets/_rels/sheet1.xml.rels": ("", rels), "+xl/x.xml": ("", "<x/>")})  # fmt: skip
    (said,) = problems(form)
    assert "form.xlsx › 一: a sheet with tags cannot have a" in said


def test_macros_are_refused_unless_they_are_asked_for():
    form = changed(
        excel("[一]\nA1 {{ plan.version }}"),
        {
            "[Content_Types].xml": ("spreadsheetml.sheet.main+xml", "macroEnabled.main+xml"),
            "+xl/vbaProject.bin": ("", "x"),
        },
    )
    form = changed(
        form, {"[Content_Types].xml": ("vnd.openxmlformats-officedocument.macro", "vnd.ms-excel.sheet.macro")}
    )
    assert "has macros" in problems(form)[0]
    assert parts(filled(form, macros=True))["xl/vbaProject.bin"] == "x"


@pytest.mark.parametrize("name", ["zip", "text", "word", "entities", "strict", "deep"])
def test_what_is_no_workbook_is_refused_in_one_line(name):
    from word_forms import word

    form = excel("[一]\nA1 {{ plan.version }}")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = {
        "zip": b"PK\x03\x04",
        "text": b"hello",
        "word": word("a"),
        "entities": changed(form, {"xl/workbook.xml": ("<workbook", '<!DOCTYPE d [<!ENTITY a "a">]><workbook')}),
        "strict": changed(form, {"xl/workbook.xml": (main, "http://purl.oclc.org/ooxml/spreadsheetml/main")}),
        "deep": changed(form, {"xl/worksheets/sheet1.xml": ("<sheetData>", "<sheetData>" + "<x>" * 400)}),
    }[name]
    (said,) = problems(data)
    assert said.startswith("form.xlsx") and "Traceback" not in said


def test_a_text_with_a_control_character_is_refused():
    from relplan.errors import RelplanError

    plan = ReleasePlan(language="zh")
    vars(plan)["goal"] = "a\x01b"  # no constructor takes it
    with pytest.raises(RelplanError, match=r"control|character"):
        filled("[一]\nA1 {{ plan.goal }}", plan)


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr("relplan.office.excel.rows.MOST_ROWS", 5_000)
    (said,) = problems("[一]\nA1 {% for b in range(5001) %}{{ b }}\nB1 {% endfor %}")
    assert "more than 5,000 rows" in said


def test_the_same_form_and_plan_give_the_same_bytes():
    form = excel("[一]\n" + LOOP + "[{{ x }}]\nA1 {%sheet for x in plan.impact %}{{ x }}")
    assert filled(form) == filled(form)


def test_formulas_are_worked_out_when_the_file_is_opened():
    found = parts(filled("[一]\n" + LOOP + "A3 =COUNTA(A2:A2)"))
    assert 'fullCalcOnLoad="1"' in found["xl/workbook.xml"] and "xl/calcChain.xml" not in found


def test_an_excel_template_becomes_a_workbook():
    form = changed(
        excel("[一]\nA1 {{ plan.version }}"), {"[Content_Types].xml": ("sheet.main+xml", "template.main+xml")}
    )
    assert "sheet.main+xml" in parts(filled(form))["[Content_Types].xml"]


def test_what_is_found_is_listed_with_the_names_that_are_used(tmp_path):
    form = tmp_path / "form.xlsx"
    form.write_bytes(excel("[一]\nA1 {{ plan.version }}\n" + LOOP))
    report = api.check_template(form)
    assert not report.problems and report.tags == 4
    assert report.names == ("item.system", "plan.table.rows", "plan.version")


def test_a_marked_form_has_a_note_on_each_cell(tmp_path, check_ooxml):
    form = tmp_path / "form.xlsx"
    form.write_bytes(excel("[一]\nA1 {{ titel }}\nnote A1 自己的\n[二]\nB7 {{ plan.verson }}\nC1 {{ plan.version }}"))
    data = api.marked_template(form)
    check_ooxml(data, ".xlsx")
    book = load_workbook(io.BytesIO(data))
    assert "did you mean" in book["一"]["A1"].comment.text and "自己的" in book["一"]["A1"].comment.text
    assert "是否为" in book["二"]["B7"].comment.text and book["二"]["C1"].comment is None


def test_a_pivot_table_of_another_sheet_takes_in_the_new_rows():
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    cache = '<pivotCacheDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cacheSource type="worksheet"><worksheetSource ref="A1:B2" sheet="一"/></cacheSource></pivotCacheDefinition>'
    form = changed(
        excel("[一]\nA1 系统\nB1 x\n" + LOOP),
        {
            "xl/_rels/workbook.xml.rels": (
                "</Relationships>",
                f'<Relationship Id="p1" Type="{office}/pivotCacheDefinition" Target="pivotCache/c.xml"/></Relationships>',
            ),
            "+xl/pivotCache/c.xml": ("", cache),
        },
    )
    found = parts(filled(form))["xl/pivotCache/c.xml"]
    assert 'ref="A1:B4"' in found and 'refreshOnLoad="1"' in found
