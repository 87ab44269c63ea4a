"""The objects that a statement is about: tables, columns, indexes …, with their kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from relplan.sql.tokens import Token, TokenKind


class SqlObject(Struct, frozen=True):
    """An object of a database: its kind in lower case (`table`, `column`, `index` …), its name, for columns the table too."""

    kind: str
    name: str
    table: str = ""

    def __str__(self) -> str:
        full = f"{self.table}.{self.name}" if self.table and self.kind == "column" else self.name
        return f"{self.kind} {full}"


_NAMING: Final = frozenset((TokenKind.WORD, TokenKind.NAME, TokenKind.NUMBER, TokenKind.VARIABLE))
NOT_NAMES: Final = frozenset(
    [
        "SELECT",
        "FROM",
        "WHERE",
        "SET",
        "VALUES",
        "VALUE",
        "INTO",
        "ON",
        "USING",
        "ORDER",
        "GROUP",
        "HAVING",
        "LIMIT",
        "UNION",
        "JOIN",
        "LEFT",
        "RIGHT",
        "INNER",
        "OUTER",
        "CROSS",
        "FULL",
        "NATURAL",
        "RETURNING",
        "DEFAULT",
        "WITH",
        "AND",
        "OR",
        "AS",
    ]
)
"""Words that are never the name of something, unless in quotes."""


def is_name(token: Token) -> bool:
    """Whether a token may be a name."""
    return (token.kind in _NAMING and token.word not in NOT_NAMES) or (
        token.kind is TokenKind.STRING and token.text[:1] == '"'
    )


def name_at(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """The name that stands at an index, such as `db.t`, without quotes, and the index behind it; blank where there is none."""
    parts: list[str] = []
    while at < len(tokens) and is_name(tokens[at]):
        parts.append(tokens[at].name)
        at += 1
        while at < len(tokens) and tokens[at].word == "." and parts:
            at += 1
            if at < len(tokens) and tokens[at].word == ".":
                parts.append("")
        if at and tokens[at - 1].word != ".":
            break
    if at < len(tokens) and parts and tokens[at].kind is TokenKind.VARIABLE and tokens[at - 1].end == tokens[at].start:
        return ".".join(parts) + tokens[at].text, at + 1
    return ".".join(parts), at


def skip_words(tokens: Sequence[Token], at: int, *words: str) -> int:
    """The first index from `at` on whose word is none of these."""
    while at < len(tokens) and tokens[at].word in words:
        at += 1
    return at


def behind(tokens: Sequence[Token], at: int) -> int:
    """The index behind the bracket that opens at an index."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += (tokens[index].word == "(") - (tokens[index].word == ")")
        if depth <= 0:
            return index + 1
    return len(tokens)


def outside(tokens: Sequence[Token], start: int = 0) -> Iterator[tuple[int, Token]]:
    """The tokens that stand in no brackets, the opening bracket included, with their indexes."""
    depth = 0
    for index in range(start, len(tokens)):
        word = tokens[index].word
        if word == ")":
            depth = max(0, depth - 1)
            continue
        if not depth:
            yield index, tokens[index]
        if word == "(":
            depth += 1


def find(tokens: Sequence[Token], start: int, *words: str) -> int:
    """The index of the first of these words outside brackets, or -1."""
    return next((index for index, token in outside(tokens, start) if token.word in words), -1)


def listed(tokens: Sequence[Token], at: int) -> list[str]:
    """The names of a list divided by commas."""
    names: list[str] = []
    while at < len(tokens):
        name, at = name_at(tokens, at)
        if name:
            names.append(name)
        if at >= len(tokens) or tokens[at].word != ",":
            break
        at += 1
    return names


def parts(tokens: Sequence[Token], divider: str = ",") -> list[Sequence[Token]]:
    """The tokens cut at a sign or word outside brackets."""
    cuts = [index for index, token in outside(tokens) if token.word == divider]
    return [tokens[start:end] for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(tokens)], strict=True)]


def shown(tokens: Sequence[Token], most: int = 12) -> str:
    """The words of tokens for people, with single blanks, strings and rows left out."""
    words = ""
    end = tokens[0].start if tokens else 0
    for token in tokens[:most]:
        text = "'…'" if token.kind is TokenKind.STRING and token.text[0] != '"' else token.text
        text = "(…)" if token.kind is TokenKind.ROW else text[:80]
        words += text if token.start == end else f" {text}"
        end = token.end
    return words + (" …" if len(tokens) > most else "")
