"""Plan files: the plan as YAML or JSON, in the one form that every plan has.

The YAML is written here, not by PyYAML, so that the bytes depend on no library's version:
plain words bare, SQL and other lines as a literal block, everything odd in double quotes.
"""

from __future__ import annotations

from typing import Any, Final

from relplan.model.plan import ReleasePlan
from relplan.model.read import collector_paused
from relplan.planyaml import BLOCK, is_plain
from relplan.remembering import remembering

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
    import json  # YAML needs none of it

    return (json.dumps(plan.data(), ensure_ascii=False, indent=2) + "\n").encode()


def mapping(data: dict[str, Any], indent: str, lines: list[str]) -> None:
    """Append the entries of a mapping to `lines`, behind `indent`; a block of text is one of them, with its breaks."""
    deeper = f"{indent}  "
    for key, value in data.items():
        head = f"{indent}{one_line(key)}:"
        if isinstance(value, dict):
            lines.append(head)
            mapping(value, deeper, lines)
        elif isinstance(value, list):
            lines.append(head)
            for each in value:
                item(each, deeper, lines)
        else:
            lines.append(f"{head} {scalar(value, indent)}")


def item(value: Any, indent: str, lines: list[str]) -> None:
    """Append an entry of a list to `lines`, its dash behind `indent`."""
    if isinstance(value, dict):
        start = len(lines)
        mapping(value, f"{indent}  ", lines)
        lines[start] = f"{indent}- {lines[start].lstrip(' ')}"
    else:
        lines.append(f"{indent}- {scalar(value, indent)}")


def scalar(value: Any, indent: str) -> str:
    """A text or number; a block of text begins with `|-`, its lines stand two deeper than `indent`."""
    if not isinstance(value, str):
        return str(value)
    if "\n" in value and BLOCK.fullmatch(value) and value[0] not in " \t":
        return "|-\n" + "\n".join(f"{indent}  {line}" if line else "" for line in value.split("\n"))
    return one_line(value)


@remembering
def one_line(text: str) -> str:
    """A text on one line."""
    return text if is_plain(text) else quoted(text)


_ESCAPES: Final = (
    {code: f"\\u{code:04x}" for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF)}
    | {ord(char): f"\\{escape}" for char, escape in zip('"\\\b\f\n\r\t', '"\\bfnrt', strict=True)}
)  # fmt: skip
"""The escapes of JSON, which are YAML's too; characters that YAML calls unprintable are escaped as well."""


def quoted(text: str) -> str:
    """A double-quoted scalar."""
    return f'"{text.translate(_ESCAPES)}"'
