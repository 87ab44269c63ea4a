"""Finds the tags of a part of a Word document, and puts each where what it repeats or leaves out begins or ends.

A tag becomes a processing instruction in the tree: in the text where it prints, between runs, paragraphs, cells or
rows where it steers. Whatever its letters were split over is put together, and the look of its first run stays.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, Final

from lxml import etree
from msgspec import Struct, field

from relplan.errors import Message, Problem
from relplan.office.program import Placed, problem_at
from relplan.office.tags import Broken, Tag, tags_in

TARGET: Final = "relplan"
"""The name of the processing instructions that stand for tags."""

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_LIFTED: Final = frozenset(
    ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "permStart", "permEnd", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd")
)  # fmt: skip
_PRINTS: Final = frozenset(
    ("drawing", "pict", "object", "sym", "oMath", "footnoteReference", "endnoteReference", "fldChar", "fldSimple")
)
_BLANK_OF: Final = {"br": "\n", "cr": "\n", "tab": "\t"}
_AROUND: Final = frozenset(
    ("hyperlink", "ins", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo")
)
"""What stands between a paragraph and its runs."""


class Found(Struct):
    """What was found in a part.

    Attributes:
        placed: the tags, in the order in which they will run; instructions hold their numbers.
        problems: what is wrong with where they stand.
        standalone: the numbers of the tags that print and stand alone in their paragraph.
        is_form: whether there were tags, comments included.
    """

    placed: list[Placed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    standalone: set[int] = field(default_factory=set)
    is_form: bool = False


def name_of(element: Any) -> str:
    """The name of an element without its namespace; blank for comments and instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def is_instruction(node: Any) -> bool:
    """Whether a node stands for a tag."""
    return node.tag is etree.ProcessingInstruction and node.target == TARGET


def scan(root: Any, part: str, file: str) -> Found:
    """Find the tags of a part, and put each in its place in the tree.

    Args:
        root: the tree; it is changed.
        part: what the part is called where people look for it: `body`, `header`.
        file: the name of the document, for messages.
    """
    return _Scanner(root, part, file).scan()


