"""`relplan log`, `relplan gate`, `relplan new --from` and notices into a folder: what they print where, and how they end."""

from __future__ import annotations

import json

import pytest
from test_cli import Forked, Run

from relplan import api
from relplan.resources import template_bytes

PLAN = """# ours
product: Shop
version: '2.0'
language: en
window: 2026-08-20 22:00 - 2026-08-21 02:00
participants: [{name: Li, roles: ops, contact: li@example.com}]
deployment: [back up, {text: deploy shop-2.0.jar, owner: Li}]
verification: [log in]
rollback: {steps: [{text: restore, minutes: 30}], deadline: 2026-08-21 01:00}
table: [{system: pay, version: '1.1', branch: b/1.1, developers: Wang}]
issues: [{title: slow, status: deferred}]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN, "utf-8")
    return tmp_path


def test_logging_is_told_on_stderr_and_the_board_on_stdout(folder):
    run = Forked("log", "plan.yaml", "V.1", "done", "--by", "Li", "--at", "2026-08-20T22:05+08:00", cwd=folder)
    assert (run.code, run.out) == (0, b"") and "Done  back up" in run.err
    board = Forked("log", "plan.yaml", "--now", "2026-08-21T00:00+08:00", cwd=folder)
    assert board.code == 0 and board.err == ""
    shown = board.out.decode()
    assert "1 h to the rollback deadline 2026-08-21 01:00" in shown
    assert "V.2  deploy shop-2.0.jar  (Li)" in shown and "V.1" not in shown.replace("IV.1", "").replace("VI.1", "")
    assert "[x] V.1  back up" in Forked("log", "plan.yaml", "--all", cwd=folder).out.decode()
    assert Forked("log", "plan.yaml", "--format", "md", cwd=folder).out.startswith(b"# Shop 2.0\n")
    assert (
        "还有 1 小时"
        in Run("log", "plan.yaml", "--now", "2026-08-21T00:00+08:00", cwd=folder, lang="zh_CN.UTF-8").out.decode()
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("V.3", "done"), 3, 'there is no "V.3"; did you mean "V.2"?'),
        (("VI.1", "done"), 3, 'there is no status "done"; known: pass, fail, skip, waive'),
        (("V.1", "done", "--at", "2026-08-20 22:05"), 3, "has no zone; write it like 2026-08-20 22:05+08:00"),
        (("V.1", "waive"), 3, "a waiver needs its reason"),
        (("V.1",), 2, "relplan log PLAN REF STATUS"),
    ],
)
def test_what_cannot_be_logged_is_one_clear_line(folder, arguments, code, message):
    run = Forked("log", "plan.yaml", *arguments, cwd=folder)
    assert run.code == code and message in run.err
    assert not (folder / "plan.log.jsonl").exists()


def test_a_log_of_another_plan(folder):
    Forked("log", "plan.yaml", "V.1", "done", cwd=folder)
    before = (folder / "plan.log.jsonl").read_bytes()
    (folder / "plan.yaml").write_text(PLAN.replace("'2.0'", "'2.1'"), "utf-8")
    run = Forked("log", "plan.yaml", "V.1", "done", cwd=folder)
    assert run.code == 3 and 'plan.log.jsonl:1: this is the log of "Shop 2.0", the plan is "Shop 2.1"' in run.err
    assert (folder / "plan.log.jsonl").read_bytes() == before


def test_a_torn_line_is_told(folder):
    Forked("log", "plan.yaml", "V.1", "done", cwd=folder)
    with (folder / "plan.log.jsonl").open("ab") as log:
        log.write(b'{"at": "2026')
    run = Forked("gate", "plan.yaml", cwd=folder)
    assert "the last line is torn" in run.err and run.code == 1


def test_a_gate_says_go_or_no_go(folder):
    run = Forked("gate", "plan.yaml", "test", cwd=folder)
    assert run.code == 1 and run.out.startswith(b"NO-GO  test: ")
    found = json.loads(Forked("gate", "plan.yaml", "test", "--format", "json", cwd=folder).out)
    assert found["verdict"] == "NO-GO" and {each["state"] for each in found["checks"]} == {"met", "open"}
    assert b"| test/branches | Every system names its branch |" in Forked("gate", "plan.yaml", "test", "--format", "md", cwd=folder).out  # fmt: skip
    Forked("log", "plan.yaml", "gate:close/documents", "done", cwd=folder)
    run = Forked("gate", "plan.yaml", "close", cwd=folder)
    assert run.code == 0 and run.out.startswith(b"GO  close: ")
    run = Forked("gate", "plan.yaml", "golive", cwd=folder)
    assert run.code == 3 and 'there is no gate "golive"; did you mean "go-live"?' in run.err


def test_the_rollback_decision(folder):
    run = Forked("gate", "plan.yaml", "rollback", "--now", "2026-08-21T01:00+08:00", cwd=folder)
    assert run.code == 1
    assert run.out.decode().startswith("ROLL BACK: verification points 1 had not passed by 2026-08-21 01:00\n")
    Forked("log", "plan.yaml", "VI.1", "pass", "--at", "2026-08-21T00:30+08:00", cwd=folder)
    run = Forked("gate", "plan.yaml", "rollback", "--now", "2026-08-21T01:00+08:00", "--format", "json", cwd=folder)
    assert run.code == 0 and json.loads(run.out)["answer"] == "go-on"
    assert Forked("gate", "plan.yaml", "rollback", "--now", "01:00", cwd=folder).code == 3


def test_a_process_of_ones_own(folder):
    text = template_bytes("process.yaml").decode().replace("id: self-test", "id: unit-tests")
    (folder / "process.yaml").write_text(text, "utf-8")
    (folder / "relplan.toml").write_text('process = "process.yaml"\n', "utf-8")
    assert b"test/unit-tests" in Forked("gate", "plan.yaml", "test", cwd=folder).out
    (folder / "process.yaml").write_text(text.replace("scope:", "skope:"), "utf-8")
    run = Forked("gate", "plan.yaml", cwd=folder)
    assert run.code == 3 and 'unknown key "skope"; did you mean "scope"?' in run.err and "process.yaml:" in run.err


def test_notices_into_a_folder(folder):
    run = Forked("render", "plan.yaml", "-d", "notices", "-o", "mails", cwd=folder)
    assert run.code == 0 and "no participant is among the" in run.err
    assert len(list((folder / "mails").glob("*.eml"))) == 9 and (folder / "mails" / "window.ics").is_file()
    assert Forked("render", "plan.yaml", "-d", "notices", "-o", "mails", "--check", cwd=folder).code == 0
    assert Forked("render", "plan.yaml", "-d", "notices", "-o", "notices.md", cwd=folder).code == 0


def test_papers_show_the_log_beside_the_plan(folder):
    Forked("log", "plan.yaml", "V.1", "fail", "--note", "disk full", "--at", "2026-08-20T22:05+08:00", cwd=folder)
    assert b"disk full" in Forked("render", "plan.yaml", "-d", "release-record", "-o", "-", cwd=folder).out


def test_the_next_release(folder):
    run = Forked("new", "--from", "plan.yaml", "--version", "2.1", cwd=folder)
    assert run.code == 0 and "deployment[1].text: still speaks of the old version 2.0" in run.err
    made = api.load(folder / "plan-2.1.yaml").plan.data()
    assert made["table"]["rows"] == [
        {"system": "pay", "developers": ["Wang"], "previous_version": "1.1", "previous_branch": "b/1.1"}
    ]
    assert made["issues"] == [{"title": "slow", "status": "open", "target_version": "2.1"}]
    assert "window" not in made and made["kind"] == "regular"
    assert Forked("new", "--from", "plan.yaml", "--version", "2.1", cwd=folder).code == 3
    assert Forked("new", "--from", "plan.yaml", "--version", "2.0", "x.yaml", cwd=folder).code == 3
    assert Forked("new", "--from", "plan.yaml", cwd=folder).code == 2
    run = Forked("new", "fix.yaml", "--from", "plan.yaml", "--version", "2.0.1", "--hotfix", cwd=folder)
    assert run.code == 0 and api.load(folder / "fix.yaml").plan.data()["kind"] == "hotfix"
