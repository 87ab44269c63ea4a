"""Lists: every list has its own count, so that each starts anew whatever was before it."""

from __future__ import annotations

from typing import Final

from lxml import etree

from relplan.writers.docx.markup import DECLARATION, W
from relplan.writers.docx.theme import parse, w

LEVELS: Final = 9
STEP: Final = 420
"""How far each level of a list is moved in, in twips."""

MOST_START: Final = 32_767

_BULLETS: Final = ("•", "–", "▪")
_FORMATS: Final = (("decimal", "%{}."), ("decimal", "(%{})"), ("lowerLetter", "%{}."))
_KINDS: Final = ("bullet", "ordered", "plain")


class Numbering:
    """The numbering part, growing with the document; what the theme's styles refer to stays in it."""

    def __init__(self, base: bytes | None) -> None:
        self._root = parse(base) if base else None
        self._abstract = 1 + self._highest("abstractNum", "abstractNumId")
        self._next = 1 + self._highest("num", "numId")
        self._nums: list[str] = []

    def _highest(self, tag: str, name: str) -> int:
        found = self._root.iter(w(tag)) if self._root is not None else ()
        return max((int(each.get(w(name)) or 0) for each in found), default=0)

    def bullets(self) -> int:
        """A list with bullets: its id."""
        return self._add("bullet", "")

    def plain(self) -> int:
        """A list whose items bring their own boxes or numbers: its id."""
        return self._add("plain", "")

    def ordered(self, level: int, start: int) -> int:
        """A list that counts from `start`, at `level` (from 0): its id."""
        override = f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
        return self._add("ordered", override)

    def _add(self, kind: str, override: str) -> int:
        number = self._next + len(self._nums)
        abstract = self._abstract + _KINDS.index(kind)
        self._nums.append(f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{override}</w:num>')
        return number

    def part(self) -> bytes:
        """The numbering part."""
        abstracts = "".join(_abstract(self._abstract + index, kind) for index, kind in enumerate(_KINDS))
        own = f'<w:numbering xmlns:w="{W}">{abstracts}{"".join(self._nums)}</w:numbering>'
        if self._root is None:
            return (DECLARATION + own).encode()
        return _merged(self._root, parse(own.encode()))


def _merged(root: etree._Element, own: etree._Element) -> bytes:
    """The theme's lists and those of the document: definitions before counts, as the schema has it."""
    counts = [child for child in root if child.tag in (w("num"), w("numIdMacAtCleanup"))]
    at = root.index(counts[0]) if counts else len(root)
    for child in [child for child in own if child.tag == w("abstractNum")]:
        root.insert(at, child)
        at += 1
    tail = root.find(w("numIdMacAtCleanup"))
    at = root.index(tail) if tail is not None else len(root)
    for child in list(own):
        root.insert(at, child)
        at += 1
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _abstract(number: int, kind: str) -> str:
    levels = "".join(_level(level, kind) for level in range(LEVELS))
    return f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'


def _level(level: int, kind: str) -> str:
    number_format, text, follow, fonts = "none", "", '<w:suff w:val="nothing"/>', ""
    if kind == "bullet":
        number_format, text, follow = "bullet", _BULLETS[level % len(_BULLETS)], ""
        fonts = '<w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial" w:hint="default"/></w:rPr>'
    elif kind == "ordered":
        number_format, pattern = _FORMATS[level % len(_FORMATS)]
        text, follow = pattern.format(level + 1), ""
    indent = f'<w:pPr><w:ind w:left="{STEP * (level + 1)}" w:hanging="{STEP}"/></w:pPr>'
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{number_format}"/>{follow}'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>{indent}{fonts}</w:lvl>'
    )
