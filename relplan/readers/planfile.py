"""Plan files and process files: YAML and JSON as text. Every scalar is taken as it stands (1.10 stays 1.10) and typed by the model.

PyYAML alone would read `20:30` as 1230, `on` as True and `0123` as 83. Its event stream gives exact
text with places; anchors, aliases, tags and duplicate keys are refused, which leaves nothing to expand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, Final

import yaml
from msgspec import Struct, field

from relplan.errors import Invalid, Path, Place, PlanError, Problem, ReadError, place_of, problem
from relplan.model.read import Read, build, problems_of
from relplan.patterns import regex
from relplan.readers.options import DEFAULT, ReadOptions

if TYPE_CHECKING:
    from relplan.model.roadmap import Roadmap
    from relplan.process.model import Process

MAX_DEPTH: Final = 40
MAX_BYTES: Final = 64 * 2**20

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in a YAML file.

    Raises:
        ReadError: the file is no YAML, or too large or too deep.
        PlanError: it is YAML but not a valid plan.
    """
    return _yaml_tree(data, name, options).plan()


def read_process(data: bytes, name: str) -> Process:
    """The process in a YAML file.

    Raises:
        ReadError: the file is no YAML, or too large or too deep.
        PlanError: it is YAML but not a valid process; with every problem and its place.
    """
    from relplan.process.model import Process, faults

    tree = _yaml_tree(data, name, DEFAULT)
    if tree.problems:
        raise PlanError(tree.problems)
    if not isinstance(tree.root, dict):
        raise PlanError(
            problem("流程文件的最外层应为“键: 值”", "a process file holds `key: value` pairs at its top", name)
        )
    try:
        found = Process.from_data(tree.root)
    except Invalid as error:
        raise PlanError(problems_of(error, tree.places, name)) from None
    if problems := [Problem(message, place_of(tree.places, path)) for path, message in faults(found)]:
        raise PlanError(problems)
    return found


def read_roadmap(data: bytes, name: str) -> tuple[Roadmap, Mapping[Path, Place]]:
    """The roadmap in a YAML file, and the places of its values.

    Raises:
        ReadError: the file is no YAML, or too large or too deep.
        PlanError: it is YAML but not a valid roadmap; with every problem and its place.
    """
    from relplan.model.roadmap import Roadmap

    tree = _yaml_tree(data, name, DEFAULT)
    if tree.problems:
        raise PlanError(tree.problems)
    if not isinstance(tree.root, dict):
        raise PlanError(
            problem("路线图文件的最外层应为“键: 值”", "a roadmap file holds `key: value` pairs at its top", name)
        )
    try:
        return Roadmap.from_data(tree.root), tree.places
    except Invalid as error:
        raise PlanError(problems_of(error, tree.places, name)) from None


def is_roadmap(data: bytes) -> bool:
    """Whether a YAML file is a roadmap, by a key that no plan has."""
    return _RELEASES.search(data[:MAX_BYTES]) is not None


_RELEASES: Final = regex(rb"^releases[ \t]*:", re.MULTILINE)


def _yaml_tree(data: bytes, name: str, options: ReadOptions) -> _Tree:
    tree = _Tree(name)
    text = _decoded(data, name, options.limit)
    try:
        _feed_yaml(yaml.parse(text, Loader=_LOADER), tree, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, line=mark.line + 1, column=mark.column + 1) if mark else Place(name)
        raise ReadError(problem(f"YAML 有误：{error.problem}", f"broken YAML: {error.problem}", place)) from None
    except yaml.YAMLError as error:
        raise ReadError(problem(f"YAML 有误：{error}", f"broken YAML: {error}", name)) from None
    return tree


def read_json(data: bytes, name: str, options: ReadOptions = DEFAULT) -> Read:
    """The plan in a JSON file; raises as `read_yaml` does."""
    tree = _Tree(name)
    _Json(_decoded(data, name, options.limit), tree, name).run()
    return tree.plan()


def _decoded(data: bytes, name: str, limit: int) -> str:
    if len(data) > MAX_BYTES * limit:
        size = MAX_BYTES * limit // 2**20
        raise ReadError(problem(f"文件超过 {size} MiB", f"the file is larger than {size} MiB", name))
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReadError(
            problem(
                "不是 UTF-8 文本；请另存为 UTF-8", "this is no UTF-8 text; save it as UTF-8", Place(name, line=line)
            )
        ) from None


class _Container(Struct):
    value: Any
    path: Path
    key: str | None = None