class _Scanner:
    def __init__(self, root: Any, part: str, file: str) -> None:
        self._root, self._part, self._file = root, part, file
        self._w = _W
        self._found = Found()

    def scan(self) -> Found:
        paragraphs = list(self._root.iter(f"{self._w}p"))
        for number, paragraph in enumerate(paragraphs, 1):
            if not _is_gone(paragraph):
                self._tags(paragraph, number)
        if not self._found.problems:
            for opened in self._blocks():
                self._place(opened)
            self._place_alone(paragraphs)
            self._renumber()
        return self._found

    # Finding

    def _tags(self, paragraph: Any, number: int) -> None:
        """Put an instruction in the place of each tag of a paragraph."""
        pieces = [(each, _BLANK_OF.get(name_of(each)) or each.text or "") for each in self._texts(paragraph)]
        text = "".join(words for _, words in pieces)
        if "{" not in text:
            return
        where = self._where(paragraph)
        found = list(tags_in(text))
        for each in found:
            if isinstance(each, Broken):
                self._found.problems.append(problem_at(each.message, self._file, where, each.words, number))
        tags = [each for each in found if isinstance(each, Tag)]
        first = len(self._found.placed)
        self._found.is_form = self._found.is_form or bool(tags)
        self._found.placed += [Placed(tag, where, number) for tag in tags]
        self._replace(pieces, [(tag.start, tag.end, first + i) for i, tag in enumerate(tags)])

    def _texts(self, paragraph: Any) -> Iterator[Any]:
        """The elements of a paragraph that hold its text; those of text boxes in it are of other paragraphs."""
        for child in paragraph:
            name = name_of(child)
            if name == "t" or (name in _BLANK_OF and name_of(paragraph) == "r"):
                yield child
            elif name not in ("txbxContent", "del", "moveFrom", "pPr", "rPr", "p", "instrText", "delText"):
                yield from self._texts(child)

    def _replace(self, pieces: Sequence[tuple[Any, str]], spans: Sequence[tuple[int, int, int]]) -> None:
        """Cut the letters of tags out of the texts, and put an instruction where each began."""
        offset = 0
        for element, words in pieces:
            start, end = offset, offset + len(words)
            offset = end
            inside = [span for span in spans if span[0] < end and span[1] > start]
            if not inside:
                continue
            if name_of(element) != "t":
                _drop(element)  # a line break or tab inside a tag
                continue
            parts: list[str | int] = []
            at = start
            for first, last, number in inside:
                parts.append(words[at - start : max(first, start) - start])
                if first >= start:
                    parts.append(number)
                at = min(last, end)
            parts.append(words[at - start :])
            _fill(element, parts)
            if len(element) == 0 and not element.text:
                _drop(element)

    # What opens and closes

    def _blocks(self) -> list[list[Any]]:
        """The instructions of each statement that has an end, with those between that go on with it; inner ones first."""
        found: list[list[Any]] = []
        open_: list[list[Any]] = []
        for node in self._instructions():
            tag = self._tag(node)
            if tag.opens:
                open_.append([node])
            elif tag.continues and open_:
                open_[-1].append(node)
            elif tag.keyword.startswith("end") and open_:
                found.append([*open_.pop(), node])
        return found

    def _instructions(self) -> list[Any]:
        return [node for node in self._root.iter(etree.ProcessingInstruction) if is_instruction(node)]

    def _tag(self, node: Any) -> Tag:
        return self._found.placed[int(node.text)].tag

    # Placing

    def _place(self, nodes: list[Any]) -> None:
        """Put the statements of a block where they can stand in the tree."""
        level = next((tag.level for tag in map(self._tag, nodes) if tag.level), "")
        paragraphs = [self._above(node, "p") for node in nodes]
        if all(each is paragraphs[0] for each in paragraphs) and level in ("", "run"):
            self._between_runs(nodes)
        elif level == "row":
            self._rows(nodes)
        elif level == "cell":
            self._cells(nodes)
        elif level == "paragraph":
            self._paragraphs(nodes)
        else:
            self._by_surroundings(nodes)

    def _by_surroundings(self, nodes: list[Any]) -> None:
        around = _common(nodes)
        name = name_of(around)
        if name == "tr":
            first, last = (self._child(around, nodes[0]), self._child(around, nodes[-1]))
            cells = [each for each in around if name_of(each) in ("tc", "sdt")]
            whole = first is cells[0] and last is cells[-1] if cells else False
            (self._rows if whole else self._cells)(nodes)
        elif name == "tbl":
            self._rows(nodes)
        elif name in ("p", *_AROUND) or self._above(nodes[0], "p") is self._above(nodes[-1], "p"):
            self._between_runs(nodes)
        else:
            self._paragraphs(nodes)

    def _between_runs(self, nodes: list[Any]) -> None:
        """Put statements between the runs of their paragraph, all below the same parent."""
        for node in nodes:
            self._out_of_run(node)
        parents = {node.getparent() for node in nodes}
        if len(parents) > 1:
            self._refuse(
                nodes,
                "开始与结束不在同一处：一个在链接或控件之内，另一个在外；请移到同一处",
                "it begins and ends in different places: one inside a link or control, one outside; put both in one place",
            )

    def _out_of_run(self, node: Any) -> None:
        """Split the run around an instruction, so that it stands beside runs."""
        text = node.getparent()
        if name_of(text) != "t":
            return
        run = text.getparent()
        behind = copy.copy(text)
        for child in list(behind):
            behind.remove(child)
        behind.text = node.tail
        node.tail = None
        following = list(node.itersiblings())
        for each in following:
            behind.append(each)
        text.remove(node)
        rest = etree.Element(run.tag, run.attrib, run.nsmap)
        properties = run.find(f"{self._w}rPr")
        if properties is not None:
            rest.append(copy.deepcopy(properties))
        later = list(text.itersiblings())
        if behind.text or len(behind):
            behind.set(_SPACE, "preserve")
            rest.append(behind)
        for each in later:
            rest.append(each)
        tail, run.tail = run.tail, None
        run.addnext(node)
        node.tail = None
        if any(name_of(each) != "rPr" for each in rest):
            node.addnext(rest)
            rest.tail = tail
        if len(text) == 0 and not text.text:
            _drop(text)

    def _rows(self, nodes: list[Any]) -> None:
        """Put statements around rows. A row with nothing but tags that steer is left out itself."""
        rows = [self._above(node, "tr") for node in nodes]
        if any(row is None for row in rows):
            self._refuse(nodes, "这个标记应在表格的行里", "this tag belongs into the row of a table")
        elif len({row.getparent() for row in rows}) > 1:
            self._refuse(nodes, "开始与结束应在同一张表里", "it must begin and end in the same table")
        else:
            self._around(nodes, rows)

    def _cells(self, nodes: list[Any]) -> None:
        """Put statements around cells."""
        cells = [self._above(node, "tc") for node in nodes]
        if any(cell is None for cell in cells) or len({cell.getparent() for cell in cells}) > 1:
            zh, en = "开始与结束应在同一行的单元格里", "it must begin and end in cells of the same row"
            self._refuse(nodes, zh, en)
        else:
            self._around(nodes, cells)

    def _paragraphs(self, nodes: list[Any]) -> None:
        """Put statements around paragraphs; those with nothing but tags that steer are left out."""
        paragraphs = [self._above(node, "p") for node in nodes]
        last = len(nodes) - 1
        for number, (node, paragraph) in enumerate(zip(nodes, paragraphs, strict=True)):
            begins, ends = (self._is_edge(paragraph, node, first) for first in (True, False))
            if not (begins and ends) and not (begins and number == 0) and not (ends and number == last):
                self._refuse(
                    [node],
                    "跨段落的标记要独占一段，或开始于段首、结束于段尾",
                    "a tag that reaches over paragraphs must stand alone in one, or begin at the start and end at the end of one",
                )
                return
        if len({paragraph.getparent() for paragraph in paragraphs}) > 1:
            self._refuse(
                nodes,
                "开始与结束不在同一处（一个在表格、文本框或控件之内）；请移到同一处",
                "it begins and ends in different places (one inside a table, text box or control); put both in one place",
            )
        else:
            self._around(nodes, paragraphs)

    def _around(self, nodes: list[Any], elements: list[Any]) -> None:
        """Put statements before and behind elements; one that only holds statements gives its place to them."""
        together = all(each is elements[0] for each in elements)
        if together and len(nodes) > 2:
            self._refuse(nodes[1:], "else 不能与开始在同一行", "else cannot stand in the row that it divides")
            return
        for number, (node, element) in enumerate(zip(nodes, elements, strict=True)):
            self._take_out(node)
            ends = number == len(nodes) - 1
            if ends and (together or not self._only_steers(element)):
                _put_behind(element, node)
            else:
                _put_before(element, node)
        for element in {} if together else dict.fromkeys(elements):
            if self._only_steers(element) and not self._has_tags(element):
                self._leave_out(element)

    def _only_steers(self, element: Any) -> bool:
        """Whether an element holds no words, and no tags but statements."""
        nodes = [node for node in element.iter(etree.ProcessingInstruction) if is_instruction(node)]
        steers = all(self._tag(node).kind != "value" for node in nodes)
        return steers and all(map(self._is_alone, element.iter(f"{self._w}p")))

    def _is_edge(self, paragraph: Any, node: Any, first: bool) -> bool:
        """Whether nothing is printed before a tag in its paragraph (`first`), or behind it."""
        seen = not first
        for child in paragraph.iter():
            if child is node:
                if first:
                    return True
                seen = False
                if (child.tail or "").strip():
                    return False
                continue
            if seen:
                continue
            if self._prints(child) or (is_instruction(child) and self._says(child)):
                return False
        return True

    def _says(self, node: Any) -> bool:
        """Whether a tag prints, or words stand behind it."""
        return self._tag(node).kind == "value" or bool((node.tail or "").strip())

    def _place_alone(self, paragraphs: Sequence[Any]) -> None:
        """What stands alone in its paragraph: values may print paragraphs, `set` and comments print nothing."""
        for paragraph in paragraphs:
            nodes = [node for node in paragraph.iter(etree.ProcessingInstruction) if is_instruction(node)]
            for node in nodes:
                tag = self._tag(node)
                if tag.kind == "value" and len(nodes) == 1 and tag.level != "run" and self._is_alone(paragraph):
                    self._found.standalone.add(int(node.text))
                elif tag.kind == "comment":
                    self._take_out(node)
                elif tag.keyword == "set":
                    self._out_of_run(node)
            if nodes and all(self._steers_nothing(node) for node in nodes) and self._is_alone(paragraph):
                for node in nodes:
                    if node.getparent() is not None:
                        self._take_out(node)
                        paragraph.addprevious(node)
                self._leave_out(paragraph)

    def _steers_nothing(self, node: Any) -> bool:
        tag = self._tag(node)
        return tag.kind == "comment" or tag.keyword == "set"

    # The tree

    def _leave_out(self, element: Any) -> None:
        """Remove an element without words; a paragraph that ends a section stays, and so does what others refer to."""
        if element.find(f"{self._w}pPr/{self._w}sectPr") is not None:
            return
        for child in list(element):
            if name_of(child) in _LIFTED:
                element.addprevious(child)
        _remove(element)

    def _take_out(self, node: Any) -> None:
        """Take an instruction out of the text it stands in; the run stays, if it has words of its own."""
        text = node.getparent()
        before = node.getprevious()
        if node.tail:
            if before is not None:
                before.tail = (before.tail or "") + node.tail
            else:
                text.text = (text.text or "") + node.tail
            node.tail = None
        text.remove(node)
        if name_of(text) == "t" and len(text) == 0 and not text.text:
            _drop(text)

    def _is_alone(self, paragraph: Any) -> bool:
        """Whether a paragraph has no words and pictures beside its tags."""
        return not any(
            self._prints(child) or (is_instruction(child) and (child.tail or "").strip()) for child in paragraph.iter()
        )

    def _prints(self, element: Any) -> bool:
        """Whether an element prints something by itself, its tags aside."""
        name = name_of(element)
        if name == "t":
            return bool((element.text or "").strip())
        return name in _PRINTS or (name == "br" and element.get(f"{self._w}type") in ("page", "column"))

    def _has_tags(self, element: Any) -> bool:
        return any(is_instruction(node) for node in element.iter(etree.ProcessingInstruction))

    def _above(self, node: Any, name: str) -> Any:
        return next((each for each in node.iterancestors(f"{self._w}{name}")), None)

    def _child(self, around: Any, node: Any) -> Any:
        """The child of an element below which a node stands."""
        return next(each for each in (node, *node.iterancestors()) if each.getparent() is around)

    def _refuse(self, nodes: Sequence[Any], zh: str, en: str) -> None:
        placed = self._found.placed[int(nodes[0].text)]
        self._found.problems.append(placed.problem(Message(zh, en), self._file))

    def _renumber(self) -> None:
        """Number the tags in the order in which they run now."""
        nodes = self._instructions()
        order = [int(node.text) for node in nodes]
        placed = [self._found.placed[number] for number in order]
        new = {number: at for at, number in enumerate(order)}
        for node in nodes:
            node.text = str(new[int(node.text)])
        self._found.standalone = {new[each] for each in self._found.standalone if each in new}
        self._found.placed = placed

    # Where people look

    def _where(self, paragraph: Any) -> str:
        """The place of a paragraph in words: `body › table 2 › row 3 › cell 4`, `body › paragraph 7`."""
        steps: list[str] = []
        node = paragraph
        while (parent := node.getparent()) is not None:
            name = name_of(node)
            word = {"p": "paragraph", "tbl": "table", "tr": "row", "tc": "cell"}.get(name)
            if word and not (name == "p" and steps) and not (name == "p" and name_of(parent) == "tc"):
                scope = parent if name in ("tr", "tc") else self._scope(node)
                same = [each for each in scope.iter(node.tag) if self._scope_of(each, name) is scope]
                steps.append(f"{word} {same.index(node) + 1}")
            elif name == "txbxContent":
                steps.append("text box")
            node = parent
        return " › ".join([self._part, *reversed(steps)])

    def _scope(self, node: Any) -> Any:
        return next((each for each in node.iterancestors() if name_of(each) in ("tc", "txbxContent")), self._root)

    def _scope_of(self, node: Any, name: str) -> Any:
        return node.getparent() if name in ("tr", "tc") else self._scope(node)


