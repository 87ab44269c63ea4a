"""The branches of a git repository, asked of git itself, which may neither prompt, nor run what the repository says, nor hang.

Whole names of refs are compared: `git ls-remote` alone takes `1.2` for `release/1.2` as well.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Final

from msgspec import Struct, field

from relplan.errors import ReadError, problem, suggest
from relplan.patterns import regex
from relplan.readers.commits import Commit

TIMEOUT_SECONDS: Final = 15.0
"""How long git may take unless it is told otherwise."""

_HEADS: Final = "refs/heads/"
_TAGS: Final = "refs/tags/"
_REMOTES: Final = "refs/remotes/"


class Refs(Struct, frozen=True):
    """What a repository knows.

    Attributes:
        branches: their names without `refs/heads/`; those that a clone knows of its remotes are among them.
        tags: their names without `refs/tags/`.
        full: from the name of a branch to that of its ref.
    """

    branches: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    full: Mapping[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether there is a branch of that name, which may be written `refs/heads/…` or `origin/…` too."""
        return self.named(name) is not None

    def named(self, name: str) -> str | None:
        """The branch that a name means; None where there is none."""
        plain = name.strip().removeprefix(_HEADS)
        return next((each for each in (plain, plain.removeprefix("origin/")) if each in self.branches), None)


def refs(repository: str, seconds: float = TIMEOUT_SECONDS) -> Refs:
    """The branches and tags of a repository: a folder (or one inside its work tree), a bundle, or a URL.

    Of a folder nothing is fetched: what it knows of its remotes is what it knew when it was last fetched.

    Raises:
        ReadError: the name is none that may be asked; git is missing; it is no repository; `seconds` are over.
    """
    if _is_folder(repository):
        command = ["for-each-ref", "--format=%(refname)", _HEADS, _TAGS, _REMOTES]
        return _sorted_out(_local(repository, command, seconds).splitlines())
    _check_remote(repository)
    asked = os.path.abspath(repository) if os.path.isfile(repository) else repository
    out = _git(["ls-remote", "--heads", "--tags", "--", asked], repository, seconds)
    return _sorted_out([line.partition("\t")[2] for line in out.splitlines()])


def has_branch(repository: str, name: str, seconds: float = TIMEOUT_SECONDS) -> bool:
    """Whether a repository has a branch; raises as `refs` does."""
    return refs(repository, seconds).has(name)


def behind(repository: str, branch: str, base: str, seconds: float = TIMEOUT_SECONDS) -> int:
    """How many commits the branch `base` has and `branch` lacks.

    Raises:
        ReadError: as `refs`; or the repository is not on this machine, is shallow, or lacks one of the two.
    """
    if not _is_folder(repository):
        zh = "只能在本机的仓库中比较分支；请先克隆"
        raise ReadError(
            problem(zh, "branches are compared in a repository on this machine; clone it", _shown(repository))
        )
    known = refs(repository, seconds)
    first, second = (_full_name(known, name, repository) for name in (branch, base))
    if _local(repository, ["rev-parse", "--is-shallow-repository"], seconds).strip() == "true":
        zh = "这是浅克隆，无法数提交；请运行 git fetch --unshallow"
        en = "this is a shallow clone, whose commits cannot be counted; run git fetch --unshallow"
        raise ReadError(problem(zh, en, repository))
    return int(_local(repository, ["rev-list", "--count", f"{first}..{second}", "--"], seconds))


def commits(repository: str, span: str, seconds: float = TIMEOUT_SECONDS) -> list[Commit]:
    """The commits of a span (`v1.0..HEAD`; without an end up to HEAD) without merges, the oldest first.

    Raises:
        ReadError: as `refs`; the repository is not on this machine; there is no such revision, or no commit between them.
    """
    if not _is_folder(repository):
        zh, en = "只能读本机仓库的提交；请先克隆", "commits are read from a repository on this machine; clone it"
        raise ReadError(problem(zh, en, _shown(repository)))
    first, dots, last = span.partition("..")
    if not dots or not first:
        zh, en = f"“{span}”应写成 v1.0..HEAD", f'write "{span}" like v1.0..HEAD'
        raise ReadError(problem(zh, en))
    start, end = (_commit(repository, each, seconds) for each in (first, last or "HEAD"))
    form = "--format=%x1e%H%x1f%an%x1f%s%x1f%b%x1f"
    command = ["log", "--no-merges", "--reverse", "--name-only", "--no-renames", form, f"{start}..{end}", "--"]
    found = [_parsed_commit(each) for each in _local(repository, command, seconds).split("\x1e")[1:]]
    if not found:
        raise ReadError(problem(f"{span} 之间没有提交", f"there is no commit in {span}", repository))
    return found


