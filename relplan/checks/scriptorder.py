"""ORD: the SQL of the rows, one against another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from relplan.checks.rows import PlannedRow
from relplan.checks.rule import Hit, hit, rule
from relplan.checks.scripts import PlannedStatement
from relplan.checks.subject import Subject
from relplan.findings import Severity
from relplan.patterns import regex
from relplan.sequence.names import name_key, order_key
from relplan.sql.verbs import Kind

_MAY_BE_THERE: Final = regex(r"\bTEMPORARY\b|\bTEMP\b|\bIF\s+NOT\s+EXISTS\b|\bOR\s+REPLACE\b|#", re.IGNORECASE)
"""A table that is created so may be there before, or is none of the release."""


def _tables(statement: PlannedStatement) -> Iterator[tuple[str, str]]:
    """The tables a statement is about: how they are compared, and their names."""
    for each in statement.statement.objects:
        if each.kind == "table":
            yield each.name.casefold(), each.name


@rule(
    "ORD119",
    "ddl-after-dml",
    Severity.WARNING,
    needs=("sql",),
    checks=(
        "DML 用到的新表，建表语句在它之前：按发布顺序，每行先 DDL 后 DML。只有列的先后不检查。",
        "A table that DML uses is created before: by the order of the rows, in each the DDL first. The order of columns is not checked.",
    ),
    why=("表还没有建，脚本会在中途报错停下。", "The table is not there yet, and the script stops half-way."),
    fix=("把建表放到前面", "create the table first"),
)
def ddl_after_dml(subject: Subject) -> Iterator[Hit]:
    """The cells of the table and the plan's own scripts are two lists: the scripts often hold what stands in the cells."""
    own = (each for each in subject.statements if each.script.row is None)
    for statements in (_in_release_order(subject), own):
        yield from _used_before(statements)


def _in_release_order(subject: Subject) -> list[PlannedStatement]:
    """The statements of the rows, by their written order where all of them can be read."""
    keyed = [(each.script.row, each) for each in subject.statements if each.script.row is not None]
    keys = {row.index: order_key(row.item.order) for row, _ in keyed}
    if any(key is None for key in keys.values()):
        return [each for _, each in keyed]
    return [each for _, each in sorted(keyed, key=lambda pair: keys[pair[0].index] or ())]


def _used_before(statements: Iterable[PlannedStatement]) -> Iterator[Hit]:
    """Statements on tables that only a later one creates."""
    users: dict[str, PlannedStatement] = {}
    there: set[str] = set()
    for each in statements:
        creates = each.statement.verb == "CREATE TABLE"
        for table, name in _tables(each):
            if (
                creates
                and table in users
                and table not in there
                and not _MAY_BE_THERE.search(each.statement.text[:200])
            ):
                user = users[table]
                yield hit(
                    user.path,
                    f"{user.name.zh}用到表 {name}，{each.name.zh}才建它",
                    f"{user.name.en} uses the table {name}, which only {each.name.en} creates",
                    place=user.place,
                )
            if creates or each.statement.kind is Kind.DDL:
                there.add(table)
            elif each.statement.kind is Kind.DML:
                users.setdefault(table, each)


@rule(
    "ORD120",
    "cross-row-table-conflict",
    Severity.WARNING,
    needs=("table", "sql"),
    checks=(
        "两个系统不修改同一张表的结构；有依赖关系、先后已定的不算。",
        "No two systems change the structure of the same table, unless one depends on the other, so that it is clear which is first.",
    ),
    why=(
        "两处改动谁先谁后没有定，后执行的可能失败，或覆盖前一个。",
        "Which change comes first is not settled: the later one may fail, or undo the other.",
    ),
    fix=("合并到一处，或用发布依赖写明先后", "merge them, or settle the order with a dependency"),
)
def cross_row_table_conflict(subject: Subject) -> Iterator[Hit]:
    first: dict[str, tuple[PlannedRow, PlannedStatement]] = {}
    told: set[tuple[str, int]] = set()
    for each in subject.statements:
        row = each.script.row
        if row is None or each.statement.kind is not Kind.DDL:
            continue
        for table, name in _tables(each):
            other, _ = first.setdefault(table, (row, each))
            if (table, row.index) not in told and _are_apart(subject, row, other):
                told.add((table, row.index))
                yield hit(
                    each.path,
                    f"{row.name.zh}与{other.name.zh}都修改表 {name}",
                    f"{row.name.en} and {other.name.en} both change the table {name}",
                    place=each.place,
                )


def _are_apart(subject: Subject, one: PlannedRow, other: PlannedRow) -> bool:
    """Whether two rows are of different systems, neither of which states that it depends on the other."""
    systems = [name_key(row.item.system or "") for row in (one, other)]
    needs = [{name_key(need.system) for need in subject.order.standings[row.index].needs} for row in (one, other)]
    return systems[0] != systems[1] and systems[1] not in needs[0] and systems[0] not in needs[1]
