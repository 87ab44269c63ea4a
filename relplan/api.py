"""What a library user sees, and all that the command calls.

    import relplan

    read = relplan.load("发布清单.xlsx")              # a Read: plan, places, notices
    for notice in read.notices:
        print(notice.problem.text("zh"))
    relplan.save(read.plan, "plan.yaml")
    relplan.render_to(read.plan, ["plan.docx", "plan.xlsx"])
    page = relplan.render(read.plan, "notes", "html", language="en")

Every function raises `RelplanError` (see `relplan.errors`) with the place and the cure, and nothing else
for bad input; constructing a `ReleasePlan` by hand raises pydantic's `ValidationError`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from relplan import files, formats
from relplan.errors import (
    NO_PLACES,
    Language,
    Message,
    Path,
    Place,
    PlanError,
    Problem,
    ReadError,
    RelplanError,
    TemplateError,
    WriteError,
    place_of,
    problem,
)
from relplan.model.read import Notice, Read, collector_paused
from relplan.readers.options import DEFAULT as DEFAULT_OPTIONS
from relplan.readers.options import ReadOptions
from relplan.resources import labels, template_bytes, templates_dir

if TYPE_CHECKING:
    from relplan.artifacts import Listing, Progress
    from relplan.blocks import Document
    from relplan.checks.settings import CheckSettings, Folder
    from relplan.checksums import Verification
    from relplan.findings import Checked
    from relplan.model.plan import ReleasePlan
    from relplan.sequence.order import ReleaseOrder
    from relplan.sql import Danger, Dialect, Script, Statement
    from relplan.sql.undo import Proposal, Reversal
    from relplan.writers.findings.options import ReportOptions
    from relplan.writers.marked.styles import MarkKind


class DocumentInfo(NamedTuple):
    """A document that `render` can make: its name, its titles, and the file of its template."""

    name: str
    title_zh: str
    title_en: str
    template: FilePath


def load(
    path: str | FilePath, *, format: str = "", strict: bool = False, options: ReadOptions = DEFAULT_OPTIONS
) -> Read:
    """Read a plan from any readable file: a plan file, a workbook, a CSV file; `-` is standard input.

    Args:
        path: the file; its ending says what it is.
        format: the name of its format, where the ending does not say it (standard input: as its content looks).
        strict: refuse values that cannot be read, which else are kept as `Unread` and reported.
        options: what to read of a sheet or document, and how, where the guess would be wrong.

    Raises:
        ReadError: the file cannot be read.
        PlanError: it holds no valid plan; or `strict`, and some value cannot be read.
    """
    name = str(path)
    return _loaded(name, format, name if format else FilePath(name).name, strict, options)


def _loaded(name: str, format: str, shown: str, strict: bool, options: ReadOptions) -> Read:
    """The plan in a file; in its places the file is called `shown`."""
    if name == files.STANDARD:
        data, shown = files.read(name), "<stdin>"
        return loads(data, format or _format_of(data, shown), name=shown, strict=strict, options=options)
    if not format:
        if FilePath(name).is_dir() or not FilePath(name).exists():
            files.read(name)  # says what is wrong with the path before anything is said of its ending
        format = formats.for_reading(name).name
    return loads(files.read(name), format, name=shown, strict=strict, options=options)


def load_all(
    paths: Sequence[str | FilePath],
    *,
    format: str = "",
    strict: bool = False,
    options: ReadOptions = DEFAULT_OPTIONS,
) -> Read:
    """Read one plan from several files, which come first in their order; of one file this is `load`.

    What files say alike is in the plan once, and where they differ nothing is lost without a notice
    (see `relplan.readers.combining`). `format` is that of standard input where it is one of them, else of all.

    Raises:
        ReadError: a file cannot be read, holds nothing of a plan, or is named twice; with the problems of all files.
        PlanError: a file holds no valid plan; or `strict`, and some value cannot be read.
    """
    if len(paths) == 1:
        return load(paths[0], format=format, strict=strict, options=options)
    from relplan.readers.combining import combined

    names = [str(path) for path in paths]
    _refuse_twice(names)
    reads: list[Read] = []
    errors: list[RelplanError] = []
    for name in names:
        own = format if name == files.STANDARD or files.STANDARD not in names else ""
        try:
            reads.append(_part(name, own, _name_among(name, names), strict, options))
        except (ReadError, PlanError) as error:
            errors.append(error)
    if errors:
        kind = ReadError if any(isinstance(each, ReadError) for each in errors) else PlanError
        raise kind([each for error in errors for each in error.problems])
    return combined(reads)


def _refuse_twice(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        real = name if name == files.STANDARD else str(FilePath(name).resolve())
        if real in seen:
            raise ReadError(problem("同一个文件写了两次", "this file is named twice", name))
        seen.add(real)


def _name_among(name: str, names: Sequence[str]) -> str:
    """What a file is called in places: its bare name, unless another one is called so too."""
    bare = "<stdin>" if name == files.STANDARD else FilePath(name).name
    return bare if sum(1 for each in names if FilePath(each).name == bare) == 1 else name


def _part(name: str, format: str, shown: str, strict: bool, options: ReadOptions) -> Read:
    """One of several files."""
    read = _loaded(name, format, shown, strict, options)
    from relplan.model.plan import ReleasePlan

    silent = ReleasePlan()
    said = read.plan.model_copy(update={"language": silent.language, "time_zone": silent.time_zone})
    if said == silent:
        raise ReadError(problem("文件中没有计划的任何内容", "the file holds nothing of a plan", shown))
    return read


@collector_paused()
def loads(
    data: bytes,
    format: str = "yaml",
    *,
    name: str = "",
    strict: bool = False,
    options: ReadOptions = DEFAULT_OPTIONS,
) -> Read:
    """Read a plan from bytes in a named format; raises as `load` does. `name` stands in places and messages."""
    chosen = formats.by_content(named := formats.named(format, "reader"), data)
    read: Read = chosen.load("reader")(data, name, options)
    if chosen is not named:
        read = replace(read, notices=(_renamed(named.name, chosen.name, name), *read.notices))
    if strict and read.unreadable():
        raise PlanError([notice.problem for notice in read.unreadable()])
    return read


def _format_of(data: bytes, name: str) -> str:
    """The format of standard input; an empty one is an empty plan file."""
    if found := formats.of_content(data) or ("" if data.strip() else "yaml"):
        return found
    raise ReadError(
        problem(
            "看不出是什么格式；请用 --format 指明",
            "there is no telling what format this is; name it with --format",
            name,
        )
    )


def _renamed(ending: str, content: str, name: str) -> Notice:
    """What to say of a file whose ending is wrong."""
    message = Message(
        f"扩展名是 {ending}，内容是 {content}；已按内容读取",
        f"the ending says {ending}, the content is {content}; read as it is",
    )
    return Notice("guessed", Problem(message, Place(name)))


def dumps(plan: ReleasePlan, format: str = "yaml") -> bytes:
    """The plan as a plan file: `yaml` or `json`.

    Raises:
        WriteError: there is no such format.
    """
    data: bytes = formats.named(format, "plan_writer").load("plan_writer")(plan)
    return data


def save(plan: ReleasePlan, path: str | FilePath, *, force: bool = False) -> None:
    """Write a plan file (.yaml, .yml or .json), whole or not at all; a file that is there is changed as `saved` says.

    Raises:
        WriteError: as `saved`; or the file cannot be written.
    """
    files.write({str(path): saved(plan, path, force=force).data})


class Saved(NamedTuple):
    """What a plan file is to hold, and what it said until now that the plan says nothing about, each at its place."""

    data: bytes
    gone: tuple[Problem, ...] = ()


def saved(plan: ReleasePlan, path: str | FilePath, *, force: bool = False) -> Saved:
    """What the plan file `path` holds when a plan is saved there; `-` is YAML.

    Of a YAML file that is there, only what the plan says otherwise is changed: its comments, blank lines, the order of its keys
    and the notation of all other values stay. `force` writes the file anew, whatever is in it.

    Raises:
        WriteError: the ending is no plan file's; the file that is there holds no plan, or cannot be changed in its place.
    """
    name = str(path)
    if name == files.STANDARD:
        return Saved(dumps(plan))
    chosen = formats.for_writing(name, "plan_writer")
    anew = dumps(plan, chosen.name)
    old = files.read(name) if FilePath(name).is_file() and not force else b""
    if not old.strip() or old == anew:
        return Saved(anew)
    try:
        before = loads(old, chosen.name, name=name)
    except (ReadError, PlanError) as error:
        raise _no_plan_there(error, name) from None
    data = _changed(old, before.plan, plan, name) if chosen.name == "yaml" else anew
    return Saved(data, _gone(before, plan))


def _gone(before: Read, plan: ReleasePlan) -> tuple[Problem, ...]:
    from relplan.model.report import path_text
    from relplan.writers.planfile_update import gone

    return tuple(
        problem(
            f"计划中不再有 {path_text(path)}",
            f"{path_text(path)} is no longer in the plan",
            place_of(before.places, path),
        )
        for path in gone(before.plan.data(), plan.data())
    )


def _no_plan_there(error: RelplanError, name: str) -> WriteError:
    reason = error.problems[0]
    return WriteError(
        problem(
            f"已有的文件不是可读取的计划（{reason.text('zh')}）；换一个名字，或用 --force 覆盖",
            f"the file that is there is no plan that can be read ({reason.text('en')}); choose another name, or --force",
            name,
        )
    )


def _changed(old: bytes, before: ReleasePlan, plan: ReleasePlan, name: str) -> bytes:
    """The YAML file `old` changed to say `plan`; that it does is seen by reading it."""
    from relplan.writers.planfile_update import refusal, updated

    new = updated(old, before, plan, name)
    try:
        if new is old or loads(new).plan == plan:
            return new
    except (ReadError, PlanError):
        pass
    raise refusal(name)


def marked_copy(
    path: str | FilePath, read: Read, language: Language = "zh", *, options: ReadOptions = DEFAULT_OPTIONS
) -> bytes:
    """The workbook `path` with its bad cells coloured, commented and listed on a sheet of their own; else as it is.

    Args:
        path: the .xlsx or .xlsm file that `read` came from.
        read: what was read from it; its notices say which cells are bad.
        language: of what is written there.
        options: how it was read.

    Raises:
        ReadError: the file cannot be read.
        WriteError: it is no such workbook, or too damaged to be marked.
    """
    from relplan.model.report import in_order

    return _marked(path, [(notice.kind, notice.problem) for notice in in_order(read)], language, read, options)


def marked_check(
    path: str | FilePath,
    read: Read,
    checked: Checked,
    language: Language = "zh",
    *,
    options: ReadOptions = DEFAULT_OPTIONS,
) -> bytes:
    """The workbook `path` with the cells of findings coloured and commented, and all findings listed on a sheet of their own.

    Args:
        path: the .xlsx or .xlsm file that `read` came from.
        read: what was read from it; it tells where tables are.
        checked: what the check of it came to.
        language: of what is written there.
        options: how it was read.

    Raises:
        ReadError, WriteError: as `marked_copy`.
    """
    from relplan.writers.findings.cells import marks

    return _marked(path, marks(checked), language, read, options)


def _marked(
    path: str | FilePath,
    found: Sequence[tuple[MarkKind, Problem]],
    language: Language,
    read: Read,
    options: ReadOptions,
) -> bytes:
    from relplan.writers.marked import mark

    data = b"" if str(path) == files.STANDARD else files.read(str(path), options.limit)
    try:
        return mark(data, found, language, read)
    except WriteError as error:
        raise WriteError([replace(each, place=Place(str(path))) for each in error.problems]) from None


@collector_paused()
def check(
    source: str | FilePath | Read | ReleasePlan,
    settings: CheckSettings | None = None,
    *,
    format: str = "",
    options: ReadOptions = DEFAULT_OPTIONS,
) -> Checked:
    """What is missing, contradictory or dangerous in a plan, each with its place, its reason and its cure.

    A file that cannot be read is a finding too (PLN001).

    Args:
        source: any file that `load` takes, what `load` returned, or a plan.
        settings: how to check (see `relplan.checks.settings`); by default for the stage `draft`.
        format, options: of a file, as in `load`.

    Raises:
        ReadError: the settings name a rule that there is not.
    """
    from relplan.checks.run import check as checked
    from relplan.checks.run import unreadable
    from relplan.checks.settings import DEFAULT as DEFAULT_SETTINGS
    from relplan.model.plan import ReleasePlan

    settings = settings or DEFAULT_SETTINGS
    if isinstance(source, ReleasePlan):
        return checked(Read(source), settings)
    if isinstance(source, Read):
        return checked(source, settings)
    name = str(source)
    try:
        return checked(load(name, format=format, options=options), settings, name)
    except (ReadError, PlanError) as error:
        return unreadable(error.problems, name, settings)


def check_report(
    checks: Sequence[Checked],
    format: str = "text",
    language: Language = "zh",
    *,
    options: ReportOptions | None = None,
) -> bytes:
    """What checks came to, as one report.

    Args:
        checks: of one plan or several.
        format: `text`, `json`, `github`, `sarif`, `junit` or `md`.
        language: of its words; json holds both.
        options: what else it may be asked for (see `relplan.writers.findings.options`).

    Raises:
        WriteError: there is no such format.
    """
    from relplan.writers.findings import named
    from relplan.writers.findings.options import DEFAULT as DEFAULT_REPORT

    return named(format)(checks, language, options or DEFAULT_REPORT)


def check_reports(
    checks: Sequence[Checked],
    outputs: Sequence[str | FilePath],
    language: Language = "zh",
    *,
    options: ReportOptions | None = None,
) -> dict[str, bytes]:
    """Reports in the formats that the endings of `outputs` say, by path; `check_report` tells of the arguments.

    Raises:
        WriteError: no report has such an ending, or an output is named twice.
    """
    from relplan.writers.findings import format_for

    contents: dict[str, bytes] = {}
    for output in map(str, outputs):
        if output in contents:
            raise WriteError(problem("同一个输出文件写了两次", "this output is named twice", output))
        contents[output] = check_report(checks, format_for(output), language, options=options)
    return contents


def folder(path: str | FilePath) -> Folder:
    """The folder with the scripts and packages of a release, for `CheckSettings.files`.

    Raises:
        ReadError: there is no such folder, or it cannot be read.
    """
    from relplan.artifacts import Folder as Found

    return Found(path)


def explain(rule: str, language: Language = "zh") -> str:
    """What there is to say about a rule of the check, or about all of a group, as Markdown.

    Raises:
        ReadError: there is no such rule.
    """
    from relplan.checks.explained import explained
    from relplan.checks.registry import named, rules

    return "\n".join(explained(rules()[code].info, language) for code in sorted(named(rule)))


def rules_as(format: str = "text", language: Language = "zh") -> str:
    """All rules of the check: as `text`, a line each; as `json`; or as `md`, each explained."""
    import json

    from relplan.checks.explained import as_data, listed, page

    if format == "json":
        return json.dumps(as_data(), ensure_ascii=False, indent=2) + "\n"
    return page(language) if format == "md" else listed(language)


def report(read: Read) -> dict[str, Any]:
    """What became of each word of the input, as plain data: `files`, `values`, `labels`, `notices`, `counts`."""
    from relplan.model.report import report as made

    return made(read)


@collector_paused()
def document(
    plan: ReleasePlan,
    name: str = "plan",
    *,
    language: Language | None = None,
    audience: str = "internal",
    date: dt.date | None = None,
    template: str | FilePath | None = None,
) -> Document:
    """A document as blocks, before any format.

    Args:
        plan: what it is made from.
        name: which document; `documents()` lists them.
        language: of its words; None: the plan's own.
        audience: of release notes: `internal` or `customer`.
        date: that the document bears; None: none.
        template: a template of your own instead of the built-in one.

    Raises:
        TemplateError: the template is wrong, or no document has that name.
    """
    from relplan.documents.render import Options, make

    own = FilePath(template) if template is not None else None
    return make(plan, name, Options(language, audience, date, own))


@collector_paused()
def render(
    plan: ReleasePlan,
    name: str = "",
    format: str = "md",
    *,
    theme: str | FilePath | None = None,
    language: Language | None = None,
    audience: str = "internal",
    date: dt.date | None = None,
    template: str | FilePath | None = None,
) -> bytes:
    """One document in one format (`md`, `html`, `docx`, `xlsx`); same input, same bytes.

    `name` is by default `workbook` for xlsx and `plan` for the others. `theme` is a .docx or .css file
    that gives Word or HTML its look. The other arguments are those of `document`.

    Raises:
        TemplateError: as `document`; or the theme lacks what it needs.
        WriteError: there is no such format, or it takes no theme.
    """
    chosen = formats.named(format)
    if theme is not None and not chosen.theme:
        raise WriteError(
            problem(f"格式 {chosen.name} 不用主题", f"the format {chosen.name} takes no theme", str(theme))
        )
    made = document(plan, name or chosen.document, language=language, audience=audience, date=date, template=template)
    return _written(chosen, made, theme)


@collector_paused()
def render_all(
    plan: ReleasePlan,
    outputs: Sequence[str | FilePath],
    name: str = "",
    *,
    theme: str | FilePath | None = None,
    **options: Any,
) -> dict[str, bytes]:
    """One document in the formats that the endings of `outputs` say, by path; a document is made once for all its formats.

    `options` are those of `document`. `-` is Markdown. Raises as `render` does.
    """
    look = FilePath(theme).suffix.lower() if theme is not None else None
    if look is not None and look not in (themes := [each.theme for each in formats.FORMATS.values() if each.theme]):
        zh, en = "、".join(themes), " or ".join(themes)
        raise TemplateError(problem(f"主题应为 {zh} 文件", f"a theme is a {en} file", str(theme)))
    made: dict[str, Document] = {}
    contents: dict[str, bytes] = {}
    for output in map(str, outputs):
        chosen = formats.named("md") if output == files.STANDARD else formats.for_writing(output)
        which = name or chosen.document
        if output in contents:
            raise WriteError(problem("同一个输出文件写了两次", "this output is named twice", output))
        if which not in made:
            made[which] = document(plan, which, **options)
        contents[output] = _written(chosen, made[which], theme if look == chosen.theme else None)
    return contents


def render_to(plan: ReleasePlan, outputs: Sequence[str | FilePath], name: str = "", **options: Any) -> list[str]:
    """Write one document in the formats that the endings of `outputs` say: all files, or none.

    Returns:
        The paths that were written; a file that would not change is not touched.

    Raises:
        TemplateError, WriteError: as `render` does; or a file cannot be written.
    """
    return files.write(render_all(plan, outputs, name, **options))


def _written(chosen: formats.Format, made: Document, theme: str | FilePath | None) -> bytes:
    writer = chosen.load("writer")
    data: bytes = writer(made, files.read(str(theme)) if theme is not None else None) if chosen.theme else writer(made)
    return data


def documents() -> tuple[DocumentInfo, ...]:
    """The documents there are, in the order of their names."""
    from relplan.documents.render import TEMPLATE_ENDING, document_names

    titles: Mapping[str, Any] = {language: labels(language)["documents"] for language in ("zh", "en")}
    return tuple(
        DocumentInfo(
            name, titles["zh"].get(name, name), titles["en"].get(name, name), templates_dir() / (name + TEMPLATE_ENDING)
        )
        for name in document_names()
    )


def copy_templates(folder: str | FilePath) -> list[str]:
    """Copy the templates and themes into `folder`, to change and use as `template` and `theme`; returns the paths written.

    Raises:
        WriteError: the folder is not there, or holds a file of that name with other content.
    """
    target = FilePath(folder)
    usable = (path for path in sorted(templates_dir().iterdir()) if path.suffix == ".j2" or path.stem == "theme")
    contents = {str(target / path.name): path.read_bytes() for path in usable}
    in_the_way = [path for path in files.changed(contents) if FilePath(path).exists()]
    if in_the_way:
        raise WriteError(
            [
                problem(
                    "已有内容不同的同名文件，未覆盖",
                    "a file of that name with other content is there; not written over",
                    path,
                )
                for path in in_the_way
            ]
        )
    return files.write(contents)


def order(plan: ReleasePlan) -> ReleaseOrder:
    """The release order by the dependencies: waves, the reason of each place, cycles, unknown systems, contradictions."""
    from relplan.sequence.order import release_order

    return release_order(plan.table)


ORDER_FORMS: Final = ("text", "md", "mermaid", "svg", "json")


def order_as(plan: ReleasePlan, form: str = "text", *, language: Language | None = None) -> bytes:
    """The release order in one of `ORDER_FORMS`: as text, as the `order` document in Markdown, as a picture, or as data.

    `language` is by default the plan's own.

    Raises:
        WriteError: there is no such form; or the table has more rows than a picture can show.
    """
    import json

    from relplan.sequence import mermaid, report, svg
    from relplan.sequence.words import order_title

    found, words = order(plan), language or plan.language
    match form:
        case "text":
            return report.as_text(plan.table, found, words).encode()
        case "md":
            return render(plan, "order", "md", language=words)
        case "mermaid":
            return mermaid.mermaid(plan.table, found, words).encode()
        case "svg":
            heading = " ".join(word for word in (plan.product, plan.version, order_title(words)) if word)
            return svg.svg(plan.table, found, words, heading)
        case "json":
            return (json.dumps(report.as_data(plan.table, found), ensure_ascii=False, indent=2) + "\n").encode()
    known = ", ".join(ORDER_FORMS)
    raise WriteError(problem(f"没有“{form}”这种形式；可用：{known}", f'there is no form "{form}"; known: {known}'))


def with_order(plan: ReleasePlan, *, force: bool = False, places: Mapping[Path, Place] = NO_PLACES) -> ReleasePlan:
    """The plan with the wave of each row as its `order`.

    Args:
        plan: the plan.
        force: write over orders that the team has written and that say something else.
        places: where the values of the plan stood, for the messages.

    Raises:
        PlanError: no order keeps all dependencies; or, without `force`, some written order says something else.
    """
    from relplan.sequence.fill import differences, filled
    from relplan.sequence.words import obstacles

    found = order(plan)
    wrong = list(obstacles(found)) or ([] if force else list(differences(plan.table, found)))
    if wrong:
        raise PlanError([Problem(each.message, place_of(places, each.path)) for each in wrong])
    return plan.model_copy(update={"table": filled(plan.table, found)})


class PlacedScript(NamedTuple):
    """SQL with the place of the file or cell that it stands in."""

    place: Place
    script: Script

    def at(self, spot: Place) -> str:
        """Where a spot of the script is: `a.sql:3:1`, in a cell `发布清单.xlsx › 发布表!G7 › 3:1`."""
        between = " › " if self.place.cell or self.place.line else ":"
        return f"{self.place}{between}{spot.line}:{spot.column}"


def sql_scripts(
    path: str | FilePath, dialect: str = "mysql", *, options: ReadOptions = DEFAULT_OPTIONS
) -> tuple[PlacedScript, ...]:
    """The statements and dangers of a script, `-` being standard input; or of the DDL and DML of a plan's release table.

    Args:
        path: a file; where its ending is that of a plan, spreadsheet or document, it is read as one.
        dialect: `mysql`, `postgres`, `oracle` or `tsql`.
        options: as for `load`.

    Raises:
        ReadError: the file cannot be read, or there is no such dialect.
        PlanError: it holds no valid plan.
    """
    from relplan.sql import read_bytes
    from relplan.sql.dialects import named

    name, chosen = str(path), named(dialect)
    if name == files.STANDARD or not _holds_plan(name):
        shown = "<stdin>" if name == files.STANDARD else name
        return (PlacedScript(Place(shown), read_bytes(files.read(name), chosen, shown)),)
    return tuple(_sql_of_rows(load(path, options=options), chosen))


def _holds_plan(name: str) -> bool:
    try:
        return formats.for_reading(name).name != "txt"
    except ReadError:
        return False


def _sql_of_rows(read: Read, dialect: Dialect) -> Iterator[PlacedScript]:
    from relplan.sql import read as read_sql
    from relplan.sql.cells import CellKind, cell_of

    for index, row in enumerate(read.plan.table.rows):
        for field in ("ddl", "dml"):
            text = getattr(row, field)
            if isinstance(text, str) and cell_of(text, dialect).kind is CellKind.SQL:
                place = place_of(read.places, ("table", "rows", index, field)) or Place()
                yield PlacedScript(place, read_sql(text, dialect, str(place)))


def sql_report(scripts: Sequence[PlacedScript]) -> list[dict[str, Any]]:
    """What was read of scripts, as plain data: `place`, `dialect`, `encoding`, `statements`, `dangers`; each with line and column."""
    return [
        {
            "place": str(place),
            "dialect": str(script.dialect),
            "encoding": script.encoding,
            "statements": [_statement_data(each) for each in script.statements],
            "dangers": [_danger_data(each) for each in script.loose],
        }
        for place, script in scripts
    ]


def _statement_data(statement: Statement) -> dict[str, Any]:
    return {
        "line": statement.place.line,
        "column": statement.place.column,
        "kind": str(statement.kind),
        "verb": statement.verb,
        "objects": [{"kind": each.kind, "name": each.name, "table": each.table} for each in statement.objects],
        "text": statement.text,
        "dangers": [_danger_data(each) for each in statement.dangers],
    }


def _danger_data(danger: Danger) -> dict[str, Any]:
    return {
        "line": danger.place.line,
        "column": danger.place.column,
        "kind": str(danger.kind),
        "subject": danger.subject,
        "message": {"zh": danger.message.zh, "en": danger.message.en},
    }


class PlacedProposal(NamedTuple):
    """What is proposed to reverse a script, with the script."""

    script: PlacedScript
    proposal: Proposal


def undo(scripts: Sequence[PlacedScript], suffix: str = "") -> tuple[PlacedProposal, ...]:
    """What is proposed to reverse scripts that run in this order: the proposal for the last one first. Nothing is run.

    Args:
        scripts: as `sql_scripts` gives them.
        suffix: stands in the names of the copies to be made before the release; up to 16 letters, digits and `_`.

    Raises:
        ReadError: the suffix holds something else.
    """
    from relplan.sql.undo import SUFFIX, propose

    if suffix and not SUFFIX.fullmatch(suffix):
        zh = f"后缀“{suffix}”不能用在表名中；请用 1 到 16 个字母、数字或下划线"
        en = f'the suffix "{suffix}" cannot stand in the name of a table; use 1 to 16 letters, digits or underscores'
        raise ReadError(problem(zh, en))
    found: list[PlacedProposal] = []
    first = 1
    for each in scripts:
        found.append(PlacedProposal(each, propose(each.script, suffix, first)))
        first += len(each.script.statements)
    return tuple(reversed(found))


def undo_text(proposals: Sequence[PlacedProposal], language: Language = "zh") -> str:
    """Proposals as SQL to be reviewed; counts, reasons, gaps and copies are comments, which cannot be run by mistake."""
    from relplan.sql.undo import as_text

    return "\n".join(as_text(proposal, language, str(script.place)) for script, proposal in proposals)


def undo_report(proposals: Sequence[PlacedProposal]) -> list[dict[str, Any]]:
    """The same as plain data: `place`, `dialect`, `counts`, `unchanging`, `backups` and `reversals`, the last statement first."""
    return [
        {
            "place": str(script.place),
            "dialect": str(script.script.dialect),
            "counts": {str(level): count for level, count in proposal.counts.items()},
            "unchanging": proposal.unchanging,
            "backups": [each._asdict() for each in proposal.backups],
            "reversals": [_reversal_data(each) for each in proposal.reversals],
        }
        for script, proposal in proposals
    ]


def _reversal_data(reversal: Reversal) -> dict[str, Any]:
    statement, answer = reversal.statement, reversal.answer
    return {
        "number": reversal.number,
        "line": statement.place.line,
        "column": statement.place.column,
        "verb": statement.verb,
        "level": str(reversal.level),
        "label": _both(reversal.level.label),
        "context": reversal.context,
        "steps": [{"gap": _both(step.gap)} if step.gap else {"sql": step.sql} for step in answer.steps],
        "notes": [_both(note) for note in answer.notes],
    }


def _both(message: Message) -> dict[str, str]:
    return {"zh": message.zh, "en": message.en}


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of plan files."""
    from relplan.model.schema import schema as made

    return made()


