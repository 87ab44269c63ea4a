"""What there is to say about a rule, as Markdown: the text of `relplan explain` and of the pages about rules."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from relplan.checks.needs import NEEDS
from relplan.checks.registry import rules
from relplan.checks.run import at_stage
from relplan.errors import Language, Message
from relplan.findings import GROUPS, RuleInfo, Stage

_WHY: Final = Message("为什么", "Why")
_FIX: Final = Message("怎么改", "What to do")
_WEIGHT: Final = Message("级别", "Severity")
_NEEDS: Final = Message("不运行的情况", "Not run where")
_OFF: Final = Message("默认不运行；用 --extend 加上", "Runs only when asked for, with --extend")
_TITLE: Final = Message("检查规则", "Rules of the check")
_INTRO: Final = Message(
    "relplan check 按这些规则检查计划；relplan explain 编号 显示其中一条。要接受某个问题，在计划的 exemptions 中写明规则和理由。",
    "relplan check holds a plan against these rules; relplan explain CODE shows one of them. To live with a finding, name the "
    "rule and the reason under exemptions in the plan.",
)


def weight(info: RuleInfo, language: Language) -> str:
    """How much its findings weigh: one word, or one for each stage."""
    by_stage = [(at_stage(info, stage), stage) for stage in Stage]
    if len({severity for severity, _ in by_stage}) == 1:
        return info.severity.label(language).lower()
    parts = []
    for severity, group in groupby(by_stage, key=lambda each: each[0]):
        stages = [str(stage) for _, stage in group]
        parts.append(f"{severity.label(language).lower()} ({', '.join(stages)})")
    return ("，" if language == "zh" else ", ").join(parts)


def explained(info: RuleInfo, language: Language, level: int = 1) -> str:
    """A rule as Markdown, under a heading of that level."""
    colon = "：" if language == "zh" else ": "
    lines = [
        f"{'#' * level} {info.code} {info.slug}",
        "",
        info.checks.text(language),
        "",
        f"- {_WEIGHT.text(language)}{colon}{weight(info, language)}",
        f"- {_WHY.text(language)}{colon}{info.why.text(language)}",
        f"- {_FIX.text(language)}{colon}{_sentence(info.fix, language)}",
    ]
    lines += [f"- {_NEEDS.text(language)}{colon}{NEEDS[need].missing.text(language)}" for need in info.needs]
    if not info.on:
        lines.append(f"- {_OFF.text(language)}")
    return "\n".join(lines) + "\n"


def _sentence(message: Message, language: Language) -> str:
    text = message.text(language)
    return f"{text[0].upper()}{text[1:]}." if language == "en" else f"{text}。"


def page(language: Language) -> str:
    """All rules as one Markdown page, by group."""
    return "\n".join(_page(language))


def listed(language: Language) -> str:
    """All rules as text, a line each."""
    return "".join(
        f"{code}{' ' if rule.info.on else '*'} {weight(rule.info, language)}  {rule.info.slug}  {rule.info.checks.text(language)}\n"
        for code, rule in rules().items()
    )


def as_data() -> list[dict[str, object]]:
    """All rules as plain data, for programs."""
    return [_data(rule.info) for rule in rules().values()]


def _data(info: RuleInfo) -> dict[str, object]:
    said = {name: {"zh": message.zh, "en": message.en} for name, message in _said(info).items()}
    stages = {str(stage): str(at_stage(info, stage)) for stage in Stage}
    return {"code": info.code, "slug": info.slug, "severity": stages, **said, "needs": list(info.needs), "on": info.on}


def _said(info: RuleInfo) -> dict[str, Message]:
    return {"checks": info.checks, "why": info.why, "fix": info.fix}


def _page(language: Language) -> Iterator[str]:
    yield f"# {_TITLE.text(language)}\n"
    yield f"{_INTRO.text(language)}\n"
    for group, name in GROUPS.items():
        yield f"## {group} {name.text(language)}\n"
        for code, rule in rules().items():
            if code.startswith(group):
                yield explained(rule.info, language, 3)
