"""What keeps coming back: similar incidents, clusters of root causes, repeats, and causes that nobody named.

Everything follows from the catalogue alone, and each part is computed when first asked for. What people decided goes before
what is computed: `not_related` keeps two incidents apart, `recurrence_of` keeps them together, and a name of kb.toml stays
with its cluster. Compromise: the incidents are taken together as they are now, so a likeness may change a little when
others are added.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from kb.catalogue.catalogue import Catalogue
from kb.records.model import Learning, Postmortem
from kb.recurrence import near
from kb.recurrence.belonging import belonging, others
from kb.recurrence.causes import Causes, Suggestion
from kb.recurrence.clusters import Cluster, cluster
from kb.recurrence.lexicon import mechanisms
from kb.recurrence.near import STRONG, Pairs, Reason
from kb.recurrence.regrouping import Regrouping
from kb.recurrence.repeats import Repeat, is_before, repeats
from kb.recurrence.space import Floats, Numbers, Space, drawing_order, space
from kb.recurrence.tellings import tellings
from kb.recurrence.told import known_causes
from kb.search.place import place_of
from kb.text import slug

# Similar incidents that are shown.
SHOWN = 5
# Incidents whose reasons are looked for at once.
AT_ONCE = 500


class Near(NamedTuple):
    """An incident near another. `score` is 0 as by chance, 1 the same; `relation` what people say of the two, "" for nothing."""

    id: str
    title: str
    score: float
    reasons: tuple[Reason, ...]
    relation: str

    @property
    def is_strong(self) -> bool:
        """Whether it mostly is the same mechanism."""
        return self.score >= STRONG


@dataclass(frozen=True)
class Recurrence:
    """What keeps coming back in a knowledge base. `draft` is an incident that is not in it yet."""

    catalogue: Catalogue
    draft: Postmortem | None = None

    @cached_property
    def incidents(self) -> Mapping[str, Postmortem]:
        """The incidents by id, in order of id, the draft in place of one with its id."""
        known = {incident.id: incident for incident in self.catalogue.incidents}
        return MappingProxyType(dict(sorted({**known, **({self.draft.id: self.draft} if self.draft else {})}.items())))

    def similar(self, name: str) -> tuple[Near, ...]:
        """Return the incidents nearest to one, nearest first; none where nothing is near."""
        number = self._numbers[name]
        if number not in self._found:
            # Many at once, which costs little more than one.
            start = number - number % AT_ONCE
            self._found.update(self._similar(range(start, min(start + AT_ONCE, len(self._ids)))))
        return self._found[number]

    @cached_property
    def _found(self) -> dict[int, tuple[Near, ...]]:
        return {}

    def _similar(self, numbers: Sequence[int]) -> Iterator[tuple[int, tuple[Near, ...]]]:
        shown = {number: self._shown(number) for number in numbers}
        # What two share is the same seen from either.
        pairs = {_in_order(number, other) for number, some in shown.items() for other, _ in some}
        new = sorted(pair for pair in pairs if pair not in self._reasons)
        told = self._shared.reasons([one for one, _ in new], [other for _, other in new])
        for pair, reasons in zip(new, told, strict=True):
            self._reasons[pair] = (*reasons, *_shared_services(*(self._services[number] for number in pair)))
        for number, some in shown.items():
            yield number, tuple(self._near(number, other, score) for other, score in some)

    @cached_property
    def _reasons(self) -> dict[tuple[int, int], tuple[Reason, ...]]:
        return {}

    def _near(self, number: int, other: int, score: float) -> Near:
        incident = self._all[other]
        relation = self.relation(self._ids[number], incident.id)
        return Near(incident.id, incident.title, round(score, 2), self._reasons[_in_order(number, other)], relation)

    @cached_property
    def _services(self) -> Sequence[Mapping[str, str]]:
        return [{slug(service): service for service in incident.services} for incident in self._all]

    def _shown(self, number: int) -> list[tuple[int, float]]:
        """Return the nearest with how alike they are, without those of which people say that they are not related."""
        _, other, alike = self._nearest
        start, end = self._starts[number : number + 2]
        found = zip(other[start:end].tolist(), alike[start:end].tolist(), strict=True)
        barred = self._barred.get(number, frozenset())
        return [one for one in found if one[0] not in barred][:SHOWN]

    @cached_property
    def _starts(self) -> Sequence[int]:
        """Where in `_nearest` the others of each incident begin, and the end of all."""
        starts: list[int] = np.searchsorted(self._nearest[0], np.arange(len(self._ids) + 1)).tolist()
        return starts

    def relation(self, one: str, other: str) -> str:
        """Return what people say of two incidents: "repeats", "repeated by", "related" or ""."""
        if other in self._repeated.get(one, ()):
            return "repeats"
        if one in self._repeated.get(other, ()):
            return "repeated by"
        return "related" if (one, other) in self._related or (other, one) in self._related else ""

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The clusters, the largest first, of equals by id."""
        bound = [self._pair(*pair) for pair in self._confirmed]
        apart = [self._pair(*pair) for pair in self._apart]
        known = Regrouping(place_of(self.catalogue.root, "groups"))
        found = belonging(self._space, self._ids, self._pairs, bound, apart, known.groups)
        known.keep()
        made = (cluster(self._space, self._all, numbers, self._told_of, self._named) for numbers in found)
        return tuple(sorted(made, key=lambda one: (-len(one.members), one.id)))

    @cached_property
    def cluster_of(self) -> Mapping[str, Cluster]:
        """The cluster of each incident that is in one."""
        return {member: one for one in self.clusters for member in one.members}

    @cached_property
    def unclustered(self) -> tuple[str, ...]:
        """The incidents that belong to no cluster, by id."""
        return tuple(name for name in self._ids if name not in self.cluster_of)

    @cached_property
    def repeats(self) -> tuple[Repeat, ...]:
        """The repeats that people declared, by the day of the later one."""
        return repeats(self.incidents, self._confirmed)

    @cached_property
    def repeats_of(self) -> Mapping[str, tuple[Repeat, ...]]:
        """The repeats by the id of the later incident, the shortest gap first."""
        found: defaultdict[str, list[Repeat]] = defaultdict(list)
        for one in self.repeats:
            found[one.later].append(one)
        return {name: tuple(some) for name, some in found.items()}

    @cached_property
    def broken(self) -> Mapping[str, tuple[str, ...]]:
        """The later incidents by the name `<incident>#<action>` of each promise that was not kept when it came back."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for one in self.repeats:
            for promise in one.broken:
                if promise.action.id:
                    found[f"{one.earlier}#{promise.action.id}"].append(one.later)
        return {name: tuple(later) for name, later in found.items()}

    def offered(self, name: str) -> tuple[Near, ...]:
        """Return the earlier incidents that this one may repeat, and of which nobody has said anything yet.

        A draft without a day is later than all.
        """
        if not any(
            self._may_repeat(name, self._ids[other], score) for other, score in self._shown(self._numbers[name])
        ):
            return ()
        return tuple(one for one in self.similar(name) if self._may_repeat(name, one.id, one.score))

    def _may_repeat(self, name: str, other: str, score: float) -> bool:
        later, earlier = self.incidents[name], self.incidents[other]
        is_later = is_before(earlier, later) or (later is self.draft and later.started is None)
        is_said = self.relation(name, other) != "" or other in self._before(name)
        return round(score, 2) >= STRONG and is_later and not is_said

    def _before(self, name: str) -> frozenset[str]:
        """Return all that an incident is said to repeat, and what these repeat."""
        found: set[str] = set()
        queue = [name]
        while queue:
            new = set(self._repeated.get(queue.pop(), ())) - found
            found |= new
            queue += sorted(new)
        return frozenset(found)

    @cached_property
    def causes(self) -> Causes:
        """What suggests causes."""
        return Causes(self._space, self._ids, [known_causes(incident) for incident in self._all])

    def suggestion(self, name: str) -> Suggestion | None:
        """Return the cause that an incident without one may have, or None."""
        return None if known_causes(self.incidents[name]) else self.causes.suggest(self._numbers[name])

    @cached_property
    def _ids(self) -> Sequence[str]:
        return tuple(self.incidents)

    @cached_property
    def _all(self) -> Sequence[Postmortem]:
        return tuple(self.incidents.values())

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self._ids)}

    def _pair(self, one: str, other: str) -> tuple[int, int]:
        return self._numbers[one], self._numbers[other]

    @cached_property
    def _space(self) -> Space:
        settings, place = repr(self.catalogue.config), place_of(self.catalogue.root, "recurrence")
        told = tellings(self._all, settings, place)
        return space(drawing_order(self._ids, self._settled), told, mechanisms(self.catalogue.config.mechanisms))

    @cached_property
    def _settled(self) -> Sequence[bool]:
        """Of each incident whether it is of an earlier year than the latest, so that its text hardly changes any more."""
        years = [one.started.at.year if one.started else 0 for one in self._all]
        newest = max(years, default=0)
        return [0 < year < newest for year in years]

    @cached_property
    def _shared(self) -> near.Shared:
        return near.Shared(self._space)

    @cached_property
    def _pairs(self) -> Pairs:
        return near.candidates(self._space, np.arange(len(self._ids)))

    @cached_property
    def _nearest(self) -> tuple[Numbers, Numbers, Floats]:
        return near.nearest(self._space, self._pairs)

    @cached_property
    def _barred(self) -> Mapping[int, frozenset[int]]:
        """The incidents of which people say that they are not related to one."""
        return others([self._pair(*pair) for pair in self._apart])

    @cached_property
    def _confirmed(self) -> Sequence[tuple[str, str]]:
        return tuple(dict.fromkeys(self._said("recurrence_of")))

    @cached_property
    def _repeated(self) -> Mapping[str, frozenset[str]]:
        """What each incident is said to repeat."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for later, earlier in self._confirmed:
            found[later].add(earlier)
        return {name: frozenset(some) for name, some in found.items()}

    @cached_property
    def _related(self) -> frozenset[tuple[str, str]]:
        return frozenset(self._said("related"))

    @cached_property
    def _apart(self) -> Sequence[tuple[str, str]]:
        return tuple(dict.fromkeys(self._said("not_related")))

    def _said(self, field: str) -> Iterator[tuple[str, str]]:
        """Yield (incident, other incident) of what a field of incidents names."""
        for incident in self._all:
            for name in getattr(incident, field):
                other = self.catalogue.find(name)
                if other is not None and other.id != incident.id and other.id in self.incidents:
                    yield incident.id, other.id

    @cached_property
    def _told_of(self) -> Sequence[tuple[Learning, frozenset[str]]]:
        """The learnings with the incidents that they are drawn from."""
        return tuple((one, frozenset(self._ids_of(one.incidents))) for one in self.catalogue.learnings)

    @cached_property
    def _named(self) -> Mapping[str, str]:
        """The names of kb.toml by the incidents that carry them."""
        names = self.catalogue.config.clusters.names
        return {one: label for name, label in names.items() for one in self._ids_of([name])}

    def _ids_of(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            found = self.catalogue.find(name)
            if found is not None:
                yield found.id


def _in_order(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _shared_services(mine: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[Reason, ...]:
    keys = mine.keys() & theirs.keys()
    # Spelt and in order as it is seen from the other one too.
    return (Reason("service", tuple(min(mine[key], theirs[key]) for key in sorted(keys))),) if keys else ()
