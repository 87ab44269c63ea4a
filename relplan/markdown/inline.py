"""Words as Markdown: what has to be escaped where, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

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
    one_kind_of_line_end,
    plain,
)
from relplan.links import is_safe
from relplan.patterns import regex

_Wrapper: TypeAlias = Strong | Emphasis | Strike
_Part: TypeAlias = Text | InlineCode | Link | Strong | Emphasis | Strike

_MARKS: Final[dict[type, tuple[str, str]]] = {Strong: ("**", "strong"), Emphasis: ("*", "em"), Strike: ("~~", "del")}
"""The delimiter of each, and the HTML element to use where the delimiter would not be seen as one."""

_ALWAYS: Final = r"""
    \\(?=[!-/:-@\[-`{-~\s]|\Z)            # a backslash that would escape something or end a line
  | `
  | (?<!\S[ \t])\* | \*(?![ \t]\S)        # `a * b` is safe
  | (?<!\w)_+ | _+(?!\w)                  # `order_id` is safe
  | <(?=[A-Za-z/!?]|[^\s<>]*@|\Z)         # `a < b` and `a<5` are safe, `<138@qq.com>` is a link
  | &(?=\#?[A-Za-z0-9]+;)
"""
_LINK_ENDS: Final = r"| \](?=[(:])"
_BRACKETS: Final = r"| [\[\]]"
_TILDES: Final = r"| ~+"


def _compiled(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(parts), re.VERBOSE)


# A single tilde is only a tilde, but two of them strike out what is between them.
_ONE_TILDE: Final = _compiled(_ALWAYS, _LINK_ENDS)
_TEXT: Final = _compiled(_ALWAYS, _LINK_ENDS, _TILDES)
_LABEL: Final = _compiled(_ALWAYS, _BRACKETS, _TILDES)

_LINE_START: Final = regex(
    r"""(?: \#{1,6}(?=\s|\Z) | > | [-+](?=\s|\Z) | =+\s*\Z
          | [-:|\s]*-[-:|\s]*\Z                    # a rule, a heading's underline, the second row of a table
          | \[[ xX]\](?=\s|\Z) | \[!\w+\]\s*\Z     # a box, an alert
        )""",
    re.VERBOSE,
)
_NUMBER_START: Final = regex(r"(\d{1,9})([.)])(?=\s|\Z)", re.ASCII)
# GitHub makes a link of a bare address, up to a blank or `<`, before it looks at escapes, references and delimiters.
_ADDRESS: Final = r"(?:(https?|ftp):(?=//)|(www)\.)"
_BAD_ADDRESS_AT_END: Final = regex(_ADDRESS + r"(?=[^ \t\n]*(?:\\|[^\S\n](?:\n|\Z)))", re.IGNORECASE)
_BAD_ADDRESS: Final = regex(_ADDRESS + r"(?=[^ \t\n]*(?:\\|[^\S\n](?:\n|\Z)|\Z))", re.IGNORECASE)
_TICKS: Final = regex(r"`+")
_NOT_IN_DESTINATION: Final = regex(r"[\s\x00-\x20<>()\[\]\\|\"`\x7f]")
_ENTITY: Final = regex(r"&(?=#?[A-Za-z0-9]+;)")


def inline(content: Iterable[Inline]) -> str:
    """Inline content as Markdown, with a bare line end where a line ends."""
    return _parts(content, frozenset())


def escape(text: str, *, alone: bool, last: bool) -> str:
    """Text so that it comes back; line ends become `\\n`.

    Args:
        text: the words.
        alone: no other inline content stands beside it.
        last: nothing follows it, not even the end of what it stands in.
    """
    out = _escaped(text, _ONE_TILDE if alone and text.count("~") < 2 else _TEXT)
    if "://" not in out and "www." not in out.lower():
        return out
    # An address that would take in what is not its own is kept from being a link.
    return (_BAD_ADDRESS_AT_END if last else _BAD_ADDRESS).sub(_without_link, out)


def escape_label(text: str) -> str:
    """Text inside the brackets of a link or an image."""
    return _escaped(text, _LABEL)


def _escaped(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(_with_backslashes, one_kind_of_line_end(text))


def _without_link(found: re.Match[str]) -> str:
    return f"{found[1]}\\:" if found[1] else f"{found[2]}\\."


def _with_backslashes(found: re.Match[str]) -> str:
    return "\\" + "\\".join(found[0])


def line(text: str) -> str:
    """A line of a paragraph: what looks like the start of a block is escaped, and its outer blanks stay."""
    if _LINE_START.match(text) and not text[0].isspace():
        text = "\\" + text
    else:
        text = _NUMBER_START.sub(r"\1\\\2", text, count=1) if _NUMBER_START.match(text) else text
    return edges(text)


def edges(text: str) -> str:
    """Text whose first and last blanks are character references, since parsers strip blanks."""
    if not text or not (text[0].isspace() or text[-1].isspace()):
        return text
    if len(text) == 1:
        return _reference(text)
    return _reference(text[0]) + text[1:-1] + _reference(text[-1])


def _reference(character: str) -> str:
    # Parsers refuse references to controls.
    visible = not character.isspace() or (unicodedata.category(character) == "Cc" and character != "\t")
    return character if visible else f"&#{ord(character)};"


def code_span(text: str) -> str:
    """Text as a code span; it has one line."""
    if not text:
        return ""
    ticks = fence(text, at_least=1)
    padded = text[0] == "`" or text[-1] == "`" or (text[0] == " " == text[-1] and bool(text.strip(" ")))
    return f"{ticks} {text} {ticks}" if padded else f"{ticks}{text}{ticks}"


def fence(text: str, *, at_least: int) -> str:
    """A row of backticks longer than any in the text."""
    return "`" * max([at_least, *(len(ticks) + 1 for ticks in _TICKS.findall(text))])


def destination(target: str) -> str:
    """The target of a link, with what could end it percent-encoded."""
    encoded = _NOT_IN_DESTINATION.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), target)
    return _ENTITY.sub("&amp;", encoded)


def _parts(content: Iterable[Inline], inside: frozenset[type]) -> str:
    parts = _merged(content, inside)
    alone = len(parts) == 1 and not inside
    out = ""
    for index, part in enumerate(parts):
        match part:
            case Text(text):
                last = not inside and index == len(parts) - 1
                out += escape_label(text) if Link in inside else escape(text, alone=alone, last=last)
            case InlineCode(text):
                out += "\n".join(code_span(each) for each in text.split("\n"))
            case Link(target, words):
                label = _parts(words, inside | {Link})
                # "!" before a link would make a picture of it.
                out = out[:-1] + "\\!" if out.endswith("!") else out
                out += f"[{label}]({destination(target)})"
            case Strong() | Emphasis() | Strike():
                after = _first(parts[index + 1]) if index + 1 < len(parts) else ""
                out += _wrapped(part, out[-1:], _parts(part.content, inside | {type(part)}), after)
    return out


def _first(part: _Part) -> str:
    """The character a part begins with, as far as delimiters care."""
    match part:
        case Text(text):
            return text[0]
        case InlineCode():
            return "`"
        case Link():
            return "["
    return _MARKS[type(part)][0][0]


def _wrapped(part: _Wrapper, before: str, inner: str, after: str) -> str:
    """Emphasis by its delimiter where CommonMark sees one there, else by its HTML element.

    Beside Chinese it often does not: the asterisks of `填写**〔待定〕**后` are no delimiters, since
    one side is a letter and the other punctuation.
    """
    mark, element = _MARKS[type(part)]
    beside_itself = mark[0] in (before, inner[0], inner[-1], after)
    if not beside_itself and _opens(before, inner[0]) and _opens(after, inner[-1]):
        return f"{mark}{inner}{mark}"
    return f"<{element}>{inner}</{element}>"


def _opens(outer: str, inner: str) -> bool:
    """Whether a delimiter between these characters belongs to the inner one, for every version of CommonMark."""
    if inner.isspace():
        return False
    # Symbols are punctuation since version 0.31: an inner one counts as such, an outer one does not.
    if unicodedata.category(inner)[0] not in "PS":
        return True
    return not outer or outer in " \t\n" or unicodedata.category(outer) == "Zs" or _is_punctuation(outer)


def _is_punctuation(character: str) -> bool:
    if character == "~":
        # GitHub's parser looks past tildes, at what stands behind them.
        return False
    return unicodedata.category(character)[0] == "P" or (
        character.isascii() and unicodedata.category(character)[0] == "S"
    )


def _merged(content: Iterable[Inline], inside: frozenset[type]) -> list[_Part]:
    """Content as few parts as it has: neighbours of a kind joined, nothing empty, nothing inside its own kind."""
    out: list[_Part] = []
    for part in _flat(content, inside):
        last = out[-1] if out else None
        match last, part:
            case Text(one), Text(two):
                out[-1] = Text(one + two)
            case InlineCode(one), InlineCode(two):
                out[-1] = InlineCode(one + two)
            case Strong(begun), Strong(more):
                out[-1] = Strong(begun + more)
            case Emphasis(begun), Emphasis(more):
                out[-1] = Emphasis(begun + more)
            case Strike(begun), Strike(more):
                out[-1] = Strike(begun + more)
            case _:
                out.append(part)
    return out


def _flat(content: Iterable[Inline], inside: frozenset[type]) -> Iterator[_Part]:
    for each in content:
        if not plain((each,)):
            continue
        match each:
            case Text(text):
                yield Text(one_kind_of_line_end(text))
            case InlineCode(text):
                yield InlineCode(one_kind_of_line_end(text))
            case LineBreak() | Checkbox():
                yield Text(plain((each,)))
            case Mark(text, tone):
                words = Text(one_kind_of_line_end(text))
                yield Strong((words,)) if tone == "gap" and Strong not in inside else words
            case Link(target, words) if not is_safe(target):
                yield from _flat(words, inside)
            case Strong(words) | Emphasis(words) | Strike(words) | Link(_, words) if type(each) in inside:
                yield from _flat(words, inside)
            case Anchor():
                continue
            case _:
                yield each
