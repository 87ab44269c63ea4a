"""CSV files as grids, in the encodings and with the delimiters that spreadsheets in China write."""

from __future__ import annotations

import csv
import io
from typing import Final

from relplan.errors import ReadError, problem
from relplan.grids import Grid
from relplan.model.columns import header_index
from relplan.model.table import ReleaseItem

MAX_BYTES: Final = 64 * 2**20
_DELIMITERS: Final = (",", "\t", ";", "|")


def read_grid(data: bytes, name: str) -> Grid:
    """The one grid of a CSV file.

    Raises:
        ReadError: it is no text in UTF-8, UTF-16 or GB18030, or too large.
    """
    if len(data) > MAX_BYTES:
        raise ReadError(
            problem(f"文件超过 {MAX_BYTES // 2**20} MiB", f"the file is larger than {MAX_BYTES // 2**20} MiB", name)
        )
    text = decoded(data, name)
    csv.field_size_limit(MAX_BYTES)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise ReadError(problem(f"CSV 有误：{error}", f"broken CSV: {error}", name)) from None
    return Grid("", rows)


def decoded(data: bytes, name: str) -> str:
    """Text in UTF-8 or UTF-16 (with BOM), else GB18030, which is what Excel writes in China."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
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


def _delimiter(text: str) -> str:
    """The delimiter under which some line has the most known headers."""
    index = header_index(ReleaseItem)
    head = text[:20_000].splitlines()[:50]

    def score(delimiter: str) -> int:
        return max(
            (sum(1 for cell in line.split(delimiter) if index.field(cell.strip('"'))) for line in head), default=0
        )

    return max(_DELIMITERS, key=score)
