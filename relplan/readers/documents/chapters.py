"""The chapters of a document: its headings, or the lines that are headings, and what stands below each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from relplan.blocks import (
    Contents,
    Heading,
    LineBreak,
    Link,
    List,
    ListItem,
    PageBreak,
    Paragraph,
    Rule,
    Strong,
    lines,
    plain,
)
from relplan.errors import Place
from relplan.readers.documents.derived import is_gap
from relplan.readers.documents.headings import Style, Title, is_own_heading, title_of
from relplan.readers.documents.pieces import Piece, words
from relplan.readers.draft import Draft
from relplan.readers.sheets.facts import pair_in

_LONGEST_TITLE: Final = 40
_DEEPEST: Final = 6
_SHORTEST_TITLE: Final = 4
"""Shorter words before a colon, such as 回退 or `team`, stand in steps too."""
_COLONS: Final = ":： "
_ENDS_OF_SENTENCES: Final = ("。", "；", ";", "，", ",")
_CLEAR_STYLES: Final[tuple[Style, ...]] = ("roman", "chinese", "appendix")
"""Numbers that steps do not have: where the parts have them, what has none or others is no part."""


class Chapter(Struct):
    """A heading and what stands below it, up to the next one.

    Attributes:
        title: the heading, or None for what stands before the first one.
        place: of the heading.
        words: of the heading, without its number where that is one of those that the parts have.
        pieces: below it.
        level: of the heading; the lowest for the first one, which is the title, and for lines of text: every other
            heading begins a chapter of its own.
    """

    title: Title | None
    place: Place
    words: str = ""
    pieces: list[Piece] = field(default_factory=list)
    level: int = 1

    @property
    def part(self) -> str:
        """The part of the plan it holds, or blank."""
        return self.title.part if self.title else ""


def words_of(piece: Piece) -> str:
    """The words of a piece, for deciding what it is."""
    block = piece.block
    if piece.grid is not None:
        return " ".join(text.strip() for row in piece.grid.rows for text in row if text.strip())
    if isinstance(block, Heading | Paragraph):
        return plain(block.content).strip()
    if isinstance(block, List):
        return " ".join(filter(None, (_item_words(item) for item in block.items)))
    return "" if isinstance(block, PageBreak | Rule | Contents) else "…"


def _item_words(item: ListItem) -> str:
    return " ".join(
        plain(block.content).strip() for block in item.blocks if isinstance(block, Paragraph | Heading)
    ) or ("…" if item.blocks else "")


def is_scenery(piece: Piece, draft: Draft) -> bool:
    """Whether a piece holds nothing of the plan: a list of contents, a blank line, the mark of a gap."""
    if isinstance(piece.block, Rule):
        return False  # a line across the page is part of a section of the team's own
    words = words_of(piece)
    if isinstance(piece.block, List) and _is_contents(piece.block):
        for place in piece.items:
            draft.label(place)
        return True
    if isinstance(piece.block, Paragraph) and is_gap(words):
        draft.label(piece.place)
        return True
    return not words


def _is_contents(block: List) -> bool:
    """Whether every entry of a list is a link into the document: a list of contents."""
    return bool(block.items) and all(
        bool(item.blocks)
        and all(
            _is_contents(inner) if isinstance(inner, List) else isinstance(inner, Paragraph) and _only_leads_on(inner)
            for inner in item.blocks
        )
        for item in block.items
    )


def _only_leads_on(paragraph: Paragraph) -> bool:
    words = [each for each in paragraph.content if plain((each,)).strip() and not isinstance(each, LineBreak)]
    return bool(words) and all(isinstance(each, Link) and each.target.startswith("#") for each in words)


class _Looks(Struct, frozen=True):
    """How the headings of a document look.

    Attributes:
        marked: they are headings; else short lines.
        styles: the numbers that they have and that steps do not have.
        bold: they are set in bold, all of them.
    """

    marked: bool
    styles: frozenset[Style]
    bold: bool


def split(pieces: Sequence[Piece], draft: Draft) -> list[Chapter]:
    """The chapters of a document: by its headings, or by its lines where no heading names a part."""
    marked = [piece for piece in pieces if isinstance(piece.block, Heading)]
    by_headings = any(title_of(words_of(piece)).part for piece in marked)
    candidates = marked if by_headings else [piece for piece in pieces if may_be_title(piece)]
    titles = {id(piece): title_of(words_of(piece)) for piece in candidates}
    of_parts = [piece for piece in candidates if titles[id(piece)].part]
    styles = frozenset(titles[id(piece)].style for piece in of_parts) & frozenset(_CLEAR_STYLES)
    looks = _Looks(by_headings, styles, not by_headings and bool(of_parts) and all(map(_is_bold, of_parts)))
    chapters = [Chapter(None, Place(draft.name))]
    for piece in pieces:
        title = _chapter_title(piece, titles.get(id(piece)), looks, chapters[-1])
        if title is not None:
            level = piece.block.level if isinstance(piece.block, Heading) and len(chapters) > 1 else _DEEPEST
            shown = title.words if title.style in looks.styles else words_of(piece)
            chapters.append(Chapter(title, piece.place, shown, level=level))
        elif opened := _opened(piece, looks, chapters[-1]):
            chapters.append(opened)
        else:
            chapters[-1].pieces.append(piece)
    return chapters


def _opened(piece: Piece, looks: _Looks, current: Chapter) -> Chapter | None:
    """The chapter that a line begins with its heading and its first words: `发布时间：2026-08-20 22:00`."""
    pair = pair_in(words(piece.block.content)) if isinstance(piece.block, Paragraph) else None
    if looks.marked or current.title is None or pair is None or len(pair[0]) < _SHORTEST_TITLE:
        return None
    title = title_of(pair[0])
    if not title.part or (looks.styles and title.style not in (*looks.styles, "appendix") and not looks.bold):
        return None
    return Chapter(title, piece.place, title.words, [Piece(Paragraph(lines(pair[1])), piece.place)], _DEEPEST)


def may_be_title(piece: Piece) -> bool:
    """Whether a piece could be a heading: it is one, or a short line."""
    words = words_of(piece)
    if isinstance(piece.block, Heading):
        return True
    return isinstance(piece.block, Paragraph) and 0 < len(words) <= _LONGEST_TITLE and "\n" not in words


def _is_bold(piece: Piece) -> bool:
    """Whether a line is set in bold, but for its number and a colon behind it."""
    content = piece.block.content if isinstance(piece.block, Paragraph) else ()
    bold = plain(tuple(each for each in content if isinstance(each, Strong))).strip().rstrip(_COLONS)
    return bool(bold) and bold in (title_of(words_of(piece)).words.rstrip(_COLONS), words_of(piece).rstrip(_COLONS))


def _chapter_title(piece: Piece, title: Title | None, looks: _Looks, current: Chapter) -> Title | None:
    """The title of the chapter that a piece begins; None where it goes on with the current one."""
    if title is None:
        return None
    if title.part and (not looks.styles or title.style in (*looks.styles, "appendix")):
        return title
    own = replace(title, part="")
    if looks.marked and isinstance(piece.block, Heading):
        return None if current.title and piece.block.level > current.level else own
    if isinstance(piece.block, Heading):
        return own
    return own if _is_own_line(piece, title, looks, current) else None


def _is_own_line(piece: Piece, title: Title, looks: _Looks, current: Chapter) -> bool:
    """Whether a short line that names no part is a heading: by its number, its look, or its words."""
    if title.words.endswith(_ENDS_OF_SENTENCES):
        return False
    if title.style in looks.styles:
        return True
    if current.title is None:
        return False
    if looks.bold and _is_bold(piece):
        return True
    if looks.styles:
        return False
    return is_own_heading(title.words) if not title.style else _counts_on(title, current)


def _counts_on(title: Title, current: Chapter) -> bool:
    """Whether a line has the number after that of the heading before it, and no line between them has a number."""
    return (
        current.title is not None
        and title.style == current.title.style == "digits"
        and title.count == current.title.count + 1
        and not any(title_of(words_of(piece)).style == "digits" for piece in current.pieces)
    )
