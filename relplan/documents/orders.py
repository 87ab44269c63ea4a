"""The release order as blocks: the waves as a table, and the picture."""

from __future__ import annotations

from collections.abc import Iterable

from relplan.blocks import (
    Block,
    Callout,
    CalloutKind,
    Cell,
    Code,
    Image,
    List,
    ListItem,
    Mark,
    Paragraph,
    Table,
    TableColumn,
    Text,
    lines,
)
from relplan.documents.tables import rows_table
from relplan.errors import Language, WriteError
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.resources import labels
from relplan.sequence.mermaid import mermaid
from relplan.sequence.order import ReleaseOrder, release_order
from relplan.sequence.svg import svg
from relplan.sequence.words import Remark, contradictions, doubts, in_words, obstacles, reason

SHOWN: tuple[str, ...] = ("system", "version", "risk_level")
"""The columns of the release table that the waves show."""


def wave_blocks(table: ReleaseTable, language: Language) -> tuple[Block, ...]:
    """The waves as a table; above it what makes an order impossible, below it what should be looked at; a gap without rows."""
    if not table:
        return (Paragraph((Mark(labels(language)["gap"], "gap"),)),)
    order = release_order(table)
    return (
        *_box("caution", obstacles(order), language),
        _table(table, order, language),
        *_box("warning", contradictions(order, table), language),
        *_box("note", doubts(order, table), language),
    )


def _table(table: ReleaseTable, order: ReleaseOrder, language: Language) -> Table:
    words = labels(language)
    rows = [row for wave in order.waves for row in wave]
    known = rows_table([table.rows[row] for row in rows], ReleaseItem, language, SHOWN)
    cells: list[tuple[Cell, ...]] = [
        (str(order.standings[row].wave), *shown, reason(order.standings[row], order).text(language))
        for row, shown in zip(rows, known.rows, strict=True)
    ]
    wave = TableColumn(words["wave"], 6, align="center")
    return Table((wave, *known.columns, TableColumn(words["reason"], 48)), tuple(cells))


def _box(kind: CalloutKind, remarks: Iterable[Remark], language: Language) -> tuple[Block, ...]:
    items = tuple(ListItem((Paragraph(lines(each.message.text(language))),)) for each in remarks)
    return (Callout(kind, (List(items),)),) if items else ()


def order_picture(table: ReleaseTable, language: Language) -> Block:
    """The order as a picture; a gap without rows, and a note where there are too many to draw."""
    if not table:
        return Paragraph((Mark(labels(language)["gap"], "gap"),))
    order = release_order(table)
    try:
        picture, code = svg(table, order, language, for_page=True), mermaid(table, order, language)
    except WriteError as error:
        return Callout("note", (Paragraph((Text(error.text(language)),)),))
    return Image(picture, "image/svg+xml", in_words(table, order, language), Code(code.rstrip("\n"), "mermaid"))
