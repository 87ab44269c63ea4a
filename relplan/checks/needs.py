"""What rules may need beside the plan itself, and what is said of a rule that has not got it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from relplan.checks.subject import Subject
from relplan.errors import Message


class Need(NamedTuple):
    """Something a rule may need: whether it is there, and what is said where it is not."""

    met: Callable[[Subject], bool]
    missing: Message


def _absent(zh: str, en: str) -> Need:
    """Something that no plan can hold yet."""
    return Need(_never, Message(zh, en))


def _never(_: Subject) -> bool:
    return False


NEEDS: Final[Mapping[str, Need]] = {
    "table": Need(lambda subject: bool(subject.rows), Message("计划没有发布清单", "the plan has no release table")),
    "roadmap": Need(lambda subject: subject.course is not None, Message("这不是路线图", "this is no roadmap")),
    "steps": Need(
        lambda subject: any(subject.of("deployment")), Message("计划没有发布过程", "the plan has no deployment steps")
    ),
    "sql": Need(
        lambda subject: bool(subject.scripts), Message("计划中没有可检查的 SQL", "there is no SQL in the plan to check")
    ),
    "packages": Need(
        lambda subject: bool(subject.plan.packages or subject.plan.scripts),
        Message("计划没有列出安装包和脚本", "the plan lists no packages and no scripts"),
    ),
    "participants": Need(
        lambda subject: bool(subject.plan.participants), Message("计划没有参与人员", "the plan names no participants")
    ),
    "window": Need(
        lambda subject: subject.start is not None,
        Message("计划没有可读的开始时间", "the plan has no start that can be read"),
    ),
    "previous-versions": Need(
        lambda subject: any(row.item.previous_version for row in subject.rows),
        Message("发布清单没有“上一版本”", "the release table states no previous versions"),
    ),
    "window-end": Need(
        lambda subject: subject.end is not None,
        Message("计划没有可读的结束时间", "the plan has no end that can be read"),
    ),
    "minutes": Need(
        lambda subject: any(isinstance(each.step.minutes, int) for each in subject.of("deployment")),
        Message("发布过程的步骤没有写时长", "no deployment step says how many minutes it takes"),
    ),
    "roles": Need(
        lambda subject: any(each.roles or each.duty for each in subject.participants),
        Message("参与人员没有写角色", "no participant has a role"),
    ),
    "preparation": Need(
        lambda subject: any(subject.of("preparation")), Message("计划没有发布准备", "the plan has no preparation steps")
    ),
    "verification": Need(
        lambda subject: any(subject.of("verification")),
        Message("计划没有发布验证", "the plan has no verification steps"),
    ),
    "rollback": Need(
        lambda subject: any(subject.of("rollback")) or any(row.item.rollback for row in subject.rows),
        Message("计划没有回退过程", "the plan has no rollback steps"),
    ),
    "points": Need(
        lambda subject: bool(subject.plan.rollback.points),
        Message("回退触发条件没有写验证点", "the rollback trigger names no verification points"),
    ),
    "deadline": Need(
        lambda subject: subject.deadline is not None,
        Message("计划没有可读的回退时限", "the plan has no rollback deadline that can be read"),
    ),
    "rollback-minutes": Need(
        lambda subject: any(isinstance(each.step.minutes, int) for each in subject.of("rollback")),
        Message("回退过程的步骤没有写时长", "no rollback step says how many minutes it takes"),
    ),
    "configuration": Need(
        lambda subject: any(row.item.configuration for row in subject.rows),
        Message("发布清单没有配置更新", "the release table has no configuration"),
    ),
    "files": Need(
        lambda subject: subject.settings.files is not None,
        Message("没有给出文件目录；加上 --files 目录", "no folder of files is given; add --files DIR"),
    ),
    "git": Need(
        lambda subject: subject.settings.branches is not None,
        Message("没有给出代码库；加上 --git 代码库", "no repository is given; add --git REPO"),
    ),
    "clock": Need(
        lambda subject: subject.settings.now is not None,
        Message("没有给出当前时间；加上 --now 时间", "no time of the check is given; add --now TIME"),
    ),
    "freezes": Need(
        lambda subject: bool(subject.settings.freezes),
        Message("设置中没有封网期（check.freezes）", "the settings name no freeze (check.freezes)"),
    ),
    "big-tables": Need(
        lambda subject: bool(subject.settings.big_tables),
        Message("设置中没有大表（check.big_tables）", "the settings name no big tables (check.big_tables)"),
    ),
    "tests": Need(
        lambda subject: subject.plan.tests.runs != (),
        Message("计划没有记录测试结果（tests.runs）", "the plan holds no results of tests (tests.runs)"),
    ),
    "issues": Need(
        lambda subject: subject.plan.issues != (),
        Message(
            "计划没有记录缺陷（issues；没有的写“无”）",
            'the plan holds no issues (issues; where there are none say "none")',
        ),
    ),
    "meetings": Need(
        lambda subject: subject.plan.meetings != (),
        Message("计划没有记录会议（meetings）", "the plan holds no meetings (meetings)"),
    ),
    "approvals": _absent("审批记在日志中，由 relplan gate 检查", "approvals are in the log; relplan gate checks them"),
    "process": _absent("由 relplan gate 按上线流程检查", "relplan gate checks it by the go-live process"),
}
"""Every need, by the name that rules use."""

UNHELD: Final = frozenset(name for name, need in NEEDS.items() if need.met is _never)
"""The needs that nothing can meet yet; rules that have them say so and do not run."""


def missing(subject: Subject, needs: tuple[str, ...]) -> Message | None:
    """What is missing first of what a rule needs; None where all is there."""
    return next((NEEDS[each].missing for each in needs if not NEEDS[each].met(subject)), None)
