"""Plans into plan files; a starter plan, the blank form and the schema."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

from relplan import files, formats
from relplan.api.reading import loads
from relplan.errors import (
    Language,
    Path,
    PlanError,
    Problem,
    ReadError,
    RelplanError,
    WriteError,
    place_of,
    problem,
)
from relplan.model.read import Read
from relplan.resources import template_bytes

if TYPE_CHECKING:
    from relplan.model.plan import ReleasePlan


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


def saved(plan: ReleasePlan, path: str | FilePath, *, format: str = "", force: bool = False) -> Saved:
    """What the plan file `path` holds when a plan is saved there; `-` is YAML.

    Of a YAML file that is there, only what the plan says otherwise is changed: its comments, blank lines, the order of its keys
    and the notation of all other values stay. `force` writes the file anew, whatever is in it. `format` names its format where
    its ending does not say it.

    Raises:
        WriteError: the ending is no plan file's; the file that is there holds no plan, or cannot be changed in its place.
    """
    name = str(path)
    if name == files.STANDARD:
        return Saved(dumps(plan, format or "yaml"))
    chosen = formats.named(format, "plan_writer") if format else formats.for_writing(name, "plan_writer")
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


def next_release(plan: ReleasePlan, version: str, *, hotfix: bool = False) -> ReleasePlan:
    """The plan of release `version`, begun from that of the last one; see `relplan.model.next`.

    Raises:
        PlanError: the version is that of the old plan.
    """
    from relplan.model.next import next_release as made

    if version == plan.version:
        raise PlanError(problem(f"{version} 是上次发布的版本；请给出新的版本", f"{version} is the version of the last release; name a new one"))  # fmt: skip
    return made(plan, version, hotfix=hotfix)


def mentions(plan: ReleasePlan, version: str) -> tuple[Path, ...]:
    """Where the steps of a plan speak of a version."""
    from relplan.model.next import mentions as found

    return found(plan, version)


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
    from relplan.api.rendering import render  # no plan file needs it
    from relplan.model.plan import ReleasePlan

    return render(ReleasePlan(language=language), "form", "xlsx")
