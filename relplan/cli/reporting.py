"""What the command says on stderr about the files it has read."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click
from msgspec import structs

from relplan.cli.speech import language, say
from relplan.errors import Problem
from relplan.model.read import KIND_WORDS, Notice, NoticeKind, Read
from relplan.model.report import in_order

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from relplan.readers.options import ReadOptions

MOST_GONE: Final = 20

LONG_TABLE: Final = 5000
"""Rows of a table from which on a bar shows how far the reading is."""

_COLOURS: Final[dict[NoticeKind, str]] = {
    "read": "green",
    "guessed": "yellow",
    "unplaced": "yellow",
    "unreadable": "red",
}


def report(
    read: Read, kinds: Iterable[NoticeKind] = ("read", "guessed", "unplaced", "unreadable"), form: str = "text"
) -> None:
    """Print each notice with its place, by file and place, then how many there are; or, as `json`, what became of all words."""
    if form == "json":
        import json

        from relplan import api

        click.echo(json.dumps(api.report(read), ensure_ascii=False, indent=2), err=True)
        return
    shown = [notice for notice in in_order(read) if notice.kind in set(kinds)]
    for notice in shown:
        click.echo(_line(notice), err=True)
    rows = len(read.plan.table.rows)
    counts = "".join(
        say(f"，{words.zh} {count} 处", f", {count} {words.en}")
        for kind, words in KIND_WORDS.items()
        if kind != "read" and (count := sum(1 for notice in shown if notice.kind == kind))
    )
    click.echo(say(f"共 {rows} 个系统{counts}", f"{rows} {'system' if rows == 1 else 'systems'}{counts}"), err=True)


def report_gone(gone: Sequence[Problem]) -> None:
    """Print what the file that is written over said and the plan does not: the first few, and how many more there are."""
    word = click.style(say("移除", "gone"), fg="yellow")
    for each in gone[:MOST_GONE]:
        click.echo(f"{word}  {each.text(language())}", err=True)
    if more := len(gone) - MOST_GONE if len(gone) > MOST_GONE else 0:
        click.echo(f"{word}  {say(f'还有 {more} 处', f'and {more} more')}", err=True)


def _line(notice: Notice) -> str:
    words, colour = KIND_WORDS[notice.kind], _COLOURS[notice.kind]
    said = notice.problem.text(language()).replace("\n", " ⏎ ")  # a line for each, also where a cell has several
    return f"{click.style(words.text(language()), fg=colour)}  {said}"


@contextlib.contextmanager
def progress_of(options: ReadOptions) -> Iterator[ReadOptions]:
    """The options with a bar on stderr while long tables are read, where stderr is a terminal."""
    if not sys.stderr.isatty():
        yield options
        return
    with contextlib.ExitStack() as stack:
        bars: list[ProgressBar[int]] = []

        def show(done: int, rows: int) -> None:
            if rows < LONG_TABLE:
                return
            if not bars:
                bars.append(
                    stack.enter_context(click.progressbar(length=rows, label=say("读取", "Reading"), file=sys.stderr))
                )
            bars[0].length = rows
            bars[0].update(done - bars[0].pos)

        yield structs.replace(options, progress=show)
