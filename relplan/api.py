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
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

from relplan import files, formats
from relplan.errors import Language, PlanError, TemplateError, WriteError, problem
from relplan.model.read import Read, collector_paused
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
        format: the name of its format, where the ending does not say it (standard input: `yaml`).
        strict: refuse values that cannot be read, which else are kept as `Unread` and reported.
        options: what to read of a sheet or document, and how, where the guess would be wrong.

    Raises:
        ReadError: the file cannot be read.
        PlanError: it holds no valid plan; or `strict`, and some value cannot be read.
    """
    name = str(path)
    if format or name == files.STANDARD:
        shown = "<stdin>" if name == files.STANDARD else name
        return loads(files.read(name), format or "yaml", name=shown, strict=strict, options=options)
    if FilePath(name).is_dir() or not FilePath(name).exists():
        files.read(name)  # says what is wrong with the path before anything is said of its ending
    chosen = formats.for_reading(name)
    return loads(files.read(name), chosen.name, name=FilePath(name).name, strict=strict, options=options)


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
    read: Read = formats.named(format, "reader").load("reader")(data, name, options)
    if strict and read.unreadable():
        raise PlanError([notice.problem for notice in read.unreadable()])
    return read


def dumps(plan: ReleasePlan, format: str = "yaml") -> bytes:
    """The plan as a plan file: `yaml` or `json`.

    Raises:
        WriteError: there is no such format.
    """
    data: bytes = formats.named(format, "plan_writer").load("plan_writer")(plan)
    return data


def save(plan: ReleasePlan, path: str | FilePath) -> None:
    """Write a plan file (.yaml, .yml or .json), whole or not at all.

    Raises:
        WriteError: the ending is no plan file's, or the file cannot be written.
    """
    chosen = formats.for_writing(str(path), "plan_writer")
    files.write({str(path): dumps(plan, chosen.name)})


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
