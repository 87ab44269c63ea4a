"""The theme: what a document takes over of a Word file: styles, fonts, page, header and footer (`themefile` reads it).

Styles are known by their names, which Word and WPS keep in English whatever the language of the program;
their ids differ from file to file.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Self

from msgspec import Struct
from msgspec.structs import astuple

PARAGRAPH_STYLES: Final = (
    "Normal",
    "Title",
    *(f"heading {level}" for level in range(1, 7)),
    *(f"toc {level}" for level in range(1, 7)),
    "header",
    "footer",
    "List Paragraph",
    "Code",
    "Listing Title",
    "Callout Title",
    "Callout Text",
    "Rule",
    "Spacer",
    "Table Head",
    "Table Text",
    "Table Code",
    "Table Head Small",
    "Table Text Small",
    "Table Code Small",
)
CHARACTER_STYLES: Final = (
    "Emphasis",
    "Hyperlink",
    "Inline Code",
    "Gap",
    "Risk Critical",
    "Risk High",
    "Risk Medium",
    "Risk Low",
    "Risk Mark",
    "Checkbox",
)
TABLE_STYLES: Final = (
    "Data Table",
    "Callout Note",
    "Callout Tip",
    "Callout Important",
    "Callout Warning",
    "Callout Caution",
)


class Part(Struct, frozen=True):
    """A part that goes into the document as it is, with its relationships."""

    name: str
    content_type: str
    data: bytes


class Letterhead(Struct, frozen=True):
    """A part above or below the text of the theme, with logo and all.

    Attributes:
        kind: `header` or `footer`.
        pages: `default`, or `first` for the first page alone.
        name: of the part.
    """

    kind: str
    pages: str
    name: str


class Theme(Struct, frozen=True):
    """What a document takes over.

    Attributes:
        ids: from kind and name of a style (in small letters) to its id.
        sizes: of the text of each paragraph style, in half-points, by name in small letters.
        fills: background of character styles that have one, as RRGGBB, by name in small letters.
        numbered: paragraph styles that number themselves.
        code_indent: of code from the left edge of the text, in twips.
        page: width, height, the margins (top, right, bottom, left), and the places of header and footer, in twips.
        main: for each kind of relationship of the document, the name of its part.
        numbering: the lists that styles refer to, or None.
        parts: styles, fonts, colours, settings, and what they need.
        letterheads: what stands above and below the text, where the theme says so.
    """

    ids: Mapping[tuple[str, str], str]
    sizes: Mapping[str, int]
    fills: Mapping[str, str]
    numbered: frozenset[str]
    code_indent: int
    page: tuple[int, int, int, int, int, int, int, int]
    main: Mapping[str, str]
    numbering: bytes | None
    parts: tuple[Part, ...]
    letterheads: tuple[Letterhead, ...] = ()

    def paragraph(self, name: str) -> str:
        """The id of a paragraph style."""
        return self.ids["paragraph", name.lower()]

    def character(self, name: str) -> str:
        """The id of a character style."""
        return self.ids["character", name.lower()]

    def table(self, name: str) -> str:
        """The id of a table style."""
        return self.ids["table", name.lower()]

    def size(self, name: str) -> int:
        """The size of the text of a paragraph style, in half-points."""
        return self.sizes[name.lower()]

    def plain(self) -> tuple[Any, ...]:
        """All it says, as plain data."""
        parts, letterheads = (tuple(map(astuple, each)) for each in (self.parts, self.letterheads))
        looks = dict(self.ids), dict(self.sizes), dict(self.fills), self.numbered, self.code_indent, self.page
        return *looks, dict(self.main), self.numbering, parts, letterheads

    @classmethod
    def of_plain(cls, plain: tuple[Any, ...]) -> Self:
        """The theme that says this, see `plain`."""
        ids, sizes, fills, numbered, code_indent, page, main, numbering, parts, letterheads = plain
        return cls(
            MappingProxyType(ids),
            MappingProxyType(sizes),
            MappingProxyType(fills),
            numbered,
            code_indent,
            page,
            MappingProxyType(main),
            numbering,
            tuple(Part(*each) for each in parts),
            tuple(Letterhead(*each) for each in letterheads),
        )
