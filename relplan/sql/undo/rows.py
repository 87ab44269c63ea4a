"""The reverse of statements about rows: INSERT where its rows can be told again, UPDATE, DELETE and their like from a copy."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from relplan.sql.dialects import Dialect
from relplan.sql.names import behind, find, parts, skip_words
from relplan.sql.tokens import Token, TokenKind
from relplan.sql.undo.objects import tables_in
from relplan.sql.undo.reversal import Answer, Level, asks, runs, together
from relplan.sql.undo.subject import GOES_WITH_TABLE, Subject
from relplan.sql.undo.written import NO_NAME, Name, lexed, name_in, spelled, word_at

AT_ONCE: Final = 200
"""Rows that one DELETE names; Oracle takes 1,000 values in a list."""

_LONGEST: Final = 200
"""Characters of a value that rows are found by; longer ones may stand in columns that cannot be compared."""

_TYPED: Final = frozenset(("N", "DATE", "TIMESTAMP", "TIME"))


class Rows(Struct, frozen=True):
    """The rows that an INSERT writes out: the columns as written and as compared, and the values, None for those that are computed."""

    columns: tuple[Name, ...]
    values: tuple[tuple[str | None, ...], ...]

    def literal(self, columns: Sequence[str], dialect: Dialect) -> list[int]:
        """Where these columns are, if each row has a value of its own for all of them; else nothing."""
        keys = [name.key[-1] for name in self.columns]
        if not columns or not all(column in keys for column in columns):
            return []
        at = [keys.index(column) for column in columns]
        stated = all(_identifies(row[index], dialect) for row in self.values for index in at)
        return at if stated else []


def _identifies(value: str | None, dialect: Dialect) -> bool:
    """Whether a value can find its row again; for 0 MySQL may make a number of its own."""
    return value not in (None, "NULL") and not (dialect is Dialect.MYSQL and value in ("0", "'0'", "''"))


def inserted(subject: Subject) -> Answer | None:
    """The reverse of an INSERT: the rows deleted by their key, else by all that they say."""
    table, end = subject.name(subject.behind)
    if not table.is_lasting:
        return None
    if table == NO_NAME:
        return Answer(Level.UNKNOWN)
    if subject.known.made(subject.known.table(table)):
        return GOES_WITH_TABLE
    if {"ALL", "FIRST"} & {token.word for token in subject.tokens[: subject.behind]}:
        return together(_unknown_rows(subject, each) for each in _several(subject))
    rows = None if _may_write_over(subject) else _rows(subject, end)
    if rows is None or not rows.columns:
        return _unknown_rows(subject, table)
    for columns, zh, en in _keys(subject, table, rows):
        if at := rows.literal(columns, subject.dialect):
            answer = runs(Level.EXACT, *_by_key(table, rows, at))
            return answer.noting(zh, en) if zh else answer
    return _by_values(subject, table, rows)


def _several(subject: Subject) -> list[Name]:
    """The tables that Oracle's INSERT ALL writes to, the last first."""
    places = [index for index, token in enumerate(subject.tokens) if token.word == "INTO"]
    return [*dict.fromkeys(subject.name(at + 1)[0] for at in reversed(places))]


def _keys(subject: Subject, table: Name, rows: Rows) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """The columns that may be a key, with what has to be said of them."""
    for columns in subject.known.keys(table):
        yield columns, "", ""
    for name in rows.columns:
        if name.key[-1].lower() == "id":
            yield name.key[-1:], f"视 {name.raw} 为主键", f"{name.raw} is taken to be the primary key"


def _may_write_over(subject: Subject) -> bool:
    """Whether it is an upsert, leaves rows out, or writes to several tables."""
    words = {token.word for token in subject.tokens[: subject.behind]}
    return bool(words & {"WITH", "IGNORE", "OVERWRITE", "OR", "REPLACE"})


def _unknown_rows(subject: Subject, table: Name) -> Answer:
    zh = f"删除新写入 {table.raw} 的行：脚本没有写明它们的键，可与备份对比"
    en = f"delete the rows that are new in {table.raw}: the script does not say their keys; compare with the copy"
    return asks(zh, en, *subject.backup(table))


def _by_key(table: Name, rows: Rows, at: list[int]) -> Iterator[str]:
    names = [rows.columns[index].raw for index in at]
    for part in _batches(_distinct(rows, at)):
        if len(at) == 1:
            values = [row[0] for row in part]
            condition = f"= {values[0]}" if len(values) == 1 else f"IN ({', '.join(values)})"
            yield f"DELETE FROM {table.raw} WHERE {names[0]} {condition}"
        else:
            yield f"DELETE FROM {table.raw} WHERE {_any_of(names, part)}"


