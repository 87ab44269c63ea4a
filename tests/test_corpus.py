"""Files that no one here wrote, as they are and with things wrong in them: each ends in a plan or in clear words."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from fuzzing import Outcome, outcomes

from relplan.formats import FORMATS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the system has no limit of memory for a process")

FOLDERS = ("sheets", "docx", "md", "hard", "plans")
SAMPLED = 60
BATCH = 50
"""Files that one process reads."""


def readable(folder: Path, names: Sequence[str] = FOLDERS) -> list[Path]:
    endings = {ending for each in FORMATS.values() if each.reader for ending in each.endings}
    return sorted(
        path
        for name in names
        for path in (folder / name).rglob("*")
        if path.suffix.lower() in endings and path.is_file()
    )


def ended_well(found: list[Outcome]) -> None:
    bad = [each for each in found if each.end not in ("plan", "refused")]
    assert not bad, "\n\n".join(f"{each.file} seed {each.seed}: {each.end}\n{each.words}" for each in bad[:5])
    for each in found:
        if each.end == "refused":
            lines = each.words.split("\n")
            assert all(line.startswith(Path(each.file).name) for line in lines) or len(lines) > 1, each
            assert each.seed or len(max(lines, key=len)) < 1000, each


def test_files_of_other_projects_end_in_a_plan_or_in_clear_words(shared):
    files = readable(shared / "corpus")
    hard = readable(shared / "corpus", ("hard", "plans"))
    ended_well(outcomes((path, 0) for path in [*hard, *files[:: max(1, len(files) // SAMPLED)]]))


@pytest.mark.long
@pytest.mark.parametrize("batch", range(12))
def test_all_files_of_other_projects_end_in_a_plan_or_in_clear_words(shared, batch):
    ended_well(outcomes((path, 0) for path in readable(shared / "corpus")[batch::12]))


def test_damaged_samples_end_in_a_plan_or_in_clear_words(samples):
    files = readable(samples, (".",))
    ended_well(outcomes((files[seed % len(files)], seed) for seed in range(1, 101)))


@pytest.mark.long
@pytest.mark.parametrize("batch", range(40))
def test_many_damaged_samples_end_in_a_plan_or_in_clear_words(samples, batch):
    files = readable(samples, (".",))
    ended_well(
        outcomes((files[seed % len(files)], seed) for seed in range(1000 + batch * BATCH, 1000 + (batch + 1) * BATCH))
    )


@pytest.mark.long
@pytest.mark.parametrize("batch", range(40))
def test_many_damaged_files_of_other_projects_end_in_a_plan_or_in_clear_words(shared, batch):
    files = [path for path in readable(shared / "corpus") if 0 < path.stat().st_size < 200_000]
    seeds = range(10_000 + batch * BATCH, 10_000 + (batch + 1) * BATCH)
    ended_well(outcomes((files[seed * 7 % len(files)], seed) for seed in seeds))
