"""Comments on the cells of a sheet: their texts in one part, the boxes that show them in a drawing of the old kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from relplan.errors import WriteError, problem
from relplan.grids import Spot, address
from relplan.patterns import regex
from relplan.writers.marked.package import Package
from relplan.writers.marked.sheet import Sheet, spot_of

AUTHOR: Final = "relplan"
PREFIX: Final = "relplan: "
"""How the comments of relplan begin, so that a later import leaves them out."""

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_KIND: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SPACES: Final = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_DRAWING: Final = (
    f'<xml {_SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)
_SHAPE: Final = regex(rb"<v:shape\s.*?</v:shape>\s*", re.DOTALL)
_NUMBER: Final = regex(rb'"_x0000_s(\d+)"')
_END: Final = regex(rb"</(?:\w+:)?xml\s*>\s*\Z")


def clear(package: Package, part: str) -> None:
    """Remove the comments that relplan wrote on a sheet."""
    name = package.find(part, "comments")
    if name is None:
        return
    root, gone = package.seen(name), set[Spot]()
    for comment in _comments(root):
        if "".join(comment.itertext()).lstrip().startswith(PREFIX):
            gone.add(spot_of(comment.get("ref")))
            comment.getparent().remove(comment)
    drawing = package.find(part, "vmlDrawing")
    if gone:
        package.keep(name, root)
    if gone and drawing:
        data = package.content(drawing)
        package.put(drawing, _SHAPE.sub(lambda match: b"" if _spot(match[0]) in gone else match[0], data))


def add(package: Package, part: str, sheet: Sheet, texts: Mapping[Spot, str]) -> None:
    """Write a comment on each cell that has none yet; a cell can hold one only, and what stands there stays.

    Raises:
        WriteError: the drawing of the comments that are there cannot be added to.
    """
    name = package.find(part, "comments")
    taken = {spot_of(each.get("ref")) for each in _comments(package.seen(name))} if name else set()
    spots = sorted(spot for spot in texts if spot not in taken)
    if not spots:
        return
    root = package.edited(name or _new_comments(package, part))
    author = _author(root)
    for spot in spots:
        _write(root, spot, author, PREFIX + texts[spot])
    _draw(package, _drawing(package, part, sheet), spots)


def append(package: Package, part: str, texts: Mapping[Spot, str]) -> None:
    """Add words to the comments that stand on cells."""
    name = package.find(part, "comments")
    for comment in _comments(package.edited(name)) if name else ():
        words = texts.get(spot_of(comment.get("ref")))
        text = next((each for each in comment if each.tag.endswith("}text")), None)
        if words is None or text is None:
            continue
        space = comment.tag.partition("}")[0] + "}"
        run, written = (comment.makeelement(f"{space}{each}") for each in ("r", "t"))
        written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        written.text = f"\n{PREFIX}{words}"
        run.append(written)
        behind = [each for each in text if each.tag.endswith(("}t", "}r"))]
        text.insert(len(behind), run)


def _comments(root: Any) -> list[Any]:
    return [each for each in root.iter() if isinstance(each.tag, str) and each.tag.endswith("}comment")]


def _new_comments(package: Package, part: str) -> str:
    name = package.free("xl/comments{}.xml")
    package.put(name, f'<comments xmlns="{_MAIN}"><authors/><commentList/></comments>'.encode())
    package.declare(name, _KIND)
    package.relate(part, "comments", name)
    return name


def _author(root: Any) -> int:
    """The number of relplan among the authors."""
    authors = next(each for each in root if each.tag.endswith("}authors"))
    names = [each.text for each in authors]
    if AUTHOR not in names:
        made = authors.makeelement(authors.tag.removesuffix("s"))
        made.text = AUTHOR
        authors.append(made)
        return len(names)
    return names.index(AUTHOR)


def _write(root: Any, spot: Spot, author: int, text: str) -> None:
    space = root.tag.partition("}")[0] + "}"
    comments = root.find(f"{space}commentList")
    comment = root.makeelement(f"{space}comment", {"ref": address(*spot), "authorId": str(author)})
    words = root.makeelement(f"{space}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    words.text = text
    comments.append(comment)
    comment.append(root.makeelement(f"{space}text"))
    comment[0].append(words)


def _drawing(package: Package, part: str, sheet: Sheet) -> str:
    """The part that shows the comments of a sheet, made if there is none."""
    identity = sheet.drawing()
    related = package.related(part)
    if identity in related and related[identity][1] in package:
        return related[identity][1]
    name = package.free("xl/drawings/vmlDrawing{}.vml")
    package.put(name, _DRAWING.encode())
    package.declare_ending("vml", _DRAWING_KIND)
    sheet.set_drawing(package.relate(part, "vmlDrawing", name))
    return name


def _draw(package: Package, name: str, spots: list[Spot]) -> None:
    """Add boxes to a drawing. Such drawings need not be XML: the boxes go in as text, at the end."""
    data = package.content(name)
    end = _END.search(data)
    if end is None:
        raise WriteError(
            problem(
                "已有批注的图形部分无法补充；请用 Excel 打开后重新保存",
                "the drawing of the comments cannot be added to; open the file in Excel and save it again",
            )
        )
    number = max([1024, *map(int, _NUMBER.findall(data))])
    shapes = "".join(_shape(spot, number + count) for count, spot in enumerate(spots, 1))
    package.put(name, data[: end.start()] + shapes.encode() + data[end.start() :])


def _shape(spot: Spot, number: int) -> str:
    row, column = spot
    anchor = f"{column + 1}, 12, {max(0, row - 1)}, 8, {column + 5}, 12, {max(0, row - 1) + 6}, 4"
    return (
        f'<v:shape {_SPACES} id="_x0000_s{number}" type="#_x0000_t202" fillcolor="#ffffe1" o:insetmode="auto"'
        ' style="position:absolute;visibility:hidden"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _spot(shape: bytes) -> Spot | None:
    """The cell to which a box belongs."""
    found = [re.search(rb"<x:%b>\s*(\d+)" % name, shape) for name in (b"Row", b"Column")]
    return (int(found[0][1]), int(found[1][1])) if found[0] and found[1] else None
