"""Rows: one line for one thing, the same in every list, with what it can be filtered by.

A list is written twice: as HTML in numbered parts that read without script, and as data that the browser filters. Both come
from these rows, so they cannot disagree. Compromise: the data of a list is one script, loaded by its list page only; ten
thousand rows are about 2 MB, 370 kB compressed.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kb.catalogue.catalogue import Catalogue
from kb.catalogue.freshness import Freshness
from kb.catalogue.promise import Promise
from kb.pages.address import Style, record_uri
from kb.records.model import Learning, Playbook, Postmortem, Record
from kb.text import age, duration, said, slug

T = TypeVar("T")

PART = 200
# What the ledger is filtered by, to find the promises that were not kept or not verified when their incident came back.
CAME_BACK = "came back"
_LONGEST = math.log10(14 * 24 * 60)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list.

    `when` is an ISO day or ""; `mark` the name of its sign, `word` what the sign means; `minutes` how long it lasted, for
    the bar; `facets` what it can be filtered by: facet -> names.
    """

    uri: str
    title: str
    when: str
    mark: str
    word: str
    notes: str
    minutes: float | None = None
    aside: str = ""
    fragment: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def bar(self) -> int:
        """The bar's length in per cent, on a logarithmic scale from one minute to two weeks."""
        if self.minutes is None:
            return 0
        return round(100 * min(1.0, max(0.04, math.log10(max(self.minutes, 1)) / _LONGEST)))


def record_row(catalogue: Catalogue, record: Record) -> Row:
    """Return the row of any record."""
    if isinstance(record, Postmortem):
        return incident_row(record)
    if isinstance(record, Playbook):
        return playbook_row(record, catalogue.freshness[record.id])
    assert isinstance(record, Learning)  # noqa: S101  there is no fourth kind
    return learning_row(record)


def incident_row(incident: Postmortem) -> Row:
    """Return the row of an incident."""
    lasted = incident.lasted
    return Row(
        uri=record_uri(incident),
        title=incident.title,
        when=incident.started.day.isoformat() if incident.started else "",
        mark=severity_mark(incident.severity),
        word=incident.severity or "severity unknown",
        notes=_notes(incident.organization, *incident.services[:3], *map(said, incident.causes)),
        minutes=lasted.total_seconds() / 60 if lasted is not None else None,
        aside=duration(lasted) if lasted is not None else "",
        facets={
            "severity": _or_unknown(incident.severity),
            "service": incident.services or ("unknown",),
            "cause": tuple(map(said, incident.causes)) or ("unknown",),
            "team": incident.teams or ("unknown",),
            "organization": _or_unknown(incident.organization),
            "year": _or_unknown(str(incident.started.day.year) if incident.started else None),
            "status": _or_unknown(said(incident.status or "") or None),
        },
    )


def playbook_row(playbook: Playbook, fresh: Freshness) -> Row:
    """Return the row of a playbook, with how current it is."""
    return Row(
        uri=record_uri(playbook),
        title=playbook.title,
        when=playbook.last_reviewed.isoformat() if playbook.last_reviewed else "",
        mark=f"fresh-{fresh.state}",
        word=fresh.state if fresh.state != "unknown" else "review unknown",
        notes=_notes(fresh.reason, playbook.owner, *playbook.services[:3]),
        facets={
            "state": (fresh.state,),
            "service": playbook.services or ("any",),
            "owner": _or_unknown(playbook.owner),
        },
    )


def learning_row(learning: Learning) -> Row:
    """Return the row of a learning."""
    kind = said(learning.kind or "learning")
    return Row(
        uri=record_uri(learning),
        title=learning.title,
        when=learning.date.isoformat() if learning.date else "",
        mark="learning",
        word=kind,
        notes=_notes(*learning.services[:3], *map(said, learning.causes)),
        facets={
            "kind": (kind,),
            "service": learning.services or ("any",),
            "cause": tuple(map(said, learning.causes)) or ("any",),
        },
    )


