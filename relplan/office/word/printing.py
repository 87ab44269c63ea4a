"""Makes the tree of a part ready to be printed, and what was printed fit for Word: no cell without a paragraph, no table without rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from lxml import etree

from relplan.office.word.scan import TARGET, Found, is_instruction, name_of
from relplan.patterns import regex
from relplan.writers.docx.markup import NAMESPACES

_KEPT: Final = "relplan-kept"
"""The name of the instructions that are printed as they are, and looked for afterwards."""

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_ROOMS: Final = ("tc", "txbxContent", "hdr", "ftr", "footnote", "endnote", "body")
"""What must hold a paragraph; a cell must end with one."""

_MERGE: Final = regex(r"\|\s*merge\s*\Z")
_AFTER_MERGE: Final = ("tcBorders", "shd", "noWrap", "tcMar", "textDirection", "tcFitText", "vAlign", "hideMark")
_DECLARED: Final = regex(r'xmlns:(\w+)="([^"]+)"')
_EMPTY_TABLE: Final = "table"
_EMPTY_ROW: Final = "row"
_GRID: Final = "grid"
_CELL_WIDTH: Final = regex(r'<w:tcW (?:w:w="(\d+)" w:type="dxa"|w:type="dxa" w:w="(\d+)"|[^>]*)/>')
_COLUMN: Final = regex(r'<w:gridCol(?: w:w="(\d+)")?/>')


def prepared(root: Any, found: Found) -> str:
    """The markup of a part with the instructions of its tags, and with those that mend what is printed."""
    _merges(root, found)
    _containers(root)
    _identities(root)
    _alone(root, found)
    return _declared(etree.tostring(root, encoding="unicode"))


def _instruction(*words: object) -> Any:
    return etree.ProcessingInstruction(TARGET, " ".join(map(str, words)))


def _kept(word: str) -> Any:
    return etree.ProcessingInstruction(_KEPT, word)


def _merges(root: Any, found: Found) -> None:
    """Cells that merge downward: their property is printed with their value, and forgotten where a table begins."""
    tables: dict[Any, list[str]] = {}
    for node in list(root.iter(etree.ProcessingInstruction)):
        if not is_instruction(node) or not _MERGE.search(found.placed[int(node.text)].tag.code):
            continue
        cell = next((each for each in node.iterancestors(f"{_W}tc")), None)
        if cell is None:
            continue
        properties = cell.find(f"{_W}tcPr")
        if properties is None:
            properties = etree.Element(f"{_W}tcPr")
            cell.insert(0, properties)
        for old in properties.findall(f"{_W}vMerge"):
            properties.remove(old)
        behind = next((each for each in properties if name_of(each) in _AFTER_MERGE), None)
        merge = _instruction("merge", node.text)
        properties.append(merge) if behind is None else behind.addprevious(merge)
        table = next(node.iterancestors(f"{_W}tbl"))
        tables.setdefault(table, []).append(node.text)
    for table, numbers in tables.items():
        for number in numbers:
            table.addprevious(_instruction("unmerge", number))


def _containers(root: Any) -> None:
    """Mark what may be left without rows, cells or paragraphs."""
    for node in [each for each in root.iter(etree.ProcessingInstruction) if is_instruction(each)]:
        parent = node.getparent()
        name = name_of(parent)
        if name == "tbl":
            _bracket(parent, _EMPTY_TABLE)
        elif name == "tr":
            _bracket(parent, _EMPTY_ROW)
            _bracket(next(parent.iterancestors(f"{_W}tbl")), _GRID)
    for room in list(root.iter(*(f"{_W}{name}" for name in _ROOMS))):
        if not any(is_instruction(each) or _is_bracket(each) for each in room.iter(etree.ProcessingInstruction)):
            continue
        last = next((each for each in reversed(room) if name_of(each) == "sectPr"), None)
        (room.append if last is None else last.addprevious)(_kept("fill"))


def _bracket(element: Any, word: str) -> None:
    before = element.getprevious()
    if before is not None and _is_bracket(before) and before.text == word:
        return
    tail, element.tail = element.tail, None
    element.addprevious(_kept(word))
    behind = _kept(f"{word}-end")
    element.addnext(behind)
    behind.tail = tail


def _is_bracket(node: Any) -> bool:
    return node.tag is etree.ProcessingInstruction and node.target == _KEPT


def _identities(root: Any) -> None:
    """Ids that must not come twice, of what may be repeated: taken away, or printed anew each time."""
    if root.find(f".//{_W}p") is None:
        return
    for element in _repeated(root):
        for name in (f"{_W14}paraId", f"{_W14}textId"):
            element.attrib.pop(name, None)
        if name_of(element) in ("bookmarkStart", "bookmarkEnd"):
            element.getparent().remove(element)
        elif name_of(element) == "docPr" and element.get("id"):
            element.set("id", _NEW_ID)


_NEW_ID: Final = "\ue0ff"
"""What stands in the markup for an id that is new each time."""


def _repeated(root: Any) -> list[Any]:
    """The elements between tags that steer, which may be printed more than once."""
    found: dict[Any, None] = {}
    for node in root.iter(etree.ProcessingInstruction):
        if is_instruction(node) and name_of(node.getparent()) != "t":
            for sibling in node.itersiblings():
                if isinstance(sibling.tag, str) and name_of(sibling) != "sectPr":
                    found.update(dict.fromkeys(sibling.iter(etree.Element)))
    return list(found)


def _alone(root: Any, found: Found) -> None:
    """Bracket the paragraphs in whose place blocks may be printed."""
    for node in [each for each in root.iter(etree.ProcessingInstruction) if is_instruction(each)]:
        if not (node.text.isdecimal() and int(node.text) in found.standalone):
            continue
        paragraph = next(node.iterancestors(f"{_W}p"))
        if paragraph.find(f"{_W}pPr/{_W}sectPr") is not None or name_of(paragraph.getparent()) not in (
            *_ROOMS,
            "sdtContent",
        ):
            continue
        tail, paragraph.tail = paragraph.tail, None
        paragraph.addprevious(_instruction("alone", node.text))
        end = _instruction("end", node.text)
        paragraph.addnext(end)
        end.tail = tail


def _declared(xml: str) -> str:
    """The markup with all prefixes declared at its root that filled-in blocks use."""
    at = xml.index(">", xml.index("<w:") if "<w:" in xml else xml.index("<"))
    at = at - 1 if xml[at - 1] == "/" else at
    head = xml[:at]
    missing = [
        f' xmlns:{prefix}="{uri}"' for prefix, uri in _DECLARED.findall(NAMESPACES) if f"xmlns:{prefix}=" not in head
    ]
    return head + "".join(missing) + xml[at:]


_FILL: Final = f"<?{_KEPT} fill?>"


_SPACER: Final = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
"""What stands between two tables, which Word would show as one."""


def finished(xml: str) -> str:
    """What was printed, without tables that lost all rows and rows that lost all cells; what needs a paragraph has one."""
    for word, inner in ((_EMPTY_ROW, "<w:tc>"), (_EMPTY_TABLE, "<w:tr")):
        xml = _without_empty(xml, word, inner)
    xml = _each(xml, _GRID, _regridded)
    first, *rest = xml.split(_FILL)
    filled = [first]
    for piece in rest:
        filled.append("" if filled[-1].rstrip().endswith(("</w:p>", "<w:p/>")) else "<w:p/>")
        filled.append(piece)
    return _numbered("".join(filled).replace("</w:tbl><w:tbl>", f"</w:tbl>{_SPACER}<w:tbl>"))


def _without_empty(xml: str, word: str, inner: str) -> str:
    """The markup without the elements in a pair of brackets that hold none of what they must; the brackets go."""
    return _each(xml, word, lambda whole: whole if inner in whole or inner[:-1] + " " in whole else "")


def _each(xml: str, word: str, change: Callable[[str], str]) -> str:
    """The markup with what stands in each pair of brackets changed, the inner ones first; the brackets go."""
    start, end = f"<?{_KEPT} {word}?>", f"<?{_KEPT} {word}-end?>"
    if start not in xml:
        return xml
    parts: list[list[str]] = [[]]
    for piece in re.split(f"({re.escape(start)}|{re.escape(end)})", xml):
        if piece == start:
            parts.append([])
        elif piece == end:
            whole = "".join(parts.pop())
            parts[-1].append(change(whole))
        else:
            parts[-1].append(piece)
    return "".join(parts[0])


def _regridded(table: str) -> str:
    """A table whose columns were repeated, with a grid of as many columns as its longest row has cells, no wider than it was."""
    rows = [_grid_row(row) for row in _rows(table)]
    longest = max(rows, key=len, default=[])
    grid = table.partition("</w:tblGrid>")[0]
    before = sum(int(each or 0) for each in _COLUMN.findall(grid))
    if not before or not all(longest) or len(longest) == len(_COLUMN.findall(grid)):
        return table
    total = sum(longest)
    columns = [each * min(total, before) // total for each in longest]
    widths = iter([width for row in rows for width in (columns if len(row) == len(columns) else row)])

    def one(match: re.Match[str]) -> str:
        width = next(widths)
        return f'<w:tcW w:w="{width}" w:type="dxa"/>' if width else match[0]

    made = "".join(f'<w:gridCol w:w="{each}"/>' for each in columns)
    return _outer(f"{grid[: grid.index('<w:tblGrid>')]}<w:tblGrid>{made}{table[len(grid) :]}", _CELL_WIDTH, one)


def _outer(table: str, pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]) -> str:
    """A table with what a pattern finds in it changed, but not in the tables in its cells."""
    depth, parts = 0, []
    for piece in re.split("(<w:tbl>|</w:tbl>)", table):
        depth += (piece == "<w:tbl>") - (piece == "</w:tbl>")
        parts.append(pattern.sub(change, piece) if depth == 1 else piece)
    return "".join(parts)


def _rows(table: str) -> list[str]:
    """The rows of a table, without the tables in their cells."""
    depth, parts = 0, []
    for piece in re.split("(<w:tbl>|</w:tbl>)", table):
        depth += (piece == "<w:tbl>") - (piece == "</w:tbl>")
        parts.append(piece if depth == 1 else "")
    return re.split("<w:tr[ >]", "".join(parts))[1:]


def _grid_row(row: str) -> list[int]:
    """The widths of the cells of a row, 0 for one that does not say it in twips."""
    return [int(match[1] or match[2] or 0) for match in _CELL_WIDTH.finditer(row)]


def _numbered(xml: str) -> str:
    """The markup with a number for each id that is to be new."""
    if _NEW_ID not in xml:
        return xml
    pieces = xml.split(_NEW_ID)
    return pieces[0] + "".join(f"{number}{piece}" for number, piece in enumerate(pieces[1:], 500_000))
