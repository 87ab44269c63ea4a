"""`relplan check`."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import structs

from relplan.cli import COULD_NOT_RUN
from relplan.cli.copies import check_copy
from relplan.cli.reading import read_options, reading_options
from relplan.cli.speech import language, say

Command = TypeVar("Command", bound=Callable[..., Any])

if TYPE_CHECKING:
    from relplan.checks.settings import CheckSettings
    from relplan.config.checking import CheckConfig
    from relplan.findings import Checked
    from relplan.readers.options import ReadOptions
    from relplan.writers.findings.options import ReportOptions


def _words(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """`CMP,SQL206`, given once or more, as words."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def _time(_: click.Context, __: click.Parameter, value: str | None) -> dt.datetime | None:
    """A moment; without a zone it is in that of the machine."""
    if not value:
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(say("时间应写成 2026-08-20T21:00", "write the time like 2026-08-20T21:00")) from None
    return moment if moment.tzinfo else moment.astimezone()


def _rules_option(name: str, zh: str, en: str) -> Callable[[Command], Command]:
    return click.option(name, multiple=True, callback=_words, metavar=say("规则,…", "RULE,…"), help=say(zh, en))


@click.command(
    "check",
    help=say(
        "检查计划：缺什么、哪里矛盾、哪里危险，每条都有位置、原因和改法。PLAN 可以是计划文件，也可以是能导入的任何文件。",
        "Check plans: what is missing, contradictory or dangerous, each finding with its place, its reason and its cure. PLAN may "
        "be a plan file or any file that can be imported.",
    ),
)
@click.argument("plans", nargs=-1, required=True, metavar=say("计划…", "PLAN…"))
@click.option(
    "--stage",
    type=click.Choice(["draft", "test", "staging", "prod"]),
    help=say(
        "为发布的哪个阶段检查：起草、提交测试、预热、正式；默认 draft",
        "For which stage of the release; by default draft",
    ),
)
@_rules_option(
    "--select", "只用这些规则：编号、名称或一组的字母", "Only these rules: codes, names or the letters of a group"
)
@_rules_option("--ignore", "不用这些规则", "Not these rules")
@_rules_option("--extend", "再加上默认不运行的这些规则", "These rules too, though they run only when asked for")
@click.option(
    "--dialect",
    type=click.Choice(["mysql", "postgres", "oracle", "tsql"]),
    help=say("SQL 是哪种数据库的；默认 mysql", "Whose SQL it is; by default mysql"),
)
@click.option(
    "--files",
    "folder",
    metavar=say("文件夹", "DIR"),
    help=say(
        "脚本和安装包所在的文件夹：读取脚本，比对校验值",
        "The folder of scripts and packages: scripts are read, checksums compared",
    ),
)
@click.option(
    "--git",
    "repository",
    metavar=say("代码库", "REPO"),
    help=say("发布分支所在的代码库（文件夹或地址）", "The repository of the release branches (a folder or an address)"),
)
@click.option(
    "--now",
    callback=_time,
    metavar=say("时间", "TIME"),
    help=say(
        "检查的时间，如 2026-08-20T21:00；给出后才检查是否过期",
        "The time of the check, such as 2026-08-20T21:00; only with it rules ask what is past",
    ),
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "advice", "never"]),
    help=say("从哪个级别起退出码为 1；默认 error", "From which severity on the exit code is 1; by default error"),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif", "junit", "md"]),
    help=say("标准输出上报告的格式；默认 text", "The form of the report on stdout; by default text"),
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar=say("文件", "FILE"),
    help=say(
        "另把报告写入文件，可重复；扩展名决定格式：.txt .json .sarif .xml .md",
        "Write the report into a file too, repeatable; the ending says the form: .txt .json .sarif .xml .md",
    ),
)
@click.option(
    "--marked",
    metavar=say("副本", "COPY"),
    default="",
    help=say(
        "另写一份工作簿的副本，有问题的单元格已着色、批注并列出（.xlsx、.xlsm）",
        "Write a copy of the workbook too, the cells with findings coloured, commented and listed (.xlsx, .xlsm)",
    ),
)
@click.option("--verbose", is_flag=True, help=say("列出同一规则的全部问题", "Show all findings of each rule"))
@reading_options
def command(
    plans: tuple[str, ...],
    stage: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    extend: tuple[str, ...],
    dialect: str | None,
    folder: str | None,
    repository: str | None,
    now: dt.datetime | None,
    fail_on: str | None,
    form: str | None,
    outputs: tuple[str, ...],
    marked: str,
    verbose: bool,
    sheets: tuple[str, ...],
    columns: dict[str, str],
    risks: dict[str, str],
    limit: int | None,
    config: str,
) -> None:
    """Check plans."""
    from relplan import api, files
    from relplan.config import load
    from relplan.writers.findings import format_for

    for path in outputs:
        format_for(path)
    if marked:
        check_copy(marked, plans)
    settings = load(config)
    options = read_options(settings, sheets, columns, risks, limit)
    said = {"stage": stage, "dialect": dialect, "fail_on": fail_on}
    lists = {"select": list(select), "ignore": list(ignore), "extend": list(extend)}
    checking = _overruled(settings.checking, {key: value for key, value in {**said, **lists}.items() if value})
    told = _with_outside(checking.settings, folder, repository, now)
    results = [structs.replace(_checked(plan, told, options), folder=folder or "") for plan in plans]
    report = _report_options(checking.fail_on, verbose)
    contents = api.check_reports(results, outputs, language(), options=structs.replace(report, colour=False))
    if marked:
        contents |= _marked_copy(plans, marked, results, options)
    click.echo(api.check_report(results, form or "text", language(), options=report), nl=False)
    for path in files.write(contents):
        click.echo(path, err=True)
    sys.exit(_answer(results, checking.fail_on))