def starter(language: Language = "zh") -> dict[str, bytes]:
    """A starter plan to fill in and the schema its first line names: content by file name."""
    import json

    from relplan.writers.planfile import SCHEMA_FILE

    text = json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"
    return {"plan.yaml": template_bytes(f"starter.{language}.yaml"), SCHEMA_FILE: text.encode()}


def form(language: Language = "zh") -> bytes:
    """The blank entry form as an .xlsx file: the sheets of the `workbook` document to fill in, and how."""
    from relplan.model.plan import ReleasePlan

    return render(ReleasePlan(language=language), "form", "xlsx")


def checksum_list(
    paths: Sequence[str | FilePath],
    algorithm: str = "",
    *,
    without: Sequence[str | FilePath] = (),
    progress: Progress | None = None,
) -> Listing:
    """The checksums of one folder's files, or of several files and folders, as `sha256sum -c` and `md5sum -c` take them.

    Args:
        paths: a folder, whose files are named by their paths in it; or several, named by their paths from the current one.
        algorithm: `md5`, `sha1`, `sha256`, `sha384` or `sha512`; blank: `sha256`.
        without: files to leave out, such as the list itself.
        progress: told how many bytes have been read, and how many there are.

    Raises:
        ReadError: something cannot be read, or lies outside the current folder; or there is no such algorithm.
    """
    from relplan.artifacts import DEFAULT_ALGORITHM, listing

    barred = [str(path) for path in without]
    return listing([str(path) for path in paths], algorithm or DEFAULT_ALGORITHM, without=barred, progress=progress)


