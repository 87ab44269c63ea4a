"""Mails as `.eml` files (RFC 5322): drafts that a mail program opens, with text, HTML and attachments; the same bytes each time."""

from __future__ import annotations

import datetime as dt
import email.policy
import hashlib
from collections.abc import Iterator, Sequence
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from msgspec import Struct

from relplan.blocks import Document
from relplan.markdown.write import write as markdown
from relplan.writers.html import write as html

_WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
_CALENDAR = ("text", "calendar")
_END = "\r\n"


class Mail(Struct, frozen=True):
    """A mail before it is written.

    Attributes:
        subject: its subject.
        sender, to, cc: people as pairs of name and address.
        body: its words.
        attachments: pairs of file name and content: Word files and calendars.
        date: when it was written; None: the mail program says it when it is sent.
    """

    subject: str
    body: Document
    sender: tuple[str, str] | None = None
    to: Sequence[tuple[str, str]] = ()
    cc: Sequence[tuple[str, str]] = ()
    attachments: Sequence[tuple[str, bytes]] = ()
    date: dt.datetime | None = None


def write(mail: Mail) -> bytes:
    """The mail as a file; `X-Unsent` makes mail programs open it as a draft."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["X-Unsent"] = "1"
    message.set_content(markdown(mail.body).decode())
    message.add_alternative(html(mail.body).decode(), subtype="html")
    for name, content in mail.attachments:
        main, sub = _CALENDAR if name.endswith(".ics") else _WORD
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    _fix_boundaries(message, mail.subject)
    return "".join(_headers(mail)).encode("ascii") + message.as_bytes()


def _headers(mail: Mail) -> Iterator[str]:
    """The headers with words in them. `EmailMessage` would lose the blank between two encoded words when it folds a header."""
    yield f"Subject: {Header(' '.join(mail.subject.split()), 'utf-8', header_name='Subject').encode(linesep=_END)}{_END}"
    for name, people in (("From", [mail.sender] if mail.sender else []), ("To", mail.to), ("Cc", mail.cc)):
        if people:
            yield f"{name}: {f',{_END} '.join(formataddr((' '.join(each.split()), address)) for each, address in people)}{_END}"
    if mail.date:
        yield f"Date: {format_datetime(mail.date)}{_END}"


def _fix_boundaries(message: EmailMessage, subject: str) -> None:
    """Boundaries that depend on nothing but the mail; Python would draw them by lot."""
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=={hashlib.sha256(f'{subject}{number}'.encode()).hexdigest()[:24]}==")
