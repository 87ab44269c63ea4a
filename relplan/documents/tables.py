"""Tables of a plan's parts as blocks: their columns are those of the model, their cells its cell texts."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any, Final

from relplan.blocks import (
    Anchor,
    Block,
    Cell,
    CellChoice,
    Heading,
    Link,
    Listing,
    Mark,
    Table,
    TableColumn,
    Text,
    Tone,
    lines,
)
from relplan.errors import Language
from relplan.model.columns import BoundColumn, columns_of, header_index
from relplan.model.part import Part
from relplan.model.plan import ReleasePlan, Rollback, Window
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.model.values import Choice, Nothing, RiskLevel
from relplan.resources import labels

TONES: Final[dict[Choice, Tone]] = {
    RiskLevel.CRITICAL: "critical",
    RiskLevel.HIGH: "high",
    RiskLevel.MEDIUM: "medium",
    RiskLevel.LOW: "low",
}


@functools.cache
def table_column(bound: BoundColumn, language: Language) -> TableColumn:
    """A column of the model as a column of a table in `language`."""
    column = bound.column
    choices = tuple(CellChoice(choice.label(language), TONES.get(choice)) for choice in bound.kind.choices())
    align: Any = "right" if not bound.kind.as_text else "center" if column.width <= 8 else "left"
    return TableColumn(
        column.label(language), column.width, column.code, bound.kind.as_text, choices, column.hint(language), align
    )


def rows_table(
    rows: Sequence[Part] | Nothing, model: type[Part], language: Language, fields: Sequence[str] = ()
) -> Table:
    """The rows of one model; `fields` names the columns, else all that are always shown or that some row states."""
    if isinstance(rows, Nothing):
        rows = (model.from_data(rows.word),)
    shown = fields or _shown(model, rows)
    bounds = [b for b in columns_of(model) if b.field in shown]
    body = zip(*(_texts(b, rows, language) for b in bounds), strict=True)
    return Table(tuple(table_column(b, language) for b in bounds), tuple(body))


def _texts(bound: BoundColumn, rows: Sequence[Part], language: Language) -> list[str]:
    """The cells of a column."""
    return bound.kind.texts(map(operator.attrgetter(bound.field), rows), language)


def _shown(model: type[Part], rows: Sequence[Part]) -> frozenset[str]:
    """The columns that are always shown, and those in which some row says something."""
    always = (b.field for b in columns_of(model) if not b.column.optional)
    return frozenset(always).union(*map(vars, rows))


def release_table(table: ReleaseTable, language: Language) -> Table:
    """The release table in one piece, its extra columns last, as it is read back from a sheet."""
    known = rows_table(table.rows, ReleaseItem, language, _shown_fields(table))
    return with_extra(known, table)


def _shown_fields(table: ReleaseTable) -> list[str]:
    """The columns that are shown.

    An optional column is shown as well where an extra column goes by one of its other names: the extra
    one would else be taken for it when the table is read back.
    """
    shadowed = {header_index(ReleaseItem).field(caption) for caption in table.extra_headers()}
    shown = shadowed | _shown(ReleaseItem, table.rows)
    return [b.field for b in columns_of(ReleaseItem) if b.field in shown]


def with_extra(known: Table, table: ReleaseTable) -> Table:
    """The table with the columns that no one knows behind it."""
    captions = table.extra_headers()
    if not captions:
        return known
    pairs = [{pair.header: pair.text for pair in row.extra} for row in table.rows]
    rows = (
        (*cells, *(extra.get(caption, "") for caption in captions))
        for cells, extra in zip(known.rows, pairs, strict=True)
    )
    return Table((*known.columns, *(TableColumn(caption, 20) for caption in captions)), tuple(rows))


LISTED_LINES: Final = 3
LISTED_WIDTH: Final = 20
"""Code of more lines than these, at this many half-widths a line, leaves its cell for a listing below the table."""


LISTED_LENGTH: Final = 2000
"""Any text of more characters than these leaves its cell as well: it would make a column of many pages."""


def release_blocks(table: ReleaseTable, language: Language, level: int = 3) -> tuple[Block, ...]:
    """The release table for paper: its fourteen columns, then the extra ones, then the code too long for a cell."""
    words = labels(language)
    shown = _shown(ReleaseItem, table.rows)
    core = [b for b in columns_of(ReleaseItem) if not b.column.optional]
    further = [b.field for b in columns_of(ReleaseItem) if b.column.optional and b.field in shown]
    columns: list[list[Cell]] = [[*_texts(b, table.rows, language)] for b in core]
    listings = _listings(columns, core, table, language)
    blocks: list[Block] = [Table(tuple(table_column(b, language) for b in core), tuple(zip(*columns, strict=True)))]
    if further or table.extra_headers():
        rest = with_extra(rows_table(table.rows, ReleaseItem, language, ["order", "system", *further]), table)
        blocks += (Heading(level, (Text(words["further_columns"]),)), rest)
    if listings:
        blocks += (Heading(level, (Text(words["listings"]),)), *listings)
    return tuple(blocks)


def _listings(
    columns: list[list[Cell]], bounds: Sequence[BoundColumn], table: ReleaseTable, language: Language
) -> list[Listing]:
    """What is too long for its cell, row by row; in the cells stands where it is."""
    words, found = labels(language), list[Listing]()
    too_long = [
        (row, column)
        for column, (bound, texts) in enumerate(zip(bounds, columns, strict=True))
        for row in _too_long(texts, bound.column.code)
    ]
    for row, column in sorted(too_long):
        text, bound, item, number = str(columns[column][row]), bounds[column], table.rows[row], len(found) + 1
        name = str(words["listing"]).format(number=number)
        title = " · ".join(word for word in (name, item.system or item.order, bound.column.label(language)) if word)
        syntax = "sql" if bound.field in ("ddl", "dml") else ""
        found.append(Listing(title, text, syntax, f"listing-{number}", f"listing-{number}-cell"))
        see = str(words["see_listing"]).format(number=number, lines=text.count("\n") + 1)
        columns[column][row] = (Anchor(f"listing-{number}-cell"), Link(f"#listing-{number}", lines(see)))
    return found


def _too_long(texts: Sequence[Any], code: bool) -> list[int]:
    """The rows of a column whose text leaves its cell."""
    if not code:
        return [row for row, text in enumerate(texts) if len(text) > LISTED_LENGTH]
    may = [row for row, text in enumerate(texts) if len(text) > LISTED_LINES]
    return [row for row in may if len(texts[row]) > LISTED_LENGTH or _lines_in_cell(texts[row]) > LISTED_LINES]


def _lines_in_cell(text: str) -> int:
    if text.isascii() and "\n" not in text:
        return 1 + max(0, len(text) - 1) // LISTED_WIDTH
    return sum(1 + max(0, len(line.encode("gb18030", "replace")) - 1) // LISTED_WIDTH for line in text.split("\n"))


def risk_counts(table: ReleaseTable, language: Language) -> Table:
    """How many systems there are of each risk level, and which; rows whose level is not one of them come last."""
    words, bound = labels(language), next(b for b in columns_of(ReleaseItem) if b.field == "risk_level")
    groups: dict[str, list[str]] = {level.label(language): [] for level in RiskLevel}
    for row in table.rows:
        groups.setdefault(bound.kind.write(row.risk_level, language) or words["gap"], []).append(
            row.system or words["gap"]
        )
    columns = (
        table_column(bound, language),
        TableColumn(words["systems"], 72),
        TableColumn(words["count"], 8, as_text=False, align="right"),
    )
    separator = "、" if language == "zh" else ", "
    rows = tuple((level, separator.join(systems), str(len(systems))) for level, systems in groups.items())
    return Table(columns, rows)


def facts_table(part: Part, language: Language, fields: Sequence[str] = ()) -> Table:
    """The facts of a plan (with its window), or of its rollback, as pairs of key and value.

    Without `fields` all of them, what is not stated blank, to be filled in and read back. With `fields` (`"start"` and
    `"end"` are the window's) these alone, and what is not stated is a gap that can be seen.
    """
    words = labels(language)
    facts = {b.field: (b, owner) for owner in _owners(part) for b in columns_of(type(owner))}
    gap = (Mark(words["gap"], "gap"),)
    rows = tuple(
        (b.column.label(language), _toned(b, getattr(owner, b.field), language) or (gap if fields else ""))
        for b, owner in (facts[field] for field in fields or facts)
    )
    return Table((TableColumn(words["item"], 24), TableColumn(words["content"], 72)), rows)


def _toned(bound: BoundColumn, value: object, language: Language) -> Cell:
    text = bound.kind.write(value, language)
    tone = TONES.get(value) if isinstance(value, Choice) else None
    return (Mark(text, tone),) if tone else text


def _owners(part: Part) -> tuple[ReleasePlan | Rollback | Window | Part, ...]:
    return (part, part.window) if isinstance(part, ReleasePlan) else (part,)
