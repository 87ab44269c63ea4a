"""Commits as the draft of a release table: one row for each system, with what the commits say and nothing else.

A system is what the scope of a commit names (`feat(pay): …`), else the folder in which all its files are. Commits that tell neither go into a row
without a system.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field

from relplan.errors import Message, Path, Place, Problem
from relplan.model.read import Notice, Places, Read, build
from relplan.model.text import has_chinese
from relplan.patterns import regex

_SCOPE: Final = regex(r"[A-Za-z]{2,12}\((?P<scope>[^()\n]{1,60})\)!?:\s*\S")
_BREAKING: Final = regex(r"^BREAKING[ -]CHANGE:\s*(?P<text>.+?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
_REVERTS: Final = regex(r"This reverts commit ([0-9a-f]{7,40})")


class Commit(Struct, frozen=True):
    """A commit: its id, author, subject, the rest of its message, and the files that it touched."""

    id: str
    author: str
    subject: str
    body: str = ""
    files: tuple[str, ...] = field(default_factory=tuple)

    @property
    def place(self) -> Place:
        """Where what it says stands."""
        return Place(self.id[:10])


def read_commits(commits: Sequence[Commit], branch: str = "", systems: Mapping[str, str] | None = None) -> Read:
    """A draft of a release table.

    Args:
        commits: the oldest first.
        branch: of the release, where it is known.
        systems: from scopes and folders to the systems that they are.
    """
    notices: list[Notice] = []
    places: dict[Path, Place] = {}
    rows: list[dict[str, Any]] = []
    for system, own in _by_system(_standing(commits, notices), systems or {}).items():
        row = len(rows)
        changes = [(line, each.place) for each in own for line in _lines(each)]
        rows.append(
            {"changes": [line for line, _ in changes], "developers": list(dict.fromkeys(each.author for each in own))}
        )
        if system:
            rows[-1]["system"] = system
        else:
            listed = ", ".join(each.id[:10] for each in own)
            zh = f"{listed} 没有说明属于哪个系统（没有范围，文件也不在同一个文件夹中）"
            en = f"{listed} name no system (no scope, and files of several folders)"
            notices.append(Notice("guessed", Problem(Message(zh, en), own[0].place)))
        if branch:
            rows[-1]["branch"] = branch
        places["table", "rows", row] = own[0].place
        places |= {("table", "rows", row, "changes", number): place for number, (_, place) in enumerate(changes)}
    is_chinese = any(has_chinese(each.subject) for each in commits)
    data: dict[str, Any] = {"table": {"rows": rows}} if rows else {}
    return build({**data, "language": "zh" if is_chinese else "en"}, Places(places), notices)


def _standing(commits: Sequence[Commit], notices: list[Notice]) -> list[Commit]:
    """The commits without those that others among them take back, and without those others."""
    gone: set[str] = set()
    for each in commits:
        match = _REVERTS.search(each.body)
        taken = next(
            (other for other in commits if match and other.id.startswith(match[1]) and other.id not in gone), None
        )
        if taken is not None:
            gone |= {each.id, taken.id}
            zh, en = f"“{taken.subject}”已被撤回，未列入", f'"{taken.subject}" was taken back and is left out'
            notices.append(Notice("read", Problem(Message(zh, en), each.place)))
    return [each for each in commits if each.id not in gone]


def _by_system(commits: Sequence[Commit], systems: Mapping[str, str]) -> dict[str, list[Commit]]:
    found: dict[str, list[Commit]] = defaultdict(list)
    for each in commits:
        found[_system(each, systems)].append(each)
    return found


def _system(commit: Commit, systems: Mapping[str, str]) -> str:
    """The system of a commit; blank where it tells none."""
    if match := _SCOPE.match(commit.subject):
        scope = match["scope"].strip()
        return systems.get(scope, scope)
    folders = {_folder(path, systems) for path in commit.files}
    return folders.pop() if len(folders) == 1 else ""


def _folder(path: str, systems: Mapping[str, str]) -> str:
    """The system of a file: that of the longest folder that has one, else its first folder; blank for files of no folder."""
    steps = path.split("/")[:-1]
    for length in range(len(steps), 0, -1):
        if (name := "/".join(steps[:length])) in systems:
            return systems[name]
    return steps[0] if steps else ""


def _lines(commit: Commit) -> list[str]:
    """What a commit says that changed."""
    breaking = _BREAKING.search(commit.body)
    return [commit.subject, *([f"BREAKING CHANGE: {' '.join(breaking['text'].split())}"] if breaking else [])]
