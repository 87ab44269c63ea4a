"""Reads the chapters of a document into a draft: lines, lists and tables as the entries of the part they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from relplan.blocks import Block, Callout, Code, Heading, List, Listing, Paragraph, Rule, Table
from relplan.errors import LANGUAGES, Path, Place
from relplan.grids import ENOUGH_COLUMNS, Grid, best_header
from relplan.markdown.write import text_of
from relplan.model.celltext import without_mark
from relplan.model.columns import header_index
from relplan.model.entries import PARTS, Step
from relplan.model.read import Read
from relplan.readers.documents import derived
from relplan.readers.documents.chapters import Chapter, may_be_title, words_of
from relplan.readers.documents.headings import title_of
from relplan.readers.documents.people import people_in
from relplan.readers.documents.pieces import Piece, struck_through, words
from relplan.readers.draft import Draft
from relplan.readers.options import ReadOptions
from relplan.readers.parts import ROWS
from relplan.readers.sheets import reader as sheets
from relplan.resources import labels

_ENOUGH_PARTS: Final = 2
_SAYING_LITTLE: Final = {"overview", "sections"}
"""Parts whose headings stand in documents of every kind."""
_ENOUGH_FACTS: Final = 3
_PLACE_OF_PART: Final = {"trigger": "rollback", "test_cases": "tests", "test_runs": "tests"}
_WORDS_OF: Final[Mapping[str, Path]] = {
    "window": ("window", "text"),
    "trigger": ("rollback", "text"),
    "tests": ("tests", "scope"),
}
"""Parts that are facts, and where their sentences stand."""
_DONE: Final = [labels(each)["done"] for each in LANGUAGES]
_FACT_HEADERS: Final = [[labels(each)[word] for word in ("item", "content")] for each in LANGUAGES]
_BOX: Final = "☐"


class Reader:
    """Reads chapters, in their order, into a draft."""

    def __init__(self, draft: Draft, options: ReadOptions) -> None:
        self._draft, self._options = draft, options
        self._derived = derived.Derived(draft)
        self._parts: list[str] = []
        self._has_table = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of a plan that were found, in their order."""
        return tuple(dict.fromkeys(self._parts))

    @property
    def is_a_plan(self) -> bool:
        """Whether what was read makes a release plan."""
        facts = [path for path in self._draft.places if len(path) == 1 and path != ("title",)]
        return self._has_table or len(set(self.parts) - _SAYING_LITTLE) >= _ENOUGH_PARTS or len(facts) >= _ENOUGH_FACTS

    def finished(self) -> Read:
        """The plan, once what only repeats it has been compared with it."""
        self._derived.compare()
        return self._draft.read()

    def read(self, chapter: Chapter) -> None:
        """Read one chapter."""
        part = chapter.part
        pieces = [piece for piece in chapter.pieces if not isinstance(piece.block, Rule)]
        if not chapter.words:
            self._front(self._after_title(pieces))
        elif not part and "title" not in self._draft.data and not self._parts:
            self._derived.title(chapter.words, chapter.place)
            self._front(pieces)
        elif not part:
            self._own(chapter)
        else:
            if not any(piece.place == chapter.place for piece in pieces):
                self._draft.label(chapter.place)
            self._language(chapter)
            self._parts.append(part)
            self._part(part, pieces, chapter.words)

    def _after_title(self, pieces: Sequence[Piece]) -> Sequence[Piece]:
        """The pieces without the first one, if that is the title: a short line that is no fact."""
        first = pieces[0] if pieces else None
        words = words_of(first) if first else ""
        if first is None or not may_be_title(first) or title_of(words).style or sheets.pair_in(words):
            return pieces
        self._derived.title(words, first.place)
        return pieces[1:]

    def _language(self, chapter: Chapter) -> None:
        """A document with an English heading of relplan's own is in English."""
        words = chapter.title.words if chapter.title else ""
        if words in labels("en")["sections"].values() and not self._parts:
            self._draft.data.setdefault("language", "en")

    def _part(self, part: str, pieces: Sequence[Piece], title: str) -> None:
        if part == "overview":
            self._front(pieces, title)
        elif part in _WORDS_OF:
            self._sentences(part, pieces)
        elif part in ("table", "sections"):
            self._beside_table(pieces)
        else:
            self._entries(part, pieces)

    # What stands before the first part, and facts

    def _front(self, pieces: Sequence[Piece], title: str = "") -> None:
        rest = []
        for piece in pieces:
            if piece.grid is not None:
                self._table("", piece)
            elif not (isinstance(piece.block, Paragraph | List) and self._pairs(piece)):
                rest.append(piece)
        self._remark(rest, title)

    def _pairs(self, piece: Piece) -> bool:
        """Whether every line of a paragraph, or every item of a list, is a fact by its key or a moment; if so they are read."""
        found = [(line.strip(), place) for text, place in _texts(piece) for line in text.split("\n") if line.strip()]
        pairs = [sheets.pair_or_window(line) for line, _ in found]
        if not all(pairs) or (
            isinstance(piece.block, List) and not any(pair and sheets.is_fact(pair[0]) for pair in pairs)
        ):
            return False
        for pair, (_, place) in zip(pairs, found, strict=True):
            if pair:
                self._fact(*pair, place)
        return True

    def _fact(self, key: str, value: str, place: Place) -> None:
        on_cover = not self._parts
        if derived.is_gap(value):
            self._draft.label(place)
        elif not (on_cover and self._derived.takes(key, value, place)):
            sheets.state_pair(key, value, place, self._draft)

    def _facts(self, grid: Grid) -> None:
        """Read a table of keys and values."""
        for row in range(len(grid.rows)):
            columns = grid.filled(row)
            if [grid.text(row, column) for column in columns] in _FACT_HEADERS:
                for column in columns:
                    self._draft.label(grid.place(self._draft.name, row, column))
                continue
            while columns:
                place = grid.place(self._draft.name, row, columns[0])
                self._draft.label(place)
                if len(columns) > 1:
                    value = grid.text(row, columns[1])
                    self._fact(grid.text(row, columns[0]), value, grid.place(self._draft.name, row, columns[1]))
                columns = columns[2:]

    # Tables

    def _table(self, part: str, piece: Piece) -> None:
        """Read a table: as the entries of its part, as a release table, as facts; else line by line."""
        assert piece.grid is not None
        grid = piece.grid
        known = _known_columns(grid, part)
        release = _known_columns(grid, "table")
        if part in ROWS and part != "table" and known and (known >= release or release < ENOUGH_COLUMNS):
            sheets.read_part(self._without_ticks(self._without_struck(grid)), part, self._draft, self._options)
        elif release >= ENOUGH_COLUMNS:
            own = part == "table"
            grid = self._without_struck(grid) if own else grid
            self._has_table = sheets.read_release_table(grid, self._draft, self._options, own) or self._has_table
        elif _is_pairs(grid):
            self._facts(grid)
        else:
            self._lines_of_table(part, grid)

    def _without_struck(self, grid: Grid) -> Grid:
        """A table without the rows that are struck through."""
        rows = [row for row in range(1, len(grid.rows)) if grid.struck and _is_struck(grid, row)]
        spots = [(row, column) for row in rows for column in grid.filled(row)]
        for spot in spots:
            self._cancelled(grid.place(self._draft.name, *spot))
        return _cleared(grid, spots)

    def _without_ticks(self, grid: Grid) -> Grid:
        """A table of steps without the boxes to tick, which say nothing until someone ticks them."""
        spots = [
            (row, column)
            for column in grid.filled(0)
            if grid.text(0, column) in _DONE
            for row in range(1, len(grid.rows))
            if grid.text(row, column) == _BOX
        ]
        for spot in spots:
            self._draft.label(grid.place(self._draft.name, *spot))
        return _cleared(grid, spots)

    def _lines_of_table(self, part: str, grid: Grid) -> None:
        """Keep a table that no model knows: a line of text for each row."""
        for row in range(len(grid.rows)):
            columns = grid.filled(row)
            if columns:
                place = grid.place(self._draft.name, row, columns[0])
                path = self._line(part, " | ".join(_linked(grid, row, column) for column in columns), place)
                for column in columns[1:]:
                    self._draft.also(grid.place(self._draft.name, row, column), path)
        self._guess(
            "不认识这张表的列，逐行保留",
            "the columns of this table are not known, kept line by line",
            grid.place(self._draft.name, 0, 0),
        )

    # Parts that list entries

    def _entries(self, part: str, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            block = piece.block
            if piece.grid is not None:
                self._table(part, piece)
            elif isinstance(block, List):
                self._items(part, block, piece)
            elif isinstance(block, Code | Listing):
                self._code(part, block.text, piece.place)
            elif isinstance(block, Callout):
                self._entries(part, [Piece(inner, piece.place) for inner in block.blocks])
            elif isinstance(block, Heading):
                self._line(part, words_of(piece), piece.place)
                self._guess("小标题作为一条保留", "a heading inside the part, kept as an entry", piece.place)
            else:
                self._paragraph(part, piece)

    def _items(self, part: str, block: List, piece: Piece) -> None:
        places = piece.items or (piece.place,) * len(block.items)
        for number, (item, place) in enumerate(zip(block.items, places, strict=True), block.start or 0):
            text = _flat(item.blocks)
            if text and not self._is_struck(item.blocks, place):
                if part == "participants" and "\n" not in text:
                    self._people(text, place)
                    continue
                self._line(part, text, place, str(number) if block.start is not None else "")
                if item.checked:
                    self._guess(
                        "方框已勾选；计划说的是要做什么，勾选没有保留",
                        "its box is ticked; a plan says what shall be done, so the tick is not kept",
                        place,
                    )

    def _paragraph(self, part: str, piece: Piece) -> None:
        """The lines of a paragraph, each an entry; numbers before them are theirs."""
        path: Path | None = None
        if self._is_struck((piece.block,), piece.place):
            return
        for line in _flat((piece.block,)).split("\n"):
            number, text = without_mark(line.strip())
            if text and part == "participants":
                self._people(text, piece.place)
            elif text:
                path = self._line(part, text, piece.place if path is None else None, number)

    def _is_struck(self, blocks: Sequence[Block], place: Place) -> bool:
        """Whether an entry is struck through: it is cancelled. Said too where only some of its words are."""
        struck = struck_through(blocks)
        if struck == "wholly":
            self._cancelled(place)
        elif struck == "partly":
            self._guess("其中有划去的字，已一并读入", "some of its words are struck through; they were read", place)
        return struck == "wholly"

    def _cancelled(self, place: Place) -> None:
        zh, en = "已划去，视为取消，未读入", "struck through, taken as cancelled, not read"
        self._draft.note("unplaced", zh, en, place)

    def _people(self, line: str, place: Place) -> None:
        """Append the people that a line names, with the role that stands before them."""
        for person in people_in(line):
            self._draft.append(ROWS["participants"][0], person, place)

    def _line(self, part: str, text: str, place: Place | None, number: str = "") -> Path:
        """Append an entry written as plain text to its part; its path."""
        path = ROWS[part][0] if part in ROWS else ("impact",)
        entry: str | dict[str, object] = text
        if number and part in ROWS and ROWS[part][1] is Step:
            entry = {**Step.fields_of_text(text), "number": number}
        return self._draft.append(path, entry, place)

    def _code(self, part: str, text: str, place: Place) -> None:
        """Code between steps is the command of the step before it."""
        path = ROWS[part][0] if part in ROWS else ("impact",)
        steps = self._draft.at(path)
        if not (part in ROWS and ROWS[part][1] is Step and steps):
            self._line(part, text, place)
            return
        last = steps[-1] if isinstance(steps[-1], dict) else Step.fields_of_text(steps[-1])
        last["command"] = f"{last['command']}\n{text}" if last.get("command") else text
        steps[-1] = last
        self._draft.also(place, (*path, len(steps) - 1, "command"))

    # Parts that are sentences: the window, when to go back

    def _sentences(self, part: str, pieces: Sequence[Piece]) -> None:
        path = _WORDS_OF[part]
        for piece in pieces:
            if piece.grid is not None:
                self._table("", piece)
                continue
            for blocks, place in _entries_of(piece):
                if (text := _flat(blocks)) and not self._is_struck(blocks, place):
                    self._sentence(part, path, text, place)

    def _sentence(self, part: str, path: Path, text: str, place: Place) -> None:
        pair = sheets.pair_in(text)
        if self._derived.repeats(text, place):
            return
        if pair and sheets.is_fact(pair[0]):
            self._fact(*pair, place)
            return
        if part == "trigger":
            self._derived.deadline_in(text, place)
        self._draft.extend(path, text, place)

    # What has no part

    def _beside_table(self, pieces: Sequence[Piece]) -> None:
        rest = []
        for piece in pieces:
            if piece.grid is not None:
                self._table("table", piece)
            else:
                rest.append(piece)
        self._remark(rest)

    def _own(self, chapter: Chapter) -> None:
        """Keep a chapter as a section of the team's own; a release table in it is one."""
        title = "" if derived.is_gap(chapter.words) else chapter.words
        self._draft.append(("sections",), {"title": title, **self._after()}, chapter.place)
        self._text([piece for piece in chapter.pieces if not self._is_release_table(piece)])

    def _is_release_table(self, piece: Piece) -> bool:
        if piece.grid is None or _known_columns(piece.grid, "table") < ENOUGH_COLUMNS:
            return False
        self._table("", piece)
        return True

    def _remark(self, pieces: Sequence[Piece], title: str = "") -> None:
        """Keep what stands where nothing of its kind belongs as a section."""
        if not pieces:
            return
        title = title or labels("en" if self._draft.data.get("language") == "en" else "zh")["sections"]["remarks"]
        self._draft.append(("sections",), {"title": title, **self._after()}, None)
        self._text(pieces)
        self._guess(
            f"不属于任何部分，作为“{title}”一节保留",
            f'belongs to no part, kept as the section "{title}"',
            pieces[0].place,
        )

    def _text(self, pieces: Sequence[Piece]) -> None:
        """Make pieces the text of the section that was last begun."""
        sections = self._draft.at(("sections",))
        path: Path = ("sections", len(sections) - 1, "text")
        for number, place in enumerate(place for piece in pieces for place in _places(piece, self._draft.name)):
            if number:
                self._draft.also(place, path)
            else:
                self._draft.places[path] = place
                self._draft.places.setdefault(path[:-1], place)
        sections[-1]["text"] = text_of(piece.block for piece in pieces)

    def _after(self) -> dict[str, str]:
        part = next((part for part in reversed(self._parts) if _PLACE_OF_PART.get(part, part) in PARTS), "")
        return {"after": _PLACE_OF_PART.get(part, part)} if part else {}

    def _guess(self, zh: str, en: str, place: Place) -> None:
        self._draft.note("guessed", zh, en, place)


def _known_columns(grid: Grid, part: str) -> int:
    """How many headers of a table the model of a part knows."""
    if part not in ROWS:
        return 0
    header = best_header(grid, header_index(ROWS[part][1]))
    return len(header.fields) if header else 0


def _is_pairs(grid: Grid) -> bool:
    """Whether a table has keys and values, side by side."""
    rows = [grid.filled(row) for row in range(len(grid.rows)) if grid.filled(row)]
    keys = [
        grid.text(row, column)
        for row, columns in enumerate(map(grid.filled, range(len(grid.rows))))
        for column in columns[::2]
    ]
    return all(len(row) <= 2 or len(row) % 2 == 0 for row in rows) and any(map(sheets.is_fact, keys))


def _cleared(grid: Grid, spots: Sequence[tuple[int, int]]) -> Grid:
    if not spots:
        return grid
    rows = [list(row) for row in grid.rows]
    for row, column in spots:
        rows[row][column] = ""
    return replace(grid, rows=rows)


def _linked(grid: Grid, row: int, column: int) -> str:
    """The text of a cell, and where it leads."""
    text, target = grid.text(row, column), grid.links.get((row, column), "")
    return f"{text} ({target})" if target else text


def _is_struck(grid: Grid, row: int) -> bool:
    return bool(grid.filled(row)) and all((row, column) in grid.struck for column in grid.filled(row))


def _texts(piece: Piece) -> Iterator[tuple[str, Place]]:
    """The texts of a piece, each with its place."""
    yield from ((_flat(blocks), place) for blocks, place in _entries_of(piece))


def _entries_of(piece: Piece) -> Iterator[tuple[Sequence[Block], Place]]:
    """What the entries of a piece hold, each with its place."""
    block = piece.block
    if isinstance(block, List):
        places = piece.items or (piece.place,) * len(block.items)
        yield from ((item.blocks, place) for item, place in zip(block.items, places, strict=True))
    elif isinstance(block, Callout):
        for inner in block.blocks:
            yield from _entries_of(Piece(inner, piece.place))
    elif _flat((block,)):
        yield (block,), piece.place


def _places(piece: Piece, name: str) -> Iterator[Place]:
    grid = piece.grid
    if grid is not None:
        yield from (grid.place(name, row, column) for row in range(len(grid.rows)) for column in grid.filled(row))
    elif piece.items:
        yield from piece.items
    else:
        yield piece.place


def _flat(blocks: Sequence[Block]) -> str:
    """The words of blocks, a line for each; entries of inner lists have a dash before them."""
    return "\n".join(line for block in blocks for line in _flat_lines(block)).strip()


def _flat_lines(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph | Heading):
        yield words(block.content)
    elif isinstance(block, Code | Listing):
        yield block.text
    elif isinstance(block, List):
        for number, item in enumerate(block.items, block.start or 0):
            mark = "-" if block.start is None else f"{number}."
            first, *rest = _flat(item.blocks).split("\n")
            yield f"{mark} {first}"
            yield from (f"  {line}" for line in rest)
    elif isinstance(block, Callout):
        yield _flat(block.blocks)
    elif isinstance(block, Table):
        for row in ((column.header for column in block.columns), *(map(words, row) for row in block.rows)):
            yield " | ".join(row)
