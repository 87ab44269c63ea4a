"""The names that tags use, held against what a plan has: without running anything, and all of them at once."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jinja2 import nodes
from msgspec import Struct, field

from relplan.documents.filters import FILTERS
from relplan.documents.records import names_of
from relplan.documents.sandbox import NAMES, Sandbox
from relplan.errors import Message, suggest
from relplan.model.part import Part, fields_of, once_a_class
from relplan.model.plan import ReleasePlan
from relplan.model.table import ReleaseItem
from relplan.model.values import Nothing
from relplan.office.tags import Tag
from relplan.patterns import regex

GLOBALS: Final = ("range", "namespace", "page_break")
"""Names that are no data."""

_SAME: Final = frozenset(
    ("sort", "reverse", "list", "unique", "select", "reject", "selectattr", "rejectattr", "default", "d")
)
"""Filters that give entries of the kind they take."""

_LOOP: Final = frozenset(
    ("index", "index0", "revindex", "revindex0", "first", "last", "length", "cycle", "depth", "depth0", "previtem", "nextitem", "changed")
)  # fmt: skip


_BLOCKS: Final = frozenset(name for name, each in FILTERS.items() if each.__annotations__.get("return") == "Fragment")
_FILTER: Final = regex(r"\|\s*(\w+)")


def prints_blocks(tag: Tag) -> bool:
    """Whether a tag prints tables, lists and the like: by the filters that it names."""
    return tag.kind == "value" and not _BLOCKS.isdisjoint(_FILTER.findall(tag.code))


class Kind(Struct, frozen=True):
    """What is known of a value.

    Attributes:
        model: what it is, or what its entries are; None where nothing is known.
        many: whether it is a list of them.
        names: what it has, where it is no model.
    """

    model: type[Part] | None = None
    many: bool = False
    names: frozenset[str] | None = None


UNKNOWN: Final = Kind()


class _Scope(Struct):
    """The names that a place in the document knows, and the statement that opened it."""

    keyword: str
    names: dict[str, Kind] = field(default_factory=dict)


def check_names(tags: Sequence[Tag], environment: Sandbox) -> Iterator[tuple[int, Message]]:
    """The names that are not there: the number of the tag, and what to say.

    Tags must be sound and balanced.
    """
    yield from _Checker(environment).check(tags)


def used_names(tags: Sequence[Tag], environment: Sandbox) -> tuple[str, ...]:
    """The names that tags use, as they are written: `plan.version`, `item.system`; sorted."""
    found = set[str]()
    for tag in tags:
        if tag.kind != "comment" and tag.code:
            for tree in _expressions(tag, environment):
                found |= {path for node in (tree, *tree.find_all((nodes.Getattr, nodes.Name))) if (path := _path(node))}
    longest = {each for each in found if not any(other.startswith(f"{each}.") for other in found)}
    return tuple(sorted(longest))


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name if node.ctx == "load" else ""
    if isinstance(node, nodes.Getattr) and (before := _path(node.node)):
        return f"{before}.{node.attr}"
    return ""


def _expressions(tag: Tag, environment: Sandbox) -> list[nodes.Node]:
    """What a tag works out, as trees."""
    code = tag.code
    if tag.kind == "value":
        return [_parsed(code, environment)]
    words = code[len(tag.keyword) :].strip()
    if tag.keyword in ("if", "elif"):
        return [_parsed(words, environment)]
    if tag.keyword == "for":
        return [_inner(_for(code, environment).iter)]
    if tag.keyword == "set":
        return [_parsed(words.partition("=")[2], environment)]
    return []


def _parsed(code: str, environment: Sandbox) -> nodes.Node:
    start, end = environment.variable_start_string, environment.variable_end_string
    (output,) = environment.parse(f"{start}({code}){end}").body
    return output.nodes[0] if isinstance(output, nodes.Output) else output


def _for(code: str, environment: Sandbox) -> Any:
    start, end = environment.block_start_string, environment.block_end_string
    return environment.parse(f"{start}{code}{end}{start}endfor{end}").body[0]


class _Checker:
    """Goes through tags in their order, and knows which names each of them sees."""

    def __init__(self, environment: Sandbox) -> None:
        self._environment = environment
        base = dict.fromkeys((*NAMES, *GLOBALS), UNKNOWN) | {"plan": Kind(ReleasePlan)}
        self._scopes = [_Scope("", base)]

    def check(self, tags: Sequence[Tag]) -> Iterator[tuple[int, Message]]:
        for at, tag in enumerate(tags):
            for tree in _expressions(tag, self._environment) if tag.kind != "comment" else ():
                messages: list[Message] = []
                self._kind(tree, messages)
                yield from ((at, each) for each in messages)
            self._follow(tag)

    def _follow(self, tag: Tag) -> None:
        """What a statement does to the names that are known."""
        if tag.keyword == "for":
            loop = _for(tag.code, self._environment)
            kind = self._kind(_inner(loop.iter), [])
            names = dict.fromkeys(_targets(loop.target), UNKNOWN) | {"loop": Kind(names=_LOOP)}
            if isinstance(loop.target, nodes.Name):
                names[loop.target.name] = Kind(kind.model) if kind.many else UNKNOWN
            self._scopes.append(_Scope("for", names))
        elif tag.keyword == "set":
            name, _, value = tag.code[len("set") :].partition("=")
            kind = self._kind(_parsed(value, self._environment), [])
            for each in name.split(","):
                self._scopes[-1].names[each.strip().partition(".")[0]] = kind
        elif tag.keyword == "with":
            names = {
                part.partition("=")[0].strip(): UNKNOWN for part in tag.code[len("with") :].split(",") if "=" in part
            }
            self._scopes.append(_Scope("with", names))
        elif tag.opens:
            self._scopes.append(_Scope(tag.keyword))
        elif tag.keyword.startswith("end") and len(self._scopes) > 1:
            closed = self._scopes.pop()
            if closed.keyword == "if":
                self._scopes[-1].names |= closed.names

    def _known(self) -> Mapping[str, Kind]:
        known: dict[str, Kind] = {}
        for scope in self._scopes:
            known |= scope.names
        return known

    def _kind(self, node: nodes.Node, messages: list[Message]) -> Kind:
        """What a tree gives, as far as it is known; what is wrong in it goes to `messages`."""
        match node:
            case nodes.Name():
                return self._name(node, messages)
            case nodes.Getattr():
                return _attribute(self._kind(node.node, messages), node.attr, messages)
            case nodes.Getitem():
                kind = self._kind(node.node, messages)
                if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
                    return _attribute(kind, node.arg.value, messages)
                self._kind(node.arg, messages)
                return kind if isinstance(node.arg, nodes.Slice) else Kind(kind.model) if kind.many else UNKNOWN
            case nodes.Filter() if node.node is not None:
                return self._filter(node, messages)
        for child in node.iter_child_nodes():
            self._kind(child, messages)
        return UNKNOWN

    def _name(self, node: nodes.Name, messages: list[Message]) -> Kind:
        known = self._known()
        if node.name not in known:
            messages.append(_missing(node.name, sorted(known)))
        return known.get(node.name, UNKNOWN)

    def _filter(self, node: nodes.Filter, messages: list[Message]) -> Kind:
        # What `default` stands beside may be missing.
        before = [] if node.name in ("default", "d") else messages
        kind = self._kind(node.node, before) if node.node is not None else UNKNOWN
        for child in (*node.args, *(each.value for each in node.kwargs)):
            self._kind(child, messages)
        if node.name in ("first", "last") and kind.many:
            return Kind(kind.model)
        if node.name == "stating":
            return Kind(ReleaseItem, many=True)
        return kind if node.name in _SAME and node.name not in FILTERS else UNKNOWN


def _inner(node: nodes.Node) -> nodes.Node:
    """What a loop goes through, without the counter that the sandbox has put around it."""
    return node.args[0] if isinstance(node, nodes.Call) and isinstance(node.node, nodes.EnvironmentAttribute) else node


def _targets(node: nodes.Node) -> list[str]:
    return [each.name for each in (node, *node.find_all(nodes.Name)) if isinstance(each, nodes.Name)]


def _attribute(kind: Kind, name: str, messages: list[Message]) -> Kind:
    known = (
        kind.names
        if kind.names is not None
        else frozenset(names_of(kind.model))
        if kind.model and not kind.many
        else None
    )
    if known is not None and name not in known:
        messages.append(_missing(name, sorted(known)))
        return UNKNOWN
    if kind.model is None or kind.many:
        return UNKNOWN
    return kind_of_field(kind.model, name)


def _missing(name: str, known: Sequence[str]) -> Message:
    hint = suggest(name, known)
    zh, en = "、".join(known), ", ".join(known)
    return Message(f"没有“{name}”{hint.zh or f'；可用：{zh}'}", f'there is no "{name}"{hint.en or f"; known: {en}"}')


@once_a_class
def kind_of_field(model: type[Part], name: str) -> Kind:
    """What a field or property of a model is."""
    if name in fields_of(model):
        return _of_annotation(fields_of(model)[name].annotation)
    own = next((vars(cls)[name] for cls in model.__mro__ if name in vars(cls)), None)
    getter = getattr(own, "fget", None) or getattr(own, "func", None)
    if getter is None:
        return UNKNOWN
    try:
        return _of_annotation(typing.get_type_hints(getter).get("return"))
    except NameError:
        return UNKNOWN


def _of_annotation(annotation: Any, many: bool = False) -> Kind:
    if annotation is Nothing:
        return UNKNOWN
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return Kind(annotation, many)
    origin = typing.get_origin(annotation)
    several = many or origin in (tuple, list)
    found = [kind for each in typing.get_args(annotation) if (kind := _of_annotation(each, several)).model]
    return found[0] if len({(each.model, each.many) for each in found}) == 1 else UNKNOWN
