"""A worksheet as XML: cells found and made at their addresses, and whatever else marks need in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from relplan.grids import Spot, address
from relplan.patterns import regex
from relplan.writers.marked.package import OFFICE

_REFERENCE: Final = regex(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_AFTER_COMMENTS: Final = ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")  # fmt: skip
"""What stands behind the reference to the drawing of comments (ISO 29500, CT_Worksheet)."""
_BEFORE_COLUMNS: Final = ("sheetPr", "dimension", "sheetViews", "sheetFormatPr")


def spot_of(reference: str) -> Spot:
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


class Sheet:
    """The worksheet below `root`. `changed` says whether anything has been done to it."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.changed = False
        self._space = root.tag.partition("}")[0] + "}"
        self._data = root.find(f"{self._space}sheetData")
        self._rows: dict[int, Any] = {}
        number = 0
        for row in self._data.iterchildren(f"{self._space}row"):
            number = int(row.get("r") or number + 1)
            row.set("r", str(number))
            self._rows[number - 1] = row

    def cells(self) -> Iterator[tuple[Spot, Any]]:
        """Every cell and where it stands."""
        for row in self._rows:
            yield from (((row, column), cell) for column, cell in self._row(row).items())

    def cell(self, row: int, column: int) -> Any:
        """The cell at a spot, made if there is none."""
        self.changed = True
        self._reach(row, column)
        if row not in self._rows:
            self._rows[row] = self._placed(self._data, "row", [(each, self._rows[each]) for each in self._rows], row)
            self._rows[row].set("r", str(row + 1))
        there = self._row(row)
        if column in there:
            return there[column]
        self._rows[row].attrib.pop("spans", None)
        made = self._placed(self._rows[row], "c", list(there.items()), column)
        made.set("r", address(row, column))
        return made

    def write(self, row: int, column: int, text: str, style: int) -> None:
        """Set the text and the style of a cell."""
        cell = self.cell(row, column)
        for child in list(cell):
            cell.remove(child)
        cell.set("s", str(style))
        cell.set("t", "inlineStr")
        words = self._child(self._child(cell, "is"), "t")
        words.text = text
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def drop_column(self, column: int, top: int) -> None:
        """Remove the cells of a column, from a row down."""
        for row in self._rows:
            cell = self._row(row).get(column) if row >= top else None
            if cell is not None:
                self.changed = True
                cell.getparent().remove(cell)

    def restyle(self, cell: Any, style: int) -> None:
        """Set the style of a cell."""
        self.changed = True
        cell.set("s", str(style))

    def is_filled(self, cell: Any) -> bool:
        """Whether something stands in a cell."""
        return any((each.text or len(each)) for each in cell if isinstance(each.tag, str))

    def filled(self, row: int) -> set[int]:
        """The columns of a row in which something stands."""
        return {column for column, cell in self._row(row).items() if self.is_filled(cell)}

    def merges(self) -> list[tuple[Spot, Spot]]:
        """The merged cells: the first and the last of each area."""
        areas = (each.get("ref", "").partition(":") for each in self.root.iter(f"{self._space}mergeCell"))
        return [(spot_of(first), spot_of(last or first)) for first, _, last in areas]

    def free_column(self, rows: Iterable[int], after: int) -> int:
        """The first column behind another in which nothing stands in any of the rows."""
        wanted = set(rows)
        used = {column for row in wanted for column in self.filled(row)}
        for (top, left), (bottom, right) in self.merges():
            if not wanted.isdisjoint(range(top, bottom + 1)):
                used.update(range(left, right + 1))
        return next(column for column in range(after + 1, len(used) + after + 2) if column not in used)

    def widen(self, column: int, width: int) -> None:
        """Show a column, in a width of half-width characters."""
        columns = self._part("cols", [f"{self._space}{name}" for name in _BEFORE_COLUMNS])
        number = column + 1
        for each in list(columns):
            first, last = int(each.get("min")), int(each.get("max"))
            if first <= number <= last:
                for low, high in ((first, number - 1), (number + 1, last)):
                    if low <= high:
                        piece = each.makeelement(each.tag, dict(each.attrib))
                        piece.set("min", str(low))
                        piece.set("max", str(high))
                        each.addprevious(piece)
                columns.remove(each)
        there = [(int(each.get("min")), each) for each in columns]
        made = self._placed(columns, "col", there, number)
        for name, value in (("min", number), ("max", number), ("width", width), ("customWidth", 1)):
            made.set(name, str(value))

    def _reach(self, row: int, column: int) -> None:
        """Let the sheet's own idea of its size take in a cell."""
        size = self.root.find(f"{self._space}dimension")
        if size is None:
            return
        first, _, last = size.get("ref", "A1").partition(":")
        (top, left), (bottom, right) = spot_of(first), spot_of(last or first)
        start, end = address(min(top, row), min(left, column)), address(max(bottom, row), max(right, column))
        size.set("ref", f"{start}:{end}")

    def drawing(self) -> str | None:
        """The id of the drawing that shows the comments."""
        found = self.root.find(f"{self._space}legacyDrawing")
        return None if found is None else found.get(f"{{{OFFICE}}}id")

    def set_drawing(self, identity: str) -> None:
        """Refer to the drawing that shows the comments."""
        from lxml import etree

        later = {f"{self._space}{name}" for name in _AFTER_COMMENTS}
        made = self.root.makeelement(f"{self._space}legacyDrawing", {f"{{{OFFICE}}}id": identity}, {"r": OFFICE})
        data = list(self.root).index(self._data)
        for number, each in enumerate(self.root):
            if number > data and (each.tag in later or "AlternateContent" in str(etree.QName(each).localname)):
                each.addprevious(made)
                return
        self.root.append(made)

    def _row(self, row: int) -> dict[int, Any]:
        """The cells of a row, each with its address."""
        found: dict[int, Any] = {}
        if row not in self._rows:
            return found
        column = -1
        for cell in self._rows[row].iterchildren(f"{self._space}c"):
            reference = cell.get("r")
            column = spot_of(reference)[1] if reference else column + 1
            if not reference:
                cell.set("r", address(row, column))
            found[column] = cell
        return found

    def _placed(self, parent: Any, name: str, there: list[tuple[int, Any]], key: int) -> Any:
        """A new child, before the first one with a higher key."""
        made = parent.makeelement(f"{self._space}{name}")
        after = next((each for number, each in sorted(there, key=lambda pair: pair[0]) if number > key), None)
        if after is None:
            parent.append(made)
        else:
            after.addprevious(made)
        return made

    def _part(self, name: str, before: list[str]) -> Any:
        found = self.root.find(f"{self._space}{name}")
        if found is None:
            found = self.root.makeelement(f"{self._space}{name}")
            self.root.insert(sum(1 for each in self.root if each.tag in before), found)
        return found

    def _child(self, parent: Any, name: str) -> Any:
        made = parent.makeelement(f"{self._space}{name}")
        parent.append(made)
        return made
