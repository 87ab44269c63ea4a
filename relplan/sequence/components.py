"""Graphs of numbered nodes: which of them reach one another, and the cycles they make."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

Graph: TypeAlias = Mapping[int, Sequence[int]]
"""For each node those it leads to, each once."""

MOST_CYCLES: Final = 50
"""Cycles that are named of one group of nodes that all reach one another; the shortest are."""

MOST_WORK: Final = 400_000
"""Steps taken to find the cycles of one graph, shared by its groups."""


def components(graph: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """The groups of nodes that reach one another, what a group leads to before it (Tarjan's algorithm, without recursion)."""
    number = [0] * len(graph)
    low = [0] * len(graph)
    on_stack = [False] * len(graph)
    stack: list[int] = []
    count = 0
    for root in range(len(graph)):
        if number[root]:
            continue
        work = [(root, 0)]
        while work:
            node, at = work.pop()
            if not at:
                count += 1
                number[node] = low[node] = count
                stack.append(node)
                on_stack[node] = True
            for position in range(at, len(graph[node])):
                other = graph[node][position]
                if not number[other]:
                    work += ((node, position + 1), (other, 0))
                    break
                if on_stack[other]:
                    low[node] = min(low[node], number[other])
            else:
                if low[node] == number[node]:
                    yield _popped(stack, node, on_stack)
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[node])


def _popped(stack: list[int], last: int, on_stack: list[bool]) -> list[int]:
    found = []
    while True:
        node = stack.pop()
        on_stack[node] = False
        found.append(node)
        if node == last:
            return found


class Cycles(NamedTuple):
    """Cycles, each from its smallest node on, and whether there may be more than these."""

    found: list[tuple[int, ...]]
    more: bool


def cycles(graph: Graph, most_work: int = MOST_WORK) -> Cycles:
    """The cycles of nodes that all reach one another, the shortest first; at most `MOST_CYCLES`, and one at least."""
    nodes = sorted(graph)
    size = len(nodes) + sum(map(len, graph.values()))
    if size == 2 * len(nodes):
        return Cycles([_ring(graph, nodes[0])], False)
    starts = nodes[: max(1, most_work // size)]
    homes = {start: _homes(graph, start) for start in starts}
    search = _Search(graph, homes, most_work)
    found = search.run()
    if not found:
        return Cycles([_shortest(graph, starts[0], homes[starts[0]])], True)
    return Cycles(found, search.stopped or len(starts) < len(nodes))


def _ring(graph: Graph, start: int) -> tuple[int, ...]:
    path, node = [start], graph[start][0]
    while node != start:
        path.append(node)
        node = graph[node][0]
    return tuple(path)


def _homes(graph: Graph, start: int) -> dict[int, int]:
    """How many steps each node is from `start`, by way of no node before `start`; of `start` itself, of its shortest cycle."""
    backwards: dict[int, list[int]] = {}
    for node, others in graph.items():
        for other in others:
            backwards.setdefault(other, []).append(node)
    steps = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for other in backwards.get(node, ()):
            if other > start and other not in steps:
                steps[other] = steps[node] + 1
                queue.append(other)
    del steps[start]
    if back := [steps[other] for other in graph[start] if other in steps]:
        steps[start] = 1 + min(back)
    return steps


def _shortest(graph: Graph, start: int, home: Mapping[int, int]) -> tuple[int, ...]:
    path = [start]
    while home[path[-1]] > 1:
        path.append(min((node for node in graph[path[-1]] if node in home and node != start), key=home.__getitem__))
    return tuple(path)


class _Search:
    """Walks on from the path that can be closed soonest, so the cycles are met from the shortest on."""

    def __init__(self, graph: Graph, homes: Mapping[int, Mapping[int, int]], most_work: int) -> None:
        self._graph, self._homes, self._work = graph, homes, most_work
        self._heap: list[tuple[int, int, tuple[int, ...]]] = [
            (home[start], -1, (start,)) for start, home in homes.items() if start in home
        ]
        heapq.heapify(self._heap)

    @property
    def stopped(self) -> bool:
        """Whether paths are left that were not followed."""
        return bool(self._heap)

    def run(self) -> list[tuple[int, ...]]:
        """The cycles, until they are enough, all, or the work is spent."""
        found: list[tuple[int, ...]] = []
        while self._heap and len(found) < MOST_CYCLES and self._work > 0:
            _, _, path = heapq.heappop(self._heap)
            self._work -= len(path) + len(self._graph[path[-1]])
            if path[0] in self._graph[path[-1]]:
                found.append(path)
            self._extend(path)
        return found

    def _extend(self, path: tuple[int, ...]) -> None:
        home = self._homes[path[0]]
        for node in self._graph[path[-1]]:
            if node in home and node not in path:
                heapq.heappush(self._heap, (len(path) + home[node], -len(path) - 1, (*path, node)))
