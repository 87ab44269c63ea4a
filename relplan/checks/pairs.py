"""Steps that undo one another: restrict and reopen, stop and start."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from relplan.checks.steps import PlannedStep
from relplan.errors import Message
from relplan.model.values import Action
from relplan.patterns import regex

_ONLY_SPEAKING: Final = (
    Action.VERIFY,
    Action.VERIFY_PACKAGE,
    Action.NOTIFY,
    Action.PUBLISH,
    Action.BACKUP,
    Action.UPLOAD,
)
"""What changes nothing of what it speaks of: 验证服务已启动 starts no service."""


_ASIDE: Final = regex(r"[（(【\[][^（()）【】\[\]]*[）)】\]]")


def _bare(step: PlannedStep) -> str:
    """What a step says without what stands in brackets: 限制访问（验证后解除）lifts nothing."""
    return _ASIDE.sub(" ", step.step.text or "")


class Pair(Struct, frozen=True):
    """An action and the one that undoes it.

    Attributes:
        opening: the action that leaves something to be undone.
        closing: the action that undoes it.
        words: what in a step says that it undoes too, whatever else it does.
        undone: what the step that is missing would do.
        things: what a step is about; blank where its words do not tell.
    """

    opening: Action
    closing: Action
    words: re.Pattern[str]
    undone: Message
    things: Callable[[PlannedStep], frozenset[str]]

    def opens(self, step: PlannedStep) -> bool:
        """Whether a step leaves something to be undone: it does not where it undoes it itself."""
        return step.does(self.opening) and not self.words.search(_bare(step))

    def closes(self, step: PlannedStep) -> bool:
        """Whether a step undoes what such a step has done."""
        if step.does(self.closing):
            return True
        return not step.does(self.opening, *_ONLY_SPEAKING) and bool(self.words.search(_bare(step)))

    def closed_by(self, step: PlannedStep) -> frozenset[str]:
        """What such a step undoes; blank where it may be anything, as where a deployment restarts what it deploys."""
        return self.things(step) if step.does(self.closing) else frozenset()


_DOING: Final = regex(
    r"停止|停服|停用|停掉|关[闭掉]?|屏蔽|启动|重启|启用|开启|打开|开(?=监控|告警)|恢复|重新|"
    r"应用|服务|系统|程序|任务|作业|中心|平台|全部|所有|相关|原有|正常|操作|进行|执行|"
    r"\b(?:stop|start|restart|shut ?down|disable|enable|resume|the|all|and|of|again|services?|systems?|applications?|apps?|jobs?)\b",
    re.IGNORECASE,
)
"""What in the words of a step is not what it is about."""
_WORD: Final = regex(r"[\u4e00-\u9fff]+|[a-z0-9][a-z0-9_.-]+")
_TRAFFIC: Final = regex(r"流量|traffic|drain", re.IGNORECASE)


def _things(step: PlannedStep) -> frozenset[str]:
    """What a step is about: its words, of Chinese each two characters that stand together."""
    words = _WORD.findall(_DOING.sub(" ", f"{step.step.system or ''} {_bare(step)}").casefold())
    return frozenset(
        thing
        for word in words
        for thing in ((word,) if word.isascii() else (word[at : at + 2] for at in range(len(word) - 1)))
    )


def _way_in(step: PlannedStep) -> frozenset[str]:
    """Whether a step is about traffic, or about who has access."""
    return frozenset(("traffic" if _TRAFFIC.search(step.step.text or "") else "access",))


PAIRS: Final = (
    Pair(
        Action.RESTRICT,
        Action.REOPEN,
        regex(
            r"解除|取消限制|恢复访问|恢复流量|开放|挂[载回流]|接[入回]流量|reopen|\blift|unblock|restore (?:access|traffic)",
            re.IGNORECASE,
        ),
        Message("解除限制", "lifts the restriction"),
        _way_in,
    ),
    Pair(
        Action.STOP,
        Action.START,
        regex(
            r"启动|重启|启用|开启|打开|恢复(?!访问|数据|备份|流量|到)|\b(?:re-?)?start|\benable|\bresume", re.IGNORECASE
        ),
        Message("重新启动", "starts it again"),
        _things,
    ),
)
"""The pairs of a release."""


class Unpaired(NamedTuple):
    """A step that nothing undoes; `by_words`: later steps do undo something, but by their words something else."""

    step: PlannedStep
    by_words: bool


def unpaired(steps: Sequence[PlannedStep], pair: Pair) -> Iterator[Unpaired]:
    """The steps that no later one undoes."""
    later: set[str] = set()
    closers = any_object = False
    found: list[Unpaired] = []
    for step in reversed(steps):
        if pair.opens(step):
            things = pair.things(step)
            if not closers or not (any_object or not things or things & later):
                found.append(Unpaired(step, closers))
        elif pair.closes(step):
            things, closers = pair.closed_by(step), True
            any_object = any_object or not things
            later |= things
    yield from reversed(found)
