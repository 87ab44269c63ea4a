"""Writes a planned sheet: its rows anew, and all in its XML that refers to rows as they are now."""

from __future__ import annotations

import copy
import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from relplan.errors import Message, Place, Problem, TemplateError
from relplan.grids import CELL_LIMIT, address, column_letters
from relplan.office.excel.form import MAIN, Cell
from relplan.office.excel.heights import Heights, wrapping
from relplan.office.excel.layout import COPY, Row, Sheet, too_long
from relplan.office.excel.refs import Reference, area, has_rows, moved, shifted
from relplan.office.excel.rows import Rows
from relplan.patterns import regex
from relplan.writers.docx.markup import checked, escape

_ROWS_MARK: Final = "relplan-rows"
_SINGLE: Final = ("autoFilter",)
_LISTS: Final = {
    "conditionalFormatting": "sqref",
    "dataValidation": "sqref",
    "protectedRange": "sqref",
    "ignoredError": "sqref",
}
_DATES: Final = regex(r"[ymdhs]", re.IGNORECASE)
_QUOTED: Final = regex(r'"[^"]*"|\[[^\]]*\]|\\.')
_BUILT_IN_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_MOST_COLUMNS: Final = 16_384
_NUMBER: Final = regex(r"-?\d{1,15}(?:\.\d{1,15})?")
_EPOCH: Final = dt.datetime(1899, 12, 30)

Shown = Callable[[object], str]


class Looks(Struct, frozen=True):
    """What cell styles say: those that show dates, and the font size of those that wrap their lines."""

    dates: frozenset[int] = frozenset()
    wrapping: Mapping[str, float] = field(default_factory=dict)


def looks_of(styles: Any) -> Looks:
    """What the styles of a workbook say."""
    return Looks(_date_styles(styles), wrapping(styles))


