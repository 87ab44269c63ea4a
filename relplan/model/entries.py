"""The entries of a plan's lists: who takes part, what is done, what is run, what is installed."""

import re
from typing import Annotated, Any, ClassVar, Final, Self

from relplan.errors import Refused
from relplan.model.columns import Column
from relplan.model.fields import ActionField, Minutes, Moment, People, Row, Text
from relplan.patterns import regex

PARTS: Final = (
    "window",
    "impact",
    "participants",
    "preparation",
    "deployment",
    "verification",
    "rollback",
    "scripts",
    "packages",
    "table",
    "external_software",
    "services_to_stop",
    "tests",
    "issues",
    "meetings",
    "monitoring",
    "exemptions",
)
"""The parts of a plan in the order of its document; a section of the team's own may follow any of them."""

_LAST: Final = PARTS[PARTS.index("table") :]
"""What follows the table stands at the end, whichever of the parts behind it there are."""


_REMARK: Final = regex(
    r"(?P<text>[^\n]*\S)\s*(?:（(?P<a>[^（）()\n]+)）|\((?P<b>[^（）()\n]+)\)|【(?P<c>[^【】\n]+)】)"
)
_VERSION: Final = regex(r"(?P<name>[^:：\n]*[^:：\s])\s*[:：]\s*(?P<version>[vV]?\d?[\w.+-]*\.[\w.+-]+)")


def _remark_apart(text: str) -> tuple[str, str]:
    """`张三（运维）` as the text and what its last brackets hold; blank where no brackets end it."""
    match = _REMARK.fullmatch(text)
    return (match["text"], (match["a"] or match["b"] or match["c"]).strip()) if match else (text, "")


class Participant(Row):
    """Someone who takes part on the night. Text such as 张三（运维） gives name and roles."""

    main: ClassVar = "name"

    name: Annotated[
        Text,
        Column(
            "姓名",
            "Name",
            "人员|参与人员|成员|联系人|member|participant",
            width=12,
            required=True,
            hint_zh="一行一个人",
            hint_en="One person a row",
        ),
    ] = None
    roles: Annotated[
        People,
        Column(
            "角色",
            "Roles",
            "岗位|职责角色|role|team",
            width=16,
            hint_zh="如 开发、测试、运维；多个用顿号分开",
            hint_en="Such as developer, tester; several with commas",
        ),
    ] = ()
    duty: Annotated[
        Text,
        Column(
            "职责",
            "Duty",
            "工作内容|分工|任务|responsibility",
            width=36,
            hint_zh="当晚做什么",
            hint_en="What they do on the night",
        ),
    ] = None
    contact: Annotated[
        Text,
        Column(
            "联系方式",
            "Contact",
            "电话|手机|联系电话|phone|mobile|e-mail|email|邮箱",
            width=24,
            hint_zh="电话、内线或邮箱",
            hint_en="Telephone or mail",
        ),
    ] = None

    @classmethod
    def fields_of_text(cls, text: str) -> dict[str, Any]:
        name, roles = _remark_apart(text)
        return {"name": name, "roles": roles} if roles else {"name": text}


_CONDITION: Final = regex(
    r"(?:根据|視|视|如有|如需|如果|若|可选|必要|按需|仅|当).*|.*(?:可选|时|需要|情况)|.*\b(?:optional|if|when|as needed)\b.*",
    re.IGNORECASE,
)


