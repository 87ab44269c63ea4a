"""What a library user sees, and all that the command calls.

    import relplan

    read = relplan.load("发布清单.xlsx")              # a Read: plan, places, notices
    for notice in read.notices:
        print(notice.problem.text("zh"))
    relplan.save(read.plan, "plan.yaml")
    relplan.render_to(read.plan, ["plan.docx", "plan.xlsx"])
    page = relplan.render(read.plan, "notes", "html", language="en")

Every function raises `RelplanError` (see `relplan.errors`) with the place and the cure, and nothing else
for bad input; constructing a `ReleasePlan` by hand raises pydantic's `ValidationError`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

from relplan import files, formats
from relplan.errors import (
    Language,
    Message,
    Place,
    PlanError,
    Problem,
    ReadError,
    RelplanError,
    TemplateError,
    WriteError,
    place_of,
    problem,
)
from relplan.model.read import Notice, Read, collector_paused
from relplan.readers.options import DEFAULT as DEFAULT_OPTIONS
from relplan.readers.options import ReadOptions
from relplan.resources import labels, template_bytes, templates_dir

if TYPE_CHECKING:
    from relplan.blocks import Document
    from relplan.model.plan import ReleasePlan


class DocumentInfo(NamedTuple):
    """A document that `render` can make: its name, its titles, and the file of its template."""

    name: str
    title_zh: str
    title_en: str
    template: FilePath


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
    said = read.plan.model_copy(update={"language": silent.language, "time_zone": silent.time_zone})
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


def dumps(plan: ReleasePlan, format: str = "yaml") -> bytes:
    """The plan as a plan file: `yaml` or `json`.

    Raises:
        WriteError: there is no such format.
    """
    data: bytes = formats.named(format, "plan_writer").load("plan_writer")(plan)
    return data


def save(plan: ReleasePlan, path: str | FilePath, *, force: bool = False) -> None:
    """Write a plan file (.yaml, .yml or .json), whole or not at all; a file that is there is changed as `saved` says.

    Raises:
        WriteError: as `saved`; or the file cannot be written.
    """
    files.write({str(path): saved(plan, path, force=force).data})


class Saved(NamedTuple):
    """What a plan file is to hold, and what it said until now that the plan says nothing about, each at its place."""

    data: bytes
    gone: tuple[Problem, ...] = ()


def saved(plan: ReleasePlan, path: str | FilePath, *, force: bool = False) -> Saved:
    """What the plan file `path` holds when a plan is saved there; `-` is YAML.

    Of a YAML file that is there, only what the plan says otherwise is changed: its comments, blank lines, the order of its keys
    and the notation of all other values stay. `force` writes the file anew, whatever is in it.

    Raises:
        WriteError: the ending is no plan file's; the file that is there holds no plan, or cannot be changed in its place.
    """
    name = str(path)
    if name == files.STANDARD:
        return Saved(dumps(plan))
    chosen = formats.for_writing(name, "plan_writer")
    anew = dumps(plan, chosen.name)
    old = files.read(name) if FilePath(name).is_file() and not force else b""
    if not old.strip() or old == anew:
        return Saved(anew)
    try:
        before = loads(old, chosen.name, name=name)
    except (ReadError, PlanError) as error:
        raise _no_plan_there(error, name) from None
    data = _changed(old, before.plan, plan, name) if chosen.name == "yaml" else anew
    return Saved(data, _gone(before, plan))


def _gone(before: Read, plan: ReleasePlan) -> tuple[Problem, ...]:
    from relplan.model.report import path_text
    from relplan.writers.planfile_update import gone

    return tuple(
        problem(
            f"计划中不再有 {path_text(path)}",
            f"{path_text(path)} is no longer in the plan",
            place_of(before.places, path),
        )
        for path in gone(before.plan.data(), plan.data())
    )


def _no_plan_there(error: RelplanError, name: str) -> WriteError:
    reason = error.problems[0]
    return WriteError(
        problem(
            f"已有的文件不是可读取的计划（{reason.text('zh')}）；换一个名字，或用 --force 覆盖",
            f"the file that is there is no plan that can be read ({reason.text('en')}); choose another name, or --force",
            name,
        )
    )


def _changed(old: bytes, before: ReleasePlan, plan: ReleasePlan, name: str) -> bytes:
    """The YAML file `old` changed to say `plan`; that it does is seen by reading it."""
    from relplan.writers.planfile_update import refusal, updated

    new = updated(old, before, plan, name)
    try:
        if new is old or loads(new).plan == plan:
            return new
    except (ReadError, PlanError):
        pass
    raise refusal(name)


def marked_copy(
    path: str | FilePath, read: Read, language: Language = "zh", *, options: ReadOptions = DEFAULT_OPTIONS
) -> bytes:
    """The workbook `path` with its bad cells coloured, commented and listed on a sheet of their own; else as it is.

    Args:
        path: the .xlsx or .xlsm file that `read` came from.
        read: what was read from it; its notices say which cells are bad.
        language: of what is written there.
        options: how it was read.

    Raises:
        ReadError: the file cannot be read.
        WriteError: it is no such workbook, or too damaged to be marked.
    """
    from relplan.model.report import in_order
    from relplan.writers.marked import mark

    found = [(notice.kind, notice.problem) for notice in in_order(read)]
    data = b"" if str(path) == files.STANDARD else files.read(str(path), options.limit)
    try:
        return mark(data, found, language, read)
    except WriteError as error:
        raise WriteError([replace(each, place=Place(str(path))) for each in error.problems]) from None


def report(read: Read) -> dict[str, Any]:
    """What became of each word of the input, as plain data: `files`, `values`, `labels`, `notices`, `counts`."""
    from relplan.model.report import report as made

    return made(read)


@collector_paused()
def document(
    plan: ReleasePlan,
    name: str = "plan",
    *,
    language: Language | None = None,
    audience: str = "internal",
    date: dt.date | None = None,
    template: str | FilePath | None = None,
) -> Document:
    """A document as blocks, before any format.

    Args:
        plan: what it is made from.
        name: which document; `documents()` lists them.
        language: of its words; None: the plan's own.
        audience: of release notes: `internal` or `customer`.
        date: that the document bears; None: none.
        template: a template of your own instead of the built-in one.

    Raises:
        TemplateError: the template is wrong, or no document has that name.
    """
    from relplan.documents.render import Options, make

    own = FilePath(template) if template is not None else None
    return make(plan, name, Options(language, audience, date, own))


@collector_paused()
def render(
    plan: ReleasePlan,
    name: str = "",
    format: str = "md",
    *,
    theme: str | FilePath | None = None,
    language: Language | None = None,
    audience: str = "internal",
    date: dt.date | None = None,
    template: str | FilePath | None = None,
) -> bytes:
    """One document in one format (`md`, `html`, `docx`, `xlsx`); same input, same bytes.

    `name` is by default `workbook` for xlsx and `plan` for the others. `theme` is a .docx or .css file
    that gives Word or HTML its look. The other arguments are those of `document`.

    Raises:
        TemplateError: as `document`; or the theme lacks what it needs.
        WriteError: there is no such format, or it takes no theme.
    """
    chosen = formats.named(format)
    if theme is not None and not chosen.theme:
        raise WriteError(
            problem(f"格式 {chosen.name} 不用主题", f"the format {chosen.name} takes no theme", str(theme))
        )
    made = document(plan, name or chosen.document, language=language, audience=audience, date=date, template=template)
    return _written(chosen, made, theme)


@collector_paused()
def render_all(
    plan: ReleasePlan,
    outputs: Sequence[str | FilePath],
    name: str = "",
    *,
    theme: str | FilePath | None = None,
    **options: Any,
) -> dict[str, bytes]:
    """One document in the formats that the endings of `outputs` say, by path; a document is made once for all its formats.

    `options` are those of `document`. `-` is Markdown. Raises as `render` does.
    """
    look = FilePath(theme).suffix.lower() if theme is not None else None
    if look is not None and look not in (themes := [each.theme for each in formats.FORMATS.values() if each.theme]):
        zh, en = "、".join(themes), " or ".join(themes)
        raise TemplateError(problem(f"主题应为 {zh} 文件", f"a theme is a {en} file", str(theme)))
    made: dict[str, Document] = {}
    contents: dict[str, bytes] = {}
    for output in map(str, outputs):
        chosen = formats.named("md") if output == files.STANDARD else formats.for_writing(output)
        which = name or chosen.document
        if output in contents:
            raise WriteError(problem("同一个输出文件写了两次", "this output is named twice", output))
        if which not in made:
            made[which] = document(plan, which, **options)
        contents[output] = _written(chosen, made[which], theme if look == chosen.theme else None)
    return contents


def render_to(plan: ReleasePlan, outputs: Sequence[str | FilePath], name: str = "", **options: Any) -> list[str]:
    """Write one document in the formats that the endings of `outputs` say: all files, or none.

    Returns:
        The paths that were written; a file that would not change is not touched.

    Raises:
        TemplateError, WriteError: as `render` does; or a file cannot be written.
    """
    return files.write(render_all(plan, outputs, name, **options))


def _written(chosen: formats.Format, made: Document, theme: str | FilePath | None) -> bytes:
    writer = chosen.load("writer")
    data: bytes = writer(made, files.read(str(theme)) if theme is not None else None) if chosen.theme else writer(made)
    return data


def documents() -> tuple[DocumentInfo, ...]:
    """The documents there are, in the order of their names."""
    from relplan.documents.render import TEMPLATE_ENDING, document_names

    titles: Mapping[str, Any] = {language: labels(language)["documents"] for language in ("zh", "en")}
    return tuple(
        DocumentInfo(
            name, titles["zh"].get(name, name), titles["en"].get(name, name), templates_dir() / (name + TEMPLATE_ENDING)
        )
        for name in document_names()
    )


def copy_templates(folder: str | FilePath) -> list[str]:
    """Copy the templates and themes into `folder`, to change and use as `template` and `theme`; returns the paths written.

    Raises:
        WriteError: the folder is not there, or holds a file of that name with other content.
    """
    target = FilePath(folder)
    usable = (path for path in sorted(templates_dir().iterdir()) if path.suffix == ".j2" or path.stem == "theme")
    contents = {str(target / path.name): path.read_bytes() for path in usable}
    in_the_way = [path for path in files.changed(contents) if FilePath(path).exists()]
    if in_the_way:
        raise WriteError(
            [
                problem(
                    "已有内容不同的同名文件，未覆盖",
                    "a file of that name with other content is there; not written over",
                    path,
                )
                for path in in_the_way
            ]
        )
    return files.write(contents)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of plan files."""
    from relplan.model.schema import schema as made

    return made()


def starter(language: Language = "zh") -> dict[str, bytes]:
    """A starter plan to fill in and the schema its first line names: content by file name."""
    import json

    from relplan.writers.planfile import SCHEMA_FILE

    text = json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
    return {"plan.yaml": template_bytes(f"starter.{language}.yaml"), SCHEMA_FILE: text.encode()}


def form(language: Language = "zh") -> bytes:
    """The blank entry form as an .xlsx file: the sheets of the `workbook` document to fill in, and how."""
    from relplan.model.plan import ReleasePlan

    return render(ReleasePlan(language=language), "form", "xlsx")
