"""`relplan documents`."""

from __future__ import annotations

import click

from relplan.cli.speech import say


@click.command(
    "documents",
    help=say(
        "列出文档及其模板；--copy 取出模板以便修改。",
        "List the documents and their templates; --copy takes them out for changing.",
    ),
)
@click.option(
    "--copy",
    "folder",
    metavar=say("文件夹", "DIR"),
    help=say(
        "把模板和主题复制到文件夹，修改后用于 render 的 -t 和 --theme",
        "Copy templates and themes into a folder, to change and use with -t and --theme of render",
    ),
)
def command(folder: str | None) -> None:
    """List the documents."""
    from relplan import api

    if folder is not None:
        for path in api.copy_templates(folder):
            click.echo(path, err=True)
        return
    known = api.documents()
    width = max(len(each.name) for each in known)
    for each in known:
        click.echo(f"{each.name:<{width}}  {say(each.title_zh, each.title_en)}  {each.template}")
