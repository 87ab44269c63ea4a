"""How the SQL of the release table could be reversed, as blocks: a proposal for each cell, the last one first."""

from __future__ import annotations

from collections.abc import Iterator

from relplan.blocks import Block, Callout, Listing, Paragraph, lines
from relplan.errors import Language, RelplanError, TemplateError
from relplan.model.columns import columns_of
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.resources import labels
from relplan.sql import Dialect, read
from relplan.sql.cells import CellKind, cell_of
from relplan.sql.dialects import named
from relplan.sql.undo import Proposal, as_text, propose


def undo_blocks(table: ReleaseTable, language: Language, dialect: str) -> tuple[Block, ...]:
    """The proposals with a box that says what they are; a sentence where the table holds no SQL that changes something.

    Raises:
        TemplateError: there is no such dialect.
    """
    try:
        found = tuple(_listings(table, language, named(dialect)))
    except RelplanError as error:
        raise TemplateError(error.problems) from error
    words = labels(language)["undo"]
    if not found:
        return (Paragraph(lines(words["nothing"])),)
    return (Callout("warning", (Paragraph(lines(words["proposal"])),)), *found)


def _listings(table: ReleaseTable, language: Language, dialect: Dialect) -> Iterator[Listing]:
    captions = {bound.field: bound.column.label(language) for bound in columns_of(ReleaseItem)}
    for number, (row, field, proposal) in enumerate(reversed([*_proposals(table, dialect)]), 1):
        title = " · ".join(word for word in (row.system or row.order, captions[field]) if word)
        yield Listing(title, as_text(proposal, language).rstrip("\n"), "sql", f"undo-{number}")


def _proposals(table: ReleaseTable, dialect: Dialect) -> Iterator[tuple[ReleaseItem, str, Proposal]]:
    """The proposals in the order of the release: row by row, DDL before DML; the statements are numbered through."""
    first = 1
    for row in table.rows:
        for field in ("ddl", "dml"):
            text = getattr(row, field)
            if isinstance(text, str) and cell_of(text, dialect).kind is CellKind.SQL:
                script = read(text, dialect)
                proposal = propose(script, first=first)
                first += len(script.statements)
                if proposal.reversals:
                    yield row, field, proposal
