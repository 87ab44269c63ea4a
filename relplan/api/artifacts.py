"""Files held against lists and plans, and the branches of a repository."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from relplan.errors import (
    Language,
)
from relplan.model.read import Read

if TYPE_CHECKING:
    from relplan.artifacts import Listing, Progress
    from relplan.checksums import Verification
    from relplan.model.plan import ReleasePlan


def checksum_list(
    paths: Sequence[str | FilePath],
    algorithm: str = "",
    *,
    without: Sequence[str | FilePath] = (),
    progress: Progress | None = None,
) -> Listing:
    """The checksums of one folder's files, or of several files and folders, as `sha256sum -c` and `md5sum -c` take them.

    Args:
        paths: a folder, whose files are named by their paths in it; or several, named by their paths from the current one.
        algorithm: `md5`, `sha1`, `sha256`, `sha384` or `sha512`; blank: `sha256`.
        without: files to leave out, such as the list itself.
        progress: told how many bytes have been read, and how many there are.

    Raises:
        ReadError: something cannot be read, or lies outside the current folder; or there is no such algorithm.
    """
    from relplan.artifacts import DEFAULT_ALGORITHM, listing

    barred = [str(path) for path in without]
    return listing([str(path) for path in paths], algorithm or DEFAULT_ALGORITHM, without=barred, progress=progress)


def verify_list(
    path: str | FilePath, folder: str | FilePath | None = None, *, progress: Progress | None = None
) -> Verification:
    """Hold the files in `folder` (by default that of the list) against a list of checksums; nothing outside it is read.

    Raises:
        ReadError: the list or the folder cannot be read.
    """
    from relplan import artifacts

    return artifacts.verify_list(str(path), None if folder is None else str(folder), progress)


def verify_plan(read: Read, folder: str | FilePath, *, progress: Progress | None = None) -> Verification:
    """Hold the files in `folder` against the checksums of a plan's packages and scripts, by their paths, else their bare names.

    Raises:
        ReadError: the folder cannot be read.
    """
    from relplan import artifacts

    return artifacts.verify_plan(read, str(folder), progress)


def with_checksums(
    read: Read,
    verification: Verification,
    folder: str | FilePath,
    algorithm: str = "",
    *,
    progress: Progress | None = None,
) -> tuple[ReleasePlan, Verification]:
    """The plan with the checksums that `verify_plan` did not find stated, and what became of its entries then.

    Raises:
        ReadError: a file cannot be read; or there is no such algorithm.
    """
    from relplan import artifacts

    chosen = algorithm or artifacts.DEFAULT_ALGORITHM
    return artifacts.with_checksums(read, verification, str(folder), chosen, progress)


def verification_report(verification: Verification, language: Language = "en") -> dict[str, Any]:
    """What a verification found, as plain data: `passed`, `counts`, `files`, `problems`, `remarks`."""
    from relplan.artifacts import report as made

    return made(verification, language)


def branches(repository: str, *, seconds: float | None = None) -> frozenset[str]:
    """The branches of a git repository: a folder, or a URL that git knows; `seconds` is how long git may take.

    Raises:
        ReadError: git is missing, this is no repository that it may read, or the time is over.
    """
    from relplan.repository import TIMEOUT_SECONDS, refs

    return refs(repository, TIMEOUT_SECONDS if seconds is None else seconds).branches


def commits_behind(repository: str, branch: str, base: str, *, seconds: float | None = None) -> int:
    """How many commits the branch `base` has and `branch` lacks, in a repository on this machine.

    Raises:
        ReadError: as `branches`; or it is not on this machine, is shallow, or lacks one of them.
    """
    from relplan.repository import TIMEOUT_SECONDS, behind

    return behind(repository, branch, base, TIMEOUT_SECONDS if seconds is None else seconds)
