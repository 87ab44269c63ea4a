"""Roadmaps: several plans of a product on one calendar."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from relplan import files, formats
from relplan.api.archive import load_folder
from relplan.api.going_live import golive
from relplan.api.reading import load
from relplan.errors import Language, Path, Place, ReadError, RelplanError, WriteError, problem
from relplan.model.plan import ReleasePlan
from relplan.model.read import Notice, collector_paused
from relplan.model.roadmap import PlannedRelease, Roadmap
from relplan.readers.options import DEFAULT as DEFAULT_OPTIONS
from relplan.readers.options import ReadOptions

if TYPE_CHECKING:
    from relplan.roadmap.document import Chart
    from relplan.roadmap.milestones import Course as Course
    from relplan.roadmap.milestones import Milestone

_YAML: Final = (".yaml", ".yml")
_CHARTS: Final[Mapping[str, Chart]] = {"xlsx": "sheet", "docx": "table"}
_SHEETS: Final = ("xlsx", "xlsm", "csv", "xls", "ods")


class LoadedRoadmap(NamedTuple):
    """A roadmap with the plans behind it, and what of its file was not placed."""

    course: Course
    notices: tuple[Notice, ...] = ()


def is_roadmap(path: str | FilePath) -> bool:
    """Whether a file is a roadmap (`releases:` in a YAML file), or a folder."""
    from relplan.readers.planfile import is_roadmap

    where = FilePath(path)
    if where.is_dir():
        return True
    return where.suffix.lower() in _YAML and where.is_file() and is_roadmap(where.read_bytes())


@collector_paused()
def load_roadmap(
    path: str | FilePath, *, now: dt.datetime | None = None, options: ReadOptions = DEFAULT_OPTIONS
) -> LoadedRoadmap:
    """A roadmap: a `roadmap.yaml`, a spreadsheet, a folder of plans, or a folder with both.

    Each release takes its plan from the file it names (relative to the roadmap), else from the plan of its version in the folder; plans
    that the roadmap does not name are releases too. How each stands is told by the log beside its plan.

    Args:
        path: of the file or folder.
        now: the moment at which something is late; None: nothing is.
        options: the limits of what is read.

    Raises:
        ReadError: a file cannot be read, or a plan that is named is not there.
        PlanError: the roadmap or a plan is not valid; with the problems of all files.
    """
    where = FilePath(path)
    folder = where if where.is_dir() else where.parent
    plans: dict[FilePath, ReleasePlan] = {}
    if where.is_dir():
        own = next((found for ending in _YAML if (found := where / f"roadmap{ending}").is_file()), None)
        try:
            plans = {each.path: each.plan for each in load_folder(where)}
        except ReadError:
            if own is None:
                raise
        roadmap, places, notices = _file(own, options) if own else (_of_plans(plans.values()), {}, [])
    else:
        roadmap, places, notices = _file(where, options)
    return LoadedRoadmap(_course(roadmap, places, str(path), folder, plans, now), tuple(notices))


def _file(path: FilePath, options: ReadOptions) -> tuple[Roadmap, Mapping[Path, Place], Sequence[Notice]]:
    from relplan.readers.planfile import read_roadmap
    from relplan.readers.roadmapsheet import read_roadmap_grids

    data = files.read(str(path), options.limit)
    if path.suffix.lower() in _YAML:
        roadmap, places = read_roadmap(data, path.name)
        return roadmap, places, []
    chosen = formats.for_reading(str(path))
    if chosen.name not in _SHEETS:
        zh, en = "路线图应为 .yaml 文件、表格或文件夹", "a roadmap is a .yaml file, a spreadsheet or a folder"
        raise ReadError(problem(zh, en, str(path)))
    from relplan.readers.spreadsheets import grids

    return read_roadmap_grids(grids(data, path.name, chosen.name, options), path.name)


def _of_plans(plans: Any) -> Roadmap:
    first = next(iter(plans))
    return Roadmap(product=first.product, language=first.language, time_zone=first.time_zone)


def _course(
    roadmap: Roadmap,
    places: Mapping[Path, Place],
    name: str,
    folder: FilePath,
    plans: Mapping[FilePath, ReleasePlan],
    now: dt.datetime | None,
) -> Course:
    from relplan.roadmap.milestones import Course, in_order, rows

    left = dict(plans)
    found: list[Milestone] = []
    errors: list[RelplanError] = []
    for number, planned in enumerate(rows(roadmap.releases)):
        try:
            path, plan = _plan_of(planned, folder, left, places.get(("releases", number, "plan")))
            found.append(_milestone(roadmap, planned, plan, path, folder, now, ("releases", number)))
        except RelplanError as error:
            errors.append(error)
    for path, plan in left.items():
        try:
            found.append(_milestone(roadmap, PlannedRelease(), plan, path, folder, now, ()))
        except RelplanError as error:
            errors.append(error)
    if errors:
        raise type(errors[0])([told for error in errors for told in error.problems])
    return Course(roadmap, in_order(found), places, name)


def _plan_of(
    planned: PlannedRelease, folder: FilePath, left: dict[FilePath, ReleasePlan], place: Place | None
) -> tuple[FilePath | None, ReleasePlan | None]:
    """The plan of a release: the file that it names, else the one of its version in the folder."""
    if planned.plan:
        path = folder / planned.plan
        if not path.is_file():
            raise ReadError(problem(f"没有计划文件“{planned.plan}”", f'there is no plan file "{planned.plan}"', place))
        return path, left.pop(path, None) or load(path).plan
    path = next((each for each, plan in left.items() if planned.version and plan.version == planned.version), None)  # type: ignore[assignment]
    return (path, left.pop(path)) if path is not None else (None, None)


def _milestone(
    roadmap: Roadmap,
    planned: PlannedRelease,
    plan: ReleasePlan | None,
    path: FilePath | None,
    folder: FilePath,
    now: dt.datetime | None,
    at: Path,
) -> Milestone:
    from relplan.roadmap.milestones import milestone

    state = golive(plan, path).state if plan is not None and path is not None else None
    shown = path.relative_to(folder).as_posix() if path is not None and path.is_relative_to(folder) else str(path or "")
    return milestone(roadmap, planned, plan, state, now, shown, at)


def roadmap_data(course: Course) -> dict[str, Any]:
    """A roadmap and the figures of its pace as plain data."""
    from relplan.roadmap.document import as_data

    return as_data(course)


def roadmap_as(course: Course, form: str, language: Language | None = None) -> bytes:
    """A roadmap as a document: `md`, `html`, `docx`, `xlsx` (with its time line as cells), `text`, `json`, `svg`, or its file in `yaml`.

    Raises:
        WriteError: there is no such form.
    """
    from relplan.roadmap import document
    from relplan.roadmap.timeline import svg

    words = language or course.roadmap.words()
    if form == "json":
        return (json.dumps(document.as_data(course), ensure_ascii=False, indent=2) + "\n").encode()
    if form == "text":
        return document.as_text(course, words).encode()
    if form == "yaml":
        return _as_yaml(course.roadmap)
    if form == "svg":
        return svg(course, course.milestones, words)
    chosen = formats.named(form)
    made: bytes = chosen.load("writer")(document.as_document(course, words, _CHARTS.get(form, "picture")))
    return made


def _as_yaml(roadmap: Roadmap) -> bytes:
    from relplan.model.plan import plain_data
    from relplan.writers.planfile import mapping

    lines: list[str] = []
    mapping(plain_data(roadmap), "", lines)
    return ("\n".join(lines) + "\n").encode()


def roadmap_outputs(course: Course, outputs: Sequence[str], language: Language | None = None) -> dict[str, bytes]:
    """A roadmap in the forms that the endings of `outputs` say; `-` is Markdown."""
    found: dict[str, bytes] = {}
    for output in outputs:
        ending = FilePath(output).suffix.lower().removeprefix(".")
        form = (
            ending
            if ending in ("json", "svg")
            else "md"
            if output == files.STANDARD
            else formats.for_writing(output).name
        )
        found[output] = roadmap_as(course, form, language)
    return found


def roadmap_calendar(course: Course, language: Language | None = None, date: dt.date | None = None) -> bytes:
    """The windows of the releases and the freezes as a calendar to subscribe to (.ics).

    Args:
        course: the roadmap.
        language: of its words.
        date: when it was made; by default the day of its first event.

    Raises:
        WriteError: nothing has a day.
    """
    from relplan.roadmap.document import day, title_of
    from relplan.writers.calendar import Event, write

    words = language or course.roadmap.words()
    events = [
        Event(
            f"release {each.version}",
            " ".join(filter(None, (course.roadmap.product, each.version, each.status.label(words)))),
            each.start,
            each.end,
            "\n".join(filter(None, (each.planned.goal, each.file, day(each.released)))),
        )
        for each in course.milestones
        if each.start
    ]
    for freeze in course.freezes():
        if span := course.span(freeze.start, freeze.end):
            summary = ("封网期" if words == "zh" else "Freeze") + (f": {freeze.reason}" if freeze.reason else "")
            events.append(Event(f"freeze {freeze.start} {freeze.reason or ''}", summary, *span))
    if not events:
        zh, en = "路线图中没有任何日期", "nothing on the roadmap has a day"
        raise WriteError(problem(zh, en, course.name))
    stamp = dt.datetime.combine(date, dt.time(), dt.UTC) if date else min(each.start for each in events)
    return write(events, title_of(course, words), course.roadmap.time_zone, stamp)
