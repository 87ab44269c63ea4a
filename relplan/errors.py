"""What can go wrong, said in Chinese and English, with the place and the cure.

    RelplanError
    ├── ReadError       a file cannot be read: missing, broken, encrypted, of an unknown kind
    ├── PlanError       what was read is not a valid plan (all its problems at once)
    │   └── Invalid     values that no plan can hold, as constructors say it: by their paths
    ├── TemplateError   a template is wrong, or asks for something a plan does not have
    └── WriteError      a file cannot be written

Every error holds one or more `Problem`; the command prints them in the language of the
user and ends with exit code 3. Values inside the model raise `Refused`, a `ValueError`,
which readers turn into a `PlanError` that knows the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

Language: TypeAlias = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a plan, e.g. `("table", "rows", 0, "version")`."""


class Message(Struct, frozen=True):
    """One sentence in both languages."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """The sentence in `language`."""
        return self.zh if language == "zh" else self.en


class Place(Struct, frozen=True):
    """A spot in a file: a sheet's cell, or a line and column, both counted from 1 (0: not known).

    Of a table in a text file, `line` is the row and `cell` the letters of the column.
    """

    file: str = ""
    sheet: str = ""
    cell: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """`发布清单.xlsx › 发布表!G7`, `plan.yaml:12:5`, or `plan.md:31 › B`."""
        if self.line and self.cell:
            return f"{self.file}:{self.line} › {self.cell}"
        spot = f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell
        if spot:
            return f"{self.file} › {spot}" if self.file else spot
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])


class Problem(Struct, frozen=True):
    """What is wrong and what to do, and where."""

    message: Message
    place: Place | None = None

    def text(self, language: Language) -> str:
        """`place: message`, or the message alone."""
        words = self.message.text(language)
        return f"{self.place}: {words}" if self.place else words


class RelplanError(Exception):
    """The root of every error that relplan raises on purpose.

    Attributes:
        problems: what is wrong, in the order of the input.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self.text("en"))

    def __reduce__(self) -> tuple[type[RelplanError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)  # so that it survives the way from one process to another

    def text(self, language: Language) -> str:
        """All problems, one a line."""
        return "\n".join(problem.text(language) for problem in self.problems)


class ReadError(RelplanError):
    """A file cannot be read."""


class PlanError(RelplanError):
    """What was read is not a valid plan."""


class Invalid(PlanError, ValueError):
    """Values that no plan can hold, a `ValueError` too; readers make a `PlanError` of it that knows their places.

    Attributes:
        faults: what is wrong with each, by its path.
    """

    def __init__(self, faults: Iterable[tuple[Path, Message]]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            Problem(message, Place(".".join(map(str, path))) if path else None) for path, message in self.faults
        )

    def __reduce__(self) -> Any:
        return type(self), (self.faults,)


class TemplateError(RelplanError):
    """A template is wrong, or asks for something that is not there."""


class WriteError(RelplanError):
    """A file cannot be written."""


class Refused(ValueError):
    """A value that the model does not take; readers add the place."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.message = Message(zh, en)


def problem(zh: str, en: str, place: Place | str | None = None) -> Problem:
    """A `Problem` from its two sentences; a bare string as `place` is a file's name."""
    return Problem(Message(zh, en), Place(file=place) if isinstance(place, str) else place)


def suggest(word: str, known: Iterable[str], nearness: float = 0.6) -> Message:
    """`; did you mean "x"?`, to end a message with, or nothing where no known word is near (1: the same, 0: any)."""
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1, cutoff=nearness)
    if not near:
        return Message("", "")
    return Message(f"；是否为“{near[0]}”？", f'; did you mean "{near[0]}"?')


NO_PLACES: Final[Mapping[Path, Place]] = MappingProxyType({})


def place_of(places: Mapping[Path, Place], path: Path) -> Place | None:
    """The place of `path`, or of the nearest thing around it that has one."""
    for length in range(len(path), -1, -1):
        if (place := places.get(path[:length])) is not None:
            return place
    return None