def verify_list(
    path: str | FilePath, folder: str | FilePath | None = None, *, progress: Progress | None = None
) -> Verification:
    """Hold the files in `folder` (by default that of the list) against a list of checksums; nothing outside it is read.

    Raises:
        ReadError: the list or the folder cannot be read.
    """
    from relplan import artifacts

    return artifacts.verify_list(str(path), None if folder is None else str(folder), progress)


def verify_plan(read: Read, folder: str | FilePath, *, progress: Progress | None = None) -> Verification:
    """Hold the files in `folder` against the checksums of a plan's packages and scripts, by their paths, else their bare names.

    Raises:
        ReadError: the folder cannot be read.
    """
    from relplan import artifacts

    return artifacts.verify_plan(read, str(folder), progress)


def with_checksums(
    read: Read,
    verification: Verification,
    folder: str | FilePath,
    algorithm: str = "",
    *,
    progress: Progress | None = None,
) -> tuple[ReleasePlan, Verification]:
    """The plan with the checksums that `verify_plan` did not find stated, and what became of its entries then.

    Raises:
        ReadError: a file cannot be read; or there is no such algorithm.
    """
    from relplan import artifacts

    chosen = algorithm or artifacts.DEFAULT_ALGORITHM
    return artifacts.with_checksums(read, verification, str(folder), chosen, progress)


def verification_report(verification: Verification, language: Language = "en") -> dict[str, Any]:
    """What a verification found, as plain data: `passed`, `counts`, `files`, `problems`, `remarks`."""
    from relplan.artifacts import report as made

    return made(verification, language)


def branches(repository: str, *, seconds: float | None = None) -> frozenset[str]:
    """The branches of a git repository: a folder, or a URL that git knows; `seconds` is how long git may take.

    Raises:
        ReadError: git is missing, this is no repository that it may read, or the time is over.
    """
    from relplan.repository import TIMEOUT_SECONDS, refs

    return refs(repository, TIMEOUT_SECONDS if seconds is None else seconds).branches


def commits_behind(repository: str, branch: str, base: str, *, seconds: float | None = None) -> int:
    """How many commits the branch `base` has and `branch` lacks, in a repository on this machine.

    Raises:
        ReadError: as `branches`; or it is not on this machine, is shallow, or lacks one of them.
    """
    from relplan.repository import TIMEOUT_SECONDS, behind

    return behind(repository, branch, base, TIMEOUT_SECONDS if seconds is None else seconds)
