"""What incidents say of themselves: how long they took, what set them off, who was involved, when they were written up.

Compromise: nothing is guessed. A span of which one end is known by its day alone is unknown, and so is a change without a
time.
"""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from kb.catalogue.catalogue import Catalogue
from kb.records.model import Change, Postmortem
from kb.records.time import Moment
from kb.text import slug
from kb.trends.model import Changes, People, Reports, Shares
from kb.trends.shares import interval, shares

# The ends that are measured from the start of the impact, by what they are called.
ENDS: Mapping[str, Callable[[Postmortem], Moment | None]] = {
    "detect": lambda one: one.detected,
    "mitigate": lambda one: one.mitigated,
    "resolve": lambda one: one.resolved,
}
# A change this long before the start is counted.
HOUR = timedelta(hours=1)
# What an incident says that judges its safeguards and calls none missing.
NONE_NAMED = "none_named"


@dataclass(frozen=True, slots=True)
class Spans:
    """The spans that are known, as (incident, day of the start, seconds), and how many are not, the impossible ones included."""

    known: tuple[tuple[str, date, float], ...]
    unknown: int
    impossible: int


def spans(incidents: Sequence[Postmortem], end: Callable[[Postmortem], Moment | None]) -> Spans:
    """Measure incidents from their start to an end. One that certainly lies before the start is impossible."""
    known, impossible = [], 0
    for one in incidents:
        first, last = one.started, end(one)
        if first is None or last is None:
            continue
        took = last.since(first)
        if last < first:
            impossible += 1
        elif took is not None:
            known.append((one.id, first.day, took.total_seconds()))
    return Spans(tuple(known), len(incidents) - len(known), impossible)


def _triggers(incident: Postmortem) -> Collection[str]:
    return {incident.trigger} - {None, "unknown"}  # type: ignore[return-value]


def _causes(incident: Postmortem) -> Collection[str]:
    return set(incident.causes) - {"unknown"}


def _detection(incident: Postmortem) -> Collection[str]:
    method = incident.detection.method if incident.detection else None
    return {method} - {None, "unknown"}  # type: ignore[return-value]


def _missing_safeguards(incident: Postmortem) -> Collection[str]:
    judged = [one for one in incident.safeguards if one.name and one.verdict]
    return {one.name for one in judged if one.verdict == "missing"} or ({NONE_NAMED} if judged else set())


_SAID: Mapping[str, Callable[[Postmortem], Collection[str]]] = {
    "trigger": _triggers,
    "cause": _causes,
    "detection": _detection,
    "safeguard_missing": _missing_safeguards,
}


def all_shares(incidents: Sequence[Postmortem]) -> Mapping[str, Shares]:
    """Return the shares of triggers, causes, sources of detection and missing safeguards, by name."""
    return {
        name: shares(name, _in_one_spelling([said(one) for one in incidents]), *published_shares(name))
        for name, said in _SAID.items()
    }


def published_shares(name: str) -> tuple[Mapping[str, float], str]:
    """Return the shares (0 to 1) that others published by word, and who they are; none and "" where nobody did."""
    found = _others().get(name)
    if found is None:
        return {}, ""
    return {word: percent / 100 for word, percent in found["percent"].items()}, found["source"]


@cache
def _others() -> Mapping[str, Any]:
    return tomllib.loads((files("kb.trends") / "published.toml").read_text(encoding="utf-8"))


def reports(incidents: Sequence[Postmortem]) -> Reports:
    """Count the published reports, and the days until they were."""
    out = [one for one in incidents if one.status == "published" or (one.status is None and one.published)]
    took = sorted(days for one in out if (days := _days(one)) is not None)
    return Reports(len(out), len(incidents), tuple(took))


def _days(incident: Postmortem) -> int | None:
    first, last, day = incident.started, incident.resolved or incident.started, incident.published
    if last is None or day is None or (first is not None and day < min(first.day, first.at.date())):
        return None
    return max(0, (day - last.day).days)


def changes(incidents: Sequence[Postmortem]) -> Changes:
    """Count the incidents with a change in the hour before they started.

    Known are those of which the start and the time of a change are.
    """
    known = [one for one in incidents if one.started and one.started.exact and any(map(_is_timed, one.changes))]
    recent = [some for one in known if (some := tuple(_in_the_hour_before(one)))]
    low, high = interval(len(recent), len(known)) if known else (None, None)
    kinds = [{one.kind for one in some if one.kind and one.kind != "unknown"} for some in recent]
    return Changes(len(recent), len(known), low, high, shares("change_kind", _in_one_spelling(kinds), {}, ""))


def _is_timed(change: Change) -> bool:
    return change.at is not None and change.at.exact


def _in_the_hour_before(incident: Postmortem) -> Iterator[Change]:
    for change in incident.changes:
        before = incident.started.since(change.at) if incident.started and change.at else None
        if before is not None and timedelta(0) <= before <= HOUR:
            yield change


def people(incidents: Sequence[Postmortem]) -> People:
    """Count the incidents of each team and of each person named in a role."""
    teams, responders = ([of(one) for one in incidents] for of in (lambda one: one.teams, _responders))
    unknown = sum(1 for team, person in zip(teams, responders, strict=True) if not team and not person)
    return People(_by_name(teams), _by_name(responders), unknown)


def _responders(incident: Postmortem) -> tuple[str, ...]:
    roles = incident.roles
    if roles is None:
        return ()
    named = (roles.incident_commander, roles.communications_lead, roles.planning_lead, *roles.responders)
    return tuple(name for name in named if name)


def _by_name(said: Sequence[Collection[str]]) -> tuple[tuple[str, int], ...]:
    """Return in how many incidents each name stands, most first, of equals by name."""
    found = Counter(name for names in _in_one_spelling(said) for name in names)
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _in_one_spelling(said: Sequence[Collection[str]]) -> Sequence[frozenset[str]]:
    """Return each name as it is spelt most often: people write `Web Shop` and `web-shop`, and it counts as one."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name in chain.from_iterable(said):
        spellings[slug(name)][name] += 1
    best = {key: min(some, key=lambda name: (-some[name], name)) for key, some in spellings.items()}
    return [frozenset(best[slug(name)] for name in names) for names in said]


def foreseen(incidents: Sequence[Postmortem], catalogue: Catalogue) -> tuple[int, int]:
    """Return how many incidents a risk of some pre-mortem came true in, and how many there are."""
    named = {name for one in catalogue.learnings for risk in one.risks for name in risk.came_true}
    true = {record.id for name in named if (record := catalogue.find(name))}
    return sum(1 for one in incidents if one.id in true), len(incidents)
