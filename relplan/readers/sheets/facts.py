"""Facts that stand as pairs of a key and a value: above a table, or on a sheet of their own."""

from __future__ import annotations

import re
from typing import Final

from relplan.errors import LANGUAGES, Language, Path, Place
from relplan.grids import Grid
from relplan.model.celltext import NAMES, split_outside_brackets
from relplan.model.columns import normalise_header
from relplan.patterns import regex
from relplan.readers.draft import Draft
from relplan.readers.parts import ROWS, fact_paths, part_titled
from relplan.resources import labels

_COLON: Final = regex(r"\s*[:：]\s*")
_CLOCK: Final = regex(r"\d\s*[:：]\s*\d\d(?!\d)")
_MOMENT: Final = regex(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?\s*\d{1,2}\s*[:：时点]")
_WINDOW_KEY: Final = labels("zh")["sections"]["window"]
_COUNTS: Final = [labels(each)["counts"] for each in LANGUAGES]
_FACT_HEADERS: Final = [[normalise_header(labels(each)[word]) for word in ("item", "content")] for each in LANGUAGES]
_LISTING: Final = regex(r".*(?:清单|清單|列表|明细|明細|一览|表|\blist|\btable)", re.IGNORECASE)
_LONG: Final = 60
"""A title has fewer characters."""


def path_of_key(key: str) -> Path | None:
    """Where the value of a key belongs: a fact, or a part that can be stated as a list in one cell."""
    if path := fact_paths().get(normalise_header(key)):
        return path
    part = part_titled(key)
    return ROWS[part][0] if part and part in ROWS and part not in ("table", "sections") else None


def pair_in(text: str) -> tuple[str, str] | None:
    """The key and the value of a line like `产品：SingPost`, or None. A key is short and of one line; 22:00 is a time."""
    match = _COLON.search(text)
    if (
        not match
        or _CLOCK.match(text, match.start() - 1)
        or not 0 < match.start() <= 24
        or "\n" in text[: match.start()]
        or "://" in text[: match.end() + 2]
    ):
        return None
    key, value = text[: match.start()], text[match.end() :]
    return (key, value) if value else None


def pair_or_window(text: str) -> tuple[str, str] | None:
    """As `pair_in`; a line that begins with a day and a time is the window."""
    return (_WINDOW_KEY, text) if _MOMENT.match(text) else pair_in(text)


def state_pair(key: str, value: str, place: Place, draft: Draft) -> None:
    """State a fact by its key; a key that is not known becomes a section of the team's own."""
    path = path_of_key(key)
    if path is None:
        draft.add(("sections",), {"title": key, "text": value}, {}, place)
        zh, en = f"不认识“{key}”，作为单独一节保留", f'"{key}" is not known, kept as a section of its own'
        draft.note("guessed", zh, en, place)
        return
    if path == ("participants",):
        value = "\n".join(split_outside_brackets(value, NAMES))
    if path in draft.places and draft.at(path) == value:
        draft.also(place, path)
    else:
        draft.state(path, value, place)


def keep_remark(text: str, place: Place, draft: Draft, zh: str, en: str, about: Place | None = None) -> None:
    """Keep a sentence that belongs to no part in the section of remarks, and say so.

    Args:
        text: the sentence.
        place: where it stands.
        draft: what it is added to.
        zh, en: what to say, with `{}` for the title of the section.
        about: the place to say it of, if that is another one.
    """
    language: Language = "en" if draft.data.get("language") == "en" else "zh"
    title = labels(language)["sections"]["remarks"]
    sections = draft.data.setdefault("sections", [])
    at = next((i for i, section in enumerate(sections) if section.get("title") == title), None)
    if at is None:
        draft.add(("sections",), {"title": title, "text": text, "after": "table"}, {}, place)
    else:
        sections[at]["text"] = f"{sections[at]['text']}\n\n{text}" if sections[at].get("text") else text
        draft.also(place, ("sections", at, "text"))
    draft.note("guessed", zh.format(title), en.format(title), about or place)


class Facts:
    """Reads the pairs of one sheet into a draft. In a sheet of relplan's `own` making no value is taken for a key."""

    def __init__(self, grid: Grid, draft: Draft, own: bool) -> None:
        self._grid, self._draft, self._own = grid, draft, own

    def all(self, start: int) -> None:
        """Read the facts of a sheet as relplan writes it: its headers are labels, and so is what is counted from the table."""
        for row in range(start, len(self._grid.rows)):
            columns = self._grid.filled(row)
            if len(columns) == 1 and self._grid.text(row, columns[0]) in _COUNTS:
                self._label(*((each, c) for each in range(row, len(self._grid.rows)) for c in self._grid.filled(each)))
                return
            if [normalise_header(self._grid.text(row, c)) for c in columns] in _FACT_HEADERS:
                self._label(*((row, column) for column in columns))
            else:
                self._row(row, columns)

    def above(self, start: int, end: int) -> None:
        """Read the facts above a table, whose header begins in row `end`."""
        for row in range(start, end):
            columns = self._grid.filled(row)
            if row == end - 1 and self._is_caption(row, columns):
                self._label(*((row, column) for column in columns))
            else:
                self._row(row, columns)

    def _is_caption(self, row: int, columns: list[int]) -> bool:
        """Whether the line over a header only says what stands below it: its title, or names for groups of its columns."""
        texts = [self._grid.text(row, column) for column in columns]
        if len(texts) == 1:
            titled = part_titled(texts[0]) is not None or (len(texts[0]) < 12 and _LISTING.fullmatch(texts[0]))
            return bool(titled) and ("title" in self._draft.data or part_titled(texts[0]) is not None)
        wide = all(self._grid.across(row, column) for column in columns)
        return wide and not any(path_of_key(text) or _COLON.search(text) for text in texts)

    def _row(self, row: int, columns: list[int]) -> None:
        first = columns[0] if columns and (len(columns) == 1 or self._grid.across(row, columns[0])) else None
        while columns:
            columns = self._fact(row, columns, columns[0] == first)

    def _fact(self, row: int, columns: list[int], alone: bool) -> list[int]:
        """Read the pair that begins at the first of `columns`; the columns that are left."""
        text, place = self._grid.text(row, columns[0]), self._place(row, columns[0])
        if path_of_key(text) or text.endswith((":", "：")):
            self._draft.label(place)
            value = self._grid.text(row, columns[1]) if len(columns) > 1 else ""
            if not value or (not self._own and value.endswith((":", "：")) and not pair_in(value)):
                return columns[1:]  # a key with no value beside it is not stated
            state_pair(text.rstrip(":： "), value, self._place(row, columns[1]), self._draft)
            return columns[2:]
        if pair := pair_or_window(text):
            state_pair(*pair, place, self._draft)
        else:
            self._sentence(text, place, alone)
        return columns[1:]

    def _sentence(self, text: str, place: Place, alone: bool) -> None:
        """A text without a key: the title, if it is the first one that stands alone."""
        if not self._own and (len(text) > _LONG or "\n" in text):
            zh, en = "不认识这段文字，作为“{}”保留", 'this text is not known, kept as the section "{}"'
            keep_remark(text, place, self._draft, zh, en)
        elif alone and "title" not in self._draft.data:
            self._draft.state(("title",), text, place)
        else:
            self._draft.add(("sections",), {"title": text}, {}, place)
            zh, en = "不认识这段文字，作为单独一节保留", "this text is not known, kept as a section of its own"
            self._draft.note("guessed", zh, en, place)

    def _place(self, row: int, column: int) -> Place:
        return self._grid.place(self._draft.name, row, column)

    def _label(self, *spots: tuple[int, int]) -> None:
        for row, column in spots:
            self._draft.label(self._place(row, column))
