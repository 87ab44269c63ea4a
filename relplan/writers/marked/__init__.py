"""A copy of someone's own workbook with its bad cells coloured, commented and listed; nothing else in it changes.

The XML of the package is edited: charts, pictures, macros and whatever else relplan does not know stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from msgspec import Struct, field

from relplan.errors import Language, Path, Place, Problem, RelplanError, WriteError, problem
from relplan.findings import Severity
from relplan.grids import Spot, address, pieces
from relplan.model.read import KIND_WORDS, Read
from relplan.patterns import regex
from relplan.resources import labels
from relplan.writers.marked import comments, summary
from relplan.writers.marked.package import OFFICE, Package, not_markable
from relplan.writers.marked.sheet import Sheet, spot_of
from relplan.writers.marked.styles import COLOURS, MarkKind, Styles, kind_word

T = TypeVar("T")

_WORKBOOK: Final = "xl/workbook.xml"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_COLUMN_WIDTH: Final = 52
_UNWRITABLE: Final = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def mark(data: bytes, problems: Sequence[tuple[MarkKind, Problem]], language: Language, read: Read) -> bytes:
    """A workbook with marks on the cells that problems are about, and without those of an earlier time.

    Args:
        data: an .xlsx or .xlsm file.
        problems: what was found and of which kind. Notices of the kind "read", and those without a sheet, are left out;
            findings of the check without a sheet are only listed.
        language: of what relplan writes.
        read: what was read from the workbook; it tells where tables are, for the column of messages.

    Returns:
        The workbook; the very same bytes where there is nothing to mark and nothing was.

    Raises:
        WriteError: it is no .xlsx workbook, is broken, or in the strict form of the format.
    """
    package = Package(data)
    if _WORKBOOK not in package:
        raise WriteError(not_markable())
    return _guarded(lambda: _Marker(package, language, read).mark(problems, data))


def _guarded(act: Callable[[], T]) -> T:
    """What `act` gives; a damaged package fails in the zip, in the XML, or in what the XML says."""
    try:
        return act()
    except RelplanError:
        raise
    except Exception as error:
        raise WriteError(
            problem(
                f"无法在这个工作簿上标注（{error}）；请用 Excel 打开后重新保存",
                f"this workbook cannot be marked ({error}); open it in Excel and save it again",
            )
        ) from None


class _Finding(Struct):
    """What there is to say about one cell."""

    kind: MarkKind
    texts: list[str] = field(default_factory=list)


class _Marker:
    """Marks one workbook."""

    def __init__(self, package: Package, language: Language, read: Read) -> None:
        self._package, self._language, self._read = package, language, read
        root = package.seen(_WORKBOOK)
        if not root.tag.startswith(f"{{{_MAIN}}}"):
            raise WriteError(
                problem(
                    "这是“Strict Open XML”格式的工作簿；请另存为普通的 .xlsx 再标注",
                    "this is a workbook in the form Strict Open XML; save it as an ordinary .xlsx to have it marked",
                )
            )
        parts = {key: path for key, (kind, path) in package.related(_WORKBOOK).items() if kind == "worksheet"}
        entries = root.find(f"{{{_MAIN}}}sheets")
        self._parts = {
            each.get("name", ""): parts[each.get(f"{{{OFFICE}}}id")]
            for each in entries
            if each.get(f"{{{OFFICE}}}id") in parts
        }

    def mark(self, problems: Sequence[tuple[MarkKind, Problem]], data: bytes) -> bytes:
        """The workbook with its marks; `data` where there are none."""
        told = [(kind, each) for kind, each in problems if kind in COLOURS and _is_told(kind, each)]
        before = next((name for name in self._parts if name in summary.titles()), None)
        if not told and before is None:
            return data
        styles = Styles(self._package, _WORKBOOK)
        sheets = {name: Sheet(self._package.seen(part)) for name, part in self._touched(told, before).items()}
        if before is not None:
            self._clear(sheets, summary.kept_styles(self._package.seen(self._parts[before])), styles)
        entries = self._entries(told, sheets)
        for name, sheet in sheets.items():
            self._sheet(name, sheet, _findings(name, told, self._language), styles)
            if sheet.changed:
                self._package.keep(self._parts[name], sheet.root)
        content = summary.content(entries, styles, self._language)
        summary.place(self._package, _WORKBOOK, self._parts, content, self._language)
        return self._package.close()

    def _touched(self, told: Sequence[tuple[MarkKind, Problem]], before: str | None) -> dict[str, str]:
        """The sheets to look at: those with something to say, and in a marked copy all."""
        named = {each.place.sheet for _, each in told if each.place and each.place.sheet}
        return {name: part for name, part in self._parts.items() if name != before and (before or name in named)}

    # What an earlier time has left

    def _clear(self, sheets: Mapping[str, Sheet], kept: Mapping[tuple[str, Spot], int], styles: Styles) -> None:
        strings, titles = self._strings(), summary.titles()
        for name, sheet in sheets.items():
            for top, column in [spot for spot, cell in sheet.cells() if _text(cell, strings) in titles]:
                sheet.drop_column(column, top)
            for spot, cell in list(sheet.cells()):
                if styles.is_marked(style := int(cell.get("s", "0"))):
                    old = kept.get((name, spot))
                    sheet.restyle(cell, styles.bare(style) if old is None else old)
            comments.clear(self._package, self._parts[name])

    def _strings(self) -> list[str]:
        """The texts that cells share."""
        part = self._package.find(_WORKBOOK, "sharedStrings")
        return ["".join(each.itertext()) for each in self._package.seen(part)] if part else []

    # What there is to say now

    def _entries(self, told: Sequence[tuple[MarkKind, Problem]], sheets: Mapping[str, Sheet]) -> list[summary.Entry]:
        entries = []
        for kind, each in told:
            place, style = each.place or Place(), None
            if place.sheet and place.sheet not in sheets:
                continue
            if place.sheet and place.cell:
                style = int(sheets[place.sheet].cell(*spot_of(place.cell)).get("s", "0"))
            entries.append(summary.Entry(kind, place, _fitting(each.message.text(self._language)), style))
        return entries

    def _sheet(self, name: str, sheet: Sheet, findings: Mapping[Spot, _Finding], styles: Styles) -> None:
        """Colour, comment and explain the bad cells of a sheet."""
        for top, rows in self._tables(name, sheet).items():
            self._column(sheet, top, rows, findings, styles)
        for spot, finding in findings.items():
            cell = sheet.cell(*spot)
            sheet.restyle(cell, styles.marked(int(cell.get("s", "0")), finding.kind))
        texts = {spot: _fitting("\n".join(finding.texts)) for spot, finding in findings.items()}
        comments.add(self._package, self._parts[name], sheet, texts)

    def _tables(self, name: str, sheet: Sheet) -> dict[int, range]:
        """The tables of a sheet: from the row of the header to the rows below it that hold entries."""
        read = self._read
        words = _by_row(place.cell for place in read.labels if place.sheet == name and place.cell)
        heads = {row for row, columns in words.items() if _is_header(sheet, row, columns)}
        told = {
            spot_of(each.problem.place.cell)[0]
            for each in read.notices
            if each.kind == "read"
            and each.problem.place
            and each.problem.place.sheet == name
            and each.problem.place.cell
        }
        tables: dict[int, range] = {}
        for row in sorted(
            {spot_of(place.cell)[0] for path, place in read.places.items() if _is_entry(path) and place.sheet == name}
        ):
            top = _top(row, heads, heads & told)
            if top is not None:
                tables[top] = range(top + 1, row + 1)
        return tables

    def _column(self, sheet: Sheet, top: int, rows: range, findings: Mapping[Spot, _Finding], styles: Styles) -> None:
        """Explain the bad cells of a table in a column at its right."""
        texts: dict[int, list[str]] = {}
        for (row, column), finding in sorted(findings.items()):
            if row in rows:
                texts.setdefault(row, []).extend(f"{address(row, column)} {text}" for text in finding.texts)
        if not texts:
            return
        column = sheet.free_column(range(top, rows.stop), max(sheet.filled(top)))
        ground = COLOURS["unreadable"]
        sheet.write(top, column, labels(self._language)["problems"], styles.own(ground, bold=True))
        for row, lines in texts.items():
            sheet.write(row, column, _fitting("; ".join(lines)), styles.own(framed=False))  # rows keep their heights
        sheet.widen(column, _COLUMN_WIDTH)


def _is_told(kind: MarkKind, found: Problem) -> bool:
    return kind not in KIND_WORDS or bool(found.place and found.place.sheet)


def _findings(name: str, told: Sequence[tuple[MarkKind, Problem]], language: Language) -> dict[Spot, _Finding]:
    """What there is to say about the cells of one sheet, each with its worst kind."""
    found: dict[Spot, _Finding] = {}
    worst = list(COLOURS)
    for kind, each in told:
        if each.place is None or each.place.sheet != name or not each.place.cell:
            continue
        finding = found.setdefault(spot_of(each.place.cell), _Finding(kind))
        finding.kind = min(finding.kind, kind, key=worst.index)
        text = each.message.text(language)
        if isinstance(kind, Severity):
            text = f"{kind_word(kind, language)} {text}"
        if text not in finding.texts:
            finding.texts.append(text)
    return found


def _by_row(cells: Iterable[str]) -> dict[int, set[int]]:
    rows: dict[int, set[int]] = {}
    for row, column in map(spot_of, cells):
        rows.setdefault(row, set()).add(column)
    return rows


def _is_entry(path: Path) -> bool:
    """Whether a path is that of an entry of a list that stands in rows, or leads into one."""
    return path[0] not in ("sections", "impact") and any(isinstance(step, int) for step in path)


def _is_header(sheet: Sheet, row: int, columns: Collection[int]) -> bool:
    """Whether a row with words that are no data may be a header: it has several, and hardly anything else."""
    filled = sheet.filled(row)
    return len(columns) > 1 and 2 * len(filled & set(columns)) > len(filled)


def _top(row: int, heads: Collection[int], told: Collection[int]) -> int | None:
    """The first row of the header above a row; the ones that the reader told of go before others."""
    top = max((each for each in told or heads if each < row), default=None)
    while top is not None and top - 1 in heads:
        top -= 1
    return top


def _text(cell: Any, strings: Sequence[str]) -> str:
    """The text of a cell; of a number, its digits."""
    words = "".join(cell.itertext())
    if cell.get("t") == "s" and words.isdecimal() and int(words) < len(strings):
        return strings[int(words)]
    return words


def _fitting(text: str) -> str:
    """As much of a text as a cell holds, without what no XML can hold."""
    clean = _UNWRITABLE.sub("\ufffd", text)
    return pieces(clean)[0]
