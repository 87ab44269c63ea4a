"""The types of the model's fields, and the base of everything that shows as a row."""

import datetime as dt
from typing import Annotated, Any, ClassVar, TypeVar

from relplan.model.celltext import (
    ChangesKind,
    ChoiceKind,
    DependenciesKind,
    ItemsKind,
    MinutesKind,
    MomentKind,
    PeopleKind,
    RequiredTextKind,
    TextKind,
    WordsKind,
)
from relplan.model.part import Part, entries
from relplan.model.text import is_none_word, normalise
from relplan.model.values import Action, Change, Dependency, Nothing, ReleaseKind, RiskLevel, Unread

Text = Annotated[str | None, TextKind()]
RequiredText = Annotated[str, RequiredTextKind()]
Items = Annotated[tuple[str, ...] | Nothing, ItemsKind()]
Words = Annotated[tuple[str, ...] | Nothing, WordsKind()]
People = Annotated[tuple[str, ...] | Nothing, PeopleKind()]
Changes = Annotated[tuple[Change, ...] | Nothing, ChangesKind()]
Dependencies = Annotated[tuple[Dependency, ...] | Nothing, DependenciesKind()]
Risk = Annotated[RiskLevel | Unread | Nothing | None, ChoiceKind(RiskLevel)]
Minutes = Annotated[int | Unread | Nothing | None, MinutesKind()]
ActionField = Annotated[Action | Unread | Nothing | None, ChoiceKind(Action)]
KindField = Annotated[ReleaseKind | Unread | Nothing | None, ChoiceKind(ReleaseKind)]
Moment = Annotated[dt.date | Unread | Nothing | None, MomentKind()]
"""A `datetime`, or a `date` where no time is stated."""


R = TypeVar("R", bound="Row")


class Row(Part):
    """An entry of a list: a row in tables. Text alone fills its main field, for cells are text."""

    main: ClassVar[str]
    """The field that plain text stands for."""

    @classmethod
    def raw(cls, data: object) -> object:
        """The raw fields, for which text may stand."""
        return cls.fields_of_text(normalise(data)) if isinstance(data, str) else data

    @classmethod
    def fields_of_text(cls, text: str) -> dict[str, Any]:
        """The fields that an entry written as plain text fills."""
        return {cls.main: text}

    def standing_at(self: R, position: int) -> R:
        """The row as the entry of a list at `position`, counted from 1."""
        return self

    def stated(self) -> frozenset[str]:
        """The names of the fields that say something."""
        return frozenset(vars(self))

    def is_blank(self) -> bool:
        """Whether it says nothing."""
        return not vars(self)

    def is_its_text(self) -> bool:
        """Whether it says no more than its main text, and that text, read again, no less."""
        return self.stated() == {self.main} and type(self).from_data(getattr(self, self.main)) == self


def as_list(value: object) -> object:
    """What stands where rows belong: a list, `Nothing`, text (one row a line, or a word for "none")."""
    if value is None:
        return []
    if isinstance(value, Nothing):
        return [value.word]
    if isinstance(value, str):
        return ItemsKind().accept(value) or ([value] if value.strip() else [])
    return value


def said(rows: tuple[R, ...]) -> tuple[R, ...] | Nothing:
    """The rows that say something; `Nothing` where the only one says "none"."""
    said = tuple(row for row in rows if not row.is_blank())
    if len(said) == 1 and said[0].stated() == {said[0].main}:
        text = getattr(said[0], said[0].main)
        if isinstance(text, str) and is_none_word(text):
            return Nothing(text)
    return tuple(row.standing_at(position) for position, row in enumerate(said, 1))


class RowsOf:
    """In the annotation of `tuple[Row, ...] | Nothing`: takes what `as_list` takes, keeps what `said` keeps."""

    def __init__(self, row: type[Row]) -> None:
        self._row = row

    def accepted(self, value: object) -> tuple[Row, ...] | Nothing:
        """The canonical rows.

        Raises:
            Invalid: there is no list, or rows in it that cannot be held.
        """
        return said(entries(self._row.from_data, as_list(value)))


def is_blank(value: object) -> bool:
    """Whether a raw value says nothing."""
    return value is None or (isinstance(value, str) and not value.strip())
