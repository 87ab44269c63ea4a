"""What a release must have ready besides its steps: software, services, tests, defects, meetings, monitoring."""

from typing import Annotated, ClassVar, Final

from relplan.model.celltext import ChoiceKind
from relplan.model.columns import Column
from relplan.model.fields import Items, Minutes, Moment, People, Row, RowsOf, Text, Words
from relplan.model.part import Part
from relplan.model.values import (
    CaseKind,
    IssueSeverity,
    IssueStatus,
    MonitorKind,
    Nothing,
    TestResult,
    TestRound,
    Unread,
)

CaseKindField = Annotated[CaseKind | Unread | Nothing | None, ChoiceKind(CaseKind)]
RoundField = Annotated[TestRound | Unread | Nothing | None, ChoiceKind(TestRound)]
ResultField = Annotated[TestResult | Unread | Nothing | None, ChoiceKind(TestResult)]
SeverityField = Annotated[IssueSeverity | Unread | Nothing | None, ChoiceKind(IssueSeverity)]
StatusField = Annotated[IssueStatus | Unread | Nothing | None, ChoiceKind(IssueStatus)]
MonitorField = Annotated[MonitorKind | Unread | Nothing | None, ChoiceKind(MonitorKind)]


def _note(zh: str = "", en: str = "") -> Column:
    return Column("备注", "Note", "说明|remark|comment|notes", width=30, hint_zh=zh, hint_en=en)


class ExternalSoftware(Row):
    """Software from outside that has to be installed before the systems are deployed."""

    main: ClassVar = "name"

    name: Annotated[
        Text,
        Column(
            "外部应用",
            "External application",
            "外部应用程序|新增应用|软件|软件名称|组件|中间件|名称|software|component|name",
            width=24,
            required=True,
            hint_zh="一行一个要安装的外部应用",
            hint_en="One application a row",
        ),
    ] = None
    version: Annotated[Text, Column("版本", "Version", "版本号", width=12, hint_zh="安装的版本", hint_en="The version that is installed")] = None  # fmt: skip
    system: Annotated[
        Text,
        Column(
            "使用系统",
            "Used by",
            "系统|系统名称|关联系统|system",
            width=18,
            hint_zh="哪个系统要用它",
            hint_en="The system that needs it",
        ),
    ] = None
    host: Annotated[
        Text,
        Column(
            "安装位置",
            "Installed on",
            "主机|服务器|节点|host|server",
            width=20,
            hint_zh="装在哪些主机上",
            hint_en="The hosts it is installed on",
        ),
    ] = None
    owner: Annotated[
        People,
        Column("负责人", "Owner", "安装人|责任人|执行人|installed by", width=12, hint_zh="谁安装", hint_en="Who installs it"),
    ] = ()  # fmt: skip
    note: Annotated[Text, _note("如 许可、端口、监控", "Such as its licence, ports, monitoring")] = None


class ServiceToStop(Row):
    """A service that has to be stopped for the release."""

    main: ClassVar = "service"

    service: Annotated[
        Text,
        Column(
            "服务",
            "Service",
            "服务名称|需关闭的服务|关闭服务|停止的服务|应用服务|名称|service name",
            width=26,
            required=True,
            hint_zh="一行一个要关闭的服务",
            hint_en="One service a row",
        ),
    ] = None
    system: Annotated[Text, Column("系统", "System", "系统名称|所属系统|应用", width=18, hint_zh="它属于哪个系统", hint_en="The system it belongs to")] = None  # fmt: skip
    stop_at: Annotated[
        Moment,
        Column("停止时间", "Stopped at", "关闭时间|停服时间|stop time", width=18, hint_zh="如 2026-08-20 22:00", hint_en="Such as 2026-08-20 22:00"),
    ] = None  # fmt: skip
    minutes: Annotated[
        Minutes,
        Column(
            "停止时长（分钟）",
            "Minutes stopped",
            "停止时长|停服时长|时长|downtime|downtime (min)",
            width=10,
            hint_zh="预计停多少分钟，如 90",
            hint_en="For how many minutes, such as 90",
        ),
    ] = None
    impact: Annotated[Text, Column("影响", "Impact", "影响范围|业务影响|影响说明", width=30, hint_zh="停的时候谁用不了什么", hint_en="What no one can do meanwhile")] = None  # fmt: skip
    owner: Annotated[People, Column("负责人", "Owner", "执行人|责任人", width=12, hint_zh="谁停、谁启动", hint_en="Who stops and starts it")] = ()  # fmt: skip


