"""Company forms: Word documents with tags, filled from a plan, and what can be said of them beforehand."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from relplan import files
from relplan.errors import Language, Problem, TemplateError, WriteError, problem

if TYPE_CHECKING:
    from relplan.api.going_live import GoLive
    from relplan.model.plan import ReleasePlan
    from relplan.office.fields import Field
    from relplan.process.papers import Papers

FORMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        ".docx": ("docx",),
        ".dotx": ("docx",),
        ".docm": ("docm",),
        ".dotm": ("docm",),
        ".xlsx": ("xlsx",),
        ".xltx": ("xlsx",),
        ".xlsm": ("xlsm",),
    }
)
"""The endings of forms, and the formats of what they become."""


class TemplateReport(NamedTuple):
    """What can be said of a form without filling it in.

    Attributes:
        problems: what is wrong with its tags, each with its place.
        names: what its tags use: `plan.version`, `item.system`.
        tags: how many there are.
        styles: of a Word form whose tags print blocks, the styles that it lacks; they are taken from the built-in theme.
    """

    problems: tuple[Problem, ...]
    names: tuple[str, ...]
    tags: int
    styles: tuple[str, ...] = ()


def is_form(template: str | FilePath) -> bool:
    """Whether a template is a form, by its ending."""
    return FilePath(template).suffix.lower() in FORMS


def made_by(ending: str) -> tuple[str, ...]:
    """The formats of what a form with an ending becomes."""
    return FORMS[ending]


def other_kind(template: str | FilePath, output: str) -> WriteError:
    """What to say of an output that a form cannot become."""
    ending = FORMS[FilePath(template).suffix.lower()][0]
    zh = f"这个模板生成 .{ending} 文件；请把输出文件的扩展名改为 .{ending}"
    return WriteError(problem(zh, f"this template makes a .{ending} file; give the output that ending", str(output)))


def filled(
    plan: ReleasePlan,
    template: str | FilePath,
    name: str = "",
    *,
    language: Language | None = None,
    audience: str = "internal",
    date: dt.date | None = None,
    golive: GoLive | None = None,
    macros: bool = False,
) -> bytes:
    """A form filled in.

    Args:
        plan: what it is filled from.
        template: the form.
        name: the document that it stands for, which gives it its title; blank: the plan.
        language: of what is printed; None: the plan's own.
        audience, date, golive: as for `relplan.api.document`.
        macros: whether a form with macros is taken.

    Raises:
        TemplateError: the form is none, or its tags are wrong.
    """
    from relplan.documents.render import Options, names
    from relplan.office import excel, word

    path = FilePath(template)
    chosen = language or plan.language
    options = Options(chosen, audience, date, path, functools.partial(papers, plan, golive))
    data, context = _read(path), names(plan, name or "plan", options)
    if _is_workbook(path):
        return excel.fill(data, path.name, context, chosen, macros)
    return word.fill(data, path.name, context, chosen, path.parent, macros)


def check_template(template: str | FilePath, *, macros: bool = False) -> TemplateReport:
    """What can be said of a form without filling it in.

    Raises:
        TemplateError: it is no form, or cannot be opened.
    """
    from relplan.documents.sandbox import Sandbox
    from relplan.office import excel, word
    from relplan.office.names import used_names
    from relplan.office.program import DELIMITERS

    path = FilePath(template)
    if not is_form(path):
        known = "、".join(FORMS)
        zh, en = (
            f"这不是可以检查的模板；可用：{known}",
            f"this is no template that can be checked; known: {', '.join(FORMS)}",
        )
        raise TemplateError(problem(zh, en, str(template)))
    found = (excel if _is_workbook(path) else word).inspect(_read(path), path.name, macros)
    tags, problems = found.tags, found.problems
    names = () if problems else used_names(tags, Sandbox(**DELIMITERS))
    return TemplateReport(tuple(problems), names, len(tags), found.lacking)


def marked_template(template: str | FilePath, *, macros: bool = False) -> bytes:
    """A form with a comment at each place where something is wrong; raises as `check_template` does."""
    from relplan.office import excel, word

    path = FilePath(template)
    if _is_workbook(path):
        return excel.inspect(_read(path), path.name, macros).marked()
    return word.inspect(_read(path), path.name, macros).marked()


def template_fields(name: str = "") -> tuple[Field, ...]:
    """The names and filters that templates have; with `name` (such as `plan.table.rows`) those below it.

    Raises:
        TemplateError: there is no such name.
    """
    from relplan.office.fields import fields

    return fields(name)


def _is_workbook(path: FilePath) -> bool:
    return path.suffix.lower().startswith(".xl")


def _read(path: FilePath) -> bytes:
    if not path.is_file():
        raise TemplateError(problem("没有这个模板文件", "there is no such template", str(path)))
    return files.read(str(path))


def papers(plan: ReleasePlan, golive: GoLive | None, language: Language) -> Papers:
    """What the papers of the go-live process show, for templates."""
    from relplan.api.going_live import golive as carried

    found = golive or carried(plan)
    return found.papers(language)
