"""The release plan: one validated model, frozen, from which every document is made.

Constructors take objects, or the text that a cell or a plan file holds, and canonicalise it
or refuse it with `Invalid`, a `PlanError`; so a plan that exists can be written in every format.
Blank is `None` or `()`: not stated. `Nothing` is a stated "none", `Unread` words that are not of the field's kind.
"""

import datetime as dt
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final

from relplan.errors import LANGUAGES, Language, Path, Refused
from relplan.model import moments
from relplan.model.celltext import RequiredTextKind, TextKind
from relplan.model.columns import Column, columns_of
from relplan.model.entries import Exemption, Package, Participant, Script, Section, Step
from relplan.model.fields import (
    Items,
    KindField,
    Moment,
    People,
    RowsOf,
    Text,
    Words,
    is_blank,
)
from relplan.model.part import Part, fields_of, once_a_class
from relplan.model.readiness import ExternalSoftware, Issue, Meeting, Monitor, ServiceToStop, Tests
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.model.text import from_object
from relplan.model.values import Nothing, Unread


class Window(Part):
    """When the release takes place. Text is read; where it says more than start and end do, it is kept beside them."""

    start: Annotated[
        Moment,
        Column(
            "开始时间",
            "Start",
            "开始|计划开始时间|发布开始时间|start time",
            width=20,
            hint_zh="如 2026-08-20 22:00",
            hint_en="Such as 2026-08-20 22:00",
        ),
    ] = None
    end: Annotated[
        Moment,
        Column(
            "结束时间",
            "End",
            "结束|计划结束时间|发布结束时间|end time",
            width=20,
            hint_zh="如 2026-08-21 02:00",
            hint_en="Such as 2026-08-21 02:00",
        ),
    ] = None
    text: Annotated[
        Text,
        Column(
            "发布时间",
            "Release window",
            "发布窗口|投产窗口|变更窗口|上线窗口|停机窗口|window|deployment window|release date",
            nouns="时间|日期",
            width=36,
            hint_zh="时间说不清时写文字；写了开始和结束时间就不用填",
            hint_en="In words, where start and end do not say it",
        ),
    ] = None

    @classmethod
    def raw(cls, data: object) -> object:
        """The raw fields, for which text may stand."""
        if isinstance(data, str):
            data = {"text": data}
        if isinstance(data, Mapping) and is_blank(data.get("start")) and is_blank(data.get("end")):
            data = dict(data)
            text = TextKind().accept(data.get("text"))
            if text is not None:
                start, end = moments.parse_window(text)
                kept = text if start and text != _window_text(start, end) else None
                return {**data, "start": start or Unread(text), "end": end, "text": kept}
        return data

    def stated(self) -> bool:
        """Whether anything is said."""
        return (self.start, self.end, self.text) != (None, None, None)


def _window_text(start: dt.date, end: dt.date | None) -> str:
    return moments.write(start) + (f" - {moments.write(end)}" if end else "")


class Rollback(Part):
    """How to go back, and when: what must have passed by the deadline, and who decides."""

    steps: Annotated[tuple[Step, ...] | Nothing, RowsOf(Step)] = ()
    deadline: Annotated[
        Moment,
        Column(
            "回退时限",
            "Rollback deadline",
            "回退截止时间|回滚截止时间|回滚时限|最晚回退时间|最晚回滚时间|deadline",
            width=20,
            hint_zh="最晚在何时决定回退，如 2026-08-21 01:00",
            hint_en="By when to decide, such as 2026-08-21 01:00",
        ),
    ] = None
    points: Annotated[
        Words,
        Column(
            "须通过的验证点",
            "Verification points",
            "验证点|points",
            width=20,
            hint_zh="到时须已通过的验证点的序号，如 1、2",
            hint_en="The numbers of the verification steps that must have passed by then, such as 1, 2",
        ),
    ] = ()
    decider: Annotated[
        People,
        Column(
            "回退决策人",
            "Decided by",
            "决策人|decider",
            width=16,
            hint_zh="谁决定是否回退",
            hint_en="Who decides on it",
        ),
    ] = ()
    text: Annotated[
        Text,
        Column(
            "回退触发条件",
            "Rollback trigger",
            "触发条件|回滚条件|回退条件|trigger",
            width=48,
            hint_zh="其他触发条件",
            hint_en="Other triggers, in words",
        ),
    ] = None

    @classmethod
    def raw(cls, data: object) -> object:
        """The raw fields, for which the list of steps may stand."""
        return {"steps": data} if isinstance(data, list | tuple) else data


def _known_language(value: object) -> str:
    word = from_object("zh" if value is None else value).lower()
    found = {"": "zh", "中文": "zh", "chinese": "zh", "zh-cn": "zh", "英文": "en", "english": "en"}.get(word, word)
    if found not in LANGUAGES:
        raise Refused(f"未知的语言“{value}”；可用：zh、en", f'unknown language "{value}"; known: zh, en')
    return found