class TestCase(Row):
    """A case of the test plan. Cases at the boundaries are marked, for the process asks for them."""

    __test__: ClassVar = False
    main: ClassVar = "text"

    number: Annotated[
        Text,
        Column("用例编号", "Case", "编号|用例号|no|case no|case id|id", width=12, hint_zh="如 TC-01", hint_en="Such as TC-01"),
    ] = None  # fmt: skip
    system: Annotated[Text, Column("系统", "System", "系统名称|模块|module", width=16, hint_zh="测哪个系统", hint_en="The system under test")] = None  # fmt: skip
    text: Annotated[
        Text,
        Column(
            "测试用例",
            "Test case",
            "用例|用例名称|用例标题|测试项|测试点|测试内容|title|case name|test",
            width=40,
            required=True,
            hint_zh="一行一个用例",
            hint_en="One case a row",
        ),
    ] = None
    kind: Annotated[
        CaseKindField,
        Column("用例类型", "Case kind", "类型|kind|type", width=12, hint_zh="从下拉列表中选择", hint_en="Choose from the list"),
    ] = None  # fmt: skip
    steps: Annotated[Text, Column("操作步骤", "Steps", "步骤|测试步骤|test steps", width=36, optional=True, hint_zh="怎样操作", hint_en="How it is done")] = None  # fmt: skip
    expected: Annotated[Text, Column("预期结果", "Expected", "期望结果|预期|expected result", width=30, hint_zh="怎样算通过", hint_en="What tells that it has passed")] = None  # fmt: skip
    owner: Annotated[People, Column("测试人员", "Tester", "负责人|执行人|测试人|测试", width=12, hint_zh="谁来测", hint_en="Who tests it")] = ()  # fmt: skip


class TestRun(Row):
    """A result of testing: of one case where it names one, of a whole round where it does not."""

    __test__: ClassVar = False
    main: ClassVar = "note"

    round: Annotated[
        RoundField,
        Column("测试阶段", "Round", "阶段|轮次|测试类型|stage", width=12, hint_zh="从下拉列表中选择", hint_en="Choose from the list"),
    ] = None  # fmt: skip
    case: Annotated[
        Text,
        Column(
            "用例",
            "Case",
            "用例编号|测试用例|case no",
            width=18,
            hint_zh="用例编号；不填则是整个阶段的结果",
            hint_en="The number of the case; left out: the result of the whole round",
        ),
    ] = None
    result: Annotated[
        ResultField,
        Column("测试结果", "Result", "结果|是否通过|结论|outcome|status", width=10, required=True, hint_zh="从下拉列表中选择", hint_en="Choose from the list"),
    ] = None  # fmt: skip
    at: Annotated[Moment, Column("测试时间", "Tested at", "时间|日期|测试日期|date", width=18, hint_zh="如 2026-08-18", hint_en="Such as 2026-08-18")] = None  # fmt: skip
    by: Annotated[People, Column("测试人员", "Tested by", "执行人|测试人|测试|tester", width=12, hint_zh="谁测的", hint_en="Who tested")] = ()  # fmt: skip
    report: Annotated[
        Text,
        Column("测试报告", "Report", "报告|报告链接|附件|test report", width=28, hint_zh="报告的文件名或链接", hint_en="The file or link of the report"),
    ] = None  # fmt: skip
    issues: Annotated[Words, Column("问题编号", "Issues", "缺陷编号|缺陷|问题|bugs|defects", width=16, hint_zh="发现的问题的编号", hint_en="The numbers of what was found")] = ()  # fmt: skip
    note: Annotated[Text, _note("如 测试数据、遗留情况", "Such as the data it was tested with, or what is left")] = None


