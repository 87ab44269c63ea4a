"""The notices of the process as mails, the meetings and the window as calendars."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from relplan.errors import Language, Message
from relplan.model.values import Nothing
from relplan.patterns import regex

if TYPE_CHECKING:
    from relplan.api.going_live import GoLive
    from relplan.model.entries import Participant
    from relplan.process.model import ProcessNotice
    from relplan.writers.calendar import Event

_ADDRESS = regex(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class Notices(Struct, frozen=True):
    """The files of all notices.

    Attributes:
        files: their contents by name: `1-hand-over.eml`, `window.ics`, `meeting-1.ics`.
        without_address: the names of people whom a notice is for and whose contact holds no mail address.
        without_people: the names of roles that no participant has.
    """

    files: Mapping[str, bytes]
    without_address: tuple[str, ...] = ()
    without_people: tuple[Message, ...] = ()


def notices(carried: GoLive, *, language: Language | None = None, date: dt.date | None = None) -> Notices:
    """Every notice of the process as a draft mail, with what goes with it; the window and the meetings as calendars.

    Args:
        carried: the plan with its process and its log.
        language: of the words; None: the plan's own.
        date: that documents and calendars bear; None: documents bear none, calendars that of the window.

    Raises:
        TemplateError: a template is wrong, or a notice attaches a document that there is not.
    """
    words = language or carried.plan.language
    made = _Made(carried, words, date)
    files = {f"{number}-{each.id}.eml": made.mail(each) for number, each in enumerate(carried.process.notices, 1)}
    return Notices({**files, **made.calendars()}, tuple(made.without_address), tuple(made.without_people.values()))


class _Made:
    """Makes the files, each attached document once."""

    def __init__(self, carried: GoLive, language: Language, date: dt.date | None) -> None:
        self._carried, self._language, self._date = carried, language, date
        self.without_address: dict[str, None] = {}
        self.without_people: dict[str, Message] = {}
        self._attachment = functools.cache(self._rendered)

    def mail(self, notice: ProcessNotice) -> bytes:
        """One notice as a mail."""
        from relplan.api.rendering import document
        from relplan.writers.mail import Mail, write

        plan = self._carried.plan
        body = document(plan, "notices", language=self._language, golive=self._carried, notice=notice.id)
        sender = self._people((notice.sender,))
        mail = Mail(
            self._carried.papers(self._language).filled(notice.subject),
            body,
            sender[0] if len(sender) == 1 else None,
            self._people(notice.to),
            self._people(notice.cc),
            [self._attachment(each) for each in notice.attach],
        )
        return write(mail)

    def _rendered(self, name: str) -> tuple[str, bytes]:
        from relplan.api.rendering import documents, render

        plan = self._carried.plan
        content = render(plan, name, "docx", language=self._language, date=self._date, golive=self._carried)
        titles = {each.name: each.title_zh if self._language == "zh" else each.title_en for each in documents()}
        words = " ".join(word for word in (plan.product, plan.version, titles.get(name, name)) if word)
        return re.sub(r'[\\/:*?"<>|\s]+', " ", words).strip() + ".docx", content

    def _people(self, roles: tuple[str, ...]) -> list[tuple[str, str]]:
        """The names and addresses of those in the roles; who has none is noted."""
        from relplan.process.items import people_of

        found: dict[str, str] = {}
        for role in roles:
            people = people_of(self._carried.plan, self._carried.process, role)
            if not people:
                self.without_people[role] = self._carried.process.roles[role].name.message
            for person in people:
                if address := address_of(person):
                    found.setdefault(address, person.name or address)
                else:
                    self.without_address[person.name or "?"] = None
        return [(name, address) for address, name in found.items()]

    def calendars(self) -> dict[str, bytes]:
        """The window with the deadline, and each meeting that has a time."""
        from relplan.process.log import release_name
        from relplan.writers.calendar import write

        plan = self._carried.plan
        release = release_name(plan.product, plan.version)
        files = {}
        for name, events in (("window.ics", list(self._window())), *self._meetings()):
            if events:
                stamp = dt.datetime.combine(self._date, dt.time(), dt.UTC) if self._date else events[0].start
                files[name] = write(events, release, plan.time_zone, stamp)
        return files

    def _window(self) -> Iterator[Event]:
        from relplan.process.decision import deadline_of
        from relplan.writers.calendar import Event

        plan, papers = self._carried.plan, self._carried.papers(self._language)
        if isinstance(plan.window.start, dt.datetime):
            end = plan.at(plan.window.end) if isinstance(plan.window.end, dt.datetime) else None
            title = Message(f"发布：{papers.release}", f"Release: {papers.release}").text(self._language)
            impact = "" if isinstance(plan.impact, Nothing) else "\n".join(plan.impact)
            yield Event("window", title, plan.at(plan.window.start), end, impact, people=self._all(), alarm=60)
        if deadline := deadline_of(plan):
            title = Message(f"回退时限：{papers.release}", f"Rollback deadline: {papers.release}").text(self._language)
            yield Event("deadline", title, deadline, people=self._all(), alarm=30)

    def _meetings(self) -> Iterator[tuple[str, list[Event]]]:
        from relplan.writers.calendar import Event

        plan = self._carried.plan
        meetings = () if isinstance(plan.meetings, Nothing) else plan.meetings
        for number, each in enumerate(meetings, 1):
            if not isinstance(each.at, dt.datetime):
                continue
            start = plan.at(each.at)
            minutes = each.minutes if isinstance(each.minutes, int) else 60
            topic = each.topic or Message("会议", "Meeting").text(self._language)
            title = " · ".join(word for word in (topic, plan.product, plan.version) if word)
            named = () if isinstance(each.attendees, Nothing) else (*each.chair, *each.attendees)
            people = [pair for pair in self._all() if not named or pair[0] in named]
            yield f"meeting-{number}.ics", [Event(f"meeting {number} {topic}", title, start, start + dt.timedelta(minutes=minutes), location=each.place or "", people=people, alarm=15)]  # fmt: skip

    def _all(self) -> list[tuple[str, str]]:
        participants = self._carried.plan.participants
        people = () if isinstance(participants, Nothing) else participants
        return [(each.name or address, address) for each in people if (address := address_of(each))]


def address_of(person: Participant) -> str:
    """The mail address in someone's contact; blank where it holds none."""
    match = _ADDRESS.search(person.contact or "")
    return match[0] if match else ""
