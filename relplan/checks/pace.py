"""PAC: the pace of a roadmap, and what its releases do to one another. They run on roadmaps alone."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from relplan.checks.rule import Hit, hit, rule
from relplan.checks.subject import Subject
from relplan.checks.systems import version_key
from relplan.errors import Path, Place, suggest
from relplan.findings import Severity
from relplan.model.values import Dependency
from relplan.roadmap.milestones import Course, Milestone, gaps, rows
from relplan.sequence.names import name_key

_FEWEST: Final = 0.5
_MOST: Final = 1.5
"""How far an interval may be from the wanted one, in parts of it."""

_NIGHT: Final = dt.timedelta(hours=12)
"""Releases that begin so close together are of one night."""

_UNBOUND: Final = ("", "<", "<=", "!=")


def _course(subject: Subject) -> Course:
    assert subject.course is not None
    return subject.course


def _at(course: Course, each: Milestone, field: str = "") -> tuple[Path, Place]:
    """Where a release stands: in the roadmap, else its plan's file."""
    path = (*each.path, field) if field and each.path else each.path
    for length in range(len(path), 0, -1):
        if (place := course.places.get(path[:length])) is not None:
            return path, place
    return path, Place(each.file or course.name)


def _hit(course: Course, each: Milestone, zh: str, en: str, field: str = "", severity: Severity | None = None) -> Hit:
    path, place = _at(course, each, field)
    return hit(path, zh, en, severity=severity, place=place)


@rule(
    "PAC101",
    "interval-off-cadence",
    Severity.WARNING,
    needs=("roadmap",),
    on=False,
    checks=(
        "两次发布之间的天数在期望间隔的一半到一倍半之间（紧急发布不算）。",
        "The days between two releases are between half and one and a half of the wanted interval (hotfixes do not count).",
    ),
    why=("间隔忽长忽短，测试和运维无法安排。", "Where intervals jump, tests and operations cannot be planned."),
    fix=("调整目标日期，或拆分、合并发布", "move the target, or split or join releases"),
)
def interval_off_cadence(subject: Subject) -> Iterator[Hit]:
    course = _course(subject)
    wanted = course.roadmap.cadence
    for before, after, gap in gaps(course) if wanted else ():
        days = gap.total_seconds() / 86_400
        if wanted and not _FEWEST * wanted <= days <= _MOST * wanted:
            zh = f"{before.version} 与 {after.version} 相隔 {days:.0f} 天，期望 {wanted} 天"
            yield _hit(
                course,
                after,
                zh,
                f"{before.version} and {after.version} are {days:.0f} days apart, {wanted} are wanted",
                "target",
            )


@rule(
    "PAC102",
    "release-without-version",
    Severity.ERROR,
    needs=("roadmap",),
    on=False,
    checks=("每个发布都有版本号，并且各不相同。", "Every release has a version, and no two have the same."),
    why=("一个计划对应一个可以交付的版本。", "A plan yields one version that can be delivered."),
    fix=("写上版本号", "give it a version of its own"),
)
def release_without_version(subject: Subject) -> Iterator[Hit]:
    course = _course(subject)
    seen: dict[str, Milestone] = {}
    for each in course.milestones:
        version = each.planned.version
        if not version:
            yield _hit(course, each, "发布没有版本号", "a release has no version")
        elif version in seen:
            yield _hit(course, each, f"版本 {version} 出现了两次", f"the version {version} is there twice", "version")
        else:
            seen[version] = each


@rule(
    "PAC103",
    "version-backwards",
    Severity.WARNING,
    needs=("roadmap",),
    on=False,
    checks=("后发布的版本号更高（紧急发布不算）。", "A later release has the higher version (hotfixes do not count)."),
    why=("版本号倒退时，没有人知道线上是哪一个。", "Where versions go backwards no one knows which one is live."),
    fix=("改正版本号或日期", "mend the version or the date"),
)
def version_backwards(subject: Subject) -> Iterator[Hit]:
    course = _course(subject)
    for before, after, _ in gaps(course):
        one, two = version_key(before.version), version_key(after.version)
        if one and two and two < one:
            zh = f"{after.version} 排在 {before.version} 之后，版本号却更低"
            yield _hit(course, after, zh, f"{after.version} comes after {before.version} and is lower", "version")


