"""What the command says on stderr about a file it has read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import click

from relplan.cli.speech import language, say
from relplan.model.read import Notice, NoticeKind, Read

_WORDS: Final[dict[NoticeKind, tuple[str, str, str]]] = {
    "read": ("读取", "read", "green"),
    "guessed": ("推测", "guessed", "yellow"),
    "unplaced": ("未读入", "not placed", "yellow"),
    "unreadable": ("无法读取", "unreadable", "red"),
}


def report(read: Read, kinds: Iterable[NoticeKind] = ("read", "guessed", "unplaced", "unreadable")) -> None:
    """Print each notice with its place, then how many there are."""
    shown = [notice for notice in read.notices if notice.kind in set(kinds)]
    for notice in shown:
        click.echo(_line(notice), err=True)
    rows = len(read.plan.table.rows)
    counts = "".join(
        say(f"，{zh} {count} 处", f", {count} {en}")
        for kind, (zh, en, _) in _WORDS.items()
        if kind != "read" and (count := sum(1 for notice in shown if notice.kind == kind))
    )
    click.echo(say(f"共 {rows} 个系统{counts}", f"{rows} {'system' if rows == 1 else 'systems'}{counts}"), err=True)


def _line(notice: Notice) -> str:
    zh, en, colour = _WORDS[notice.kind]
    return f"{click.style(say(zh, en), fg=colour)}  {notice.problem.text(language())}"
