"""`relplan import`."""

from __future__ import annotations

import sys

import click

from relplan.cli.copies import check_copy
from relplan.cli.reading import read_options, reading_options
from relplan.cli.speech import language, say


@click.command(
    "import",
    help=say(
        "把表格、文档或计划文件读成一份计划；可以给出多个文件。读了什么、推测了什么、什么无法读取，逐格显示在标准错误上；"
        "有值无法读取时退出码为 1。",
        "Read spreadsheets, documents or plan files into one plan. What was read, guessed and could not be read is told cell by "
        "cell on stderr; the exit code is 1 when some value could not be read.",
    ),
)
@click.argument("paths", metavar=say("文件…", "FILE…"), nargs=-1)
@click.option(
    "-o",
    "--output",
    metavar=say("计划文件", "PLAN"),
    default="-",
    help=say("写入的计划（.yaml 或 .json）；默认标准输出", "The plan to write (.yaml or .json); by default stdout"),
)
@click.option(
    "--format",
    "format_",
    metavar=say("格式", "FORMAT"),
    default="",
    help=say(
        "输入的格式，扩展名不能说明时用（标准输入按内容判断）",
        "The format of the input where its ending does not say it (stdin: as its content looks)",
    ),
)
@reading_options
@click.option(
    "--git",
    "span",
    metavar="A..B",
    default="",
    help=say(
        "由 git 提交起草发布清单，每个系统一行；FILE 是仓库的文件夹，默认当前文件夹",
        "Draft the release table from git commits, one row for each system; FILE is a folder of the repository, by default this one",
    ),
)
@click.option(
    "--system",
    "systems",
    multiple=True,
    metavar=say("名称=系统", "NAME=SYSTEM"),
    help=say(
        "与 --git 同用：提交的范围或文件夹 NAME 是哪个系统，可重复",
        "With --git: which system a scope or folder NAME of commits is, repeatable",
    ),
)
@click.option(
    "--marked",
    metavar=say("副本", "COPY"),
    default="",
    help=say(
        "另写一份工作簿的副本，有问题的单元格已着色、批注并列出（.xlsx、.xlsm）",
        "Write a copy of the workbook too, its bad cells coloured, commented and listed (.xlsx, .xlsm)",
    ),
)
@click.option(
    "--report",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help=say(
        "标准错误上的报告的形式；json 列出每一处的去向",
        "The form of the report on stderr; json lists what became of it all",
    ),
)
@click.option(
    "--strict", is_flag=True, help=say("有值无法读取时不写任何文件", "Write nothing when some value cannot be read")
)
@click.option(
    "--force",
    is_flag=True,
    help=say(
        "已有的计划文件整个重写，不保留注释",
        "Write a plan file that is there anew, without its comments",
    ),
)
@click.option(
    "--check",
    is_flag=True,
    help=say("不写文件；输出会改变时退出码为 1", "Write nothing; exit 1 if the output would change"),
)
def command(
    paths: tuple[str, ...],
    output: str,
    format_: str,
    sheets: tuple[str, ...],
    columns: dict[str, str],
    risks: dict[str, str],
    limit: int | None,
    config: str,
    span: str,
    systems: tuple[str, ...],
    marked: str,
    form: str,
    strict: bool,
    force: bool,
    check: bool,
) -> None:
    """Read files into a plan."""
    from relplan import api, files, formats
    from relplan.cli.reporting import progress_of, report, report_gone
    from relplan.config import load

    if not paths and not span:
        raise click.UsageError(say("请给出要读取的文件", "name the files to read"))
    if span and (len(paths) > 1 or marked):
        raise click.UsageError(
            say("--git 只读一个仓库，没有 --marked", "--git reads one repository and takes no --marked")
        )
    if systems and not span:
        raise click.UsageError(say("--system 只与 --git 同用", "--system goes with --git"))
    if output != files.STANDARD:
        formats.for_writing(output, "plan_writer")
    if marked:
        check_copy(marked, paths)
    options = read_options(load(config), sheets, columns, risks, limit)
    if span:
        read = api.load_commits(span, paths[0] if paths else ".", _systems(systems))
    else:
        with progress_of(options) as shown:
            read = api.load_all(paths, format=format_, strict=strict, options=shown)
    report(read, form=form)
    saved = api.saved(read.plan, output, force=force)
    if form == "text":
        report_gone(saved.gone)
    contents = {output: saved.data}
    if marked:
        contents[marked] = api.marked_copy(paths[0], read, language(), options=options)
    if check:
        sys.exit(1 if read.unreadable() or files.changed(contents) else 0)
    files.write(contents)
    sys.exit(1 if read.unreadable() else 0)


def _systems(pairs: tuple[str, ...]) -> dict[str, str]:
    """What scopes and folders are, from NAME=SYSTEM."""
    found = {}
    for each in pairs:
        name, equals, system = each.partition("=")
        if not (name.strip() and equals and system.strip()):
            raise click.BadParameter(say("应写成 NAME=系统，如 pay=支付网关", "write it like pay=payment-gateway"))
        found[name.strip().rstrip("/")] = system.strip()
    return found
