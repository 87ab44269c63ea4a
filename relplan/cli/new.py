"""`relplan new`."""

from __future__ import annotations

from pathlib import Path as FilePath

import click

from relplan.cli.speech import language, say


@click.command(
    "new",
    help=say(
        "生成一份起始计划；编辑器按它的第一行补全，所需的 JSON Schema 写在旁边。",
        "Write a starter plan; editors complete it after its first line, the JSON Schema for that is written beside it.",
    ),
)
@click.argument("file", default="plan.yaml", metavar=say("文件", "FILE"))
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help=say("计划的语言；默认按系统语言", "The plan's language; by default that of the locale"),
)
@click.option("--force", is_flag=True, help=say("覆盖已有的文件", "Write over a file that is there"))
def command(file: str, lang: str | None, force: bool) -> None:
    """Write a starter plan."""
    from relplan import api, files, formats
    from relplan.errors import WriteError, problem

    made = api.starter("en" if (lang or language()) == "en" else "zh")
    plan, schema = made.values()
    if file == files.STANDARD:
        files.write({file: plan})
        return
    if formats.for_writing(file, "plan_writer").name != "yaml":
        raise WriteError(problem("起始计划是 .yaml 文件", "a starter plan is a .yaml file", file))
    if FilePath(file).exists() and not force:
        raise WriteError(
            problem(
                "文件已存在；换一个名字，或用 --force 覆盖", "the file is there; choose another name, or --force", file
            )
        )
    beside = FilePath(file).with_name(list(made)[1])
    for path in files.write({file: plan, str(beside): schema}):
        click.echo(path, err=True)
