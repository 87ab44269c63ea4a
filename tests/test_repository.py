"""The branches of real repositories, and that asking for them neither runs what a name says, nor prompts, nor hangs."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from relplan import api, repository
from relplan.errors import ReadError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on PATH")

WHO = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "张三",
    "GIT_AUTHOR_EMAIL": "zhang@example.com",
    "GIT_COMMITTER_NAME": "张三",
    "GIT_COMMITTER_EMAIL": "zhang@example.com",
    "GIT_AUTHOR_DATE": "2026-08-20T22:00:00Z",
    "GIT_COMMITTER_DATE": "2026-08-20T22:00:00Z",
}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ, **WHO})


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with three commits on main, of which release/1.2 lacks two, and a tag."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "仓库 one"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for number in range(3):
        git(folder, "commit", "-q", "--allow-empty", "-m", f"{number}")
        if number == 0:
            git(folder, "branch", "release/1.2")
            git(folder, "branch", "修复/支付")
    git(folder, "tag", "-a", "v1.1", "-m", "v1.1")
    return folder


BRANCHES = {"main", "release/1.2", "修复/支付"}


def test_the_branches_of_a_folder_and_of_a_url(repo):
    for name in (str(repo), repo.as_uri()):
        known = repository.refs(name)
        assert known.branches == BRANCHES and known.tags == {"v1.1"}
    assert api.branches(str(repo)) == BRANCHES


def test_a_folder_inside_the_work_tree_and_a_bare_repository_are_asked_too(repo, tmp_path):
    (repo / "sub").mkdir()
    assert repository.refs(str(repo / "sub")).branches == BRANCHES
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    assert repository.refs(str(tmp_path / "bare.git")).branches == BRANCHES
    git(repo, "bundle", "create", "-q", str(tmp_path / "all.bundle"), "--all")
    assert repository.refs(str(tmp_path / "all.bundle")).branches == BRANCHES


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("release/1.2", True),
        ("refs/heads/release/1.2", True),
        ("origin/release/1.2", True),
        (" main ", True),
        ("修复/支付", True),
        ("1.2", False),
        ("release", False),
        ("release/*", False),
        ("v1.1", False),
        ("main^{}", False),
        ("HEAD", False),
        ("", False),
        ("--all", False),
    ],
)
def test_whole_names_are_compared(repo, name, there):
    for asked in (str(repo), repo.as_uri()):
        assert repository.has_branch(asked, name) is there


def test_a_clone_knows_the_branches_of_its_remote(repo, tmp_path):
    git(tmp_path, "clone", "-q", str(repo), "clone")
    known = repository.refs(str(tmp_path / "clone"))
    assert known.branches == BRANCHES
    assert known.full["main"] == "refs/heads/main" and known.full["release/1.2"] == "refs/remotes/origin/release/1.2"


def test_an_empty_repository_has_none(tmp_path):
    git(tmp_path, "init", "-q")
    assert repository.refs(str(tmp_path)) == repository.Refs()


def test_how_far_a_branch_is_behind(repo, tmp_path):
    assert repository.behind(str(repo), "release/1.2", "main") == 2
    assert api.commits_behind(str(repo), "main", "release/1.2") == 0
    git(tmp_path, "clone", "-q", str(repo), "clone")
    assert repository.behind(str(tmp_path / "clone"), "origin/release/1.2", "main") == 2


def test_what_cannot_be_compared_is_told(repo, tmp_path):
    with pytest.raises(ReadError, match=r'no branch "release/1\.3"; did you mean "release/1\.2"'):
        repository.behind(str(repo), "release/1.3", "main")
    with pytest.raises(ReadError, match="clone it"):
        repository.behind(repo.as_uri(), "main", "main")
    git(tmp_path, "clone", "-q", "--depth", "1", "--no-single-branch", repo.as_uri(), "shallow")
    with pytest.raises(ReadError, match="shallow"):
        repository.behind(str(tmp_path / "shallow"), "release/1.2", "main")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("", "neither the path nor the URL"),
        ("-repo", "neither the path nor the URL"),
        ("--upload-pack=touch pwned", "neither the path nor the URL"),
        ("a\nb", "neither the path nor the URL"),
        ("ext::sh -c 'touch pwned'", "is not asked"),
        ("fd::17", "is not asked"),
        ("testgit::/x", "is not asked"),
        ("ssh://-oProxyCommand=touch pwned/x", "is not asked"),
        ("ssh://me@-oProxyCommand=touch pwned/x", "is not asked"),
        ("me@-oProxyCommand=x:path", "is not asked"),
        ("ftp://example.com/x.git", "is not asked"),
        ("C:\\no\\repo", "is not asked"),
        ("origin", "no such folder"),
        ("no/where", "no such folder"),
    ],
)
def test_names_that_are_no_repository_are_refused_before_git_runs(tmp_path, monkeypatch, name, word):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("git was run"))
    with pytest.raises(ReadError, match=word):
        repository.refs(name)
    assert not (tmp_path / "pwned").exists()


def test_what_is_no_repository_is_told(tmp_path):
    with pytest.raises(ReadError, match="this folder is no git repository"):
        repository.refs(str(tmp_path))
    with pytest.raises(ReadError, match="no git repository"):
        repository.refs((tmp_path / "nowhere").as_uri())
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(ReadError, match="file"):
        repository.refs(str(tmp_path / "file"))


def test_git_that_is_missing_is_told(repo, monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(ReadError, match="git is not found"):
        repository.refs(str(repo))


def test_variables_do_not_turn_git_to_another_repository(repo, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "theirs")
    git(other, "commit", "-q", "--allow-empty", "-m", "x")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_NAMESPACE", "x")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repo.parent))
    assert repository.refs(str(repo)).branches == BRANCHES
    assert repository.refs(repo.as_uri()).branches == BRANCHES


@pytest.mark.skipif(os.name == "nt", reason="scripts for a POSIX shell")
def test_what_a_repository_is_set_to_run_is_not_run(repo, tmp_path, monkeypatch):
    """Neither its own pager, hooks and helpers, nor those of the repository in which the command is run."""
    script = tmp_path / "trap"
    script.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\nexit 1\n", "utf-8")
    script.chmod(0o755)
    for key in (
        "core.pager",
        "core.fsmonitor",
        "core.sshCommand",
        "core.askPass",
        "credential.helper",
        "diff.external",
    ):
        git(repo, "config", key, str(script))
    git(repo, "config", "url.ext::sh -c touch% sprung% .insteadOf", "https://127.0.0.1:1/")
    git(repo, "config", "protocol.ext.allow", "always")
    monkeypatch.chdir(repo)
    assert repository.refs(str(repo)).branches == BRANCHES
    assert repository.behind(str(repo), "release/1.2", "main") == 2
    with pytest.raises(ReadError):
        repository.refs("https://127.0.0.1:1/x.git", seconds=5)
    with pytest.raises(ReadError):
        repository.refs("ssh://127.0.0.1:1/x", seconds=5)
    assert not (tmp_path / "sprung").exists() and not (repo / "sprung").exists()


@pytest.mark.skipif(os.name == "nt", reason="scripts for a POSIX shell")
def test_git_that_hangs_is_killed_with_its_children(repo, tmp_path, monkeypatch):
    """A transport that never answers, as a firewall makes it: nothing of it is left running."""
    ssh = tmp_path / "ssh"
    ssh.write_text(f"#!/bin/sh\necho $$ > '{tmp_path}/pid'\nsleep 600 & wait\n", "utf-8")
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH", str(ssh))
    started = time.monotonic()
    with pytest.raises(ReadError, match="no answer in 1 s"):
        repository.refs("ssh://me:secret@127.0.0.1/x.git", seconds=1)
    assert time.monotonic() - started < 10
    child = int((tmp_path / "pid").read_text("utf-8"))
    for _ in range(100):
        if not _is_running(child):
            return
        time.sleep(0.05)
    pytest.fail("the child of git is still running")


def _is_running(process: int) -> bool:
    """Whether a process is there and not merely waiting to be reaped."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_passwords_in_a_url_are_not_told():
    with pytest.raises(ReadError) as error:
        repository.refs("https://me:secret@127.0.0.1:1/x.git", seconds=5)
    assert "secret" not in str(error.value) and "127.0.0.1" in str(error.value)
