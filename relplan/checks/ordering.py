"""ORD: the order of the release table against its dependencies, and rows that contradict one another."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from relplan.checks.changes import rows_words
from relplan.checks.rows import PlannedRow
from relplan.checks.rule import Hit, hit, rule
from relplan.checks.steps import short
from relplan.checks.subject import Subject
from relplan.checks.systems import VersionKey, version_key
from relplan.checks.texts import placeholder
from relplan.errors import Message, suggest
from relplan.findings import Severity
from relplan.model.text import is_none_word
from relplan.model.values import Dependency
from relplan.patterns import regex
from relplan.sequence.names import OrderKey, name_key, order_key
from relplan.sequence.order import OutsideDependency
from relplan.sequence.words import conflict_words, row_name

_REMARK: Final = regex(
    r"[（(【\[][^（()）【】\[\]]*(?:无需|無需|不需|已上线|已上線|已发布|已投产|已具备|线上已有|外部|第三方|其他项目|"
    r"released|live|deployed|external|third.party|already|not needed|no need)[^（()）【】\[\]]*[）)】\]]|无需|無需",
    re.IGNORECASE,
)
"""What says of a dependency that it holds nothing up."""
_SURE: Final = 0.85
"""How near a name is to a known one to be a slip for certain: user-cneter is user-center, while 商户中心 need not be 用户中心."""
_DIGITS: Final = regex(r"\d+")


@rule(
    "ORD101",
    "order-violates-dependency",
    Severity.ERROR,
    needs=("table",),
    checks=(
        "每个系统的发布顺序都在它依赖的系统之后。",
        "Every row is released after the rows it depends on.",
    ),
    why=(
        "先发布的系统会调用还没有上线的接口。",
        "What is released first calls what is not there yet.",
    ),
    fix=("调整发布顺序；relplan order 算出可行的顺序", "change the order; relplan order computes one that holds"),
)
def order_violates_dependency(subject: Subject) -> Iterator[Hit]:
    for each in subject.order.conflicts:
        one, before = (row_name(subject.plan.table, row) for row in (each.row, each.before))
        yield Hit(
            subject.rows[each.row].at("order"),
            conflict_words(each, subject.plan.table),
            _unless_grouped(subject.rows[each.row], subject.rows[each.before]),
            Message(f"让“{before}”先于“{one}”发布", f'release "{before}" before "{one}"'),
        )


def _unless_grouped(*rows: PlannedRow) -> Severity | None:
    """A warning where rows are of several groups: each group may count its order anew, or be an environment of its own."""
    return Severity.WARNING if len({row.item.group for row in rows}) > 1 else None


@rule(
    "ORD102",
    "dependency-cycle",
    Severity.ERROR,
    needs=("table",),
    checks=("发布依赖没有循环。", "No dependencies go round in a circle."),
    why=("循环中没有一个系统可以先发布。", "None of the systems in the circle can go first."),
    fix=("拆开其中一处，例如先发布兼容的接口", "break it, for example by releasing a compatible interface first"),
)
def dependency_cycle(subject: Subject) -> Iterator[Hit]:
    for cycle in subject.order.cycles:
        yield hit(subject.rows[cycle.rows[0]].at("dependencies"), f"循环依赖：{cycle}", f"dependency cycle: {cycle}")
    if subject.order.more_cycles:
        yield hit(
            ("table",),
            "可能还有没有列出的循环依赖",
            "there may be more dependency cycles than are named",
            fix=("拆开列出的循环后再检查一次", "break those that are named, then check again"),
        )


@rule(
    "ORD103",
    "unknown-dependency",
    Severity.ERROR,
    needs=("table",),
    checks=(
        "依赖的系统在发布清单中，或在设置 check.external 中，或注明了已上线、外部、无需发布。确定是写错时为错误："
        "设置中列出了外部系统，或只错了字母；否则为警告。",
        "Every dependency is in the release table or in the setting check.external, or is said to be live, external or not needed. "
        "It is an error where it is certainly wrong: the settings list what is external, or only letters are mistaken; else a warning.",
    ),
    why=(
        "名称对不上的依赖不参加排序，被依赖的系统可能排在后面。",
        "A dependency that no row answers to counts for nothing in the order, and what is needed may come later.",
    ),
    fix=(
        "改正名称；不在本次发布中的，注明“已上线”，或加到设置 check.external 中",
        'mend the name; of what is not in this release say "(live)", or add it to the setting check.external',
    ),
)
def unknown_dependency(subject: Subject) -> Iterator[Hit]:
    external = {name_key(name) for name in subject.settings.external}
    names = [row.item.system for row in subject.rows if row.item.system]
    sure: dict[str, bool] = {}
    for each in subject.order.outside:
        if name_key(each.system) in external or _REMARK.search(each.system) or placeholder(each.system):
            continue
        if each.system not in sure:
            sure[each.system] = bool(external) or _is_slip(each, names)
        yield hit(
            (*subject.rows[each.row].at("dependencies"), each.dependency),
            f"{subject.rows[each.row].name.zh}依赖的“{each.system}”不在发布清单中{each.hint.zh}",
            f'{subject.rows[each.row].name.en} depends on "{each.system}", which is not in the release table{each.hint.en}',
            severity=None if sure[each.system] else Severity.WARNING,
        )


def _is_slip(dependency: OutsideDependency, names: list[str]) -> bool:
    """Whether a name is for certain that of a row, but for letters that are mistaken."""
    if not dependency.hint.zh or not dependency.system.isascii():
        return False
    digits = _DIGITS.findall(dependency.system)
    alike = [name for name in names if name.isascii() and _DIGITS.findall(name) == digits]
    return bool(suggest(dependency.system, alike, _SURE).zh)


@rule(
    "ORD104",
    "self-dependency",
    Severity.ERROR,
    needs=("table",),
    checks=("没有系统依赖自身。", "No system depends on itself."),
    why=(
        "这项依赖多半写错了系统，真正的依赖没有写。",
        "Most likely another system was meant, and that one is not stated.",
    ),
    fix=("删除这项依赖，或改成真正依赖的系统", "remove the dependency, or name the system that is meant"),
)
def self_dependency(subject: Subject) -> Iterator[Hit]:
    for each in subject.order.selfish:
        row = subject.rows[each.row]
        yield hit(
            (*row.at("dependencies"), each.dependency),
            f"{row.name.zh}依赖自身",
            f"{row.name.en} depends on itself",
        )


@rule(
    "ORD105",
    "conflicting-versions",
    Severity.ERROR,
    needs=("table",),
    checks=("一个系统在发布清单中只有一个版本。", "A system has one version in the release table."),
    why=("当晚没有人知道该装哪一个。", "On the night no one knows which one to install."),
    fix=("只留一个；确要先后发布两个版本的，分成两个计划", "keep one; where both are to be released, make two plans"),
)
def conflicting_versions(subject: Subject) -> Iterator[Hit]:
    for rows in subject.by_system.values():
        stated = {version: row for row in reversed(rows) if (version := _version(row))} if len(rows) > 1 else {}
        if len(stated) > 1:
            different = sorted(stated.values(), key=lambda row: row.index)
            versions, where = [row.item.version or "" for row in different], rows_words(row.index for row in different)
            yield hit(
                different[1].at("version"),
                f"“{different[0].item.system}”同时有版本 {'、'.join(versions)}（{where.zh}）",
                f'"{different[0].item.system}" has the versions {", ".join(versions)} ({where.en})',
                severity=_unless_grouped(*different),
            )


@rule(
    "ORD106",
    "duplicate-row",
    Severity.WARNING,
    needs=("table",),
    checks=(
        "发布清单中没有重复的行：系统、版本和变更内容都相同。变更内容或分组不同时为建议。",
        "No row of the release table is there twice: the same system, version and changes. "
        "Where the changes or the groups differ it is advice.",
    ),
    why=("同一个系统会被发布两次，或漏看其中一行。", "The system is released twice, or one of the rows is overlooked."),
    fix=("删除或合并", "delete one, or merge them"),
)
def duplicate_row(subject: Subject) -> Iterator[Hit]:
    for rows in subject.by_system.values():
        first: dict[str, PlannedRow] = {}
        for row in rows:
            known = first.setdefault(_version(row), row)
            if known is not row:
                yield _duplicate(known, row)


def _duplicate(known: PlannedRow, row: PlannedRow) -> Hit:
    same = (known.item.changes, known.item.group) == (row.item.changes, row.item.group)
    where, what = rows_words((known.index, row.index)), f"{row.item.system} {row.item.version or ''}".strip()
    return hit(
        row.at("system"),
        f"{where.zh}{'重复' if same else '是同一系统的同一版本'}：{what}",
        f"{where.en} are {'the same' if same else 'of one system and version'}: {what}",
        severity=None if same else Severity.ADVICE,
    )


def _version(row: PlannedRow) -> str:
    """What is equal for two spellings of one version; blank where none is stated."""
    version = row.item.version or ""
    return "" if is_none_word(version) or placeholder(version) else name_key(version).removeprefix("v")


_HARDLY_AN_ORDER: Final = 3
"""How many times more rows cannot be read than can, where a column is none of orders."""


@rule(
    "ORD107",
    "bad-order-value",
    Severity.ERROR,
    needs=("table",),
    checks=(
        "发布顺序可以读取：1、1.2、①、第2批。绝大多数都无法读取时，这一列多半不是顺序，为警告。",
        "Every release order can be read: 1, 1.2, ①, wave 2. Where nearly none can, the column is hardly an order, and it is a warning.",
    ),
    why=("读不出顺序的行不参加排序和检查。", "A row whose order cannot be read is left out of every comparison."),
    fix=("写 1、2、3，或第1批", "write 1, 2, 3, or wave 1"),
)
def bad_order_value(subject: Subject) -> Iterator[Hit]:
    bad = [row for each in subject.order.unreadable if not placeholder((row := subject.rows[each]).item.order or "")]
    is_other = len(bad) > _HARDLY_AN_ORDER * sum(1 for row in subject.rows if order_key(row.item.order))
    more_zh, more_en = (
        (f"，共 {len(bad)} 行如此", f", as in {len(bad)} rows") if is_other and len(bad) > 1 else ("", "")
    )
    for row in bad[:1] if is_other else bad:
        order = short(row.item.order or "")
        yield hit(
            row.at("order"),
            f"{row.name.zh}的发布顺序“{order}”无法读取{more_zh}",
            f'cannot read the order "{order}" of {row.name.en}{more_en}',
            severity=Severity.WARNING if is_other else None,
        )


@rule(
    "ORD108",
    "shared-order",
    Severity.ADVICE,
    needs=("table",),
    checks=(
        "几个系统的发布顺序相同时，指出它们将并行发布。",
        "Where systems share an order it is said that they are released side by side.",
    ),
    why=(
        "顺序相同可能是有意并行，也可能是没有改号。",
        "They may be meant to go side by side, or a number was not changed.",
    ),
    fix=("先后有要求的，写不同的顺序；可以并行就不用改", "where one has to be first, number them; else leave it"),
)
def shared_order(subject: Subject) -> Iterator[Hit]:
    groups: dict[OrderKey, list[PlannedRow]] = {}
    for row in subject.rows:
        if (key := order_key(row.item.order)) is not None:
            groups.setdefault(key, []).append(row)
    for rows in groups.values():
        count = len({name_key(row.item.system or str(row.index)) for row in rows})
        if count > 1:
            order = rows[0].item.order
            yield hit(
                rows[1].at("order"),
                f"{count} 个系统的发布顺序都是 {order}，视为并行发布",
                f"{count} systems share the order {order}: read as side by side",
            )


_HOLDS: Final[Mapping[str, Callable[[VersionKey, VersionKey], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "": operator.ge,
}
"""What a bound asks of the version that is released; a bare version asks for that one or a later one."""
_BOUND: Final = regex(r"(?P<operator>[<>]=?|=)?\s*(?P<version>.+)")


@rule(
    "ORD109",
    "dependency-version-unmet",
    Severity.WARNING,
    needs=("table",),
    checks=(
        "依赖写了版本的（用户中心 >=2.3），本次发布的版本满足它。只比较由数字组成的版本。",
        "Where a dependency names a version (auth >=2.3), the one released meets it. Only versions of numbers are compared.",
    ),
    why=("被依赖的接口在这个版本里还没有。", "What is needed is not in that version yet."),
    fix=("提高被依赖系统的版本，或改正要求", "raise the version, or mend the bound"),
)
def dependency_version_unmet(subject: Subject) -> Iterator[Hit]:
    for standing in subject.order.standings:
        row = subject.rows[standing.row]
        stated = [each for each in row.item.dependencies if isinstance(each, Dependency)]
        for need in standing.needs:
            bound = stated[need.dependency].version
            shipped = [subject.rows[each].item.version or "" for each in need.rows]
            if bound and not any(_meets(version, bound) for version in shipped):
                versions = "、".join(shipped), ", ".join(shipped)
                yield hit(
                    (*row.at("dependencies"), need.dependency),
                    f"{row.name.zh}依赖 {need.system} {bound}，但本次发布的是 {versions[0]}",
                    f"{row.name.en} needs {need.system} {bound}, but {versions[1]} is released",
                )


def _meets(version: str, bound: str) -> bool:
    """Whether a version meets a bound; where the two cannot be compared, nothing is said against it."""
    match = _BOUND.fullmatch(bound)
    own, asked = version_key(version), version_key(match["version"]) if match else None
    if own is None or asked is None or match is None:
        return True
    sign = match["operator"] or ""
    return _HOLDS[sign](own, asked) or (sign in ("=", "<=") and own[: len(asked)] == asked)


@rule(
    "ORD110",
    "version-not-increasing",
    Severity.WARNING,
    needs=("table", "previous-versions"),
    checks=(
        "版本号高于“上一版本”。只比较由数字组成的版本。",
        "The version is above the previous one that the row states. Only versions of numbers are compared.",
    ),
    why=(
        "版本没有变高，多半是忘了改号，装上的还是旧程序。",
        "A version that did not rise was hardly changed, and the old program is installed again.",
    ),
    fix=("改正版本号；有意退回旧版本的，写明豁免", "mend the version; where the older one is meant, exempt it"),
)
def version_not_increasing(subject: Subject) -> Iterator[Hit]:
    for row in subject.rows:
        own, before = version_key(row.item.version or ""), version_key(row.item.previous_version or "")
        if own and before and own <= before:
            yield hit(
                row.at("version"),
                f"{row.name.zh}的版本 {row.item.version} 不高于上一版本 {row.item.previous_version}",
                f"version {row.item.version} of {row.name.en} is not above the previous one, {row.item.previous_version}",
            )


_BRANCH_VERSION: Final = regex(r"(?<![\d.])\d{1,3}(?:\.\d{1,6})+(?![\d.])")


@rule(
    "ORD111",
    "version-branch-mismatch",
    Severity.ADVICE,
    needs=("table",),
    checks=(
        "分支名中的版本与这一行的版本或整个计划的版本一致。几个版本共用的分支不检查。",
        "A version in the name of a branch is that of its row, or of the plan. A branch that several versions share is left alone.",
    ),
    why=("从错的分支打包，发布的就不是测过的程序。", "What is built from another branch is not what was tested."),
    fix=("改正分支或版本号", "mend the branch or the version"),
)
def version_branch_mismatch(subject: Subject) -> Iterator[Hit]:
    of_plan = version_key(subject.plan.version or "")
    versions: dict[str, set[str]] = {}
    for row in subject.rows:
        versions.setdefault(row.item.branch or "", set()).add(_version(row))
    for row in subject.rows:
        own, branch = version_key(row.item.version or ""), row.item.branch or ""
        found = _BRANCH_VERSION.search(branch) if len(versions[branch]) == 1 else None
        named = version_key(found[0]) if found else None
        if own and named and not any(_agree(named, each) for each in (own, of_plan) if each):
            yield hit(
                row.at("branch"),
                f"{row.name.zh}的分支 {branch} 与版本号 {row.item.version} 不一致",
                f"the branch {branch} of {row.name.en} is not of version {row.item.version}",
            )


def _agree(one: VersionKey, other: VersionKey) -> bool:
    """Whether two versions are the same as far as both go: 2.3 and 2.3.1."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]
