"""What the writers of text formats need to know about links: which are safe, what they point at, what a contents list holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from relplan.blocks import (
    Block,
    Callout,
    Contents,
    Document,
    Emphasis,
    Heading,
    Inline,
    Link,
    List,
    Listing,
    Paragraph,
    Strike,
    Strong,
    Table,
)
from relplan.patterns import regex

SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto"})

_SCHEME: Final = regex(r"([^:/?#]*):")
_IGNORED_BY_BROWSERS: Final = regex(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")


def is_safe(target: str) -> bool:
    """Whether a link may have this target: http, https, mailto, an anchor or a relative path; never `javascript:`."""
    # Browsers read "java\tscript:" as a scheme, so blanks and controls do not count.
    found = _SCHEME.match(_IGNORED_BY_BROWSERS.sub("", target))
    return found is None or found[1].lower() in SAFE_SCHEMES


class Entry(Struct, frozen=True):
    """A heading in a contents list, with those below it."""

    heading: Heading
    children: tuple[Entry, ...]


def title_of(document: Document) -> Heading | None:
    """The heading that opens the document and is its title, if it has one."""
    first = document.blocks[0] if document.blocks else None
    return first if isinstance(first, Heading) and first.level == 1 else None


def outline(document: Document, depth: int) -> tuple[Entry, ...]:
    """The headings down to level `depth`; without the title where no other heading has its level."""
    headings = [block for block in walk(document.blocks) if isinstance(block, Heading)]
    title = title_of(document)
    if title is not None and sum(each.level == 1 for each in headings) == 1:
        headings.remove(title)
    return _entries([each for each in headings if each.level <= depth])


def contents_depth(document: Document) -> int:
    """The depth of the document's contents list; 0 where it has none."""
    return max((block.depth for block in walk(document.blocks) if isinstance(block, Contents)), default=0)


def linked_anchors(document: Document) -> frozenset[str]:
    """The anchors that links or the contents list of the document point at."""
    links = (each.target for each in inlines(document.blocks) if isinstance(each, Link))
    found = {target[1:] for target in links if target.startswith("#")}
    found |= {block.back for block in walk(document.blocks) if isinstance(block, Listing)}
    listed = list(outline(document, contents_depth(document)))
    while listed:
        entry = listed.pop()
        found.add(entry.heading.anchor)
        listed.extend(entry.children)
    return frozenset(found - {""})


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """All blocks in reading order, those inside lists and callouts too."""
    for block in blocks:
        yield block
        if isinstance(block, Callout):
            yield from walk(block.blocks)
        elif isinstance(block, List):
            for item in block.items:
                yield from walk(item.blocks)


def _entries(headings: list[Heading]) -> tuple[Entry, ...]:
    """Headings nested by level; a skipped level is no level."""
    entries: list[Entry] = []
    start = 0
    while start < len(headings):
        head = headings[start]
        end = start + 1
        while end < len(headings) and headings[end].level > head.level:
            end += 1
        entries.append(Entry(head, _entries(headings[start + 1 : end])))
        start = end
    return tuple(entries)


def inlines(blocks: Iterable[Block]) -> Iterator[Inline]:
    """All inline content of blocks in reading order, what is inside of others after it; plain cells have none."""
    for block in walk(blocks):
        if isinstance(block, Heading | Paragraph):
            yield from _inside(block.content)
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    if not isinstance(cell, str):
                        yield from _inside(cell)


def _inside(content: Iterable[Inline]) -> Iterator[Inline]:
    for inline in content:
        yield inline
        if isinstance(inline, Link | Strong | Emphasis | Strike):
            yield from _inside(inline.content)
