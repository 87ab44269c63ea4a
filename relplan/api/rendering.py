"""Plans into documents."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from relplan import files, formats
from relplan.api import forms
from relplan.api.forms import papers
from relplan.errors import (
    Language,
    TemplateError,
    WriteError,
    problem,
)
from relplan.model.read import collector_paused
from relplan.resources import labels, template_path, templates_dir

if TYPE_CHECKING:
    from relplan.api.going_live import GoLive
    from relplan.blocks import Document
    from relplan.model.plan import ReleasePlan

ROADMAP_DOCUMENTS: Final = ("roadmap", "calendar")
"""The documents that are made of a roadmap, not of a plan."""


class DocumentInfo(NamedTuple):
    """A document that `render` can make: its name, its titles, and the file of its template."""

    name: str
    title_zh: str
    title_en: str
    template: FilePath


@collector_paused()
def document(
    plan: ReleasePlan,
    name: str = "plan",
    *,
    language: Language | None = None,
    audience: str = "internal",
    date: dt.date | None = None,
    template: str | FilePath | None = None,
    golive: GoLive | None = None,
    notice: str = "",
) -> Document:
    """A document as blocks, before any format.

    Args:
        plan: what it is made from.
        name: which document; `documents()` lists them.
        language: of its words; None: the plan's own.
        audience: of release notes: `internal`, `customer` or `ops`.
        date: that the document bears; None: none.
        template: a template of your own instead of the built-in one.
        golive: the plan with its process and its log, for the papers of the process; None: the built-in process, nothing logged.
        notice: of `notices`: the id of the one whose words are wanted; blank: all of them.

    Raises:
        TemplateError: the template is wrong, or no document has that name.
    """
    from relplan.documents.render import Options, make

    own = FilePath(template) if template is not None else None
    return make(plan, name, Options(language, audience, date, own, functools.partial(papers, plan, golive), notice))


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
    golive: GoLive | None = None,
    macros: bool = False,
) -> bytes:
    """One document in one format (`md`, `html`, `docx`, `xlsx`); same input, same bytes.

    `name` is by default `workbook` for xlsx and `plan` for the others. `theme` is a .docx or .css file
    that gives Word or HTML its look. `template` may be a Word document with tags too, which is filled in; `macros`
    takes one with macros. The other arguments are those of `document`.

    Raises:
        TemplateError: as `document`; or the theme lacks what it needs.
        WriteError: there is no such format, or it takes no theme.
    """
    chosen = formats.named(format)
    if template is not None and forms.is_form(template):
        kind = FilePath(template).suffix.lower()
        if format not in forms.made_by(kind):
            raise forms.other_kind(template, f".{format}")
        return forms.filled(
            plan, template, name, language=language, audience=audience, date=date, golive=golive, macros=macros
        )
    if theme is not None and not chosen.theme:
        raise WriteError(
            problem(f"格式 {chosen.name} 不用主题", f"the format {chosen.name} takes no theme", str(theme))
        )
    made = document(
        plan, name or chosen.document, language=language, audience=audience, date=date, template=template, golive=golive
    )
    return _written(chosen, made, theme)


@collector_paused()
def render_all(
    plan: ReleasePlan,
    outputs: Sequence[str | FilePath],
    name: str = "",
    *,
    theme: str | FilePath | None = None,
    macros: bool = False,
    **options: Any,
) -> dict[str, bytes]:
    """One document in the formats that the endings of `outputs` say, by path; a document is made once for all its formats.

    `options` are those of `document`. `-` is Markdown. Raises as `render` does.
    """
    look = FilePath(theme).suffix.lower() if theme is not None else None
    if look is not None and look not in (themes := [each.theme for each in formats.FORMATS.values() if each.theme]):
        zh, en = "、".join(themes), " or ".join(themes)
        raise TemplateError(problem(f"主题应为 {zh} 文件", f"a theme is a {en} file", str(theme)))
    template = options.get("template")
    if template is not None and forms.is_form(template):
        return _all_filled(plan, list(map(str, outputs)), name, macros, options)
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


def _all_filled(
    plan: ReleasePlan, outputs: Sequence[str], name: str, macros: bool, options: Mapping[str, Any]
) -> dict[str, bytes]:
    """The outputs of a form: the file that is filled in."""
    template = options["template"]
    for output in outputs:
        if FilePath(output).suffix.lower().removeprefix(".") not in forms.made_by(FilePath(template).suffix.lower()):
            raise forms.other_kind(template, output)
    rest = {key: value for key, value in options.items() if key != "template"}
    return dict.fromkeys(outputs, forms.filled(plan, template, name, macros=macros, **rest))


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
            name, titles["zh"].get(name, name), titles["en"].get(name, name), template_path(name + TEMPLATE_ENDING)
        )
        for name in document_names()
    )


_TO_CHANGE: Final = ("theme", "process", "labels.zh", "labels.en")
"""What is there to be changed besides templates, whatever its ending."""


def copy_templates(folder: str | FilePath) -> list[str]:
    """Copy the templates, the labels, the themes and the process into `folder`, to change and use (`templates_from`); returns the paths written.

    Raises:
        WriteError: the folder is not there, or holds a file of that name with other content.
    """
    target = FilePath(folder)
    usable = (path for path in sorted(templates_dir().iterdir()) if path.suffix == ".j2" or path.stem in _TO_CHANGE)
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
