"""The people that a line of a document names: 张三、李四（测试）, 运维：赵六、钱七."""

from __future__ import annotations

from typing import Any, Final

from relplan.model.celltext import NAMES, split_outside_brackets
from relplan.model.entries import Participant
from relplan.patterns import regex

_ROLE_BEFORE: Final = regex(r"(?P<role>[^:：()（）\d]{1,16}?)\s*[:：]\s*(?P<names>.+)")
_NAME: Final = regex(r"[\u3400-\u9fff·]{1,6}|[A-Za-z][A-Za-z .'-]{0,29}")
"""What may be a name; a longer line is a sentence, and stays one."""


def people_in(line: str) -> list[str | dict[str, Any]]:
    """The people in a line, each as its text or fields; the whole line where it is not made of names."""
    match = _ROLE_BEFORE.fullmatch(line)
    found = [
        Participant.fields_of_text(part) for part in split_outside_brackets(match["names"] if match else line, NAMES)
    ]
    if not found or not all(_NAME.fullmatch(str(person["name"])) for person in found):
        return [line]
    return [_with_role(person, match["role"] if match else "") for person in found]


def _with_role(person: dict[str, Any], role: str) -> dict[str, Any]:
    roles = "、".join(filter(None, (role, person.get("roles") or "")))
    return {"name": person["name"], **({"roles": roles} if roles else {})}
