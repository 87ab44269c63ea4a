"""An Office package that is changed in a few parts: what is not touched is copied byte for byte."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import Any, Final

from relplan.errors import WriteError, problem

OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "[Content_Types].xml"
_STAMP: Final = (1980, 1, 1, 0, 0, 0)


class Package:
    """The parts of a package: read as they are, edited as trees, added, and written again."""

    def __init__(self, data: bytes) -> None:
        """Open a package.

        Raises:
            WriteError: the data is no package.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise WriteError(not_markable()) from None
        self._trees: dict[str, Any] = {}
        self._data: dict[str, bytes] = {}
        self._gone: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._data or name in self._trees or name in self._zip.NameToInfo

    def content(self, name: str) -> bytes:
        """The bytes of a part, as it stands or as `put` last."""
        return self._data[name] if name in self._data else self._zip.read(name)

    def put(self, name: str, data: bytes) -> None:
        """Set the bytes of a part."""
        self._trees.pop(name, None)
        self._data[name] = data

    def seen(self, name: str) -> Any:
        """The root of a part, for reading."""
        return self._trees[name] if name in self._trees else parsed(self.content(name))

    def edited(self, name: str) -> Any:
        """The root of a part, for changing: what is done to it is written."""
        return self._trees.setdefault(name, self.seen(name))

    def keep(self, name: str, root: Any) -> None:
        """Write a root that came from `seen` after all: it has been changed."""
        self._trees[name] = root

    def free(self, pattern: str) -> str:
        """The first name that no part has, of a pattern with `{}` for a number."""
        names = {name.lower() for name in (*self._zip.NameToInfo, *self._data, *self._trees)}
        number = 1
        while pattern.format(number).lower() in names:
            number += 1
        return pattern.format(number)

    def declare(self, name: str, kind: str) -> None:
        """Say of what kind a part is, unless that is said."""
        types = self.seen(_TYPES)
        path = f"/{name}"
        if not any(each.get("PartName", "").lower() == path.lower() for each in types):
            self._child(self.edited(_TYPES), "content-types", "Override", PartName=path, ContentType=kind)

    def declare_ending(self, ending: str, kind: str) -> None:
        """Say of what kind all parts of an ending are, unless that is said."""
        if not any(each.get("Extension", "").lower() == ending for each in self.seen(_TYPES)):
            types = self.edited(_TYPES)
            self._child(types, "content-types", "Default", Extension=ending, ContentType=kind)
            types.insert(0, types[-1])  # some readers take the defaults from the top only

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to inside the package: by id, the last word of the kind, and the name of the part."""
        path = _relations_of(part)
        if path not in self:
            return {}
        return {
            each.get("Id", ""): (each.get("Type", "").rpartition("/")[2], _resolved(part, each.get("Target", "")))
            for each in self.seen(path)
            if isinstance(each.tag, str) and each.get("TargetMode") != "External"
        }

    def remove(self, owner: str, part: str) -> None:
        """Remove a part that one other part refers to, and what is said of it."""
        self._gone.add(part)
        relations = self.edited(_relations_of(owner))
        for each in list(relations):
            if isinstance(each.tag, str) and _resolved(owner, each.get("Target", "")) == part:
                relations.remove(each)
        for each in list(types := self.edited(_TYPES)):
            if each.get("PartName", "").lower() == f"/{part}".lower():
                types.remove(each)

    def find(self, part: str, kind: str) -> str | None:
        """The first part of a kind that a part refers to and that is there."""
        return next((path for each, path in self.related(part).values() if each == kind and path in self), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Make a part refer to another; the id."""
        path = _relations_of(part)
        if path not in self:
            self.put(path, f'<Relationships xmlns="{_PACKAGE}/relationships"/>'.encode())
            self.declare_ending("rels", "application/vnd.openxmlformats-package.relationships+xml")
        relations = self.edited(path)
        known = {each.get("Id") for each in relations}
        number = len(known) + 1
        while f"rId{number}" in known:
            number += 1
        near = posixpath.relpath(target, posixpath.dirname(part))
        self._child(relations, "relationships", "Relationship", Id=f"rId{number}", Type=f"{OFFICE}/{kind}", Target=near)
        return f"rId{number}"

    def close(self) -> bytes:
        """The package with its changes; the same changes give the same bytes."""
        target = io.BytesIO()
        changed = self._data | {name: serialised(root) for name, root in self._trees.items()}
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
            for name, entry in self._zip.NameToInfo.items():
                if name in self._gone:
                    continue
                kept = _entry(name, entry.date_time, entry.compress_type, entry.external_attr)
                out.writestr(kept, changed.pop(name) if name in changed else self._zip.read(name))
            for name in sorted(changed):
                out.writestr(_entry(name), changed[name])
        return target.getvalue()

    @staticmethod
    def _child(parent: Any, space: str, name: str, **attributes: str) -> None:
        from lxml import etree

        etree.SubElement(parent, f"{{{_PACKAGE}/{space}}}{name}", attributes)


def _entry(
    name: str,
    stamp: tuple[int, int, int, int, int, int] = _STAMP,
    compression: int = zipfile.ZIP_DEFLATED,
    attributes: int = 0,
) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, stamp)
    entry.compress_type = compression if compression == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
    entry.create_system = 0
    entry.external_attr = attributes
    return entry


def parsed(data: bytes) -> Any:
    """The root of an XML part; entities stay as they are.

    Raises:
        lxml.etree.XMLSyntaxError: the data is no XML.
    """
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def serialised(root: Any) -> bytes:
    """A root as the bytes of a part."""
    from lxml import etree

    data: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def not_markable() -> Any:
    """What to say of a file that is no .xlsx workbook."""
    return problem(
        "只能在 .xlsx 或 .xlsm 工作簿上标注；请用 Excel 另存为 .xlsx",
        "only .xlsx and .xlsm workbooks can be marked; save the file as .xlsx",
    )


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
