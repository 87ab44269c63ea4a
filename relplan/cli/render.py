"""`relplan render`."""

from __future__ import annotations

import datetime as dt
import functools
import os
import sys
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, cast

import click

from relplan.cli.reading import read_options, reading_options
from relplan.cli.speech import say

if TYPE_CHECKING:
    from relplan.api import Notices
    from relplan.errors import Language

CALENDAR: Final = "calendar"
"""The document of a roadmap that is a calendar."""

NOTICES: Final = "notices"
"""The document that can be written as mails into a folder."""


def _date(_: click.Context, __: click.Parameter, value: str | None) -> dt.date | None:
    """The document's date: `--date`, else that of SOURCE_DATE_EPOCH (seconds since 1970, UTC), else none."""
    try:
        if value:
            return dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(say("日期应写成 2026-08-20", "write the date like 2026-08-20")) from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC).date() if epoch else None
    except (ValueError, OverflowError, OSError):
        raise click.UsageError(
            say("SOURCE_DATE_EPOCH 应为 1970 年以来的秒数", "SOURCE_DATE_EPOCH takes the seconds since 1970")
        ) from None


@click.command(
    "render",
    help=say(
        "由计划生成文档。PLAN 可以是计划文件，也可以是能导入的任何文件。格式由输出文件的扩展名决定：.md .docx .xlsx .html。",
        "Make a document from a plan. PLAN may be a plan file or any file that can be imported. The endings of the outputs "
        "say the formats: .md .docx .xlsx .html.",
    ),
)
@click.argument("plan")
@click.option(
    "--format",
    "format_",
    default="",
    metavar=say("格式", "FORMAT"),
    help=say(
        "PLAN 的格式，扩展名不能说明时用（标准输入按内容判断）",
        "The format of PLAN where its ending does not say it (stdin: as its content looks)",
    ),
)
@reading_options
@click.option(
    "-d",
    "--document",
    default="",
    metavar=say("文档", "NAME"),
    help=say(
        "哪份文档（见 relplan documents）；默认 plan，.xlsx 默认 workbook",
        "Which document (see relplan documents); by default plan, for .xlsx workbook",
    ),
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar=say("文件", "FILE"),
    help=say(
        "输出文件，可重复；- 为标准输出（Markdown）。-d notices 可给文件夹：写成邮件（.eml）和日历（.ics）",
        "An output, repeatable; - is stdout (Markdown). With -d notices a folder takes mails (.eml) and calendars (.ics)",
    ),
)
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help=say("文档语言；默认按计划", "The document's language; by default the plan's"),
)
@click.option(
    "-t",
    "--template",
    metavar=say("模板", "FILE"),
    help=say("使用自己的模板（.md.j2、.docx、.xlsx）", "Use a template of your own (.md.j2, .docx, .xlsx)"),
)
@click.option(
    "--theme",
    metavar=say("主题", "FILE"),
    help=say("Word（.docx）或 HTML（.css）的样式", "The look of Word (.docx) or HTML (.css)"),
)
@click.option(
    "--audience",
    type=click.Choice(["internal", "customer", "ops"]),
    help=say("发布说明给谁看；默认 internal", "Whom release notes are for; by default internal"),
)
@click.option(
    "--date",
    callback=_date,
    metavar="YYYY-MM-DD",
    help=say(
        "文档日期；默认取 SOURCE_DATE_EPOCH，否则不写", "The document's date; by default SOURCE_DATE_EPOCH's, else none"
    ),
)
@click.option(
    "--process",
    default="",
    metavar=say("流程", "FILE"),
    help=say(
        "上线流程文件；默认按设置，否则用内置的",
        "The go-live process; by default that of the settings, else the built-in one",
    ),
)
@click.option(
    "--macros",
    is_flag=True,
    help=say("接受带宏的模板（-t）；宏原样保留", "Take a template (-t) with macros; they stay as they are"),
)
@click.option(
    "--since",
    default="",
    metavar=say("版本", "VERSION"),
    help=say(
        "PLAN 是文件夹时：只收这个版本之后的发布说明（-d notes）",
        "Where PLAN is a folder: the notes of the releases after this version alone (-d notes)",
    ),
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=1,
    help=say("PLAN 是文件夹时：用几个进程", "Where PLAN is a folder: how many processes share the work"),
)
@click.option(
    "--check",
    is_flag=True,
    help=say("不写文件；输出会改变时退出码为 1", "Write nothing; exit 1 if an output would change"),
)
def command(
    plan: str,
    format_: str,
    sheets: tuple[str, ...],
    columns: dict[str, str],
    risks: dict[str, str],
    limit: int | None,
    config: str,
    document: str,
    outputs: tuple[str, ...],
    lang: str | None,
    template: str | None,
    theme: str | None,
    audience: str | None,
    date: dt.date | None,
    process: str,
    macros: bool,
    since: str,
    jobs: int,
    check: bool,
) -> None:
    """Make a document from a plan."""
    from relplan import api, files
    from relplan.cli.reporting import progress_of, report
    from relplan.config import load

    settings = load(config)
    if document in api.ROADMAP_DOCUMENTS:
        return _roadmap(plan, outputs, document, cast("Language | None", lang or settings.lang or None), date, check)
    if FilePath(plan).is_dir():
        shared = {
            "language": lang or settings.lang or None,
            "audience": audience or settings.audience or "internal",
            "date": date,
            "template": template,
        }
        with api.templates_from(settings.templates):
            return _folder(
                plan, outputs, document, since, jobs, check, theme or settings.theme or None, settings.templates, shared
            )
    if since or jobs > 1:
        raise click.UsageError(say("--since 和 --jobs 用于文件夹", "--since and --jobs take a folder"))
    options = read_options(settings, sheets, columns, risks, limit)
    with progress_of(options) as shown:
        read = api.load(plan, format=format_, options=shown)
    if read.notices:
        report(read, ("guessed", "unplaced", "unreadable"))
    golive = functools.partial(api.golive, read.plan, plan, process or settings.process)
    words = cast("Language | None", lang or settings.lang or None)
    with api.templates_from(settings.templates):
        if document == NOTICES and len(outputs) == 1 and _is_folder(outputs[0]):
            made = api.notices(golive(), language=words, date=date)
            contents = {str(FilePath(outputs[0]) / name): data for name, data in made.files.items()}
            _tell_missing(made)
            if not check:
                files.make_folder(outputs[0])
        else:
            contents = api.render_all(
                read.plan,
                outputs or (files.STANDARD,),
                document,
                theme=theme or settings.theme or None,
                language=words,
                audience=audience or settings.audience or "internal",
                date=date,
                template=template,
                macros=macros,
                golive=golive() if _wants_log(document, template) else None,
            )
    _write(contents, check)