def _fill(element: Any, parts: Sequence[str | int]) -> None:
    """Make a text of words and, for numbers, instructions."""
    for child in list(element):
        element.remove(child)
    element.text = ""
    last = None
    for part in parts:
        if isinstance(part, int):
            last = etree.ProcessingInstruction(TARGET, str(part))
            element.append(last)
            last.tail = ""
        elif last is None:
            element.text += part
        else:
            last.tail = (last.tail or "") + part
    element.set(_SPACE, "preserve")


def _drop(text: Any) -> None:
    """Remove a text, and its run if nothing else stands in it."""
    run = text.getparent()
    run.remove(text)
    if name_of(run) == "r" and all(name_of(each) in ("rPr", "lastRenderedPageBreak") for each in run):
        _remove(run)


def _remove(element: Any) -> None:
    """Remove an element, but not what stands behind it."""
    parent, before = element.getparent(), element.getprevious()
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
        element.tail = None
    parent.remove(element)


def _put_before(element: Any, node: Any) -> None:
    """Put a tag before an element, among those that are there already in the order of the document."""
    place = element
    while (before := place.getprevious()) is not None and is_instruction(before) and int(before.text) > int(node.text):
        place = before
    place.addprevious(node)


def _put_behind(element: Any, node: Any) -> None:
    """Put a tag behind an element, among those that are there already in the order of the document."""
    place = element
    while (behind := place.getnext()) is not None and is_instruction(behind) and int(behind.text) < int(node.text):
        place = behind
    tail, place.tail = place.tail, None
    place.addnext(node)
    node.tail = tail


def _common(nodes: Sequence[Any]) -> Any:
    """The innermost element that all nodes stand in."""
    chains = [[*reversed(list(node.iterancestors()))] for node in nodes]
    common = None
    for level in zip(*chains, strict=False):
        if any(each is not level[0] for each in level):
            break
        common = level[0]
    return common


def _is_gone(paragraph: Any) -> bool:
    """Whether a paragraph stands in what a reader no longer sees."""
    return any(name_of(each) in ("del", "moveFrom") for each in paragraph.iterancestors())
