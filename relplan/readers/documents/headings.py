"""Which part of a release plan a heading begins, as people write it: numbers before it, other words for it."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from relplan.model.columns import normalise_header
from relplan.patterns import regex
from relplan.readers.parts import part_titled

Style: TypeAlias = Literal["", "roman", "chinese", "appendix", "digits"]
"""How a heading is numbered; blank: not at all."""

_STEMS: Final = ("发布", "上线", "投产", "发版", "升级", "变更", "割接", "更新", "部署", "实施", "生产")
# The nouns that follow one of the stems, or stand alone; then other headings of the part, each divided by `|`.
_NOUNS: Final[Mapping[str, str]] = {
    "impact": "范围|影响|内容|业务影响",
    "window": "时间|窗口|日期|时间安排|时间窗口",
    "participants": "人员|人员安排|联系人|相关人员|人员分工",
    "preparation": "准备|前准备|准备工作|前检查|前检查清单|前置工作|前置条件",
    "deployment": "过程|步骤|流程|操作|操作步骤|执行步骤|实施步骤",
    "verification": "验证|后验证|验收|验证方案|验证步骤|后检查",
    "rollback": "回退|回退方案|回滚方案|回退步骤|回退计划",
    "table": "清单|列表|系统清单|内容清单",
}
_OTHERS: Final[Mapping[str, str]] = {
    "overview": "基本信息|概况|发布概况|变更概况|变更基本信息|发布基本信息|overview|release information|summary",
    "impact": "影响范围|影响与风险评估|影响评估|影响分析|影响业务清单|业务影响说明|涉及系统|影响系统|变更设备|"
    "affected components|affected systems|services impacted|release scope|scope|impact analysis",
    "window": "时间及人员|停机窗口|deployment window|maintenance window|window|release date|schedule",
    "participants": "参与人员|相关人员|人员安排|联系人|值班安排|值守安排|当晚人员安排|上线当晚人员安排|次日跟踪人员安排|变更会同人员|"
    "投产联系人/变更会同人员|people|contacts|team|sign-off|roles and responsibilities",
    "preparation": "前置工作|前期准备|预发布检查|发布依赖清单|变更准备工作|pre-deployment checklist|pre-deployment|"
    "pre requisites|prerequisites|before the release|pre requisites before d-day|pre requisites on d-day",
    "deployment": "总体步骤|操作步骤|执行步骤|实施步骤|发布流程|deployment steps|deployment order|release steps|"
    "steps|release activities|deployment plan|implementation|implementation plan",
    "verification": "验证方案|冒烟测试|结果验证|业务验证|业务验证结论|验收|smoke test|smoke test steps|smoke tests|monitoring period|"
    "post deployment|post-deployment|post-deployment verification|success criteria|validation",
    "rollback": "应急回退|应急预案|回退|回滚|回滚操作|回退操作|回退过程|回滚过程|回退流程|回滚流程|回滚方案|回退方案|"
    "回滚步骤|回退步骤|预案及降级方案|退版流程|回复计划|回复计画|rollback plan|rollback steps|rollback activity|rollback procedure",
    "trigger": "回退条件|回滚条件|回滚触发条件|触发条件|回退判断标准|回退时间点|回退时限|rollback triggers|"
    "rollback criteria|halt criteria|rollback unsafe if|go/no go|go/no-go|go/no go checkpoints|go/no-go checkpoints",
    "scripts": "数据库脚本|数据库变更|sql脚本|数据库表变更|数据库配置脚本|数据库脚本清单|数据库割接脚本清单|数据库脚本执行|"
    "sql附件|database scripts|db scripts|database changes|sql scripts",
    "packages": "安装包|安装包清单|安装包说明|应用jar包变更|上线系统模块清单|介质|投产包使用说明|artifacts|release packages",
    "external_software": "外部应用|外部应用程序|新增外部应用|新增软件|外部应用安装|external software|new software",
    "services_to_stop": "需关闭的服务|需停止的服务|停服清单|关闭应用服务|services to stop|stopped services",
    "tests": "测试方案|测试计划|test plan",
    "test_cases": "测试用例|用例清单|test cases",
    "test_runs": "测试结果|测试结果报告|测试报告|test results|test report",
    "issues": "遗留问题|缺陷清单|问题清单|测试问题|遗留问题清单|known issues|open issues|defects|issues",
    "meetings": "部署大会|会议|会议纪要|会议记录|meetings|meeting minutes|minutes",
    "monitoring": "监控清单|监控项|监控对象|monitoring list|monitoring targets",
    "exemptions": "豁免|豁免清单|豁免说明|exemptions|exceptions",
    "table": "发布计划表|发布系统清单|系统列表|版本清单|release items|release list|release contents",
}
_OWN: Final = (
    "灰度计划|灰度方案|监控告警|告警屏蔽|压测计划|风险评估|风险分析|信息通告|测试遗留情况|注意事项|附件|背景|变更背景|变更目的|"
    "communication plan|communication|monitoring|approval|approvals|risk assessment|attachments"
)
"""Headings of plans that begin none of their parts."""

_NUMBERED: Final = regex(
    r"\s*(?:(?P<appendix>(?:附录?|附件)\s*[一二三四五六七八九十\dA-Z]{0,3}\s*(?:[、.．:：)）]|\s)|Appendix\s+\w{1,3}\s*[.:、)]?\s)"
    r"|(?P<roman>(?:[IVX]{1,5}|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ])\s*[、.．:：)）])"
    r"|(?P<chinese>第?[一二三四五六七八九十]{1,3}(?:\s*[、.．:：)）]|[章节]|部分)|[(（][一二三四五六七八九十]{1,3}[)）])"
    r"|(?P<digits>(?P<count>\d{1,2})(?:\.\d{1,2}){0,3}\s*(?:[、.．:：)）]|\s)|[(（](?P<bracketed>\d{1,2})[)）]))\s*"
)


class Title(Struct, frozen=True):
    """A heading taken apart.

    Attributes:
        style: how it is numbered.
        words: it without its number.
        part: the part of a plan it begins (a key of `sections` in the labels), or blank.
        count: its number, where that is digits; else 0.
    """

    style: Style
    words: str
    part: str = ""
    count: int = 0


def title_of(text: str) -> Title:
    """The heading `text` would be: its number, its words, the part they name."""
    match = _NUMBERED.match(text)
    style: Style = next((s for s in _STYLES if match and match[s]), "")
    words = text[match.end() :].strip() if match and style else text.strip()
    count = int(match["count"] or match["bracketed"]) if match and style == "digits" else 0
    return Title(style, words, part_named(words) or part_named(text), count)


def is_own_heading(words: str) -> bool:
    """Whether plans have a heading of these words that begins none of their parts: 灰度计划, Communication plan."""
    return normalise_header(words) in _own_headings()


@functools.cache
def _own_headings() -> frozenset[str]:
    return frozenset(map(normalise_header, _OWN.split("|")))


_STYLES: Final[tuple[Style, ...]] = ("roman", "chinese", "appendix", "digits")


_LONGEST: Final = 500
"""Characters; what is longer is no heading."""


def part_named(words: str) -> str:
    """The part that these words are a heading of, or blank."""
    if len(words) > _LONGEST:
        return ""
    bare = "".join(char for char in words if unicodedata.category(char) not in ("So", "Sk", "Cf"))
    return part_titled(bare) or _parts().get(normalise_header(bare), "")


@functools.cache
def _parts() -> Mapping[str, str]:
    parts: dict[str, str] = {}
    for part, words in _OTHERS.items():
        for word in words.split("|"):
            parts.setdefault(normalise_header(word), part)
    for part, nouns in _NOUNS.items():
        for noun in nouns.split("|"):
            for stem in _STEMS:
                parts.setdefault(normalise_header(stem + noun), part)
    return parts
