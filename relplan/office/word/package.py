"""The package of a Word form: its parts, which of them have tags, and the document it becomes."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from relplan.errors import ReadError, TemplateError, problem
from relplan.patterns import regex
from relplan.readers.sheets.workbook import open_package
from relplan.writers.docx.markup import DECLARATION, W
from relplan.writers.docx.opc import PICTURES
from relplan.writers.docx.themefile import Adopted

_TYPES: Final = "[Content_Types].xml"
_TYPES_SPACE: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN: Final = f"{_WORD}document.main+xml"
_TEMPLATE: Final = f"{_WORD}template.main+xml"
_MAIN_KIND: Final = regex(
    r"application/(?:vnd\.openxmlformats-officedocument\.wordprocessingml|vnd\.ms-word)"
    r"\.(?:document|template)(?:\.macroEnabled(?:Template)?)?\.main\+xml"
)
_KINDS: Final = {
    "header+xml": "header",
    "footer+xml": "footer",
    "footnotes+xml": "footnotes",
    "endnotes+xml": "endnotes",
}
_MACROS: Final = regex(r"macroEnabled|vbaProject|vbaData", re.IGNORECASE)
_NO_RELATIONS: Final = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_STRICT: Final = "http://purl.oclc.org/ooxml/"
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
_MOST_BYTES: Final = 64 * 2**20


class Source:
    """A form that has been opened.

    Raises:
        TemplateError: it is no Word document, is broken, in the form Strict Open XML, or has macros and `macros` is not set.
    """

    def __init__(self, data: bytes, name: str, macros: bool = False) -> None:
        self.data, self.name = data, name
        try:
            self._zip = open_package(data, name, _TYPES, "Word")
            self._types = self._kinds()
        except ReadError as error:
            raise TemplateError(error.problems) from None
        except (
            etree.XMLSyntaxError,
            zipfile.BadZipFile,
            KeyError,
            ValueError,
            OSError,
            EOFError,
            NotImplementedError,
        ) as error:
            raise self._broken(error) from None
        if not self.main or self.main not in self._zip.NameToInfo:
            zh, en = "扩展名与内容不符：这不是 Word 文件", "the ending is wrong: this is no Word file"
            raise TemplateError(problem(zh, en, name))
        if not macros and any(map(_MACROS.search, self._types.values())):
            zh = "模板带有宏，未使用；确实需要时加 --macros，宏会原样保留"
            en = "the template has macros and was not used; if they are wanted, say --macros: they stay as they are"
            raise TemplateError(problem(zh, en, name))

    def _kinds(self) -> dict[str, str]:
        """What each part is that says so for itself."""
        root = etree.fromstring(self._zip.read(_TYPES), _parser())
        found = root.iter(f"{_TYPES_SPACE}Override")
        return {each.get("PartName", "").lstrip("/"): each.get("ContentType", "") for each in found}

    def _broken(self, error: Exception) -> TemplateError:
        words = " ".join(str(error).split())[:200]
        zh, en = (
            f"模板已损坏（{words}）；请用 Word 打开后重新保存",
            f"the template is broken ({words}); open it in Word and save it again",
        )
        return TemplateError(problem(zh, en, self.name))

    @property
    def main(self) -> str:
        """The name of the main part; blank where the package is none of Word's."""
        return next((name for name, kind in self._types.items() if _MAIN_KIND.fullmatch(kind)), "")

    def kinds(self) -> Mapping[str, str]:
        """The content types of the parts that have one of their own."""
        return self._types

    def parsed(self, name: str) -> Any:
        """The tree of a part.

        Raises:
            TemplateError: it is no XML, too large, or in the strict form.
        """
        try:
            if self._zip.getinfo(name).file_size > _MOST_BYTES:
                raise ValueError(f"{name}: over {_MOST_BYTES // 2**20} MiB")
            root = etree.fromstring(self._zip.read(name), _parser())
            if root.getroottree().docinfo.internalDTD is not None:
                raise ValueError("document type")
        except (etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
            raise self._broken(error) from None
        if root.tag.startswith("{" + _STRICT) and "{" in "".join(map(str, root.itertext())):
            zh = "这是“Strict Open XML”格式的文档；请另存为普通的 .docx"
            en = "this is a document in the form Strict Open XML; save it as an ordinary .docx"
            raise TemplateError(problem(zh, en, self.name))
        return root

    def prefix(self, root: Any) -> str:
        """The prefix of the names of WordprocessingML in a part, with its colon."""
        space = root.tag.partition("}")[0][1:]
        prefix = next((prefix for prefix, uri in root.nsmap.items() if uri == space), None)
        return f"{prefix}:" if prefix else ""

    def as_document(self, changed: Mapping[str, bytes]) -> bytes:
        """The document: the parts of the form but for those that have changed; new ones come behind."""
        changed = dict(changed)
        if (kinds := self._document_kinds(changed.pop(_TYPES) if _TYPES in changed else None)) is not None:
            changed[_TYPES] = kinds
        return self._packed(changed)

    def _packed(self, changed: Mapping[str, bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for entry in self._zip.infolist():
                package.writestr(_entry(entry.filename), changed.get(entry.filename) or self._zip.read(entry))
            for name in sorted(changed.keys() - self._zip.NameToInfo.keys()):
                package.writestr(_entry(name), changed[name])
        return out.getvalue()

    def _document_kinds(self, types: bytes | None) -> bytes | None:
        """The list of kinds, in which a Word template (.dotx) becomes a document; None where nothing changes."""
        if _TEMPLATE not in self._types.values():
            return types
        return (types or self._zip.read(_TYPES)).replace(_TEMPLATE.encode(), _MAIN.encode())

    def as_form(self, changed: Mapping[str, bytes]) -> bytes:
        """The form itself, with parts that have changed."""
        return self._packed(changed)

    def read(self, name: str) -> bytes | None:
        """The bytes of a part, or None where the form has none of that name."""
        return self._zip.read(name) if name in self._zip.NameToInfo else None


class Changes:
    """The parts of a form that change, as they will be; `parts` are their bytes by name."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.parts: dict[str, bytes] = {}

    def _now(self, name: str, empty: str) -> bytes:
        return self.parts.get(name) or self._source.read(name) or empty.encode()

    def _of_kind(self, kind: str) -> str:
        """The name of the part of a kind; blank where there is none."""
        return next((name for name, each in self._source.kinds().items() if each == f"{_WORD}{kind}+xml"), "")

    def relate(self, part: str, rows: str) -> None:
        """Let a part refer to more."""
        if rows:
            folder, name = posixpath.split(part)
            path = f"{folder}/_rels/{name}.rels"
            self.parts[path] = _with_children(self._now(path, _NO_RELATIONS), rows)

    def add_pictures(self, pictures: Mapping[str, bytes]) -> None:
        """Add parts that hold pictures."""
        media = {ending: kind for kind, ending in PICTURES.items()}
        for name, data in pictures.items():
            self.parts[f"word/{name}"] = data
            ending = name.rpartition(".")[2]
            self._declare(f'<Default Extension="{ending}" ContentType="{media[ending]}"/>')

    def use_styles(self, adopted: Adopted, markup: str) -> None:
        """Add the styles that filled-in blocks use and the form lacks."""
        before = self._source.read(adopted.styles) if adopted.styles else None
        if before is not None and (after := adopted.styles_part(markup, before)) != before:
            self.parts[adopted.styles] = after

    def set_numbering(self, data: bytes) -> None:
        """Set the part with lists; a form without one gets it."""
        name = self._of_kind("numbering")
        self.parts[name or self._new_part("numbering")] = data

    def add_comments(self, rows: str) -> None:
        """Add comments; a form without any gets a part for them."""
        name = self._of_kind("comments") or self._new_part("comments")
        self.parts[name] = _with_children(
            self._now(name, f'{DECLARATION}<w:comments xmlns:w="{W}"></w:comments>'), rows
        )

    def first_comment(self) -> int:
        """The first number that no comment has."""
        name = self._of_kind("comments")
        root = self._source.parsed(name) if name else ()
        numbers = [int(each.get(key, "0")) for each in root for key in each.attrib if key.endswith("}id")]
        return max(numbers, default=-1) + 1

    def _new_part(self, kind: str) -> str:
        name = f"word/{kind}.xml"
        self._declare(f'<Override PartName="/{name}" ContentType="{_WORD}{kind}+xml"/>')
        target = posixpath.relpath(name, posixpath.dirname(self._source.main))
        self.relate(
            self._source.main, f'<Relationship Id="relplan_{kind}" Type="{_RELATIONS}{kind}" Target="{target}"/>'
        )
        return name

    def _declare(self, row: str) -> None:
        """Say of what kind a part is, unless that is said already."""
        types = self._now(_TYPES, "")
        known = {
            (each.get("Extension") or each.get("PartName") or "").lower() for each in etree.fromstring(types, _parser())
        }
        if _key(row) not in known:
            self.parts[_TYPES] = _with_children(types, row)


def _with_children(xml: bytes, rows: str) -> bytes:
    """An XML list with more entries at its end."""
    opened = re.sub(rb"<((?:\w+:)?(?:Relationships|Types|comments))\b([^>]*)/>\s*\Z", rb"<\1\2></\1>", xml)
    at = opened.rindex(b"</")
    return opened[:at] + rows.encode() + opened[at:]


def _key(row: str) -> str:
    match = re.search(r'(?:Extension|PartName)="([^"]+)"', row)
    return match[1].lower() if match else ""


def part_names(source: Source) -> Iterator[tuple[str, str]]:
    """The parts in which tags are looked for, and what they are called: the text first, then what stands around it."""
    yield source.main, "body"
    counts: dict[str, int] = {}
    for name, kind in source.kinds().items():
        word = _KINDS.get(kind.removeprefix(_WORD))
        if word:
            counts[word] = counts.get(word, 0) + 1
            yield name, f"{word} {counts[word]}" if word in ("header", "footer") else word


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _STAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0
    return entry


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
