"""What pictures of an order show as arrows."""

from __future__ import annotations

from typing import Final, NamedTuple

from relplan.errors import WriteError, problem
from relplan.sequence.order import ReleaseOrder

MOST_DRAWN: Final = 300
"""Rows; a picture of more would be one that nobody can read."""


class Arrow(NamedTuple):
    """From a row to one that depends on it; `cyclic` where both are part of one cycle."""

    before: int
    after: int
    cyclic: bool


def check_drawable(order: ReleaseOrder) -> None:
    """Raises WriteError where a picture would have more than `MOST_DRAWN` rows."""
    if (count := len(order.standings)) > MOST_DRAWN:
        raise WriteError(
            problem(
                f"发布清单有 {count} 行，图上最多画 {MOST_DRAWN} 行；请用 --format text 或 json",
                f"the release table has {count} rows, a picture shows {MOST_DRAWN} at most; use --format text or json",
            )
        )


def arrows(order: ReleaseOrder) -> tuple[Arrow, ...]:
    """The dependencies of rows on rows, without those that follow from others: of a → b → c and a → c the last is left out."""
    above = [0] * len(order.standings)
    """Of each row, as bits, the rows that come before it by way of other waves."""
    found: list[Arrow] = []
    for standing in sorted(order.standings, key=lambda each: (each.wave, each.row)):
        before = sorted({row for need in standing.needs for row in need.rows})
        earlier = [row for row in before if order.standings[row].wave < standing.wave]
        for row in earlier:
            above[standing.row] |= above[row]
        found += (Arrow(row, standing.row, True) for row in before if row not in earlier)
        found += (Arrow(row, standing.row, False) for row in earlier if not above[standing.row] >> row & 1)
        for row in earlier:
            above[standing.row] |= 1 << row
    return tuple(sorted(found))