class Tests(Part):
    """How the release is tested: the plan, its cases, and the results."""

    __test__: ClassVar = False

    scope: Annotated[Text, Column("测试范围", "Test scope", "测试内容范围|scope of tests", width=48, hint_zh="测什么，不测什么", hint_en="What is tested and what is not")] = None  # fmt: skip
    environment: Annotated[Text, Column("测试环境", "Test environment", width=36, hint_zh="在哪里测，用什么数据", hint_en="Where, and with which data")] = None  # fmt: skip
    criteria: Annotated[
        Text,
        Column(
            "通过标准",
            "Pass criteria",
            "上线标准|测试通过标准|exit criteria",
            width=36,
            hint_zh="如 没有 A、B 级缺陷，C 级不超过 3 个",
            hint_en="Such as no defects of level A or B, at most 3 of level C",
        ),
    ] = None
    document: Annotated[Text, Column("测试方案文件", "Test plan file", "测试方案链接", width=36, hint_zh="测试方案的文件名或链接", hint_en="The file or link of the test plan")] = None  # fmt: skip
    cases: Annotated[tuple[TestCase, ...] | Nothing, RowsOf(TestCase)] = ()
    runs: Annotated[tuple[TestRun, ...] | Nothing, RowsOf(TestRun)] = ()

    @property
    def planned(self) -> bool:
        """Whether anything is said of the plan of the tests itself."""
        return (self.scope, self.environment, self.criteria, self.document) != (None,) * 4


class Issue(Row):
    """A defect or an open point, and what becomes of it."""

    main: ClassVar = "title"

    number: Annotated[
        Text,
        Column("问题编号", "Issue", "缺陷编号|编号|缺陷id|bug id|bug|no|id|ticket", width=14, hint_zh="如 BUG-231", hint_en="Such as BUG-231"),
    ] = None  # fmt: skip
    title: Annotated[
        Text,
        Column(
            "问题",
            "Title",
            "缺陷|缺陷标题|问题描述|标题|摘要|遗留问题|summary|description",
            width=40,
            required=True,
            hint_zh="一行一个问题",
            hint_en="One issue a row",
        ),
    ] = None
    severity: Annotated[
        SeverityField,
        Column("级别", "Severity", "严重级别|缺陷级别|缺陷等级|严重程度|等级|level|priority", width=8, hint_zh="A、B、C 或 D", hint_en="A, B, C or D"),
    ] = None  # fmt: skip
    status: Annotated[
        StatusField,
        Column("处理状态", "Status", "状态|缺陷状态|处理结果|state", width=12, hint_zh="从下拉列表中选择", hint_en="Choose from the list"),
    ] = None  # fmt: skip
    target_version: Annotated[
        Text,
        Column(
            "解决版本",
            "Fixed in",
            "留到版本|计划版本|目标版本|延期版本|fix version|target version",
            width=14,
            hint_zh="在哪个版本解决；留到下次的写下次的版本",
            hint_en="The version that fixes it; of what is deferred, the later one",
        ),
    ] = None
    system: Annotated[Text, Column("系统", "System", "系统名称|模块|应用|module", width=16, hint_zh="在哪个系统", hint_en="The system it is in")] = None  # fmt: skip
    owner: Annotated[People, Column("负责人", "Owner", "处理人|开发人员|责任人|assignee", width=12, hint_zh="谁处理", hint_en="Who deals with it")] = ()  # fmt: skip
    found_in: Annotated[
        RoundField,
        Column("发现阶段", "Found in", "阶段|发现环节|found during", width=12, optional=True, hint_zh="从下拉列表中选择", hint_en="Choose from the list"),
    ] = None  # fmt: skip
    note: Annotated[Text, _note("如 影响、规避办法", "Such as its impact and the way round it")] = None


