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

import numpy as np

from kb.catalogue.catalogue import Catalogue
from kb.records.model import Learning, Postmortem
from kb.recurrence import near
from kb.recurrence.belonging import belonging
from kb.recurrence.causes import Causes, Suggestion
from kb.recurrence.clusters import Cluster, cluster
from kb.recurrence.lexicon import mechanisms
from kb.recurrence.near import STRONG, Pairs, Reason
from kb.recurrence.repeats import Repeat, is_before, repeats
from kb.recurrence.space import Floats, Numbers, Space, space
from kb.recurrence.tellings import tellings
from kb.recurrence.told import known_causes
from kb.search.place import place_of
from kb.text import slug

# Similar incidents that are shown.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Near:
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
        found = self._shown(name)
        why = near.reasons(self._space, [self._numbers[name]] * len(found), [other for other, _ in found])
        return tuple(
            Near(
                self._ids[other],
                self._all[other].title,
                round(score, 2),
                (*reasons, *_services(self.incidents[name], self._all[other])),
                self.relation(name, self._ids[other]),
            )
            for (other, score), reasons in zip(found, why, strict=True)
        )

    def _shown(self, name: str) -> list[tuple[int, float]]:
        """Return the nearest with how alike they are, without those of which people say that they are not related."""
        number = self._numbers[name]
        incident, other, alike = self._nearest
        start, end = np.searchsorted(incident, [number, number + 1])
        found = zip(other[start:end].tolist(), alike[start:end].tolist(), strict=True)
        return [one for one in found if frozenset((number, one[0])) not in self._barred][:SHOWN]

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
        found = belonging(self._space, self._ids, self._pairs, bound, apart)
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
        if not any(self._may_repeat(name, self._ids[other], score) for other, score in self._shown(name)):
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
        return space(self._ids, tellings(self._all, settings, place), mechanisms(self.catalogue.config.mechanisms))

    @cached_property
    def _pairs(self) -> Pairs:
        return near.candidates(self._space, np.arange(len(self._ids)))

    @cached_property
    def _nearest(self) -> tuple[Numbers, Numbers, Floats]:
        return near.nearest(self._space, self._pairs)

    @cached_property
    def _barred(self) -> frozenset[frozenset[int]]:
        return frozenset(frozenset(self._pair(*pair)) for pair in self._apart)

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


def _services(one: Postmortem, other: Postmortem) -> tuple[Reason, ...]:
    mine, theirs = ({slug(service): service for service in incident.services} for incident in (one, other))
    # Spelt and in order as it is seen from the other one too.
    shared = tuple(min(mine[key], theirs[key]) for key in sorted(mine.keys() & theirs.keys()))
    return (Reason("service", shared),) if shared else ()
