"""Findings as JSON for programs, in both languages; `docs/check-output.md` tells the shape."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import asdict

from relplan.errors import Language, Message, Place
from relplan.findings import Checked, Exempted, Finding, NotRun
from relplan.model.report import path_text
from relplan.writers.findings.options import DEFAULT, ReportOptions
from relplan.writers.findings.places import file_of, located
from relplan.writers.findings.wording import counts

VERSION: Final = 1
"""Of the shape: it grows when a key goes or changes its meaning, not when one is added."""


def write(checks: Sequence[Checked], language: Language = "en", options: ReportOptions = DEFAULT) -> bytes:
    """The findings as JSON; it holds both languages, whatever `language` is."""
    return (json.dumps(as_data(checks), ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def as_data(checks: Sequence[Checked]) -> dict[str, Any]:
    """The findings as plain data: `version`, `counts`, and for each of the `files` what was found there."""
    return {"version": VERSION, "counts": asdict(counts(checks)), "files": [_file(each) for each in checks]}


def _file(checked: Checked) -> dict[str, Any]:
    return {
        "file": file_of(checked),
        "stage": str(checked.stage),
        "counts": asdict(counts([checked])),
        "findings": [_finding(checked, each) for each in checked.findings],
        "exempted": [_exempted(checked, each) for each in checked.exempted],
        "not_run": [_not_run(each) for each in checked.not_run],
        "rules": sorted(checked.rules),
    }


def _finding(checked: Checked, finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "slug": finding.slug,
        "severity": str(finding.severity),
        "message": _both(finding.message),
        "fix": _both(finding.fix),
        **_spot(located(checked, finding.place)),
        "path": path_text(finding.path),
    }


def _spot(place: Place) -> dict[str, Any]:
    """A place; what is not known of it is null."""
    return {
        "file": place.file,
        "sheet": place.sheet or None,
        "cell": place.cell or None,
        "line": place.line or None,
        "column": place.column or None,
    }


def _exempted(checked: Checked, exempted: Exempted) -> dict[str, Any]:
    until = exempted.until.isoformat() if exempted.until else None
    stated = str(exempted.place) if exempted.place else None
    return {**_finding(checked, exempted.finding), "reason": exempted.reason, "until": until, "stated_at": stated}


def _not_run(rule: NotRun) -> dict[str, Any]:
    return {"code": rule.code, "slug": rule.slug, "reason": _both(rule.reason), "fault": rule.fault}


def _both(message: Message) -> dict[str, str]:
    return {"zh": message.zh, "en": message.en}
