"""Which findings an exemption covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from relplan.checks.registry import named
from relplan.checks.settings import Allowance
from relplan.checks.subject import Subject
from relplan.errors import Path, ReadError
from relplan.findings import Exempted, Finding
from relplan.model.columns import columns_of, normalise_header
from relplan.model.plan import model_at
from relplan.model.table import ReleaseItem


def allowed(findings: Sequence[Finding], subject: Subject) -> tuple[list[Finding], list[Exempted]]:
    """The findings that stand, and those that an exemption covers; the exemptions that were of use are noted in `subject`."""
    active = [(each, codes(each)) for each in subject.allowances if _holds(each, subject)]
    standing: list[Finding] = []
    exempted: list[Exempted] = []
    for finding in findings:
        found = next((each for each, of in active if finding.code in of and _covers(each, finding, subject)), None)
        if found is None:
            standing.append(finding)
        else:
            subject.used.add(found)
            exempted.append(Exempted(finding, found.exemption.reason or "", last_day(found), found.place))
    return standing, exempted


def codes(allowance: Allowance) -> frozenset[str]:
    """The codes that an exemption names; none where it names no rule."""
    try:
        return named(allowance.exemption.rule or "")
    except ReadError:
        return frozenset()


def last_day(allowance: Allowance) -> dt.date | None:
    """The last day on which an exemption holds; None where it names none that can be read."""
    until = allowance.exemption.until
    if isinstance(until, dt.datetime):
        return until.date()
    return until if isinstance(until, dt.date) else None


def is_expired(allowance: Allowance, now: dt.datetime | None) -> bool:
    """Whether its last day is over; without a clock none is."""
    last = last_day(allowance)
    return now is not None and last is not None and now.date() > last


def _holds(allowance: Allowance, subject: Subject) -> bool:
    """An exemption without a reason, or whose day is past, covers nothing."""
    return bool((allowance.exemption.reason or "").strip()) and not is_expired(allowance, subject.settings.now)


def _covers(allowance: Allowance, finding: Finding, subject: Subject) -> bool:
    if finding.path[: len(allowance.path)] != allowance.path:
        return False
    where = (allowance.exemption.where or "").strip()
    return not where or any(normalise_header(where) == normalise_header(each) for each in _names(finding, subject))


def _names(finding: Finding, subject: Subject) -> list[str]:
    """What a team may call the spot of a finding: its system, its field, its file, its cell."""
    names = [*_fields(finding.path)]
    row = _row(finding.path, subject)
    names += [row.system or ""] if row else []
    if finding.place:
        place = finding.place
        names += [place.file, place.sheet, place.cell, f"{place.sheet}!{place.cell}", str(place)]
    return [name for name in names if name]


def _row(path: Path, subject: Subject) -> ReleaseItem | None:
    if path[:2] == ("table", "rows") and len(path) > 2:
        return subject.rows[int(path[2])].item
    return None


def _fields(path: Path) -> list[str]:
    """The fields on a path, by their names and headers."""
    found = [step for step in path if isinstance(step, str)]
    for length, step in enumerate(path):
        model = model_at(path[:length]) if isinstance(step, str) else None
        for bound in columns_of(model) if model else ():
            if bound.field == step:
                found += [bound.column.zh, bound.column.en]
    return found
