"""Findings as text for a terminal, with places as editors understand them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from relplan.errors import Language
from relplan.findings import Checked, Exempted, Finding, Severity
from relplan.model.report import path_text
from relplan.writers.findings.options import DEFAULT, ReportOptions
from relplan.writers.findings.places import file_of, located
from relplan.writers.findings.wording import (
    EXEMPTED,
    FAULTS,
    NONE_FOUND,
    NOT_RUN,
    cure,
    exemption,
    one_line,
    said,
    skipped,
    skipped_line,
    stated_at,
    summary,
)

MOST_OF_A_RULE: Final = 20
"""How many findings of one rule in one file are shown, unless all are asked for."""

MOST_CODES: Final = 8
"""How many rules that have not run for one reason are named, unless all are asked for."""

_BOLD, _DIM = "1", "2"
_COLOURS: Final = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.ADVICE: "36"}


def report(checks: Sequence[Checked], language: Language, options: ReportOptions = DEFAULT) -> str:
    """The findings of each file, rules that have not run, and one line that counts all."""
    return "\n".join(_lines(checks, _Style(language, options))) + "\n"


def write(checks: Sequence[Checked], language: Language, options: ReportOptions = DEFAULT) -> bytes:
    """`report` in UTF-8."""
    return report(checks, language, options).encode("utf-8", "replace")


class _Style:
    """How lines look: their language, and colours where they are wanted."""

    def __init__(self, language: Language, options: ReportOptions) -> None:
        self.language, self.options = language, options

    def painted(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.options.colour else text

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en


def _lines(checks: Sequence[Checked], style: _Style) -> Iterator[str]:
    for checked in checks:
        yield from _file(checked, style)
        yield ""
    for title, faults in ((NOT_RUN, False), (FAULTS, True)):
        groups = list(skipped(checks, faults=faults))
        if groups:
            yield style.painted(title.text(style.language), _COLOURS[Severity.ERROR] if faults else _DIM)
            for group in groups:
                yield f"    {skipped_line(*group, style.language, None if style.options.verbose else MOST_CODES)}"
            yield ""
    yield style.painted(summary(checks, style.language), _BOLD)


def _file(checked: Checked, style: _Style) -> Iterator[str]:
    if name := file_of(checked):
        yield style.painted(one_line(name), _BOLD)
    if not checked.findings:
        yield NONE_FOUND.text(style.language)
    totals = Counter(_kind(finding) for finding in checked.findings)
    shown: Counter[tuple[str, str]] = Counter()
    for finding in checked.findings:
        kind = _kind(finding)
        shown[kind] += 1
        if style.options.verbose or shown[kind] <= MOST_OF_A_RULE:
            yield from _finding(checked, finding, style)
        if not style.options.verbose and shown[kind] == MOST_OF_A_RULE < totals[kind]:
            yield _more(totals[kind] - MOST_OF_A_RULE, finding.code, style)
    for exempted in checked.exempted:
        yield from _exempted(checked, exempted, style)


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.place.file if finding.place else ""


def _finding(checked: Checked, finding: Finding, style: _Style) -> Iterator[str]:
    word = style.painted(finding.severity.label(style.language).lower(), _COLOURS[finding.severity])
    yield f"{_head(checked, finding, style)}: {word} {_rule(finding, style)}: {said(finding, style.language)}"
    yield f"    {cure(finding, style.language)}"


def _exempted(checked: Checked, exempted: Exempted, style: _Style) -> Iterator[str]:
    finding, word = exempted.finding, style.painted(EXEMPTED.text(style.language).lower(), _DIM)
    yield f"{_head(checked, finding, style)}: {word} {_rule(finding, style)}: {said(finding, style.language)}"
    where = stated_at(exempted)
    source = f" [{one_line(str(where))}]" if where and str(where) else ""
    yield f"    {style.say('理由：', 'reason: ')}{exemption(exempted, style.language)}{source}"


def _head(checked: Checked, finding: Finding, style: _Style) -> str:
    return one_line(str(located(checked, finding.place)) or path_text(finding.path) or style.say("计划", "plan"))


def _rule(finding: Finding, style: _Style) -> str:
    return f"{finding.code} {style.painted(finding.slug, _DIM)}"


def _more(number: int, code: str, style: _Style) -> str:
    text = style.say(
        f"    还有 {number} 处 {code}；加上 --verbose 全部列出", f"    and {number} more of {code}; --verbose shows all"
    )
    return style.painted(text, _DIM)
