"""What the incidents of a cluster have in common, counted: causes, triggers, places, safeguards, promises, playbooks, learnings.

Each number is one of incidents, so that it can be read as "3 of 9". Compromise: only what records name in a field is counted;
a safeguard or a playbook that stands in the prose alone is not seen.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kb.catalogue.catalogue import Catalogue
from kb.catalogue.promise import Promise
from kb.records.model import Learning, Playbook, Postmortem
from kb.text import count, said, slug

if TYPE_CHECKING:
    from kb.recurrence.clusters import Cluster

# Learnings that name so many incidents of a cluster say something of it.
_NAMES = 2
_VERDICTS = ("helped", "outdated", "missing", "")


@dataclass(frozen=True, slots=True)
class Guard:
    """A safeguard that should have caught it: the number of incidents in which it was missing, and failed."""

    name: str
    missing: int
    failed: int

    @property
    def total(self) -> int:
        """How often it did not do its work."""
        return self.missing + self.failed

    def of(self, number: int) -> str:
        """Return "missing in 3 of 9, failed in 1"."""
        missing = f"missing in {self.missing} of {number}" if self.missing else ""
        failed = f"failed in {self.failed}" + ("" if self.missing else f" of {number}") if self.failed else ""
        return ", ".join(filter(None, (missing, failed)))


@dataclass(frozen=True, slots=True)
class Applied:
    """A playbook that incidents name. `playbook` is None where it is wanted and not written; `uses` counts the incidents."""

    name: str
    playbook: Playbook | None
    uses: int
    verdicts: tuple[tuple[str, int], ...]

    def how(self, number: int) -> str:
        """Return what incidents say of it: "helped in 2, outdated in 1"; "named by 3 of 9" where they do not say."""
        told = ", ".join(f"{verdict} in {number}" for verdict, number in self.verdicts if verdict)
        return told or f"named by {self.uses} of {number}"


def safeguards(incidents: Sequence[Postmortem]) -> tuple[Guard, ...]:
    """Return the safeguards that were missing or failed, those in most incidents first."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for incident in incidents:
        for name, verdict in {(said(s.name), s.verdict) for s in incident.safeguards if s.name}:
            found[name][verdict or ""] += 1
    guards = (Guard(name, verdicts["missing"], verdicts["failed"]) for name, verdicts in found.items())
    return tuple(sorted((one for one in guards if one.total), key=lambda one: (-one.total, -one.missing, one.name)))


def playbooks(catalogue: Catalogue, incidents: Sequence[Postmortem]) -> tuple[Applied, ...]:
    """Return the playbooks that incidents name, with what they say of them, those that most name first."""
    verdicts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    users: defaultdict[str, set[str]] = defaultdict(set)
    for incident in incidents:
        for use in incident.playbooks:
            found = catalogue.find(use.id)
            name = found.id if found else use.id
            verdicts[name][use.verdict or ""] += 1
            users[name].add(incident.id)
    applied = []
    for name, some in verdicts.items():
        record = catalogue.records.get(name)
        known = (*_VERDICTS, *sorted(some.keys() - {*_VERDICTS}))
        told = tuple((verdict, some[verdict]) for verdict in known if some[verdict])
        applied.append(Applied(name, record if isinstance(record, Playbook) else None, len(users[name]), told))
    return tuple(sorted(applied, key=lambda one: (-one.uses, one.name)))


def learnings(catalogue: Catalogue, members: Sequence[str]) -> tuple[tuple[Learning, int], ...]:
    """Return the learnings that name at least two of these incidents, with how many, those that name most first."""
    named: Counter[str] = Counter()
    for member in members:
        named.update({link.source for link in catalogue.incoming(member) if link.relation == "incidents"})
    found = ((catalogue.records[name], number) for name, number in named.items() if number >= _NAMES)
    kept = [(record, number) for record, number in found if isinstance(record, Learning)]
    return tuple(sorted(kept, key=lambda pair: (-pair[1], pair[0].id)))