class _LanguageKind(RequiredTextKind):
    def accept(self, value: object) -> str:
        return _known_language(value)

    def json_schema(self) -> dict[str, Any]:
        return {"enum": list(LANGUAGES)}


class _ZoneKind(RequiredTextKind):
    def accept(self, value: object) -> str:
        name = DEFAULT_ZONE if is_blank(value) else super().accept(value)
        if name == DEFAULT_ZONE:
            return name
        import zoneinfo

        try:
            zoneinfo.ZoneInfo(name)
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
            raise Refused(
                f"未知的时区“{name}”；请用 IANA 名称，如 Asia/Shanghai",
                f'unknown time zone "{name}"; use an IANA name such as Asia/Shanghai',
            ) from None
        return name


LEADING_ROLES: Final = ("负责人", "負責人", "总指挥", "release manager", "release owner", "owner", "lead")
"""Words in the role of someone who answers for the release."""

DEFAULT_ZONE: Final = "Asia/Shanghai"


class ReleasePlan(Part):
    """Everything a release needs said, once. `product` to `time_zone` are its facts, the rest its parts."""

    title: Annotated[
        Text,
        Column(
            "标题",
            "Title",
            "计划名称|发布计划名称|文档标题",
            width=48,
            hint_zh="不填则用产品和版本组成",
            hint_en="Left out: made of product and version",
        ),
    ] = None
    product: Annotated[
        Text,
        Column(
            "产品",
            "Product",
            "产品名称|项目|项目名称|product name|project",
            width=32,
            required=True,
            hint_zh="这次发布的产品",
            hint_en="The product that is released",
        ),
    ] = None
    version: Annotated[
        Text,
        Column(
            "版本",
            "Version",
            "版本号|发布版本号|交付版本|release version|release",
            nouns="版本",
            width=20,
            required=True,
            hint_zh="这次发布的版本，如 1.12.0",
            hint_en="The version that is released, such as 1.12.0",
        ),
    ] = None
    kind: Annotated[
        KindField,
        Column(
            "发布类型",
            "Release kind",
            "类型|变更类型|投产类型|release type",
            nouns="类型",
            width=12,
            hint_zh="从下拉列表中选择",
            hint_en="Choose from the list",
        ),
    ] = None
    iterations: Annotated[
        Words,
        Column(
            "迭代",
            "Iterations",
            "冲刺|sprint|sprints|iteration|所属迭代",
            width=20,
            hint_zh="如 sprint12；多个用顿号分开",
            hint_en="Such as sprint12; several with commas",
        ),
    ] = ()
    goal: Annotated[
        Text,
        Column(
            "目标",
            "Goal",
            "发布目标|版本目标|release goal",
            width=60,
            hint_zh="这一版要达到什么",
            hint_en="What this release is for",
        ),
    ] = None
    language: Annotated[
        Language,
        _LanguageKind(),
        Column(
            "文档语言",
            "Language",
            "语言",
            width=8,
            hint_zh="zh 或 en",
            hint_en="zh or en",
        ),
    ] = "zh"
    time_zone: Annotated[
        str,
        _ZoneKind(),
        Column(
            "时区",
            "Time zone",
            "timezone",
            width=20,
            hint_zh="如 Asia/Shanghai",
            hint_en="Such as Asia/Shanghai",
        ),
    ] = DEFAULT_ZONE
    window: Window = Window()
    impact: Annotated[
        Items,
        Column(
            "影响范围",
            "Impact",
            "发布范围|变更范围|影响业务清单|services impacted|release scope",
            width=60,
            hint_zh="一条一行：影响哪些用户、系统和数据",
            hint_en="One a line: which users, systems and data are affected",
        ),
    ] = ()
    participants: Annotated[tuple[Participant, ...] | Nothing, RowsOf(Participant)] = ()
    preparation: Annotated[tuple[Step, ...] | Nothing, RowsOf(Step)] = ()
    deployment: Annotated[tuple[Step, ...] | Nothing, RowsOf(Step)] = ()
    verification: Annotated[tuple[Step, ...] | Nothing, RowsOf(Step)] = ()
    rollback: Rollback = Rollback()
    table: ReleaseTable = ReleaseTable()
    scripts: Annotated[tuple[Script, ...] | Nothing, RowsOf(Script)] = ()
    packages: Annotated[tuple[Package, ...] | Nothing, RowsOf(Package)] = ()
    external_software: Annotated[tuple[ExternalSoftware, ...] | Nothing, RowsOf(ExternalSoftware)] = ()
    services_to_stop: Annotated[tuple[ServiceToStop, ...] | Nothing, RowsOf(ServiceToStop)] = ()
    tests: Tests = Tests()
    issues: Annotated[tuple[Issue, ...] | Nothing, RowsOf(Issue)] = ()
    meetings: Annotated[tuple[Meeting, ...] | Nothing, RowsOf(Meeting)] = ()
    monitoring: Annotated[tuple[Monitor, ...] | Nothing, RowsOf(Monitor)] = ()
    exemptions: Annotated[tuple[Exemption, ...] | Nothing, RowsOf(Exemption)] = ()
    sections: Annotated[tuple[Section, ...] | Nothing, RowsOf(Section)] = ()

    @classmethod
    def settle(cls, values: dict[str, Any]) -> None:
        """A rollback deadline that is a clock time alone (次日 03:00) is the first such time after the window begins."""
        start, stated = values["window"].start, values["rollback"].deadline
        if isinstance(stated, Unread) and isinstance(start, dt.date) and (found := moments.later(start, stated.text)):
            values["rollback"] = values["rollback"].replace(deadline=found)

    @property
    def owner(self) -> str | None:
        """Who answers for the release: the first participant in a leading role, else who decides on the rollback."""
        participants = () if isinstance(self.participants, Nothing) else self.participants
        for each in participants:
            roles = () if isinstance(each.roles, Nothing) else each.roles
            if any(word in role.lower() for role in roles for word in LEADING_ROLES):
                return each.name
        deciders = () if isinstance(self.rollback.decider, Nothing) else self.rollback.decider
        return next(iter(deciders), None)

    @property
    def digest(self) -> str:
        """The SHA-256 of all the plan says, in hexadecimal: an approval names it, so that a later edit shows."""
        import hashlib
        import json

        said = json.dumps(self.data(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(said.encode()).hexdigest()

    def data(self) -> dict[str, Any]:
        """The plan as mappings, lists, text and numbers, without what is not stated: what a plan file holds."""
        data: dict[str, Any] = plain_data(self)
        return data

    def at(self, moment: dt.date | dt.datetime) -> dt.datetime:
        """A moment of this plan with its zone: `time_zone` where it has none; a date is its first minute."""
        import zoneinfo

        if not isinstance(moment, dt.datetime):
            moment = dt.datetime.combine(moment, dt.time())
        return moment if moment.tzinfo else moment.replace(tzinfo=zoneinfo.ZoneInfo(self.time_zone))


def plain_data(part: object) -> Any:
    """A part as plain data, without what is not stated. Entries that say no more than their main text are that text."""
    if isinstance(part, Nothing):
        return part.word
    if isinstance(part, tuple):
        return [plain_data(each) for each in part]
    if not isinstance(part, Part):
        return part
    if isinstance(part, Step | Section) and part.is_its_text():
        return getattr(part, part.main)
    dumps = _dumps(type(part))
    data: dict[str, Any] = {}
    for name, value in vars(part).items():
        if value is not None and ((dumped := dumps[name](value)) or dumped == 0):
            data[name] = dumped
    return data


@once_a_class
def _dumps(model: type[Part]) -> dict[str, Callable[[Any], Any]]:
    """The fields of a model, each with what makes plain data of its value."""
    dumps: dict[str, Callable[[Any], Any]] = {bound.field: bound.kind.dump for bound in columns_of(model)}
    if model is ReleaseItem:
        dumps["extra"] = lambda pairs: {pair.header: pair.text for pair in pairs}
    return {name: dumps.get(name, plain_data) for name in fields_of(model)}


def walk(part: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every stated value under a plan or a part of it, with its path; `Change`, `Extra` and the like are values."""
    if isinstance(part, Part):
        for name, value in vars(part).items():
            yield from walk(value, (*path, name))
    elif isinstance(part, tuple) and part and isinstance(part[0], Part):
        for i, value in enumerate(part):
            yield from walk(value, (*path, i))
    elif part is not None and part != ():
        yield path, part


def unread(part: Part, path: Path = ()) -> Iterator[tuple[Path, Unread]]:
    """Every value under a plan or a part of it that could not be read, with its path."""
    values = vars(part)
    for name in _where_unread(type(part)):
        value = values.get(name)
        if isinstance(value, Unread):
            yield (*path, name), value
        elif isinstance(value, Part):
            yield from unread(value, (*path, name))
        elif isinstance(value, tuple) and value and isinstance(value[0], Part):
            for i, each in enumerate(value):
                yield from unread(each, (*path, name, i))


@once_a_class
def _where_unread(model: type[Part]) -> tuple[str, ...]:
    """The fields of a model that may hold what could not be read, or a part that does."""
    fields = ((name, field.annotation) for name, field in fields_of(model).items())
    return tuple(name for name, kind in fields if Unread in typing.get_args(kind) or _model_in(kind))


def model_at(path: Path, root: type[Part] | None = None) -> type[Part] | None:
    """The model of what stands at `path`, or of the entries of the list there; None where there are none.

    `root` is the model at the empty path; by default that of plans. The rows of the release table are the entries of `("table",)` too.
    """
    model: Any = root or ReleasePlan
    for step in path:
        if isinstance(step, str):
            field = fields_of(model).get(step)
            model = _model_in(field.annotation) if field else None
            if model is None:
                return None
    return ReleaseItem if model is ReleaseTable and len(path) == 1 else model


def _model_in(annotation: Any) -> Any:
    """The model class inside a field's type: `tuple[Step, ...] | Nothing` -> Step."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((found for each in typing.get_args(annotation) if (found := _model_in(each))), None)
