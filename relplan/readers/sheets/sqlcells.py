"""The statements of one cell, sorted into DDL and DML by their first words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

Sort: TypeAlias = Literal["ddl", "dml"]


class Sorted(NamedTuple):
    """The statements of a cell by their sort, each as it stood, with the comments before it; blank for none."""

    ddl: str
    dml: str


# What a statement is made of: strings, comments and the semicolons that end it.
_TOKEN: Final = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|--[^\n]*|\#[^\n]*|/\*.*?(?:\*/|\Z)|(?P<end>[;；])", re.DOTALL
)
_BESIDE: Final = re.compile(r"[^\S\n]*(?:(?:--|\#)[^\n]*|/\*[^\n*]{0,200}\*/)?[^\S\n]*")
"""A short comment behind a semicolon, on its line."""

_LEAD: Final = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|\#[^\n]*(?:\n|$)|/\*.*?(?:\*/|\Z)|[;；]|\d+\s*[、.)）])*", re.DOTALL)
"""What may stand before a statement: blanks, comments, a number."""

# Blocks have semicolons of their own, and DELIMITER changes them.
_BLOCK: Final = re.compile(
    r"\b(?:declare|begin)\b(?!\s*;)|^\s*delimiter\s|"
    r"\bcreate\s+(?:or\s+replace\s+)?(?:definer\s*=\s*\S+\s+)?(?:procedure|function|trigger|package|event)\b",
    re.IGNORECASE | re.MULTILINE,
)
_DDL: Final = re.compile(
    r"(?:create|alter|drop)\s+(?:or\s+replace\s+|global\s+|local\s+|temporary\s+|temp\s+|unique\s+|external\s+|public\s+|"
    r"materialized\s+|bitmap\s+|fulltext\s+|definer\s*=\s*\S+\s+)*"
    r"(?:table|index|view|sequence|database|schema|user|role|trigger|procedure|function|package|synonym|tablespace|type|"
    r"column|constraint|event|extension|domain|server|policy|session|system)\b"
    r"|truncate\s+\S|rename\s+\S+\s+\S|comment\s+on\b|(?:grant|revoke)\s+\S",
    re.IGNORECASE,
)
_DML: Final = re.compile(
    r"insert\s+(?:into|ignore|overwrite|all|first)\b|insert\s+\S+\s*(?:\(|values|select)|update\s+\S.*?\bset\b|"
    r"delete\s+(?:from\b|\S+\s+(?:from|where)\b|\w+\s*;?\s*$)|merge\s+into\b|(?:replace|upsert)\s+into\b|select\s+\S|"
    r"call\s+\S+\s*(?:\(|;|$)|exec(?:ute)?\s+\S|with\s+\S.*?\bas\s*\(|(?:declare|begin)\b|load\s+data\b|copy\s+\S+\s+from\b",
    re.IGNORECASE | re.DOTALL,
)


def sorted_statements(text: str) -> Sorted | None:
    """The statements of a cell; None where it holds no statement that is known (a file's name, a link, 是).

    What belongs to no statement (a comment, `USE`, `COMMIT`) stays with the one after it, at the end with the one before.
    """
    boxes: dict[Sort, list[str]] = {"ddl": [], "dml": []}
    waiting: list[str] = []
    last: Sort | None = None
    for piece in _pieces(text):
        waiting.append(piece)
        if sort := _sort(piece):
            boxes[sort] += waiting
            waiting, last = [], sort
    if last is None:
        return None
    boxes[last] += waiting
    return Sorted("\n".join(boxes["ddl"]), "\n".join(boxes["dml"]))


def _sort(piece: str) -> Sort | None:
    lead = _LEAD.match(piece)
    start = lead.end() if lead else 0
    if _DDL.match(piece, start):
        return "ddl"
    return "dml" if _DML.match(piece, start) else None


def _pieces(text: str) -> Iterator[str]:
    """The text cut behind the semicolons that end statements; a text with blocks of code is one piece."""
    if _BLOCK.search(text):
        yield text.strip()
        return
    start = 0
    for token in _TOKEN.finditer(text):
        if token["end"] and token.start() >= start:
            beside = _BESIDE.match(text, token.end())
            end = beside.end() if beside else token.end()
            if piece := text[start:end].strip():
                yield piece
            start = end
    if piece := text[start:].strip():
        yield piece
