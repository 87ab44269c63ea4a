"""From sheets of cells to a plan: the release table by its headers, the facts above it, and the parts of a plan by their titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from relplan.errors import LANGUAGES, Path, Place, Problem, ReadError, problem
from relplan.grids import (
    CONTINUED,
    ENOUGH_COLUMNS,
    Grid,
    Header,
    best_header,
    column_letters,
    fill_down,
    header_at,
)
from relplan.model.celltext import NAMES, split_outside_brackets
from relplan.model.columns import header_index, normalise_header
from relplan.model.fields import Row
from relplan.model.read import Read
from relplan.model.table import ReleaseItem
from relplan.readers import delimited, workbook
from relplan.readers.draft import Draft
from relplan.readers.options import DEFAULT, ReadOptions
from relplan.readers.parts import FACTS, LONG_TEXTS, ROWS, fact_paths, part_titled
from relplan.resources import labels


def read_xlsx(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in an Excel workbook.

    Raises:
        ReadError: it cannot be read, or holds no release table.
        PlanError: it holds text that no plan can hold.
    """
    sheets = workbook.read_sheets(data, name)
    draft = Draft(name)
    for hidden in sheets.hidden:
        draft.note("unplaced", "隐藏的工作表，未读取", "hidden sheet, not read", Place(name, sheet=hidden))
    return read_grids(sheets.grids, draft)


