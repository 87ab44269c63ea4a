"""What the log says of each item now.

A rollback ends an attempt: once a step of the rollback is logged and deployment or verification goes on after it, what was
done of the deployment, the verification and that rollback belongs to the attempt before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct, field

from relplan.process.log import LogEntry, Status

_FORWARD: Final = ("deployment:", "verification:")
_BACK: Final = "rollback:"

MET: Final = frozenset((Status.DONE, Status.PASS, Status.SENT, Status.APPROVED, Status.SKIP, Status.WAIVE))
"""After these nothing more has to be done."""


class State(Struct, frozen=True):
    """What has been logged.

    Attributes:
        latest: the last entry of each item that counts now, by its stable id.
        attempts: the entries of each attempt, in their order; the last one is under way. There is always one.
        entries: all entries.
    """

    latest: Mapping[str, LogEntry] = field(default_factory=dict)
    attempts: tuple[tuple[LogEntry, ...], ...] = ((),)
    entries: tuple[LogEntry, ...] = ()

    def of(self, ref: str) -> LogEntry | None:
        """The entry of an item that counts now."""
        return self.latest.get(ref)

    def status(self, ref: str) -> Status | None:
        """What was logged of an item last; None: nothing."""
        entry = self.latest.get(ref)
        return entry.status if entry else None

    def is_met(self, ref: str) -> bool:
        """Whether nothing more has to be done for an item."""
        return self.status(ref) in MET

    @property
    def is_rolling_back(self) -> bool:
        """Whether the attempt under way has begun to roll back."""
        return any(each.ref.startswith(_BACK) for each in self.attempts[-1])

    @property
    def began(self) -> dt.datetime | None:
        """The moment of the first entry."""
        return self.entries[0].at if self.entries else None


def state_of(entries: Iterable[LogEntry]) -> State:
    """What entries, in the order of their moments, say."""
    entries = tuple(entries)
    attempts: list[list[LogEntry]] = [[]]
    going_back = False
    for each in entries:
        if each.ref.startswith(_BACK):
            going_back = True
        elif going_back and each.ref.startswith(_FORWARD):
            attempts.append([])
            going_back = False
        attempts[-1].append(each)
    latest = {
        each.ref: each
        for number, attempt in enumerate(attempts, 1)
        for each in attempt
        if number == len(attempts) or not each.ref.startswith((*_FORWARD, _BACK))
    }
    return State(latest, tuple(map(tuple, attempts)), entries)
