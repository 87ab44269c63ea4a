"""The reverse of ALTER TABLE, clause by clause."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from relplan.sql.alters import Clause, clauses_of
from relplan.sql.dialects import Dialect
from relplan.sql.names import find, shown, skip_words
from relplan.sql.undo import columns, constraints
from relplan.sql.undo.change import Change, new_name, written_name
from relplan.sql.undo.objects import refill
from relplan.sql.undo.reversal import Answer, Level, asks, runs, together
from relplan.sql.undo.subject import GOES_WITH_TABLE, Subject
from relplan.sql.undo.written import NO_NAME, Name, find_words, has_words, name_in, spelled, word_at


def altered_table(subject: Subject) -> Answer | None:
    """The reverse of an ALTER TABLE: its clauses from the last to the first."""
    at = skip_words(subject.tokens, subject.behind, "IF", "EXISTS", "ONLY")
    table, _ = subject.name(at)
    if table == NO_NAME or not subject.statement.clauses:
        return Answer(Level.UNKNOWN)
    if not table.is_lasting:
        return None
    changes = [Change(subject, each, table, written_name(each, subject.dialect)) for each in _clauses(subject)]
    is_new = bool(subject.known.made(subject.known.table(table)))
    found = [
        answer for each in changes if each.clause.action != "RENAME TABLE" and (answer := _of_clause(each, is_new))
    ]
    _name_columns_anew(changes)
    found += [_renamed_table(each) for each in changes if each.clause.action == "RENAME TABLE"]
    if not found:
        return None
    answer = together(reversed(found))
    if has_words(subject.tokens[subject.behind : at], "IF", "EXISTS"):
        return answer.noting(
            "IF EXISTS：若当时没有执行则跳过", "IF EXISTS: skip it if it did nothing then", Level.LIKELY
        )
    return answer


def _clauses(subject: Subject) -> Sequence[Clause]:
    """The clauses, a new name for the table last; SQL Server may say before them how constraints are checked."""
    clauses = sorted(subject.statement.clauses, key=lambda each: each.action == "RENAME TABLE")
    first = clauses[0].tokens
    if word_at(first, 0) == "WITH" and word_at(first, 1) in ("CHECK", "NOCHECK") and word_at(first, 2) == "ADD":
        return clauses_of(subject.tokens, find(subject.tokens, subject.behind, "WITH") + 2)
    return clauses


def _name_columns_anew(changes: Sequence[Change]) -> None:
    """Note the new names of columns all at once, for two may swap theirs."""
    renamed = [
        (each.table, each.name, new_name(each.clause, each.subject.dialect))
        for each in changes
        if each.clause.kind == "column" and each.clause.new_name
    ]
    if renamed:
        changes[0].subject.known.renamed_columns(renamed[0][0], {old.key: new.key for _, old, new in renamed})


def _of_clause(change: Change, is_new: bool) -> Answer | None:
    """The reverse of one clause; None where it changes nothing that lasts."""
    action = change.clause.action
    if is_new:
        return _of_new_table(change)
    reader = _READERS.get(action, _other)
    answer = reader(change)
    if answer and action.startswith("ADD") and change.is_conditional:
        return answer.withheld(
            "IF NOT EXISTS：仅当它在发布前不存在时才能执行", "IF NOT EXISTS: run it only if it was not there before"
        )
    return answer


def _of_new_table(change: Change) -> Answer:
    """What is done to a table that the script has made; its indexes are remembered, for DROP INDEX may not name the table."""
    if change.clause.kind == "index" and change.clause.action.startswith("ADD") and change.name != NO_NAME:
        change.make("index")
    return GOES_WITH_TABLE


# The table itself


def _renamed_table(change: Change) -> Answer:
    old, new = change.table, new_name(change.clause, change.subject.dialect)
    if new == NO_NAME:
        return Answer(Level.UNKNOWN)
    if change.subject.dialect is Dialect.MYSQL:  # a bare name there is one of the current database
        of = change.subject.known.renamed_table(old, new)
        return runs(Level.EXACT, f"ALTER TABLE {new.raw} RENAME TO {old.raw}", of=of)
    now = Name(old.beside(new.raw), new.last, new.key if len(new.key) > 1 else (*old.key[:-1], *new.key))
    of = change.subject.known.renamed_table(old, now)
    return runs(Level.EXACT, f"ALTER TABLE {now.raw} RENAME TO {old.last}", of=of)


def _added_partition(change: Change) -> Answer:
    note = ("该分区中的数据会丢失", "the rows in the partition are lost")
    if change.name != NO_NAME:
        return change.runs(Level.LOSSY, f"DROP PARTITION {change.name.raw}").noting(*note)
    words = spelled(change.clause.tokens[:12])
    return asks(f"{change.head}DROP PARTITION：{words}", f"{change.head}DROP PARTITION: {words}").noting(*note)


def _partition_rows(change: Change) -> Answer:
    """DROP PARTITION and TRUNCATE PARTITION: the rows, and for the first the partition too."""
    has_source = change.subject.dialect in (Dialect.MYSQL, Dialect.ORACLE) and change.name != NO_NAME
    source = f" PARTITION ({change.name.raw})" if has_source else ""
    rows = refill(change.subject, change.table, source)
    if change.clause.action == "TRUNCATE PARTITION":
        return rows
    return together([change.was(f"ADD PARTITION {change.name.raw}".rstrip()), rows])


_HARMLESS: Final = frozenset(
    ("ALGORITHM", "LOCK", "FORCE", "ANALYZE", "OPTIMIZE", "CHECK", "REPAIR", "REBUILD", "VALIDATE", "SHRINK")
)
"""The clauses that change neither data nor structure."""


def _other(change: Change) -> Answer | None:
    tokens, dialect = change.clause.tokens, change.subject.dialect
    first = word_at(tokens, 0)
    if first in _HARMLESS:
        return None
    if first == "INHERIT":
        return change.runs(Level.EXACT, f"NO INHERIT {spelled(tokens[1:])}")
    if first == "ATTACH" and dialect is Dialect.POSTGRES:
        name, _ = name_in(tokens, 2, dialect)
        return change.runs(Level.EXACT, f"DETACH PARTITION {name.raw}")
    if find_words(tokens, "SET", "SCHEMA") == 0:
        return _moved(change)
    words = shown(tokens, 8)
    return change.was(words).noting(
        f"“{words}”之前的设置不在脚本中", f'what stood before "{words}" is not in the script'
    )


def _moved(change: Change) -> Answer:
    """SET SCHEMA: back to the schema that the table's name said."""
    schema, _ = name_in(change.clause.tokens, 2, change.subject.dialect)
    old = change.table
    if not old.prefix or schema == NO_NAME:
        return asks(f"{old.raw} 原来的模式（SET SCHEMA）", f"the schema that {old.raw} was in (SET SCHEMA)")
    now = Name(f"{schema.raw}.{old.last}", old.last, (*schema.key, old.key[-1]))
    of = change.subject.known.renamed_table(old, now)
    return runs(Level.EXACT, f"ALTER TABLE {now.raw} SET SCHEMA {old.prefix[:-1]}", of=of)