def _roadmap(
    path: str, outputs: tuple[str, ...], document: str, language: Language | None, date: dt.date | None, check: bool
) -> None:
    """Make a document, or the calendar, of a roadmap; what is late by the document's date is late."""
    from relplan import api

    now = dt.datetime.combine(date, dt.time(), dt.UTC) if date else None
    course = api.load_roadmap(path, now=now).course
    if document == CALENDAR:
        if any(FilePath(each).suffix.lower() != ".ics" and each != "-" for each in outputs):
            raise click.UsageError(say("日历写成 .ics 文件", "a calendar is an .ics file"))
        return _write(dict.fromkeys(outputs or ("-",), api.roadmap_calendar(course, language, date)), check)
    return _write(api.roadmap_outputs(course, outputs or ("-",), language), check)


def _folder(
    folder: str,
    outputs: tuple[str, ...],
    document: str,
    since: str,
    jobs: int,
    check: bool,
    theme: str | None,
    templates: str,
    options: dict[str, Any],
) -> None:
    """Make the documents of a folder of plans: of each, where outputs say `{name}`, or their notes in one."""
    from relplan import api

    releases = api.load_folder(folder)
    chosen = api.since(releases, since) if since else releases
    if not any("{name}" in each for each in outputs):
        if document != "notes":
            zh = "文件夹中的计划合成一份时只能用 -d notes；逐份生成时在 -o 中写 {name}，如 -o 'out/{name}.docx'"
            en = "plans of a folder make one document with -d notes alone; for one of each, write {name} in -o: -o 'out/{name}.docx'"
            raise click.UsageError(say(zh, en))
        made = api.collected_notes(chosen, **options)
        return _write(api.collected_as(made, outputs or ("-",)), check)
    if any("{name}" not in each for each in outputs):
        raise click.UsageError(say("每个 -o 都要有 {name}", "every -o takes {name}"))
    shared = {"theme": theme, "templates": templates, **options}
    _render_each([each.path for each in chosen], outputs, document, jobs, check, shared)
    return None


def _render_each(
    paths: list[FilePath], outputs: tuple[str, ...], document: str, jobs: int, check: bool, options: dict[str, Any]
) -> None:
    """The documents of each plan: all are written, or none."""
    from concurrent.futures import ProcessPoolExecutor

    from relplan import api
    from relplan.errors import WriteError, problem

    stems = [path.stem for path in paths]
    twice = next((stem for stem in stems if stems.count(stem) > 1), None)
    if twice:
        zh, en = (
            f"有两份计划叫“{twice}”，输出会互相覆盖",
            f'two plans are called "{twice}"; one would write over the other',
        )
        raise WriteError(problem(zh, en))
    if jobs > 1:
        with ProcessPoolExecutor(jobs) as executor:
            found = list(api.render_many(paths, outputs, document, executor=executor, **options))
    else:
        found = list(api.render_many(paths, outputs, document, **options))
    errors = [each.error for each in found if each.error]
    if errors:
        raise type(errors[0])([told for error in errors for told in error.problems])
    _write({path: data for each in found for path, data in each.files.items()}, check)


def _write(contents: dict[str, bytes], check: bool) -> None:
    """Write the files and name them; with `check` only say by the exit code whether one would change."""
    from relplan import files

    if check:
        sys.exit(1 if files.changed(contents) else 0)
    for path in files.write(contents):
        click.echo(path, err=True)


def _is_folder(path: str) -> bool:
    """Whether an output is meant as a folder: it is one, or its name has no ending."""
    return path != "-" and (FilePath(path).is_dir() or not FilePath(path).suffix)


def _tell_missing(made: Notices) -> None:
    """Say on stderr whom the notices cannot reach."""
    note = click.style(say("注意", "note"), fg="yellow")
    if made.without_address:
        zh, en = "、".join(made.without_address), ", ".join(made.without_address)
        click.echo(f"{note}  {say(f'联系方式中没有邮箱：{zh}', f'no mail address in the contact of {en}')}", err=True)
    if made.without_people:
        zh, en = "、".join(each.zh for each in made.without_people), ", ".join(each.en for each in made.without_people)
        click.echo(f"{note}  {say(f'参与人员中没有：{zh}', f'no participant is among the {en}')}", err=True)


def _wants_log(document: str, template: str | None) -> bool:
    """Whether a document may show what was logged; the plan, its table and its notes never do."""
    return template is not None or document not in ("", "plan", "table", "notes", "workbook", "form", "order", "undo")
