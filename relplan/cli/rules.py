"""`relplan rules`."""

from __future__ import annotations

import click

from relplan.cli.speech import language, say


@click.command(
    "rules",
    help=say(
        "列出检查的全部规则：编号、级别、名称、检查什么；带 * 的默认不运行。",
        "List the rules of the check: code, severity, name, what they look for; those with * run only when asked for.",
    ),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "json"]),
    default="text",
    help=say("md 是全部规则的说明", "md explains all rules"),
)
def command(form: str) -> None:
    """List the rules."""
    from relplan import api

    click.echo(api.rules_as(form, language()), nl=False)
