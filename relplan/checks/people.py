"""PPL: who does what on the night, and whether someone is missing."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from relplan.checks.changes import database_change
from relplan.checks.rule import Hit, hit, rule
from relplan.checks.steps import PARTS, PlannedStep, path_of
from relplan.checks.subject import Subject
from relplan.checks.texts import placeholder, todo
from relplan.errors import Message
from relplan.findings import Severity, Stage
from relplan.model.entries import Participant
from relplan.model.text import is_none_word
from relplan.model.values import Action
from relplan.patterns import regex
from relplan.sequence.names import name_key

_OPERATIONS: Final = (
    r"运维|運維|系统管理|系统工程师|\bops\b|\boperations?\b|\bsre\b|\bdevops\b|\bsys ?admin|infrastructure"
)
_DATABASE: Final = r"dba|数据库|資料庫|database"
_ROLES: Final = tuple(
    (Message(zh, en), regex(words, re.IGNORECASE))
    for zh, en, words in (
        ("运维", "operations", _OPERATIONS),
        (
            "开发",
            "development",
            r"开发|研发|開發|程序员|前端|后端|架构|\bdev(?:s|elopers?|elopment)?\b|software|programmer|front-?end|back-?end|\brd\b|architect",
        ),
        ("测试", "testing", r"测试|測試|验证|验收|质量|\btest|\bqa\b|\bqc\b|quality|verif"),
        ("产品", "product", r"产品|產品|业务|需求|\bproduct|\bpo\b|\bpm\b|\bba\b|business"),
    )
)
"""Who has to be there, as the third source document says, by the words of their roles."""
_FOR_DATABASES: Final = regex(f"{_DATABASE}|{_OPERATIONS}", re.IGNORECASE)
_REMARK: Final = regex(r"[（(【\[][^（()）【】\[\]]*[）)】\]]")


@rule(
    "PPL101",
    "tester-is-developer",
    Severity.ERROR,
    needs=("table",),
    checks=(
        "同一行的开发人员不做测试人员；名字要去掉括号才相同时为警告。",
        "No one is developer and tester of the same row; where names are the same only without their brackets, it is a warning.",
    ),
    why=(
        "自己测自己写的程序，看不见的还是看不见。",
        "Who tests their own work does not see what they overlooked when they wrote it.",
    ),
    fix=("换一位测试人员", "name another tester"),
)
def tester_is_developer(subject: Subject) -> Iterator[Hit]:
    for row in subject.rows:
        developers = list(map(str, row.item.developers))
        whole, bare = set(map(name_key, developers)), set(map(_person, developers))
        for index, name in enumerate(map(str, row.item.testers)):
            if (person := _person(name)) and person in bare:
                severity = None if name_key(name) in whole else Severity.WARNING
                yield hit(
                    (*row.at("testers"), index),
                    f"{row.name.zh}：{name} 既是开发人员又是测试人员",
                    f"{row.name.en}: {name} is both developer and tester",
                    severity=severity,
                )


@rule(
    "PPL102",
    "role-missing",
    Severity.ERROR,
    needs=("participants", "roles"),
    due=Stage.STAGING,
    checks=(
        "参与人员中运维、开发、测试、产品都有人。",
        "Among the participants are operations, development, testing and product.",
    ),
    why=(
        "部署大会和当晚都要这四方：部署、定位问题、验证、决定对客户怎么说。",
        "The deployment meeting and the night need all four: to deploy, to find faults, to verify, to decide for the customers.",
    ),
    fix=("加上负责的人并写明角色", "add who does it, and state the role"),
)
def role_missing(subject: Subject) -> Iterator[Hit]:
    for name, words in _ROLES:
        if not any(words.search(_said_of(each)) for each in subject.participants):
            yield hit(subject.listed(("participants",)), f"参与人员缺少“{name.zh}”", f"no participant is of {name.en}")


@rule(
    "PPL103",
    "db-change-without-dba",
    Severity.ERROR,
    needs=("participants", "roles"),
    checks=(
        "有数据库变更时，DBA 或运维在参与人员中；只从文字看出有变更时为警告。",
        "Where the database changes, a DBA or operations take part; it is a warning where only words tell of it.",
    ),
    why=(
        "流程规定数据库操作由 DBA（或运维）统一负责。",
        "By the process all work on databases is done by a DBA, or by operations.",
    ),
    fix=("加上 DBA 或运维", "add a DBA or someone of operations"),
)
def db_change_without_dba(subject: Subject) -> Iterator[Hit]:
    if any(_FOR_DATABASES.search(_said_of(each)) for each in subject.participants):
        return
    zh, en = "但参与人员中没有 DBA 或运维", "but neither a DBA nor operations take part"
    if change := database_change(subject):
        severity = None if change.certain else Severity.WARNING
        verb = "changes" if len({cell.row.index for cell in change.cells}) == 1 else "change"
        yield hit(change.cells[0].path, f"{change.rows.zh}有数据库变更，{zh}", f"{change.rows.en} {verb} the database, {en}", severity=severity)  # fmt: skip
    elif subject.plan.scripts:
        yield hit(("scripts", 0), f"有数据库脚本，{zh}", f"there are database scripts, {en}")
    elif step := next(iter(subject.doing(Action.SQL)), None):
        severity = None if step.declared else Severity.WARNING
        yield hit(step.path, f"{step.name.zh}执行 SQL，{zh}", f"{step.name.en} runs SQL, {en}", severity=severity)


@rule(
    "PPL104",
    "person-not-participant",
    Severity.WARNING,
    needs=("table", "participants"),
    checks=(
        "发布清单每一行的开发人员和测试人员中，至少各有一位是参与人员。",
        "Of the developers and of the testers of each row of the release table at least one takes part.",
    ),
    why=(
        "这个系统出了问题，当晚没有人能定位或验证。",
        "When this system fails on the night, no one is there to find the fault, or to verify.",
    ),
    fix=("把他或能代替的人加到参与人员中", "add them, or someone who can stand in, to the participants"),
)
def person_not_participant(subject: Subject) -> Iterator[Hit]:
    there = {_person(each.name) for each in subject.participants if each.name}
    for row in subject.rows:
        for field, zh, en in (("developers", "开发人员", "developers"), ("testers", "测试人员", "testers")):
            people = [name for name in getattr(row.item, field) if _person(name)]
            if people and not any(_person(name) in there for name in people):
                yield hit(
                    row.at(field),
                    f"{row.name.zh}的{zh}（{'、'.join(people)}）都不在参与人员中",
                    f"of the {en} of {row.name.en} no one takes part: {', '.join(people)}",
                )


@rule(
    "PPL105",
    "step-without-owner",
    Severity.WARNING,
    needs=("steps",),
    checks=(
        "准备、发布、验证、回退的每个步骤都有负责人。",
        "Every step of preparation, deployment, verification and rollback has an owner.",
    ),
    why=(
        "没有名字的步骤，每个人都以为别人在做。",
        "Of a step without a name everyone thinks that someone else does it.",
    ),
    fix=("写明由谁执行", "state who does it"),
)
def step_without_owner(subject: Subject) -> Iterator[Hit]:
    """Where no step of the plan has an owner it is said once, of a part too."""
    if not any(each.step.owner for each in subject.steps):
        count = len(subject.steps)
        yield hit(
            subject.steps[0].path,
            f"计划的 {count} 个步骤都没有负责人",
            f"none of the plan's {count} steps has an owner",
        )
        return
    for part, name in PARTS.items():
        steps = list(subject.of(part))
        missing = [each for each in steps if not each.step.owner]
        if len(missing) == len(steps) > 1:
            yield hit(
                subject.listed(path_of(part)),
                f"{name.zh}的 {len(steps)} 个步骤都没有负责人",
                f"none of the {len(steps)} steps of the {name.en.lower()} has an owner",
            )
        else:
            for each in missing:
                yield hit(each.path, f"{each.name.zh}没有负责人", f"{each.name.en} has no owner")


@rule(
    "PPL106",
    "same-hands",
    Severity.WARNING,
    needs=("steps",),
    checks=(
        "一个系统的验证步骤，至少有一位负责人没有执行过这个系统的部署。",
        "Of the owners of the verification of a system at least one has not deployed it.",
    ),
    why=("自己做完自己验，漏掉的步骤没有人看见。", "Who verifies their own work does not see the step they left out."),
    fix=("请另一个人验证", "have someone else verify it"),
)
def same_hands(subject: Subject) -> Iterator[Hit]:
    """Only of steps that state their system; owners of all other steps may have had to do with anything."""
    hands: dict[str, set[str]] = {}
    for step in subject.doing(Action.DEPLOY, Action.SQL, Action.CONFIG):
        hands.setdefault(name_key(step.step.system or ""), set()).update(_owners(step))
    for step in subject.of("deployment", "verification"):
        if step.step.system and (step.part == "verification" or step.does(Action.VERIFY)):
            owners = _owners(step)
            if owners and owners <= hands.get(name_key(step.step.system), set()):
                names = list(map(str, step.step.owner))
                yield hit(
                    step.path,
                    f"{step.name.zh}由部署“{step.step.system}”的人（{'、'.join(names)}）自己验证",
                    f'{step.name.en} is verified by who deployed "{step.step.system}": {", ".join(names)}',
                )


def _owners(step: PlannedStep) -> set[str]:
    return {person for name in map(str, step.step.owner) if (person := _person(name))}


@functools.lru_cache(maxsize=4096)
def _person(name: str) -> str:
    """What is equal for two names of one person; blank where no one is named (待定, XXX, 无)."""
    if is_none_word(name) or placeholder(name) or todo(name):
        return ""
    return name_key(_REMARK.sub("", name))


def _said_of(participant: Participant) -> str:
    """The roles of a participant, or what they do where no role is stated."""
    words: Iterable[object] = participant.roles or (participant.duty or "",)
    return unicodedata.normalize("NFKC", " / ".join(map(str, words)))
