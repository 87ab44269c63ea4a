"""Words and inline content as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from msgspec import Struct

from relplan.blocks import (
    Anchor,
    Checkbox,
    Document,
    Emphasis,
    Inline,
    InlineCode,
    LineBreak,
    Link,
    Mark,
    Strike,
    Strong,
    Text,
    Tone,
    one_kind_of_line_end,
    plain,
)
from relplan.errors import Message
from relplan.links import is_safe
from relplan.patterns import regex
from relplan.writers import LATIN, SHORT_WORD

_DONE: Final = Message("已勾选", "Done")
_OPEN: Final = Message("未勾选", "Open")


class Page(Struct):
    """What blocks need to know of the page, and what was counted so far."""

    document: Document
    heading: str = ""
    tables: int = 0

    def say(self, message: Message) -> str:
        """A word of the page's own, in the document's language."""
        return message.text(self.document.language)


def inline_html(content: Iterable[Inline], page: Page, *, in_link: bool = False) -> str:
    """Inline content as HTML; in a link there is no other link, and an unsafe link is its words."""
    return "".join([_one(each, page, in_link) for each in content])


def _one(inline: Inline, page: Page, in_link: bool) -> str:
    match inline:
        case Text(text):
            return words_html(text)
        case Anchor(name):
            return f'<a id="{escape(name)}"></a>'
        case Strong(content):
            return f"<strong>{inline_html(content, page, in_link=in_link)}</strong>"
        case Emphasis(content):
            return f"<em>{inline_html(content, page, in_link=in_link)}</em>"
        case Strike(content):
            return f"<s>{inline_html(content, page, in_link=in_link)}</s>"
        case InlineCode(text):
            return f"<code>{words_html(text)}</code>"
        case Link(target, content):
            words = inline_html(content, page, in_link=True)
            return words if in_link or not is_safe(target) else f'<a href="{escape(target)}">{words}</a>'
        case LineBreak():
            return "<br>"
        case Checkbox(checked):
            name = page.say(_DONE if checked else _OPEN)
            return f'<span class="box" role="img" aria-label="{name}">{plain((inline,))}</span>'
        case Mark(text, tone):
            return mark_html(text, tone)


def mark_html(text: str, tone: Tone) -> str:
    """A word in the looks of its tone."""
    return f'<span class="mark {tone}">{words_html(text)}</span>'


_WORD: Final = regex(f"[{LATIN}]+")
_LONG_WORD: Final = regex(f"[{LATIN}]{{{SHORT_WORD + 1},}}")
_BREAKS: Final = regex(r"(?<![/_.,()-])[/_.,()-]+(?=[^/_.,()-])|[^/_.,()-]{16}(?=[^/_.,()-]{16})")
"""Where a long word may be broken: behind these signs; where there are none for as long as in a checksum, in groups of 16."""
_BREAK: Final = "\0"


def words_html(text: str) -> str:
    """Words as HTML, a line end as `<br>`; where long words may be broken a `<wbr>`, which no one copies."""
    if len(text) > SHORT_WORD and _LONG_WORD.search(text):
        return _escaped(_with_breaks(text)).replace(_BREAK, "<wbr>")
    return _escaped(text)


def unbroken(text: str) -> list[str]:
    """What no line of a text is to be broken in."""
    return [piece for word in _WORD.findall(text) for piece in _with_breaks(word).split(_BREAK)]


def _with_breaks(text: str) -> str:
    return _LONG_WORD.sub(lambda word: _BREAKS.sub(rf"\g<0>{_BREAK}", word[0]), text)


def _escaped(text: str) -> str:
    text = escape(text, quote=False)
    return one_kind_of_line_end(text).replace("\n", "<br>") if "\n" in text or "\r" in text else text
