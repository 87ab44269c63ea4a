"""The small values of a plan: risk levels, actions, changes, dependencies, and the two that say why nothing is there."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final

from msgspec import Struct

from relplan.errors import Language


class Unread(Struct, frozen=True):
    """A typed value that could not be read: the words that stand there (2020年X月X日, 风险“很高”)."""

    text: str

    def __str__(self) -> str:
        return self.text


class Nothing(Struct, frozen=True):
    """ "There is none", with the word the team used (无, N/A, `-`). Empty and false, unlike "not stated" it is known."""

    word: str = "无"

    def __str__(self) -> str:
        return self.word

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Choice(Enum):
    """One of a few words. The value is the word in plan files; `zh`, `en` stand in documents, `aliases` are read too."""

    zh: str
    en: str
    aliases: tuple[str, ...]

    def __new__(cls, value: str, zh: str, en: str, aliases: str = "") -> Choice:
        member = object.__new__(cls)
        member._value_ = value
        member.zh, member.en, member.aliases = zh, en, tuple(aliases.split())
        return member

    def label(self, language: Language) -> str:
        """The word for documents."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return str(self._value_)

    def __eq__(self, other: object) -> bool:
        """Templates compare with words: `item.risk_level == "high"`, or `"高"`."""
        return other in (self.value, self.zh, self.en) if isinstance(other, str) else self is other

    __hash__ = Enum.__hash__


class RiskLevel(Choice):
    """How much can go wrong; from high to low."""

    CRITICAL = "critical", "重大", "Critical", "重大风险 严重 極高 极高 特大"
    HIGH = "high", "高", "High", "高风险 高風險 较高 較高 高级"
    MEDIUM = "medium", "中", "Medium", "中风险 中風險 中等 一般 moderate mid middle"
    LOW = "low", "低", "Low", "低风险 低風險 较低 較低 轻微 minor"


class ReleaseKind(Choice):
    """Whether the release goes the whole way of the process or the short one."""

    REGULAR = (
        "regular",
        "常规",
        "Regular",
        "正常 常规发布 常规投产 正常投产 例行 計劃 计划 标准 normal standard planned",
    )
    HOTFIX = "hotfix", "紧急", "Hotfix", "紧急发布 紧急投产 救火 补丁 热修复 緊急 emergency urgent patch"


class Action(Choice):
    """What a step does to the running system; only declared, never run."""

    NOTIFY = "notify", "通知", "Notify", "公告 notification"
    UPLOAD = "upload", "上传", "Upload", "上傳"
    VERIFY_PACKAGE = "verify-package", "校验包", "Verify package", "校验更新包 verify_package"
    BACKUP = "backup", "备份", "Backup", "備份"
    RESTRICT = "restrict", "限制访问", "Restrict access", "停服 关闭访问"
    STOP = "stop", "停止服务", "Stop service", "停止"
    SQL = "sql", "执行SQL", "Run SQL", "sql脚本 执行脚本 数据库"
    CONFIG = "config", "更新配置", "Update configuration", "配置 configure configuration"
    DEPLOY = "deploy", "部署", "Deploy", "更新应用 更新镜像 发布"
    START = "start", "启动服务", "Start service", "启动"
    VERIFY = "verify", "验证", "Verify", "校验 测试 check test"
    REOPEN = "reopen", "恢复访问", "Reopen access", "开放访问 解除限制"
    RESTORE = "restore", "恢复", "Restore", "还原 回退 回滚 rollback"
    PUBLISH = "publish", "发布说明", "Publish notes", "发布公告"
    OTHER = "other", "其他", "Other", "其它"


class ChangeKind(Choice):
    """What sort of change a line of the release notes tells of; in the order the notes show them."""

    ADDED = "added", "新增", "Added", "新功能 新特性 增加 add feat feature new"
    IMPROVED = "improved", "优化", "Improved", "改进 增强 提升 優化 improve improvement enhancement perf"
    CHANGED = "changed", "变更", "Changed", "调整 修改 更新 升级 變更 change update"
    FIXED = "fixed", "修复", "Fixed", "修正 缺陷 bug 修復 问题修复 fix bugfix hotfix"
    SECURITY = "security", "安全", "Security", "安全修复 漏洞 sec"
    REMOVED = "removed", "移除", "Removed", "删除 下线 废弃 remove deprecated deprecate revert"
    INTERNAL = "internal", "内部", "Internal", "重构 测试 文档 构建 refactor docs doc test tests build ci chore style"


