"""Plan files: the plan as YAML or JSON, in the one form that every plan has.

The YAML is written here, not by PyYAML, so that the bytes depend on no library's version:
plain words bare, SQL and other lines as a literal block, everything odd in double quotes.
"""

from __future__ import annotations

import functools
import json
from typing import Any, Final

from relplan.model.plan import ReleasePlan
from relplan.model.read import collector_paused
from relplan.patterns import regex
from relplan.planyaml import BLOCK, is_plain

SCHEMA_FILE: Final = "relplan.schema.json"
"""The JSON Schema that `relplan new` writes beside a plan, named in its first line."""

SCHEMA_LINE: Final = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
"""The comment in which editors with YAML support look for the schema."""


@collector_paused()
def write_yaml(plan: ReleasePlan) -> bytes:
    """The plan as YAML."""
    lines: list[str] = []
    mapping(plan.data(), "", lines)
    return (SCHEMA_LINE + "\n".join([*lines, ""])).encode()


def write_json(plan: ReleasePlan) -> bytes:
    """The plan as JSON."""
    return (json.dumps(plan.data(), ensure_ascii=False, indent=2) + "\n").encode()


def mapping(data: dict[str, Any], indent: str, lines: list[str]) -> None:
    """Append the entries of a mapping to `lines`, behind `indent`; a block of text is one of them, with its breaks."""
    for key, value in data.items():
        head = f"{indent}{_key(key)}:"
        if isinstance(value, str):
            lines.append(f"{head} {value if is_plain(value) else scalar(value, indent)}")
        else:
            _entry(head, value, indent, lines)


@functools.lru_cache(maxsize=256)
def _key(key: str) -> str:
    return scalar(key, "", key=True)


def _entry(head: str, value: Any, indent: str, lines: list[str]) -> None:
    if isinstance(value, dict):
        lines.append(head)
        mapping(value, indent + "  ", lines)
    elif isinstance(value, list):
        lines.append(head)
        for each in value:
            item(each, indent + "  ", lines)
    else:
        lines.append(f"{head} {scalar(value, indent)}")


def item(value: Any, indent: str, lines: list[str]) -> None:
    """Append an entry of a list to `lines`, its dash behind `indent`."""
    if isinstance(value, dict):
        start = len(lines)
        mapping(value, indent + "  ", lines)
        lines[start] = f"{indent}- {lines[start].lstrip(' ')}"
    else:
        lines.append(f"{indent}- {scalar(value, indent)}")


def scalar(value: Any, indent: str, key: bool = False) -> str:
    """A text or number; a block of text begins with `|-`, its lines stand two deeper than `indent`."""
    text = str(value)
    if isinstance(value, int) or is_plain(text):
        return text
    if "\n" in text and not key and BLOCK.fullmatch(text) and text[0] not in " \t":
        return "|-\n" + "\n".join(f"{indent}  {line}" if line else "" for line in text.split("\n"))
    return quoted(text)


_JSON: Final = json.JSONEncoder(ensure_ascii=False)
_ESCAPED: Final = regex("[\x7f-\x9f\u2028\u2029\ufeff]")


def quoted(text: str) -> str:
    """A double-quoted scalar: JSON's escapes are YAML's too; characters YAML calls unprintable are escaped."""
    return _ESCAPED.sub(lambda m: f"\\u{ord(m.group()):04x}", _JSON.encode(text))