class Meeting(Row):
    """A meeting of the release, such as the deployment meeting, and its minutes."""

    main: ClassVar = "topic"

    topic: Annotated[
        Text,
        Column(
            "会议",
            "Meeting",
            "会议主题|主题|会议名称|topic|subject",
            width=26,
            required=True,
            hint_zh="如 部署大会",
            hint_en="Such as deployment meeting",
        ),
    ] = None
    at: Annotated[Moment, Column("会议时间", "Held at", "时间|召开时间|日期|date", width=18, hint_zh="如 2026-08-19 15:00", hint_en="Such as 2026-08-19 15:00")] = None  # fmt: skip
    minutes: Annotated[Minutes, Column("会议时长（分钟）", "Minutes", "会议时长|时长|duration", width=8, hint_zh="如 60", hint_en="Such as 60")] = None  # fmt: skip
    place: Annotated[Text, Column("会议地点", "Place", "地点|会议室|会议链接|location", width=20, hint_zh="会议室或链接", hint_en="The room or the link")] = None  # fmt: skip
    chair: Annotated[People, Column("主持人", "Chair", "召集人|组织者|host|organizer", width=12, hint_zh="谁召集", hint_en="Who calls it")] = ()  # fmt: skip
    attendees: Annotated[People, Column("参会人员", "Attendees", "参会人|与会人员|出席人员|present", width=30, hint_zh="不填则是全体参与人员", hint_en="Left out: all participants")] = ()  # fmt: skip
    decisions: Annotated[
        Items,
        Column("会议结论", "Decisions", "结论|决议|会议决议|会议内容|纪要内容", width=44, hint_zh="一条一行", hint_en="One a line"),
    ] = ()  # fmt: skip
    actions: Annotated[Items, Column("待办事项", "Actions", "待办|行动项|遗留事项|action items|to do", width=36, optional=True, hint_zh="一条一行，写明负责人和时间", hint_en="One a line, with who and by when")] = ()  # fmt: skip
    record: Annotated[Text, Column("会议纪要", "Minutes file", "纪要|纪要链接|meeting minutes", width=28, hint_zh="纪要的文件名或链接", hint_en="The file or link of the minutes")] = None  # fmt: skip


class Monitor(Row):
    """Something that is watched after the release."""

    main: ClassVar = "target"

    target: Annotated[
        Text,
        Column(
            "监控对象",
            "Target",
            "监控项|监控目标|对象|monitored",
            width=26,
            required=True,
            hint_zh="一行一个服务、主机或业务指标",
            hint_en="One service, host or figure a row",
        ),
    ] = None
    kind: Annotated[MonitorField, Column("监控类型", "Kind", "类型|type", width=12, hint_zh="从下拉列表中选择", hint_en="Choose from the list")] = None  # fmt: skip
    system: Annotated[Text, Column("系统", "System", "系统名称|应用", width=16, hint_zh="属于哪个系统", hint_en="The system it belongs to")] = None  # fmt: skip
    metric: Annotated[Text, Column("监控指标", "Metric", "指标|metrics", width=26, hint_zh="如 成功率、CPU、P99", hint_en="Such as success rate, CPU, P99")] = None  # fmt: skip
    threshold: Annotated[Text, Column("告警阈值", "Threshold", "阈值|告警条件|alert", width=20, hint_zh="如 低于 99.5% 持续 5 分钟", hint_en="Such as below 99.5% for 5 minutes")] = None  # fmt: skip
    until: Annotated[Text, Column("监控时段", "Watched", "时段|监控时间|观察期|period", width=20, hint_zh="如 发布后 2 小时每 15 分钟", hint_en="Such as every 15 minutes for 2 hours")] = None  # fmt: skip
    owner: Annotated[People, Column("负责人", "Owner", "监控人|责任人|值班人", width=12, hint_zh="谁看", hint_en="Who watches it")] = ()  # fmt: skip
    where: Annotated[Text, Column("监控地址", "Where", "看板|地址|链接|dashboard|url", width=28, optional=True, hint_zh="看板的链接", hint_en="The link of the dashboard")] = None  # fmt: skip


OPEN: Final = frozenset((IssueStatus.OPEN, IssueStatus.REOPENED))
"""The states of an issue in which something has still to be done for this release."""


def is_open(issue: Issue) -> bool:
    """Whether an issue still has to be dealt with in this release; one without a status is open."""
    return not isinstance(issue.status, IssueStatus) or issue.status in OPEN
