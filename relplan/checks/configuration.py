"""CFG: configuration updates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from relplan.checks.cleartext import secrets_in, sql_gives_away
from relplan.checks.configtext import Setting, is_structured
from relplan.checks.counterparts import ChangeKind, kinds_in, own_rollback, undone
from relplan.checks.rows import PlannedRow
from relplan.checks.rule import Hit, hit, rule
from relplan.checks.steps import PARTS, short
from relplan.checks.subject import Subject
from relplan.errors import Message, Path
from relplan.findings import Severity
from relplan.patterns import regex
from relplan.sequence.names import name_key
from relplan.sql import DangerKind

_NEEDS: Final = ("table", "configuration")
_MOST_NAMED: Final = 3


_POINTER: Final = regex(
    r"(?:https?|ftp|file|git|svn)://\S+|见\s*附|附件|附录|见(?:邮件|文档|工单|配置中心|wiki)|详见|同上|\battach|\bsee\b|"
    r"(?<![\w./-])[\w./-]+\.(?:ya?ml|properties|conf|cnf|json|ini|xml|toml|docx?|xlsx?|zip|txt)\b|[A-Z][A-Z0-9]{1,9}-\d+",
    re.IGNORECASE,
)
"""What names the place where the configuration is."""


@rule(
    "CFG101",
    "config-unstructured",
    Severity.ADVICE,
    needs=_NEEDS,
    checks=(
        "配置更新写成 键=值 或 键: 值，或指明在哪个文件、链接。",
        "Configuration is written as key=value or key: value, or says in which file or link it is.",
    ),
    why=(
        "一句话的配置，各人理解不同，也无法与线上核对。",
        "Each reads a sentence in their own way, and it cannot be held against what is running.",
    ),
    fix=("写成 键=旧值→新值", "write key=old→new"),
)
def config_unstructured(subject: Subject) -> Iterator[Hit]:
    for each in subject.configurations:
        row, text = each.row, each.text
        if not is_structured(each) and not _POINTER.search(text):
            words = "" if any(True for _ in secrets_in(text)) else short(text)
            yield hit(
                row.at("configuration"),
                f"{row.name.zh}的配置更新{f'“{words}”' if words else ''}读不出键和值",
                f"the configuration of {row.name.en}{_said(words)} has no key and value",
            )


def _said(words: str) -> str:
    return f', "{words}",' if words else ""


_ADDS: Final = regex(r"新增|新加|增加|添加|新建|\b(?:add(?:ed|s)?|new)\b", re.IGNORECASE)


@rule(
    "CFG102",
    "config-without-old-value",
    Severity.WARNING,
    needs=_NEEDS,
    checks=(
        "修改的配置写了旧值；回退过程或该行的回退方案还原配置的，不要求。",
        "Configuration that changes states its old value, unless the rollback, or that of the row, restores the configuration.",
    ),
    why=(
        "没有旧值，回退时不知道改回什么。",
        "Without the old value no one knows what to set it back to.",
    ),
    fix=("写成 键=旧值→新值；新增的键写明“新增”", "write key=old→new; mark new keys as new"),
)
def config_without_old_value(subject: Subject) -> Iterator[Hit]:
    if ChangeKind.CONFIG in undone(subject):
        return
    for configuration in subject.configurations:
        row, keys = configuration.row, [each.key for each in configuration.settings if each.old is None]
        if keys and not _ADDS.search(configuration.text) and ChangeKind.CONFIG not in kinds_in(own_rollback(row)):
            more = len(keys) - _MOST_NAMED
            named = keys[:_MOST_NAMED]
            yield hit(
                row.at("configuration"),
                f"{row.name.zh}的配置没有写旧值：{'、'.join(named)}{f' 等 {len(keys)} 项' if more > 0 else ''}",
                f"configuration of {row.name.en} has no old value: {', '.join(named)}{f' and {more} more' if more > 0 else ''}",
            )


@rule(
    "CFG103",
    "secret-in-plan",
    Severity.ERROR,
    checks=(
        "配置、命令和 SQL 中没有明文的密码、令牌和密钥；占位符、加密值、对密钥库的引用不算。其他文字中像密码的为警告。",
        "Configuration, commands and SQL hold no password, token or key in clear text; placeholders, encrypted values and references to a "
        "secret store are none. What looks like one in other texts is a warning.",
    ),
    why=(
        "计划会发给很多人、存很多份，写进去的密码等于公开。",
        "A plan is sent to many and kept in many places; a password in it is known to all.",
    ),
    fix=(
        "改为引用密钥库，如 ${DB_PASSWORD}；已经发出的，换掉这个密码",
        "refer to the secret store, such as ${DB_PASSWORD}; where the plan has gone out, change the secret",
    ),
)
def secret_in_plan(subject: Subject) -> Iterator[Hit]:
    """No message holds the secret itself."""
    in_sql = {each.path for each in subject.scripts if not each.file}
    for path, text, code in subject.texts:
        if path not in in_sql:
            for secret in secrets_in(text, prose=not code):
                yield _secret(path, secret.name, secret.line, text.count("\n") > 0, None if code else Severity.WARNING)
    yield from _secrets_of_scripts(subject)


def _secret(path: Path, name: str, line: int, has_lines: bool, severity: Severity | None) -> Hit:
    zh, en = (f"第 {line} 行", f" in line {line}") if has_lines else ("", "")
    where = _where(path)
    return hit(
        path,
        f"{where.zh}{zh}“{name}”疑似含明文密码或密钥",
        f'{where.en} seems to hold a secret in clear text{en}: "{name}"',
        severity=severity,
    )


_FIELDS: Final = {
    "configuration": Message("配置更新", "the configuration"),
    "command": Message("命令", "the command"),
    "ddl": Message("DDL", "the DDL"),
    "dml": Message("DML", "the DML"),
}


def _where(path: Path) -> Message:
    """What messages call the place of a secret: by its number, as the words of a step may hold the secret."""
    field = _FIELDS.get(str(path[-1]), Message("文字", "the text"))
    number = next((int(each) + 1 for each in path if isinstance(each, int)), 0)
    if path[0] == "table":
        return Message(f"第 {number} 行的{field.zh}", f"{field.en} of row {number}")
    if path[0] in PARTS and number:
        part = PARTS[str(path[0])]
        return Message(f"{part.zh}第 {number} 步的{field.zh}", f"{field.en} of {part.en.lower()} step {number}")
    return field


def _secrets_of_scripts(subject: Subject) -> Iterator[Hit]:
    for each in subject.dangers:
        if each.danger.kind is DangerKind.SECRET and each.statement and sql_gives_away(each.statement.statement.text):
            yield hit(
                each.path,
                f"{each.name.zh}疑似含明文密码：{each.danger.words}",
                f"{each.name.en} seems to hold a password in clear text: {each.danger.words}",
                place=each.place,
            )


@rule(
    "CFG104",
    "conflicting-config",
    Severity.ERROR,
    needs=_NEEDS,
    checks=(
        "同一系统的同一个配置文件中，一个键只有一个新值。",
        "Within a configuration file of a system a key has one new value.",
    ),
    why=(
        "后写的覆盖先写的，谁先谁后当晚才知道。",
        "The later one wins, and which is later shows only on the night.",
    ),
    fix=("确定一个值，删除另一个", "settle on one and remove the other"),
)
def conflicting_config(subject: Subject) -> Iterator[Hit]:
    first: dict[tuple[str, str, str], tuple[PlannedRow, Setting]] = {}
    for configuration in subject.configurations:
        row = configuration.row
        system = name_key(row.item.system) if row.item.system else f"#{row.index}"
        for setting in configuration.settings:
            other_row, other = first.setdefault((system, setting.file, setting.key), (row, setting))
            if setting.value != other.value:
                yield _conflict(row, setting, other_row, other)


def _conflict(row: PlannedRow, setting: Setting, other_row: PlannedRow, other: Setting) -> Hit:
    hidden = any(True for each in (setting, other) for _ in secrets_in(f"{each.key}={each.value}"))
    zh = "" if hidden else f"：“{short(other.value)}”和“{short(setting.value)}”"
    en = "" if hidden else f': "{short(other.value)}" and "{short(setting.value)}"'
    if row.index == other_row.index:
        where = Message(f"配置内第 {other.line}、{setting.line} 行", f"lines {other.line} and {setting.line}")
    else:
        where = Message(f"另见第 {other_row.index + 1} 行的配置", f"see the configuration of row {other_row.index + 1}")
    return hit(
        row.at("configuration"),
        f"{row.name.zh}的配置 {setting.key} 有两个值{zh}（{where.zh}）",
        f"{setting.key} of {row.name.en} has two values{en} ({where.en})",
    )


_OWN_HOST: Final = regex(r"(?<![\w.-])(?:localhost|127\.0\.0\.1|\[?::1\]?)(?![\w.-])", re.IGNORECASE)
_TEST_HOST: Final = regex(
    r"(?<![\w.-])(?:[a-z0-9]+[.-]){0,6}"
    r"(?:(?:test|testing|uat|sit|dev|qa|stg|staging|preprod|sandbox)\d{0,2}|(?:pre|fat|mock|stage|develop)\d{0,2}(?=[.:]))"
    r"(?:(?:[.-][a-z0-9]+){0,6}\.[a-z]{2,10}(?::\d+)?|(?:[.-][a-z0-9]+){0,6}:\d{2,5})(?![\w-])",
    re.IGNORECASE,
)
"""Hosts of test environments: `mq-test.internal`, `pay.uat.example.com`, `redis-dev:6379`."""
_PROFILE_KEY: Final = regex(
    r"(?:profiles?(?:\.active)?|(?:^|[._-])env(?:ironment)?|namespace|NODE_ENV)$", re.IGNORECASE
)
_TEST_NAME: Final = regex(r"(?:test|uat|sit|dev|develop(?:ment)?|qa|stg|staging|pre|preprod|local)\d*", re.IGNORECASE)
_LISTENS: Final = regex(
    r"(?:^|[._-])(?:listen|bind|bind-?address|server\.address|allow|deny|whitelist|trusted.*)$", re.IGNORECASE
)
_NO_HOST: Final = regex(
    r"^(?:com|org|cn|net|io|java|javax)\.|"
    r"\.(?:ya?ml|properties|conf|json|xml|jar|war|js|css|html?|log|sh|sql|txt|class|java)(?::\d+)?$",
    re.IGNORECASE,
)
"""Names of classes and files look like hosts."""


@rule(
    "CFG105",
    "test-address-in-prod",
    Severity.WARNING,
    needs=_NEEDS,
    checks=(
        "配置的新值不指向本机（localhost、127.0.0.1）和测试环境（test、uat、dev… 的主机、profile）。",
        "No new value points at the machine itself (localhost, 127.0.0.1) or at a test environment (hosts and profiles named test, uat, dev …).",
    ),
    why=(
        "测试环境的地址带上生产，数据会写到别处，或者连不上。",
        "With the address of a test environment data goes elsewhere, or nothing connects.",
    ),
    fix=("改为生产的地址", "use the address of production"),
)
def test_address_in_prod(subject: Subject) -> Iterator[Hit]:
    for each in subject.configurations:
        row = each.row
        for setting in each.settings:
            if word := _test_word(setting):
                yield hit(
                    row.at("configuration"),
                    f"{row.name.zh}的配置 {setting.key} 指向本机或测试环境：{word}",
                    f"{setting.key} of {row.name.en} points at the machine itself or a test environment: {word}",
                )


def _test_word(setting: Setting) -> str:
    """What in a value is of a test environment; blank where nothing is. Only the host is told, never who logs in."""
    if _PROFILE_KEY.search(setting.key) and _TEST_NAME.fullmatch(setting.value):
        return setting.value
    if _LISTENS.search(setting.key) or len(setting.value) > 500:
        return ""
    own = _OWN_HOST.search(setting.value)
    hosts = (match[0] for match in _TEST_HOST.finditer(setting.value) if not _NO_HOST.search(match[0]))
    return own[0] if own else next(hosts, "")
