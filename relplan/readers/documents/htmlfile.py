"""HTML files as pieces: pages, and the tables that export and mail systems write. Nothing is fetched, run or expanded.

The blocks of relplan's own pages come back as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import Any, Final, get_args

from relplan.blocks import (
    CALLOUT_KINDS,
    Anchor,
    Block,
    Callout,
    CalloutKind,
    Checkbox,
    Code,
    Content,
    Emphasis,
    Heading,
    Inline,
    InlineCode,
    LineBreak,
    Link,
    List,
    Listing,
    ListItem,
    Mark,
    PageBreak,
    Paragraph,
    Rule,
    Strike,
    Strong,
    Text,
    Tone,
    lines,
    plain,
)
from relplan.errors import Place, ReadError, problem
from relplan.model.read import Read
from relplan.patterns import regex
from relplan.readers.documents.htmltable import Tables, is_layout
from relplan.readers.documents.outline import read_pieces
from relplan.readers.documents.pieces import Piece
from relplan.readers.draft import Draft
from relplan.readers.options import DEFAULT, ReadOptions
from relplan.readers.sheets.delimited import decoded

_SKIPPED: Final = frozenset(
    re.findall(
        r"\w+",
        "head script style noscript template nav iframe object embed svg math canvas audio video select button title",
    )
)
_BLOCKS: Final = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5"
        " h6 header hr html li main ol p pre section summary table tbody td tfoot th thead tr ul caption",
    )
)
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PARAGRAPHS: Final = frozenset(("p", "dt", "dd", "summary", "figcaption", "caption", "address"))
_STYLES: Final = MappingProxyType[str, Callable[[Content], Inline]](
    {"strong": Strong, "b": Strong, "em": Emphasis, "i": Emphasis, "s": Strike, "del": Strike, "strike": Strike}
)
_TONES: Final[tuple[Tone, ...]] = get_args(Tone)
_CODE: Final = frozenset(("code", "tt", "kbd", "samp"))
_BLANKS: Final = regex(r"[ \t\r\n\f]+")
_CHARSET: Final = regex(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DEEPEST: Final = 256  # libxml2: xmlParserMaxDepth
_DEEPEST_LOOKS: Final = 64
_STRUCK: Final = regex(r"line-through")
_OWN_PAGE: Final = "boolean(//main[@id='main']) and boolean(//meta[@http-equiv='Content-Security-Policy'])"


def read_html(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in an HTML file.

    Raises:
        ReadError: it is no text, or holds no part of a plan.
        PlanError: it holds text that no plan can hold.
    """
    draft = Draft(name)
    page = _Page(_text(data, name, options), name)
    found = page.pieces()
    for place in page.labels:
        draft.label(place)
    return read_pieces(found, draft, options)


def pieces_of(html: str, name: str) -> list[Piece]:
    """The blocks of a page or a part of one; `name` is that of the file, for their places.

    Raises:
        ReadError: it cannot be parsed.
    """
    return _Page(html, name).pieces()


def _text(data: bytes, name: str, options: ReadOptions) -> str:
    """The text in the encoding that the page declares, where it is one in which it can be read."""
    declared = _CHARSET.search(data[:4096])
    plain_text = decoded(data, name, options)
    if declared is None or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return plain_text
    encoding = declared[1].decode("ascii", "replace").lower()
    try:
        return data.decode("gb18030" if encoding.startswith("gb") else encoding)
    except (LookupError, UnicodeError):
        return plain_text


_WORD_BREAK: Final = regex(r"</?wbr\b[^>]*>", re.IGNORECASE)
"""Where a line may end, a word goes on; to libxml2, which knows HTML 4, all that follows would stand inside."""


def _parsed(html: str, name: str) -> Any:
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = etree.fromstring(_WORD_BREAK.sub("", html).encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise ReadError(problem(f"HTML 有误：{error}", f"broken HTML: {error}", name)) from None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):  # the rest was left out
        raise ReadError(
            problem(
                f"HTML 嵌套过深（超过 {_DEEPEST} 层），或有一段文字超过 10 MB",
                f"the HTML is nested too deep (over {_DEEPEST} levels), or a text in it is longer than 10 MB",
                name,
            )
        )
    return root


