"""The release table: fourteen columns, the extra ones that teams add, and any column that no one knows."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar

from relplan.errors import Refused
from relplan.model.columns import Column, header_index
from relplan.model.fields import Changes, Dependencies, People, RequiredText, Risk, Row, Text, as_list, is_blank
from relplan.model.part import Accepts, Part, entries
from relplan.model.values import RiskLevel


class Extra(Part):
    """A column that relplan does not know, with the text of one row."""

    header: RequiredText
    text: RequiredText


def _extra_pairs(value: object) -> tuple[Extra, ...]:
    """Pairs from a mapping of header to text (as plan files write them); blank texts are not stated."""
    if value is None:
        return ()
    if isinstance(value, Mapping):
        value = [{"header": header, "text": text} for header, text in value.items() if not is_blank(text)]
    elif isinstance(value, list | tuple):
        value = [pair for pair in value if not (isinstance(pair, Mapping) and is_blank(pair.get("text")))]
    return entries(Extra.from_data, value)


Extras = Annotated[tuple[Extra, ...], Accepts(_extra_pairs)]


class ReleaseItem(Row):
    """A row of the release table: one system, what changes in it and what that takes."""

    main: ClassVar = "system"

    order: Annotated[
        Text,
        Column(
            "发布顺序",
            "Order",
            "序号|顺序|次序|批次|执行序号|执行顺序|变更执行顺序|上版顺序|顺序执行|步骤|编号|no|#|seq|sequence|sl no|step|wave|batch|"
            "release order|deploy order|deployment order",
            nouns="顺序|次序|批次",
            width=8,
            hint_zh="从 1 开始的数字；可以同时发布的系统写相同的数字",
            hint_en="A number from 1; systems that may be released together have the same",
        ),
    ] = None
    system: Annotated[
        Text,
        Column(
            "系统名称",
            "System",
            "系统|子系统|模块|模组|模块名称|系统模块|业务系统|归属系统|所属系统|涉及系统|应用|应用名称|"
            "应用系统|应用名|应用中文名|所属应用|涉及应用|项目|项目名称|产品名称|服务|服务名|服务名称|"
            "微服务|微服务中文名|工程|工程名|组件|仓库|程序名称|子系统名称|变更对象|交付包名称|专案|"
            "程式名称|application|application name|app|apps|service|services|component|module|project|"
            "repository|repo|image name|affected components|system name",
            nouns="系统|对象",
            width=18,
            required=True,
            hint_zh="一行一个系统，写全称",
            hint_en="One system a row, by its full name",
        ),
    ] = None
    version: Annotated[
        Text,
        Column(
            "版本号",
            "Version",
            "版本|内部版本|git标签|目标版本|目标版本号|实际发布版本|预设版本号|镜像版本|镜像标签|镜像|"
            "tag|tag列表|版本名称|版本编号|版号|版次|image tag|git tag|release number|release version|"
            "build|artifact version",
            nouns="版本|版本号",
            width=14,
            required=True,
            hint_zh="如 1.10.0；单元格是文本，末尾的 0 不会丢失",
            hint_en="Such as 1.10.0; the cell is text, so that no final 0 is lost",
        ),
    ] = None
    changes: Annotated[
        Changes,
        Column(
            "变更内容",
            "Changes",
            "变更|需求名称及内容简述|变更功能说明及要点|功能描述|变更目的|变更标题|变更说明|需求名称|"
            "更新说明|修改内容|变更描述|改动点|功能点|需求描述|需求说明|异动内容|change summary|"
            "description|activity|activities|change|summary|what's changed|feature|features",
            nouns="内容|功能|说明",
            width=44,
            required=True,
            hint_zh="一条一行（Alt+Enter 换行），可以用【新增】【优化】【修复】等开头",
            hint_en="One change a line (Alt+Enter); it may begin with a mark such as [Added] or [Fixed]",
        ),
    ] = ()
    risk_level: Annotated[
        Risk,
        Column(
            "风险等级",
            "Risk level",
            "风险级别|风险|变更风险等级|变更级别|变更等级|影响级别|risk",
            width=8,
            hint_zh="从下拉列表中选择",
            hint_en="Choose from the list",
        ),
    ] = None
    risk_description: Annotated[
        Text,
        Column(
            "风险描述",
            "Risk description",
            "风险说明|风险点|风险评估|潜在风险|风险分析|变更风险说明|变更影响|业务影响说明|影响分析|"
            "影响分析描述|业务影响范围|影响说明|service impact|known risks",
            width=30,
            hint_zh="可能出什么问题，影响哪些用户或系统",
            hint_en="What can go wrong, and whom it would affect",
        ),
    ] = None
    risk_control: Annotated[
        Text,
        Column(
            "风险控制",
            "Risk control",
            "风险控制措施|风险规避措施|规避措施|应对措施|控制措施|风险措施|应急措施|缓解措施|预案及降级方案|"
            "保障机制|因应措施|风险对策|mitigation|mitigation action|risk mitigation|contingency|"
            "control",
            width=30,
            hint_zh="怎样避免，出了问题怎么处理",
            hint_en="How it is avoided, and what is done if it happens",
        ),
    ] = None
    dependencies: Annotated[
        Dependencies,
        Column(
            "发布依赖",
            "Dependencies",
            "依赖|依赖项|依赖系统|依赖关系|依赖服务|依赖方名称|相关依赖|上下游依赖|前置依赖|前置条件|"
            "前提条件|关联系统|相关系统|同步投产系统|发布相依|相依系统|相依性|dependency|depends on|"
            "prerequisite|pre requisites|blocked by",
            nouns="依赖",
            width=20,
            hint_zh="须先发布的系统，可以写版本，如“统一认证中心 >=2.3”；多个用顿号分开",
            hint_en='Systems that must be released before, with a version if need be, such as "auth-center >=2.3"; several with commas',
        ),
    ] = ()
    configuration: Annotated[
        Text,
        Column(
            "配置更新",
            "Configuration",
            "配置|配置变更|配置修改|配置项变更|配置项|配置文件更新|公共配置文件更新|动态配置文件更新|"
            "应用开关配置变更|业务配置后台变更|nacos配置|nacos配置更新|apollo配置|参数变更|环境变量|"
            "设定变更|设定档异动|组态变更|参数异动|config|config changes|config updates|"
            "config map changes|configuration changes|helm values|env vars|feature flags",
            width=36,
            code=True,
            hint_zh="要修改的配置，原样粘贴",
            hint_en="The configuration that changes, pasted as it is",
        ),
    ] = None
    ddl: Annotated[
        Text,
        Column(
            "DDL",
            "DDL",
            "表结构变更|结构脚本|建表脚本|数据库表变更|数据结构变更sql|资料表异动|结构异动|sql ddl|"
            "schema change|schema changes|migration",
            width=44,
            code=True,
            hint_zh="修改表结构的 SQL，原样粘贴",
            hint_en="SQL that changes the structure of tables, pasted as it is",
        ),
    ] = None
    dml: Annotated[
        Text,
        Column(
            "DML",
            "DML",
            "数据变更|数据订正|初始化数据|数据脚本|刷数脚本|数据修复|是否更新数据库数据|代码变更sql|"
            "资料异动|资料修正|资料转档|sql dml|data migration|data fix|data change|seed data",
            width=44,
            code=True,
            hint_zh="修改数据的 SQL，原样粘贴",
            hint_en="SQL that changes data, pasted as it is",
        ),
    ] = None
    branch: Annotated[
        Text,
        Column(
            "发布分支",
            "Branch",
            "分支|分支号|分支名|分支名称|应用分支号|代码分支|发版分支|生产分支|release分支|tag分支|"
            "目标分支|git分支|指定分支|需发布分支名|release branch|git branch|ref",
            nouns="分支",
            width=20,
            hint_zh="如 release/1.10",
            hint_en="Such as release/1.10",
        ),
    ] = None
    developers: Annotated[
        People,
        Column(
            "开发人员",
            "Developers",
            "开发|开发者|研发|研发人员|开发负责人|开发责任人|开发管理员|后台开发人员|前端开发人员|"
            "后台开发工程师|开发工程师|程式人员|dev|devs|developer|dev lead|engineer|rd",
            width=14,
            hint_zh="多人用顿号分开，如 张三、李四",
            hint_en="Several with commas: Zhang San, Li Si",
        ),
    ] = ()
    testers: Annotated[
        People,
        Column(
            "测试人员",
            "Testers",
            "测试|测试负责人|测试工程师|测试管理员|验证人|验证人员|验证复核人|验收人|内测负责人|"
            "内测责任人|qa|qa lead|tester|test owner",
            width=14,
            hint_zh="多人用顿号分开，如 张三、李四",
            hint_en="Several with commas: Zhang San, Li Si",
        ),
    ] = ()

    group: Annotated[
        Text,
        Column(
            "分组",
            "Group",
            "组|分组名称|组别|业务域|系统域|domain|release group",
            width=14,
            optional=True,
            hint_zh="系统所属的分组，如 业务支撑域",
            hint_en="The group a system belongs to, such as a domain",
        ),
    ] = None
    requirement: Annotated[
        Text,
        Column(
            "需求编号",
            "Requirement",
            "需求单号|软件需求编号|联系单号|任务编号|实施单元编号|开发任务编号|jira|jira id|"
            "jira ticket|requirement id|ticket",
            width=16,
            optional=True,
            hint_zh="需求或变更单的编号",
            hint_en="The number of the requirement or ticket",
        ),
    ] = None
    previous_version: Annotated[
        Text,
        Column(
            "上一版本",
            "Previous version",
            "当前版本|历史版本|前一版本|上个版本|上一版本号|回退版本|线上版本|rollback tag|current version",
            width=14,
            optional=True,
            hint_zh="现在线上的版本，回退到它",
            hint_en="The version in production now, which a rollback returns to",
        ),
    ] = None
    previous_branch: Annotated[
        Text,
        Column(
            "上一分支",
            "Previous branch",
            "当前分支|回退分支|线上分支|current branch",
            width=18,
            optional=True,
            hint_zh="现在线上的分支",
            hint_en="The branch in production now",
        ),
    ] = None
    rollback: Annotated[
        Text,
        Column(
            "回退方案",
            "Rollback",
            "回滚方案|回退步骤|回滚步骤|回退措施|回退应急方案|回复计划|回复措施|rollback plan|rollback activity",
            width=30,
            optional=True,
            hint_zh="这个系统怎样回退",
            hint_en="How this system is rolled back",
        ),
    ] = None
    verification: Annotated[
        Text,
        Column(
            "验证方案",
            "Verification",
            "验证方式|生产验证方式|验证内容|验证点|验收方案|回归测试功能点|verify|smoke test",
            width=30,
            optional=True,
            hint_zh="发布后怎样验证",
            hint_en="How the release of this system is verified",
        ),
    ] = None
    planned_time: Annotated[
        Text,
        Column(
            "计划时间",
            "Planned time",
            "计划发布时间|计划投产日期|计划上线时间|预期发布时间|预计开始时间|planned start|planned date",
            nouns="时间|日期",
            width=18,
            optional=True,
            hint_zh="如 2026-08-20 22:30",
            hint_en="Such as 2026-08-20 22:30",
        ),
    ] = None
    owner: Annotated[
        People,
        Column(
            "负责人",
            "Owner",
            "责任人|应用负责人|任务负责人|系统负责人|项目负责人|pic",
            nouns="负责人",
            width=12,
            optional=True,
            hint_zh="这个系统的发布由谁负责",
            hint_en="Who answers for the release of this system",
        ),
    ] = ()
    reviewer: Annotated[
        People,
        Column(
            "审核人",
            "Reviewer",
            "审批人|评审人|复核人|approver|approved by|reviewers",
            width=12,
            optional=True,
            hint_zh="谁审核了这一行",
            hint_en="Who has reviewed this row",
        ),
    ] = ()
    status: Annotated[
        Text,
        Column(
            "状态",
            "Status",
            "发布状态|投产状态|计划状态|完成状态|state",
            width=10,
            optional=True,
            hint_zh="如 待发布、已发布、取消",
            hint_en="Such as planned, released, cancelled",
        ),
    ] = None
    note: Annotated[
        Text,
        Column(
            "备注",
            "Note",
            "备注信息|说明|补充说明|附注|notes|remark|remarks|comment|comments",
            width=28,
            optional=True,
            hint_zh="其他需要说明的事",
            hint_en="Anything else",
        ),
    ] = None

    extra: Extras = ()

    @classmethod
    def settle(cls, values: dict[str, Any]) -> None:
        """Extra columns are neither columns that relplan knows nor there twice."""
        seen: set[str] = set()
        for pair in values.get("extra", ()):
            if header_index(ReleaseItem).is_canonical(pair.header):
                raise Refused(
                    f"附加列“{pair.header}”与已有的列同名；请填到那一列",
                    f'the extra column "{pair.header}" is a column that relplan knows; state it there',
                )
            if pair.header in seen:
                raise Refused(f"附加列“{pair.header}”重复", f'the extra column "{pair.header}" is there twice')
            seen.add(pair.header)


def _rows(value: object) -> tuple[ReleaseItem, ...]:
    """Rows, without those that say nothing, and all with their extra columns in one order."""
    rows = tuple(row for row in entries(ReleaseItem.from_data, as_list(value)) if not row.is_blank())
    order = {header: i for i, header in enumerate(_extra_headers(rows))}
    return tuple(
        row
        if len(row.extra) < 2 or _is_sorted([order[pair.header] for pair in row.extra])
        else row.replace(extra=tuple(sorted(row.extra, key=lambda pair: order[pair.header])))
        for row in rows
    )


def _extra_headers(rows: Iterable[ReleaseItem]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pair.header for row in rows for pair in row.extra))


class ReleaseTable(Part):
    """The release table: systems in the order in which the team wrote them."""

    rows: Annotated[tuple[ReleaseItem, ...], Accepts(_rows)] = ()

    @classmethod
    def raw(cls, data: object) -> object:
        """The raw fields, for which the list of rows may stand."""
        return {"rows": data} if isinstance(data, list | tuple) else data

    def extra_headers(self) -> tuple[str, ...]:
        """The headers of all extra columns, in the order in which rows first name them."""
        return _extra_headers(self.rows)

    @property
    def risk_level(self) -> RiskLevel | None:
        """The highest risk of any row; derived, never stored."""
        levels = {row.risk_level for row in self.rows}
        return next((level for level in RiskLevel if level in levels), None)

    def __bool__(self) -> bool:
        return bool(self.rows)


def _is_sorted(numbers: list[int]) -> bool:
    return all(a <= b for a, b in itertools.pairwise(numbers))
