"""Fills a workbook with tags from a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from relplan.blocks import plain
from relplan.documents.filters import shown
from relplan.documents.render import filters
from relplan.documents.sandbox import Sandbox
from relplan.errors import Language, Message, Place, Problem, TemplateError, problem
from relplan.grids import address
from relplan.markdown.parse import Fragment
from relplan.office.excel.form import MAIN, WORKBOOK, SheetForm, opened, sheets
from relplan.office.excel.layout import Sheet, laid_out, ordered
from relplan.office.excel.notes import with_notes
from relplan.office.excel.refs import Reference, area, moved
from relplan.office.excel.rows import Rows
from relplan.office.excel.write import Looks, SheetWriter, looks_of
from relplan.office.program import DELIMITERS, faults
from relplan.office.tags import Tag
from relplan.patterns import regex
from relplan.writers.marked.package import OFFICE, Package

_TYPES: Final = "[Content_Types].xml"
_TEMPLATE: Final = b"spreadsheetml.template.main+xml"
_MAIN_KIND: Final = b"spreadsheetml.sheet.main+xml"
_NAME_LIMIT: Final = 31
_FORBIDDEN: Final = regex(r"[\[\]:*?/\\]")
_CANNOT: Final = {
    "pivotTable": ("数据透视表", "a pivot table"),
    "slicer": ("切片器", "a slicer"),
    "timeline": ("日程表", "a timeline"),
}
_ALONE: Final = {
    "drawing": ("图片或图表", "pictures or charts"),
    "vmlDrawing": ("批注或控件", "comments or controls"),
    "comments": ("批注", "comments"),
    "table": ("表格对象", "a table object"),
    "threadedComment": ("批注", "comments"),
}
"""What a sheet that is repeated must not have, for each has names and numbers that must not come twice."""


class Inspected(Struct, frozen=True):
    """A form that has been looked at: its package, its sheets, and all that is wrong with the tags on them."""

    package: Package
    sheets: list[SheetForm]
    problems: list[Problem]

    @property
    def tags(self) -> list[Tag]:
        """All tags of the form."""
        return [placed.tag for sheet in self.sheets for placed in ordered(sheet)]

    @property
    def lacking(self) -> tuple[str, ...]:
        """The styles that the form lacks: cells keep the looks they have."""
        return ()

    def marked(self) -> bytes:
        """The form with a note on each cell with something wrong."""
        return with_notes(self.package, self.sheets, self.problems)


def inspect(data: bytes, name: str, macros: bool = False) -> Inspected:
    """Look at the sheets of a form.

    Args:
        data: the form.
        name: of the file, for messages.
        macros: whether a form with macros is taken.

    Raises:
        TemplateError: it is no workbook, or has macros.
    """
    package = opened(data, name, macros)
    found, problems = sheets(package, name), []
    environment = _environment("zh")
    for sheet in found:
        problems += [
            *sheet.problems,
            *sorted(faults(ordered(sheet), environment, name), key=lambda each: each.place.line if each.place else 0),
        ]
        if sheet.is_form:
            problems += not_carried(package, sheet, name)
    return Inspected(package, found, problems)


def not_carried(package: Package, sheet: SheetForm, file: str) -> list[Problem]:
    """What stands on a sheet with tags that cannot follow when rows move."""
    problems = []
    kinds = {kind for kind, _ in package.related(sheet.part).values()}
    for kind, (zh, en) in _CANNOT.items():
        if kind in kinds:
            problems.append(
                Problem(
                    Message(f"带标记的工作表上不能有{zh}", f"a sheet with tags cannot have {en}"),
                    Place(file, sheet=sheet.name),
                )
            )
    if sheet.whole is not None:
        for kind, (zh, en) in _ALONE.items():
            if kind in kinds:
                problems.append(
                    Problem(
                        Message(f"重复的工作表上不能有{zh}", f"a repeated sheet cannot have {en}"),
                        Place(file, sheet=sheet.name),
                    )
                )
    return problems


def _environment(language: Language) -> Sandbox:
    environment = Sandbox(**DELIMITERS)
    environment.filters |= filters(language)
    return environment


def fill(data: bytes, name: str, context: Mapping[str, Any], language: Language, macros: bool = False) -> bytes:
    """A workbook from a form.

    Args:
        data: the form.
        name: of the file, for messages.
        context: the names that its tags have.
        language: of what is printed.
        macros: whether a form with macros is taken.

    Raises:
        TemplateError: it is no workbook, its tags are wrong, or it holds what cannot be carried: each with its place.
        WriteError: a text holds a character that XML cannot hold.
    """
    inspected = inspect(data, name, macros)
    package, found = inspected.package, inspected.sheets
    if inspected.problems:
        raise TemplateError(inspected.problems)
    is_template = _TEMPLATE in package.content(_TYPES)
    if is_template:
        package.put(_TYPES, package.content(_TYPES).replace(_TEMPLATE, _MAIN_KIND))
    if not any(sheet.is_form for sheet in found):
        return package.close() if is_template else data

    def words(value: object) -> str:
        made = shown(value, language)
        if isinstance(made, Fragment):
            zh, en = (
                "单元格放不下这个值（表格、列表等）；请输出文字",
                "a cell takes no blocks (tables, lists); print a text",
            )
            raise TemplateError(problem(zh, en))
        return made if isinstance(made, str) else plain(made)

    ranges = _ranges(package, found)
    planned = {
        sheet.name: laid_out(sheet, _environment(language), context, name, words, ranges[sheet.name])
        for sheet in found
        if sheet.is_form
    }
    return place_sheets(package, found, planned, words, name)


def _ranges(package: Package, forms: list[SheetForm]) -> Mapping[str, list[tuple[int, int]]]:
    """By sheets, the ranges of rows that formulas, names and table objects refer to."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def learn(words: str, own: str) -> None:
        def note(name: str, first: Reference, last: Reference | None) -> str:
            if last is not None:
                found[name or own].append((first.row, last.row))
            return ""

        moved(words, note)

    for form in forms:
        for formula in form.root.iter(f"{MAIN}f"):
            learn(formula.text or "", form.name)
        for kind, part in package.related(form.part).values():
            if kind == "table":
                first, last = area(package.seen(part).get("ref", "A1"))
                found[form.name].append((first.row + 1, last.row))
            elif kind == "drawing":
                for of, chart in package.related(part).values():
                    if of == "chart":
                        for formula in package.seen(chart).iter("{*}f"):
                            learn(formula.text or "", form.name)
    for name in package.seen(WORKBOOK).iter(f"{MAIN}definedName"):
        if not name.get("name", "").startswith("_xlnm."):
            learn(name.text or "", "")
    return found


