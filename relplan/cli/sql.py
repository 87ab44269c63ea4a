"""`relplan sql`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from relplan.cli.speech import language, say
from relplan.errors import ReadError
from relplan.sql.dialects import Dialect

if TYPE_CHECKING:
    from relplan.api import PlacedProposal, PlacedScript
    from relplan.sql import Danger, Statement


@click.command(
    "sql",
    help=say(
        "列出 SQL 脚本的每一条语句：位置、类别、对象和需要注意之处。给出计划或表格时，列出发布清单各行 DDL、DML 中的语句。"
        "用 --undo 得到回退建议，供人审核。任何 SQL 都不会执行。",
        "List each statement of SQL scripts: its place, kind, objects and dangers; of a plan or spreadsheet, the statements in the "
        "DDL and DML of the release table. With --undo, propose how to reverse them, for people to review. No SQL is ever run.",
    ),
)
@click.argument("paths", metavar=say("文件…", "FILE…"), nargs=-1, required=True)
@click.option(
    "--dialect",
    type=click.Choice([str(each) for each in Dialect]),
    help=say(
        "哪种数据库的 SQL；默认按设置，否则 mysql", "Whose SQL it is; by default that of the settings, else mysql"
    ),
)
@click.option(
    "--config",
    default="",
    metavar=say("设置", "FILE"),
    help=say("设置文件；默认最近的 relplan.toml", "The settings; by default the nearest relplan.toml"),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help=say("输出的形式", "The form of the output"),
)
@click.option(
    "--undo",
    is_flag=True,
    help=say(
        "改为给出回退建议：按相反顺序逐条列出，缺的留空待补充",
        "Propose instead how to reverse the statements, in reverse order, with gaps for what has to be filled in",
    ),
)
@click.option(
    "--suffix",
    metavar=say("后缀", "TEXT"),
    help=say(
        "与 --undo 同用：备份表名中的后缀，如 20260820", "With --undo: stands in the names of copies, such as 20260820"
    ),
)
@click.option(
    "--strict",
    is_flag=True,
    help=say(
        "与 --undo 同用：有待补充、无法回退或未知的语句时退出码为 1",
        "With --undo: exit 1 if a statement is to be filled in, has no way back, or is not known",
    ),
)
def command(
    paths: tuple[str, ...],
    dialect: str | None,
    config: str,
    form: str,
    undo: bool,
    suffix: str | None,
    strict: bool,
) -> None:
    """List the statements of scripts, or propose how to reverse them."""
    from relplan import api
    from relplan.config import load

    if not undo and (suffix is not None or strict):
        raise click.UsageError(say("--suffix 和 --strict 要与 --undo 同用", "--suffix and --strict go with --undo"))
    known = dialect or str(load(config).checking.settings.dialect)
    scripts = [script for path in paths for script in api.sql_scripts(path, known)]
    if undo:
        try:
            proposals = api.undo(scripts, suffix or "")
        except ReadError as error:
            raise click.UsageError(error.text(language())) from error
        _undo(proposals, form, strict)
        return
    if form == "json":
        import json

        click.echo(json.dumps(api.sql_report(scripts), ensure_ascii=False, indent=2))
        return
    for each in scripts:
        _list(each)
    click.echo(_counts(scripts), err=True)


def _undo(proposals: Sequence[PlacedProposal], form: str, strict: bool) -> None:
    from relplan import api

    if form == "json":
        import json

        click.echo(json.dumps(api.undo_report(proposals), ensure_ascii=False, indent=2))
    else:
        click.echo(api.undo_text(proposals, language()), nl=False)
    if strict and not all(each.proposal.is_complete for each in proposals):
        sys.exit(1)


def _list(placed: PlacedScript) -> None:
    if placed.script.encoding not in ("", "utf-8", "utf-8-sig"):
        encoding = placed.script.encoding
        click.echo(say(f"{placed.place}: 编码是 {encoding}", f"{placed.place}: the encoding is {encoding}"), err=True)
    for danger in placed.script.loose:
        click.echo(_danger(placed, danger))
    for statement in placed.script.statements:
        click.echo(_line(placed, statement))
        for danger in statement.dangers:
            click.echo(f"    {_danger(placed, danger)}")


def _line(placed: PlacedScript, statement: Statement) -> str:
    objects = ", ".join(str(each) for each in statement.objects)
    words = [placed.at(statement.place), str(statement.kind), statement.verb, objects]
    return "  ".join(word for word in words if word)


def _danger(placed: PlacedScript, danger: Danger) -> str:
    kind = click.style(str(danger.kind), fg="yellow")
    return f"{placed.at(danger.place)}  {kind}  {danger.message.text(language())}"


def _counts(scripts: Sequence[PlacedScript]) -> str:
    statements = sum(len(each.script.statements) for each in scripts)
    dangers = sum(len(each.script.dangers) for each in scripts)
    return say(
        f"共 {statements} 条语句，{dangers} 处需要注意",
        f"{_many(statements, 'statement')}, {_many(dangers, 'danger')}",
    )


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
