"""Which records the trends look at: those of some days, services and teams.

An incident lies on the day on which it started, in UTC. Compromise: where days are asked for, an incident of which nobody knows
the day is left out, because it can lie on any; without them it counts, and is said to be undated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kb.catalogue.catalogue import Catalogue, names_in
from kb.errors import KbError
from kb.records.model import Learning, Postmortem, Record
from kb.text import count, did_you_mean, said, slug


@dataclass(frozen=True, slots=True)
class Selection:
    """The records of the days from `since` to `until`, both included, that name one of the services and one of the teams.

    None and () stand for all. Names are compared as addresses are, so `Web Shop` is `web-shop`.

    Raises:
        KbError: `since` is later than `until`.
    """

    since: date | None = None
    until: date | None = None
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise KbError(f"no day lies between {self.since} and {self.until}", hint="The earlier one comes first.")

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()

    def refuse_unknown(self, catalogue: Catalogue) -> None:
        """Refuse a name that no record has.

        Raises:
            KbError: no record and no list of kb.toml names such a service or team.
        """
        for kind, names in (("service", self.services), ("team", self.teams)):
            known = _known(catalogue, kind)
            for name in names:
                if slug(name) not in known:
                    hint = did_you_mean(name, known.values()) or f"The records name {count(len(known), kind)}."
                    raise KbError(f"there is no {kind} `{name}`", hint=hint)

    def incidents(self, catalogue: Catalogue) -> tuple[Postmortem, ...]:
        """Return the incidents, oldest first, those without a known day last."""
        chosen = (one for one in catalogue.incidents if self._has(one, one.started.day if one.started else None))
        return tuple(sorted(chosen, key=_oldest_first))

    def learnings(self, catalogue: Catalogue) -> tuple[Learning, ...]:
        """Return the learnings, by title."""
        return tuple(one for one in catalogue.learnings if self._has(one, one.date))

    def _has(self, record: Record, day: date | None) -> bool:
        is_of_these = _names_any(record, "services", self.services) and _names_any(record, "teams", self.teams)
        return is_of_these and self._covers(day)

    def _covers(self, day: date | None) -> bool:
        if day is None:
            return self.since is None and self.until is None
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def _known(catalogue: Catalogue, kind: str) -> Mapping[str, str]:
    """Return the names of services or teams by slug, those of kb.toml that no record uses yet too."""
    listed = {slug(word): said(word) for word in catalogue.config.words_of(f"{kind}s")}
    return listed | {key: topic.name for key, topic in catalogue.topics[kind].items()}


def _names_any(record: Record, field: str, wanted: Iterable[str]) -> bool:
    slugs = {slug(name) for name in wanted}
    return not slugs or any(slug(name) in slugs for name in names_in(record, field))


def _oldest_first(incident: Postmortem) -> tuple[float, str]:
    return (incident.started.at.timestamp() if incident.started else float("inf"), incident.id)
