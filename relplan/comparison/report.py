"""A difference for people and for programs: as text, as a document, as data, and as what to mark in a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from relplan.blocks import (
    Block,
    Content,
    Document,
    Heading,
    LineBreak,
    Paragraph,
    Strike,
    Strong,
    Table,
    TableColumn,
    Text,
)
from relplan.comparison.difference import (
    CHANGE_WORDS,
    ChangeKind,
    Difference,
    EntryChange,
    FieldChange,
    ListChange,
    Value,
    entry_name,
)
from relplan.comparison.words import Piece, changed_words
from relplan.errors import Language, Message, Path, Place, Problem, place_of
from relplan.model.read import Read, bound_column
from relplan.model.report import path_text
from relplan.resources import labels

Paint: TypeAlias = Callable[[str, str], str]
"""From a kind (`gone`, `new`, `changed`, `faint`) and words to the words as a terminal shows them."""

_SIGNS: Final[dict[ChangeKind, str]] = {"added": "+", "removed": "-", "changed": "~", "moved": "↕"}
_LONG: Final = 60
_SHORT: Final = 20
_MOST_NAMED: Final = 3
"""Where a whole list came or went, entries beyond these are only counted."""


class Side(Struct, frozen=True):
    """One of the two plans: what it is called, and what was read."""

    name: str
    read: Read


# What things are called


def part_name(path: Path, language: Language) -> str:
    """What a list of the plan is called."""
    sections = labels(language)["sections"]
    if path[0] == "rollback" and len(path) > 1 and path[1] == "points":
        return str(sections["trigger"])
    if path[0] == "tests":
        return str(sections.get(f"test_{path[-1]}", sections["tests"]))
    bound = bound_column(path)
    return str(sections.get(path[0]) or (bound.column.label(language) if bound else path_text(path)))


def field_name(path: Path, language: Language) -> str:
    """What the field at a path is called; an extra column as its header."""
    if len(path) > 1 and path[-2] == "extra":
        return str(path[-1])
    bound = bound_column(path)
    return bound.column.label(language) if bound else path_text(path[-1:])


def value_text(path: Path, value: Value, language: Language) -> str:
    """A value as the cell of a table shows it; blank where nothing is stated."""
    if value is None:
        return ""
    bound = bound_column(path)
    if bound is not None:
        try:
            return bound.kind.write(bound.kind.accept(value), language)
        except ValueError:
            return str(value)
    if isinstance(value, list):
        return ("、" if language == "zh" else ", ").join(map(str, value))
    return str(value)


def _full(change: ListChange, entry: EntryChange, field: FieldChange) -> Path:
    return (*change.path, entry.after if entry.after is not None else 0, *field.path)


def summary(difference: Difference, language: Language) -> str:
    """How much is different, in one line."""
    counts = difference.counts()
    kinds = [("facts", Message("信息", "facts changed")), *((str(kind), word) for kind, word in CHANGE_WORDS.items())]
    told = [(word, counts[kind]) for kind, word in kinds if counts[kind]]
    if not told:
        return "没有差异" if language == "zh" else "no difference"
    if language == "zh":
        return "，".join(f"{word.zh} {number} 处" for word, number in told)
    return ", ".join(f"{number} {word.en}" for word, number in told).replace("1 facts", "1 fact", int(told[0][1] == 1))


# Text


def as_text(
    difference: Difference, before: Side, after: Side, language: Language, paint: Paint = lambda _, words: words
) -> str:
    """The difference as text; `paint` colours it."""
    lines = [paint("gone", f"--- {before.name}"), paint("new", f"+++ {after.name}")]
    if difference.facts:
        lines.append(labels(language)["sections"]["overview"])
        for fact in difference.facts:
            lines += _field_lines(fact, fact.path, after.read, language, paint, "  ")
    for change in difference.lists:
        lines.append(part_name(change.path, language))
        lines += _list_lines(change, after.read, language, paint)
    lines.append(summary(difference, language))
    return "\n".join(lines) + "\n"


def _list_lines(change: ListChange, read: Read, language: Language, paint: Paint) -> Iterator[str]:
    if len(change.entries) > _MOST_NAMED and (kind := _whole(change)):
        names = "、".join(entry_name(each.entry, change.path) for each in change.entries[:_MOST_NAMED])
        yield _painted(kind, f"  {_SIGNS[kind]} {len(change.entries)}: {names} …", paint)
        return
    for entry in change.entries:
        yield _entry_line(change, entry, language, paint)
        for field in entry.fields:
            yield from _field_lines(field, _full(change, entry, field), read, language, paint, "      ")


def _whole(change: ListChange) -> ChangeKind | None:
    """`added` or `removed` where one of the two plans has nothing of a list."""
    if not change.order:
        return "removed"
    return (
        "added"
        if all(each.kind == "added" for each in change.entries) and len(change.entries) == len(change.order)
        else None
    )


def _painted(kind: ChangeKind, words: str, paint: Paint) -> str:
    return paint({"added": "new", "removed": "gone"}.get(kind, "changed"), words)


def _entry_line(change: ListChange, entry: EntryChange, language: Language, paint: Paint) -> str:
    name = entry_name(entry.entry, change.path)
    line = _painted(entry.kind, f"  {_SIGNS[entry.kind]} {name}", paint)
    return f"{line}  {paint('faint', moved_words(entry).text(language))}" if entry.moved else line


def moved_words(entry: EntryChange) -> Message:
    """From where to where an entry moved."""
    one, two = (number + 1 if number is not None else 0 for number in (entry.before, entry.after))
    return Message(f"从第 {one} 移到第 {two}", f"moved from {one} to {two}")


def _field_lines(
    field: FieldChange, path: Path, read: Read, language: Language, paint: Paint, indent: str
) -> Iterator[str]:
    before, after = (value_text(path, each, language) for each in (field.before, field.after))
    name = f"{field_name(path, language)}: " if field.path else ""
    place = place_of(read.places, path)
    where = f"  {paint('faint', str(place))}" if place and field.after is not None else ""
    if "\n" not in before + after and len(before) + len(after) <= 2 * _LONG:
        shown = [paint(kind, text) for kind, text in (("gone", before), ("new", after)) if text]
        blank = "（空）" if language == "zh" else "(blank)"
        yield f"{indent}{name}{' → '.join(shown if len(shown) > 1 else [*shown, blank] if before else [blank, *shown])}{where}"
        return
    yield f"{indent}{name}".rstrip() + where
    for line in _changed_lines(changed_words(before, after), paint):
        yield f"{indent}  {line}"


def _changed_lines(pieces: Sequence[Piece], paint: Paint) -> Iterator[str]:
    """The lines with something that changed; `[-gone-]` and `{+new+}` are seen without colours too."""
    marks = {"same": ("", ""), "gone": ("[-", "-]"), "new": ("{+", "+}")}
    lines: list[list[str]] = [[]]
    is_changed = [False]
    for kind, text in pieces:
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
                is_changed.append(kind != "same")
            if part:
                start, end = marks[kind]
                lines[-1].append(paint(kind, f"{start}{part}{end}") if kind != "same" else part)
                is_changed[-1] = is_changed[-1] or kind != "same"
    hidden = False
    for line, changed in zip(lines, is_changed, strict=True):
        if changed:
            yield "".join(line)
        elif not hidden:
            yield "…"
        hidden = not changed


# A document


def as_document(difference: Difference, before: Side, after: Side, language: Language) -> Document:
    """The difference as a document for all formats."""
    words = {"zh": ("差异", "项目", "变化", "原来", "现在"), "en": ("Differences", "Item", "Change", "Before", "Now")}[
        language
    ]
    title = (
        f"{words[0]}：{before.name} → {after.name}" if language == "zh" else f"{words[0]}: {before.name} → {after.name}"
    )
    blocks: list[Block] = [Heading(1, (Text(title),)), Paragraph((Text(summary(difference, language)),))]
    columns = (
        TableColumn(words[1], 24),
        TableColumn(words[2], 16),
        TableColumn(words[3], 48),
        TableColumn(words[4], 48),
    )
    if difference.facts:
        rows = [_row("", fact, fact.path, language) for fact in difference.facts]
        blocks += [Heading(2, (Text(labels(language)["sections"]["overview"]),)), Table(columns, tuple(rows))]
    for change in difference.lists:
        blocks.append(Heading(2, (Text(part_name(change.path, language)),)))
        blocks.append(Table(columns, tuple(_rows(change, language))))
    return Document(title, language, tuple(blocks))


def _rows(change: ListChange, language: Language) -> Iterator[tuple[str | Content, ...]]:
    for entry in change.entries:
        name, kind = entry_name(entry.entry, change.path), CHANGE_WORDS[entry.kind].text(language)
        if entry.moved or not entry.fields:
            told = moved_words(entry).text(language) if entry.moved else kind
            gone, new = ("", name) if entry.kind == "added" else (name, "") if entry.kind == "removed" else ("", "")
            yield name, told, gone, new
        for field in entry.fields:
            yield _row(name, field, _full(change, entry, field), language)


def _row(name: str, field: FieldChange, path: Path, language: Language) -> tuple[str | Content, ...]:
    before, after = (value_text(path, each, language) for each in (field.before, field.after))
    is_short = "\n" not in before + after and max(len(before), len(after)) <= _SHORT
    whole: list[Piece] = [("gone", before), ("new", after)]
    pieces = whole if is_short else changed_words(before, after)
    what = field_name(path, language) if field.path else CHANGE_WORDS["changed"].text(language)
    one, two = _content(pieces, "gone"), _content(pieces, "new")
    return (name or what, CHANGE_WORDS["changed"].text(language) if not name else what, one, two)


def _content(pieces: Sequence[Piece], shown: Literal["gone", "new"]) -> Content:
    """One side of a text that changed: what went is struck out, what came is strong."""
    found: list[Any] = []
    for kind, text in pieces:
        if kind not in ("same", shown):
            continue
        for number, line in enumerate(text.split("\n")):
            if number:
                found.append(LineBreak())
            if line:
                found.append(
                    Text(line) if kind == "same" else Strike((Text(line),)) if kind == "gone" else Strong((Text(line),))
                )
    return tuple(found)


# Data


def as_data(difference: Difference, before: Side, after: Side) -> dict[str, Any]:
    """The difference as plain data."""
    return {
        "before": before.name,
        "after": after.name,
        "counts": difference.counts(),
        "facts": [_field_data(each, each.path, after.read) for each in difference.facts],
        "lists": [
            {
                "path": path_text(change.path),
                "order": list(change.order),
                "entries": [_entry_data(change, each, after.read) for each in change.entries],
            }
            for change in difference.lists
        ],
    }


def _entry_data(change: ListChange, entry: EntryChange, read: Read) -> dict[str, Any]:
    place = place_of(read.places, (*change.path, entry.after)) if entry.after is not None else None
    return {
        "kind": entry.kind,
        "name": entry_name(entry.entry, change.path),
        "before": entry.before,
        "after": entry.after,
        "moved": entry.moved,
        "place": str(place or ""),
        **({"entry": entry.entry} if entry.kind in ("added", "removed") else {}),
        "fields": [_field_data(each, _full(change, entry, each), read) for each in entry.fields],
    }


def _field_data(field: FieldChange, path: Path, read: Read) -> dict[str, Any]:
    place = place_of(read.places, path) if field.after is not None else None
    return {"path": path_text(field.path), "before": field.before, "after": field.after, "place": str(place or "")}


# Marks in a workbook


def marks(difference: Difference, read: Read) -> list[tuple[ChangeKind, Problem]]:
    """What to mark in the workbook of the second plan: each change at its cell, with what stood there; what went has no cell."""
    found: list[tuple[ChangeKind, Problem]] = []
    for fact in difference.facts:
        found.append(("changed", Problem(_was(fact, fact.path), _cell(read, fact.path))))
    for change in difference.lists:
        for entry in change.entries:
            found += _entry_marks(change, entry, read)
    return found


def _entry_marks(change: ListChange, entry: EntryChange, read: Read) -> Iterator[tuple[ChangeKind, Problem]]:
    name = entry_name(entry.entry, change.path)
    if entry.kind == "removed" or entry.after is None:
        part = Message(part_name(change.path, "zh"), part_name(change.path, "en"))
        yield "removed", Problem(Message(f"{part.zh}：已删除“{name}”", f'{part.en}: "{name}" is gone'))
        return
    place = _cell(read, (*change.path, entry.after))
    if entry.kind == "added":
        yield "added", Problem(Message(f"新增：{name}", f"added: {name}"), place)
    if entry.moved:
        yield "moved", Problem(moved_words(entry), place)
    for field in entry.fields:
        path = _full(change, entry, field)
        yield "changed", Problem(_was(field, path), _cell(read, path))


def _cell(read: Read, path: Path) -> Place | None:
    return place_of(read.places, path)


def _was(field: FieldChange, path: Path) -> Message:
    zh, en = (value_text(path, field.before, language) for language in ("zh", "en"))
    names = field_name(path, "zh"), field_name(path, "en")
    return Message(f"{names[0]} 原值：{zh or '（空）'}", f"{names[1]} was: {en or '(blank)'}")
