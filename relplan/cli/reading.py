"""The options of every command that reads a file: which sheets, what headers and risk words mean, how large it may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from relplan.cli.speech import language, say

if TYPE_CHECKING:
    from relplan.config import Config
    from relplan.readers.options import ReadOptions

Command = TypeVar("Command", bound=Callable[..., Any])


def _pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`a=b,c=d`, given once or more, as pairs."""
    found = {}
    for piece in (piece for value in values for piece in value.split(",")):
        word, equals, meaning = piece.rpartition("=")
        if not equals or not word.strip() or not meaning.strip():
            raise click.BadParameter(say(f"“{piece}”应写成 甲=乙", f'write "{piece}" like a=b'))
        found[word.strip()] = meaning.strip()
    return found


OPTIONS = (
    click.option(
        "--sheet",
        "sheets",
        multiple=True,
        metavar=say("工作表", "NAME"),
        help=say(
            "只读取这个工作表，隐藏的也读；可重复", "Read this sheet only, a hidden one too; may be given several times"
        ),
    ),
    click.option(
        "--columns",
        multiple=True,
        callback=_pairs,
        metavar=say("列名=字段,…", "HEADER=FIELD,…"),
        help=say(
            "列名是发布清单的哪个字段（版本=version）；可重复",
            "Which field of the release table a header means (Ver=version); may be given several times",
        ),
    ),
    click.option(
        "--risk",
        "risks",
        multiple=True,
        callback=_pairs,
        metavar=say("词=等级,…", "WORD=LEVEL,…"),
        help=say(
            "风险列中的词是哪个等级（1=critical）；可重复",
            "Which risk level a word means (1=critical); may be given several times",
        ),
    ),
    click.option(
        "--limit",
        type=click.IntRange(min=1),
        metavar=say("倍数", "N"),
        help=say("文件大小等限制放宽到几倍", "How many times the built-in limits of size a file may reach"),
    ),
    click.option(
        "--config",
        default="",
        metavar=say("设置", "FILE"),
        help=say("设置文件；默认最近的 relplan.toml", "The settings; by default the nearest relplan.toml"),
    ),
)


def reading_options(command: Command) -> Command:
    """Give a command the options of reading a file."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def read_options(
    settings: Config, sheets: tuple[str, ...], columns: dict[str, str], risks: dict[str, str], limit: int | None
) -> ReadOptions:
    """How to read files: what the command line says, else what the settings say."""
    from relplan.config import reading
    from relplan.errors import ReadError

    said = {"sheets": sheets, "columns": columns, "risks": risks, "limit": limit}
    try:
        return reading({key: value for key, value in said.items() if value}, settings.reading)
    except ReadError as error:
        raise click.UsageError(error.text(language())) from None
