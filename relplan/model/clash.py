"""The mark of a clash: where several people changed a value differently, all they said stands in its place until someone decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import Final

from relplan.errors import Path
from relplan.model.part import Part
from relplan.model.values import Change
from relplan.patterns import regex

START, NEXT, END = "<" * 7, "=" * 7, ">" * 7
_MARK: Final = regex(rf"^{START} \S", re.MULTILINE)


def mark(options: Sequence[tuple[str, str]]) -> str:
    """The mark of what several people said, each with who said it; git marks clashes in the same way.

    >>> print(mark([("a.xlsx", "1.0"), ("b.xlsx", "1.1")]))
    <<<<<<< a.xlsx
    1.0
    ======= b.xlsx
    1.1
    >>>>>>>
    """
    lines = [f"{START if number == 0 else NEXT} {name}\n{text}" for number, (name, text) in enumerate(options)]
    return "\n".join([*lines, END])


def is_marked(text: str) -> bool:
    """Whether a mark stands in a text."""
    return START in text and _MARK.search(text) is not None


def marked_paths(part: Part) -> list[Path]:
    """The paths of the values of a plan, or a part of it, in which a mark stands."""
    found: list[Path] = []
    _find(part, (), found)
    return found


def _find(part: Part, path: Path, found: list[Path]) -> None:
    for name, value in vars(part).items():
        if type(value) is str:
            if START in value and is_marked(value):
                found.append((*path, name))
        elif type(value) is tuple:
            are_parts = isinstance(value[0], Part) if value else False
            for number, each in enumerate(value):
                if are_parts:
                    _find(each, (*path, name, number), found)
                elif START in (text := each.text if type(each) is Change else str(each)) and is_marked(text):
                    found.append((*path, name, number))
        elif isinstance(value, Part):
            _find(value, (*path, name), found)
        elif not isinstance(value, Enum) and is_marked(str(value)):
            found.append((*path, name))
