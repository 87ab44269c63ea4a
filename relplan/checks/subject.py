"""What a rule looks at: the plan with its places, its rows, steps and statements, each made once."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping

from relplan.checks.configtext import PlannedConfiguration, configurations_of
from relplan.checks.rows import PlannedRow
from relplan.checks.scripts import (
    PlannedCell,
    PlannedDanger,
    PlannedScript,
    PlannedStatement,
    allowances_in,
    cells_of,
    dangers_of,
    scripts_of,
    statements_of,
)
from relplan.checks.settings import DEFAULT, Allowance, CheckSettings
from relplan.checks.steps import PlannedStep, steps_of
from relplan.checks.texts import Stated, texts
from relplan.errors import Path, Place, place_of
from relplan.model.entries import Participant
from relplan.model.read import Read
from relplan.model.values import Action
from relplan.roadmap.milestones import Course
from relplan.sequence.names import name_key
from relplan.sequence.order import ReleaseOrder, release_order


class Subject:
    """A plan under check.

    Attributes:
        read: the plan and where each of its values stood.
        plan: the plan.
        settings: how to check.
        name: of the file, where no value has a place.
        course: the roadmap, where one is under check instead of a plan.
        ran: the codes of the rules that ran; known when the rules about exemptions are asked.
        used: the exemptions that cover a finding; known by then too.
    """

    def __init__(
        self, read: Read, settings: CheckSettings = DEFAULT, name: str = "", course: Course | None = None
    ) -> None:
        self.course = course
        self.read, self.plan, self.settings, self.name = read, read.plan, settings, name
        self.ran: frozenset[str] = frozenset()
        self.used: set[Allowance] = set()

    @functools.cached_property
    def rows(self) -> tuple[PlannedRow, ...]:
        """The rows of the release table."""
        return tuple(PlannedRow(index, item) for index, item in enumerate(self.plan.table.rows))

    @functools.cached_property
    def steps(self) -> tuple[PlannedStep, ...]:
        """All steps, of the preparation first and of the rollback last."""
        return tuple(steps_of(self.plan))

    @functools.cached_property
    def participants(self) -> tuple[Participant, ...]:
        """Who takes part; no one where the plan says "none"."""
        named = self.plan.participants
        return named if isinstance(named, tuple) else ()

    @functools.cached_property
    def texts(self) -> tuple[Stated, ...]:
        """Every text of the plan, without those of exemptions."""
        return tuple(each for each in texts(self.plan) if each.path[0] != "exemptions")

    @functools.cached_property
    def start(self) -> dt.datetime | None:
        """When the release begins, with its zone; None where that is not said or cannot be read."""
        return self.moment(self.plan.window.start)

    @functools.cached_property
    def end(self) -> dt.datetime | None:
        """When the window ends, with its zone; None where that is not said or cannot be read."""
        return self.moment(self.plan.window.end)

    @functools.cached_property
    def deadline(self) -> dt.datetime | None:
        """The rollback deadline, with its zone; None where that is not said or cannot be read."""
        return self.moment(self.plan.rollback.deadline)

    def moment(self, value: object) -> dt.datetime | None:
        """A moment of the plan with its zone; None for anything else."""
        return self.plan.at(value) if isinstance(value, dt.date) else None

    @functools.cached_property
    def configurations(self) -> tuple[PlannedConfiguration, ...]:
        """What the rows of the release table change in configuration."""
        return tuple(configurations_of(self.rows))

    @functools.cached_property
    def sql_cells(self) -> tuple[PlannedCell, ...]:
        """The cells for SQL that say something other than "none"."""
        return tuple(cells_of(self.rows, self.settings.dialect))

    @functools.cached_property
    def scripts(self) -> tuple[PlannedScript, ...]:
        """The SQL of the plan: of its cells, and of its script files where they are given."""
        return tuple(scripts_of(self.plan, self.sql_cells, self.settings))

    @functools.cached_property
    def statements(self) -> tuple[PlannedStatement, ...]:
        """All statements of all scripts."""
        return tuple(statements_of(self.scripts))

    @functools.cached_property
    def dangers(self) -> tuple[PlannedDanger, ...]:
        """All dangers of all scripts."""
        return tuple(dangers_of(self.scripts, self.statements))

    @functools.cached_property
    def allowances(self) -> tuple[Allowance, ...]:
        """The exemptions of the plan, of its scripts and of the settings."""
        stated = self.plan.exemptions
        own = (
            Allowance(exemption, self.place(("exemptions", index)))
            for index, exemption in enumerate(stated if isinstance(stated, tuple) else ())
        )
        return (*own, *allowances_in(self.scripts, self.place), *self.settings.allowances)

    @functools.cached_property
    def order(self) -> ReleaseOrder:
        """The order of the rows that their dependencies ask for."""
        return release_order(self.plan.table)

    def of(self, *parts: str) -> Iterator[PlannedStep]:
        """The steps of some parts."""
        return (each for each in self.steps if each.part in parts)

    def doing(self, *actions: Action, part: str = "deployment") -> tuple[PlannedStep, ...]:
        """The steps of a part that do one of these."""
        return tuple(each for each in self.of(part) if each.does(*actions))

    @functools.cached_property
    def by_system(self) -> Mapping[str, tuple[PlannedRow, ...]]:
        """The rows of each system, by the `name_key` of its name."""
        found: dict[str, list[PlannedRow]] = {}
        for row in self.rows:
            if row.item.system:
                found.setdefault(name_key(row.item.system), []).append(row)
        return {system: tuple(rows) for system, rows in found.items()}

    def listed(self, path: Path) -> Path:
        """The path of a list, or of its first entry where the file has a place for that alone."""
        return path if path in self.read.places else (*path, 0)

    def place(self, path: Path) -> Place | None:
        """Where a value stood in the file, or the nearest thing around it."""
        return place_of(self.read.places, path)
