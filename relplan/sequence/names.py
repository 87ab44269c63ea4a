"""When two names mean one system, and what the cell 发布顺序 says."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, TypeAlias

from relplan.patterns import regex

OrderKey: TypeAlias = tuple[int, ...]
"""An order to compare by: `1.2` is `(1, 2)`. What is released together has equal keys; a final 0 counts for nothing."""

LONGEST_ORDER: Final = 40
"""Characters; what is longer is a sentence and no order."""


def name_key(name: str) -> str:
    """What is equal for two names of one system: letter case, full or half width and blanks around and between do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


_REMARK: Final = regex(r"(?<=\S)\s*(?:\([^()]*\)|（[^（）]*）|【[^【】]*】|\[[^\[\]]*\])\s*$")


def without_remark(name: str) -> str:
    """A name without the brackets it ends with."""
    return _REMARK.sub("", name)


_DIGITS: Final = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_CHINESE: Final = rf"[{''.join(_DIGITS)}十百]+"
_BEFORE: Final = r"(?:第|批次|顺序|順序|步骤|步驟|阶段|階段|no\.?|step|wave|batch|phase|stage|order|p|#)"
_AFTER: Final = r"(?:批次|批|步|组|組|轮|輪|波次|波|阶段|階段|顺位|順位|位|号|號|次)"
_LEVEL: Final = r"[.\-_]"
_ORDER: Final = regex(
    rf"{_BEFORE}?[\s:]*\(?\s*(?:(?P<digits>\d+(?:\s*{_LEVEL}\s*\d+)*)(?P<letter>[a-z])?|(?P<chinese>{_CHINESE}))"
    rf"\s*\)?\s*{_AFTER}?\s*[.、,)]?"
)


def order_key(text: str | None) -> OrderKey | None:
    """The order that a cell states, or None where it states none that can be read.

    Read are `1`, `1.2`, `3-1`, `2a`, `①`, `(1)`, `１`, `第2批`, `第二批`, `批次3`, `P1`, `Step 4`, `#5`.
    """
    if not text or len(text) > LONGEST_ORDER:
        return None
    found = _ORDER.fullmatch(unicodedata.normalize("NFKC", text).casefold().strip())
    if not found:
        return None
    if found["chinese"]:
        number = _chinese_number(found["chinese"])
        return None if number is None else (number,)
    levels = [int(each) for each in re.findall(r"\d+", found["digits"])]
    if found["letter"]:
        levels.append(ord(found["letter"]) - ord("a") + 1)
    while len(levels) > 1 and not levels[-1]:
        levels.pop()
    return tuple(levels)


def _chinese_number(text: str) -> int | None:
    """A Chinese numeral up to 999: 十二 is 12, 一百零三 is 103; None where it is none."""
    found = re.fullmatch(
        r"(?:(?P<hundreds>[一二两兩三四五六七八九])百零?)?(?:(?P<tens>[一二三四五六七八九]?)十)?(?P<ones>[零〇一二两兩三四五六七八九]?)",
        text,
    )
    if not found or not text:
        return None
    tens = 0 if found["tens"] is None else _DIGITS.get(found["tens"], 1)
    return 100 * _DIGITS.get(found["hundreds"] or "零", 0) + 10 * tens + _DIGITS.get(found["ones"] or "零", 0)
