"""The looks of marks: a cell keeps its style and gets a colour; texts that relplan adds have styles of their own."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from relplan.comparison.difference import CHANGE_WORDS, ChangeKind
from relplan.errors import Language, Message
from relplan.findings import Severity
from relplan.model.read import KIND_WORDS, NoticeKind
from relplan.writers.marked.package import Package

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"

MarkKind: TypeAlias = NoticeKind | Severity | ChangeKind
"""Why a cell is marked: what became of it when it was read, how much a finding of the check weighs, or how it changed."""

_RED, _YELLOW, _BLUE, _GREEN = "FFF9C9C2", "FFFFE7A8", "FFD3DFEE", "FFD5EFDB"

COLOURS: Final[dict[MarkKind, str]] = {
    "unreadable": _RED,
    "unplaced": _BLUE,
    "guessed": _YELLOW,
    Severity.ERROR: _RED,
    Severity.WARNING: _YELLOW,
    Severity.ADVICE: _BLUE,
    "removed": _RED,
    "changed": _YELLOW,
    "added": _GREEN,
    "moved": _BLUE,
}
"""The ground of a bad cell, from the worst kind to the mildest. relplan uses these colours for nothing else."""


_WORDS: Final[Mapping[str, Message]] = {str(kind): word for kind, word in (*KIND_WORDS.items(), *CHANGE_WORDS.items())}


def kind_word(kind: MarkKind, language: Language) -> str:
    """What a kind of mark is called."""
    if isinstance(kind, Severity):
        return kind.label(language)
    return _WORDS[kind].text(language)


_INK: Final = "FF1F2933"
_LINK: Final = "FF1F4E79"

_EMPTY: Final = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Styles:
    """The styles of a workbook, to which some are added. A style that is there already is used again."""

    def __init__(self, package: Package, workbook: str) -> None:
        name = package.find(workbook, "styles")
        if name is None:
            name = package.free("xl/styles{}.xml")
            package.put(name, _EMPTY.encode())
            package.declare(name, _KIND)
            package.relate(workbook, "styles", name)
        self._root = package.edited(name)
        self._space = self._root.tag.partition("}")[0] + "}"
        self._cells = self._list("cellXfs")
        self._fills = {kind: self._fill(colour) for kind, colour in COLOURS.items()}

    def marked(self, style: int, kind: MarkKind) -> int:
        """A style with the ground of a kind of problem, and else as it was; light letters become dark."""
        look = copy.deepcopy(self._style(style))
        look.set("fillId", str(self._fills[kind]))
        look.set("applyFill", "1")
        font = self._list("fonts")[int(look.get("fontId", "0"))]
        if _is_light(font):
            dark = copy.deepcopy(font)
            for colour in dark.findall(f"{self._space}color"):
                colour.attrib.clear()
                colour.set("rgb", _INK)
            look.set("fontId", str(self._placed("fonts", dark)))
        return self._placed("cellXfs", look)

    def is_marked(self, style: int) -> bool:
        """Whether a style has a ground that only marks have."""
        return int(self._style(style).get("fillId", "0")) in self._fills.values()

    def bare(self, style: int) -> int:
        """A style without its ground."""
        look = copy.deepcopy(self._style(style))
        look.set("fillId", "0")
        look.attrib.pop("applyFill", None)
        return self._placed("cellXfs", look)

    def own(self, ground: str = "", bold: bool = False, size: int = 10, link: bool = False, framed: bool = True) -> int:
        """A style for a text that relplan adds, from the top; in a frame it is wrapped, without one it goes on to the right."""
        font = self._made("font")
        if bold:
            self._into(font, "b")
        if link:
            self._into(font, "u")
        self._into(font, "sz", val=str(size))
        self._into(font, "color", rgb=_LINK if link or size > 10 else _INK)
        self._into(font, "name", val="微软雅黑")
        look = self._made("xf", numFmtId="49", fontId=str(self._placed("fonts", font)))
        look.set("fillId", str(self._fill(ground)) if ground else "0")
        look.set("borderId", str(self._frame()) if framed else "0")
        look.set("xfId", "0")
        for use in ("NumberFormat", "Font", "Fill", "Border", "Alignment"):
            look.set(f"apply{use}", "1")
        self._into(look, "alignment", vertical="top", wrapText="1" if framed else "0")
        return self._placed("cellXfs", look)

    def _frame(self) -> int:
        border = self._made("border")
        for side in ("left", "right", "top", "bottom"):
            self._into(border, side, style="thin")
            self._into(border[-1], "color", rgb="FFBFC7D1")
        self._into(border, "diagonal")
        return self._placed("borders", border)

    def _fill(self, colour: str) -> int:
        fill = self._made("fill")
        self._into(fill, "patternFill", patternType="solid")
        self._into(fill[0], "fgColor", rgb=colour)
        self._into(fill[0], "bgColor", indexed="64")
        return self._placed("fills", fill, _ground)

    def _placed(self, name: str, made: Any, look: Callable[[Any], object] = lambda each: _content(each)) -> int:
        """The number of an entry of a list, which is added where there is none that looks the same."""
        entries = self._list(name)
        for number, each in enumerate(entries):
            if look(each) == look(made):
                return number
        entries.append(made)
        entries.set("count", str(len(entries)))
        return len(entries) - 1

    def _style(self, number: int) -> Any:
        return self._cells[number if number < len(self._cells) else 0]

    def _list(self, name: str) -> Any:
        found = self._root.find(f"{self._space}{name}")
        if found is None:
            raise ValueError(f"no {name}")
        return found

    def _made(self, name: str, **attributes: str) -> Any:
        return self._root.makeelement(f"{self._space}{name}", attributes)

    def _into(self, parent: Any, name: str, **attributes: str) -> None:
        parent.append(self._made(name, **attributes))


def _content(element: Any) -> tuple[object, ...]:
    """What an element says, whatever its prefixes and the order of its attributes."""
    return (element.tag, sorted(element.attrib.items()), [_content(each) for each in element])


def _ground(fill: Any) -> object:
    """The colour of a plain fill; of any other, what it says."""
    for pattern in fill:
        if pattern.get("patternType") == "solid":
            return next((each.get("rgb") for each in pattern if each.tag.endswith("}fgColor")), None)
    return _content(fill)


def _is_light(font: Any) -> bool:
    colours = [each for each in font if isinstance(each.tag, str) and each.tag.endswith("}color")]
    return any(each.get("theme") == "0" or each.get("rgb", "").upper().endswith("FFFFFF") for each in colours)
