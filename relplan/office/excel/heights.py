"""How high rows must be: Excel finds that out for itself when a file is opened, but not for merged cells, and other programs not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from relplan.office.excel.form import MAIN
from relplan.office.excel.refs import area
from relplan.writers.widths import wrapped_lines

_HIGHEST: Final = 409.0
"""Points (Excel's limit)."""

_LINE: Final = 15 / 11
"""The height of a line to the size of its font, as in Excel's own default of 15 points for 11."""

_FILLED: Final = 0.92
_DEFAULT_WIDTH: Final = 8.43
_DEFAULT_SIZE: Final = 11.0


class Heights:
    """What cells of one sheet take.

    Args:
        root: the sheet of the form.
        styles: the styles of the workbook, as `wrapping` gives them.
    """

    def __init__(self, root: Any, styles: Mapping[str, float]) -> None:
        self._styles = styles
        form = root.find(f"{MAIN}sheetFormatPr")
        self._default = float(form.get("defaultColWidth", _DEFAULT_WIDTH)) if form is not None else _DEFAULT_WIDTH
        self._columns = [
            (int(each.get("min")) - 1, int(each.get("max")) - 1, float(each.get("width", self._default)))
            for each in root.iter(f"{MAIN}col")
        ]
        self._merged = {}
        for each in root.iter(f"{MAIN}mergeCell"):
            first, last = area(each.get("ref", "A1"))
            self._merged[first.row, first.column] = last.column if first.row == last.row else None
        self._rooms: dict[tuple[int, int], int] = {}

    def points(self, row: int, column: int, style: str, text: str) -> float:
        """The height that a text needs in a cell of the form; 0 where it takes one line, is cut off or lies over several rows."""
        size = self._styles.get(style)
        if size is None or not text:
            return 0
        room = self._room(row, column)
        lines = wrapped_lines(text, room) if room else 1
        return min(_HIGHEST, lines * size * _LINE) if lines > 1 else 0

    def _room(self, row: int, column: int) -> int:
        """Half-width characters a line of a cell; 0 where it lies over several rows."""
        if (row, column) not in self._rooms:
            last = self._merged.get((row, column), column)
            width = sum(self._width(each) for each in range(column, last + 1)) if last is not None else 0
            self._rooms[row, column] = max(1, int((width - 1) * _FILLED)) if last is not None else 0
        return self._rooms[row, column]

    def _width(self, column: int) -> float:
        return next((width for first, last, width in self._columns if first <= column <= last), self._default)


def wrapping(styles: Any) -> dict[str, float]:
    """The size of the font of each cell style that wraps its lines, by the number that cells have it by."""
    fonts = [each.find(f"{MAIN}sz") for each in next(styles.iter(f"{MAIN}fonts"), ())]
    sizes = [float(each.get("val", _DEFAULT_SIZE)) if each is not None else _DEFAULT_SIZE for each in fonts]
    found = {}
    for number, style in enumerate(next(styles.iter(f"{MAIN}cellXfs"), ())):
        alignment = style.find(f"{MAIN}alignment")
        if alignment is not None and alignment.get("wrapText") in ("1", "true"):
            font = int(style.get("fontId", "0"))
            found[str(number)] = sizes[font] if font < len(sizes) else _DEFAULT_SIZE
    return found
