"""Files into plans, and what became of each word of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from relplan import files, formats
from relplan.errors import (
    Message,
    Place,
    PlanError,
    Problem,
    ReadError,
    RelplanError,
    problem,
)
from relplan.model.read import Notice, Read, collector_paused
from relplan.readers.options import DEFAULT as DEFAULT_OPTIONS
from relplan.readers.options import ReadOptions

if TYPE_CHECKING:
    pass


def load(
    path: str | FilePath, *, format: str = "", strict: bool = False, options: ReadOptions = DEFAULT_OPTIONS
) -> Read:
    """Read a plan from any readable file: a plan file, a workbook, a CSV file; `-` is standard input.

    Args:
        path: the file; its ending says what it is.
        format: the name of its format, where the ending does not say it (standard input: as its content looks).
        strict: refuse values that cannot be read, which else are kept as `Unread` and reported.
        options: what to read of a sheet or document, and how, where the guess would be wrong.

    Raises:
        ReadError: the file cannot be read.
        PlanError: it holds no valid plan; or `strict`, and some value cannot be read.
    """
    name = str(path)
    return _loaded(name, format, name if format else FilePath(name).name, strict, options)


def _loaded(name: str, format: str, shown: str, strict: bool, options: ReadOptions) -> Read:
    """The plan in a file; in its places the file is called `shown`."""
    if name == files.STANDARD:
        data, shown = files.read(name), "<stdin>"
        return loads(data, format or _format_of(data, shown), name=shown, strict=strict, options=options)
    if not format:
        if FilePath(name).is_dir() or not FilePath(name).exists():
            files.read(name)  # says what is wrong with the path before anything is said of its ending
        format = formats.for_reading(name).name
    return loads(files.read(name), format, name=shown, strict=strict, options=options)


def load_all(
    paths: Sequence[str | FilePath],
    *,
    format: str = "",
    strict: bool = False,
    options: ReadOptions = DEFAULT_OPTIONS,
) -> Read:
    """Read one plan from several files, which come first in their order; of one file this is `load`.

    What files say alike is in the plan once, and where they differ nothing is lost without a notice
    (see `relplan.readers.combining`). `format` is that of standard input where it is one of them, else of all.

    Raises:
        ReadError: a file cannot be read, holds nothing of a plan, or is named twice; with the problems of all files.
        PlanError: a file holds no valid plan; or `strict`, and some value cannot be read.
    """
    if len(paths) == 1:
        return load(paths[0], format=format, strict=strict, options=options)
    from relplan.readers.combining import combined

    names = [str(path) for path in paths]
    _refuse_twice(names)
    reads: list[Read] = []
    errors: list[RelplanError] = []
    for name in names:
        own = format if name == files.STANDARD or files.STANDARD not in names else ""
        try:
            reads.append(_part(name, own, _name_among(name, names), strict, options))
        except (ReadError, PlanError) as error:
            errors.append(error)
    if errors:
        kind = ReadError if any(isinstance(each, ReadError) for each in errors) else PlanError
        raise kind([each for error in errors for each in error.problems])
    return combined(reads)


def _refuse_twice(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        real = name if name == files.STANDARD else str(FilePath(name).resolve())
        if real in seen:
            raise ReadError(problem("同一个文件写了两次", "this file is named twice", name))
        seen.add(real)


def _name_among(name: str, names: Sequence[str]) -> str:
    """What a file is called in places: its bare name, unless another one is called so too."""
    bare = "<stdin>" if name == files.STANDARD else FilePath(name).name
    return bare if sum(1 for each in names if FilePath(each).name == bare) == 1 else name


def _part(name: str, format: str, shown: str, strict: bool, options: ReadOptions) -> Read:
    """One of several files."""
    read = _loaded(name, format, shown, strict, options)
    from relplan.model.plan import ReleasePlan

    silent = ReleasePlan()
    said = read.plan.replace(language=silent.language, time_zone=silent.time_zone)
    if said == silent:
        raise ReadError(problem("文件中没有计划的任何内容", "the file holds nothing of a plan", shown))
    return read


@collector_paused()
def loads(
    data: bytes,
    format: str = "yaml",
    *,
    name: str = "",
    strict: bool = False,
    options: ReadOptions = DEFAULT_OPTIONS,
) -> Read:
    """Read a plan from bytes in a named format; raises as `load` does. `name` stands in places and messages."""
    chosen = formats.by_content(named := formats.named(format, "reader"), data)
    read: Read = chosen.load("reader")(data, name, options)
    if chosen is not named:
        read = replace(read, notices=(_renamed(named.name, chosen.name, name), *read.notices))
    if strict and read.unreadable():
        raise PlanError([notice.problem for notice in read.unreadable()])
    return read


def load_commits(span: str, repository: str = ".", systems: Mapping[str, str] | None = None) -> Read:
    """A draft of a release table from the commits of a git repository on this machine: one row for each system.

    A system is the scope of a commit (`feat(pay): …`), else the folder that all its files are in. What a commit does not say stays blank.

    Args:
        span: `v1.0..HEAD`, the commits that the one has and the other lacks.
        repository: a folder in it.
        systems: from scopes and folders to the systems that they are.

    Raises:
        ReadError: it is no repository, there is no such revision, or no commit.
    """
    from relplan import repository as git
    from relplan.readers.commits import read_commits

    return read_commits(git.commits(repository, span), git.branch_of(repository, span), systems)


def _format_of(data: bytes, name: str) -> str:
    """The format of standard input; an empty one is an empty plan file."""
    if found := formats.of_content(data) or ("" if data.strip() else "yaml"):
        return found
    raise ReadError(
        problem(
            "看不出是什么格式；请用 --format 指明",
            "there is no telling what format this is; name it with --format",
            name,
        )
    )


def _renamed(ending: str, content: str, name: str) -> Notice:
    """What to say of a file whose ending is wrong."""
    message = Message(
        f"扩展名是 {ending}，内容是 {content}；已按内容读取",
        f"the ending says {ending}, the content is {content}; read as it is",
    )
    return Notice("guessed", Problem(message, Place(name)))


def report(read: Read) -> dict[str, Any]:
    """What became of each word of the input, as plain data: `files`, `values`, `labels`, `notices`, `counts`."""
    from relplan.model.report import report as made

    return made(read)
