"""The process of a company as data: environments, roles, stages, gates and notices, as `templates/process.yaml` says them.

Texts are in both languages, or one text for both. Who copies and changes the file is told of every key that does not
exist, and of every name that nothing answers to.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from relplan.errors import Language, Message, Path, Refused, suggest
from relplan.model.part import Part
from relplan.model.values import Choice, IssueSeverity, TestRound


class Told(Part):
    """A text in both languages; a plain text stands for both."""

    zh: str
    en: str

    @classmethod
    def raw(cls, data: object) -> object:
        """The raw fields, for which one text may stand."""
        return {"zh": data, "en": data} if isinstance(data, str) else data

    def text(self, language: Language) -> str:
        """The text in `language`."""
        return self.zh if language == "zh" else self.en

    @property
    def message(self) -> Message:
        """Both texts."""
        return Message(self.zh, self.en)


class Role(Part):
    """A role of the process: what it is called, and the words by which the roles of a plan's participants are known."""

    name: Told
    known_as: tuple[str, ...] = ()


class Environment(Part):
    """An environment and who answers for it (the id of a role)."""

    id: str
    name: Told
    owner: str
    duties: Told | None = None


class DatabaseDuty(Part):
    """Who runs database operations: `owner`, or where there is none `deputy`, both ids of roles."""

    owner: str
    deputy: str = ""
    rule: Told


class Content(Part):
    """Something that a go-live plan must contain, and the part of the plan it stands in (`external_software`)."""

    part: str
    name: Told


class Activity(Part):
    """What is done in a stage: by whom (ids of roles), with what result, held against which criterion."""

    id: str
    text: Told
    owner: tuple[str, ...]
    deliverable: Told | None = None
    criterion: Told | None = None
    notices: tuple[str, ...] = ()


class Stage(Part):
    """A stage of the process. `goes_live`: it is the release itself, and what it leaves is there only after it."""

    id: str
    name: Told
    environment: str = ""
    goes_live: bool = False
    activities: tuple[Activity, ...]


class Evidence(Choice):
    """What shows that a check is met."""

    DONE = "done", "记录为完成", "Logged as done"
    SENT = "sent", "通知已发送", "Its notice is logged as sent"
    APPROVED = "approved", "对当前计划的批准", "An approval of the plan as it is now"
    CONTENTS = "contents", "计划包含规定的内容", "The plan holds the required contents"
    TEST_PLAN = "test-plan", "计划有测试方案", "The plan holds a test plan"
    TEST_CASES = "test-cases", "计划有测试用例", "The plan holds test cases"
    BOUNDARY_CASES = "boundary-cases", "计划有临界点用例", "The plan holds boundary cases"
    TEST_REPORT = "test-report", "该阶段的测试结果通过", "The results of the round have passed"
    ISSUES = "issues", "未关闭的问题不超过限额", "Open issues are within the limit"
    DEFERRED = "deferred", "留到下次的问题写明版本", "Deferred issues name their version"
    MINUTES = "minutes", "有会议纪要", "There are minutes of the meeting"
    BRANCHES = "branches", "每个系统写明分支", "Every system names its branch"
    PREVIOUS = "previous-versions", "每个系统写明上一版本", "Every system names its previous version"
    ROLLBACK = "rollback", "有回退步骤和时限", "There are steps to roll back, and a deadline"
    MONITORING = "monitoring", "有监控清单", "There is a list of what is watched"
    DEPLOYED = "deployed", "发布步骤全部完成", "All deployment steps are done"
    VERIFIED = "verified", "验证点全部通过", "All verification steps have passed"


AFTER_RELEASE: Final = frozenset((Evidence.DEPLOYED, Evidence.VERIFIED))
"""What exists only once the release has taken place."""


