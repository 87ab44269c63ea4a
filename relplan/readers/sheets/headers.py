"""What the headers of a release table mean: as known everywhere, for two fields in one column, and as the user declares."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from relplan.errors import LANGUAGES, ReadError, problem, suggest
from relplan.grids import Grid, Header, Spot, column_letters
from relplan.model.columns import HeaderIndex, header_index, normalise_header
from relplan.model.entries import Step
from relplan.model.fields import Row
from relplan.model.part import fields_of
from relplan.model.table import ReleaseItem
from relplan.patterns import regex
from relplan.readers.options import ReadOptions
from relplan.resources import labels

SQL: Final = "sql"
"""Stands where a column holds DDL and DML together; no field of a release table has that name."""

_SQL_HEADERS: Final = (
    "数据库脚本|SQL|SQL脚本|脚本|数据库变更|数据库更新|数据库升级脚本|数据库配置脚本|数据库脚本清单|割接脚本|DB变更|DB脚本|SQL脚本地址|"
    "SQL语句|涉及数据库|是否涉及数据库|存在数据库脚本|是否涉及SQL|数据库|資料庫異動|資料庫腳本|DB Script|DB Scripts|SQL Script|SQL Scripts|"
    "DB Change|DB Changes|Database|Database updates|Database changes|Database scripts|SQL review tickets"
)
"""Headers of columns that hold DDL and DML together."""

_NUMBER: Final = regex(r"[(（]?\d{1,3}(?:[.-]\d{1,3}){0,3}[)）.、]?|第[一二三四五六七八九十]{1,3}步|[Ss]tep ?\d{1,3}")
_PROBLEMS: Final = frozenset(normalise_header(labels(each)["problems"]) for each in LANGUAGES)


def release_headers(options: ReadOptions, own: bool = False) -> HeaderIndex:
    """What headers mean in a release table: as known everywhere, combined SQL columns, and what the user declares.

    In a table of relplan's `own` making no column is a combined one.

    Raises:
        ReadError: the user names a field that no release table has.
    """
    index = header_index(ReleaseItem)
    fields = dict(index.fields)
    if not own:
        for header in ("影响范围", "Impact"):
            fields.setdefault(normalise_header(header), "risk_description")
        for header in _SQL_HEADERS.split("|"):
            fields.setdefault(normalise_header(header), SQL)
    declared = {normalise_header(header): _field(field) for header, field in options.columns.items()}
    rivals = {header for header in index.canonical if index.fields[header] in declared.values()}
    return HeaderIndex({**fields, **declared}, (index.canonical - rivals) | frozenset(declared))


def _field(name: str) -> str:
    known = [field for field in fields_of(ReleaseItem) if field != "extra"]
    found = name if name in known else header_index(ReleaseItem).field(name)
    if found is None:
        hint = suggest(name, known)
        zh, en = f"清单没有栏目“{name}”{hint.zh}", f'a release table has no field "{name}"{hint.en}'
        raise ReadError(problem(f"{zh}；可用：{'、'.join(known)}", f"{en}; known: {', '.join(known)}"))
    return found


def with_numbers_apart(header: Header, grid: Grid, end: int) -> Header:
    """The header of a table of steps in which 步骤 stands over their numbers, and what is done under another header."""
    column = next((column for column, field in header.fields.items() if field == "text"), None)
    texts = [] if column is None else [text for row in range(header.body, end) if (text := grid.text(row, column))]
    if column is None or not texts or not all(map(_NUMBER.fullmatch, texts)) or "number" in header.fields.values():
        return header
    index = header_index(Step)
    right = sorted(other for other in header.others if other > column)
    words = next((other for other in right if index.field(header.others[other]) == "text"), next(iter(right), None))
    if words is None:
        return header
    fields = {**header.fields, column: "number", words: "text"}
    others = {other: caption for other, caption in header.others.items() if other != words}
    return Header(header.row, header.body, fields, others)


class Table(Struct, frozen=True):
    """A table in a grid.

    Attributes:
        header: where it is and what its columns mean.
        end: the row after its last one.
        title: the cell above its header that names it, where several tables stand on a sheet.
    """

    header: Header
    end: int
    title: Spot | None = None


def is_problems(text: str) -> bool:
    """Whether a title or a header is that of what relplan itself found."""
    return normalise_header(text) in _PROBLEMS


def _used_columns(grid: Grid, first: int, end: int) -> set[int]:
    """The columns with a text between two rows; a column that is known to have one is not looked at again."""
    used: set[int] = set()
    left = list(range(max(map(len, grid.rows[first:end]), default=0)))
    for row in grid.rows[first:end]:
        found = {column for column in left if column < len(row) and row[column]}
        if found:
            used |= found
            left = [column for column in left if column not in found]
        if not left:
            break
    return used


def extra_columns(grid: Grid, table: Table, model: type[Row]) -> dict[int, str]:
    """The columns that hold text under a header no one knows, or under none; each caption once."""
    if model is not ReleaseItem:
        return {}
    header, index = table.header, header_index(model)
    captions: dict[int, str] = {}
    taken: set[str] = set()
    counts: dict[str, int] = {}
    used = _used_columns(grid, header.body, table.end)
    left, right = min(header.fields), max([*header.fields, *header.others])
    for column in sorted(used - header.fields.keys()):
        caption = header.others.get(column)
        if caption is None and not left < column <= right:
            continue  # beside the table: a remark, not a column of it
        if caption and is_problems(caption):
            continue
        caption = caption or f"{labels('zh')['column']} {column_letters(column)}"
        name, count = caption, counts.get(caption, 1)
        while name in taken or index.is_canonical(name):
            count += 1
            name = f"{caption} #{count}"
        counts[caption] = count
        taken.add(name)
        captions[column] = name
    return captions
