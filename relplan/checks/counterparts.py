"""What a release changes in kinds (applications, the database, configuration), and what in the rollback undoes each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

from relplan.checks.rows import PlannedRow
from relplan.checks.steps import PlannedStep
from relplan.checks.subject import Subject
from relplan.model.text import is_none_word
from relplan.model.values import Action
from relplan.patterns import regex


class ChangeKind(Enum):
    """A kind of change that is undone in its own way; `action` is that of its steps, `zh` and `en` are said to people."""

    DEPLOY = "deploy", Action.DEPLOY, "应用部署", "the deployment of applications"
    SQL = "sql", Action.SQL, "数据库变更", "the change of the database"
    CONFIG = "config", Action.CONFIG, "配置更新", "the change of configuration"

    action: Action
    zh: str
    en: str

    def __new__(cls, value: str, action: Action, zh: str, en: str) -> ChangeKind:
        member = object.__new__(cls)
        member._value_ = value
        member.action, member.zh, member.en = action, zh, en
        return member


_KIND_WORDS: Final = {
    ChangeKind.SQL: regex(
        r"备份数据|数据备份|数据库|sql|(?<!shell)(?<!shell )脚本|(?<!仓)库(?!存)|(?:还原|恢复|回[滚退]|删除|清理).{0,8}数据(?!服务|中心|平台)|"
        r"数据(?:还原|恢复|回[滚退])|(?<![报图列])表|[新加]列|列保留|索引|字段|\bddl\b|\bdml\b|\bdb\b|database|schema|\bdump\b|(?<![\w-])data(?![\w-])|\btables?\b|\bcolumns?\b|\bindex",
        re.IGNORECASE,
    ),
    ChangeKind.CONFIG: regex(
        r"配置|参数|开关|nacos|apollo|config|setting|feature flag|\.ya?ml|\.properties|[a-z]\.[a-z_-]+ ?(?:改回|改为)",
        re.IGNORECASE,
    ),
    ChangeKind.DEPLOY: regex(
        r"镜像|jar|war\b|安装包|程序包|更新包|应用|程序|前端|后端|网站|页面|目录|容器|\bweb\b|html|服务(?!器)|版本|重新部署|"
        r"image|package|build|artifact|\bapp|front-?end|back-?end|service|version|deploy|release",
        re.IGNORECASE,
    ),
}
_LOOSE: Final = regex(r"版本|version|release", re.IGNORECASE)
"""A configuration and a database have versions too: where nothing else speaks of applications, these words do not."""
_RETURNS: Final = frozenset((Action.RESTORE, Action.OTHER, Action.UPLOAD))
"""What a step of the rollback may be declared to do when it undoes something, beside the action of the change itself."""
_RETURNS_NOTHING: Final = frozenset(
    (Action.NOTIFY, Action.VERIFY, Action.VERIFY_PACKAGE, Action.BACKUP, Action.PUBLISH, Action.RESTRICT, Action.REOPEN)
)
"""What a step that is taken for it by its words does not undo anything with."""

_GOES_BACK: Final = regex(r"[改切退回滚]回|回[退滚]|还原|恢复|\bback\b|revert|restor|undo", re.IGNORECASE)

IRREVERSIBLE: Final = regex(
    r"不可回[退滚]|无法回[退滚]|不能回[退滚]|不支持回[退滚]|不回[退滚]|无需回[退滚]|不可逆|不可恢复|无法恢复|前滚|向前修复|"
    r"irreversibl|can(?:not|'t| not) be (?:undone|rolled back|reverted|reversed)|not reversible|no rollback|"
    r"roll(?:ed|ing)?[ -]?forward|fix(?:ed|ing)?[ -]forward|forward[ -]fix",
    re.IGNORECASE,
)
"""How a plan says that something cannot be undone, or is mended forward."""


def kinds_in(text: str) -> frozenset[ChangeKind]:
    """The kinds of change that a text on going back speaks of."""
    found = {kind for kind, words in _KIND_WORDS.items() if words.search(text)}
    if len(found) > 1 and not _KIND_WORDS[ChangeKind.DEPLOY].search(_LOOSE.sub("", text)):
        found.discard(ChangeKind.DEPLOY)
    return frozenset(found)


def said_of(step: PlannedStep) -> str:
    """The words of a step: its text and its command."""
    return f"{step.step.text or ''}\n{step.step.command or ''}"


def undoing(step: PlannedStep) -> frozenset[ChangeKind]:
    """The kinds of change that a step of the rollback undoes; all of them where it restores without saying what."""
    own = frozenset(kind for kind in ChangeKind if step.does(kind.action))
    returns = step.action in _RETURNS if step.declared else _seems_to_return(step)
    if not own and not returns and not IRREVERSIBLE.search(said_of(step)):
        return frozenset()
    spoken = kinds_in(said_of(step)) | own
    return spoken or (frozenset(ChangeKind) if step.does(Action.RESTORE) else frozenset())


def _seems_to_return(step: PlannedStep) -> bool:
    """Whether a step of the rollback that declares nothing may undo something; one that stops or starts only where it says so."""
    if step.does(Action.STOP, Action.START):
        return bool(_GOES_BACK.search(said_of(step)))
    return step.action not in _RETURNS_NOTHING


def undone(subject: Subject) -> frozenset[ChangeKind]:
    """The kinds of change that the steps of the rollback undo, or that its conditions say are not undone."""
    found = {kind for step in subject.of("rollback") for kind in undoing(step)}
    text = subject.plan.rollback.text or ""
    return frozenset(found | (kinds_in(text) if IRREVERSIBLE.search(text) else set()))


def own_rollback(row: PlannedRow) -> str:
    """What a row says of its own rollback; blank where it says nothing, or that there is none."""
    text = row.item.rollback or ""
    return "" if is_none_word(text) else text


def changed_by(row: PlannedRow) -> Iterator[ChangeKind]:
    """The kinds of change that a row makes beside its application."""
    item = row.item
    if any(text and not is_none_word(text) for text in (item.ddl, item.dml)):
        yield ChangeKind.SQL
    if item.configuration and not is_none_word(item.configuration):
        yield ChangeKind.CONFIG
