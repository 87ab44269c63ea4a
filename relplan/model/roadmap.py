"""The roadmap of a product: its release plans above the iterations, so that the pace of releases can be seen and kept."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar

from relplan.errors import Language
from relplan.model.columns import Column
from relplan.model.fields import KindField, Moment, Part, Row, RowsOf, Text, Words
from relplan.model.plan import ReleasePlan
from relplan.model.values import Nothing


class Iteration(Row):
    """An iteration: weeks in which a team builds."""

    main: ClassVar = "name"

    name: Annotated[Text, Column("迭代", "Iteration", "迭代名称|sprint|name", width=16, required=True)] = None
    start: Annotated[Moment, Column("开始", "Start", "开始时间|开始日期|start date", width=14)] = None
    end: Annotated[Moment, Column("结束", "End", "结束时间|结束日期|end date", width=14)] = None
    team: Annotated[Text, Column("团队", "Team", "小组|squad", width=14, optional=True)] = None


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
    cadence: int | None = None
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
