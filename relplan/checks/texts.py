"""Every text of a plan with its path, and what a text gives away: words of a template, open questions, words for "none"."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from relplan.errors import Path
from relplan.model.columns import columns_of
from relplan.model.part import Part, once_a_class
from relplan.model.table import Extra
from relplan.model.values import Change, Dependency, Nothing, Unread
from relplan.patterns import regex


class Stated(NamedTuple):
    """A text where it stands; `code` is configuration, SQL or a command."""

    path: Path
    text: str
    code: bool


def texts(part: Part, path: Path = ()) -> list[Stated]:
    """Every text under a plan or a part of it; an entry of a list stands by itself."""
    found: list[Stated] = []
    _collect(part, path, found)
    return found


def _collect(part: Part, path: Path, found: list[Stated]) -> None:
    codes = _code_fields(type(part))
    for name, value in vars(part).items():
        here = (*path, name)
        if isinstance(value, tuple):
            for index, each in enumerate(value):
                _take(each, (*here, index), name in codes, found)
        else:
            _take(value, here, name in codes, found)


def _take(value: Any, path: Path, code: bool, found: list[Stated]) -> None:
    if isinstance(value, Extra):
        found.append(Stated(path, value.text, False))
    elif isinstance(value, Part):
        _collect(value, path, found)
    elif isinstance(value, str | Unread | Change | Dependency):
        found.append(Stated(path, str(value), code))


@once_a_class
def _code_fields(model: type[Part]) -> frozenset[str]:
    return frozenset(bound.field for bound in columns_of(model) if bound.column.code)


# Each is something that forms leave for their reader to replace: XXXX, X月X日, VX.X.X, ____, YYYY-MM-DD, <系统名>, a lone …….
_PLACEHOLDER: Final = regex(
    r"(?<![A-Za-z0-9])(?:[vV])?[xX×Ｘｘ]{3,}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])[xX×Ｘｘ_＿]{1,4}\s*[年月日号时時点點分](?!间|区|组)"
    r"|(?<![A-Za-z0-9.])[vV]?[xX]{1,3}(?:\.[xX]{1,3})+(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])[xX×Ｘｘ]{2}(?=[\u4e00-\u9fff])"
    r"|_{4,}|＿{3,}"
    r"|(?<![A-Za-z])(?:YYYY|yyyy)[-/.年]?(?:MM|mm|M)|(?<![A-Za-z])(?:HH|hh):(?:MM|mm)(?![A-Za-z])"
    r"|[<＜〈](?:请|填|待|your |insert |fill |name of )[^<>＜＞〈〉\n]{0,40}[>＞〉]"
    r"|[【\[（(](?:请填写|请输入|待填写?|此处填写)[^】\]）)\n]{0,40}[】\]）)]"
)
_BRACES: Final = regex(r"\{\{[^{}\n]{0,80}\}\}|\$\{[^{}\n]{0,80}\}")
"""Stands in templates; configuration and scripts have a use for it."""
_DOTS: Final = regex(r"\s*(?:…+|\.{3,}|。{3,}|···+)\s*")
"""A line of nothing else is what a form leaves open."""
_TODO: Final = regex(
    r"(?<![\w-])(?:TODO|TBD|TBC|FIXME)(?![\w-])|(?<![\w-])todo\s*[:：]"
    r"|(?i:\bto be (?:determined|decided|confirmed|defined)\b)"
    r"|(?<!等)待定(?![时期位向义制])|待补充|待确认|待填|待完善|未定(?!义)"
)


def placeholder(text: str, code: bool = False) -> str | None:
    """The first words of a template that a text still holds; None where it holds none."""
    found = _PLACEHOLDER.search(text) or (None if code else _BRACES.search(text))
    if found:
        return found[0].strip()
    return next((line.strip() for line in text.split("\n") if _DOTS.fullmatch(line)), None)


def todo(text: str) -> str | None:
    """The first word of a text that leaves something open; None where there is none."""
    found = _TODO.search(text)
    return found[0] if found else None


def is_none(value: object) -> bool:
    """Whether a value states that there is none."""
    return isinstance(value, Nothing)


def is_blank(value: object) -> bool:
    """Whether nothing is stated, not even "none"."""
    return value is None or (isinstance(value, tuple) and not value)
