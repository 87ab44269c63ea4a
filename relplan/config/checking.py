"""The settings of checks, in the table `[check]` of `relplan.toml`.

[check]
stage = "prod"                       # draft, test, staging or prod
dialect = "postgres"                 # mysql, postgres, oracle or tsql
fail_on = "warning"                  # from which severity on the answer is no: error, warning, advice or never
select = ["CMP", "SQL"]              # only these rules: codes, slugs or groups
ignore = ["CMP106"]                  # not these
extend = ["TIM102"]                  # these too, though they run only when asked for
severity = { SQL214 = "warning" }    # weighed otherwise
names = ["张三"]                      # people who are called like those of examples
external = ["短信平台"]                # systems outside the release that rows may depend on
big_tables = ["t_order"]

[[check.freezes]]
name = "双十一"
start = 2026-11-08
end = 2026-11-12

[[check.exemptions]]
rule = "SQL206"
where = "订单中心"
reason = "旧列三个月前已停用"
until = 2026-12-31
by = "陈国栋"
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from relplan.checks.registry import named
from relplan.checks.settings import Allowance, CheckSettings, Freeze
from relplan.config.refusals import unknown, wrong
from relplan.errors import Invalid, Place, ReadError, problem, suggest
from relplan.findings import Severity, Stage
from relplan.model.entries import Exemption
from relplan.sql.dialects import Dialect

NEVER: Final = "never"
E = TypeVar("E", bound=Enum)


class CheckConfig(Struct, frozen=True):
    """How plans are checked.

    Attributes:
        settings: what the check is told.
        fail_on: from which severity on the answer is no; `never`: it is always yes.
    """

    settings: CheckSettings = field(default_factory=CheckSettings)
    fail_on: str = "error"


def checking(raw: Mapping[str, Any], path: str = "", base: CheckConfig | None = None) -> CheckConfig:
    """The settings that the table `[check]` makes.

    Args:
        raw: the table.
        path: the file that says it, for messages.
        base: what holds where the table says nothing.

    Raises:
        ReadError: there is no such setting or rule, or a value is not of its kind.
    """
    made: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in _SETTINGS:
            raise unknown(f"check.{key}", suggest(key, _SETTINGS), _SETTINGS, path)
        kind = _SETTINGS[key]
        try:
            made[kind.field] = kind.read(value, path)
        except (TypeError, ValueError, KeyError):
            raise wrong(f"check.{key}", kind.takes, path) from None
    base = base or CheckConfig()
    fail_on = made.pop("fail_on", base.fail_on)
    return CheckConfig(replace(base.settings, **made), fail_on)


class _Setting(Struct, frozen=True):
    field: str
    read: Callable[[Any, str], Any]
    takes: str


def _one_of(kind: type[E], value: Any) -> E:
    return {str(each.value): each for each in kind}[value]


def _words(value: Any, path: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError
    return tuple(value)


def _lower(value: Any, path: str) -> frozenset[str]:
    return frozenset(each.lower() for each in _words(value, path))


def _rules(value: Any, path: str) -> tuple[str, ...]:
    words = _words(value, path)
    for word in words:
        _known(word, path)
    return words


def _known(word: str, path: str) -> frozenset[str]:
    try:
        return named(word)
    except ReadError as error:
        raise ReadError(problem(*_both(error), path or None)) from None


def _both(error: ReadError) -> tuple[str, str]:
    message = error.problems[0].message
    return message.zh, message.en


def _severities(value: Any, path: str) -> Mapping[str, Severity]:
    found = {}
    for word, severity in _table(value).items():
        found.update(dict.fromkeys(_known(word, path), _one_of(Severity, severity)))
    return found


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError
    return value


def _tables(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        raise TypeError
    return [_table(each) for each in value]


def _freezes(value: Any, path: str) -> tuple[Freeze, ...]:
    return tuple(Freeze(str(each["name"]), _day(each["start"]), _day(each["end"])) for each in _tables(value))


def _day(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def _exemptions(value: Any, path: str) -> tuple[Allowance, ...]:
    found = []
    for each in _tables(value):
        try:
            found.append(Allowance(Exemption.from_data(dict(each)), Place(path)))
        except Invalid:
            raise TypeError from None
    return tuple(found)


_SETTINGS: Final[Mapping[str, _Setting]] = {
    "stage": _Setting("stage", lambda value, _: _one_of(Stage, value), ", ".join(map(str, Stage))),
    "dialect": _Setting("dialect", lambda value, _: _one_of(Dialect, value), ", ".join(each.value for each in Dialect)),
    "fail_on": _Setting(
        "fail_on",
        lambda value, _: value if value == NEVER else str(_one_of(Severity, value)),
        ", ".join([*map(str, Severity), NEVER]),
    ),
    "select": _Setting("select", _rules, '["CMP", "SQL206"]'),
    "ignore": _Setting("ignore", _rules, '["CMP106"]'),
    "extend": _Setting("extend", _rules, '["TIM102"]'),
    "severity": _Setting("severities", _severities, '{ SQL214 = "warning" }'),
    "names": _Setting("names", _lower, '["张三"]'),
    "external": _Setting("external", lambda value, path: frozenset(_words(value, path)), '["短信平台"]'),
    "big_tables": _Setting("big_tables", _lower, '["t_order"]'),
    "freezes": _Setting("freezes", _freezes, '[[check.freezes]] name = "双十一", start = 2026-11-08, end = 2026-11-12'),
    "exemptions": _Setting(
        "allowances", _exemptions, '[[check.exemptions]] rule = "SQL206", reason = "…", until = 2026-12-31'
    ),
}
