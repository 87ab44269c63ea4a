"""The reverse of what an ALTER TABLE does to indexes and constraints."""

from __future__ import annotations

from relplan.sql.dialects import Dialect
from relplan.sql.names import find, skip_words
from relplan.sql.undo.change import Change, new_name
from relplan.sql.undo.reversal import Answer, Level, asks
from relplan.sql.undo.subject import GOES_WITH_TABLE
from relplan.sql.undo.written import NO_NAME, has_words, name_in, word_at


def _has_symbol(change: Change) -> bool:
    return word_at(change.clause.tokens, 1) == "CONSTRAINT" and change.name != NO_NAME


def _unnamed(change: Change, what: str) -> Answer:
    zh = f"{change.head}DROP {what}：没有命名，发布后查出数据库给它的名称"
    return asks(zh, f"{change.head}DROP {what}: it has no name; after the release look up which one it got")


def added_index(change: Change) -> Answer:
    """DROP INDEX."""
    if change.name == NO_NAME:
        return _unnamed(change, "INDEX")
    return change.runs(Level.EXACT, f"DROP INDEX {change.name.raw}", change.make("index"))


def added_unique(change: Change) -> Answer:
    """ADD UNIQUE turned around: in MySQL an index, else a constraint."""
    if has_words(change.clause.tokens, "USING", "INDEX") and change.subject.dialect is not Dialect.ORACLE:
        return _took_index(change)
    change.learn_key(change.columns())
    if change.subject.dialect is Dialect.MYSQL:
        return _added_mysql_unique(change)
    return added_constraint(change)


def _took_index(change: Change) -> Answer:
    """PostgreSQL renames an index to make a constraint of it, and drops it with the constraint."""
    drop = f"{change.head}DROP CONSTRAINT {change.name.raw}"
    return asks(f"{drop}，再重建它用的索引", f"{drop}, then make the index that it took again")


def _added_mysql_unique(change: Change) -> Answer:
    """MySQL takes the name of the index before that of the constraint."""
    at = find(change.clause.tokens, 1, "UNIQUE")
    index, _ = name_in(
        change.clause.tokens, skip_words(change.clause.tokens, at + 1, "KEY", "INDEX"), change.subject.dialect
    )
    name = index if index != NO_NAME and index.raw.upper() != "USING" else change.name
    return added_index(Change(change.subject, change.clause, change.table, name))


def added_constraint(change: Change) -> Answer:
    """DROP CONSTRAINT."""
    if not _has_symbol(change):
        return _unnamed(change, "CONSTRAINT")
    return change.runs(Level.EXACT, f"DROP CONSTRAINT {change.name.raw}", change.make("constraint"))


def added_primary_key(change: Change) -> Answer:
    """ADD PRIMARY KEY turned around; its columns stay NOT NULL."""
    if has_words(change.clause.tokens, "USING", "INDEX") and change.subject.dialect is Dialect.POSTGRES:
        return _took_index(change)
    change.learn_key(change.columns())
    note = (
        "列仍为 NOT NULL，原来允许空值的要改回",
        "its columns stay NOT NULL; change those back that took NULL before",
    )
    if change.subject.dialect in (Dialect.MYSQL, Dialect.ORACLE):
        of = change.subject.known.make(change.thing("constraint", NO_NAME))
        return change.runs(Level.LIKELY, "DROP PRIMARY KEY", of).noting(*note)
    answer = added_constraint(change)
    return answer if answer.level is Level.ASK else answer.noting(*note, Level.LIKELY)


def added_foreign_key(change: Change) -> Answer:
    """ADD FOREIGN KEY turned around; in MySQL its index stays."""
    if not _has_symbol(change):
        return _unnamed(change, "FOREIGN KEY" if change.subject.dialect is Dialect.MYSQL else "CONSTRAINT")
    if change.subject.dialect is not Dialect.MYSQL:
        return added_constraint(change)
    answer = change.runs(Level.LIKELY, f"DROP FOREIGN KEY {change.name.raw}", change.make("constraint"))
    zh = f"MySQL 为外键自动建的索引会留下；若有：{change.head}DROP INDEX {change.name.raw}"
    return answer.noting(zh, f"an index that MySQL made for it stays; if so: {change.head}DROP INDEX {change.name.raw}")


def dropped_index(change: Change) -> Answer:
    """The index that was there."""
    if change.subject.known.drop(change.thing("index", change.name)):
        return GOES_WITH_TABLE
    return change.was(f"ADD INDEX {change.name.raw}")


def dropped_constraint(change: Change) -> Answer:
    """The constraint that was there."""
    if change.subject.known.drop(change.thing("constraint", change.name)):
        return GOES_WITH_TABLE
    if change.clause.action == "DROP PRIMARY KEY":
        return change.was("ADD PRIMARY KEY")
    return change.was(f"ADD CONSTRAINT {change.name.raw}")


def renamed_index(change: Change) -> Answer:
    """The old name of an index again."""
    return _renamed_part(change, "index", "INDEX")


def renamed_constraint(change: Change) -> Answer:
    """The old name of a constraint again."""
    return _renamed_part(change, "constraint", "CONSTRAINT")


def _renamed_part(change: Change, kind: str, word: str) -> Answer:
    new = new_name(change.clause, change.subject.dialect)
    of = change.subject.known.renamed(change.thing(kind, change.name), change.thing(kind, new))
    return change.runs(Level.EXACT, f"RENAME {word} {new.raw} TO {change.name.raw}", of)
