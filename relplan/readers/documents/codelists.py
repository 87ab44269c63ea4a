"""Puts together what a page sets apart: code in numbered listings, extra columns in a second table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from relplan.blocks import Anchor, Cell, Code, Heading, Inline, Link, Listing, Paragraph, Table, plain
from relplan.errors import LANGUAGES, Place
from relplan.grids import Grid, Spot
from relplan.model.columns import columns_of, normalise_header
from relplan.model.table import ReleaseItem
from relplan.readers.documents.pieces import Piece
from relplan.readers.draft import Draft
from relplan.resources import labels

_Listings = Mapping[str, tuple[str, Place]]
_KEYS: Final = ("order", "system")


def joined(pieces: Sequence[Piece], draft: Draft) -> list[Piece]:
    """The pieces with every listing in the cell that refers to it, and every second table beside its first."""
    return _with_extra_columns(_with_code(pieces, draft), draft)


def _with_code(pieces: Sequence[Piece], draft: Draft) -> list[Piece]:
    linked = {target for piece in pieces if isinstance(piece.block, Table) for target in _targets(piece.block)}
    listings: dict[str, tuple[str, Place]] = {}
    kept: list[Piece] = []
    for number, piece in enumerate(pieces):
        before = pieces[number - 1] if number else None
        title = _anchor_of(before) if before and isinstance(piece.block, Code) else ""
        if isinstance(piece.block, Listing) and piece.block.anchor in linked:
            listings[piece.block.anchor] = piece.block.text, piece.place
        elif isinstance(piece.block, Code) and before and title in linked:
            listings[title] = piece.block.text, piece.place
            draft.label(before.place)
            kept.pop()
        else:
            kept.append(piece)
    if not listings:
        return kept
    return [_filled(piece, listings, draft) for piece in _without_title(kept, "listings", draft)]


def _targets(table: Table) -> Iterator[str]:
    for row in table.rows:
        for cell in row:
            if link := _link_of(cell):
                yield link


def _link_of(cell: Cell) -> str:
    """The anchor that a cell refers to with all its words, or blank."""
    words = [] if isinstance(cell, str) else [each for each in cell if plain((each,)).strip()]
    link = words[0] if len(words) == 1 else None
    return link.target[1:] if isinstance(link, Link) and link.target.startswith("#") else ""


def _anchor_of(piece: Piece) -> str:
    content: Sequence[Inline] = piece.block.content if isinstance(piece.block, Paragraph | Heading) else ()
    return next((each.name for each in content if isinstance(each, Anchor)), "")


def _without_title(pieces: Sequence[Piece], word: str, draft: Draft) -> Iterator[Piece]:
    """The pieces without the headings that say one of relplan's own words."""
    for piece in pieces:
        if _says(piece, word):
            draft.label(piece.place)
        else:
            yield piece


def _says(piece: Piece, word: str) -> bool:
    block = piece.block
    return isinstance(block, Heading) and plain(block.content).strip() in [labels(each)[word] for each in LANGUAGES]


def _filled(piece: Piece, listings: _Listings, draft: Draft) -> Piece:
    if piece.grid is None or not isinstance(piece.block, Table):
        return piece
    rows = [list(row) for row in piece.grid.rows]
    spots: dict[Spot, Place] = dict(piece.grid.spots)
    for r, row in enumerate(piece.block.rows, 1):
        for c, cell in enumerate(row):
            if (name := _link_of(cell)) in listings:
                draft.label(piece.grid.place(draft.name, r, c))
                rows[r][c], spots[r, c] = listings[name]
    return replace(piece, grid=replace(piece.grid, rows=rows, spots=spots))


def _with_extra_columns(pieces: Sequence[Piece], draft: Draft) -> list[Piece]:
    kept: list[Piece] = []
    skipped = False
    for number, piece in enumerate(pieces):
        following = pieces[number + 1] if number + 1 < len(pieces) else None
        main = kept[-1] if kept else None
        if skipped:
            skipped = False
        elif _says(piece, "further_columns") and main and main.grid and following and following.grid:
            draft.label(piece.place)
            kept[-1] = replace(main, grid=_beside(main.grid, following.grid, draft))
            skipped = True
        else:
            kept.append(piece)
    return kept


def _beside(main: Grid, extra: Grid, draft: Draft) -> Grid:
    """The first table with the columns of the second; rows are matched by order and system, row by row where all match."""
    keys, columns = _key_columns(extra)
    row_of = _matches(_row_keys(main, _key_columns(main)[0]), _row_keys(extra, keys))
    width = max(len(row) for row in main.rows)
    rows = [[*row, *[""] * (width - len(row) + len(columns))] for row in main.rows]
    spots = dict(main.spots)
    for r in range(len(extra.rows)):
        for c in extra.filled(r):
            place = extra.place(draft.name, r, c)
            target = 0 if r == 0 else row_of.get(r)
            if c in keys.values():
                draft.label(place)
            elif target is None or c not in columns:
                draft.note(
                    "unplaced",
                    "附加栏目的这一行在清单中没有对应的系统",
                    "no row of the release table has this order and system",
                    place,
                )
            else:
                at = width + columns.index(c)
                rows[target][at], spots[target, at] = extra.text(r, c), place
    return replace(main, rows=rows, spots=spots)


def _key_columns(grid: Grid) -> tuple[dict[str, int], list[int]]:
    """The columns of order and system, and the others."""
    canonical = {normalise_header(b): f for f, b in _own_headers()}
    keys: dict[str, int] = {}
    for column in grid.filled(0):
        field = canonical.get(normalise_header(grid.text(0, column)))
        if field and field not in keys:
            keys[field] = column
    return keys, [column for column in grid.filled(0) if column not in keys.values()]


def _own_headers() -> Iterator[tuple[str, str]]:
    for bound in columns_of(ReleaseItem):
        if bound.field in _KEYS:
            yield bound.field, bound.column.zh
            yield bound.field, bound.column.en


def _row_keys(grid: Grid, keys: Mapping[str, int]) -> list[tuple[str, ...]]:
    return [
        tuple(grid.text(row, keys[key]) if key in keys else "" for key in _KEYS) for row in range(1, len(grid.rows))
    ]


def _matches(main: Sequence[tuple[str, ...]], extra: Sequence[tuple[str, ...]]) -> dict[int, int]:
    """From each row of the second table to its row of the first, the n-th of a key to the n-th of it."""
    rows: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, key in enumerate(main, 1):
        rows[key].append(number)
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[int, int] = {}
    for number, key in enumerate(extra, 1):
        if seen[key] < len(rows[key]):
            found[number] = rows[key][seen[key]]
        seen[key] += 1
    return found
