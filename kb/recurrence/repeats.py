"""Repeats: an incident that came back, and what had been promised after the earlier one.

What was still open, declined or unverified on the day it came back follows from the days of the actions. Compromise: an
action that is done without a day counts as done by then, and one without a status, as in most published reports, counts as
unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from kb.catalogue.circle import in_circles
from kb.catalogue.promise import OPEN
from kb.records.model import Action, Postmortem

# How a promise stood when it came back, as people say it, the worst first.
STATES = MappingProxyType(
    {"open": "open", "declined": "declined", "unverified": "not verified", "unknown": "unknown", "kept": "kept"}
)
_KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A promise of the earlier incident as it stood when it came back: `then` is open, declined, unverified or unknown."""

    action: Action
    then: str

    @property
    def said(self) -> str:
        """How it stood, in words."""
        return STATES[self.then]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`later` repeats `earlier`, after `gap` days, None where a day is unknown.

    `promises` had not been kept by then, as far as is known; `kept` were done and seen to work.
    """

    later: str
    earlier: str
    gap: int | None
    promises: tuple[Earlier, ...]
    kept: int = 0

    @property
    def made(self) -> int:
        """How many promises there were by then."""
        return len(self.promises) + self.kept

    @property
    def broken(self) -> tuple[Earlier, ...]:
        """The promises that were open, declined or unverified."""
        return tuple(promise for promise in self.promises if promise.then != "unknown")


def repeats(incidents: Mapping[str, Postmortem], confirmed: Sequence[tuple[str, str]]) -> tuple[Repeat, ...]:
    """Return the repeats, by the day of the later one. `confirmed` are pairs (later, earlier) that people declared.

    A pair of which the earlier one began later is left out, and so is one in a circle without days; the check reports both.
    """
    circles = in_circles(confirmed)
    found = []
    for pair in dict.fromkeys(confirmed):
        later, earlier = (incidents[name] for name in pair)
        is_dated = is_before(earlier, later)
        if not is_before(later, earlier) and (is_dated or pair not in circles):
            found.append(_repeat(later, earlier))
    return tuple(sorted(found, key=lambda one: (_day(incidents[one.later]), one.later, one.gap is None, one.gap)))


def is_before(one: Postmortem, other: Postmortem) -> bool:
    """Tell whether one incident certainly began before another."""
    return one.started is not None and other.started is not None and one.started < other.started


def _repeat(later: Postmortem, earlier: Postmortem) -> Repeat:
    day, before = (one.started.day if one.started else None for one in (later, earlier))
    # Days written in other time zones may be turned round.
    gap = max(0, (day - before).days) if day and before else None
    stood = [Earlier(action, then) for action in earlier.actions if (then := _then(action, day))]
    left = tuple(promise for promise in stood if promise.then != _KEPT)
    return Repeat(later.id, earlier.id, gap, left, len(stood) - len(left))


def _day(incident: Postmortem) -> date:
    return incident.started.day if incident.started else date.max


def _then(action: Action, day: date | None) -> str:
    """Return how an action stood on a day; "" where it was not promised yet."""
    if day is None or action.status is None:
        return "unknown"
    if action.opened and action.opened > day:
        return ""
    if action.status in OPEN or (action.closed and action.closed > day):
        return "open"
    if action.status != "done":
        return "declined" if action.status == "declined" else "unknown"
    return _KEPT if action.verified_on and action.verified_on <= day else "unverified"
