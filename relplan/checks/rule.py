"""What a rule is: a small function from the plan under check to hits, with what there is to say about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from relplan.checks.cleartext import masked
from relplan.errors import Message, Path, Place
from relplan.findings import RuleInfo, Severity, Stage

if TYPE_CHECKING:
    from relplan.checks.subject import Subject

Words: TypeAlias = tuple[str, str]
"""A sentence in Chinese and in English."""


class Hit(Struct, frozen=True):
    """What a rule says of one spot; what is left out is that of the rule.

    Attributes:
        path: the value in the plan that it is about.
        message: what is wrong.
        severity: where it is not the rule's; the stage does not change it.
        fix: where the cure is not the rule's.
        place: where it is not the place of `path`.
    """

    path: Path
    message: Message
    severity: Severity | None = None
    fix: Message | None = None
    place: Place | None = None


def hit(
    path: Path,
    zh: str,
    en: str,
    *,
    severity: Severity | None = None,
    fix: Words | None = None,
    place: Place | None = None,
) -> Hit:
    """A `Hit` from its two sentences; a secret in what they quote is not told again."""
    return Hit(path, Message(masked(zh), masked(en)), severity, Message(*fix) if fix else None, place)


Check: TypeAlias = "Callable[[Subject], Iterable[Hit]]"


class Rule(Struct, frozen=True):
    """A rule: what there is to say about it, and the function that looks."""

    info: RuleInfo
    check: Check


_ATTRIBUTE: Final = "relplan_rule"


def rule(
    code: str,
    slug: str,
    severity: Severity,
    *,
    checks: Words,
    why: Words,
    fix: Words,
    needs: tuple[str, ...] = (),
    on: bool = True,
    due: Stage | None = None,
) -> Callable[[Check], Check]:
    """Make a function a rule; `relplan.checks.registry` finds it in the modules it names.

    The arguments are those of `RuleInfo`; what the rule checks is the documentation of a function that has none.
    """
    info = RuleInfo(code, slug, severity, Message(*checks), Message(*why), Message(*fix), needs, on, due)

    def registered(check: Check) -> Check:
        check.__doc__ = check.__doc__ or checks[1]
        setattr(check, _ATTRIBUTE, Rule(info, check))
        return check

    return registered


def rules_in(module: object) -> Mapping[str, Rule]:
    """The rules that a module defines, by code."""
    found = (getattr(each, _ATTRIBUTE, None) for each in vars(module).values())
    return {each.info.code: each for each in found if isinstance(each, Rule)}
