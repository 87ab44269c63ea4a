"""What the benchmarks are about: one release table of any length, as a plan, a Markdown table, a workbook and plain rows; and the plan of a
large night."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from relplan.model.plan import ReleasePlan

HEADERS: Final = {
    "order": "发布顺序",
    "system": "系统名称",
    "version": "版本号",
    "changes": "变更内容",
    "risk_level": "风险等级",
    "risk_description": "风险描述",
    "risk_control": "风险控制措施",
    "dependencies": "发布依赖",
    "configuration": "配置更新",
    "ddl": "DDL",
    "dml": "DML",
    "branch": "发布分支",
    "developers": "开发人员",
    "testers": "测试人员",
}
"""The fields of a row, and what stands over their columns."""

_RISKS: Final = ("低", "中", "高", "低")
_PEOPLE: Final = ("张伟", "王芳", "李娜", "刘洋", "陈静", "杨帆", "赵磊")


def rows(count: int) -> Iterator[dict[str, str]]:
    """The rows; half of them have statements, all cells are short enough to stay in the table."""
    for n in range(1, count + 1):
        sql = n % 2 == 0
        yield {
            "order": str(n),
            "system": f"payment-gateway-{n}",
            "version": f"2.{n % 40}.{n % 7}",
            "changes": f"1. 支付网关接入新的清算通道 {n}\n2. 修复 order_id 重复提交的问题",
            "risk_level": _RISKS[n % 4],
            "risk_description": "清算通道切换期间可能出现短暂超时" if n % 3 else "无",
            "risk_control": "保留旧通道，按商户灰度切换" if n % 3 else "无",
            "dependencies": f"user-center-{n - 1}" if n > 1 and n % 5 == 0 else "",
            "configuration": f"gateway.timeout={n % 60}s" if n % 4 == 0 else "",
            "ddl": f"ALTER TABLE t_order_{n % 64} ADD COLUMN channel varchar(32);" if sql else "",
            "dml": f"UPDATE t_channel SET enabled = 1 WHERE id = {n};" if sql else "",
            "branch": f"release/2.{n % 40}",
            "developers": f"{_PEOPLE[n % 7]}、{_PEOPLE[(n + 3) % 7]}",
            "testers": _PEOPLE[(n + 5) % 7],
        }


def plan_file(folder: Path, count: int) -> Path:
    """A plan with the table, as YAML; JSON strings are YAML too."""
    lines = ["title: 支付平台发布计划", "product: 支付平台", 'version: "2.31.0"', "table:"]
    for row in rows(count):
        stated = [f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in row.items() if text]
        lines.append("  - " + "\n    ".join(stated))
    path = folder / f"plan-{count}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def archive(folder: Path, count: int) -> Path:
    """A folder of so many plans, one every fourth day, with 20 rows each."""
    import datetime as dt

    place = folder / f"archive-{count}"
    place.mkdir(exist_ok=True)
    for number in range(count):
        day = dt.date(2020, 1, 1) + dt.timedelta(days=4 * number)
        lines = [
            f'product: 支付平台\nversion: "{1 + number // 100}.{number % 100}"',
            f"window: {{start: {day} 22:00}}",
            "table:",
        ]
        lines += ["  - " + json.dumps({**row, "dependencies": ""}, ensure_ascii=False) for row in rows(20)]
        (place / f"plan-{number}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


def night(sample: ReleasePlan, steps: int = 200, systems: int = 100) -> ReleasePlan:
    """The sample grown to so many steps and systems, with what the papers of the go-live process show."""
    data = sample.data()
    shares = {"preparation": steps // 10, "deployment": steps * 6 // 10, "verification": steps * 2 // 10}
    for part, count in shares.items():
        data[part] = [{**each, "text": f"{each['text']} {n}"} for n, each in _repeated(data[part], count)]
    data["rollback"]["steps"] = [each for _, each in _repeated(data["rollback"]["steps"], steps // 10)]
    rows = _repeated(data["table"]["rows"], systems)
    data["table"] = [
        {**row, "system": f"{row['system']} {n}", "order": str(n), "dependencies": "无"} for n, row in rows
    ]
    cases = [{"number": f"TC-{n}", "text": "取件预约", "kind": "boundary"} for n in range(30)]
    data["tests"] = {"scope": "全部用例", "cases": cases, "runs": [{"round": "internal", "result": "pass"}]}
    data["issues"] = [{"title": f"问题 {n}", "severity": "C", "status": "deferred"} for n in range(10)]
    data["meetings"] = [{"topic": "部署大会", "decisions": ["按计划发布"]}]
    data["monitoring"] = [{"target": f"系统 {n}", "metric": "成功率"} for n in range(10)]
    return ReleasePlan(**data)


def _repeated(entries: list[Any], count: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for n in range(count):
        each = entries[n % len(entries)]
        yield n, each if isinstance(each, dict) else {"text": each}


def markdown_file(folder: Path, count: int) -> Path:
    """The same table in Markdown, as pandoc reads it; a line end in a cell is a blank there."""
    lines = [_piped(HEADERS.values()), _piped("---" for _ in HEADERS)]
    lines += [_piped(row.values()) for row in rows(count)]
    path = folder / f"table-{count}.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _piped(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("\n", " ") for cell in cells) + " |"


def workbook(folder: Path, count: int) -> Path:
    """The same table as people send it: one sheet with headers."""
    from xlsxwriter import Workbook

    path = folder / f"table-{count}.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet("发布表")
        for column, header in enumerate(HEADERS.values()):
            sheet.write_string(0, column, header)
        for line, row in enumerate(rows(count), 1):
            for column, text in enumerate(row.values()):
                if text:
                    sheet.write_string(line, column, text)
    return path