def branch_of(repository: str, span: str, seconds: float = TIMEOUT_SECONDS) -> str:
    """The branch that a span ends with; blank where it ends with something else."""
    last = span.partition("..")[2]
    return last if last and refs(repository, seconds).has(last) else ""


def _parsed_commit(text: str) -> Commit:
    identity, author, subject, body, names = text.split("\x1f", 4)
    return Commit(identity, author, subject, body.strip(), tuple(filter(None, names.split("\n"))))


def file_at(path: str, revision: str, seconds: float = TIMEOUT_SECONDS) -> bytes:
    """What a file held in a revision of the repository around it.

    Raises:
        ReadError: as `refs`; there is no such revision, or the file is not in it.
    """
    folder, name = os.path.split(os.path.abspath(path))
    while not os.path.isdir(folder):  # the file, and its folder, may be gone by now
        folder, last = os.path.split(folder)
        name = f"{last}/{name}"
    commit = _commit(folder, revision, seconds)
    try:
        return _local_bytes(folder, ["cat-file", "blob", f"{commit}:./{name}"], seconds)
    except ReadError:
        zh, en = f"版本 {revision} 中没有这个文件", f"the file is not in the revision {revision}"
        raise ReadError(problem(zh, en, path)) from None


def _commit(folder: str, revision: str, seconds: float) -> str:
    """The commit that a revision means."""
    if revision.startswith("-") or re.search(r"[\x00-\x1f\x7f]", revision) or not revision:
        raise ReadError(
            problem(f"“{_printable(revision)}”不是版本", f'"{_printable(revision)}" is no revision', folder)
        )
    _local(folder, ["rev-parse", "--git-dir"], seconds)  # says if it is no repository
    try:
        return _local(folder, ["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", "--"], seconds).split()[0]
    except ReadError:
        raise ReadError(problem(f"没有版本“{revision}”", f'there is no revision "{revision}"', folder)) from None


def _full_name(known: Refs, name: str, repository: str) -> str:
    if (branch := known.named(name)) is not None:
        return known.full[branch]
    hint = suggest(name, known.branches)
    raise ReadError(problem(f"没有分支“{name}”{hint.zh}", f'there is no branch "{name}"{hint.en}', repository))


def _sorted_out(names: Sequence[str]) -> Refs:
    full: dict[str, str] = {}
    for prefix in (_REMOTES, _HEADS):  # a branch of the repository's own goes before a remote's of the same name
        for name in sorted((each for each in names if each.startswith(prefix)), reverse=True):
            bare = name.removeprefix(prefix)
            full[bare.partition("/")[2] if prefix == _REMOTES else bare] = name
    full = {name: ref for name, ref in full.items() if name not in ("", "HEAD") or ref.startswith(_HEADS)}
    tags = (name.removeprefix(_TAGS).removesuffix("^{}") for name in names if name.startswith(_TAGS))
    return Refs(frozenset(full), frozenset(tags), full)


# What may be asked

_SCHEME: Final = regex(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_SCP: Final = regex(r"(?:[^/:@]+@)?(?P<host>\[[^\]]+\]|[^/:]+):(?!:).+", re.DOTALL)
_SCHEMES: Final = ("https", "http", "ssh", "git", "file")


def _is_folder(repository: str) -> bool:
    """Whether it is a folder of this machine, whose name git cannot take for an option."""
    _refuse_odd(repository)
    return os.path.isdir(repository)


def _refuse_odd(repository: str) -> None:
    if not repository or repository.startswith("-") or re.search(r"[\x00-\x1f\x7f]", repository):
        raise ReadError(
            problem(
                f"“{_printable(repository)}”不是仓库的路径或网址；路径以 - 开头时请写成 ./-…",
                f'"{_printable(repository)}" is neither the path nor the URL of a repository; '
                "where a path begins with -, write ./-…",
            )
        )


def _check_remote(repository: str) -> None:
    """Refuse all that is no file and no URL of a known kind, such as `ext::`, which runs a command."""
    if os.path.isfile(repository):
        return
    scheme = _SCHEME.fullmatch(repository)
    if scheme and scheme["scheme"].lower() in _SCHEMES and not re.match(r"(?:[^/@]*@)?-", scheme["rest"]):
        return
    scp = _SCP.fullmatch(repository)
    if not scheme and scp and not scp["host"].startswith("-") and len(scp["host"]) > 1:
        return
    if "::" not in repository and ":" not in repository:
        raise ReadError(problem("没有这个文件夹", "there is no such folder", _shown(repository)))
    known = ", ".join(f"{each}://" for each in _SCHEMES)
    raise ReadError(
        problem(
            f"不能询问这样的仓库；可用：本机的文件夹、{known} 和 user@host:path",
            f"such a repository is not asked; known: a folder of this machine, {known} and user@host:path",
            _shown(repository),
        )
    )


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)


