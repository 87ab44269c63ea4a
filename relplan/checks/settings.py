"""What a check is told beside the plan: the stage, what a team has agreed on, and what lies outside the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from msgspec import Struct, field

from relplan.errors import Path, Place
from relplan.findings import Severity, Stage
from relplan.model.entries import Exemption
from relplan.sql.dialects import Dialect


class Folder(Protocol):
    """The folder with the scripts and packages of a release."""

    def candidates(self, name: str) -> Sequence[str]:
        """The files that a name may mean, by their paths relative to the folder."""

    def find(self, name: str) -> str | None:
        """The path of a file by the name a plan gives it, relative to the folder; None where there is none."""

    def read(self, path: str) -> bytes:
        """The content of a file that `find` found."""

    def digest(self, path: str, algorithm: str) -> str:
        """The digest of a file that `find` found, in lower-case hexadecimal; `algorithm` as `hashlib` names it."""


class Allowance(Struct, frozen=True):
    """An exemption where it stands: in the plan, in the settings, or in a comment of a script.

    Attributes:
        exemption: what is allowed, why and until when.
        place: where it is written.
        path: of what it covers; `()` is the whole plan.
    """

    exemption: Exemption
    place: Place | None = None
    path: Path = ()


class Freeze(Struct, frozen=True):
    """A span of days in which nothing is released."""

    name: str
    start: dt.date
    end: dt.date


SAMPLE_NAMES: Final = ("张三", "李四", "王五", "赵六", "john doe", "jane doe", "某某", "某某某")
"""People of examples, lower case."""


class CheckSettings(Struct, frozen=True):
    """How to check.

    Attributes:
        stage: for which stage of the release.
        dialect: of the SQL.
        select: codes, slugs or groups of the rules to run; empty: those that run unless asked for.
        ignore: codes, slugs or groups not to run.
        extend: rules that run only when asked for, to run beside the others.
        allowances: the exemptions that the team's settings make.
        severities: of rules, by code, where the team weighs them otherwise.
        names: people who are called like those of examples.
        external: systems outside the release that rows may depend on.
        freezes: when nothing is released.
        big_tables: tables on which a change takes long, lower case.
        now: the time of the check; None: no rule asks for it.
        files: the folder of scripts and packages; None: it is not looked at.
        branches: of the repository; None: it is not asked.
    """

    stage: Stage = Stage.DRAFT
    dialect: Dialect = Dialect.MYSQL
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    external: frozenset[str] = frozenset()
    freezes: tuple[Freeze, ...] = ()
    big_tables: frozenset[str] = frozenset()
    now: dt.datetime | None = None
    files: Folder | None = None
    branches: frozenset[str] | None = None


DEFAULT: Final = CheckSettings()
"""A check as it runs where nothing is told."""
