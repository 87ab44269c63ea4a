"""What a statement does, by its first words."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final, NamedTuple

from relplan.sql.bodies import TRANSACTION, UNITS
from relplan.sql.names import behind, name_at, skip_words
from relplan.sql.tokens import Token, TokenKind


class Kind(Enum):
    """The sort of a statement."""

    DDL = "ddl"
    DML = "dml"
    QUERY = "query"
    DCL = "dcl"
    TCL = "tcl"
    PROCEDURAL = "procedural"
    """Code with statements of its own: a procedure, a trigger, a block."""
    UTILITY = "utility"
    """Neither data nor structure: USE, SET, ANALYZE …"""
    CLIENT = "client"
    """An order to a client program."""
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)


class Verb(NamedTuple):
    """What a statement does: its sort, the words that say it (`ALTER TABLE`), and the index of the token behind them."""

    kind: Kind
    words: str
    behind: int


UNKNOWN: Final = Verb(Kind.UNKNOWN, "", 0)

_TYPES: Final = frozenset(
    [
        "TABLE",
        "INDEX",
        "VIEW",
        "SEQUENCE",
        "DATABASE",
        "SCHEMA",
        "USER",
        "ROLE",
        "TRIGGER",
        "PROCEDURE",
        "PROC",
        "FUNCTION",
        "PACKAGE",
        "SYNONYM",
        "TABLESPACE",
        "TYPE",
        "COLUMN",
        "CONSTRAINT",
        "EVENT",
        "EXTENSION",
        "DOMAIN",
        "SERVER",
        "POLICY",
        "SESSION",
        "SYSTEM",
        "LOGIN",
        "RULE",
        "AGGREGATE",
        "COLLATION",
        "CAST",
        "OPERATOR",
        "PUBLICATION",
        "SUBSCRIPTION",
        "STATISTICS",
        "DIRECTORY",
        "PROFILE",
        "CLUSTER",
        "LIBRARY",
        "CONTEXT",
        "DIMENSION",
        "PARTITION",
        "GROUP",
        "FULLTEXT",
        "LANGUAGE",
        "JOB",
        "LOGFILE",
        "ASSEMBLY",
        "XML",
        "KEY",
    ]
)
_DATABASE_LINK: Final = {
    ("DATABASE", "LINK"),
    ("PACKAGE", "BODY"),
    ("TYPE", "BODY"),
    ("EVENT", "TRIGGER"),
    ("USER", "MAPPING"),
}
_TYPE_PREFIXES: Final = {("MATERIALIZED", "VIEW"), ("FOREIGN", "TABLE"), ("EXTERNAL", "TABLE"), ("FOREIGN", "KEY"), ("DEFAULT", "PRIVILEGES")}  # fmt: skip
_MODIFIERS: Final = frozenset(
    [
        "OR",
        "REPLACE",
        "GLOBAL",
        "LOCAL",
        "TEMPORARY",
        "TEMP",
        "UNIQUE",
        "EXTERNAL",
        "PUBLIC",
        "PRIVATE",
        "MATERIALIZED",
        "BITMAP",
        "FULLTEXT",
        "SPATIAL",
        "CLUSTERED",
        "NONCLUSTERED",
        "COLUMNSTORE",
        "UNLOGGED",
        "EDITIONABLE",
        "NONEDITIONABLE",
        "FORCE",
        "NO",
        "NOFORCE",
        "RECURSIVE",
        "FOREIGN",
        "ONLINE",
        "OFFLINE",
        "IGNORE",
        "SQL",
        "SECURITY",
        "INVOKER",
        "DEFINER",
        "ALGORITHM",
        "MERGE",
        "UNDEFINED",
        "TEMPTABLE",
        "TRUSTED",
        "PROCEDURAL",
        "LARGE",
        "SHARED",
        "BIGFILE",
        "DEFAULT",
    ]
)
_PRIVILEGED: Final = frozenset(
    ("USER", "ROLE", "LOGIN", "PROFILE", "GROUP", "POLICY", "DEFAULT PRIVILEGES", "USER MAPPING")
)
_UTILITY: Final = frozenset(
    [
        "USE",
        "SET",
        "ANALYZE",
        "ANALYSE",
        "OPTIMIZE",
        "REPAIR",
        "CHECK",
        "CHECKSUM",
        "FLUSH",
        "RESET",
        "VACUUM",
        "REINDEX",
        "CLUSTER",
        "KILL",
        "HANDLER",
        "INSTALL",
        "PURGE",
        "CHANGE",
        "STOP",
        "LISTEN",
        "NOTIFY",
        "UNLISTEN",
        "DISCARD",
        "PRINT",
        "RAISERROR",
        "WAITFOR",
        "DBCC",
        "SHUTDOWN",
        "LOCK",
        "UNLOCK",
        "CHECKPOINT",
        "LOAD",
        "REFRESH",
        "CLOSE",
        "OPEN",
        "FETCH",
        "DEALLOCATE",
        "AUDIT",
        "NOAUDIT",
        "BACKUP",
        "RESTORE",
        "RECONFIGURE",
    ]
)
_TCL: Final = frozenset(("COMMIT", "ROLLBACK", "SAVEPOINT", "ABORT", "RELEASE"))
_QUERIES: Final = frozenset(("SELECT", "SHOW", "DESC", "DESCRIBE", "EXPLAIN", "VALUES", "TABLE"))


_ARGUMENTS: Final = frozenset((TokenKind.VARIABLE, TokenKind.STRING, TokenKind.NUMBER))


def verb_of(tokens: Sequence[Token], is_unit: bool = False) -> Verb:
    """What a statement does; `Kind.UNKNOWN` where its words are none of SQL."""
    at = _lead(tokens)
    if at >= len(tokens):
        return UNKNOWN
    word = tokens[at].word
    if word in ("CREATE", "ALTER", "DROP"):
        return _definition(tokens, at)
    if reader := _READERS.get(word):
        return reader(tokens, at)
    if is_unit:
        return Verb(Kind.PROCEDURAL, "BLOCK", at)
    return _plain(tokens, at)


def _lead(tokens: Sequence[Token]) -> int:
    """The index behind the number of a list entry (`1、`, `2.`) and opening brackets."""
    at = 0
    if len(tokens) > 2 and tokens[0].kind is TokenKind.NUMBER and tokens[1].word in ("、", ".", ")"):
        at = 2
    return skip_words(tokens, at, "(")


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if at < len(tokens) else ""


def _plain(tokens: Sequence[Token], at: int) -> Verb:
    word, following = tokens[at].word, _word(tokens, at + 1)
    if word in _TCL:
        return Verb(Kind.TCL, word, at + 1) if word != "RELEASE" or following == "SAVEPOINT" else UNKNOWN
    if word in _QUERIES and len(tokens) > at + 1:
        return Verb(Kind.QUERY, word, at + 1)
    if word in ("START", "BEGIN") and (word == "BEGIN" or following == "TRANSACTION"):
        return Verb(Kind.TCL, "BEGIN", at + 1 + (following in TRANSACTION))
    if word == "END" and following in ("", "TRANSACTION", "WORK"):
        return Verb(Kind.TCL, "COMMIT", at + 1)
    if word in _UTILITY and (len(tokens) > at + 1 or word in ("VACUUM", "ANALYZE", "CHECKPOINT", "RECONFIGURE")):
        return Verb(Kind.UTILITY, word, at + 1)
    return UNKNOWN


def _definition(tokens: Sequence[Token], start: int) -> Verb:
    first, at = tokens[start].word, start + 1
    while at < len(tokens):
        word, following = tokens[at].word, _word(tokens, at + 1)
        if (word, following) in _TYPE_PREFIXES or (word, following) in _DATABASE_LINK:
            return _defined(first, f"{word} {following}", at + 2)
        if word in _TYPES and (word not in _MODIFIERS or following not in ("INDEX", "KEY")):
            return _defined(first, "PROCEDURE" if word == "PROC" else word, at + 1)
        if word not in _MODIFIERS and word != "=":
            return UNKNOWN
        at = _behind_value(tokens, at) if word == "=" else at + 1
    return UNKNOWN


def _behind_value(tokens: Sequence[Token], at: int) -> int:
    """Behind `= 'root'@'%'`, `= CURRENT_USER()` or `= MERGE`."""
    at += 2
    while at < len(tokens) and tokens[at].text.startswith("@"):
        at += 2 if tokens[at].text == "@" else 1
    return skip_words(tokens, at, "(", ")")


def _defined(first: str, thing: str, at: int) -> Verb:
    words = f"{first} {thing}"
    if first == "ALTER" and thing in ("SESSION", "SYSTEM"):
        return Verb(Kind.UTILITY, words, at)
    if thing in _PRIVILEGED:
        return Verb(Kind.DCL, words, at)
    if first == "CREATE" and thing.split()[0] in UNITS and thing not in ("TYPE", "EVENT TRIGGER"):
        return Verb(Kind.PROCEDURAL, words, at)
    return Verb(Kind.DDL, words, at)


def _insert(tokens: Sequence[Token], at: int) -> Verb:
    name_start = skip_words(
        tokens, at + 1, "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "INTO", "OVERWRITE", "ALL", "FIRST"
    )
    has_sign = name_start > at + 1
    _, behind = name_at(tokens, name_start)
    if has_sign or _word(tokens, behind) in ("(", "VALUES", "SELECT", "SET"):
        return Verb(Kind.DML, tokens[at].word, name_start)
    return UNKNOWN


def _update(tokens: Sequence[Token], at: int) -> Verb:
    if _word(tokens, at + 1) == "STATISTICS":
        return Verb(Kind.UTILITY, "UPDATE STATISTICS", at + 2)
    if len(tokens) < at + 4 or not any(token.word == "SET" for token in tokens[at + 2 :]):
        return UNKNOWN
    return Verb(Kind.DML, "UPDATE", skip_words(tokens, at + 1, "LOW_PRIORITY", "IGNORE", "ONLY"))


def _delete(tokens: Sequence[Token], at: int) -> Verb:
    here = skip_words(tokens, at + 1, "LOW_PRIORITY", "QUICK", "IGNORE")
    if _word(tokens, here) in ("FROM", "TOP"):
        return Verb(Kind.DML, "DELETE", here + 1 if tokens[here].word == "FROM" else here)
    _, behind = name_at(tokens, here)
    if behind > here and _word(tokens, behind) in ("", "FROM", "WHERE", ",", "OUTPUT"):
        return Verb(Kind.DML, "DELETE", here)
    return UNKNOWN


def _into(tokens: Sequence[Token], at: int) -> Verb:
    here = skip_words(tokens, at + 1, "LOW_PRIORITY", "DELAYED", "INTO")
    _, behind = name_at(tokens, here)
    if here > at + 1 or (behind > here and _word(tokens, behind) in ("USING", "AS", "VALUES", "SELECT", "SET", "(")):
        return Verb(Kind.DML, tokens[at].word, here)
    return UNKNOWN


def _with(tokens: Sequence[Token], at: int) -> Verb:
    """WITH does what the first word behind its brackets does."""
    if _word(tokens, at + 1) == "" or not any(token.word == "AS" for token in tokens):
        return UNKNOWN
    depth = 0
    for index in range(at + 1, len(tokens)):
        word = tokens[index].word
        depth = max(0, depth + (word == "(") - (word == ")"))
        if not depth and word in ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"):
            return verb_of_rest(tokens, index)
    return Verb(Kind.QUERY, "SELECT", at + 1)


def verb_of_rest(tokens: Sequence[Token], at: int) -> Verb:
    """What a statement does whose own verb stands at an index."""
    reader = _READERS.get(tokens[at].word)
    found = reader(tokens, at) if reader else Verb(Kind.QUERY, tokens[at].word, at + 1)
    return found if found.words else Verb(Kind.DML, tokens[at].word, at + 1)


def _truncate(tokens: Sequence[Token], at: int) -> Verb:
    if len(tokens) < at + 2:
        return UNKNOWN
    return Verb(Kind.DDL, "TRUNCATE TABLE", skip_words(tokens, at + 1, "TABLE", "ONLY"))


def _rename(tokens: Sequence[Token], at: int) -> Verb:
    if _word(tokens, at + 1) in ("USER",):
        return Verb(Kind.DCL, "RENAME USER", at + 2)
    has_target = any(token.word == "TO" for token in tokens[at + 1 :])
    return Verb(Kind.DDL, "RENAME TABLE", skip_words(tokens, at + 1, "TABLE")) if has_target else UNKNOWN


def _comment(tokens: Sequence[Token], at: int) -> Verb:
    if _word(tokens, at + 1) != "ON":
        return UNKNOWN
    return Verb(Kind.DDL, "COMMENT ON", at + 2)


def _grant(tokens: Sequence[Token], at: int) -> Verb:
    return Verb(Kind.DCL, tokens[at].word, at + 1) if len(tokens) > at + 1 else UNKNOWN


def _call(tokens: Sequence[Token], at: int) -> Verb:
    word = tokens[at].word
    if word == "EXECUTE" and _word(tokens, at + 1) == "IMMEDIATE":
        return Verb(Kind.PROCEDURAL, "EXECUTE IMMEDIATE", at + 2)
    name, behind = name_at(tokens, at + 1)
    follows = behind >= len(tokens) or tokens[behind].word in ("(", "AS", "=") or tokens[behind].kind in _ARGUMENTS
    if follows and (name or _word(tokens, behind) == "("):
        return Verb(Kind.DML, "CALL" if word == "CALL" else "EXEC", at + 1)
    return UNKNOWN


def _load(tokens: Sequence[Token], at: int) -> Verb:
    if _word(tokens, at + 1) in ("DATA", "XML"):
        return Verb(Kind.DML, "LOAD DATA", at + 2)
    return _plain(tokens, at)


def _copy(tokens: Sequence[Token], at: int) -> Verb:
    _, behind_it = name_at(tokens, at + 1)
    if _word(tokens, behind_it) == "(":
        behind_it = behind(tokens, behind_it)
    if _word(tokens, behind_it) not in ("FROM", "TO"):
        return UNKNOWN
    return Verb(Kind.DML if tokens[behind_it].word == "FROM" else Kind.QUERY, "COPY", at + 1)


def _do(tokens: Sequence[Token], at: int) -> Verb:
    rest = tokens[at + 1 :]
    if rest and (
        rest[0].word == "LANGUAGE" or any(token.kind is TokenKind.STRING or token.word == "(" for token in rest)
    ):
        return Verb(Kind.PROCEDURAL, "DO", at + 1)
    return UNKNOWN


def _set(tokens: Sequence[Token], at: int) -> Verb:
    following = _word(tokens, at + 1)
    if following == "PASSWORD":
        return Verb(Kind.DCL, "SET PASSWORD", at + 2)
    if following in ("TRANSACTION", "CONSTRAINTS"):
        return Verb(Kind.TCL, f"SET {following}", at + 2)
    return _plain(tokens, at)


def _prepare(tokens: Sequence[Token], at: int) -> Verb:
    if _word(tokens, at + 1) == "TRANSACTION":
        return Verb(Kind.TCL, "PREPARE TRANSACTION", at + 2)
    return Verb(Kind.PROCEDURAL, "PREPARE", at + 1) if len(tokens) > at + 2 else UNKNOWN


def _declare(tokens: Sequence[Token], at: int) -> Verb:
    if at + 1 < len(tokens) and tokens[at + 1].kind is TokenKind.VARIABLE:
        return Verb(Kind.UTILITY, "DECLARE", at + 1)
    if any(token.word == "CURSOR" for token in tokens[at + 1 : at + 8]) and not _has_block(tokens):
        return Verb(Kind.UTILITY, "DECLARE", at + 1)
    return Verb(Kind.PROCEDURAL, "BLOCK", at)


def _has_block(tokens: Sequence[Token]) -> bool:
    return any(token.word == "BEGIN" for token in tokens)


_READERS: Final = {
    "INSERT": _insert, "UPDATE": _update, "DELETE": _delete, "MERGE": _into, "REPLACE": _into, "UPSERT": _into, "WITH": _with,
    "TRUNCATE": _truncate, "RENAME": _rename, "COMMENT": _comment, "GRANT": _grant, "REVOKE": _grant, "DENY": _grant,
    "CALL": _call, "EXEC": _call, "EXECUTE": _call, "LOAD": _load, "COPY": _copy, "DO": _do, "SET": _set, "PREPARE": _prepare,
    "DECLARE": _declare,
}  # fmt: skip
