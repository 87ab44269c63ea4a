"""Lists put together from the paragraphs that Word numbers one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct, field

from relplan.blocks import Block, Checkbox, Content, List, ListItem, Paragraph, Text
from relplan.errors import Place
from relplan.readers.documents.pieces import Piece


class Item(Struct, frozen=True):
    """A paragraph of a list.

    Attributes:
        number: the id of the list.
        level: of the paragraph in it, from 0.
        count: its number; None where it has a bullet.
        content: its words.
        place: where it stands.
    """

    number: str
    level: int
    count: int | None
    content: Content
    place: Place


class _Open(Struct):
    """A list that is being put together."""

    number: str
    level: int
    start: int | None
    items: list[list[Block]] = field(default_factory=list)
    checked: list[bool | None] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def block(self) -> List:
        pairs = zip(self.items, self.checked, strict=True)
        return List(tuple(ListItem(tuple(blocks), done) for blocks, done in pairs), self.start)


class Lists:
    """The list that is open, with those inside it.

    `goes_on` tells of the ids of two lists whether the second is the first, going on.
    """

    def __init__(self, goes_on: Callable[[str, str], bool]) -> None:
        self._goes_on = goes_on
        self._stack: list[_Open] = []

    def __bool__(self) -> bool:
        return bool(self._stack)

    def add(self, item: Item) -> Iterator[Piece]:
        """Put an item where it belongs; the list before it, if the item begins another one."""
        while self._stack and self._is_past(self._stack[-1], item):
            if len(self._stack) == 1:
                yield from self.closed()
            else:
                self._close_inner()
        if not self._stack or self._stack[-1].level < item.level:
            self._stack.append(_Open(item.number, item.level, item.count))
        self._stack[-1].number = item.number
        content, done = _unticked(item.content)
        self._stack[-1].items.append([Paragraph(content)] if content else [])
        self._stack[-1].checked.append(done)
        self._stack[-1].places.append(item.place)

    def go_on(self, block: Block) -> None:
        """Add a block to the last item."""
        self._stack[-1].items[-1].append(block)

    def closed(self) -> Iterator[Piece]:
        """The list that is open, if there is one."""
        while len(self._stack) > 1:
            self._close_inner()
        if self._stack:
            whole = self._stack.pop()
            yield Piece(whole.block(), whole.places[0], items=tuple(whole.places))

    def _is_past(self, last: _Open, item: Item) -> bool:
        if last.level != item.level or last.number == item.number:
            return last.level > item.level
        return not self._goes_on(last.number, item.number)

    def _close_inner(self) -> None:
        inner = self._stack.pop()
        self._stack[-1].items[-1].append(inner.block())


def _unticked(content: Content) -> tuple[Content, bool | None]:
    """The content of an item without the box before it, and whether that is ticked; None where it has none."""
    if not content or not isinstance(content[0], Checkbox):
        return content, None
    rest = content[1:]
    if rest and isinstance(rest[0], Text):
        text = rest[0].text.removeprefix("\t").removeprefix(" ")
        rest = ((Text(text),) if text else ()) + rest[1:]
    return rest, content[0].checked
