"""What a check finds in a plan: findings with their place, reason and cure; what was exempted; which rules could not run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct, field

from relplan.errors import Language, Message, Path, Place, Problem


class Severity(Enum):
    """How much a finding weighs. The value is the word in settings and for machines; `zh` and `en` stand in reports."""

    ERROR = "error", "错误", "Error"
    WARNING = "warning", "警告", "Warning"
    ADVICE = "advice", "建议", "Advice"

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Severity:
        member = object.__new__(cls)
        member._value_ = value
        member.zh, member.en = zh, en
        return member

    def label(self, language: Language) -> str:
        """The word for reports."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return str(self.value)


class Stage(Enum):
    """How far a release has come on its way; what is advice at the first is an error at the last."""

    DRAFT = "draft", "起草", "Draft"
    TEST = "test", "提交测试", "Handed over to test"
    STAGING = "staging", "预热发布", "Pre-production"
    PROD = "prod", "正式上线", "Go-live"

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Stage:
        member = object.__new__(cls)
        member._value_ = value
        member.zh, member.en = zh, en
        return member

    def __str__(self) -> str:
        return str(self.value)


class RuleInfo(Struct, frozen=True):
    """What there is to say about a rule, without its code.

    Attributes:
        code: such as `ORD121`; its three letters name the group.
        slug: the same in words: `step-order-against-dependency`.
        severity: of its findings, unless the stage or the finding itself says otherwise.
        checks: what it looks for, one sentence.
        why: what happens on the night where it is not mended.
        fix: the cure, as an instruction.
        needs: what must be there for it to run, such as `table`, `sql`, `files`, `clock`; without it the rule is "not run".
        on: whether it runs unless asked for.
        due: the stage from which its findings are errors; a warning one stage before, advice earlier still. None: always `severity`.
    """

    code: str
    slug: str
    severity: Severity
    checks: Message
    why: Message
    fix: Message
    needs: tuple[str, ...] = ()
    on: bool = True
    due: Stage | None = None


class Finding(Struct, frozen=True):
    """Something that a rule found.

    Attributes:
        code: of the rule.
        slug: of the rule.
        severity: how much it weighs here, at this stage.
        message: what is wrong, one sentence.
        fix: what to do, one sentence.
        place: where it stands in the file.
        path: where it stands in the plan; `()` is the whole plan.
    """

    code: str
    slug: str
    severity: Severity
    message: Message
    fix: Message
    place: Place | None = None
    path: Path = ()

    @property
    def problem(self) -> Problem:
        """The finding as a message with its place."""
        return Problem(self.message, self.place)


class NotRun(Struct, frozen=True):
    """A rule that could not run, and why; `fault` where it is the rule's own."""

    code: str
    slug: str
    reason: Message
    fault: bool = False


class Exempted(Struct, frozen=True):
    """A finding that the team has decided to live with: why, until when, and where it says so."""

    finding: Finding
    reason: str
    until: dt.date | None = None
    place: Place | None = None


class Checked(Struct, frozen=True):
    """What the check of one plan came to.

    Attributes:
        name: the file, as it was named.
        stage: for which the plan was checked.
        findings: in the order of the file.
        exempted: findings that an exemption covers; they count for nothing but are shown.
        not_run: the rules that could not run.
        rules: all rules that were asked for, by code.
        folder: of the scripts and packages, as it was named; the files of places that are not the plan's are paths in it.
    """

    name: str
    stage: Stage
    findings: tuple[Finding, ...] = ()
    exempted: tuple[Exempted, ...] = ()
    not_run: tuple[NotRun, ...] = ()
    rules: Mapping[str, RuleInfo] = field(default_factory=dict)
    folder: str = ""

    def count(self, severity: Severity) -> int:
        """How many findings have a severity."""
        return sum(1 for finding in self.findings if finding.severity is severity)


GROUPS: Final[Mapping[str, Message]] = {
    "PLN": Message("文件与表格", "The file and its table"),
    "CMP": Message("完整性", "Completeness"),
    "ORD": Message("顺序与依赖", "Order and dependencies"),
    "SQL": Message("数据库脚本", "Database scripts"),
    "CFG": Message("配置", "Configuration"),
    "RSK": Message("风险", "Risk"),
    "RBK": Message("回退", "Rollback"),
    "PPL": Message("人员", "People"),
    "TIM": Message("时间", "Time"),
    "ART": Message("交付物", "Artifacts"),
    "GAT": Message("上线关卡", "Gates"),
    "PAC": Message("发布节奏", "The pace of a roadmap"),
    "SUP": Message("豁免", "Exemptions"),
}
"""The groups of rules, by the letters of their codes."""
