"""Findings as JUnit XML, which CI systems show as tests: a file is a suite, a rule a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from relplan.errors import Language
from relplan.findings import Checked, Finding, NotRun, Severity
from relplan.patterns import regex
from relplan.writers.findings.options import DEFAULT, ReportOptions
from relplan.writers.findings.places import file_of, located
from relplan.writers.findings.wording import EXEMPTED, cure, exemption, said

_UNWRITABLE: Final = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML can hold."""

_COUNTED: Final = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def write(checks: Sequence[Checked], language: Language, options: ReportOptions = DEFAULT) -> bytes:
    """A suite for each file, with a test for each rule.

    A rule fails with its findings from `options.fail_on` on; milder ones and those that are exempted are its output.
    One that has not run is skipped with the reason, one that failed by a fault of its own is an error.
    """
    from lxml import etree

    root: Any = etree.Element("testsuites", name="relplan")
    for checked in checks:
        suite = _into(root, "testsuite", name=file_of(checked) or "plan")
        for code, slug in _rules(checked).items():
            _test(suite, checked, code, slug, language, options)
        _count(suite)
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count)) for suite in root)))
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data


def _rules(checked: Checked) -> Mapping[str, str]:
    """All rules of a check by code, with their slugs."""
    found = {code: info.slug for code, info in checked.rules.items()}
    found |= {each.code: each.slug for each in checked.findings}
    found |= {each.code: each.slug for each in checked.not_run}
    return dict(sorted(found.items()))


def _test(suite: Any, checked: Checked, code: str, slug: str, language: Language, options: ReportOptions) -> None:
    test = _into(suite, "testcase", name=f"{code} {slug}", classname=file_of(checked) or "plan")
    for rule in checked.not_run:
        if rule.code == code:
            _not_run(test, rule, language)
    findings = [each for each in checked.findings if each.code == code]
    failing = [each for each in findings if _fails(each.severity, options.fail_on)]
    if failing:
        failure = _into(test, "failure", type=str(failing[0].severity), message=_headline(failing, language))
        failure.text = _clean(_told(checked, failing, language))
    lines = [_told(checked, (each for each in findings if not _fails(each.severity, options.fail_on)), language)]
    for each in checked.exempted:
        if each.finding.code == code:
            word = f"{EXEMPTED.text(language)}{'：' if language == 'zh' else ': '}{exemption(each, language)}"
            lines.append(f"{_told(checked, [each.finding], language)}\n    {word}")
    if text := "\n".join(line for line in lines if line):
        _into(test, "system-out").text = _clean(text)


def _not_run(test: Any, rule: NotRun, language: Language) -> None:
    reason = rule.reason.text(language)
    if rule.fault:
        _into(test, "error", type="fault", message=reason)
    else:
        _into(test, "skipped", message=reason)


def _fails(severity: Severity, limit: Severity | None) -> bool:
    order = list(Severity)
    return limit is not None and order.index(severity) <= order.index(limit)


def _headline(findings: Sequence[Finding], language: Language) -> str:
    """The first finding, and how many more there are."""
    first, more = said(findings[0], language), len(findings) - 1
    if not more:
        return first
    return f"{first}（还有 {more} 处）" if language == "zh" else f"{first} (and {more} more)"


def _told(checked: Checked, findings: Iterable[Finding], language: Language) -> str:
    """Findings with their places and cures."""
    return "\n".join(
        f"{located(checked, each.place)}: {each.severity.label(language).lower()}: {said(each, language)}"
        f"\n    {cure(each, language)}"
        for each in findings
    )


def _count(suite: Any) -> None:
    suite.set("tests", str(len(suite)))
    for count, name in _COUNTED.items():
        suite.set(count, str(sum(1 for test in suite for each in test if each.tag == name)))


def _into(parent: Any, tag: str, /, **attributes: str) -> Any:
    made = parent.makeelement(tag, {key: _clean(value) for key, value in attributes.items()})
    parent.append(made)
    return made


def _clean(text: str) -> str:
    """Text without characters that XML cannot hold."""
    return _UNWRITABLE.sub("\ufffd", text)
