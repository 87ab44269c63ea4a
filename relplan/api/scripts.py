"""SQL scripts: their statements with their dangers, and how they could be reversed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

from relplan import files, formats
from relplan.api.reading import load
from relplan.errors import (
    Language,
    Message,
    Place,
    ReadError,
    place_of,
    problem,
)
from relplan.model.read import Read
from relplan.readers.options import DEFAULT as DEFAULT_OPTIONS
from relplan.readers.options import ReadOptions

if TYPE_CHECKING:
    from relplan.sql import Danger, Dialect, Script, Statement
    from relplan.sql.undo import Proposal, Reversal


class PlacedScript(NamedTuple):
    """SQL with the place of the file or cell that it stands in."""

    place: Place
    script: Script

    def at(self, spot: Place) -> str:
        """Where a spot of the script is: `a.sql:3:1`, in a cell `发布清单.xlsx › 发布表!G7 › 3:1`."""
        between = " › " if self.place.cell or self.place.line else ":"
        return f"{self.place}{between}{spot.line}:{spot.column}"


def sql_scripts(
    path: str | FilePath, dialect: str = "mysql", *, options: ReadOptions = DEFAULT_OPTIONS
) -> tuple[PlacedScript, ...]:
    """The statements and dangers of a script, `-` being standard input; or of the DDL and DML of a plan's release table.

    Args:
        path: a file; where its ending is that of a plan, spreadsheet or document, it is read as one.
        dialect: `mysql`, `postgres`, `oracle` or `tsql`.
        options: as for `load`.

    Raises:
        ReadError: the file cannot be read, or there is no such dialect.
        PlanError: it holds no valid plan.
    """
    from relplan.sql import read_bytes
    from relplan.sql.dialects import named

    name, chosen = str(path), named(dialect)
    if name == files.STANDARD or not _holds_plan(name):
        shown = "<stdin>" if name == files.STANDARD else name
        return (PlacedScript(Place(shown), read_bytes(files.read(name), chosen, shown)),)
    return tuple(_sql_of_rows(load(path, options=options), chosen))


def _holds_plan(name: str) -> bool:
    try:
        return formats.for_reading(name).name != "txt"
    except ReadError:
        return False


def _sql_of_rows(read: Read, dialect: Dialect) -> Iterator[PlacedScript]:
    from relplan.sql import read as read_sql
    from relplan.sql.cells import CellKind, cell_of

    for index, row in enumerate(read.plan.table.rows):
        for field in ("ddl", "dml"):
            text = getattr(row, field)
            if isinstance(text, str) and cell_of(text, dialect).kind is CellKind.SQL:
                place = place_of(read.places, ("table", "rows", index, field)) or Place()
                yield PlacedScript(place, read_sql(text, dialect, str(place)))


def sql_report(scripts: Sequence[PlacedScript]) -> list[dict[str, Any]]:
    """What was read of scripts, as plain data: `place`, `dialect`, `encoding`, `statements`, `dangers`; each with line and column."""
    return [
        {
            "place": str(place),
            "dialect": str(script.dialect),
            "encoding": script.encoding,
            "statements": [_statement_data(each) for each in script.statements],
            "dangers": [_danger_data(each) for each in script.loose],
        }
        for place, script in scripts
    ]


def _statement_data(statement: Statement) -> dict[str, Any]:
    return {
        "line": statement.place.line,
        "column": statement.place.column,
        "kind": str(statement.kind),
        "verb": statement.verb,
        "objects": [{"kind": each.kind, "name": each.name, "table": each.table} for each in statement.objects],
        "text": statement.text,
        "dangers": [_danger_data(each) for each in statement.dangers],
    }


def _danger_data(danger: Danger) -> dict[str, Any]:
    return {
        "line": danger.place.line,
        "column": danger.place.column,
        "kind": str(danger.kind),
        "subject": danger.subject,
        "message": {"zh": danger.message.zh, "en": danger.message.en},
    }


class PlacedProposal(NamedTuple):
    """What is proposed to reverse a script, with the script."""

    script: PlacedScript
    proposal: Proposal


def undo(scripts: Sequence[PlacedScript], suffix: str = "") -> tuple[PlacedProposal, ...]:
    """What is proposed to reverse scripts that run in this order: the proposal for the last one first. Nothing is run.

    Args:
        scripts: as `sql_scripts` gives them.
        suffix: stands in the names of the copies to be made before the release; up to 16 letters, digits and `_`.

    Raises:
        ReadError: the suffix holds something else.
    """
    from relplan.sql.undo import SUFFIX, propose

    if suffix and not SUFFIX.fullmatch(suffix):
        zh = f"后缀“{suffix}”不能用在表名中；请用 1 到 16 个字母、数字或下划线"
        en = f'the suffix "{suffix}" cannot stand in the name of a table; use 1 to 16 letters, digits or underscores'
        raise ReadError(problem(zh, en))
    found: list[PlacedProposal] = []
    first = 1
    for each in scripts:
        found.append(PlacedProposal(each, propose(each.script, suffix, first)))
        first += len(each.script.statements)
    return tuple(reversed(found))


def undo_text(proposals: Sequence[PlacedProposal], language: Language = "zh") -> str:
    """Proposals as SQL to be reviewed; counts, reasons, gaps and copies are comments, which cannot be run by mistake."""
    from relplan.sql.undo import as_text

    return "\n".join(as_text(proposal, language, str(script.place)) for script, proposal in proposals)


def undo_report(proposals: Sequence[PlacedProposal]) -> list[dict[str, Any]]:
    """The same as plain data: `place`, `dialect`, `counts`, `unchanging`, `backups` and `reversals`, the last statement first."""
    return [
        {
            "place": str(script.place),
            "dialect": str(script.script.dialect),
            "counts": {str(level): count for level, count in proposal.counts.items()},
            "unchanging": proposal.unchanging,
            "backups": [each._asdict() for each in proposal.backups],
            "reversals": [_reversal_data(each) for each in proposal.reversals],
        }
        for script, proposal in proposals
    ]


def _reversal_data(reversal: Reversal) -> dict[str, Any]:
    statement, answer = reversal.statement, reversal.answer
    return {
        "number": reversal.number,
        "line": statement.place.line,
        "column": statement.place.column,
        "verb": statement.verb,
        "level": str(reversal.level),
        "label": _both(reversal.level.label),
        "context": reversal.context,
        "steps": [{"gap": _both(step.gap)} if step.gap else {"sql": step.sql} for step in answer.steps],
        "notes": [_both(note) for note in answer.notes],
    }


def _both(message: Message) -> dict[str, str]:
    return {"zh": message.zh, "en": message.en}
