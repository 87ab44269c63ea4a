"""What a sheet's XML tells and calamine does not: number formats, errors, what is hidden, struck through, linked, commented."""

from __future__ import annotations

import math
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from relplan.errors import Place, ReadError
from relplan.grids import Spot, address
from relplan.patterns import regex
from relplan.readers.sheets.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, too_large, too_long, too_wide
from relplan.readers.sheets.plain import plain_end

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATIONS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_STYLES: Final = "xl/styles.xml"
_STRINGS: Final = "xl/sharedStrings.xml"
_TRUE: Final = frozenset(("1", "true", "on"))
_MAX_COLUMNS: Final = 16_384
_TEXTS: Final = frozenset(("s", "inlineStr"))
"""The types of cells that hold nothing but a text."""


class SheetPart(Struct, frozen=True):
    """A worksheet of a workbook: its name, whether it is hidden, and the part of the package that holds it."""

    name: str
    hidden: bool
    part: str


class Marks(Struct):
    """What is told of the cells of a sheet.

    Attributes:
        shown: the format codes of number cells; the words of error cells; formulas without a result.
    """

    shown: dict[Spot, str] = field(default_factory=dict)
    unsaved: set[Spot] = field(default_factory=set)
    struck: set[Spot] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    links: dict[Spot, str] = field(default_factory=dict)
    comments: dict[Spot, str] = field(default_factory=dict)


class Styles(Struct, frozen=True):
    """What the cells of all sheets share.

    Attributes:
        codes: the number format of each cell style; blank for "General" and for what this module does not know.
        struck: the cell styles whose font is struck through.
        struck_strings: the shared strings that are struck through as a whole by their own runs.
    """

    codes: Sequence[str] = ()
    struck: frozenset[str] = frozenset()
    struck_strings: frozenset[str] = frozenset()

    @property
    def strikes(self) -> bool:
        """Whether anything is struck through, so that texts have to be looked at."""
        return bool(self.struck or self.struck_strings)


def sheet_parts(package: zipfile.ZipFile) -> Iterator[SheetPart]:
    """The worksheets of a workbook, in their order."""
    targets = {each.get("Id"): each.get("Target") for each in _relations(package, "xl/workbook.xml")}
    for sheet in _elements(package, "xl/workbook.xml", f"{_MAIN}sheet", f"{_STRICT}sheet"):
        target = targets.get(_relation_of(sheet))
        if target and "worksheets/" in target:
            hidden = sheet.get("state", "visible") != "visible"
            yield SheetPart(sheet.get("name", ""), hidden, _resolved("xl/workbook.xml", target))


def _relation_of(attributes: Mapping[str, str]) -> str | None:
    return next((value for key, value in attributes.items() if key.endswith("}id")), None)


