"""Expressions that are compiled when they are used are right before they are."""

import importlib
import re

import pytest
from test_layers import MODULES

from relplan.patterns import _Late, regex


def test_an_expression_is_compiled_when_it_is_used():
    broken = regex("(")
    with pytest.raises(re.error):
        broken.match("a")
    words = regex(r"\w+", re.ASCII)
    assert [each.group() for each in words.finditer("a, b")] == ["a", "b"]
    assert words.fullmatch("ab") and words.pattern == r"\w+" and words.flags & re.ASCII


def expressions(values: object, depth: int = 0):
    if isinstance(values, _Late):
        yield values
    elif isinstance(values, dict) and depth < 3:
        yield from expressions(tuple(values.values()), depth + 1)
    elif isinstance(values, tuple | list) and depth < 3:
        for each in values:
            yield from expressions(each, depth + 1)


def test_every_expression_of_the_program_compiles():
    found = 0
    for name in MODULES:
        module = importlib.import_module(name) if name != "relplan.__main__" else None
        spaces = [vars(module)] if module else []
        spaces += [dict(vars(each)) for space in tuple(spaces) for each in space.values() if isinstance(each, type)]
        for each in expressions(tuple(spaces)):
            assert isinstance(each.pattern, str | bytes), name
            found += 1
    assert found > 150