def read_csv(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in a CSV file; raises as `read_xlsx` does."""
    return read_grids([delimited.read_grid(data, name)], Draft(name))


def read_grids(grids: Sequence[Grid], draft: Draft) -> Read:
    """The plan that sheets hold between them.

    Raises:
        ReadError: none of them holds a release table or another part of a plan.
    """
    found = [_Sheet(grid, draft).read() for grid in _rejoined(grids)]
    if not any(found):
        raise ReadError(_no_table(grids, draft.name))
    return draft.read()


def _no_table(grids: Sequence[Grid], name: str) -> list[Problem]:
    filled = [grid for grid in grids if not grid.is_blank()]
    if not filled:
        return [problem("文件是空的", "the file is empty", name)]
    return [problem(*_what_was_seen(grid), Place(name, sheet=grid.name)) for grid in filled[:5]]


def _what_was_seen(grid: Grid) -> tuple[str, str]:
    header = best_header(grid, header_index(ReleaseItem))
    seen = [grid.text(header.row, column) or name for column, name in header.fields.items()] if header else []
    return (
        f"没有发布清单：表头至少要有 {ENOUGH_COLUMNS} 个认识的列名，这里{'只有：' + '、'.join(seen) if seen else '一个也没有'}；列名如“系统名称”“版本号”“变更内容”",
        f"no release table: a header row needs {ENOUGH_COLUMNS} known columns, here "
        + (f"only: {', '.join(seen)}" if seen else "is none")
        + "; known are for example 系统名称 (System), 版本号 (Version), 变更内容 (Changes)",
    )


def _rejoined(grids: Sequence[Grid]) -> list[Grid]:
    """The sheets with long texts put together again, without the sheet that held their pieces."""
    rest: dict[str, str] = {}
    kept = []
    for grid in grids:
        if len(grid.rows) and part_titled(grid.text(0, 0)) == LONG_TEXTS:
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

    return Grid(grid.name, [[whole(text) for text in row] for row in grid.rows], grid.merges, grid.numbers)


_COLON: Final = re.compile(r"\s*[:：]\s*")
_NOTE: Final = re.compile(r"(?:注|备注|说明|附注|note|remark)s?\s*\d*\s*[:：]", re.IGNORECASE)
_VERSIONS: Final = ("version", "previous_version", "branch", "previous_branch")
_ERRORS: Final = frozenset(("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"))


class _Sheet:
    """Reads one sheet into a draft."""

    def __init__(self, grid: Grid, draft: Draft) -> None:
        self._grid, self._draft = grid, draft
        self._titled = False

    def read(self) -> bool:
        """Whether the sheet held a part of a plan."""
        grid = self._grid
        if grid.is_blank():
            return False
        first = next(row for row in range(len(grid.rows)) if grid.filled(row))
        title = grid.text(first, grid.filled(first)[0]) if len(grid.filled(first)) == 1 else ""
        part = part_titled(title) or part_titled(grid.name)
        self._titled = part_titled(title) is not None  # a sheet as relplan writes it, where every row is a row
        start = first + 1 if self._titled else first
        if part in FACTS:
            self._facts(start, len(grid.rows), with_header=True)
            return True
        if part and part in ROWS and part != "table":
            return self._part(part, start)
        return self._release_table(start)

    def _place(self, row: int, column: int) -> Place:
        return self._grid.place(self._draft.name, row, column)

    def _part(self, part: str, start: int) -> bool:
        path, model = ROWS[part]
        header = best_header(self._grid, header_index(model), start)
        if header is None:
            self._unplaced(start, len(self._grid.rows))
            return False
        self._unplaced(start, header.row)
        self._rows(header, len(self._grid.rows), path, model)
        return True

    def _release_table(self, start: int) -> bool:
        grid, index = self._grid, header_index(ReleaseItem)
        header = best_header(grid, index, start)
        if header is None or len(header.fields) < ENOUGH_COLUMNS:
            zh, en = _what_was_seen(grid)
            self._draft.note("unplaced", zh, en, Place(self._draft.name, sheet=grid.name))
            return False
        self._facts(start, header.row)
        for found, end in self._tables(header):
            row, count = found.row + 1, len(found.fields)
            self._draft.note(
                "read",
                f"发布清单，表头在第 {row} 行，认识 {count} 列",
                f"release table, header in row {row}, {count} known columns",
                self._place(found.row, min(found.fields)),
            )
            self._rows(found, end, ("table", "rows"), ReleaseItem)
        return True

    def _tables(self, header: Header) -> Iterator[tuple[Header, int]]:
        """The tables of the sheet: a header row that comes again begins the next one."""
        row = header.body
        while row < len(self._grid.rows):
            if len(self._grid.filled(row)) >= ENOUGH_COLUMNS:
                again = header_at(self._grid, row, header_index(ReleaseItem))
                if len(again.fields) >= max(ENOUGH_COLUMNS, len(self._grid.filled(row)) // 2 + 1):
                    yield header, row
                    header, row = again, again.body
                    continue
            row += 1
        yield header, len(self._grid.rows)

    def _rows(self, header: Header, end: int, path: Path, model: type[Row]) -> None:
        grid = self._grid
        filled = fill_down(grid, header.body, end - 1)
        others = self._extra_columns(header, end, model)
        columns = [*header.fields, *others]
        for row in range(header.body, end):
            sources = {column: filled.get((row, column), (row, column)) for column in columns}
            texts = {column: text for column, source in sources.items() if (text := grid.text(*source))}
            beside = [column for column in grid.filled(row) if column not in columns]
            if model is ReleaseItem and self._is_remark(row, texts):
                self._remark(row)
                continue
            for column in beside:
                self._leftover(row, column)
            if not texts:
                continue
            places = {column: self._place(*sources[column]) for column in texts}
            self._entry(row, header, others, texts, places, path)

    def _entry(
        self,
        row: int,
        header: Header,
        others: dict[int, str],
        texts: dict[int, str],
        places: dict[int, Place],
        path: Path,
    ) -> None:
        entry: dict[str, object] = {header.fields[c]: text for c, text in texts.items() if c in header.fields}
        extra = [(others[c], text, places[c]) for c, text in texts.items() if c in others]
        inner: dict[Path, Place] = {(header.fields[c],): places[c] for c in texts if c in header.fields}
        if extra:
            entry["extra"] = {caption: text for caption, text, _ in extra}
            inner |= {("extra", i): place for i, (_, _, place) in enumerate(extra)}
        for column, text in texts.items():
            self._doubtful(row, column, header.fields.get(column, ""), text)
        self._draft.add(path, entry, inner, self._place(row, min(header.fields)))

    def _doubtful(self, row: int, column: int, field: str, text: str) -> None:
        """Say where a cell's text may not be what was typed."""
        if text in _ERRORS:
            self._draft.note(
                "unreadable",
                f"单元格是错误值 {text}；请改正公式",
                f"the cell holds the error {text}; mend its formula",
                self._place(row, column),
            )
        elif field in _VERSIONS and (row, column) in self._grid.numbers:
            self._draft.note(
                "guessed",
                f"“{text}”在表中是数字或日期；如果原本是 {text}0 之类，请改为文本",
                f'"{text}" is a number or date in the sheet; if it was meant as {text}0 or the like, make it text',
                self._place(row, column),
            )

    def _extra_columns(self, header: Header, end: int, model: type[Row]) -> dict[int, str]:
        """The columns that hold text under a header no one knows, or under none; each caption once."""
        if model is not ReleaseItem:
            return {}
        captions: dict[int, str] = {}
        index = header_index(model)
        last = max((len(self._grid.rows[row]) for row in range(header.row, end)), default=0)
        used = {c for row in range(header.body, end) for c in self._grid.filled(row)}
        left, right = min(header.fields), max([*header.fields, *header.others])
        for column in range(last):
            if column in header.fields or column not in used:
                continue
            caption = header.others.get(column)
            if caption is None and not left < column <= right:
                continue  # beside the table: a remark, not a column of it
            caption = caption or f"{labels('zh')['column']} {column_letters(column)}"
            name, count = caption, 1
            while name in captions.values() or index.is_canonical(name):
                count += 1
                name = f"{caption} #{count}"
            captions[column] = name
        return captions

    def _is_remark(self, row: int, texts: dict[int, str]) -> bool:
        """Whether a row is a sentence below a table rather than one of its rows.

        That is one cell, which is merged across, stands apart from the table, or says that it is a note.
        """
        grid, filled = self._grid, self._grid.filled(row)
        if len(filled) != 1 or len(texts) > 1:
            return False
        note = not self._titled and _NOTE.match(grid.text(row, filled[0]))
        across = any(area.top == row and area.left == filled[0] and area.right > area.left for area in grid.merges)
        return across or not grid.filled(row - 1) or bool(note)

    def _remark(self, row: int) -> None:
        """Keep a sentence that stands below a table as a section of the team's own."""
        column = self._grid.filled(row)[0]
        text, place = self._grid.text(row, column), self._place(row, column)
        title = labels(self._draft.data.get("language", "zh"))["sections"]["remarks"]
        sections = self._draft.data.setdefault("sections", [])
        own = next((section for section in sections if section.get("title") == title), None)
        if own is None:
            self._draft.add(("sections",), {"title": title, "text": text, "after": "table"}, {}, place)
        else:
            own["text"] += f"\n\n{text}"
        self._draft.note(
            "guessed",
            f"这一行不是清单的行，作为“{title}”保留",
            f'no row of the table, kept as the section "{title}"',
            place,
        )

    def _facts(self, start: int, end: int, with_header: bool = False) -> None:
        """Read the pairs of key and value in some rows; a first line without a key is the title."""
        for row in range(start, end):
            columns = self._grid.filled(row)
            if with_header and len(columns) == 1 and self._grid.text(row, columns[0]) in _COUNTS:
                return  # what follows is counted from the release table
            if with_header and [normalise_header(self._grid.text(row, c)) for c in columns] in _FACT_HEADERS:
                continue
            while columns:
                columns = self._fact(row, columns)

    def _fact(self, row: int, columns: list[int]) -> list[int]:
        """Read the pair that begins at the first of `columns`; the columns that are left."""
        text, place = self._grid.text(row, columns[0]), self._place(row, columns[0])
        alone = len(columns) == 1
        if _path_of_key(text) or text.endswith((":", "：")):
            if not alone:
                key = text.rstrip(":： ")
                self._pair(key, self._grid.text(row, columns[1]), self._place(row, columns[1]))
            return columns[2:]  # a key with no value beside it is not stated
        key, value = _split_pair(text)
        if value:
            self._pair(key, value, place)
        else:
            self._sentence(text, place, alone)
        return columns[1:]

    def _pair(self, key: str, value: str, place: Place) -> None:
        path = _path_of_key(key)
        if path == ("participants",):
            self._draft.state(path, "\n".join(split_outside_brackets(value, NAMES)), place)
        elif path:
            self._draft.state(path, value, place)
        else:
            self._draft.add(("sections",), {"title": key, "text": value}, {}, place)
            self._draft.note(
                "guessed",
                f"不认识“{key}”，作为单独一节保留",
                f'"{key}" is not known, kept as a section of its own',
                place,
            )

    def _sentence(self, text: str, place: Place, alone: bool) -> None:
        """A line of text above the table: the title, if it is the first one that stands alone."""
        if alone and "title" not in self._draft.data:
            self._draft.state(("title",), text, place)
            return
        self._draft.add(("sections",), {"title": text}, {}, place)
        self._draft.note(
            "guessed", "不认识这段文字，作为单独一节保留", "this text is not known, kept as a section of its own", place
        )

    def _unplaced(self, start: int, end: int) -> None:
        for row in range(start, end):
            for column in self._grid.filled(row):
                self._leftover(row, column)

    def _leftover(self, row: int, column: int) -> None:
        text = self._grid.text(row, column)
        shown = text if len(text) < 40 else f"{text[:40]}…"
        self._draft.note(
            "unplaced",
            f"“{shown}”没有对应的栏目，未读入",
            f'"{shown}" has no field, not read',
            self._place(row, column),
        )


_COUNTS: Final = [labels(each)["counts"] for each in LANGUAGES]
_FACT_HEADERS: Final = [[normalise_header(labels(each)[word]) for word in ("item", "content")] for each in LANGUAGES]


def _path_of_key(key: str) -> Path | None:
    """Where the value of a key belongs: a fact, or a part that can be stated as a list in one cell."""
    if path := fact_paths().get(normalise_header(key)):
        return path
    part = part_titled(key)
    return ROWS[part][0] if part and part in ROWS and part not in ("table", "sections") else None


def _split_pair(text: str) -> tuple[str, str]:
    """`产品：SingPost` as key and value; a key is short and of one line. Any other text is all key."""
    match = _COLON.search(text)
    if not match or not 0 < match.start() <= 24 or "\n" in text[: match.start()] or "://" in text[: match.end() + 2]:
        return text, ""
    return text[: match.start()], text[match.end() :]
