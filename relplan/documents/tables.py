"""Tables of a plan's parts as blocks: their columns are those of the model, their cells its cell texts."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel

from relplan.blocks import Cell, CellChoice, Mark, Table, TableColumn, Tone
from relplan.errors import Language
from relplan.model.columns import BoundColumn, columns_of, header_index
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
    align: Any = "center" if column.width <= 8 else "left"
    return TableColumn(
        column.label(language), column.width, column.code, bound.kind.as_text, choices, column.hint(language), align
    )


def rows_table(
    rows: Sequence[BaseModel] | Nothing, model: type[BaseModel], language: Language, fields: Sequence[str] = ()
) -> Table:
    """The rows of one model; `fields` names the columns, else all that are always shown or that some row states."""
    if isinstance(rows, Nothing):
        rows = (model.model_validate(rows.word),)
    bounds = [b for b in columns_of(model) if (b.field in fields if fields else _is_shown(b, rows))]
    body = tuple(tuple(b.kind.write(getattr(row, b.field), language) for b in bounds) for row in rows)
    return Table(tuple(table_column(b, language) for b in bounds), body)


def _is_shown(bound: BoundColumn, rows: Sequence[BaseModel]) -> bool:
    return not bound.column.optional or any(getattr(row, bound.field) not in (None, ()) for row in rows)


def release_table(table: ReleaseTable, language: Language, fields: Sequence[str] = ()) -> Table:
    """The release table, its extra columns last.

    An optional column is shown as well where an extra column goes by one of its other names: the extra
    one would else be taken for it when the table is read back.
    """
    captions = table.extra_headers() if not fields else ()
    shadowed = {header_index(ReleaseItem).field(caption) for caption in captions}
    wanted = fields or [b.field for b in columns_of(ReleaseItem) if b.field in shadowed or _is_shown(b, table.rows)]
    known = rows_table(table.rows, ReleaseItem, language, wanted)
    if not captions:
        return known
    extra = [{pair.header: pair.text for pair in row.extra} for row in table.rows]
    rows = tuple(
        (*cells, *(pairs.get(caption, "") for caption in captions))
        for cells, pairs in zip(known.rows, extra, strict=True)
    )
    return Table((*known.columns, *(TableColumn(caption, 20) for caption in captions)), rows)


def facts_table(part: BaseModel, language: Language, fields: Sequence[str] = ()) -> Table:
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


def _owners(part: BaseModel) -> tuple[ReleasePlan | Rollback | Window | BaseModel, ...]:
    return (part, part.window) if isinstance(part, ReleasePlan) else (part,)
