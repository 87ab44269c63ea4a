"""A workbook with tags: its sheets, the texts of their cells, and where each tag steers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct, field

from relplan.errors import Message, Place, Problem, ReadError, TemplateError, problem
from relplan.grids import Spot, address
from relplan.office.excel.refs import parsed as reference
from relplan.office.program import Placed
from relplan.office.tags import Broken, tags_in
from relplan.patterns import regex
from relplan.readers.sheets.workbook import open_package
from relplan.writers.marked.package import OFFICE, Package

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
WORKBOOK: Final = "xl/workbook.xml"
_ESCAPE: Final = regex("_x([0-9A-Fa-f]{4})_")
_MACROS: Final = regex(r"vbaProject|macroEnabled", re.IGNORECASE)


class Cell(Struct):
    """A cell of a form.

    Attributes:
        element: its XML.
        text: that it shows, where it holds text.
        parts: its text with tags: words and numbers of tags; those that steer rows or columns are not among them.
    """

    element: Any
    text: str = ""
    parts: list[str | int] = field(default_factory=list)

    @property
    def is_formula(self) -> bool:
        """Whether a formula stands in it."""
        return self.element.find(f"{MAIN}f") is not None

    @property
    def is_filled(self) -> bool:
        """Whether tags stand in it."""
        return bool(self.parts)


class Block(Struct, frozen=True):
    """Rows or columns that a statement repeats or leaves out.

    Attributes:
        tags: the numbers of its statements: the first, those that go on with it, the last.
        spots: where each of them stands.
        by_column: whether it is about cells of a row.
    """

    tags: tuple[int, ...]
    spots: tuple[Spot, ...]
    by_column: bool


class SheetForm(Struct):
    """A sheet of a form.

    Attributes:
        name: of the sheet, tags and all.
        part: of the package.
        root: its XML.
        rows: its cells, by row and column.
        placed: its tags; those of its name first, of which `named` says how many there are.
        whole: the number of the tag that repeats or leaves out the whole sheet, or None.
        blocks: what its statements repeat.
        dropped: rows and cells with nothing but such statements: left out.
    """

    name: str
    part: str
    root: Any
    rows: dict[int, dict[int, Cell]]
    placed: list[Placed] = field(default_factory=list)
    name_parts: list[str | int] = field(default_factory=list)
    whole: int | None = None
    blocks: list[Block] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)
    dropped_cells: set[Spot] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_form(self) -> bool:
        """Whether there are tags on it."""
        return bool(self.placed) or any(cell.parts for row in self.rows.values() for cell in row.values())


def opened(data: bytes, name: str, macros: bool = False) -> Package:
    """The package of a form.

    Raises:
        TemplateError: it is no workbook, is broken, or has macros and `macros` is not set.
    """
    try:
        open_package(data, name, WORKBOOK, "Excel")
        package = Package(data)
        root = package.seen(WORKBOOK)
    except ReadError as error:
        raise TemplateError(error.problems) from None
    except Exception as error:  # a damaged package fails in the zip or in its XML
        raise broken(name, error) from None
    if not root.tag.startswith(MAIN):
        zh = "这是“Strict Open XML”格式的工作簿；请另存为普通的 .xlsx"
        raise TemplateError(
            problem(zh, "this is a workbook in the form Strict Open XML; save it as an ordinary .xlsx", name)
        )
    if not macros and _MACROS.search(package.content("[Content_Types].xml").decode("utf-8", "replace")):
        zh = "模板带有宏，未使用；确实需要时加 --macros，宏会原样保留"
        en = "the template has macros and was not used; if they are wanted, say --macros: they stay as they are"
        raise TemplateError(problem(zh, en, name))
    return package


def broken(name: str, error: Exception) -> TemplateError:
    """What to say of a workbook that cannot be read."""
    words = " ".join(str(error).split())[:200]
    zh, en = (
        f"模板已损坏（{words}）；请用 Excel 打开后重新保存",
        f"the template is broken ({words}); open it in Excel and save it again",
    )
    return TemplateError(problem(zh, en, name))


def sheets(package: Package, file: str, tags: bool = True) -> list[SheetForm]:
    """The sheets of a workbook with the tags on them; without `tags`, braces are words.

    Raises:
        TemplateError: the workbook is broken.
    """
    try:
        strings = _strings(package)
        parts = {key: path for key, (kind, path) in package.related(WORKBOOK).items() if kind == "worksheet"}
        entries = package.seen(WORKBOOK).find(f"{MAIN}sheets")
        known = [
            (each.get("name", ""), parts[each.get(f"{{{OFFICE}}}id")])
            for each in entries
            if each.get(f"{{{OFFICE}}}id") in parts
        ]
        return [_Scanner(name, part, package.seen(part), strings, file, tags).scan() for name, part in known]
    except TemplateError:
        raise
    except Exception as error:
        raise broken(file, error) from None


def _strings(package: Package) -> list[str]:
    part = package.find(WORKBOOK, "sharedStrings")
    if part is None:
        return []
    return [
        _unescaped("".join(each.text or "" for each in string.iter(f"{MAIN}t") if not _is_reading(each)))
        for string in package.seen(part).iter(f"{MAIN}si")
    ]


def _unescaped(text: str) -> str:
    """A text without Excel's own escapes of characters (`_x000D_`; ISO 29500, ST_Xstring)."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _is_reading(text: Any) -> bool:
    return str(text.getparent().tag) == f"{MAIN}rPh"


