"""The run sheet as blocks: each part a table to work through, the rollback deadline as a line in its place."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence

from relplan.blocks import (
    Anchor,
    Block,
    Callout,
    Cell,
    Checkbox,
    Mark,
    PageScript,
    Paragraph,
    Strong,
    Table,
    TableColumn,
    Text,
)
from relplan.documents.tables import rows_table
from relplan.errors import Language
from relplan.model.part import fields_of
from relplan.process.decision import deadline_of
from relplan.process.items import NUMERALS, Item
from relplan.process.papers import Papers, RunRow
from relplan.process.schedule import TIMED
from relplan.resources import labels

ANCHOR = "run:"
"""What the anchors of the run sheet's rows begin with; the stable id of the step follows."""

Entry = tuple[Item, RunRow, "dt.datetime | None"]


def run_blocks(found: Papers, part: str) -> tuple[Block, ...]:
    """The steps of a part, with the deadline before the first that begins at it or later; none: what is missing, marked."""
    words = labels(found.language)
    entries = found.run(part)
    if not entries:
        return (Paragraph((Mark(words["gap"], "gap"),)),)
    at = _place_of(found, part)
    fields = _fields(found)
    if at is None:
        return (_table(entries, found.language, fields),)
    before, after = entries[:at], entries[at:]
    return (
        *((_table(before, found.language, fields),) if before else ()),
        _deadline(found),
        *((_table(after, found.language, fields),) if after else ()),
    )


def _fields(found: Papers) -> list[str]:
    """The columns that some step of any part needs: all tables of the sheet have the same, so that they stand below one another."""
    stated = {name for part in NUMERALS for _, row, _ in found.run(part) for name in row.stated()}
    return [name for name in fields_of(RunRow) if name in stated | {"number", "text"}]


def _place_of(found: Papers, part: str) -> int | None:
    """Before which step of a part the deadline falls: the first that begins at it or later; at the latest behind the verification."""
    deadline = deadline_of(found.plan)
    if deadline is None or part not in TIMED:
        return None
    for each in TIMED:
        entries = found.run(each)
        at = next((at for at, (_, _, begins) in enumerate(entries) if begins is not None and begins >= deadline), None)
        if at is not None:
            return at if each == part else None
    return len(found.run(part)) if part == TIMED[-1] else None


def _deadline(found: Papers) -> Callout:
    words = labels(found.language)
    text = f"{words['deadline']}{words['colon']}{found.deadline}"
    return Callout("caution", (Paragraph((Strong((Text(text),)),)),))


def _table(entries: Sequence[Entry], language: Language, fields: Sequence[str]) -> Table:
    """A table of steps, each with a box to tick and room for the result."""
    words = labels(language)
    known = rows_table([row for _, row, _ in entries], RunRow, language, fields)
    behind = (TableColumn(words["done"], 6, align="center"), TableColumn(words["result"], 18))
    rows = tuple(_row(item, cells) for (item, _, _), cells in zip(entries, known.rows, strict=True))
    return Table((*known.columns, *behind), rows)


def _row(item: Item, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return ((Anchor(ANCHOR + item.ref), Text(item.shown)), *cells[1:], (Checkbox(),), "")


def page_script(found: Papers) -> PageScript:
    """What makes the run sheet a page that works: the steps and the deadline, for `runbook.js`."""
    deadline = deadline_of(found.plan)
    data = {
        "release": found.release,
        "plan": found.plan.digest,
        "language": found.language,
        "deadline": deadline.isoformat() if deadline else None,
        "steps": list(_run_data(found)),
    }
    return PageScript("runbook", json.dumps(data, ensure_ascii=False))


def _run_data(found: Papers) -> Iterator[dict[str, str]]:
    for part in NUMERALS:
        for item, row, _ in found.run(part):
            yield {"ref": item.ref, "shown": item.shown, "part": part, "text": item.text.text(found.plan.language), "planned": row.planned or "", "status": str(found.state.status(item.ref) or "")}  # fmt: skip
