"""Inline content as runs and links."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import quote

from msgspec import structs

from relplan.blocks import (
    Anchor,
    Checkbox,
    Emphasis,
    Inline,
    InlineCode,
    LineBreak,
    Link,
    Mark,
    Strike,
    Strong,
    Text,
    Tone,
)
from relplan.links import is_safe
from relplan.patterns import regex
from relplan.writers.docx.layout import MARKS
from relplan.writers.docx.markup import PLAIN, Look, attribute, run, run_properties
from relplan.writers.docx.opc import Relations
from relplan.writers.docx.theme import Theme

TONES: Final[dict[Tone, str]] = {
    "critical": "Risk Critical",
    "high": "Risk High",
    "medium": "Risk Medium",
    "low": "Risk Low",
    "gap": "Gap",
}
_LONGEST_TARGET: Final = 2000
_URI_SAFE: Final = "!#$%&'()*+,/:;=?@[]~"
_STRAY_PERCENT: Final = regex(r"%(?![0-9A-Fa-f]{2})")
_NAME_OF_ANCHOR: Final = regex(r"\W", re.ASCII)
_LONGEST_NAME: Final = 40


class Bookmarks:
    """Anchors of a document and the bookmarks they become: unique in small letters, at most 40 characters; none is in `taken`."""

    def __init__(self, anchors: Iterable[str], first_id: int = 0, taken: Collection[str] = ()) -> None:
        self._names: dict[str, str] = {}
        self._open: set[str] = set()
        self._count = first_id
        taken = set(taken)
        for anchor in anchors:
            if anchor and anchor not in self._names:
                self._names[anchor] = name = _free_name(anchor, taken)
                taken.add(name.lower())
                self._open.add(anchor)

    def name(self, anchor: str) -> str | None:
        """The bookmark of an anchor, or None where the document does not have it."""
        return self._names.get(anchor)

    def around(self, anchor: str, content: str) -> str:
        """The content with the bookmark around it; an anchor that came before has its bookmark there."""
        if anchor not in self._open:
            return content
        self._open.discard(anchor)
        number, self._count = self._count, self._count + 1
        name = self._names[anchor]
        return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'


def _free_name(anchor: str, taken: set[str]) -> str:
    base = _NAME_OF_ANCHOR.sub("_", anchor)
    base = base if base[0].isalpha() else f"a_{base}"
    name, count = base[:_LONGEST_NAME], 1
    while name.lower() in taken:
        count += 1
        name = f"{base[: _LONGEST_NAME - len(str(count)) - 1]}_{count}"
    return name


class Inlines:
    """Turns inline content into runs; knows the styles, the bookmarks and the links of the document."""

    def __init__(self, theme: Theme, bookmarks: Bookmarks, relations: Relations) -> None:
        self._theme = theme
        self._bookmarks = bookmarks
        self._relations = relations

    def runs(self, content: Iterable[Inline], look: Look = PLAIN, in_link: bool = False) -> str:
        """The content, with `look` as the base."""
        return "".join(self._one(each, look, in_link) for each in content)

    def _one(self, inline: Inline, look: Look, in_link: bool) -> str:
        match inline:
            case Text(text):
                return run(text, look)
            case Strong(content):
                return self.runs(content, structs.replace(look, bold=True), in_link)
            case Emphasis(content):
                style = look.style or self._theme.character("Emphasis")
                return self.runs(content, structs.replace(look, emphasis=True, style=style), in_link)
            case Strike(content):
                return self.runs(content, structs.replace(look, strike=True), in_link)
            case InlineCode(text):
                return run(text, self._styled(look, "Inline Code"))
            case LineBreak():
                return f"<w:r>{run_properties(look)}<w:br/></w:r>"
            case Checkbox(checked):
                return self.box(checked)
            case Mark(text, tone):
                return self.mark(text, tone, look)
            case Link(target, content):
                return self._link(target, content, look, in_link)
            case Anchor(name):
                return self._bookmarks.around(name, "")

    def _styled(self, look: Look, style: str) -> Look:
        return structs.replace(look, style=self._theme.character(style))

    def box(self, checked: bool) -> str:
        """A box to tick."""
        return run("☑" if checked else "☐", self._styled(PLAIN, "Checkbox"))

    def mark(self, text: str, tone: Tone, look: Look = PLAIN) -> str:
        """A word with a tone. The sign before it is a run of its own in the style `Risk Mark`: it is no part of the word."""
        sign = run(f"{MARKS[tone]} ", self._styled(PLAIN, "Risk Mark")) if tone in MARKS and text else ""
        return sign + run(text, self._styled(look, TONES[tone]))

    def _link(self, target: str, content: Iterable[Inline], look: Look, in_link: bool) -> str:
        where = "" if in_link else self._where(target)
        if not where:
            return self.runs(content, look, in_link)
        return f'<w:hyperlink {where} w:history="1">{self.runs(content, self._styled(look, "Hyperlink"), True)}</w:hyperlink>'

    def way_back(self, anchor: str) -> str:
        """A small link to the place that a listing is linked from; nothing where there is none."""
        return run(" ") + self._link(f"#{anchor}", (Text("↩"),), PLAIN, False) if self._bookmarks.name(anchor) else ""

    def _where(self, target: str) -> str:
        """Where a link goes; nothing where it cannot go: its words stay."""
        if target.startswith("#"):
            return self.to_anchor(target[1:])
        if not target or len(target) > _LONGEST_TARGET or not is_safe(target):
            return ""
        uri = _STRAY_PERCENT.sub("%25", quote(target, safe=_URI_SAFE))
        return f'r:id="{self._relations.add("hyperlink", uri, external=True)}"'

    def to_anchor(self, anchor: str) -> str:
        """The attribute of a link to a place in the document; nothing where there is no such place."""
        name = self._bookmarks.name(anchor)
        return f"w:anchor={attribute(name)}" if name else ""
