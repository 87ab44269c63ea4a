"""Findings as a document: Markdown for a pull request or a mail, and any other format that writers make of blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from relplan.blocks import (
    Block,
    Cell,
    Document,
    Heading,
    InlineCode,
    List,
    ListItem,
    Mark,
    Paragraph,
    Strong,
    Table,
    TableColumn,
    Text,
    Tone,
)
from relplan.errors import Language, Message
from relplan.findings import Checked, Exempted, Finding, Severity
from relplan.markdown.write import write as write_markdown
from relplan.writers.findings.options import DEFAULT, ReportOptions
from relplan.writers.findings.places import file_of, located, within
from relplan.writers.findings.wording import (
    EXEMPTED,
    FAULTS,
    NONE_FOUND,
    NOT_RUN,
    TITLE,
    WHOLE_FILE,
    cure,
    exemption,
    one_line,
    said,
    skipped,
    skipped_line,
    summary,
)

_TONES: Final[dict[Severity, Tone]] = {Severity.ERROR: "critical", Severity.WARNING: "medium", Severity.ADVICE: "low"}
_PLACE: Final = Message("位置", "Place"), 14
_SEVERITY: Final = Message("级别", "Severity"), 10
_CODE: Final = Message("编号", "Code"), 11
_WHAT: Final = Message("问题", "What is wrong"), 40
_CURE: Final = Message("怎么改", "What to do"), 28
_REASON: Final = Message("理由", "Reason"), 28


def write(checks: Sequence[Checked], language: Language, options: ReportOptions = DEFAULT) -> bytes:
    """The findings as GitHub Flavored Markdown."""
    return write_markdown(document(checks, language))


def document(checks: Sequence[Checked], language: Language) -> Document:
    """The findings as a document: the counts, a table for each file, what is exempted, and rules that have not run."""
    return Document(TITLE.text(language), language, tuple(_blocks(checks, language)))


def _blocks(checks: Sequence[Checked], language: Language) -> Iterator[Block]:
    yield Heading(1, (Text(TITLE.text(language)),))
    yield Paragraph((Strong((Text(summary(checks, language)),)),))
    for checked in checks:
        yield from _file(checked, language)
    for title, faults in ((NOT_RUN, False), (FAULTS, True)):
        lines = [skipped_line(*group, language) for group in skipped(checks, faults=faults)]
        if lines:
            yield Heading(2, (Text(title.text(language)),))
            yield List(tuple(ListItem((Paragraph((Text(line),)),)) for line in lines))


def _file(checked: Checked, language: Language) -> Iterator[Block]:
    stage = checked.stage.zh if language == "zh" else checked.stage.en
    name = one_line(file_of(checked))
    brackets = "{}（{}）" if language == "zh" else "{} ({})"
    yield Heading(2, (Text(brackets.format(name, stage) if name else stage),))
    if checked.findings:
        rows = tuple(_row(checked, each, language) for each in checked.findings)
        yield Table(_columns((_PLACE, _SEVERITY, _CODE, _WHAT, _CURE), language), rows)
    else:
        yield Paragraph((Text(NONE_FOUND.text(language)),))
    if checked.exempted:
        yield Heading(3, (Text(EXEMPTED.text(language)),))
        exempted = tuple(_exempted(checked, each, language) for each in checked.exempted)
        yield Table(_columns((_PLACE, _CODE, _WHAT, _REASON), language), exempted)


def _columns(wanted: Sequence[tuple[Message, int]], language: Language) -> tuple[TableColumn, ...]:
    return tuple(TableColumn(header.text(language), width) for header, width in wanted)


def _row(checked: Checked, finding: Finding, language: Language) -> tuple[Cell, ...]:
    mark = Mark(finding.severity.label(language), _TONES[finding.severity])
    spot, code = _spot(checked, finding, language), (InlineCode(finding.code),)
    return (spot, (mark,), code, said(finding, language), cure(finding, language))


def _exempted(checked: Checked, exempted: Exempted, language: Language) -> tuple[Cell, ...]:
    finding = exempted.finding
    spot, code = _spot(checked, finding, language), (InlineCode(finding.code),)
    return (spot, code, said(finding, language), exemption(exempted, language))


def _spot(checked: Checked, finding: Finding, language: Language) -> str:
    """Where a finding is in the file of the heading above; with its own file where that is another."""
    place = located(checked, finding.place)
    if place.file != file_of(checked):
        return one_line(str(place))
    if place.line and not place.column and not place.cell:
        return f"第 {place.line} 行" if language == "zh" else f"line {place.line}"
    return one_line(within(place)) or WHOLE_FILE.text(language)
