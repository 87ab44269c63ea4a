"""One document of several: a chapter for each, its headings a level lower, its anchors its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, structs

from relplan.blocks import Anchor, Block, Document, Heading, Link, Listing, Text, with_anchors

_DEEPEST = 6


def collected(title: str, chapters: Sequence[tuple[str, Document]]) -> Document:
    """The document `title` of chapters, each with its heading in the place of its document's own title."""
    first = chapters[0][1]
    blocks: list[Block] = [Heading(1, (Text(title),))]
    for number, (heading, document) in enumerate(chapters, 1):
        blocks.append(Heading(2, (Text(heading),), f"release-{number}"))
        own = document.blocks[1:] if document.blocks and isinstance(document.blocks[0], Heading) else document.blocks
        blocks += [_moved(block, f"release-{number}-") for block in own]
    return Document(title, first.language, with_anchors(blocks), "", first.date)


def _moved(value: Any, prefix: str) -> Any:
    """A block, or a part of one, a level lower and with other anchors."""
    if isinstance(value, tuple):
        return tuple(_moved(each, prefix) for each in value)
    if not isinstance(value, Struct):
        return value
    changes: dict[str, Any] = {
        name: _moved(getattr(value, name), prefix)
        for name in value.__struct_fields__
        if isinstance(getattr(value, name), tuple)
    }
    if isinstance(value, Heading):
        changes |= {"level": min(_DEEPEST, value.level + 1), "anchor": prefix + value.anchor}
    elif isinstance(value, Listing):
        changes |= {"anchor": prefix + value.anchor, "back": prefix + value.back if value.back else ""}
    elif isinstance(value, Anchor):
        changes["name"] = prefix + value.name
    elif isinstance(value, Link) and value.target.startswith("#"):
        changes["target"] = f"#{prefix}{value.target[1:]}"
    return structs.replace(value, **changes) if changes else value
