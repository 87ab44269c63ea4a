"""Pictures: how large they are by their own account, and how they stand in a line of text."""

from __future__ import annotations

import struct
import zlib
from typing import Final

from relplan.patterns import regex
from relplan.writers.docx.markup import attribute

EMU_PER_PIXEL: Final = 9525
EMU_PER_TWIP: Final = 635
_MOST_PIXELS: Final = 1 << 20

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_LENGTH: Final = regex(r"\s*([0-9]*\.?[0-9]+)\s*(px|pt|mm|cm|in|)\s*\Z")
_PIXELS: Final = {"px": 1.0, "": 1.0, "pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_NO_FRAME: Final = frozenset({0xC4, 0xC8, 0xCC})


def size(data: bytes, media_type: str) -> tuple[int, int] | None:
    """Width and height in pixels, or None where the data are no such picture."""
    try:
        found = {"image/png": _png, "image/jpeg": _jpeg, "image/svg+xml": _svg}[media_type](data)
    except (KeyError, struct.error, IndexError, ValueError, SyntaxError):
        return None
    return found if found and 0 < found[0] < _MOST_PIXELS and 0 < found[1] < _MOST_PIXELS else None


def _png(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(_PNG) or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """Walks the segments to the frame header, which holds the size."""
    if not data.startswith(b"\xff\xd8"):
        return None
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None


def _svg(data: bytes) -> tuple[int, int] | None:
    from lxml import etree

    from relplan.writers.docx.themefile import parse

    root = parse(data)
    if etree.QName(root).localname != "svg":
        return None
    width, height = _pixels(root.get("width")), _pixels(root.get("height"))
    box = (root.get("viewBox") or "").replace(",", " ").split()
    if len(box) == 4:
        across, down = float(box[2]), float(box[3])
        width = width or (height * across / down if height else across)
        height = height or width * down / across
    return (round(width), round(height)) if width and height else None


def _pixels(length: str | None) -> float:
    found = _LENGTH.match(length or "")
    return float(found[1]) * _PIXELS[found[2]] if found else 0.0


def scaled(pixels: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """The size on paper in EMU: 96 pixels to the inch, but no more than `width` and `height` twips."""
    across, down = pixels[0] * EMU_PER_PIXEL, pixels[1] * EMU_PER_PIXEL
    factor = min(1.0, width * EMU_PER_TWIP / across, height * EMU_PER_TWIP / down)
    return max(int(across * factor), 1), max(int(down * factor), 1)


def drawing(number: int, relation: str, emu: tuple[int, int], alternative: str, vector: str = "") -> str:
    """A run with a picture in it; `vector` is the relationship of the SVG that it stands in for."""
    across, down = emu
    extension = (
        '<a:extLst><a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}">'
        '<asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main"'
        f' r:embed="{vector}"/></a:ext></a:extLst>'
    )
    blip = f'<a:blip r:embed="{relation}">{extension}</a:blip>' if vector else f'<a:blip r:embed="{relation}"/>'
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{across}" cy="{down}"/>'
        f'<wp:docPr id="{number}" name="Picture {number}" descr={attribute(alternative)}/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Picture {number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f"<pic:blipFill>{blip}<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def placeholder_png() -> bytes:
    """One pale grey pixel: what a program that knows no SVG shows in its place."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return _PNG + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\x00\xf1", 9)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
