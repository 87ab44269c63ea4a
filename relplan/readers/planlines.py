"""Plan files in the form that relplan writes, read without a library for all of YAML: to import that takes longer than to read most
plans. Keys below each other with their texts are read at once, which is what most of a plan file is, all else line by line.

A file with any line of another form, however good a YAML it is, is left to that library (see `planfile`). What is read
here, it would read alike: `tests/test_planlines.py` holds the two against each other.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from msgspec import Struct

from relplan.errors import Place
from relplan.patterns import regex
from relplan.planyaml import BLOCK, is_plain
from relplan.readers.tree import Tree
from relplan.remembering import remembering

_KEY: Final = r"[^\W\d]\w{0,99}"
_LINE: Final = regex(rf'(?P<indent> *)(?P<dash>- )?(?:(?P<key>{_KEY}|"[^"\\]{{0,99}}"):(?: |$))?(?P<value>.*)')
_NUMBER: Final = regex(r"[0-9][\w.+-]*", re.ASCII)
_QUOTED: Final = regex(r'"(?:[^"\\]|\\["\\nrt])*"')
_ESCAPE: Final = regex(r"\\(.)")
_MEANT: Final = {"n": "\n", "r": "\r", "t": "\t"}
_BLOCK_MARK: Final = "|-"
_AT_ONCE: Final = 1000
"""Lines that an expression takes in one go; it needs memory for each."""


@functools.lru_cache(maxsize=64)
def _pairs_at(indent: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Keys below each other at `indent` that have a text or a list of texts, from the first key on: all of them, and each."""
    entry = rf' {{{indent + 2}}}- (?!{_KEY}:[ \n]|"[^"\n]*":|\|)[^\n]*\n'
    entries = rf"(?:{entry}){{1,{_AT_ONCE}}}(?! {{{indent + 1}}}| *[#\n])"
    pair = rf"{_KEY}:(?: [^|\n][^\n]*\n|\n{entries})"
    parts = rf'({_KEY}):(?: (?:"([^"\\\n]*)"|([^\n]+))\n|\n({entries}))'
    return re.compile(rf"{pair}(?: {{{indent}}}{pair}){{0,{_AT_ONCE}}}"), re.compile(parts)


class _OtherForm(Exception):
    """A line is not of the form in which relplan writes."""


class _Box(Struct):
    """A mapping or a list whose entries begin behind `blanks`."""

    blanks: str
    is_list: bool


def feed(text: str, tree: Tree) -> bool:
    """Build `tree` from a plan file; False where a line is of another form, and the tree is of no use then."""
    if not (text.replace("\n", "").isprintable() or BLOCK.fullmatch(text)):
        return False
    try:
        _Lines(text, tree).feed()
    except _OtherForm:
        return False
    return True


