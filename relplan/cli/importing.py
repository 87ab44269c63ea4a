"""`relplan import`."""

from __future__ import annotations

import sys

import click

from relplan.cli.speech import say


@click.command(
    "import",
    help=say(
        "把表格（.xlsx、.csv）或计划文件（.yaml、.json）读成计划。读了什么、推测了什么、什么无法读取，逐格显示在标准错误上；有值无法读取时退出码为 1。",
        "Read a spreadsheet (.xlsx, .csv) or a plan file (.yaml, .json) into a plan. What was read, guessed and could not be "
        "read is told cell by cell on stderr; the exit code is 1 when some value could not be read.",
    ),
)
@click.argument("file", metavar=say("文件", "FILE"))
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
        "输入的格式，扩展名不能说明时用（标准输入默认 yaml）",
        "The format of the input where its ending does not say it (stdin: yaml)",
    ),
)
@click.option(
    "--strict", is_flag=True, help=say("有值无法读取时不写任何文件", "Write nothing when some value cannot be read")
)
@click.option(
    "--check",
    is_flag=True,
    help=say("不写文件；输出会改变时退出码为 1", "Write nothing; exit 1 if the output would change"),
)
def command(file: str, output: str, format_: str, strict: bool, check: bool) -> None:
    """Read a file into a plan."""
    from relplan import api, files, formats
    from relplan.cli.reporting import report

    chosen = (
        formats.named("yaml", "plan_writer") if output == files.STANDARD else formats.for_writing(output, "plan_writer")
    )
    read = api.load(file, format=format_, strict=strict)
    report(read)
    contents = {output: api.dumps(read.plan, chosen.name)}
    if check:
        sys.exit(1 if read.unreadable() or files.changed(contents) else 0)
    files.write(contents)
    sys.exit(1 if read.unreadable() else 0)
