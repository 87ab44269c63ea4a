"""Someone's own workbook with what a changed plan says: cells are written where they stand, rows come and go, all else stays."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from relplan.comparison.difference import EntryChange, FieldChange, ListChange, difference, entry_name
from relplan.comparison.report import field_name, part_name, value_text
from relplan.errors import Language, Message, Path, Place, Problem, TemplateError, WriteError, place_of
from relplan.grids import Spot
from relplan.model.identity import as_fields
from relplan.model.plan import ReleasePlan
from relplan.model.read import Read, bound_column
from relplan.office.excel.fill import not_carried, place_sheets
from relplan.office.excel.form import Block, SheetForm, opened, sheets
from relplan.office.excel.layout import Row, Sheet
from relplan.office.excel.refs import parsed

_ADDRESS: Final = re.compile(r"[A-Z]{1,3}\d{1,7}")


@dataclass
class _Edits:
    """What is to be done to one sheet: the cells of rows, the rows that go, those that come behind others, and their order."""

    cells: dict[int, dict[int, object]] = field(default_factory=lambda: defaultdict(dict))
    gone: set[int] = field(default_factory=set)
    added: dict[int, list[dict[int, object]]] = field(default_factory=lambda: defaultdict(list))
    order: dict[int, int] = field(default_factory=dict)


def updated(data: bytes, name: str, read: Read, plan: ReleasePlan, language: Language) -> bytes:
    """The workbook `data`, which was read as `read`, changed to say `plan`.

    Args:
        data: the workbook.
        name: of its file, for messages.
        read: what was read from it.
        plan: what it is to say.
        language: of words that are written: risk levels, kinds.

    Raises:
        WriteError: the plan says something for which the workbook has no cell; all of that is listed.
        TemplateError: the workbook is broken, or holds something that cannot follow when rows come and go.
    """
    package = opened(data, name, macros=True)
    forms = {form.name: form for form in sheets(package, name, tags=False)}
    editor = _Editor(read, plan, language, name)
    edits = editor.edits()
    if editor.problems:
        raise WriteError(editor.problems)
    stuck = [each for sheet in edits for each in not_carried(package, forms[sheet], name)]
    if stuck:
        raise TemplateError(stuck)
    planned = {sheet: [_planned(forms[sheet], each)] for sheet, each in edits.items()}
    return place_sheets(package, list(forms.values()), planned, str, name)


class _Editor:
    """Finds the cell of each change."""

    def __init__(self, read: Read, plan: ReleasePlan, language: Language, file: str) -> None:
        self._read, self._plan, self._language, self._file = read, plan, language, file
        self.problems: list[Problem] = []
        self._edits: dict[str, _Edits] = defaultdict(_Edits)
        self._inside: dict[Path, list[Path]] = defaultdict(list)
        for path in read.places:
            for length in range(1, len(path)):
                if isinstance(path[length - 1], int):
                    self._inside[path[:length]].append(path)

    def edits(self) -> Mapping[str, _Edits]:
        change = difference(self._read.plan, self._plan)
        for fact in change.facts:
            self._field(fact, fact.path, self._place(fact.path), "")
        for each in change.lists:
            self._list(each)
        return self._edits

    def _place(self, path: Path) -> Place | None:
        """The cell where exactly this stands."""
        place = self._read.places.get(path)
        return place if place is not None and place.sheet and _ADDRESS.fullmatch(place.cell or "") else None

    def _refuse(self, zh: str, en: str, place: Place | None = None) -> None:
        self.problems.append(Problem(Message(zh, en), place or Place(self._file)))

    def _field(self, change: FieldChange, path: Path, place: Place | None, name: str) -> None:
        if place is None:
            zh, en = (f"{name} › {each}" if name else each for each in (field_name(path, "zh"), field_name(path, "en")))
            self._refuse(
                f"工作簿中没有“{zh}”的单元格；请合并为 .yaml", f'the workbook has no cell for "{en}"; merge into .yaml'
            )
            return
        spot = _spot(place)
        self._edits[place.sheet].cells[spot[0]][spot[1]] = self._value(path, change.after)

    def _value(self, path: Path, value: Any) -> object:
        """What is written for a value: a date where it is one, else its words."""
        if value is None:
            return ""
        bound = bound_column(path)
        accepted = bound.kind.accept(value) if bound is not None else None
        return accepted if isinstance(accepted, dt.date | int) else value_text(path, value, self._language)

    # Lists

    def _list(self, change: ListChange) -> None:
        before = self._entries(self._read.plan, change.path)
        rows = [self._row(change.path, number) for number in range(len(before))]
        known = [row for row in rows if row is not None]
        if (
            len(known) < len(rows)
            or not known
            or len({sheet for sheet, _ in known}) > 1
            or len(set(known)) < len(known)
        ):
            self._refuse(
                f"工作簿中没有“{part_name(change.path, 'zh')}”的表，或它不是一行一项；请合并为 .yaml",
                f'the workbook has no table of "{part_name(change.path, "en")}", or not one row for each entry; merge into .yaml',
            )
            return
        sheet = known[0][0]
        numbers = [row for _, row in known]
        columns = self._columns(change.path, len(before))
        edits = self._edits[sheet]
        for entry in change.entries:
            self._entry(change, entry, edits, numbers, columns)
        staying = [each for each in change.order if each is not None]
        if staying != sorted(staying):
            slots = sorted(numbers[each] for each in staying)
            edits.order |= {slot: numbers[source] for slot, source in zip(slots, staying, strict=True)}

    def _entries(self, plan: ReleasePlan, path: Path) -> Sequence[Any]:
        part: Any = plan
        for step in path:
            part = getattr(part, str(step))
        return part if isinstance(part, tuple) else ()

    def _row(self, path: Path, number: int) -> tuple[str, int] | None:
        place = place_of(self._read.places, (*path, number))
        if place is None or not place.sheet or not _ADDRESS.fullmatch(place.cell or ""):
            return None
        return place.sheet, _spot(place)[0]

    def _columns(self, path: Path, count: int) -> dict[Path, int]:
        """The column of each field, extra ones by their header, as some entry has it."""
        found: dict[Path, int] = {}
        for number in range(count):
            for whole in self._inside.get((*path, number), ()):
                if (place := self._place(whole)) is not None:
                    found.setdefault(self._named(path, number, whole[len(path) + 1 :]), _spot(place)[1])
        return found

    def _named(self, path: Path, number: int, at: Path) -> Path:
        if len(at) == 2 and at[0] == "extra" and isinstance(at[1], int):
            return ("extra", self._read.plan.table.rows[number].extra[at[1]].header)
        return at

    def _entry(
        self, change: ListChange, entry: EntryChange, edits: _Edits, numbers: Sequence[int], columns: Mapping[Path, int]
    ) -> None:
        name = entry_name(entry.entry, change.path)
        if entry.kind == "removed" and entry.before is not None:
            edits.gone.add(numbers[entry.before])
        elif entry.kind == "added" and entry.after is not None:
            sources = [each for each in change.order[: entry.after] if each is not None]
            behind = numbers[sources[-1]] if sources else min(numbers) - 1
            edits.added[behind].append(self._new(change.path, entry, columns, name))
        elif entry.before is not None:
            for each in entry.fields:
                column = columns.get(each.path)
                row = numbers[entry.before]
                if column is None:
                    self._field(each, (*change.path, 0, *each.path), None, name)
                else:
                    edits.cells[row][column] = self._value((*change.path, 0, *each.path), each.after)

    def _new(self, path: Path, entry: EntryChange, columns: Mapping[Path, int], name: str) -> dict[int, object]:
        """The cells of a new row."""
        found: dict[int, object] = {}
        fields = as_fields(entry.entry, (*path, 0))
        for key, value in fields.items() if isinstance(fields, dict) else [("", fields)]:
            inner = (
                [((key, header), text) for header, text in value.items()]
                if isinstance(value, dict)
                else [((key,) if key else (), value)]
            )
            for at, each in inner:
                if at in columns:
                    found[columns[at]] = self._value((*path, 0, *at), each)
                else:
                    self._field(FieldChange(at, None, each), (*path, 0, *at), None, name)
        return found


def _spot(place: Place) -> Spot:
    cell = parsed(place.cell)
    return cell.row, cell.column


def _planned(form: SheetForm, edits: _Edits) -> Sheet:
    """The rows of a sheet, in their new order. A row that comes takes the look of the one it stands behind."""
    sheet = Sheet(form, form.name, in_place=True)
    copied: set[int] = set()
    for number in sorted({*form.rows, *edits.added}):
        if number in form.rows:
            source = edits.order.get(number, number)
            if number not in edits.gone:
                sheet.rows.append(Row(source, (len(sheet.rows),), dict(edits.cells.get(source, {}))))
        for values in edits.added.get(number, ()):
            template = number if number in form.rows and number not in edits.gone else _neighbour(form, edits, number)
            copied.add(template)
            cells = form.rows[template]
            blank = {column: "" for column, cell in cells.items() if not cell.is_formula}
            sheet.rows.append(Row(template, (len(sheet.rows),), blank | values))
    form.blocks = [Block((), ((row, 0), (row, 0)), False) for row in copied]
    return sheet


def _neighbour(form: SheetForm, edits: _Edits, number: int) -> int:
    """A row whose look a new one takes where that before it goes or is a header."""
    below = (row for row in sorted(form.rows) if row > number)
    return next(below, max(form.rows))
