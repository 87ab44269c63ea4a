"""Findings as SARIF 2.1.0, the format of code scanning (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from relplan import __version__
from relplan.blocks import Paragraph, Strong, Text
from relplan.errors import Language, Message, Place
from relplan.findings import GROUPS, Checked, Exempted, Finding, NotRun, RuleInfo, Severity
from relplan.markdown.write import text_of
from relplan.model.report import path_text
from relplan.patterns import regex
from relplan.writers.findings.options import DEFAULT, ReportOptions
from relplan.writers.findings.places import located, slashed
from relplan.writers.findings.wording import exemption, in_full, rules_of

Json: TypeAlias = dict[str, Any]

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
"""The schema that the reports keep to."""

_LANGUAGES: Final[Mapping[Language, str]] = {"zh": "zh-CN", "en": "en-US"}
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}
_IMPORTANCE: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "recommendation"}
_WHY: Final = Message("为什么", "Why")
_FIX: Final = Message("怎么改", "What to do")

_PLACEHOLDER: Final = regex(r"\{(\d+)\}")
_LINK: Final = regex(r"\[(?=[^\[\]]*\]\()")
_ORDINAL: Final = regex(r"\b(row|step|statement|line) \d+")


def write(checks: Sequence[Checked], language: Language, options: ReportOptions = DEFAULT) -> bytes:
    """One run with the findings of all files."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(checks, language, options)]}
    return (json.dumps(log, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _run(checks: Sequence[Checked], language: Language, options: ReportOptions) -> Json:
    rules = rules_of(checks)
    numbers = {code: number for number, code in enumerate(rules)}
    driver: Json = {"name": "relplan", "version": __version__, "language": _LANGUAGES[language]}
    if options.help_base:
        driver["informationUri"] = options.help_base
    driver["rules"] = [_rule(info, language, options) for info in rules.values()]
    return {
        "tool": {"driver": driver},
        "language": _LANGUAGES[language],
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(checks, language, numbers)],
        "results": list(_results(checks, language, numbers)),
        "properties": {"stages": sorted({str(checked.stage) for checked in checks})},
    }


# Rules


def _rule(info: RuleInfo, language: Language, options: ReportOptions) -> Json:
    checks, why, fix = (each.text(language) for each in (info.checks, info.why, info.fix))
    parts = {_WHY.text(language): why, _FIX.text(language): fix}
    colon = "：" if language == "zh" else ": "
    told = [Paragraph((Text(checks),))]
    told += [Paragraph((Strong((Text(word),)), Text(colon + text))) for word, text in parts.items()]
    rule: Json = {
        "id": info.code,
        "name": info.slug,
        "shortDescription": {"text": checks},
        "fullDescription": {"text": f"{checks}{'' if language == 'zh' else ' '}{why}"},
        "help": {
            "text": "\n".join([checks, *(f"{word}{colon}{text}" for word, text in parts.items())]),
            "markdown": text_of(told),
        },
    }
    if options.help_base:
        rule["helpUri"] = f"{options.help_base}#{info.code.lower()}-{info.slug}"
    group = GROUPS.get(info.code[:3])
    return {
        **rule,
        "defaultConfiguration": {"level": _LEVELS[info.severity], "enabled": info.on},
        "properties": {
            "problem.severity": _IMPORTANCE[info.severity],
            "tags": [group.text(language)] if group else [],
        },
    }


def _reference(code: str, numbers: Mapping[str, int]) -> Json:
    return {"id": code, "index": numbers[code]} if code in numbers else {"id": code}


# Results


def _results(checks: Sequence[Checked], language: Language, numbers: Mapping[str, int]) -> Iterator[Json]:
    seen: Counter[str] = Counter()
    # Either every result of a run says whether it is suppressed, or none does (section 3.27.23).
    told = any(checked.exempted for checked in checks)
    for checked in checks:
        for finding in checked.findings:
            result = _result(checked, finding, language, numbers, seen)
            yield {**result, "suppressions": []} if told else result
        for exempted in checked.exempted:
            result = _result(checked, exempted.finding, language, numbers, seen)
            yield {**result, "suppressions": [_suppression(checked, exempted, language)]}


def _result(
    checked: Checked, finding: Finding, language: Language, numbers: Mapping[str, int], seen: Counter[str]
) -> Json:
    place = located(checked, finding.place)
    mark = _fingerprint(finding, place.file)
    seen[mark] += 1
    result: Json = {"ruleId": finding.code}
    if finding.code in numbers:
        result["ruleIndex"] = numbers[finding.code]
    location = _location(place)
    return {
        **result,
        "level": _LEVELS[finding.severity],
        "message": {"text": _literal(in_full(finding, language))},
        **({"locations": [location]} if location else {}),
        "partialFingerprints": {"relplanFinding/v1": f"{mark}:{seen[mark]}"},
    }


def _literal(text: str) -> str:
    """Words that a reader must not take for a placeholder (section 3.11.5) or a link (section 3.11.6)."""
    return _LINK.sub(r"\\[", _PLACEHOLDER.sub(r"{{\1}}", text))


def _fingerprint(finding: Finding, file: str) -> str:
    """What stays the same where lines and rows are put in above a finding."""
    path = path_text(tuple(step for step in finding.path if isinstance(step, str)))
    parts = (finding.code, slashed(file), path, _ORDINAL.sub(r"\1", finding.message.en))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _location(place: Place) -> Json:
    location: Json = {}
    if place.file:
        location["physicalLocation"] = {"artifactLocation": {"uri": uri(place.file)}, **_region(place)}
    if place.cell or place.sheet:
        name = place.cell or place.sheet
        whole = f"{place.sheet}!{place.cell}" if place.sheet and place.cell else name
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": whole}]
    return location


def _region(place: Place) -> Json:
    if not place.line:
        return {}
    column = {"startColumn": place.column} if place.column else {}
    return {"region": {"startLine": place.line, **column}}


def uri(file: str) -> str:
    """A file as the reference of a URI: relative where its path is, all but plain letters percent-encoded."""
    path = PurePath(file)
    if path.is_absolute():
        return path.as_uri()
    return quote(slashed(file), safe="/", errors="replace")


def _suppression(checked: Checked, exempted: Exempted, language: Language) -> Json:
    stated = exempted.place
    in_source = stated is not None and not stated.file.endswith(".toml")
    kind = {"kind": "inSource" if in_source else "external", "status": "accepted"}
    where = located(checked, stated) if stated and in_source else stated
    location = {"location": _location(where)} if where and where.file else {}
    return {**kind, "justification": exemption(exempted, language), **location}


# Rules that have not run


def _invocation(checks: Sequence[Checked], language: Language, numbers: Mapping[str, int]) -> Json:
    faults = any(rule.fault for checked in checks for rule in checked.not_run)
    told = [_notification(checked, rule, language, numbers) for checked in checks for rule in checked.not_run]
    return {"executionSuccessful": not faults, "toolExecutionNotifications": told}


def _notification(checked: Checked, rule: NotRun, language: Language, numbers: Mapping[str, int]) -> Json:
    location = _location(located(checked, None))
    return {
        "level": "error" if rule.fault else "note",
        "message": {"text": _literal(f"{rule.code} {rule.slug}: {rule.reason.text(language)}")},
        "associatedRule": _reference(rule.code, numbers),
        **({"locations": [location]} if location else {}),
    }
