"""Findings for the cells of a workbook: what its marks say."""

from __future__ import annotations

from pathlib import Path as FilePath

from msgspec.structs import replace

from relplan.errors import LANGUAGES, Message, Place, Problem
from relplan.findings import Checked, Finding, Severity
from relplan.writers.findings.wording import in_full


def marks(checked: Checked) -> list[tuple[Severity, Problem]]:
    """The findings as `relplan.writers.marked.mark` takes them, each with its code and its cure."""
    return [(each.severity, Problem(_message(each), _short(checked, each.place))) for each in checked.findings]


def _short(checked: Checked, place: Place | None) -> Place | None:
    """A place without the folder of the workbook, which says nothing inside it."""
    return replace(place, file=FilePath(place.file).name) if place and place.file == checked.name else place


def _message(finding: Finding) -> Message:
    return Message(*(f"{finding.code} {in_full(finding, language)}" for language in LANGUAGES))
