"""`relplan template`: company forms."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence

import click

from relplan.cli.speech import language, say


@click.group(
    "template",
    help=say(
        "公司自己的 Word 和 Excel 模板：检查，查看可用的名字。",
        "Word and Excel forms of your own: check them, see what names there are.",
    ),
)
def command() -> None:
    """The group of commands about templates."""


@command.command(
    "check",
    help=say(
        "检查模板 FILE（.docx、.xlsx 等）：列出标记中的所有错误，以及用到的名字。有错误时退出码为 1。",
        "Check the form FILE (.docx, .xlsx …): list all that is wrong with its tags, and the names they use. Exit 1 if something is.",
    ),
)
@click.argument("file")
@click.option(
    "--marked",
    metavar=say("文件", "COPY"),
    default="",
    help=say(
        "写出一份模板，在每处错误加 Word 批注或 Excel 批注",
        "Write the form with a Word comment or cell note at each place",
    ),
)
@click.option("--json", "as_json", is_flag=True, help=say("输出 JSON", "Print JSON"))
@click.option("--macros", is_flag=True, help=say("接受带宏的模板", "Take a template with macros"))
def check(file: str, marked: str, as_json: bool, macros: bool) -> None:
    """Check a template."""
    from relplan import api, files

    report = api.check_template(file, macros=macros)
    if marked:
        files.write({marked: api.marked_template(file, macros=macros)})
    if as_json:
        found = [{"place": str(each.place), "zh": each.message.zh, "en": each.message.en} for each in report.problems]
        data = {
            "file": file,
            "tags": report.tags,
            "problems": found,
            "names": list(report.names),
            "known": [each.name for each in api.template_fields()],
            "styles": list(report.styles),
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        for each in report.problems:
            click.echo(f"{each.place}: {each.message.text(language())}")
        _listed(say("用到的名字", "names that it uses"), report.names)
        known = [each.name for each in api.template_fields() if not each.name.startswith("|")]
        _listed(
            say(
                "可用的名字（说明见 relplan template fields）",
                "names that it could use (told by relplan template fields)",
            ),
            known,
        )
        _listed(
            say(
                "缺少的样式（用到时取自内置主题）",
                "styles that it lacks (taken from the built-in theme where they are used)",
            ),
            report.styles,
        )
    tags, problems = report.tags, len(report.problems)
    click.echo(say(f"{tags} 个标记，{problems} 处错误", f"{tags} tags, {problems} errors"), err=True)
    sys.exit(1 if problems else 0)


def _listed(title: str, names: Sequence[str]) -> None:
    """Names below a title, as many on a line as fit."""
    if names:
        click.echo(f"\n{title}:")
        click.echo(
            textwrap.fill(", ".join(names), 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        )


@command.command(
    "fields",
    help=say(
        "列出模板可用的名字和过滤器；给出 NAME 时只列出其中的（如 plan.table.rows）。",
        "List the names and filters that templates have; with NAME those in it (such as plan.table.rows).",
    ),
)
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help=say("输出 JSON", "Print JSON"))
def fields(name: str, as_json: bool) -> None:
    """List what templates have."""
    from relplan import api

    found = api.template_fields(name)
    if as_json:
        click.echo(json.dumps([each._asdict() for each in found], ensure_ascii=False, indent=2))
        return
    width = max(len(each.name) for each in found)
    for each in found:
        click.echo(f"{each.name:<{width}}  {say(each.zh, each.en)}".rstrip())
