"""What readers subscribe to: a feed of incidents, one of learnings, and a calendar of what is due.

A subscription is known by ids that must stay the same from one build to the next. They are made of the address of the site, or of
its name where the address is unknown, and of the record's id. Compromise: a record that gets another id is a new one to a
subscriber, and so is everything when the site moves.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date
from functools import cached_property
from html import escape
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from kb.catalogue.catalogue import Catalogue
from kb.catalogue.promise import Promise
from kb.exchange import atom
from kb.pages.address import record_uri, reference_uri
from kb.pages.desk import Desk
from kb.records.model import Learning, Playbook, Postmortem, Record
from kb.text import age, said

# The library takes a tenth of a second to load; a site where nothing is due is spared that.
if TYPE_CHECKING:
    from kb.exchange.ical import Occasion

INCIDENTS = "feeds/incidents.xml"
LEARNINGS = "feeds/learnings.xml"
DUE = "feeds/due.ics"
MOST_ENTRIES = 50
# More would be larger than the megabyte that some calendars take.
MOST_OCCASIONS = 1000

_LONGEST_TITLE, _LONGEST_SUMMARY = 300, 2000
# Material takes each link that is an alternate and nothing else for one to another language, and asks for a sitemap beside it.
_REL = "alternate feed"
_SAFE = ":/?#[]@!$&'()*+,;=%~"


def follow_due(catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """Return the link to the calendar, as (label, uri of the file); none where the records name no day."""
    return (("Calendar of due days", DUE),) if _has_days(catalogue) else ()


def _has_days(catalogue: Catalogue) -> bool:
    # Whatever became of the actions: a subscription does not end when the last of them is done.
    return any(p.action.due for p in catalogue.promises) or any(review_day(p) for p in catalogue.playbooks)


def review_day(playbook: Playbook) -> date | None:
    """Return the day on which a playbook should be read through again; None where that is unknown or beyond all calendars."""
    if playbook.last_reviewed is None or playbook.review_every is None:
        return None
    try:
        day = playbook.last_reviewed + playbook.review_every
    except OverflowError:
        return None
    # An event ends on the next day, which the last of all years may not have.
    return day if day.year < MAXYEAR else None


def updated(record: Record) -> date | None:
    """Return the day on which a record was news, in UTC; None where none is known.

    For an incident it is the day its report was published, else the latest of its milestones; for a learning, its own day.
    """
    if isinstance(record, Postmortem):
        return record.published or max((at.day for _, at in record.milestones), default=None)
    return record.when.day if record.when else None


@dataclass(frozen=True)
class Feeds:
    """What a site called `name`, which lies at `address` ("" where nobody knows), offers to subscribers."""

    desk: Desk
    name: str = ""
    address: str = ""

    def head(self, uri: str) -> str:
        """Return the HTML by which a browser or a reader finds the feeds, for the head of the page at `uri`."""
        top = self.desk.style.top(uri)
        return "".join(
            f'<link rel="{_REL}" type="application/atom+xml" title="{escape(self._called(what))}" href="{top}{feed}">\n'
            for what, feed in (("incidents", INCIDENTS), ("learnings", LEARNINGS))
        )

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield (uri, content) of each file: two feeds, and the calendar where the records name a day."""
        catalogue = self.desk.catalogue
        yield INCIDENTS, self._feed("incidents", INCIDENTS, catalogue.incidents)
        yield LEARNINGS, self._feed("learnings", LEARNINGS, catalogue.learnings)
        if _has_days(catalogue):
            yield DUE, self._calendar()

    def _called(self, what: str) -> str:
        return f"{self.name}: {what}" if self.name else what.capitalize()

    def _feed(self, what: str, uri: str, records: Sequence[Record]) -> bytes:
        # The sort leaves those of one day in the order of their list.
        dated = sorted(
            ((day, record) for record in records if (day := updated(record))), key=lambda one: one[0], reverse=True
        )
        return atom.content(
            atom.Feed(
                id=self._id("feed", what).urn,
                title=self._called(what),
                author=self.name,
                page=self._to(f"{what}/index"),
                itself=self._full(uri) or uri.rpartition("/")[2],
                today=self.desk.catalogue.today,
                entries=tuple(self._entry(record, day) for day, record in islice(dated, MOST_ENTRIES)),
            )
        )

    def _entry(self, record: Record, day: date) -> atom.Entry:
        return atom.Entry(
            id=self._id(record.kind_of_record, record.id).urn,
            title=_cut(record.title or record.id, _LONGEST_TITLE),
            link=self._to(record_uri(record)),
            updated=day,
            summary=self._plain(record.summary, _LONGEST_SUMMARY),
            authors=record.authors,
            terms=tuple((word, said(word)) for word in dict.fromkeys(_terms(record)) if word),
        )

    def _calendar(self) -> bytes:
        from kb.exchange import ical

        today = self.desk.catalogue.today
        found: list[tuple[date, str, Promise | Playbook]] = [*self._actions(), *self._reviews()]
        found.sort(key=lambda one: (abs(one[0] - today), one[1]))
        about = f"Open actions and reviews of playbooks, as of {today}."
        if len(found) > MOST_OCCASIONS:
            about += f" {len(found) - MOST_OCCASIONS:,} further away from that day are left out."
        made = [self._occasion(*one) for one in found[:MOST_OCCASIONS]]
        return ical.content(self._called("due days"), about, made, today)

    def _actions(self) -> Iterator[tuple[date, str, Promise]]:
        """Yield (day, uid, promise) of each open action with a day."""
        seen: Counter[tuple[str, ...]] = Counter()
        for promise in self.desk.catalogue.promises:
            name = (promise.record, promise.action.id, "" if promise.action.id else promise.action.title)
            seen[name] += 1
            if promise.is_open and promise.action.due:
                yield promise.action.due, str(self._id("action", *name, str(seen[name]))), promise

    def _reviews(self) -> Iterator[tuple[date, str, Playbook]]:
        """Yield (day, uid, playbook) of each next review."""
        for playbook in self.desk.catalogue.playbooks:
            if day := review_day(playbook):
                yield day, str(self._id("review", playbook.id)), playbook

    def _occasion(self, day: date, uid: str, due: Promise | Playbook) -> "Occasion":
        return self._review(day, uid, due) if isinstance(due, Playbook) else self._action(day, uid, due)

    def _action(self, day: date, uid: str, promise: Promise) -> "Occasion":
        from kb.exchange.ical import Occasion

        action, record = promise.action, self.desk.catalogue.records[promise.record]
        what = self._plain(action.title or action.id, _LONGEST_TITLE)
        link = self._full(self._url(reference_uri(record, action.id)))
        told = _lines(
            f"{age(promise.late)} late" if promise.is_overdue and promise.late else "",
            f"Owner: {action.owner or 'unknown'}",
            f"State: {said(promise.state)}",
            f"Ticket: {action.ticket}" if action.ticket else "",
            f"Promised in: {_cut(record.title, _LONGEST_TITLE)} ({promise.name})",
            link,
        )
        title = f"{'Overdue: ' if promise.is_overdue else ''}{what}{_by(action.owner)}"
        return Occasion(uid, day, title, told, "Action", link)

    def _review(self, day: date, uid: str, playbook: Playbook) -> "Occasion":
        from kb.exchange.ical import Occasion

        late = (self.desk.catalogue.today - day).days
        link = self._full(self._url(record_uri(playbook)))
        told = _lines(
            f"{age(late)} late" if late > 0 else "",
            f"Owner: {playbook.owner or 'unknown'}",
            f"Last reviewed: {playbook.last_reviewed}",
            link,
        )
        what = "Overdue playbook review" if late > 0 else "Playbook review"
        title = f"{what}: {_cut(playbook.title, _LONGEST_TITLE)}{_by(playbook.owner)}"
        return Occasion(uid, day, title, told, "Playbook review", link)

    @cached_property
    def _base(self) -> str:
        address = self.address.rstrip("/")
        return f"{quote(address, safe=_SAFE, errors='replace')}/" if address else ""

    @cached_property
    def _space(self) -> UUID:
        return uuid5(NAMESPACE_URL, self._base or json.dumps(["afteraction", self.name]))

    def _id(self, *parts: str) -> UUID:
        # As JSON, two lists of parts are never written alike, and any text can be written.
        return uuid5(self._space, json.dumps(parts))

    def _url(self, uri: str) -> str:
        """Return the address of a page, from the top of the site, in ASCII."""
        return quote(self.desk.style.url(uri), safe="/#")

    def _full(self, url: str) -> str:
        """Return the full address of what lies at `url`, "" where nobody knows the site's."""
        return self._base + url if self._base else ""

    def _to(self, uri: str) -> str:
        """Return the address of a page: full, else as it is seen from a feed."""
        url = self._url(uri)
        return self._full(url) or f"../{url}"

    def _plain(self, text: str | None, most: int) -> str:
        """Return a sentence of a record as text without marks, on one line."""
        return _cut(self.desk.markup.inline(text, "").striptags(), most)


def _terms(record: Record) -> tuple[str, ...]:
    if isinstance(record, Postmortem):
        return (record.severity or "", *record.services, *record.causes)
    assert isinstance(record, Learning)  # noqa: S101  there is no feed of playbooks
    return (record.kind or "", *record.services, *record.causes)


def _by(owner: str | None) -> str:
    return f" ({owner})" if owner else ""


def _lines(*lines: str) -> str:
    return "\n".join(" ".join(line.split()) for line in lines if line)


def _cut(text: str, most: int) -> str:
    told = " ".join(text.split())
    return told if len(told) <= most else f"{told[:most].rsplit(' ', 1)[0]} ..."
