"""The SQL of a plan: of the cells of its table, and of its script files where their folder is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from relplan.checks.rows import PlannedRow
from relplan.checks.settings import Allowance, CheckSettings
from relplan.errors import Message, Path, Place, ReadError
from relplan.model.celltext import MomentKind
from relplan.model.entries import Exemption
from relplan.model.plan import ReleasePlan
from relplan.patterns import regex
from relplan.sql import Danger, DangerKind, Dialect, Script, Statement, read_bytes
from relplan.sql.cells import Cell, CellKind, cell_of

COLUMNS: Final[tuple[Literal["ddl", "dml"], ...]] = ("ddl", "dml")
_NO_SQL: Final = (CellKind.BLANK, CellKind.NONE, CellKind.NO)


class PlannedCell(Struct, frozen=True):
    """A cell of the release table that is for SQL: what it holds, and where."""

    row: PlannedRow
    column: Literal["ddl", "dml"]
    cell: Cell

    @property
    def path(self) -> Path:
        """Where it stands in the plan."""
        return self.row.at(self.column)

    @property
    def name(self) -> Message:
        """What messages call it: 第 2 行（订单中心）的 DDL."""
        name, column = self.row.name, self.column.upper()
        return Message(f"{name.zh}的 {column}", f"{column} of {name.en}")


class PlannedScript(Struct, frozen=True):
    """SQL that the release runs.

    Attributes:
        name: what messages call it: 第 2 行（订单中心）的 DDL, 脚本 a.sql.
        path: where the plan states it.
        script: its statements.
        row: the row of the table it is for; None for a script of the plan as a whole.
        column: the column of that row.
        file: the path of its file; blank for the text of a cell.
    """

    name: Message
    path: Path
    script: Script
    row: PlannedRow | None = None
    column: Literal["ddl", "dml", ""] = ""
    file: str = ""

    def place(self, place: Place) -> Place | None:
        """The place of a spot in its file; None where it is a cell, which is the place of all it holds."""
        return place if self.file else None


class PlannedStatement(Struct, frozen=True):
    """A statement of a script; `index` is counted from 0."""

    script: PlannedScript
    index: int
    statement: Statement

    @property
    def path(self) -> Path:
        """The place of its script in the plan, and which statement it is."""
        return (*self.script.path, self.index)

    @property
    def place(self) -> Place | None:
        """Where it begins, in a file."""
        return self.script.place(self.statement.place)

    @property
    def name(self) -> Message:
        """What messages call it: 第 2 行（订单中心）的 DDL 第 1 句."""
        name, number = self.script.name, self.index + 1
        return Message(f"{name.zh} 第 {number} 句", f"statement {number} of the {name.en}")


class PlannedDanger(Struct, frozen=True):
    """A danger of a script, with its statement if it has one."""

    script: PlannedScript
    statement: PlannedStatement | None
    danger: Danger

    @property
    def path(self) -> Path:
        """Where it stands in the plan."""
        return self.statement.path if self.statement else self.script.path

    @property
    def place(self) -> Place | None:
        """Where it stands in a file."""
        return self.script.place(self.danger.place)

    @property
    def name(self) -> Message:
        """What messages call the statement, or the script."""
        return self.statement.name if self.statement else self.script.name


def cells_of(rows: Iterable[PlannedRow], dialect: Dialect) -> Iterator[PlannedCell]:
    """The cells for SQL that say something other than "none"."""
    for row in rows:
        for column in COLUMNS:
            text = getattr(row.item, column)
            if isinstance(text, str) and (cell := cell_of(text, dialect)).kind not in _NO_SQL:
                yield PlannedCell(row, column, cell)


def scripts_of(plan: ReleasePlan, cells: Iterable[PlannedCell], settings: CheckSettings) -> Iterator[PlannedScript]:
    """All SQL that can be read: of cells, of the files that cells name, and of the plan's own list of scripts."""
    for each in cells:
        if each.cell.script:
            yield PlannedScript(each.name, each.path, each.cell.script, each.row, each.column)
        for name in each.cell.files:
            if found := _from_file(settings, name, each.path):
                yield replace(found, row=each.row, column=each.column)
    for index, entry in enumerate(plan.scripts if isinstance(plan.scripts, tuple) else ()):
        name = (entry.file or entry.name or "").strip()
        if name and (found := _from_file(settings, name, ("scripts", index))):
            yield found


def _from_file(settings: CheckSettings, name: str, path: Path) -> PlannedScript | None:
    """The script of a file in the folder; None where there is no folder, no such file, or the file is no text (SQL107)."""
    folder = settings.files
    found = folder.find(name) if folder else None
    if folder is None or found is None:
        return None
    try:
        script = read_bytes(folder.read(found), settings.dialect, found)
    except ReadError:
        return None
    return PlannedScript(Message(f"脚本 {found}", f"script {found}"), path, script, file=found)


def statements_of(scripts: Iterable[PlannedScript]) -> Iterator[PlannedStatement]:
    """All statements of scripts."""
    for script in scripts:
        for index, statement in enumerate(script.script.statements):
            yield PlannedStatement(script, index, statement)


def dangers_of(scripts: Iterable[PlannedScript], statements: Iterable[PlannedStatement]) -> Iterator[PlannedDanger]:
    """All dangers of scripts and of their statements."""
    for script in scripts:
        for danger in script.script.loose:
            yield PlannedDanger(script, None, danger)
    for statement in statements:
        for danger in statement.statement.dangers:
            yield PlannedDanger(statement.script, statement, danger)


_ALLOW: Final = regex(
    r"(?:--|#|/\*)[ \t]*relplan:[ \t]*allow[ \t]+(?P<rule>[\w-]+)(?:[ \t]+until[ \t]+(?P<until>[\d-]+))?"
    r"(?:[ \t]*[:：][ \t]*(?P<reason>[^\n]*?))?[ \t]*(?:\*/|$)",
    re.IGNORECASE | re.MULTILINE,
)


def allowances_in(scripts: Iterable[PlannedScript], place: Callable[[Path], Place | None]) -> Iterator[Allowance]:
    """The exemptions in comments of scripts; each holds for the statement that it stands before or in.

    `place` tells where a value of the plan stands.
    """
    for script in scripts:
        for match in _ALLOW.finditer(script.script.text):
            until = MomentKind().accept(match["until"])
            exemption = Exemption(rule=match["rule"], reason=match["reason"] or None, until=until)
            spot = _in_file(script, match.start()) if script.file else place(script.path)
            yield Allowance(exemption, spot, _statement_at(script, match.end()))


def _in_file(script: PlannedScript, start: int) -> Place:
    text = script.script.text
    return Place(script.file, line=text.count("\n", 0, start) + 1, column=start - text.rfind("\n", 0, start))


def _statement_at(script: PlannedScript, end: int) -> Path:
    """The path of the statement that ends behind a spot; of the script where none does."""
    for index, statement in enumerate(script.script.statements):
        if statement.start + len(statement.text) > end:
            return (*script.path, index)
    return script.path


DESTRUCTIVE: Final = frozenset(
    (
        DangerKind.DROP_TABLE,
        DangerKind.DROP_DATABASE,
        DangerKind.DROP_PARTITION,
        DangerKind.TRUNCATE,
        DangerKind.DROP_COLUMN,
        DangerKind.NO_WHERE,
    )
)
"""What takes data away."""
RISKY: Final = DESTRUCTIVE | {DangerKind.CHANGE_TYPE, DangerKind.RENAME, DangerKind.ADD_NOT_NULL}
"""What may take data away, or break the version that is running."""
