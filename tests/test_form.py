"""The entry form: it says what to write where, is blank to the reader, and gives the plan that people fill in."""

from __future__ import annotations

import io

import openpyxl
import pytest

from relplan import api
from relplan.model.columns import columns_of
from relplan.model.entries import Participant, Step
from relplan.model.plan import ReleasePlan
from relplan.model.table import ReleaseItem
from relplan.model.values import RiskLevel
from relplan.resources import labels


def book(language="zh"):
    return openpyxl.load_workbook(io.BytesIO(api.form(language)))


def read(filled) -> api.Read:
    target = io.BytesIO()
    filled.save(target)
    return api.loads(target.getvalue(), "xlsx", name="form.xlsx")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_blank_form_says_nothing(language):
    found = api.loads(api.form(language), "xlsx", name="form.xlsx")
    assert found.plan == ReleasePlan(language=language)
    assert {notice.kind for notice in found.notices} == {"read"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_cell_of_a_blank_form_is_a_label_or_a_stated_fact(language):
    found = api.loads(api.form(language), "xlsx", name="form.xlsx")
    places = {str(place) for place in (*found.labels, *found.places.values())}
    cells = {
        f"form.xlsx › {sheet.title}!{cell.coordinate}"
        for sheet in book(language)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert cells <= places


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_table_has_every_column_of_the_model_and_marks_the_required_ones(language):
    sheet = book(language)[labels(language)["sections"]["table"]]
    headers = [cell.value for cell in sheet[2]]
    assert headers == [
        bound.column.label(language) + ("*" if bound.column.required else "") for bound in columns_of(ReleaseItem)
    ]
    assert sheet["A3"].value == labels(language)["form"]["example"]["order"] and sheet["A3"].font.italic
    assert sheet["C40"].number_format == "@" and sheet.freeze_panes == "C3"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_cells_offer_their_words_and_say_what_to_write(language):
    sheet = book(language)[labels(language)["sections"]["table"]]
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["E3"].formula1 == '"' + ",".join(level.label(language) for level in RiskLevel) + '"'
    assert str(rules["E3"].sqref) == "E3:E203"
    for number, bound in enumerate(columns_of(ReleaseItem)):
        rule = rules[f"{openpyxl.utils.get_column_letter(number + 1)}3"]
        assert rule.prompt == bound.column.hint(language) != ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_notes_explain_every_column(language):
    sheet = book(language)[labels(language)["form"]["title"]]
    told = {row[0].value: row[1].value or "" for row in sheet.iter_rows() if row[0].value}
    for model in (ReleaseItem, Participant, Step):
        for bound in columns_of(model):
            header = bound.column.label(language) + ("*" if bound.column.required else "")
            assert header in told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_filled_form_is_the_plan(language):
    plan = ReleasePlan(
        language=language, product="自提柜", version="1.10", kind="hotfix", impact=["下单"],
        window={"start": "2026-08-20 22:00", "end": "2026-08-21 02:00"},
        participants=[{"name": "张三", "roles": ["开发"]}, {"name": "李四"}],
        deployment=[{"text": "备份数据库", "minutes": "20", "action": "backup"}],
        rollback={"deadline": "2026-08-21 01:00"},
        table=[
            {"order": "1", "system": "支付", "version": "1.10", "risk_level": "高", "dependencies": "无", "status": "待发布"},
            {"order": "2", "system": "订单", "changes": "【新增】甲\n【修复】乙", "developers": "张三、李四"},
        ],
    )  # fmt: skip
    filled, titles = book(language), labels(language)["sections"]
    facts = {str(row[0].value).rstrip("*"): row[1] for row in filled[titles["overview"]].iter_rows()}
    _fill_facts(facts, plan, language)
    trigger = filled[titles["trigger"]]
    next(
        row[1] for row in trigger.iter_rows() if row[0].value in ("回退时限", "Rollback deadline")
    ).value = "2026-08-21 01:00"
    _fill_rows(filled[titles["table"]], plan.table.rows, ReleaseItem, language, 4)
    _fill_rows(filled[titles["participants"]], plan.participants, Participant, language, 3)
    _fill_rows(filled[titles["deployment"]], plan.deployment, Step, language, 3)
    found = read(filled)
    assert found.plan == plan
    assert {notice.kind for notice in found.notices} == {"read"}


def _fill_facts(facts, plan, language):
    for owner in (plan, plan.window):
        for bound in columns_of(type(owner)):
            text = bound.kind.write(getattr(owner, bound.field), language)
            if text:
                facts[bound.column.label(language)].value = text


def _fill_rows(sheet, rows, model, language, first):
    for number, row in enumerate(rows, first):
        for column, bound in enumerate(columns_of(model), 1):
            text = bound.kind.write(getattr(row, bound.field), language)
            if text:
                sheet.cell(number, column).value = text


def test_a_plan_is_shown_in_the_form_and_comes_back():
    plan = ReleasePlan(product="X", table=[{"order": "1", "system": "甲", "extra": {"机房": "A"}}, {"system": "乙"}])
    data = api.render(plan, "form", "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data))["发布清单"]
    assert sheet["B3"].value == "甲" and sheet.cell(2, len(columns_of(ReleaseItem)) + 1).value == "机房"
    assert api.loads(data, "xlsx").plan == plan


def test_a_workbook_of_a_plan_keeps_an_order_that_is_called_an_example():
    plan = ReleasePlan(table=[{"order": "示例", "system": "甲", "version": "1"}])
    assert api.loads(api.render(plan, format="xlsx"), "xlsx").plan == plan


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_form_is_valid_and_always_the_same(check_ooxml, language):
    data = api.form(language)
    assert data == api.form(language)
    check_ooxml(data, ".xlsx")