def place_sheets(
    package: Package,
    forms: list[SheetForm],
    planned: Mapping[str, list[Sheet]],
    words: Callable[[object], str],
    file: str,
) -> bytes:
    """The workbook with planned sheets in the place of those of their names; all that refers to their rows follows.

    Raises:
        TemplateError: something cannot follow; with its place.
    """
    return _Filler(package, forms, planned, words, file).filled()


class _Filler:
    """Puts what is planned into the package: sheets, and all that refers to them."""

    def __init__(
        self,
        package: Package,
        forms: list[SheetForm],
        planned: Mapping[str, list[Sheet]],
        words: Callable[[object], str],
        file: str,
    ) -> None:
        self._package, self._forms, self._planned, self._words, self._file = package, forms, planned, words, file
        self._rows = {name: Rows(made[0], file) for name, made in planned.items() if len(made) == 1}
        styles = package.find(WORKBOOK, "styles")
        self._looks = looks_of(package.seen(styles)) if styles else Looks()
        self._names: dict[str, str] = {}

    def filled(self) -> bytes:
        for form in self._forms:
            if form.name in self._planned:
                self._form(form)
            else:
                self._follow(form)
        if not len(self._package.seen(WORKBOOK).find(f"{MAIN}sheets")):
            zh, en = "没有生成任何工作表", "no sheet is left"
            raise TemplateError(problem(zh, en, self._file))
        self._workbook()
        return self._package.close()

    def _writer(self, sheet: Sheet) -> SheetWriter:
        return SheetWriter(sheet, self._rows, self._looks, self._words, self._file)

    def _form(self, form: SheetForm) -> None:
        made = self._planned[form.name]
        entry = self._entry(form)
        for number, sheet in enumerate(made):
            writer = self._writer(sheet)
            part = form.part if number == 0 else self._copy(form, entry)
            self._package.put(part, writer.xml())
            self._name(sheet, entry if number == 0 else self._package.edited(WORKBOOK).find(f"{MAIN}sheets")[-1])
            if number == 0:
                self._beside(form, sheet, writer)
        if not made:
            self._leave_out(entry)
        elif len(made) > 1:
            self._in_order(entry, len(made) - 1)

    def _entry(self, form: SheetForm) -> Any:
        relations = {path: key for key, (_, path) in self._package.related(WORKBOOK).items()}
        entries = self._package.edited(WORKBOOK).find(f"{MAIN}sheets")
        return next(each for each in entries if each.get(f"{{{OFFICE}}}id") == relations[form.part])

    def _copy(self, form: SheetForm, entry: Any) -> str:
        """Another sheet of the same form, at the end of the workbook; its part."""
        package = self._package
        part = package.free("xl/worksheets/sheet{}.xml")
        package.put(part, b"<x/>")
        package.declare(part, "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml")
        identity = package.relate(WORKBOOK, "worksheet", part)
        entries = package.edited(WORKBOOK).find(f"{MAIN}sheets")
        number = max(int(each.get("sheetId", "0")) for each in entries) + 1
        made = entries.makeelement(
            f"{MAIN}sheet", {**entry.attrib, "sheetId": str(number), f"{{{OFFICE}}}id": identity}
        )
        entries.append(made)
        relations = f"xl/worksheets/_rels/{form.part.rpartition('/')[2]}.rels"
        if relations in package:
            package.put(f"xl/worksheets/_rels/{part.rpartition('/')[2]}.rels", package.content(relations))
        return part

    def _in_order(self, entry: Any, count: int) -> None:
        """Put the copies of a sheet right behind it."""
        entries = entry.getparent()
        made = list(entries)[-count:]
        for each in reversed(made):
            entry.addnext(each)

    def _leave_out(self, entry: Any) -> None:
        entries = entry.getparent()
        number = list(entries).index(entry)
        entries.remove(entry)
        names = self._package.edited(WORKBOOK).find(f"{MAIN}definedNames")
        for each in list(names) if names is not None else ():
            local = each.get("localSheetId")
            if local == str(number):
                names.remove(each)
            elif local is not None and int(local) > number:
                each.set("localSheetId", str(int(local) - 1))

    def _name(self, sheet: Sheet, entry: Any) -> None:
        """Give a sheet its name: one that Excel takes, and no other sheet has."""
        bare = " ".join(_FORBIDDEN.sub(" ", sheet.name).split()).strip("'")[:_NAME_LIMIT] or "Sheet"
        taken = {each.get("name", "").lower() for each in entry.getparent() if each is not entry}
        name, count = bare, 1
        while name.lower() in taken:
            count += 1
            name = f"{bare[: _NAME_LIMIT - len(str(count)) - 1]} {count}"
        self._names.setdefault(sheet.form.name, name)
        entry.set("name", name)

    # What refers to the sheets

    def _beside(self, form: SheetForm, sheet: Sheet, writer: SheetWriter) -> None:
        """The parts that belong to a sheet: tables, pictures, comments."""
        for kind, part in self._package.related(form.part).values():
            if kind == "table":
                self._table(part, sheet, writer)
            elif kind == "drawing":
                self._drawing(part, form)
            elif kind in ("comments", "threadedComment", "vmlDrawing"):
                self._comments(kind, part, form)

    def _table(self, part: str, sheet: Sheet, writer: SheetWriter) -> None:
        """A table object: its range and its filter grow; its columns are named as its header says now (Excel asks for both to agree)."""
        root = self._package.edited(part)
        first, _ = area(root.get("ref", "A1"))
        for each in (root, *root.iter(f"{MAIN}autoFilter")):
            each.set("ref", writer.range_of(each.get("ref", "A1")) or each.get("ref", "A1"))
        header = next((row for row in sheet.rows if row.template == first.row), None)
        if header is None or root.get("headerRowCount") == "0":
            return
        if header.cells is not None:
            zh, en = "表格对象里不能有重复的列", "a table object cannot have repeated columns"
            raise TemplateError(Problem(Message(zh, en), Place(self._file, sheet=sheet.form.name)))
        for number, column in enumerate(root.iter(f"{MAIN}tableColumn")):
            value = header.values.get(first.column + number)
            if value is not None:
                column.set("name", self._words(value))

    def _drawing(self, part: str, form: SheetForm) -> None:
        rows = self._rows[form.name]
        for each in self._package.edited(part).iter("{*}row"):
            if each.text and each.text.isdecimal() and (place := rows.behind(int(each.text))) is not None:
                each.text = str(place)
        for kind, chart in self._package.related(part).values():
            if kind == "chart":
                for formula in self._package.edited(chart).iter("{*}f"):
                    formula.text = self._moved(formula.text or "", form, chart)

    def _comments(self, kind: str, part: str, form: SheetForm) -> None:
        rows = self._rows[form.name]
        if kind == "vmlDrawing":
            for each in self._package.edited(part).iter("{urn:schemas-microsoft-com:office:excel}Row"):
                if each.text and each.text.isdecimal() and (place := rows.behind(int(each.text))) is not None:
                    each.text = str(place)
            return
        for each in self._package.edited(part).iter("{*}comment", "{*}threadedComment"):
            cell = area(each.get("ref", "A1"))[0]
            place = rows.behind(cell.row)
            if place is None or (rows.is_repeated(cell.row) and not rows.in_place):
                zh, en = "重复的行里不能有批注", "repeated rows cannot have comments"
                raise TemplateError(
                    Problem(Message(zh, en), Place(self._file, sheet=form.name, cell=address(cell.row, cell.column)))
                )
            each.set("ref", address(place, cell.column))

    def _follow(self, form: SheetForm) -> None:
        """A sheet without tags: its formulas follow the rows of the others."""
        root = self._package.seen(form.part)
        changed = False
        for formula in root.iter(f"{MAIN}f", f"{MAIN}formula", f"{MAIN}formula1", f"{MAIN}formula2"):
            if formula.text and (now := self._moved(formula.text, form, "")) != formula.text:
                formula.text, changed = now, True
                for value in formula.getparent().findall(f"{MAIN}v"):
                    formula.getparent().remove(value)
        if changed:
            self._package.keep(form.part, root)

    def _moved(self, words: str, form: SheetForm, part: str) -> str:
        """A formula from outside a sheet, with its references to sheets with tags moved."""

        def move(name: str, first: Reference, last: Reference | None) -> str:
            rows = self._rows.get(name)
            spread = rows.spread(first.row, (last or first).row) if rows else (first.row, (last or first).row)
            if spread is None:
                spread = (first.row, first.row)
            if last is None and rows and rows.in_place:
                spread = (rows.behind(first.row) or spread[0],) * 2
            if last is None and spread[0] != spread[1]:
                zh = f"“{words}”引用了重复行中的单个单元格；请引用范围"
                en = f'"{words}" refers to a single cell of repeated rows; refer to a range'
                raise TemplateError(Problem(Message(zh, en), Place(self._file, sheet=form.name or part)))
            width = first.column, (last or first).column
            left, right = rows.width(spread, *width) if rows else width
            one = replace(first, row=spread[0], column=left)
            return f"{one}:{replace(last, row=spread[1], column=right)}" if last else str(one)

        return moved(words, move)

    def _pivots(self) -> None:
        """Pivot tables of other sheets: what they are made of grows; they are worked out anew when the file is opened."""
        for kind, part in self._package.related(WORKBOOK).values():
            if kind != "pivotCacheDefinition":
                continue
            root = self._package.seen(part)
            for source in root.iter(f"{MAIN}worksheetSource"):
                rows = self._rows.get(source.get("sheet", ""))
                if rows is None or not source.get("ref"):
                    continue
                first, last = area(source.get("ref"))
                spread = rows.spread(first.row, last.row)
                if spread and spread != (first.row, last.row):
                    source.set("ref", f"{replace(first, row=spread[0])}:{replace(last, row=spread[1])}")
                    root.set("refreshOnLoad", "1")
                    self._package.keep(part, root)

    def _workbook(self) -> None:
        """Names, print areas and filters follow; formulas are worked out when the file is opened."""
        root = self._package.edited(WORKBOOK)
        for each in root.iter(f"{MAIN}definedName"):
            if each.text:
                each.text = self._moved(each.text, SheetForm(each.get("name", ""), "", None, {}), WORKBOOK)
        self._pivots()
        properties = root.find(f"{MAIN}calcPr")
        if properties is None:
            properties = root.makeelement(f"{MAIN}calcPr", {"calcId": "0"})
            behind = next(
                (each for each in root if each.tag in {f"{MAIN}{name}" for name in _BEHIND_CALCULATION}), None
            )
            root.append(properties) if behind is None else behind.addprevious(properties)
        properties.set("fullCalcOnLoad", "1")
        chain = self._package.find(WORKBOOK, "calcChain")
        if chain:
            self._package.remove(WORKBOOK, chain)


_BEHIND_CALCULATION: Final = ("oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst")  # fmt: skip
"""What stands behind `calcPr` (ISO 29500, CT_Workbook)."""
