"""Blocks as GitHub Flavored Markdown.

Every text comes back as it was from a CommonMark and GFM parser, and stays as pleasant to read as
that allows: a character is escaped only where it would mean something (`order_id` and `a < b` stay).
The one exception is U+0000, which CommonMark itself replaces.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from relplan.blocks import (
    Anchor,
    Block,
    Callout,
    Cell,
    Code,
    Contents,
    Document,
    Emphasis,
    Heading,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    Listing,
    ListItem,
    PageBreak,
    Paragraph,
    Rule,
    Strong,
    Table,
    TableColumn,
    Text,
    one_kind_of_line_end,
)
from relplan.links import Entry, linked_anchors, outline
from relplan.markdown.inline import code_span, destination, edges, escape, escape_label, fence, inline, line
from relplan.patterns import regex

_SHOWN_IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What Markdown parsers take as a `data:` address; they show others as an endless line of text."""

_DELIMITERS: Final = {"left": "---", "center": ":---:", "right": "---:"}
_URL_AT_END: Final = regex(r"(?:://|www\.)[^ \t]*\Z", re.IGNORECASE)
_DEFINITION: Final = regex(r"\[.*(?<!\\)(?:\\\\)*\]:", re.DOTALL)
_CLOSING_HASHES: Final = regex(r"(?:^|(?<=[ \t]))(#+)\Z")
_LANGUAGE: Final = regex(r"[^\w+#.-]")
_SPECIAL_IN_CELL: Final = regex(r"[\\`*_~<&\]|\r\n]|\A\s|\s\Z")
_LIKE_CODE: Final = regex(r"[A-Za-z0-9]")
_MAX_NUMBER: Final = 999_999_999


class _Context(Struct, frozen=True):
    document: Document
    anchors: frozenset[str]


def write(document: Document) -> bytes:
    """The document as GFM in UTF-8, with one line end at its end; the same bytes for the same document."""
    body = _blocks(document.blocks, _Context(document, linked_anchors(document)))
    return body.strip("\n").encode() + b"\n"


def text_of(blocks: Iterable[Block]) -> str:
    """Blocks as Markdown that goes on in another document; a contents list in them is left out."""
    return _blocks(blocks, _Context(Document("", "zh", ()), frozenset())).strip("\n")


def _blocks(blocks: Iterable[Block], context: _Context) -> str:
    """Blocks with a blank line between them, and a comment where two lists would become one."""
    parts: list[str] = []
    before: Block | None = None
    for block in blocks:
        text = _block(block, context)
        if not text:
            continue
        if isinstance(block, List) and isinstance(before, List) and (block.start is None) == (before.start is None):
            parts.append("<!-- -->")
        parts.append(text)
        before = block
    return "\n\n".join(parts)


def _block(block: Block, context: _Context) -> str:
    match block:
        case Heading():
            return _heading(block, context)
        case Paragraph(content):
            return _paragraph(content)
        case List():
            return _list(block, context)
        case Table():
            return _table(block)
        case Code(text, language):
            return _fenced(text, language)
        case Listing(title, text, language, anchor, back):
            way_back = f" [↩](#{back})" if back else ""
            return f"{_anchor(anchor)}{_one_line((Strong((Text(title),)),))}{way_back}\n\n{_fenced(text, language)}"
        case Callout():
            return _callout(block, context)
        case Image(code=Code(text, language)):
            return _fenced(text, language)
        case Image():
            return _image(block)
        case Rule():
            return "---"
        case PageBreak():
            return "<!-- page break -->"
        case Contents(depth):
            entries = outline(context.document, depth)
            return _block(_contents(entries), context) if entries else ""


def _anchor(name: str) -> str:
    return f'<a id="{html.escape(name)}"></a>'


def _heading(block: Heading, context: _Context) -> str:
    anchor = _anchor(block.anchor) if block.anchor in context.anchors else ""
    words = _CLOSING_HASHES.sub(lambda found: found[1][:-1] + "\\#", _one_line(block.content))
    return f"{'#' * min(max(block.level, 1), 6)} {anchor}{words}".rstrip(" ")


def _one_line(content: Iterable[Inline]) -> str:
    """Inline content where no line may end: in headings, cells and titles."""
    content = tuple(content)
    return _spots(content) + edges(inline(content).replace("\n", "<br>"))


def _spots(content: Iterable[Inline]) -> str:
    """The anchors in inline content; they have no words, so it does not matter that they come first."""
    return "".join(_anchor(each.name) for each in content if isinstance(each, Anchor))


