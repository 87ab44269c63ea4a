"""Plan files in JSON, as text: numbers as they stand, every value with its place."""

from __future__ import annotations

import json
from json.decoder import scanstring  # type: ignore[attr-defined]

from relplan.errors import Place, ReadError, problem
from relplan.model.read import Read
from relplan.patterns import regex
from relplan.readers.options import DEFAULT, ReadOptions
from relplan.readers.tree import Tree, decoded


def read_json(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in a JSON file.

    Raises:
        ReadError: the file is no JSON, or too large or too deep.
        PlanError: it is JSON but not a valid plan.
    """
    tree = Tree(name)
    _Json(decoded(data, name, options.limit), tree, name).run()
    return tree.plan()


class _Json:
    """A JSON scanner that knows places, takes numbers as text and does not recurse."""

    _BLANK = regex(r"[ \t\r\n]*")
    _WORD = regex(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")

    def __init__(self, text: str, tree: Tree, name: str) -> None:
        self._text, self._tree, self._name, self._at = text, tree, name, 0
        self._line, self._line_start, self._counted = 1, 0, 0

    def run(self) -> None:
        """Read the one value of the file into the tree."""
        closers: list[str] = []
        self._value(closers)
        while closers:
            self._skip()
            char = self._text[self._at : self._at + 1]
            if char == closers[-1]:
                self._at += 1
                closers.pop()
                self._tree.end()
            else:
                if self._started:
                    self._expect(",")
                if closers[-1] == "}":
                    self._key()
                self._value(closers)
        self._skip()
        if self._at < len(self._text):
            raise self._broken("，文件在这里应已结束", ", the file should end here")

    def _value(self, closers: list[str]) -> None:
        self._skip()
        place, char = self._place(), self._text[self._at : self._at + 1]
        if char and char in "{[":
            self._at += 1
            self._tree.start({} if char == "{" else [], place)
            closers.append("}" if char == "{" else "]")
            self._started = False
            return
        if char == '"':
            self._tree.text(self._string(), place)
        elif word := self._WORD.match(self._text, self._at):
            self._at = word.end()
            self._tree.text(None if word.group() == "null" else word.group(), place)
        else:
            raise self._broken("，这里应有一个值", ", a value belongs here")
        self._started = True

    def _key(self) -> None:
        self._skip()
        place = self._place()
        if self._text[self._at : self._at + 1] != '"':
            raise self._broken("，这里应有带引号的键", ", a key in quotes belongs here")
        self._tree.key(self._string(), place)
        self._expect(":")

    def _string(self) -> str:
        try:
            text, self._at = scanstring(self._text, self._at + 1, True)
        except json.JSONDecodeError as error:
            self._at = error.pos
            raise self._broken(f"：{error.msg}", f": {error.msg}") from None
        return str(text)

    def _expect(self, char: str) -> None:
        self._skip()
        if self._text[self._at : self._at + 1] != char:
            raise self._broken(f"，这里应有“{char}”", f', "{char}" belongs here')
        self._at += 1

    def _skip(self) -> None:
        blank = self._BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at

    def _place(self) -> Place:
        newlines = self._text.count("\n", self._counted, self._at)
        if newlines:
            self._line += newlines
            self._line_start = self._text.rindex("\n", self._counted, self._at) + 1
        self._counted = self._at
        return Place(self._name, line=self._line, column=self._at - self._line_start + 1)

    def _broken(self, zh: str, en: str) -> ReadError:
        self._counted, self._line, self._line_start = 0, 1, 0
        return ReadError(problem(f"JSON 有误{zh}", f"broken JSON{en}", self._place()))
