"""Text as the model holds it: line ends are `\\n`, outer blanks are gone, every format can write it."""

from __future__ import annotations

from typing import Final

from relplan.errors import Refused
from relplan.patterns import regex

# What XML 1.0 cannot hold (section 2.2, "Char"): Word and Excel files are XML.
_UNWRITABLE: Final = regex("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Every line end that Unicode knows (UAX 14: CR, LF, VT, FF, NEL, LS, PS). Word and Excel
# leave VT behind where someone pressed Shift+Enter.
_LINE_END: Final = regex("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_NEEDS_WORK: Final = regex("[\x00-\x08\x0b-\x1f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")

_NONE: Final = (
    "无 无。 没有 暂无 不涉及 不涉及。 不适用 无需 不需要 無 無需 不適用 n/a na none nil - -- --- — —— – / // \\ -/-"
)
NONE_WORDS: Final = frozenset([*_NONE.split(), "not applicable"])
"""Words that say "there is none", as against a blank cell, which says nothing (lower case)."""

YES: Final = frozenset(("是", "有", "需要", "涉及", "Y", "y", "Yes", "yes", "YES", "√", "✓", "✔", "TRUE"))
"""Cells that say yes where the thing itself belongs."""

NO: Final = frozenset(("否", "N", "n", "No", "no", "NO", "×", "✗", "FALSE"))
"""Cells that say no."""


def normalise(text: str) -> str:
    """The text with `\\n` as its only line end and without outer blanks.

    Raises:
        Refused: the text holds a character that no XML file can hold.
    """
    # All that needs work is unprintable, and to ask for that is the quickest.
    if not text.replace("\n", "").isprintable() and _NEEDS_WORK.search(text):
        text = _LINE_END.sub("\n", text)
        if bad := _UNWRITABLE.search(text):
            code = f"U+{ord(bad.group()):04X}"
            raise Refused(
                f"文本第 {bad.start() + 1} 个字符是 {code}，Word 和 Excel 文件无法保存；请删除它",
                f"character {bad.start() + 1} of the text is {code}, which no Word or Excel file can hold; delete it",
            )
    return text.strip()


def has_chinese(text: str) -> bool:
    """Whether there is a Chinese character in the text. (To compile a regular expression for so many takes 5 ms.)"""
    return not text.isascii() and any("\u3400" <= character <= "\u9fff" for character in text)


def is_none_word(text: str) -> bool:
    """Whether the text says "there is none": 无, N/A, `-`, 不涉及 …"""
    return len(text) < 16 and text.strip().lower() in NONE_WORDS


def from_object(value: object) -> str:
    """The text of something that stands where text belongs.

    Raises:
        Refused: the value is no text. A float is refused because 1.10 has already become 1.1.
    """
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        raise Refused(
            f"数字 {value} 应写成文本（带引号），否则 1.10 会变成 1.1",
            f"write the number {value} as text (in quotes), or 1.10 becomes 1.1",
        )
    zh = en = type(value).__name__
    if isinstance(value, dict):
        zh, en = "键值对", "key: value pairs"
    elif isinstance(value, list):
        zh, en = "列表", "a list"
    raise Refused(f"这里应为文本，而不是{zh}", f"text belongs here, not {en}")
