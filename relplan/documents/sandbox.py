"""Where templates run: Jinja's immutable sandbox, with strict names, caps on work and size, and nothing of Jinja that no document needs.

What it does not stop: a template says whatever it likes, and may use up what the caps allow. It reaches no file,
no network, no module, and nothing of Python behind a value.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from relplan.documents.records import Record
from relplan.errors import TemplateError, problem, suggest

NAMES: Final = ("plan", "labels", "language", "audience", "date", "title", "golive", "notice")
"""What a template has to begin with."""

MOST_TURNS: Final = 2_000_000
"""Turns of all loops and calls of one document."""

MOST_CHARACTERS: Final = 400_000_000
"""Characters that a template may print."""

MOST_SECONDS: Final = 120.0
"""How long a template may take."""

FAILURES: Final = (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError)
"""What a wrong tag raises while it runs. NameError: Jinja writes an infinite number into its code as a name."""

_LONGEST_TEXT: Final = 1_000_000
"""Characters of a text that an operator of a template may make."""

_JINJA_FILTERS: Final = (
    "abs", "batch", "capitalize", "count", "d", "default", "dictsort", "first", "float", "groupby", "int", "items", "join",
    "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "select",
    "selectattr", "slice", "sort", "string", "sum", "title", "trim", "truncate", "unique", "upper", "wordcount",
)  # fmt: skip
"""Filters of Jinja that templates have. Left out are those that reach attributes by name, format or pad without measure, or make HTML;
`e` and `escape` leave a text as it is, for no value is ever taken for markup."""

_SIZED_METHODS: Final = frozenset(("center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map", "translate", "replace", "join"))  # fmt: skip
"""Methods of texts that can make a long text from a short one; templates have filters for what they do."""


class Captured(str):
    """Text that a template has made itself (`{% set %}`, macros): no value, but words of its author."""

    __slots__ = ()


class Undefined(jinja2.StrictUndefined):
    """A name that is not there, with the nearest one that is."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        known = list(dir(self._undefined_obj)) if isinstance(self._undefined_obj, Record) else list(NAMES)
        hint = suggest(name, known)
        listed = ", ".join(known)
        message = _InBoth(f'there is no "{name}"{hint.en or f"; known: {listed}"}')
        message.zh = f"没有“{name}”{hint.zh or f'；可用：{listed}'}"
        return message


class _InBoth(str):
    """A message in English that brings its Chinese along through Jinja's own exceptions."""

    __slots__ = ("zh",)
    zh: str


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of one document; what it has done counts for all its templates."""

    concat = staticmethod(lambda parts: Captured("".join(parts)))
    intercepted_binops = frozenset(("*", "**", "%", "+"))

    def __init__(self, **options: Any) -> None:
        super().__init__(undefined=Undefined, keep_trailing_newline=True, **options)
        self.globals = {"range": self.globals["range"], "namespace": self.globals["namespace"]}
        self.filters = {name: self.filters[name] for name in _JINJA_FILTERS} | dict.fromkeys(("e", "escape"), _as_it_is)
        self.turns = 0
        self._until = time.monotonic() + MOST_SECONDS

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An attribute; records, which templates ask most, guard themselves."""
        if isinstance(obj, Record) and not attribute.startswith("_"):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in list(tree.find_all(nodes.For)):
            loop.iter = nodes.Call(nodes.EnvironmentAttribute("counted"), [loop.iter], [], None, None).set_lineno(
                loop.lineno
            )
        return tree

    def counted(self, values: Iterable[Any]) -> Iterator[Any] | Iterable[Any]:
        """The values of a loop, each of which counts as a turn."""
        if isinstance(values, jinja2.Undefined):
            str(values)  # raises
        return _Counted(self, values) if hasattr(values, "__len__") else self._each(values)

    def _each(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self.count()
            yield value

    def count(self) -> None:
        """Count a turn.

        Raises:
            TemplateError: there were too many, or it takes too long.
        """
        self.turns += 1
        if self.turns > MOST_TURNS or (self.turns % 1024 == 0 and time.monotonic() > self._until):
            raise TemplateError(
                problem(
                    "模板的循环太多或太久；请减少循环",
                    "the template loops too often or too long; make it loop less",
                )
            )

    def call(self, context: Any, obj: Any, /, *arguments: Any, **named: Any) -> Any:
        """Call what a template calls; methods that make long texts of short ones are none of it."""
        self.count()
        if isinstance(getattr(obj, "__self__", None), str) and getattr(obj, "__name__", "") in _SIZED_METHODS:
            name = obj.__name__
            zh, en = f"模板不能调用文字的 {name}()", f"templates cannot call {name}() of a text"
            raise TemplateError(problem(f"{zh}；请用过滤器", f"{en}; use a filter"))
        return super().call(context, obj, *arguments, **named)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Apply an operator, if what it gives has a size to put up with."""
        if operator == "+":
            too_large = isinstance(left, str) and isinstance(right, str) and len(left) + len(right) > _LONGEST_TEXT
        elif operator == "%":
            too_large = isinstance(left, str)
        else:
            too_large = _is_large(operator, left, right)
        if too_large:
            zh, en = f"模板中的 {operator} 结果太大", f"what {operator} gives in this template is too large"
            raise TemplateError(problem(zh, en))
        return super().call_binop(context, operator, left, right)


def _as_it_is(value: object) -> object:
    return value


def _is_large(operator: str, left: Any, right: Any) -> bool:
    if not all(isinstance(each, int | float) for each in (left, right)):
        sizes = [len(each) if isinstance(each, str | list | tuple) else each for each in (left, right)]
        return bool(sizes[0] * sizes[1] > _LONGEST_TEXT) if all(isinstance(each, int) for each in sizes) else True
    return operator == "**" and (abs(right) > 64 or abs(left) > 1_000_000)


class _Counted:
    """Values that say how many they are, as the loops of Jinja ask."""

    def __init__(self, sandbox: Sandbox, values: Any) -> None:
        self._sandbox, self._values = sandbox, values

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return self._sandbox._each(self._values)


def printed(pieces: Iterable[str]) -> str:
    """What a template prints, as long as that is not too much.

    Raises:
        TemplateError: it is.
    """
    found, size = [], 0
    for piece in pieces:
        found.append(piece)
        size += len(piece)
        if size > MOST_CHARACTERS:
            zh, en = (
                f"模板输出超过 {MOST_CHARACTERS:,} 个字符",
                f"the template prints more than {MOST_CHARACTERS:,} characters",
            )
            raise TemplateError(problem(zh, en))
    return "".join(found)
