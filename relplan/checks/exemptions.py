"""SUP: the exemptions themselves: those of no use, of no rule, without a reason, and those that are over."""

from __future__ import annotations

from collections.abc import Iterator

from relplan.checks.allowances import codes, is_expired, last_day
from relplan.checks.registry import named
from relplan.checks.rule import Hit, hit, rule
from relplan.checks.settings import Allowance
from relplan.checks.subject import Subject
from relplan.errors import Message, ReadError
from relplan.findings import Severity


def _name(allowance: Allowance) -> Message:
    """What messages call an exemption: 豁免 SQL206（订单中心）."""
    exemption = allowance.exemption
    where_zh, where_en = (f"（{exemption.where}）", f" ({exemption.where})") if exemption.where else ("", "")
    return Message(f"豁免 {exemption.rule}{where_zh}", f"the exemption of {exemption.rule}{where_en}")


def _says(allowance: Allowance, zh: str, en: str) -> Hit:
    name = _name(allowance)
    return hit(allowance.path, f"{name.zh}{zh}", f"{name.en} {en}", place=allowance.place)


@rule(
    "SUP101",
    "unused-suppression",
    Severity.WARNING,
    checks=("每条豁免都用得上。", "Every exemption covers a finding."),
    why=(
        "用不上的豁免会在将来悄悄盖住新的问题。",
        "An exemption of no use will one day cover a new problem in silence.",
    ),
    fix=("删除它", "delete it"),
)
def unused_suppression(subject: Subject) -> Iterator[Hit]:
    """An exemption of rules that did not run is not called unused, nor one that another rule finds fault with."""
    for each in subject.allowances:
        of = codes(each)
        if each in subject.used or not of or not of <= subject.ran:
            continue
        if (each.exemption.reason or "").strip() and not is_expired(each, subject.settings.now):
            yield _says(each, "没有对应的问题", "covers nothing")


@rule(
    "SUP102",
    "unknown-code",
    Severity.WARNING,
    checks=("豁免写的是存在的规则。", "Every exemption names a rule that there is."),
    why=("写错编号的豁免不起作用。", "An exemption with a wrong code has no effect."),
    fix=("改正编号；relplan rules 列出全部规则", "mend the code; relplan rules lists them all"),
)
def unknown_code(subject: Subject) -> Iterator[Hit]:
    for each in subject.allowances:
        try:
            named(each.exemption.rule or "")
        except ReadError as error:
            message = error.problems[0].message
            yield hit(each.path, message.zh, message.en, place=each.place)


@rule(
    "SUP103",
    "suppression-without-reason",
    Severity.ERROR,
    checks=("每条豁免都写了理由。", "Every exemption gives its reason."),
    why=(
        "没有理由的豁免无从评审，也不起作用。",
        "Without a reason no one can review it, and it has no effect.",
    ),
    fix=("写明为什么可以接受", "say why it can be accepted"),
)
def suppression_without_reason(subject: Subject) -> Iterator[Hit]:
    for each in subject.allowances:
        if not (each.exemption.reason or "").strip():
            yield _says(each, "未写理由", "gives no reason")


@rule(
    "SUP104",
    "expired-suppression",
    Severity.ERROR,
    needs=("clock",),
    checks=("豁免没有过期。", "No exemption is past its last day."),
    why=("过期的豁免不再起作用。", "A past exemption has no effect any more."),
    fix=("续期，或删除", "renew it, or delete it"),
)
def expired_suppression(subject: Subject) -> Iterator[Hit]:
    for each in subject.allowances:
        if is_expired(each, subject.settings.now):
            yield _says(each, f"已于 {last_day(each)} 到期", f"ended on {last_day(each)}")
