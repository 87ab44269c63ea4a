"""How large a sheet may be, and what is said of a larger one. `ReadOptions.limit` raises each but `MAX_TEXT`."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from typing import Final

from relplan.errors import Place, Problem, ReadError, problem
from relplan.grids import Grid

MAX_CELLS: Final = 5_000_000
"""Cells of the rectangle from A1 to the last cell of a sheet that holds something: its size in memory."""

MAX_ROWS: Final = 200_000
"""Rows of a sheet in which something stands."""

MAX_COLUMNS: Final = 1_000
"""Cells of one row in which something stands."""

MAX_TEXTS: Final = 64 * 2**20
"""Bytes of the texts of an .xlsx workbook, unpacked; to read them takes about ten times as much memory."""

MAX_TEXT: Final = 10 * 2**20
"""Bytes of one text, whatever limits are raised: libxml2 takes no more either, and a cell of Excel holds a hundredth."""

_PIECE: Final = 2**20
"""Bytes looked at in one go."""


def too_large(place: Place, limit: int) -> Problem:
    """What to say of a sheet with more cells than the limit."""
    cells = MAX_CELLS * limit
    return problem(
        f"工作表太大（超过 {cells:,} 格）；请删除数据以外的空白行列",
        f"the sheet is too large (over {cells:,} cells); delete the blank rows and columns around the data",
        place,
    )


def too_long(place: Place, limit: int) -> Problem:
    """What to say of a sheet with more rows than the limit."""
    rows = MAX_ROWS * limit
    return problem(
        f"内容超过 {rows:,} 行，不像发布清单；请删除多余的行，或用 --sheet 指明要读的工作表",
        f"more than {rows:,} rows hold something, no release table has as many; delete what is too much, or name the sheets to read with --sheet",
        place,
    )


def too_wide(place: Place, limit: int) -> Problem:
    """What to say of a row with more filled cells than the limit."""
    columns = MAX_COLUMNS * limit
    return problem(
        f"这一行有内容的单元格超过 {columns:,} 个，不像发布清单；请删除多余的列，或用 --sheet 指明要读的工作表",
        f"more than {columns:,} cells of this row hold something, no release table has as many; delete what is too much, or name the sheets to read with --sheet",
        place,
    )


def refuse_long_texts(package: zipfile.ZipFile, part: str, file: str, limit: int) -> None:
    """Refuse a workbook whose texts are larger than the limits; `part` of its package holds them.

    Raises:
        ReadError: they are.
    """
    size = package.NameToInfo[part].file_size if part in package.NameToInfo else 0
    if size > MAX_TEXTS * limit:
        most = MAX_TEXTS * limit // 2**20
        raise ReadError(problem(f"文字超过 {most} MiB", f"its texts are larger than {most} MiB", file))
    if size > MAX_TEXT and _longest_text(package, part) > MAX_TEXT:
        most = MAX_TEXT // 2**20
        raise ReadError(
            problem(f"一个单元格的文字超过 {most} MiB", f"the text of a cell is larger than {most} MiB", file)
        )


def _longest_text(package: zipfile.ZipFile, part: str) -> int:
    """The bytes of the longest text in a part, roughly: so many whole pieces have no tag."""
    longest = run = 0
    with package.open(part) as source:
        while piece := source.read(_PIECE):
            run = 0 if b"<" in piece else run + len(piece)
            longest = max(longest, run)
    return longest


def refuse_large(grids: Iterable[Grid], file: str, limit: int) -> None:
    """Refuse sheets with more rows or columns than the limits.

    Raises:
        ReadError: a sheet has more.
    """
    for grid in grids:
        wide = (row for row, cells in enumerate(grid.rows) if len(cells) > MAX_COLUMNS * limit)
        for row in wide:
            if len(grid.filled(row)) > MAX_COLUMNS * limit:
                raise ReadError(too_wide(grid.place(file, row, 0), limit))
        rows = range(len(grid.rows) if len(grid.rows) > MAX_ROWS * limit else 0)
        if sum(not grid.is_blank_row(row) for row in rows) > MAX_ROWS * limit:
            raise ReadError(too_long(Place(file, sheet=grid.name), limit))