_READERS: Final[Mapping[str, Callable[[Change], Answer | None]]] = MappingProxyType(
    {
        "ADD COLUMN": columns.added_column,
        "DROP COLUMN": columns.dropped_column,
        "SET UNUSED": columns.dropped_column,
        "RENAME COLUMN": columns.renamed_column,
        "CHANGE TYPE": columns.redefined_column,
        "SET DEFAULT": columns.default,
        "DROP DEFAULT": columns.default,
        "SET NOT NULL": columns.null,
        "DROP NOT NULL": columns.null,
        "ADD INDEX": constraints.added_index,
        "ADD UNIQUE": constraints.added_unique,
        "ADD PRIMARY KEY": constraints.added_primary_key,
        "ADD FOREIGN KEY": constraints.added_foreign_key,
        "ADD CHECK": constraints.added_constraint,
        "ADD CONSTRAINT": constraints.added_constraint,
        "DROP INDEX": constraints.dropped_index,
        "DROP CONSTRAINT": constraints.dropped_constraint,
        "DROP FOREIGN KEY": constraints.dropped_constraint,
        "DROP PRIMARY KEY": constraints.dropped_constraint,
        "RENAME INDEX": constraints.renamed_index,
        "RENAME CONSTRAINT": constraints.renamed_constraint,
        "ADD PARTITION": _added_partition,
        "DROP PARTITION": _partition_rows,
        "TRUNCATE PARTITION": _partition_rows,
    }
)
