"""The entries of a plan's lists: who takes part, what is done, what is run, what is installed."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import model_validator

from relplan.errors import Refused
from relplan.model.columns import Column
from relplan.model.fields import ActionField, Minutes, People, Row, Text

PARTS: Final = (
    "window",
    "impact",
    "participants",
    "preparation",
    "deployment",
    "verification",
    "rollback",
    "table",
    "scripts",
    "packages",
)
"""The parts of a plan in the order of its document; a section of the team's own may follow any of them."""


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
        ),
    ] = None
    roles: Annotated[
        People,
        Column(
            "角色",
            "Roles",
            "岗位|职责角色|role|team",
            width=16,
        ),
    ] = ()
    duty: Annotated[
        Text,
        Column(
            "职责",
            "Duty",
            "工作内容|分工|任务|responsibility",
            width=36,
        ),
    ] = None
    contact: Annotated[
        Text,
        Column(
            "联系方式",
            "Contact",
            "电话|手机|联系电话|phone|mobile|e-mail|email|邮箱",
            width=24,
        ),
    ] = None

    @classmethod
    def fields_of_text(cls, text: str) -> dict[str, Any]:
        for opening, closing in ("（）", "()"):
            name, mark, rest = text.partition(opening)
            if mark and name.strip() and rest.endswith(closing) and not set(rest[:-1]) & set("（）()\n"):
                return {"name": name, "roles": rest[:-1]}
        return {"name": text}


class Step(Row):
    """Something to do or to verify, in its order. relplan never runs a command."""

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
            "内容|步骤说明|操作步骤|事项|验证点|验证内容|检查项|activity|activities|task|check",
            width=48,
        ),
    ] = None
    owner: Annotated[
        People,
        Column(
            "负责人",
            "Owner",
            "执行人|操作人|操作人员|责任人|pic",
            width=12,
        ),
    ] = ()
    minutes: Annotated[
        Minutes,
        Column(
            "时长（分钟）",
            "Minutes",
            "时长|预计时长|耗时|分钟|duration|duration (min)",
            width=8,
        ),
    ] = None
    condition: Annotated[
        Text,
        Column(
            "条件",
            "Condition",
            "前提|前提条件|是否可选|when",
            width=18,
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
        ),
    ] = None


class Script(Row):
    """A database script of the release."""

    main: ClassVar = "name"

    name: Annotated[
        Text,
        Column(
            "脚本",
            "Script",
            "脚本名称|脚本名|名称|sql脚本|script name",
            width=28,
        ),
    ] = None
    file: Annotated[
        Text,
        Column(
            "文件",
            "File",
            "文件名|脚本文件|路径|file name|path",
            width=32,
        ),
    ] = None
    version: Annotated[
        Text,
        Column(
            "版本",
            "Version",
            "版本号",
            width=12,
        ),
    ] = None
    checksum: Annotated[
        Text,
        Column(
            "校验值",
            "Checksum",
            "md5|md5sum|sha256|校验码",
            width=36,
        ),
    ] = None
    undo: Annotated[
        Text,
        Column(
            "回退脚本",
            "Undo script",
            "回滚脚本|rollback script|undo",
            width=28,
        ),
    ] = None
    note: Annotated[
        Text,
        Column(
            "备注",
            "Note",
            "说明|remark|comment|notes",
            width=36,
        ),
    ] = None


class Package(Row):
    """A package that is installed."""

    main: ClassVar = "name"

    name: Annotated[
        Text,
        Column(
            "安装包",
            "Package",
            "包名|安装包名称|名称|交付包名称|artifact|package name",
            width=28,
        ),
    ] = None
    file: Annotated[
        Text,
        Column(
            "文件",
            "File",
            "文件名|路径|file name|path",
            width=32,
        ),
    ] = None
    version: Annotated[
        Text,
        Column(
            "版本",
            "Version",
            "版本号",
            width=12,
        ),
    ] = None
    checksum: Annotated[
        Text,
        Column(
            "校验值",
            "Checksum",
            "md5|md5sum|sha256|校验码",
            width=36,
        ),
    ] = None
    note: Annotated[
        Text,
        Column(
            "备注",
            "Note",
            "说明|remark|comment|notes",
            width=36,
        ),
    ] = None


class Section(Row):
    """A section of the team's own, kept with its place: after which part of the plan it stands."""

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

    @model_validator(mode="after")
    def _known_place(self) -> Self:
        if self.after is not None and self.after not in PARTS:
            known = ", ".join(PARTS)
            raise Refused(f"未知的部分“{self.after}”；可用：{known}", f'unknown part "{self.after}"; known: {known}')
        return self
