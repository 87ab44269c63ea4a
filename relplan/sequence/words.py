"""What is said of a release order, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from relplan.errors import Language, Message, Path
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.model.values import RiskLevel
from relplan.resources import labels
from relplan.sequence.order import (
    Conflict,
    Cycle,
    Need,
    OutsideDependency,
    ReleaseOrder,
    SelfDependency,
    Standing,
)


class Remark(NamedTuple):
    """Something about an order, and the path in a plan of what it is about."""

    path: Path
    message: Message


CYCLE: Final = Message("循环", "cycle")


def risk_words(item: ReleaseItem, language: Language) -> str:
    """The risk of a row in words: 风险：高; blank where none is stated."""
    level = item.risk_level
    if not level:
        return ""
    word = level.label(language) if isinstance(level, RiskLevel) else str(level)
    return Message(f"风险：{word}", f"Risk: {word}").text(language)


def wave_name(wave: int) -> Message:
    """What a wave is called."""
    return Message(f"第 {wave} 批", f"Wave {wave}")


def row_name(table: ReleaseTable, row: int) -> str:
    """What a row is called: its system, else its number."""
    return table.rows[row].system or f"#{row + 1}"


def reason(standing: Standing, order: ReleaseOrder) -> Message:
    """Why a row stands where it stands: 在 统一认证中心（第 1 批）之后."""
    if not standing.needs:
        return Message("不依赖本次发布的其他系统", "depends on nothing in this release")
    zh, en = [], []
    for need in standing.needs:
        wave = _last_wave(need, order)
        zh.append(f"{need.system}（第 {wave} 批）")
        en.append(f"{need.system} (wave {wave})")
    if standing.cyclic:
        return Message(
            f"循环依赖，无法排序；依赖 {'、'.join(zh)}", f"in a cycle, no order holds; needs {', '.join(en)}"
        )
    return Message(f"在 {'、'.join(zh)}之后", f"after {', '.join(en)}")


def _last_wave(need: Need, order: ReleaseOrder) -> int:
    return max(order.standings[row].wave for row in need.rows)


def order_title(language: Language) -> str:
    """What the order is called as a document."""
    return str(labels(language)["documents"]["order"])


def in_words(table: ReleaseTable, order: ReleaseOrder, language: Language) -> str:
    """The waves in one sentence, where no picture of them can be seen: 发布顺序：第 1 批 甲、乙；第 2 批 丙。"""
    and_, then, colon, stop = ("、", "；", "：", "。") if language == "zh" else (", ", "; ", ": ", ".")
    waves = [
        f"{wave_name(number).text(language)} {and_.join(' '.join(row_name(table, row).split()) for row in rows)}"
        for number, rows in enumerate(order.waves, 1)
    ]
    return f"{order_title(language)}{colon}{then.join(waves)}{stop}"


def cycle_words(cycle: Cycle) -> Message:
    """A cycle named whole."""
    return Message(
        f"循环依赖：{cycle}；请拆开其中一处（例如先发布兼容的接口）",
        f"dependency cycle: {cycle}; break it, for example by releasing a compatible interface first",
    )


def outside_words(dependency: OutsideDependency) -> Message:
    """A dependency that is in no row."""
    return Message(
        f"依赖“{dependency.system}”不在发布清单中{dependency.hint.zh or '，视为已经发布'}",
        f'the dependency "{dependency.system}" is not in the release table{dependency.hint.en or ", taken as released"}',
    )


def self_words(dependency: SelfDependency) -> Message:
    """A row that depends on itself."""
    return Message(
        f"“{dependency.system}”依赖自身；请删除这项依赖",
        f'"{dependency.system}" depends on itself; remove that dependency',
    )


def conflict_words(conflict: Conflict, table: ReleaseTable) -> Message:
    """Where the written order contradicts a dependency."""
    row, before = (table.rows[each] for each in (conflict.row, conflict.before))
    one, other = (row_name(table, each) for each in (conflict.row, conflict.before))
    return Message(
        f"{one}（顺序 {row.order}）依赖 {other}（顺序 {before.order}），却没有排在它之后",
        f"{one} (order {row.order}) depends on {other} (order {before.order}) but does not come after it",
    )


def unreadable_words(text: str) -> Message:
    """A written order that cannot be read."""
    return Message(
        f"发布顺序“{text}”无法识别；请写 1、2、3、1.2 或 第2批",
        f'cannot read the order "{text}"; write 1, 2, 3, 1.2 or wave 2',
    )


def obstacles(order: ReleaseOrder) -> Iterator[Remark]:
    """Why no order holds: the cycles, and the rows that depend on themselves."""
    for cycle in order.cycles:
        yield Remark(("table", "rows", cycle.rows[0], "dependencies"), cycle_words(cycle))
    if order.more_cycles:
        words = Message(
            "可能还有未列出的循环依赖；拆开以上循环后请再检查一次",
            "there may be more cycles than are named here; break these, then look again",
        )
        yield Remark(("table",), words)
    for each in order.selfish:
        yield Remark(("table", "rows", each.row, "dependencies", each.dependency), self_words(each))


def contradictions(order: ReleaseOrder, table: ReleaseTable) -> Iterator[Remark]:
    """Where the written order contradicts the dependencies."""
    for each in order.conflicts:
        yield Remark(("table", "rows", each.row, "order"), conflict_words(each, table))


def doubts(order: ReleaseOrder, table: ReleaseTable) -> Iterator[Remark]:
    """What was left out of account: dependencies outside the table, and written orders that cannot be read."""
    for each in order.outside:
        yield Remark(("table", "rows", each.row, "dependencies", each.dependency), outside_words(each))
    for row in order.unreadable:
        yield Remark(("table", "rows", row, "order"), unreadable_words(table.rows[row].order or ""))
