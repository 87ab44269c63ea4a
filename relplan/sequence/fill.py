"""The computed order as the column 发布顺序 of the table."""

from __future__ import annotations

from collections.abc import Iterator

from relplan.errors import Message
from relplan.model.table import ReleaseTable
from relplan.sequence.names import order_key
from relplan.sequence.order import ReleaseOrder
from relplan.sequence.words import Remark, row_name


def filled(table: ReleaseTable, order: ReleaseOrder) -> ReleaseTable:
    """The table with each row's wave as its order; an order that says the same (`①`, `第 1 批`) stays as it is written."""
    rows = tuple(
        item if order_key(item.order) == (standing.wave,) else item.replace(order=str(standing.wave))
        for item, standing in zip(table.rows, order.standings, strict=True)
    )
    return table.replace(rows=rows)


def differences(table: ReleaseTable, order: ReleaseOrder) -> Iterator[Remark]:
    """The rows whose written order is another one than their wave."""
    for item, standing in zip(table.rows, order.standings, strict=True):
        if item.order and order_key(item.order) != (standing.wave,):
            name = row_name(table, standing.row)
            yield Remark(
                ("table", "rows", standing.row, "order"),
                Message(
                    f"{name} 的发布顺序写的是“{item.order}”，按依赖算出的是第 {standing.wave} 批；用 --force 改写",
                    f'{name} has the order "{item.order}", by its dependencies it is wave {standing.wave}; '
                    "--force writes over it",
                ),
            )
