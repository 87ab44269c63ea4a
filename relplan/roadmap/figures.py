"""The pace of a roadmap in figures."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from relplan.roadmap.milestones import Course, gaps


class Figures(Struct, frozen=True):
    """The pace in figures.

    Attributes:
        releases: how many there are, hotfixes among them.
        hotfixes: how many of them are out of turn.
        slipped: how many have moved from their first target.
        mean, longest: days between two releases; None where there are not two with a day.
        slip: days that targets have moved, on average, of those that did.
    """

    releases: int
    hotfixes: int
    slipped: int
    mean: float | None
    longest: float | None
    slip: float | None

    @property
    def share(self) -> float:
        """The share of hotfixes."""
        return self.hotfixes / self.releases if self.releases else 0.0


def figures(course: Course) -> Figures:
    """The pace of a roadmap."""
    days = [gap.total_seconds() / 86_400 for _, _, gap in gaps(course)]
    moved = []
    for each in course.milestones:
        first, now = each.planned.slipped_from, each.start
        if isinstance(first, dt.date) and now is not None:
            moved.append((now.date() - (first.date() if isinstance(first, dt.datetime) else first)).days)
    return Figures(
        len(course.milestones),
        sum(each.is_hotfix for each in course.milestones),
        sum(1 for each in moved if each > 0),
        sum(days) / len(days) if days else None,
        max(days, default=None),
        sum(moved) / len(moved) if moved else None,
    )
