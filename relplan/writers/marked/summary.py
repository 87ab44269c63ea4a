"""The sheet of a marked copy that lists what was found, each entry a link to its cell.

Beside each entry a hidden cell keeps the style that the bad cell had: a style survives saving in Excel, where its
number does not, and marking again gives it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from relplan.errors import LANGUAGES, Language, Place
from relplan.grids import Spot, address
from relplan.resources import labels
from relplan.writers.marked.package import OFFICE, Package, parsed, serialised
from relplan.writers.marked.sheet import Sheet, spot_of
from relplan.writers.marked.styles import COLOURS, MarkKind, Styles, kind_word

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_HEAD_ROW, _STYLE_COLUMN = 2, 3
_EMPTY: Final = (
    f'<worksheet xmlns="{_MAIN}"><sheetPr><tabColor rgb="FFB42318"/><pageSetUpPr fitToPage="1"/></sheetPr>'
    '<sheetViews><sheetView showGridLines="0" workbookViewId="0">'
    '<pane ySplit="3" topLeftCell="A4" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>'
    "</sheetView></sheetViews>"
    '<cols><col min="1" max="1" width="32" customWidth="1"/><col min="2" max="2" width="12" customWidth="1"/>'
    '<col min="3" max="3" width="100" customWidth="1"/><col min="4" max="4" width="4" hidden="1" customWidth="1"/></cols>'
    '<sheetData/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
)


class Entry(NamedTuple):
    """One finding: its kind, where it is, what it says, and the style that its cell had; None where it has none.

    A place without a sheet is that of something which the workbook lacks, or of another file.
    """

    kind: MarkKind
    place: Place
    text: str
    style: int | None


def titles() -> tuple[str, ...]:
    """The names that the sheet may have."""
    return tuple(str(labels(language)["problems"]) for language in LANGUAGES)


def kept_styles(root: Any) -> dict[tuple[str, Spot], int]:
    """From a sheet of findings, the styles that cells had before they were marked, by sheet and cell."""
    sheet = Sheet(root)
    styles = {spot[0]: int(cell.get("s", "0")) for spot, cell in sheet.cells() if spot[1] == _STYLE_COLUMN}
    found: dict[tuple[str, Spot], int] = {}
    for link in (each for each in root.iter() if isinstance(each.tag, str) and each.tag.endswith("}hyperlink")):
        name, _, cell = link.get("location", "").rpartition("!")
        row = spot_of(link.get("ref").partition(":")[0])[0]
        if name and row in styles:
            found[name.strip("'").replace("''", "'"), spot_of(cell)] = styles[row]
    return found


def content(entries: Sequence[Entry], styles: Styles, language: Language) -> bytes:
    """The sheet of findings."""
    words = labels(language)
    sheet = Sheet(parsed(_EMPTY.encode()))
    sheet.write(0, 0, words["problems"], styles.own(bold=True, size=14, framed=False))
    head = styles.own("FFE9EFF6", bold=True)
    for column, word in enumerate((words["place"], words["kind"], words["finding"])):
        sheet.write(_HEAD_ROW, column, word, head)
    if not entries:
        sheet.write(_HEAD_ROW + 1, 0, words["no_findings"], styles.own(framed=False))
    link, plain = styles.own(link=True), styles.own()
    grounds = {kind: styles.own(colour) for kind, colour in COLOURS.items()}
    for row, entry in enumerate(entries, _HEAD_ROW + 1):
        place = entry.place
        spot = Place(sheet=place.sheet, cell=place.cell) if place.sheet else place
        sheet.write(row, 0, str(spot), link if place.sheet else plain)
        sheet.write(row, 1, kind_word(entry.kind, language), grounds[entry.kind])
        sheet.write(row, 2, entry.text, plain)
        if entry.style is not None:
            sheet.restyle(sheet.cell(row, _STYLE_COLUMN), entry.style)
    _link(sheet.root, entries)
    return serialised(sheet.root)


def _link(root: Any, entries: Sequence[Entry]) -> None:
    if not any(entry.place.sheet for entry in entries):
        return
    links = root.makeelement(f"{{{_MAIN}}}hyperlinks")
    root.find(f"{{{_MAIN}}}sheetData").addnext(links)
    for row, entry in enumerate(entries, _HEAD_ROW + 1):
        if not entry.place.sheet:
            continue
        name = entry.place.sheet.replace("'", "''")
        location = f"'{name}'!{entry.place.cell or 'A1'}"
        links.append(links.makeelement(f"{{{_MAIN}}}hyperlink", {"ref": address(row, 0), "location": location}))


def place(package: Package, workbook: str, sheets: Mapping[str, str], data: bytes, language: Language) -> None:
    """Put the sheet of findings where the last one is, or behind all other sheets.

    Args:
        package: of the workbook.
        workbook: the name of its main part.
        sheets: the names of its sheets and of their parts.
        data: the sheet.
        language: of its title.
    """
    title = str(labels(language)["problems"])
    before = next((name for name in sheets if name in titles()), None)
    if before is not None:
        package.put(sheets[before], data)
        if before != title:
            _entry(package.edited(workbook), before).set("name", title)
        return
    part = package.free("xl/worksheets/sheet{}.xml")
    package.put(part, data)
    package.declare(part, _KIND)
    identity = package.relate(workbook, "worksheet", part)
    entries = package.edited(workbook).find(f"{{{_MAIN}}}sheets")
    number = max((int(each.get("sheetId", "0")) for each in entries), default=0) + 1
    made = entries.makeelement(f"{{{_MAIN}}}sheet", {"name": title, "sheetId": str(number)}, {"r": OFFICE})
    made.set(f"{{{OFFICE}}}id", identity)
    entries.append(made)


def _entry(workbook: Any, name: str) -> Any:
    return next(each for each in workbook.iter(f"{{{_MAIN}}}sheet") if each.get("name") == name)
