"""Many plans: those of a folder, their notes in one, and documents of all of them at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from relplan import files, formats
from relplan.api.reading import load
from relplan.api.rendering import document, render_all
from relplan.errors import Language, ReadError, RelplanError, problem
from relplan.model.plan import ReleasePlan
from relplan.resources import labels, templates_from

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from relplan.blocks import Document

_ENDINGS: Final = (".yaml", ".yml", ".json")
_NO_PLANS: Final = ("process", "roadmap", "relplan.schema")
"""Names, without their endings, of files beside plans that are none."""


class Release(NamedTuple):
    """A plan of a folder: where it is, and what it says."""

    path: FilePath
    plan: ReleasePlan


def load_folder(folder: str | FilePath) -> tuple[Release, ...]:
    """The plan files (.yaml, .json) of a folder and those below it, in the order of their versions; where one has none, of their windows.

    Raises:
        ReadError: there is no such folder, or no plan in it.
        PlanError: a file holds no valid plan; with the problems of all files.
    """
    top = FilePath(folder)
    if not top.is_dir():
        raise ReadError(problem("没有这个文件夹", "there is no such folder", str(folder)))
    paths = sorted(
        path
        for path in top.rglob("*")
        if path.suffix.lower() in _ENDINGS and path.stem not in _NO_PLANS and not _is_hidden(path, top)
    )
    found: list[Release] = []
    errors: list[RelplanError] = []
    for path in paths:
        try:
            found.append(Release(path, load(path).plan))
        except RelplanError as error:
            errors.append(error)
    if errors:
        raise type(errors[0])([each for error in errors for each in error.problems])
    if not found:
        raise ReadError(problem("这个文件夹中没有计划文件", "this is a folder without a plan file", str(folder)))
    return tuple(sorted(found, key=_order(found)))


def _is_hidden(path: FilePath, top: FilePath) -> bool:
    return any(each.startswith(".") for each in path.relative_to(top).parts)


def _order(found: Sequence[Release]) -> Any:
    from relplan.checks.systems import version_key

    if all(version_key(each.plan.version or "") for each in found):
        return lambda each: (version_key(each.plan.version or ""), str(each.path))
    return lambda each: (_start(each.plan), each.plan.version or "", str(each.path))


def _start(plan: ReleasePlan) -> dt.datetime:
    start = plan.window.start
    if not isinstance(start, dt.date):
        return dt.datetime.max.replace(tzinfo=dt.UTC)
    return plan.at(start)


def since(releases: Sequence[Release], version: str) -> tuple[Release, ...]:
    """The releases after a version, which one of them has, or which is a number that theirs can be compared with.

    Raises:
        ReadError: there is no telling which those are.
    """
    from relplan.checks.systems import version_key

    for at, each in enumerate(releases):
        if each.plan.version == version:
            return tuple(releases[at + 1 :])
    first = version_key(version)
    keys = [version_key(each.plan.version or "") for each in releases]
    if first is None or None in keys:
        known = ", ".join(each.plan.version or str(each.path.name) for each in releases)
        zh, en = f"没有版本“{version}”；有：{known}", f'there is no version "{version}"; there are: {known}'
        raise ReadError(problem(zh, en))
    return tuple(each for each, key in zip(releases, keys, strict=True) if key is not None and key > first)


def collected_notes(
    releases: Sequence[Release], *, language: Language | None = None, name: str = "notes", **options: Any
) -> Document:
    """The release notes of several plans in one document, the newest first; `options` are those of `document`.

    Raises:
        ReadError: there is no release.
        TemplateError: as `document`.
    """
    from relplan.documents.collected import collected

    if not releases:
        raise ReadError(problem("没有更新的发布", "there is no later release"))
    newest = releases[-1].plan
    chosen = language or newest.language
    chapters = [
        (each.plan.version or each.path.stem, document(each.plan, name, language=chosen, **options))
        for each in reversed(releases)
    ]
    span = [releases[0].plan.version, newest.version] if len(releases) > 1 else [newest.version]
    words = (newest.product, " – ".join(filter(None, span)), labels(chosen)["documents"][name])
    return collected(" ".join(word for word in words if word), chapters)


def collected_as(made: Document, outputs: Sequence[str]) -> dict[str, bytes]:
    """A document in the formats that the endings of `outputs` say; `-` is Markdown."""
    found: dict[str, bytes] = {}
    for output in outputs:
        chosen = formats.named("md") if output == files.STANDARD else formats.for_writing(output)
        found[output] = chosen.load("writer")(made)
    return found


# Many documents


class Rendered(NamedTuple):
    """What became of one plan.

    Attributes:
        plan: its path, or its number among the plans that were given.
        files: its documents, by their paths; empty where it failed.
        error: why it failed; None where it did not.
    """

    plan: str
    files: Mapping[str, bytes]
    error: RelplanError | None


def render_many(
    plans: Iterable[str | FilePath | ReleasePlan],
    outputs: Sequence[str],
    name: str = "",
    *,
    executor: Executor | None = None,
    templates: str | FilePath = "",
    **options: Any,
) -> Iterator[Rendered]:
    """Documents of many plans, one after another as they are done; one that fails does not stop the others.

    Args:
        plans: paths of files that can be imported, or plans.
        outputs: their paths, with `{name}` for the name of the plan's file without its ending (of a plan: its number, from 1).
        name: which document, as for `render`.
        executor: any executor of `concurrent.futures`, or one like it, to share the work; None: this process does it.
        templates: a folder with changed copies, see `templates_from`.
        options: those of `render`; they must be fit to be sent to other processes where the executor has some.
    """
    jobs = [
        (
            plan if isinstance(plan, ReleasePlan) else str(plan),
            str(number) if isinstance(plan, ReleasePlan) else FilePath(plan).stem,
        )
        for number, plan in enumerate(plans, 1)
    ]
    if executor is None:
        for plan, stem in jobs:
            yield _rendered(plan, stem, outputs, name, str(templates), options)
        return
    waiting = [executor.submit(_rendered, plan, stem, outputs, name, str(templates), options) for plan, stem in jobs]
    for each in waiting:
        yield each.result()


def _rendered(
    plan: str | ReleasePlan, stem: str, outputs: Sequence[str], name: str, templates: str, options: Mapping[str, Any]
) -> Rendered:
    """The documents of one plan; runs in whatever process the executor has."""
    told = plan if isinstance(plan, str) else stem
    try:
        read = plan if isinstance(plan, ReleasePlan) else load(plan).plan
        with templates_from(templates):
            made = render_all(read, [each.replace("{name}", stem) for each in outputs], name, **options)
    except RelplanError as error:
        return Rendered(told, {}, error)
    return Rendered(told, made, None)
