"""`relplan explain`."""

from __future__ import annotations

import click

from relplan.cli.speech import language, say


@click.command(
    "explain",
    help=say(
        "说明检查规则：检查什么、为什么、怎么改。规则写编号（SQL206）、名称（drop-column）或一组的字母（SQL）。",
        "Explain rules of the check: what they look for, why, and what to do. A rule is named by its code (SQL206), its name "
        "(drop-column) or the letters of its group (SQL).",
    ),
)
@click.argument("rules", nargs=-1, required=True, metavar=say("规则…", "RULE…"))
def command(rules: tuple[str, ...]) -> None:
    """Explain rules."""
    from relplan import api

    click.echo("\n".join(api.explain(rule, language()) for rule in rules), nl=False)
