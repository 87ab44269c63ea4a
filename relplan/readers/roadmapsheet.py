"""A roadmap kept as a spreadsheet: tables of releases, iterations and freezes, each known by its header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from relplan.errors import Invalid, Message, Path, Place, PlanError, Problem, ReadError, problem
from relplan.grids import Grid, Spot, fill_down
from relplan.model.columns import header_index, normalise_header
from relplan.model.fields import Row
from relplan.model.read import Notice, problems_of
from relplan.model.roadmap import Freeze, Iteration, PlannedRelease, Roadmap

_TABLES: Final[dict[str, type[Row]]] = {"releases": PlannedRelease, "iterations": Iteration, "freezes": Freeze}
_FACTS: Final = {
    "产品": "product",
    "产品名称": "product",
    "product": "product",
    "期望间隔": "cadence",
    "发布间隔": "cadence",
    "cadence": "cadence",
}


def read_roadmap_grids(grids: Sequence[Grid], name: str) -> tuple[Roadmap, dict[Path, Place], list[Notice]]:
    """The roadmap that sheets hold, the places of its values, and what was not placed.

    Raises:
        ReadError: no sheet holds a table of releases.
        PlanError: a value is none that a roadmap takes.
    """
    data: dict[str, Any] = {}
    places: dict[Path, Place] = {}
    notices: list[Notice] = []
    for grid in grids:
        _read(grid, name, data, places, notices)
    if "releases" not in data:
        zh, en = (
            "没有路线图：找不到有“版本”和“目标日期”等列的表",
            "there is no roadmap: no table has columns such as version and target date",
        )
        raise ReadError(problem(zh, en, name))
    try:
        return Roadmap.from_data(data), places, notices
    except Invalid as error:
        raise PlanError(problems_of(error, places, name)) from None


def _read(grid: Grid, name: str, data: dict[str, Any], places: dict[Path, Place], notices: list[Notice]) -> None:
    table: tuple[str, dict[int, str]] | None = None
    merged = fill_down(grid, 0, len(grid.rows))
    for row in range(len(grid.rows)):
        filled = grid.filled(row)
        if not filled:
            table = None
            continue
        if found := _header(grid, row):
            table = found
        elif table is not None:
            _entry(grid, row, name, table, merged, data, places, notices)
        else:
            _facts(grid, row, name, data, places, notices)


def _header(grid: Grid, row: int) -> tuple[str, dict[int, str]] | None:
    """The table whose header a row is, and the fields of its columns."""
    best: tuple[int, str, dict[int, str]] | None = None
    for part, model in _TABLES.items():
        index = header_index(model)
        fields: dict[int, str] = {}
        for column in grid.filled(row):
            field = index.field(grid.text(row, column))
            if field and field not in fields.values():
                fields[column] = field
        if len(fields) >= 2 and (best is None or len(fields) > best[0]):
            best = len(fields), part, fields
    return (best[1], best[2]) if best else None


def _entry(
    grid: Grid,
    row: int,
    name: str,
    table: tuple[str, dict[int, str]],
    merged: Mapping[Spot, Spot],
    data: dict[str, Any],
    places: dict[Path, Place],
    notices: list[Notice],
) -> None:
    part, fields = table
    entries = data.setdefault(part, [])
    entry: dict[str, Any] = {}
    for (at, column), spot in merged.items():
        if at == row and column in fields:
            entry[fields[column]] = grid.text(*spot)
            places[part, len(entries), fields[column]] = grid.place(name, *spot)
    for column in grid.filled(row):
        if column in fields:
            entry[fields[column]] = grid.text(row, column)
            places[part, len(entries), fields[column]] = grid.place(name, row, column)
        else:
            _left(grid, row, column, name, notices)
    if entry:
        places[part, len(entries)] = next(iter(grid.place(name, row, column) for column in grid.filled(row)))
        entries.append(entry)


def _facts(
    grid: Grid, row: int, name: str, data: dict[str, Any], places: dict[Path, Place], notices: list[Notice]
) -> None:
    """What stands above a table: a key and its value beside it; anything else is the title, or was not placed."""
    columns: Iterator[int] = iter(grid.filled(row))
    for column in columns:
        field = _FACTS.get(normalise_header(grid.text(row, column)))
        value = next(columns, None) if field else None
        if field and value is not None:
            data[field] = grid.text(row, value)
            places[(field,)] = grid.place(name, row, value)
        elif "title" not in data and not data:
            data["title"] = grid.text(row, column)
            places[("title",)] = grid.place(name, row, column)
        else:
            _left(grid, row, column, name, notices)


def _left(grid: Grid, row: int, column: int, name: str, notices: list[Notice]) -> None:
    text = " ".join(grid.text(row, column).split())[:60]
    notices.append(Notice("unplaced", Problem(Message(f"“{text}”", f'"{text}"'), grid.place(name, row, column))))
