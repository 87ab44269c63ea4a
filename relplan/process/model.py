"""The process of a company as data: environments, roles, stages, gates and notices, as `templates/process.yaml` says them.

Texts are in both languages, or one text for both. Who copies and changes the file is told of every key that does not
exist, and of every name that nothing answers to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import model_validator

from relplan.errors import Language, Message, Refused, suggest
from relplan.model.fields import Part
from relplan.model.values import Choice, IssueSeverity, TestRound


class Told(Part):
    """A text in both languages; a plain text stands for both."""

    zh: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _of_one(cls, data: object) -> object:
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

    @model_validator(mode="before")
    @classmethod
    def _said_as_words(cls, data: object) -> object:
        """Plan files and process files hold text alone: `true` and `yes` are words."""
        if isinstance(data, Mapping) and isinstance(data.get("goes_live"), str):
            return {**data, "goes_live": data["goes_live"].lower() in ("true", "yes", "是")}
        return data


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

    @model_validator(mode="before")
    @classmethod
    def _said_as_words(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return data
        made: dict[str, Any] = dict(data)
        if "evidence" in made:
            made["evidence"] = _one_of(Evidence, made["evidence"])
        if "round" in made:
            made["round"] = _one_of(TestRound, made["round"])
        if isinstance(made.get("severities"), list | tuple):
            made["severities"] = tuple(_one_of(IssueSeverity, each) for each in made["severities"])
        return made

    @model_validator(mode="after")
    def _complete(self) -> Check:
        needed = {Evidence.SENT: "notice", Evidence.TEST_REPORT: "round", Evidence.ISSUES: "severities"}
        name = needed.get(self.evidence)
        if name and not getattr(self, name):
            raise Refused(
                f"检查项“{self.id}”以 {self.evidence} 为依据，须写明 {name}",
                f'the check "{self.id}" goes by {self.evidence}; it has to name its {name}',
            )
        return self


def _one_of(choice: type[Choice], word: object) -> object:
    if isinstance(word, choice):
        return word
    known = {str(each): each for each in choice}
    if (found := known.get(str(word))) is None:
        hint = suggest(str(word), known)
        listed = ", ".join(known)
        raise Refused(
            f"未知的词“{word}”{hint.zh or f'；可用：{listed}'}",
            f'unknown word "{word}"{hint.en or f"; known: {listed}"}',
        )
    return found


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

    @model_validator(mode="after")
    def _words_are_known(self) -> ProcessNotice:
        for told in (self.subject, *self.body):
            for word in re.findall(r"\{(\w*)\}", told.zh + told.en):
                _check_name(word, PLACEHOLDERS, "占位词", "placeholder")
        for each in self.show:
            _check_name(each, SHOWN, "内容", "part of a notice")
        return self


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

    @model_validator(mode="after")
    def _consistent(self) -> Process:
        self._names_are_known()
        self._ids_differ()
        self._nothing_before_its_time()
        return self

    def _names_are_known(self) -> None:
        notices = [each.id for each in self.notices]
        environments = [each.id for each in self.environments]
        for role in self._named_roles():
            _check_name(role, self.roles, "角色", "role")
        for stage in self.stages:
            if stage.environment:
                _check_name(stage.environment, environments, "环境", "environment")
            for activity in stage.activities:
                for notice in activity.notices:
                    _check_name(notice, notices, "通知", "notice")
        for gate in self.gates:
            if gate.before:
                _check_name(gate.before, [each.id for each in self.stages], "阶段", "stage")
            for check in gate.checks:
                if check.notice:
                    _check_name(check.notice, notices, "通知", "notice")
        for name in self.hotfix.keeps:
            _check_name(
                name, [f"{gate.id}/{check.id}" for gate in self.gates for check in gate.checks], "检查项", "check"
            )

    def _named_roles(self) -> Iterator[str]:
        yield from (each.owner for each in self.environments)
        yield from (each for each in (self.database.owner, self.database.deputy) if each)
        yield from (role for stage in self.stages for each in stage.activities for role in each.owner)
        yield from (role for gate in self.gates for each in gate.checks for role in each.owner)
        yield from (role for each in self.notices for role in (each.sender, *each.to, *each.cc))

    def _ids_differ(self) -> None:
        lists: tuple[tuple[str, Iterable[str]], ...] = (
            ("environments", (each.id for each in self.environments)),
            ("stages", (each.id for each in self.stages)),
            ("gates", (each.id for each in self.gates)),
            ("notices", (each.id for each in self.notices)),
            *((f"gates/{gate.id}", [each.id for each in gate.checks]) for gate in self.gates),
        )
        for name, ids in lists:
            seen: set[str] = set()
            for each in ids:
                if each in seen:
                    raise Refused(f"{name} 中“{each}”重复", f'"{each}" stands twice in {name}')
                seen.add(each)

    def _nothing_before_its_time(self) -> None:
        """What exists only after the release is not asked for before it."""
        order = [each.id for each in self.stages]
        live = next((at for at, each in enumerate(self.stages) if each.goes_live), len(order))
        for gate in self.gates:
            if gate.before and order.index(gate.before) <= live:
                for check in gate.checks:
                    if check.evidence in AFTER_RELEASE:
                        raise Refused(
                            f"门禁“{gate.id}”在上线之前，不能要求上线之后才有的“{check.id}”",
                            f'the gate "{gate.id}" comes before the release; it cannot ask for "{check.id}", which exists only after it',
                        )

    def gate(self, name: str) -> Gate | None:
        """The gate of that id, or None."""
        return next((each for each in self.gates if each.id == name), None)


def _check_name(name: str, known: Iterable[str], zh: str, en: str) -> None:
    known = list(known)
    if name not in known:
        hint = suggest(name, known)
        listed = ", ".join(known)
        raise Refused(
            f"没有{zh}“{name}”{hint.zh or f'；可用：{listed}'}",
            f'there is no {en} "{name}"{hint.en or f"; known: {listed}"}',
        )
