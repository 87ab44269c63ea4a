"""Plan files, process files and roadmaps in YAML, as text. Every scalar is taken as it stands (1.10 stays 1.10) and typed by the model.

PyYAML alone would read `20:30` as 1230, `on` as True and `0123` as 83. Its event stream gives exact
text with places; anchors, aliases, tags and duplicate keys are refused, which leaves nothing to expand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from relplan.errors import Invalid, Path, Place, PlanError, Problem, ReadError, place_of, problem
from relplan.model.read import Read, collector_paused, problems_of
from relplan.patterns import regex
from relplan.readers import planlines
from relplan.readers.options import DEFAULT, ReadOptions
from relplan.readers.tree import MAX_BYTES, Tree, decoded, too_deep

if TYPE_CHECKING:
    from relplan.model.roadmap import Roadmap
    from relplan.process.model import Process


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


def _yaml_tree(data: bytes, name: str, options: ReadOptions) -> Tree:
    text = decoded(data, name, options.limit)
    tree = Tree(name)
    with collector_paused():
        return tree if planlines.feed(text, tree) else _any_yaml(text, name)


def _any_yaml(text: str, name: str) -> Tree:
    import yaml  # most plan files do without

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tree = Tree(name)
    try:
        _feed_yaml(iter(loader(text).get_event, None), tree, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, line=mark.line + 1, column=mark.column + 1) if mark else Place(name)
        if "nesting depth" in str(error.problem):  # libyaml has a limit of its own, and meets it first: it reads ahead
            raise ReadError(too_deep(place)) from None
        raise ReadError(problem(f"YAML 有误：{error.problem}", f"broken YAML: {error.problem}", place)) from None
    except yaml.YAMLError as error:
        raise ReadError(problem(f"YAML 有误：{error}", f"broken YAML: {error}", name)) from None
    return tree


_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))


def _feed_yaml(events: Iterator[Any], tree: Tree, name: str) -> None:
    import yaml

    documents = 0
    for event in events:
        kind = type(event)  # most are scalars, and long files have very many
        if kind is yaml.ScalarEvent:
            _refuse_extras(event, name)
            if tree.wants_key():
                tree.key(event.value, _place(event, name))
            else:
                text = None if not event.style and event.value in _NULL else event.value  # plain is None or ""
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
