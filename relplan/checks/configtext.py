"""What the text of a configuration update sets: keys, values and old values, in the ways that teams write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from msgspec import Struct

from relplan.checks.rows import PlannedRow
from relplan.model.text import is_none_word
from relplan.patterns import regex


class Setting(NamedTuple):
    """A key that is set.

    Attributes:
        key: with its parents: `session.access-ttl`.
        value: as it stands, without quotes.
        old: the value before; None where the text does not say it.
        line: counted from 1.
        file: the file or section that it is in; blank where the text names none.
    """

    key: str
    value: str
    old: str | None
    line: int
    file: str = ""


class PlannedConfiguration(Struct, frozen=True):
    """The configuration that a row changes: its text, and the settings that were read of it."""

    row: PlannedRow
    text: str
    settings: tuple[Setting, ...]


def configurations_of(rows: Iterable[PlannedRow]) -> Iterator[PlannedConfiguration]:
    """The configuration of each row that states some, and does not say "none"."""
    for row in rows:
        if (text := row.item.configuration) and not is_none_word(text):
            yield PlannedConfiguration(row, text, tuple(settings_in(text)))


_LONGEST: Final = 2000
"""Characters of a line; longer ones are data, not settings."""
_COMMENT: Final = regex(r"\s*(?:#|//|--\s|;|<!--)(?P<words>.*)")
_FILE: Final = regex(
    r"(?<![\w./-])[\w./-]+\.(?:ya?ml|properties|conf|cnf|json|ini|xml|toml|env|config)\b", re.IGNORECASE
)
_SECTION: Final = regex(r"\s*\[(?P<name>[^\[\]=]+)\]\s*|\s*(?P<rule>-{3,}|={3,})\s*")
_TITLE: Final = regex(
    r"(?P<file>[\w./-]+\.(?:ya?ml|properties|conf|cnf|json|ini|xml|toml|env|config))\s*[:：]?", re.IGNORECASE
)
_ARROW: Final = r"(?:-+>|=>|→|➜|⇒)"
_CHANGED: Final = regex(
    rf"(?P<key>[\w.\-\[\]/]+)\s*(?:[:：=]|从|由|原(?:值|来)?(?:为|是)?|\bfrom\b)?\s*(?P<old>[^\s=:：][^=\n]{{0,200}}?)\s*"
    rf"(?:{_ARROW}|改为|改成|修改为|调整为|变更为|变为|\bto\b)\s*(?P<value>.+)"
)
_SAYS_OLD: Final = regex(r"->|=>|[→➜⇒改调变（(]| to ")
"""What a line that tells the old value has."""
_REPLACED: Final = regex(r"(?P<key>[\w.\-\[\]/]+)\s*[:：=]\s*(?P<value>.+?)\s*[（(]\s*(?:原(?:值|来)?(?:为|是)?|旧值?|was|old)\s*[:：=]?\s*(?P<old>[^）)]+)[）)].*")  # fmt: skip
_SET: Final = regex(
    r"(?:export\s+|set\s+|-D|--)?(?P<list>(?:-\s+)*)[\"']?(?P<key>[\w.\-\[\]/$]+)[\"']?\s*(?P<sign>[=＝]|:(?!//)|：)\s*(?P<value>.*)"
)
_INLINE_NOTE: Final = regex(r"\s+(?:#|//)\s.*$")
_DIRECTIVE: Final = regex(r"[\w-]+(?:\s+\S+)+;|[\w-]+(?:\s+\S+)*\s*\{|\}+[;,]?|[{\[\]},]+|<[^<>]+>.*")


def settings_in(text: str) -> Iterator[Setting]:
    """The settings of a text: `key=value`, `key: value`, YAML by its indentation, `key: old → new`, `key 由 a 改为 b`."""
    file, parents, counts = "", _Parents(), 0
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _LONGEST:
            continue
        if comment := _COMMENT.fullmatch(line):
            named = _FILE.search(comment["words"])
            file = named[0] if named else file
        elif section := _SECTION.fullmatch(line):
            counts += 1
            file, parents = section["name"] or f"#{counts}", _Parents()
        elif title := _TITLE.fullmatch(line.strip()):
            file, parents = title["file"], _Parents()
        elif found := _setting(line, number, file, parents):
            yield found


def is_structured(configuration: PlannedConfiguration) -> bool:
    """Whether some line can be read as configuration: a setting, a directive, markup."""
    lines = (line.strip() for line in configuration.text.split("\n"))
    return bool(configuration.settings) or any(_DIRECTIVE.fullmatch(line) for line in lines if 0 < len(line) < _LONGEST)


class _Parents:
    """The keys above a line of YAML, by its indentation."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []
        self._items = 0

    def path(self, indent: int, key: str, is_item: bool) -> str:
        while self._open and self._open[-1][0] >= indent:
            self._open.pop()
        if is_item:
            self._items += 1
            self._open.append((indent, f"[{self._items}]"))
        return ".".join([*(name for _, name in self._open), key])

    def open(self, indent: int, key: str) -> None:
        self._open.append((indent, key))


def _setting(line: str, number: int, file: str, parents: _Parents) -> Setting | None:
    """The setting of a line; None where it only opens a part, or is something else."""
    bare = _INLINE_NOTE.sub("", line).strip().rstrip(",;")
    for pattern in (_REPLACED, _CHANGED) if _SAYS_OLD.search(bare) else ():
        if (match := pattern.fullmatch(bare)) and match["old"].strip():
            return Setting(match["key"], _plain(match["value"]), _plain(match["old"]), number, file)
    match = _SET.fullmatch(bare)
    if not match or bare.endswith("{"):
        return None
    indent = len(line) - len(line.lstrip())
    is_yaml = match["sign"] == ":"
    depth = indent + len(match["list"])
    key = (
        parents.path(indent if match["list"] else depth, match["key"], bool(match["list"])) if is_yaml else match["key"]
    )
    value = _plain(match["value"])
    if is_yaml and value in ("", "|", ">", "|-", ">-"):
        parents.open(depth, match["key"])
        return None
    return Setting(key, value, None, number, file)


def _plain(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
