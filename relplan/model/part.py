"""The base of the model: what has declared fields, holds canonical values alone, and never changes once made.

    class Window(Part):
        start: Annotated[Moment, Column("开始时间", "Start")] = None

A field without a default must be stated. What a field takes is said by the first thing in its annotation that has
`accepted` (a kind of cell text, `RowsOf`, `Accepts`), else by its type. All that is wrong with raw data is told at once.

A part holds (`vars`) the fields that say something, in their order; for those that say nothing, None or `()`, the
defaults of its class stand.
"""

import functools
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, Final, ParamSpec, Self, TypeVar

from msgspec import Struct

from relplan.errors import Invalid, Message, Path, Refused, suggest

P = ParamSpec("P")
T = TypeVar("T")
Accept = Callable[[object], Any]
"""Makes the canonical value of raw data; raises `Refused` or `Invalid` where there is none."""


class Accepts(Struct, frozen=True):
    """In the annotation of a field: what makes its canonical value."""

    accepted: Accept


class Field(Struct, frozen=True):
    """A field as its class declares it.

    Attributes:
        annotation: its type, without what `Annotated` adds.
        metadata: what `Annotated` adds.
        accept: makes the canonical value.
    """

    annotation: Any
    metadata: tuple[Any, ...]
    accept: Accept


@typing.dataclass_transform(frozen_default=True, kw_only_default=True)
class Part:
    """Something a plan is made of: fields with canonical values, which nothing changes.

    Parts of one class are equal when their fields are.
    """

    def __init__(self, **fields: Any) -> None:
        """Make it of the values of its fields, or of what stands for them in cells and plan files.

        Raises:
            Invalid: values cannot be held; with all of them.
        """
        object.__setattr__(self, "__dict__", self._read(fields))

    @classmethod
    def from_data(cls, data: object) -> Self:
        """The part that raw data says; a part of this class is returned as it is.

        Raises:
            Invalid: with all that is wrong.
        """
        if isinstance(data, cls):
            return data
        return cls._made(cls._read(data))

    def replace(self, **changes: Any) -> Self:
        """The same with other values in some fields.

        Raises:
            Invalid: the values cannot be held.
        """
        return self._made(self._canonical(changes, vars(self)))

    @classmethod
    def raw(cls, data: object) -> object:
        """The raw fields that data stands for: the mapping itself, unless a class is written in other ways too."""
        return data

    @classmethod
    def settle(cls, values: dict[str, Any]) -> None:
        """Bring the canonical values of the fields that say something into line with each other.

        Raises:
            Refused: they do not go together.
        """

    @classmethod
    def _read(cls, data: object) -> dict[str, Any]:
        try:
            raw = cls.raw(data)
        except ValueError as error:
            raise Invalid(_faults(error)) from None
        return cls._canonical(raw, _shape(cls).said)

    @classmethod
    def _canonical(cls, raw: object, held: Mapping[str, Any]) -> dict[str, Any]:
        """What raw data says of the fields; `held` is what stands where it says nothing."""
        if type(raw) is not dict and not isinstance(raw, Mapping):
            raise Invalid([((), _NO_PAIRS)])
        shape = _shape(cls)
        values: dict[str, Any] = {}
        faults: list[tuple[Path, Message]] = []
        known = 0
        for name, accept in shape.accepts.items():
            if name in raw:
                known += 1
                try:
                    value = accept(raw[name])
                except ValueError as error:
                    faults += _faults(error, name)
                    continue
            elif name in held:
                value = held[name]
            else:
                continue
            if (value is not None and value != ()) or name in shape.always:
                values[name] = value
        if known < len(raw):
            faults += [((name,), _unknown_key(str(name), shape.fields)) for name in raw if name not in shape.accepts]
        for name in shape.required:
            if name not in raw and name not in held:
                faults.append(((name,), Message(f"缺少“{name}”", f'"{name}" is missing')))
        if not faults:
            try:
                cls.settle(values)
            except ValueError as error:
                faults += _faults(error)
        if faults:
            raise Invalid(faults)
        return values

    @classmethod
    def _made(cls, values: dict[str, Any]) -> Self:
        part = cls.__new__(cls)
        object.__setattr__(part, "__dict__", values)
        return part

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} never changes; use replace({name}=…)")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} never changes")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        usual = _shape(type(self)).said
        said = [f"{name}={each!r}" for name, each in vars(self).items() if each != usual.get(name)]
        return f"{type(self).__name__}({', '.join(said)})"


_NO_PAIRS: Final = Message("这里应为“键: 值”或文本", "`key: value` pairs or text belong here")
_NO_LIST: Final = Message("这里应为列表", "a list belongs here")


class _Shape(Struct, frozen=True):
    """The fields of a class, what takes their values, the defaults that say something, and the names of those without a default."""

    fields: Mapping[str, Field]
    accepts: dict[str, Accept]
    said: dict[str, Any]
    required: tuple[str, ...]
    always: frozenset[str]
    """The names of the fields that each part holds: those of `said` and of `required`."""


def once_a_class(function: Callable[P, T]) -> Callable[P, T]:
    """`functools.cache` for what a class of parts is asked: to mypy such a class is not hashable."""
    return typing.cast(Callable[P, T], functools.cache(function))


