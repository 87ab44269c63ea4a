"""A document as plain, frozen blocks: what templates yield, and all that writers know.

Every block has one notation in templates; `docs/templates.md` lists them. Text inside blocks is
what it says: nothing in it is Markdown or HTML, and only writers escape.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from relplan.errors import Language

Tone: TypeAlias = Literal["critical", "high", "medium", "low", "gap"]
"""What a mark means to the eye: the four risk levels, and something that is not filled in."""

CalloutKind: TypeAlias = Literal["note", "tip", "important", "warning", "caution"]
CALLOUT_KINDS: Final[tuple[CalloutKind, ...]] = ("note", "tip", "important", "warning", "caution")


class Text(Struct, frozen=True):
    """Words. A line end in them is a `LineBreak` of its own."""

    text: str


class Strong(Struct, frozen=True):
    """Bold."""

    content: tuple[Inline, ...]


class Emphasis(Struct, frozen=True):
    """Italic; Chinese has no italics, so writers may choose another way."""

    content: tuple[Inline, ...]


class Strike(Struct, frozen=True):
    """Struck through."""

    content: tuple[Inline, ...]


class InlineCode(Struct, frozen=True):
    """A word of code."""

    text: str


class Link(Struct, frozen=True):
    """A link; a target that starts with `#` is the anchor of a heading or listing of this document."""

    target: str
    content: tuple[Inline, ...]


class LineBreak(Struct, frozen=True):
    """The next line of the same paragraph."""


class Checkbox(Struct, frozen=True):
    """A box to tick."""

    checked: bool = False


class Mark(Struct, frozen=True):
    """A word with a tone: a risk level, or a gap that someone has to fill."""

    text: str
    tone: Tone


class Anchor(Struct, frozen=True):
    """A spot without words that links can point to; its name is unique in its document."""

    name: str


Inline: TypeAlias = Text | Strong | Emphasis | Strike | InlineCode | Link | LineBreak | Checkbox | Mark | Anchor
Content: TypeAlias = tuple[Inline, ...]


class Heading(Struct, frozen=True):
    """A heading of level 1 to 6. `anchor` is unique in its document (see `with_anchors`)."""

    level: int
    content: Content
    anchor: str = ""


class Paragraph(Struct, frozen=True):
    """A paragraph; never without content."""

    content: Content


class ListItem(Struct, frozen=True):
    """An entry of a list. `checked` is None where it has no box."""

    blocks: tuple[Block, ...]
    checked: bool | None = None


class List(Struct, frozen=True):
    """A list: numbered from `start` where that is not None, with bullets or boxes else. Every list counts anew."""

    items: tuple[ListItem, ...]
    start: int | None = None


class CellChoice(Struct, frozen=True):
    """A word that a cell may hold, and its tone if it has one."""

    text: str
    tone: Tone | None = None


class TableColumn(Struct, frozen=True):
    """A column of a table.

    Attributes:
        header: its header.
        width: in half-width characters, for the widest sensible column; 0: the writer decides by content.
        code: its cells are code or configuration.
        as_text: sheets format its cells as text (1.10 stays 1.10).
        choices: the few words its cells may hold; sheets offer them, and cells take their tones.
        hint: what to write there.
        align: of the cells.
    """

    header: str
    width: int = 0
    code: bool = False
    as_text: bool = True
    choices: tuple[CellChoice, ...] = ()
    hint: str = ""
    align: Literal["left", "center", "right"] = "left"


Cell: TypeAlias = str | Content
"""Most cells are plain text, whose line ends are line breaks; a tuple holds inline content."""


class Table(Struct, frozen=True):
    """A table: every row has as many cells as there are columns.

    Where no column has a header it is a table of facts: its first column says what the others tell.

    Attributes:
        columns, rows: what it shows.
        spare: how many rows sheets leave below it to be filled in.
        values: for each row, what its second cell may hold, where rows differ in that.
    """

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    spare: int = 0
    values: tuple[TableColumn, ...] = ()

    @property
    def is_facts(self) -> bool:
        """Whether the first column heads the rows, and no header the columns."""
        return len(self.columns) > 1 and not any(column.header for column in self.columns)


class Code(Struct, frozen=True):
    """A block of code, as it stands."""

    text: str
    language: str = ""


class Listing(Struct, frozen=True):
    """Code with a title and an anchor, that cells and sentences link to; `back` is the anchor they link from, or blank."""

    title: str
    text: str
    language: str
    anchor: str
    back: str = ""


class Callout(Struct, frozen=True):
    """A box no one overlooks."""

    kind: CalloutKind
    blocks: tuple[Block, ...]


class Image(Struct, frozen=True):
    """A picture: its bytes (PNG, JPEG or SVG), and what it shows in words.

    `code` is the same picture for writers whose readers draw it from code (Mermaid in Markdown).
    """

    data: bytes
    media_type: str
    alternative: str
    code: Code | None = None


class Rule(Struct, frozen=True):
    """A line across the page."""


class PageBreak(Struct, frozen=True):
    """What follows starts a page."""


class Contents(Struct, frozen=True):
    """The headings of the document, linked, down to `depth`."""

    depth: int = 2


Block: TypeAlias = Heading | Paragraph | List | Table | Code | Listing | Callout | Image | Rule | PageBreak | Contents


class PageScript(Struct, frozen=True):
    """A built-in program that an HTML page runs, its looks, and the JSON it works on; other formats have no use for it.

    Attributes:
        name: `NAME.js` and `NAME.css` among the built-in files.
        data: the JSON.
    """

    name: str
    data: str


class Document(Struct, frozen=True):
    """Blocks, and what is said of the whole.

    Attributes:
        title: for the page's title and the file's properties.
        language: of its words.
        version: of the plan it was made from, or blank.
        date: of the document, an input: two renderings of one plan are the same bytes.
        script: what makes the HTML page work, where it does more than show.
    """

    title: str
    language: Language
    blocks: tuple[Block, ...]
    version: str = ""
    date: dt.date | None = None
    script: PageScript | None = None


def one_kind_of_line_end(text: str) -> str:
    """Text with `\\n` as its only line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def plain(content: Cell) -> str:
    """The words of inline content, without their looks."""
    if isinstance(content, str):
        return content
    return "".join(_plain(each) for each in content)


def _plain(inline: Inline) -> str:
    match inline:
        case Text(text) | InlineCode(text) | Mark(text, _):
            return text
        case LineBreak():
            return "\n"
        case Checkbox(checked):
            return "☑" if checked else "☐"
        case Anchor():
            return ""
        case Strong(content) | Emphasis(content) | Strike(content) | Link(_, content):
            return plain(content)


def lines(text: str) -> Content:
    """Text as inline content, each line end a `LineBreak`."""
    if "\n" not in text:
        return (Text(text),)
    content: list[Inline] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            content.append(LineBreak())
        if line:
            content.append(Text(line))
    return tuple(content)


def with_anchors(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks with an anchor for every heading: `section-1`, `section-2` … in the order of the document."""
    count = 0
    out: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            count += 1
            block = Heading(block.level, block.content, block.anchor or f"section-{count}")
        out.append(block)
    return tuple(out)
