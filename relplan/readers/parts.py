"""Which part of a plan a title or a key means, in either language: the words of `labels.*.yaml` and of the columns."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final

from relplan.errors import LANGUAGES, Path
from relplan.model.columns import columns_of, normalise_header
from relplan.model.entries import Exemption, Package, Participant, Script, Section, Step
from relplan.model.fields import Row
from relplan.model.part import Part
from relplan.model.plan import ReleasePlan, Rollback, Window
from relplan.model.readiness import ExternalSoftware, Issue, Meeting, Monitor, ServiceToStop, TestCase, TestRun, Tests
from relplan.model.table import ReleaseItem
from relplan.patterns import regex
from relplan.resources import labels

ROWS: Final[Mapping[str, tuple[Path, type[Row]]]] = {
    "participants": (("participants",), Participant),
    "preparation": (("preparation",), Step),
    "deployment": (("deployment",), Step),
    "verification": (("verification",), Step),
    "rollback": (("rollback", "steps"), Step),
    "scripts": (("scripts",), Script),
    "packages": (("packages",), Package),
    "external_software": (("external_software",), ExternalSoftware),
    "services_to_stop": (("services_to_stop",), ServiceToStop),
    "test_cases": (("tests", "cases"), TestCase),
    "test_runs": (("tests", "runs"), TestRun),
    "issues": (("issues",), Issue),
    "meetings": (("meetings",), Meeting),
    "monitoring": (("monitoring",), Monitor),
    "exemptions": (("exemptions",), Exemption),
    "sections": (("sections",), Section),
    "table": (("table", "rows"), ReleaseItem),
}
"""The parts that are lists: where they stand in a plan and what their entries are."""

FACTS: Final = ("overview", "window", "trigger", "tests")
"""The parts that are pairs of a key and a value."""

LONG_TEXTS: Final = "continued"
"""The sheet with the rest of texts that no cell can hold."""

_NUMBER: Final = regex(r"^\s*(?:附?[IVXⅠ-Ⅻ一二三四五六七八九十]+|附?\d+(?:\.\d+)*|Appendix \d+)\s*[、.．:：)）]\s*")


@functools.cache
def part_titled(title: str) -> str | None:
    """The part whose title this is, with or without a number before it; None for any other title."""
    return _titles().get(normalise_header(_NUMBER.sub("", title)))


@functools.cache
def _titles() -> Mapping[str, str]:
    titles: dict[str, str] = {}
    for language in LANGUAGES:
        words = labels(language)
        for part, title in words["sections"].items():
            titles[normalise_header(title)] = part
        titles[normalise_header(words["continued"])] = LONG_TEXTS
    return titles


@functools.cache
def fact_paths() -> Mapping[str, Path]:
    """From each normalised key to the fact it means: 版本 -> ("version",), Rollback deadline -> ("rollback", "deadline")."""
    owners: tuple[tuple[Path, type[Part]], ...] = (
        ((), ReleasePlan),
        (("window",), Window),
        (("rollback",), Rollback),
        (("tests",), Tests),
    )
    paths: dict[str, Path] = {}
    for own in (True, False):
        for path, model in owners:
            for bound in columns_of(model):
                headers = (bound.column.zh, bound.column.en) if own else bound.column.headers()
                for header in headers:
                    paths.setdefault(normalise_header(header), (*path, bound.field))
    return paths
