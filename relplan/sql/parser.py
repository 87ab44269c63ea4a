"""A second opinion on single statements from sqlglot, where `relplan[sql]` is installed. Its doubt is no proof of an error."""

from __future__ import annotations

import functools
import importlib.util
import logging
from collections.abc import Iterator
from typing import Final

from relplan.patterns import regex
from relplan.sql.dialects import Dialect
from relplan.sql.script import Script
from relplan.sql.statements import Statement
from relplan.sql.tokens import Token, TokenKind
from relplan.sql.verbs import Kind

MAX_CHARACTERS: Final = 20_000
"""A longer statement is not shown to the parser."""

MAX_DEPTH: Final = 40
"""Nor one with deeper brackets: the parser runs out of stack at about a hundred."""

_ASKED: Final = (Kind.DDL, Kind.DML, Kind.QUERY)


def is_available() -> bool:
    """Whether the parser is installed."""
    return importlib.util.find_spec("sqlglot") is not None


def doubtful(script: Script) -> Iterator[Statement]:
    """The statements of a script that the parser does not know; none where it is not installed."""
    if is_available():
        yield from (each for each in script.statements if not knows(each, script.dialect))


def knows(statement: Statement, dialect: Dialect) -> bool:
    """Whether the parser takes a statement for one of the dialect, or was not asked: too long, too deep, procedural code."""
    if statement.kind not in _ASKED or statement.order or len(statement.text) > MAX_CHARACTERS:
        return True
    return _depth(statement.tokens) > MAX_DEPTH or _parses(_shape(statement, dialect), dialect)


_OWN_WORD: Final = regex(r"\w*[\d_]\w*")


def _shape(statement: Statement, dialect: Dialect) -> str:
    """A statement with its own names and numbers made alike, so that the parser sees each shape once: scripts repeat a few.

    Names are words with a digit or underscore in them that the parser has no meaning for.
    """
    text, start, known = statement.body, statement.start, _keywords(dialect)
    pieces: list[str] = []
    at = 0
    for token in statement.tokens:
        is_name = token.kind is TokenKind.WORD and token.word not in known and _OWN_WORD.fullmatch(token.text)
        alike = "1" if token.kind is TokenKind.NUMBER else "n_1" if is_name else ""
        if alike:
            pieces += (text[at : token.start - start], alike)
            at = token.end - start
    return "".join((*pieces, text[at:]))


@functools.cache
def _keywords(dialect: Dialect) -> frozenset[str]:
    """The words that the parser's tokenizer knows in a dialect, upper case."""
    from sqlglot.dialects.dialect import Dialect as Known

    return frozenset(Known.get_or_raise(dialect.value).tokenizer_class.KEYWORDS)


def _depth(tokens: tuple[Token, ...]) -> int:
    depth = deepest = 0
    for token in tokens:
        depth += (token.word == "(") - (token.word == ")")
        deepest = max(deepest, depth)
    return deepest


@functools.lru_cache(maxsize=1024)
def _parses(text: str, dialect: Dialect) -> bool:
    import sqlglot
    from sqlglot import expressions

    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        trees = sqlglot.parse(text, read=dialect.value)
    except Exception:  # whatever ends a foreign parser, RecursionError among it, says only that it does not know this
        return False
    finally:
        logger.setLevel(level)
    return len(trees) == 1 and trees[0] is not None and not isinstance(trees[0], expressions.Command)