class _Page:
    """Walks a page once; a piece has the line of its element, the cell of a table its address."""

    def __init__(self, html: str, name: str) -> None:
        self._root = _parsed(html, name)
        self._name = name
        self._exact = self._root is not None and self._root.xpath(_OWN_PAGE)  # blanks that someone typed are meant
        self._tables = Tables(name, self.cell)
        self.labels: list[Place] = []

    def pieces(self) -> list[Piece]:
        """The blocks of the page."""
        return [] if self._root is None else list(self._flow(self._root))

    def cell(self, element: Any) -> Content:
        """What a cell holds: its blocks below one another."""
        if not any(each.tag in _BLOCKS for each in element.iterdescendants()):
            return self._content(element)
        content: list[Inline] = []
        for piece in self._flow(element):
            content += [LineBreak()] if content else []
            content += _as_lines(piece.block)
        return tuple(content)

    def _place(self, element: Any) -> Place:
        return Place(self._name, line=element.sourceline or 0)

    def _flow(self, element: Any) -> Iterator[Piece]:
        """The blocks in an element; words between them are paragraphs."""
        words: list[Inline] = self._words(element.text)
        begin = element
        for child in element:
            if child.tag in _SKIPPED or child.get("class") == "skip":
                inner: Iterable[Piece] = ()
            elif child.tag in _BLOCKS or any(each.tag in _BLOCKS for each in child.iterdescendants()):
                yield from self._paragraph(words, begin)
                words, inner = [], self._block(child)
            else:
                begin = child if not words else begin
                words += self._inline(child)
                inner = ()
            yield from inner
            words += self._words(child.tail)
        yield from self._paragraph(words, begin)

    def _paragraph(self, words: list[Inline], element: Any) -> Iterator[Piece]:
        content = _squeezed(words)
        if plain(content).strip() or any(isinstance(each, Anchor) for each in content):
            yield Piece(Paragraph(content), self._place(element))

    def _block(self, element: Any) -> Iterator[Piece]:
        tag, place, classes = element.tag, self._place(element), element.get("class", "").split()
        if "facts" in classes and self._exact:
            self.labels.append(place)  # version and date below the title, which the page tells again
        elif tag in _HEADINGS:
            content = self._content(element)
            if plain(content).strip():
                yield Piece(Heading(int(tag[1]), content, element.get("id", "")), place)
        elif tag == "pre":
            yield Piece(Code(_verbatim(element), _language(element)), place)
        elif tag in ("ul", "ol"):
            yield self._list(element)
        elif tag == "table" and not is_layout(element):
            yield from self._flow_of_caption(element)
            yield from self._tables.piece(element, place)
        elif tag == "hr":
            yield Piece(Rule(), place)
        elif "page-break" in classes:
            yield Piece(PageBreak(), place)
        elif "callout" in classes:
            yield self._callout(element, classes)
        elif tag == "figure" and "listing" in classes:
            yield self._listing(element)
        elif tag in _PARAGRAPHS and not any(each.tag in _BLOCKS for each in element.iterdescendants()):
            yield from self._paragraph(list(self._content(element)), element)
        else:
            yield from self._flow(element)

    def _flow_of_caption(self, table: Any) -> Iterator[Piece]:
        for caption in table.iterchildren("caption"):
            yield from self._flow(caption)

    def _list(self, element: Any) -> Piece:
        items, places = [], []
        for child in element.iterchildren():
            if child.tag == "li":
                items.append(self._item(child))
                places.append(self._place(child))
            elif items and child.tag in ("ul", "ol"):  # a list beside the item it belongs to, as mail programs write
                items[-1] = ListItem((*items[-1].blocks, self._list(child).block), items[-1].checked)
        start = element.get("start", "1")
        first = (int(start) if start.isdecimal() else 1) if element.tag == "ol" else None
        return Piece(List(tuple(items), first), self._place(element), items=tuple(places))

    def _item(self, element: Any) -> ListItem:
        blocks = tuple(piece.block for piece in self._flow(element))
        match blocks:
            case (Paragraph((Checkbox(checked), *rest)), *others):
                return ListItem((*_not_blank(Paragraph(_squeezed(rest))), *others), checked)
        return ListItem(blocks)

    def _callout(self, element: Any, classes: list[str]) -> Piece:
        kind: CalloutKind = next((each for each in CALLOUT_KINDS if each in classes), CALLOUT_KINDS[0])
        blocks = []
        for child in element:
            if child.get("class") == "label":
                self.labels.append(self._place(child))
            elif isinstance(child.tag, str):
                blocks += [piece.block for piece in self._block(child)]
        return Piece(Callout(kind, tuple(blocks)), self._place(element))

    def _listing(self, element: Any) -> Piece:
        """A figure as relplan writes it: a caption with a link back, and code."""
        caption, code = element.find("figcaption"), element.find("pre")
        content = self._content(caption) if caption is not None else ()
        back = next((each.target[1:] for each in content if isinstance(each, Link) and each.target[:1] == "#"), "")
        title = plain(tuple(each for each in content if not isinstance(each, Link))).strip()
        text, language = (_verbatim(code), _language(code)) if code is not None else ("", "")
        return Piece(Listing(title, text, language, element.get("id", ""), back), self._place(element))

    # Inline -----------------------------------------------------------------------------------------------------------

    def _content(self, element: Any) -> Content:
        found = self._inside(element)
        return tuple(found) if self._exact else _squeezed(found)

    def _inside(self, element: Any) -> list[Inline]:
        words = self._words(element.text)
        for child in element:
            words += self._inline(child)
            words += self._words(child.tail)
        return words

    def _words(self, text: str | None) -> list[Inline]:
        if not text:
            return []
        return [Text(text if self._exact else _BLANKS.sub(" ", text))]

    def _inline(self, element: Any) -> list[Inline]:
        tag = element.tag
        if tag in _SKIPPED or not isinstance(tag, str):
            return []
        if tag == "br":
            return [LineBreak()]
        if tag in _CODE:
            return _code(_verbatim(element))
        if tag == "a":
            return self._link(element)
        if tag == "input":
            return [Checkbox("checked" in element.attrib)] if element.get("type") == "checkbox" else []
        if tag == "span" and (special := _own_span(element)):
            return [special]
        inner = self._inside(element)
        style = _STYLES.get(tag) or (Strike if _STRUCK.search(element.get("style", "")) else None)
        return [style(tuple(inner))] if style and inner and _is_shallow(element) else inner

    def _link(self, element: Any) -> list[Inline]:
        inner, target = self._inside(element), element.get("href", "")
        name = element.get("id") or element.get("name")
        anchor: list[Inline] = [Anchor(name)] if name and not target else []
        is_link = target and inner and _is_shallow(element)
        return [*anchor, Link(target, tuple(inner))] if is_link else [*anchor, *inner]


