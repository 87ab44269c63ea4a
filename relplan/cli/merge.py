"""`relplan merge`."""

from __future__ import annotations

import sys
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import click

from relplan.cli.reading import read_options, reading_options
from relplan.cli.speech import language, say

if TYPE_CHECKING:
    from relplan.api import Side
    from relplan.comparison.merge import Merged
    from relplan.readers.options import ReadOptions

_WORKBOOKS = (".xlsx", ".xlsm")


@click.command(
    "merge",
    help=say(
        "合并几个人对同一份计划 BASE 的修改 SIDES（计划文件、表格、文档都可以）：不冲突的修改全部采用；冲突的列出双方的内容和位置，"
        "在计划中留下标记，check 会报告，解决之前不能生成文档。有冲突时退出码为 1。",
        "Merge what several people, SIDES, made of one plan, BASE (plan files, spreadsheets, documents): changes that do not clash are "
        "taken; clashes are listed with all values and places and marked in the plan, which check reports and of which no "
        "document is made until they are resolved. Exit 1 if there are clashes.",
    ),
)
@click.argument("base")
@click.argument("sides", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar=say("文件", "FILE"),
    help=say(
        "合并后的计划（.yaml .json；- 为标准输出），或 BASE 工作簿的副本（.xlsx）",
        "The merged plan (.yaml .json; - is stdout), or a copy of the workbook BASE (.xlsx)",
    ),
)
@click.option(
    "--format",
    "format_",
    default="",
    metavar=say("格式", "FORMAT"),
    help=say("文件的格式；默认按扩展名", "The format of the files; by default by their endings"),
)
@click.option(
    "--label",
    "labels",
    multiple=True,
    metavar=say("名称", "NAME"),
    help=say(
        "标记中各份修改的名称，按顺序；默认为文件名",
        "What marks call the sides, in their order; by default as their files",
    ),
)
@click.option(
    "--force",
    is_flag=True,
    help=say("重写已有的计划文件，不保留注释", "Write a plan file that is there anew, without its comments"),
)
@reading_options
def command(
    base: str,
    sides: tuple[str, ...],
    output: str,
    format_: str,
    labels: tuple[str, ...],
    force: bool,
    sheets: tuple[str, ...],
    columns: dict[str, str],
    risks: dict[str, str],
    limit: int | None,
    config: str,
) -> None:
    """Merge plans."""
    from relplan import api, files
    from relplan.config import load

    names = labels or sides
    if len(names) != len(sides) or len(set(names)) != len(names):
        raise click.UsageError(say("每份修改要有不同的名称（--label）", "each side takes a name of its own (--label)"))
    settings = load(config)
    options = read_options(settings, sheets, columns, risks, limit)
    start = api.Side(base, api.load(base, format=format_, options=options))
    merged = api.merge(
        start,
        [
            api.Side(name, api.load(path, format=format_, options=options))
            for name, path in zip(names, sides, strict=True)
        ],
    )
    contents = {output: _content(start, merged, output, format_, force, options)}
    _tell(merged)
    for path in files.write(contents):
        click.echo(path, err=True)
    sys.exit(1 if merged.clashes else 0)


def _content(base: Side, merged: Merged, output: str, format_: str, force: bool, options: ReadOptions) -> bytes:
    from relplan import api

    if FilePath(output).suffix.lower() in _WORKBOOKS:
        return api.merged_workbook(base, merged.plan, language(), options=options)
    return api.saved(merged.plan, output, format=format_, force=force).data


def _tell(merged: Merged) -> None:
    """Name the clashes on stderr."""
    word = click.style(say("冲突", "clash"), fg="red")
    for each in merged.clashes:
        click.echo(f"{word}  {each.problem().text(language())}", err=True)
    count = len(merged.clashes)
    click.echo(
        say(
            f"{count} 处冲突" if count else "没有冲突",
            f"{count} clash{'es' if count > 1 else ''}" if count else "no clash",
        ),
        err=True,
    )
