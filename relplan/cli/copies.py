"""The marked copy of a workbook: where it may be written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath

import click

from relplan.cli.speech import say


def check_copy(copy: str, paths: Sequence[str]) -> None:
    """Refuse a copy of several files, and one in the place of the workbook itself.

    Raises:
        WriteError: the copy would write over the workbook.
    """
    from relplan.errors import WriteError, problem

    if len(paths) > 1:
        raise click.UsageError(say("--marked 只能用于一个文件", "--marked takes one file"))
    if FilePath(paths[0]).resolve() == FilePath(copy).resolve():
        raise WriteError(
            problem("副本不能覆盖原文件；换一个名字", "the copy would write over the file; choose another name", copy)
        )


def named_alike(copy: str, path: str, data: bytes) -> dict[str, bytes]:
    """The copy to write, by its path; it must be called a workbook of the same kind.

    Raises:
        WriteError: it has another ending.
    """
    from relplan.errors import WriteError, problem

    ending = FilePath(path).suffix.lower()
    if FilePath(copy).suffix.lower() != ending:
        zh, en = f"副本的扩展名应与原文件相同（{ending}）", f'the copy must end as the file does, in "{ending}"'
        raise WriteError(problem(zh, en, copy))
    return {copy: data}
