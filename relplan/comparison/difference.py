"""What is different between two plans: facts, fields of entries, entries that came, went or moved.

A difference says all of it: applied to the first plan it gives the second.
"""

from __future__ import annotations

import bisect
import copy
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from relplan.errors import Message, Path
from relplan.model.identity import as_fields, matches, name_of, names_of_entries
from relplan.model.plan import ReleasePlan

Value: TypeAlias = Any
"""A value as plan files have it: a text, a number, a list of texts. None where nothing is stated."""

ChangeKind: TypeAlias = Literal["added", "removed", "changed", "moved"]

CHANGE_WORDS: Final[Mapping[ChangeKind, Message]] = {
    "removed": Message("删除", "removed"),
    "changed": Message("修改", "changed"),
    "added": Message("新增", "added"),
    "moved": Message("移动", "moved"),
}
"""What each kind of change is called."""

LISTS_OF_TEXTS: Final = (("impact",), ("iterations",), ("rollback", "points"))
"""Lists of the plan itself whose entries are bare texts."""

_ALIKE: Final = 0.6
"""From which likeness on two sentences are one that was changed."""

_MOST_COMPARED: Final = 40_000
"""Pairs of sentences that are compared; where there are more, changed sentences count as gone and new."""

_PROSE: Final = (("text",), ("title",))


class FieldChange(Struct, frozen=True):
    """A value that changed.

    Attributes:
        path: in the plan, or within its entry; `()` is the entry itself, where it is a bare text.
        before, after: what it was and is; None where nothing was stated.
    """

    path: Path
    before: Value
    after: Value


class EntryChange(Struct, frozen=True):
    """An entry of a list that changed.

    Attributes:
        kind: `moved` where nothing but its place changed.
        before, after: its numbers in the lists, from 0; None where it is not there.
        entry: what it is now; of one that went, what it was.
        fields: what changed in it.
        moved: whether it stands elsewhere among the others.
    """

    kind: ChangeKind
    before: int | None
    after: int | None
    entry: Value
    fields: tuple[FieldChange, ...] = ()
    moved: bool = False


class ListChange(Struct, frozen=True):
    """A list that changed.

    Attributes:
        path: of the list.
        order: for each entry now the number that it had; None for one that is new.
        entries: those that changed, in the order they have now; those that went stand behind the one before them.
    """

    path: Path
    order: tuple[int | None, ...]
    entries: tuple[EntryChange, ...]


class Difference(Struct, frozen=True):
    """What is different between two plans."""

    facts: tuple[FieldChange, ...] = ()
    lists: tuple[ListChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.facts or self.lists)

    def counts(self) -> dict[str, int]:
        """How many facts and entries changed, came, went, moved."""
        kinds = [each.kind for changed in self.lists for each in changed.entries]
        return {
            "facts": len(self.facts),
            **{kind: kinds.count(kind) for kind in ("changed", "added", "removed", "moved")},
        }


def difference(before: ReleasePlan, after: ReleasePlan) -> Difference:
    """What is different between two plans."""
    facts: list[FieldChange] = []
    lists: list[ListChange] = []
    _parts(before.data(), after.data(), (), facts, lists)
    return Difference(tuple(facts), tuple(lists))


def _parts(
    old: Mapping[str, Any], new: Mapping[str, Any], path: Path, facts: list[FieldChange], lists: list[ListChange]
) -> None:
    for key in dict.fromkeys((*old, *new)):
        whole = (*path, key)
        one, two = old.get(key), new.get(key)
        if one == two:
            continue
        if is_list(whole) and all(each is None or isinstance(each, list) for each in (one, two)):
            lists.append(_list(one or [], two or [], whole))
        elif all(each is None or isinstance(each, dict) for each in (one, two)):
            _parts(one or {}, two or {}, whole, facts, lists)
        else:
            facts.append(FieldChange(whole, one, two))


def is_list(path: Path) -> bool:
    """Whether a list of entries stands at a path of the plan, rather than a value that is a list of words."""
    return path in LISTS_OF_TEXTS or bool(names_of_entries(path))


# Lists


def paired(old: Sequence[Any], new: Sequence[Any], path: Path) -> list[int | None]:
    """For each new entry of a list the old one that it was: by what it is known by, or as a sentence that was changed."""
    found = matches(old, new, path)
    names = names_of_entries(path)
    if names and not any(each in _PROSE for each in names):
        return found
    left = sorted(set(range(len(old))).difference(each for each in found if each is not None))
    right = [j for j, each in enumerate(found) if each is None]
    if len(left) * len(right) > _MOST_COMPARED:
        return found
    likeness = sorted(
        (-ratio, abs(i - j), i, j)
        for i in left
        for j in right
        if (ratio := _likeness(prose(old[i], path), prose(new[j], path))) >= _ALIKE
    )
    free = set(left)
    for _, _, i, j in likeness:
        if i in free and found[j] is None:
            found[j] = i
            free.discard(i)
    return found


