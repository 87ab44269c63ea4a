"""The dialects of SQL and how their texts differ: comments, quotes, what ends a statement, what a transaction can undo."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from relplan.errors import ReadError, problem, suggest


class Dialect(Enum):
    """Whose SQL a script is. The value is the word in settings and on the command line, `title` the product's name."""

    MYSQL = "mysql", "MySQL"
    POSTGRES = "postgres", "PostgreSQL"
    ORACLE = "oracle", "Oracle"
    TSQL = "tsql", "SQL Server"

    title: str

    def __new__(cls, value: str, title: str) -> Dialect:
        member = object.__new__(cls)
        member._value_ = value
        member.title = title
        return member

    def __str__(self) -> str:
        return str(self.value)


def named(name: str) -> Dialect:
    """The dialect of that name.

    Raises:
        ReadError: there is none.
    """
    known = {str(each): each for each in Dialect}
    if name in known:
        return known[name]
    hint = suggest(name, known)
    zh = f"没有 SQL 方言“{name}”{hint.zh}；可用：{'、'.join(known)}"
    raise ReadError(problem(zh, f'there is no dialect "{name}"{hint.en}; known: {", ".join(known)}'))


class Traits(Struct, frozen=True):
    """How the texts of a dialect are read.

    Attributes:
        hash_comments: `#` begins a comment.
        dash_needs_blank: `--` begins a comment only before a blank.
        nested_comments: `/* /* */ */` is one comment.
        code_comments: what stands in `/*! */` is run.
        backslash: `\\'` in a string is a quote.
        quoted_strings: `"a"` is a string, else a name.
        brackets: `[a]` is a name.
        dollar_quotes: `$tag$ … $tag$` is a string anywhere.
        letter_quotes: `q'[ … ]'` is a string.
        needs_terminator: statements have to end in `;`.
        transactional_ddl: a transaction can undo DDL.
    """

    hash_comments: bool = False
    dash_needs_blank: bool = False
    nested_comments: bool = False
    code_comments: bool = False
    backslash: bool = False
    quoted_strings: bool = False
    brackets: bool = False
    dollar_quotes: bool = False
    letter_quotes: bool = False
    needs_terminator: bool = True
    transactional_ddl: bool = False


TRAITS: Final[Mapping[Dialect, Traits]] = MappingProxyType(
    {
        Dialect.MYSQL: Traits(
            hash_comments=True, dash_needs_blank=True, code_comments=True, backslash=True, quoted_strings=True
        ),
        Dialect.POSTGRES: Traits(nested_comments=True, dollar_quotes=True, transactional_ddl=True),
        Dialect.ORACLE: Traits(letter_quotes=True),
        Dialect.TSQL: Traits(nested_comments=True, brackets=True, needs_terminator=False, transactional_ddl=True),
    }
)
"""The traits of each dialect."""

_MYSQL, _POSTGRES, _ORACLE, _TSQL = Dialect

MARKS: Final[Mapping[str, frozenset[Dialect]]] = MappingProxyType(
    {
        "`": frozenset((_MYSQL,)),
        "$$": frozenset((_POSTGRES,)),
        "::": frozenset((_POSTGRES,)),
        "ENGINE =": frozenset((_MYSQL,)),
        "AUTO_INCREMENT": frozenset((_MYSQL,)),
        "UNSIGNED": frozenset((_MYSQL,)),
        "ON DUPLICATE": frozenset((_MYSQL,)),
        "VARCHAR2 (": frozenset((_ORACLE,)),
        "NVARCHAR2 (": frozenset((_ORACLE,)),
        "NUMBER (": frozenset((_ORACLE,)),
        "SYSTIMESTAMP": frozenset((_ORACLE,)),
        "NVL (": frozenset((_ORACLE,)),
        "EXECUTE IMMEDIATE": frozenset((_ORACLE, _MYSQL)),
        "JSONB": frozenset((_POSTGRES,)),
        "BYTEA": frozenset((_POSTGRES,)),
        "TIMESTAMPTZ": frozenset((_POSTGRES,)),
        "BIGSERIAL": frozenset((_POSTGRES,)),
        "ILIKE": frozenset((_POSTGRES,)),
        "ON CONFLICT": frozenset((_POSTGRES,)),
        "INDEX CONCURRENTLY": frozenset((_POSTGRES,)),
        "LANGUAGE PLPGSQL": frozenset((_POSTGRES,)),
        "NVARCHAR (": frozenset((_TSQL, _MYSQL)),
        "UNIQUEIDENTIFIER": frozenset((_TSQL,)),
        "GETDATE (": frozenset((_TSQL,)),
        "MERGE INTO": frozenset((_ORACLE, _TSQL, _POSTGRES)),
    }
)
"""Words and signs that only some dialects know: one token, or two with a blank between, in upper case."""