class CaseKind(Choice):
    """What a test case looks at."""

    NORMAL = "normal", "常规", "Normal", "正常 正向 功能 functional positive"
    BOUNDARY = "boundary", "临界点", "Boundary", "边界 边界值 临界 临界值 edge limit"
    FAILURE = "failure", "异常", "Failure", "异常场景 反向 逆向 negative error"
    PERFORMANCE = "performance", "性能", "Performance", "压测 压力 load stress"
    REGRESSION = "regression", "回归", "Regression", "回归测试"


class TestRound(Choice):
    """When a test takes place, in the order of the process."""

    __test__ = False

    INTERNAL = "internal", "内部测试", "Internal", "内测 功能测试 系统测试 单元测试 sit test"
    INTEGRATION = "integration", "集成测试", "Integration", "业务测试 联调 联调测试 uat"
    STAGING = "staging", "预热验收", "Staging", "预热测试 验收测试 预发布 预发 预热 验收 acceptance pre-production"
    PRODUCTION = "production", "线上测试", "Production", "线上验证 生产验证 线上 生产 online live"


class TestResult(Choice):
    """How a test ended."""

    __test__ = False

    PASS = "pass", "通过", "Pass", "成功 合格 是 ok passed yes"
    FAIL = "fail", "不通过", "Fail", "失败 未通过 不合格 否 failed no"
    BLOCKED = "blocked", "受阻", "Blocked", "阻塞"
    NOT_RUN = "not-run", "未执行", "Not run", "未测 待测 未测试 untested skipped"


class IssueSeverity(Choice):
    """How bad a defect is: the process lets no A or B go live, and C within a limit."""

    A = "A", "A", "A", "A级 致命 严重 blocker critical"
    B = "B", "B", "B", "B级 主要 重要 major"
    C = "C", "C", "C", "C级 一般 normal"
    D = "D", "D", "D", "D级 轻微 建议 minor trivial"


class IssueStatus(Choice):
    """What becomes of an issue."""

    OPEN = "open", "未关闭", "Open", "打开 新建 待处理 处理中 未解决 未修复 new active"
    REOPENED = "reopened", "重新打开", "Reopened", "重开 激活 reopen"
    FIXED = "fixed", "已关闭", "Closed", "关闭 已修复 已解决 解决 closed resolved done verified"
    DEFERRED = "deferred", "留到下次", "Deferred", "延期 遗留 推迟 下个版本 下次版本 postponed later"
    HOTFIX = "hotfix", "走补丁流程", "Hotfix", "补丁 热修复 紧急修复 patch"


class MonitorKind(Choice):
    """What sort of thing is watched."""

    SERVICE = "service", "服务", "Service", "应用 应用服务 外部应用 外部应用服务 接口 application api"
    HOST = "host", "主机", "Host", "云主机 服务器 系统 server vm"
    DATABASE = "database", "数据库", "Database", "库 db"
    BUSINESS = "business", "业务指标", "Business figure", "业务 指标 metric business"


class Change(Struct, frozen=True):
    """One change: `mark` says of which kind it is, as the team wrote it (【新增】, `feat(pay):`), `text` the rest."""

    text: str
    mark: str = ""

    @property
    def kind(self) -> ChangeKind | None:
        """The kind that the mark names, if there is one."""
        return KIND_OF_MARK.get(mark_word(self.mark))

    def __str__(self) -> str:
        space = " " if self.mark.endswith((":", "]")) else ""
        return f"{self.mark}{space}{self.text}"


class Dependency(Struct, frozen=True):
    """A system that another one needs, and the version bound if there is one (`>=2.3`, or `2.3` as it stood)."""

    system: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.system} {self.version}" if self.version else self.system


def mark_word(mark: str) -> str:
    """The bare word of a mark, lower case: 【新增】 -> 新增, `feat(pay)!:` -> feat."""
    return mark.strip("【】[]:： !").partition("(")[0].strip().lower()


KIND_OF_MARK: Final[dict[str, ChangeKind]] = {
    word: kind for kind in ChangeKind for word in (kind.zh, kind.en.lower(), str(kind), *kind.aliases)
}
