"""Make the forms of samples/singpost/forms/, and what they become with the sample plan.

The Word form is a page that relplan itself has written, with tags for words; the Excel form is written by XlsxWriter.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Final

from xlsxwriter import Workbook

from relplan import api
from relplan.blocks import Document
from relplan.markdown.parse import Values, to_blocks
from relplan.writers.docx import write
from relplan.writers.marked.package import Package

FOLDER: Final = Path(__file__).resolve().parents[1] / "samples" / "singpost" / "forms"

WORD: Final = r"""
# {{ plan.product }} {{ plan.version }} 上线审批单

| | |
|---|---|
| 系统与版本 | {{ plan.product }} {{ plan.version }} |
| 上线窗口 | {{ plan.window.start \| dated }} 至 {{ plan.window.end \| dated }} |
| 总体风险 | {{ plan.table.risk_level }} |
| 影响范围 | {{ plan.impact }} |
| 回滚截止 | {{ plan.rollback.deadline \| dated }}，由 {{ plan.rollback.decider }} 决定 |

## 一、发布系统

| 风险 | 顺序 | 系统 | 版本 | 变更内容 |
|---|:---:|---|---|---|
| {% for item in plan.table.rows %}{{ item.risk_level \| merge }} | {{ item.order }} | {{ item.system }} | {{ item.version }} | {{ item.changes }}{% endfor %} |

## 二、上线步骤

{{ plan.deployment | steps }}

{% if plan.rollback.steps %}

## 三、回滚步骤

{{ plan.rollback.steps | entries }}

{% endif %}

## 四、会签

| 姓名 | 角色 | 联系方式 | 签字与日期 |
|---|---|---|---|
| {% for person in plan.participants %}{{ person.name }} | {{ person.roles }} | {{ person.contact }} | {% endfor %} |

## 附：发布清单

{{ plan.table | table }}
"""

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WIDTHS: Final = {"item.changes": (1000, 800, 1900, 1300, 4412), "person.roles": (1500, 2300, 3000, 2612)}
"""How wide the columns are, in twips, of tables with such tags: as what will stand in them, not as the tags."""

HEADERS: Final = (
    ("风险", 8, "{% for item in plan.table.rows %}{{ item.risk_level }}"),
    ("顺序", 8, "{{ item.order }}"),
    ("系统", 24, "{{ item.system }}"),
    ("版本", 14, "{{ item.version }}"),
    ("变更内容", 48, "{{ item.changes }}"),
    ("变更数", 8, "{{ item.changes | length }}"),
    ("DDL", 40, "{{ item.ddl }}"),
    ("DML", 40, "{{ item.dml }}"),
    ("负责人", 16, "{{ item.developers }}{% endfor %}"),
)


def word_form() -> bytes:
    """A form for approvals, with a table, blocks and a list to sign."""
    data = write(Document("上线审批单", "zh", to_blocks(WORD, Values()), "", dt.date(2026, 1, 5)))
    package = Package(data)
    for table in package.edited("word/document.xml").iter(f"{W}tbl"):
        text = "".join(table.itertext())
        widths = next((each for words, each in WIDTHS.items() if words in text), None)
        if widths:
            for row in (table.find(f"{W}tblGrid"), *table.iter(f"{W}tr")):
                for cell, width in zip(row.iter(f"{W}gridCol", f"{W}tcW"), widths, strict=True):
                    cell.set(f"{W}w", str(width))
    return package.close()


def excel_form() -> bytes:
    """A form with fixed cells, a list whose rows are repeated, totals, a filter, a dropdown and colours; and a sheet for each system."""
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"title": "发布清单", "created": dt.datetime(2026, 1, 5, tzinfo=dt.UTC)})
        title = book.add_format({"bold": True, "font_size": 16, "font_color": "#1F4E79"})
        head = book.add_format(
            {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1, "valign": "vcenter"}
        )
        cell = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        total = book.add_format({"bold": True, "top": 2})
        sheet = book.add_worksheet("发布清单")
        sheet.merge_range(0, 0, 0, len(HEADERS) - 1, "{{ plan.product }} {{ plan.version }} 发布清单", title)
        sheet.write_row(1, 0, ["开始", "", "{{ plan.window.start }}"])
        sheet.write(1, 2, "{{ plan.window.start }}", moment)
        sheet.write_row(2, 0, ["结束", ""])
        sheet.write(2, 2, "{{ plan.window.end }}", moment)
        for column, (name, width, tag) in enumerate(HEADERS):
            sheet.set_column(column, column, width)
            sheet.write(4, column, name, head)
            sheet.write(5, column, tag, cell)
        sheet.write(6, 4, "合计", total)
        sheet.write_formula(6, 5, "=SUM(F6:F6)", total)
        sheet.data_validation(5, 0, 5, 0, {"validate": "list", "source": ["低", "中", "高", "重大"]})
        red, amber = (book.add_format({"bg_color": colour}) for colour in ("#F8CBAD", "#FFE699"))
        for word, look in (("高", red), ("重大", red), ("中", amber)):
            sheet.conditional_format(
                5, 0, 5, 0, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
            )
        sheet.autofilter(4, 0, 5, len(HEADERS) - 1)
        sheet.freeze_panes(5, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(4)
        sheet.print_area(0, 0, 6, len(HEADERS) - 1)
        each = book.add_worksheet("{{ item.system }}")
        each.set_landscape()
        each.fit_to_pages(1, 0)
        each.set_column(0, 0, 16)
        each.set_column(1, 1, 80)
        each.write(0, 0, "{%sheet for item in plan.table | stating('ddl') %}系统", head)
        each.write(0, 1, "{{ item.system }} {{ item.version }}", title)
        for row, (name, tag) in enumerate(
            (("DDL", "{{ item.ddl }}"), ("DML", "{{ item.dml }}"), ("执行人", ""), ("结果", "")), 1
        ):
            each.write(row, 0, name, head)
            each.write(row, 1, tag, cell)
    return target.getvalue()


def made() -> dict[str, bytes]:
    """The content of each file, by its name."""
    plan = api.load(FOLDER.parent / "plan.yaml").plan
    files = {"上线审批单.docx": word_form(), "发布清单.xlsx": excel_form()}
    for name, data in files.items():
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_bytes(data)
    return files | {
        "审批单-成品.docx": api.render(plan, format="docx", template=FOLDER / "上线审批单.docx"),
        "清单-成品.xlsx": api.render(plan, format="xlsx", template=FOLDER / "发布清单.xlsx"),
    }


def main() -> None:
    for name, data in made().items():
        (FOLDER / name).write_bytes(data)
        print(name)


if __name__ == "__main__":
    main()
