"""The check of one plan: every rule that is asked for, what each found, weighed for the stage and held against the exemptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from relplan.checks.allowances import allowed
from relplan.checks.needs import missing
from relplan.checks.registry import chosen
from relplan.checks.registry import rules as all_rules
from relplan.checks.rule import Hit, Rule
from relplan.checks.settings import DEFAULT, CheckSettings
from relplan.checks.subject import Subject
from relplan.checks.table import UNREADABLE
from relplan.errors import Message, Place, Problem
from relplan.findings import Checked, Finding, NotRun, RuleInfo, Severity, Stage
from relplan.model.read import Read
from relplan.model.report import place_order
from relplan.roadmap.milestones import Course

ABOUT_EXEMPTIONS: Final = "SUP"
"""The rules about exemptions come last: they ask which of them were of use."""


ABOUT_PACE: Final = "PAC"
"""The rules about roadmaps."""


def check(read: Read, settings: CheckSettings = DEFAULT, name: str = "", course: Course | None = None) -> Checked:
    """Check a plan.

    Args:
        read: the plan with the places of its values.
        settings: how to check.
        name: of the file, for the report.
        course: a roadmap to be checked instead, by the rules about its pace.

    Raises:
        ReadError: the settings name a rule that there is not.
    """
    if course is not None and not settings.select:
        settings = replace(settings, select=(ABOUT_PACE,))
    subject = Subject(read, settings, name, course)
    rules = chosen(settings.select, settings.ignore, settings.extend)
    about_exemptions = [rule for rule in rules if rule.info.code.startswith(ABOUT_EXEMPTIONS)]
    findings, not_run = _run([rule for rule in rules if rule not in about_exemptions], subject)
    subject.ran = frozenset(rule.info.code for rule in rules) - {each.code for each in not_run}
    findings, exempted = allowed(findings, subject)
    more, also_not_run = _run(about_exemptions, subject)
    return Checked(
        name,
        settings.stage,
        tuple(_in_order(subject, [*findings, *more])),
        tuple(exempted),
        (*not_run, *also_not_run),
        {rule.info.code: rule.info for rule in rules},
    )


def unreadable(problems: Sequence[Problem], name: str, settings: CheckSettings = DEFAULT) -> Checked:
    """What the check of a file comes to that cannot be read: each of its problems is a finding, and no rule has run.

    Raises:
        ReadError: the settings name a rule that there is not.
    """
    rules = {rule.info.code: rule.info for rule in chosen(settings.select, settings.ignore, settings.extend)}
    about = all_rules()[UNREADABLE].info
    findings = tuple(
        Finding(about.code, about.slug, about.severity, each.message, about.fix, each.place or Place(name))
        for each in problems
    )
    reason = Message("文件无法读取", "the file cannot be read")
    not_run = tuple(NotRun(code, info.slug, reason) for code, info in rules.items() if code != UNREADABLE)
    return Checked(name, settings.stage, findings, (), not_run, {**rules, UNREADABLE: about})


def _run(rules: Iterable[Rule], subject: Subject) -> tuple[list[Finding], list[NotRun]]:
    findings: list[Finding] = []
    not_run: list[NotRun] = []
    for rule in rules:
        info = rule.info
        try:
            if reason := missing(subject, info.needs):
                not_run.append(NotRun(info.code, info.slug, reason))
                continue
            findings += [_finding(info, hit, subject) for hit in rule.check(subject)]
        except Exception as error:  # one rule's fault must not cost the findings of the others
            not_run.append(_fault(info, error))
    return findings, not_run


def _fault(info: RuleInfo, error: Exception) -> NotRun:
    what = f"{type(error).__name__}: {error}"
    return NotRun(info.code, info.slug, Message(f"规则自身出错：{what}", f"the rule itself failed: {what}"), fault=True)


def _finding(info: RuleInfo, hit: Hit, subject: Subject) -> Finding:
    place = hit.place or subject.place(hit.path) or Place(subject.name)
    return Finding(
        info.code, info.slug, _weight(info, hit, subject.settings), hit.message, hit.fix or info.fix, place, hit.path
    )


def _weight(info: RuleInfo, hit: Hit, settings: CheckSettings) -> Severity:
    if info.code in settings.severities:
        return settings.severities[info.code]
    if hit.severity:
        return hit.severity
    return at_stage(info, settings.stage)


def at_stage(info: RuleInfo, stage: Stage) -> Severity:
    """How much the findings of a rule weigh at a stage, where neither they nor the settings say otherwise."""
    if info.due is None:
        return info.severity
    stages = list(Stage)
    before = stages.index(info.due) - stages.index(stage)
    return info.severity if before <= 0 else Severity.WARNING if before == 1 else Severity.ADVICE


def _in_order(subject: Subject, findings: Sequence[Finding]) -> list[Finding]:
    """By place; what stands in script files comes behind what stands in the plan."""
    key = place_order(subject.read, [finding.place or Place() for finding in findings])
    scripts = {script.file for script in subject.scripts if script.file}

    def spot(finding: Finding) -> tuple[bool, tuple[int, ...], str]:
        place = finding.place or Place()
        return place.file in scripts, key(place), finding.code

    return sorted(findings, key=spot)
