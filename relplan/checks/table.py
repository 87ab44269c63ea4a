"""PLN: what could not be read, or not be placed, and the columns of the release table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from relplan.checks.rule import Hit, hit, rule
from relplan.checks.subject import Subject
from relplan.checks.texts import is_blank, placeholder
from relplan.errors import Path, suggest
from relplan.findings import Severity
from relplan.model.clash import is_marked, marked_paths
from relplan.model.columns import columns_of, header_index
from relplan.model.plan import unread
from relplan.model.read import Notice, unread_message
from relplan.model.table import ReleaseItem
from relplan.patterns import regex

UNREADABLE: Final = "PLN001"
_NEAR: Final = 0.75
"""How near a header is to a known one to be taken for a slip; 投产编号 is none for 编号."""
_MANDATORY: Final = ("order", "system", "version")
_SECOND: Final = regex(r"(?P<header>.+) #\d+", re.DOTALL)
"""What readers call a column whose header was there before."""


@rule(
    UNREADABLE,
    "unreadable-plan",
    Severity.ERROR,
    checks=(
        "文件可以打开，内容是计划：不是加密、损坏或别的格式，也没有不认识的键。",
        "The file can be opened and holds a plan: it is not encrypted, broken or of another kind, and has no unknown keys.",
    ),
    why=("读不出来的计划，没有一条能检查。", "Of a plan that cannot be read nothing can be checked."),
    fix=(
        "按说明改正；加密的工作簿请去掉密码，或另存为 CSV、YAML",
        "mend it as told; save an encrypted workbook without its password, or as CSV or YAML",
    ),
)
def unreadable_plan(subject: Subject) -> Iterator[Hit]:
    """A plan that gets here was read; of the others `relplan.checks.run.unreadable` tells."""
    return iter(())


@rule(
    "PLN002",
    "no-release-table",
    Severity.ERROR,
    checks=(
        "计划有发布清单：哪些系统、哪个版本、改了什么。",
        "The plan has a release table: which systems, which versions, which changes.",
    ),
    why=(
        "没有清单，发布顺序、依赖、脚本和风险都无从检查。",
        "Without it order, dependencies, scripts and risks cannot be checked at all.",
    ),
    fix=(
        "加上含“系统名称”“版本号”表头的清单；relplan new --form 生成填写表",
        "add the table with the headers System and Version; relplan new --form makes a form for it",
    ),
)
def no_release_table(subject: Subject) -> Iterator[Hit]:
    if not subject.rows:
        yield hit(("table",), "未找到发布清单", "there is no release table")


@rule(
    "PLN003",
    "unknown-column",
    Severity.WARNING,
    needs=("table",),
    checks=(
        "发布清单的每一列都认识；不认识的列原样保留。",
        "Every column of the release table is known; others are kept as they are.",
    ),
    why=(
        "写错的列名会让整列内容不参加检查。",
        "A misspelt header keeps a whole column out of every check.",
    ),
    fix=(
        "改正列名，或在设置 import.columns 中说明它是哪一列；是团队自己的列就不用改",
        "mend the header, or say in the setting import.columns which column it is; a column of the team's own may stay",
    ),
)
def unknown_column(subject: Subject) -> Iterator[Hit]:
    known = [header for bound in columns_of(ReleaseItem) for header in bound.column.headers()]
    for header, path in _extra_columns(subject):
        if _SECOND.fullmatch(header):
            continue
        hint = suggest(header, known, _NEAR)
        severity = Severity.WARNING if hint.zh else Severity.ADVICE
        yield hit(path, f"不认识的列“{header}”{hint.zh}", f'unknown column "{header}"{hint.en}', severity=severity)


@rule(
    "PLN006",
    "duplicate-column",
    Severity.ERROR,
    needs=("table",),
    checks=("发布清单的列名不重复。", "No header of the release table is there twice."),
    why=(
        "两列同名时，人和程序会看不同的一列。",
        "Of two columns with one name, people and programs look at different ones.",
    ),
    fix=("合并两列，或给其中一列改名", "merge the two, or rename one"),
)
def duplicate_column(subject: Subject) -> Iterator[Hit]:
    extras = dict(_extra_columns(subject))
    index = header_index(ReleaseItem)
    for header, path in extras.items():
        match = _SECOND.fullmatch(header)
        if match and (match["header"] in extras or index.field(match["header"])):
            yield hit(path, f"列“{match['header']}”出现不止一次", f'the column "{match["header"]}" is there more than once')  # fmt: skip


def _extra_columns(subject: Subject) -> Iterator[tuple[str, Path]]:
    """The headers of columns that no one knows, each with the first cell below it."""
    seen: set[str] = set()
    for row in subject.rows:
        for index, pair in enumerate(row.item.extra):
            if pair.header not in seen:
                seen.add(pair.header)
                yield pair.header, (*row.at("extra"), index)


@rule(
    "PLN004",
    "missing-column",
    Severity.ERROR,
    needs=("table",),
    checks=(
        "发布清单有发布顺序、系统名称、版本号三列；缺少其他标准列时为警告。",
        "The release table has the columns order, system and version; another one of the standard columns missing is a warning.",
    ),
    why=(
        "整列没有，说明没有人想过这件事。",
        "A column that is not there was thought of by no one.",
    ),
    fix=("加上这一列；没有内容的写“无”", "add the column; write none where there is nothing"),
)
def missing_column(subject: Subject) -> Iterator[Hit]:
    for bound in columns_of(ReleaseItem):
        optional = bound.column.optional
        if optional or any(not is_blank(getattr(row.item, bound.field)) for row in subject.rows):
            continue
        severity = Severity.ERROR if bound.field in _MANDATORY else Severity.WARNING
        zh, en = bound.column.zh, bound.column.en
        yield hit(
            subject.rows[0].path, f"发布清单没有“{zh}”", f'no row of the release table states "{en}"', severity=severity
        )


_OWNED: Final = (("window", "start"), ("rollback", "deadline"))
"""What TIM101 and RBK109 ask for."""


@rule(
    "PLN005",
    "bad-value",
    Severity.ERROR,
    checks=(
        "每个值都在规定的范围内：风险等级、日期、时长、动作、类型。",
        "Every value is of its kind: risk level, date, minutes, action, kind of release.",
    ),
    why=("读不出的值不参加任何计算。", "A value that cannot be read counts for nothing."),
    fix=("改成可用的值", "use one of the known values"),
)
def bad_value(subject: Subject) -> Iterator[Hit]:
    for path, value in unread(subject.plan):
        if path not in _OWNED and not placeholder(value.text) and not is_marked(value.text):
            message = unread_message(path, value)
            yield Hit(path, message)


@rule(
    "PLN007",
    "stray-cells",
    Severity.WARNING,
    checks=(
        "文件中的文字都有归宿：没有表外的单元格和放不进任何栏目的内容。",
        "Every word of the file has its place: none stands outside the tables and sections.",
    ),
    why=("没有读入的内容不会出现在任何文档中。", "What was not read is in none of the documents."),
    fix=("移到有表头的列或认识的章节中，或删除", "move it under a header or into a known section, or delete it"),
)
def stray_cells(subject: Subject) -> Iterator[Hit]:
    for notice in subject.read.notices:
        if notice.kind == "unplaced":
            yield _told(notice)


@rule(
    "PLN008",
    "unresolved-clash",
    Severity.ERROR,
    checks=(
        "合并多份计划时的冲突都已解决：没有留下“<<<<<<<”标记。",
        "Every clash of a merge is resolved: no mark of one (<<<<<<<) is left.",
    ),
    why=(
        "几个人对同一内容有不同说法，没有人决定过。",
        "Several people said different things of the same, and no one has decided.",
    ),
    fix=("留下正确的内容，删除标记", "keep what is right and delete the mark"),
)
def unresolved_clash(subject: Subject) -> Iterator[Hit]:
    for path in marked_paths(subject.plan):
        yield hit(path, "未解决的冲突", "an unresolved clash")


def _told(notice: Notice) -> Hit:
    return Hit((), notice.problem.message, place=notice.problem.place)
