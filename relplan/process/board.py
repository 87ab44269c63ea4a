"""The board of a release: every item with what was logged of it, and the time that is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from relplan.errors import Language
from relplan.model.plan import ReleasePlan
from relplan.process.decision import deadline_of
from relplan.process.items import NUMERALS, Item
from relplan.process.log import LogEntry, release_name
from relplan.process.state import MET, State


class Line(Struct, frozen=True):
    """An item on the board, and the entry that counts now."""

    item: Item
    entry: LogEntry | None

    @property
    def is_open(self) -> bool:
        """Whether something has still to be done."""
        return self.entry is None or self.entry.status not in MET


class Board(Struct, frozen=True):
    """The lines of the board.

    Attributes:
        release: product and version.
        lines: in the order of the plan document, then gates and notices; those of a rollback only once it has begun.
        gone: entries about what the plan has no more: a step that was changed or taken out.
        attempt: how many times the release was begun.
        deadline: of the rollback decision.
        minutes_left: to the deadline; None without one.
    """

    release: str
    lines: tuple[Line, ...]
    gone: tuple[LogEntry, ...]
    attempt: int
    deadline: dt.datetime | None
    minutes_left: int | None

    def of(self, part: str) -> tuple[Line, ...]:
        """The lines of a part of the plan, of `gate` or of `notice`."""
        return tuple(each for each in self.lines if each.item.part == part)

    def data(self, language: Language) -> Mapping[str, Any]:
        """The board as plain data."""
        return {
            "release": self.release,
            "attempt": self.attempt,
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "minutes_left": self.minutes_left,
            "items": [_data(each, language) for each in self.lines],
            "gone": [_entry_data(each) for each in self.gone],
        }


PARTS = (*NUMERALS, "gate", "notice")


def board_of(plan: ReleasePlan, items: tuple[Item, ...], state: State, now: dt.datetime) -> Board:
    """The board of a release at a moment; checks that only the plan itself can meet are not on it, `gate` tells of them."""
    deadline = deadline_of(plan)
    shown = [each for each in items if len(each.statuses) > 1 or state.of(each.ref)]
    if not state.is_rolling_back:
        shown = [each for each in shown if each.part != "rollback"]
    refs = {each.ref for each in items}
    return Board(
        release_name(plan.product, plan.version),
        tuple(Line(each, state.of(each.ref)) for each in shown),
        tuple(each for each in state.latest.values() if each.ref not in refs),
        len(state.attempts),
        deadline,
        int((deadline - now).total_seconds() // 60) if deadline else None,
    )


def _data(line: Line, language: Language) -> dict[str, Any]:
    item = line.item
    said = _entry_data(line.entry) if line.entry else {}
    return {
        "ref": item.shown,
        "part": item.part,
        "text": item.text.text(language),
        "owner": item.owners.text(language),
        "open": line.is_open,
        **said,
        "id": item.ref,
    }


def _entry_data(entry: LogEntry) -> dict[str, str]:
    said = {"status": str(entry.status), "at": entry.at.isoformat(), "by": entry.by, "value": entry.value}
    said |= {"evidence": entry.evidence, "note": entry.note, "text": entry.text, "id": entry.ref}
    return {name: value for name, value in said.items() if value}
