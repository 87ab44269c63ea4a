"""The roadmap of a product: its release plans above the iterations, so that the pace of releases can be seen and kept."""

import datetime as dt
import re
from typing import Annotated, ClassVar, Final

from relplan.errors import Language, Refused
from relplan.model.columns import Column
from relplan.model.fields import KindField, Moment, Row, RowsOf, Text, Words
from relplan.model.part import Accepts, Part
from relplan.model.plan import ReleasePlan
from relplan.model.values import Nothing
from relplan.patterns import regex

_LENGTH: Final = regex(r"(?P<number>\d{1,4})\s*(?P<unit>天|日|d|days?|周|星期|w|weeks?|)", re.IGNORECASE)
_WEEKS: Final = ("周", "星期", "w", "week", "weeks")


def _days(value: object) -> int | None:
    """Days, from a number or from words such as `2 周` and `10 days`."""
    if value is None or isinstance(value, int):
        return value
    text = str(value).strip()
    if not text:
        return None
    match = _LENGTH.fullmatch(text)
    if not match or not int(match["number"]):
        raise Refused(
            f"无法读取“{text}”；请写成 14、14 天 或 2 周", f'cannot read "{text}"; write 14, 14 days or 2 weeks'
        )
    return int(match["number"]) * (7 if match["unit"].lower() in _WEEKS else 1)


Days = Annotated[int | None, Accepts(_days)]
"""A number of days, which may be written as `2 weeks`."""


class Iteration(Row):
    """An iteration: weeks in which a team builds. `length` counts its days, the first and the last among them, where `end` is not stated."""

    main: ClassVar = "name"

    name: Annotated[Text, Column("迭代", "Iteration", "迭代名称|sprint|name", width=16, required=True)] = None
    start: Annotated[Moment, Column("开始", "Start", "开始时间|开始日期|start date", width=14)] = None
    end: Annotated[Moment, Column("结束", "End", "结束时间|结束日期|end date", width=14)] = None
    length: Days = None
    team: Annotated[Text, Column("团队", "Team", "小组|squad", width=14, optional=True)] = None

    @property
    def last(self) -> object:
        """Its last day: as it is stated, else by its length."""
        if self.end is None and isinstance(self.start, dt.date) and self.length:
            return self.start + dt.timedelta(days=self.length - 1)
        return self.end


class Freeze(Row):
    """Days on which nothing is released."""

    main: ClassVar = "reason"

    reason: Annotated[Text, Column("原因", "Reason", "封网|封版|冻结|说明|freeze", width=24)] = None
    start: Annotated[Moment, Column("开始", "Start", "开始时间|开始日期|start date", width=14, required=True)] = None
    end: Annotated[Moment, Column("结束", "End", "结束时间|结束日期|end date", width=14)] = None


class PlannedRelease(Row):
    """A release on the roadmap: a plan that will be, or the file of one that is."""

    main: ClassVar = "version"

    version: Annotated[Text, Column("版本号", "Version", "版本|发布版本|release", width=14, required=True)] = None
    kind: Annotated[KindField, Column("发布类型", "Release kind", "类型|kind", width=12, optional=True)] = None
    goal: Annotated[Text, Column("目标", "Goal", "发布目标|主题|objective|theme", width=40)] = None
    requirements: Annotated[
        Words, Column("需求", "Requirements", "需求编号|需求列表|requirement|features", width=30)
    ] = ()
    iterations: Annotated[Words, Column("迭代", "Iterations", "迭代|sprint|sprints", width=20)] = ()
    target: Annotated[
        Moment, Column("目标日期", "Target date", "计划日期|计划发布日期|计划上线日期|target|due", width=14)
    ] = None
    slipped_from: Annotated[
        Moment, Column("原目标日期", "Slipped from", "原计划日期|original date", width=14, optional=True)
    ] = None
    plan: Annotated[Text, Column("计划文件", "Plan file", "计划|文件|file", width=24, optional=True)] = None


class Roadmap(Part):
    """The release plans of a product.

    Attributes:
        cadence: the wanted days between two releases.
        requirements: all that is wanted, to be in one of the releases each.
        releases: in their order; those of a folder of plans are added where the roadmap is loaded.
    """

    product: Text = None
    title: Text = None
    language: str = "zh"
    time_zone: str = "Asia/Shanghai"
    cadence: Days = None
    requirements: Words = ()
    iterations: Annotated[tuple[Iteration, ...] | Nothing, RowsOf(Iteration)] = ()
    freezes: Annotated[tuple[Freeze, ...] | Nothing, RowsOf(Freeze)] = ()
    releases: Annotated[tuple[PlannedRelease, ...] | Nothing, RowsOf(PlannedRelease)] = ()

    def at(self, moment: dt.date | dt.datetime) -> dt.datetime:
        """A moment of the roadmap with its zone."""
        return ReleasePlan(time_zone=self.time_zone).at(moment)

    def words(self) -> Language:
        """The language of its documents."""
        return "en" if self.language == "en" else "zh"
