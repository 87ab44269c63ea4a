"""`relplan checksum`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from relplan.cli.speech import language, say

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from relplan.checksums import Verification, Verified
    from relplan.errors import Problem

LONG_BYTES: Final = 256 * 2**20
"""From how many bytes on a bar shows how far the hashing is."""

MOST_EXTRA: Final = 20
"""How many files that a list does not name are told in text."""

_COLOURS: Final = {"ok": "green", "written": "green", "extra": "yellow", "unstated": "yellow", "no-checksum": "yellow"}


@click.command(
    "checksum",
    help=say(
        "列出文件的校验值，供 sha256sum -c、md5sum -c 使用；用 --verify 按清单校验，用 --plan 按计划中的安装包和脚本校验。"
        "有文件不一致或缺失时退出码为 1。",
        "List the checksums of files, as sha256sum -c and md5sum -c take them; with --verify hold files against such a list, "
        "with --plan against the packages and scripts of a plan. The exit code is 1 when a file differs or is missing.",
    ),
)
@click.argument("paths", metavar=say("[文件夹|文件…]", "[DIR|FILE…]"), nargs=-1)
@click.option(
    "--algorithm",
    metavar=say("算法", "NAME"),
    default="",
    help=say("md5、sha1、sha256（默认）、sha384 或 sha512", "md5, sha1, sha256 (the default), sha384 or sha512"),
)
@click.option(
    "-o",
    "--output",
    metavar=say("清单", "LIST"),
    default="-",
    help=say("写入的清单；默认标准输出", "The list to write; by default stdout"),
)
@click.option(
    "--verify",
    "list_",
    metavar=say("清单", "LIST"),
    default="",
    help=say(
        "按这份清单校验文件夹；默认清单所在的文件夹",
        "Hold DIR against this list; by default the folder in which it lies",
    ),
)
@click.option(
    "--plan",
    metavar=say("计划", "PLAN"),
    default="",
    help=say("校验计划中的安装包和脚本", "Hold the packages and scripts of a plan against their files"),
)
@click.option(
    "--files",
    "folder",
    metavar=say("文件夹", "DIR"),
    default="",
    help=say("计划中的文件所在的文件夹", "The folder with the files of the plan"),
)
@click.option(
    "--write",
    is_flag=True,
    help=say(
        "在计划文件中填写缺少的校验值，保留注释",
        "Fill the checksums that are not stated into the plan file, keeping its comments",
    ),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help=say("校验结果的形式", "The form of what the verification found"),
)
def command(
    paths: tuple[str, ...],
    algorithm: str,
    output: str,
    list_: str,
    plan: str,
    folder: str,
    write: bool,
    form: str,
) -> None:
    """List or verify checksums."""
    _check_use(paths, output, list_, plan, folder, write)
    _check_idle(algorithm, form, list_, plan, write)
    if plan:
        _verify_plan(plan, folder, algorithm, write, form)
    elif list_:
        from relplan import api

        with _progress() as shown:
            verification = api.verify_list(list_, paths[0] if paths else None, progress=shown)
        _report(verification, form)
    else:
        _write_list(paths, algorithm, output)


def _check_use(paths: tuple[str, ...], output: str, list_: str, plan: str, folder: str, write: bool) -> None:
    """Refuse options that do not go together."""
    if bool(list_) + bool(plan) + (output != "-") > 1:
        raise click.UsageError(say("-o、--verify 和 --plan 只能用一个", "use one of -o, --verify and --plan"))
    if bool(plan) != bool(folder) or (write and not plan):
        raise click.UsageError(
            say(
                "请一起给出 --plan 和 --files；--write 只用于 --plan",
                "give --plan and --files together; --write goes with --plan",
            )
        )
    if (plan and paths) or (list_ and len(paths) > 1):
        raise click.UsageError(say(f"多余的参数“{paths[-1]}”", f'"{paths[-1]}" is one argument too many'))
    if not (plan or list_ or paths):
        raise click.UsageError(say("请给出文件夹或文件", "name a folder or files"))


def _check_idle(algorithm: str, form: str, list_: str, plan: str, write: bool) -> None:
    """Refuse options that would do nothing."""
    if algorithm and (list_ or (plan and not write)):
        raise click.UsageError(
            say(
                "--algorithm 用于生成清单和 --write；校验时按校验值的长度判断",
                "--algorithm is for lists and --write; a verification goes by the length of each checksum",
            )
        )
    if form == "json" and not (list_ or plan):
        raise click.UsageError(
            say("--format json 用于 --verify 和 --plan", "--format json goes with --verify and --plan")
        )


def _write_list(paths: tuple[str, ...], algorithm: str, output: str) -> None:
    from relplan import api, files

    without = () if output == files.STANDARD else (output,)
    with _progress() as shown:
        made = api.checksum_list(paths, algorithm, without=without, progress=shown)
    _say_all(say("跳过", "skipped"), made.skipped)
    files.write({output: made.data})
    click.echo(say(f"共 {made.count} 个文件", f"{made.count} {'file' if made.count == 1 else 'files'}"), err=True)


def _verify_plan(plan: str, folder: str, algorithm: str, write: bool, form: str) -> None:
    from relplan import api, files, formats

    if write and plan == files.STANDARD:
        raise click.UsageError(say("--write 需要计划文件，不能是标准输入", "--write takes a plan file, not stdin"))
    if write:
        formats.for_writing(plan, "plan_writer")
    read = api.load(plan)
    with _progress() as shown:
        verification = api.verify_plan(read, folder, progress=shown)
    if write:
        with _progress() as shown:
            filled, verification = api.with_checksums(read, verification, folder, algorithm, progress=shown)
        for path in files.write({plan: api.saved(filled, plan).data}):
            click.echo(path, err=True)
    _report(verification, form)


def _report(verification: Verification, form: str) -> None:
    """Print what became of each entry, and end with the exit code."""
    if form == "json":
        import json

        from relplan import api

        click.echo(json.dumps(api.verification_report(verification, language()), ensure_ascii=False, indent=2))
    else:
        _print(verification)
    sys.exit(0 if verification.passed else 1)


def _print(verification: Verification) -> None:
    from relplan.checksums import VERDICTS

    extra = [each for each in verification.files if each.verdict == "extra"]
    for each in verification.files:
        if each.verdict != "extra":
            click.echo(_line(each))
    for each in extra[:MOST_EXTRA]:
        click.echo(_line(each))
    if more := len(extra[MOST_EXTRA:]):
        click.echo(f"{_word('extra')}  {say(f'还有 {more} 个', f'and {more} more')}")
    _say_all(say("无法读取", "unreadable"), verification.problems, "red")
    _say_all(say("注意", "remark"), verification.remarks)
    counts = [f"{VERDICTS[verdict].text(language())} {count}" for verdict, count in verification.counts().items()]
    click.echo(say("，", ", ").join(counts), err=True)


def _line(each: Verified) -> str:
    """`OK  app.jar`, or what is wrong with its place."""
    if each.message is None:
        return f"{_word(each.verdict)}  {each.name}"
    place = f"{each.place}: " if each.place else ""
    return f"{_word(each.verdict)}  {place}{each.message.text(language())}"


def _word(verdict: str) -> str:
    from relplan.checksums import VERDICTS

    return click.style(VERDICTS[verdict].text(language()), fg=_COLOURS.get(verdict, "red"))


def _say_all(word: str, problems: Iterable[Problem], colour: str = "yellow") -> None:
    for each in problems:
        click.echo(f"{click.style(word, fg=colour)}  {each.text(language())}", err=True)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], Any] | None]:
    """What shows a bar on stderr while many bytes are read, where stderr is a terminal; else None."""
    if not sys.stderr.isatty():
        yield None
        return
    with contextlib.ExitStack() as stack:
        bars: list[ProgressBar[int]] = []

        def show(done: int, total: int) -> None:
            if total < LONG_BYTES:
                return
            if not bars:
                label = say("校验", "Hashing")
                bars.append(stack.enter_context(click.progressbar(length=total, label=label, file=sys.stderr)))
            bars[0].length = total
            bars[0].update(done - bars[0].pos)

        yield show
