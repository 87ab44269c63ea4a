"""A form with notes on the cells whose tags are wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from relplan.errors import Problem
from relplan.grids import Spot
from relplan.office.excel.form import SheetForm
from relplan.office.excel.refs import parsed
from relplan.patterns import regex
from relplan.writers.marked import comments
from relplan.writers.marked.package import Package
from relplan.writers.marked.sheet import Sheet

_CELL: Final = regex(r"!([A-Z]{1,3}\d+) «")


def with_notes(package: Package, forms: Sequence[SheetForm], problems: Sequence[Problem]) -> bytes:
    """The form with a note for each problem; what is about a sheet, not a cell, is noted on its first one."""
    texts: dict[str, dict[Spot, list[str]]] = defaultdict(lambda: defaultdict(list))
    for each in problems:
        place = each.place.sheet if each.place else ""
        form = next((form for form in forms if place.startswith(form.name)), forms[0])
        match = _CELL.search(place)
        cell = parsed(match[1]) if match else parsed((each.place.cell if each.place else "") or "A1")
        texts[form.part][cell.row, cell.column].append(f"{each.message.zh}\n{each.message.en}")
    for part, found in texts.items():
        notes = {spot: "\n".join(words) for spot, words in found.items()}
        comments.append(package, part, notes)
        comments.add(package, part, Sheet(package.edited(part)), notes)
    return package.close()
