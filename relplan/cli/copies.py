"""The marked copy of a workbook: where it may be written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath

import click
from msgspec import structs

from relplan.cli.speech import say
from relplan.errors import Place, problem

_MARKABLE = (".xlsx", ".xlsm")


def check_copy(copy: str, paths: Sequence[str]) -> None:
    """Refuse a copy of several files, of what is no workbook, under another ending, and in the place of the workbook itself.

    Raises:
        WriteError: the file cannot be marked, or not as that copy.
    """
    from relplan.errors import WriteError
    from relplan.writers.marked.package import not_markable

    if len(paths) > 1:
        raise click.UsageError(say("--marked 只能用于一个文件", "--marked takes one file"))
    path, ending = paths[0], FilePath(paths[0]).suffix.lower()
    if ending not in _MARKABLE:
        raise WriteError(structs.replace(not_markable(), place=Place(path)))
    if FilePath(path).resolve() == FilePath(copy).resolve():
        zh, en = "副本不能覆盖原文件；换一个名字", "the copy would write over the file; choose another name"
        raise WriteError(problem(zh, en, copy))
    if FilePath(copy).suffix.lower() != ending:
        zh, en = f"副本的扩展名应与原文件相同（{ending}）", f'the copy must end as the file does, in "{ending}"'
        raise WriteError(problem(zh, en, copy))
