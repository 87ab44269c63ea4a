"""What a paragraph or a run is, by its style: styles are known by their names, with those they are based on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from relplan.patterns import regex
from relplan.readers.documents.docx.package import Part, is_on, value, whole

_HEADING: Final = regex(r"(?:heading|标题|標題)\s*([1-9])")
_CODE: Final = regex(r"\b(?:code|preformatted|verbatim)\b|代码|程式碼")
_TITLES: Final = ("title", "标题", "標題")
_NO_OUTLINE: Final = 9


class Style(Struct, frozen=True):
    """What a style says, with what it is based on.

    Attributes:
        name: in small letters; the id where it has none.
        level: of the heading it makes, 1 for a title; 0 where it makes none.
        is_code: whether it is for code.
        numbering: the id of the list it puts its paragraphs in, and the level where it says one; None where it does not.
        is_hidden: whether its words are not shown.
        font: of its Latin letters, or blank.
    """

    name: str
    level: int = 0
    is_code: bool = False
    numbering: tuple[str, int | None] | None = None
    is_hidden: bool = False
    font: str = ""


class Styles:
    """The styles of a document, by their ids."""

    def __init__(self, part: Part) -> None:
        self._w = part.w
        root = part.root if part.root is not None else ()
        self._elements = {each.get(f"{part.w}styleId"): each for each in root if each.tag == f"{part.w}style"}
        self._known: dict[str, Style] = {}

    def of(self, style: str) -> Style:
        """What the style of an id says; one that the document does not have goes by its id."""
        if style not in self._known:
            self._known[style] = self._style(style)
        return self._known[style]

    def _style(self, style: str) -> Style:
        chain = self._chain(style)
        names = [self._name(each) for each in chain] or [style.lower()]
        fonts = [each.get(f"{self._w}ascii", "") for each in self._all(chain, "rPr", "rFonts")]
        return Style(
            names[0],
            self._level(chain, names),
            any(_CODE.search(name) for name in names),
            next((self._list(each) for each in self._all(chain, "pPr", "numPr")), None),
            is_on(next(iter(self._all(chain, "rPr", "vanish")), None), self._w),
            next(filter(None, fonts), ""),
        )

    def _chain(self, style: str) -> list[Any]:
        """The style and those it is based on, nearest first; a circle ends."""
        seen: dict[str, Any] = {}
        while style in self._elements and style not in seen:
            seen[style] = self._elements[style]
            style = value(seen[style], "basedOn", self._w)
        return list(seen.values())

    def _name(self, element: Any) -> str:
        return (value(element, "name", self._w) or str(element.get(f"{self._w}styleId", ""))).lower()

    def _level(self, chain: Sequence[Any], names: Sequence[str]) -> int:
        for position, name in enumerate(names):
            if name in _TITLES:
                return 1
            if match := _HEADING.match(name):
                return int(match[1])
            properties = chain[position].find(f"{self._w}pPr") if chain else None
            level = whole(value(properties, "outlineLvl", self._w), _NO_OUTLINE)
            if level < _NO_OUTLINE:
                return level + 1
        return 0

    def _list(self, properties: Any) -> tuple[str, int | None]:
        level = value(properties, "ilvl", self._w)
        return value(properties, "numId", self._w), whole(level, 0) if level else None

    def _all(self, chain: Sequence[Any], part: str, name: str) -> list[Any]:
        found = (each.find(f"{self._w}{part}/{self._w}{name}") for each in chain)
        return [each for each in found if each is not None]
