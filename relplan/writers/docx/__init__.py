"""Blocks as a Word file (.docx) in the styles of a theme: what a reader opens, prints and sends on.

The markup is written as text, piece by piece: time and memory grow with the document and no faster.
"""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path as FilePath
from typing import Final

from relplan import kept
from relplan.blocks import Document, with_anchors
from relplan.resources import template_path, templates_dir
from relplan.writers.docx.body import Body
from relplan.writers.docx.markup import DECLARATION, escape
from relplan.writers.docx.opc import Package, Relations, content_types
from relplan.writers.docx.page import Page, footer, header, section, theme_page
from relplan.writers.docx.theme import Theme

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_CORE: Final = "application/vnd.openxmlformats-package.core-properties+xml"
_CORE_RELATION: Final = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_APP: Final = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
_THEME_READERS: Final = ("theme.py", "themefile.py")
"""The modules that say what is read of a theme."""
_NO_DATE: Final = dt.date(2000, 1, 1)
_LANGUAGES: Final = {"zh": "zh-CN", "en": "en-US"}


def write(document: Document, theme: bytes | None = None) -> bytes:
    """The document as a .docx; the same bytes for the same document and theme.

    Args:
        document: what to write.
        theme: a .docx whose styles, fonts, page, header and footer are taken; the built-in one if None.

    Raises:
        TemplateError: the theme is no Word file, or lacks styles.
        WriteError: a text holds a character that XML cannot hold.
    """
    look = _built_in() if theme is None else _loaded(theme)
    document = Document(
        document.title, document.language, with_anchors(document.blocks), document.version, document.date
    )
    return _Writer(document, look).file()


def _built_in() -> Theme:
    """The theme among the templates; that of relplan itself is read once and kept."""
    path = template_path("theme.docx")
    data = path.read_bytes()
    if path.parent != templates_dir():
        return _loaded(data)
    source = data, kept.made_by(*(FilePath(__file__).with_name(name) for name in _THEME_READERS))
    if (plain := kept.find(path, source)) is None:
        kept.keep(path, source, plain := _loaded(data).plain())
    return Theme.of_plain(plain)


def _loaded(data: bytes) -> Theme:
    from relplan.writers.docx.themefile import load  # it brings lxml

    return load(data)


class _Writer:
    """Puts the parts of one document into their package."""

    def __init__(self, document: Document, theme: Theme) -> None:
        self._document = document
        self._theme = theme
        self._relations = Relations()
        for kind, name in theme.main.items():
            self._relations.add(kind, _from_word(name))
        self._relations.add("numbering", "numbering.xml")
        self._body = Body(document, theme, theme_page(theme), self._relations)
        pages = dict.fromkeys(segment.page for segment in self._body.segments)
        self._own: dict[str, str] = {}
        self._headers: dict[Page, str] = {}
        self._footer = ""
        taken = {part.name for part in theme.parts}
        stated = {each.kind for each in theme.letterheads if each.pages == "default"}
        for page in pages if "header" not in stated else ():
            self._headers[page] = _free("header", taken)
            self._own[self._headers[page]] = header(document, theme, page)
        if "footer" not in stated:
            self._footer = _free("footer", taken)
            self._own[self._footer] = footer(document, theme)

    def file(self) -> bytes:
        package = Package()
        package.add("[Content_Types].xml", content_types(self._kinds()))
        package.add("_rels/.rels", _package_relations())
        package.stream("word/document.xml", self._body.document_xml(self._sections()))
        package.add("word/_rels/document.xml.rels", self._relations.xml())
        package.add("word/numbering.xml", self._body.numbering.part())
        for name, text in self._own.items():
            package.add(name, text)
        for part in self._theme.parts:
            package.add(part.name, part.data)
        for name, data in self._body.pictures.items():
            package.add(f"word/{name}", data)
        package.add("docProps/core.xml", _core(self._document))
        package.add("docProps/app.xml", _app())
        return package.close()

    def _sections(self) -> list[str]:
        return [
            section(segment.page, self._references(segment.page, number == 0))
            for number, segment in enumerate(self._body.segments)
        ]

    def _references(self, page: Page, is_first: bool) -> list[tuple[str, str, str]]:
        """What stands above and below the text: the theme's, or our own where it has none."""
        own = {kind: name for kind, name in (("header", self._headers.get(page)), ("footer", self._footer)) if name}
        found = [(kind, "default", name) for kind, name in own.items()]
        found += [
            (each.kind, each.pages, each.name)
            for each in self._theme.letterheads
            if is_first or each.pages == "default"
        ]
        return [(kind, pages, self._relations.add(kind, _from_word(name))) for kind, pages, name in found]

    def _kinds(self) -> list[tuple[str, str]]:
        """Of what kind the parts are that do not say so by the end of their name."""
        own = [("word/document.xml", "document.main"), ("word/numbering.xml", "numbering")]
        own += [(name, "footer" if name == self._footer else "header") for name in self._own]
        kinds = [(name, f"{_WORD}{kind}+xml") for name, kind in own]
        kinds += [(part.name, part.content_type) for part in self._theme.parts if part.content_type]
        return [*kinds, ("docProps/core.xml", _CORE), ("docProps/app.xml", _APP)]


def _free(kind: str, taken: set[str]) -> str:
    """A name for a part of a kind that no other part has; from then on it is taken."""
    name = next(each for number in itertools.count(1) if (each := f"word/{kind}{number}.xml") not in taken)
    taken.add(name)
    return name


def _from_word(name: str) -> str:
    """The name of a part as the main part refers to it."""
    return name.removeprefix("word/") if name.startswith("word/") else f"/{name}"


def _package_relations() -> str:
    relations = Relations()
    relations.add("officeDocument", "word/document.xml")
    relations.add(_CORE_RELATION, "docProps/core.xml")
    relations.add("extended-properties", "docProps/app.xml")
    return relations.xml()


def _core(document: Document) -> str:
    stamp = f"{(document.date or _NO_DATE).isoformat()}T00:00:00Z"
    version = f"<cp:version>{escape(document.version)}</cp:version>" if document.version else ""
    return (
        f"{DECLARATION}<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(document.title)}</dc:title><dc:creator>relplan</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified>'
        f"<dc:language>{_LANGUAGES[document.language]}</dc:language>{version}</cp:coreProperties>"
    )


def _app() -> str:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return f'{DECLARATION}<Properties xmlns="{kind}"><Application>relplan</Application></Properties>'


__all__ = ["write"]
