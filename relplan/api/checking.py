"""Plans into findings, findings into reports, and what there is to say of rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from relplan.api.reading import load
from relplan.api.roadmaps import is_roadmap, load_roadmap
from relplan.errors import (
    Language,
    PlanError,
    ReadError,
    WriteError,
    problem,
)
from relplan.model.read import Read, collector_paused
from relplan.readers.options import DEFAULT as DEFAULT_OPTIONS
from relplan.readers.options import ReadOptions

if TYPE_CHECKING:
    from relplan.checks.settings import CheckSettings, Folder
    from relplan.findings import Checked
    from relplan.model.plan import ReleasePlan
    from relplan.writers.findings.options import ReportOptions


@collector_paused()
def check(
    source: str | FilePath | Read | ReleasePlan,
    settings: CheckSettings | None = None,
    *,
    format: str = "",
    options: ReadOptions = DEFAULT_OPTIONS,
) -> Checked:
    """What is missing, contradictory or dangerous in a plan, each with its place, its reason and its cure.

    A file that cannot be read is a finding too (PLN001).

    Args:
        source: any file that `load` takes, what `load` returned, a plan, or a roadmap (a file or a folder of plans).
        settings: how to check (see `relplan.checks.settings`); by default for the stage `draft`.
        format, options: of a file, as in `load`.

    Raises:
        ReadError: the settings name a rule that there is not.
    """
    from relplan.checks.run import check as checked
    from relplan.checks.run import unreadable
    from relplan.checks.settings import DEFAULT as DEFAULT_SETTINGS
    from relplan.model.plan import ReleasePlan

    settings = settings or DEFAULT_SETTINGS
    if isinstance(source, ReleasePlan):
        return checked(Read(source), settings)
    if isinstance(source, Read):
        return checked(source, settings)
    name = str(source)
    if is_roadmap(name):
        try:
            course = load_roadmap(name, now=settings.now, options=options).course
        except (ReadError, PlanError) as error:
            return unreadable(error.problems, name, settings)
        return checked(Read(ReleasePlan()), settings, name, course)
    try:
        return checked(load(name, format=format, options=options), settings, name)
    except (ReadError, PlanError) as error:
        return unreadable(error.problems, name, settings)


def check_report(
    checks: Sequence[Checked],
    format: str = "text",
    language: Language = "zh",
    *,
    options: ReportOptions | None = None,
) -> bytes:
    """What checks came to, as one report.

    Args:
        checks: of one plan or several.
        format: `text`, `json`, `github`, `sarif`, `junit` or `md`.
        language: of its words; json holds both.
        options: what else it may be asked for (see `relplan.writers.findings.options`).

    Raises:
        WriteError: there is no such format.
    """
    from relplan.writers.findings import named
    from relplan.writers.findings.options import DEFAULT as DEFAULT_REPORT

    return named(format)(checks, language, options or DEFAULT_REPORT)


def check_reports(
    checks: Sequence[Checked],
    outputs: Sequence[str | FilePath],
    language: Language = "zh",
    *,
    options: ReportOptions | None = None,
) -> dict[str, bytes]:
    """Reports in the formats that the endings of `outputs` say, by path; `check_report` tells of the arguments.

    Raises:
        WriteError: no report has such an ending, or an output is named twice.
    """
    from relplan.writers.findings import format_for

    contents: dict[str, bytes] = {}
    for output in map(str, outputs):
        if output in contents:
            raise WriteError(problem("同一个输出文件写了两次", "this output is named twice", output))
        contents[output] = check_report(checks, format_for(output), language, options=options)
    return contents


def folder(path: str | FilePath) -> Folder:
    """The folder with the scripts and packages of a release, for `CheckSettings.files`.

    Raises:
        ReadError: there is no such folder, or it cannot be read.
    """
    from relplan.artifacts import Folder as Found

    return Found(path)


def explain(rule: str, language: Language = "zh") -> str:
    """What there is to say about a rule of the check, or about all of a group, as Markdown.

    Raises:
        ReadError: there is no such rule.
    """
    from relplan.checks.explained import explained
    from relplan.checks.registry import named, rules

    return "\n".join(explained(rules()[code].info, language) for code in sorted(named(rule)))


def rules_as(format: str = "text", language: Language = "zh") -> str:
    """All rules of the check: as `text`, a line each; as `json`; or as `md`, each explained."""
    import json

    from relplan.checks.explained import as_data, listed, page

    if format == "json":
        return json.dumps(as_data(), ensure_ascii=False, indent=2) + "\n"
    return page(language) if format == "md" else listed(language)
