"""Notices as mails and calendars: the right people, words and attachments; read back by independent parsers; the same bytes."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import zoneinfo
from email.message import EmailMessage

import icalendar
import mammoth
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relplan import api
from relplan.model.plan import ReleasePlan
from relplan.writers import calendar

PLAN = ReleasePlan(
    product="商城 Shop 平台", version="2.0", window="2026-08-20 22:00 - 2026-08-21 02:00",
    participants=[
        {"name": "李 雷", "roles": ["运维"], "contact": "李雷 <li@example.com>，分机 12"},
        {"name": "Han", "roles": ["测试"], "contact": "han@example.com"},
        {"name": "王五", "roles": ["开发"], "contact": "内线 8001"},
        {"name": "DBA 赵", "roles": ["DBA"], "contact": "zhao@example.com"},
    ],
    deployment=[{"text": "执行脚本", "owner": "DBA 赵"}, {"text": "部署", "owner": "李 雷"}],
    table=[{"system": "支付", "version": "1.2", "branch": "release/1.2"}],
    rollback={"deadline": "2026-08-21 01:00"},
    meetings=[{"topic": "部署大会", "at": "2026-08-19 15:00", "minutes": 45, "place": "三号会议室; 2 楼, 东", "attendees": ["Han"]}],
)  # fmt: skip


@pytest.fixture(scope="module")
def made() -> api.Notices:
    return api.notices(api.golive(PLAN))


def mail(made: api.Notices, name: str) -> EmailMessage:
    found = next(data for file, data in made.files.items() if file.endswith(f"-{name}.eml"))
    parsed = email.message_from_bytes(found, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_there_is_a_mail_for_each_event(made):
    names = [file for file in made.files if file.endswith(".eml")]
    assert names == [f"{n}-{each.id}.eml" for n, each in enumerate(api.process().notices, 1)]
    assert {"window.ics", "meeting-1.ics"} <= set(made.files)


def test_the_order_goes_to_operations_and_the_dba(made):
    order = mail(made, "order")
    assert order["subject"] == "【上线】商城 Shop 平台 2.0，2026-08-20 22:00 – 2026-08-21 02:00"
    assert [each.addr_spec for each in order["to"].addresses] == ["li@example.com", "zhao@example.com"]
    assert order["to"].addresses[0].display_name == "李 雷"
    assert order["from"].addresses[0].addr_spec == "han@example.com"
    assert order["x-unsent"] == "1"
    text = order.get_body(("plain",)).get_content()
    assert "release/1.2" in text and "回退时限 2026-08-21 01:00" in text
    assert "release/1.2" in order.get_body(("html",)).get_content()
    attached = list(order.iter_attachments())
    assert [each.get_filename() for each in attached] == [
        "商城 Shop 平台 2.0 上线方案.docx",
        "商城 Shop 平台 2.0 运行单.docx",
    ]
    words = mammoth.extract_raw_text(io.BytesIO(attached[0].get_content())).value
    assert "release/1.2" in words


def test_the_dba_answers_with_the_results_of_their_steps(made):
    text = mail(made, "dba-done").get_body(("plain",)).get_content()
    assert "执行脚本" in text and "| V.2" not in text


def test_who_cannot_be_reached_is_told(made):
    assert made.without_address == ("王五",)
    assert "Technical lead" in [each.en for each in made.without_people]


def test_the_same_bytes_each_time(made):
    assert dict(api.notices(api.golive(PLAN)).files) == dict(made.files)


def test_the_window_and_the_meeting_are_calendars(made):
    window, deadline = icalendar.Calendar.from_ical(made.files["window.ics"]).walk("VEVENT")
    zone = zoneinfo.ZoneInfo("Asia/Shanghai")
    assert window.decoded("DTSTART") == dt.datetime(2026, 8, 20, 22, tzinfo=zone)
    assert window.decoded("DTEND") == dt.datetime(2026, 8, 21, 2, tzinfo=zone)
    assert deadline.decoded("DTSTART") == dt.datetime(2026, 8, 21, 1, tzinfo=zone) and "DTEND" not in deadline
    (meeting,) = icalendar.Calendar.from_ical(made.files["meeting-1.ics"]).walk("VEVENT")
    assert meeting.decoded("DTEND") - meeting.decoded("DTSTART") == dt.timedelta(minutes=45)
    assert str(meeting["LOCATION"]) == "三号会议室; 2 楼, 东"
    assert str(meeting["ATTENDEE"]) == "mailto:han@example.com"
    for name in ("window.ics", "meeting-1.ics"):
        assert all(len(line) <= 75 for line in made.files[name].split(b"\r\n"))


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
)
@pytest.mark.parametrize("month", [1, 3, 7, 11])
def test_moments_mean_the_same_in_every_zone(zone, month):
    start = dt.datetime(2026, month, 8, 22, 30, tzinfo=zoneinfo.ZoneInfo(zone))
    event = calendar.Event("window", "x", start, start + dt.timedelta(hours=30))
    read = icalendar.Calendar.from_ical(calendar.write([event], "Shop 2.0", zone, start))
    (found,) = read.walk("VEVENT")
    assert found.decoded("DTSTART").timestamp() == start.timestamp()
    (known,) = read.walk("VTIMEZONE")
    assert known.to_tz().utcoffset(start.replace(tzinfo=None)) == start.utcoffset()


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])))
def test_any_words_come_back_from_a_calendar(words):
    start = dt.datetime(2026, 8, 20, tzinfo=dt.UTC)
    data = calendar.write([calendar.Event("x", words, start, description=words + "\nb")], "r", "UTC", start)
    (found,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert str(found["SUMMARY"]) == words
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
