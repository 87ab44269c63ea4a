"""The order as a Mermaid graph, which GitHub, GitLab and many editors draw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from relplan.errors import Language
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.model.values import RiskLevel
from relplan.patterns import regex
from relplan.sequence.arrows import arrows, check_drawable
from relplan.sequence.order import ReleaseOrder, Standing
from relplan.sequence.words import CYCLE, risk_words, row_name, wave_name

LONGEST_LABEL: Final = 80
"""Characters of a name that are shown."""

_HARMLESS: Final = r"[^\W_]| |[()\u3000-\u303f\uff00-\uffef]|(?<=[^\W_])[.\-/](?=[^\W_])"
_SPECIAL: Final = regex(rf"(?!{_HARMLESS}).", re.DOTALL)
_CLASSES: Final = (
    "classDef critical stroke:#8c1d18,stroke-width:4px",
    "classDef high stroke:#b3541e,stroke-width:3px",
    "classDef cyclic stroke:#b3261e,stroke-width:3px,stroke-dasharray:6 4",
)


def mermaid(table: ReleaseTable, order: ReleaseOrder, language: Language) -> str:
    """The graph: a box for each row, a frame for each wave, an arrow to each row from what it depends on.

    Raises:
        WriteError: the table has more rows than a picture can show.
    """
    check_drawable(order)
    return "\n".join(("flowchart LR", *_lines(table, order, language), ""))


def _lines(table: ReleaseTable, order: ReleaseOrder, language: Language) -> Iterator[str]:
    for number, rows in enumerate(order.waves, 1):
        yield f'  subgraph wave{number}["{_escaped(wave_name(number).text(language))}"]'
        for row in rows:
            yield f"    {_box(table, order.standings[row], language)}"
        yield "  end"
    for arrow in arrows(order):
        line = f'-. "{_escaped(CYCLE.text(language))}" .->' if arrow.cyclic else "-->"
        yield f"  row{arrow.before + 1} {line} row{arrow.after + 1}"
    yield from (f"  {each}" for each in _CLASSES)


def _box(table: ReleaseTable, standing: Standing, language: Language) -> str:
    item = table.rows[standing.row]
    words = [row_name(table, standing.row), item.version, risk_words(item, language)]
    label = "<br/>".join(_escaped(word) for word in words if word)
    return f'row{standing.row + 1}["{label}"]{_class(item, standing)}'


def _class(item: ReleaseItem, standing: Standing) -> str:
    if standing.cyclic:
        return ":::cyclic"
    return f":::{item.risk_level}" if item.risk_level in (RiskLevel.CRITICAL, RiskLevel.HIGH) else ""


def _escaped(text: str) -> str:
    """A label that is nothing but its words: every sign that Mermaid, Markdown or HTML could take for theirs is a number."""
    line = " ".join(text.split())
    if len(line) > LONGEST_LABEL:
        line = line[: LONGEST_LABEL - 1] + "…"
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", line)
