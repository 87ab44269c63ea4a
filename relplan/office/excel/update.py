"""Someone's own workbook with what a changed plan says: cells are written where they stand, rows come and go, all else stays."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field

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
from relplan.patterns import regex

_ADDRESS: Final = regex(r"[A-Z]{1,3}\d{1,7}")


class _Edits(Struct):
    """What is to be done to one sheet: the cells of rows, the rows that go, those that come behind others (each with the row whose look it
    takes), and their order."""

    cells: dict[int, dict[int, object]] = field(default_factory=lambda: defaultdict(dict))
    gone: set[int] = field(default_factory=set)
    added: dict[int, list[tuple[int, dict[int, object]]]] = field(default_factory=lambda: defaultdict(list))
    order: dict[int, int] = field(default_factory=dict)


class _Table(Struct, frozen=True):
    """A list on one sheet.

    Attributes:
        edits: to the sheet.
        columns: of the fields.
        elsewhere: fields that stand in other rows, such as the name of a group.
        first: the row of its first entry.
    """

    edits: _Edits
    columns: Mapping[Path, int]
    elsewhere: Collection[Path]
    first: int


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
        staying = [each for each in change.order if each is not None]
        names = list(dict.fromkeys(sheet for sheet, _ in known))
        is_moved = staying != sorted(staying)
        if len(known) < len(rows) or not known or len(set(known)) < len(known) or (is_moved and len(names) > 1):
            self._refuse(
                f"工作簿中没有“{part_name(change.path, 'zh')}”的表，或它不是一行一项；请合并为 .yaml",
                f'the workbook has no table of "{part_name(change.path, "en")}", or not one row for each entry; merge into .yaml',
            )
            return
        tables = {sheet: self._table(change.path, sheet, known) for sheet in names}
        for entry in change.entries:
            at = self._source(change, entry)
            self._entry(change, entry, tables[known[at or 0][0]], None if at is None else known[at][1])
        if is_moved:
            slots = sorted(known[each][1] for each in staying)
            order = {slot: known[source][1] for slot, source in zip(slots, staying, strict=True)}
            self._edits[names[0]].order |= order

    def _source(self, change: ListChange, entry: EntryChange) -> int | None:
        """The entry that this one was, or behind which it comes; None where it comes before all."""
        if entry.before is not None:
            return entry.before
        return next((each for each in reversed(change.order[: entry.after]) if each is not None), None)

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

    def _table(self, path: Path, sheet: str, known: Sequence[tuple[str, int]]) -> _Table:
        """The table of a list on one sheet: the column of each field, extra ones by their header, as some entry has it."""
        columns: dict[Path, int] = {}
        elsewhere: set[Path] = set()
        for number, (name, row) in enumerate(known):
            for whole in self._inside.get((*path, number), ()) if name == sheet else ():
                if (place := self._place(whole)) is not None:
                    spot, field_ = _spot(place), self._named(path, number, whole[len(path) + 1 :])
                    if spot[0] == row:
                        columns.setdefault(field_, spot[1])
                    else:
                        elsewhere.add(field_)
        first = min(row for name, row in known if name == sheet)
        return _Table(self._edits[sheet], columns, elsewhere - columns.keys(), first)

    def _named(self, path: Path, number: int, at: Path) -> Path:
        if len(at) == 2 and at[0] == "extra" and isinstance(at[1], int):
            return ("extra", self._read.plan.table.rows[number].extra[at[1]].header)
        return at

    def _entry(self, change: ListChange, entry: EntryChange, table: _Table, row: int | None) -> None:
        """An entry that changed; `row` is its own, or that of the entry behind which it comes."""
        name = entry_name(entry.entry, change.path)
        if entry.kind == "added":
            behind, template = (table.first - 1, table.first) if row is None else (row, row)
            table.edits.added[behind].append((template, self._new(change.path, entry, table, name)))
        elif row is not None and entry.kind == "removed":
            table.edits.gone.add(row)
        elif row is not None:
            for each in entry.fields:
                column = table.columns.get(each.path)
                if column is None:
                    self._field(each, (*change.path, 0, *each.path), None, name)
                else:
                    table.edits.cells[row][column] = self._value((*change.path, 0, *each.path), each.after)

    def _new(self, path: Path, entry: EntryChange, table: _Table, name: str) -> dict[int, object]:
        """The cells of a new row; what other rows say of it too (their group) it has from where it stands."""
        found: dict[int, object] = {}
        fields = as_fields(entry.entry, (*path, 0))
        for key, value in fields.items() if isinstance(fields, dict) else [("", fields)]:
            inner = (
                [((key, header), text) for header, text in value.items()]
                if isinstance(value, dict)
                else [((key,) if key else (), value)]
            )
            for at, each in inner:
                if at in table.columns:
                    found[table.columns[at]] = self._value((*path, 0, *at), each)
                elif at not in table.elsewhere:
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
        for template, values in edits.added.get(number, ()):
            copied.add(template)
            blank = {column: "" for column, cell in form.rows[template].items() if not cell.is_formula}
            sheet.rows.append(Row(template, (len(sheet.rows),), blank | values))
    form.blocks = [Block((), ((row, 0), (row, 0)), False) for row in copied]
    return sheet
