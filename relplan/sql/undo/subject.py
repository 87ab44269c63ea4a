"""A statement with all that its reverse is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from relplan.sql.dialects import Dialect
from relplan.sql.names import skip_words
from relplan.sql.statements import Statement
from relplan.sql.tokens import Token
from relplan.sql.undo.known import Known
from relplan.sql.undo.reversal import Answer, Backup, Level, asks
from relplan.sql.undo.written import NO_NAME, Name, bracket_behind, has_words, name_in, word_at


class Subject(Struct, frozen=True):
    """A statement, whose SQL it is, what is known before it, and its number in the script, counted from 1."""

    statement: Statement
    dialect: Dialect
    known: Known
    number: int

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Its tokens."""
        return self.statement.tokens

    @property
    def behind(self) -> int:
        """The index behind the words of its verb."""
        return self.statement.behind_verb

    @property
    def head(self) -> Sequence[str]:
        """The words of its verb and up to its first bracket."""
        end = max(self.behind, min(bracket_behind(self.tokens, 0), self.behind + 6))
        return [token.word for token in self.tokens[:end]]

    @property
    def is_conditional(self) -> bool:
        """Whether it may have done nothing because the object was there: IF NOT EXISTS."""
        return has_words(self.tokens[: self.behind + 4], "IF", "NOT", "EXISTS")

    @property
    def may_replace(self) -> bool:
        """Whether it may have replaced what was there: OR REPLACE."""
        return has_words(self.tokens[: self.behind], "OR", "REPLACE")

    def name(self, at: int) -> tuple[Name, int]:
        """The name at an index, and the index behind it."""
        return name_in(self.tokens, at, self.dialect)

    def main(self) -> tuple[Name, int]:
        """The name behind the words of the verb, and the index behind it."""
        return self.name(skip_words(self.tokens, self.behind, "CONCURRENTLY", "IF", "NOT", "EXISTS", "ONLY", "INTO"))

    def names(self, at: int) -> list[Name]:
        """The names of a list divided by commas."""
        found: list[Name] = []
        while at < len(self.tokens):
            name, at = self.name(at)
            if name != NO_NAME:
                found.append(name)
            if word_at(self.tokens, at) != ",":
                break
            at += 1
        return found

    def backup(self, table: Name, condition: str = "", source: str = "") -> tuple[Backup, ...]:
        """A copy of a table to be made before the release; none where the script makes the table."""
        return self.known.backup(table, self.number, condition, source)


GOES_WITH_TABLE: Final = Answer(Level.EXACT).noting(
    "对象由本脚本新建，随其创建语句一并撤销", "goes with its object, which the script makes itself"
)
"""What is done to an object that the script has made."""


def definition_gap(subject: Subject, kind: str, name: Name, table: Name = NO_NAME, *backups: Backup) -> Answer:
    """A gap for the definition of an object as it was before the release, saying where it can be read."""
    where = definition_source(subject.dialect, kind, name, table)
    zh = f"{name.raw} 的原定义：发布前用 {where} 取得"
    en = f"the definition of {name.raw} as it was; before the release get it with {where}"
    return asks(zh, en, *backups)


_OF_TABLES: Final = frozenset(("column", "index", "constraint", "partition", "table"))
_ORACLE_KINDS: Final = {"materialized view": "MATERIALIZED_VIEW", "package body": "PACKAGE_BODY"}


def definition_source(dialect: Dialect, kind: str, name: Name, table: Name = NO_NAME) -> str:
    """What shows the definition of an object; what stands in a table is shown by its table."""
    holder = table if kind in _OF_TABLES and table != NO_NAME else name
    shown = "table" if kind in _OF_TABLES and (table != NO_NAME or kind == "table") else kind
    match dialect:
        case Dialect.MYSQL:
            return f"SHOW CREATE {shown.upper()} {holder.raw}"
        case Dialect.ORACLE:
            words = _ORACLE_KINDS.get(shown, shown.upper())
            return f"SELECT DBMS_METADATA.GET_DDL('{words}', '{holder.key[-1]}') FROM DUAL"
        case Dialect.TSQL:
            helper = "sp_helpindex" if kind == "index" else "sp_help" if shown == "table" else "sp_helptext"
            return f"EXEC {helper} '{holder.raw}'"
    return _POSTGRES.get(shown, "pg_dump --schema-only").format(name=holder.raw)


_POSTGRES: Final = {
    "table": "pg_dump --schema-only --table={name}",
    "view": "SELECT pg_get_viewdef('{name}'::regclass)",
    "materialized view": "SELECT pg_get_viewdef('{name}'::regclass)",
    "index": "SELECT pg_get_indexdef('{name}'::regclass)",
    "function": "SELECT pg_get_functiondef('{name}'::regproc)",
    "procedure": "SELECT pg_get_functiondef('{name}'::regproc)",
    "sequence": "pg_dump --schema-only --table={name}",
}
