"""Pages: their size, their margins, and what stands above and below the text. All lengths are twips (1/20 pt)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, structs

from relplan.blocks import Document
from relplan.errors import Language
from relplan.writers.docx.markup import DECLARATION, NAMESPACES, run
from relplan.writers.docx.theme import Theme

A3_WIDTH: Final = 23811
A3_HEIGHT: Final = 16838
WIDEST: Final = 31680
"""The widest page that Word knows: 22 inches."""

_WIDE_SIDE: Final = 680
_WIDE_TOP: Final = 1191
_WIDE_BOTTOM: Final = 964
_VERSION: Final[dict[Language, str]] = {"zh": "版本 {}", "en": "Version {}"}
_PAGE_OF: Final[dict[Language, tuple[str, str, str]]] = {"zh": ("第 ", " 页 / 共 ", " 页"), "en": ("Page ", " of ", "")}


class Page(Struct, frozen=True):
    """A sheet of paper with margins, in twips."""

    width: int
    height: int
    top: int
    right: int
    bottom: int
    left: int
    header: int = 567
    footer: int = 510

    @property
    def text_width(self) -> int:
        """Between the side margins."""
        return self.width - self.left - self.right

    @property
    def text_height(self) -> int:
        """Between the margins above and below."""
        return self.height - self.top - self.bottom

    def landscape(self) -> Page:
        """The same sheet turned, with narrow margins: it is for wide tables."""
        return structs.replace(
            self,
            width=max(self.width, self.height),
            height=min(self.width, self.height),
            top=min(self.top, _WIDE_TOP),
            right=min(self.right, _WIDE_SIDE),
            bottom=min(self.bottom, _WIDE_BOTTOM),
            left=min(self.left, _WIDE_SIDE),
        )

    def a3(self) -> Page:
        """A3, with the margins of this page."""
        return structs.replace(self, width=A3_WIDTH, height=A3_HEIGHT)

    def widened(self, text_width: int) -> Page:
        """This page, made wide enough for `text_width` as far as Word allows."""
        return structs.replace(self, width=min(max(self.width, text_width + self.left + self.right), WIDEST))


def theme_page(theme: Theme) -> Page:
    """The upright page that a theme asks for."""
    return Page(*theme.page)


def section(page: Page, references: Iterable[tuple[str, str, str]]) -> str:
    """`w:sectPr`: the text before it, back to the section before, stands on such pages.

    Args:
        page: the paper.
        references: what stands above and below the text: `header` or `footer`, `default` or `first`, and the id of its part.
    """
    references = sorted(references, key=lambda each: each[0], reverse=True)
    parts = "".join(f'<w:{kind}Reference w:type="{pages}" r:id="{part}"/>' for kind, pages, part in references)
    first = "<w:titlePg/>" if any(pages == "first" for _, pages, _ in references) else ""
    orientation = ' w:orient="landscape"' if page.width > page.height else ""
    return (
        f'<w:sectPr>{parts}<w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{page.width}" w:h="{page.height}"{orientation}/>'
        f'<w:pgMar w:top="{page.top}" w:right="{page.right}" w:bottom="{page.bottom}" w:left="{page.left}"'
        f' w:header="{page.header}" w:footer="{page.footer}" w:gutter="0"/><w:cols w:space="425"/>{first}</w:sectPr>'
    )


def header(document: Document, theme: Theme, page: Page) -> str:
    """The part above the text: the title on the left, the version on the right."""
    version = _VERSION[document.language].format(document.version) if document.version else ""
    tabs = f'<w:tabs><w:tab w:val="clear" w:pos="4153"/><w:tab w:val="clear" w:pos="8306"/><w:tab w:val="right" w:pos="{page.text_width}"/></w:tabs>'
    right = f"<w:r><w:tab/></w:r>{run(version)}" if version else ""
    style = theme.paragraph("header")
    words = f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{tabs}</w:pPr>{run(document.title)}{right}</w:p>'
    return f"{DECLARATION}<w:hdr {NAMESPACES}>{words}</w:hdr>"


def footer(document: Document, theme: Theme) -> str:
    """The part below the text: the page's number and how many there are."""
    before, between, after = _PAGE_OF[document.language]
    words = f"{run(before)}{_field('PAGE')}{run(between)}{_field('NUMPAGES')}{run(after)}"
    style = theme.paragraph("footer")
    paragraph = f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:jc w:val="center"/></w:pPr>{words}</w:p>'
    return f"{DECLARATION}<w:ftr {NAMESPACES}>{paragraph}</w:ftr>"


def _field(name: str) -> str:
    """A field with a result, which Word replaces when it lays out the page."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {name} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