def _shown(text: str) -> str:
    """A repository's name without the user and password that a URL may hold."""
    return re.sub(r"(?<=://)[^/@\s]*@", "", _printable(text))


# How git is run

_KEPT: Final = (
    *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"),
    *("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT"),
    *("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY"),
)
"""Variables of git that say how this machine reaches others; all its other ones would turn it to another repository."""

_QUIET: Final[Mapping[str, str]] = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_PAGER": "cat",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C",
    "LANGUAGE": "",
}
_SAFE: Final = (
    "--no-pager",
    *("-c", "core.quotePath=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.askPass="),
    *("-c", "protocol.ext.allow=never"),
)


def _local(repository: str, command: Sequence[str], seconds: float) -> str:
    """What git says in a folder of this machine, from where it reaches no other."""
    return _local_bytes(repository, command, seconds).decode("utf-8", "surrogateescape")


def _local_bytes(repository: str, command: Sequence[str], seconds: float) -> bytes:
    return _git_bytes(["-C", repository, *command], repository, seconds, protocols="")


def _git(arguments: Sequence[str], repository: str, seconds: float) -> str:
    return _git_bytes(arguments, repository, seconds).decode("utf-8", "surrogateescape")


def _git_bytes(arguments: Sequence[str], repository: str, seconds: float, protocols: str = ":".join(_SCHEMES)) -> bytes:
    """What git prints, which may use these protocols.

    Raises:
        ReadError: it is missing, fails, or takes longer than `seconds`; it and all it started are killed then.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key in _KEPT}
    environment = {**kept, **_QUIET, "GIT_ALLOW_PROTOCOL": protocols}
    try:
        process = subprocess.Popen(
            ["git", *_SAFE, *arguments],
            cwd=os.path.abspath(os.sep) if protocols else None,  # where no repository's own settings hold
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a group of its own, to be killed whole, and without a terminal to prompt on
        )
    except OSError:
        zh, en = "找不到 git；请安装，或不用 --git", "git is not found; install it, or leave --git out"
        raise ReadError(problem(zh, en)) from None
    out, err = _ended(process, repository, seconds)
    if process.returncode:
        raise _refusal(repository, err.decode("utf-8", "replace"))
    return out


def _ended(process: subprocess.Popen[bytes], repository: str, seconds: float) -> tuple[bytes, bytes]:
    """What a process has printed when it ends; when it does not, it and its children are killed."""
    try:
        return process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        zh = f"git 在 {seconds:g} 秒内没有回答；请检查网络和网址"
        en = f"git gave no answer in {seconds:g} s; check the network and the URL"
        raise ReadError(problem(zh, en, _shown(repository))) from None
    finally:
        if process.poll() is None:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    # What escaped the group may hold the pipes open, so they are not read to their end.
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
    process.wait()


def _refusal(repository: str, said: str) -> ReadError:
    lines = [line for line in said.splitlines() if line.strip()]
    reason = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[-1] if lines else "")
    reason = _shown(reason.partition(":")[2].strip() if reason.startswith(("fatal:", "error:")) else reason)
    if "not a git repository" in reason or "does not appear to be a git repository" in reason:
        kind = ("文件夹", "folder") if FilePath(repository).is_dir() else ("文件或网址", "file or URL")
        zh, en = f"这个{kind[0]}不是 git 仓库", f"this {kind[1]} is no git repository"
        return ReadError(problem(zh, en, _shown(repository)))
    if "dubious ownership" in reason:
        zh = "仓库属于另一个用户，git 拒绝读取；信任它时请设置 safe.directory"
        en = "the repository belongs to another user and git refuses to read it; if you trust it, set safe.directory"
        return ReadError(problem(zh, en, _shown(repository)))
    return ReadError(problem(f"git 无法读取：{reason}", f"git cannot read it: {reason}", _shown(repository)))
