"""The text of a document: its blocks as paragraphs and tables, section by section."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from msgspec import Struct, structs

from relplan.blocks import (
    Anchor,
    Block,
    Callout,
    CalloutKind,
    Code,
    Contents,
    Document,
    Heading,
    Image,
    List,
    Listing,
    ListItem,
    PageBreak,
    Paragraph,
    Rule,
    Table,
    one_kind_of_line_end,
    plain,
)
from relplan.errors import Language
from relplan.links import Entry, inlines, outline, title_of, walk
from relplan.writers import WHOLE_CODE
from relplan.writers.docx import pictures, tables
from relplan.writers.docx.inlines import Bookmarks, Inlines
from relplan.writers.docx.layout import Layout, choose, within
from relplan.writers.docx.markup import DECLARATION, NAMESPACES, run
from relplan.writers.docx.numbering import LEVELS, MOST_START, STEP, Numbering
from relplan.writers.docx.opc import PICTURES, Relations
from relplan.writers.docx.page import Page
from relplan.writers.docx.sections import Segment, segments
from relplan.writers.docx.theme import Theme

CALLOUTS: Final[dict[Language, dict[CalloutKind, str]]] = {
    "zh": {"note": "说明", "tip": "提示", "important": "重要", "warning": "警告", "caution": "注意"},
    "en": {"note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution"},
}
"""What stands at the head of a callout, so that its kind can be read without colours."""

_CALLOUT_MARGIN: Final = 170
_CALLOUT_BAR: Final = 40
_IMAGE_PART: Final = 0.7
_WHOLE_TEXT: Final = 1500
_MOST_LINES: Final = 2000
"""Lines of code that are paragraphs of their own; what is longer is one paragraph, for readers bear no more of them."""
_CODE_LETTER: Final = 5.5
"""Twips that a letter of code is wide for each half-point of its size, in Consolas."""
_FURTHER: Final = 2
_DEEPEST: Final = 24
"""Letters by which what does not fit in a line of code is further in than the line, and the most blanks of a line that count."""
_SVG: Final = "image/svg+xml"


class _Room(Struct, frozen=True):
    """Where blocks stand.

    Attributes:
        width: of the text, in twips.
        height: of the page's text, in twips.
        indent: from the left edge of the room, in twips.
        level: of the list around them, -1 outside of lists.
        style: name of the style of paragraphs.
    """

    width: int
    height: int
    indent: int = 0
    level: int = -1
    style: str = "Normal"


class Body:
    """Writes the blocks of one document; holds what they share: bookmarks, lists, links and pictures.

    Bookmarks and drawings are numbered from `first_id` on; `titled` says that the first heading of all is the title;
    names of bookmarks (in small letters) that are `taken` are not used.
    """

    def __init__(
        self,
        document: Document,
        theme: Theme,
        upright: Page,
        relations: Relations,
        first_id: int = 0,
        titled: bool = True,
        taken: Collection[str] = (),
    ) -> None:
        self._document = document
        self._theme = theme
        self._upright = upright
        self._relations = relations
        anchors = [block.anchor for block in walk(document.blocks) if isinstance(block, Heading | Listing)]
        anchors += [each.name for each in inlines(document.blocks) if isinstance(each, Anchor)]
        self._bookmarks = Bookmarks(anchors, first_id, taken)
        self._inlines = Inlines(theme, self._bookmarks, relations)
        self._layouts = {
            index: choose(block, theme, upright)
            for index, block in enumerate(document.blocks)
            if isinstance(block, Table) and block.columns
        }
        self._title = title_of(document) if titled else None
        self._break_pending = False
        self._boxed = ""
        self._before: Block | None = None
        self._count = first_id
        self.numbering = Numbering(theme.numbering)
        self.pictures: dict[str, bytes] = {}
        self.segments: tuple[Segment, ...] = segments(document.blocks, self._layouts, upright)

    def document_xml(self, sections: Iterable[str]) -> Iterator[str]:
        """The main part, piece by piece; `sections` are the `w:sectPr` of the segments."""
        yield f"{DECLARATION}<w:document {NAMESPACES}><w:body>"
        last = len(self.segments) - 1
        for number, (segment, section) in enumerate(zip(self.segments, sections, strict=True)):
            yield from self._segment(segment)
            # The last section ends with the document; each before it ends in a paragraph that takes no room.
            yield section if number == last else self._spacer(section)
        yield "</w:body></w:document>"

    def pages(self, start: int, count: int) -> tuple[Segment, ...]:
        """Some blocks of the document, cut where the kind of page changes."""
        layouts = {index - start: each for index, each in self._layouts.items() if start <= index < start + count}
        cut = segments(self._document.blocks[start : start + count], layouts, self._upright)
        return tuple(structs.replace(each, start=each.start + start) for each in cut)

    def segment(self, segment: Segment) -> str:
        """Some blocks on pages of their kind."""
        return "".join(self._segment(segment))

    def within(self, start: int, count: int, width: int, height: int) -> str:
        """Some blocks in a room that is no page: a cell, a text box, a header; sizes in twips."""
        self._break_pending = False
        return "".join(self._blocks(self._document.blocks[start : start + count], _Room(width, height)))

    def _segment(self, segment: Segment) -> Iterator[str]:
        # The start of a section is the start of a page already.
        self._break_pending = False
        room = _Room(segment.page.text_width, segment.page.text_height)
        empty = True
        for index, block in enumerate(segment.blocks, segment.start):
            if isinstance(block, PageBreak):
                self._break_pending = not empty
                continue
            layout = self._layouts.get(index)
            for piece in self._block(block, room, layout):
                empty = False
                yield piece
        if empty:
            yield self._paragraph("Normal", "")

    def _blocks(self, blocks: Iterable[Block], room: _Room) -> Iterator[str]:
        for block in blocks:
            if isinstance(block, PageBreak):
                self._break_pending = True
            else:
                yield from self._block(block, room)

    def _block(self, block: Block, room: _Room, layout: Layout | None = None) -> Iterator[str]:
        match block:
            case Code(text, _):
                yield from self._code(text, room)
                return
            case Listing(title, text, _, anchor, back):
                words = self._bookmarks.around(anchor, run(title)) + self._inlines.way_back(back)
                self._boxed = ""
                yield self._paragraph("Listing Title", words, keep_next=True, indent=room.indent)
                yield from self._code(text, room)
                return
        self._boxed = ""
        match block:
            case Heading():
                yield self._heading(block, room)
            case Paragraph(content):
                yield self._paragraph(room.style, self._inlines.runs(content), indent=room.indent)
            case List():
                yield from self._list(block, room)
            case Table():
                yield from self._table(block, room, layout)
            case Callout():
                yield from self._callout(block, room)
            case Image():
                yield from self._image(block, room)
            case Rule():
                yield self._paragraph("Rule", "", indent=room.indent)
            case Contents(depth):
                yield from self._contents(outline(self._document, depth), 1)
        self._before = block

    def _paragraph(
        self,
        style: str,
        content: str,
        *,
        keep: str = "",
        keep_next: bool = False,
        number: str = "",
        indent: int = 0,
        frame: str = "",
    ) -> str:
        """A paragraph that takes the page break that is waiting.

        Args:
            style: its name.
            content: its runs.
            keep: `w:keepLines`, or blank.
            keep_next: whether it stays with the next one.
            number: its `w:numPr`.
            indent: in twips.
            frame: its borders and indents, where they are not those of the style.
        """
        properties = "".join(
            (
                f'<w:pStyle w:val="{self._theme.paragraph(style)}"/>',
                "<w:keepNext/>" if keep_next else "",
                keep,
                "<w:pageBreakBefore/>" if self._break_pending else "",
                number,
                frame or (f'<w:ind w:left="{indent}"/>' if indent and not number else ""),
            )
        )
        self._break_pending = False
        return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"

    def _spacer(self, section: str = "") -> str:
        """A paragraph that takes next to no room; with a section in it, the last of that section."""
        style = f'<w:pStyle w:val="{self._theme.paragraph("Spacer")}"/>'
        before = "<w:pageBreakBefore/>" if self._break_pending and not section else ""
        self._break_pending = False
        return f"<w:p><w:pPr>{style}{before}{section}</w:pPr></w:p>"

    def _heading(self, block: Heading, room: _Room) -> str:
        style = "Title" if block is self._title else f"heading {min(max(block.level, 1), 6)}"
        # Headings bring their numbers in their words; a style that numbers would number them twice.
        unnumbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'
        number = unnumbered if style.lower() in self._theme.numbered else ""
        words = self._bookmarks.around(block.anchor, self._inlines.runs(block.content))
        return self._paragraph(style, words, keep_next=True, number=number, indent=room.indent)

    def _contents(self, entries: Iterable[Entry], level: int) -> Iterator[str]:
        for entry in entries:
            if entry.heading is self._before:
                # The heading of the contents itself.
                continue
            words = run(" ".join(plain(entry.heading.content).split("\n")))
            where = self._inlines.to_anchor(entry.heading.anchor)
            linked = f'<w:hyperlink {where} w:history="1">{words}</w:hyperlink>' if where else words
            yield self._paragraph(f"toc {min(level, 6)}", linked)
            yield from self._contents(entry.children, level + 1)

    def _code(self, text: str, room: _Room) -> Iterator[str]:
        if self._boxed == "code":
            # Two boxes with the same border would become one.
            yield self._spacer()
        text = one_kind_of_line_end(text)
        lines = text.split("\n") if text.count("\n") < _MOST_LINES else [text]
        # What is not long stays on one page.
        whole = len(lines) <= WHOLE_CODE and len(text) < _WHOLE_TEXT
        last = len(lines) - 1
        for number, line in enumerate(lines):
            frame = self._frame(line, room.indent, is_first=number == 0, is_last=number == last)
            keep = "<w:keepLines/>" if whole else ""
            # Of what is long, no line stands alone at the end or at the beginning of a page.
            stays = number < last if whole else number in (0, last - 1) and number < last
            yield self._paragraph("Code", run(line), keep=keep, keep_next=stays, frame=frame)
        self._boxed = "code"

    def _frame(self, line: str, indent: int, *, is_first: bool, is_last: bool) -> str:
        """The borders and indents of a line of code: one box around all of them, and what does not fit goes on further in than it began.

        Word draws a box around neighbours only where their indents are the same, so each line brings its sides, the first
        its top and the last its bottom. A line with tabs begins anew at the edge: where they end is not known.
        """
        missing = ("" if is_first else '<w:top w:val="nil"/>') + ("" if is_last else '<w:bottom w:val="nil"/>')
        borders = f"<w:pBdr>{missing}</w:pBdr>" if missing else ""
        blanks = min(len(line) - len(line.lstrip(" ")), _DEEPEST)
        further = 0 if "\t" in line or "\n" in line else blanks + _FURTHER
        hanging = round(further * _CODE_LETTER * self._theme.size("Code"))
        left = indent + self._theme.code_indent + hanging
        return f'{borders}<w:ind w:left="{left}" w:hanging="{hanging}"/><w:contextualSpacing/>'

    def _list(self, block: List, room: _Room) -> Iterator[str]:
        level = min(room.level + 1, LEVELS - 1)
        inner = structs.replace(room, indent=STEP * (level + 1), level=level, style="List Paragraph")
        literal = block.start is not None and not 0 <= block.start <= MOST_START - len(block.items)
        numbers: dict[str, int] = {}
        for index, item in enumerate(block.items):
            kind, prefix = self._label(block, item, index, literal)
            if kind not in numbers:
                numbers[kind] = self._new_number(kind, level, block.start)
            first, rest = _first_paragraph(item)
            words = prefix + (self._inlines.runs(first.content) if first else "")
            number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{numbers[kind]}"/></w:numPr>'
            self._boxed = ""
            yield self._paragraph("List Paragraph", words, number=number, keep_next=first is None)
            yield from self._blocks(rest, inner)

    def _label(self, block: List, item: ListItem, index: int, literal: bool) -> tuple[str, str]:
        """The kind of list an item belongs to, and what its words begin with."""
        box = "" if item.checked is None else self._inlines.box(item.checked)
        if block.start is None:
            return ("plain", box + "<w:r><w:tab/></w:r>") if box else ("bullet", "")
        if literal:
            # Word counts no further than 32,767 and not below 0; such numbers are written out.
            return "plain", run(f"{block.start + index}. ") + (box + run(" ") if box else "")
        return "ordered", box + run(" ") if box else ""

    def _new_number(self, kind: str, level: int, start: int | None) -> int:
        if kind == "ordered":
            return self.numbering.ordered(level, start or 0)
        return self.numbering.plain() if kind == "plain" else self.numbering.bullets()

    def _table(self, block: Table, room: _Room, layout: Layout | None) -> Iterator[str]:
        width = room.width - room.indent
        for part in tables.split(block):
            if self._break_pending:
                yield self._spacer()
            is_own_page = layout is not None and layout.page is not None and part is block
            chosen = layout if layout and is_own_page else within(part, self._theme, width)
            yield from tables.table_xml(part, chosen, self._theme, self._inlines, room.indent, room.height)
            yield self._spacer()

    def _callout(self, block: Callout, room: _Room) -> Iterator[str]:
        """A table of one cell: whatever stands in it, the box is one."""
        if self._break_pending:
            yield self._spacer()
        # The bar on the left is as wide as a letter; half of it would stand in the margin.
        width = room.width - room.indent - 2 * _CALLOUT_BAR
        style = self._theme.table(f"Callout {block.kind.capitalize()}")
        moved = f'<w:tblInd w:w="{room.indent + _CALLOUT_BAR}" w:type="dxa"/>'
        yield (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{width}" w:type="dxa"/>{moved}'
            '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0000" w:firstRow="0" w:lastRow="0" w:firstColumn="0"'
            ' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr>'
            f'<w:tblGrid><w:gridCol w:w="{width}"/></w:tblGrid><w:tr><w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
            "</w:tcPr>"
        )
        label = run(CALLOUTS[self._document.language][block.kind])
        yield self._paragraph("Callout Title", label, keep_next=True)
        inside = _Room(width - 2 * _CALLOUT_MARGIN, room.height, style="Callout Text")
        yield from self._blocks(block.blocks, inside)
        yield f"</w:tc></w:tr></w:tbl>{self._spacer()}"

    def _image(self, block: Image, room: _Room) -> Iterator[str]:
        pixels = pictures.size(block.data, block.media_type)
        if pixels is None:
            # What cannot be shown is said; a picture that says nothing either leaves no trace.
            if block.alternative:
                yield self._paragraph(room.style, run(block.alternative), indent=room.indent)
            return
        self._count += 1
        emu = pictures.scaled(pixels, room.width - room.indent, int(room.height * _IMAGE_PART))
        relation = self._picture(block.data, block.media_type)
        vector = ""
        if block.media_type == _SVG:
            relation, vector = self._picture(pictures.placeholder_png(), "image/png"), relation
        drawing = pictures.drawing(self._count, relation, emu, block.alternative, vector)
        yield self._paragraph(room.style, drawing, indent=room.indent)
        if vector and block.alternative:
            # Some programs know no SVG: there the words are all that is seen of it.
            yield self._paragraph(room.style, run(block.alternative), indent=room.indent)

    def _free(self, ending: str) -> str:
        """A name for a picture that no part of the theme has."""
        taken = {part.name for part in self._theme.parts}
        names = (f"media/picture{number}.{ending}" for number in itertools.count(len(self.pictures) + 1))
        return next(name for name in names if f"word/{name}" not in taken)

    def _picture(self, data: bytes, media_type: str) -> str:
        """The id of the relationship to a picture; the same picture is kept once."""
        known = next((name for name, each in self.pictures.items() if each == data), None)
        name = known or self._free(PICTURES[media_type])
        self.pictures[name] = data
        return self._relations.add("image", name)


def _first_paragraph(item: ListItem) -> tuple[Paragraph | None, tuple[Block, ...]]:
    """The paragraph that stands beside the number or bullet, and what follows it."""
    if item.blocks and isinstance(first := item.blocks[0], Paragraph):
        return first, item.blocks[1:]
    return None, item.blocks