def _paragraph(content: Iterable[Inline]) -> str:
    text = inline(content)
    if _DEFINITION.match(text):
        # Code may hold a "]:" that cannot be escaped; the whole paragraph would define a link and not be seen.
        text = f"<span></span>{text}"
    words = text.rstrip("\n")
    first, *rest = [line(each) for each in words.split("\n")]
    out, last = [first], first
    for each in rest:
        # GitHub makes links of bare addresses and would take the backslash of a line break into them.
        out += ["<br>" if _URL_AT_END.search(last) else "\\\n", each]
        last = each
    return "".join(out) + "<br>" * (len(text) - len(words))


def _list(block: List, context: _Context) -> str:
    tight = all(_is_short(item) for item in block.items)
    number = block.start
    out = []
    for item in block.items:
        marker = "-" if number is None else f"{min(max(number, 0), _MAX_NUMBER)}."
        number = None if number is None else number + 1
        out.append(_indented(marker, _item(item, tight, context)))
    return ("\n" if tight else "\n\n").join(out)


def _is_short(item: ListItem) -> bool:
    """Whether an item needs no blank lines: a paragraph, and perhaps one list that may follow it directly."""
    match item.blocks:
        case () | (Paragraph(),):
            return True
        case (Paragraph(), List(items, start)):
            # Markdown lets only these interrupt a paragraph.
            return start in (None, 1) and bool(items) and bool(items[0].blocks) and all(map(_is_short, items))
    return False


def _item(item: ListItem, tight: bool, context: _Context) -> str:
    parts = [_block(block, context) for block in item.blocks] if tight else [_blocks(item.blocks, context)]
    body = "\n".join(parts)
    if item.checked is None:
        return body
    if item.blocks and isinstance(item.blocks[0], Paragraph):
        return f"[{'x' if item.checked else ' '}] {body}"
    return f"{'☑' if item.checked else '☐'}\n\n{body}".rstrip("\n")


def _indented(marker: str, body: str) -> str:
    indent = " " * (len(marker) + 1)
    first, *rest = body.split("\n")
    return "\n".join([f"{marker} {first}".rstrip(" "), *(indent + each if each else "" for each in rest)])


def _table(block: Table) -> str:
    if not block.columns:
        return ""
    writers = [_cell_writer(column) for column in block.columns]
    lines = [_row(_cell_text(column.header) for column in block.columns)]
    lines.append(_row(_DELIMITERS[column.align] for column in block.columns))
    # Row by row: in a long table the texts of all cells at once would take as much room again.
    lines += [_row([write_cell(cell) for write_cell, cell in zip(writers, row, strict=True)]) for row in block.rows]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell_writer(column: TableColumn) -> Callable[[Cell], str]:
    return _code_cell if column.code else _cell


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell if _SPECIAL_IN_CELL.search(cell) is None else _cell_text(cell)
    return _one_line(cell).replace("|", "\\|")


def _code_cell(cell: Cell) -> str:
    """One line of code as a code span; several lines stay text, since a span cannot hold them."""
    if isinstance(cell, str) and "\n" not in cell and "\r" not in cell and _LIKE_CODE.search(cell):
        return code_span(cell).replace("|", "\\|")
    return _cell(cell)


def _cell_text(text: str) -> str:
    return edges(escape(text, alone=True, last=True).replace("|", "\\|").replace("\n", "<br>"))


def _fenced(text: str, language: str) -> str:
    text = one_kind_of_line_end(text)
    ticks = fence(text, at_least=3)
    return f"{ticks}{_LANGUAGE.sub('', language)}\n{text}\n{ticks}"


def _callout(block: Callout, context: _Context) -> str:
    """A GitHub alert; its text goes on under the marker."""
    body = _blocks(block.blocks, context)
    directly = bool(block.blocks) and isinstance(block.blocks[0], Paragraph)
    text = f"[!{block.kind.upper()}]" + ("\n" if directly else "\n\n") + body
    return "\n".join(f"> {each}" if each else ">" for each in text.rstrip("\n").split("\n"))


def _image(block: Image) -> str:
    if block.media_type not in _SHOWN_IMAGES:
        return _paragraph((Emphasis((Text(block.alternative),)),))
    data = base64.b64encode(block.data).decode("ascii")
    return f"![{edges(escape_label(' '.join(block.alternative.split())))}]({destination(f'data:{block.media_type};base64,{data}')})"


def _contents(entries: Iterable[Entry]) -> List:
    """A contents list as a nested list of links."""
    items = []
    for entry in entries:
        words = tuple(Text(" ") if isinstance(each, LineBreak) else each for each in entry.heading.content)
        line_of_it = Paragraph((Link(f"#{entry.heading.anchor}", words),) if entry.heading.anchor else words)
        items.append(ListItem((line_of_it, _contents(entry.children)) if entry.children else (line_of_it,)))
    return List(tuple(items))
