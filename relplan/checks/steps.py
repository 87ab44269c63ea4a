"""The steps of a plan in their order, and what each of them does: as declared, or as its words say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from relplan.errors import Message, Path
from relplan.model.entries import Step
from relplan.model.plan import ReleasePlan
from relplan.model.values import Action
from relplan.patterns import regex

PARTS: Final[Mapping[str, Message]] = {
    "preparation": Message("发布准备", "Preparation"),
    "deployment": Message("发布过程", "Deployment"),
    "verification": Message("发布验证", "Verification"),
    "rollback": Message("回退过程", "Rollback"),
}
"""The parts of a plan that are steps, and what they are called."""

# The first that fits holds: what undoes something is told before what does it.
_WORDS: Final[tuple[tuple[Action, str], ...]] = (
    (Action.REOPEN, r"解除|恢复访问|开放访问|重新开放|恢复流量|挂[载回]?流量|接[入回]流量|取消限制|\breopen|\blift\b|\bunblock|restore (?:access|traffic)"),
    (Action.VERIFY_PACKAGE, r"[校效]验.{0,6}(?:包|md5|sha)|md5|sha-?256|checksum|verify.{0,12}(?:package|artifact)"),
    (Action.BACKUP, r"(?<!还原)(?<!恢复)(?<!含)备份(?!数据还原)|備份|\bback ?up\b|mysqldump|pg_dump"),
    (Action.RESTORE, r"还原|還原|回滚|回退|\brestore|roll ?back|revert"),
    (Action.UPLOAD, r"上传|上傳|\bupload"),
    (Action.NOTIFY, r"通知|公告|邮件告知|\bnotif|\bannounce|inform"),
    (Action.PUBLISH, r"release ?notes|发布说明|版本说明"),
    (Action.RESTRICT, r"限制|只能允许|仅允许|禁止访问|摘[除掉]?流量|维护页|restrict|maintenance page|drain"),
    (Action.STOP, r"停止|停服|停用|停掉|关[闭掉]?(?:应用|服务|任务|监控|定时|告警)|屏蔽告警|\bstop\b|shut ?down|\bdisable"),
    (Action.SQL, r"sql|ddl|dml|(?:执行|运行|跑).{0,8}脚本(?!.{0,4}shell)|数据库(?:升级|变更|脚本)|数据订正|run .{0,12}script|migration"),
    (Action.CONFIG, r"配置|参数|nacos|apollo|\bconfig"),
    (Action.VERIFY, r"验证|驗證|验收|检查|确认|测试|冒烟|\bverif|\bcheck|\btest|\bsmoke"),
    (Action.START, r"启动|啟動|重启|启用|开启|(?:打开|恢复|开)(?:定时|监控|任务|告警|服务)|\bstart|\benable"),
    (Action.DEPLOY, r"部署|更新.{0,8}(?:镜像|应用|服务|程序|包)|发布|升级|上线|替换|\bdeploy|\binstall|\bupgrade|roll ?out|\brelease\b"),
)  # fmt: skip
_PATTERNS: Final = tuple((action, regex(words, re.IGNORECASE)) for action, words in _WORDS)
_ASIDE: Final = regex(r"[（(【][^（）()【】]*[）)】]")
"""What brackets hold says more of a step, not what it does."""


class PlannedStep(Struct, frozen=True):
    """A step where it stands.

    Attributes:
        part: `preparation`, `deployment`, `verification` or `rollback`.
        index: counted from 0 within its part.
        step: the step.
        action: what it does; None where neither a declaration nor its words tell.
        declared: whether the plan declares the action.
    """

    part: str
    index: int
    step: Step
    action: Action | None
    declared: bool

    @property
    def path(self) -> Path:
        """Where it stands in the plan."""
        return (*path_of(self.part), self.index)

    @property
    def name(self) -> Message:
        """What messages call it: 发布过程第 5 步“运行更新SQL脚本”."""
        number, text = self.step.number or str(self.index + 1), short(self.step.text or "")
        part = PARTS[self.part]
        return Message(f"{part.zh}第 {number} 步“{text}”", f'{part.en.lower()} step {number} "{text}"')

    def does(self, *actions: Action) -> bool:
        """Whether it does one of these."""
        return self.action in actions


def path_of(part: str) -> Path:
    """Where the steps of a part stand in a plan."""
    return ("rollback", "steps") if part == "rollback" else (part,)


def steps_of(plan: ReleasePlan) -> Iterator[PlannedStep]:
    """All steps of a plan: those of preparation, deployment, verification and rollback, in this order."""
    for part in PARTS:
        steps = plan.rollback.steps if part == "rollback" else getattr(plan, part)
        for index, step in enumerate(steps):
            declared = isinstance(step.action, Action)
            yield PlannedStep(part, index, step, step.action if declared else action_of(step.text or ""), declared)


def action_of(text: str) -> Action | None:
    """What the words of a step say it does; a guess, which no error may rest on."""
    bare = _ASIDE.sub("", text)
    return next((action for action, pattern in _PATTERNS if pattern.search(bare)), None)


def short(text: str, length: int = 24) -> str:
    """The first line of a text, cut where it is long: what messages quote."""
    first = text.strip().partition("\n")[0].strip()
    return first if len(first) <= length else f"{first[: length - 1]}…"
