"""The command `relplan`: reads options, calls `relplan.api`, prints. It holds no logic of its own.

stdout carries only the product, everything else goes to stderr. Exit codes: 0 fine, 1 the answer is no,
2 wrong use, 3 could not run. Nothing but click is imported until a command needs it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, Final

_OBJECTS_MADE: Final = 100_000
"""How many objects are made before Python looks for garbage: what is imported and read is none, and a command soon ends."""
gc.set_threshold(_OBJECTS_MADE)

import click  # noqa: E402  # it is the first of what is imported

from relplan.cli.speech import say  # noqa: E402

if TYPE_CHECKING:
    from relplan.errors import RelplanError

COULD_NOT_RUN: Final = 3

COMMANDS: Final[dict[str, tuple[str, str, str]]] = {
    "new": ("new", "生成一份起始计划", "Write a starter plan"),
    "import": ("importing", "把表格或文件读成计划", "Read a spreadsheet or file into a plan"),
    "render": ("render", "由计划生成文档", "Make documents from a plan"),
    "order": ("order", "按依赖计算发布顺序", "Work out the release order from the dependencies"),
    "diff": ("diff", "比较两份计划", "Compare two plans"),
    "merge": ("merge", "合并几个人对同一份计划的修改", "Merge the changes of several people"),
    "roadmap": ("roadmap", "显示产品的发布路线图和节奏", "Show the roadmap of a product and its pace"),
    "documents": ("documents", "列出文档及其模板", "List the documents and their templates"),
    "template": ("template", "检查公司自己的模板", "Check forms of your own"),
    "checksum": ("checksum", "列出或校验文件的校验值", "List or verify the checksums of files"),
    "log": ("log", "记录做了什么，或显示还没做的", "Log what was done, or show what is open"),
    "gate": ("gate", "能否进入某个阶段，是否回退", "Whether a stage may begin, or the release has to go back"),
    "check": ("check", "检查计划", "Check plans"),
    "rules": ("rules", "列出检查规则", "List the rules of the check"),
    "explain": ("explain", "说明检查规则", "Explain rules of the check"),
    "sql": ("sql", "列出 SQL 脚本的语句及其危险", "List the statements of SQL scripts and their dangers"),
    "schema": ("schema", "输出计划文件的 JSON Schema", "Print the JSON Schema of plan files"),
}
"""Every command: the module of `relplan.cli` it is in, and what it does."""


class _Commands(click.Group):
    """Loads a command's module when the command is named; its list of commands needs none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"relplan.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from relplan.errors import suggest

            hint, known = suggest(args[0], COMMANDS), ", ".join(COMMANDS)
            ctx.fail(
                say(
                    f"没有命令“{args[0]}”{hint.zh or f'；可用：{known}'}",
                    f'there is no command "{args[0]}"{hint.en or f"; known: {known}"}',
                )
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say("命令", "Commands")):
            formatter.write_dl([(name, say(zh, en)) for name, (_, zh, en) in COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from relplan import __version__

        click.echo(f"relplan {__version__}")
        ctx.exit()


@click.group(
    cls=_Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "color": False if os.environ.get("NO_COLOR") else None,
    },
    help=say(
        "一份经过校验的发布计划，生成发布所需的每一份文档（Markdown、Word、Excel、HTML，中英文）。",
        "One validated release plan, and every document a release needs (Markdown, Word, Excel, HTML; Chinese and English).",
    ),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help=say("显示版本", "Show the version"),
)
def cli() -> None:
    """The group of all commands."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command and end the process with its exit code; no input ends in a traceback."""
    try:
        cli.main(args=arguments, prog_name="relplan", standalone_mode=True)
    except BrokenPipeError:
        # Whoever read the output has gone; nothing is left to tell it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except MemoryError:
        click.echo(say("relplan: 内存不足", "relplan: out of memory"), err=True)
        sys.exit(COULD_NOT_RUN)
    except Exception as error:
        from relplan.errors import RelplanError  # not before it is needed: `--version` is to be quick

        if isinstance(error, RelplanError):
            _tell(error)
        elif os.environ.get("RELPLAN_DEBUG"):
            raise
        else:
            kind = f"{type(error).__name__}: {error}"
            zh = f"relplan: 内部错误：{kind}（设置 RELPLAN_DEBUG=1 可看到详情）"
            click.echo(say(zh, f"relplan: internal error: {kind} (RELPLAN_DEBUG=1 shows where)"), err=True)
        sys.exit(COULD_NOT_RUN)


def program() -> None:
    """The command as a process of its own: it ends without taking apart, object by object, what it has read and made."""
    try:
        main()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            with contextlib.suppress(OSError):  # then Python ends the process, and says what is wrong
                for stream in filter(None, (sys.stdout, sys.stderr)):  # none where they were closed
                    stream.flush()
                os._exit(end.code or 0)
        raise


def _tell(error: RelplanError) -> None:
    from relplan.cli.speech import language

    for line in error.text(language()).splitlines():
        click.echo(f"relplan: {line}" if len(error.problems) == 1 else line, err=True)
