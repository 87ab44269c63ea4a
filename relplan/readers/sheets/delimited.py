"""Delimited text (.csv, .tsv, cells copied from a sheet) as grids, in the encodings that spreadsheets in China write."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from relplan.errors import Place, ReadError, problem
from relplan.grids import Grid
from relplan.model.columns import header_index
from relplan.model.table import ReleaseItem
from relplan.patterns import regex
from relplan.readers.options import DEFAULT, ReadOptions

MAX_BYTES: Final = 64 * 2**20
MAX_LINE: Final = 4 * 2**20
"""Characters of a line."""

MAX_CELL: Final = 2**20
"""Characters of a cell."""

MAX_ROWS: Final = 2**20
MAX_COLUMNS: Final = 2**14
"""Rows and columns that an Excel sheet can have."""

_DELIMITERS: Final = (",", "\t", ";", "|")
_HEAD: Final = 20_000
_LINE: Final = regex(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_DECLARED: Final = regex(r"sep=(.)\r?\n", re.IGNORECASE)
"""A first line by which Excel is told the delimiter."""


def read_grid(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Grid:
    """The one grid of a file of delimited text. Its rows count as Excel counts them when it opens the file.

    Raises:
        ReadError: it is no text in UTF-8, UTF-16 or GB18030, or too large.
    """
    text, limit = decoded(data, name, options), options.limit
    declared = _DECLARED.match(text)
    csv.field_size_limit(MAX_CELL * limit)
    reader = csv.reader(_lines(text, name, limit), delimiter=declared[1] if declared else delimiter_of(text))
    try:
        rows = list(_rows(reader, name, limit))
    except csv.Error as error:
        place = Place(name, line=reader.line_num)
        raise ReadError(problem(f"CSV 有误：{error}", f"broken CSV: {error}", place)) from None
    if declared:
        rows[0] = []
    return Grid("", rows)


def decoded(data: bytes, name: str, options: ReadOptions = DEFAULT) -> str:
    """Text in UTF-8 or UTF-16, else GB18030, which is what Excel writes in China.

    Raises:
        ReadError: it is no text in any of them, or too large.
    """
    size = MAX_BYTES * options.limit
    if len(data) > size:
        raise ReadError(problem(f"文件超过 {size // 2**20} MiB", f"the file is larger than {size // 2**20} MiB", name))
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ReadError(
        problem(
            "不是文本文件，或编码无法识别；请另存为 UTF-8",
            "this is no text in a known encoding; save it as UTF-8",
            name,
        )
    )


def _encodings(data: bytes) -> tuple[str, ...]:
    """The encodings a text may have: UTF-16 shows by its mark, or without one by the zero bytes of its ASCII characters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if data.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    head = data[:_HEAD]
    if b"\0" in head:
        return ("utf-16-le",) if head[1::2].count(0) > head[::2].count(0) else ("utf-16-be",)
    return "utf-8-sig", "gb18030"


def delimiter_of(text: str) -> str:
    """The delimiter under which some row has the most known headers; of equals, the one that divides the rows alike."""
    return max(_DELIMITERS, key=lambda delimiter: _score(text[:_HEAD], delimiter))


def known_headers(text: str) -> int:
    """How many known headers of a release table the best row at the beginning of `text` has."""
    return _score(text[:_HEAD], delimiter_of(text))[0]


def _score(head: str, delimiter: str) -> tuple[int, int]:
    index = header_index(ReleaseItem)
    try:
        rows = [row for _, row in zip(range(50), csv.reader(_LINE.findall(head), delimiter=delimiter), strict=False)]
    except csv.Error:
        return 0, 0
    known = max((len({index.field(cell) for cell in row} - {None}) for row in rows), default=0)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return known, max(widths.values(), default=0)


def _lines(text: str, name: str, limit: int) -> Iterator[str]:
    size = MAX_LINE * limit
    # A line that is too long is not looked at to its end.
    for number, match in enumerate(re.finditer(rf"[^\r\n]{{0,{size + 1}}}(?:\r\n?|\n)?", text), 1):
        if match.end() - match.start() > size:
            raise ReadError(
                problem(
                    f"这一行超过 {size:,} 个字符；文件可能不是表格",
                    f"this line has more than {size:,} characters; the file may be no table",
                    Place(name, line=number),
                )
            )
        if match.group():
            yield match.group()


def _rows(rows: Iterable[list[str]], name: str, limit: int) -> Iterator[list[str]]:
    for number, row in enumerate(rows, 1):
        if len(row) > MAX_COLUMNS * limit or number > MAX_ROWS * limit:
            raise ReadError(
                problem(
                    f"表格太大（最多 {MAX_ROWS * limit:,} 行、{MAX_COLUMNS * limit:,} 列）；请删除数据以外的空白行列",
                    f"the table is too large (at most {MAX_ROWS * limit:,} rows and {MAX_COLUMNS * limit:,} columns); "
                    "delete the blank rows and columns around the data",
                    Place(name, line=number),
                )
            )
        yield row
