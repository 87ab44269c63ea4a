"""Markdown files as pieces: blocks with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from relplan.blocks import PageBreak, Paragraph, Table, Text
from relplan.errors import Place
from relplan.markdown.parse import Located, located
from relplan.model.read import Read
from relplan.patterns import regex
from relplan.readers.documents.outline import read_pieces
from relplan.readers.documents.pieces import Piece, grid_of
from relplan.readers.draft import Draft
from relplan.readers.options import DEFAULT, ReadOptions
from relplan.readers.sheets.delimited import decoded

_FRONT_MATTER: Final = regex(r"\A---\n(?P<lines>.*?)\n(?:---|\.\.\.)\n", re.DOTALL)
_COMMENT: Final = regex(r"<!--.*?-->", re.DOTALL)
_PAGE_BREAK: Final = "<!-- page break -->"


def read_md(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in a Markdown file.

    Raises:
        ReadError: it is no text, or holds no part of a plan.
        PlanError: it holds text that no plan can hold.
    """
    return read_pieces(pieces(decoded(data, name, options), name), Draft(name), options)


def pieces(text: str, name: str) -> list[Piece]:
    """The blocks of a Markdown text; the lines of a front matter come first, as paragraphs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found: list[Piece] = []
    if match := _FRONT_MATTER.match(text):
        rows = match["lines"].split("\n")
        found = [_line(row, Place(name, line=i)) for i, row in enumerate(rows, 2) if row.strip()]
        text = "\n" * (len(rows) + 2) + text[match.end() :]
    tables = 0
    for each in located(text):
        if isinstance(each.block, Table):
            tables += 1
        found.extend(_pieces(each, name, f"table {tables}"))
    return found


def _pieces(each: Located, name: str, table: str) -> Iterator[Piece]:
    place = Place(name, line=each.line)
    if isinstance(each.block, Table):
        yield Piece(each.block, place, grid_of(each.block, table, each.inner))
    elif each.block is not None:
        yield Piece(each.block, place, items=tuple(Place(name, line=line) for line in each.inner))
    elif each.html.strip() == _PAGE_BREAK:
        yield Piece(PageBreak(), place)
    elif words := _COMMENT.sub("", each.html).strip():
        yield from _html(words, place)


def _html(html: str, place: Place) -> Iterator[Piece]:
    """A piece of HTML between Markdown, with the place where it begins."""
    from relplan.readers.documents.htmlfile import pieces_of

    for piece in pieces_of(html, place.file):
        yield Piece(piece.block, place, piece.grid, tuple(place for _ in piece.items))


def _line(text: str, place: Place) -> Piece:
    return Piece(Paragraph((Text(text.strip()),)), place)
