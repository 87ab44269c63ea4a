"""What reverses a statement: how sure it is, the steps, what to save before the release."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from relplan.errors import Message
from relplan.sql.statements import Statement


class Level(Enum):
    """How far the reverse of a statement brings back what was, the surest first.

    The value is the word in data; `label` is the word for people, `meaning` the sentence.
    """

    EXACT = (
        "exact",
        Message("精确", "exact"),
        Message("恢复原状，不丢失数据", "brings back what was; nothing is lost"),
    )
    LOSSY = (
        "lossy",
        Message("有损", "lossy"),
        Message("恢复结构，发布后写入其中的数据会丢失", "brings back the structure; data written there since is lost"),
    )
    LIKELY = (
        "likely",
        Message("大致", "likely"),
        Message("通常能恢复，请先看说明中的例外", "usually brings it back; read first what it may not"),
    )
    ASK = (
        "ask",
        Message("待补充", "to fill in"),
        Message(
            "脚本中没有恢复所需的信息，要由人补充", "the script does not hold what it takes; someone has to fill it in"
        ),
    )
    NONE = (
        "none",
        Message("无法回退", "no way back"),
        Message("没有 SQL 能够撤销", "no SQL can undo it"),
    )
    UNKNOWN = (
        "unknown",
        Message("未知", "unknown"),
        Message("不知道这条语句做了什么，请自行判断", "what the statement does is not known; judge it yourself"),
    )

    label: Message
    meaning: Message

    def __new__(cls, value: str, label: Message, meaning: Message) -> Level:
        member = object.__new__(cls)
        member._value_ = value
        member.label, member.meaning = label, meaning
        return member

    def __str__(self) -> str:
        return str(self.value)

    @property
    def needs_someone(self) -> bool:
        """Whether running the proposal as it stands leaves something undone."""
        return self in (Level.ASK, Level.NONE, Level.UNKNOWN)


def worst(levels: Iterable[Level]) -> Level:
    """The least sure of some levels; of none, `EXACT`."""
    order = list(Level)
    return max(levels, key=order.index, default=Level.EXACT)


class Step(NamedTuple):
    """One step back: a statement to run, without what ends it, or a gap that someone has to fill.

    Attributes:
        sql: the statement; blank for a gap.
        gap: what has to be filled in.
        of: which object that the script has made it belongs to; 0 for none.
        head: what the statement begins with, where steps that begin alike are one statement; blank for none.
    """

    sql: str = ""
    gap: Message | None = None
    of: int = 0
    head: str = ""


Context: TypeAlias = tuple[str, ...]
"""The statements that choose the database and the schema, such as `USE shop`; none for those of the connection."""


class Backup(NamedTuple):
    """A copy of a table, to be made before the release: the table, the copy's name, the statement that makes it, and where."""

    table: str
    name: str
    sql: str
    context: Context = ()


class Answer(Struct, frozen=True):
    """How to reverse one thing: its level, the steps in their order, why it is not exact, and what to save before the release."""

    level: Level
    steps: tuple[Step, ...] = ()
    notes: tuple[Message, ...] = ()
    backups: tuple[Backup, ...] = ()

    def noting(self, zh: str, en: str, level: Level | None = None) -> Answer:
        """The same with one note more, and no surer than `level`."""
        least = worst([self.level, level]) if level else self.level
        return replace(self, level=least, notes=(*self.notes, Message(zh, en)))

    def withheld(self, zh: str, en: str) -> Answer:
        """The same with its statements as gaps, because they must not be run as they stand."""
        steps = tuple(Step(gap=Message(step.sql, step.sql), of=step.of) if step.sql else step for step in self.steps)
        return replace(self, steps=steps).noting(zh, en, Level.ASK)


def runs(level: Level, *sql: str, of: int = 0, head: str = "") -> Answer:
    """An answer that consists of statements; `of` and `head` as of `Step`."""
    return Answer(level, tuple(Step(each, of=of, head=head) for each in sql))


def asks(zh: str, en: str, *backups: Backup) -> Answer:
    """An answer that is a gap."""
    return Answer(Level.ASK, (Step(gap=Message(zh, en)),), (), backups)


def together(answers: Iterable[Answer]) -> Answer:
    """Several answers as one, in this order, each note and backup once."""
    found = [*answers]
    return Answer(
        worst(each.level for each in found),
        tuple(step for each in found for step in each.steps),
        tuple(dict.fromkeys(note for each in found for note in each.notes)),
        tuple(dict.fromkeys(backup for each in found for backup in each.backups)),
    )


class Reversal(Struct, frozen=True):
    """What is proposed to reverse one statement of a script.

    Attributes:
        statement: of the script.
        number: of the statement in the script, counted from 1.
        context: what to run before it to be in the right database and schema again.
        answer: the proposal.
    """

    statement: Statement
    number: int
    context: Context
    answer: Answer

    @property
    def level(self) -> Level:
        """How sure it is."""
        return self.answer.level

    @property
    def sql(self) -> tuple[str, ...]:
        """The statements that can be run, in their order, without what ends them."""
        return tuple(step.sql for step in self.answer.steps if step.sql)


class Proposal(Struct, frozen=True):
    """What is proposed to reverse a script, the last statement first.

    Attributes:
        reversals: of the statements that change something.
        unchanging: how many statements change neither data nor structure.
    """

    reversals: tuple[Reversal, ...]
    unchanging: int

    @property
    def counts(self) -> dict[Level, int]:
        """How many statements there are of each level, of all levels."""
        levels = [each.level for each in self.reversals]
        return {level: levels.count(level) for level in Level}

    @property
    def backups(self) -> tuple[Backup, ...]:
        """What to save before the release, in the order of the script."""
        return tuple(dict.fromkeys(backup for each in reversed(self.reversals) for backup in each.answer.backups))

    @property
    def is_complete(self) -> bool:
        """Whether nothing needs someone to fill it in or to judge it."""
        return not any(each.level.needs_someone for each in self.reversals)
