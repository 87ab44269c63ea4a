"""Every rule of the check, by its cases: plans that trip it, and near misses that do not.

`tests/rules/CODE/` holds plans in any readable format. Of `trips*.*` the findings are those listed in the file beside it,
`trips*.findings`: a line each, the place without the file's name, then the severity where it is not an error. `near*.*` have none.
The check takes place on 20 August 2026. A `relplan.toml` in the folder makes the settings; the folder `files` in it is what `--files` names, the file `branches` what `--git` finds.
A rule that needs what no plan can hold yet has no cases.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from msgspec.structs import replace

from relplan import api, config
from relplan.checks.needs import NEEDS, UNHELD
from relplan.checks.registry import rules
from relplan.checks.settings import CheckSettings
from relplan.findings import GROUPS, Severity

NOW = dt.datetime(2026, 8, 20, 12, tzinfo=dt.UTC)
CASES = Path(__file__).parent / "rules"
SAMPLE = Path(__file__).parents[1] / "samples" / "singpost" / "plan.yaml"
ALL = sorted(
    path for path in CASES.glob("*/*") if path.name.startswith(("trips", "near")) and path.suffix != ".findings"
)


def found(path: Path) -> list[str]:
    """The findings of the rule that a case is about, as its list shows them."""
    code = path.parent.name
    own = path.parent / "relplan.toml"
    settings = config.load(str(own)).checking.settings if own.is_file() else config.Config().checking.settings
    if (path.parent / "files").is_dir():
        settings = replace(settings, files=api.folder(path.parent / "files"))
    if (branches := path.parent / "branches").is_file():
        settings = replace(settings, branches=frozenset(branches.read_text("utf-8").split()))
    checked = api.check(path, replace(settings, select=settings.select or (code,), now=settings.now or NOW))
    assert not checked.not_run or path.name.startswith("near"), [each.reason.en for each in checked.not_run]
    assert not any(each.fault for each in checked.not_run)
    return [line(each) for each in checked.findings if each.code == code]


def line(finding) -> str:
    place = str(finding.place).removeprefix(finding.place.file).removeprefix(" › ").removeprefix(":")
    return place if finding.severity is Severity.ERROR else f"{place} {finding.severity}"


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_rule_finds_what_it_should_and_nothing_else(path):
    listed = path.with_suffix(".findings")
    expected = listed.read_text("utf-8").splitlines() if listed.exists() else []
    assert expected or path.name.startswith("near"), "a plan that trips a rule has a list of findings"
    assert found(path) == expected


WAITING = frozenset(code for code, rule in rules().items() if UNHELD & {*rule.info.needs})


@pytest.mark.parametrize("code", sorted(rules().keys() - WAITING))
def test_every_rule_has_a_plan_that_trips_it_and_a_near_miss(code):
    names = {path.name.partition(".")[0].rstrip("0123456789-") for path in ALL if path.parent.name == code}
    assert {"trips", "near"} <= {name.split("-")[0] for name in names}


@pytest.mark.parametrize("code", sorted(WAITING))
def test_a_rule_that_needs_what_no_plan_can_hold_yet_says_so(code):
    checked = api.check(SAMPLE, CheckSettings(select=(code,)))
    assert not checked.findings
    (told,) = checked.not_run
    assert told.code == code and not told.fault
    assert told.reason in [NEEDS[need].missing for need in rules()[code].info.needs]
    assert not (CASES / code).exists()


@pytest.mark.parametrize("code", rules())
def test_every_rule_says_in_both_languages_what_it_is_about(code):
    info = rules()[code].info
    assert info.code == code and code[:3] in GROUPS
    for message in (info.checks, info.why, info.fix):
        assert message.zh and message.en and message.zh != message.en
        assert not message.en[0].isupper() or message is not info.fix, "a cure goes on after a colon"


def test_no_two_rules_have_one_name():
    slugs = [rule.info.slug for rule in rules().values()]
    assert len(slugs) == len(set(slugs))
