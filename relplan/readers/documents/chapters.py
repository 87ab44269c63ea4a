"""The chapters of a document: its headings, or the lines that are headings, and what stands below each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from relplan.blocks import Contents, Heading, LineBreak, Link, List, ListItem, PageBreak, Paragraph, Rule, plain
from relplan.errors import Place
from relplan.readers.documents.derived import is_gap
from relplan.readers.documents.headings import Style, Title, title_of
from relplan.readers.documents.pieces import Piece
from relplan.readers.draft import Draft

_LONGEST_TITLE: Final = 40
_DEEPEST: Final = 6
_CLEAR_STYLES: Final[tuple[Style, ...]] = ("roman", "chinese", "appendix")
"""Numbers that steps do not have: where the parts have them, what has none or others is no part."""


@dataclass
class Chapter:
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
    """Whether a piece holds nothing of the plan: a rule, a list of contents, a blank line, the mark of a gap."""
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


def split(pieces: Sequence[Piece], draft: Draft) -> list[Chapter]:
    """The chapters of a document: by its headings, or by its lines where no heading names a part."""
    marked = [piece for piece in pieces if isinstance(piece.block, Heading)]
    by_headings = any(title_of(words_of(piece)).part for piece in marked)
    candidates = marked if by_headings else [piece for piece in pieces if may_be_title(piece)]
    titles = {id(piece): title_of(words_of(piece)) for piece in candidates}
    styles = {title.style for title in titles.values() if title.part and title.style in _CLEAR_STYLES}
    chapters = [Chapter(None, Place(draft.name))]
    for piece in pieces:
        title = _chapter_title(piece, titles.get(id(piece)), styles, by_headings, chapters[-1])
        if title is None:
            chapters[-1].pieces.append(piece)
        else:
            level = piece.block.level if isinstance(piece.block, Heading) and len(chapters) > 1 else _DEEPEST
            words = title.words if title.style in styles else words_of(piece)
            chapters.append(Chapter(title, piece.place, words, level=level))
    return chapters


def may_be_title(piece: Piece) -> bool:
    """Whether a piece could be a heading: it is one, or a short line."""
    words = words_of(piece)
    if isinstance(piece.block, Heading):
        return True
    return isinstance(piece.block, Paragraph) and 0 < len(words) <= _LONGEST_TITLE and "\n" not in words


def _chapter_title(
    piece: Piece, title: Title | None, styles: set[Style], by_headings: bool, current: Chapter
) -> Title | None:
    """The title of the chapter that a piece begins; None where it goes on with the current one."""
    if title is None:
        return None
    if title.part and (not styles or title.style in (*styles, "appendix")):
        return title
    own = Title(title.style, title.words)
    if by_headings and isinstance(piece.block, Heading):
        return None if current.title and piece.block.level > current.level else own
    if isinstance(piece.block, Heading):
        return own
    return own if title.style in styles and not title.words.endswith(("。", "；", ";", "，", ",")) else None
