"""Reads themes: Word files whose styles, fonts and page a document takes over; and what a document lacks of the built-in one.

A file that is no Word file, or lacks a style, is refused with its name.
"""

from __future__ import annotations

import copy
import functools
import io
import itertools
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from relplan.errors import TemplateError, problem
from relplan.writers.docx.markup import W
from relplan.writers.docx.theme import CHARACTER_STYLES, PARAGRAPH_STYLES, TABLE_STYLES, Letterhead, Part, Theme

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    etree.XMLSyntaxError,
)
_MOST_BYTES: Final = 64 * 1024 * 1024
_PAGE: Final = (11906, 16838, 1361, 1247, 1247, 1247, 624, 567)
_MARGINS: Final = ("top", "right", "bottom", "left", "header", "footer")

# What a theme may say about every document; the rest of its settings is about itself (edits, footnotes, mail merge).
_SETTINGS: Final = frozenset(
    {
        "embedTrueTypeFonts",
        "embedSystemFonts",
        "saveSubsetFonts",
        "defaultTabStop",
        "characterSpacingControl",
        "compat",
        "themeFontLang",
        "clrSchemeMapping",
        "decimalSymbol",
        "listSeparator",
        "autoHyphenation",
        "noLineBreaksAfter",
        "noLineBreaksBefore",
    }
)


def w(name: str) -> str:
    """A name of WordprocessingML as lxml writes it."""
    return f"{{{W}}}{name}"


def parse(data: bytes) -> etree._Element:
    """The root of a part; entities and document types are refused.

    Raises:
        etree.XMLSyntaxError: it is no XML.
        ValueError: it has a document type.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False)
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("document types are not allowed")
    return root


@functools.lru_cache(maxsize=4)
def load(data: bytes) -> Theme:
    """The theme in a Word file.

    Raises:
        TemplateError: it is no Word file, or lacks styles; all that are missing are named.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
                raise _no_word_file()
            return _theme(_Source(archive))
    except _UNREADABLE as error:
        raise _no_word_file() from error


def _no_word_file() -> TemplateError:
    return TemplateError(
        problem(
            "主题不是可读的 Word 文件（.docx）；请以内置的 theme.docx 为基础修改",
            "the theme is not a readable Word file (.docx); start from a copy of the built-in theme.docx",
        )
    )


