"""A plan while it is being read: raw data, the place of each value, and what there is to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from relplan.errors import Message, Path, Place, Problem
from relplan.model.fields import as_list
from relplan.model.read import Notice, NoticeKind, Places, Read, build
from relplan.model.text import has_chinese


class Draft(Struct):
    """Collects what readers find; `read` makes the plan of it.

    Whatever stands in the input has one of three ends: it is the place of a value (`state`, `add`), a
    label (`label`), or what a notice of the kind "unplaced" is about (`note`).
    """

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    inner: dict[Path, Mapping[Path, Place]] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    labels: set[Place] = field(default_factory=set)
    further: dict[Place, Path] = field(default_factory=dict)
    is_chinese: bool = False

    def state(self, path: Path, text: str, place: Place) -> None:
        """Set a fact. What was stated before stands; another word for it is reported."""
        box = self.data
        for step in path[:-1]:
            box = box.setdefault(str(step), {})
        key = str(path[-1])
        if key not in box or path not in self.places:  # what was only inferred has no place, and gives way
            box[key] = text
            self.places[path] = place
        elif box[key] != text:
            self.note(
                "unplaced",
                f"“{text}”已在 {self.places[path]} 写为“{box[key]}”",
                f'"{text}" is "{box[key]}" at {self.places[path]}',
                place,
            )

    def add(self, path: Path, entry: Mapping[str, Any], places: Mapping[Path, Place], place: Place) -> Path:
        """Append an entry to a list; its path. `places` are relative to the entry."""
        entries = self._entries(path)
        here = (*path, len(entries))
        entries.append(dict(entry))
        self.places[here] = place
        self.inner[here] = places
        return here

    def append(self, path: Path, entry: str | dict[str, Any], place: Place | None) -> Path:
        """Append an entry to a list, written as text or as its fields; its path."""
        entries = self._entries(path)
        here = (*path, len(entries))
        entries.append(entry)
        if place is not None:
            self.places[here] = place
        return here

    def _entries(self, path: Path) -> list[Any]:
        """The list at a path; what was stated there as text becomes its first entries."""
        box: Any = self.data
        for step in path[:-1]:
            box = box.setdefault(str(step), {})
        stated: Any = box.get(str(path[-1]))
        if isinstance(stated, list):
            return stated
        first: Any = as_list(stated)
        entries = box[str(path[-1])] = list(first)
        return entries

    def extend(self, path: Path, text: str, place: Place) -> None:
        """State a fact, or add a line to what is stated."""
        stated = self.at(path)
        if stated is None:
            self.state(path, text, place)
            return
        box: Any = self.data
        for step in path[:-1]:
            box = box[step]
        box[path[-1]] = f"{stated}\n{text}"
        self.also(place, path)

    def at(self, path: Path) -> Any:
        """What has been read for `path` so far, or None."""
        box: Any = self.data
        for step in path:
            box = box.get(step) if isinstance(box, dict) else None
        return box

    def also(self, place: Place, path: Path) -> None:
        """Say that the words at `place` are part of the value at `path`, which began elsewhere."""
        self.further[place] = path

    def label(self, place: Place) -> None:
        """Say that the words at `place` are no data: a header, a title, a number of a list."""
        self.labels.add(place)

    def note(self, kind: NoticeKind, zh: str, en: str, place: Place) -> None:
        """Say something about the input."""
        self.notices.append(Notice(kind, Problem(Message(zh, en), place)))

    def hear(self, texts: Iterable[str]) -> None:
        """Take the input for English where its texts have no Chinese letter, else for Chinese, unless something says otherwise."""
        self.is_chinese = any(map(has_chinese, texts))
        if not self.is_chinese:
            self.data.setdefault("language", "en")

    def read(self) -> Read:
        """The plan.

        Raises:
            PlanError: with all that the model refuses, each at its place.
        """
        if self.is_chinese:
            self.data.setdefault("language", "zh")
        places = Places(self.places, self.inner)
        return build(self.data, places, self.notices, self.name, self.labels, self.further)
