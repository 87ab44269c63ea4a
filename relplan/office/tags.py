"""Tags in the text of an Office document: found whatever people's programs did to their quotes and blanks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from relplan.errors import Message
from relplan.patterns import regex

Level: TypeAlias = Literal["", "run", "paragraph", "cell", "row", "sheet"]
"""What a tag that says so repeats or leaves out; blank: what stands around it decides."""

_ENDS: Final = {"{{": "}}", "{%": "%}", "{#": "#}"}
_OPENING: Final = regex(r"\{\{|\{%|\{#")
_LEVELS: Final[dict[str, Level]] = {"r": "run", "p": "paragraph", "tc": "cell", "tr": "row", "sheet": "sheet"}
_PREFIX: Final = regex(r"(tr|tc|sheet|p|r)(?=\s)")
_QUOTES: Final = {"“": "”", "„": "“”", "”": "”", "‘": "’", "‚": "‘’", "’": "’", "«": "»", '"': '"', "'": "'", "＂": "＂", "＇": "＇"}  # fmt: skip
_BLANKS: Final = str.maketrans(dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000\t\n\r\v\f", " "))
_WORD: Final = regex(r"\s*([A-Za-z_]+)")
_PAIRS: Final = {"if": "endif", "for": "endfor", "with": "endwith"}
_MIDDLES: Final = {"else": ("if", "for"), "elif": ("if",)}


class Tag(Struct, frozen=True):
    """A tag.

    Attributes:
        start, end: where it stands in the text around it.
        kind: `value` for what is printed, `statement` for what steers, `comment`.
        code: what stands in it, as Jinja reads it.
        level: what it repeats, where it says so.
        words: as it stands in the document.
    """

    start: int
    end: int
    kind: Literal["value", "statement", "comment"]
    code: str
    level: Level
    words: str

    @property
    def keyword(self) -> str:
        """The first word of a statement."""
        match = _WORD.match(self.code)
        return match[1] if match and self.kind == "statement" else ""

    @property
    def opens(self) -> str:
        """The keyword that closes what this statement opens; blank for all others."""
        return _PAIRS.get(self.keyword, "")

    @property
    def continues(self) -> tuple[str, ...]:
        """The keywords of the statements that this one goes on with."""
        return _MIDDLES.get(self.keyword, ())


class Broken(Struct, frozen=True):
    """A tag that does not end, or an end without a beginning: where, and what to say."""

    start: int
    words: str
    message: Message


KEYWORDS: Final = frozenset((*_PAIRS, *_PAIRS.values(), *_MIDDLES, "set"))
"""The statements that Office templates have."""


def tags_in(text: str) -> Iterator[Tag | Broken]:
    """The tags of a text, in order."""
    at = 0
    while match := _OPENING.search(text, at):
        start, opening = match.start(), match[0]
        if opening == "{#":
            end = text.find("#}", match.end())
            end = end + 2 if end >= 0 else -1
            code = ""
        else:
            code, end = _code(text, match.end(), _ENDS[opening])
        if end < 0:
            words = text[start : start + 40]
            yield Broken(start, words, _unended(_ENDS[opening]))
            return
        yield _tag(text, start, end, opening, code)
        at = end


def _unended(closing: str) -> Message:
    return Message(f"标记没有以 {closing} 结束", f"the tag does not end with {closing}")


def _code(text: str, at: int, closing: str) -> tuple[str, int]:
    """What stands in a tag from an offset on, with straight quotes and plain blanks; the offset behind the tag, or -1."""
    parts: list[str] = []
    depth = 0
    while at < len(text):
        char = text[at]
        if char in _QUOTES:
            end = next((i for i in range(at + 1, len(text)) if text[i] in _QUOTES[char] and text[i - 1] != "\\"), -1)
            if end < 0:
                return "", -1
            parts.append(_quoted(char, text[at + 1 : end]))
            at = end + 1
            continue
        if text.startswith(closing, at) and not (closing == "}}" and depth):
            return "".join(parts), at + 2
        depth += (char == "{") - (char == "}" and depth > 0)
        parts.append(char.translate(_BLANKS))
        at += 1
    return "", -1


def _quoted(quote: str, words: str) -> str:
    """A text in straight quotes; what stood in straight ones stays as it is."""
    if quote in "\"'":
        return f"{quote}{words}{quote}"
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _tag(text: str, start: int, end: int, opening: str, code: str) -> Tag:
    level: Level = ""
    if opening != "{#" and (match := _PREFIX.match(code)):
        level, code = _LEVELS[match[1]], code[match.end() :]
    code = code.removeprefix("-").removeprefix("+")
    code = code[:-1] if code.endswith(("-", "+")) else code
    kind: Literal["value", "statement", "comment"] = (
        "value" if opening == "{{" else "statement" if opening == "{%" else "comment"
    )
    return Tag(start, end, kind, code.strip(), level, text[start:end])
