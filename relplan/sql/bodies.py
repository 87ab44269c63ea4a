"""Where code with statements of its own ends: procedures, triggers, packages, blocks; by counting BEGIN, CASE and END."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from relplan.sql.dialects import Dialect
from relplan.sql.tokens import Token, TokenKind

UNITS: Final = frozenset(("PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "PACKAGE", "EVENT", "TYPE"))
"""What CREATE makes that may hold statements of its own."""

TRANSACTION: Final = frozenset(
    ("TRAN", "TRANSACTION", "WORK", "ISOLATION", "READ", "DEFERRABLE", "DISTRIBUTED", "DEFERRED", "IMMEDIATE")
)
"""The words after a BEGIN that begins a transaction, not a block."""

_AFTER_END: Final = frozenset(("IF", "LOOP", "WHILE", "REPEAT", "FOR"))
"""The words behind an END that does not close a BEGIN or CASE; SQL Server has none of these."""

_BODY_STARTS: Final = frozenset(
    ("BEGIN", "SELECT", "INSERT", "UPDATE", "DELETE", "SET", "CALL", "RETURN", "EACH", "DO")
)
_HEADER: Final = 40
"""Tokens within which CREATE says what it makes."""


def is_unit(words: Sequence[str], dialect: Dialect) -> bool:
    """Whether a statement that begins with these words is code with statements of its own."""
    first = words[0]
    if dialect is Dialect.POSTGRES:
        return first == "CREATE" and bool({"FUNCTION", "PROCEDURE"} & set(words[1:6]))
    if first == "CREATE":
        return _creates_unit(words, dialect)
    if first == "BEGIN":
        return len(words) > 1 and words[1] != ";" and words[1] not in TRANSACTION
    if dialect is Dialect.TSQL:
        return first in ("IF", "WHILE")
    return first == "DECLARE" or (len(words) > 2 and words[1] == ":" and words[2] == "BEGIN")


def _creates_unit(words: Sequence[str], dialect: Dialect) -> bool:
    for word in words[1:]:
        if word in UNITS:
            return word != "TYPE" or dialect is Dialect.ORACLE
        if word in ("TABLE", "VIEW", "INDEX", "DATABASE", "USER", "(", ";", "AS"):
            return False
    return False


class Body:
    """Follows the tokens of a unit and says at which semicolon it may end."""

    def __init__(self, words: Sequence[str], dialect: Dialect) -> None:
        self._dialect, self._brackets, self._was = dialect, 0, ""
        self.closed = False
        """Whether an END has closed it."""
        package = words[0] == "CREATE" and "PACKAGE" in words
        self.declares = dialect is Dialect.ORACLE or words[0] == "DECLARE" or package
        """Whether semicolons may stand before its BEGIN."""
        self._header = words[0] == "CREATE"
        self._depth = 1 if package else 0

    @property
    def is_outside(self) -> bool:
        """Whether no block is open."""
        return self._depth <= 0

    def take(self, token: Token) -> None:
        """Go on by one token that is no blank."""
        word = token.word
        if self._dialect is Dialect.TSQL:
            self._close(word == "END")
        elif self._was == "END":
            self._close(word not in _AFTER_END)
        if self._header:
            self._read_header(word)
        if (word == "CASE" and self._was != "END") or (word == "BEGIN" and self._dialect is not Dialect.POSTGRES):
            self._depth += 1
        elif (word in TRANSACTION and self._was == "BEGIN" and self._dialect is Dialect.TSQL) or (
            word == "ATOMIC" and self._was == "BEGIN" and self._dialect is Dialect.POSTGRES
        ):
            self._depth += 1 if word == "ATOMIC" else -1
        self._was = word

    def _close(self, ends: bool) -> None:
        if ends:
            self._depth -= 1
            self.closed = True

    def _read_header(self, word: str) -> None:
        self._brackets += (word == "(") - (word == ")")
        if self._brackets:
            return
        if word in ("IS", "AS") and self._dialect is Dialect.MYSQL:
            self.declares = True
        if word in _BODY_STARTS or word in ("IS", "AS"):
            self._header = False


def first_words(tokens: Sequence[Token]) -> list[str]:
    """The words that a statement begins with, as far as it takes to know a unit."""
    return [token.word for token in tokens[:_HEADER] if token.kind is not TokenKind.ROW]
