"""RSK: whether the stated risk fits what is done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from relplan.checks.rule import Hit, Words, hit, rule
from relplan.checks.scripts import RISKY, PlannedDanger
from relplan.checks.steps import short
from relplan.checks.subject import Subject
from relplan.errors import Path, Place
from relplan.findings import Severity
from relplan.model.values import RiskLevel
from relplan.patterns import regex
from relplan.sql.verbs import Kind

_UNDERRATED: Final = {RiskLevel.LOW: Severity.ERROR, RiskLevel.MEDIUM: Severity.WARNING}
"""How much it weighs that a level was given to what takes data away, or breaks what is running."""


@rule(
    "RSK101",
    "risk-underrated",
    Severity.ERROR,
    needs=("table", "sql"),
    checks=(
        "删除表、列、分区，清空，改列的定义，重命名，没有 WHERE 的写操作，新增没有默认值的 NOT NULL 列：该行风险等级为高或重大；"
        "标为“低”是错误，标为“中”为警告。计划自己的脚本按清单中最高的等级。",
        "Rows that drop tables, columns or partitions, empty tables, change or rename columns, write without WHERE or add NOT NULL without "
        "default are of high or critical risk; low is an error, medium a warning. Scripts of the plan itself go by the highest level.",
    ),
    why=(
        "标低了的行没有人盯守、没有人复核，出事的偏偏是它。",
        "A row that is rated low is watched and reviewed by no one, and this is the one that goes wrong.",
    ),
    fix=(
        "提高风险等级，写明风险和控制；或改写脚本",
        "raise the level and state risk and control, or change the script",
    ),
)
def risk_underrated(subject: Subject) -> Iterator[Hit]:
    """A row that states no level is told of by CMP102."""
    for index, dangers in _risky_rows(subject):
        row = subject.rows[index]
        if row.risk in _UNDERRATED:
            said = (
                f"{row.name.zh}风险等级为“{row.risk.zh}”，脚本却",
                f"{row.name.en} is rated {row.risk.en.lower()}, but its script ",
            )
            yield _underrated(row.at("risk_level"), said, row.risk, dangers)
    own = [each for each in _risky(subject) if each.script.row is None]
    if own and (level := subject.plan.table.risk_level) in _UNDERRATED:
        name = own[0].name
        said = (
            f"清单的风险等级最高为“{level.zh}”，{name.zh}却",
            f"no row is rated above {level.en.lower()}, but {name.en} ",
        )
        yield _underrated(own[0].path, said, level, own, own[0].place)


def _risky(subject: Subject) -> Iterator[PlannedDanger]:
    return (each for each in subject.dangers if each.danger.kind in RISKY)


def _risky_rows(subject: Subject) -> list[tuple[int, list[PlannedDanger]]]:
    """The rows with SQL that takes data away or breaks what is running, each with its dangers."""
    found: dict[int, list[PlannedDanger]] = {}
    for each in _risky(subject):
        if each.script.row is not None:
            found.setdefault(each.script.row.index, []).append(each)
    return sorted(found.items())


def _underrated(
    path: Path, said: Words, level: RiskLevel, dangers: Sequence[PlannedDanger], place: Place | None = None
) -> Hit:
    """That a level was given to dangers; `said` is what stands before the first of them."""
    danger, more = dangers[0].danger, len(dangers) - 1
    return hit(
        path,
        f"{said[0]}{danger.kind.zh}（{danger.subject}）{f'等 {more + 1} 处' if more else ''}",
        f"{said[1]}{danger.kind.en} ({danger.subject}){f' and {more} more' if more else ''}",
        severity=_UNDERRATED[level],
        place=place,
    )


@rule(
    "RSK102",
    "db-change-rated-low",
    Severity.ADVICE,
    needs=("table", "sql"),
    checks=(
        "改表结构的行，风险等级不是“低”，也不是空白；只建视图的不算。",
        "Rows that change the structure of the database are not rated low or left unrated; views do not count.",
    ),
    why=(
        "改表结构会锁表、会影响正在运行的旧版本，也不容易回退。",
        "Such changes lock tables, touch the version that is running, and are not easily undone.",
    ),
    fix=("确认等级是否合适", "confirm that the level is right"),
)
def db_change_rated_low(subject: Subject) -> Iterator[Hit]:
    """Where the level contradicts the script, RSK101 tells of it."""
    told = {row for row, _ in _risky_rows(subject)}
    for index, verb in _structure_changes(subject).items():
        row = subject.rows[index]
        unrated = row.item.risk_level is None
        if unrated or (row.risk is RiskLevel.LOW and index not in told):
            zh, en = ("没有写风险等级", "has no risk level") if unrated else ("风险等级为“低”", "is rated low")
            yield hit(row.at("risk_level"), f"{row.name.zh}有 {verb}，{zh}", f"{row.name.en} has {verb} and {en}")


def _structure_changes(subject: Subject) -> dict[int, str]:
    """The first statement of each row that changes the structure, by its verb."""
    found: dict[int, str] = {}
    for each in subject.statements:
        verb, row = each.statement.verb, each.script.row
        if row is not None and each.statement.kind is Kind.DDL and not verb.endswith(("VIEW", "COMMENT ON")):
            found.setdefault(row.index, verb)
    return found


_BOILERPLATE: Final = regex(
    r"同[上下前]|(?:已|经过?|充分|完成)*(?:测试|验证|自测|评审)(?:已|均已)?(?:通过|完成|过|充分|无误|没问题)?|"
    r"(?:请|需要?|上线后|发布后|及时|密切|注意|加强|做好|严格)*(?:观察|关注|监控|测试|验证|把控|控制|小心|谨慎|跟踪|执行)|"
    r"(?:有问题|出问题|异常)?(?:及时|立即)?(?:处理|联系开发|反馈)|风险可控|可控|没有?问题|无风险|常规操作|注意|"
    r"same as above|as above|see above|ditto|as usual|(?:fully |well |already |has been |was )?(?:tested|verified|reviewed)|"
    r"(?:be )?careful(?:ly)?|(?:watch|monitor|observe|test)(?:ing|ed)?(?: (?:closely|carefully|it|logs?))?|under control|"
    r"(?:no|low) (?:risk|problem|issue)s?|standard procedure",
    re.IGNORECASE,
)
"""What a control says that controls nothing."""
_PIECES: Final = regex(
    r"[\s]*(?:[，。；、,;！!\n]|\.(?:\s|$)|\band\b)+[\s]*|^\s*\d+[.、)]\s*", re.IGNORECASE | re.MULTILINE
)
_LONGEST: Final = 60
"""Characters; who writes more has said something."""
_HIGH: Final = (RiskLevel.CRITICAL, RiskLevel.HIGH)


@rule(
    "RSK103",
    "boilerplate-control",
    Severity.WARNING,
    needs=("table",),
    checks=(
        "高风险和重大风险的风险控制不只是套话：同上、已测试、注意观察。",
        "The control of a high or critical risk is more than words such as same as above, tested, monitor closely.",
    ),
    why=(
        "套话在当晚没有可以执行的动作。",
        "Such words hold nothing that anyone could do on the night.",
    ),
    fix=(
        "写明具体措施：灰度、开关、备份、谁盯守什么指标",
        "name a guard: a gradual release, a switch, a backup, who watches which figure",
    ),
)
def boilerplate_control(subject: Subject) -> Iterator[Hit]:
    """A control that is blank or says "none" is told of by CMP103."""
    for row in subject.rows:
        control = row.item.risk_control or ""
        if row.risk in _HIGH and _says_nothing(control):
            yield hit(
                row.at("risk_control"),
                f"{row.name.zh}风险等级为“{row.risk.zh}”，风险控制仅为“{short(control)}”",
                f'{row.name.en} is of {row.risk.en.lower()} risk, but its control is only "{short(control)}"',
            )


def _says_nothing(control: str) -> bool:
    if len(control) > _LONGEST:
        return False
    pieces = [piece for piece in _PIECES.split(control) if piece]
    return bool(pieces) and all(_BOILERPLATE.fullmatch(piece.strip()) for piece in pieces)
