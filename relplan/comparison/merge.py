"""One plan of the changes that several people made to the same: what does not clash is taken, what does is marked.

The order in which the people are named plays no part.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from relplan.comparison.difference import entry_name, is_list, paired
from relplan.comparison.report import Side, field_name, part_name, value_text
from relplan.errors import Invalid, Language, Message, Path, Place, PlanError, Problem, place_of
from relplan.model.clash import mark
from relplan.model.fields import Row
from relplan.model.identity import as_fields, name_of, names_of_entries
from relplan.model.plan import ReleasePlan, model_at
from relplan.model.read import problems_of

_REMOVED: Final = Message("（删除）", "(removed)")
_STEPS: Final = ("preparation", "deployment", "verification", "rollback")
"""Parts whose entries are done one after another: two that were put in at the same place clash."""


class Option(Struct, frozen=True):
    """What one or several people said: their files, the places there, and the value; None where they took it away."""

    names: tuple[str, ...]
    places: tuple[Place | None, ...]
    value: Any


class Clash(Struct, frozen=True):
    """A value that people changed differently.

    Attributes:
        path: in the merged plan.
        name: of the entry it is in, or blank.
        before: what it was.
        options: what it was changed to, sorted by their words.
    """

    path: Path
    name: str
    before: Any
    options: tuple[Option, ...]

    def problem(self) -> Problem:
        """The clash in one line, with all places."""
        return Problem(Message(self._words("zh"), self._words("en")))

    def _words(self, language: Language) -> str:
        part = self.path[: 2 if self.path[0] in ("table", "rollback", "tests") and len(self.path) > 2 else 1]
        where = [part_name(part, language)] if len(self.path) > 1 else []
        where += [self.name] if self.name else []
        where += [field_name(self.path, language)] if isinstance(self.path[-1], str) else []
        told = "; ".join(f"{_sources(each)}: {self._shown(each.value, language)}" for each in self.options)
        before = (
            f"原为 {self._shown(self.before, language)}"
            if language == "zh"
            else f"was {self._shown(self.before, language)}"
        )
        return f"{' › '.join(where)}: {told} ({before})"

    def _shown(self, value: Any, language: Language) -> str:
        if value is None:
            return "（空）" if language == "zh" else "(blank)"
        if value is _REMOVED:
            return str(_REMOVED.text(language))
        text = " ".join(value_text(self.path, value, language).split())
        return text if len(text) <= 60 else f"{text[:60]}…"


def _sources(option: Option) -> str:
    return ", ".join(f"{name} {_cell(place)}".rstrip() for name, place in zip(option.names, option.places, strict=True))


def _cell(place: Place | None) -> str:
    where = str(Place(sheet=place.sheet, cell=place.cell, line=place.line, column=place.column)) if place else ""
    return where.lstrip(":")


class Merged(Struct, frozen=True):
    """A merged plan, with marks where people clashed, and the clashes."""

    plan: ReleasePlan
    clashes: tuple[Clash, ...]


class _Said(Struct, frozen=True):
    """What a side says of a value: who, what, and where it stands there."""

    side: Side
    value: Any
    path: Path


def merge(base: ReleasePlan, sides: Sequence[Side]) -> Merged:
    """One plan of `base` with the changes of all sides.

    Raises:
        PlanError: people clash in a value that cannot hold a mark, such as the plan's language.
    """
    merger = _Merger()
    said = [_Said(side, side.read.plan.data(), ()) for side in sorted(sides, key=lambda side: side.name)]
    data = merger.parts(base.data(), said, ())
    try:
        plan = ReleasePlan.from_data(data)
    except Invalid as error:
        refused = {path for path, _ in error.faults}
        told = [each.problem() for each in merger.clashes if each.path in refused]
        raise PlanError(told or problems_of(error, {}, "")) from None
    return Merged(plan, tuple(merger.clashes))


def _key(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


class _Merger:
    """Merges plain data; keeps the clashes."""

    def __init__(self) -> None:
        self.clashes: list[Clash] = []

    def parts(self, base: Mapping[str, Any], sides: Sequence[_Said], path: Path) -> dict[str, Any]:
        """The facts and lists of a plan, or of a part of it."""
        merged: dict[str, Any] = {}
        for key in _keys(base, sides):
            whole = (*path, key)
            before = base.get(key)
            said = [_Said(each.side, each.value.get(key), whole) for each in sides]
            values = [before, *(each.value for each in said)]
            if is_list(whole) and all(value is None or isinstance(value, list) for value in values):
                found: Any = _List(
                    self, whole, before or [], [_Said(each.side, each.value or [], whole) for each in said]
                ).merged()
            elif all(value is None or isinstance(value, dict) for value in values):
                found = self.parts(before or {}, [_Said(each.side, each.value or {}, whole) for each in said], whole)
            else:
                found = self.leaf(before, said, whole, "")
            if found not in (None, [], {}):
                merged[key] = found
        return merged

    def entry(self, base: Any, sides: Sequence[_Said], path: Path, name: str) -> Any:
        """The fields of an entry."""
        if not all(isinstance(value, dict) for value in (base, *(each.value for each in sides))):
            return self.leaf(base, sides, path, name)
        merged: dict[str, Any] = {}
        for key in _keys(base, sides):
            whole = (*path, key)
            before = base.get(key)
            said = [_Said(each.side, each.value.get(key), (*each.path, key)) for each in sides]
            if any(isinstance(value, dict) for value in (before, *(each.value for each in said))):
                inner = [_Said(each.side, each.value or {}, each.path) for each in said]
                found = self.entry(before or {}, inner, whole, name)
            else:
                found = self.leaf(before, said, whole, name)
            if found not in (None, {}):
                merged[key] = found
        return merged

    def leaf(self, before: Any, sides: Sequence[_Said], path: Path, name: str) -> Any:
        """A value: as it was, as someone changed it, or marked."""
        changed: dict[str, list[_Said]] = defaultdict(list)
        for each in sides:
            if each.value != before:
                changed[_key(each.value)].append(each)
        if len(changed) < 2:
            return next(iter(changed.values()))[0].value if changed else before
        return self.clash(path, name, before, [_option(each) for each in changed.values()])

    def clash(self, path: Path, name: str, before: Any, options: Sequence[Option]) -> str:
        """Note a clash; the mark that stands in its place."""
        ordered = tuple(sorted(options, key=lambda each: (_key(each.value), each.names)))
        self.clashes.append(Clash(path, name, before, ordered))
        return mark([(", ".join(each.names), _text(path, each.value)) for each in ordered])


def _option(said: Sequence[_Said], value: Any = None) -> Option:
    places = tuple(place_of(each.side.read.places, each.path) for each in said)
    return Option(tuple(each.side.name for each in said), places, said[0].value if value is None else value)


def _text(path: Path, value: Any) -> str:
    if value is None:
        return ""
    return f"{_REMOVED.zh} {_REMOVED.en}" if value is _REMOVED else value_text(path, value, "zh")


def _keys(base: Mapping[str, Any], sides: Sequence[_Said]) -> list[str]:
    new = sorted({key for each in sides for key in each.value} - base.keys())
    return [*base, *new]


class _List:
    """Merges one list of entries."""

    def __init__(self, merger: _Merger, path: Path, base: list[Any], sides: Sequence[_Said]) -> None:
        self._merger, self._path, self._base, self._sides = merger, path, base, sides
        self._sources = [paired(base, each.value, path) for each in sides]
        self._entries: dict[int, Any] = {}

    def merged(self) -> list[Any]:
        for number, before in enumerate(self._base):
            self._kept(number, before)
        order = self._order()
        added = self._added(order)
        found: list[Any] = [*added.get(-1, ())]
        for number in order:
            found += [self._entries[number], *added.get(number, ())]
        return found

    def _fields(self, entry: Any) -> Any:
        return as_fields(entry, (*self._path, 0))

    def _kept(self, number: int, before: Any) -> None:
        """What became of an entry that was there: it stays unless someone took it away and no one changed it."""
        here, gone = [], []
        for said, sources in zip(self._sides, self._sources, strict=True):
            if number in sources:
                at = sources.index(number)
                here.append(_Said(said.side, self._fields(said.value[at]), (*said.path, at)))
            else:
                gone.append(_Said(said.side, _REMOVED, said.path))
        old = self._fields(before)
        changed = [each for each in here if each.value != old]
        if gone and not changed:
            return
        name = entry_name(before, self._path)
        entry = self._merger.entry(old, here, (*self._path, number), name)
        if gone:
            options = [_option(gone, _REMOVED), _option(changed, entry_name(entry, self._path))]
            entry = self._marked(entry, name, options, number, name)
        self._entries[number] = entry

    def _marked(self, entry: Any, before: Any, options: Sequence[Option], number: int, name: str) -> Any:
        """An entry with a mark in its main field."""
        model = model_at(self._path)
        main = model.main if model is not None and issubclass(model, Row) else ""
        text = self._merger.clash((*self._path, number, *([main] if main else [])), name, before, options)
        if not isinstance(entry, dict):
            return f"{text}\n{entry}"
        return {**entry, main: f"{text}\n{entry.get(main, '')}".rstrip("\n")}

    def _order(self) -> list[int]:
        """The entries that stay, in the order that someone gave them; where several gave different ones, as they were."""
        staying = [number for number in range(len(self._base)) if number in self._entries]
        proposals: dict[tuple[int, ...], list[_Said]] = defaultdict(list)
        for said, sources in zip(self._sides, self._sources, strict=True):
            order = tuple(each for each in sources if each is not None and each in self._entries)
            if order != tuple(sorted(order)):
                proposals[order].append(said)
        if len(proposals) == 1:
            return _with_missing(list(next(iter(proposals))), staying)
        if proposals:
            self._orders_clash(proposals, staying)
        return staying

    def _orders_clash(self, proposals: Mapping[tuple[int, ...], list[_Said]], staying: Sequence[int]) -> None:
        def names(order: Sequence[int]) -> str:
            return " → ".join(entry_name(self._base[each], self._path) for each in order)

        first = staying[0]
        options = [_option(said, names(order)) for order, said in proposals.items()]
        self._entries[first] = self._marked(
            self._entries[first], names(staying), options, first, entry_name(self._base[first], self._path)
        )

    # Entries that are new

    def _added(self, order: Sequence[int]) -> dict[int, list[Any]]:
        """The new entries, by the entry that stays behind which they stand (-1: at the beginning)."""
        place = {number: at for at, number in enumerate(order)}
        naming = self._naming()
        groups: dict[str, list[_Said]] = defaultdict(list)
        anchors: dict[str, int] = {}
        blocks: dict[int, dict[tuple[str, ...], list[_Said]]] = defaultdict(lambda: defaultdict(list))
        for said, sources in zip(self._sides, self._sources, strict=True):
            anchor, runs = -1, defaultdict(list)
            for at, source in enumerate(sources):
                if source is not None:
                    anchor = source if source in place else anchor
                    continue
                entry = _Said(said.side, self._fields(said.value[at]), (*said.path, at))
                key = self._named(naming, entry.value, said, groups)
                groups[key].append(entry)
                anchors[key] = min(anchors.get(key, anchor), anchor, key=lambda each: place.get(each, -1))
                runs[anchor].append(key)
            for behind, keys in runs.items():
                blocks[behind][tuple(keys)].append(said)
        return self._in_blocks(groups, anchors, blocks)

    def _in_blocks(
        self,
        groups: Mapping[str, list[_Said]],
        anchors: Mapping[str, int],
        blocks: Mapping[int, Mapping[tuple[str, ...], list[_Said]]],
    ) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for anchor, runs in blocks.items():
            done: set[str] = set()
            for number, keys in enumerate(sorted(runs)):
                fresh = [key for key in keys if key not in done and anchors[key] == anchor]
                done.update(fresh)
                entries = [self._new(groups[key]) for key in fresh]
                if number and entries and self._path[0] in _STEPS:
                    options = [_option(said, self._names(run, groups)) for run, said in runs.items()]
                    entries[0] = self._marked(
                        entries[0], None, options, len(self._base), entry_name(entries[0], self._path)
                    )
                found.setdefault(anchor, []).extend(entries)
        return found

    def _names(self, run: Sequence[str], groups: Mapping[str, list[_Said]]) -> str:
        return " → ".join(entry_name(groups[key][0].value, self._path) for key in run)

    def _new(self, said: Sequence[_Said]) -> Any:
        if len(said) == 1 or not isinstance(said[0].value, dict):
            return said[0].value
        return self._merger.entry({}, said, (*self._path, len(self._base)), entry_name(said[0].value, self._path))

    def _naming(self) -> tuple[str, ...]:
        """The fields that new entries are known by: the loosest by which none of a side's are alike; none where there are none such."""
        for fields in reversed(names_of_entries(self._path)):
            name = name_of(fields)
            new = [
                [name(self._fields(said.value[at])) for at, source in enumerate(sources) if source is None]
                for said, sources in zip(self._sides, self._sources, strict=True)
            ]
            if all("" not in each and len(set(each)) == len(each) for each in new):
                return fields
        return ()

    def _named(self, naming: tuple[str, ...], entry: Any, said: _Said, groups: Mapping[str, list[_Said]]) -> str:
        """The name of a new entry; one that its side says again is another."""
        key = name_of(naming)(entry) if naming else _key(entry)
        count = sum(1 for each in groups.get(key, ()) if each.side is said.side)
        return f"{key}\x00{count}" if count else key


def _with_missing(order: list[int], staying: Sequence[int]) -> list[int]:
    """An order with the entries that it lacks, each behind the one that it stood behind."""
    for at, number in enumerate(staying):
        if number not in order:
            order.insert(order.index(staying[at - 1]) + 1 if at else 0, number)
    return order
