"""Whether a line in the middle of a statement begins another one: what was forgotten is the terminator between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from relplan.patterns import regex
from relplan.sql.dialects import Dialect
from relplan.sql.tokens import Token, TokenKind

STARTERS: Final = frozenset(
    [
        "CREATE",
        "ALTER",
        "DROP",
        "TRUNCATE",
        "RENAME",
        "INSERT",
        "UPDATE",
        "DELETE",
        "MERGE",
        "REPLACE",
        "SELECT",
        "COMMIT",
        "ROLLBACK",
        "GRANT",
        "REVOKE",
        "COMMENT",
        "CALL",
        "USE",
        "WITH",
        "EXEC",
        "EXECUTE",
        "SET",
        "DECLARE",
        "BEGIN",
        "IF",
        "WHILE",
        "PRINT",
        "RAISERROR",
        "DELIMITER",
        "GO",
        "START",
    ]
)
"""The words that a line may begin another statement with."""

_THINGS: Final = frozenset(
    [
        "TABLE",
        "VIEW",
        "DATABASE",
        "SCHEMA",
        "SEQUENCE",
        "PROCEDURE",
        "PROC",
        "FUNCTION",
        "TRIGGER",
        "UNIQUE",
        "OR",
        "INDEX",
        "USER",
        "ROLE",
        "PACKAGE",
        "SYNONYM",
        "TEMPORARY",
        "GLOBAL",
        "EVENT",
        "EXTENSION",
        "MATERIALIZED",
        "LOGIN",
        "TYPE",
    ]
)
_INNER_THINGS: Final = frozenset(("INDEX", "UNIQUE", "TYPE", "OR"))
"""What a line of ALTER may speak of as well."""

_GOES_ON: Final = frozenset(
    [
        ",",
        "(",
        "=",
        "+",
        "-",
        "*",
        "/",
        ".",
        "THEN",
        "AS",
        "DO",
        "KEY",
        "ON",
        "FOR",
        "OF",
        "BEFORE",
        "AFTER",
        "OR",
        "AND",
        "NOT",
        "IN",
        "EXISTS",
        "UNION",
        "ALL",
        "EXCEPT",
        "INTERSECT",
        "MINUS",
        "DISTINCT",
        "ELSE",
        "GRANT",
        "REVOKE",
        "DENY",
        "EXPLAIN",
        "ANALYZE",
        "INSTEAD",
        "TO",
        "BY",
        "IF",
        "INTO",
        "FROM",
        "WHEN",
        "IS",
        "RETURN",
    ]
)
"""The words after which a statement is not over."""

_SET_ENDS: Final = frozenset(("UPDATE", "MERGE", "ALTER", "INSERT", "REPLACE", "CREATE", "WITH"))
_OUTER: Final = frozenset(
    ("EXPLAIN", "DESCRIBE", "DESC", "PREPARE", "DECLARE", "COPY", "GRANT", "REVOKE", "WITH", "CREATE")
)
_NEXT: Final = regex(r"\w+[ \t\r\n]+([^\W\d]\w*|\S)?")
_LINE: Final = regex(r"\w+[ \t]*+(?:[\w`\"\[\].]*[ \t]*+)?(?:;|\r|\n|\Z)")
DOERS: Final = STARTERS - {"IF", "WHILE", "SET", "BEGIN"}
"""The words by which an IF or WHILE of SQL Server has the statement that it is about."""


def starts_new(text: str, token: Token, before: Sequence[Token], depth: int, dialect: Dialect) -> bool:
    """Whether `token`, the first of its line, begins a new statement after the tokens `before`, `depth` brackets deep."""
    if token.word not in STARTERS or not before or before[-1].word in _GOES_ON:
        return False
    found = _NEXT.match(text, token.start)
    following = (found[1] or "").upper() if found else ""
    first = _first_word(before)
    if token.word in ("CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME"):
        return _thing(token.word, following, first)
    if depth:
        return False
    return _other(text, token, following, first, before, dialect)


def _first_word(tokens: Sequence[Token]) -> str:
    return next((token.word for token in tokens if token.kind is TokenKind.WORD), "")


def _thing(word: str, following: str, first: str) -> bool:
    if following not in _THINGS or first in ("GRANT", "REVOKE"):
        return False
    return first != "ALTER" or word == "CREATE" or following not in _INNER_THINGS


def _other(text: str, token: Token, following: str, first: str, before: Sequence[Token], dialect: Dialect) -> bool:
    match token.word:
        case "INSERT" | "MERGE" | "REPLACE":
            return following in ("INTO", "IGNORE") and not _awaits(first, before)
        case "DELETE":
            named = dialect is Dialect.TSQL and following not in ("", "(", ";")
            return (named or following in ("FROM", "TOP")) and not _awaits(first, before)
        case "UPDATE":
            return following not in ("", "(", ";", "CASCADE", "RESTRICT", "SET", "NO") and not _awaits(first, before)
        case "SELECT":
            return _selects(first, before)
        case "WITH":
            return dialect is Dialect.TSQL and first in ("UPDATE", "DELETE") and following not in ("", "(")
        case "COMMENT":
            return following == "ON"
        case "GRANT" | "REVOKE" | "CALL":
            return first not in ("ALTER", "GRANT", "REVOKE") and following != ""
        case "COMMIT" | "ROLLBACK" | "USE" | "DELIMITER" | "GO":
            return first not in ("ALTER", "SET", "START") and bool(_LINE.match(text, token.start))
        case "START":
            return following == "TRANSACTION"
        case "SET":
            return dialect is Dialect.TSQL and first not in _SET_ENDS
    return dialect is Dialect.TSQL and _own_of_tsql(token.word, following, first, before)


def _own_of_tsql(word: str, following: str, first: str, before: Sequence[Token]) -> bool:
    if word == "BEGIN":
        return following != "CATCH"
    if word in ("EXEC", "EXECUTE") and first == "INSERT":
        return _has(before, ("SELECT", "VALUES", "EXEC", "EXECUTE"))
    return word in ("DECLARE", "IF", "WHILE", "PRINT", "RAISERROR", "EXEC", "EXECUTE")


def _awaits(first: str, before: Sequence[Token]) -> bool:
    """Whether the statement still awaits the part that does something, as after `WITH x AS (…)`."""
    return first in _OUTER and not _has(before, ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"))


def _selects(first: str, before: Sequence[Token]) -> bool:
    """Whether a SELECT is one of its own, not the source of an INSERT or the body of a view."""
    if first in (
        "INSERT",
        "REPLACE",
        "CREATE",
        "WITH",
        "EXPLAIN",
        "DESC",
        "DESCRIBE",
        "DECLARE",
        "ALTER",
        "MERGE",
        "COPY",
    ):
        return _has(before[1:], ("SELECT", "VALUES"))
    return True


def _has(tokens: Sequence[Token], words: tuple[str, ...]) -> bool:
    """Whether one of the words stands outside all brackets."""
    depth = 0
    for token in tokens:
        depth = max(0, depth + (token.word == "(") - (token.word == ")"))
        if not depth and token.word in words:
            return True
    return False
