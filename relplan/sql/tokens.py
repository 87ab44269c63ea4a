"""The tokens of SQL text. Every character is looked at a bounded number of times: no pattern can go back over what it took."""

from __future__ import annotations

import bisect
import functools
import re
from enum import Enum, auto
from typing import Final, NamedTuple

from relplan.patterns import regex
from relplan.sql.dialects import TRAITS, Dialect, Traits


class TokenKind(Enum):
    """What a token is."""

    WORD = auto()
    NUMBER = auto()
    STRING = auto()
    NAME = auto()
    """A name in quotes."""
    VARIABLE = auto()
    SIGN = auto()
    STRANGE = auto()
    """Full-width punctuation, or a character that cannot be seen."""
    ROW = auto()
    """A whole row of a VALUES list, in its brackets."""
    END = auto()
    """What ends a statement, where DELIMITER has said so."""
    COMMENT = auto()
    DASHES = auto()
    """What was meant as a comment: `--` without the blank that MySQL asks for."""
    SPACE = auto()
    OPEN = auto()
    """A string, name or comment that nothing closes; goes to the end of the text."""


BLANK: Final = (TokenKind.SPACE, TokenKind.COMMENT, TokenKind.DASHES)
"""The kinds of token that mean nothing to a server."""

_UNQUOTED: Final = {"`": "``", '"': '""', "]": "]]"}


class Token(NamedTuple):
    """A piece of text; `word` is what to compare it by: upper case for words, the plain sign for punctuation, else blank."""

    kind: TokenKind
    text: str
    start: int
    word: str

    @property
    def end(self) -> int:
        """The place behind it, counted from 0."""
        return self.start + len(self.text)

    @property
    def name(self) -> str:
        """A name without its quotes."""
        if self.kind is TokenKind.NAME or (self.kind is TokenKind.STRING and self.text[0] == '"'):
            return self.text[1:-1].replace(_UNQUOTED[self.text[-1]], self.text[-1])
        return self.text


FULL_WIDTH: Final = {
    "；": ";", "，": ",", "（": "(", "）": ")", "‘": "'", "’": "'", "“": '"', "”": '"', "＝": "=", "＊": "*", "．": ".",
    "。": ".", "：": ":", "＇": "'", "＂": '"', "－": "-", "＋": "+", "／": "/", "＜": "<", "＞": ">", "％": "%", "＿": "_",
    "！": "!", "？": "?", "、": "、", "【": "[", "】": "]", "［": "[", "］": "]", "｛": "{", "｝": "}", "《": "<", "》": ">",
    "｜": "|", "＆": "&", "＃": "#", "＠": "@", "＄": "$", "｀": "`", "～": "~", "＾": "^", "＼": "\\", "—": "-", "–": "-",
    "…": "…", "「": "[", "」": "]",
}  # fmt: skip
"""Full-width punctuation, and the sign that was meant."""

INVISIBLE: Final = (
    "\x00-\x08\x0e-\x1f\x7f\x85\xa0\xad\u061c\u115f\u1160\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u3000\u3164\ufeff\uffa0"
)
"""The characters that cannot be seen or that look like a blank, as ranges of a pattern."""

_INVISIBLE: Final = regex(f"[{INVISIBLE}]")


def is_invisible(text: str) -> bool:
    """Whether it begins with a character that cannot be seen or only looks like a blank."""
    return _INVISIBLE.match(text) is not None


_PLAIN_STRING: Final = r"'(?:[^']++|'')*+'"
_ESCAPED_STRING: Final = r"'(?:[^'\\]++|\\.|'')*+'"
_ESCAPED_QUOTED: Final = r'"(?:[^"\\]++|\\.|"")*+"'
_CLOSERS: Final = {"[": "]", "(": ")", "{": "}", "<": ">"}


def _rows(traits: Traits) -> tuple[str, str]:
    """A row of bare values, and one that calls functions too."""
    string = _ESCAPED_STRING if traits.backslash else _PLAIN_STRING
    quoted = f"|{_ESCAPED_QUOTED}" if traits.quoted_strings else ""
    plain = rf"[A-Za-z0-9_ \t\r\n.,+=<>|]++|-(?!-)|/(?!\*)|\*(?!/)|{string}{quoted}"
    inner = rf"\((?:{plain})*+\)"
    middle = rf"\((?:{plain}|{inner})*+\)"
    return inner, rf"\((?:{plain}|{middle})*+\)"


