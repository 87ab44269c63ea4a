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
        "把模板、用语、主题和流程复制到文件夹，修改后由 relplan.toml 的 templates 指定",
        "Copy templates, labels, themes and the process into a folder, to change and name in relplan.toml as templates",
    ),
)
@click.option(
    "--config",
    default="",
    metavar=say("设置", "FILE"),
    help=say("设置文件；默认为最近的 relplan.toml", "The settings; by default the nearest relplan.toml"),
)
def command(folder: str | None, config: str) -> None:
    """List the documents."""
    from relplan import api
    from relplan.config import load

    if folder is not None:
        for path in api.copy_templates(folder):
            click.echo(path, err=True)
        return
    with api.templates_from(load(config).templates):
        known = api.documents()
    width = max(len(each.name) for each in known)
    for each in known:
        click.echo(f"{each.name:<{width}}  {say(each.title_zh, each.title_en)}  {each.template}")
