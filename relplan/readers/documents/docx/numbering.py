"""The numbers that Word counts: which list a paragraph is in, and what stands before it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from relplan.patterns import regex
from relplan.readers.documents.docx.package import Part, is_on, value, whole

LEVELS: Final = 9
"""How many levels a list has."""

_PLACEHOLDER: Final = regex(r"%([1-9])")
_DIGITS: Final = "〇一二三四五六七八九"
_LEGAL_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN: Final = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_LARGEST: Final = 3999
_MOST_LETTERS: Final = 26 * 30
_CHINESE: Final = frozenset(("chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "japaneseDigitalTenThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "taiwaneseDigital"))  # fmt: skip
_SIGNS: Final[Mapping[str, str]] = {
    "ideographTraditional": _STEMS,
    "ideographZodiac": _BRANCHES,
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
}


class Level(Struct, frozen=True):
    """A level of a list.

    Attributes:
        form: of its numbers, as ECMA-376 names it.
        text: what stands around them: `%1、`, `%1.%2`.
        start: where they begin.
        restarts: whether they begin anew below every number of a higher level.
        in_digits: whether the numbers of higher levels, too, are shown in digits here.
    """

    form: str = "bullet"
    text: str = ""
    start: int = 1
    restarts: bool = True
    in_digits: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether it has numbers."""
        return self.form not in ("bullet", "none") and "%" in self.text


class Numbering:
    """The lists of a document, and how far each has counted."""

    def __init__(self, part: Part) -> None:
        self._w = part.w
        root = part.root if part.root is not None else ()
        self._abstract = {each.get(f"{part.w}abstractNumId"): each for each in root if each.tag == f"{part.w}abstractNum"}  # fmt: skip
        self._by_style = {value(each, "styleLink", part.w): each for each in self._abstract.values()}
        self._levels: dict[str, dict[int, Level]] = {}
        self._family: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._styled: dict[tuple[str, str], int] = {}
        for each in root:
            if each.tag == f"{part.w}num":
                self._add(each.get(f"{part.w}numId", ""), each)
        self._counts: dict[str, dict[int, int]] = {}

    def level(self, number: str, at: int) -> Level | None:
        """A level of a list; None where there is no such list."""
        levels = self._levels.get(number)
        return levels.get(at, Level()) if levels is not None else None

    def level_of_style(self, number: str, style: str) -> int:
        """The level of a list that paragraphs of a style have."""
        return self._styled.get((number, style), 0)

    def next(self, number: str, at: int) -> int:
        """Count one further at a level; the levels below begin anew."""
        level = self.level(number, at) or Level()
        counts = self._counts.setdefault(self._family.get(number, number), {})
        if (restart := self._restarts.get(number, {}).pop(at, None)) is not None:
            counts[at] = restart
        else:
            counts[at] = counts[at] + 1 if at in counts else level.start
        for below in [each for each in counts if each > at and (self.level(number, each) or level).restarts]:
            del counts[below]
        return counts[at]

    def goes_on(self, before: str, number: str) -> bool:
        """Whether a list only goes on with the one before it, as where the first item alone was told where to begin."""
        same = self._family.get(before) == self._family.get(number)
        return same and before in self._restarts and number not in self._restarts

    def shown(self, number: str, at: int) -> str:
        """What stands before the paragraph that was counted last: `一、`, `1.2`."""
        counts = self._counts.get(self._family.get(number, number), {})
        own = self.level(number, at) or Level()

        def written(match: re.Match[str]) -> str:
            which = int(match[1]) - 1
            level = self.level(number, which) or Level()
            kind = "decimal" if own.in_digits and which != at else level.form
            return form(counts.get(which, level.start), kind)

        return _PLACEHOLDER.sub(written, own.text)

    def _add(self, key: str, element: Any) -> None:
        of = value(element, "abstractNumId", self._w)
        abstract = self._abstract.get(of)
        linked = self._by_style.get(value(abstract, "numStyleLink", self._w) or "-")
        abstract = linked if linked is not None else abstract
        levels = self._of(abstract)
        self._levels[key] = levels | self._overrides(element, levels)
        self._family[key] = of
        starts = {
            whole(each.get(f"{self._w}ilvl", ""), 0): whole(start, 1)
            for each in element.iter(f"{self._w}lvlOverride")
            if (start := value(each, "startOverride", self._w))
        }
        if starts:
            self._restarts[key] = starts
        for each in abstract if abstract is not None else ():
            if style := value(each, "pStyle", self._w):
                self._styled[key, style] = whole(each.get(f"{self._w}ilvl", ""), 0)

    def _of(self, element: Any) -> dict[int, Level]:
        found = [each for each in (element if element is not None else ()) if each.tag == f"{self._w}lvl"]
        return {whole(each.get(f"{self._w}ilvl", ""), 0): self._level(each) for each in found}

    def _overrides(self, element: Any, own: Mapping[int, Level]) -> dict[int, Level]:
        found: dict[int, Level] = {}
        for each in element.iter(f"{self._w}lvlOverride"):
            at = whole(each.get(f"{self._w}ilvl", ""), 0)
            inner = each.find(f"{self._w}lvl")
            level = self._level(inner) if inner is not None else own.get(at, Level())
            found[at] = replace(level, start=whole(value(each, "startOverride", self._w), level.start))
        return found

    def _level(self, element: Any) -> Level:
        return Level(
            value(element, "numFmt", self._w) or "decimal",
            value(element, "lvlText", self._w),
            whole(value(element, "start", self._w), 1),
            value(element, "lvlRestart", self._w) != "0",
            is_on(element.find(f"{self._w}isLgl"), self._w),
        )


def form(number: int, kind: str) -> str:
    """A number in a form of ECMA-376 part 1, 17.18.59; forms that plans do not use are in digits."""
    if kind in ("upperRoman", "lowerRoman") and 0 < number <= _LARGEST:
        return _roman(number) if kind == "upperRoman" else _roman(number).lower()
    if kind in ("upperLetter", "lowerLetter") and 0 < number <= _MOST_LETTERS:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in _CHINESE:
        return _chinese(number, _DIGITS, "十")
    if kind == "chineseLegalSimplified":
        return _chinese(number, _LEGAL_DIGITS, "拾")
    if kind == "decimalZero":
        return f"{number:02}"
    signs = _SIGNS.get(kind, "")
    return signs[number - 1] if 0 < number <= len(signs) else str(number)


def _roman(number: int) -> str:
    out = ""
    for amount, letters in _ROMAN:
        while number >= amount:
            out, number = out + letters, number - amount
    return out


def _chinese(number: int, digits: str, ten: str) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    before = "" if not tens else ten if tens == 1 else f"{digits[tens]}{ten}"
    return before + (digits[ones] if ones else "")