def prose(entry: Any, path: Path) -> str:
    """The sentence of an entry."""
    fields = as_fields(entry, (*path, 0))
    if not isinstance(fields, dict):
        return str(fields)
    return next((str(fields[name]) for (name,) in _PROSE if fields.get(name)), "")


def _likeness(one: str, two: str) -> float:
    matcher = SequenceMatcher(None, one[:500], two[:500], autojunk=False)
    return (
        matcher.ratio()
        if one and two and matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE
        else 0
    )


def _list(old: list[Any], new: list[Any], path: Path) -> ListChange:
    order = paired(old, new, path)
    staying = _in_order([each for each in order if each is not None])
    entries: list[EntryChange] = []
    gone = sorted(set(range(len(old))).difference(each for each in order if each is not None))
    before = -1
    for after, source in enumerate(order):
        if source is None:
            entries.append(EntryChange("added", None, after, new[after]))
            continue
        if source in staying:
            entries += _removed(old, [each for each in gone if before < each < source])
            before = max(before, source)
        fields = tuple(_entry(as_fields(old[source], (*path, 0)), as_fields(new[after], (*path, 0)), ()))
        moved = source not in staying
        if fields or moved:
            entries.append(EntryChange("changed" if fields else "moved", source, after, new[after], fields, moved))
    entries += _removed(old, [each for each in gone if each > before])
    return ListChange(path, tuple(order), tuple(entries))


def _removed(old: list[Any], numbers: Sequence[int]) -> Iterator[EntryChange]:
    for number in numbers:
        yield EntryChange("removed", number, None, old[number])


def _entry(old: Any, new: Any, path: Path) -> Iterator[FieldChange]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            one, two = old.get(key), new.get(key)
            if isinstance(one, dict) or isinstance(two, dict):
                one = one if isinstance(one, dict) or one is not None else {}
                two = two if isinstance(two, dict) or two is not None else {}
            yield from _entry(one, two, (*path, key))
    else:
        yield FieldChange(path, old, new)


def _in_order(numbers: Sequence[int]) -> frozenset[int]:
    """As many of the numbers as possible that rise in their order: they stay, the others moved."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        place = bisect.bisect_left(ends, number)
        before.append(at[place - 1] if place else -1)
        if place == len(ends):
            ends.append(number)
            at.append(index)
        else:
            ends[place], at[place] = number, index
    found, index = set(), at[-1] if at else -1
    while index >= 0:
        found.add(numbers[index])
        index = before[index]
    return frozenset(found)


# Applying


def applied(plan: ReleasePlan, change: Difference) -> ReleasePlan:
    """The plan that a difference makes of the one that it was found on."""
    data = copy.deepcopy(plan.data())
    for fact in change.facts:
        put(data, fact.path, fact.after)
    for each in change.lists:
        put(data, each.path, _changed(at_path(data, each.path) or [], each))
    return ReleasePlan.from_data(data)


def _changed(old: list[Any], change: ListChange) -> list[Any]:
    now = {each.after: each for each in change.entries if each.after is not None}
    found = []
    for after, source in enumerate(change.order):
        if source is None:
            found.append(now[after].entry)
            continue
        entry = as_fields(old[source], (*change.path, 0))
        for each in now[after].fields if after in now else ():
            entry = with_field(entry, each.path, each.after)
        found.append(entry)
    return found


def with_field(entry: Any, path: Path, value: Value) -> Any:
    """An entry with another value at a path within it."""
    if not path:
        return value
    made = dict(entry)
    inner = with_field(made.get(str(path[0]), {}), path[1:], value)
    if inner is None or inner == {}:
        made.pop(str(path[0]), None)
    else:
        made[str(path[0])] = inner
    return made


def at_path(data: Any, path: Path) -> Any:
    """What stands at a path of plain data; None where nothing does."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def put(data: dict[str, Any], path: Path, value: Any) -> None:
    """Set what stands at a path of plain data; None and an empty list take it away."""
    for step in path[:-1]:
        data = data.setdefault(str(step), {})
    if value is None or value == []:
        data.pop(str(path[-1]), None)
    else:
        data[str(path[-1])] = value


def entry_name(entry: Any, path: Path) -> str:
    """What an entry of the list at `path` is called: `支付网关 2.8.0`, or the beginning of its sentence."""
    fields = as_fields(entry, (*path, 0))
    if not isinstance(fields, dict):
        return _short(str(fields))
    for names in names_of_entries(path):
        if name_of(names)(fields) and names != ("id",):
            return _short(" ".join(str(fields[name]) for name in names))
    return _short(next((str(value) for value in fields.values() if value), ""))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:60]}…"
