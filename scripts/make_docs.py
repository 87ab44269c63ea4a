"""Write the pages of docs/ that come from the code: columns.md from the model, rules.md and rules.zh.md from the checks.

python scripts/make_docs.py            write them
python scripts/make_docs.py --check    write nothing; exit 1 when one is stale
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from relplan import formats
from relplan.checks.explained import page
from relplan.model import celltext
from relplan.model.columns import STEMS, BoundColumn, columns_of
from relplan.model.entries import Exemption, Package, Participant, Script, Section, Step
from relplan.model.fields import Row
from relplan.model.part import Part
from relplan.model.plan import ReleasePlan, Rollback, Window
from relplan.model.readiness import ExternalSoftware, Issue, Meeting, Monitor, ServiceToStop, TestCase, TestRun, Tests
from relplan.model.table import ReleaseItem
from relplan.model.text import NONE_WORDS
from relplan.model.values import (
    Action,
    CaseKind,
    ChangeKind,
    Choice,
    IssueSeverity,
    IssueStatus,
    MonitorKind,
    ReleaseKind,
    RiskLevel,
    TestResult,
    TestRound,
)

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"

ROWS: Final[tuple[tuple[type[Row], str, str], ...]] = (
    (ReleaseItem, "Release table", "`table.rows`, one row for each system"),
    (Participant, "Participants", "`participants`"),
    (Step, "Steps", "`preparation`, `deployment`, `verification` and `rollback.steps`"),
    (Script, "Database scripts", "`scripts`"),
    (Package, "Packages", "`packages`"),
    (ExternalSoftware, "External applications", "`external_software`"),
    (ServiceToStop, "Services to stop", "`services_to_stop`"),
    (TestCase, "Test cases", "`tests.cases`"),
    (TestRun, "Test results", "`tests.runs`"),
    (Issue, "Issues", "`issues`"),
    (Meeting, "Meetings", "`meetings`"),
    (Monitor, "Monitoring", "`monitoring`"),
    (Exemption, "Exemptions", "`exemptions`"),
    (Section, "Further sections", "`sections`"),
)
FACTS: Final[tuple[tuple[type[Part], str, str], ...]] = (
    (ReleasePlan, "Facts of the plan", "the top level of a plan file; pairs of key and value in sheets"),
    (Window, "Release window", "`window`"),
    (Rollback, "Rollback trigger", "`rollback`"),
    (Tests, "Test plan", "`tests`"),
)
CHOICES: Final[tuple[tuple[type[Choice], str], ...]] = (
    (RiskLevel, "Risk levels"),
    (ReleaseKind, "Kinds of release"),
    (Action, "Actions of steps"),
    (ChangeKind, "Kinds of change"),
    (TestRound, "Rounds of testing"),
    (CaseKind, "Kinds of test case"),
    (TestResult, "Results of tests"),
    (IssueSeverity, "Severity of issues"),
    (IssueStatus, "Status of issues"),
    (MonitorKind, "Kinds of monitoring"),
)
KINDS: Final = {
    celltext.TextKind: "text",
    celltext.ItemsKind: "list, a line each",
    celltext.PeopleKind: "names",
    celltext.WordsKind: "short words",
    celltext.ChangesKind: "changes",
    celltext.DependenciesKind: "dependencies",
    celltext.MinutesKind: "minutes",
    celltext.MomentKind: "date or time",
    celltext.RequiredTextKind: "text",
}

_INTRO: Final = """\
# Columns and words

<!-- Written by scripts/make_docs.py from the model. Change the model, then run the script. -->

Every list of a plan is a table somewhere: a sheet, a page, a form. This page is made from the one record that
readers, writers and the JSON Schema use. How headers are compared, and what happens to a header that is not here,
is told in [reading.md](reading.md); how the values are written, in [plan-file.md](plan-file.md).