class SheetWriter:
    """Writes one sheet.

    Args:
        sheet: what is planned.
        rows: where the rows of each sheet of the form went, by its name there: formulas refer to other sheets.
        looks: the styles that show dates, and those that wrap lines.
        shown: from a value to its text.
        file: the name of the form, for messages.
    """

    def __init__(self, sheet: Sheet, rows: Mapping[str, Rows], looks: Looks, shown: Shown, file: str) -> None:
        self._sheet, self._all, self._dates, self._shown, self._file = sheet, rows, looks.dates, shown, file
        self._heights, self._height = Heights(sheet.form.root, looks.wrapping), 0.0
        self._rows = rows.get(sheet.form.name) or Rows(sheet, file)
        self._elements: dict[int, Any] = {}
        self._looks: dict[int, str] = {}
        self._shared: dict[str, tuple[str, int, int]] = {}

    def xml(self) -> bytes:
        """The part of the sheet.

        Raises:
            TemplateError: something in the form refers to rows in a way that cannot follow, or a text is too long.
        """
        root = copy.deepcopy(self._sheet.form.root)
        data = root.find(f"{MAIN}sheetData")
        self._elements = {
            int(each.get("r", number)) - 1: each for number, each in enumerate(data, 1) if isinstance(each.tag, str)
        }
        self._learn_shared()
        written = "".join(self._row(row, at) for row, at in zip(self._sheet.rows, self._rows.of, strict=True))
        for child in list(data):
            data.remove(child)
        data.append(etree.ProcessingInstruction(_ROWS_MARK, "here"))
        self._ranges(root)
        whole = etree.tostring(root, encoding="unicode")
        text = whole.replace(f"<?{_ROWS_MARK} here?>", written)
        return checked('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)

    # Rows and cells

    def _row(self, row: Row, at: int) -> str:
        self._height = 0.0
        cells, look = "".join(self._cells(row, at)), self._look(row.template)
        height = f' ht="{self._height:g}"' if self._height and " ht=" not in look else ""
        return f'<row r="{at + 1}"{look}{height}>{cells}</row>'

    def _look(self, template: int) -> str:
        """The attributes of a row."""
        if template not in self._looks:
            self._looks[template] = self._new_look(template)
        return self._looks[template]

    def _new_look(self, template: int) -> str:
        """Where tags print in a row, its height is worked out anew unless someone set it."""
        element = self._elements.get(template)
        if element is None:
            return ""
        fixed = element.get("customHeight") in ("1", "true")
        filled = any(cell.is_filled for cell in self._sheet.form.rows[template].values())
        skipped = ("r", "spans", "ht") if filled and not fixed else ("r", "spans")
        return "".join(
            f' {key}="{escape(value)}"'
            for key, value in element.attrib.items()
            if key not in skipped and "}" not in key
        )

    def _cells(self, row: Row, at: int) -> Iterator[str]:
        cells = self._sheet.form.rows[row.template]
        if row.cells is not None:
            turns = Counter(template for _, template, _ in row.cells)
            done: Counter[int] = Counter()
            for column, template, value in row.cells:
                spot = _Spot(row, (row.template, template), done[template], turns[template])
                done[template] += 1
                yield self._cell(cells[template], spot, at, column, value)
            return
        for column in sorted({*cells, *row.values}) if row.values.keys() - cells.keys() else cells:
            cell = cells.get(column) or Cell(etree.Element(f"{MAIN}c"))
            value = row.values.get(column, COPY)
            yield self._cell(cell, _Spot(row, (row.template, column)), at, column, value)

    def _cell(self, cell: Cell, spot: _Spot, at: int, column: int, value: object) -> str:
        element = cell.element
        style = element.get("s")
        head = f'<c r="{column_letters(column)}{at + 1}"' + (f' s="{style}"' if style else "")
        if self._sheet.in_place and cell.is_formula:
            return self._copied(element, head, spot, _cached(element) if value is COPY else _cached_as(str(value)))
        if value is COPY:
            if style and cell.text:
                self._height = max(self._height, self._heights.points(*spot.cell, style, cell.text))
            return self._copied(element, head, spot)
        if isinstance(value, bool):
            return f'{head} t="b"><v>{int(value)}</v></c>'
        if isinstance(value, int | float) and math.isfinite(value):
            return f"{head}><v>{value!r}</v></c>"
        if isinstance(value, dt.date) and style and int(style) in self._dates:
            return f"{head}><v>{_serial(value)}</v></c>"
        text = self._shown(value)
        if not text:
            return f"{head}/>"
        if style:
            self._height = max(self._height, self._heights.points(*spot.cell, style, text))
        if len(text) > CELL_LIMIT // 2 and len(text.encode("utf-16-le")) // 2 > CELL_LIMIT:
            raise too_long(self._sheet, *spot.cell, self._file)
        return f'{head} t="inlineStr"><is><t xml:space="preserve">{escape(_excel(text))}</t></is></c>'

    def _copied(self, element: Any, head: str, spot: _Spot, cached: tuple[str, str] = ("", "")) -> str:
        """A cell as it stands in the form; its formula follows its references, its value (`cached`: its kind and itself) is worked out by Excel."""
        formula = element.find(f"{MAIN}f")
        kind = element.get("t")
        if formula is None:
            inner = "".join(_markup(child) for child in element if isinstance(child.tag, str))
            return f"{head}{f' t={chr(34)}{kind}{chr(34)}' if kind else ''}>{inner}</c>" if inner else f"{head}/>"
        words = formula.text or ""
        row, column = spot.cell
        if formula.get("t") == "shared" and formula.get("si") in self._shared:
            words, first_row, first_column = self._shared[formula.get("si")]
            words = shifted(words, row - first_row, column - first_column)
        if formula.get("t") in ("array", "dataTable") and self._rows.is_repeated(row):
            raise self._refused(
                spot.cell, "数组公式不能放在重复的行里", "an array formula cannot stand in repeated rows"
            )
        attributes = ""
        if formula.get("t") == "array":
            attributes = f' t="array" ref="{self._range(formula.get("ref", ""))}"'
        kind, value = cached
        words = f"<f{attributes}>{escape(self._formula(words, spot))}</f>{f'<v>{escape(value)}</v>' if value else ''}"
        return f"{head}{f' t={chr(34)}{kind}{chr(34)}' if kind else ''}>{words}</c>"

    def _learn_shared(self) -> None:
        for row, cells in self._sheet.form.rows.items():
            for column, cell in cells.items():
                formula = cell.element.find(f"{MAIN}f")
                if formula is not None and formula.get("t") == "shared" and formula.text:
                    self._shared[formula.get("si")] = formula.text, row, column

    # References

    def _formula(self, words: str, spot: _Spot) -> str:
        if has_rows(words) and self._sheet.form.blocks:
            raise self._refused(
                spot.cell,
                "公式引用了整行（如 3:5），不能随行移动",
                "a formula refers to whole rows (3:5), which cannot follow",
            )

        def move(name: str, first: Reference, last: Reference | None) -> str:
            rows = self._rows if name in ("", self._sheet.form.name) else self._all.get(name)
            if rows is None:
                return f"{first}:{last}" if last else str(first)
            own = spot if rows is self._rows else _Spot(Row(0, ()), spot.cell)
            if last is None:
                return str(self._single(rows, first, own))
            return self._pair(rows, first, last, own)

        return moved(words, move)

    def _single(self, rows: Rows, cell: Reference, spot: _Spot) -> Reference:
        """A cell: of one that came several times that of the same turn."""
        places = rows.beside(cell.row, spot.row.template, spot.row.path)
        if not places:
            behind = None if cell.row in rows.places else rows.behind(cell.row)
            if behind is None:
                raise self._refused(
                    spot.cell,
                    f"公式引用的 {cell} 所在的行没有生成",
                    f"a formula refers to {cell}, whose row was left out",
                )
            places = [behind]
        if rows.in_place:
            places = places[:1]
        columns = spot.turn_of(rows.across(places[0], cell.column))
        if len(places) > 1 or len(columns) > 1:
            raise self._refused(
                spot.cell,
                f"公式引用了重复部分中的单个单元格 {cell}；请引用范围（{cell}:{cell}）",
                f"a formula refers to the single cell {cell} of what is repeated; refer to the range {cell}:{cell}",
            )
        if not columns:
            raise self._refused(
                spot.cell,
                f"公式引用的 {cell} 所在的列没有生成",
                f"a formula refers to {cell}, whose column was left out",
            )
        return replace(cell, row=places[0], column=columns[0])

    def _pair(self, rows: Rows, first: Reference, last: Reference, spot: _Spot) -> str:
        """A range: all rows that it became; from a repeated row, of the loops around both, only the own turn, but for an end with `$`."""
        spread = rows.spread(first.row, last.row)
        beside = rows.spread_beside(first.row, last.row, spot.row.template, spot.row.path)
        if spread is None or beside is None:
            raise self._refused(
                spot.cell,
                f"公式引用的 {first}:{last} 没有生成任何行",
                f"a formula refers to {first}:{last}, of which no row is left",
            )
        start = spread[0] if first.fixed_row else beside[0]
        end = spread[1] if last.fixed_row else beside[1]
        left, right = rows.across(start, first.column), rows.across(end, last.column)
        if first.column == last.column:
            left = right = spot.turn_of(left)
        if not left or not right:
            raise self._refused(
                spot.cell,
                f"公式引用的 {first}:{last} 没有生成任何列",
                f"a formula refers to {first}:{last}, of which no column is left",
            )
        return f"{replace(first, row=start, column=left[0])}:{replace(last, row=end, column=right[-1])}"

    def _range(self, text: str) -> str:
        """A range of the sheet as it is now; blank where nothing of it is left."""
        first, last = area(text)
        spread = self._rows.spread(first.row, last.row)
        if spread is None:
            return ""
        left, right = self._rows.width(spread, first.column, last.column)
        one, two = replace(first, row=spread[0], column=left), replace(last, row=spread[1], column=right)
        return str(one) if one == two and ":" not in text else f"{one}:{two}"

    def _refused(self, spot: tuple[int, int], zh: str, en: str) -> TemplateError:
        return TemplateError(
            Problem(Message(zh, en), Place(self._file, sheet=self._sheet.form.name, cell=address(*spot)))
        )

    # What refers to rows beside formulas

    def _ranges(self, root: Any) -> None:
        self._merges(root)
        self._widths(root)
        for name in _SINGLE:
            for each in root.iter(f"{MAIN}{name}"):
                if each.get("ref"):
                    each.set("ref", self._range(each.get("ref")) or "A1")
        for name, key in _LISTS.items():
            for each in list(root.iter(f"{MAIN}{name}")):
                self._listed(each, key)
        for each in list(root.iter(f"{MAIN}hyperlink")):
            self._linked(each)
        for brk in root.iter(f"{MAIN}rowBreaks"):
            for each in brk:
                spread = self._rows.spread(int(each.get("id", "1")) - 1, int(each.get("id", "1")) - 1)
                if spread:
                    each.set("id", str(spread[1] + 1))
        size = root.find(f"{MAIN}dimension")
        if size is not None:
            root.remove(size)
        for selection in root.iter(f"{MAIN}selection"):
            for key in ("activeCell", "sqref"):
                selection.attrib.pop(key, None)
        for empty in ("dataValidations", "hyperlinks", "protectedRanges", "ignoredErrors"):
            for each in list(root.iter(f"{MAIN}{empty}")):
                if not len(each):
                    each.getparent().remove(each)
                elif each.get("count"):
                    each.set("count", str(len(each)))

    def _listed(self, element: Any, key: str) -> None:
        """An element that is about ranges: they grow with their rows, and so do its formulas."""
        before = element.get(key, "").split()
        ranges = list(filter(None, map(self._range, before)))
        if not ranges:
            element.getparent().remove(element)
            return
        element.set(key, " ".join(ranges))
        top = area(before[0])[0]
        for formula in element.iter(f"{MAIN}formula", f"{MAIN}formula1", f"{MAIN}formula2"):
            if formula.text:
                moved_to = area(ranges[0])[0].row - top.row
                formula.text = self._relative(formula.text, moved_to)

    def _relative(self, words: str, rows: int) -> str:
        """A formula of a format or dropdown, which is written for the first cell of its range."""

        def move(name: str, first: Reference, last: Reference | None) -> str:
            known = self._all.get(name) if name else self._rows
            found: list[str] = []
            for each in (first, last):
                if each is None:
                    continue
                spread = known.spread(each.row, each.row) if known else (each.row, each.row)
                row = (
                    each.row + rows if not name and not each.fixed_row else (spread or (each.row, each.row))[len(found)]
                )
                found.append(str(replace(each, row=row)))
            return ":".join(found)

        return moved(words, move)

    def _widths(self, root: Any) -> None:
        """Where columns are repeated, their widths are too: as the row with the most cells has them."""
        container = root.find(f"{MAIN}cols")
        if container is None or not self._rows.columns:
            return
        widest = max(self._rows.columns, key=lambda place: max(map(max, self._rows.columns[place].values()), default=0))
        known = {out: column for column, places in self._rows.columns[widest].items() for out in places}
        last_out, last = max(known, default=0), max(self._rows.columns[widest], default=0)
        looks = [(int(each.get("min")) - 1, int(each.get("max")) - 1, each) for each in container]
        for child in list(container):
            container.remove(child)
        column = -1
        for out in range(last_out + 1):
            column = known.get(out, column + 1)
            look = next((each for first, end, each in looks if first <= column <= end), None)
            if look is not None:
                self._width(container, look, out, out)
        for first, end, look in looks:
            if end > last:
                start = max(first, last + 1) + last_out - last
                self._width(container, look, start, min(_MOST_COLUMNS - 1, end + last_out - last))

    def _width(self, container: Any, look: Any, first: int, last: int) -> None:
        if first < _MOST_COLUMNS:
            etree.SubElement(container, look.tag, {**look.attrib, "min": str(first + 1), "max": str(last + 1)})

    def _merges(self, root: Any) -> None:
        """Merged cells: those inside what is repeated come again each time, others grow or move."""
        container = root.find(f"{MAIN}mergeCells")
        if container is None:
            return
        found = [(area(each.get("ref", "A1"))) for each in container]
        for child in list(container):
            container.remove(child)
        for first, last in found:
            for rows in self._merged(first, last):
                for left, right in self._merged_across(rows[0], first.column, last.column):
                    if (rows[0], left) != (rows[1], right):
                        ref = f"{address(rows[0], left)}:{address(rows[1], right)}"
                        etree.SubElement(container, f"{MAIN}mergeCell", {"ref": ref})
        if len(container):
            container.set("count", str(len(container)))
        else:
            root.remove(container)

    def _merged(self, first: Reference, last: Reference) -> Iterator[tuple[int, int]]:
        tops = self._rows.places.get(first.row, [])
        if first.row == last.row:
            yield from ((each, each) for each in tops)
            return
        bottoms = self._rows.places.get(last.row, [])
        if len(tops) == len(bottoms) and len(tops) > 1:
            yield from zip(tops, bottoms, strict=True)
            return
        if (spread := self._rows.spread(first.row, last.row)) is not None:
            yield spread

    def _merged_across(self, place: int, first: int, last: int) -> Iterator[tuple[int, int]]:
        lefts, rights = self._rows.across(place, first), self._rows.across(place, last)
        if len(lefts) == len(rights):
            yield from zip(lefts, rights, strict=True)
        elif lefts and rights:
            yield lefts[0], rights[-1]

    def _linked(self, link: Any) -> None:
        """A link: of a row that came several times each has it."""
        first, _ = area(link.get("ref", "A1"))
        places = self._rows.places.get(first.row, []) or [
            place for place in [self._rows.behind(first.row)] if place is not None
        ]
        for place in places:
            for column in self._rows.across(place, first.column):
                other = copy.deepcopy(link)
                other.set("ref", address(place, column))
                link.addprevious(other)
        link.getparent().remove(link)

    def range_of(self, text: str) -> str:
        """A range of the form as it is now, for parts that refer to the sheet; blank where nothing of it is left."""
        return self._range(text)


class _Spot(Struct, frozen=True):
    """Where a cell that is written comes from: its row, the cell of the form, and of a repeated column the turn and how many there are."""

    row: Row
    cell: tuple[int, int]
    turn: int = 0
    turns: int = 1

    def turn_of(self, columns: list[int]) -> list[int]:
        """Of columns that came as many times as that of this cell the one of its turn, else all."""
        return [columns[self.turn]] if len(columns) == self.turns else columns


def _cached(element: Any) -> tuple[str, str]:
    """The kind and the last value of a formula."""
    return element.get("t") or "", element.findtext(f"{MAIN}v") or ""


def _cached_as(text: str) -> tuple[str, str]:
    return ("" if _NUMBER.fullmatch(text) else "str", text) if text else ("", "")


def _markup(element: Any) -> str:
    whole: str = etree.tostring(element, encoding="unicode", with_tail=False)
    return re.sub(r' xmlns(?::\w+)?="[^"]*"', "", whole)


def _excel(text: str) -> str:
    """A text as Excel keeps it: what looks like one of its own escapes is escaped."""
    return re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


def _serial(value: dt.date) -> str:
    """The days since the end of 1899, as Excel counts."""
    moment = (
        value.replace(tzinfo=None)
        if isinstance(value, dt.datetime)
        else dt.datetime(value.year, value.month, value.day)
    )
    passed = moment - _EPOCH
    return repr(passed.days + passed.seconds / 86400)


def _date_styles(styles: Any) -> frozenset[int]:
    """The cell styles that show dates or times."""
    own = {each.get("numFmtId"): each.get("formatCode", "") for each in styles.iter(f"{MAIN}numFmt")}
    cells = next(styles.iter(f"{MAIN}cellXfs"), ())
    return frozenset(number for number, style in enumerate(cells) if _is_date(style.get("numFmtId", "0"), own))


def _is_date(number: str, own: Mapping[str, str]) -> bool:
    return int(number) in _BUILT_IN_DATES or _DATES.search(_QUOTED.sub("", own.get(number, ""))) is not None
