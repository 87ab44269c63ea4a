"""A document as it was read: its blocks, each with its place. Word, Markdown, HTML and plain text all arrive so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, TypeAlias
from urllib.parse import unquote

from msgspec import Struct

from relplan.blocks import (
    Anchor,
    Block,
    Callout,
    Cell,
    Code,
    Content,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    List,
    Listing,
    Paragraph,
    Strike,
    Strong,
    Table,
    plain,
)
from relplan.errors import Place
from relplan.grids import Grid, Spot
from relplan.patterns import regex

Struck: TypeAlias = Literal["no", "partly", "wholly"]
"""How much of a text is struck through."""

_ENCODED: Final = regex(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
"""Letters beyond ASCII as links spell them."""


class Piece(Struct, frozen=True):
    """A block of a document that was read.

    Attributes:
        block: a heading, paragraph, list, table, code …; tables have their headers as the first row of `grid`.
        place: where it stands: a line of a text file, `¶12` (a paragraph) or `table 2` of a Word document.
        grid: of a table: its cells with their places and merges; None for other blocks.
        items: of a list: the place of each of its items, in order; blank where they have none of their own.
    """

    block: Block
    place: Place
    grid: Grid | None = None
    items: tuple[Place, ...] = ()


def grid_of(table: Table, name: str, lines: tuple[int, ...] = ()) -> Grid:
    """The cells of a table, its headers first."""
    head: list[Cell] = [column.header for column in table.columns]
    rows: list[Sequence[Cell]] = [head, *table.rows]
    struck, links = looks_of(rows)
    return Grid(name, [[plain(cell) for cell in row] for row in rows], lines=lines, struck=struck, links=links)


def looks_of(rows: Sequence[Sequence[Cell]]) -> tuple[frozenset[Spot], dict[Spot, str]]:
    """Of the cells of a table those that are struck through, and where those with a link lead."""
    cells = [
        ((r, c), cell) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell and not isinstance(cell, str)
    ]
    links = {spot: next((each.target for each in _links(cell)), "") for spot, cell in cells}
    struck = frozenset(spot for spot, cell in cells if _struck(_leaves(cell)) == "wholly")
    return struck, {spot: target for spot, target in links.items() if target}


def words(content: Cell) -> str:
    """The words of inline content; behind those of a link stands where it leads, unless they say so themselves."""
    return content if isinstance(content, str) else "".join(_words(each) for each in content)


def _words(inline: Inline) -> str:
    match inline:
        case Strong(content) | Emphasis(content) | Strike(content):
            return words(content)
        case Link(target, content) if _leads_out(inline):
            return f"{words(content)} ({_ENCODED.sub(_decoded, target)})"
    return plain((inline,))


def _decoded(match: re.Match[str]) -> str:
    text = unquote(match[0], errors="replace")
    return match[0] if "\ufffd" in text else text


def _links(content: Content) -> Iterator[Link]:
    for each in content:
        if isinstance(each, Link) and _leads_out(each):
            yield each
        elif isinstance(each, Strong | Emphasis | Strike):
            yield from _links(each.content)


def _leads_out(link: Link) -> bool:
    """Whether a link leads out of the document, to where its words do not say."""
    target = unquote(link.target).removeprefix("mailto:").rstrip("/")
    said = unquote(plain(link.content)).strip().rstrip("/")
    return bool(said and target) and not link.target.startswith("#") and target not in (said, f"http://{said}")


def struck_through(blocks: Iterable[Block]) -> Struck:
    """How much of the words of blocks is struck through."""
    return _struck(leaf for block in blocks for leaf in _leaves_of(block))


def _struck(leaves: Iterable[bool]) -> Struck:
    found = set(leaves)
    return "no" if True not in found else "partly" if False in found else "wholly"


def _leaves_of(block: Block) -> Iterator[bool]:
    if isinstance(block, Paragraph | Heading):
        yield from _leaves(block.content)
    elif isinstance(block, List):
        yield from (leaf for item in block.items for inner in item.blocks for leaf in _leaves_of(inner))
    elif isinstance(block, Callout):
        yield from (leaf for inner in block.blocks for leaf in _leaves_of(inner))
    elif isinstance(block, Code | Listing | Table):
        yield False


def _leaves(content: Content, struck: bool = False) -> Iterator[bool]:
    """For each piece of words whether it is struck through."""
    for each in content:
        if isinstance(each, Strong | Emphasis | Link | Strike):
            yield from _leaves(each.content, struck or isinstance(each, Strike))
        elif not isinstance(each, LineBreak | Anchor) and plain((each,)).strip():
            yield struck
