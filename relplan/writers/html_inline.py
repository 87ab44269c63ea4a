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
    plain,
)
from relplan.errors import Message
from relplan.links import is_safe

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


def words_html(text: str) -> str:
    """Words as HTML, a line end as `<br>`."""
    text = escape(text, quote=False)
    return one_kind_of_line_end(text).replace("\n", "<br>") if "\n" in text or "\r" in text else text


def one_kind_of_line_end(text: str) -> str:
    """Text with `\n` as its only line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
