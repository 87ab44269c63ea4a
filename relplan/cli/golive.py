"""What `relplan log` and `relplan gate` have in common: their options, and the plan with its log."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from relplan.cli.speech import language, say

if TYPE_CHECKING:
    from relplan.api.going_live import GoLive

PROCESS = click.option(
    "--process",
    default="",
    metavar=say("流程", "FILE"),
    help=say(
        "流程文件；默认按设置，否则用内置的", "The process; by default that of the settings, else the built-in one"
    ),
)
CONFIG = click.option(
    "--config",
    default="",
    metavar=say("设置", "FILE"),
    help=say("设置文件；默认最近的 relplan.toml", "The settings; by default the nearest relplan.toml"),
)
NOW = click.option(
    "--now",
    metavar=say("时间", "TIME"),
    help=say("当作现在的时间，带时区，如 2026-08-21T01:30+08:00；默认当前时间", "The time to take for now, with its zone, such as 2026-08-21T01:30+08:00; by default the clock's"),
)  # fmt: skip
FORM = click.option(
    "--format", "form", type=click.Choice(["text", "json", "md"]), default="text", help=say("输出的形式；默认 text", "The form of the output; by default text")
)  # fmt: skip


def carried_by(plan: str, process: str, config: str) -> GoLive:
    """The plan with its process and its log."""
    from relplan import api
    from relplan.config import load

    settings = load(config)
    return api.golive(api.load(plan, options=settings.reading).plan, plan, process or settings.process)


def tell_torn(carried: GoLive) -> None:
    """Say on stderr that the last line of the log is torn."""
    if carried.torn:
        click.echo(f"{click.style(say('注意', 'note'), fg='yellow')}  {carried.torn.text(language())}", err=True)


def moment(text: str | None) -> dt.datetime:
    """A moment as it was typed, else the clock's."""
    from relplan import api

    return api.moment(text) if text else dt.datetime.now(dt.UTC)
