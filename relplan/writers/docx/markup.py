"""Runs of text as WordprocessingML: escaped, with line breaks and tabs, nothing lost."""

from __future__ import annotations

import functools
from typing import Final

from msgspec import Struct

from relplan.errors import WriteError, problem
from relplan.patterns import regex

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES: Final = (
    f'xmlns:w="{W}" xmlns:r="{R}"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_BREAKS: Final = regex(r"(\r\n|[\r\n\t])")
_WIDE: Final = ("\u2e80\ua4cf", "\uac00\ud7a3", "\uf900\ufaff", "\ufe30\ufe6f", "\uff00\uffee", "\U00020000\U0003ffff")
"""The first and the last character of each range. (To compile a class of that many characters takes 6 ms.)"""
# Punctuation that Latin and Chinese fonts share: Word takes the narrow Latin shape unless it is told otherwise.
_SHARED: Final = regex("[\u00b7\u00d7\u2010-\u2027\u2030-\u203b\u2103\u2116\u2160-\u217f\u2190-\u22ff\u2460-\u25ff]")
_NOT_XML: Final = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Look(Struct, frozen=True):
    """How a run looks: the id of its character style, or blank, and what is added to it."""

    style: str = ""
    bold: bool = False
    emphasis: bool = False
    strike: bool = False


PLAIN: Final = Look()


_IN_ATTRIBUTES: Final = str.maketrans({'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def escape(text: str) -> str:
    """Text as it stands between tags. (The one in `xml.sax.saxutils` brings the network libraries along.)

    Raises:
        WriteError: there is a character in it that XML cannot hold.
    """
    return _writable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _writable(text: str) -> str:
    if not text.isprintable() and (found := _NOT_XML.search(text)) is not None:
        code = f"U+{ord(found[0]):04X}"
        raise WriteError(
            problem(
                f"文本中有 Word 文件不能保存的字符 {code}，请删除它",
                f"a text holds the character {code}, which a Word file cannot hold; delete it",
            )
        )
    return text


def attribute(value: str) -> str:
    """A quoted attribute value; line ends and tabs in it survive parsing."""
    return f'"{escape(value).translate(_IN_ATTRIBUTES)}"'


def is_wide(text: str) -> bool:
    """Whether there is a Chinese, Japanese or Korean character in it."""
    return not text.isascii() and (_is_wide(max(text)) or any(map(_is_wide, text)))


@functools.cache
def _is_wide(character: str) -> bool:
    return any(first <= character <= last for first, last in _WIDE)


def run(text: str, look: Look = PLAIN) -> str:
    """A run with this text, each line end a `w:br` and each tab a `w:tab`; nothing for no text."""
    if not text:
        return ""
    wide = is_wide(text)
    properties = run_properties(look, wide, wide and _SHARED.search(text) is not None)
    if text.isprintable() or _BREAKS.search(text) is None:
        return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    return f"<w:r>{properties}{''.join(_piece(each) for each in _BREAKS.split(text) if each)}</w:r>"


def _piece(text: str) -> str:
    if text == "\t":
        return "<w:tab/>"
    if text in {"\n", "\r", "\r\n"}:
        return "<w:br/>"
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>'


@functools.cache
def run_properties(look: Look, wide: bool = False, east_asian_hint: bool = False) -> str:
    """`w:rPr` in the order of the schema; Chinese has no italics, so its emphasis is a dot below."""
    parts = [
        f'<w:rStyle w:val="{look.style}"/>' if look.style else "",
        '<w:rFonts w:hint="eastAsia"/>' if east_asian_hint else "",
        "<w:b/><w:bCs/>" if look.bold else "",
        "<w:i/><w:iCs/>" if look.emphasis and not wide else "",
        "<w:strike/>" if look.strike else "",
        '<w:em w:val="underDot"/>' if look.emphasis and wide else "",
    ]
    inside = "".join(parts)
    return f"<w:rPr>{inside}</w:rPr>" if inside else ""


def checked(xml: str) -> bytes:
    """Markup that others than these functions have made, in UTF-8.

    Raises:
        WriteError: there is a character in it that XML cannot hold.
    """
    return _writable(xml).encode()