def triggers(incidents: Sequence[Postmortem]) -> tuple[tuple[str, int], ...]:
    """Return the triggers with the number of incidents, the most frequent first; "" stands for unknown and is last."""
    found = Counter(said(incident.trigger) if incident.trigger else "" for incident in incidents)
    return tuple(sorted(found.items(), key=lambda pair: (not pair[0], -pair[1], pair[0])))


@dataclass(frozen=True, slots=True)
class Promises:
    """The promises of some incidents by how they stand; each kind in order of record and file."""

    open: tuple[Promise, ...]
    declined: tuple[Promise, ...]
    unverified: tuple[Promise, ...]
    verified: int
    unknown: int

    @property
    def total(self) -> int:
        """How many there are in all; those that are proposed and not promised yet are none."""
        return len(self.open) + len(self.declined) + len(self.unverified) + self.verified + self.unknown

    @property
    def balance(self) -> str:
        """How they stand: "2 open, 1 declined, 7 done and not verified, 12 of unknown state"."""
        parts = [
            (len(self.open), "open"),
            (len(self.declined), "declined"),
            (len(self.unverified), "done and not verified"),
            (self.verified, "done and verified"),
            (self.unknown, "of unknown state"),
        ]
        return ", ".join(f"{number} {what}" for number, what in parts if number)


def promises(catalogue: Catalogue, members: Sequence[str]) -> Promises:
    """Return the promises of some incidents by how they stand on the day of the catalogue."""
    found = [promise for member in members for promise in catalogue.promises_of.get(member, ())]
    known = ("proposed", "done", "declined")
    return Promises(
        open=tuple(p for p in found if p.is_open),
        declined=tuple(p for p in found if p.state == "declined"),
        unverified=tuple(p for p in found if p.is_unverified),
        verified=sum(p.state == "done" and not p.is_unverified for p in found),
        unknown=sum(not p.is_open and p.state not in known for p in found),
    )


def unnamed(catalogue: Catalogue, learning: Learning, cluster: "Cluster") -> tuple[str, ...]:
    """Return the incidents of a cluster that the learning which describes it does not name."""
    found = (catalogue.find(name) for name in learning.incidents)
    named = {record.id for record in found if record is not None}
    return tuple(member for member in cluster.members if member not in named)


@dataclass(frozen=True, slots=True)
class Extent:
    """From when to when incidents happened, and where. `undated` counts those without a known start."""

    first: date | None
    last: date | None
    undated: int
    organizations: int

    def said(self, number: int) -> str:
        """Return "9 incidents, 7 organizations"."""
        parts = [count(number, "incident"), count(self.organizations, "organization") if self.organizations else ""]
        return ", ".join(filter(None, parts))


def extent(incidents: Sequence[Postmortem]) -> Extent:
    """Return from when to when incidents happened, and in how many organizations."""
    days = [incident.started.day for incident in incidents if incident.started]
    where = {slug(incident.organization) for incident in incidents if incident.organization}
    return Extent(
        first=min(days, default=None),
        last=max(days, default=None),
        undated=len(incidents) - len(days),
        organizations=len(where),
    )


def applying(catalogue: Catalogue, clusters: "Iterable[Cluster]") -> dict[str, tuple[tuple["Cluster", int], ...]]:
    """Return for each playbook the clusters of which two incidents or more name it, with how many, those with most first."""
    found: defaultdict[str, list[tuple[Cluster, int]]] = defaultdict(list)
    for cluster in clusters:
        incidents = [record for name in cluster.members if isinstance(record := catalogue.records[name], Postmortem)]
        for applied in playbooks(catalogue, incidents):
            if applied.playbook is not None and applied.uses >= _NAMES:
                found[applied.name].append((cluster, applied.uses))
    return {name: tuple(sorted(some, key=lambda pair: (-pair[1], pair[0].id))) for name, some in found.items()}
