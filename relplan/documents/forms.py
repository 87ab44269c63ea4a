"""Tables to fill in: every column of a part, with what to write there, an example, and empty rows."""

from __future__ import annotations

from typing import Final

from msgspec import structs

from relplan.blocks import Cell, Emphasis, Table, TableColumn, Text
from relplan.documents.tables import facts_table, rows_table, table_column, with_extra
from relplan.errors import Language
from relplan.model.columns import BoundColumn, columns_of
from relplan.model.part import Part
from relplan.model.plan import ReleasePlan, Window
from relplan.model.table import ReleaseTable
from relplan.resources import labels

SPARE_RELEASES: Final = 60
SPARE_ROWS: Final = 20
"""Empty rows below a release table, and below the others."""

REQUIRED: Final = "*"
"""Stands behind the name of a column that has to be filled in; readers take no notice of it."""


def rows_form(rows: object, model: type[Part], language: Language) -> Table:
    """The table of a list with all columns that it may have; an empty release table has a row that shows how it is meant."""
    fields = [bound.field for bound in columns_of(model)]
    made = rows_table(rows.rows if isinstance(rows, ReleaseTable) else rows, model, language, fields)  # type: ignore[arg-type]
    made = structs.replace(made, columns=form_columns(model, language), spare=SPARE_ROWS)
    if not isinstance(rows, ReleaseTable):
        return made
    if not rows:
        made = structs.replace(made, rows=(_example(model, language),))
    return structs.replace(with_extra(made, rows), spare=SPARE_RELEASES)


def facts_form(part: Part, language: Language) -> Table:
    """The facts of a plan, or of its rollback, as keys with room for their values."""
    made = facts_table(part, language)
    values = facts_columns(part, language)
    keys = [column.header for column in values]
    rows = tuple((key, *row[1:]) for key, row in zip(keys, made.rows, strict=True))
    return structs.replace(made, rows=rows, values=values)


def facts_columns(part: Part, language: Language) -> tuple[TableColumn, ...]:
    """The facts of a plan with its window, or of its rollback, as columns."""
    models = (type(part), Window) if isinstance(part, ReleasePlan) else (type(part),)
    return tuple(column for model in models for column in form_columns(model, language))


def form_columns(model: type[Part], language: Language) -> tuple[TableColumn, ...]:
    """The columns of a model as a form shows them: the required ones are marked."""
    return tuple(_column(bound, language) for bound in columns_of(model))


def guide_table(columns: tuple[TableColumn, ...], language: Language) -> Table:
    """What each column means, and which words it takes."""
    words = labels(language)
    between, stop = ("、", "。") if language == "zh" else (", ", ". ")
    rows = tuple(
        (column.header, stop.join(filter(None, (column.hint, between.join(each.text for each in column.choices)))))
        for column in columns
    )
    return Table((TableColumn(words["column"], 24), TableColumn(words["content"], 96)), rows)


def _column(bound: BoundColumn, language: Language) -> TableColumn:
    made = table_column(bound, language)
    return structs.replace(made, header=made.header + REQUIRED) if bound.column.required else made


def _example(model: type[Part], language: Language) -> tuple[Cell, ...]:
    """A row that shows how a release table is filled in; its first cell says so."""
    words = labels(language)["form"]["example"]
    return tuple(
        (Emphasis((Text(str(words[bound.field])),)),) if bound.field in words else "" for bound in columns_of(model)
    )
