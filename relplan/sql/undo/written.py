"""Names and values as they are written, with their quotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from relplan.sql.dialects import Dialect
from relplan.sql.names import behind, find, name_at, outside, parts
from relplan.sql.tokens import BLANK, Lexer, Token, TokenKind

Key = tuple[str, ...]
"""The parts of a name as a database compares them."""

_CLOSERS = ("`", '"', "]")


class Name(NamedTuple):
    """A name as written: its parts with their quotes, the text, and what a database compares it by."""

    raw: str
    last: str
    key: Key

    @property
    def prefix(self) -> str:
        """What stands before its last part, with the dot."""
        return self.raw[: len(self.raw) - len(self.last)]

    @property
    def is_lasting(self) -> bool:
        """Whether it is no table of a session: `#t`, `@t`."""
        return not self.last.lstrip("[").startswith(("#", "@"))

    def beside(self, last: str) -> str:
        """Another name in the same schema."""
        return last if "." in last else self.prefix + last

    def ending(self, suffix: str, longest: int) -> str:
        """The name with a suffix within its quotes, cut to a length."""
        closer = self.last[-1:] if self.last[-1:] in _CLOSERS else ""
        bare = self.last[: len(self.last) - len(closer)]
        return f"{self.prefix}{bare[: longest - len(suffix)]}{suffix}{closer}"


NO_NAME = Name("", "", ())


def name_in(tokens: Sequence[Token], at: int, dialect: Dialect) -> tuple[Name, int]:
    """The name at an index and the index behind it; `NO_NAME` where there is none."""
    end = name_at(tokens, at)[1]
    taken = tokens[at:end]
    if not taken:
        return NO_NAME, at
    raw = "".join(token.text for token in taken)
    named = [token for token in taken if token.word != "."]
    last = "".join(token.text for token in taken[len(taken) - _last_length(taken) :])
    return Name(raw, last, tuple(folded(token, dialect) for token in named)), end


def _last_length(taken: Sequence[Token]) -> int:
    """How many tokens behind the last dot."""
    dots = [index for index, token in enumerate(taken) if token.word == "."]
    return len(taken) - dots[-1] - 1 if dots else len(taken)


def folded(token: Token, dialect: Dialect) -> str:
    """A part of a name as the database compares it."""
    if token.kind is not TokenKind.WORD:
        return token.name
    return {Dialect.POSTGRES: token.text.lower(), Dialect.ORACLE: token.text.upper()}.get(dialect, token.text)


def spelled(tokens: Sequence[Token]) -> str:
    """The tokens side by side on one line, with a blank where something stood between; blank where they cannot be."""
    if any("\n" in token.text or "\r" in token.text for token in tokens):
        return ""
    words = ""
    for before, token in zip([None, *tokens], tokens, strict=False):
        words += f" {token.text}" if before is not None and before.end < token.start else token.text
    return words


def word_at(tokens: Sequence[Token], at: int) -> str:
    """The word at an index; blank beyond the end."""
    return tokens[at].word if 0 <= at < len(tokens) else ""


def has_words(tokens: Sequence[Token], *words: str) -> bool:
    """Whether these words stand side by side, brackets and all."""
    seen = [token.word for token in tokens]
    return any(seen[at : at + len(words)] == [*words] for at in range(len(seen) - len(words) + 1))


def plain_columns(tokens: Sequence[Token], at: int, dialect: Dialect) -> tuple[str, ...]:
    """The columns of the list in brackets at an index, to be compared; empty where one is an expression or only a part."""
    if word_at(tokens, at) != "(":
        return ()
    found: list[str] = []
    for part in parts(tokens[at + 1 : behind(tokens, at) - 1]):
        name, end = name_in(part, 0, dialect)
        if len(name.key) != 1 or any(token.word not in ("ASC", "DESC") for token in part[end:]):
            return ()
        found.append(name.key[0])
    return tuple(found)


def bracket_behind(tokens: Sequence[Token], at: int) -> int:
    """The index of the next bracket that opens, or the number of tokens."""
    return next((index for index, token in outside(tokens, at) if token.word == "("), len(tokens))


def lexed(text: str, dialect: Dialect) -> list[Token]:
    """The tokens of a piece of a statement, without blanks and comments."""
    lexer, at, found = Lexer(text, dialect), 0, []
    while at < len(text):
        token = lexer.at(at)
        at = token.end
        if token.kind not in BLANK:
            found.append(token)
    return found


def find_words(tokens: Sequence[Token], *words: str) -> int:
    """The index of the first of these words, side by side and outside brackets; -1 for none."""
    at = find(tokens, 0, words[0])
    while at >= 0:
        if [token.word for token in tokens[at : at + len(words)]] == [*words]:
            return at
        at = find(tokens, at + 1, words[0])
    return -1
