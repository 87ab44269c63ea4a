"""Tables as people send them: the cases of `tables/`, and that no cell of any input is lost without a word."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import pytest
import xlsxwriter
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.utility import xl_cell_to_rowcol

from relplan import RelplanError, api
from relplan.grids import Area, Grid
from relplan.model.columns import columns_of
from relplan.model.table import ReleaseItem
from relplan.readers.draft import Draft
from relplan.readers.options import ReadOptions
from relplan.readers.sheets import delimited, marks, workbook
from relplan.readers.spreadsheets import read_grids

FOLDER = Path(__file__).with_name("tables")
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def spots(area: str):
    """The cells of `A1` or `A1:C2`."""
    first, _, last = area.partition(":")
    (top, left), (bottom, right) = xl_cell_to_rowcol(first), xl_cell_to_rowcol(last or first)
    return [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]


class Sheet:
    """Writes one sheet of a `sheet.yaml`."""

    def __init__(self, book, name: str, said: dict) -> None:
        self.book, self.said = book, said
        self.sheet = book.add_worksheet(name)
        self.struck = {spot for area in said.get("strike", ()) for spot in spots(area)}
        self.formats = {xl_cell_to_rowcol(cell): code for cell, code in said.get("formats", {}).items()}

    def write(self) -> None:
        top, left = xl_cell_to_rowcol(self.said.get("start", "A1"))
        values = {(top + r, left + c): v for r, row in enumerate(self.said["rows"]) for c, v in enumerate(row)}
        for area in self.said.get("merge", ()):
            places = spots(area)
            self.sheet.merge_range(*places[0], *places[-1], "")
        for spot, value in values.items():
            self.cell(spot, value)
        for cell in self.said.get("blank", ()):
            self.sheet.write_blank(cell, None, self.book.add_format({"bold": True}))
        for cell, text in self.said.get("comments", {}).items():
            self.sheet.write_comment(cell, text)
        for which in self.said.get("hide", ()):
            if isinstance(which, int):
                self.sheet.set_row(which - 1, None, None, {"hidden": True})
            else:
                self.sheet.set_column(f"{which}:{which}", None, None, {"hidden": True})
        if self.said.get("hidden"):
            self.sheet.hide()

    def cell(self, spot, value) -> None:
        links = {xl_cell_to_rowcol(cell): url for cell, url in self.said.get("links", {}).items()}
        look = {"font_strikeout": spot in self.struck}
        if isinstance(value, dt.date):
            look["num_format"] = "yyyy-mm-dd hh:mm" if isinstance(value, dt.datetime) else "yyyy-mm-dd"
        if spot in self.formats:
            look["num_format"] = self.formats[spot]
        form = self.book.add_format(look)
        if value is None:
            return
        if spot in links:
            self.sheet.write_url(*spot, links[spot], form, str(value))
        elif isinstance(value, dict):
            self.sheet.write_formula(*spot, f"={value['formula']}", form, value["shows"])
        elif isinstance(value, dt.datetime | dt.date):
            self.sheet.write_datetime(*spot, value, form)
        elif isinstance(value, str):
            self.sheet.write_string(*spot, value, form)
        else:
            self.sheet.write_number(*spot, value, form)


def made(path: Path) -> bytes:
    """The workbook that a `sheet.yaml` describes."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, said in yaml.safe_load(path.read_text("utf-8")).items():
            Sheet(book, name, said).write()
    return target.getvalue()


def source(case: str) -> tuple[bytes, str]:
    """The bytes of a case, and their format."""
    folder = FOLDER / case
    if (folder / "sheet.yaml").exists():
        return made(folder / "sheet.yaml"), "xlsx"
    path = next(folder.glob("input*.csv"))
    text = path.read_text("utf-8")
    return text.encode("gb18030" if "gb18030" in path.name else "utf-8"), "csv"


def read(case: str):
    return api.loads(*source(case), name="t")


def rows(plan) -> list[dict]:
    """The rows of the release table as the text of their cells."""
    found = []
    for row in plan.table.rows:
        texts = {bound.field: bound.kind.write(getattr(row, bound.field)) for bound in columns_of(ReleaseItem)}
        texts["extra"] = {pair.header: pair.text for pair in row.extra}
        found.append({field: text for field, text in texts.items() if text})
    return found


def expected(case: str) -> dict:
    return yaml.load((FOLDER / case / "expected.yaml").read_text("utf-8"), yaml.BaseLoader)


def spot_of(notice) -> str:
    return notice.problem.place.cell or notice.problem.place.sheet


@pytest.mark.parametrize("case", CASES)
def test_a_table_gives_the_rows_that_are_expected(case):
    found, wanted = read(case), expected(case)
    assert rows(found.plan) == wanted["rows"]
    if "title" in wanted:
        assert found.plan.title == wanted["title"]
    if "remarks" in wanted:
        assert [s.text for s in found.plan.sections if s.title == "备注"] == [wanted["remarks"]]
    if "participants" in wanted:
        assert [each.name for each in found.plan.participants] == wanted["participants"]
    for kind in ("guessed", "unplaced", "unreadable"):
        if kind in wanted:
            assert [spot_of(notice) for notice in found.notices if notice.kind == kind] == wanted[kind]


@pytest.mark.parametrize("case", [case for case in CASES if source(case)[1] == "xlsx"])
def test_a_sheet_says_the_same_whether_its_marks_are_looked_for_or_it_is_seen_to_have_none(case, monkeypatch):
    found = read(case)
    monkeypatch.setattr(marks, "plain_end", lambda package, part: None)
    looked = read(case)
    assert (found.plan, found.notices, found.labels) == (looked.plan, looked.notices, looked.labels)
    assert list(found.places.items()) == list(looked.places.items())


