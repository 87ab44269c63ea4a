"""What can be logged of a plan: its steps, the checks of the gates, the notices; each by the number people see.

`V.3` is the third step of part V of the plan document. What is stored is an id that stays when steps are inserted
before it: the step's own `id`, else one made of what it says.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from relplan.errors import Message, Path, Refused, suggest
from relplan.model.entries import Participant, Step
from relplan.model.plan import ReleasePlan
from relplan.model.values import Nothing
from relplan.process.log import Status
from relplan.process.model import Check, Evidence, Gate, Process, ProcessNotice

NUMERALS: Final[Mapping[str, str]] = {"preparation": "IV", "deployment": "V", "verification": "VI", "rollback": "VII"}
"""The parts of the plan document that are steps, and their numbers in it."""

_DIGITS: Final[Mapping[str, str]] = {"4": "IV", "5": "V", "6": "VI", "7": "VII", "四": "IV", "五": "V", "六": "VI", "七": "VII", "Ⅳ": "IV", "Ⅴ": "V", "Ⅵ": "VI", "Ⅶ": "VII"}  # fmt: skip

STEP: Final = (Status.DONE, Status.FAIL, Status.SKIP, Status.WAIVE)
POINT: Final = (Status.PASS, Status.FAIL, Status.SKIP, Status.WAIVE)
NOTICE: Final = (Status.SENT, Status.SKIP, Status.WAIVE)
_OF_EVIDENCE: Final = {Evidence.DONE: (Status.DONE, Status.FAIL, Status.WAIVE), Evidence.APPROVED: (Status.APPROVED, Status.FAIL, Status.WAIVE)}  # fmt: skip

ROLLBACK: Final = "gate:rollback/points"
"""The one check of the rollback decision: a waiver of it is the decision to go on."""


class Item(Struct, frozen=True):
    """Something that can be logged.

    Attributes:
        ref: its stable id.
        shown: what people call it: `V.3`, `gate:go-live/minutes`, `notice:order`.
        text: what it says.
        part: the part of the plan it is a step of, `gate` or `notice`.
        owners: the names of those who do it, or what their roles are called.
        statuses: what can be logged of it.
        step: the step, where it is one.
    """

    ref: str
    shown: str
    text: Message
    part: str
    owners: Message
    statuses: tuple[Status, ...]
    step: Step | None = None


def steps_of(plan: ReleasePlan, part: str) -> tuple[Step, ...]:
    """The steps of a part of the plan; none where it says there are none."""
    found = plan.rollback.steps if part == "rollback" else getattr(plan, part)
    return () if isinstance(found, Nothing) else found


def step_path(part: str, at: int) -> Path:
    """Where a step stands in the plan."""
    return ("rollback", "steps", at) if part == "rollback" else (part, at)


def step_items(plan: ReleasePlan) -> Iterator[Item]:
    """The steps of a plan, in the order of its document."""
    for part, numeral in NUMERALS.items():
        seen: dict[str, int] = {}
        for at, step in enumerate(steps_of(plan, part), 1):
            ref = _id_of(part, step)
            seen[ref] = seen.get(ref, 0) + 1
            owners = "、".join(step.owner) if not isinstance(step.owner, Nothing) else ""
            yield Item(
                ref if seen[ref] == 1 else f"{ref}-{seen[ref]}",
                f"{numeral}.{step.number or at}",
                Message(step.text or "", step.text or ""),
                part,
                Message(owners, owners.replace("、", ", ")),
                POINT if part == "verification" else STEP,
                step,
            )


def _id_of(part: str, step: Step) -> str:
    if step.id:
        return f"{part}:{step.id}"
    said = "\n".join((step.text or "", step.system or "", step.command or ""))
    return f"{part}:{hashlib.sha256(said.encode()).hexdigest()[:10]}"


def check_items(plan: ReleasePlan, process: Process) -> Iterator[Item]:
    """The checks of the gates that this release has to pass, and the one of the rollback decision."""
    for gate in process.gates:
        for check in checks_of(plan, process, gate):
            ref = f"gate:{gate.id}/{check.id}"
            statuses = _OF_EVIDENCE.get(check.evidence, (Status.WAIVE,))
            yield Item(ref, ref, check.text.message, "gate", who(plan, process, check.owner, FEW), statuses)
    text = Message("到回退时限时验证点已通过", "the verification points have passed by the rollback deadline")
    yield Item(ROLLBACK, ROLLBACK, text, "gate", Message(plan.owner or "", plan.owner or ""), (Status.WAIVE,))


def checks_of(plan: ReleasePlan, process: Process, gate: Gate) -> tuple[Check, ...]:
    """The checks of a gate that a release has to pass: a hotfix only those its process keeps."""
    from relplan.model.values import ReleaseKind

    if plan.kind is not ReleaseKind.HOTFIX:
        return gate.checks
    return tuple(each for each in gate.checks if f"{gate.id}/{each.id}" in process.hotfix.keeps)


def notice_items(plan: ReleasePlan, process: Process) -> Iterator[Item]:
    """The notices of the process."""
    for each in process.notices:
        ref = f"notice:{each.id}"
        yield Item(ref, ref, each.name.message, "notice", who(plan, process, (each.sender,)), NOTICE)


def items(plan: ReleasePlan, process: Process) -> tuple[Item, ...]:
    """Everything that can be logged of a plan."""
    return (*step_items(plan), *check_items(plan, process), *notice_items(plan, process))


FEW: Final = 3
"""People who are named one by one; of more, their role is named."""


def who(plan: ReleasePlan, process: Process, roles: tuple[str, ...], most: int = 0) -> Message:
    """Who is meant by roles: the participants that have one, else what the roles are called; so too where more than `most` do."""
    names: dict[str, None] = {}
    words_zh, words_en = [], []
    for role in roles:
        people = people_of(plan, process, role)
        if most and len(people) > most:
            people = ()
        names.update(dict.fromkeys(each.name or "" for each in people))
        if not people:
            words_zh.append(process.roles[role].name.zh)
            words_en.append(process.roles[role].name.en)
    known = [name for name in names if name]
    return Message("、".join((*known, *words_zh)), ", ".join((*known, *words_en)))


def people_of(plan: ReleasePlan, process: Process, role: str) -> tuple[Participant, ...]:
    """The participants in a role; of the DBA, where there is none, those of the deputy."""
    found = tuple(each for each in _participants(plan) if _has_role(each, process.roles[role].known_as))
    if not found and role == process.database.owner and process.database.deputy:
        return people_of(plan, process, process.database.deputy)
    return found


def _participants(plan: ReleasePlan) -> tuple[Participant, ...]:
    return () if isinstance(plan.participants, Nothing) else plan.participants


def _has_role(person: Participant, words: tuple[str, ...]) -> bool:
    roles = () if isinstance(person.roles, Nothing) else person.roles
    return any(_names(role.lower(), word.lower()) for role in roles for word in words)


@functools.lru_cache(maxsize=4096)
def _names(role: str, word: str) -> bool:
    """Whether a role is named by a word; words in Latin letters stand alone: "ops" is not in "laptops"."""
    if word.isascii():
        return re.search(rf"(?<![a-z]){re.escape(word)}s?(?![a-z])", role) is not None
    return word in role


def find(reference: str, known: tuple[Item, ...]) -> Item:
    """The item that a reference names: as people see it (`V.3`, `5.3`, `deployment.3`), or by its stable id.

    Raises:
        Refused: there is none.
    """
    typed = reference.strip()
    by_name = {each.shown.lower(): each for each in known}
    for name in (typed.lower(), _canonical(typed).lower()):
        if name in by_name:
            return by_name[name]
    for each in known:
        if each.ref == typed:
            return each
    hint = suggest(_canonical(typed), [each.shown for each in known], nearness=0.5)
    raise Refused(
        f"没有“{reference}”{hint.zh or '；可用：V.3、gate:go-live/minutes、notice:order 等，见 relplan log PLAN'}",
        f'there is no "{reference}"{hint.en or "; references look like V.3, gate:go-live/minutes, notice:order; see relplan log PLAN"}',
    )


def _canonical(typed: str) -> str:
    """`5.3`, `deployment.3`, `V、3` and `V-3` as `V.3`."""
    for mark in (".", "、", "/", "-", "．"):
        part, found, number = typed.partition(mark)
        if not found or ":" in part:
            continue
        part = part.strip()
        numeral = _DIGITS.get(part) or NUMERALS.get(part.lower()) or part.upper()
        if numeral in NUMERALS.values():
            return f"{numeral}.{number.strip()}"
    return typed


def notice_of(process: Process, name: str) -> ProcessNotice:
    """The notice of that id.

    Raises:
        Refused: there is none.
    """
    for each in process.notices:
        if each.id == name:
            return each
    hint = suggest(name, [each.id for each in process.notices])
    raise Refused(f"没有通知“{name}”{hint.zh}", f'there is no notice "{name}"{hint.en}')
