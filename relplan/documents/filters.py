"""The filters of templates: from values to text and blocks. `FILTERS` at the foot is all there is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from relplan.blocks import (
    Block,
    Callout,
    CalloutKind,
    Cell,
    Checkbox,
    Code,
    Heading,
    Inline,
    List,
    ListItem,
    Mark,
    Paragraph,
    Table,
    TableColumn,
    Text,
    lines,
    plain,
)
from relplan.documents.forms import facts_columns, facts_form, form_columns, guide_table, rows_form
from relplan.documents.records import Record, part_of
from relplan.documents.tables import (
    TONES,
    facts_table,
    release_blocks,
    release_table,
    risk_counts,
    rows_table,
    table_column,
)
from relplan.errors import Language, TemplateError, problem, suggest
from relplan.markdown.parse import Fragment, Value, to_blocks
from relplan.model import moments
from relplan.model.columns import columns_of
from relplan.model.entries import Step
from relplan.model.fields import Row
from relplan.model.part import Part
from relplan.model.plan import ReleasePlan, Rollback, Window, model_at
from relplan.model.readiness import Tests
from relplan.model.table import ReleaseItem, ReleaseTable
from relplan.model.text import is_none_word
from relplan.model.values import ChangeKind, Choice, Nothing, RiskLevel
from relplan.resources import labels


class Entry(NamedTuple):
    """One change of the release notes, with the system it is in."""

    system: str | None
    version: str | None
    text: str


class Group(NamedTuple):
    """The changes of one kind."""

    kind: ChangeKind | None
    title: str
    entries: tuple[Entry, ...]


def shown(value: object, language: Language) -> Value:
    """What `{{ value }}` prints: None is a gap that someone has to fill, a risk level carries its tone.

    Raises:
        TemplateError: a record has no one text; print its fields, or use `| table`.
    """
    if value is None:
        return (Mark(labels(language)["gap"], "gap"),)
    if isinstance(value, Fragment):
        return value
    if isinstance(value, str):
        return str(value)  # Jinja's own filters give `Markup`, which would escape what stands beside it
    if isinstance(value, RiskLevel):
        return (Mark(value.label(language), TONES[value]),)
    if isinstance(value, Choice):
        return value.label(language)
    if isinstance(value, dt.date):
        return moments.write(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Text | Mark):
        return value  # what a filter made of it
    if isinstance(value, tuple | list):
        return _listed([shown(each, language) for each in value], language) or shown(None, language)
    if isinstance(part := part_of(value), Part):
        name = type(part).__name__
        raise TemplateError(
            problem(
                f"不能直接输出 {name}；请输出它的字段，或用 | table",
                f"a {name} has no text of its own; print its fields, or use | table",
            )
        )
    return str(value)


def _listed(words: Sequence[Value], language: Language) -> Value:
    """Several values side by side; one text where all are text."""
    separator = "、" if language == "zh" else ", "
    if all(isinstance(word, str) for word in words):
        return separator.join(word for word in words if isinstance(word, str))
    content: list[Inline] = []
    for number, word in enumerate(words):
        if isinstance(word, Fragment):
            raise TemplateError(problem("列表里不能有块", "a list of values takes no blocks"))
        content += ((Text(separator),) if number else ()) + (lines(word) if isinstance(word, str) else word)
    return tuple(content)


def table(value: object, fields: Sequence[str] = (), level: int = 3, *, language: Language) -> Fragment:
    """A table of a part's entries, or the release table set for paper; `fields` names the columns to show, no others.

    For paper, the release table has its fourteen columns; extra ones stand in a second table, long code in listings,
    each under a heading of `level`.
    """
    part = part_of(value)
    if isinstance(part, ReleaseTable):
        if not fields:
            return Fragment(release_blocks(part, language, level))
        part = part.rows
    rows, model = _rows(part)
    _check_fields(fields, model)
    return Fragment((rows_table(rows, model, language, fields),))


def sheet(value: object, part: str, *, language: Language) -> Fragment:
    """The table of a part of the plan (`"scripts"`, `"rollback.steps"`): its header is there even without entries."""
    rows, model = _part(value, part)
    if isinstance(rows, ReleaseTable):
        return Fragment((release_table(rows, language),))
    if model is Step and isinstance(rows, tuple):
        # By their numbers people and other parts of the plan speak of steps.
        rows = tuple(row if row.number else row.replace(number=str(i)) for i, row in enumerate(rows, 1))
    return Fragment((rows_table(rows, model, language),))  # type: ignore[arg-type]


def _part(value: object, part: str) -> tuple[object, type[Part]]:
    """A list of the plan by its name, and what its entries are."""
    rows, path = part_of(value), tuple(part.split("."))
    model = model_at(path)
    if model is None or not isinstance(rows, ReleasePlan):
        raise TemplateError(
            problem(
                f"计划中没有列表“{part}”", f'a plan has no list "{part}"; use it as {{{{ plan | sheet("scripts") }}}}'
            )
        )
    for name in path:
        rows = getattr(rows, name)
    return rows, ReleaseItem if isinstance(rows, ReleaseTable) else model


def form(value: object, part: str = "", *, language: Language) -> Fragment:
    """A part of the plan as a table to fill in, with all its columns; without `part` the facts of the plan or its rollback."""
    owner = part_of(value)
    if not part and isinstance(owner, ReleasePlan | Rollback):
        return Fragment((facts_form(owner, language),))
    return Fragment((rows_form(*_part(value, part), language),))


def guide(value: object, part: str = "", *, language: Language) -> Fragment:
    """What to write in each column of what `form` gives."""
    owner = part_of(value)
    if not part and isinstance(owner, ReleasePlan | Rollback):
        return Fragment((guide_table(facts_columns(owner, language), language),))
    return Fragment((guide_table(form_columns(_part(value, part)[1], language), language),))


def entries(value: object, *, language: Language) -> Fragment:
    """A part as a document shows it: a list where every entry is just its text, else a table with numbers.

    What is not stated is a gap that can be seen; a stated "none" is its word.
    """
    part = part_of(value)
    if isinstance(part, Nothing):
        return Fragment((Paragraph((Text(part.word),)),))
    if not part:
        return Fragment((Paragraph((Mark(labels(language)["gap"], "gap"),)),))
    if not isinstance(part, tuple) or not isinstance(part[0], Row):
        items = part if isinstance(part, tuple) else (part,)
        return Fragment((_list([str(item) for item in items]),))
    if all(row.is_its_text() for row in part):
        return Fragment((_list([getattr(row, row.main) for row in part], numbered=isinstance(part[0], Step)),))
    return Fragment((_numbered_table(part, language),))


def _list(texts: Sequence[str], numbered: bool = False) -> List:
    return List(tuple(ListItem((Paragraph(lines(text)),)) for text in texts), 1 if numbered else None)


def _numbered_table(rows: tuple[Row, ...], language: Language, to_tick: bool = False) -> Table:
    """The columns that some entry states; steps have their number before them, and to be ticked a box and room behind."""
    bounds = columns_of(type(rows[0]))
    counted = {"number", "id"} if isinstance(rows[0], Step) else set()
    stated = {name for row in rows for name in row.stated()} - counted
    known = rows_table(rows, type(rows[0]), language, [b.field for b in bounds if b.field in stated] or [rows[0].main])
    if not isinstance(rows[0], Step):
        return known
    number = table_column(next(b for b in bounds if b.field == "number"), language)
    numbers = [getattr(row, "number", None) or str(i) for i, row in enumerate(rows, 1)]
    words = labels(language)
    behind = (TableColumn(words["done"], 6, align="center"), TableColumn(words["result"], 16)) if to_tick else ()
    cells: tuple[Cell, ...] = ((Checkbox(),), "") if to_tick else ()
    body = tuple((shown, *row, *cells) for shown, row in zip(numbers, known.rows, strict=True))
    return Table((number, *known.columns, *behind), body)


def steps(value: object, *, language: Language) -> Fragment:
    """Steps as a table to work through: number, what is stated of each, a box to tick, room for the result."""
    part = part_of(value)
    if not isinstance(part, tuple) or not part or not isinstance(part[0], Step):
        return entries(value, language=language)
    return Fragment((_numbered_table(part, language, to_tick=True),))


def counts(value: object, *, language: Language) -> Fragment:
    """How many systems there are of each risk level, and which."""
    table = part_of(value)
    if not isinstance(table, ReleaseTable):
        raise TemplateError(problem("| counts 只用于 plan.table", "| counts takes plan.table"))
    return Fragment((risk_counts(table, language),))


def waves(value: object, *, language: Language) -> Fragment:
    """The release order by the dependencies as a table, with what stands in its way."""
    table = part_of(value)
    if not isinstance(table, ReleaseTable):
        raise TemplateError(problem("| waves 只用于 plan.table", "| waves takes plan.table"))
    from relplan.documents.orders import wave_blocks

    return Fragment(wave_blocks(table, language))


def order_graph(value: object, *, language: Language) -> Fragment:
    """The release order as a picture; in Markdown as a Mermaid graph."""
    table = part_of(value)
    if not isinstance(table, ReleaseTable):
        raise TemplateError(problem("| order_graph 只用于 plan.table", "| order_graph takes plan.table"))
    from relplan.documents.orders import order_picture

    return Fragment((order_picture(table, language),))


def run(value: object, part: str, *, language: Language) -> Fragment:
    """The steps of a part (`"deployment"`) as the run sheet has them: planned time, box to tick, the deadline in its place."""
    from relplan.documents.run import run_blocks
    from relplan.process.items import NUMERALS
    from relplan.process.papers import Papers

    found = part_of(value)
    if not isinstance(found, Papers):
        raise TemplateError(problem("| run 只用于 golive", "| run takes golive"))
    _check_known([part], list(NUMERALS))
    return Fragment(run_blocks(found, part))


def undo(value: object, dialect: str = "mysql", *, language: Language) -> Fragment:
    """What is proposed to reverse the SQL in the release table, the last cell first; a proposal, not the rollback plan."""
    from relplan.documents.undos import undo_blocks

    table = part_of(value)
    if not isinstance(table, ReleaseTable):
        raise TemplateError(problem("| undo 只用于 plan.table", "| undo takes plan.table"))
    return Fragment(undo_blocks(table, language, dialect))


def label(field: str, part: str = "", *, language: Language) -> str:
    """What a fact of the plan, its window or its rollback is called: `"product"` -> 产品; of a `part`, a column of its entries."""
    models = (Rollback, Window, ReleasePlan) if not part else (model_at(tuple(part.split("."))) or ReleasePlan,)
    columns = {b.field: b.column for model in models for b in columns_of(model)}
    _check_known([field], list(columns))
    return columns[field].label(language)


def fact(value: object, field: str, *, language: Language) -> Value:
    """One fact of the plan or its rollback as the cell of a table holds it; a gap where it is not stated."""
    part = part_of(value)
    if not isinstance(part, ReleasePlan | Rollback):
        raise TemplateError(problem("| fact 只用于 plan 或 plan.rollback", "| fact takes plan or plan.rollback"))
    bounds = {b.field: b for b in columns_of(type(part))}
    _check_known([field], list(bounds))
    return bounds[field].kind.write(getattr(part, field), language) or shown(None, language)


def facts(value: object, fields: Sequence[str] = (), *, language: Language) -> Fragment:
    """The facts of the plan, of its rollback or its tests, as a table of keys and values; `fields` names some, gaps marked."""
    part = part_of(value)
    if not isinstance(part, ReleasePlan | Rollback | Tests):
        raise TemplateError(
            problem(
                "| facts 只用于 plan、plan.rollback 或 plan.tests", "| facts takes plan, plan.rollback or plan.tests"
            )
        )
    known = [b.field for model in (type(part), Window) for b in columns_of(model)]
    _check_known(fields, known)
    return Fragment((facts_table(part, language, fields),))


def markdown(value: object, level: int = 1, *, language: Language) -> Fragment:
    """A text that is Markdown itself, parsed for itself; nothing in it is a template. Its headings begin at `level`."""
    text = part_of(value)
    if text is None:
        return Fragment((Paragraph((Mark(labels(language)["gap"], "gap"),)),))
    return Fragment(_below(to_blocks(str(text), keep_line_ends=True), level))


def _below(blocks: tuple[Block, ...], level: int) -> tuple[Block, ...]:
    """The blocks with their highest heading at `level` where it is higher, the others as far below it as they were."""
    highest = min((block.level for block in blocks if isinstance(block, Heading)), default=level)
    if highest >= level:
        return blocks
    return tuple(
        Heading(min(6, block.level + level - highest), block.content, block.anchor)
        if isinstance(block, Heading)
        else block
        for block in blocks
    )


def code(value: object, syntax: str = "", *, language: Language) -> Fragment:
    """A text as a block of code; `syntax` names its language."""
    return Fragment((Code(str(value), syntax),))


def callout(value: object, kind: CalloutKind = "note", *, language: Language) -> Fragment:
    """A text in a box: note, tip, important, warning or caution."""
    return Fragment((Callout(kind, (Paragraph(lines(str(value))),)),))


def section(number: int, *, language: Language) -> str:
    """The number of a section: 1 -> `I、`."""
    return str(labels(language)["numbers"]["section"]).format(roman=roman(number))


def appendix(number: int, *, language: Language) -> str:
    """The number of an appendix: 1 -> `附一、`."""
    numbers = labels(language)["numbers"]
    ordinals = numbers["ordinals"]
    ordinal = ordinals[number - 1] if number <= len(ordinals) else number
    return str(numbers["appendix"]).format(ordinal=ordinal)


def roman(number: int) -> str:
    """A number from 1 to 39 in Roman numerals."""
    return "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]


def dated(value: object, *, language: Language) -> Value:
    """A date with its day of the week: `2026-08-20 22:00（周四）`; anything else as it prints."""
    if not isinstance(value, dt.date):
        return shown(value, language)
    pattern, names = labels(language)["dated"], labels(language)["weekdays"]
    return str(pattern).format(date=moments.write(value), weekday=names[value.weekday()])


def fill(pattern: str, *, language: Language, **words: object) -> Value:
    """A label with its `{places}` filled; what is not stated is a gap there too."""
    found: list[Inline] = []
    for number, piece in enumerate(re.split(r"\{(\w+)\}", pattern)):
        value = shown(words.get(piece), language) if number % 2 else piece
        found += lines(value) if isinstance(value, str) else value if isinstance(value, tuple) else ()
    return tuple(found) if any(isinstance(each, Mark) for each in found) else plain(tuple(found))


def by_kind(value: object, audience: str = "internal", *, language: Language) -> tuple[Group, ...]:
    """The changes of the release table in groups of their kinds; a customer is spared those that are internal."""
    table = part_of(value)
    if not isinstance(table, ReleaseTable):
        raise TemplateError(problem("| by_kind 只用于 plan.table", "| by_kind takes plan.table"))
    found: dict[ChangeKind | None, list[Entry]] = {}
    for item in table.rows:
        for change in () if isinstance(item.changes, Nothing) else item.changes:
            found.setdefault(change.kind, []).append(Entry(item.system, item.version, change.text))
    order: tuple[ChangeKind | None, ...] = (*ChangeKind, None)
    other = str(labels(language)["changes_other"])
    return tuple(
        Group(kind, kind.label(language) if kind else other, tuple(found[kind]))
        for kind in order
        if kind in found and not (kind is ChangeKind.INTERNAL and audience == "customer")
    )


def stating(value: object, field: str, *, language: Language) -> tuple[Record, ...]:
    """The rows of the release table that state `field`; a stated "none" does not count."""
    table = part_of(value)
    if not isinstance(table, ReleaseTable):
        raise TemplateError(problem("| stating 只用于 plan.table", "| stating takes plan.table"))
    _check_fields([field], ReleaseItem)
    return tuple(Record(row) for row in table.rows if _says_something(getattr(row, field)))


def _says_something(value: object) -> bool:
    return bool(value) and not (isinstance(value, str) and is_none_word(value))


def is_none(value: object, *, language: Language) -> bool:
    """Whether a text says "there is none": 无, N/A, `-` …"""
    return isinstance(value, str) and is_none_word(value)


def _rows(part: object) -> tuple[Sequence[Part], type[Part]]:
    if isinstance(part, tuple) and part and isinstance(part[0], Part):
        return part, type(part[0])
    raise TemplateError(
        problem(
            '| table 需要有内容的列表；可能为空的请用 | entries 或 plan | sheet("…")',
            '| table takes entries; for what may be empty use | entries or plan | sheet("…")',
        )
    )


def _check_fields(fields: Sequence[str], model: type[Part]) -> None:
    _check_known(fields, [b.field for b in columns_of(model)])


def _check_known(fields: Sequence[str], known: Sequence[str]) -> None:
    for field in fields:
        if field not in known:
            hint = suggest(field, known)
            raise TemplateError(problem(f"没有“{field}”这一列{hint.zh}", f'there is no column "{field}"{hint.en}'))


FILTERS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "appendix": appendix,
        "by_kind": by_kind,
        "callout": callout,
        "code": code,
        "counts": counts,
        "dated": dated,
        "entries": entries,
        "fact": fact,
        "facts": facts,
        "fill": fill,
        "form": form,
        "guide": guide,
        "is_none": is_none,
        "label": label,
        "markdown": markdown,
        "order_graph": order_graph,
        "run": run,
        "section": section,
        "sheet": sheet,
        "stating": stating,
        "steps": steps,
        "table": table,
        "undo": undo,
        "waves": waves,
    }
)
"""Every filter that templates have beside Jinja's own; each gets the document's language."""
