"""What every reader returns, and the one way from raw data to a plan: all problems at once, each with its place."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct, field

from relplan.errors import NO_PLACES, Invalid, Language, Message, Path, Place, PlanError, Problem, place_of
from relplan.model.columns import BoundColumn, columns_of
from relplan.model.plan import ReleasePlan, model_at, unread
from relplan.model.values import Unread
from relplan.patterns import regex

NoticeKind: TypeAlias = Literal["read", "guessed", "unplaced", "unreadable"]
"""What a notice tells: what was read from where, what was guessed, what found no field, what could not be read."""

KIND_WORDS: Final[Mapping[NoticeKind, Message]] = {
    "read": Message("读取", "read"),
    "guessed": Message("推测", "guessed"),
    "unplaced": Message("未读入", "not placed"),
    "unreadable": Message("无法读取", "unreadable"),
}
"""What each kind is called."""


class Notice(Struct, frozen=True):
    """Something a reader has to say about its input."""

    kind: NoticeKind
    problem: Problem


class Places(Mapping[Path, Place]):
    """The places of values. Those within the entries of lists may be made when they are asked for: long tables have many.

    Args:
        stated: from paths to places, those of entries among them.
        inner: from the path of an entry to the places within it, by paths that begin there.
    """

    def __init__(
        self, stated: Mapping[Path, Place], inner: Mapping[Path, Mapping[Path, Place]] = MappingProxyType({})
    ) -> None:
        self._stated, self._inner = stated, inner

    def with_place(self, path: Path, place: Place) -> Places:
        """The same places, and one more."""
        return Places({**self._stated, path: place}, self._inner)

    def under(self, full: Callable[[Path], Path]) -> Places:
        """The same places under other paths, `full` of their own."""
        stated = {full(path): place for path, place in self._stated.items()}
        return Places(stated, {full(path): within for path, within in self._inner.items()})

    def __getitem__(self, path: Path) -> Place:
        if path in self._stated:
            return self._stated[path]
        for length in range(len(path)):
            inner = self._inner.get(path[:length])
            if inner is not None and (place := inner.get(path[length:])) is not None:
                return place
        raise KeyError(path)

    def __iter__(self) -> Iterator[Path]:
        for path in self._stated:
            yield path
            yield from (whole for rest in self._inner.get(path, ()) if (whole := (*path, *rest)) not in self._stated)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Read(Struct, frozen=True):
    """A plan, the place each of its values came from, and what there is to say about the reading.

    Attributes:
        plan: the plan.
        places: from the path of a value (`("table", "rows", 0, "version")`) to where it stood.
            A value without an entry of its own stood where the nearest thing around it did.
        notices: in the order of the input.
        labels: the places of words that are no data: headers, titles, keys.
        further: the places of words that went into the value at a path, which began at another place.
        language: that of the plan where the input states it or is written in it, None where neither tells.
    """

    plan: ReleasePlan
    places: Mapping[Path, Place] = NO_PLACES
    notices: tuple[Notice, ...] = ()
    labels: frozenset[Place] = frozenset()
    further: Mapping[Place, Path] = field(default_factory=dict)
    language: Language | None = None

    def unreadable(self) -> tuple[Notice, ...]:
        """The notices of values that could not be read."""
        return tuple(notice for notice in self.notices if notice.kind == "unreadable")


def build(
    data: object,
    places: Places,
    notices: Sequence[Notice] = (),
    name: str = "",
    labels: Collection[Place] = (),
    further: Mapping[Place, Path] | None = None,
) -> Read:
    """The plan that raw data says.

    Raises:
        PlanError: with every problem, each at its place (or in the file `name`).
    """
    if not isinstance(data, Mapping):
        message = Message("计划文件的最外层应为“键: 值”", "a plan file holds `key: value` pairs at its top")
        raise PlanError(Problem(message, place_of(places, ()) or Place(name)))
    places = _full_paths(data, places)
    try:
        with collector_paused():
            plan = ReleasePlan.from_data(dict(data))
    except Invalid as error:
        raise PlanError(problems_of(error, places, name)) from None
    language = plan.language if "language" in data else None
    return Read(plan, places, (*notices, *_unreadable(plan, places)), frozenset(labels), further or {}, language)


def _full_paths(data: Mapping[Any, Any], places: Places) -> Places:
    """The places under the paths of the plan: `table` and `rollback` may be written as the list they hold."""
    lists = {
        name: each for name, each in (("table", "rows"), ("rollback", "steps")) if isinstance(data.get(name), list)
    }

    def full(path: Path) -> Path:
        return (path[0], lists[str(path[0])], *path[1:]) if len(path) > 1 and path[0] in lists else path

    if ("window", "text") in places and ("window", "start") not in places:
        # The window is read from its text, so that is where its start and its end stand.
        places = places.with_place(("window",), places["window", "text"])
    return places.under(full) if lists else places


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Run with the garbage collector paused: making many rows and blocks leaves no garbage and takes up to half the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _unreadable(plan: ReleasePlan, places: Mapping[Path, Place]) -> Iterator[Notice]:
    for path, value in unread(plan):
        yield Notice("unreadable", Problem(unread_message(path, value), place_of(places, path)))


def _line_of(found: Problem) -> tuple[int, int]:
    return (found.place.line, found.place.column) if found.place else (0, 0)


_GRADE: Final = regex(r"[A-Za-z]?\d{1,2}|[A-Za-z]|[一二三四五]级")
"""A level of risk that only says where it stands in a row that no one told."""


def unread_message(path: Path, value: Unread) -> Message:
    """What to say of a value that could not be read: which words, and what could stand there."""
    bound = bound_column(path)
    if bound is None:
        return Message(f"无法读取“{value}”", f'cannot read "{value}"')
    choices = bound.kind.choices()
    zh, en = f"{bound.column.zh}“{value}”无法读取", f'cannot read the {bound.column.en.lower()} "{value}"'
    if bound.field == "risk_level" and _GRADE.fullmatch(value.text):
        return Message(
            f"{zh}：数字和字母不说明高低；请用 --risk 指明，如 --risk {value}=high",
            f"{en}: digits and letters do not tell which is higher; declare it with --risk, such as --risk {value}=high",
        )
    if choices:
        known_zh, known_en = "/".join(c.zh for c in choices), ", ".join(c.en.lower() for c in choices)
        return Message(f"{zh}；可用：{known_zh}", f"{en}; known: {known_en}")
    example = bound.kind.json_schema().get("examples", ["30"])[0]
    return Message(f"{zh}；请写成 {example} 的形式", f"{en}; write it like {example}")


def bound_column(path: Path) -> BoundColumn | None:
    """The column of the field at `path`, or None where it has none."""
    model = model_at(path[:-1])
    return next((bound for bound in columns_of(model) if bound.field == path[-1]), None) if model else None


def problems_of(error: Invalid, places: Mapping[Path, Place], name: str) -> list[Problem]:
    """What is wrong with raw data, each at its place, in the order of its lines."""
    found = [Problem(message, place_of(places, path) or Place(name)) for path, message in error.faults]
    return sorted(found, key=_line_of)
