"""The plan of the next release, begun from the plan of the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from relplan.errors import Path
from relplan.model.plan import ReleasePlan, Rollback, walk
from relplan.model.readiness import Issue, Meeting, ServiceToStop, Tests
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.model.values import Dependency, IssueStatus, Nothing, ReleaseKind

R = TypeVar("R")


def next_release(old: ReleasePlan, version: str, *, hotfix: bool = False) -> ReleasePlan:
    """The plan of release `version`: people, steps, test cases and what is watched as in the old one, its times left open.

    Each system has its version and branch of the old release as the previous ones, so that a rollback has something to
    go back to; its known risks stay. Issues that were deferred to this version, or to none, are open now; those that
    wait for another one still wait. Results, meetings' minutes, scripts and packages belong to the old release.
    """
    return ReleasePlan(
        product=old.product,
        version=version,
        kind=ReleaseKind.HOTFIX if hotfix else ReleaseKind.REGULAR,
        language=old.language,
        time_zone=old.time_zone,
        participants=old.participants,
        preparation=old.preparation,
        deployment=old.deployment,
        verification=old.verification,
        rollback=Rollback(steps=old.rollback.steps, points=old.rollback.points, decider=old.rollback.decider),
        table=ReleaseTable(rows=tuple(map(_row, old.table.rows))),
        services_to_stop=_each(old.services_to_stop, _service),
        tests=Tests(scope=old.tests.scope, environment=old.tests.environment, criteria=old.tests.criteria, cases=old.tests.cases),
        issues=tuple(_issues(old, version, hotfix)),
        meetings=_each(old.meetings, _meeting),
        monitoring=old.monitoring,
        exemptions=old.exemptions,
    )  # fmt: skip


def mentions(plan: ReleasePlan, version: str) -> tuple[Path, ...]:
    """Where a plan speaks of a version in its steps, such as the files of the last release: to be looked at."""
    parts = ("preparation", "deployment", "verification", "rollback")
    return tuple(path for path, value in walk(plan) if path[0] in parts and isinstance(value, str) and version in value)


def _row(row: ReleaseItem) -> ReleaseItem:
    """A system of the old release: what it was is now its previous version; what changes is to be filled in."""
    needed = row.dependencies
    return ReleaseItem(
        order=row.order,
        system=row.system,
        group=row.group,
        risk_level=row.risk_level,
        risk_description=row.risk_description,
        risk_control=row.risk_control,
        dependencies=needed if isinstance(needed, Nothing) else tuple(Dependency(each.system) for each in needed),
        developers=row.developers,
        testers=row.testers,
        owner=row.owner,
        reviewer=row.reviewer,
        previous_version=row.version or row.previous_version,
        previous_branch=row.branch or row.previous_branch,
        rollback=None,
        verification=row.verification,
    )


def _each(rows: tuple[R, ...] | Nothing, change: Callable[[R], R]) -> tuple[R, ...] | Nothing:
    return rows if isinstance(rows, Nothing) else tuple(map(change, rows))


def _service(row: ServiceToStop) -> ServiceToStop:
    return row.replace(stop_at=None)


def _meeting(row: Meeting) -> Meeting:
    return Meeting(topic=row.topic, minutes=row.minutes, place=row.place, chair=row.chair, attendees=row.attendees)


def _issues(old: ReleasePlan, version: str, hotfix: bool) -> Iterator[Issue]:
    for each in () if isinstance(old.issues, Nothing) else old.issues:
        if each.status is IssueStatus.DEFERRED and each.target_version not in (None, version):
            yield each
        elif each.status is IssueStatus.DEFERRED or (hotfix and each.status is IssueStatus.HOTFIX):
            yield each.replace(status=IssueStatus.OPEN, target_version=version)