def test_of_all_cells_under_known_columns_nearly_all_land_in_their_field():
    assert len(CASES) >= 25
    landed = total = 0
    for case in CASES:
        wanted, found = expected(case)["rows"], rows(read(case).plan)
        for number, row in enumerate(wanted):
            got = found[number] if number < len(found) else {}
            total += len(row)
            landed += sum(got.get(field) == text for field, text in row.items())
    assert landed / total >= 0.95, f"{landed} of {total}"


def ends_of(found) -> dict[str, set]:
    """The ends that cells have come to, by the kind of end."""
    unplaced = {notice.problem.place for notice in found.notices if notice.kind == "unplaced"}
    return {"value": {*found.places.values(), *found.further}, "label": set(found.labels), "unplaced": unplaced}


def check_every_cell(found, grids) -> None:
    """Every cell that is not blank is a value, a label, or told to have no place: one of them."""
    ends = ends_of(found)
    whole = {place.sheet for place in ends["unplaced"] if place.sheet and not place.cell}
    for grid in grids:
        for row in range(len(grid.rows)):
            for column in grid.filled(row):
                place = grid.place("t", row, column)
                came_to = [end for end, places in ends.items() if place in places]
                if grid.name in whole:
                    came_to.append("sheet")
                assert len(came_to) == 1, (str(place), grid.text(row, column), came_to)


def grids_of(data: bytes, format: str):
    if format == "csv":
        return [delimited.read_grid(data, "t")]
    book = workbook.opened(data, "t")
    return book.grids([sheet.name for sheet in book.sheets])


@pytest.mark.parametrize("case", CASES)
def test_every_cell_of_a_case_comes_to_one_end(case):
    data, format = source(case)
    check_every_cell(api.loads(data, format, name="t"), grids_of(data, format))


def declared(grids) -> dict[str, str]:
    """Fields for the first three headers of the first sheet that has a row of them: foreign tables are of other things."""
    for grid in grids:
        for row in range(min(len(grid.rows), 100)):
            headers = dict.fromkeys(re.sub(r"\W", "", grid.text(row, column)) for column in grid.filled(row))
            if len(headers := [header for header in headers if header]) >= 3:
                return dict(zip(headers, ("system", "version", "changes"), strict=False))
    return {}


def foreign(folder: Path):
    """The sheets of other projects as plans, whatever their tables are of; with their grids."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".xlsx", ".csv", ".xlsm") and path.stat().st_size < 300_000 and path.parent.name != "hard":
            data, format = path.read_bytes(), path.suffix[1:]
            try:
                grids = grids_of(data, format)
                yield api.loads(data, format, name="t", options=ReadOptions(columns=declared(grids))), grids
            except RelplanError:
                continue


@pytest.mark.parametrize("folder", ["sheets", "plans"])
def test_every_cell_of_a_foreign_table_comes_to_one_end(shared, folder):
    found = [check_every_cell(*each) for each in foreign(shared / "corpus" / folder)]
    assert len(found) > {"sheets": 60, "plans": 0}[folder]


def test_every_cell_of_the_samples_comes_to_one_end(samples):
    for path in sorted(samples.glob("*.xlsx")):
        data = path.read_bytes()
        check_every_cell(api.loads(data, "xlsx", name="t"), grids_of(data, "xlsx"))


def test_the_readme_names_every_key_that_cases_use():
    told = (FOLDER / "README.md").read_text("utf-8")
    for path in FOLDER.glob("*/sheet.yaml"):
        for said in yaml.safe_load(path.read_text("utf-8")).values():
            assert all(re.search(rf"`{key}\b|\b{key}:", told) for key in said), (path, said.keys())


WORDS = ["", "", "", "系统名称", "版本号", "变更内容", "DDL", "SQL", "序号", "影响范围", "1", "支付", "1.2", "同上", "同下", "注：x", "示例", "---",
         "ALTER TABLE t ADD c INT; delete from t;", "是", "无", "产品：", "产品：A", "参与人员", "姓名", "张三", "第一批", "高", "2", "#REF!", "a\nb",
         "relplan 检查结果", "备注", "单独一句很长的话" * 9]  # fmt: skip
HEAD = ["序号", "系统名称", "版本号", "SQL", "备注"]


@st.composite
def grids(draw):
    """Sheets that mix all habits, most with a header somewhere."""
    line = st.lists(st.sampled_from(WORDS), max_size=7)
    rows = draw(
        st.lists(st.one_of(line, st.just(HEAD), st.just([]), st.sampled_from(WORDS).map(lambda w: [w])), max_size=12)
    )
    merges = []
    for top, left, down, right in draw(
        st.lists(st.tuples(*[st.integers(0, 5)] * 2, *[st.integers(0, 3)] * 2), max_size=3)
    ):
        area = Area(top, left, top + down, left + right)
        if not any(
            a.top <= area.bottom and area.top <= a.bottom and a.left <= area.right and area.left <= a.right
            for a in merges
        ):
            merges.append(area)
            rows = [
                [
                    "" if top <= r <= area.bottom and left <= c <= area.right and (r, c) != (top, left) else text
                    for c, text in enumerate(row)
                ]
                for r, row in enumerate(rows)
            ]
    some = st.frozensets(st.tuples(st.integers(0, 8), st.integers(0, 5)), max_size=6)
    return Grid("s", rows, tuple(merges), struck=draw(some), comments=dict.fromkeys(draw(some), "x"), links=dict.fromkeys(draw(some), "http://x"))  # fmt: skip


@settings(max_examples=200)
@given(grids())
def test_every_cell_of_any_sheet_comes_to_one_end(grid):
    try:
        found = read_grids([grid], Draft("t"))
    except RelplanError:
        return
    check_every_cell(found, [grid])