class Check(Part):
    """Something a gate asks for.

    Attributes:
        id: its name within the gate, part of `gate:GATE/ID`.
        text: what must be so.
        owner: who sees to it, ids of roles.
        evidence: what shows it.
        notice: of `sent`: the id of the notice.
        round: of `test-report`: the round of testing.
        severities, most: of `issues`: which are counted, and how many may be open.
        meeting: of `minutes`: the words one of which the topic of the meeting holds; none: any meeting.
    """

    id: str
    text: Told
    owner: tuple[str, ...]
    evidence: Evidence = Evidence.DONE
    notice: str = ""
    round: TestRound | None = None
    severities: tuple[IssueSeverity, ...] = ()
    most: int = 0
    meeting: tuple[str, ...] = ()

    @classmethod
    def settle(cls, values: dict[str, Any]) -> None:
        """What the evidence goes by is named."""
        needed = {Evidence.SENT: "notice", Evidence.TEST_REPORT: "round", Evidence.ISSUES: "severities"}
        name = needed.get(values["evidence"])
        if name and not values.get(name):
            raise Refused(
                f"检查项“{values['id']}”以 {values['evidence']} 为依据，须写明 {name}",
                f'the check "{values["id"]}" goes by {values["evidence"]}; it has to name its {name}',
            )


class Gate(Part):
    """What must be there before a stage begins; `before` is the id of the stage, blank for the end of the process."""

    id: str
    name: Told
    before: str = ""
    checks: tuple[Check, ...]


class ProcessNotice(Part):
    """A mail that the process asks for: when it is sent, from whom, to whom, and what goes with it.

    Attributes:
        id: its name, as in `notice:ID`.
        name: what it is about.
        event: when it is sent.
        sender, to, cc: ids of roles.
        subject, body: its words; `{product}`, `{version}`, `{title}`, `{window}`, `{deadline}` and `{owner}` stand for the plan's.
        show: what stands below its words: `branches`, the systems with version and branch; `results`, what the sender has done.
        attach: the documents that go with it (`plan`, `go-live`, `minutes` …), as Word files.
    """

    id: str
    name: Told
    event: Told
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    subject: Told
    body: tuple[Told, ...]
    show: tuple[str, ...] = ()
    attach: tuple[str, ...] = ()

    @classmethod
    def settle(cls, values: dict[str, Any]) -> None:
        """The words in braces, and what is shown, are known."""
        for told in (values["subject"], *values["body"]):
            for word in re.findall(r"\{(\w*)\}", told.zh + told.en):
                _refuse_unknown(word, PLACEHOLDERS, Message("占位词", "placeholder"))
        for each in values.get("show", ()):
            _refuse_unknown(each, SHOWN, Message("内容", "part of a notice"))


PLACEHOLDERS: Final = ("product", "version", "title", "window", "deadline", "owner")
"""What the words of a notice may hold in braces."""

SHOWN: Final = ("branches", "results")
"""What a notice may show below its words."""


class Hotfix(Part):
    """The short way: when it may be taken, and the checks (`GATE/ID`) that it keeps."""

    rule: Told
    keeps: tuple[str, ...]


class Process(Part):
    """A company's way from "developed" to "live and summed up"."""

    title: Told
    purpose: tuple[Told, ...] = ()
    scope: Told | None = None
    principle: Told | None = None
    roles: dict[str, Role]
    environments: tuple[Environment, ...]
    database: DatabaseDuty
    plan_contents: tuple[Content, ...] = ()
    stages: tuple[Stage, ...]
    gates: tuple[Gate, ...]
    notices: tuple[ProcessNotice, ...] = ()
    hotfix: Hotfix

    def gate(self, name: str) -> Gate | None:
        """The gate of that id, or None."""
        return next((each for each in self.gates if each.id == name), None)


def faults(process: Process) -> Iterator[tuple[Path, Message]]:
    """What does not fit together in a process, each with where it stands: names of nothing, ids that stand twice, a gate
    that asks for what exists only after the release."""
    yield from _unknown_names(process)
    yield from _double_ids(process)
    yield from _before_their_time(process)


