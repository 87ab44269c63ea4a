"""A form with comments at the places where its tags are wrong; what stands outside the text is said at its beginning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from lxml import etree

from relplan.errors import Problem
from relplan.office.word.package import Changes, Source
from relplan.writers.docx.markup import W, attribute, escape

_W: Final = f"{{{W}}}"
_AUTHOR: Final = "relplan"


def with_comments(source: Source, problems: Sequence[Problem]) -> bytes:
    """The form with a comment for each problem; as it is where there is none.

    Raises:
        TemplateError: the form cannot be read.
    """
    if not problems:
        return source.data
    root = source.parsed(source.main)
    paragraphs = list(root.iter(f"{_W}p"))
    changes = Changes(source)
    rows = []
    for number, each in enumerate(problems, changes.first_comment()):
        place = each.place
        in_body = place is not None and place.sheet.startswith("body") and 0 < place.line <= len(paragraphs)
        paragraph = paragraphs[place.line - 1] if place and in_body else paragraphs[0] if paragraphs else None
        if paragraph is not None:
            _mark(paragraph, number)
        rows.append(_comment(number, each, with_place=not in_body))
    changes.parts[source.main] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    changes.add_comments("".join(rows))
    return source.as_form(changes.parts)


def _mark(paragraph: Any, number: int) -> None:
    """Put the two ends of a comment around the words of a paragraph."""
    identity = {f"{_W}id": str(number)}
    properties = paragraph.find(f"{_W}pPr")
    start = etree.Element(f"{_W}commentRangeStart", identity)
    if properties is None:
        paragraph.insert(0, start)
    else:
        properties.addnext(start)
    run = etree.Element(f"{_W}r")
    run.append(etree.Element(f"{_W}commentReference", identity))
    paragraph.append(etree.Element(f"{_W}commentRangeEnd", identity))
    paragraph.append(run)


def _comment(number: int, found: Problem, with_place: bool) -> str:
    """A comment: what is wrong, in both languages, and with `with_place` where."""
    place = f"{found.place.sheet}: " if with_place and found.place else ""
    lines = (f"{place}{found.message.zh}", f"{place}{found.message.en}")
    words = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in lines)
    return f"<w:comment w:id={attribute(str(number))} w:author={attribute(_AUTHOR)} w:initials={attribute('R')}>{words}</w:comment>"