class Step(Row):
    """Something to do or to verify, in its order. relplan never runs a command.

    In text, brackets at its end hold its condition where they speak of one: `备份数据库（根据实际需要，可选）`.
    """

    main: ClassVar = "text"

    number: Annotated[
        Text,
        Column(
            "序号",
            "No.",
            "编号|#|no|step no|步骤号",
            width=6,
            optional=True,
            hint_zh="不填则按顺序编号",
            hint_en="Left out: counted from 1",
        ),
    ] = None
    id: Annotated[
        Text,
        Column(
            "标识",
            "ID",
            "id",
            width=10,
            optional=True,
            hint_zh="不随插入而改变的标识",
            hint_en="Stays the same when steps are inserted",
        ),
    ] = None
    text: Annotated[
        Text,
        Column(
            "步骤",
            "Step",
            "内容|步骤说明|操作步骤|操作内容|步骤内容|步骤描述|实施步骤|实施内容|执行步骤|执行内容|工作内容|任务内容|具体操作|操作说明|操作|总体步骤|"
            "事项|任务|验证点|验证内容|验证步骤|检查项|检查内容|activity|activities|action item|actions|task|tasks|check|description",
            width=48,
            required=True,
            hint_zh="一行一个步骤，按执行的顺序",
            hint_en="One step a row, in the order of execution",
        ),
    ] = None
    owner: Annotated[
        People,
        Column(
            "负责人",
            "Owner",
            "执行人|执行人员|操作人|操作人员|责任人|实施人|实施人员|验证人|验证人员|人员|pic|assignee|responsible",
            width=12,
            hint_zh="谁执行；多人用顿号分开",
            hint_en="Who does it; several with commas",
        ),
    ] = ()
    minutes: Annotated[
        Minutes,
        Column(
            "时长（分钟）",
            "Minutes",
            "时长|预计时长|预计耗时|计划时长|耗时|用时|分钟|duration|duration (min)|estimated time",
            width=8,
            hint_zh="预计分钟数，如 15",
            hint_en="How many minutes it takes, such as 15",
        ),
    ] = None
    condition: Annotated[
        Text,
        Column(
            "条件",
            "Condition",
            "前提|前提条件|是否可选|when",
            width=18,
            hint_zh="在什么情况下执行；总要执行的不填",
            hint_en="When it is done; blank: always",
        ),
    ] = None
    action: Annotated[
        ActionField,
        Column(
            "动作",
            "Action",
            "类型|步骤类型|type",
            width=12,
            optional=True,
            hint_zh="从下拉列表中选择",
            hint_en="Choose from the list",
        ),
    ] = None
    system: Annotated[
        Text,
        Column(
            "系统",
            "System",
            "系统名称|应用|涉及系统",
            width=16,
            optional=True,
            hint_zh="在哪个系统上执行",
            hint_en="On which system",
        ),
    ] = None
    command: Annotated[
        Text,
        Column(
            "命令",
            "Command",
            "脚本命令|执行命令",
            width=36,
            optional=True,
            code=True,
            hint_zh="要执行的命令，原样粘贴；只显示，不会运行",
            hint_en="The command, pasted as it is; it is shown, never run",
        ),
    ] = None
    expected: Annotated[
        Text,
        Column(
            "预期结果",
            "Expected",
            "预期|期望结果|验证标准|expected result",
            width=30,
            optional=True,
            hint_zh="怎样算成功",
            hint_en="What tells that it worked",
        ),
    ] = None

    @classmethod
    def fields_of_text(cls, text: str) -> dict[str, Any]:
        bare, remark = _remark_apart(text)
        return {"text": bare, "condition": remark} if _CONDITION.fullmatch(remark) else {"text": text}

    def standing_at(self, position: int) -> Self:
        """The step without a number that only says its position, so that an insertion renumbers what follows."""
        if self.number == str(position) and self.stated() != {"number"}:
            return self.replace(number=None)
        return self


class Script(Row):
    """A database script of the release. In text, brackets behind its name hold a note: `a.sql 【先执行】`."""

    main: ClassVar = "name"

    name: Annotated[
        Text,
        Column(
            "脚本",
            "Script",
            "脚本名称|脚本名|名称|sql脚本|script name",
            width=28,
            required=True,
            hint_zh="一行一个脚本",
            hint_en="One script a row",
        ),
    ] = None
    file: Annotated[
        Text,
        Column(
            "文件",
            "File",
            "文件名|脚本文件|路径|file name|path",
            width=32,
            hint_zh="文件名，可以带路径",
            hint_en="The name of the file, with its path if need be",
        ),
    ] = None
    version: Annotated[
        Text,
        Column(
            "版本",
            "Version",
            "版本号",
            width=12,
            hint_zh="脚本的版本",
            hint_en="The version of the script",
        ),
    ] = None
    checksum: Annotated[
        Text,
        Column(
            "校验值",
            "Checksum",
            "md5|md5sum|sha256|校验码",
            width=36,
            hint_zh="如 MD5 或 SHA-256",
            hint_en="Such as MD5 or SHA-256",
        ),
    ] = None
    undo: Annotated[
        Text,
        Column(
            "回退脚本",
            "Undo script",
            "回滚脚本|rollback script|undo",
            width=28,
            hint_zh="撤销它的脚本",
            hint_en="The script that undoes it",
        ),
    ] = None
    note: Annotated[
        Text,
        Column(
            "备注",
            "Note",
            "说明|remark|comment|notes",
            width=36,
            hint_zh="如 在哪个库执行、先后要求",
            hint_en="Such as the database it runs on, or what comes first",
        ),
    ] = None

    @classmethod
    def fields_of_text(cls, text: str) -> dict[str, Any]:
        name, note = _remark_apart(text)
        return {"name": name, "note": note or None}


