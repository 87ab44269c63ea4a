"""The report of a reading: in the order of files and places, as text and as data that lists what became of every cell."""

from __future__ import annotations

import json

from relplan import api
from relplan.errors import Message, Place, Problem
from relplan.model.plan import ReleasePlan
from relplan.model.read import Notice, Read
from relplan.model.report import in_order, path_text

CSV = "某产品 发布清单,,,\n系统名称,版本号,风险等级,灰度\n支付,1.0,很高,是\n订单,2.0,低,\n,,,\n合计,2,,\n"


def test_notices_come_by_file_sheet_and_place():
    places = [
        Place("b.xlsx", "二", "B2"),
        Place("b.xlsx", "二", "A10"),
        Place("b.xlsx", "一", "AA3"),
        Place("b.xlsx", "一", "Z3"),
        Place("b.xlsx"),
        Place("a.yaml", line=12, column=1),
        Place("a.yaml", line=9, column=5),
        Place("c.docx", cell="¶12"),
        Place("c.docx", cell="¶7"),
        Place("d.md", line=3, cell="B"),
        Place("d.md", line=3, cell="A"),
    ]
    notices = tuple(Notice("guessed", Problem(Message("", str(i)), place)) for i, place in enumerate(places))
    read = Read(ReleasePlan(), {("product",): Place("b.xlsx", "一", "A1")}, notices)
    assert [int(each.problem.message.en) for each in in_order(read)] == [4, 3, 2, 0, 1, 6, 5, 8, 7, 10, 9]


def test_the_report_lists_every_cell_of_the_input():
    read = api.loads(CSV.encode(), "csv", name="t.csv")
    found = api.report(read)
    assert found == json.loads(json.dumps(found))
    assert found["files"] == ["t.csv"] and {"path": "table.rows[1].version", "place": "t.csv › B4"} in found["values"]
    assert {"path": "table.rows[0].extra[0]", "place": "t.csv › D3"} in found["values"]
    listed = {each["place"] for each in found["values"]} | set(found["labels"])
    listed |= {each["place"] for each in found["notices"]}
    cells = {
        f"t.csv › {'ABCD'[column]}{row}"
        for row, line in enumerate(CSV.splitlines(), 1)
        for column, text in enumerate(line.split(","))
        if text
    }
    assert cells <= listed
    counts = found["counts"]
    assert counts["rows"] == len(read.plan.table.rows) and counts["unreadable"] == 1
    assert counts["values"] == len(found["values"]) and counts["labels"] == len(found["labels"])
    assert sum(counts[kind] for kind in ("read", "guessed", "unplaced", "unreadable")) == len(found["notices"])


def test_a_value_is_listed_once_and_not_again_with_what_it_begins():
    found = api.report(api.loads(b"deployment:\n  - a\n  - text: b\n    owner: c\n", name="p.yaml"))
    assert [(each["path"], each["place"]) for each in found["values"]] == [
        ("deployment", "p.yaml:1:1"),
        ("deployment[0]", "p.yaml:2:5"),
        ("deployment[1].text", "p.yaml:3:5"),
        ("deployment[1].owner", "p.yaml:4:5"),
    ]


def test_the_report_of_several_files_names_them_in_order():
    from relplan.readers.combining import combined

    reads = [api.loads(text, "csv", name=name) for name, text in (("b.csv", CSV.encode()), ("a.csv", CSV.encode()))]
    found = api.report(combined(reads))
    assert found["files"] == ["b.csv", "a.csv"]
    assert [each["place"] for each in found["values"] if each["path"] == "table.rows[1].version"] == [
        "b.csv › B4",
        "a.csv › B4",
    ]


def test_paths_are_written_as_programs_write_them():
    assert path_text(("table", "rows", 3, "extra", "是否 灰度")) == 'table.rows[3].extra["是否 灰度"]'
