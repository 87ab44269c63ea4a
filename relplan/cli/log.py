"""`relplan log`."""

from __future__ import annotations

import click

from relplan.cli.golive import CONFIG, FORM, NOW, PROCESS, carried_by, moment, tell_torn
from relplan.cli.speech import language, say


@click.command(
    "log",
    help=say(
        "在计划旁的日志（.log.jsonl）中追加一行：REF 的状态是 STATUS。REF 是看到的编号，如 V.3、VI.2、gate:go-live/minutes、"
        "notice:order；STATUS 为 done、pass、fail、skip、waive（须写理由）、sent、approved。不写 REF 则显示看板：还有什么没做、由谁做、"
        "离回退时限还有多久。",
        "Add a line to the log beside the plan (.log.jsonl): REF has STATUS. REF is the number people see, such as V.3, VI.2, "
        "gate:go-live/minutes or notice:order; STATUS is done, pass, fail, skip, waive (with its reason), sent or approved. Without "
        "REF it shows the board: what is open, whose it is, how far the rollback deadline is.",
    ),
)
@click.argument("plan")
@click.argument("ref", required=False)
@click.argument("status", required=False)
@click.option("--by", default="", metavar=say("姓名", "NAME"), help=say("谁做的", "Who did it"))
@click.option("--value", default="", metavar=say("值", "VALUE"), help=say("测得的值", "What was measured"))
@click.option("--evidence", default="", metavar=say("文件或链接", "FILE|LINK"), help=say("凭据", "What shows it"))
@click.option(
    "--note", default="", metavar=say("文字", "TEXT"), help=say("备注；豁免的理由", "A note; the reason of a waiver")
)
@click.option("--at", metavar=say("时间", "TIME"), help=say("什么时候做的，带时区；默认现在", "When it was done, with its zone; by default now"))  # fmt: skip
@click.option("--from", "source", metavar=say("文件", "FILE"), help=say("把运行单导出的各行并入日志", "Add the lines that a run sheet has exported"))  # fmt: skip
@click.option(
    "--all", "everything", is_flag=True, help=say("看板也显示已完成的", "The board shows what is done as well")
)
@FORM
@NOW
@PROCESS
@CONFIG
def command(plan: str, ref: str | None, status: str | None, source: str | None, at: str | None, now: str | None, form: str, everything: bool, process: str, config: str, **said: str) -> None:  # fmt: skip
    """Log what was done, or show what is open."""
    from relplan import api, files

    if ref is not None and (status is None or source):
        raise click.UsageError(say("请写成 relplan log PLAN REF STATUS", "write it like relplan log PLAN REF STATUS"))
    carried = carried_by(plan, process, config)
    tell_torn(carried)
    if source:
        added = api.add_lines(carried, files.read(source), source)
        click.echo(say(f"并入 {len(added)} 行", f"{len(added)} lines added"), err=True)
    elif ref is not None and status is not None:
        entry = api.add_to_log(carried, ref, status, moment(at), **said)
        click.echo(f"{carried.path}: {entry.ref}  {entry.status.label(language())}  {entry.text}", err=True)
    else:
        shown = api.board(carried, moment(now), form, language=language(), everything=everything)
        files.write({files.STANDARD: shown})
