"""Lists: every list has its own count, so that each starts anew whatever was before it."""

from __future__ import annotations

from typing import Final

from relplan.writers.docx.markup import DECLARATION, W

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
        self._base = base
        self._abstract, self._next = 1, 1
        if base:
            from relplan.writers.docx.themefile import highest_list  # few themes have lists of their own

            self._abstract += highest_list(base, "abstractNum", "abstractNumId")
            self._next += highest_list(base, "num", "numId")
        self._nums: list[str] = []

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
        if not self._base:
            return (DECLARATION + own).encode()
        from relplan.writers.docx.themefile import merged_lists

        return merged_lists(self._base, own.encode())


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
