"""The log: what a line is, who may be logged as what, and that no acknowledged line is lost whoever writes and whatever is killed."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from relplan import api
from relplan.errors import PlanError, ReadError
from relplan.model.plan import ReleasePlan
from relplan.process.log import LogEntry, Status, read_log
from relplan.process.state import state_of

AT = dt.datetime(2026, 8, 20, 22, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
PLAN = {
    "product": "Shop",
    "version": "2.0",
    "window": {"start": "2026-08-20 22:00", "end": "2026-08-21 02:00"},
    "participants": [{"name": "Li", "roles": ["运维"]}],
    "deployment": [{"text": "backup", "owner": "Li", "minutes": 10}, {"text": "deploy", "minutes": 20}, "deploy"],
    "verification": ["log in", "pay"],
    "rollback": {"steps": [{"text": "restore", "minutes": 15}], "deadline": "2026-08-21 01:00", "points": ["1", "2"]},
}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_bytes(api.dumps(ReleasePlan(**PLAN)))
    return path


def carried(path: Path) -> api.GoLive:
    return api.golive(api.load(path).plan, path)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.with_suffix(".log.jsonl").read_text("utf-8").splitlines()]


def test_a_line_says_what_was_done(plan):
    api.add_to_log(carried(plan), "V.1", "done", AT, by="Li", note="快")
    (line,) = lines(plan)
    assert line["at"] == "2026-08-20T14:05:00.000000+00:00" and line["status"] == "done"
    assert (line["release"], line["text"], line["by"], line["note"]) == ("Shop 2.0", "backup", "Li", "快")
    assert line["plan"] == api.load(plan).plan.digest


@pytest.mark.parametrize("typed", ["V.1", "v.1", "5.1", "deployment.1", "五.1", "Ⅴ.1", "V、1"])
def test_references_are_the_numbers_people_see(plan, typed):
    assert api.add_to_log(carried(plan), typed, "done", AT).text == "backup"


def test_an_insertion_does_not_change_what_was_logged(plan):
    api.add_to_log(carried(plan), "V.2", "done", AT)
    steps = [{"text": "stop"}, *PLAN["deployment"]]
    plan.write_bytes(api.dumps(ReleasePlan(**{**PLAN, "deployment": steps})))
    after = carried(plan)
    shown = {each.shown: after.state.status(each.ref) for each in after.items() if each.part == "deployment"}
    assert shown == {"V.1": None, "V.2": None, "V.3": Status.DONE, "V.4": None}


@pytest.mark.parametrize(
    ("reference", "status", "more", "message"),
    [
        ("V.9", "done", {}, 'there is no "V.9"; did you mean "V.'),
        ("gate:go-live/minute", "waive", {}, 'did you mean "gate:go-live/minutes"?'),
        ("VI.1", "done", {}, 'there is no status "done"; known: pass, fail, skip, waive'),
        ("V.1", "dome", {}, 'there is no status "dome"; did you mean "done"?'),
        ("V.1", "waive", {}, "a waiver needs its reason"),
        ("V.1", "done", {"note": "x" * 70_000}, "longer than 64 KiB"),
    ],
)
def test_what_cannot_be_logged_leaves_the_log_as_it_was(plan, reference, status, more, message):
    api.add_to_log(carried(plan), "V.1", "done", AT)
    before = plan.with_suffix(".log.jsonl").read_bytes()
    with pytest.raises(PlanError) as caught:
        api.add_to_log(carried(plan), reference, status, AT, **more)
    assert message in caught.value.text("en")
    assert plan.with_suffix(".log.jsonl").read_bytes() == before


def test_times_have_a_zone():
    assert api.moment("2026-08-20T22:05+08:00") == AT
    with pytest.raises(PlanError, match="has no zone"):
        api.moment("2026-08-20 22:05")
    with pytest.raises(PlanError, match="is no moment"):
        api.moment("tonight")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not json", "this is no line of a log"),
        ('{"at": "2026-08-20T22:05:00", "release": "Shop 2.0", "ref": "x", "status": "done"}', "has no zone"),
        ('{"at": "2026-08-20T22:05:00Z", "release": "Shop 2.0", "ref": "x"}', '"status" is missing'),
        ('{"at": "2026-08-20T22:05:00Z", "release": "Shop 2.0", "ref": "x", "status": "done", "who": "me"}', 'unknown key "who"'),
        ('{"at": "2026-08-20T22:05:00Z", "release": "Shop 1.9", "ref": "x", "status": "done"}', 'this is the log of "Shop 1.9"'),
        ("[" * 100_000, "this is no line of a log"),
    ],
)  # fmt: skip
def test_a_foreign_line_is_refused_with_its_place(plan, line, message):
    api.add_to_log(carried(plan), "V.1", "done", AT)
    log = plan.with_suffix(".log.jsonl")
    log.write_bytes(log.read_bytes() + line.encode() + b"\n")
    before, state = log.read_bytes(), api.golive(api.load(plan).plan)
    with pytest.raises(ReadError) as caught:
        carried(plan)
    assert f"{log}:2: " in caught.value.text("en") and message in caught.value.text("en")
    with pytest.raises(ReadError):
        api.add_to_log(replace(state, path=str(log)), "V.1", "done", AT)
    assert log.read_bytes() == before


def test_a_torn_last_line_is_told_and_makes_room(plan):
    api.add_to_log(carried(plan), "V.1", "done", AT)
    log = plan.with_suffix(".log.jsonl")
    whole = log.read_bytes()
    log.write_bytes(whole + whole[:40])
    torn = carried(plan)
    assert torn.torn is not None and "torn" in torn.torn.text("en") and len(torn.state.entries) == 1
    api.add_to_log(torn, "V.2", "done", AT)
    assert carried(plan).torn is None
    assert log.read_bytes().startswith(whole) and len(lines(plan)) == 2


def test_a_last_line_without_its_end_counts(plan):
    api.add_to_log(carried(plan), "V.1", "done", AT)
    log = plan.with_suffix(".log.jsonl")
    log.write_bytes(log.read_bytes().rstrip(b"\n"))
    api.add_to_log(carried(plan), "V.2", "done", AT)
    assert [line["text"] for line in lines(plan)] == ["backup", "deploy"]


def test_logs_are_merged_by_putting_them_together():
    entries = [LogEntry(AT + dt.timedelta(minutes=n), "Shop 2.0", f"deployment:{n}", Status.DONE) for n in range(6)]
    one = [each.line() for each in entries[::2]] + [entries[1].line()]
    two = [each.line() for each in entries[1::2]]
    for merged in (one + two, two + one, sorted(one + two)):
        assert read_log("".join(merged).encode(), "log").entries == tuple(entries)
    assert read_log(min(one + two).encode(), "log").entries == (entries[0],)


def test_a_rollback_ends_an_attempt():
    def entry(minute: int, ref: str, status: Status = Status.DONE) -> LogEntry:
        return LogEntry(AT + dt.timedelta(minutes=minute), "Shop 2.0", ref, status)

    first = [
        entry(0, "preparation:a"),
        entry(1, "deployment:a"),
        entry(2, "verification:a", Status.FAIL),
        entry(3, "rollback:a"),
    ]
    state = state_of(first)
    assert state.is_rolling_back and len(state.attempts) == 1
    state = state_of([*first, entry(4, "deployment:a")])
    assert not state.is_rolling_back and len(state.attempts) == 2
    assert set(state.latest) == {"preparation:a", "deployment:a"}


def test_the_lines_of_a_run_sheet_are_added_once(plan):
    now = carried(plan)
    ref = next(each.ref for each in now.items() if each.shown == "V.1")
    said = {"at": "2026-08-20T14:05:00.123Z", "release": "Shop 2.0", "ref": ref, "status": "done", "text": "backup"}
    text = json.dumps(said).encode() + b"\n"
    assert len(api.add_lines(now, text, "export.jsonl")) == 1
    assert api.add_lines(carried(plan), text, "export.jsonl") == ()
    with pytest.raises(ReadError, match='there is no "deployment:zzz"'):
        api.add_lines(carried(plan), text.replace(ref.encode(), b"deployment:zzz"), "export.jsonl")
    assert len(lines(plan)) == 1


WRITER = """
import datetime as dt, sys
from relplan import api
path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
carried = api.golive(api.load(path).plan, path)
for number in range(count):
    note = f"{name}-{number}"
    api.add_to_log(carried, "V.1", "done", dt.datetime.now(dt.UTC), by=name, note=note)
    print(note, flush=True)
"""


def write_at_once(plan: Path, writers: int, count: int, kills: int, seed: int) -> None:
    """Several writers, some of them killed on their way; every line they were told of is there, and every line is whole."""
    lots, told, left = random.Random(seed), [], kills
    running = [start(plan, f"w{n}", count) for n in range(writers)]
    while running:
        process = running.pop(lots.randrange(len(running)))
        if left:
            left -= 1
            told += [process.stdout.readline() for _ in range(lots.randrange(1, 6))]
            process.send_signal(signal.SIGKILL)
            running.append(start(plan, f"again{left}", count))
        told += process.stdout.read().splitlines(keepends=True)
        process.wait()
    log = carried(plan)
    notes = [each.note for each in log.state.entries]
    assert len(notes) == len(set(notes))
    assert {line.strip() for line in told if line.endswith("\n")} <= set(notes)


def start(plan: Path, name: str, count: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(api.__file__).parents[2])}
    arguments = [sys.executable, "-c", WRITER, str(plan), name, str(count)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_writers_at_once_lose_no_line(plan):
    write_at_once(plan, writers=3, count=15, kills=2, seed=1)


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_many_writers_that_are_killed_lose_no_line(plan):
    write_at_once(plan, writers=8, count=1000, kills=50, seed=2)
