"""`relplan schema`."""

from __future__ import annotations

import click

from relplan.cli.speech import say


@click.command(
    "schema",
    help=say(
        "输出计划文件的 JSON Schema，供编辑器补全和检查。",
        "Print the JSON Schema of plan files, for editors to complete and check with.",
    ),
)
@click.option(
    "-o",
    "--output",
    metavar=say("文件", "FILE"),
    default="-",
    help=say("写入文件；默认标准输出", "The file to write; by default stdout"),
)
def command(output: str) -> None:
    """Print the schema."""
    import json

    from relplan import api, files

    text = json.dumps(api.schema(), ensure_ascii=False, indent=2) + "\n"
    files.write({output: text.encode()})