@rule(
    "PAC104",
    "iteration-outside-plans",
    Severity.WARNING,
    needs=("roadmap",),
    on=False,
    checks=(
        "每个迭代属于一个发布，不多不少；发布中的迭代都已列出。",
        "Every iteration belongs to one release, and releases name iterations that there are.",
    ),
    why=("迭代的成果没有去处，或被交付两次。", "What an iteration makes is delivered nowhere, or twice."),
    fix=("把迭代写进一个发布", "name it in one release"),
)
def iteration_outside_plans(subject: Subject) -> Iterator[Hit]:
    course = _course(subject)
    known = [each.name for each in course.iterations() if each.name]
    users: dict[str, list[Milestone]] = defaultdict(list)
    for each in course.milestones:
        for name in rows(each.planned.iterations):
            users[name].append(each)
            if known and name not in known and each.path:
                hint = suggest(name, known)
                yield _hit(
                    course,
                    each,
                    f"没有迭代“{name}”{hint.zh}",
                    f'there is no iteration "{name}"{hint.en}',
                    "iterations",
                    Severity.ERROR,
                )
    for number, part in enumerate(course.iterations()):
        found = [each for each in users.get(part.name or "", ()) if not each.is_hotfix]
        place = course.places.get(("iterations", number)) or Place(course.name)
        if not found and part.name:
            yield hit(
                ("iterations", number),
                f"迭代 {part.name} 不在任何发布中",
                f"the iteration {part.name} is in no release",
                place=place,
            )
        elif len(found) > 1:
            listed = "、".join(each.version for each in found), ", ".join(each.version for each in found)
            yield hit(
                ("iterations", number),
                f"迭代 {part.name} 在 {listed[0]} 中都有",
                f"the iteration {part.name} is in {listed[1]}",
                place=place,
            )


@rule(
    "PAC105",
    "overlapping-windows",
    Severity.ERROR,
    needs=("roadmap",),
    on=False,
    checks=("同一个系统不在两个重叠的发布时间窗中。", "No system is in two releases whose windows overlap."),
    why=(
        "两组人同时改同一个系统，回退时分不开。",
        "Two teams change one system at once, and neither can go back alone.",
    ),
    fix=("错开时间窗，或合并发布", "move one window, or join the releases"),
)
def overlapping_windows(subject: Subject) -> Iterator[Hit]:
    course = _course(subject)
    for one, two in _together(course, dt.timedelta(0)):
        shared = sorted(_systems(one).keys() & _systems(two).keys())
        if shared:
            names = [_systems(two)[key] for key in shared]
            zh = f"{one.version} 与 {two.version} 的时间窗重叠，都有 {'、'.join(names)}"
            yield _hit(
                course, two, zh, f"the windows of {one.version} and {two.version} overlap, both have {', '.join(names)}"
            )


def _together(course: Course, beside: dt.timedelta) -> Iterator[tuple[Milestone, Milestone]]:
    """Releases with plans whose windows overlap, or begin no further apart than `beside`."""
    dated = [each for each in course.milestones if each.start and each.plan is not None]
    for number, one in enumerate(dated):
        for two in itertools.islice(dated, number + 1, None):
            if one.start is None or two.start is None:
                continue
            until = max(one.end or one.start, one.start + beside)
            if two.start > until or (two.start == until and not beside and one.end):
                break
            yield one, two


def _systems(each: Milestone) -> dict[str, str]:
    table = each.plan.table.rows if each.plan is not None else ()
    return {name_key(row.system): row.system for row in table if row.system}


@rule(
    "PAC106",
    "window-in-freeze",
    Severity.ERROR,
    needs=("roadmap",),
    on=False,
    checks=("没有发布落在封网期内。", "No release falls into a freeze."),
    why=(
        "封网期内不允许变更，发布当天才会被挡下。",
        "Nothing may change in a freeze, and the release will be stopped on its day.",
    ),
    fix=("改到封网期之外", "move it out of the freeze"),
)
def window_in_freeze(subject: Subject) -> Iterator[Hit]:
    course = _course(subject)
    for freeze in course.freezes():
        span = course.span(freeze.start, freeze.end)
        for each in course.milestones if span else ():
            if span and each.start and each.start < span[1] and (each.end or each.start) >= span[0]:
                reason = freeze.reason or ""
                zh = f"{each.version}（{each.start:%Y-%m-%d}）落在封网期{f'“{reason}”' if reason else ''}内"
                en = f"{each.version} ({each.start:%Y-%m-%d}) falls into the freeze{f' “{reason}”' if reason else ''}"
                yield _hit(course, each, zh, en, "target")


