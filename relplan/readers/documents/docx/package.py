"""The parts of a Word file: found by their relationships, parsed without entities or network."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from msgspec import Struct

from relplan.errors import ReadError, problem
from relplan.readers.sheets.workbook import open_package

_RELATIONSHIPS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_ROOT: Final = "_rels/.rels"
_MOST_DIGITS: Final = 9
MOST_TAGS: Final = 1_000_000
"""Tags in the XML of one part, closing ones too; a book of a thousand pages has fewer."""
_TRANSPARENT: Final = frozenset(("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))


class Part(Struct, frozen=True):
    """A part of a package.

    Attributes:
        root: its XML; None where the package does not have it.
        w: the namespace of WordprocessingML in it, in braces: files after the strict standard have another one.
        targets: from the id of a relationship to its target; parts by their path, addresses as they are.
    """

    root: Any
    w: str
    targets: Mapping[str, str]


class Package:
    """An opened Word file."""

    def __init__(self, data: bytes, name: str, limit: int = 1) -> None:
        self.limit = limit
        self._name = name
        self._zip = open_package(data, name, _ROOT, "Word", limit)
        self._main = self._of_kind("", "officeDocument")
        main = self._read(self._main)
        if main is None or not main.tag.endswith("}document"):
            zh, en = "扩展名与内容不符：这不是 Word 文件", "the ending is wrong: this is no Word file"
            raise ReadError(problem(zh, en, name))
        self.document = self._part(self._main, main)

    def related(self, kind: str) -> Part:
        """The part of a kind (`styles`, `numbering`, `footnotes`, `comments`) that belongs to the document."""
        path = self._of_kind(self._main, kind)
        return self._part(path, self._read(path) if path else None)

    def _of_kind(self, owner: str, kind: str) -> str:
        """The path of the part of a kind that a part names; blank where it names none."""
        found = self._relations(owner).values()
        return next((target for relation, target in found if relation.rpartition("/")[2] == kind), "")

    def _part(self, path: str, root: Any) -> Part:
        namespace = root.tag.partition("}")[0] + "}" if root is not None else ""
        return Part(
            root, namespace, {key: target for key, (_, target) in self._relations(path).items()} if path else {}
        )

    def _relations(self, path: str) -> Mapping[str, tuple[str, str]]:
        folder, file = posixpath.split(path)
        root = self._read(posixpath.join(folder, "_rels", f"{file}.rels"))
        found = {}
        for each in root.iter(f"{_RELATIONSHIPS}Relationship") if root is not None else ():
            target = each.get("Target", "")
            if each.get("TargetMode") != "External":
                target = (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                )
            found[each.get("Id", "")] = (each.get("Type", ""), target)
        return found

    def _read(self, path: str) -> Any:
        from lxml import etree

        if path not in self._zip.namelist():
            return None
        try:
            with self._zip.open(path) as source:
                counted: Any = _Counted(source, self._name, MOST_TAGS * self.limit)
                return etree.parse(counted, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        except ReadError:
            raise
        except Exception as error:  # a damaged package fails in the zip, in its packing, or in the XML
            raise self._broken(f"{path}: {error}") from None

    def _broken(self, detail: str) -> ReadError:
        shown = detail[:200]
        return ReadError(
            problem(
                f"Word 文件已损坏，无法读取（{shown}）；请用 Word 打开后重新保存",
                f"the Word file is broken and cannot be read ({shown}); open it in Word and save it again",
                self._name,
            )
        )


class _Counted:
    """A file of XML that counts its tags while it is read: each takes memory of its own, however well they pack."""

    def __init__(self, source: IO[bytes], name: str, most: int) -> None:
        self._source, self._name, self._most, self._left = source, name, most, most

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises:
            ReadError: there are more tags than the limit.
        """
        data = self._source.read(size)
        self._left -= data.count(b"<")
        if self._left < 0:
            raise ReadError(
                problem(
                    f"Word 文件过大（超过 {self._most:,} 个 XML 标记）；请拆成几个文件，或用 --limit 提高上限",
                    f"the Word file is too large (over {self._most:,} tags of XML); split it, or raise the limit with --limit",
                    self._name,
                )
            )
        return data


def local_name(element: Any) -> str:
    """The name of an element without its namespace; blank for comments and what else is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value(element: Any, name: str, w: str) -> str:
    """The value of the property `name` below an element; blank where there is none."""
    found = element.find(f"{w}{name}") if element is not None else None
    return str(found.get(f"{w}val", "")) if found is not None else ""


def is_on(element: Any, w: str) -> bool:
    """Whether a property is there and not switched off."""
    return element is not None and element.get(f"{w}val", "1") not in ("0", "false", "off", "none")


def whole(text: str, otherwise: int) -> int:
    """The whole number that an attribute holds, from 0 on; `otherwise` where it holds none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else otherwise


def inside(element: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """The elements of these names in an element, also inside content controls and what was inserted."""
    for child in element:
        name = local_name(child)
        if name in names:
            yield child
        elif name in _TRANSPARENT:
            yield from inside(child, names)
        elif name == "AlternateContent":
            yield from inside(chosen(child), names)


def chosen(alternatives: Any) -> Any:
    """Of the ways to write the same thing the first one that holds words, else the first one; never two of them."""
    ways = [each for each in alternatives if local_name(each)]
    with_words = (way for way in ways if any((each.text or "").strip() for each in way.iter("{*}t")))
    return next(with_words, ways[0] if ways else ())
