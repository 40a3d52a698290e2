"""What was done to be ready, a quarter each: repeats, playbooks, drills, pre-mortems.

Compromise: a repeat counts in the quarter in which it came back, whenever the promise was broken.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.catalogue.catalogue import Catalogue
from kb.records.model import Learning, Postmortem
from kb.recurrence.repeats import Repeat, repeats
from kb.trends.model import Practice, Undated
from kb.trends.quarter import Quarter, quarter_of

DRILLS = frozenset({"game_day", "chaos_experiment"})
_VERDICTS = ("helped", "missing", "outdated")
# What is counted, by the name of the count; None for the quarter of what has no day.
Counted = Mapping[str, Counter[Quarter | None]]


def declared_repeats(catalogue: Catalogue) -> tuple[Repeat, ...]:
    """Return the repeats that people declared, as `Recurrence.repeats` does, without what finds others."""
    incidents = {one.id: one for one in catalogue.incidents}
    pairs = ((link.source, link.target) for link in catalogue.links if link.relation == "recurrence_of")
    known = [pair for pair in pairs if set(pair) <= incidents.keys() and pair[0] != pair[1]]
    return repeats(dict(sorted(incidents.items())), known)


@dataclass(frozen=True, slots=True)
class Events:
    """What happened that practice is counted from: incidents, the repeats of which the later one is among them, learnings."""

    incidents: Sequence[Postmortem]
    repeats: Sequence[Repeat]
    learnings: Sequence[Learning]

    @property
    def days(self) -> Iterator[date]:
        """The known days of incidents, drills and pre-mortems."""
        yield from (one.started.day for one in self.incidents if one.started)
        yield from (one.date for one in self.learnings if one.date and (_is_drill(one) or _is_pre_mortem(one)))

    def counted(self) -> Counted:
        """Count everything by quarter."""
        started = {one.id: _quarter(one.started.day if one.started else None) for one in self.incidents}
        found: dict[str, Counter[Quarter | None]] = {
            "repeats": Counter(started[one.later] for one in self.repeats),
            "broken": Counter(started[one.later] for one in self.repeats for _ in one.broken),
            "drills": Counter(_quarter(one.date) for one in self.learnings if _is_drill(one)),
            "pre_mortems": Counter(_quarter(one.date) for one in self.learnings if _is_pre_mortem(one)),
        }
        for verdict in _VERDICTS:
            found[f"playbooks_{verdict}"] = Counter(
                started[one.id] for one in self.incidents for use in one.playbooks if use.verdict == verdict
            )
        return found


def practice(counted: Counted, quarters: Sequence[Quarter]) -> tuple[Practice, ...]:
    """Return what was counted in each of these quarters."""
    return tuple(Practice(one, **{name: found[one] for name, found in counted.items()}) for one in quarters)


def undated(counted: Counted) -> Undated:
    """Return what was counted in no quarter."""
    playbooks = sum(counted[f"playbooks_{verdict}"][None] for verdict in _VERDICTS)
    return Undated(
        counted["repeats"][None], playbooks, drills=counted["drills"][None], pre_mortems=counted["pre_mortems"][None]
    )


def _quarter(day: date | None) -> Quarter | None:
    return quarter_of(day) if day else None


def _is_drill(learning: Learning) -> bool:
    return learning.kind in DRILLS


def _is_pre_mortem(learning: Learning) -> bool:
    return learning.kind == "pre_mortem"