@rule(
    "PAC107",
    "person-twice-in-a-night",
    Severity.WARNING,
    needs=("roadmap",),
    on=False,
    checks=("没有人同一个晚上参加两次发布。", "No one takes part in two releases of one night."),
    why=("一边出问题时，另一边没有人。", "When one goes wrong, the other has no one."),
    fix=("换人，或错开日期", "name someone else, or move one"),
)
def person_twice_in_a_night(subject: Subject) -> Iterator[Hit]:
    course = _course(subject)
    for one, two in _together(course, _NIGHT):
        shared = sorted(_people(one) & _people(two))
        if shared:
            zh = f"{'、'.join(shared)} 同一晚参加 {one.version} 和 {two.version}"
            yield _hit(
                course, two, zh, f"{', '.join(shared)} take part in {one.version} and {two.version} in one night"
            )


def _people(each: Milestone) -> set[str]:
    return {person.name for person in rows(each.plan.participants) if person.name} if each.plan is not None else set()


@rule(
    "PAC108",
    "requirement-not-in-one-plan",
    Severity.WARNING,
    needs=("roadmap",),
    on=False,
    checks=("每个需求在一个发布中，不多不少。", "Every requirement is in one release, no more and no fewer."),
    why=("需求没有人做，或做了两遍。", "No one builds it, or two do."),
    fix=("写进一个发布", "name it in one release"),
)
def requirement_not_in_one_plan(subject: Subject) -> Iterator[Hit]:
    course = _course(subject)
    users: dict[str, list[Milestone]] = defaultdict(list)
    for each in course.milestones:
        for name in dict.fromkeys(rows(each.planned.requirements)):
            users[name].append(each)
    place = course.places.get(("requirements",)) or Place(course.name)
    for name in rows(course.roadmap.requirements):
        if name not in users:
            yield hit(
                ("requirements",),
                f"需求 {name} 不在任何发布中",
                f"the requirement {name} is in no release",
                place=place,
            )
    for name, found in users.items():
        if len(found) > 1:
            first = ", ".join(each.version for each in found[:-1])
            yield _hit(
                course,
                found[-1],
                f"需求 {name} 在 {first} 中已有",
                f"the requirement {name} is in {first} too",
                "requirements",
            )


@rule(
    "PAC109",
    "dependency-on-a-later-release",
    Severity.ERROR,
    needs=("roadmap",),
    on=False,
    checks=("没有发布依赖后面的发布才交付的版本。", "No release needs a version that a later one delivers."),
    why=("上线当晚，所依赖的版本还不存在。", "On the night the version that is needed is not there yet."),
    fix=("调换顺序，或去掉依赖", "change the order, or take the dependency out"),
)
def dependency_on_a_later_release(subject: Subject) -> Iterator[Hit]:
    course = _course(subject)
    delivered = [
        (number, name_key(row.system), key, each)
        for number, each in enumerate(course.milestones)
        for row in (each.plan.table.rows if each.plan is not None else ())
        if row.system and (key := version_key(row.version or ""))
    ]
    by_system: dict[str, list[tuple[int, tuple[int, ...], Milestone]]] = defaultdict(list)
    for number, system, key, each in delivered:
        by_system[system].append((number, key, each))
    for number, each in enumerate(course.milestones):
        for row in each.plan.table.rows if each.plan is not None else ():
            for need in rows(row.dependencies):
                if later := _later(need, number, by_system):
                    zh = f"{each.version} 的 {row.system} 依赖 {need}，{later.version} 才交付"
                    yield _hit(
                        course, each, zh, f"{row.system} of {each.version} needs {need}, which {later.version} delivers"
                    )


def _later(
    need: object, number: int, by_system: dict[str, list[tuple[int, tuple[int, ...], Milestone]]]
) -> Milestone | None:
    """The later release that first delivers what is needed, where none before or with this one does."""
    if not isinstance(need, Dependency):
        return None
    bound = need.version.lstrip("<>=!~^ ")
    wanted = version_key(bound)
    if wanted is None or need.version[: len(need.version) - len(bound)].strip() in _UNBOUND[1:]:
        return None
    enough = [each for each in by_system.get(name_key(need.system), ()) if each[1] >= wanted]
    if not enough or any(at <= number for at, _, _ in enough):
        return None
    return enough[0][2]