class _Source:
    """The package of a theme: its parts, and what they refer to."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = frozenset(archive.namelist())
        types = parse(archive.read("[Content_Types].xml"))
        self._overrides = {
            e.get("PartName", "").lstrip("/"): e.get("ContentType", "") for e in types.iter(_TYPES + "Override")
        }
        self._defaults = {
            e.get("Extension", "").lower(): e.get("ContentType", "") for e in types.iter(_TYPES + "Default")
        }
        self.document = self.related("")["officeDocument"]

    def read(self, name: str) -> bytes:
        return self._archive.read(name)

    def content_type(self, name: str) -> str:
        return (
            self._overrides.get(name)
            or self._defaults.get(name.rpartition(".")[2].lower())
            or "application/octet-stream"
        )

    def related(self, name: str) -> dict[str, str]:
        """The parts that a part refers to, by the kind of the relationship."""
        folder = posixpath.dirname(name)
        found: dict[str, str] = {}
        for each in self._inside(name):
            kind = each.get("Type", "")
            if kind.startswith(_OFFICE):
                found[kind.removeprefix(_OFFICE)] = _resolve(folder, each.get("Target", ""))
        return found

    def by_id(self, name: str) -> dict[str, str]:
        """The parts that a part refers to, by the id of the relationship."""
        folder = posixpath.dirname(name)
        return {each.get("Id", ""): _resolve(folder, each.get("Target", "")) for each in self._inside(name)}

    def _inside(self, name: str) -> list[etree._Element]:
        """The relationships of a part to others of the package."""
        relations = _relations_name(name)
        if relations not in self._names:
            return []
        found = parse(self.read(relations)).iter(_RELATION)
        return [each for each in found if each.get("TargetMode") != "External"]

    def with_relations(self, name: str) -> list[Part]:
        """A part, and all that it refers to, and so on."""
        parts: dict[str, Part] = {}
        waiting = [name]
        while waiting:
            each = waiting.pop()
            if each in parts:
                continue
            parts[each] = Part(each, self.content_type(each), self.read(each))
            relations = _relations_name(each)
            if relations in self._names:
                parts[relations] = Part(relations, "", self.read(relations))
                waiting += self.by_id(each).values()
        return list(parts.values())


def _relations_name(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolve(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _theme(source: _Source) -> Theme:
    main = source.related(source.document)
    styles = parse(source.read(main["styles"]))
    _check(styles)
    parts = [Part("word/styles.xml", source.content_type(main["styles"]), source.read(main["styles"]))]
    kept = {"styles": "word/styles.xml"}
    for kind in ("theme", "fontTable"):
        if kind in main:
            parts += source.with_relations(main[kind])
            kept[kind] = main[kind]
    if "numbering" in main:
        # The lists themselves are written anew with those of the document; pictures that serve as bullets stay.
        parts += source.with_relations(main["numbering"])[1:]
    if "settings" in main:
        parts.append(
            Part("word/settings.xml", source.content_type(main["settings"]), _settings(source.read(main["settings"])))
        )
        kept["settings"] = "word/settings.xml"
    numbering = source.read(main["numbering"]) if "numbering" in main else None
    document = parse(source.read(source.document))
    letterheads = _letterheads(document, source)
    for each in letterheads:
        parts += source.with_relations(each.name)
    once = tuple({part.name: part for part in parts}.values())
    return replace(_look(styles, _page(document), once, kept, numbering), letterheads=letterheads)


def _letterheads(document: etree._Element, source: _Source) -> tuple[Letterhead, ...]:
    """What stands above and below the text of the last section; those of even pages alone are left out."""
    section = document.find(f"{w('body')}/{w('sectPr')}")
    if section is None:
        return ()
    parts = source.by_id(source.document)
    has_first = section.find(w("titlePg")) is not None
    wanted = ("default", "first") if has_first else ("default",)
    return tuple(
        Letterhead(kind, pages, parts[each.get(f"{{{_OFFICE[:-1]}}}id") or ""])
        for kind in ("header", "footer")
        for each in section.iter(w(f"{kind}Reference"))
        if (pages := each.get(w("type")) or "default") in wanted
    )


def _look(
    styles: etree._Element,
    page: tuple[int, int, int, int, int, int, int, int],
    parts: tuple[Part, ...],
    main: Mapping[str, str],
    numbering: bytes | None,
) -> Theme:
    ids, resolved = _style_ids(styles), _Styles(styles)
    return Theme(
        ids=MappingProxyType(ids),
        sizes=MappingProxyType(
            {name.lower(): resolved.size(ids["paragraph", name.lower()]) for name in PARAGRAPH_STYLES}
        ),
        fills=MappingProxyType(dict(resolved.fills())),
        numbered=frozenset(n.lower() for n in PARAGRAPH_STYLES if resolved.is_numbered(ids["paragraph", n.lower()])),
        code_indent=resolved.indent(ids["paragraph", "code"]),
        page=page,
        parts=parts,
        main=MappingProxyType(dict(main)),
        numbering=numbering,
    )


def _style_ids(styles: etree._Element) -> dict[tuple[str, str], str]:
    ids: dict[tuple[str, str], str] = {}
    for style in styles.iter(w("style")):
        name = style.find(w("name"))
        if name is not None:
            ids[style.get(w("type")) or "paragraph", (name.get(w("val")) or "").lower()] = style.get(w("styleId")) or ""
    return ids


def _check(styles: etree._Element) -> None:
    """Every style that any document may need must be there, so that a theme fails at once and not some day."""
    missing = [name for _, name in _lacking(styles)]
    if missing:
        raise TemplateError(
            problem(
                f"主题缺少样式：{'、'.join(missing)}；请以内置的 theme.docx 为基础修改",
                f"the theme lacks the styles {', '.join(missing)}; start from a copy of the built-in theme.docx",
            )
        )


class Adopted(Struct, frozen=True):
    """The look of someone else's document, with what it lacks of the styles that relplan writes in.

    Attributes:
        theme: that look.
        styles: the name of its part with styles; blank where it has none.
        added: the styles that it lacks, by their ids, each with the id of the style that it is based on.
        lacking: their names.
    """

    theme: Theme
    styles: str
    added: Mapping[str, tuple[bytes, str]]
    lacking: tuple[str, ...]

    def styles_part(self, markup: str, part: bytes) -> bytes:
        """The part with styles, with those that `markup` uses and that it lacks; as it is where it lacks none."""
        used = {
            style
            for style in re.findall(r'w:(?:pStyle|rStyle|tblStyle) w:val="([^"]+)"', markup)
            if style in self.added
        }
        while missing := {self.added[style][1] for style in used} & self.added.keys() - used:
            used |= missing
        if not used:
            return part
        root = parse(part)
        for style, (xml, _) in self.added.items():
            if style in used:
                root.append(parse(xml))
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def adopt(data: bytes, base: bytes) -> Adopted:
    """The look of a document that need not have been made as a theme.

    Args:
        data: the document, a .docx that can be opened.
        base: the theme from which the styles are taken that it lacks.
    """
    with zipfile.ZipFile(io.BytesIO(base)) as archive:
        source = _Source(archive)
        own = parse(source.read(source.related(source.document)["styles"]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        source = _Source(archive)
        main = source.related(source.document)
        styles = parse(source.read(main["styles"])) if "styles" in main else etree.Element(w("styles"), nsmap={"w": W})
        lacking, added = _lacking(styles), _additions(styles, own)
        for xml, _ in added.values():
            styles.append(parse(xml))
        numbering = source.read(main["numbering"]) if "numbering" in main else None
        page = _page(parse(source.read(source.document)))
        names = tuple(name for _, name in lacking)
        return Adopted(_look(styles, page, (), {}, numbering), main.get("styles", ""), added, names)


def _lacking(styles: etree._Element) -> list[tuple[str, str]]:
    """Kind and name of each style that documents may need and that is not there."""
    there = _style_ids(styles)
    wanted = {"paragraph": PARAGRAPH_STYLES, "character": CHARACTER_STYLES, "table": TABLE_STYLES}
    return [(kind, name) for kind, names in wanted.items() for name in names if not there.get((kind, name.lower()))]


def _additions(styles: etree._Element, own: etree._Element) -> dict[str, tuple[bytes, str]]:
    """The styles of `own` that `styles` has none of the same name of, under ids that are free there."""
    there, ours = _style_ids(styles), _style_ids(own)
    taken = set(there.values())
    ids = {ours[key]: there[key] for key in ours if there.get(key)}
    missing = [ours[kind, name.lower()] for kind, name in _lacking(styles)]
    elements = {each.get(w("styleId")): each for each in own.iter(w("style"))}
    for style in missing:
        ids[style] = (
            style
            if style not in taken
            else next(f"{style}{n}" for n in itertools.count(2) if f"{style}{n}" not in taken)
        )
        taken.add(ids[style])
    found: dict[str, tuple[bytes, str]] = {}
    for style in missing:
        element = copy.deepcopy(elements[style])
        element.set(w("styleId"), ids[style])
        if w("default") in element.attrib:
            del element.attrib[w("default")]
        based = ""
        for child in list(element):
            refers, target = child.tag in (w("basedOn"), w("next"), w("link")), child.get(w("val")) or ""
            if refers and target in ids:
                child.set(w("val"), ids[target])
                based = ids[target] if child.tag == w("basedOn") else based
            elif refers:
                element.remove(child)
        for properties in element.findall(w("pPr")):
            for number in properties.findall(w("numPr")):
                properties.remove(number)
        found[ids[style]] = etree.tostring(element), based
    return found


class _Styles:
    """Properties of styles, those of their bases included."""

    def __init__(self, styles: etree._Element) -> None:
        self._all = {each.get(w("styleId")): each for each in styles.iter(w("style"))}
        default = styles.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}/{w('sz')}")
        self._default = int(default.get(w("val")) or 20) if default is not None else 20

    def _chain(self, style_id: str | None) -> Iterable[etree._Element]:
        seen: set[str | None] = set()
        while style_id in self._all and style_id not in seen:
            seen.add(style_id)
            yield self._all[style_id]
            base = self._all[style_id].find(w("basedOn"))
            style_id = base.get(w("val")) if base is not None else None

    def size(self, style_id: str) -> int:
        """In half-points."""
        for style in self._chain(style_id):
            if (found := style.find(f"{w('rPr')}/{w('sz')}")) is not None:
                return int(found.get(w("val")) or self._default)
        return self._default

    def indent(self, style_id: str) -> int:
        """From the left edge of the text, in twips."""
        for style in self._chain(style_id):
            found = style.find(f"{w('pPr')}/{w('ind')}")
            left = (found.get(w("left")) or found.get(w("start"))) if found is not None else None
            if left is not None and left.lstrip("-").isdecimal():
                return int(left)
        return 0

    def is_numbered(self, style_id: str) -> bool:
        return any(style.find(f"{w('pPr')}/{w('numPr')}") is not None for style in self._chain(style_id))

    def fills(self) -> Iterable[tuple[str, str]]:
        for style in self._all.values():
            shade, name = style.find(f"{w('rPr')}/{w('shd')}"), style.find(w("name"))
            fill = shade.get(w("fill")) if shade is not None else None
            if name is not None and fill and fill != "auto":
                yield (name.get(w("val")) or "").lower(), fill


def _settings(data: bytes) -> bytes:
    root = parse(data)
    for child in list(root):
        if not isinstance(child.tag, str) or child.tag not in {w(name) for name in _SETTINGS}:
            root.remove(child)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _page(document: etree._Element) -> tuple[int, int, int, int, int, int, int, int]:
    found = document.find(f"{w('body')}/{w('sectPr')}")
    size = found.find(w("pgSz")) if found is not None else None
    margins = found.find(w("pgMar")) if found is not None else None
    if size is None or margins is None:
        return _PAGE
    short, long = sorted((int(size.get(w("w")) or _PAGE[0]), int(size.get(w("h")) or _PAGE[1])))
    # A negative margin is one that text may not push away; its length is what counts.
    top, right, bottom, left, header, footer = (abs(int(margins.get(w(each)) or 720)) for each in _MARGINS)
    return short, long, top, right, bottom, left, header, footer


__all__ = [
    "CHARACTER_STYLES",
    "PARAGRAPH_STYLES",
    "TABLE_STYLES",
    "Adopted",
    "Letterhead",
    "Part",
    "Theme",
    "adopt",
    "load",
    "parse",
    "w",
]


def highest_list(base: bytes, tag: str, name: str) -> int:
    """The highest number in the attribute `name` of the elements `tag` of a numbering part; 0 where there are none."""
    return max((int(each.get(w(name)) or 0) for each in parse(base).iter(w(tag))), default=0)


def merged_lists(base: bytes, document: bytes) -> bytes:
    """The theme's lists and those of the document: definitions before counts, as the schema has it."""
    root, own = parse(base), parse(document)
    counts = [child for child in root if child.tag in (w("num"), w("numIdMacAtCleanup"))]
    at = root.index(counts[0]) if counts else len(root)
    for child in [child for child in own if child.tag == w("abstractNum")]:
        root.insert(at, child)
        at += 1
    tail = root.find(w("numIdMacAtCleanup"))
    at = root.index(tail) if tail is not None else len(root)
    for child in list(own):
        root.insert(at, child)
        at += 1
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
