"""What templates see of a plan: frozen records under the names of the model, plain values inside.

A record gives the fields and public properties of its model and nothing else, so that a template
reaches no method, no module and no file.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from relplan.model.part import Part, fields_of, once_a_class


class Record:
    """A view of a part of a plan. Records are compared by what they show."""

    __slots__ = ("_part",)

    def __init__(self, part: Part) -> None:
        object.__setattr__(self, "_part", part)

    def __getattr__(self, name: str) -> Any:
        if name not in names_of(type(self._part)):
            raise AttributeError(name)
        return view(getattr(self._part, name))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)

    def __dir__(self) -> Iterator[str]:
        return iter(names_of(type(self._part)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and bool(self._part == other._part)

    def __hash__(self) -> int:
        return hash(self._part)

    def __bool__(self) -> bool:
        return bool(self._part)


class LateRecord(Record):
    """A record whose part is made when a template first asks for it."""

    __slots__ = ("_make",)
    _make: Callable[[], Part]

    def __init__(self, make: Callable[[], Part]) -> None:
        object.__setattr__(self, "_make", functools.cache(make))

    @property
    def _part(self) -> Part:
        return self._make()


@once_a_class
def names_of(model: type[Part]) -> tuple[str, ...]:
    """The names that a record of `model` answers to."""
    own = (
        name
        for cls in model.__mro__[:-1]
        for name, each in vars(cls).items()
        if isinstance(each, property | functools.cached_property) and not name.startswith("_")
    )
    return (*fields_of(model), *own)


def part_of(value: object) -> object:
    """The model behind a record; rows behind a tuple of records; any other value as it is."""
    if isinstance(value, Record):
        return value._part
    if isinstance(value, tuple | list):
        return tuple(part_of(each) for each in value)
    return value


def view(value: object) -> Any:
    """What a template sees of a value."""
    if isinstance(value, Part):
        return Record(value)
    if isinstance(value, tuple):
        return tuple(view(each) for each in value)
    return value
