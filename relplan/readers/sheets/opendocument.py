"""OpenDocument spreadsheets (.ods) as plain values of their sheets. A cell holds the very text it shows.

Names of elements are those of ODF 1.3, part 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct, field

from relplan.errors import Place, ReadError, problem
from relplan.grids import CELL_LIMIT
from relplan.patterns import regex
from relplan.readers.sheets.limits import MAX_CELLS, too_large
from relplan.readers.sheets.workbook import open_package, shown

_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"

_CELLS: Final = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MOST_COLUMNS: Final = 16_384
_LINE_END: Final = regex(r"[ \t]*[\r\n][ \t\r\n]*")


def laid_out(data: bytes, limit: int) -> list[dict[str, Any]]:
    """The sheets of a spreadsheet: name, whether it is hidden, rows, merges, numbers and what else a `Grid` holds.

    Raises:
        ReadError: it is no such file, is encrypted or larger than the limits.
    """
    from lxml import etree

    package = open_package(data, "", "content.xml", "LibreOffice", limit)
    if "META-INF/manifest.xml" in package.namelist() and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise ReadError(
            problem("文件有密码保护；请去掉密码后另存", "the file is protected by a password; save it without one")
        )
    styles, sheets = _Styles(), list[_Sheet]()
    tags = (f"{_STYLE}style", f"{_TABLE}table", f"{_TABLE}table-column", f"{_TABLE}table-row")
    with package.open("content.xml") as source:
        for event, element in etree.iterparse(
            source, ("start", "end"), tag=tags, resolve_entities=False, no_network=True
        ):
            kind = element.tag.rpartition("}")[2]
            if event == "end" and kind == "style":
                styles.learn(element)
            elif event == "start" and kind == "table" and not _inner(element):
                sheets.append(_Sheet(element, styles, limit))
            elif event == "end" and sheets and not _inner(element):
                sheets[-1].take(kind, element)
    return [sheet.values() for sheet in sheets]


def _inner(element: Any) -> bool:
    """Whether it belongs to a table inside a cell or a drawing, whose words are those of the cell."""
    tables = sum(1 for _ in element.iterancestors(f"{_TABLE}table"))
    return tables > (0 if element.tag == f"{_TABLE}table" else 1)


class _Styles(Struct):
    """What the styles of a file say that matters here."""

    hidden: set[str] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)

    def learn(self, style: Any) -> None:
        """Note a style that hides a sheet or strikes text through."""
        name = style.get(f"{_STYLE}name")
        for properties in style:
            if properties.get(f"{_TABLE}display") == "false":
                self.hidden.add(name)
            if properties.get(f"{_STYLE}text-line-through-style", "none") != "none":
                self.struck.add(name)


class _Sheet:
    """One sheet while its rows come in; blank rows and cells are made only when text follows them."""

    def __init__(self, table: Any, styles: _Styles, limit: int) -> None:
        self._name = table.get(f"{_TABLE}name", "")
        self._hidden = table.get(f"{_TABLE}style-name") in styles.hidden
        self._styles, self._most = styles, MAX_CELLS * limit
        self._limit = limit
        self._rows: list[list[str]] = []
        self._row = self._column = self._width = 0
        self._found: dict[str, list[Any]] = {
            key: [] for key in ("merges", "numbers", "hidden_rows", "hidden_columns", "struck", "comments", "links")
        }

    def values(self) -> dict[str, Any]:
        """The sheet as plain values."""
        return {"name": self._name, "hidden": self._hidden, "rows": self._rows, **self._found}

    def take(self, kind: str, element: Any) -> None:
        """A row or column of the sheet has ended."""
        if kind == "table-column":
            count = min(_repeated(element, "columns"), _MOST_COLUMNS)
            if element.get(f"{_TABLE}visibility", "visible") != "visible" and self._column + count < _MOST_COLUMNS:
                self._found["hidden_columns"] += range(self._column, self._column + count)
            self._column += count
        elif kind == "table-row":
            self._take_row(element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]

    def _take_row(self, element: Any) -> None:
        count, column = _repeated(element, "rows"), 0
        texts: list[str] = []
        for cell in element.iterchildren(*_CELLS):
            repeat = _repeated(cell, "columns")
            if text := _shown(cell):
                self._measure(count, column + repeat)
                texts += [""] * (column - len(texts)) + [text] * repeat
            self._note(cell, text, column)
            column += repeat
        if texts:
            self._rows += [[] for _ in range(self._row - len(self._rows))]
            self._rows += [texts] * count
            if element.get(f"{_TABLE}visibility", "visible") != "visible":
                self._found["hidden_rows"] += range(self._row, self._row + count)
        self._row += count

    def _measure(self, rows: int, columns: int) -> None:
        self._width = max(self._width, columns)
        if (self._row + rows) * self._width > self._most:
            raise ReadError(too_large(Place(sheet=self._name), self._limit))

    def _note(self, cell: Any, text: str, column: int) -> None:
        """Keep what a cell tells beside its text."""
        row, found = self._row, self._found
        down, across = (int(cell.get(f"{_TABLE}number-{way}-spanned", "1")) for way in ("rows", "columns"))
        if down > 1 or across > 1:
            found["merges"].append([row, column, row + down - 1, column + across - 1])
        for note in cell.iterchildren(f"{_OFFICE}annotation"):
            found["comments"].append([row, column, "\n".join(_paragraphs(note))])
        if text and _is_doubtful(cell, text):
            found["numbers"].append([row, column])
        if text and self._is_struck(cell):
            found["struck"].append([row, column])
        if (link := next(cell.iterdescendants(f"{_TEXT}a"), None)) is not None:
            found["links"].append([row, column, link.get(_LINK, "")])

    def _is_struck(self, cell: Any) -> bool:
        """Whether the whole text is struck through: by the style of the cell, or of all its spans."""
        if cell.get(f"{_TABLE}style-name") in self._styles.struck:
            return True
        spans = [span.get(f"{_TEXT}style-name") for span in cell.iterdescendants(f"{_TEXT}span")]
        outside = [part for each in cell.iterchildren(f"{_TEXT}p") for part in (each.text, *(s.tail for s in each))]
        return bool(spans) and not any(filter(None, outside)) and all(name in self._styles.struck for name in spans)


def _repeated(element: Any, way: str) -> int:
    return max(1, int(element.get(f"{_TABLE}number-{way}-repeated", "1")))


def _shown(cell: Any) -> str:
    """The text of a cell; a date in the form that every language reads alike."""
    date = cell.get(f"{_OFFICE}date-value", "")
    if date:
        return re.sub(r":00$", "", re.sub(r"[.,]\d+$", "", date.replace("T00:00:00", "").replace("T", " ")))
    return "\n".join(_paragraphs(cell)) or str(cell.get(f"{_OFFICE}value", ""))


def _paragraphs(element: Any) -> Iterator[str]:
    for paragraph in element.iterchildren(f"{_TEXT}p", f"{_TEXT}h"):
        yield "".join(_words(paragraph))


def _words(element: Any) -> Iterator[str]:
    """The text of a paragraph. Line ends have elements of their own; blanks may too, but LibreOffice writes them out."""
    yield _LINE_END.sub(" ", element.text or "")
    for child in element:
        kind = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if kind == "s":
            yield " " * min(int(child.get(f"{_TEXT}c", "1")), CELL_LIMIT)
        elif kind in ("line-break", "tab"):
            yield "\n" if kind == "line-break" else "\t"
        elif kind != "annotation":
            yield from _words(child)
        yield _LINE_END.sub(" ", child.tail or "")


def _is_doubtful(cell: Any, text: str) -> bool:
    """Whether the text is a date, or a number as it shows without a format (1.10 as 1.1)."""
    if cell.get(f"{_OFFICE}date-value"):
        return True
    try:
        return text == shown(float(cell.get(f"{_OFFICE}value", "nan")))
    except ValueError:
        return False
