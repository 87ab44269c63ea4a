"""What pages look like, as far as files tell: widths, sheets of paper, headers, links, signs, and the theme's part in it."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from relplan import api
from relplan.blocks import Document, Mark, Strong, Table, TableColumn, Text
from relplan.markdown import write as markdown
from relplan.model.plan import ReleasePlan
from relplan.resources import template_bytes
from relplan.writers import docx, html, xlsx
from relplan.writers.docx.layout import SMALL_CELL_MARGIN

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SMALL_EM = 160
"""A Chinese character at 8 pt, in twips."""


def varied(plan: ReleasePlan, systems: int) -> ReleasePlan:
    """The plan with that many systems: its own again and again, under new names."""
    rows = plan.table.rows
    made = [
        rows[i % len(rows)].replace(order=str(i + 1), system=f"{rows[i % len(rows)].system}{i}") for i in range(systems)
    ]
    return plan.replace(table=plan.table.replace(rows=tuple(made)))


def nasty(plan: ReleasePlan) -> ReleasePlan:
    first = plan.table.rows[0]
    words = {"system": "نظام الدفع", "risk_description": "خدمة 1.12.0", "risk_control": "🚀 ✅ 👩‍👩‍👧"}
    rows = (first.replace(risk_description="很长的文字，" * 5000), first.replace(**words))
    return plan.replace(table=plan.table.replace(rows=rows))


@pytest.fixture(params=["sample", "forty", "none", "one", "nasty", "empty"])
def plan(request: pytest.FixtureRequest, samples: Path) -> ReleasePlan:
    sample = api.load(samples / "plan.yaml").plan
    made = {"sample": sample, "empty": ReleasePlan(), "nasty": nasty(sample)}
    return made.get(request.param) or varied(sample, {"forty": 40, "none": 0, "one": 1}[request.param])


def main_part(data: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read("word/document.xml"))


def body(data: bytes) -> etree._Element:
    return main_part(data)[0]


def widths(table: etree._Element) -> list[int]:
    return [int(each.get(f"{W}w")) for each in table.iterfind(f"{W}tblGrid/{W}gridCol")]


def release_tables(root: etree._Element) -> Iterator[etree._Element]:
    return (table for table in root.iter(f"{W}tbl") if len(widths(table)) == 14)


def sections(root: etree._Element) -> list[tuple[int, int, list[etree._Element]]]:
    """Width and height of the paper of each section, and what stands on it."""
    found, inside = [], list[etree._Element]()
    for child in root:
        inside.append(child)
        size = child.find(f".//{W}pgSz") if child.tag == f"{W}p" else child if child.tag == f"{W}sectPr" else None
        if size is not None:
            size = size if size.tag == f"{W}pgSz" else size.find(f"{W}pgSz")
            found.append((int(size.get(f"{W}w")), int(size.get(f"{W}h")), inside))
            inside = []
    return found


def test_every_column_of_the_release_table_is_wide_enough(plan: ReleasePlan) -> None:
    for table in release_tables(body(api.render(plan, "table", "docx"))):
        assert min(widths(table)) >= 4 * SMALL_EM + 2 * SMALL_CELL_MARGIN


def test_long_names_stay_whole_where_the_sheet_has_room() -> None:
    row = {"system": "order_management_platform", "version": "2026.08.20.RELEASE", "testers": "alexandria_richardson"}
    plan = ReleasePlan(table=[{**row, "changes": "支付网关接入新的清算通道" * 8, "developers": "张伟"}])
    found = widths(next(release_tables(body(api.render(plan, "table", "docx")))))
    needed = {1: row["system"], 2: row["version"], 13: row["testers"]}
    assert all(found[at] >= len(name) * SMALL_EM / 2 + 2 * SMALL_CELL_MARGIN for at, name in needed.items())
    assert found[3] > found[12]


def test_facts_have_the_same_look_whatever_is_stated(samples: Path) -> None:
    plans = (ReleasePlan(), api.load(samples / "plan.yaml").plan)
    for number in (0, 1):  # the facts of the plan, then its window
        found = [widths([*body(api.render(plan, "plan", "docx")).iter(f"{W}tbl")][number]) for plan in plans]
        assert all(label < value / 2 for label, value in found) and abs(found[0][0] - found[1][0]) < found[0][0] / 5


def test_what_stands_over_code_stays_with_it(samples: Path) -> None:
    paragraphs = list(body(api.render(api.load(samples / "plan.yaml").plan, "notes", "docx")).iter(f"{W}p"))
    styles = [each.find(f"{W}pPr/{W}pStyle") for each in paragraphs]
    names = ["" if each is None else each.get(f"{W}val") for each in styles]
    over = {
        before for before, after in itertools.pairwise(names) if after == "Code" and before not in ("Code", "Spacer")
    }
    assert over and all(name.startswith("Heading") for name in over)


def test_a_table_without_rows_is_a_gap_that_can_be_seen() -> None:
    for language, word in (("zh", "〔待补充〕"), ("en", "[to be filled in]")):
        assert f"**{word}**" in api.render(ReleasePlan(), "table", "md", language=language).decode()
    sentence = api.render(ReleasePlan(), "plan", "md").decode().partition("> 在 ")[2]
    assert sentence.startswith("**〔待补充〕** 前")


def test_steps_of_a_workbook_have_their_numbers_which_are_not_read_back(samples: Path) -> None:
    plan = api.load(samples / "plan.yaml").plan
    data = api.render(plan, "workbook", "xlsx")
    sheet = next(each for each in openpyxl.load_workbook(io.BytesIO(data)).worksheets if each.title == "发布过程")
    assert [str(cell.value) for cell in sheet["A"][2:5]] == ["1", "2", "3"]
    assert api.loads(data, "xlsx", name="w.xlsx").plan == plan


def test_words_take_the_room_that_links_to_listings_leave(samples: Path) -> None:
    sample = api.load(samples / "plan.yaml").plan
    order, system, version, changes, _, risk, control, _, config, ddl, dml, *_ = widths(
        next(release_tables(body(api.render(sample, "table", "docx"))))
    )
    assert max(config, ddl, dml) < min(risk, control) < changes
    assert changes > 3 * ddl
    assert min(order, system, version) > 0


def test_tables_keep_their_headers_and_rows_stay_whole(plan: ReleasePlan) -> None:
    for document in ("plan", "table", "notes"):
        for table in body(api.render(plan, document, "docx")).iter(f"{W}tbl"):
            style = table.find(f"{W}tblPr/{W}tblStyle").get(f"{W}val")  # type: ignore[union-attr]
            first, *rest = table.findall(f"{W}tr")
            if style != "DataTable" or table.find(f"{W}tblPr/{W}tblLook").get(f"{W}firstRow") == "0":  # type: ignore[union-attr]
                continue
            assert first.find(f"{W}trPr/{W}tblHeader") is not None
            assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rest)


def test_no_section_is_empty_and_paper_turns_only_for_wide_tables(plan: ReleasePlan) -> None:
    for document in ("plan", "table", "notes"):
        found = sections(body(api.render(plan, document, "docx")))
        turned = [width > height for width, height, _ in found]
        assert all(a != b for a, b in itertools.pairwise(turned))
        assert len(found) <= 5
        for (_, _, inside), is_turned in zip(found, turned, strict=True):
            assert any("".join(each.itertext()).strip() or each.find(f".//{W}tbl") is not None for each in inside)
            columns = [len(widths(each)) for each in inside if each.tag == f"{W}tbl"]
            assert max(columns, default=0) >= 8 if is_turned else max(columns, default=0) < 8


def test_a_heading_stays_with_what_follows(plan: ReleasePlan) -> None:
    with zipfile.ZipFile(io.BytesIO(api.render(plan, "plan", "docx"))) as package:
        styles = etree.fromstring(package.read("word/styles.xml"))
    for style in styles.iter(f"{W}style"):
        if re.match(r"Heading\d|Title|ListingTitle|TableHead", style.get(f"{W}styleId") or ""):
            assert style.find(f"{W}pPr/{W}keepNext") is not None


def test_links_lead_there_and_back(plan: ReleasePlan) -> None:
    for document in ("plan", "table"):
        root = body(api.render(plan, document, "docx"))
        spots = {each.get(f"{W}name") for each in root.iter(f"{W}bookmarkStart")}
        aims = [each.get(f"{W}anchor") for each in root.iter(f"{W}hyperlink") if each.get(f"{W}anchor")]
        assert set(aims) <= spots
        listings = {each for each in aims if re.fullmatch(r"listing_\d+", each or "")}
        assert {f"{each}_cell" for each in listings} <= set(aims)
        page = api.render(plan, document, "html").decode()
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_a_gap_is_never_the_name_of_a_thing(plan: ReleasePlan) -> None:
    for document in ("plan", "table", "notes", "workbook"):
        assert "Mark(" not in api.render(plan, document, "md").decode()


def test_the_cover_shows_risk_and_deadline(samples: Path) -> None:
    sample = api.load(samples / "plan.yaml").plan
    cover = next(body(api.render(sample, "plan", "docx")).iter(f"{W}tbl"))
    cells = [row.findall(f"{W}tc") for row in cover.iter(f"{W}tr")]
    facts = {"".join(name.itertext()): fact for name, fact in cells}
    assert "".join(facts["整体风险"].itertext()) == "▲▲ 重大"
    assert facts["整体风险"].find(f"{W}tcPr/{W}shd") is not None
    assert "".join(facts["回退时限"].itertext()) == "2026-08-21 01:00（周五）"
    assert facts["回退时限"].find(f".//{W}b") is not None


FACTS = Document(
    "题",
    "zh",
    (
        Table(
            (TableColumn(""), TableColumn("")), (("风险", (Strong((Mark("高", "high"),)),)), ("窗口", (Text("今夜"),)))
        ),
    ),
)


def test_a_table_of_facts_has_its_headers_on_the_left() -> None:
    table = next(body(docx.write(FACTS)).iter(f"{W}tbl"))
    assert len(table.findall(f"{W}tr")) == 2
    assert {p.get(f"{W}val") for p in table.iterfind(f"{W}tr/{W}tc[1]/{W}p/{W}pPr/{W}pStyle")} == {"TableHead"}
    page = html.write(FACTS).decode()
    assert "<thead>" not in page
    assert '<th scope="row">风险</th>' in page
    assert "| 窗口 | 今夜 |" in markdown.write(FACTS).decode()
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(xlsx.write(FACTS))).get_sheet_by_index(0)
    assert sheet.to_python()[-2:] == [["风险", "高"], ["窗口", "今夜"]]


def test_a_restyled_theme_changes_the_pages(samples: Path) -> None:
    sample = api.load(samples / "plan.yaml").plan
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template_bytes("theme.docx"))) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/styles.xml":
                data = data.replace(b'w:fill="E9EFF6"', b'w:fill="FFE0F0"').replace(b"Microsoft YaHei", b"SimSun")
            new.writestr(name, data)
    made = docx.write(api.document(sample, "plan"), changed.getvalue())
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        styles = package.read("word/styles.xml").decode()
    assert "FFE0F0" in styles
    assert "SimSun" in styles
    assert "E9EFF6" not in styles
    assert body(made).tag == f"{W}body"


def test_risk_has_its_sign_in_a_sheet_and_the_cell_its_bare_word(samples: Path) -> None:
    data = api.render(api.load(samples / "plan.yaml").plan, "workbook", "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        styles = package.read("xl/styles.xml").decode()
        strings = package.read("xl/sharedStrings.xml").decode()
    assert all(f"&quot;{sign} &quot;@" in styles for sign in ("▲▲", "▲", "◆", "○"))
    assert "▲" not in strings
