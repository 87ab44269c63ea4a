"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from relplan.errors import Language, Place
from relplan.findings import Checked, Finding, Severity
from relplan.writers.findings.options import DEFAULT, ReportOptions
from relplan.writers.findings.places import file_of, located, slashed, within
from relplan.writers.findings.wording import cure, said, skipped, skipped_line, summary

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}
_IN_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def write(checks: Sequence[Checked], language: Language, options: ReportOptions = DEFAULT) -> bytes:
    """One command a finding; one for each rule that failed by a fault of its own, and a notice that counts all."""
    return "".join(f"{line}\n" for line in _lines(checks, language)).encode("utf-8", "replace")


def _lines(checks: Sequence[Checked], language: Language) -> Iterator[str]:
    for checked in checks:
        for finding in checked.findings:
            yield _finding(finding, located(checked, finding.place), language)
        for rule in checked.not_run:
            if rule.fault:
                yield _command(
                    "error", {"file": slashed(file_of(checked)), "title": rule.code}, rule.reason.text(language)
                )
    text = [summary(checks, language), *(skipped_line(*group, language) for group in skipped(checks))]
    yield _command("notice", {"title": "relplan check"}, "\n".join(text))


def _finding(finding: Finding, place: Place, language: Language) -> str:
    title = f"{finding.code} {finding.slug}"
    properties: dict[str, str | int] = {
        "file": slashed(place.file),
        "line": place.line,
        "col": place.column,
        "title": title,
    }
    spot = f"{within(place)} " if place.cell else ""
    text = f"{spot}{said(finding, language)}\n{cure(finding, language)}"
    return _command(_COMMANDS[finding.severity], properties, text)


def _command(name: str, properties: dict[str, str | int], text: str) -> str:
    stated = ",".join(f"{key}={str(value).translate(_IN_PROPERTIES)}" for key, value in properties.items() if value)
    return f"::{name} {stated}::{text.translate(_IN_DATA)}"