def promise_row(promise: Promise, record: Record, stood: Sequence[tuple[str, Postmortem]] | None = None) -> Row:
    """Return the row of an action in the ledger.

    `stood` is how it stood each time its incident came back, with the later incident; None where nothing is said of that.
    """
    action = promise.action
    return Row(
        uri=record_uri(record),
        fragment=f"action-{slug(action.id)}" if action.id else "actions",
        title=action.title or action.id,
        when=action.opened.isoformat() if action.opened else "",
        mark=promise_mark(promise),
        word="overdue" if promise.is_overdue else said(promise.state),
        notes=_notes(
            _came_back(stood or ()),
            f"owner {action.owner or 'unknown'}",
            said(action.kind or ""),
            record.title,
            action.reason,
        ),
        aside=_ageing(promise),
        facets={
            "state": ("overdue" if promise.is_overdue else said(promise.state),),
            "owner": _or_unknown(action.owner),
            "kind": _or_unknown(said(action.kind or "") or None),
            "year": _or_unknown(str(action.opened.year) if action.opened else None),
            **({} if stood is None else {CAME_BACK: _while(stood)}),
        },
    )


def _came_back(stood: Sequence[tuple[str, Postmortem]]) -> str:
    """Return "not verified when it came back on 2017-01-01, open when it came back on 2019-05-01"."""
    days = [(then, f"on {later.started.day}" if later.started else "on an unknown day") for then, later in stood]
    return ", ".join(f"{then} when it came back {day}" for then, day in days)


def _while(stood: Sequence[tuple[str, Postmortem]]) -> tuple[str, ...]:
    return ("yes", *dict.fromkeys(f"while {then}" for then, _ in stood)) if stood else ("no",)


def _ageing(promise: Promise) -> str:
    if promise.is_overdue and promise.late is not None:
        return f"{age(promise.late)} late"
    if promise.is_open and promise.age is not None:
        return f"open {age(promise.age)}"
    return ""


def promise_mark(promise: Promise) -> str:
    """Return the name of a promise's sign."""
    known = ("proposed", "accepted", "in_progress", "done", "declined")
    return "overdue" if promise.is_overdue else promise.state if promise.state in known else "unknown"


def severity_mark(severity: str | None) -> str:
    """Return the name of a severity's sign."""
    return severity if severity in ("sev1", "sev2", "sev3", "sev4", "sev5") else "unknown"


def _notes(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _or_unknown(name: str | None) -> tuple[str, ...]:
    return (name or "unknown",)


def parts(rows: Sequence[T], size: int = PART) -> Iterator[tuple[int, Sequence[T]]]:
    """Cut rows into numbered parts, from 1; an empty list is one empty part."""
    for number, start in enumerate(range(0, max(len(rows), 1), size), 1):
        yield number, rows[start : start + size]


def script(name: str, rows: Sequence[Row], style: Style) -> bytes:
    """Return the rows as a script that hands them to the page: names once, each row an array of what it shows.

    A script and not JSON, because a page opened from a folder on disk may load the one and not the other.
    """
    facets = list(rows[0].facets) if rows else []
    values = {facet: _by_use(rows, facet) for facet in facets}
    places = {facet: {name: place for place, name in enumerate(names)} for facet, names in values.items()}
    marks = sorted({(row.mark, row.word) for row in rows})
    mark_places = {mark: place for place, mark in enumerate(marks)}
    data = {
        "facets": [[facet, values[facet]] for facet in facets],
        "marks": marks,
        "rows": [
            [
                style.url(row.uri) + (f"#{row.fragment}" if row.fragment else ""),
                row.title,
                row.when,
                mark_places[row.mark, row.word],
                row.notes,
                row.bar,
                row.aside,
                [[places[facet][name] for name in row.facets[facet]] for facet in facets],
            ]
            for row in rows
        ],
    }
    # No `<` as such, so that the script stays harmless wherever it is put.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f"kbList({json.dumps(name)},{text});\n".encode()


def _by_use(rows: Sequence[Row], facet: str) -> list[str]:
    uses: dict[str, int] = {}
    for row in rows:
        for name in row.facets[facet]:
            uses[name] = uses.get(name, 0) + 1
    if facet in ("severity", "year"):
        return sorted(uses, reverse=facet == "year")
    return sorted(uses, key=lambda name: (-uses[name], name))