def _word(traits: Traits, delimiter: str) -> str:
    more = r"[\w$]" if traits.hash_comments else r"[\w$#]"
    if delimiter and re.match(r"[\w$#]", delimiter):
        return rf"(?!{re.escape(delimiter)})[^\W\d](?:(?!{re.escape(delimiter)}){more})*+"
    return rf"[^\W\d]{more}*+"


def _alternatives(traits: Traits, delimiter: str) -> list[tuple[str, str]]:
    """The kinds of token as patterns, first come first served."""
    string = _ESCAPED_STRING if traits.backslash else _PLAIN_STRING
    quoted = ("STRING2", _ESCAPED_QUOTED) if traits.quoted_strings else ("NAME2", r'"(?:[^"]++|"")*+"')
    return [
        ("END", re.escape(delimiter) if delimiter != ";" else "(?!)"),
        ("SPACE", r"[ \t\r\n\f\v]++"),
        ("DASH", r"--[^\r\n]*+"),
        ("HASH", r"\#[^\r\n]*+" if traits.hash_comments else "(?!)"),
        ("BLOCK", r"/\*"),
        ("ESCAPED", rf"[eE]{_ESCAPED_STRING}" if traits.dollar_quotes else "(?!)"),
        ("LETTER", r"[nN]?[qQ]'[^\s]" if traits.letter_quotes else "(?!)"),
        ("WORD", _word(traits, delimiter)),
        ("STRING", string),
        quoted,
        ("NAME", r"`(?:[^`]++|``)*+`"),
        ("BRACKET", r"\[(?:[^\]]++|\]\])*+\]" if traits.brackets else "(?!)"),
        ("UNCLOSED", r"['\"`\[]" if traits.brackets else "['\"`]"),
        ("NUMBER", r"\d\w*+(?:\.\d\w*+)?"),
        ("VARIABLE", r"@@?[\w$]*+" + (r"|\#{1,2}[\w$]++" if traits.brackets else "")),
        ("DOLLAR", r"\$(?:[^\W\d]\w*+)?\$"),
        ("STRANGE", f"[{INVISIBLE}{''.join(map(re.escape, FULL_WIDTH))}]"),
        ("SIGN", "."),
    ]


@functools.cache
def _pattern(dialect: Dialect, delimiter: str) -> re.Pattern[str]:
    parts = _alternatives(TRAITS[dialect], delimiter)
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in parts), re.DOTALL)


@functools.cache
def _row_pattern(dialect: Dialect, has_calls: bool) -> re.Pattern[str]:
    return re.compile(_rows(TRAITS[dialect])[has_calls], re.DOTALL)


_DIRECT: Final = {
    "END": TokenKind.END,
    "SPACE": TokenKind.SPACE,
    "HASH": TokenKind.COMMENT,
    "ESCAPED": TokenKind.STRING,
    "STRING": TokenKind.STRING,
    "STRING2": TokenKind.STRING,
    "NAME": TokenKind.NAME,
    "NAME2": TokenKind.NAME,
    "BRACKET": TokenKind.NAME,
    "NUMBER": TokenKind.NUMBER,
    "VARIABLE": TokenKind.VARIABLE,
}
"""The alternatives that are tokens as they are, and have no word."""

_PASSWORD: Final = regex("password", re.IGNORECASE)
_NO_ARITHMETIC: Final = regex(r"--(?![\d.(@'\"`+:?])")
_NEST: Final = regex(r"/\*|\*/")
_CODE: Final = regex(r"/\*M?!\d*")


