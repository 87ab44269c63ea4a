"""The Excel writer: what an independent reader and the validator see."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from python_calamine import CalamineWorkbook
from strategies import NASTY, plans

from relplan import api
from relplan.blocks import (
    Callout,
    CellChoice,
    Checkbox,
    Code,
    Contents,
    Document,
    Heading,
    Image,
    List,
    Listing,
    ListItem,
    Mark,
    PageBreak,
    Paragraph,
    Rule,
    Table,
    TableColumn,
    Text,
)
from relplan.model.plan import ReleasePlan
from relplan.writers.xlsx import write

EVERYTHING = Document(
    "Everything",
    "en",
    (
        Heading(1, (Text("One: a/b [c]"),)),
        Contents(),
        Paragraph((Text("para"), Mark("gap", "gap"))),
        List((ListItem((Paragraph((Text("i"),)), List((ListItem((Paragraph((Text("j"),)),), True),)))),), 3),
        Table((TableColumn("h", 10, choices=(CellChoice("high", "high"),), hint="say"), TableColumn("n", 6, as_text=False)), (("high", "30"), ((Checkbox(),), "007"))),
        Code("a\n  b", "sql"),
        Listing("t", "c", "sql", "l"),
        Callout("warning", (Paragraph((Text("w"),)), List((ListItem((Paragraph((Text("k"),)),)),)))),
        Image(b"no picture", "image/png", "words"),
        Rule(),
        PageBreak(),
        Heading(2, (Text("two"),)),
        Table((TableColumn("only"),), (("x",),)),
        Heading(1, (Text("one: A/B [C]"),)),
        Heading(1, (Text("很长的标题" * 9),)),
    ),
)  # fmt: skip


def cells(data: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_every_block_finds_its_cells():
    found = cells(write(EVERYTHING))
    assert list(found) == ["One a b c", "one A B C 2", ("很长的标题" * 9)[:31]]
    words = [str(cell) for row in found["One a b c"] for cell in row if cell != ""]
    assert words == [
        "One: a/b [c]",
        "paragap",
        "3. i",
        "    ☑ j",
        "h",
        "n",
        "high",
        "30.0",
        "☐",
        "007",
        "a\n  b",
        "t",
        "c",
        "w",
        "• k",
        "words",
        "two",
        "only",
        "x",
    ]


@pytest.mark.parametrize("document", [EVERYTHING, Document("", "zh", ())])
def test_every_block_is_valid(check_ooxml, document):
    check_ooxml(write(document), ".xlsx")


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(plan=plans)
def test_workbooks_of_nasty_plans_are_valid(check_ooxml, plan):
    check_ooxml(api.render(plan, "workbook", "xlsx"), ".xlsx")


@pytest.mark.parametrize("text", NASTY)
def test_no_text_is_ever_a_formula_a_link_or_a_number(text):
    plan = ReleasePlan(table=[{"system": "甲", "version": text, "risk_description": text}])
    book = openpyxl.load_workbook(io.BytesIO(api.render(plan, "workbook", "xlsx")))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n") and cell.hyperlink is None
                if cell.data_type == "n":
                    assert cell.value is None or sheet.title == "概览"  # which counts systems


def test_the_release_table_needs_no_adjusting():
    plan = ReleasePlan(
        table=[
            {
                "order": str(i),
                "system": f"系统{i}",
                "version": "1.10",
                "risk_level": "高",
                "ddl": "ALTER TABLE t\n ADD c INT;\n" * 4,
            }
            for i in range(1, 6)
        ]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(api.render(plan, "workbook", "xlsx")))["发布清单"]
    assert [cell.value for cell in sheet[2]][:3] == ["发布顺序", "系统名称", "版本号"]
    assert sheet.freeze_panes == "C3" and sheet.auto_filter.ref == "A2:N7"
    assert sheet.print_title_rows == "$2:$2" and sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == 0 and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet["C3"].number_format == "@" and sheet["C3"].value == "1.10" and sheet["J3"].alignment.wrap_text
    assert sheet.row_dimensions[3].height >= 8 * 15 and sheet.column_dimensions["B"].width > 8
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert rules == {"E3:E207": '"重大,高,中,低"'}
    assert [rule.operator for area in sheet.conditional_formatting for rule in area.rules] == ["equal"] * 4


def test_an_empty_plan_makes_a_workbook_to_fill_in():
    found = cells(api.render(ReleasePlan(), "workbook", "xlsx"))
    assert found["发布清单"][1][:2] == ["发布顺序", "系统名称"] and len(found) == 12
    assert ["产品", ""] in [row[:2] for row in found["概览"]]


def test_the_same_plan_gives_the_same_bytes():
    plan = ReleasePlan(product="X", table=[{"system": "a"}])
    assert api.render(plan, format="xlsx") == api.render(plan, format="xlsx")


def test_the_longest_table_filters_and_the_header_of_the_last_is_repeated():
    short, long = (Table((TableColumn(name),), ((name,),) * rows) for name, rows in (("a", 2), ("b", 9)))
    for tables, filtered, repeated in (((short, long), "A6:A15", "$6:$6"), ((long, short), "A2:A11", "$13:$13")):
        sheet = openpyxl.load_workbook(
            io.BytesIO(write(Document("t", "en", (Heading(1, (Text("t"),)), *tables))))
        ).active
        assert (sheet.auto_filter.ref, sheet.print_title_rows) == (filtered, repeated)


def test_rows_without_columns_are_no_cells():
    data = write(
        Document("t", "en", (Heading(1, (Text("t"),)), Table((), ((), ())), Table((TableColumn("a"),), (("b",),))))
    )
    assert "b" in [cell.value for row in openpyxl.load_workbook(io.BytesIO(data)).active for cell in row]


def test_tones_have_the_colours_that_they_have_in_word():
    from relplan.resources import template_bytes
    from relplan.writers.docx.themefile import load
    from relplan.writers.xlsx import _TONES

    fills = load(template_bytes("theme.docx")).fills
    tones = ("critical", "high", "medium", "low")
    assert [_TONES[tone][1].removeprefix("#") for tone in tones] == [fills[f"risk {tone}"] for tone in tones]
