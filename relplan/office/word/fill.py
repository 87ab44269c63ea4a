"""Fills a Word document with tags from a plan: the parts with tags are printed anew, all others stay byte for byte."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, Final

from lxml import etree
from msgspec import Struct, field

from relplan.blocks import Block, Document, Image, PageBreak, plain, with_anchors
from relplan.documents.filters import shown
from relplan.documents.render import filters, load_image
from relplan.documents.sandbox import Captured, Sandbox
from relplan.errors import Language, Problem, TemplateError, problem
from relplan.markdown.parse import Fragment
from relplan.office.names import prints_blocks
from relplan.office.program import DELIMITERS, Placed, Program, faults, not_beforehand
from relplan.office.tags import Tag
from relplan.office.word.comments import with_comments
from relplan.office.word.package import Changes, Source, part_names
from relplan.office.word.printing import finished, prepared
from relplan.office.word.scan import TARGET, Found, is_instruction, name_of, scan
from relplan.patterns import regex
from relplan.resources import template_bytes
from relplan.writers.docx.body import Body
from relplan.writers.docx.markup import checked, escape
from relplan.writers.docx.numbering import Numbering
from relplan.writers.docx.opc import Relations
from relplan.writers.docx.page import Page, theme_page
from relplan.writers.docx.themefile import Adopted, adopt

_BLOCKS: Final = "relplan-blocks"
_MARKS: Final = regex(rf"<\?{_BLOCKS} (\d+)\?>")
_TAG: Final = regex(rf"<\?{TARGET} (\d+)\?>")
_LINES: Final = regex(r"(\r\n|[\r\n\t])")
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BOOKMARK: Final = regex(r'<w:bookmarkStart [^>]*w:name="([^"]+)"')
_STYLE: Final = regex(r'<w:pStyle w:val="([^"]*)"')
_TURN, _TURNED = "<?relplan-turn?>", "<?relplan-turned?>"
"""Around the end of a section that turns the page for what follows."""

_NO_PAGE: Final = ("tc", "txbxContent", "hdr", "ftr", "footnote", "endnote", "sdtContent")
_CELL_SIDES: Final = 216
"""What Word leaves free at the sides of a cell, in twips."""

_FIRST_ID: Final = 900_000
"""Bookmarks and drawings of filled-in blocks are numbered from here, beyond those of any form."""


class Merged(Struct, frozen=True):
    """A value that a cell shows only where it differs from the cell above."""

    value: object


class _Room(Struct):
    """Where a tag stands that may print blocks: whether on the page itself, and how wide it is there, in twips."""

    on_page: bool
    width: int
    section: str = ""


class _Part(Struct):
    """A part with tags: its tree, and what was found in it."""

    name: str
    root: Any
    found: Found
    rooms: dict[int, _Room] = field(default_factory=dict)


class Inspected(Struct, frozen=True):
    """A form that has been looked at: its package, its parts with tags, and all that is wrong with those."""

    source: Source
    parts: list[_Part]
    problems: list[Problem]

    @property
    def tags(self) -> list[Tag]:
        """All tags of the form."""
        return [placed.tag for part in self.parts for placed in part.found.placed]

    @property
    def lacking(self) -> tuple[str, ...]:
        """The styles that the form lacks of those that blocks may be written in; none where no tag prints blocks."""
        if not any(prints_blocks(tag) for tag in self.tags):
            return ()
        return adopt(self.source.data, template_bytes("theme.docx")).lacking

    def marked(self) -> bytes:
        """The form with a comment at each place where something is wrong."""
        return with_comments(self.source, self.problems)


def inspect(data: bytes, name: str, macros: bool = False) -> Inspected:
    """Look at the parts of a form.

    Args:
        data: the form.
        name: of the file, for messages.
        macros: whether a form with macros is taken.

    Raises:
        TemplateError: it is no Word document, or has macros.
    """
    source = Source(data, name, macros)
    parts, problems = [], []
    environment = _environment("zh")
    for part, words in part_names(source):
        root = source.parsed(part)
        found = scan(root, words, name)
        problems += sorted([*found.problems, *faults(found.placed, environment, name)], key=_paragraph)
        if found.is_form:
            parts.append(_Part(part, root, found, _rooms(root, found)))
    return Inspected(source, parts, problems)


def _paragraph(found: Problem) -> int:
    return found.place.line if found.place else 0


def _rooms(root: Any, found: Found) -> dict[int, _Room]:
    """Where the tags stand that may print blocks."""
    rooms: dict[int, _Room] = {}
    sections = list(root.iter(f"{_W}sectPr"))
    for node in root.iter(etree.ProcessingInstruction):
        if is_instruction(node) and int(node.text) in found.standalone:
            around = next((each for each in node.iterancestors() if name_of(each) in _NO_PAGE), None)
            section = next((each for each in sections if _is_behind(each, node)), None) if around is None else None
            rooms[int(node.text)] = _Room(section is not None, _width(around), _markup_of(section))
    return rooms


def _is_behind(section: Any, node: Any) -> bool:
    """Whether the properties of a section stand behind a node in the document."""
    chain = [*reversed(list(node.iterancestors())), node]
    other = [*reversed(list(section.iterancestors())), section]
    at = next(i for i, (one, two) in enumerate(zip(chain, other, strict=False)) if one is not two)
    parent = chain[at - 1]
    return bool(parent.index(other[at]) > parent.index(chain[at]))


def _width(around: Any) -> int:
    """The width of a cell in twips; 0 where it is not said."""
    width = around.find(f"{_W}tcPr/{_W}tcW") if around is not None else None
    if width is None or width.get(f"{_W}type") != "dxa" or not (width.get(f"{_W}w") or "").isdecimal():
        return 0
    return max(0, int(width.get(f"{_W}w")) - _CELL_SIDES)


def _markup_of(section: Any) -> str:
    if section is None:
        return ""
    whole = etree.tostring(section, encoding="unicode", with_tail=False)
    return re.sub(r' xmlns:\w+="[^"]*"', "", whole)


def fill(
    data: bytes, name: str, context: Mapping[str, Any], language: Language, folder: FilePath, macros: bool = False
) -> bytes:
    """A Word document from a form.

    Args:
        data: the form.
        name: of the file, for messages.
        context: the names that its tags have.
        language: of what is printed.
        folder: where pictures are looked for.
        macros: whether a form with macros is taken.

    Raises:
        TemplateError: it is no Word document, or its tags are wrong: all that can be said, each with its place.
        WriteError: a text holds a character that XML cannot hold.
    """
    inspected = inspect(data, name, macros)
    source, parts = inspected.source, inspected.parts
    if inspected.problems:
        raise TemplateError(inspected.problems)
    if not parts:
        return source.as_document({})
    filler = _Filler(source, language, folder)
    return source.as_document(filler.parts(parts, context))


class _Filler:
    """Prints the parts of one form; holds what they share: lists, styles, pictures, numbers."""

    def __init__(self, source: Source, language: Language, folder: FilePath) -> None:
        self._source, self._language, self._folder = source, language, folder

    @functools.cached_property
    def _adopted(self) -> Adopted:
        return adopt(self._source.data, template_bytes("theme.docx"))

    def parts(self, parts: list[_Part], context: Mapping[str, Any]) -> dict[str, bytes]:
        """The parts that have changed, by name."""
        environment = _environment(self._language, self._folder)
        printed = {part.name: self._printed(part, environment, context) for part in parts}
        changes = Changes(self._source)
        numbering = Numbering(self._adopted.theme.numbering) if any(found for _, found in printed.values()) else None
        styled = ""
        taken = {name.lower() for xml, _ in printed.values() for name in _BOOKMARK.findall(xml)}
        for count, (part_name, (xml, fragments)) in enumerate(printed.items()):
            if fragments and numbering:
                body, relations = self._body(fragments, numbering, count, taken)
                blocks = [self._blocks(body, start, fragment, room) for start, fragment, room in _ranges(fragments)]
                styled += "".join(blocks)
                taken.update(name.lower() for each in blocks for name in _BOOKMARK.findall(each))
                xml = self._with_headings(_with_blocks(xml, blocks))
                changes.relate(part_name, relations.rows())
                changes.add_pictures(body.pictures)
            changes.parts[part_name] = checked(finished(xml))
        if numbering is not None:
            changes.use_styles(self._adopted, styled)
            changes.set_numbering(numbering.part())
        return changes.parts

    def _printed(
        self, part: _Part, environment: Sandbox, context: Mapping[str, Any]
    ) -> tuple[str, list[tuple[tuple[Block, ...], _Room]]]:
        fragments: list[tuple[tuple[Block, ...], _Room]] = []
        printer = _Printer(part, self._language, self._source.prefix(part.root), fragments)
        environment.filters |= printer.filters()
        environment.globals["relplan_unmerge"] = printer.unmerge
        environment.finalize = printer.finalize()
        xml = prepared(part.root, part.found)
        program = _program(xml, part.found.placed, printer, self._source.name)
        return program.run(environment, context), fragments

    def _body(
        self, fragments: list[tuple[tuple[Block, ...], _Room]], numbering: Numbering, count: int, taken: set[str]
    ) -> tuple[Body, Relations]:
        blocks = tuple(block for each, _ in fragments for block in each)
        relations = Relations(f"relplan{count}_")
        theme = self._adopted.theme
        document = Document("", self._language, with_anchors(blocks))
        body = Body(document, theme, theme_page(theme), relations, _FIRST_ID + 1000 * count, False, taken)
        body.numbering = numbering
        return body, relations

    def _blocks(self, body: Body, start: int, blocks: tuple[Block, ...], room: _Room) -> str:
        page = theme_page(self._adopted.theme)
        if not room.on_page:
            return body.within(start, len(blocks), room.width or page.text_width, page.text_height) or "<w:p/>"
        found = []
        cut = body.pages(start, len(blocks))
        wide = [segment for segment in cut if segment.page.width > page.width]
        if not wide:
            return "".join(map(body.segment, cut))
        for number, segment in enumerate(cut):
            if number == 0 and segment in wide:
                found.append(f"{_TURN}{_section(room.section)}{_TURNED}")
            found.append(body.segment(segment))
            found.append(_section(_turned(room.section, segment.page) if segment in wide else room.section))
        return "".join(found)

    def _with_headings(self, xml: str) -> str:
        """The markup with the headings right above blocks on pages of their own on those pages too."""
        if _TURN not in xml:
            return xml
        ids = {self._adopted.theme.ids.get(("paragraph", f"heading {level}")) for level in range(1, 7)}
        first, *rest = xml.split(_TURN)
        pieces = [first]
        for piece in rest:
            section, behind = piece.split(_TURNED, 1)
            above, headings = _split_at_headings(pieces.pop(), ids)
            is_needed = not above.endswith("<w:body>") and "<w:sectPr" not in _last_paragraph(above)
            pieces += [above, section if is_needed else "", headings + behind]
        return "".join(pieces)


def _split_at_headings(xml: str, ids: Collection[str | None]) -> tuple[str, str]:
    """What stands before the headings that some markup ends with, and they."""
    at = len(xml)
    while (paragraph := _last_paragraph(xml[:at])) and (style := _STYLE.search(paragraph)) and style[1] in ids:
        at -= len(paragraph)
    return xml[:at], xml[at:]


def _last_paragraph(xml: str) -> str:
    """The paragraph that some markup ends with; blank where it ends with something else."""
    return xml[max(xml.rfind("<w:p>"), xml.rfind("<w:p ")) :] if xml.endswith("</w:p>") else ""


def _with_blocks(xml: str, blocks: Sequence[str]) -> str:
    return _MARKS.sub(lambda match: blocks[int(match[1])], xml)


def _ranges(fragments: list[tuple[tuple[Block, ...], _Room]]) -> Iterator[tuple[int, tuple[Block, ...], _Room]]:
    start = 0
    for blocks, room in fragments:
        yield start, blocks, room
        start += len(blocks)


def _section(properties: str) -> str:
    """A paragraph that ends a section."""
    return f'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>{properties}</w:pPr></w:p>'


def _turned(properties: str, page: Page) -> str:
    """The section on pages of another size."""
    size = f'<w:pgSz w:w="{page.width}" w:h="{page.height}" w:orient="landscape"/>'
    margins = (
        f'<w:pgMar w:top="{page.top}" w:right="{page.right}" w:bottom="{page.bottom}" w:left="{page.left}"'
        f' w:header="{page.header}" w:footer="{page.footer}" w:gutter="0"/>'
    )
    return re.sub(r"<w:pgMar\b[^>]*/>", margins, re.sub(r"<w:pgSz\b[^>]*/>", size, properties))


def _environment(language: Language, folder: FilePath | None = None) -> Sandbox:
    environment = Sandbox(**DELIMITERS)
    environment.filters |= filters(language) | {"merge": Merged, "image": functools.partial(_image, folder)}
    environment.globals["page_break"] = Fragment((PageBreak(),))
    return environment


def _image(folder: FilePath | None, target: object, alternative: str = "") -> Fragment:
    """A picture beside the form."""
    image = load_image(folder, str(target), alternative) if folder else Image(b"", "image/png", alternative)
    return Fragment((image,) if image else ())


def _program(xml: str, placed: list[Placed], printer: _Printer, file: str) -> Program:
    """The program that prints a part."""
    program = Program(file)
    at = 0
    pieces = list(re.finditer(rf"<\?{TARGET} (\w+)(?: (\d+))?\?>", xml))
    skip = -1
    for index, match in enumerate(pieces):
        if index <= skip:
            continue
        program.static(xml[at : match.start()])
        at = match.end()
        word, number = match[1], int(match[2] or 0)
        if word.isdecimal():
            _tag(program, placed[int(word)], int(word), printer)
        elif word == "alone":
            tag, end = pieces[index + 1], pieces[index + 2]
            printer.around[number] = xml[at : tag.start()], xml[tag.end() : end.start()]
            program.value(placed[number], f"relplan_alone({number})")
            at, skip = end.end(), index + 2
        elif word == "merge":
            program.value(placed[number], f"relplan_merge({number})")
        elif word == "unmerge":
            program.call(f"relplan_unmerge({number})")
    program.static(xml[at:])
    return program


def _tag(program: Program, placed: Placed, number: int, printer: _Printer) -> None:
    if placed.tag.kind == "value":
        program.value(placed, f"relplan_inline({number})")
    elif placed.tag.kind == "statement":
        program.statement(placed)


class _Printer:
    """What the program of a part calls to print values as WordprocessingML."""

    def __init__(
        self, part: _Part, language: Language, prefix: str, fragments: list[tuple[tuple[Block, ...], _Room]]
    ) -> None:
        self._part, self._language, self._prefix, self._fragments = part, language, prefix, fragments
        self.around: dict[int, tuple[str, str]] = {}
        self._above: dict[int, object] = {}
        self._goes_on: dict[int, bool] = {}

    def filters(self) -> dict[str, Callable[..., Any]]:
        """What values go through last, by the names that the program has for it."""
        made = {"relplan_alone": self._alone, "relplan_inline": self._inline, "relplan_merge": self._merge}
        return {name: not_beforehand(each) for name, each in made.items()}

    def finalize(self) -> Callable[[object], str]:
        """What is done with all that is printed: only what the functions here have made is markup."""

        def finalize(value: object) -> str:
            return value if isinstance(value, Captured) else self._words(value)

        return finalize

    def _alone(self, value: object, number: int) -> Captured:
        before, behind = self.around[number]
        value = self._kept(number, value)
        made = value if isinstance(value, str) else shown(value, self._language)
        if isinstance(made, Fragment):
            self._fragments.append((made.blocks, self._part.rooms.get(number) or _Room(False, 0)))
            return Captured(f"<?{_BLOCKS} {len(self._fragments) - 1}?>")
        return Captured(f"{before}{self._markup(made if isinstance(made, str) else plain(made))}{behind}")

    def _inline(self, value: object, number: int) -> Captured:
        return Captured(self._words(self._kept(number, value)))

    def _kept(self, number: int, value: object) -> object:
        if not isinstance(value, Merged):
            return value
        return "" if self._goes_on.get(number) else value.value

    def _words(self, value: object) -> str:
        made = shown(value, self._language)
        if isinstance(made, Fragment):
            zh, en = "这个值要独占一段", "this value must stand alone in its paragraph"
            raise TemplateError(problem(zh, en))
        return self._markup(made if isinstance(made, str) else plain(made))

    def _markup(self, text: str) -> str:
        """Words inside a `w:t`: line ends and tabs close it and open it again."""
        if _LINES.search(text) is None:
            return escape(text)
        p = self._prefix
        again = f'</{p}t><{p}{{}}/><{p}t xml:space="preserve">'
        return "".join(
            again.format("tab") if each == "\t" else again.format("br") if _LINES.fullmatch(each) else escape(each)
            for each in _LINES.split(text)
        )

    def _merge(self, value: object, number: int) -> Captured:
        """The property of a cell that begins or goes on with a merge."""
        inner = value.value if isinstance(value, Merged) else value
        goes_on = number in self._above and self._above[number] == inner and inner not in (None, "")
        self._above[number], self._goes_on[number] = inner, goes_on
        state = "" if goes_on else f' {self._prefix}val="restart"'
        return Captured(f"<{self._prefix}vMerge{state}/>")

    def unmerge(self, number: int) -> Captured:
        """Forget what stood in the cell above, where a table begins."""
        self._above.pop(number, None)
        return Captured("")
