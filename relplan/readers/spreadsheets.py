"""The plan in a spreadsheet of any kind: sheets with tables, or a document that someone has laid out in cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import structs

from relplan.errors import Place, Problem, ReadError, problem, suggest
from relplan.grids import CONTINUED, Grid
from relplan.model.read import Read
from relplan.readers.draft import Draft
from relplan.readers.options import DEFAULT, ReadOptions
from relplan.readers.parts import LONG_TEXTS, part_titled
from relplan.readers.sheets import reader, workbook
from relplan.readers.sheets.additions import without_additions
from relplan.readers.sheets.limits import refuse_large

if TYPE_CHECKING:
    from relplan.readers.sheets import foreign

_OLD: Final = "readers.sheets.foreign:laid_out"
_OPEN: Final = "readers.sheets.opendocument:laid_out"


def read_xlsx(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in an Excel workbook.

    Raises:
        ReadError: it cannot be read, has no sheet of a name in `options`, or holds no release table.
        PlanError: it holds text that no plan can hold.
    """
    draft = Draft(name)
    book = workbook.opened(data, name, options.limit)
    chosen = _chosen({each.name: each.hidden for each in book.sheets}, options, draft)
    return read_grids(book.grids(chosen), draft, options)


def read_csv(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in a file of delimited text; raises as `read_xlsx` does."""
    from relplan.readers.sheets import delimited  # no workbook needs it

    return read_grids([delimited.read_grid(data, name, options)], Draft(name), options)


def read_xls(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in a workbook of Excel 5 to 2003 (.xls), or in a binary one of later versions (.xlsb); raises as `read_xlsx` does."""
    return _read_foreign(_OLD, data, name, options)


def read_ods(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in an OpenDocument spreadsheet (.ods), as LibreOffice and WPS write it; raises as `read_xlsx` does."""
    return _read_foreign(_OPEN, data, name, options)


def _read_foreign(function: str, data: bytes, name: str, options: ReadOptions) -> Read:
    draft = Draft(name)
    kept = _foreign_sheets(function, data, name, options, draft)
    if any(sheet.is_partial for sheet in kept):
        zh = "这种格式里的删除线或批注不能全部看到，按没有读入；如果有，请另存为 .xlsx 再读"
        en = "not all that is struck through or commented can be seen in this format, it was read as if there were none; save it as .xlsx if there is"
        draft.note("guessed", zh, en, Place(name))
    return read_grids([sheet.grid for sheet in kept], draft, options)


def _foreign_sheets(function: str, data: bytes, name: str, options: ReadOptions, draft: Draft) -> list[foreign.Sheet]:
    """The sheets that are to be read of a workbook that needs a process of its own."""
    from relplan.readers.sheets import foreign  # with it comes all that starts processes

    sheets = foreign.read_sheets(function, data, name, options.limit)
    chosen = _chosen({sheet.grid.name: sheet.hidden for sheet in sheets}, options, draft)
    return [sheet for sheet in sheets if sheet.grid.name in chosen]


def grids(data: bytes, name: str, format: str, options: ReadOptions = DEFAULT) -> list[Grid]:
    """The sheets of a spreadsheet that are to be read, whatever they hold; `format` is `xlsx`, `xlsm`, `csv`, `xls` or `ods`.

    Raises:
        ReadError: it cannot be read, or is larger than the limits.
    """
    draft = Draft(name)
    if format == "csv":
        from relplan.readers.sheets import delimited

        found = [delimited.read_grid(data, name, options)]
    elif format in ("xlsx", "xlsm"):
        book = workbook.opened(data, name, options.limit)
        found = list(book.grids(_chosen({each.name: each.hidden for each in book.sheets}, options, draft)))
    else:
        sheets = _foreign_sheets(_OLD if format == "xls" else _OPEN, data, name, options, draft)
        found = [sheet.grid for sheet in sheets]
    refuse_large(found, name, options.limit)
    return found


def read_grids(grids: Sequence[Grid], draft: Draft, options: ReadOptions = DEFAULT) -> Read:
    """The plan that sheets hold between them.

    Raises:
        ReadError: one is larger than the limits, or none holds a release table or another part of a plan.
    """
    refuse_large(grids, draft.name, options.limit)
    kept = _rejoined(without_additions(grids, draft), draft)
    filled = [grid for grid in kept if not grid.is_blank()]
    draft.hear("".join(row) for grid in filled for row in grid.rows)
    return _page(filled, draft, options) or reader.read_sheets(kept, draft, options)


def _page(grids: Sequence[Grid], draft: Draft, options: ReadOptions) -> Read | None:
    """The plan in sheets of which the first is a document; None where it is none."""
    if not grids or not any(map(grids[0].only, range(len(grids[0].rows)))):
        return None  # it has no headings
    from relplan.readers.documents import outline, sheetpage  # most sheets do not need them

    if not sheetpage.is_page(grids[0]):
        return None
    return outline.read_pieces(
        [piece for grid in grids for piece in sheetpage.pieces(grid, draft.name)], draft, options
    )


def _chosen(hidden: Mapping[str, bool], options: ReadOptions, draft: Draft) -> frozenset[str]:
    """The names of the sheets to read: those the user names, else all that are not hidden; the others are told.

    Args:
        hidden: of each sheet, whether it is hidden.
        options: which sheets the user names; blanks around a name do not count.
        draft: where to tell of the others.

    Raises:
        ReadError: the user names a sheet that is not there.
    """
    wanted = {name.strip().casefold() for name in options.sheets}
    known = {name.strip().casefold() for name in hidden}
    if missing := [name for name in options.sheets if name.strip().casefold() not in known]:
        raise ReadError([_no_sheet(name, hidden, draft.name) for name in missing])
    chosen = {name for name in hidden if (name.strip().casefold() in wanted if wanted else not hidden[name])}
    for name in hidden:
        if name not in chosen:
            zh, en = ("未选中", "not chosen") if wanted else ("隐藏", "hidden")
            cure = ("；需要时用 --sheet 指明", "; name it with --sheet to read it")
            place = Place(draft.name, sheet=name)
            draft.note("unplaced", f"{zh}的工作表，未读取{cure[0]}", f"{en} sheet, not read{cure[1]}", place)
    return frozenset(chosen)


def _no_sheet(name: str, known: Iterable[str], file: str) -> Problem:
    names = list(known)
    hint = suggest(name, names)
    return problem(
        f"没有工作表“{name}”{hint.zh}；有：{'、'.join(names)}",
        f'there is no sheet "{name}"{hint.en}; there are: {", ".join(names)}',
        file,
    )


def _rejoined(grids: Sequence[Grid], draft: Draft) -> list[Grid]:
    """The sheets with long texts put together again, without the sheet that held their pieces."""
    rest: dict[str, str] = {}
    kept = []
    for grid in grids:
        if len(grid.rows) and part_titled(grid.text(0, 0)) == LONG_TEXTS:
            reader.label_all(grid, draft)
            for row in grid.rows[2:]:
                if len(row) >= 3:
                    rest[row[0]] = rest.get(row[0], "") + row[2]
        else:
            kept.append(grid)
    return [_with_rest(grid, rest) for grid in kept] if rest else kept


def _with_rest(grid: Grid, rest: dict[str, str]) -> Grid:
    def whole(text: str) -> str:
        match = CONTINUED.search(text)
        return text[: match.start()] + rest[match["id"]] if match and match["id"] in rest else text

    return structs.replace(grid, rows=[[whole(text) for text in row] for row in grid.rows])
