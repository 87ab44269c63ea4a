"""What a file is, by its content: for standard input, and for files whose ending is wrong."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from relplan.errors import ReadError
from relplan.grids import ENOUGH_COLUMNS
from relplan.model.part import fields_of
from relplan.model.plan import ReleasePlan
from relplan.patterns import regex

_HEAD: Final = 64 * 2**10
"""Bytes that are looked at where a file is text."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGES: Final = {"xl/workbook.bin": "xlsb", "xl/workbook.xml": "xlsx", "word/document.xml": "docx"}
_SHEET_STREAMS: Final = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
_BIFF: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
"""How a stream of an .xls file begins that stands alone, as Excel 2 to 4 wrote it."""

_HTML: Final = regex(
    r"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|style)\b", re.I | re.S
)
_JSON: Final = regex(r"\s*\{\s*[\"}]")
_KEY: Final = regex(r"(?:[A-Za-z_]\w*|\"[^\"\n]+\"|'[^'\n]+')\s*:(?:[ \t]|$)|---\s*$|%YAML", re.M)
_MARKDOWN: Final = regex(r"^ {0,3}(?:#{1,6}\s+\S|\|?\s*:?-{3,}:?\s*\|)", re.M)
_FRONT_MATTER: Final = regex(r"\A---\n.*?\n---\n", re.S)
_SKIPPED: Final = regex(r"\A(?:\s*(?:#[^\n]*)?\n)*")


def kind(data: bytes) -> str:
    """The name of the format that a file has; blank where it cannot be told."""
    return packed_kind(data) or _text_kind(_head(data))


def packed_kind(data: bytes) -> str:
    """The name of the format of a file that is no text: `xlsx`, `xlsb`, `ods`, `docx`, `xls`; blank for all others."""
    if data.startswith(b"PK"):
        return _zip_kind(data)
    if data.startswith(_OLE):
        return "xls" if any(stream in data for stream in _SHEET_STREAMS) else ""
    return "xls" if data.startswith(_BIFF) else ""


def table_kind(data: bytes) -> str:
    """`html`, `csv` or `tsv` where a file is plainly that: export systems give such files the ending of a workbook."""
    text = _head(data)
    if _HTML.match(text):
        return "html"
    return _delimited_kind(text)


def _delimited_kind(text: str) -> str:
    from relplan.readers.sheets.delimited import delimiter_of, known_headers  # no workbook needs it

    if known_headers(text) < ENOUGH_COLUMNS:
        return ""
    return "tsv" if delimiter_of(text) == "\t" else "csv"


def _zip_kind(data: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    if "content.xml" in names:
        return "ods"
    return next((name for part, name in _PACKAGES.items() if part in names), "")


def _head(data: bytes) -> str:
    """The beginning of a text, up to the end of a line; blank where it is no text."""
    from relplan.readers.sheets.delimited import decoded

    head = data[:_HEAD]
    if len(data) > _HEAD and b"\0" not in head:
        head = head[: head.rfind(b"\n") + 1 or None]  # not in the middle of a character
    try:
        return decoded(head, "")
    except ReadError:
        return ""


def _is_plan_file(text: str) -> bool:
    """Whether a text begins with a key; below a line with `#` (a comment, or a heading of Markdown) one of a plan's."""
    start = match.end() if (match := _SKIPPED.match(text)) else 0
    key = _KEY.match(text, start)
    if not key or _FRONT_MATTER.match(text):
        return False
    return "#" not in text[:start] or key.group().rstrip(": \t") in fields_of(ReleasePlan)


def _text_kind(text: str) -> str:
    """A format for any text; blank for none.

    The plainest signs come first: HTML and JSON by how they begin, a plan file by its first key, a table by its
    headers, Markdown by its headings and rules. Any other text is plain text.
    """
    if not text.strip():
        return ""
    if _HTML.match(text):
        return "html"
    if _JSON.match(text):
        return "json"
    if _is_plan_file(text):
        return "yaml"
    if _MARKDOWN.search(text):
        return "md"
    return _delimited_kind(text) or "txt"
