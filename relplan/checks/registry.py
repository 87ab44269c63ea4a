"""All rules there are, by code: the modules that hold them are named here, once."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from relplan.checks.rule import Rule, rules_in
from relplan.errors import ReadError, problem, suggest
from relplan.findings import GROUPS

MODULES: Final[Mapping[str, str]] = {
    "PLN": "table",
    "CMP": "completeness",
    "ORD": "ordering stepping scriptorder",
    "SQL": "database",
    "CFG": "configuration",
    "RSK": "risk",
    "RBK": "rollback rollbacksql",
    "PPL": "people",
    "TIM": "timing",
    "ART": "artifacts",
    "GAT": "gates",
    "PAC": "pace",
    "SUP": "exemptions",
}
"""The modules of `relplan.checks` that hold the rules of a group, with blanks between."""


@functools.cache
def rules() -> Mapping[str, Rule]:
    """All rules, by code, in the order of their groups."""
    found: dict[str, Rule] = {}
    for names in MODULES.values():
        modules = [importlib.import_module(f"relplan.checks.{name}") for name in names.split()]
        found |= sorted(item for module in modules for item in rules_in(module).items())
    return MappingProxyType(found)


def named(word: str) -> frozenset[str]:
    """The codes that a word names: a code, a slug, or the letters of a group (case does not count).

    Raises:
        ReadError: there is no such rule.
    """
    upper, lower = word.strip().upper(), word.strip().lower()
    if upper in rules():
        return frozenset((upper,))
    if upper in GROUPS:
        return frozenset(code for code in rules() if code.startswith(upper))
    by_slug = frozenset(code for code, rule in rules().items() if rule.info.slug == lower)
    if by_slug:
        return by_slug
    hint = suggest(upper, rules())
    if not hint.zh:
        hint = suggest(lower, (rule.info.slug for rule in rules().values()))
    raise ReadError(
        problem(
            f"没有规则“{word}”{hint.zh or '；relplan rules 列出全部规则'}",
            f'there is no rule "{word}"{hint.en or "; relplan rules lists them all"}',
        )
    )


def chosen(select: Iterable[str], ignore: Iterable[str], extend: Iterable[str]) -> tuple[Rule, ...]:
    """The rules to run: those selected (by default those that are on) and those added, without those to ignore.

    Raises:
        ReadError: a word names no rule.
    """
    wanted = _codes(select) or frozenset(code for code, rule in rules().items() if rule.info.on)
    codes = (wanted | _codes(extend)) - _codes(ignore)
    return tuple(rule for code, rule in rules().items() if code in codes)


def _codes(words: Iterable[str]) -> frozenset[str]:
    return frozenset(code for word in words for code in named(word))
