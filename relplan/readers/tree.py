"""Plain data as it is built from a file of keys and texts, with the place of everything."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from msgspec import Struct, field

from relplan.errors import Path, Place, PlanError, Problem, ReadError, problem
from relplan.model.read import Places, Read, build

MAX_DEPTH: Final = 40
MAX_BYTES: Final = 64 * 2**20


def decoded(data: bytes, name: str, limit: int) -> str:
    """The text of a plan file in UTF-8, or in UTF-16 with its mark.

    Raises:
        ReadError: it is neither, or larger than `limit` times `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES * limit:
        size = MAX_BYTES * limit // 2**20
        raise ReadError(problem(f"文件超过 {size} MiB", f"the file is larger than {size} MiB", name))
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReadError(
            problem(
                "不是 UTF-8 文本；请另存为 UTF-8", "this is no UTF-8 text; save it as UTF-8", Place(name, line=line)
            )
        ) from None


def too_deep(place: Place) -> Problem:
    """That what begins at a place is nested too deeply."""
    return problem(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep", place)


class _Container(Struct):
    value: Any
    path: Path
    key: str | None = None
    keys: set[str] = field(default_factory=set)
    """Those that came one by one, with a value or without."""


Pairs: TypeAlias = Sequence[tuple[str, str | list[str]]]
"""Keys below each other, each with a text, or with a list of texts in the lines below it."""


class _PairPlaces(Mapping[Path, Place]):
    """The places of keys below each other, and of the texts in their lists: made when they are asked for, for long files have very many."""

    def __init__(self, place: Place) -> None:
        self._file, self._column = place.file, place.column
        self._runs: list[tuple[int, Pairs]] = []
        self._lines: dict[Path, int] = {}

    def add(self, line: int, pairs: Pairs) -> None:
        """More keys; the first stands in `line`."""
        self._runs.append((line, pairs))

    def __getitem__(self, path: Path) -> Place:
        dash = len("  - ") * (len(path) - 1)
        return Place(self._file, line=self._found()[path], column=self._column + dash)

    def __iter__(self) -> Iterator[Path]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())

    def _found(self) -> dict[Path, int]:
        for line, pairs in self._runs:
            paths = (path for key, value in pairs for path in _paths(key, value))
            self._lines.update(zip(paths, itertools.count(line), strict=False))
        self._runs.clear()
        return self._lines


def _paths(key: str, value: str | list[str]) -> Iterator[Path]:
    yield (key,)
    if isinstance(value, list):
        yield from ((key, number) for number in range(len(value)))


class Tree(Struct):
    """Builds plain data from a stream of starts, ends, keys and texts; entries that say nothing are left out.

    The place of a value in a mapping is that of its key.

    Attributes:
        stated: the places, but for those in `inner`, which begin with the path of their mapping; together they are `places`.
    """

    name: str
    stated: dict[Path, Place] = field(default_factory=dict)
    inner: dict[Path, _PairPlaces] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Container] = field(default_factory=list)
    root: Any = None

    def start(self, value: Any, place: Place) -> None:
        """A mapping or list begins."""
        if len(self.stack) >= MAX_DEPTH:
            raise ReadError(too_deep(place))
        path = self._next_path()
        self.stated.setdefault(path, place)
        self.stack.append(_Container(value, path))

    def end(self) -> None:
        """The innermost mapping or list ends."""
        self._put(self.stack.pop().value)

    def key(self, key: str, place: Place) -> None:
        """The key of the next value."""
        box = self.stack[-1]
        if key in box.value:
            self.problems.append(problem(f"重复的键“{key}”", f'duplicate key "{key}"', place))
        box.key = key
        box.keys.add(key)
        self.stated[(*box.path, key)] = place

    def pairs(self, pairs: Pairs, place: Place) -> None:
        """Keys with what they hold, the first of which stands at `place`: `key`, `text` and the like in one, for long files have very many."""
        box, values = self.stack[-1], dict(pairs)
        are_new = len(values) == len(pairs) and box.keys.isdisjoint(values) and box.value.keys().isdisjoint(values)
        if not are_new or len(self.stack) >= MAX_DEPTH:
            self._pair_by_pair(pairs, place)
            return
        box.value.update(values)
        if (inner := self.inner.get(box.path)) is None:
            inner = self.inner[box.path] = _PairPlaces(place)
        inner.add(place.line, pairs)

    def _pair_by_pair(self, pairs: Pairs, place: Place) -> None:
        line, column = place.line, place.column
        for key, value in pairs:
            self.key(key, Place(place.file, line=line, column=column))
            line += 1
            if isinstance(value, str):
                self.text(value, None)
                continue
            self.start([], Place(place.file, line=line, column=column + len("  ")))
            for text in value:
                self.text(text, Place(place.file, line=line, column=column + len("  - ")))
                line += 1
            self.end()

    def wants_key(self) -> bool:
        """Whether a key comes next."""
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def has_key(self) -> bool:
        """Whether the value of a key comes next."""
        return bool(self.stack) and self.stack[-1].key is not None

    def text(self, text: str | None, place: Place | None) -> None:
        """A scalar; None where nothing is stated. Its place is not needed behind a key."""
        if place is not None:
            self.stated.setdefault(self._next_path(), place)
        self._put(text)

    @property
    def places(self) -> Places:
        """The place of everything."""
        return Places(self.stated, self.inner)

    def plan(self) -> Read:
        """The plan that the tree holds.

        Raises:
            PlanError: with every problem.
        """
        if self.problems:
            raise PlanError(self.problems)
        if self.root is None:
            empty = problem(
                "文件是空的；用 `relplan new` 生成一份起始计划",
                "the file is empty; `relplan new` writes a starter plan",
                self.name,
            )
            raise PlanError(empty)
        return build(self.root, self.places, name=self.name)

    def _next_path(self) -> Path:
        if not self.stack:
            return ()
        box = self.stack[-1]
        return (*box.path, box.key if isinstance(box.value, dict) and box.key is not None else len(box.value))

    def _put(self, value: Any) -> None:
        if not self.stack:
            self.root = value
            return
        box = self.stack[-1]
        if isinstance(box.value, dict):
            # A nested mapping or list ends after its own key was taken, so the key waits in its container.
            if value is not None and box.key is not None:
                box.value[box.key] = value
            box.key = None
        elif value not in (None, {}):
            box.value.append(value)
