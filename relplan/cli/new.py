"""`relplan new`."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import click

from relplan.cli.speech import language, say

if TYPE_CHECKING:
    from relplan.errors import Language


@click.command(
    "new",
    help=say(
        "生成一份起始计划；编辑器按它的第一行补全，所需的 JSON Schema 写在旁边。用 --form 则生成空白的 Excel 填写表。",
        "Write a starter plan; editors complete it after its first line, the JSON Schema for that is written beside it. "
        "With --form, write the blank entry form for Excel.",
    ),
)
@click.argument("file", default="", metavar=say("文件", "FILE"))
@click.option(
    "--form",
    is_flag=True,
    help=say(
        "生成 Excel 填写表（.xlsx），填好后可以导入",
        "Write an entry form for Excel (.xlsx), to be filled in and imported",
    ),
)
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help=say("计划的语言；默认按系统语言", "The plan's language; by default that of the locale"),
)
@click.option(
    "--from",
    "old",
    metavar=say("计划", "OLD"),
    help=say(
        "以上次的计划为起点：沿用人员、步骤、用例和监控，各系统的版本成为上一版本，留到下次的问题重新打开",
        "Begin from the plan of the last release: its people, steps, test cases and monitoring, its versions as the previous "
        "ones, and the issues that were deferred",
    ),
)
@click.option(
    "--version", metavar=say("版本", "VERSION"), help=say("与 --from 同用：新的版本", "With --from: the new version")
)
@click.option("--hotfix", is_flag=True, help=say("与 --from 同用：紧急发布", "With --from: a hotfix"))
@click.option("--force", is_flag=True, help=say("覆盖已有的文件", "Write over a file that is there"))
def command(
    file: str, form: bool, lang: str | None, old: str | None, version: str | None, hotfix: bool, force: bool
) -> None:
    """Write a starter plan, the plan of the next release, or an entry form."""
    from relplan import files

    _refuse_mixed(form, old, version, hotfix, lang)
    file = file or (f"plan-{version}.yaml" if version else "form.xlsx" if form else "plan.yaml")
    chosen: Language = "en" if (lang or language()) == "en" else "zh"
    if old and version:
        contents = _next(file, old, version, hotfix)
    else:
        contents = _form(file, chosen) if form else _starter(file, chosen)
    if file != files.STANDARD:
        _refuse_there(file, force)
    for path in files.write(contents):
        click.echo(path, err=True)


def _refuse_mixed(form: bool, old: str | None, version: str | None, hotfix: bool, lang: str | None) -> None:
    """Refuse options that do not go together."""
    if old and not version:
        raise click.UsageError(say("--from 要与 --version 同用", "--from goes with --version"))
    if (version or hotfix) and not old:
        raise click.UsageError(say("--version 与 --hotfix 只与 --from 同用", "--version and --hotfix go with --from"))
    if old and (form or lang):
        raise click.UsageError(say("--from 不与 --form、--lang 同用", "--from does not go with --form or --lang"))


def _next(file: str, old: str, version: str, hotfix: bool) -> dict[str, bytes]:
    """The plan of the next release; says where its steps still speak of the old version."""
    from relplan import api
    from relplan.model.report import path_text

    before = api.load(old).plan
    made = api.next_release(before, version, hotfix=hotfix)
    for path in api.mentions(made, before.version) if before.version else ():
        note = click.style(say("注意", "note"), fg="yellow")
        words = say(f"还写着旧版本 {before.version}", f"still speaks of the old version {before.version}")
        click.echo(f"{note}  {path_text(path)}: {words}", err=True)
    return {file: api.saved(made, file).data}


def _form(file: str, chosen: Language) -> dict[str, bytes]:
    from relplan import api, files
    from relplan.errors import WriteError, problem

    if file != files.STANDARD and FilePath(file).suffix.lower() != ".xlsx":
        raise WriteError(problem("填写表是 .xlsx 文件", "an entry form is an .xlsx file", file))
    return {file: api.form(chosen)}


def _starter(file: str, chosen: Language) -> dict[str, bytes]:
    from relplan import api, files, formats
    from relplan.errors import WriteError, problem

    made = api.starter(chosen)
    plan, schema = made.values()
    if file == files.STANDARD:
        return {file: plan}
    if formats.for_writing(file, "plan_writer").name != "yaml":
        raise WriteError(
            problem(
                "起始计划是 .yaml 文件；填写表请加 --form",
                "a starter plan is a .yaml file; for a form use --form",
                file,
            )
        )
    return {file: plan, str(FilePath(file).with_name(list(made)[1])): schema}


def _refuse_there(file: str, force: bool) -> None:
    from relplan.errors import WriteError, problem

    if FilePath(file).exists() and not force:
        raise WriteError(
            problem(
                "文件已存在；换一个名字，或用 --force 覆盖", "the file is there; choose another name, or --force", file
            )
        )
