"""When each step begins, as far as the plan says: counted from the start of the window, one step after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct

from relplan.model.plan import ReleasePlan
from relplan.process.items import step_items

TIMED = ("deployment", "verification")
"""The parts that take place within the window, in their order."""


class Planned(Struct, frozen=True):
    """When a step begins; `at_least`: a step before it does not say how long it takes, so it may be later."""

    at: dt.datetime
    at_least: bool

    def text(self) -> str:
        """`22:40`, or `≥ 22:40`."""
        return f"{'≥ ' if self.at_least else ''}{self.at:%H:%M}"


def schedule(plan: ReleasePlan) -> Mapping[str, Planned]:
    """The beginning of each step of the deployment and the verification, by its stable id; empty without a start."""
    if not isinstance(plan.window.start, dt.datetime):
        return {}
    at, unsure = plan.at(plan.window.start), False
    found = {}
    for item in step_items(plan):
        if item.part not in TIMED or item.step is None:
            continue
        found[item.ref] = Planned(at, unsure)
        if isinstance(item.step.minutes, int):
            at += dt.timedelta(minutes=item.step.minutes)
        else:
            unsure = True
    return found
