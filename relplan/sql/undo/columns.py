"""The reverse of what an ALTER TABLE does to columns."""

from __future__ import annotations

from collections.abc import Sequence

from relplan.sql.dialects import Dialect
from relplan.sql.names import outside
from relplan.sql.tokens import Token
from relplan.sql.undo.change import Change, new_name
from relplan.sql.undo.reversal import Answer, Level, asks, runs
from relplan.sql.undo.subject import GOES_WITH_TABLE
from relplan.sql.undo.written import name_in


def added_column(change: Change) -> Answer:
    """ADD COLUMN turned around; SQL Server drops no column with constraints."""
    definition = change.clause.definition
    _learn_inline_key(change)
    note = ("发布后写入该列的数据会丢失", "what was written to the column since is lost")
    drop = f"DROP COLUMN {change.name.raw}"
    if change.subject.dialect is Dialect.TSQL:
        names, unnamed = _inline_constraints(definition, change.subject.dialect)
        if unnamed:
            zh = f"先 DROP CONSTRAINT {change.name.raw} 列上由数据库命名的约束，再：{change.head}{drop}"
            en = f"first DROP CONSTRAINT what the database has named itself on {change.name.raw}, then: {change.head}{drop}"
            return asks(zh, en).noting(*note)
        of = change.make("column")
        return runs(Level.LOSSY, *(f"{change.head}DROP CONSTRAINT {name}" for name in names), change.head + drop, of=of).noting(*note)  # fmt: skip
    answer = change.runs(Level.LOSSY, drop, change.make("column")).noting(*note)
    if change.subject.dialect is Dialect.MYSQL and _says(definition, "REFERENCES"):
        return answer.noting(
            "若该列带出了外键，先 DROP FOREIGN KEY", "if it made a foreign key, DROP FOREIGN KEY first", Level.LIKELY
        )
    return answer


def _says(tokens: Sequence[Token], word: str) -> bool:
    return any(token.word == word for _, token in outside(tokens))


def _learn_inline_key(change: Change) -> None:
    if _says(change.clause.definition, "UNIQUE") or _says(change.clause.definition, "PRIMARY"):
        change.learn_key(change.name.key)


def _inline_constraints(tokens: Sequence[Token], dialect: Dialect) -> tuple[list[str], bool]:
    """The names of the constraints in a column's definition, and whether one has none."""
    names: list[str] = []
    count = 0
    for index, token in outside(tokens):
        if token.word == "CONSTRAINT":
            names.append(name_in(tokens, index + 1, dialect)[0].raw)
        count += token.word in ("DEFAULT", "UNIQUE", "PRIMARY", "REFERENCES", "CHECK")
    return names[::-1], count > len(names)


def dropped_column(change: Change) -> Answer:
    """The column that was there; its indexes went with it."""
    change.subject.known.drop_from_indexes(change.table, change.name.key[-1] if change.name.key else "")
    if change.subject.known.drop(change.thing("column", change.name)):
        return GOES_WITH_TABLE
    word = "ADD COLUMN" if change.subject.dialect in (Dialect.MYSQL, Dialect.POSTGRES) else "ADD"
    return change.was(f"{word} {change.name.raw}", is_saved=True)


def renamed_column(change: Change) -> Answer:
    """The old name again."""
    new = new_name(change.clause, change.subject.dialect)
    return change.runs(Level.EXACT, f"RENAME COLUMN {new.raw} TO {change.name.raw}", change.made("column"))


def redefined_column(change: Change) -> Answer:
    """The type that the column had; a new name is known."""
    new = new_name(change.clause, change.subject.dialect) if change.clause.new_name else change.name
    if not change.made("column"):
        words = {Dialect.MYSQL: "MODIFY", Dialect.ORACLE: "MODIFY"}.get(change.subject.dialect, "ALTER COLUMN")
        renaming = f"CHANGE {new.raw} {change.name.raw}"
        return change.was(renaming if new != change.name else f"{words} {change.name.raw}", is_saved=True)
    if new == change.name:
        return GOES_WITH_TABLE
    return change.runs(Level.EXACT, f"RENAME COLUMN {new.raw} TO {change.name.raw}", change.made("column"))


def default(change: Change) -> Answer:
    """The default that the column had."""
    if change.made("column"):
        return GOES_WITH_TABLE
    words = "MODIFY" if change.subject.dialect is Dialect.ORACLE else "ALTER COLUMN"
    return change.was(
        f"{words} {change.name.raw} SET DEFAULT" if words != "MODIFY" else f"MODIFY {change.name.raw} DEFAULT"
    )


def null(change: Change) -> Answer:
    """SET NOT NULL and DROP NOT NULL turned around."""
    if change.made("column"):
        return GOES_WITH_TABLE
    sets = change.clause.action == "SET NOT NULL"
    if change.subject.dialect is Dialect.ORACLE:
        words = f"MODIFY {change.name.raw} {'NULL' if sets else 'NOT NULL'}"
    else:
        words = f"ALTER COLUMN {change.name.raw} {'DROP' if sets else 'SET'} NOT NULL"
    answer = change.runs(Level.LIKELY, words)
    if sets:
        return answer.noting("若该列原来就不允许空值则跳过", "skip it if the column took no NULL before either")
    return answer.noting(
        "若该列原来就允许空值则跳过；发布后写入了空值则会失败",
        "skip it if the column took NULL before; it fails where NULLs have been written since",
    )
