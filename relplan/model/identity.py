"""What the entries of a plan's lists are known by: which entry of one plan is which of another."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from relplan.errors import Path
from relplan.model.fields import Row
from relplan.model.plan import model_at

_STEPS: Final = (("id",), ("text",))
NAMED_BY: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "rows": (("system", "version"), ("system",)),
    "participants": (("name",),),
    "scripts": (("name", "version"), ("name",)),
    "packages": (("name", "version"), ("name",)),
    "external_software": (("name", "version"), ("name",)),
    "services_to_stop": (("service", "system"), ("service",)),
    "cases": (("number",), ("text",)),
    "runs": (("round", "case"), ("round",)),
    "issues": (("number",), ("title",)),
    "meetings": (("topic", "at"), ("topic",)),
    "monitoring": (("target", "metric"), ("target",)),
    "exemptions": (("rule", "where"), ("rule",)),
    "clashes": (("where",),),
    "sections": (("title",),),
}
"""By the name of a list the fields that its entries are known by, from the strictest to the loosest."""


def names_of_entries(path: Path) -> tuple[tuple[str, ...], ...]:
    """The fields that the entries of the list at `path` are known by; none where they are bare texts."""
    return NAMED_BY.get(str(path[-1]), _STEPS if model_at(path) else ())


def as_fields(data: Any, path: Path) -> Any:
    """An entry as its fields, where the plan's data has it as its main text."""
    model = model_at(path)
    if isinstance(data, str) and isinstance(path[-1], int) and model is not None and issubclass(model, Row):
        return {model.main: data}
    return data


def matches(old: Sequence[Any], new: Sequence[Any], path: Path) -> list[int | None]:
    """For each new entry of the list at `path` the old one that it was; None for one that is new.

    Equal entries first, then those of the same name; of several of one name the first is the first.
    """
    found: list[int | None] = [None] * len(new)
    free = dict.fromkeys(range(len(old)))
    entries = [[as_fields(each, (*path, 0)) for each in side] for side in (old, new)]
    keys: list[Callable[[Any], str]] = [repr, *(name_of(fields) for fields in names_of_entries(path))]
    for key in keys:
        waiting: dict[str, deque[int]] = defaultdict(deque)
        for i in free:
            waiting[key(entries[0][i])].append(i)
        waiting.pop("", None)
        for j, each in enumerate(entries[1]):
            if found[j] is None and (same := waiting.get(key(each))):
                found[j] = same.popleft()
                del free[found[j]]  # type: ignore[arg-type]
    return found


def name_of(fields: tuple[str, ...]) -> Callable[[Any], str]:
    """A function that gives what names an entry; blank where one of the fields is not stated."""

    def name(entry: Any) -> str:
        values = [entry.get(field) for field in fields] if isinstance(entry, dict) else [None]
        return repr(values) if all(values) else ""

    return name
