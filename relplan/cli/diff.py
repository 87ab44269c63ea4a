"""`relplan diff`."""

from __future__ import annotations

import os
import sys
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, cast

import click

from relplan.cli.reading import read_options, reading_options
from relplan.cli.speech import language, say

if TYPE_CHECKING:
    from relplan.api import Side
    from relplan.errors import Language
    from relplan.readers.options import ReadOptions


@click.command(
    "diff",
    help=say(
        "比较两份计划 BEFORE 和 AFTER（计划文件、表格、文档都可以）：哪些信息、哪些行的哪些字段变了，哪些新增、删除、移动了。"
        "行按系统对应，长文本按词比较。有差异时退出码为 1。",
        "Compare two plans, BEFORE and AFTER (plan files, spreadsheets, documents): which facts, and which fields of which rows "
        "changed, what was added, removed, moved. Rows are matched by system, long texts compared by words. Exit 1 if different.",
    ),
)
@click.argument("before")
@click.argument("after", default="")
@click.option(
    "--git",
    "revisions",
    default="",
    metavar="REV[..REV]",
    help=say(
        "只给一个文件：与它在 git 版本 REV 中的内容比较，或比较两个版本",
        "With one file: compare it with what it was in the git revision REV, or compare two revisions",
    ),
)
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar=say("部分", "PART"),
    help=say(
        "只比较计划的这一部分（如 table），可重复", "Compare this part of the plans alone (such as table), repeatable"
    ),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "md", "html", "docx", "xlsx"]),
    help=say("输出的形式；默认按 -o 的扩展名，否则 text", "The form of the output; by default as -o ends, else text"),
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar=say("文件", "FILE"),
    help=say(
        "输出文件（.txt .json .md .html .docx .xlsx），可重复",
        "An output (.txt .json .md .html .docx .xlsx), repeatable",
    ),
)
@click.option(
    "--marked",
    default="",
    metavar=say("文件", "COPY"),
    help=say(
        "写出 AFTER 工作簿的一份副本：变化的单元格着色，批注写原值",
        "Write a copy of the workbook AFTER: changed cells coloured, what stood there in a note",
    ),
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help=say("输出的语言", "The language of the output"))
@reading_options
def command(
    before: str,
    after: str,
    revisions: str,
    parts: tuple[str, ...],
    form: str | None,
    outputs: tuple[str, ...],
    marked: str,
    lang: Language | None,
    sheets: tuple[str, ...],
    columns: dict[str, str],
    risks: dict[str, str],
    limit: int | None,
    config: str,
) -> None:
    """Compare two plans."""
    from relplan import api, files
    from relplan.cli.copies import check_copy
    from relplan.config import load

    if bool(after) == bool(revisions):
        raise click.UsageError(say("请给出两个文件，或一个文件和 --git", "name two files, or one file and --git"))
    settings = load(config)
    options = read_options(settings, sheets, columns, risks, limit)
    words = lang or cast("Language | None", settings.lang or None) or language()
    if marked:
        check_copy(marked, (after or before,))
    one, two = _sides(before, after, revisions, options)
    found = api.diff(one.read.plan, two.read.plan, parts)
    contents = {path: api.diff_as(found, one, two, form or _form(path), language=words) for path in outputs}
    if marked:
        contents[marked] = api.marked_diff(after or before, two.read, found, words, options=options)
    for path in files.write(contents):
        click.echo(path, err=True)
    if not outputs:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and form in (None, "text")
        sys.stdout.buffer.write(api.diff_as(found, one, two, form or "text", language=words, colour=colour))
        sys.stdout.buffer.flush()
    sys.exit(1 if found else 0)


def _sides(before: str, after: str, revisions: str, options: ReadOptions) -> tuple[Side, Side]:
    """The two plans."""
    from relplan import api

    if not revisions:
        return api.Side(before, api.load(before, options=options)), api.Side(after, api.load(after, options=options))
    first, dots, second = revisions.partition("..")
    name = FilePath(before).name
    one = api.Side(f"{name}@{first or 'HEAD'}", api.at_revision(before, first or "HEAD", options=options))
    if not dots:
        return one, api.Side(before, api.load(before, options=options))
    second = second or "HEAD"
    return one, api.Side(f"{name}@{second}", api.at_revision(before, second, options=options))


def _form(path: str) -> str:
    """The form of an output, by its ending."""
    ending = FilePath(path).suffix.lower().removeprefix(".")
    known = {"txt": "text", "htm": "html", "": "text"}
    return known.get(ending, ending)
