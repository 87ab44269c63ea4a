"""Drafts from git commits: a row for each system, with what the commits say and nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from test_cli import Forked

from relplan import api
from relplan.model.values import ChangeKind
from relplan.readers.commits import Commit, read_commits


def commit(number: int, subject: str, *files: str, author: str = "张三", body: str = "") -> Commit:
    return Commit(f"{number:040x}", author, subject, body, files)


def rows(*commits: Commit, **options) -> list[tuple[str | None, list[str]]]:
    plan = read_commits(commits, **options).plan
    return [(row.system, [str(each) for each in row.changes]) for row in plan.table.rows]


def test_a_row_for_each_system_by_scope_or_folder():
    assert rows(
        commit(1, "feat(pay): refund", "pay/a.py", "doc/b.md"),
        commit(2, "【修复】登录失败", "uac/x.java", "uac/sub/y.java"),
        commit(3, "fix(pay)!: rounding", "pay/a.py"),
    ) == [("pay", ["feat(pay): refund", "fix(pay)!: rounding"]), ("uac", ["【修复】登录失败"])]


def test_what_names_no_system_is_in_a_row_without_one():
    found = read_commits([commit(1, "chore: tidy", "a/x", "b/y"), commit(2, "update", "README.md")])
    (row,) = found.plan.table.rows
    assert row.system is None and len(row.changes) == 2
    assert "name no system" in found.notices[0].problem.message.en


def test_folders_and_scopes_may_be_named():
    systems = {"pay": "支付网关", "services/order": "订单中心"}
    assert rows(
        commit(1, "feat(pay): a", "x"),
        commit(2, "b", "services/order/src/a.py"),
        commit(3, "c", "services/stock/a.py"),
        systems=systems,
    ) == [("支付网关", ["feat(pay): a"]), ("订单中心", ["b"]), ("services", ["c"])]


def test_kinds_and_breaking_changes_are_understood():
    plan = read_commits(
        [
            commit(1, "feat(pay)!: new api", body="text\n\nBREAKING CHANGE: clients\nmust update\n\nmore"),
            commit(2, "【优化】快一些", "pay/a"),
        ]
    ).plan
    changes = plan.table.rows[0].changes
    assert [each.kind for each in changes] == [ChangeKind.ADDED, None, ChangeKind.IMPROVED]
    assert str(changes[1]) == "BREAKING CHANGE: clients must update"


def test_a_commit_and_the_one_that_takes_it_back_are_left_out():
    first = commit(1, "feat(pay): a")
    found = read_commits(
        [first, commit(2, 'Revert "feat(pay): a"', body=f"This reverts commit {first.id}."), commit(3, "fix(pay): b")]
    )
    assert [str(each) for each in found.plan.table.rows[0].changes] == ["fix(pay): b"]
    assert "taken back" in found.notices[0].problem.message.en


def test_nothing_is_invented():
    (row,) = read_commits(
        [commit(1, "feat(pay): a", "pay/x", author="李四"), commit(2, "fix(pay): b", "pay/x")]
    ).plan.table.rows
    stated = {name for name, value in vars(row).items() if value not in (None, (), "")}
    assert stated == {"system", "changes", "developers"} and [str(each) for each in row.developers] == ["李四", "张三"]


def test_each_change_has_its_commit_as_its_place():
    read = read_commits([commit(1, "feat(pay): a"), commit(2, "fix(pay): b")])
    assert str(read.places["table", "rows", 0, "changes", 1]) == commit(2, "").id[:10]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    def git(*arguments: str) -> None:
        options = ("-c", "user.name=王五", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *options, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    for number, (path, subject) in enumerate(
        [
            ("a.txt", "start"),
            ("支付/网关.py", "feat(pay): 退款\n\nBREAKING CHANGE: x"),
            ("uac/a b.py", '【修复】"登录" \\ 失败'),
        ]
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(str(number), "utf-8")
        git("add", ".")
        git("commit", "-q", "-m", subject)
        git("tag", f"v{number}")
    git("checkout", "-q", "-b", "release/2.4")
    return tmp_path


def test_the_command_drafts_a_plan(repository):
    run = Forked("import", "--git", "v0..release/2.4", "--system", "pay=支付网关", "-o", "plan.yaml", cwd=repository)
    assert run.code == 0, run.err
    plan = api.load(repository / "plan.yaml").plan
    assert [(row.system, [str(each) for each in row.changes], row.branch) for row in plan.table.rows] == [
        ("支付网关", ["feat(pay): 退款", "BREAKING CHANGE: x"], "release/2.4"),
        ("uac", ['【修复】"登录" \\ 失败'], "release/2.4"),
    ]
    assert [str(each) for each in plan.table.rows[0].developers] == ["王五"] and plan.language == "zh"
    run = Forked("import", "--git", "v1..", ".", "-o", "-", cwd=repository)
    assert run.code == 0 and b"branch" not in run.out, "HEAD is no branch that was named"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "name the files"),
        (("--git", "v0"), 3, "v1.0..HEAD"),
        (("--git", "v0..v9"), 3, 'no revision "v9"'),
        (("--git", "v2..v2"), 3, "no commit"),
        (("--git", "--output=x..v2"), 3, "no revision"),
        (("--git", "v0..v2", "none"), 3, "none"),
        (("--git", "v0..v2", "--system", "x"), 2, "pay="),
        (("--system", "x=y", "a.yaml"), 2, "--git"),
        (("--git", "v0..v2", "a", "b"), 2, "one repository"),
    ],
)
def test_bad_input(repository, arguments, code, said):
    run = Forked("import", *arguments, "-o", "plan.yaml", cwd=repository)
    assert (
        run.code == code
        and said in run.err
        and not (repository / "plan.yaml").exists()
        and not (repository / "x").exists()
    )