def fields_of(part: type[Part]) -> Mapping[str, Field]:
    """The fields of a class of parts, in their order."""
    return _shape(part).fields


@once_a_class
def _shape(part: type[Part]) -> _Shape:
    declared: dict[str, Any] = {}
    for cls in reversed(part.__mro__[:-1]):
        declared |= {name: kind for name, kind in cls.__annotations__.items() if not _is_class_variable(kind)}
    fields = types.MappingProxyType({name: _field(kind) for name, kind in declared.items()})
    accepts = {name: field.accept for name, field in fields.items()}
    said = {name: value for name in fields if (value := getattr(part, name, None)) is not None and value != ()}
    required = tuple(name for name in fields if not hasattr(part, name))
    return _Shape(fields, accepts, said, required, frozenset((*said, *required)))


def _is_class_variable(annotation: Any) -> bool:
    return annotation is ClassVar or typing.get_origin(annotation) is ClassVar


def _field(annotation: Any) -> Field:
    metadata: tuple[Any, ...] = getattr(annotation, "__metadata__", ())
    bare = annotation.__origin__ if metadata else annotation
    accept = next((each.accepted for each in metadata if hasattr(each, "accepted")), None)
    return Field(bare, metadata, accept or _acceptor(bare))


def _acceptor(kind: Any) -> Accept:
    """What takes the values of a type."""
    arguments = typing.get_args(kind)
    if kind is Any:
        return lambda value: value
    if isinstance(kind, type) and not arguments:
        if issubclass(kind, Part):
            return kind.from_data
        if issubclass(kind, Enum):
            return functools.partial(_choice, kind)
        return _OF_WORDS.get(kind) or functools.partial(_instance, kind)
    match typing.get_origin(kind):
        case typing.Literal:
            return functools.partial(_one_of, arguments)
        case origin if origin is tuple:
            return functools.partial(entries, _acceptor(arguments[0]))
        case origin if origin is dict:
            return functools.partial(_mapping, _acceptor(arguments[1]))
        case types.UnionType | typing.Union if len(arguments) == 2 and type(None) in arguments:
            accept = _acceptor(next(each for each in arguments if each is not type(None)))
            return lambda value: None if value is None else accept(value)
    raise TypeError(f"{kind}: say in the annotation what it takes, with Accepts")


def entries(accept: Accept, value: object) -> tuple[Any, ...]:
    """A list of entries, each made by `accept`.

    Raises:
        Invalid: it is no list, or has entries that cannot be held; with all of them.
    """
    if not isinstance(value, list | tuple):
        raise Invalid([((), _NO_LIST)])
    return tuple(_each(accept, enumerate(value)).values())


def _mapping(accept: Accept, value: object) -> dict[Any, Any]:
    if not isinstance(value, Mapping):
        raise Invalid([((), _NO_PAIRS)])
    return _each(accept, value.items())


def _each(accept: Accept, items: Iterable[tuple[Any, object]]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    faults: list[tuple[Path, Message]] = []
    for key, value in items:
        try:
            made[key] = accept(value)
        except ValueError as error:
            faults += _faults(error, key)
    if faults:
        raise Invalid(faults)
    return made


def _instance(kind: type, value: object) -> object:
    if not isinstance(value, kind):
        raise Refused(f"这里应为 {kind.__name__}", f"{kind.__name__} belongs here")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Refused("这里应为文本", "text belongs here")
    return value


_FLAGS: Final = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False, "": False}


def _flag(value: object) -> bool:
    """Plan files hold text alone: `true` and `yes` are words."""
    if isinstance(value, bool):
        return value
    if (flag := _FLAGS.get(str(value).strip().lower())) is None:
        raise Refused(f"“{value}”应写成 yes 或 no", f'write yes or no, not "{value}"')
    return flag


def _whole_number(value: object) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused(f"“{value}”不是整数", f'"{value}" is not a whole number')
    return int(text)


_OF_WORDS: Final[Mapping[type, Accept]] = {str: _text, bool: _flag, int: _whole_number}


def _choice(kind: type[Enum], value: object) -> Enum:
    if isinstance(value, kind):
        return value
    return kind(_one_of([each.value for each in kind], str(value)))


def _one_of(words: Sequence[str], value: object) -> str:
    if value in words:
        return str(value)
    hint = suggest(str(value), words)
    listed = ", ".join(words)
    raise Refused(
        f"未知的词“{value}”{hint.zh or f'；可用：{listed}'}", f'unknown word "{value}"{hint.en or f"; known: {listed}"}'
    )


def _unknown_key(name: str, fields: Mapping[str, Field]) -> Message:
    hint = suggest(name, fields)
    if not hint.zh:
        hint = Message(f"；可用：{'、'.join(fields)}", f"; known: {', '.join(fields)}")
    return Message(f"未知的键“{name}”{hint.zh}", f'unknown key "{name}"{hint.en}')


def _faults(error: ValueError, *at: str | int) -> list[tuple[Path, Message]]:
    """What an error says is wrong, under the path `at`."""
    if isinstance(error, Invalid):
        return [((*at, *path), message) for path, message in error.faults]
    if isinstance(error, Refused):
        return [(at, error.message)]
    return [(at, Message(f"这个值不正确（{error}）", f"this value is wrong ({error})"))]