class _Scanner:
    """Finds the tags of one sheet."""

    def __init__(self, name: str, part: str, root: Any, strings: list[str], file: str, tags: bool) -> None:
        self._file, self._strings, self._has_tags = file, strings, tags
        self._sheet = SheetForm(name, part, root, {})

    def scan(self) -> SheetForm:
        sheet = self._sheet
        sheet.name_parts = self._tags(sheet.name, "", 0)
        number = -1
        for row in sheet.root.iter(f"{MAIN}row"):
            number = int(row.get("r", number + 2)) - 1
            sheet.rows[number] = {}
            column = -1
            for element in row.iterchildren(f"{MAIN}c"):
                spot = reference(element.get("r")) if element.get("r") else None
                column = spot.column if spot else column + 1
                cell = Cell(element, self._text(element))
                cell.parts = self._tags(cell.text, address(number, column), number + 1)
                sheet.rows[number][column] = cell
        if not sheet.problems:
            self._steer()
        return sheet

    def _text(self, element: Any) -> str:
        kind, value = element.get("t"), element.findtext(f"{MAIN}v") or ""
        if kind == "s":
            return self._strings[int(value)] if value.isdecimal() and int(value) < len(self._strings) else ""
        if kind == "inlineStr":
            return _unescaped("".join(each.text or "" for each in element.iter(f"{MAIN}t")))
        return _unescaped(value) if kind == "str" and element.find(f"{MAIN}f") is None else ""

    def _tags(self, text: str, cell: str, line: int) -> list[str | int]:
        """The words and the numbers of the tags of a text."""
        if "{" not in text or not self._has_tags:
            return []
        parts: list[str | int] = []
        at = 0
        for each in tags_in(text):
            if isinstance(each, Broken):
                self._sheet.problems.append(self.problem(each.message, cell, each.words))
                return []
            parts.append(text[at : each.start])
            at = each.end
            if each.kind != "comment":
                parts.append(len(self._sheet.placed))
                self._sheet.placed.append(Placed(each, self._where(cell), line))
        return [part for part in (*parts, text[at:]) if part != ""] or [""] if at else []

    def _where(self, cell: str) -> str:
        return f"{self._sheet.name}!{cell}" if cell else self._sheet.name

    def problem(self, message: Message, cell: str, words: str) -> Problem:
        return Problem(message, Place(self._file, sheet=f"{self._where(cell)} «{words}»"))

    # What opens and closes

    def _cells(self) -> Iterator[tuple[Spot, Cell]]:
        for row in sorted(self._sheet.rows):
            for column in sorted(self._sheet.rows[row]):
                yield (row, column), self._sheet.rows[row][column]

    def _steer(self) -> None:
        sheet = self._sheet
        open_: list[list[tuple[int, Spot]]] = []
        for spot, cell in self._cells():
            for number in [part for part in cell.parts if isinstance(part, int)]:
                tag = sheet.placed[number].tag
                if tag.level == "sheet":
                    self._whole(number, cell)
                elif tag.opens:
                    open_.append([(number, spot)])
                elif tag.continues and open_:
                    open_[-1].append((number, spot))
                elif tag.keyword.startswith("end") and open_:
                    self._block([*open_.pop(), (number, spot)])
        hoisted = {number for block in sheet.blocks for number in block.tags}
        self._take_out(hoisted)

    def _whole(self, number: int, cell: Cell) -> None:
        placed = self._sheet.placed[number]
        if self._sheet.whole is not None or placed.tag.keyword not in ("for", "if"):
            zh, en = (
                "每个工作表只能有一个 {%sheet for %} 或 {%sheet if %}",
                "a sheet takes one {%sheet for %} or {%sheet if %}",
            )
            self._sheet.problems.append(placed.problem(Message(zh, en), self._file))
        self._sheet.whole = number
        cell.parts = [part for part in cell.parts if part != number] or [""]

    def _block(self, found: list[tuple[int, Spot]]) -> None:
        """Note what a statement repeats, unless that is words of one cell."""
        spots = tuple(spot for _, spot in found)
        tags = tuple(number for number, _ in found)
        level = self._sheet.placed[tags[0]].tag.level
        if len(set(spots)) == 1 and level not in ("cell", "row"):
            return
        in_row = len({row for row, _ in spots}) == 1
        by_column = in_row and level == "cell"
        if level == "cell" and not in_row:
            zh, en = "{%tc %} 应在同一行开始和结束", "{%tc %} must begin and end in the same row"
            self._sheet.problems.append(self._sheet.placed[tags[0]].problem(Message(zh, en), self._file))
        elif in_row and len(spots) > 2 and not by_column:
            zh, en = "else 不能与开始在同一行", "else cannot stand in the row that it divides"
            self._sheet.problems.append(self._sheet.placed[tags[1]].problem(Message(zh, en), self._file))
        self._sheet.blocks.append(Block(tags, spots, by_column))

    def _take_out(self, hoisted: set[int]) -> None:
        """Take statements that steer rows or columns out of their cells; rows that hold nothing that is printed are left out."""
        sheet = self._sheet
        for (row, column), cell in self._cells():
            if not hoisted.isdisjoint(part for part in cell.parts if isinstance(part, int)):
                cell.parts = [part for part in cell.parts if part not in hoisted] or [""]
                if not any(str(part).strip() for part in cell.parts):
                    cell.parts = [""]
                    if any(block.by_column and (row, column) in block.spots for block in sheet.blocks):
                        sheet.dropped_cells.add((row, column))
        for block in sheet.blocks:
            if not block.by_column:
                for row in range(block.spots[0][0], block.spots[-1][0]):
                    sheet.rows.setdefault(row, {})
        for row, cells in sheet.rows.items():
            in_one_row = any(
                len({spot[0] for spot in block.spots}) == 1 and block.spots[0][0] == row for block in sheet.blocks
            )
            has_tags = any(cell.parts for cell in cells.values())
            if has_tags and not in_one_row and not any(self._prints(cell) for cell in cells.values()):
                sheet.dropped.add(row)

    def _prints(self, cell: Cell) -> bool:
        """Whether a cell holds more than statements."""
        if not cell.parts:
            return bool(cell.text) or _holds(cell)
        return any(
            part.strip() if isinstance(part, str) else self._sheet.placed[part].tag.kind == "value"
            for part in cell.parts
        )


def _holds(cell: Cell) -> bool:
    """Whether something else than text stands in a cell: a number, a formula."""
    return cell.element.find(f"{MAIN}v") is not None or cell.element.find(f"{MAIN}f") is not None
