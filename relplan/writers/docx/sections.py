"""Which blocks stand on which kind of page, so that wide tables get wide pages and no page stays empty."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from relplan.blocks import Block, Callout, Code, Heading, Image, List, Listing, PageBreak, Paragraph, Rule, Table, plain
from relplan.writers.docx.layout import Layout, measure
from relplan.writers.docx.page import Page

_SHORT_LINES: Final = 16
_LEAD_BLOCKS: Final = 4
_LINE: Final = 84
_MANY: Final = 1000


class Segment(Struct, frozen=True):
    """Blocks on one kind of page; `start` is the place of the first among the blocks of the document."""

    page: Page
    start: int
    blocks: tuple[Block, ...]


def segments(blocks: Sequence[Block], layouts: Mapping[int, Layout], upright: Page) -> tuple[Segment, ...]:
    """The document cut where the kind of page changes.

    A few lines before or after a wide table go with it, and the heading above it always does: a page
    with two lines on it is as bad as an empty one.
    """
    pages: list[Page | None] = [layouts[i].page if i in layouts else None for i in range(len(blocks))]
    position = 0
    for is_open, run in itertools.groupby(list(pages), key=lambda page: page is None):
        length = len(list(run))
        if is_open:
            _settle(pages, blocks, position, position + length)
        position += length
    chosen = [page or upright for page in pages]
    cut: list[Segment] = []
    position = 0
    for page, same in itertools.groupby(chosen):
        length = len(list(same))
        cut.append(Segment(page, position, tuple(blocks[position : position + length])))
        position += length
    return tuple(cut) or (Segment(upright, 0, ()),)


def _settle(pages: list[Page | None], blocks: Sequence[Block], start: int, end: int) -> None:
    """Give the blocks from `start` to `end`, between two wide tables, to a page beside them where that is better."""
    before = pages[start - 1] if start else None
    after = pages[end] if end < len(pages) else None
    if before is None and after is None:
        return
    if sum(_lines(block) for block in blocks[start:end]) <= _SHORT_LINES:
        pages[start:end] = [after or before] * (end - start)
    elif after is not None:
        lead = _lead(blocks, start, end)
        pages[lead:end] = [after] * (end - lead)


def _lead(blocks: Sequence[Block], start: int, end: int) -> int:
    """Where what introduces the wide table at `end` begins: its headings, and a few lines between."""
    at = end
    while at > start and end - at < _LEAD_BLOCKS and isinstance(blocks[at - 1], Paragraph | Callout):
        at -= 1
    if at == start or not isinstance(blocks[at - 1], Heading):
        return end
    while at > start and isinstance(blocks[at - 1], Heading):
        at -= 1
    return at


def _lines(block: Block) -> int:
    """About how many lines a block takes on an upright page."""
    match block:
        case Heading():
            return 2
        case Paragraph(content):
            return sum(1 + measure(line) // _LINE for line in plain(content).split("\n"))
        case List(items):
            return sum(max(1, sum(map(_lines, item.blocks))) for item in items)
        case Callout(_, inside):
            return 2 + sum(map(_lines, inside))
        case Code(text, _) | Listing(_, text, _, _, _):
            return 2 + text.count("\n")
        case Table(_, rows):
            return 2 + sum(max(cell_height(cell) for cell in row) if row else 0 for row in rows[:_SHORT_LINES])
        case PageBreak() | Rule():
            return 1
        case Image():
            return 12
        case _:
            return _MANY


def cell_height(cell: object) -> int:
    """About how many lines a cell takes in a table of a few columns."""
    text = cell if isinstance(cell, str) else plain(cell)  # type: ignore[arg-type]
    return sum(1 + measure(line) // (_LINE // 2) for line in text.split("\n"))
