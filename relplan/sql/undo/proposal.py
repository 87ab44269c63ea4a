"""From a script to what is proposed to reverse it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from relplan.patterns import regex
from relplan.sql.script import Script
from relplan.sql.statements import Statement
from relplan.sql.tokens import TokenKind
from relplan.sql.undo import alterations, objects, others, rows
from relplan.sql.undo.contexts import Contexts, in_context
from relplan.sql.undo.known import Known
from relplan.sql.undo.reversal import Answer, Level, Proposal, Reversal, Step
from relplan.sql.undo.subject import Subject
from relplan.sql.verbs import Kind

SUFFIX: Final = regex(r"[A-Za-z0-9_]{1,16}")
"""What the names of copies may carry."""


def propose(script: Script, suffix: str = "", first: int = 1) -> Proposal:
    """What is proposed to reverse a script.

    Args:
        script: as read.
        suffix: stands in the names of copies (`t_bak_20260820_3`), for copies of several releases; as `SUFFIX`.
        first: the number of the first statement; it stands in the names of copies too.
    """
    known = Known(script.statements, script.dialect, suffix)
    contexts = Contexts()
    found: list[Reversal] = []
    for number, statement in enumerate(script.statements, first):
        known.context = contexts.behind(statement)
        answer = _answer(Subject(statement, script.dialect, known, number))
        if answer is not None:
            found.append(Reversal(statement, number, known.context, answer))
    undone = _rolled_back(script.statements, first)
    finished = [_finished(each, known, each.number in undone) for each in found]
    return Proposal(tuple(in_context(reversed(finished))), len(script.statements) - len(found))


_READERS: Final[Mapping[str, Callable[[Subject], Answer | None]]] = MappingProxyType(
    {
        "ALTER TABLE": alterations.altered_table,
        "ALTER FOREIGN TABLE": alterations.altered_table,
        "TRUNCATE TABLE": objects.truncated,
        "RENAME TABLE": objects.renamed,
        "COMMENT ON": objects.commented,
        "INSERT": rows.inserted,
        "UPDATE": rows.updated,
        "DELETE": rows.deleted,
        "GRANT": others.granted,
        "CALL": others.called,
        "EXEC": others.called,
    }
)


def _answer(subject: Subject) -> Answer | None:
    statement = subject.statement
    if statement.kind is Kind.CLIENT:
        return others.ordered(subject)
    if any(token.kind is TokenKind.OPEN for token in statement.tokens):
        return Answer(Level.UNKNOWN).noting("引号或注释没有结束", "a quote or comment has no end")
    if reader := _READERS.get(statement.verb):
        return reader(subject)
    first = statement.verb.partition(" ")[0]
    if first == "CREATE" and statement.kind in (Kind.DDL, Kind.DCL, Kind.PROCEDURAL):
        return objects.created(subject)
    if first == "DROP" and statement.kind in (Kind.DDL, Kind.DCL):
        return objects.dropped(subject)
    return _by_kind(subject)


def _by_kind(subject: Subject) -> Answer | None:
    match subject.statement.kind:
        case Kind.DDL:
            return objects.altered(subject)
        case Kind.DML:
            return rows.written_over(subject)
        case Kind.DCL:
            is_account = subject.statement.verb.startswith(("ALTER", "SET", "RENAME"))
            return others.account(subject) if is_account else others.revoked(subject)
        case Kind.QUERY:
            return others.queried(subject)
        case Kind.UTILITY:
            return others.used(subject)
        case Kind.TCL:
            return None
    return Answer(Level.UNKNOWN)


def _rolled_back(statements: Iterable[Statement], first: int) -> set[int]:
    """The numbers of the statements that a ROLLBACK in the script may have undone already."""
    found: set[int] = set()
    waiting: list[int] = []
    for number, statement in enumerate(statements, first):
        if statement.verb == "ROLLBACK":
            found.update(waiting)
        if statement.verb in ("BEGIN", "COMMIT", "ROLLBACK"):
            waiting = []
        else:
            waiting.append(number)
    return found


def _finished(reversal: Reversal, known: Known, is_undone: bool) -> Reversal:
    """Without the steps for what the script has dropped again; those that are one statement joined."""
    answer = reversal.answer
    steps = tuple(step for step in answer.steps if not known.is_gone(step.of))
    if answer.steps and not steps:
        answer = Answer(Level.EXACT).noting("本脚本建立后又删除", "the script drops again what it makes here")
    else:
        answer = replace(answer, steps=tuple(_joined(steps)))
    if is_undone:
        answer = answer.withheld("其后有 ROLLBACK，可能没有生效", "a ROLLBACK follows; it may have had no effect")
    return replace(reversal, answer=answer)


def _joined(steps: Iterable[Step]) -> list[Step]:
    """The steps, where those with the same head are one statement at the place of the first."""
    found: list[Step] = []
    places: dict[str, int] = {}
    for step in steps:
        if step.head and step.head in places:
            at = places[step.head]
            found[at] = found[at]._replace(sql=f"{found[at].sql}, {step.sql.removeprefix(step.head)}")
        else:
            if step.head:
                places[step.head] = len(found)
            found.append(step)
    return found
