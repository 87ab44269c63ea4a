"""The order as text to read and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relplan.errors import Language
from relplan.model.table import ReleaseTable
from relplan.model.values import RiskLevel
from relplan.sequence.order import ReleaseOrder, Standing
from relplan.sequence.words import reason, row_name, wave_name


def as_text(table: ReleaseTable, order: ReleaseOrder, language: Language) -> str:
    """The waves, a line for each row with the reason of its place."""
    return "".join(f"{line}\n" for line in _lines(table, order, language))


def _lines(table: ReleaseTable, order: ReleaseOrder, language: Language) -> Iterator[str]:
    colon = "：" if language == "zh" else ": "
    for number, rows in enumerate(order.waves, 1):
        yield wave_name(number).text(language)
        for row in rows:
            words = (row_name(table, row), table.rows[row].version)
            name = " ".join(" ".join(word.split()) for word in words if word)
            yield f"  {name}{colon}{reason(order.standings[row], order).text(language)}"


def as_data(table: ReleaseTable, order: ReleaseOrder) -> dict[str, Any]:
    """The order as plain data; rows are counted from 1, as in messages."""
    return {
        "possible": order.possible,
        "waves": [[_standing(table, order.standings[row]) for row in rows] for rows in order.waves],
        "cycles": [list(each.systems) for each in order.cycles],
        "more_cycles": order.more_cycles,
        "depend_on_themselves": [{"row": each.row + 1, "system": each.system} for each in order.selfish],
        "outside": [{"row": each.row + 1, "system": each.system} for each in order.outside],
        "conflicts": [{"row": each.row + 1, "before": each.before + 1} for each in order.conflicts],
        "unreadable": [{"row": row + 1, "order": table.rows[row].order} for row in order.unreadable],
    }


def _standing(table: ReleaseTable, standing: Standing) -> dict[str, Any]:
    item = table.rows[standing.row]
    return {
        "row": standing.row + 1,
        "system": item.system,
        "version": item.version,
        "risk_level": item.risk_level.value if isinstance(item.risk_level, RiskLevel) else None,
        "order": item.order,
        "wave": standing.wave,
        "cyclic": standing.cyclic,
        "after": [need.system for need in standing.needs],
    }