def _distinct(rows: Rows, at: list[int]) -> list[tuple[str, ...]]:
    return [*dict.fromkeys(tuple(row[index] or "NULL" for index in at) for row in rows.values)]


def _batches(rows: list[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _any_of(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    each = [" AND ".join(_equals(name, value) for name, value in zip(names, row, strict=True)) for row in rows]
    return each[0] if len(each) == 1 else " OR ".join(f"({one})" for one in each)


def _equals(name: str, value: str) -> str:
    return f"{name} IS NULL" if value == "NULL" else f"{name} = {value}"


def _by_values(subject: Subject, table: Name, rows: Rows) -> Answer:
    """Rows found by all that they say; columns that some row computes are left out."""
    at = [
        index
        for index, name in enumerate(rows.columns)
        if all(_is_comparable(row[index]) for row in rows.values)
        and (name.key[-1].lower() != "id" or rows.literal(name.key[-1:], subject.dialect))
    ]
    if not any(row[index] != "NULL" for row in rows.values for index in at):
        return _unknown_rows(subject, table)
    names = [rows.columns[index].raw for index in at]
    sql = [f"DELETE FROM {table.raw} WHERE {_any_of(names, part)}" for part in _batches(_distinct(rows, at))]
    backups = subject.backup(table)
    return Answer(Level.LIKELY, runs(Level.LIKELY, *sql).steps, (), backups).noting(
        "键不在脚本中：发布前就有的、内容相同的行也会被删除",
        "its key is not in the script: equal rows that were there before are deleted too",
    )


def _is_comparable(value: str | None) -> bool:
    return value is not None and len(value) <= _LONGEST and value[1:2] not in ("{", "[")


# What stands in an INSERT


def _rows(subject: Subject, at: int) -> Rows | None:
    """The rows of an INSERT with the table's name before an index; None where they do not stand there."""
    tokens = subject.tokens
    if word_at(tokens, at) == "SET":
        return _assigned(subject, at)
    if word_at(tokens, at) != "(":
        return None
    columns = [name_in(part, 0, subject.dialect)[0] for part in parts(tokens[at + 1 : behind(tokens, at) - 1])]
    start = behind(tokens, at)
    if word_at(tokens, start) not in ("VALUES", "VALUE") or NO_NAME in columns:
        return None
    values = _values(tokens[start + 1 :], subject.dialect)
    if values is None or any(len(row) != len(columns) for row in values):
        return None
    return Rows(tuple(columns), tuple(values))


def _values(tokens: Sequence[Token], dialect: Dialect) -> list[tuple[str | None, ...]] | None:
    """The rows of a VALUES list; None where more follows that changes what is written."""
    found: list[tuple[str | None, ...]] = []
    at = 0
    while at < len(tokens):
        if tokens[at].kind is TokenKind.ROW:
            inner: Sequence[Token] = lexed(tokens[at].text[1:-1], dialect)
            end = at + 1
        elif tokens[at].word == "(":
            end = behind(tokens, at)
            inner = tokens[at + 1 : end - 1]
        else:
            return None
        found.append(tuple(_literal(part) for part in parts(inner)))
        if word_at(tokens, end) != ",":
            return found if word_at(tokens, end) in ("", "RETURNING") else None
        at = end + 1
    return found or None


def _assigned(subject: Subject, at: int) -> Rows | None:
    """MySQL's INSERT … SET."""
    columns, values = [], []
    for part in parts(subject.tokens[at + 1 :]):
        name, end = name_in(part, 0, subject.dialect)
        if name == NO_NAME or word_at(part, end) != "=" or find(part, end, "ON", "AS") >= 0:
            return None
        columns.append(name)
        values.append(_literal(part[end + 1 :]))
    return Rows(tuple(columns), (tuple(values),))


def _literal(tokens: Sequence[Token]) -> str | None:
    """A value as written; None where it is computed."""
    if len(tokens) == 2 and (tokens[0].word in _TYPED or tokens[0].word in ("-", "+")):
        is_number = tokens[0].word in ("-", "+")
        wanted = TokenKind.NUMBER if is_number else TokenKind.STRING
        return tokens[0].text + ("" if is_number or tokens[0].word == "N" else " ") + tokens[1].text if tokens[1].kind is wanted else None  # fmt: skip
    if len(tokens) != 1:
        return None
    token = tokens[0]
    if token.word in ("NULL", "TRUE", "FALSE"):
        return token.word
    return token.text if token.kind in (TokenKind.STRING, TokenKind.NUMBER) else None


# UPDATE, DELETE and the like


def updated(subject: Subject) -> Answer | None:
    """The reverse of an UPDATE: the values before it, from a copy."""
    tables = [name for name in tables_in(subject) if name.is_lasting]
    old = [name for name in tables if not subject.known.made(subject.known.table(name))]
    if not tables:
        return None if subject.statement.objects else Answer(Level.UNKNOWN)
    if not old:
        return GOES_WITH_TABLE
    if len(tables) == 1 and _sets_new_columns(subject, tables[0]):
        return Answer(Level.LIKELY).noting(
            "只写入本脚本新增的列，随列一并撤销；触发器和自动更新的列不会恢复",
            "writes only columns that the script adds, and goes with them; what triggers and columns that update themselves did stays",
        )
    return together(_restored(subject, name) for name in old)


def _restored(subject: Subject, table: Name) -> Answer:
    backups = subject.backup(table, _condition(subject, table))
    zh = f"按主键把 {table.raw} 中被改动的值恢复为备份 {backups[0].name} 中的值"
    en = f"by primary key give {table.raw} back the values that the copy {backups[0].name} has"
    return asks(zh, en, *backups)


def _sets_new_columns(subject: Subject, table: Name) -> bool:
    start = find(subject.tokens, subject.behind, "SET")
    end = find(subject.tokens, start, "WHERE", "FROM", "ORDER", "LIMIT", "RETURNING", "OUTPUT")
    if start < 0:
        return False
    for part in parts(subject.tokens[start + 1 : end if end > 0 else None]):
        name, behind_it = name_in(part, 0, subject.dialect)
        if name == NO_NAME or word_at(part, behind_it) != "=":
            return False
        if not subject.known.made(subject.known.within(table, "column", name.key[-1:])):
            return False
    return True


_NOT_ALONE: Final = frozenset(("SELECT", "LIMIT", "ORDER", "RETURNING", "FROM", "OPTION", "OUTPUT", "CURRENT"))
"""Words of a statement whose WHERE does not tell its rows alone."""


def _condition(subject: Subject, table: Name) -> str:
    """The WHERE of a statement about one table alone, to copy no more rows than it changes; blank where that is not sure."""
    tokens = subject.tokens
    name, after = subject.name(skip_words(tokens, subject.behind, "FROM", "ONLY"))
    where = find(tokens, 0, "WHERE")
    is_plain = name == table and word_at(tokens, after) in ("SET", "WHERE") and tokens[0].word in ("UPDATE", "DELETE")
    if where < 0 or not is_plain or _NOT_ALONE & {token.word for token in tokens[after:]}:
        return ""
    text = spelled(tokens[where:])
    return f" {text}" if text else ""


def deleted(subject: Subject) -> Answer | None:
    """The reverse of a DELETE: the rows, from a copy."""
    tables = [name for name in tables_in(subject) if name.is_lasting]
    old = [name for name in tables if not subject.known.made(subject.known.table(name))]
    if not tables:
        return None if subject.statement.objects else Answer(Level.UNKNOWN)
    if not old:
        return GOES_WITH_TABLE
    if len(tables) > 1:
        return together(_restored(subject, name) for name in old)
    [backup] = subject.backup(old[0], _condition(subject, old[0]))
    sql = f"INSERT INTO {old[0].raw} SELECT * FROM {backup.name}"
    loses_all = find(subject.tokens, 0, "WHERE", "LIMIT", "USING", "TOP", "ORDER") < 0
    if backup.sql.endswith(f"FROM {backup.table}") and not loses_all:
        zh = f"从备份 {backup.name} 恢复 {old[0].raw} 中被删除的行"
        return asks(zh, f"from the copy {backup.name} bring back the rows that {old[0].raw} has lost", backup)
    return asks(f"恢复 {old[0].raw} 中被删除的行：{sql}", f"the rows that {old[0].raw} has lost: {sql}", backup)


def written_over(subject: Subject) -> Answer | None:
    """The reverse of REPLACE, MERGE, LOAD DATA, COPY and their like: the table as it was, from a copy."""
    tables = [name for name in itertools.islice(tables_in(subject), 1) if name.is_lasting]
    if not tables:
        return None if subject.statement.objects else Answer(Level.UNKNOWN)
    if subject.known.made(subject.known.table(tables[0])):
        return GOES_WITH_TABLE
    return _restored_rows(subject, tables[0])


def _restored_rows(subject: Subject, table: Name) -> Answer:
    backups = subject.backup(table)
    zh = f"对照备份 {backups[0].name} 恢复 {table.raw}：改动的行、新写入的行"
    en = f"from the copy {backups[0].name} restore {table.raw}: the rows that were changed, and those that are new"
    return asks(zh, en, *backups)