class Lexer:
    """Takes tokens from a text, one at a time, from wherever it is told to."""

    def __init__(self, text: str, dialect: Dialect, delimiter: str = ";") -> None:
        self.text = text
        self._dialect, self._traits = dialect, TRAITS[dialect]
        self._match = _pattern(dialect, delimiter).match
        self.code_comments: list[int] = []
        """Where the `/*!` began that are open."""

    def set_delimiter(self, delimiter: str) -> None:
        """From here on a statement ends with `delimiter`."""
        self._match = _pattern(self._dialect, delimiter).match

    def row(self, start: int, has_calls: bool) -> Token | None:
        """The row of values in brackets at a place, if one stands there, with calls of functions or without; no row with passwords."""
        found = _row_pattern(self._dialect, has_calls).match(self.text, start)
        if not found or _PASSWORD.search(found.group()):
            return None
        return Token(TokenKind.ROW, found.group(), start, "")

    def at(self, start: int, after: str = "") -> Token:
        """The token at a place within the text; `after` is the word before it."""
        found = self._match(self.text, start)
        assert found is not None  # its last alternative takes any character
        group, text = found.lastgroup or "SIGN", found.group()
        if group == "WORD":
            return Token(TokenKind.WORD, text, start, text.upper())
        if group == "SIGN":
            return self._sign(text, start)
        if kind := _DIRECT.get(group):
            return Token(kind, text, start, "")
        return self._special(group, text, start, after)

    def _sign(self, text: str, start: int) -> Token:
        if self.code_comments and self.text.startswith("*/", start):
            self.code_comments.pop()
            return Token(TokenKind.SPACE, "*/", start, "")
        return Token(TokenKind.SIGN, text, start, text)

    def _special(self, group: str, text: str, start: int, after: str) -> Token:
        match group:
            case "DASH":
                return self._dashes(text, start)
            case "BLOCK":
                return self._block(start)
            case "DOLLAR":
                return self._dollar(text, start, after)
            case "LETTER":
                return self._up_to(_CLOSERS.get(text[-1], text[-1]) + "'", start, len(text), TokenKind.STRING)
            case "STRANGE":
                return Token(TokenKind.STRANGE, text, start, FULL_WIDTH.get(text, ""))
        return self._open(start)

    def _open(self, start: int) -> Token:
        return Token(TokenKind.OPEN, self.text[start:], start, "")

    def _up_to(self, closer: str, start: int, skip: int, kind: TokenKind) -> Token:
        end = self.text.find(closer, start + skip)
        return self._open(start) if end < 0 else Token(kind, self.text[start : end + len(closer)], start, "")

    def _dashes(self, text: str, start: int) -> Token:
        if not self._traits.dash_needs_blank or text[2:3] in ("", " ", "\t", "\f", "\v"):
            return Token(TokenKind.COMMENT, text, start, "")
        # The client of MySQL forgives it at the start of a line; elsewhere 5--1 is a sum.
        if begins_line(self.text, start) or _NO_ARITHMETIC.match(text):
            return Token(TokenKind.DASHES, text, start, "")
        return Token(TokenKind.SIGN, "-", start, "-")

    def _block(self, start: int) -> Token:
        if self._traits.code_comments and (opener := _CODE.match(self.text, start)):
            self.code_comments.append(start)
            return Token(TokenKind.SPACE, opener.group(), start, "")
        if not self._traits.nested_comments:
            return self._up_to("*/", start, 2, TokenKind.COMMENT)
        depth = 0
        for found in _NEST.finditer(self.text, start):
            depth += 1 if found.group() == "/*" else -1
            if not depth:
                return Token(TokenKind.COMMENT, self.text[start : found.end()], start, "")
        return self._open(start)

    def _dollar(self, tag: str, start: int, after: str) -> Token:
        # In the other dialects `$$` is a string only where one of PostgreSQL's scripts would have it.
        if self._traits.dollar_quotes or after in ("AS", "DO"):
            return self._up_to(tag, start, len(tag), TokenKind.STRING)
        return Token(TokenKind.SIGN, "$", start, "$")


def begins_line(text: str, start: int) -> bool:
    """Whether only blanks stand before a place on its line."""
    while start and text[start - 1] in " \t\ufeff":
        start -= 1
    return not start or text[start - 1] in "\r\n"


_NEWLINE: Final = regex(r"\r\n?|\n")


class Lines:
    """From places in a text to lines and columns, both counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in _NEWLINE.finditer(text))]

    def at(self, start: int) -> tuple[int, int]:
        """The line and column of a place."""
        line = bisect.bisect_right(self._starts, start)
        return line, start - self._starts[line - 1] + 1
