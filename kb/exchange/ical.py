"""A calendar (RFC 5545): on which day something is due, for whoever subscribes.

Events and no to-dos, because most calendars show only those; each takes a whole day and leaves it free. Compromise: the time at
which an event was written is that of the whole file, so a program sees every event as new each day.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Component, Event, Timezone, TimezoneStandard, vText

_PRODUCT = "-//Afteraction//Due days//EN"
# What the standard keeps out of a text (section 3.1, CONTROL), but for the line ends, and what UTF-8 cannot say.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that is due on a day. `uid` is its own and never changes; `url` is a full address in ASCII, "" for none.

    `description` is plain text, whose lines are kept.
    """

    uid: str
    day: date
    title: str
    description: str
    category: str
    url: str = ""


def content(name: str, description: str, occasions: Iterable[Occasion], today: date) -> bytes:
    """Return the file's content, in UTF-8, in order of day, title and uid.

    Args:
        name: what a calendar program calls it.
        description: what it says of it.
        occasions: no two have the same uid, and none falls on the last day that Python can say.
        today: the day on which it is written.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    # Those of the standard (RFC 7986), and those that most programs read.
    for told, names in ((name, ("name", "x-wr-calname")), (description, ("description", "x-wr-caldesc"))):
        for each in names:
            calendar.add(each, _text(told))
    calendar.add("refresh-interval", _AGAIN, parameters={"VALUE": "DURATION"})
    ordered = sorted(occasions, key=lambda one: (one.day, one.title, one.uid))
    events: list[Component] = [_event(one, today) for one in ordered]
    for part in events or [_utc()]:
        calendar.add_component(part)
    written: bytes = calendar.to_ical(sorted=False)
    return written


def _event(occasion: Occasion, today: date) -> Event:
    event = Event()
    event.add("uid", occasion.uid)
    event.add("dtstamp", datetime.combine(today, time(), UTC))
    event.add("dtstart", occasion.day)
    event.add("dtend", occasion.day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", _text(occasion.title))
    event.add("description", _text(occasion.description))
    event.add("categories", [occasion.category])
    if occasion.url:
        event.add("url", occasion.url)
    return event


def _utc() -> Timezone:
    """Return the definition of UTC: a calendar holds at least one part (section 3.6), and this one shows nothing."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "UTC")
    standard.add("dtstart", datetime(1970, 1, 1))  # in local time, as the standard asks
    standard.add("tzoffsetfrom", timedelta())
    standard.add("tzoffsetto", timedelta())
    zone.add_component(standard)
    return zone


def _text(text: str) -> vText:
    lines = _UNWRITABLE.sub("", text).split("\n")
    return vText("\n".join(" ".join(line.split()) for line in lines))
