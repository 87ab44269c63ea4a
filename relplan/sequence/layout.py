"""Boxes in columns with lines between them: in which order and how high each stands, so that few lines cross and most are short."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

Node: TypeAlias = int | tuple[int, int]
"""A box; or the lane `(box, column)` in which the lines of a box cross a column on their way to a later one."""

LANE: Final = 8.0
"""The height of a lane, in the unit of the boxes' heights."""

_SWEEPS: Final = 12


class Layout:
    """Where boxes and lanes stand.

    Attributes:
        columns: boxes and lanes of each column, from above.
        middle: the height of the middle of each, counted downwards from the upper edge of the highest.
        height: from the highest upper edge to the lowest lower edge.
    """

    def __init__(
        self,
        columns: Sequence[Sequence[int]],
        heights: Mapping[int, float],
        lines: Iterable[tuple[int, int]],
        gap: float,
    ) -> None:
        self._heights, self._gap = heights, gap
        self._column = {box: number for number, boxes in enumerate(columns) for box in boxes}
        self._left: dict[Node, list[Node]] = {}
        self._right: dict[Node, list[Node]] = {}
        self.columns: list[list[Node]] = [list(boxes) for boxes in columns]
        for source, target in lines:
            self._connect(source, target)
        self._untangle()
        self.middle = self._heights_of_middles()
        top = min((self.middle[node] - self._tall(node) / 2 for node in self.middle), default=0.0)
        self.middle = {node: at - top for node, at in self.middle.items()}
        self.height = max((self.middle[node] + self._tall(node) / 2 for node in self.middle), default=0.0)

    def way(self, source: int, target: int) -> list[Node]:
        """The line from one box to another in a later column: both, and the lanes between them."""
        lanes = [(source, column) for column in range(self._column[source] + 1, self._column[target])]
        return [source, *lanes, target]

    def _connect(self, source: int, target: int) -> None:
        for one, other in itertools.pairwise(self.way(source, target)):
            if isinstance(other, tuple) and other not in self._left:
                self.columns[other[1]].append(other)
            if one not in self._left.setdefault(other, []):
                self._left[other].append(one)
                self._right.setdefault(one, []).append(other)

    def _tall(self, node: Node) -> float:
        return LANE if isinstance(node, tuple) else self._heights[node]

    def _untangle(self) -> None:
        """Sort each column by where its neighbours stand, forth and back, and keep what crosses least."""
        best, least = [list(column) for column in self.columns], self._crossings()
        for sweep in range(_SWEEPS):
            if not least:
                break
            self._sweep(backwards=bool(sweep % 2))
            if (crossings := self._crossings()) < least:
                best, least = [list(column) for column in self.columns], crossings
        self.columns = best

    def _sweep(self, backwards: bool) -> None:
        neighbours = self._right if backwards else self._left
        order = range(len(self.columns))
        for number in reversed(order) if backwards else order:
            place = {node: at for column in self.columns for at, node in enumerate(column)}
            wanted = {
                node: _mean([place[other] for other in neighbours.get(node, ())], place[node])
                for node in self.columns[number]
            }
            self.columns[number].sort(key=wanted.__getitem__)

    def _crossings(self) -> int:
        count = 0
        for left, right in itertools.pairwise(self.columns):
            place = {node: at for at, node in enumerate(right)}
            seen: list[int] = []
            for node in left:
                ends = sorted(place[other] for other in self._right.get(node, ()))
                count += sum(len(seen) - bisect.bisect_right(seen, end) for end in ends)
                for end in ends:
                    bisect.insort(seen, end)
        return count

    def _heights_of_middles(self) -> dict[Node, float]:
        middle: dict[Node, float] = {}
        for column in self.columns:
            middle |= zip(column, _spread([0.0] * len(column), self._rooms(column)), strict=True)
        for sweep in range(_SWEEPS):
            backwards = bool(sweep % 2)
            neighbours = self._right if backwards else self._left
            for column in reversed(self.columns) if backwards else self.columns:
                wanted = [_mean([middle[each] for each in neighbours.get(node, ())], middle[node]) for node in column]
                middle |= zip(column, _spread(wanted, self._rooms(column)), strict=True)
        return middle

    def _rooms(self, column: Sequence[Node]) -> list[float]:
        """For each node the least distance of its middle from that of the one above."""
        tall = [self._tall(node) for node in column]
        return [0.0, *((one + other) / 2 + self._gap for one, other in itertools.pairwise(tall))]


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _spread(wanted: Sequence[float], rooms: Sequence[float]) -> list[float]:
    """The places nearest to those wanted that keep their order and distances (least squares, by pooling neighbours)."""
    offsets = list(itertools.accumulate(rooms))
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        total, count = want - offset, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            above, members = pools.pop()
            total, count = total + above, count + members
        pools.append((total, count))
    places = [total / count for total, count in pools for _ in range(count)]
    return [place + offset for place, offset in zip(places, offsets, strict=True)]
