"""The body of a Word document as pieces: paragraphs, lists, tables, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from relplan.blocks import (
    CALLOUT_KINDS,
    Anchor,
    Callout,
    CalloutKind,
    Cell,
    Code,
    Content,
    Heading,
    Inline,
    LineBreak,
    Paragraph,
    Rule,
    Text,
    plain,
)
from relplan.errors import Place, Problem, ReadError, problem
from relplan.readers.documents.docx import tables
from relplan.readers.documents.docx.lists import Item, Lists
from relplan.readers.documents.docx.numbering import LEVELS, Level, Numbering
from relplan.readers.documents.docx.package import Package, inside, value, whole
from relplan.readers.documents.docx.runs import Runs, Words
from relplan.readers.documents.docx.styles import Styles
from relplan.readers.documents.headings import title_of
from relplan.readers.documents.pieces import Piece

_SPACER: Final = "spacer"
_RULE: Final = "rule"
_CONTENTS: Final = ("toc ", "目录", "toc heading")
_ITEM_TEXT: Final = "list paragraph"
_CALLOUT_TITLE: Final = "callout title"
_BLOCKS: Final = ("p", "tbl")
_NO_OUTLINE: Final = 9
_DEEPEST: Final = 6
_LIST_FORMS: Final = ("decimal", "lowerLetter", "upperLetter", "lowerRoman", "decimalEnclosedCircle", "decimalZero")
"""Forms of numbers that steps have; other ones, like 一、, number headings and are given back as words."""

_NO_BLANK: Final = ("、", "．", "：", "）", "】")
"""Ends of numbers that the words follow without a blank."""


MAX_PARAGRAPHS: Final = 60_000
"""Paragraphs outside tables; `ReadOptions.limit` raises it."""


def _too_long(name: str, limit: int) -> Problem:
    most = MAX_PARAGRAPHS * limit
    return problem(
        f"文档超过 {most:,} 段，不像发布计划；请只保留发布计划的部分",
        f"the document has more than {most:,} paragraphs, no release plan has as many; keep the part that is the plan",
        name,
    )


class Body:
    """Walks the body of a document once, in its order."""

    def __init__(self, package: Package, name: str) -> None:
        document = package.document
        self._name, self._w, self._limit = name, document.w, package.limit
        self._styles = Styles(package.related("styles"))
        self._numbering = Numbering(package.related("numbering"))
        self._notes = {kind: self._note_texts(package, kind) for kind in ("footnote", "endnote")}
        links = (each.get(f"{self._w}anchor") for each in document.root.iter(f"{self._w}hyperlink"))
        self._runs = Runs(document, self._styles, frozenset(anchor for anchor in links if anchor))
        self._root = document.root
        self._paragraphs = self._tables = self._cells = 0
        self._carried: list[Inline] = []

    def pieces(self) -> list[Piece]:
        """The blocks of the document, in its order."""
        body = self._root.find(f"{self._w}body")
        return list(self._blocks(body)) if body is not None else []

    # Blocks

    def _blocks(self, container: Any) -> Iterator[Piece]:
        """The pieces of a container; paragraphs of a list become one list, lines of code one block."""
        open_list = Lists(self._numbering.goes_on)
        code: list[Piece] = []
        for element in inside(container, _BLOCKS):
            found = list(self._paragraph(element) if element.tag == f"{self._w}p" else self._table(element))
            if not found:
                yield from _joined(code)
            for each in found:
                if isinstance(each, Item):
                    yield from _joined(code)
                    yield from open_list.add(each)
                elif open_list and isinstance(each.block, Paragraph) and self._goes_on(element):
                    open_list.go_on(each.block)
                else:
                    yield from open_list.closed()
                    if isinstance(each.block, Code):
                        code.append(each)
                    else:
                        yield from _joined(code)
                        yield each
        yield from open_list.closed()
        yield from _joined(code)
        yield from self._left_over()

    def _left_over(self) -> Iterator[Piece]:
        """What the last paragraph would have carried into the next one, if there were one."""
        content, self._carried = tuple(self._carried), []
        if plain(content).strip():
            yield Piece(Paragraph(content), Place(self._name, sheet=f"¶{self._paragraphs}"))

    # Paragraphs

    def _paragraph(self, element: Any) -> Iterator[Piece | Item]:
        self._paragraphs += 1
        if self._paragraphs > MAX_PARAGRAPHS * self._limit:
            raise ReadError(_too_long(self._name, self._limit))
        if not len(element) and not self._carried:
            return  # most blank lines, of which there may be very many
        place = Place(self._name, sheet=f"¶{self._paragraphs}")
        words = self._runs.words(element)
        content = [*self._carried, *words.content, *self._note_inlines(words)]
        self._carried = []
        properties = element.find(f"{self._w}pPr")
        if self._mark_is_deleted(properties):
            self._carried = content
        else:
            yield from self._styled(properties, tuple(content), place)
        carried, self._carried = self._carried, []
        for box in words.boxes:
            yield from (replace(each, place=place) for each in self._blocks(box))
        self._carried = carried

    def _styled(self, properties: Any, content: Content, place: Place) -> Iterator[Piece | Item]:
        style = self._styles.of(value(properties, "pStyle", self._w))
        is_blank = not plain(content).strip()
        if style.name == _SPACER or style.name.startswith(_CONTENTS):
            return
        if style.name == _RULE and is_blank:
            yield Piece(Rule(), place)
            return
        level = style.level or self._own_level(properties)
        numbered = self._numbered(properties)
        if style.is_code and not level:
            yield Piece(Code(plain(content)), place)
        elif numbered and numbered[2].is_counted:
            yield from self._counted(numbered, level, content, place)
        elif is_blank and not any(isinstance(each, Anchor) for each in content):
            return
        elif level:
            yield Piece(Heading(min(level, _DEEPEST), content), place)
        elif numbered:
            yield Item(numbered[0], numbered[1], None, content, place)
        else:
            yield Piece(Paragraph(content), place)

    def _counted(
        self, numbered: tuple[str, int, Level], level: int, content: Content, place: Place
    ) -> Iterator[Piece | Item]:
        """A paragraph that has a number: words before a heading, else an item of a list."""
        number, at, form = numbered
        count = self._numbering.next(number, at)
        shown = self._numbering.shown(number, at)
        if not plain(content).strip():
            # A cell with nothing but a number, as in a column that Word numbers.
            if self._cells:
                yield Piece(Paragraph((Text(shown.rstrip(".、．") or shown),)), place)
            return
        words = Text(shown if shown.endswith(_NO_BLANK) else f"{shown} ")
        if level:
            yield Piece(Heading(min(level, _DEEPEST), (words, *content)), place)
        elif form.form not in _LIST_FORMS or title_of(plain(content).strip()).part:
            yield Piece(Paragraph((words, *content)), place)
        else:
            yield Item(number, at, count, content, place)

    def _numbered(self, properties: Any) -> tuple[str, int, Level] | None:
        """The list a paragraph is in, by itself or by its style, and its level there."""
        style = value(properties, "pStyle", self._w)
        own = properties.find(f"{self._w}numPr") if properties is not None else None
        by_style = self._styles.of(style).numbering
        if own is not None and (number := value(own, "numId", self._w)):
            at = whole(value(own, "ilvl", self._w), 0)
        elif by_style is not None:
            number, stated = by_style
            at = self._numbering.level_of_style(number, style) if stated is None else stated
        else:
            return None
        at = min(at, LEVELS - 1)
        level = self._numbering.level(number, at)
        return (number, at, level) if level is not None else None

    def _own_level(self, properties: Any) -> int:
        level = whole(value(properties, "outlineLvl", self._w), _NO_OUTLINE)
        return level + 1 if level < _NO_OUTLINE else 0

    def _mark_is_deleted(self, properties: Any) -> bool:
        """Whether the end of a paragraph was deleted, so that it goes on in the next one."""
        look = properties.find(f"{self._w}rPr") if properties is not None else None
        return look is not None and any(look.find(f"{self._w}{name}") is not None for name in ("del", "moveFrom"))

    def _goes_on(self, element: Any) -> bool:
        """Whether a paragraph without a number belongs to the list's item before it."""
        properties = element.find(f"{self._w}pPr") if element.tag == f"{self._w}p" else None
        return (
            properties is not None
            and self._styles.of(value(properties, "pStyle", self._w)).name == _ITEM_TEXT
            and properties.find(f"{self._w}ind") is not None
        )

    def _note_inlines(self, words: Words) -> Iterator[Inline]:
        """The texts of a paragraph's notes, in brackets behind it."""
        for kind, number in words.notes:
            if text := self._notes[kind].get(number):
                yield Text(f" [{text}]")

    def _note_texts(self, package: Package, kind: str) -> dict[str, str]:
        part = package.related(f"{kind}s")
        if part.root is None:
            return {}
        runs = Runs(part, self._styles, frozenset())
        return {
            note.get(f"{part.w}id", ""): " ".join(runs.text(each) for each in note.iter(f"{part.w}p")).strip()
            for note in part.root.iter(f"{part.w}{kind}")
            if note.get(f"{part.w}type") in (None, "normal")
        }

    # Tables

    def _table(self, element: Any) -> Iterator[Piece]:
        style = self._styles.of(value(element.find(f"{self._w}tblPr"), "tblStyle", self._w)).name
        rows = list(tables.rows_of(element, self._w))
        kind = next((kind for kind in CALLOUT_KINDS if style == f"callout {kind}"), None)
        if kind:
            yield self._callout(kind, [cell for row in rows for cell in row if cell is not None])
            return
        self._tables += 1
        title = f"table {self._tables}"
        found = tables.laid(rows, self._cell, self._w, self._name, self._limit)
        if found.rows:
            yield found.piece(self._name, title, tables.is_facts(element, self._w))

    def _cell(self, cell: Any) -> Cell:
        """What a cell holds; one paragraph keeps its looks and links, more are lines of text."""
        before = self._paragraphs, self._tables
        self._cells += 1
        blocks = [piece.block for piece in self._blocks(cell)]
        self._cells -= 1
        self._paragraphs, self._tables = before
        if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
            content = blocks[0].content
            return content if any(not isinstance(each, Text | LineBreak) for each in content) else plain(content)
        return "\n".join(line for block in blocks for line in tables.lines(block))

    def _callout(self, kind: CalloutKind, cells: list[Any]) -> Piece:
        """A box of relplan's own, without the word at its head that says of what kind it is."""
        place = Place(self._name, sheet=f"¶{self._paragraphs + 1}")
        for element in [each for cell in cells for each in inside(cell, ("p",))]:
            if self._styles.of(value(element.find(f"{self._w}pPr"), "pStyle", self._w)).name == _CALLOUT_TITLE:
                self._paragraphs += 1
                element.getparent().remove(element)
        return Piece(Callout(kind, tuple(piece.block for cell in cells for piece in self._blocks(cell))), place)


def _joined(code: list[Piece]) -> Iterator[Piece]:
    """The lines of code that were found, one block; blank ones around them are none."""
    lines = list(code)
    code.clear()
    while lines and isinstance(last := lines[-1].block, Code) and not last.text.strip():
        lines.pop()
    while lines and isinstance(first := lines[0].block, Code) and not first.text.strip():
        lines.pop(0)
    if lines:
        yield Piece(Code("\n".join(each.block.text for each in lines if isinstance(each.block, Code))), lines[0].place)