class Package(Row):
    """A package that is installed. Text may be its name, its version and a note: `Web安装包：V5.12.0 （全部更新）`."""

    main: ClassVar = "name"

    name: Annotated[
        Text,
        Column(
            "安装包",
            "Package",
            "包名|安装包名称|名称|交付包名称|artifact|package name",
            width=28,
            required=True,
            hint_zh="一行一个安装包",
            hint_en="One package a row",
        ),
    ] = None
    file: Annotated[
        Text,
        Column(
            "文件",
            "File",
            "文件名|路径|file name|path",
            width=32,
            hint_zh="文件名，可以带路径",
            hint_en="The name of the file, with its path if need be",
        ),
    ] = None
    version: Annotated[
        Text,
        Column(
            "版本",
            "Version",
            "版本号",
            width=12,
            hint_zh="安装包的版本",
            hint_en="The version of the package",
        ),
    ] = None
    checksum: Annotated[
        Text,
        Column(
            "校验值",
            "Checksum",
            "md5|md5sum|sha256|校验码",
            width=36,
            hint_zh="如 MD5 或 SHA-256",
            hint_en="Such as MD5 or SHA-256",
        ),
    ] = None
    note: Annotated[
        Text,
        Column(
            "备注",
            "Note",
            "说明|remark|comment|notes",
            width=36,
            hint_zh="如 全部更新、只更新配置",
            hint_en='Such as "all nodes" or "configuration only"',
        ),
    ] = None

    @classmethod
    def fields_of_text(cls, text: str) -> dict[str, Any]:
        bare, note = _remark_apart(text)
        match = _VERSION.fullmatch(bare)
        name, version = (match["name"], match["version"]) if match else (bare, None)
        return {"name": name, "version": version, "note": note or None}


class Exemption(Row):
    """A finding of `relplan check` that the team has decided to live with."""

    main: ClassVar = "rule"

    rule: Annotated[
        Text,
        Column(
            "规则",
            "Rule",
            "规则编号|检查项|豁免规则|code",
            width=12,
            required=True,
            hint_zh="规则的编号，如 SQL206",
            hint_en="The code of the rule, such as SQL206",
        ),
    ] = None
    where: Annotated[
        Text,
        Column(
            "范围",
            "Where",
            "适用范围|对象|scope",
            width=24,
            hint_zh="系统、栏目或文件；不填则对整个计划",
            hint_en="The system, the column or the file; left out: the whole plan",
        ),
    ] = None
    reason: Annotated[
        Text,
        Column(
            "理由",
            "Reason",
            "豁免理由|原因|why",
            width=44,
            required=True,
            hint_zh="为什么可以接受",
            hint_en="Why it can be accepted",
        ),
    ] = None
    until: Annotated[
        Moment,
        Column(
            "有效期至",
            "Until",
            "截止日期|到期日|expires",
            width=14,
            hint_zh="最后有效的一天，如 2026-12-31",
            hint_en="The last day on which it holds, such as 2026-12-31",
        ),
    ] = None
    by: Annotated[
        People,
        Column(
            "批准人",
            "Agreed by",
            "同意人|批准|approved by",
            width=14,
            hint_zh="谁同意的",
            hint_en="Who has agreed to it",
        ),
    ] = ()


class Section(Row):
    """A section of the team's own, kept with its place: after which part of the plan it stands; `None` is the end."""

    main: ClassVar = "title"

    title: Annotated[
        Text,
        Column(
            "标题",
            "Title",
            "章节|heading",
            width=24,
        ),
    ] = None
    text: Annotated[
        Text,
        Column(
            "内容",
            "Text",
            "正文|content",
            width=72,
            hint_zh="Markdown",
            hint_en="Markdown",
        ),
    ] = None
    after: Annotated[
        Text,
        Column(
            "位于其后",
            "After",
            width=16,
            hint_zh="此节之前的部分，如 deployment；不填则在最后",
            hint_en="The part it follows, such as deployment; left out: at the end",
        ),
    ] = None

    @classmethod
    def settle(cls, values: dict[str, Any]) -> None:
        """The place is that of a part there is."""
        after = values.get("after")
        if after is not None and after not in PARTS:
            known = ", ".join(PARTS)
            raise Refused(f"未知的部分“{after}”；可用：{known}", f'unknown part "{after}"; known: {known}')
        if after in _LAST:
            del values["after"]
