"""The incident's page: what happened, why, and what did we do about it?

The first screen answers: how bad, when, how long, which services, has it happened before. Compromise: the text that people
wrote stands before the structured parts, because a reader who has none of the fields must still find a whole account.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from kb.catalogue.link import Link
from kb.pages.address import record_uri
from kb.pages.again import Again, again, stood, suggested
from kb.pages.desk import Desk, Page, clock
from kb.pages.rows import promise_mark, severity_mark
from kb.records.model import Event, Postmortem, Record
from kb.records.time import Moment
from kb.text import duration, said

_PHASES = {"detected": "detect", "acknowledged": "respond", "mitigated": "mitigate", "resolved": "resolve"}
_MILESTONES = ("started", "detected", "mitigated", "resolved")


@dataclass(frozen=True, slots=True)
class Phase:
    """From one milestone to the next that is known. `share` is its length in per cent of the whole, at least 1.

    `name` is the phase whose colour it has: "whole" where nothing between start and resolution is known, "mitigate" up to
    a resolution whose mitigation is not. `verb` is what its end did; `when` is the UTC time of that, with the day where
    it is another than the start's.
    """

    name: str
    verb: str
    length: timedelta
    share: float
    end: str
    when: str


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the timeline: an event, a milestone, or both at once. `after` is how long after the start it was."""

    at: Moment | None
    event: Event | None
    milestones: tuple[str, ...]
    day: str
    after: str


def incident_page(desk: Desk, incident: Postmortem, near: tuple[Postmortem | None, Postmortem | None]) -> Page:
    """Return the page of an incident. `near` are the ones before and after it in time."""
    uri = record_uri(incident)
    return Page(
        uri=uri,
        title=incident.title,
        html=lambda: _html(desk, incident, uri, near),
        section="incidents/index",
        source=incident.path,
        description=" ".join((incident.summary or "").split())[:300],
    )


def _html(desk: Desk, incident: Postmortem, uri: str, near: tuple[Postmortem | None, Postmortem | None]) -> str:
    body, headings = desk.body(incident, uri)
    catalogue, said_again = desk.catalogue, again(desk, incident)
    return desk.render(
        "incident.html",
        uri,
        incident=incident,
        mark=severity_mark(incident.severity),
        phases=phases(incident),
        unknown=[said(name) for name in _MILESTONES if getattr(incident, name) is None],
        body=body,
        headings=headings,
        timeline=timeline(incident),
        promises=[(p, promise_mark(p), stood(desk, p)) for p in catalogue.promises_of.get(incident.id, ())],
        playbooks=[(use, catalogue.find(use.id)) for use in incident.playbooks],
        earlier=_earlier(desk, incident, said_again),
        later=[
            catalogue.records[link.source]
            for link in catalogue.incoming(incident.id)
            if link.relation == "recurrence_of"
        ],
        related=_records(desk, incident.related),
        apart=_records(desk, incident.not_related),
        backlinks=backlinks(desk, incident),
        near=near,
        again=said_again,
        suggested=suggested(desk, incident),
    )


def _records(desk: Desk, names: Sequence[str]) -> list[tuple[str, Record | None]]:
    return [(name, desk.catalogue.find(name)) for name in names]


def _earlier(desk: Desk, incident: Postmortem, found: Again | None) -> list[tuple[str, Record | None, str]]:
    """Return what an incident says it repeats, as (name, record, how long after); "" where that is not known."""
    gaps = {one.earlier.id: one.gap for one in found.repeats} if found else {}
    named = _records(desk, incident.recurrence_of)
    return [(name, record, gaps.get(record.id, "") if record else "") for name, record in named]


def backlinks(desk: Desk, record: Record) -> list[tuple[Record, str]]:
    """Return the records that lead here, each once, with how they do.

    Those that this record names in a field of its own stand on its page already, so they are left out, unless they say more
    than that they belong together.
    """
    found: dict[str, Link] = {}
    for link in desk.catalogue.incoming(record.id):
        found.setdefault(link.source, link)
        if found[link.source].relation == "mentions":
            found[link.source] = link
    named = {link.target for link in desk.catalogue.outgoing(record.id) if link.relation != "mentions"}
    return [
        (desk.catalogue.records[source], _relation(link))
        for source, link in found.items()
        if source not in named or link.relation not in ("mentions", "related")
    ]


_RELATIONS = {
    "mentions": "mentions it",
    "related": "related",
    "recurrence_of": "repeats it",
    "playbooks": "used it",
    "incidents": "drawn from it",
    "came_true": "foresaw it",
}


def _relation(link: Link) -> str:
    return f"{link.note}" if link.note else _RELATIONS.get(link.relation, said(link.relation))


def phases(incident: Postmortem) -> list[Phase]:
    """Return the phases between exact milestones, in order; none where fewer than two are exact or they do not ascend."""
    known = [(name, at) for name, at in incident.milestones if at.exact]
    lengths = [at.at - before.at for (_, before), (_, at) in pairwise(known)]
    whole = sum(lengths, timedelta())
    if whole <= timedelta() or known[0][0] != "started" or min(lengths) < timedelta():
        return []
    start, names = known[0][1].day, {name for name, _ in known}
    return [
        Phase(
            name=_phase(end, names),
            verb=_PHASES[end],
            length=length,
            share=max(1.0, round(100 * (length / whole), 2)),
            end=end,
            when=clock(at) if at.day == start else f"{at.day} {clock(at)}",
        )
        for length, (end, at) in zip(lengths, known[1:], strict=True)
    ]


def _phase(end: str, known: set[str]) -> str:
    if end == "resolved" and "mitigated" not in known:
        return "whole" if known == {"started", "resolved"} else "mitigate"
    return _PHASES[end]


def timeline(incident: Postmortem) -> list[Step]:
    """Return the rows of the timeline with the milestones among them, in order of time; rows without a time stay in place."""
    rows = list(_merged(incident))
    start, day, shown = incident.started, "", []
    for at, event, names in rows:
        today = f"{at.utc:%Y-%m-%d}" if at else day
        shown.append(Step(at, event, names, today if today != day else "", _after(start, at)))
        day = today
    return shown


def _merged(incident: Postmortem) -> Iterator[tuple[Moment | None, Event | None, tuple[str, ...]]]:
    if not incident.timeline:
        return
    pending = [(name, at) for name, at in incident.milestones if at.exact]
    for event in incident.timeline:
        at = event.at
        if at is not None and at.exact:
            for name, milestone in [p for p in pending if p[1].at < at.at]:
                yield milestone, None, (name,)
                pending.remove((name, milestone))
        here = tuple(name for name, milestone in pending if at is not None and at.exact and milestone.at == at.at)
        pending = [p for p in pending if p[0] not in here]
        yield at, event, here
    for name, milestone in pending:
        yield milestone, None, (name,)


def _after(start: Moment | None, at: Moment | None) -> str:
    span = at.since(start) if start and at else None
    return f"+{duration(span)}" if span and span > timedelta() else ""
