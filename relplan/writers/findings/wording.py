"""What all reports of findings say alike: their words, their counts, and rules that have not run, by reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from relplan.errors import Language, Message, Place
from relplan.findings import Checked, Exempted, Finding, RuleInfo, Severity
from relplan.patterns import regex
from relplan.writers.findings.places import file_of

TITLE: Final = Message("发布计划检查结果", "Findings of the release plan check")
NONE_FOUND: Final = Message("没有发现问题", "Nothing was found")
EXEMPTED: Final = Message("豁免", "Exempted")
NOT_RUN: Final = Message("未运行的规则", "Rules that have not run")
FAULTS: Final = Message("规则自身出错", "Rules that failed by a fault of their own")
WHOLE_FILE: Final = Message("整个文件", "whole file")

_STRAY: Final = regex(r"[\r\n\t\x0b\x0c\x85\u2028\u2029]+")
_UNSEEN: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Counts(Struct, frozen=True):
    """How many findings there are, by severity, and how many were exempted; how many rules have not run, or failed."""

    error: int
    warning: int
    advice: int
    exempted: int
    not_run: int
    faults: int


def counts(checks: Sequence[Checked]) -> Counts:
    """The counts of some checks together."""
    return Counts(
        error=_count(checks, Severity.ERROR),
        warning=_count(checks, Severity.WARNING),
        advice=_count(checks, Severity.ADVICE),
        exempted=sum(len(each.exempted) for each in checks),
        not_run=sum(1 for each in checks for rule in each.not_run if not rule.fault),
        faults=sum(1 for each in checks for rule in each.not_run if rule.fault),
    )


def _count(checks: Sequence[Checked], severity: Severity) -> int:
    return sum(each.count(severity) for each in checks)


def summary(checks: Sequence[Checked], language: Language) -> str:
    """`错误 3，警告 5，建议 2；豁免 1；未运行 4`."""
    found = counts(checks)
    if language == "zh":
        parts = [f"错误 {found.error}，警告 {found.warning}，建议 {found.advice}"]
        rest = (("豁免", found.exempted), ("未运行", found.not_run), ("规则出错", found.faults))
        return "；".join(parts + [f"{word} {number}" for word, number in rest if number])
    plural = [("error", found.error), ("warning", found.warning)]
    parts = [", ".join([*(f"{n} {word}{'' if n == 1 else 's'}" for word, n in plural), f"{found.advice} advice"])]
    rest = (("exempted", found.exempted), ("not run", found.not_run), ("at fault", found.faults))
    return "; ".join(parts + [f"{number} {word}" for word, number in rest if number])


def one_line(text: str) -> str:
    """Text on one line and without characters that would steer a terminal or turn its direction around."""
    line = _STRAY.sub(" ", text)
    if line.isprintable():
        return line
    return "".join("\ufffd" if char in _UNSEEN or unicodedata.category(char) in ("Cc", "Cs") else char for char in line)


def said(finding: Finding, language: Language) -> str:
    """What is wrong, on one line."""
    return one_line(finding.message.text(language))


def cure(finding: Finding, language: Language) -> str:
    """What to do, on one line."""
    return one_line(finding.fix.text(language))


def in_full(finding: Finding, language: Language) -> str:
    """What is wrong and what to do, on one line."""
    return f"{said(finding, language)}{'；' if language == 'zh' else '; '}{cure(finding, language)}"


def exemption(exempted: Exempted, language: Language) -> str:
    """Why a finding is exempted and until when: `旧列已停用（至 2026-12-31）`."""
    reason = one_line(exempted.reason)
    if exempted.until is None:
        return reason
    return f"{reason}（至 {exempted.until}）" if language == "zh" else f"{reason} (until {exempted.until})"


def stated_at(exempted: Exempted) -> Place | None:
    """Where an exemption stands, unless that is the spot of the finding itself."""
    return None if exempted.place == exempted.finding.place else exempted.place


def skipped(checks: Sequence[Checked], *, faults: bool = False) -> Iterator[tuple[Message, list[str], list[str]]]:
    """The rules that have not run, by reason: the reason, their codes, and the files it holds for; no file where for all."""
    files: dict[tuple[str, Message], list[str]] = {}
    for checked in checks:
        for rule in checked.not_run:
            if rule.fault == faults:
                files.setdefault((rule.code, rule.reason), []).append(file_of(checked))
    groups: dict[tuple[Message, tuple[str, ...]], list[str]] = {}
    for (code, reason), names in files.items():
        groups.setdefault((reason, tuple(names)), []).append(code)
    for (reason, where), codes in groups.items():
        yield reason, codes, [] if len(where) == len(checks) else list(where)


def skipped_line(
    reason: Message, codes: Sequence[str], files: Sequence[str], language: Language, most: int | None = None
) -> str:
    """`没有给出文件目录；加上 --files 目录：ART101、ART102`; of more than `most` codes some are named, and how many there are."""
    between, colon = ("、", "：") if language == "zh" else (", ", ": ")
    more = ""
    if most is not None and len(codes) > most:
        more = f" 等 {len(codes)} 条" if language == "zh" else f" and {len(codes) - most} more"
    where = between.join(map(one_line, files))
    if where:
        where = f"（{where}）" if language == "zh" else f" ({where})"
    return f"{one_line(reason.text(language))}{where}{colon}{between.join(codes[:most])}{more}"


def rules_of(checks: Sequence[Checked]) -> Mapping[str, RuleInfo]:
    """All rules of some checks, by code, in the order of their codes."""
    found = {code: info for checked in checks for code, info in checked.rules.items()}
    return dict(sorted(found.items()))
