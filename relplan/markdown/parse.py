"""Markdown to blocks, with data that travels through it as tokens.

A template's own words are Markdown; each value it prints becomes a token of private-use characters
(`Values.token`), which Markdown leaves alone. After parsing, tokens in texts, code and link targets are
replaced by what they stand for. So nothing in a value is ever Markdown, and nothing needs escaping.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import unescape
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import unquote

from msgspec import Struct, field

from relplan.blocks import (
    CALLOUT_KINDS,
    Anchor,
    Block,
    Callout,
    Cell,
    Checkbox,
    Code,
    Content,
    Contents,
    Emphasis,
    Heading,
    Image,
    Inline,
    InlineCode,
    LineBreak,
    Link,
    List,
    Listing,
    ListItem,
    PageBreak,
    Paragraph,
    Rule,
    Strike,
    Strong,
    Table,
    TableColumn,
    Text,
    lines,
    plain,
)
from relplan.errors import TemplateError, problem
from relplan.patterns import regex

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode


class Fragment(Struct, frozen=True):
    """Blocks as one value; it stands alone in its paragraph."""

    blocks: tuple[Block, ...]


Value: TypeAlias = str | Content | Fragment
ImageLoader: TypeAlias = Callable[[str, str], Image | None]
"""From the target and the alternative text of an image to its block."""

_START, _BETWEEN, _END = "\ue000", "\ue001", "\ue002"


class Values(Struct):
    """The values of one document, by token.

    A token is of digits, which no filter on captured template text changes; a random number in it
    keeps data from looking like one.
    """

    _word: int = field(default_factory=lambda: int.from_bytes(os.urandom(4)))
    _values: list[Value] = field(default_factory=list)

    def token(self, value: Value) -> str:
        """The token that stands for `value`."""
        self._values.append(value)
        return f"{_START}{self._word}{_BETWEEN}{len(self._values) - 1}{_END}"

    def split(self, text: str) -> Iterator[str | Fragment | Content]:
        """The plain texts of `text` and the values of its tokens, in order; captured template text is expanded."""
        if _START not in text:
            if text:
                yield text
            return
        at = 0
        for match in re.finditer(f"{_START}{self._word}{_BETWEEN}([0-9]+){_END}", text):
            if match.start() > at:
                yield text[at : match.start()]
            value = self._values[int(match[1])]
            if isinstance(value, str):
                yield from self.split(value)
            else:
                yield value
            at = match.end()
        if at < len(text):
            yield text[at:]

    def text(self, text: str) -> str:
        """`text` with the words of each token in its place."""
        return "".join(part if isinstance(part, str) else _words(part) for part in self.split(text))


def _words(value: Fragment | Content) -> str:
    if isinstance(value, Fragment):
        raise _misplaced()
    return plain(value)


def _misplaced() -> TemplateError:
    return TemplateError(
        problem(
            "表格、列表之类的内容（| table、| entries、| markdown …）必须独占一段",
            "a table, list or other block value (| table, | entries, | markdown …) must stand alone in its paragraph",
        )
    )


def to_blocks(
    text: str, values: Values | None = None, load_image: ImageLoader | None = None, keep_line_ends: bool = False
) -> tuple[Block, ...]:
    """The blocks of a Markdown text (CommonMark with GFM tables and strikethrough; HTML in it is plain text).

    `keep_line_ends` makes each line end of a paragraph a line break, as people mean it who write Markdown in cells.

    Raises:
        TemplateError: a block value does not stand alone in its paragraph.
    """
    return _Builder(values or Values(), load_image, keep_line_ends).blocks(_tree(text, html=False).children)


class Located(Struct, frozen=True):
    """A block of a Markdown file.

    Attributes:
        block: the block; None for a piece of HTML.
        line: where it begins, counted from 1.
        inner: the lines of a list's items, or of a table's rows with the header first.
        html: the text of a piece of HTML.
    """

    block: Block | None
    line: int
    inner: tuple[int, ...] = ()
    html: str = ""


def located(text: str) -> Iterator[Located]:
    """The blocks of a Markdown document that someone wrote, with their lines.

    HTML in it is read, line ends stay, and the notations of templates (`[TOC]`, `\\newpage`, `[#anchor]`) mean nothing.
    """
    builder = _Reader(Values(), None, keep_line_ends=True)
    for node in _tree(text, html=True).children:
        line = _line(node)
        if node.type == "html_block":
            yield Located(None, line, html=node.content)
            continue
        rows = [row for part in node.children for row in part.children] if node.type == "table" else node.children
        for block in builder.blocks([node]):
            yield Located(block, line, tuple(_line(row) for row in rows) if isinstance(block, List | Table) else ())


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 0


def _tree(text: str, html: bool) -> SyntaxTreeNode:
    from markdown_it.tree import SyntaxTreeNode

    return SyntaxTreeNode(_parser(html).parse(text))


@functools.cache
def _parser(html: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"])


_ALERT: Final = regex(r"\[!(\w+)\]\s*")
_ANCHOR: Final = regex(r"\s*\[#([\w-]+)\]$")
_LISTING: Final = regex(r"(?P<language>\S*)\s+listing=(?P<anchor>\S+)(?:\s+(?P<title>.*))?", re.DOTALL)
_CONTENTS: Final = regex(r"\[TOC(?: ([1-6]))?\]")
_BOX: Final = regex(r"\[([ xX])\](?=\s|$)")
_SCHEME: Final = regex(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
SAFE_SCHEMES: Final = ("http:", "https:", "mailto:")


class _Builder:
    """Makes blocks of one parsed text."""

    def __init__(self, values: Values, load_image: ImageLoader | None, keep_line_ends: bool) -> None:
        self._values, self._load_image, self._keep_line_ends = values, load_image, keep_line_ends

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> tuple[Block, ...]:
        return tuple(block for node in nodes for block in self._block(node))

    def _block(self, node: SyntaxTreeNode) -> Iterator[Block]:
        match node.type:
            case "paragraph":
                yield from self._paragraph(node.children[0])
            case "heading":
                yield self._heading(node)
            case "bullet_list" | "ordered_list":
                yield self._list(node)
            case "table":
                yield self._table(node)
            case "fence" | "code_block":
                yield self._code(node)
            case "blockquote":
                yield self._callout(node)
            case "hr":
                yield Rule()
            case _:
                yield Paragraph((Text(self._values.text(node.content)),))

    def _paragraph(self, inline: SyntaxTreeNode) -> Iterator[Block]:
        parts = list(self._values.split(inline.content.strip()))
        if len(parts) == 1 and isinstance(parts[0], Fragment):
            yield from parts[0].blocks
        elif inline.content == "\\newpage":
            yield PageBreak()
        elif contents := _CONTENTS.fullmatch(inline.content):
            yield Contents(int(contents[1] or 2))
        elif image := self._image(inline):
            yield image
        elif content := self.inline(inline.children):
            yield Paragraph(content)

    def _image(self, inline: SyntaxTreeNode) -> Image | None:
        if len(inline.children) != 1 or inline.children[0].type != "image" or self._load_image is None:
            return None
        node = inline.children[0]
        return self._load_image(self._target(str(node.attrs.get("src", ""))), self._values.text(node.content))

    def _heading(self, node: SyntaxTreeNode) -> Heading:
        content = self.inline(node.children[0].children)
        # Looked for in the template's own words: a value that ends so is no notation.
        match = _ANCHOR.search(node.children[0].content)
        if match is None:
            return Heading(int(node.tag[1:]), content)
        last = content[-1]
        kept = last.text.removesuffix(match[0].strip()).rstrip() if isinstance(last, Text) else ""
        return Heading(int(node.tag[1:]), (*content[:-1], *((Text(kept),) if kept else ())), match[1])

    def _list(self, node: SyntaxTreeNode) -> List:
        start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        return List(tuple(self._item(item) for item in node.children), start)

    def _item(self, node: SyntaxTreeNode) -> ListItem:
        blocks = self.blocks(node.children)
        if not blocks or not isinstance(blocks[0], Paragraph) or not isinstance(blocks[0].content[0], Checkbox):
            return ListItem(blocks)
        rest = _without_start(blocks[0].content, 0)
        return ListItem((Paragraph(rest), *blocks[1:]) if rest else blocks[1:], blocks[0].content[0].checked)

    def _table(self, node: SyntaxTreeNode) -> Table:
        heads = node.children[0].children[0].children
        columns = tuple(
            TableColumn(plain(self._cell(cell)), align=_align(str(cell.attrs.get("style", "")))) for cell in heads
        )
        body = node.children[1].children if len(node.children) > 1 else ()
        return Table(columns, tuple(tuple(self._cell(cell) for cell in row.children) for row in body))

    def _cell(self, node: SyntaxTreeNode) -> Cell:
        content = self.inline(node.children[0].children) if node.children else ()
        return content if any(not isinstance(each, Text) for each in content) else plain(content)

    def _code(self, node: SyntaxTreeNode) -> Code | Listing:
        info, text = self._values.text(node.info.strip()), self._values.text(node.content.removesuffix("\n"))
        if match := _LISTING.fullmatch(info):
            return Listing(match["title"] or "", text, match["language"], match["anchor"])
        return Code(text, info)

    def _callout(self, node: SyntaxTreeNode) -> Callout:
        blocks = self.blocks(node.children)
        first = blocks[0] if blocks else None
        if isinstance(first, Paragraph):
            match = _ALERT.match(node.children[0].children[0].content)
            kind = next((kind for kind in CALLOUT_KINDS if match and kind == match[1].lower()), None)
            if match and kind:
                rest = _without_start(first.content, match.end())
                return Callout(kind, (Paragraph(rest), *blocks[1:]) if rest else blocks[1:])
        return Callout("note", blocks)

    def inline(self, nodes: Sequence[SyntaxTreeNode]) -> Content:
        """The inline content of nodes; neighbouring texts are one."""
        return _merged(each for number, node in enumerate(nodes) for each in self._inline(node, nodes, number))

    def _inline(self, node: SyntaxTreeNode, siblings: Sequence[SyntaxTreeNode], number: int) -> Iterator[Inline]:
        match node.type:
            case "text":
                yield from self._text(node.content, first=number == 0)
            case "softbreak":
                yield self._line_end(siblings, number)
            case "hardbreak":
                yield LineBreak()
            case "strong":
                yield Strong(self.inline(node.children))
            case "em":
                yield Emphasis(self.inline(node.children))
            case "s":
                yield Strike(self.inline(node.children))
            case "code_inline":
                yield InlineCode(self._values.text(node.content))
            case "link":
                yield from self._link(node)
            case _:
                yield from lines(self._values.text(node.content))

    def _text(self, text: str, first: bool) -> Iterator[Inline]:
        if first and (box := _BOX.match(text)):
            yield Checkbox(box[1] != " ")
            text = text[box.end() :]
        for part in self._values.split(text):
            if isinstance(part, Fragment):
                raise _misplaced()
            yield from lines(part) if isinstance(part, str) else part

    def _line_end(self, siblings: Sequence[SyntaxTreeNode], number: int) -> Inline:
        """A line end inside a paragraph: nothing between Chinese characters, which know no blanks, else a blank."""
        if self._keep_line_ends:
            return LineBreak()
        before, after = siblings[number - 1].content[-1:], siblings[number + 1].content[:1]
        return Text("" if _is_wide(before) and _is_wide(after) else " ")

    def _link(self, node: SyntaxTreeNode) -> Iterator[Inline]:
        content, target = self.inline(node.children), self._target(str(node.attrs.get("href", "")))
        if _SCHEME.match(target) and not target.lower().startswith(SAFE_SCHEMES):
            yield from (*content, Text(f" ({target})"))
        else:
            yield Link(target, content or (Text(target),))

    def _target(self, target: str) -> str:
        """A link target with its tokens replaced; they arrive percent-encoded."""
        return self._values.text(unquote(target)) if "%EE%80%80" in target else target


class _Reader(_Builder):
    """Makes blocks of a document that someone wrote: HTML between its words is read."""

    def _paragraph(self, inline: SyntaxTreeNode) -> Iterator[Block]:
        if content := self.inline(inline.children):
            yield Paragraph(content)

    def _heading(self, node: SyntaxTreeNode) -> Heading:
        return Heading(int(node.tag[1:]), self.inline(node.children[0].children))

    def _code(self, node: SyntaxTreeNode) -> Code:
        return Code(node.content.removesuffix("\n"), node.info.strip())

    def inline(self, nodes: Sequence[SyntaxTreeNode]) -> Content:
        open_elements: list[tuple[str, list[Inline]]] = [("", [])]
        for number, node in enumerate(nodes):
            if node.type == "html_inline":
                _element(node.content, open_elements)
            elif node.type == "image":
                open_elements[-1][1].append(Text(node.content))
            else:
                open_elements[-1][1].extend(self._inline(node, nodes, number))
        while len(open_elements) > 1:  # never closed: its words stand as they are
            _, inner = open_elements.pop()
            open_elements[-1][1].extend(inner)
        return _merged(open_elements[0][1])


_TAG: Final = regex(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<attributes>[^>]*)>", re.DOTALL)
_ID: Final = regex(r"""\b(?:id|name)\s*=\s*["']?([^"'\s>]+)""")
_WRAPPERS: Final[Mapping[str, Callable[[Content], Inline]]] = {
    "strong": Strong, "b": Strong, "em": Emphasis, "i": Emphasis, "del": Strike, "s": Strike, "strike": Strike,
}  # fmt: skip
_WITHOUT_LOOK: Final = frozenset(
    ["a", "span", "font", "u", "ins", "mark", "sub", "sup", "small", "big", "center", "kbd", "code", "img", "p", "div"]
)


def _element(tag: str, open_elements: list[tuple[str, list[Inline]]]) -> None:
    """Take one tag of HTML between words; what is no element of HTML is text."""
    match = _TAG.fullmatch(tag)
    name = match["name"].lower() if match else ""
    here = open_elements[-1][1]
    if name == "br":
        here.append(LineBreak())
    elif match and name == "a" and not match["close"] and (spot := _ID.search(match["attributes"])):
        here.append(Anchor(unescape(spot[1])))
    elif match and name in _WRAPPERS:
        if not match["close"]:
            open_elements.append((name, []))
        elif open_elements[-1][0] == name:
            _, inner = open_elements.pop()
            open_elements[-1][1].append(_WRAPPERS[name](_merged(inner)))
    elif not tag.startswith("<!--") and name not in _WITHOUT_LOOK:
        here.append(Text(tag))


def _merged(content: Iterable[Inline]) -> Content:
    """Inline content in which neighbouring texts are one."""
    merged: list[Inline] = []
    for each in content:
        last = merged[-1] if merged else None
        if isinstance(each, Text) and isinstance(last, Text):
            merged[-1] = Text(last.text + each.text)
        else:
            merged.append(each)
    return tuple(merged)


def _is_wide(char: str) -> bool:
    return "\u2e80" <= char <= "\uffef" and not _START <= char <= _END


def _align(style: str) -> Literal["left", "center", "right"]:
    word = style.removeprefix("text-align:")
    return "center" if word == "center" else "right" if word == "right" else "left"


def _without_start(content: Content, length: int) -> Content:
    """Inline content without its first `length` characters (a box counts none) and the blanks that follow them."""
    first, after = content[0], content[1:]
    if not isinstance(first, Text) and after and isinstance(after[0], Text):
        first, after = after[0], after[1:]
    rest = first.text[length:].lstrip() if isinstance(first, Text) else ""
    if not rest and after and isinstance(after[0], LineBreak):
        after = after[1:]
    return ((Text(rest),) if rest else ()) + after
