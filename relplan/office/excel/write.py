"""Writes a planned sheet: its rows anew, and all in its XML that refers to rows as they are now."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lxml import etree

from relplan.errors import Message, Place, Problem, TemplateError
from relplan.grids import CELL_LIMIT, address, column_letters
from relplan.office.excel.form import MAIN, Cell
from relplan.office.excel.layout import COPY, Row, Sheet, too_long
from relplan.office.excel.refs import Reference, area, has_rows, moved, shifted
from relplan.office.excel.rows import Rows
from relplan.writers.docx.markup import checked, escape

_ROWS_MARK: Final = "relplan-rows"
_SINGLE: Final = ("autoFilter",)
_LISTS: Final = {
    "conditionalFormatting": "sqref",
    "dataValidation": "sqref",
    "protectedRange": "sqref",
    "ignoredError": "sqref",
}
_DATES: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_BUILT_IN_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_EPOCH: Final = dt.datetime(1899, 12, 30)

Shown = Callable[[object], str]


class SheetWriter:
    """Writes one sheet.

    Args:
        sheet: what is planned.
        rows: where the rows of each sheet of the form went, by its name there: formulas refer to other sheets.
        dates: the styles that show dates.
        shown: from a value to its text.
        file: the name of the form, for messages.
    """

    def __init__(self, sheet: Sheet, rows: Mapping[str, Rows], dates: frozenset[int], shown: Shown, file: str) -> None:
        self._sheet, self._all, self._dates, self._shown, self._file = sheet, rows, dates, shown, file
        self._rows = Rows(sheet)
        self._shared: dict[str, tuple[str, int, int]] = {}
        self._has_columns = any(block.by_column for block in sheet.form.blocks)

    def xml(self) -> bytes:
        """The part of the sheet.

        Raises:
            TemplateError: something in the form refers to rows in a way that cannot follow, or a text is too long.
        """
        root = copy.deepcopy(self._sheet.form.root)
        data = root.find(f"{MAIN}sheetData")
        elements = {
            int(each.get("r", number)) - 1: each for number, each in enumerate(data, 1) if isinstance(each.tag, str)
        }
        self._learn_shared()
        written = "".join(
            self._row(row, at, elements[row.template]) for row, at in zip(self._sheet.rows, self._rows.of, strict=True)
        )
        for child in list(data):
            data.remove(child)
        data.append(etree.ProcessingInstruction(_ROWS_MARK, "here"))
        self._ranges(root)
        whole = etree.tostring(root, encoding="unicode")
        text = whole.replace(f"<?{_ROWS_MARK} here?>", written)
        return checked('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)

    # Rows and cells

    def _row(self, row: Row, at: int, element: Any) -> str:
        fixed = element.get("customHeight") in ("1", "true")
        skipped = ("r", "spans") if fixed or row.template not in self._filled() else ("r", "spans", "ht")
        attributes = "".join(
            f' {_name(key)}="{escape(value)}"'
            for key, value in element.attrib.items()
            if _name(key) not in skipped and ":" not in _name(key)
        )
        return f'<row r="{at + 1}"{attributes}>{"".join(self._cells(row, at))}</row>'

    def _filled(self) -> set[int]:
        return {row for row, cells in self._sheet.form.rows.items() if any(cell.is_filled for cell in cells.values())}

    def _cells(self, row: Row, at: int) -> Iterator[str]:
        cells = self._sheet.form.rows.get(row.template, {})
        if row.cells is not None:
            for column, template, value in row.cells:
                yield self._cell(cells[template], row, at, column, value, (row.template, template))
            return
        for column, cell in sorted(cells.items()):
            value = row.values.get(column, "" if cell.parts else COPY)
            yield self._cell(cell, row, at, column, value, (row.template, column))

    def _cell(self, cell: Cell, row: Row, at: int, column: int, value: object, spot: tuple[int, int]) -> str:
        element = cell.element
        style = element.get("s")
        head = f'<c r="{column_letters(column)}{at + 1}"' + (f' s="{style}"' if style else "")
        if value is COPY:
            return self._copied(element, head, row, at, column, spot)
        if isinstance(value, bool):
            return f'{head} t="b"><v>{int(value)}</v></c>'
        if isinstance(value, int | float):
            return f"{head}><v>{value!r}</v></c>"
        if isinstance(value, dt.date) and style and int(style) in self._dates:
            return f"{head}><v>{_serial(value)}</v></c>"
        text = self._shown(value)
        if not text:
            return f"{head}/>"
        if len(text) > CELL_LIMIT // 2 and len(text.encode("utf-16-le")) // 2 > CELL_LIMIT:
            raise too_long(self._sheet, *spot, self._file)
        return f'{head} t="inlineStr"><is><t xml:space="preserve">{escape(_excel(text))}</t></is></c>'

    def _copied(self, element: Any, head: str, row: Row, at: int, column: int, spot: tuple[int, int]) -> str:
        """A cell as it stands in the form; its formula follows its references, its value is worked out by Excel."""
        formula = element.find(f"{MAIN}f")
        kind = element.get("t")
        if formula is None:
            inner = "".join(_markup(child) for child in element if isinstance(child.tag, str))
            return f"{head}{f' t={chr(34)}{kind}{chr(34)}' if kind else ''}>{inner}</c>" if inner else f"{head}/>"
        words = formula.text or ""
        if formula.get("t") == "shared" and formula.get("si") in self._shared:
            words, first_row, first_column = self._shared[formula.get("si")]
            words = shifted(words, spot[0] - first_row, spot[1] - first_column)
        if formula.get("t") in ("array", "dataTable") and self._rows.is_repeated(spot[0]):
            raise self._refused(spot, "数组公式不能放在重复的行里", "an array formula cannot stand in repeated rows")
        attributes = ""
        if formula.get("t") == "array":
            attributes = f' t="array" ref="{self._range(formula.get("ref", ""))}"'
        return f"{head}><f{attributes}>{escape(self._formula(words, row.path, spot))}</f></c>"

    def _learn_shared(self) -> None:
        for row, cells in self._sheet.form.rows.items():
            for column, cell in cells.items():
                formula = cell.element.find(f"{MAIN}f")
                if formula is not None and formula.get("t") == "shared" and formula.text:
                    self._shared[formula.get("si")] = formula.text, row, column

    # References

    def _formula(self, words: str, path: tuple[int, ...], spot: tuple[int, int]) -> str:
        if has_rows(words) and self._sheet.form.blocks:
            raise self._refused(
                spot,
                "公式引用了整行（如 3:5），不能随行移动",
                "a formula refers to whole rows (3:5), which cannot follow",
            )
        inside = self._rows.is_repeated(spot[0])

        def move(name: str, first: Reference, last: Reference | None) -> str:
            rows = self._rows if name in ("", self._sheet.form.name) else self._all.get(name)
            if rows is None:
                return f"{first}:{last}" if last else str(first)
            own = rows is self._rows
            if self._has_columns and own:
                raise self._refused(
                    spot,
                    "有重复的列时，公式不能引用这张表",
                    "where columns are repeated, formulas cannot refer to the sheet",
                )
            if last is None:
                return str(self._single(rows, first, path if own and inside else (), spot, own))
            return self._pair(rows, first, last, path if own and inside else (), spot, own)

        return moved(words, move)

    def _single(
        self, rows: Rows, cell: Reference, path: tuple[int, ...], spot: tuple[int, int], own: bool
    ) -> Reference:
        places = rows.beside(cell.row, path) if path else rows.places.get(cell.row, [])
        if not places:
            behind = rows.behind(cell.row)
            if behind is None:
                raise self._refused(
                    spot, f"公式引用的 {cell} 所在的行没有生成", f"a formula refers to {cell}, whose row was left out"
                )
            return _at(cell, behind)
        if len(places) > 1:
            raise self._refused(
                spot,
                f"公式引用了重复行中的单个单元格 {cell}；请引用范围（{cell}:{cell}）",
                f"a formula refers to the single cell {cell} of repeated rows; refer to the range {cell}:{cell}",
            )
        return _at(cell, places[0])

    def _pair(
        self, rows: Rows, first: Reference, last: Reference, path: tuple[int, ...], spot: tuple[int, int], own: bool
    ) -> str:
        """A range: from outside it takes in all rows it became; from a repeated row, its end without `$` is the row's own."""
        spread = rows.spread(first.row, last.row)
        if spread is None:
            raise self._refused(
                spot,
                f"公式引用的 {first}:{last} 没有生成任何行",
                f"a formula refers to {first}:{last}, of which no row is left",
            )
        start, end = spread
        if path:
            start = min(rows.beside(first.row, path), default=start) if not first.fixed_row else start
            end = max(rows.beside(last.row, path), default=end) if not last.fixed_row else end
        return f"{_at(first, start)}:{_at(last, end)}"

    def _range(self, text: str) -> str:
        """A range of the sheet as it is now; blank where nothing of it is left."""
        first, last = area(text)
        spread = self._rows.spread(first.row, last.row)
        if spread is None:
            return ""
        one, two = _at(first, spread[0]), _at(last, spread[1])
        return str(one) if one == two and ":" not in text else f"{one}:{two}"

    def _refused(self, spot: tuple[int, int], zh: str, en: str) -> TemplateError:
        return TemplateError(
            Problem(Message(zh, en), Place(self._file, sheet=self._sheet.form.name, cell=address(*spot)))
        )

    # What refers to rows beside formulas

    def _ranges(self, root: Any) -> None:
        self._merges(root)
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
                found.append(str(_at(each, row)))
            return ":".join(found)

        return moved(words, move)

    def _merges(self, root: Any) -> None:
        """Merged cells: those inside what is repeated come again each time, others grow or move."""
        container = root.find(f"{MAIN}mergeCells")
        if container is None:
            return
        found = [(area(each.get("ref", "A1"))) for each in container]
        for child in list(container):
            container.remove(child)
        for first, last in found:
            for one, two in self._merged(first, last):
                if (one, first.column) != (two, last.column):
                    ref = f"{address(one, first.column)}:{address(two, last.column)}"
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

    def _linked(self, link: Any) -> None:
        """A link: of a row that came several times each has it."""
        first, _ = area(link.get("ref", "A1"))
        places = self._rows.places.get(first.row, []) or [
            place for place in [self._rows.behind(first.row)] if place is not None
        ]
        for place in places:
            other = copy.deepcopy(link)
            other.set("ref", address(place, first.column))
            link.addprevious(other)
        link.getparent().remove(link)

    def range_of(self, text: str) -> str:
        """A range of the form as it is now, for parts that refer to the sheet; blank where nothing of it is left."""
        return self._range(text)


def _at(cell: Reference, row: int) -> Reference:
    return Reference(row, cell.column, cell.fixed_row, cell.fixed_column)


def _name(key: str) -> str:
    return key if "}" not in key else f":{key}"


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
    return format(passed.days + passed.seconds / 86400, ".10g")


def date_styles(styles: Any) -> frozenset[int]:
    """The cell styles that show dates or times."""
    own = {each.get("numFmtId"): each.get("formatCode", "") for each in styles.iter(f"{MAIN}numFmt")}
    cells = next(styles.iter(f"{MAIN}cellXfs"), ())
    return frozenset(number for number, style in enumerate(cells) if _is_date(style.get("numFmtId", "0"), own))


def _is_date(number: str, own: Mapping[str, str]) -> bool:
    return int(number) in _BUILT_IN_DATES or _DATES.search(_QUOTED.sub("", own.get(number, ""))) is not None
