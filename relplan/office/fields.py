"""The names and filters that templates have, as a list for people: told from the code that gives them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from relplan.documents.filters import FILTERS
from relplan.documents.records import names_of
from relplan.documents.sandbox import NAMES, Sandbox
from relplan.errors import TemplateError, problem, suggest
from relplan.model.columns import columns_of
from relplan.model.part import Part
from relplan.model.plan import ReleasePlan
from relplan.office.names import Kind, kind_of_field


class Field(NamedTuple):
    """A name that templates have, and what it is, in both languages."""

    name: str
    zh: str
    en: str


_OTHERS: Final = {
    "plan": ("计划", "The plan"),
    "labels": ("文档中的固定用语（labels.*.yaml）", "The words of documents (labels.*.yaml)"),
    "language": ("文档语言：zh 或 en", "The language: zh or en"),
    "audience": ("读者：internal、customer 或 ops", "The readers: internal, customer or ops"),
    "date": ("文档日期（--date）", "The date of the document (--date)"),
    "title": ("文档标题", "The title of the document"),
    "golive": ("上线流程与记录", "The go-live process and its log"),
    "notice": ("通知的编号", "The id of a notice"),
}
_DEEPEST: Final = 4


def fields(name: str = "") -> tuple[Field, ...]:
    """The names that templates have, with their filters; with `name` those of the plan below it.

    Raises:
        TemplateError: there is no such name.
    """
    if name:
        return tuple(_below(name, _kind(name), 1))
    names = [Field(each, *_OTHERS[each]) for each in NAMES]
    return (*names, *_below("plan", Kind(ReleasePlan), _DEEPEST), *_filters())


def _kind(name: str) -> Kind:
    """What a dotted name of the plan is."""
    first, *rest = name.split(".")
    if first != "plan":
        zh, en = f"没有“{name}”；名字从 plan 开始", f'there is no "{name}"; names begin with plan'
        raise TemplateError(problem(zh, en))
    kind = Kind(ReleasePlan)
    for step in rest:
        known = names_of(kind.model) if kind.model else ()
        if step not in known:
            hint = suggest(step, known)
            raise TemplateError(problem(f"没有“{name}”{hint.zh}", f'there is no "{name}"{hint.en}'))
        kind = kind_of_field(kind.model, step) if kind.model else Kind()
    return kind


def _below(name: str, kind: Kind, depth: int) -> Iterator[Field]:
    if kind.model is None or not depth:
        return
    columns = {bound.field: bound.column for bound in columns_of(kind.model)}
    stem = f"{name}[]" if kind.many else name
    for each in names_of(kind.model):
        column = columns.get(each)
        zh, en = (column.zh, column.en) if column else _words(kind.model, each)
        inner = kind_of_field(kind.model, each)
        yield Field(f"{stem}.{each}", zh, en)
        yield from _below(f"{stem}.{each}", inner, depth - 1)


def _words(model: type[Part], name: str) -> tuple[str, str]:
    """What the code says of a field without a column, or of a property."""
    own = next((vars(cls)[name] for cls in model.__mro__ if name in vars(cls)), None)
    getter = getattr(own, "fget", None) or getattr(own, "func", None)
    kind = kind_of_field(model, name)
    words = _first_line(getter) if getter else _first_line(kind.model)
    return words, words


def _filters() -> Iterator[Field]:
    for name, each in sorted(FILTERS.items()):
        words = _first_line(each)
        yield Field(f"| {name}", words, words)
    yield Field("| image", "模板旁边的图片（Word 模板）", "A picture beside the template (Word templates)")
    yield Field(
        "| merge",
        "与上一行相同的单元格向下合并（Word 模板）",
        "Merges a cell with equal ones above it (Word templates)",
    )
    for name in sorted(Sandbox().filters.keys() - FILTERS.keys()):
        yield Field(f"| {name}", "Jinja 的过滤器", "A filter of Jinja")


def _first_line(of: Callable[..., Any] | type | None) -> str:
    return (inspect.getdoc(of) or "").split("\n")[0] if of is not None else ""