def _unknown_names(process: Process) -> Iterator[tuple[Path, Message]]:
    checks = [f"{gate.id}/{check.id}" for gate in process.gates for check in gate.checks]
    lists: Mapping[str, tuple[Message, list[str]]] = {
        "role": (Message("角色", "role"), list(process.roles)),
        "environment": (Message("环境", "environment"), [each.id for each in process.environments]),
        "notice": (Message("通知", "notice"), [each.id for each in process.notices]),
        "stage": (Message("阶段", "stage"), [each.id for each in process.stages]),
        "check": (Message("检查项", "check"), checks),
    }
    for path, kind, name in _names(process):
        what, known = lists[kind]
        if name and (message := _unknown(name, known, what)):
            yield path, message


def _names(process: Process) -> Iterator[tuple[Path, str, str]]:
    """Every name that something has to answer to: where it stands, of what it is, the name."""
    yield ("database", "owner"), "role", process.database.owner
    yield ("database", "deputy"), "role", process.database.deputy
    for at, each in enumerate(process.environments):
        yield ("environments", at, "owner"), "role", each.owner
    for at, stage in enumerate(process.stages):
        yield ("stages", at, "environment"), "environment", stage.environment
        for nth, activity in enumerate(stage.activities):
            here: Path = ("stages", at, "activities", nth)
            yield from (((*here, "owner", n), "role", role) for n, role in enumerate(activity.owner))
            yield from (((*here, "notices", n), "notice", name) for n, name in enumerate(activity.notices))
    for at, gate in enumerate(process.gates):
        yield ("gates", at, "before"), "stage", gate.before
        for nth, check in enumerate(gate.checks):
            yield from ((("gates", at, "checks", nth, "owner", n), "role", role) for n, role in enumerate(check.owner))
            yield ("gates", at, "checks", nth, "notice"), "notice", check.notice
    for at, notice in enumerate(process.notices):
        yield ("notices", at, "sender"), "role", notice.sender
        for field, roles in (("to", notice.to), ("cc", notice.cc)):
            yield from ((("notices", at, field, n), "role", role) for n, role in enumerate(roles))
    yield from ((("hotfix", "keeps", n), "check", name) for n, name in enumerate(process.hotfix.keeps))


def _double_ids(process: Process) -> Iterator[tuple[Path, Message]]:
    lists: list[tuple[Path, list[str]]] = [
        (("environments",), [each.id for each in process.environments]),
        (("stages",), [each.id for each in process.stages]),
        (("gates",), [each.id for each in process.gates]),
        (("notices",), [each.id for each in process.notices]),
        *((("gates", at, "checks"), [each.id for each in gate.checks]) for at, gate in enumerate(process.gates)),
        *(
            (("stages", at, "activities"), [each.id for each in stage.activities])
            for at, stage in enumerate(process.stages)
        ),
    ]
    for path, ids in lists:
        for at, each in enumerate(ids):
            if each in ids[:at]:
                yield (*path, at, "id"), Message(f"“{each}”重复", f'"{each}" stands twice')


def _before_their_time(process: Process) -> Iterator[tuple[Path, Message]]:
    order = [each.id for each in process.stages]
    live = next((at for at, each in enumerate(process.stages) if each.goes_live), len(order))
    for at, gate in enumerate(process.gates):
        if gate.before not in order or order.index(gate.before) > live:
            continue
        for nth, check in enumerate(gate.checks):
            if check.evidence in AFTER_RELEASE:
                yield (
                    ("gates", at, "checks", nth, "evidence"),
                    Message(
                        f"门禁“{gate.id}”在上线之前，不能要求上线之后才有的“{check.id}”",
                        f'the gate "{gate.id}" comes before the release; it cannot ask for "{check.id}", which exists only after it',
                    ),
                )


def _unknown(name: str, known: Iterable[str], what: Message) -> Message | None:
    """That there is nothing of that name, with the nearest one that there is."""
    known = list(known)
    if name in known:
        return None
    hint = suggest(name, known)
    listed = ", ".join(known)
    return Message(
        f"没有{what.zh}“{name}”{hint.zh or f'；可用：{listed}'}",
        f'there is no {what.en} "{name}"{hint.en or f"; known: {listed}"}',
    )


def _refuse_unknown(name: str, known: Iterable[str], what: Message) -> None:
    if message := _unknown(name, known, what):
        raise Refused(message.zh, message.en)