def _resolved(part: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{posixpath.dirname(part)}/{target}")


def _relations(package: zipfile.ZipFile, part: str) -> list[dict[str, str]]:
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    if path not in package.NameToInfo:
        return []
    return _elements(package, path, f"{_RELATIONS}Relationship")


def _elements(package: zipfile.ZipFile, part: str, *names: str) -> list[dict[str, str]]:
    """The attributes of the elements of some names.

    A sheet of nothing but texts asks for no more, and Python's own parser has read it before lxml is imported, which
    knows more encodings.

    Raises:
        lxml.etree.LxmlError: the part is no XML.
        ValueError: it declares a document type, which no part of an Office document may (ECMA-376 part 2, XML usage).
    """
    from xml.parsers import expat

    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if f"{{{name}" in names:
            found.append(attributes)

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = start
    try:
        with package.open(part) as source:
            parser.ParseFile(source)
    except expat.ExpatError:
        with package.open(part) as source:
            return [{str(key): str(value) for key, value in each.items()} for each in _parse(source).iter(*names)]
    return found


def _refuse_document_type(name: str, *_: object) -> None:
    raise ValueError(f"<!DOCTYPE {name}>")


def _parse(source: IO[bytes]) -> Any:
    from lxml import etree

    return etree.parse(source, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


def styles(package: zipfile.ZipFile) -> Styles:
    """The styles of a workbook."""
    struck_strings = frozenset(map(str, _struck_strings(package)))
    if _STYLES not in package.NameToInfo:
        return Styles(struck_strings=struck_strings)
    with package.open(_STYLES) as source:
        root = _parse(source)
    own = {each.get("numFmtId"): each.get("formatCode", "") for each in _all(root, "numFmt")}
    fonts = next(_all(root, "fonts"), ())
    struck_fonts = {str(number) for number, font in enumerate(fonts) if _is_struck(font)}
    cells = list(next(_all(root, "cellXfs"), ()))
    codes = [own.get(style.get("numFmtId"), BUILT_IN.get(style.get("numFmtId"), "")) for style in cells]
    struck = frozenset(str(number) for number, style in enumerate(cells) if style.get("fontId") in struck_fonts)
    return Styles(codes, struck, struck_strings)


# ECMA-376 part 1, 18.8.30: formats that files name by number only.
BUILT_IN: Final = {"1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%"}


def _all(element: Any, *names: str) -> Iterator[Any]:
    return iter(element.iter(*(space + name for name in names for space in (_MAIN, _STRICT))))


def _is_struck(font: Any) -> bool:
    return any(strike.get("val", "1") in _TRUE for strike in _all(font, "strike", "dstrike"))


def _struck_strings(package: zipfile.ZipFile) -> Iterator[int]:
    """The numbers of the shared strings of which every run is struck through."""
    if not _mentions(package, _STRINGS, b"strike"):
        return
    from lxml import etree

    with package.open(_STRINGS) as source:
        tags = (f"{_MAIN}si", f"{_STRICT}si")
        for number, (_, string) in enumerate(
            etree.iterparse(source, tag=tags, resolve_entities=False, no_network=True)
        ):
            if _all_struck(string):
                yield number
            _forget(string)


def _may_strike(package: zipfile.ZipFile) -> bool:
    """Whether what the sheets share may strike something through."""
    return any(_mentions(package, part, b"strike") for part in (_STYLES, _STRINGS))


def _mentions(package: zipfile.ZipFile, part: str, word: bytes) -> bool:
    if part not in package.NameToInfo:
        return False
    with package.open(part) as source:
        before = b""
        while piece := source.read(2**20):
            if word in before + piece:
                return True
            before = piece[1 - len(word) :]
    return False


def _all_struck(string: Any) -> bool:
    runs = [run for run in _all(string, "r") if "".join(text.text or "" for text in _all(run, "t")).strip()]
    return bool(runs) and all(map(_is_struck, runs))


def marks(package: zipfile.ZipFile, sheet: SheetPart, shared: Callable[[], Styles], file: str, limit: int) -> Marks:
    """The marks of one sheet; `shared` is asked where they depend on styles.

    Raises:
        ReadError: the sheet is larger than the limit.
    """
    found, relations = Marks(), _relations(package, sheet.part)
    if _may_strike(package) or not _is_plain(package, sheet.part, MAX_CELLS * limit):
        strikes = shared().strikes or _mentions(package, sheet.part, b"strike")
        reader = _Rows(found, shared(), Place(file, sheet=sheet.name), limit, strikes)
        _read_rows(found, package, sheet, relations, reader)
    found.comments.update(_comments(package, sheet.part, relations))
    return found


def _is_plain(package: zipfile.ZipFile, part: str, most: int) -> bool:
    """Whether a sheet is no larger than `most` cells and holds nothing but texts, about which there is nothing to tell."""
    end = plain_end(package, part)
    return end is not None and math.prod(each + 1 for each in position(end)) <= most


def _read_rows(
    found: Marks, package: zipfile.ZipFile, sheet: SheetPart, relations: Sequence[Mapping[str, str]], reader: _Rows
) -> None:
    from lxml import etree

    urls = {each.get("Id"): each.get("Target", "") for each in relations if each.get("TargetMode") == "External"}
    tags = tuple(space + name for space in (_MAIN, _STRICT) for name in ("row", "col", "hyperlink"))
    with package.open(sheet.part) as source:
        for _, element in etree.iterparse(
            source, tag=tags, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        ):
            if element.tag.endswith("}row"):
                reader.row(element)
                _forget(element)
            elif element.tag.endswith("}col"):
                found.hidden_columns.update(_hidden_columns(element))
            elif url := urls.get(_relation_of(element.attrib)):
                found.links[position(element.get("ref", "").partition(":")[0])] = url


def _hidden_columns(element: Any) -> range:
    if element.get("hidden") not in _TRUE:
        return range(0)
    return range(int(element.get("min")) - 1, min(int(element.get("max")), _MAX_COLUMNS))


def _forget(element: Any) -> None:
    """Free an element and all before it, so that a long sheet takes no more memory than a short one."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


class _Rows:
    """Takes the rows of a sheet, one after the other; looks at texts where some of them are struck through."""

    def __init__(self, found: Marks, shared: Styles, place: Place, limit: int, strikes: bool) -> None:
        self._found, self._shared, self._place = found, shared, place
        self._limit, self._strikes = limit, strikes
        self._row = -1
        self._columns = self._filled = 0

    def row(self, element: Any) -> None:
        """Take a row; its number is its own or the next."""
        number = element.get("r")
        self._row = int(number) - 1 if number else self._row + 1
        if element.get("hidden") in _TRUE:
            self._found.hidden_rows.add(self._row)
        if not len(element):
            return
        self._measure(element)
        for index, cell in enumerate(element):
            kind = cell.get("t", "n")
            if len(cell) and (kind not in _TEXTS or self._strikes):
                self._cell(cell, kind, index)

    def _measure(self, row: Any) -> None:
        """Refuse a sheet that is too large; cells with nothing but a style do not count."""
        if len(row) > MAX_COLUMNS * self._limit and sum(map(bool, map(len, row))) > MAX_COLUMNS * self._limit:
            raise ReadError(too_wide(replace(self._place, cell=address(self._row, 0)), self._limit))
        for index in range(len(row) - 1, -1, -1):
            if len(row[index]):
                self._columns = max(self._columns, _spot(row[index], self._row, index)[1] + 1)
                self._filled += 1
                if self._columns * (self._row + 1) > MAX_CELLS * self._limit:
                    raise ReadError(too_large(self._place, self._limit))
                if self._filled > MAX_ROWS * self._limit:
                    raise ReadError(too_long(self._place, self._limit))
                return

    def _cell(self, cell: Any, kind: str, index: int) -> None:
        found, spot = self._found, _spot(cell, self._row, index)
        style = cell.get("s", "0")
        value = _text(cell, "v")
        if kind == "n":
            formula = _text(cell, "f")
            if not value and formula:
                found.shown[spot] = f"={formula}"
                found.unsaved.add(spot)
            else:
                number = int(style)
                found.shown[spot] = self._shared.codes[number] if number < len(self._shared.codes) else ""
        elif kind == "e":
            found.shown[spot] = value
        elif kind == "str" and (match := _HYPERLINK.match(_text(cell, "f"))):
            found.links[spot] = match[1]
        if (
            style in self._shared.struck
            or (kind == "s" and value in self._shared.struck_strings)
            or (kind == "inlineStr" and _all_struck(cell))
        ):
            found.struck.add(spot)


_HYPERLINK: Final = regex(r'HYPERLINK\(\s*"([^"]+)"', re.IGNORECASE)


def _text(cell: Any, name: str) -> str:
    return next((child.text or "" for child in cell if child.tag.endswith("}" + name)), "")


def _spot(cell: Any, row: int, index: int) -> Spot:
    """Where a cell stands; a file may leave the addresses out where nothing is left out."""
    reference = cell.get("r")
    return position(reference) if reference else (row, index)


_REFERENCE: Final = regex(r"([A-Z]{1,3})(\d{1,7})")


def position(reference: str) -> Spot:
    """The row and the column of an address, counted from 0.

    Raises:
        ValueError: it is no address.
    """
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def _comments(package: zipfile.ZipFile, part: str, relations: Sequence[Mapping[str, str]]) -> Mapping[Spot, str]:
    """The comments on the cells of a sheet. Of a conversation the older kind holds only a copy with a notice in it."""
    found: dict[Spot, str] = {}
    for kind, name in (("comments", "comment"), ("threadedComment", "threadedComment")):
        talks: dict[Spot, list[str]] = {}
        for each in relations:
            path = _resolved(part, each.get("Target", ""))
            if each.get("Type", "").endswith(f"/{kind}") and path in package.NameToInfo:
                for spot, text in _comments_in(package, path, name):
                    talks.setdefault(spot, []).append(text)
        found |= {spot: "\n".join(texts) for spot, texts in talks.items()}
    return found


def _comments_in(package: zipfile.ZipFile, path: str, name: str) -> Iterator[tuple[Spot, str]]:
    with package.open(path) as source:
        root = _parse(source)
    for comment in root:
        if comment.tag.endswith("}commentList"):
            yield from ((position(each.get("ref", "")), text) for each in comment if (text := _words(each)))
        elif comment.tag.endswith("}" + name) and (text := _words(comment)):
            yield position(comment.get("ref", "")), text


def _words(comment: Any) -> str:
    """The text of a comment, without the readings of Chinese characters that Japanese Excel keeps beside it."""
    parts = (each for each in comment.iter() if isinstance(each.tag, str) and each.tag.endswith(("}t", "}text")))
    texts = (each.text or "" for each in parts if each.getparent() is None or not each.getparent().tag.endswith("}rPh"))
    return "".join(texts).strip()
