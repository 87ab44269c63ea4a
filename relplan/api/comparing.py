"""Plans beside one another: what is different between two, and one of the changes of several people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from relplan import files, formats, repository
from relplan.api.marking import marked_changes
from relplan.api.reading import loads
from relplan.comparison.merge import Merged as Merged
from relplan.comparison.report import Side as Side
from relplan.errors import Language, Message, Problem, ReadError, WriteError, place_of, problem, suggest
from relplan.findings import Severity
from relplan.model.part import fields_of
from relplan.model.plan import ReleasePlan
from relplan.readers.options import DEFAULT as DEFAULT_OPTIONS
from relplan.readers.options import ReadOptions

if TYPE_CHECKING:
    from relplan.comparison.difference import Difference
    from relplan.model.read import Read

DIFF_FORMS: Final = ("text", "json", "md", "html", "docx", "xlsx")
_COLOURS: Final = {"gone": "31", "new": "32", "changed": "33", "faint": "2"}


def diff(before: ReleasePlan, after: ReleasePlan, parts: Sequence[str] = ()) -> Difference:
    """What is different between two plans: facts, fields of entries, entries that came, went or moved.

    Args:
        before, after: the plans.
        parts: the parts to look at (`table`, `deployment`, `version` …); all where none is named.

    Raises:
        ReadError: a plan has no such part.
    """
    from relplan.comparison.difference import Difference, difference

    for part in parts:
        if part not in fields_of(ReleasePlan):
            hint = suggest(part, fields_of(ReleasePlan))
            raise ReadError(problem(f"计划没有“{part}”{hint.zh}", f'a plan has no part "{part}"{hint.en}'))
    found = difference(before, after)
    if not parts:
        return found
    return Difference(
        tuple(each for each in found.facts if each.path[0] in parts),
        tuple(each for each in found.lists if each.path[0] in parts),
    )


def diff_as(
    found: Difference, before: Side, after: Side, form: str = "text", *, language: Language = "zh", colour: bool = False
) -> bytes:
    """A difference in one of `DIFF_FORMS`; `colour` is for text on a terminal.

    Raises:
        WriteError: there is no such form.
    """
    from relplan.comparison import report

    if form == "text":
        return report.as_text(found, before, after, language, _painted if colour else _plain).encode()
    if form == "json":
        return (json.dumps(report.as_data(found, before, after), ensure_ascii=False, indent=2) + "\n").encode()
    if form not in DIFF_FORMS:
        known = ", ".join(DIFF_FORMS)
        raise WriteError(problem(f"没有“{form}”这种形式；可用：{known}", f'there is no form "{form}"; known: {known}'))
    made: bytes = formats.named(form).load("writer")(report.as_document(found, before, after, language))
    return made


def _painted(kind: str, words: str) -> str:
    return f"\x1b[{_COLOURS[kind]}m{words}\x1b[0m" if words else words


def _plain(_: str, words: str) -> str:
    return words


def marked_diff(
    path: str | FilePath,
    read: Read,
    found: Difference,
    language: Language = "zh",
    *,
    options: ReadOptions = DEFAULT_OPTIONS,
) -> bytes:
    """The workbook `path`, the second of two that were compared, with its changed cells coloured and what stood there in notes.

    Args:
        path: the .xlsx or .xlsm file that `read` came from.
        read: what was read from it.
        found: the difference.
        language: of what is written there.
        options: how it was read.

    Raises:
        ReadError, WriteError: as `marked_copy`.
    """
    from relplan.comparison.report import marks

    return marked_changes(path, marks(found, read), language, read, options)


def merge(base: Side, sides: Sequence[Side]) -> Merged:
    """One plan of `base` with the changes that all sides made to it; where they clash, marks stand in the plan.

    The order of the sides plays no part. A plan with marks is found fault with by `check`, and no document is made of it.

    Raises:
        PlanError: people clash in a value that cannot hold a mark, such as the plan's language.
    """
    from relplan.comparison.merge import merge

    return merge(base.read.plan, sides)


def merged_workbook(
    base: Side, plan: ReleasePlan, language: Language = "zh", *, options: ReadOptions = DEFAULT_OPTIONS
) -> bytes:
    """The workbook `base`, laid out as it is, saying what a merged plan says; the cells of clashes are coloured and listed.

    Args:
        base: the workbook (its name is its path), and what was read from it.
        plan: what it is to say.
        language: of words that are written.
        options: how it was read.

    Raises:
        ReadError: the file cannot be read.
        WriteError: it is no workbook; or the plan says something that has no cell there: all of that is listed.
        TemplateError: it holds something that cannot follow when rows come and go.
    """
    from relplan.comparison.difference import difference
    from relplan.model.clash import marked_paths
    from relplan.office.excel.update import updated
    from relplan.writers.marked import mark

    name = FilePath(base.name).name
    data = updated(files.read(base.name, options.limit), name, base.read, plan, language)
    read = loads(data, formats.for_reading(base.name).name, name=name, options=options)
    if not base.read.places.keys() & {
        ("language",),
        ("time_zone",),
    }:  # inferred from words, of which there are others now
        read = replace(read, plan=read.plan.replace(language=plan.language, time_zone=plan.time_zone))
    if lost := difference(plan, read.plan):
        raise WriteError(_not_kept(lost, name))
    message = Message(
        "未解决的冲突：留下正确的内容，删除标记", "an unresolved clash: keep what is right, delete the mark"
    )
    clashes = [(Severity.ERROR, Problem(message, place_of(read.places, path))) for path in marked_paths(read.plan)]
    return mark(data, clashes, language, read) if clashes else data


def _not_kept(lost: Difference, name: str) -> list[Problem]:
    """What the workbook would not say as the plan does."""
    from relplan.model.report import path_text

    paths = [each.path for each in lost.facts]
    paths += [
        (*change.path, entry.before if entry.before is not None else 0, *(entry.fields[0].path if entry.fields else ()))
        for change in lost.lists
        for entry in change.entries
    ]
    zh, en = "这个工作簿写不下 {}；请合并为 .yaml", "this workbook cannot hold {}; merge into .yaml"
    return [problem(zh.format(path_text(path)), en.format(path_text(path)), name) for path in paths]


def at_revision(path: str | FilePath, revision: str, *, options: ReadOptions = DEFAULT_OPTIONS) -> Read:
    """The plan in a file as it was in a revision of the git repository around it; in its places the file is called `plan.yaml@v1`.

    Raises:
        ReadError: there is no such revision, or the file is not in it.
        PlanError: it holds no valid plan.
    """
    data = repository.file_at(str(path), revision)
    chosen = formats.for_reading(str(path)).name
    return loads(data, chosen, name=f"{FilePath(path).name}@{revision}", options=options)
