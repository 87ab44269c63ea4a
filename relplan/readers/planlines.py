"""Plan files in the form that relplan writes, read line by line, without a library for all of YAML: to import that takes longer than
to read most plans.

A file with any line of another form, however good a YAML it is, is left to that library (see `planfile`). What is read
here, it would read alike: `tests/test_planlines.py` holds the two against each other.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from relplan.errors import Place
from relplan.patterns import regex
from relplan.planyaml import BLOCK, is_plain
from relplan.readers.tree import Tree

_LINE: Final = regex(r'(?P<indent> *)(?P<dash>- )?(?:(?P<key>[^\W\d]\w{0,99}|"[^"\\]{0,99}"):(?: |$))?(?P<value>.*)')
_NUMBER: Final = regex(r"[0-9][\w.+-]*", re.ASCII)
_QUOTED: Final = regex(r'"(?:[^"\\]|\\["\\nrt])*"')
_ESCAPE: Final = regex(r"\\(.)")
_MEANT: Final = {"n": "\n", "r": "\r", "t": "\t"}
_BLOCK_MARK: Final = "|-"


class _Box(Struct):
    """A mapping or a list whose entries begin at `indent`."""

    indent: int
    is_list: bool

    def holds_at(self, indent: int) -> bool:
        """Whether it is a mapping with keys at `indent`."""
        return self.indent == indent and not self.is_list


def feed(text: str, tree: Tree) -> bool:
    """Build `tree` from a plan file; False where a line is of another form, and the tree is of no use then."""
    may_stand = text.replace("\n", "").isprintable() or BLOCK.fullmatch(text) is not None
    return may_stand and _Lines(text, tree).feed()


class _Lines:
    def __init__(self, text: str, tree: Tree) -> None:
        self._lines, self._at, self._tree = text.split("\n"), 0, tree
        self._boxes: list[_Box] = []
        self._waits = False
        """Whether the last key has no value yet: what it holds begins in the next line, or it holds nothing."""

    def feed(self) -> bool:
        match, boxes, tree = _LINE.fullmatch, self._boxes, self._tree
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if not line or line[0] == "#":
                continue
            if (found := match(line)) is None:
                return False
            blanks, dash, key, value = found.groups()
            # Most lines are a key and a value below others of the kind.
            if (
                key
                and not dash
                and not self._waits
                and boxes
                and boxes[-1].holds_at(len(blanks))
                and (text := _text(value))
            ):
                tree.pair(_bare(key), text, self._place(len(blanks)))
            elif not self._line(blanks, dash, key, value):
                return False
        if self._waits:
            tree.text(None, None)
        for _ in boxes:
            tree.end()
        return True

    def _line(self, blanks: str, dash: str | None, key: str | None, value: str) -> bool:
        """Take a line by its parts; whether it is of the form."""
        boxes, tree, indent = self._boxes, self._tree, len(blanks)
        if self._waits or not boxes:
            if indent > boxes[-1].indent if boxes else not (indent or dash):
                tree.start([] if dash else {}, self._place(indent))
                boxes.append(_Box(indent, dash is not None))
            elif boxes:
                tree.text(None, None)
            self._waits = False
        while boxes and indent < boxes[-1].indent:
            boxes.pop()
            tree.end()
        if not boxes or boxes[-1].indent != indent or boxes[-1].is_list != (dash is not None):
            return False
        column = indent + 2 if dash else indent
        if key is None:
            return dash is not None and self._scalar(value, indent, column)
        if dash:
            tree.start({}, self._place(column))
            boxes.append(_Box(column, False))
        tree.key(_bare(key), self._place(column))
        self._waits = not value
        return self._waits or self._scalar(value, column, None)

    def _scalar(self, value: str, indent: int, column: int | None) -> bool:
        """Take a value of what stands at `indent`; `column` is its own, which behind a key is not needed."""
        place = None if column is None else self._place(column)
        if (text := _text(value)) is None:
            return value == _BLOCK_MARK and self._block(" " * (indent + 2), place)
        self._tree.text(text, place)
        return True

    def _block(self, blanks: str, place: Place | None) -> bool:
        """Take the lines of a block of text, which begin with `blanks`; blank ones at its end are none of it."""
        lines, begin = self._lines, self._at
        while self._at < len(lines) and (not lines[self._at] or lines[self._at].startswith(blanks)):
            self._at += 1
        block = lines[begin : self._at]
        while block and not block[-1]:
            block.pop()
        after = lines[self._at] if self._at < len(lines) else ""
        if (
            not block
            or not block[0]
            or block[0][len(blanks)] in " \t"
            or after.startswith(blanks[:-1])
            or after.isspace()
        ):
            return False
        self._tree.text("\n".join([line[len(blanks) :] for line in block]), place)
        return True

    def _place(self, column: int) -> Place:
        return Place(self._tree.name, line=self._at, column=column + 1)


def _bare(key: str) -> str:
    return key if key[0] != '"' else key[1:-1]


def _text(value: str) -> str | None:
    """What a value of one line says; None where it is of another form, or the mark of a block."""
    if value[:1] == '"':
        if _QUOTED.fullmatch(value) is None:
            return None
        return _ESCAPE.sub(_meant, value[1:-1]) if "\\" in value else value[1:-1]
    if is_plain(value):
        return value if value[-1] != " " else None
    return value if _NUMBER.fullmatch(value) else None


def _meant(escape: re.Match[str]) -> str:
    return _MEANT.get(escape[1], escape[1])
