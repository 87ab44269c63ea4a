"""The release order of a table: what must be released before what, in waves, and what stands in its way.

A row is released after all rows of each system it depends on. What depends on nothing in the table makes up wave 1; what
depends on it, wave 2; and so on: the rows of a wave can be released side by side. A dependency that is in no row belongs to
another release and holds nothing up. Rows that depend on one another in a circle share a wave, so that the others still have
theirs; no order holds until the circle is broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from relplan.errors import Message, suggest
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.model.text import is_none_word
from relplan.model.values import Nothing
from relplan.sequence.components import MOST_WORK, components, cycles
from relplan.sequence.names import OrderKey, name_key, order_key, without_remark

MOST_COMPARED: Final = 10_000
"""Pairs of names that are compared to say which system an unknown one may mean."""

NO_HINT: Final = Message("", "")


class Need(Struct, frozen=True):
    """A dependency that rows of the table fulfil.

    Attributes:
        dependency: which one of its row, counted from 0.
        system: its name as the row writes it.
        rows: the rows of that system.
    """

    dependency: int
    system: str
    rows: tuple[int, ...]


class Standing(Struct, frozen=True):
    """Where a row stands in the order.

    Attributes:
        row: which row, counted from 0.
        wave: its wave, counted from 1.
        needs: why: what must be released before it.
        cyclic: whether it is part of a cycle; then its wave is that of the whole cycle.
    """

    row: int
    wave: int
    needs: tuple[Need, ...] = ()
    cyclic: bool = False


class Cycle(Struct, frozen=True):
    """Systems that depend on one another in a circle, each on the next and the last on the first.

    Attributes:
        systems: their names.
        rows: for each of them a row that depends on the next.
    """

    systems: tuple[str, ...]
    rows: tuple[int, ...]

    def __str__(self) -> str:
        return " → ".join((*self.systems, self.systems[0]))


class OutsideDependency(Struct, frozen=True):
    """A dependency that is in no row: released already, part of another release, or a wrong name.

    Attributes:
        row: which row states it, counted from 0.
        dependency: which one of that row, counted from 0.
        system: its name.
        hint: `; did you mean "x"?` where a system of the table is called nearly so, else blank.
    """

    row: int
    dependency: int
    system: str
    hint: Message = NO_HINT


class SelfDependency(Struct, frozen=True):
    """A row that depends on its own system; `dependency` tells which one of its dependencies, counted from 0."""

    row: int
    dependency: int
    system: str


class Conflict(Struct, frozen=True):
    """A row whose written order is earlier than, or equal to, that of a row it depends on; both counted from 0."""

    row: int
    before: int


class ReleaseOrder(Struct, frozen=True):
    """The order of a release table; rows are counted from 0, waves from 1.

    Attributes:
        waves: the rows of each wave, by their written order where it can be read, then as they stand in the table.
        standings: where each row stands, in the order of the table.
        cycles: the dependency cycles, the shortest first.
        more_cycles: whether there may be more than are named (see `components.MOST_CYCLES`).
        outside: dependencies that are in no row.
        selfish: rows that depend on themselves.
        conflicts: where the written order contradicts the dependencies; within a cycle there is none to contradict.
        unreadable: rows whose written order cannot be read.
    """

    waves: tuple[tuple[int, ...], ...]
    standings: tuple[Standing, ...]
    cycles: tuple[Cycle, ...] = ()
    more_cycles: bool = False
    outside: tuple[OutsideDependency, ...] = ()
    selfish: tuple[SelfDependency, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unreadable: tuple[int, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether there is an order that keeps all dependencies."""
        return not self.cycles and not self.selfish


def release_order(table: ReleaseTable) -> ReleaseOrder:
    """The order of the rows of a release table; takes time in proportion to rows and dependencies."""
    resolved = _Resolved(table)
    layered = _Layered(resolved)
    keys = [order_key(row.order) for row in table.rows]
    found, more = _cycles(resolved, layered)
    return ReleaseOrder(
        waves=_waves(layered.waves, keys),
        standings=tuple(
            Standing(row, layered.waves[row], tuple(needs), row in layered.group)
            for row, needs in enumerate(resolved.needs)
        ),
        cycles=tuple(found),
        more_cycles=more,
        outside=tuple(_with_hints(resolved)),
        selfish=tuple(resolved.selfish),
        conflicts=tuple(_conflicts(resolved, layered, keys)),
        unreadable=tuple(row for row, key in enumerate(keys) if key is None and _states_order(table.rows[row])),
    )


def _states_order(item: ReleaseItem) -> bool:
    return bool(item.order) and not is_none_word(item.order or "")


class _Resolved:
    """The dependencies of all rows, each found in the table, outside it, or in the row itself.

    Attributes:
        names: of each system the name that its first row has.
        rows: of each system its rows.
        system: of each row its system, or None where it names none.
        needs: of each row what must be before it, each system once.
    """

    def __init__(self, table: ReleaseTable) -> None:
        self.names: list[str] = []
        self.outside: list[OutsideDependency] = []
        self.selfish: list[SelfDependency] = []
        self._systems: dict[str, int] = {}
        self.system = [self._enter(item.system) for item in table.rows]
        members: list[list[int]] = [[] for _ in self.names]
        for row, system in enumerate(self.system):
            if system is not None:
                members[system].append(row)
        self.rows = [tuple(each) for each in members]
        self.needs = [list(self._needs(row, item)) for row, item in enumerate(table.rows)]

    def _enter(self, name: str | None) -> int | None:
        if not name:
            return None
        system = self._systems.setdefault(name_key(name), len(self.names))
        if system == len(self.names):
            self.names.append(name)
        return system

    def of(self, name: str) -> int | None:
        """The system that a name means; where there is none, the one it means without a remark: `用户中心（先发布）`."""
        found = self._systems.get(name_key(name))
        return self._systems.get(name_key(without_remark(name))) if found is None else found

    def _needs(self, row: int, item: ReleaseItem) -> Iterator[Need]:
        seen: set[int] = set()
        stated = () if isinstance(item.dependencies, Nothing) else item.dependencies
        for index, dependency in enumerate(stated):
            system = self.of(dependency.system)
            if system is None:
                self.outside.append(OutsideDependency(row, index, dependency.system))
            elif system == self.system[row]:
                self.selfish.append(SelfDependency(row, index, dependency.system))
            elif system not in seen:
                seen.add(system)
                yield Need(index, dependency.system, self.rows[system])


