"""The package of a Word file: its parts, their kinds and how they refer to one another. Same parts, same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Final

from relplan.writers.docx.markup import DECLARATION, attribute

OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_LEVEL: Final = 3
"""Of compression: the usual level 6 takes more than twice as long, for files that are smaller by a sixth, long ones by a third."""
_BATCH_CHARACTERS: Final = 1 << 18
_TYPES: Final = {"xml": "application/xml", "rels": "application/vnd.openxmlformats-package.relationships+xml"}
PICTURES: Final = {"image/png": "png", "image/jpeg": "jpeg", "image/svg+xml": "svg"}
"""The kinds of picture, and how their files end."""


class Relations:
    """What a part refers to; the same target has one id."""

    def __init__(self, prefix: str = "rId") -> None:
        self._ids: dict[tuple[str, str, bool], str] = {}
        self._prefix = prefix

    def add(self, kind: str, target: str, external: bool = False) -> str:
        """The id of the relationship to `target`; `kind` is the end of its type, or the whole where it has a colon."""
        key = (kind if ":" in kind else OFFICE + kind, target, external)
        return self._ids.setdefault(key, f"{self._prefix}{len(self._ids) + 1}")

    def rows(self) -> str:
        """What stands in the part that holds them."""
        mode = {True: ' TargetMode="External"', False: ""}
        return "".join(
            f'<Relationship Id="{number}" Type="{kind}" Target={attribute(target)}{mode[external]}/>'
            for (kind, target, external), number in self._ids.items()
        )

    def xml(self) -> str:
        """The part that holds them."""
        rows = self.rows()
        return f'{DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


class Package:
    """A zip file being written; its time stamps are the first that a zip file can hold."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)

    def add(self, name: str, data: str | bytes) -> None:
        """A part at once."""
        self._write(name, [data if isinstance(data, bytes) else data.encode()])

    def stream(self, name: str, pieces: Iterable[str]) -> None:
        """A part piece by piece, so that a long document is never in memory as a whole."""
        self._write(name, map(str.encode, _batches(pieces)))

    def _write(self, name: str, pieces: Iterable[bytes]) -> None:
        with self._zip.open(name, "w") as out:
            for piece in pieces:
                out.write(piece)
        self._zip.getinfo(name).create_system = 0  # the bytes are the same on each system

    def close(self) -> bytes:
        """The finished file."""
        self._zip.close()
        return self._buffer.getvalue()


def _batches(pieces: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _BATCH_CHARACTERS:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)


def content_types(overrides: Iterable[tuple[str, str]]) -> str:
    """The part that says of what kind each part is; `overrides` are names and kinds."""
    known = _TYPES | {ending: kind for kind, ending in PICTURES.items()}
    defaults = "".join(f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in known.items())
    rows = "".join(f'<Override PartName={attribute("/" + name)} ContentType="{kind}"/>' for name, kind in overrides)
    return f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{defaults}{rows}</Types>'
