"""The inline content of a paragraph: what a reader of the printed page sees, with its looks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct, field

from relplan.blocks import (
    Anchor,
    Checkbox,
    Content,
    Emphasis,
    Inline,
    InlineCode,
    LineBreak,
    Link,
    Strike,
    Strong,
    Text,
    lines,
    plain,
)
from relplan.patterns import regex
from relplan.readers.documents.docx.package import Part, chosen, is_on, local_name, value, whole
from relplan.readers.documents.docx.styles import Style, Styles

_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_R_STRICT: Final = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"
_BOXES: Final[Mapping[str, bool]] = {"☐": False, "☑": True, "☒": True}
_LEFT_OUT: Final = frozenset(("del", "moveFrom", "delText", "delInstrText", "rPr", "pPr", "rubyPr", "rt", "sdtPr", "sdtEndPr"))  # fmt: skip
_SIGN_STYLE: Final = "risk mark"
_CODE_STYLE: Final = "inline code"
_TYPEWRITERS: Final = regex(
    r"(?:consolas|courier.*|menlo|monaco|lucida console|cascadia .*|fira code|source code pro|.* mono)", re.IGNORECASE
)
"""Fonts in which people set code."""

_LOOKS: Final = (
    (Emphasis, ("i", "em"), "emphasis"),
    (Strong, ("b",), "strong"),
    (Strike, ("strike", "dstrike"), "strikethrough"),
)
"""The looks that are kept, innermost first: the properties of a run that mean them, and the style."""

# What the letters of the fonts of signs look like, by the last two digits of their codes.
_WINGDINGS: Final[Mapping[int, str]] = {
    0x6F: "☐", 0x71: "☐", 0x72: "☐", 0xA8: "☐", 0xFD: "☒", 0xFE: "☑", 0xFB: "✗", 0xFC: "✓",
    0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0x6C: "●", 0x6E: "■", 0x75: "◆",
}  # fmt: skip
_WINGDINGS_2: Final[Mapping[int, str]] = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐"}
_SIGNS: Final[Mapping[str, Mapping[int, str]]] = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}
_PRIVATE: Final = range(0xF000, 0xF100)
_MOST_FIELDS: Final = 32
"""Fields inside one another that are kept in mind; Word itself takes 20."""


_LONGEST_CODE: Final = 4096
_HYPERLINK: Final = regex(r'\s*HYPERLINK\s+"([^"]+)"', re.IGNORECASE)


class _Field(Struct):
    """A field that is open: its code so far, and whether its result has begun, which is what it shows."""

    code: str = ""
    shows: bool = False


class _FieldLink(Link, frozen=True):
    """A piece of what a field links; its neighbours of the same target are the same link."""


class Words(Struct):
    """What a paragraph holds.

    Attributes:
        content: its inline content.
        boxes: the text boxes in it, as elements whose children are blocks.
        notes: the ids of its footnotes (`footnote`) and endnotes (`endnote`).
    """

    content: list[Inline] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


class Runs:
    """Reads the content of paragraphs."""

    def __init__(self, document: Part, styles: Styles, linked: frozenset[str]) -> None:
        self._w, self._targets, self._styles, self._linked = document.w, document.targets, styles, linked
        self._fields: list[_Field] = []
        self._is_hidden = False
        self._act: Mapping[str, Callable[[Any, Words], Iterator[Inline]]] = {
            "r": self._run,
            "t": self._text,
            "br": self._break,
            "cr": self._break,
            "tab": lambda child, found: iter((Text("\t"),)),
            "ptab": lambda child, found: iter((Text("\t"),)),
            "noBreakHyphen": lambda child, found: iter((Text("-"),)),
            "sym": self._symbol,
            "footnoteReference": self._note,
            "endnoteReference": self._note,
            "hyperlink": self._link,
            "bookmarkStart": self._bookmark,
            "sdt": self._control,
            "fldChar": self._form,
            "instrText": self._code,
            "docPr": self._alternative,
            "imagedata": self._alternative,
            "AlternateContent": self._alternate,
            "txbxContent": self._box,
            "oMath": self._formula,
        }

    def text(self, paragraph: Any) -> str:
        """The words of a paragraph, without looks and outer blanks."""
        return plain(tuple(self.words(paragraph).content)).strip()

    def words(self, paragraph: Any) -> Words:
        """The content of a paragraph. Fields may reach from one paragraph into the next, so they come in order."""
        # The code of a field and a link end with their paragraph: one that never ends would swallow the rest of the document.
        self._fields = [_Field(shows=True) for each in self._fields if each.shows]
        self._is_hidden = self._styles.of(value(paragraph.find(f"{self._w}pPr"), "pStyle", self._w)).is_hidden
        found = Words()
        found.content = list(_trimmed(_merged(self._inside(paragraph, found))))
        return found

    def _inside(self, element: Any, found: Words) -> Iterator[Inline]:
        for child in element:
            name = local_name(child)
            if not name or name in _LEFT_OUT:
                continue
            act = self._act.get(name, self._inside)
            yield from act(child, found)

    # Runs and their looks

    def _run(self, run: Any, found: Words) -> Iterator[Inline]:
        properties = run.find(f"{self._w}rPr")
        style = self._styles.of(value(properties, "rStyle", self._w))
        if style.name == _SIGN_STYLE or self._vanishes(properties, style):
            self._follow_fields(run)
            return
        target = self._target()
        content = _merged(self._inside(run, found))
        words = plain(content)
        if words and (_CODE_STYLE in style.name or self._is_typewriter(properties, style)):
            content = (InlineCode(words),)
        for wrapper, looks, by_style in _LOOKS:
            if words.strip() and (style.name == by_style or any(self._is_on(properties, look) for look in looks)):
                content = (wrapper(content),)
        yield from (_FieldLink(target, content),) if target and words.strip() else content

    def _is_on(self, properties: Any, name: str) -> bool:
        return properties is not None and is_on(properties.find(f"{self._w}{name}"), self._w)

    def _vanishes(self, properties: Any, style: Style) -> bool:
        if properties is not None and properties.find(f"{self._w}vanish") is not None:
            return self._is_on(properties, "vanish")
        return self._is_hidden or style.is_hidden

    def _is_typewriter(self, properties: Any, style: Style) -> bool:
        fonts = properties.find(f"{self._w}rFonts") if properties is not None else None
        own = fonts.get(f"{self._w}ascii", "") if fonts is not None else ""
        return _TYPEWRITERS.fullmatch(own or style.font) is not None

    # What stands in runs

    def _text(self, child: Any, found: Words) -> Iterator[Inline]:
        if all(each.shows for each in self._fields):  # else the code of a field; what it shows comes after
            text = child.text or ""
            kept = child.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
            yield from _text((text if kept else text.strip(" \t\r\n")).replace("\n", " ").replace("\r", " "))

    def _break(self, child: Any, found: Words) -> Iterator[Inline]:
        yield LineBreak()

    def _symbol(self, child: Any, found: Words) -> Iterator[Inline]:
        code = child.get(f"{self._w}char", "")
        try:
            letter = int(code, 16)
            sign = chr(letter)
        except (ValueError, OverflowError):
            return
        if letter in _PRIVATE:
            font = child.get(f"{self._w}font", "").lower()
            sign = _SIGNS.get(font, {}).get(letter & 0xFF, sign)
        yield from _text(sign if sign.isprintable() or letter in _PRIVATE else "")

    def _note(self, child: Any, found: Words) -> Iterator[Inline]:
        found.notes.append((local_name(child).removesuffix("Reference"), child.get(f"{self._w}id", "")))
        return iter(())

    def _form(self, child: Any, found: Words) -> Iterator[Inline]:
        """A mark of a field; a field of a form brings its value along."""
        self._field(child)
        data = child.find(f"{self._w}ffData")
        for form in data if data is not None else ():
            name = local_name(form)
            if name == "checkBox":
                state = form.find(f"{self._w}checked")
                yield Checkbox(is_on(state if state is not None else form.find(f"{self._w}default"), self._w))
            elif name == "ddList":
                yield from _text(self._chosen(form))

    def _chosen(self, choices: Any) -> str:
        entries = [each.get(f"{self._w}val", "") for each in choices.iter(f"{self._w}listEntry")]
        at = whole(value(choices, "result", self._w), 0)
        return entries[at] if at < len(entries) else ""

    # What stands around runs

    def _link(self, element: Any, found: Words) -> Iterator[Inline]:
        content = _merged(self._inside(element, found))
        anchor = element.get(f"{self._w}anchor")
        relation = element.get(f"{_R}id") or element.get(f"{_R_STRICT}id") or ""
        target = self._targets.get(relation, "")
        if anchor and not target:
            target = f"#{anchor}"
        if target and plain(content).strip():
            yield Link(target, content)
        else:
            yield from content

    def _bookmark(self, element: Any, found: Words) -> Iterator[Inline]:
        name = element.get(f"{self._w}name", "")
        return iter((Anchor(name),) if name in self._linked else ())

    def _control(self, element: Any, found: Words) -> Iterator[Inline]:
        """A content control: its words, but for those that only ask for some; a box is ticked whatever its signs are."""
        properties = element.find(f"{self._w}sdtPr")
        for each in properties if properties is not None else ():
            name = local_name(each)
            if name == "checkbox":
                states = [state for state in each if local_name(state) == "checked"]
                yield Checkbox(any(is_on(state, state.tag.partition("}")[0] + "}") for state in states))
                return
            if name == "showingPlcHdr" and is_on(each, self._w):
                return
        yield from self._inside(element, found)

    def _alternative(self, element: Any, found: Words) -> Iterator[Inline]:
        """What a picture shows, in the words of who put it there; in brackets, as they are not part of the sentence."""
        shape = element if local_name(element) == "docPr" else element.getparent()
        if words := (shape.get("descr") or shape.get("alt") or "").strip():
            yield from lines(f"[{words}]")

    def _alternate(self, element: Any, found: Words) -> Iterator[Inline]:
        yield from self._inside(chosen(element), found)

    def _box(self, element: Any, found: Words) -> Iterator[Inline]:
        found.boxes.append(element)
        return iter(())

    def _formula(self, element: Any, found: Words) -> Iterator[Inline]:
        yield from _text("".join(each.text or "" for each in element.iter("{*}t")))

    # Fields

    def _follow_fields(self, run: Any) -> None:
        for child in run.iter(f"{self._w}fldChar"):
            self._field(child)

    def _code(self, child: Any, found: Words) -> Iterator[Inline]:
        """A piece of the code of a field; links are fields too."""
        if self._fields and not self._fields[-1].shows and len(self._fields[-1].code) < _LONGEST_CODE:
            self._fields[-1].code += child.text or ""
        return iter(())

    def _target(self) -> str:
        """Where the field leads that is being shown; blank where none leads out of the document."""
        codes = (_HYPERLINK.match(each.code) for each in reversed(self._fields) if each.shows)
        return next((match[1].replace("\\\\", "\\") for match in codes if match), "")

    def _field(self, child: Any) -> None:
        kind = child.get(f"{self._w}fldCharType")
        if kind == "begin":
            self._fields = [*self._fields[-_MOST_FIELDS:], _Field()]
        elif kind == "separate" and self._fields:
            self._fields[-1].shows = True
        elif kind == "end" and self._fields:
            self._fields.pop()


def _text(text: str) -> Iterator[Inline]:
    """A text; one that is nothing but a box is a box."""
    if text in _BOXES:
        yield Checkbox(_BOXES[text])
    elif text:
        yield Text(text)


def _trimmed(content: Content) -> Content:
    """Content without the line breaks around it, which are pages that end there."""
    start, end = 0, len(content)
    while start < end and isinstance(content[start], LineBreak):
        start += 1
    while end > start and isinstance(content[end - 1], LineBreak):
        end -= 1
    return content[start:end]


def _merged(content: Iterable[Inline]) -> Content:
    """Content in which neighbours of one look are one."""
    content = tuple(content)
    if len(content) < 2 and not (content and isinstance(content[0], Strong | Emphasis | Strike | _FieldLink)):
        return content  # most runs and most cells
    return tuple(each for kind, same in itertools.groupby(content, type) for each in _joined(kind, same))


def _joined(kind: type[Inline], same: Iterator[Any]) -> Iterator[Inline]:
    if kind is Text or kind is InlineCode:
        yield kind("".join(each.text for each in same))
    elif kind is Strong or kind is Emphasis or kind is Strike:
        yield kind(_merged(inner for each in same for inner in each.content))
    elif kind is _FieldLink:
        for target, pieces in itertools.groupby(same, lambda each: each.target):
            yield Link(target, _merged(inner for each in pieces for inner in each.content))
    else:
        yield from same