def _is_shallow(element: Any) -> bool:
    """Whether an element is nested no deeper than anyone can see; words further in have no looks of their own."""
    return sum(1 for _ in element.iterancestors()) < _DEEPEST_LOOKS


def _own_span(element: Any) -> Inline | None:
    """A box or a mark of relplan's own."""
    classes, text = element.get("class", "").split(), "".join(element.itertext())
    if "box" in classes and text in ("☑", "☐"):
        return Checkbox(text == "☑")
    tone = next((each for each in _TONES if each in classes), None)
    return Mark(text, tone) if "mark" in classes and tone else None


def _code(text: str) -> list[Inline]:
    """Code of several lines in one paragraph or cell."""
    return [InlineCode(each.text) if isinstance(each, Text) else each for each in lines(text)] if text else []


def _verbatim(element: Any) -> str:
    """The text as it stands, with a line end for each `<br>`."""
    parts = [element.text or ""]
    for each in element.iterdescendants():
        parts.append("\n" if each.tag == "br" else each.text or "")
        parts.append(each.tail or "")
    return "".join(parts)


def _language(element: Any) -> str:
    names = [name for each in element.iter("pre", "code") for name in each.get("class", "").split()]
    return next((name.removeprefix("language-") for name in names if name.startswith("language-")), "")


def _squeezed(words: Iterable[Inline]) -> Content:
    """Inline content without blanks at the edges of its lines, or two in a row."""
    found, _ = _squeeze(words, at_edge=True)
    while found and isinstance(found[-1], LineBreak):
        found.pop()
    _cut_end(found)
    return tuple(found)


def _squeeze(words: Iterable[Inline], at_edge: bool) -> tuple[list[Inline], bool]:
    found: list[Inline] = []
    for each in words:
        if isinstance(each, Text):
            text = each.text.lstrip(" ") if at_edge else each.text
            if text:
                found.append(Text(text))
                at_edge = text.endswith(" ")
        elif isinstance(each, LineBreak):
            _cut_end(found)
            found += [each] if found else []
            at_edge = True
        elif isinstance(each, Strong | Emphasis | Strike | Link):
            inner, at_edge = _squeeze(each.content, at_edge)
            if inner:
                found.append(Link(each.target, tuple(inner)) if isinstance(each, Link) else type(each)(tuple(inner)))
        else:
            found.append(each)
            at_edge = False
    return found, at_edge


def _cut_end(found: list[Inline]) -> None:
    if found and isinstance(last := found[-1], Text):
        found.pop()
        if text := last.text.rstrip(" "):
            found.append(Text(text))


def _not_blank(paragraph: Paragraph) -> tuple[Paragraph, ...]:
    return (paragraph,) if paragraph.content else ()


def _as_lines(block: Block, indent: str = "") -> list[Inline]:
    """A block in a cell: the lines of a list begin with a mark, as people type them."""
    match block:
        case Paragraph(content) | Heading(_, content, _):
            return list(content)
        case Code(text, _):
            return list(lines(text))
        case List(items, start):
            marks = [f"{indent}- " if start is None else f"{indent}{start + i}. " for i in range(len(items))]
            return _joined([_item_lines(item, mark, indent) for item, mark in zip(items, marks, strict=True)])
        case Callout(_, blocks):
            return _joined([_as_lines(each) for each in blocks])
        case _:
            return []


def _item_lines(item: ListItem, mark: str, indent: str) -> list[Inline]:
    parts = [_as_lines(block, indent + "  ") for block in item.blocks]
    return [Text(mark), *_joined(parts)]


def _joined(parts: Iterable[list[Inline]]) -> list[Inline]:
    found: list[Inline] = []
    for part in filter(None, parts):
        found += [LineBreak(), *part] if found else part
    return found
