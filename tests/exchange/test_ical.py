"""A calendar that keeps the rules of RFC 5545 and that a program reads, whatever its titles hold."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from kb.exchange import ical

from .ical_rules import faults, lines

TODAY = date(2026, 6, 15)
DUE = ical.Occasion("b", date(2026, 7, 1), "Renew, or not; see C:\\new", "Owner: Ada\nState: accepted", "Action")
LINKED = ical.Occasion("a", date(2026, 6, 1), "Überfällig: 刷新", "", "Playbook review", "https://kb.example.org/x/#y")
WILD = st.text(st.characters(codec=None), max_size=120) | st.sampled_from(["\ud800", "\0", "\\n", "\\", "\r\n", "\x85"])


def calendar(*occasions: ical.Occasion, name: str = "Due days", description: str = "As of today") -> bytes:
    return ical.content(name, description, occasions, TODAY)


def read(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def written(text: str) -> str:
    """A text without what a calendar cannot write, blanks as one."""
    kept = [c for c in text if c in "\t\n" or (c >= " " and c != "\x7f" and not "\ud800" <= c <= "\udfff")]
    return "\n".join(" ".join(line.split()) for line in "".join(kept).split("\n"))


@pytest.mark.parametrize("found", [(), (DUE,), (DUE, LINKED)], ids=["empty", "one", "two"])
def test_a_calendar_keeps_the_rules_and_a_program_reads_it(found: tuple[ical.Occasion, ...]) -> None:
    content = calendar(*found)
    assert faults(content) == []
    assert len(read(content)) == len(found)
    assert Calendar.from_ical(content).errors == []


def test_the_rules_find_what_breaks_them() -> None:
    assert faults(calendar(DUE, DUE)) == ["two events are b"]
    unstamped = calendar(DUE).replace(b"DTSTAMP", b"CREATED")
    assert faults(unstamped) == ["an event has 0 of DTSTAMP", "an event is not stamped in UTC"]
    assert faults(calendar(DUE).replace(b"Renew\\,", b"Renew,"))[0].startswith("SUMMARY is not escaped")
    assert faults(calendar(DUE).replace(b"\r\n", b"\n"))[0] == "a line does not end with CRLF"


def test_an_event_takes_a_whole_day_and_leaves_it_free() -> None:
    [event] = read(calendar(DUE))
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 7, 1), date(2026, 7, 2))
    assert event["transp"] == "TRANSPARENT"
    assert event["summary"] == "Renew, or not; see C:\\new"
    assert event["description"] == "Owner: Ada\nState: accepted"
    assert "url" not in event


def test_an_event_is_stamped_with_the_day_and_not_by_the_clock() -> None:
    [event] = read(calendar(DUE))
    assert event["dtstamp"].dt == datetime(2026, 6, 15, tzinfo=UTC)


def test_an_address_stands_as_it_is() -> None:
    assert ("URL", "", "https://kb.example.org/x/#y") in lines(calendar(LINKED))


def test_events_stand_by_day_title_and_uid() -> None:
    again = ical.Occasion("a", DUE.day, DUE.title, "", "Action")
    made = [str(event["uid"]) for event in read(calendar(DUE, again, LINKED))]
    assert made == ["a", "a", "b"]
    assert calendar(DUE, LINKED) == calendar(LINKED, DUE)


def test_a_program_is_told_what_the_calendar_is_and_to_look_again_each_day() -> None:
    content = calendar(name="Doors, gates", description="Open; all")
    said = {name: value for name, _, value in lines(content)}
    assert said["NAME"] == said["X-WR-CALNAME"] == "Doors\\, gates"
    assert said["DESCRIPTION"] == said["X-WR-CALDESC"] == "Open\\; all"
    assert ("REFRESH-INTERVAL", ";VALUE=DURATION", "P1D") in lines(content)


def test_a_calendar_without_events_holds_a_part_that_shows_nothing() -> None:
    content = calendar()
    assert [value for name, _, value in lines(content) if name == "BEGIN"] == ["VCALENDAR", "VTIMEZONE", "STANDARD"]


@pytest.mark.parametrize("day", [date(1000, 1, 1), date(9000, 12, 31), date.max - timedelta(days=1)], ids=str)
def test_any_day_of_a_record_can_be_written(day: date) -> None:
    content = calendar(ical.Occasion("a", day, "A", "", "Action"))
    assert faults(content) == []
    assert [event["dtstart"].dt for event in read(content)] == [day]


@settings(deadline=None)
@given(st.lists(WILD, max_size=4), WILD)
@example(["END:VEVENT\r\nBEGIN:VALARM", "a\\", "x" * 74 + "é", "\\\\n,;"], "\ud800\x0b\n\n:")
def test_any_text_comes_back(titles: list[str], other: str) -> None:
    made = [ical.Occasion(str(n), TODAY + timedelta(days=n), title, title, "Action") for n, title in enumerate(titles)]
    content = calendar(*made, name=other, description=other)
    assert faults(content) == []
    assert [str(event["summary"]) for event in read(content)] == list(map(written, titles))
    assert [str(event["description"]) for event in read(content)] == list(map(written, titles))