class _Layered:
    """The wave of each row, and which rows and systems are in which group of cycles.

    Rows and systems are nodes of one graph, a row leading to the systems it needs and a system to its rows: so many rows of
    one system that many others need cost no more than their sum. Systems are numbered after the rows.
    """

    def __init__(self, resolved: _Resolved) -> None:
        self.count = len(resolved.needs)
        self.graph: list[list[int]] = [
            [self.count + system for need in needs if (system := resolved.of(need.system)) is not None]
            for needs in resolved.needs
        ]
        self.graph += [list(rows) for rows in resolved.rows]
        self.waves = [0] * len(self.graph)
        self.group: dict[int, int] = {}
        self.groups: list[list[int]] = []
        for members in components(self.graph):
            self._place(members)

    def _place(self, members: list[int]) -> None:
        if len(members) == 1:
            node = members[0]
            step = 1 if node < self.count else 0
            self.waves[node] = step + max((self.waves[other] for other in self.graph[node]), default=0)
            return
        inside = set(members)
        wave = 1 + max((self.waves[other] for node in members for other in self.graph[node]), default=0)
        for node in inside:
            self.waves[node] = wave
            self.group[node] = len(self.groups)
        self.groups.append(members)


def _waves(waves: Sequence[int], keys: Sequence[OrderKey | None]) -> tuple[tuple[int, ...], ...]:
    found: dict[int, list[int]] = {}
    for row in sorted(range(len(keys)), key=lambda row: (keys[row] is None, keys[row] or (), row)):
        found.setdefault(waves[row], []).append(row)
    return tuple(tuple(found[wave]) for wave in sorted(found))


def _cycles(resolved: _Resolved, layered: _Layered) -> tuple[list[Cycle], bool]:
    """The cycles of all groups as cycles of systems, the shortest first."""
    found: list[tuple[int, ...]] = []
    more = False
    steps: dict[tuple[int, int], int] = {}
    for members in layered.groups:
        graph = _systems_of(members, layered, steps)
        some = cycles(graph, MOST_WORK // len(layered.groups))
        found += some.found
        more = more or some.more
    found.sort(key=lambda cycle: (len(cycle), cycle))
    return [_cycle(each, resolved, layered, steps) for each in found], more


def _systems_of(
    members: Iterable[int], layered: _Layered, steps: dict[tuple[int, int], int]
) -> Mapping[int, list[int]]:
    """The systems of a group, each with those it needs; `steps` takes the first row that needs them."""
    group = {node for node in members if node >= layered.count}
    graph: dict[int, list[int]] = {}
    for system in sorted(group):
        needed: list[int] = []
        for row in layered.graph[system]:
            for other in layered.graph[row] if layered.group.get(row) == layered.group[system] else ():
                if other in group and (system, other) not in steps:
                    steps[system, other] = row
                    needed.append(other)
        graph[system] = sorted(needed)
    return graph


def _cycle(
    systems: tuple[int, ...], resolved: _Resolved, layered: _Layered, steps: Mapping[tuple[int, int], int]
) -> Cycle:
    following = (*systems[1:], systems[0])
    return Cycle(
        tuple(resolved.names[system - layered.count] for system in systems),
        tuple(steps[pair] for pair in zip(systems, following, strict=True)),
    )


def _conflicts(resolved: _Resolved, layered: _Layered, keys: Sequence[OrderKey | None]) -> Iterator[Conflict]:
    """For each row and system it needs, the last row of that system where it does not go before the row."""
    last = [_last(rows, keys) for rows in resolved.rows]
    for row, systems in enumerate(layered.graph[: layered.count]):
        own = keys[row]
        for system in systems if own is not None else ():
            known = last[system - layered.count]
            together = layered.group.get(row, -1) == layered.group.get(system, -2)
            if known and own is not None and not together and own <= known[0]:
                yield Conflict(row, known[1])


def _last(rows: Iterable[int], keys: Sequence[OrderKey | None]) -> tuple[OrderKey, int] | None:
    """The latest written order of some rows, and the first row that has it."""
    known = [(key, -row) for row in rows if (key := keys[row]) is not None]
    return (max(known)[0], -max(known)[1]) if known else None


def _with_hints(resolved: _Resolved) -> Iterator[OutsideDependency]:
    """The dependencies outside, with what they may mean as long as that takes no more than `MOST_COMPARED` comparisons."""
    hints: dict[str, Message] = {}
    most = MOST_COMPARED // max(1, len(resolved.names))
    for each in resolved.outside:
        if each.system not in hints and len(hints) < most:
            hints[each.system] = suggest(each.system, resolved.names)
        yield OutsideDependency(each.row, each.dependency, each.system, hints.get(each.system, NO_HINT))
