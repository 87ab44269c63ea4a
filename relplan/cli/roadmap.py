"""`relplan roadmap`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import TYPE_CHECKING

import click

from relplan.cli.speech import language, say

if TYPE_CHECKING:
    from relplan.api import LoadedRoadmap
    from relplan.errors import Language


def clock(_: click.Context, __: click.Parameter, value: str | None) -> dt.datetime:
    """The moment of `--now`, else this one; a time without a zone is one of this machine's."""
    if not value:
        return dt.datetime.now(dt.UTC)
    try:
        found = dt.datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            say("时间应写成 2026-08-20 或 2026-08-20T22:00+08:00", "write it like 2026-08-20 or 2026-08-20T22:00+08:00")
        ) from None
    return found if found.tzinfo else found.astimezone()


@click.command(
    "roadmap",
    help=say(
        "显示产品的发布路线图：每个发布的日期、目标、迭代和状态，时间线，以及节奏。ROADMAP 可以是 roadmap.yaml、表格，或放计划的文件夹。"
        "检查节奏用 relplan check，生成文档用 relplan render -d roadmap，日历用 -d calendar。",
        "Show the roadmap of a product: the day, goal, iterations and status of each release, a time line, and the pace. ROADMAP may be a "
        "roadmap.yaml, a spreadsheet, or a folder of plans. relplan check looks at its pace, relplan render -d roadmap makes documents "
        "of it, -d calendar a calendar.",
    ),
)
@click.argument("roadmap")
@click.option(
    "-o",
    "--output",
    default="",
    metavar=say("文件", "FILE"),
    help=say("把表格写成 roadmap.yaml", "Write a spreadsheet as a roadmap.yaml"),
)
@click.option(
    "--now",
    callback=clock,
    metavar=say("时间", "TIME"),
    help=say("以这个时间判断是否逾期；默认现在", "The moment at which things are late; by default now"),
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help=say("输出的语言", "The language of the output"))
@click.option("--json", "as_json", is_flag=True, help=say("输出 JSON", "Print JSON"))
@click.option("--force", is_flag=True, help=say("覆盖已有的文件", "Write over a file that is there"))
def command(roadmap: str, output: str, now: dt.datetime, lang: Language | None, as_json: bool, force: bool) -> None:
    """Show a roadmap."""
    from relplan import api

    loaded = api.load_roadmap(roadmap, now=now)
    for each in loaded.notices:
        click.echo(
            f"{click.style(say('未读入', 'not placed'), fg='yellow')}  {each.problem.text(language())}", err=True
        )
    if output:
        return _write(loaded, output, force)
    if as_json:
        click.echo(json.dumps(api.roadmap_data(loaded.course), ensure_ascii=False, indent=2))
        return None
    sys.stdout.buffer.write(api.roadmap_as(loaded.course, "text", lang or language()))
    return None


def _write(loaded: LoadedRoadmap, output: str, force: bool) -> None:
    from pathlib import Path as FilePath

    from relplan import api, files
    from relplan.errors import WriteError, problem

    if FilePath(output).suffix.lower() not in (".yaml", ".yml") and output != files.STANDARD:
        zh, en = "路线图写成 .yaml 文件", "a roadmap is written as a .yaml file"
        raise WriteError(problem(zh, en, output))
    if FilePath(output).exists() and not force:
        zh, en = "文件已存在；用 --force 覆盖", "the file is there already; --force writes over it"
        raise WriteError(problem(zh, en, output))
    for path in files.write({output: api.roadmap_as(loaded.course, "yaml")}):
        click.echo(path, err=True)
