"""The releases of a roadmap as they stand: what the roadmap says of each, its plan, and what the log says became of it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from msgspec import Struct

from relplan.errors import NO_PLACES, Path, Place
from relplan.model.plan import ReleasePlan
from relplan.model.roadmap import Freeze, Iteration, PlannedRelease, Roadmap
from relplan.model.values import ReleaseKind
from relplan.process.state import State


class Status(Enum):
    """How a release stands: its word for machines, in Chinese and in English."""

    PLANNED = "planned", "计划中", "Planned"
    DETAILED = "detailed", "已有计划", "Plan written"
    UNDER_WAY = "under-way", "进行中", "Under way"
    RELEASED = "released", "已发布", "Released"
    ROLLED_BACK = "rolled-back", "已回退", "Rolled back"
    LATE = "late", "逾期", "Late"

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Status:
        member = object.__new__(cls)
        member._value_ = value
        member.zh, member.en = zh, en
        return member

    def label(self, language: str) -> str:
        """The word for people."""
        return self.zh if language == "zh" else self.en


class Milestone(Struct, frozen=True):
    """A release of a roadmap.

    Attributes:
        planned: what the roadmap says of it, with what only its plan says.
        start, end: of its window, with their zone; of a release without a plan its target day. None: no one has said when.
        status: how it stands.
        released: when it went live, by the log.
        plan: its plan, if there is one.
        file: of the plan.
        path: in the roadmap; `()` where only a folder has it.
    """

    planned: PlannedRelease
    start: dt.datetime | None
    end: dt.datetime | None
    status: Status
    released: dt.datetime | None = None
    plan: ReleasePlan | None = None
    file: str = ""
    path: Path = ()

    @property
    def version(self) -> str:
        """What it is called; the file's name where no version is stated."""
        return self.planned.version or self.file or "?"

    @property
    def is_hotfix(self) -> bool:
        """Whether it is out of turn."""
        return self.planned.kind is ReleaseKind.HOTFIX


class Course(Struct, frozen=True):
    """A roadmap with the plans behind it.

    Attributes:
        roadmap: what its file says.
        milestones: its releases by their days; those without one last.
        places: of the values of the roadmap.
        name: of its file or folder.
    """

    roadmap: Roadmap
    milestones: tuple[Milestone, ...]
    places: Mapping[Path, Place] = NO_PLACES
    name: str = ""

    def iterations(self) -> tuple[Iteration, ...]:
        """The iterations that are named."""
        return rows(self.roadmap.iterations)

    def freezes(self) -> tuple[Freeze, ...]:
        """The days on which nothing is released."""
        return rows(self.roadmap.freezes)

    def span(self, start: object, end: object) -> tuple[dt.datetime, dt.datetime] | None:
        """The moments of a span of days, its last day whole; None where its start is not stated."""
        first = start if isinstance(start, dt.date) else None
        last = end if isinstance(end, dt.date) else first
        if first is None or last is None:
            return None
        until = self.roadmap.at(last)
        return self.roadmap.at(first), until if isinstance(last, dt.datetime) else until + dt.timedelta(days=1)


def rows(value: Any) -> tuple[Any, ...]:
    """The entries of a list; none where it is stated that there are none."""
    return value if isinstance(value, tuple) else ()


def milestone(
    roadmap: Roadmap,
    planned: PlannedRelease,
    plan: ReleasePlan | None,
    state: State | None,
    now: dt.datetime | None,
    file: str = "",
    path: Path = (),
) -> Milestone:
    """A release as it stands at a moment; without one nothing is late."""
    if plan is not None:
        planned = _joined(planned, plan)
    start, end = _window(roadmap, planned, plan)
    released = _released(plan, state)
    status = _status(plan, state, released, end or start, now)
    return Milestone(planned, start, end, status, released, plan, file, path)


def _joined(planned: PlannedRelease, plan: ReleasePlan) -> PlannedRelease:
    """What the roadmap says, and for the rest the plan."""
    own = {"version": plan.version, "kind": plan.kind, "goal": plan.goal, "iterations": plan.iterations}
    return planned.replace(**{name: value for name, value in own.items() if value and not getattr(planned, name)})


def _window(
    roadmap: Roadmap, planned: PlannedRelease, plan: ReleasePlan | None
) -> tuple[dt.datetime | None, dt.datetime | None]:
    if plan is not None and isinstance(plan.window.start, dt.date):
        end = plan.window.end
        return plan.at(plan.window.start), plan.at(end) if isinstance(end, dt.date) else None
    target = planned.target
    return (roadmap.at(target), None) if isinstance(target, dt.date) else (None, None)


def _released(plan: ReleasePlan | None, state: State | None) -> dt.datetime | None:
    """When the last attempt had all its verification passed."""
    if plan is None or state is None or not state.entries or state.is_rolling_back:
        return None
    passed = [each for each in state.attempts[-1] if each.ref.startswith("verification:")]
    count = len(plan.verification) if isinstance(plan.verification, tuple) else 0
    met = {each.ref for each in passed if state.is_met(each.ref)}
    return max(each.at for each in passed) if passed and len(met) >= count else None


def _status(
    plan: ReleasePlan | None,
    state: State | None,
    released: dt.datetime | None,
    due: dt.datetime | None,
    now: dt.datetime | None,
) -> Status:
    if released is not None:
        return Status.RELEASED
    if state is not None and state.is_rolling_back:
        return Status.ROLLED_BACK
    if state is not None and any(each.ref.startswith(("deployment:", "verification:")) for each in state.entries):
        return Status.UNDER_WAY
    if now is not None and due is not None and due + dt.timedelta(days=1) < now:
        return Status.LATE
    return Status.DETAILED if plan is not None else Status.PLANNED


def in_order(found: Sequence[Milestone]) -> tuple[Milestone, ...]:
    """Milestones by their days; those without one last, as they came."""
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    return tuple(sorted(found, key=lambda each: each.start or last))


def gaps(course: Course) -> Iterator[tuple[Milestone, Milestone, dt.timedelta]]:
    """The days between releases that follow one another; hotfixes are out of turn and do not count."""
    dated = [each for each in course.milestones if each.start and not each.is_hotfix]
    for before, after in itertools.pairwise(dated):
        if before.start and after.start:
            yield before, after, after.start - before.start
