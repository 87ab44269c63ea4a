"""`relplan order`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final, cast

import click

from relplan.cli.reading import read_options, reading_options
from relplan.cli.speech import language, say

if TYPE_CHECKING:
    from relplan.errors import Language
    from relplan.model.read import Read
    from relplan.sequence.order import ReleaseOrder
    from relplan.sequence.words import Remark

FORMS: Final = ("text", "md", "mermaid", "svg", "json")
ENDINGS: Final = {".txt": "text", ".md": "md", ".mmd": "mermaid", ".svg": "svg", ".json": "json"}


@click.command(
    "order",
    help=say(
        "按“发布依赖”计算发布顺序：分成若干批，同一批可以并行，并说明每个系统为什么在这一批。PLAN 可以是计划文件，也可以是能导入的"
        "任何文件。有循环依赖时全部列出，退出码为 1。",
        "Work out the release order from the dependencies: in waves, whose systems can go side by side, with the reason of each "
        "place. PLAN may be a plan file or any file that can be imported. Cycles are all named, and the exit code is 1.",
    ),
)
@click.argument("plan")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help=say("输出的形式；默认按 -o 的扩展名，否则 text", "The form of the output; by default as -o ends, else text"),
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar=say("文件", "FILE"),
    help=say(
        "输出文件（.txt .md .mmd .svg .json）；与 --write 同用时是要写的计划；默认标准输出",
        "The output (.txt .md .mmd .svg .json), with --write the plan to write; by default stdout",
    ),
)
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help=say("输出的语言；图默认按计划", "The language of the output; by default, of pictures, the plan's"),
)
@reading_options
@click.option(
    "--write",
    is_flag=True,
    help=say("把批次填入计划的“发布顺序”，保留注释", "Fill the waves into the plan's orders; its comments stay"),
)
@click.option(
    "--force",
    is_flag=True,
    help=say("改写已填写的不同顺序", "Write over orders that the team has written"),
)
@click.option(
    "--check",
    is_flag=True,
    help=say(
        "不输出；已填写的顺序与依赖矛盾时退出码为 1",
        "Write nothing; exit 1 if the written order contradicts the dependencies",
    ),
)
def command(
    plan: str,
    form: str | None,
    output: str,
    lang: Language | None,
    sheets: tuple[str, ...],
    columns: dict[str, str],
    risks: dict[str, str],
    limit: int | None,
    config: str,
    write: bool,
    force: bool,
    check: bool,
) -> None:
    """Work out the release order."""
    from relplan import api
    from relplan.cli.reporting import progress_of, report
    from relplan.config import load

    target = _target(plan, output, form, write, force, check)
    settings = load(config)
    with progress_of(read_options(settings, sheets, columns, risks, limit)) as shown:
        read = api.load(plan, options=shown)
    if read.notices:
        report(read, ("guessed", "unplaced", "unreadable"))
    order = api.order(read.plan)
    _tell(read, order)
    if check:
        sys.exit(0 if order.possible and not order.conflicts else 1)
    if write and order.possible:
        _fill(read, target, force)
    elif not write:
        _show(read, target, form or _form(output), cast("Language | None", lang or settings.lang or None))
    sys.exit(0 if order.possible else 1)


def _target(plan: str, output: str, form: str | None, write: bool, force: bool, check: bool) -> str:
    """The file to write; refuses options that do not go together."""
    from relplan import files, formats
    from relplan.errors import WriteError

    if check and (write or form or output != files.STANDARD):
        raise click.UsageError(say("--check 不输出任何内容", "--check gives no output"))
    if force and not write:
        raise click.UsageError(say("--force 只与 --write 同用", "--force goes with --write"))
    if not write:
        if form is None:
            _form(output)
        return output
    if form:
        raise click.UsageError(say("--write 写的是计划，没有 --format", "--write writes a plan; it takes no --format"))
    target = plan if output == files.STANDARD else output
    try:
        if target != files.STANDARD:
            formats.for_writing(target, "plan_writer")
    except WriteError:
        raise click.UsageError(
            say(
                f"{target} 不是计划文件；请用 -o 指定要写的 .yaml 或 .json 文件",
                f"{target} is no plan file; name the .yaml or .json file to write with -o",
            )
        ) from None
    return target


def _form(output: str) -> str:
    """The form that the ending of a file says; text for stdout."""
    if output == "-":
        return "text"
    if found := ENDINGS.get(FilePath(output).suffix.lower()):
        return found
    raise click.UsageError(
        say(
            f"看不出 {output} 的形式；请用 --format，或用扩展名 {' '.join(ENDINGS)}",
            f"there is no telling the form of {output}; use --format, or one of the endings {' '.join(ENDINGS)}",
        )
    )


def _tell(read: Read, order: ReleaseOrder) -> None:
    """Print what makes an order impossible, what contradicts it, and what was left out of account."""
    from relplan.sequence.words import contradictions, doubts, obstacles

    table = read.plan.table
    for word, colour, remarks in (
        (say("错误", "error"), "red", obstacles(order)),
        (say("矛盾", "contradiction"), "red", contradictions(order, table)),
        (say("注意", "note"), "yellow", doubts(order, table)),
    ):
        _print(read, click.style(word, fg=colour), remarks)


def _print(read: Read, word: str, remarks: Iterable[Remark]) -> None:
    from relplan.errors import Problem, place_of

    for path, message in remarks:
        click.echo(f"{word}  {Problem(message, place_of(read.places, path)).text(language())}", err=True)


def _fill(read: Read, target: str, force: bool) -> None:
    """Write the plan with its waves as orders."""
    from relplan import api, files
    from relplan.cli.reporting import report_gone

    saved = api.saved(api.with_order(read.plan, force=force, places=read.places), target)
    report_gone(saved.gone)
    for path in files.write({target: saved.data}):
        click.echo(path, err=True)


def _show(read: Read, target: str, form: str, lang: Language | None) -> None:
    """Write the order in one of its forms; text is in the user's language, all others in the plan's."""
    from relplan import api, files

    words = lang or (language() if form == "text" else None)
    for path in files.write({target: api.order_as(read.plan, form, language=words)}):
        click.echo(path, err=True)