class _Lines:
    def __init__(self, text: str, tree: Tree) -> None:
        self._text, self._tree = text, tree
        self._at = 0
        """Where the next line begins."""
        self._number = 0
        """That of the line before it."""
        self._boxes: list[_Box] = []
        self._waits = False
        """Whether the last key has no value yet: what it holds begins in the next line, or it holds nothing."""

    def feed(self) -> None:
        boxes, text = self._boxes, self._text
        while self._at < len(text):
            if boxes and not self._waits and self._pairs_in(boxes[-1]):
                continue
            start = self._at
            line = self._next()
            if line and line[0] != "#":
                self._line(start, line)
        if self._waits:
            self._tree.text(None, None)
        for _ in boxes:
            self._tree.end()

    def _next(self) -> str:
        """The next line, which is taken."""
        start, end = self._at, self._text.find("\n", self._at)
        self._at, self._number = (end + 1 if end >= 0 else len(self._text)), self._number + 1
        return self._text[start : end if end >= 0 else None]

    def _pairs_in(self, box: _Box) -> bool:
        """Take the next lines where they are more keys of a mapping; whether there are any."""
        if box.is_list or not self._text.startswith(box.blanks, self._at):
            return False
        return self._pairs(self._at + len(box.blanks), self._number + 1)

    def _pairs(self, start: int, number: int) -> bool:
        """Take the lines of keys with a text or a list of texts, of which the first has this number and its key at `start`; whether there are any."""
        indent = len(self._boxes[-1].blanks)
        whole, each = _pairs_at(indent)
        if (lines := whole.match(self._text, start)) is None:
            return False
        column = indent + len("  - ")
        pairs: list[tuple[str, str | list[str]]] = []
        for key, quoted, other, entries in each.findall(self._text, start, lines.end()):
            if entries:
                pairs.append((key, [_said(line[column:]) for line in entries.split("\n")[:-1]]))
            else:
                pairs.append((key, _said(other) if other else quoted))
        self._tree.pairs(pairs, Place(self._tree.name, line=number, column=indent + 1))
        self._at, self._number = lines.end(), number + lines[0].count("\n") - 1
        return True

    def _line(self, start: int, line: str) -> None:
        """Take a line of any kind, which begins at `start`."""
        boxes, tree = self._boxes, self._tree
        if (found := _LINE.fullmatch(line)) is None:
            raise _OtherForm
        blanks, dash, key, value = found.groups()
        self._find_box(blanks, dash is not None)
        column = len(blanks) + 2 if dash else len(blanks)
        if key is None:
            if not dash:
                raise _OtherForm
            self._scalar(value, blanks, self._place(column))
            return
        if dash:
            tree.start({}, self._place(column))
            boxes.append(_Box(" " * column, False))
            if self._pairs(start + column, self._number):
                return
        tree.key(key if key[0] != '"' else key[1:-1], self._place(column))
        self._waits = not value
        if value:
            self._scalar(value, boxes[-1].blanks, None)

    def _find_box(self, blanks: str, is_list: bool) -> None:
        """Begin and end mappings and lists so that a line that begins so belongs to the innermost."""
        boxes, tree = self._boxes, self._tree
        if self._waits or not boxes:
            if blanks > boxes[-1].blanks if boxes else not (blanks or is_list):
                tree.start([] if is_list else {}, self._place(len(blanks)))
                boxes.append(_Box(blanks, is_list))
            elif boxes:
                tree.text(None, None)
            self._waits = False
        while boxes and blanks < boxes[-1].blanks:
            boxes.pop()
            tree.end()
        if not boxes or boxes[-1] != _Box(blanks, is_list):
            raise _OtherForm

    def _scalar(self, value: str, blanks: str, place: Place | None) -> None:
        """Take a value of what stands behind `blanks`; behind a key its place is not needed."""
        self._tree.text(self._block(f"{blanks}  ") if value == _BLOCK_MARK else _said(value), place)

    def _block(self, blanks: str) -> str:
        """The lines of a block of text, which begin with `blanks`; blank ones at its end are none of it."""
        block: list[str] = []
        while self._at < len(self._text) and self._text.startswith(("\n", blanks), self._at):
            block.append(self._next())
        after = self._text[self._at : self._at + len(blanks)]
        while block and not block[-1]:
            block.pop()
        if not block or not block[0] or block[0][len(blanks)] in " \t":
            raise _OtherForm
        if after.startswith(blanks[:-1]) or after.partition("\n")[0].isspace():
            raise _OtherForm
        return "\n".join([line[len(blanks) :] for line in block])

    def _place(self, column: int) -> Place:
        return Place(self._tree.name, line=self._number, column=column + 1)


@remembering
def _said(value: str) -> str:
    """What a value of one line says."""
    if value[:1] == '"':
        if _QUOTED.fullmatch(value):
            return _ESCAPE.sub(_meant, value[1:-1]) if "\\" in value else value[1:-1]
    elif (is_plain(value) and value[-1] != " ") or _NUMBER.fullmatch(value):
        return value
    raise _OtherForm


def _meant(escape: re.Match[str]) -> str:
    return _MEANT.get(escape[1], escape[1])
