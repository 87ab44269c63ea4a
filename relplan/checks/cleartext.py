"""Secrets in clear text: passwords, tokens and keys that a text gives away. The secret itself is never told again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from relplan.model.text import has_chinese
from relplan.patterns import regex


class Secret(NamedTuple):
    """A secret in a text: what it is called there (`db.password`), and its line, counted from 1."""

    name: str
    line: int


_WORDS: Final = (
    *("pass", "pwd", "secret", "token", "credential", "identified", "key", "密码", "口令", "密钥", "秘钥"),
    *("akia", "://", "mysql", "curl", "redis-cli", "private"),
)
"""What a text has, in lower case, that is worth a closer look."""

_ASSIGNED: Final = regex(
    r"(?<![\w.\-\u4e00-\u9fff])(?P<name>[A-Za-z_-][\w.\-\[\]]*|[\u4e00-\u9fff\w]{0,12}(?:密码|口令|密钥|秘钥))"
    r"[\"'`]?[ \t]*(?::=|=>|[:=：＝]|→|改为|设为)[ \t]*"
    r"(?P<value>\"[^\"\n]*\"?|'[^'\n]*'?|[^\s,，;；|&]+)"
)
_SECRET_NAME: Final = regex(
    r"(?:^|[._\-\[\]]|[a-z0-9](?=[A-Z]))"
    r"(?:password|passwd|passphrase|pwd|secret|token|api[._-]?key|access[._-]?key|secret[._-]?key|private[._-]?key|"
    r"signing[._-]?key|encrypt(?:ion)?[._-]?key|auth[._-]?key|credential|(?<=[._-])pass)\]?\d{0,2}$",
    re.IGNORECASE,
)
"""The last word of a name says what it holds: `db.password` is one, `password-file` and `token-expire` are none."""
_CAMEL: Final = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_SECRET_NAME: Final = regex(
    r"(?:^|[._-])(?:max|min|num|has|is|no|use|enable|show|csrf|page|next)[._-]?\w*$", re.IGNORECASE
)
_CHINESE_NAME: Final = regex(r"(?:密码|口令|密钥|秘钥)$")

_HARMLESS: Final = regex(
    r"[*xX•●#.…_-]+|"  # blanked out
    r"[$%{<@!`&*\[(].*|"  # a variable, a placeholder, a reference, a mask
    r"(?:true|false|on|off|yes|no|null|none|nil|undefined|required|optional|enabled?|disabled?|default|auto|hidden|empty|"
    r"string|str|text|int|varchar\S*|char\S*|basic|bearer|jwt|oauth2?|plain|md5|sha\d*|bcrypt|random|prompt|masked|redacted|secret|"
    r"password|passwd|token|changed?|unchanged|same|n/?a|tbd|todo)|"
    r"[\d.]+ ?(?:ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?|k|kb|mb|bytes?|bits?|位)|\d{1,3}|"  # a time, a length
    r"[A-Za-z_][\w.]*\(.*|"  # ENC(…), env("…")
    r"(?:vault|kms|ssm|op|env|file|classpath|arn|secretsmanager|k8s|keyring|consul|jasypt|cipher|aws|azure|gcp|https?)[:/].*|"
    r"[./~]\S*/\S*|(?:os|System|process)\.\w.*",
    re.IGNORECASE,
)
"""Values that give nothing away."""

_PATTERNS: Final = tuple(
    (name, regex(pattern))
    for name, pattern in (
        ("PRIVATE KEY", r"-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----(?P<value>)"),
        ("AWS access key", r"(?<![A-Z0-9])(?P<value>AKIA[0-9A-Z]{16})(?![A-Z0-9])"),
        ("URL", r"://[^\s/:@\"'<>]{0,80}:(?P<value>[^\s/@\"'<>]{1,200})@"),
        (
            "mysql -p",
            r"\bmysql(?:dump|admin|import|sh)?(?:\.exe)?\b[^\n|;<>]{0,200}?\s-p(?P<value>[\"']?[^\s\"'<>|;-][^\s<>|;]{0,200})",
        ),
        ("curl -u", r"\bcurl\b[^\n|;]{0,200}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,80}:(?P<value>[^\s\"']{1,200})"),
        ("redis-cli -a", r"\bredis-cli\b[^\n|;]{0,200}?\s-a\s+(?P<value>[^\s|;]{1,200})"),
        ("sshpass -p", r"\bsshpass\s+-p\s*(?P<value>[^\s|;]{1,200})"),
    )
)
"""Secrets that no name stands before."""


def secrets_in(text: str, prose: bool = False) -> Iterator[Secret]:
    """The secrets in a text, each with its name, once a line; in prose only what looks like a password."""
    if not _is_suspect(text):
        return
    for number, line in enumerate(text.split("\n"), 1):
        names = dict.fromkeys(_names_in(line, prose))
        yield from (Secret(name, number) for name in names)


def masked(text: str) -> str:
    """A text with `***` in place of the secrets it gives away, for messages that quote what a plan says."""
    if not _is_suspect(text):
        return text
    for _, pattern in _PATTERNS:
        text = pattern.sub(_with_mask, text)
    return _ASSIGNED.sub(_with_masked_value, text)


_LATIN: Final = regex(r"[\"']?(?P<value>[!#-&(-~]*)")
"""A value up to a quote, a blank or a Chinese character: the message goes on behind the words it quotes."""


def _with_masked_value(found: re.Match[str]) -> str:
    value = _LATIN.match(found[0], found.start("value") - found.start())
    if value is None or not is_secret_name(found["name"]) or not gives_away(value["value"]):
        return found[0]
    return found[0][: value.start("value")] + "***" + found[0][value.end("value") :]


def _with_mask(found: re.Match[str]) -> str:
    start, end = found.span("value")
    return found[0][: start - found.start()] + "***" + found[0][end - found.start() :] if end > start else found[0]


def _is_suspect(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in _WORDS)


def _names_in(line: str, prose: bool) -> Iterator[str]:
    if not _is_suspect(line):
        return
    for match in _ASSIGNED.finditer(line):
        if (
            is_secret_name(match["name"])
            and gives_away(match["value"])
            and (not prose or _like_password(match["value"]))
        ):
            yield match["name"]
    for name, pattern in _PATTERNS:
        if any(not match["value"] or gives_away(match["value"]) for match in pattern.finditer(line)):
            yield name


def is_secret_name(name: str) -> bool:
    """Whether a name is that of a password, a token or a key."""
    if _CHINESE_NAME.search(name):
        return True
    plain = _CAMEL.sub("-", name.lstrip("-"))
    return bool(_SECRET_NAME.search(plain)) and not _NO_SECRET_NAME.match(plain)


def gives_away(value: str) -> bool:
    """Whether a value is a secret in clear text: not blank, no placeholder, no reference, no number with its unit."""
    bare = value.strip().strip("\"'").strip()
    return bool(bare) and not _HARMLESS.fullmatch(bare) and not has_chinese(bare)


def _like_password(value: str) -> bool:
    """Whether a word of prose is no word of a language."""
    bare = value.strip("\"'。.!！）)")
    return len(bare) >= 6 and bool(re.search(r"\d", bare)) and bare.isascii()


_SQL_VALUE: Final = regex(
    r"(?:IDENTIFIED\s+(?:WITH\s+\S+\s+)?BY\s+(?:PASSWORD\s+)?|(?:password|pwd|secret|token|key)[\"`\]]?\s{0,9}(?:FOR\s+\S+\s{0,9})?[=(]?\s{0,9})"
    r"N?'(?P<value>[^'\n]*)'",
    re.IGNORECASE,
)


def sql_gives_away(statement: str) -> bool:
    """Whether a statement with a password holds the password itself, and no placeholder for it."""
    values = [match["value"] for match in _SQL_VALUE.finditer(statement)]
    return not values or any(gives_away(value) for value in values)