class _Tree(Struct):
    """Builds plain data from a stream of starts, ends, keys and texts; entries that say nothing are left out.

    The place of a value in a mapping is that of its key.
    """

    name: str
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Container] = field(default_factory=list)
    root: Any = None

    def start(self, value: Any, place: Place) -> None:
        """A mapping or list begins."""
        if len(self.stack) >= MAX_DEPTH:
            raise ReadError(problem(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep", place))
        path = self._next_path()
        self.places.setdefault(path, place)
        self.stack.append(_Container(value, path))

    def end(self) -> None:
        """The innermost mapping or list ends."""
        self._put(self.stack.pop().value)

    def key(self, key: str, place: Place) -> None:
        """The key of the next value."""
        box = self.stack[-1]
        if key in box.value:
            self.problems.append(problem(f"重复的键“{key}”", f'duplicate key "{key}"', place))
        box.key = key
        self.places[(*box.path, key)] = place

    def wants_key(self) -> bool:
        """Whether a key comes next."""
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def has_key(self) -> bool:
        """Whether the value of a key comes next."""
        return bool(self.stack) and self.stack[-1].key is not None

    def text(self, text: str | None, place: Place | None) -> None:
        """A scalar; None where nothing is stated. Its place is not needed behind a key."""
        if place is not None:
            self.places.setdefault(self._next_path(), place)
        self._put(text)

    def plan(self) -> Read:
        """The plan that the tree holds.

        Raises:
            PlanError: with every problem.
        """
        if self.problems:
            raise PlanError(self.problems)
        if self.root is None:
            empty = problem(
                "文件是空的；用 `relplan new` 生成一份起始计划",
                "the file is empty; `relplan new` writes a starter plan",
                self.name,
            )
            raise PlanError(empty)
        return build(self.root, self.places, name=self.name)

    def _next_path(self) -> Path:
        if not self.stack:
            return ()
        box = self.stack[-1]
        return (*box.path, box.key if isinstance(box.value, dict) and box.key is not None else len(box.value))

    def _put(self, value: Any) -> None:
        if not self.stack:
            self.root = value
            return
        box = self.stack[-1]
        if isinstance(box.value, dict):
            # A nested mapping or list ends after its own key was taken, so the key waits in its container.
            if value is not None and box.key is not None:
                box.value[box.key] = value
            box.key = None
        elif value not in (None, {}):
            box.value.append(value)


_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))


def _feed_yaml(events: Iterator[Any], tree: _Tree, name: str) -> None:
    documents = 0
    for event in events:
        kind = type(event)  # most are scalars, and long files have very many
        if kind is yaml.ScalarEvent:
            _refuse_extras(event, name)
            if tree.wants_key():
                tree.key(event.value, _place(event, name))
            else:
                text = None if event.style is None and event.value in _NULL else event.value
                tree.text(text, None if tree.has_key() else _place(event, name))
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            tree.end()
        elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
            _refuse_extras(event, name)
            if tree.wants_key():
                raise ReadError(problem("键应为文本", "a key must be text", _place(event, name)))
            tree.start({} if kind is yaml.MappingStartEvent else [], _place(event, name))
        elif kind is yaml.AliasEvent:
            raise ReadError(
                problem(
                    "计划文件不支持 YAML 别名（*）；请写出内容",
                    "plan files take no YAML aliases (*); write the value out",
                    _place(event, name),
                )
            )
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                raise ReadError(problem("一个文件只能有一份计划", "one file holds one plan", _place(event, name)))


def _place(event: Any, name: str) -> Place:
    mark = event.start_mark
    return Place(name, line=mark.line + 1, column=mark.column + 1)


def _refuse_extras(event: Any, name: str) -> None:
    if not event.anchor and not event.tag:
        return
    place = _place(event, name)
    if event.anchor:
        raise ReadError(
            problem(
                "计划文件不支持 YAML 锚点（&）；请写出内容",
                "plan files take no YAML anchors (&); write the value out",
                place,
            )
        )
    if event.tag:
        raise ReadError(
            problem(f"计划文件不支持 YAML 标签 {event.tag}", f"plan files take no YAML tags such as {event.tag}", place)
        )


class _Json:
    """A JSON scanner that knows places, takes numbers as text and does not recurse."""

    _BLANK = regex(r"[ \t\r\n]*")
    _WORD = regex(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")

    def __init__(self, text: str, tree: _Tree, name: str) -> None:
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