* **field** is the name in plan files, in Python and in templates.
* **zh**, **en** are the headers that documents show. **also read as** lists other headers that mean the same.
* **width** is the widest sensible column, in half-width characters (a Chinese character takes two).
* **shown** says whether a table always has the column, or only *when stated* by some row.
* `‹stem›` stands for any of {stems}.
"""


def text() -> str:
    """The whole page."""
    stems = "、".join(STEMS)
    parts = [_INTRO.replace("{stems}", stems)]
    parts += [_section(model, title, where, shown=True) for model, title, where in ROWS]
    parts += [_section(model, title, where, shown=False) for model, title, where in FACTS]
    parts += [_words(choice, title) for choice, title in CHOICES]
    parts += [_none_words(), _formats()]
    return "\n".join(parts)


def _section(model: type[Part], title: str, where: str, shown: bool) -> str:
    columns = columns_of(model)
    rows = [_row(bound, shown) for bound in columns]
    head = ["field", "zh", "en", "also read as", "kind", "width", *(["shown"] if shown else [])]
    notes = [
        f"* `{bound.field}`: {' / '.join(dict.fromkeys((bound.column.hint_zh, bound.column.hint_en)))}."
        for bound in columns
        if bound.column.hint_zh
    ]
    after = "\n" + "\n".join(notes) + "\n" if notes else ""
    return f"## {title}\n\nIn a plan: {where}.\n\n{_table(head, rows)}{after}"


def _row(bound: BoundColumn, shown: bool) -> list[str]:
    column = bound.column
    stemmed = [f"‹stem›{noun}" for noun in column.nouns.split("|") if noun]
    also = [*(alias for alias in column.aliases.split("|") if alias), *stemmed]
    cells = [f"`{bound.field}`", column.zh, column.en, "、".join(also), _kind(bound), str(column.width)]
    return [*cells, *(["when stated" if column.optional else "always"] if shown else [])]


def _kind(bound: BoundColumn) -> str:
    if choices := bound.kind.choices():
        return "one of " + ", ".join(str(choice) for choice in choices)
    if bound.column.code:
        return "code"
    known = next((words for kind, words in KINDS.items() if type(bound.kind) is kind), None)
    if known is None and (words := bound.kind.json_schema().get("enum")):
        return "one of " + ", ".join(words)
    if known is None and isinstance(bound.kind, celltext.RequiredTextKind):
        return "text, never blank"
    if known is None:
        raise SystemExit(f"make_docs.py has no words for {type(bound.kind).__name__}")
    return known


def _words(choice: type[Choice], title: str) -> str:
    rows = [[f"`{member}`", member.zh, member.en, "、".join(member.aliases)] for member in choice]
    return f"## {title}\n\n{_table(['plan file', 'zh', 'en', 'also read as'], rows)}"


def _none_words() -> str:
    words = " ".join(f"`{word}`" for word in sorted(NONE_WORDS))
    return (
        "## Words for “none”\n\n"
        f"A cell that holds one of these and nothing else states that there is none (capitals do not matter):\n\n{words}\n"
    )


def _formats() -> str:
    rows = [
        [
            f"`{each.name}`",
            " ".join(each.endings),
            "yes" if each.reader else "",
            "yes" if each.plan_writer else "",
            f"yes, `{each.document}` by default" if each.writer else "",
            each.theme,
        ]
        for each in formats.FORMATS.values()
    ]
    head = ["format", "endings", "read", "plan file", "documents", "theme"]
    return f"## Formats\n\n{_table(head, rows)}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(_lines(head, rows)) + "\n"


def _lines(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    cells = list(head)
    yield _line(cells)
    yield "|" + "---|" * len(cells)
    yield from map(_line, rows)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|") for cell in cells) + " |"


def pages() -> dict[Path, str]:
    """Every page that comes from the code, with its text."""
    rules = {"rules.md": page("en"), "rules.zh.md": page("zh")}
    return {DOCS / "columns.md": text(), **{DOCS / name: _marked(made) for name, made in rules.items()}}


def _marked(made: str) -> str:
    """A page with a word on where it comes from, below its title."""
    title, _, rest = made.partition("\n")
    return f"{title}\n\n<!-- Written by scripts/make_docs.py from relplan/checks. Change the rules, then run the script. -->\n{rest}"


def main() -> None:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is stale")
    options = parser.parse_args()
    stale = [path for path, made in pages().items() if not path.is_file() or path.read_text("utf-8") != made]
    if options.check:
        if stale:
            names = ", ".join(path.name for path in stale)
            sys.exit(f"stale: {names}; run: python scripts/make_docs.py")
        return
    for path in stale:
        path.write_text(pages()[path], encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
