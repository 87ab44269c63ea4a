"""GAT: what the go-live process asks for before each stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from relplan.checks.rule import Hit, hit, rule
from relplan.checks.subject import Subject
from relplan.findings import Severity, Stage
from relplan.model.readiness import TestRun, is_open
from relplan.model.text import is_none_word
from relplan.model.values import Action, IssueSeverity, Nothing, ReleaseKind, TestResult, TestRound
from relplan.patterns import regex


@rule(
    "GAT101",
    "test-report-missing",
    Severity.ERROR,
    needs=("tests",),
    due=Stage.STAGING,
    checks=("内部测试和集成测试有测试结果报告。", "Internal and integration tests have their reports."),
    why=(
        "没有报告，谁也不知道测过什么、剩下什么。",
        "Without a report no one knows what was tested and what is left.",
    ),
    fix=("附上测试结果报告", "attach the report"),
)
def test_report_missing(subject: Subject) -> Iterator[Hit]:
    rounds = {run.round for run in _runs(subject)}
    for each in (TestRound.INTERNAL, TestRound.INTEGRATION):
        if each not in rounds:
            yield hit(subject.listed(("tests", "runs")), f"没有{each.label('zh')}的结果报告", f"there are no results of the {each.label('en').lower()} tests")  # fmt: skip


@rule(
    "GAT102",
    "open-severe-bugs",
    Severity.ERROR,
    needs=("issues",),
    due=Stage.STAGING,
    checks=("没有未关闭的 A、B 级缺陷。", "No defect of level A or B is open."),
    why=("上线标准是没有 A、B 级缺陷。", "The standard for going live is that there are none."),
    fix=("修复，或移出这次发布", "mend it, or take it out of the release"),
)
def open_severe_bugs(subject: Subject) -> Iterator[Hit]:
    issues = subject.plan.issues
    for at, issue in enumerate(() if isinstance(issues, Nothing) else issues):
        if is_open(issue) and issue.severity in (IssueSeverity.A, IssueSeverity.B):
            name = issue.number or issue.title or ""
            yield hit(("issues", at), f"{issue.severity} 级缺陷未关闭：{name}", f"a defect of level {issue.severity} is open: {name}")  # fmt: skip


@rule(
    "GAT103",
    "c-bugs-over-limit",
    Severity.WARNING,
    needs=("issues", "process"),
    checks=("未关闭的 C 级缺陷不超过约定的数目。", "Open defects of level C are no more than was agreed."),
    why=("小问题多了，用户一样受影响。", "Many small defects trouble users as a large one does."),
    fix=("修复，或重新约定", "mend some, or agree anew"),
)
def c_bugs_over_limit(subject: Subject) -> Iterator[Hit]:
    """The log and the process hold it: `relplan gate` tells."""
    return iter(())


@rule(
    "GAT104",
    "minutes-missing",
    Severity.ERROR,
    needs=("meetings",),
    due=Stage.PROD,
    checks=("部署大会开过，有会议纪要。", "The deployment meeting took place, and there are minutes."),
    why=(
        "脚本、顺序、时间和回退方案要在会上定下来，写下来才算数。",
        "Scripts, order, times and the way back are settled there; what is not written does not hold.",
    ),
    fix=("附上会议纪要", "attach the minutes"),
)
def minutes_missing(subject: Subject) -> Iterator[Hit]:
    found = subject.plan.meetings
    meetings = () if isinstance(found, Nothing) else found
    if not any(each.record or each.decisions for each in meetings):
        yield hit(
            subject.listed(("meetings",)), "会议没有结论，也没有纪要", "the meetings have neither decisions nor minutes"
        )


@rule(
    "GAT105",
    "approval-missing",
    Severity.ERROR,
    needs=("approvals",),
    due=Stage.TEST,
    checks=("上线方案经技术负责人审核。", "The technical lead has reviewed the plan."),
    why=("写方案的人看不见自己漏掉的。", "Who wrote the plan does not see what it leaves out."),
    fix=("提交审核", "have it reviewed"),
)
def approval_missing(subject: Subject) -> Iterator[Hit]:
    """The log and the process hold it: `relplan gate` tells."""
    return iter(())


@rule(
    "GAT106",
    "approver-is-author",
    Severity.WARNING,
    needs=("approvals",),
    checks=("审批人不是方案的作者。", "Who approves the plan did not write it."),
    why=("自己审自己等于没有审。", "An approval of one's own work is none."),
    fix=("换一位审批人", "have someone else approve it"),
)
def approver_is_author(subject: Subject) -> Iterator[Hit]:
    """The log and the process hold it: `relplan gate` tells."""
    return iter(())


@rule(
    "GAT107",
    "environment-owner-missing",
    Severity.WARNING,
    needs=("process",),
    checks=(
        "开发、测试、预热、正式环境都有负责人。",
        "Development, test, pre-production and production have their owners.",
    ),
    why=("没有负责人的环境，出了问题没有人管。", "When an environment without an owner fails, it is no one's task."),
    fix=("指定负责人", "name the owner"),
)
def environment_owner_missing(subject: Subject) -> Iterator[Hit]:
    """The log and the process hold it: `relplan gate` tells."""
    return iter(())


@rule(
    "GAT108",
    "stage-skipped",
    Severity.ERROR,
    needs=("tests",),
    due=Stage.PROD,
    checks=("正式上线之前，预热环境的验收已经通过。", "Before production the acceptance in pre-production has passed."),
    why=(
        "没有在预热环境验收过的版本，第一次验收就在客户面前。",
        "What was not accepted there is tried for the first time before the customers.",
    ),
    fix=("先完成预热环境的验收", "have it accepted in pre-production first"),
)
def stage_skipped(subject: Subject) -> Iterator[Hit]:
    staged = [run for run in _runs(subject) if run.round is TestRound.STAGING]
    if not any(run.result is TestResult.PASS for run in staged):
        yield hit(
            subject.listed(("tests", "runs")),
            "预热环境的验收没有通过的结果",
            "no acceptance in pre-production has passed",
        )


def _runs(subject: Subject) -> tuple[TestRun, ...]:
    runs = subject.plan.tests.runs
    return () if isinstance(runs, Nothing) else runs


_CUSTOMERS: Final = regex(
    r"客户|用户|商户|会员|业务方|业务部门|全员|对外|公告|客服|\bcustomers?\b|\bclients?\b|\busers?\b|announce|public",
    re.IGNORECASE,
)


@rule(
    "GAT110",
    "customer-not-notified",
    Severity.WARNING,
    needs=("preparation",),
    checks=(
        "发布准备有通知客户的步骤，或说明不需要通知。",
        "The preparation has a step that notifies customers, or says that there is no need to.",
    ),
    why=("客户在当晚才发现系统不能用。", "Customers find out on the night that the system is not there."),
    fix=("加上“通知客户”；不需要的写明“无需通知客户”", "add the step; where there is no need to notify them, say so"),
)
def customer_not_notified(subject: Subject) -> Iterator[Hit]:
    steps = tuple(subject.of("preparation", "deployment"))
    if not any(_is_notice(each.step.text or "", each.does(Action.NOTIFY)) for each in steps):
        yield hit(
            subject.listed(("preparation",)),
            "发布准备没有通知客户的步骤",
            "no step of the preparation notifies customers",
        )


def _is_notice(text: str, notifies: bool) -> bool:
    return bool(_CUSTOMERS.search(text)) and (
        notifies or bool(re.search(r"通知|告知|notif|inform", text, re.IGNORECASE))
    )


_NOTES: Final = regex(
    r"release ?notes?|发布说明|版本说明|更新说明|发布公告|升级公告|更新日志|change ?log", re.IGNORECASE
)


@rule(
    "GAT111",
    "no-release-notes-step",
    Severity.ADVICE,
    needs=("steps",),
    checks=("有发布版本说明（release notes）的步骤。", "A step publishes the release notes."),
    why=(
        "没有人知道这一版改了什么，问题都来问开发。",
        "No one knows what has changed, and all questions go to the developers.",
    ),
    fix=("在发布过程的最后加上这一步", "add it as the last step of the deployment"),
)
def no_release_notes_step(subject: Subject) -> Iterator[Hit]:
    steps = tuple(subject.of("preparation", "deployment", "verification"))
    if not any(each.does(Action.PUBLISH) or _NOTES.search(each.step.text or "") for each in steps):
        yield hit(
            subject.listed(("deployment",)),
            "没有发布版本说明（release notes）的步骤",
            "no step publishes the release notes",
        )


_MONITORING: Final = regex(r"监控|告警|巡检|monitor|alert|grafana|prometheus|zabbix|dashboard", re.IGNORECASE)
_FIRST: Final = regex(r"(?:无|首次|新增|新建|新系统|第一版|first|new)(?:上线|发布|系统|服务|版本)?", re.IGNORECASE)


@rule(
    "GAT112",
    "no-monitoring",
    Severity.ADVICE,
    needs=("table", "previous-versions"),
    checks=(
        "有首次上线的系统（上一版本写“无”）时，计划提到它的监控。",
        'Where a system goes live for the first time (its previous version is "none"), the plan speaks of monitoring.',
    ),
    why=(
        "新服务没有监控，出了问题先知道的是客户。",
        "When a new service that is not watched fails, customers know it first.",
    ),
    fix=("加上添加监控的步骤", "add a step that sets up its monitoring"),
)
def no_monitoring(subject: Subject) -> Iterator[Hit]:
    new = [row for row in subject.rows if _is_first(row.item.previous_version or "")]
    if new and not any(_MONITORING.search(text) for _, text, _ in subject.texts):
        for row in new:
            yield hit(row.at("previous_version"), f"{row.name.zh}首次上线，计划没有提到监控", f"{row.name.en} goes live for the first time, and the plan does not speak of monitoring")  # fmt: skip


def _is_first(previous: str) -> bool:
    return is_none_word(previous) or bool(_FIRST.fullmatch(previous.strip()))


_REASON: Final = regex(r"原因|背景|缘由|由于|因为|导致|故障|缺陷|线上问题|不能走正常|当天不|\bbug\b|reason|cause|because|due to|incident|outage|defect", re.IGNORECASE)  # fmt: skip
_FOLLOW_UP: Final = regex(r"后续|复盘|补测|补充测试|回归|根因|总结|跟进|合并回|下个版本|follow-?up|post-?mortem|retrospective|root cause|regression|merge back|next release", re.IGNORECASE)  # fmt: skip


@rule(
    "GAT113",
    "hotfix-without-reason",
    Severity.WARNING,
    checks=(
        "紧急发布写明原因（目标，或提到原因、故障）；没有后续安排（复盘、补测、合并回主干）为建议。",
        "A hotfix states its reason (the goal of the plan, or words on the cause); without a follow-up (review, further tests, "
        "merging back) it is advice.",
    ),
    why=(
        "紧急发布省掉了几道关卡，省掉的理由和之后怎样补上要写下来。",
        "A hotfix leaves out some of the gates; why, and how they are made up for, has to be written down.",
    ),
    fix=("写明为什么紧急、之后做什么", "say why it cannot wait and what is done afterwards"),
)
def hotfix_without_reason(subject: Subject) -> Iterator[Hit]:
    if subject.plan.kind is not ReleaseKind.HOTFIX:
        return
    said = "\n".join(_own_words(subject))
    if not subject.plan.goal and not _REASON.search(said):
        yield hit(("kind",), "紧急发布没有写原因", "the hotfix has no reason")
    elif not _FOLLOW_UP.search(said):
        yield hit(("kind",), "紧急发布没有写后续安排", "the hotfix has no follow-up", severity=Severity.ADVICE)


def _own_words(subject: Subject) -> Iterator[str]:
    """The texts of the plan, and the headers of columns of the team's own."""
    yield from (text for _, text, _ in subject.texts)
    yield from (pair.header for row in subject.rows for pair in row.item.extra if pair.text)