def _overruled(checking: CheckConfig, said: dict[str, Any]) -> CheckConfig:
    """The settings with what the command line says."""
    from relplan.config.checking import checking as made
    from relplan.errors import ReadError

    try:
        return made(said, base=checking)
    except ReadError as error:
        raise click.UsageError(error.text(language())) from None


def _with_outside(
    settings: CheckSettings, folder: str | None, repository: str | None, now: dt.datetime | None
) -> CheckSettings:
    """The settings with what lies outside the plan, where it was asked for."""
    from relplan import api

    return structs.replace(
        settings,
        files=api.folder(folder) if folder else None,
        branches=api.branches(repository) if repository else None,
        now=now,
    )


def _checked(plan: str, settings: CheckSettings, options: ReadOptions) -> Checked:
    from relplan import api
    from relplan.cli.reporting import progress_of

    with progress_of(options) as shown:
        return api.check(plan, settings, options=shown)


def _marked_copy(plans: tuple[str, ...], copy: str, results: list[Checked], options: ReadOptions) -> dict[str, bytes]:
    """The marked copy by its path; a file that cannot be read has none, and its finding says why."""
    from relplan import api
    from relplan.errors import PlanError, ReadError

    try:
        read = api.load(plans[0], options=options)
    except (ReadError, PlanError):
        return {}
    return {copy: api.marked_check(plans[0], read, results[0], language(), options=options)}


def _report_options(fail_on: str, verbose: bool) -> ReportOptions:
    from relplan.findings import Severity
    from relplan.writers.findings.options import ReportOptions

    least = next((each for each in Severity if str(each) == fail_on), None)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return ReportOptions(colour=colour, verbose=verbose, fail_on=least)


def _answer(results: list[Checked], fail_on: str) -> int:
    """The exit code: 1 where something weighs enough, 3 where a rule failed by its own fault, else 0."""
    from relplan.findings import Severity

    levels = [str(each) for each in Severity]
    failing = set(levels[: levels.index(fail_on) + 1]) if fail_on in levels else set()
    if any(str(finding.severity) in failing for checked in results for finding in checked.findings):
        return 1
    return COULD_NOT_RUN if any(each.fault for checked in results for each in checked.not_run) else 0
