"""The catalogue: all records, every link in both directions, and what follows from them on a given day.

It is a value: the same files, configuration and day give the same catalogue, wherever it is built. What is expensive is
computed when first asked for. Compromise: everything is held in memory; ten thousand records take about 140 MB.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from kb.catalogue.check import identities, named_clusters
from kb.catalogue.freshness import Freshness, freshness
from kb.catalogue.link import Link, Names, resolve
from kb.catalogue.promise import Promise, promises
from kb.catalogue.today import today_of
from kb.config import NAME, Config, load_config
from kb.finding import Finding, Level
from kb.records.model import Learning, Playbook, Postmortem, Record
from kb.records.read import Found, read_all
from kb.text import fold, slug

V = TypeVar("V")

# What records have in common and people browse by: the field of the record for each.
TOPICS = MappingProxyType({"service": "services", "team": "teams", "cause": "causes", "organization": "organization"})


@dataclass(frozen=True, slots=True)
class Topic:
    """A service, team, cause or organization with the records that name it, newest incident first."""

    kind: str
    slug: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """A knowledge base on one day. `records` is by id, in order of id; `findings` in order of place."""

    root: Path
    config: Config
    today: date
    records: Mapping[str, Record]
    links: tuple[Link, ...]
    findings: tuple[Finding, ...]

    def find(self, name: str) -> Record | None:
        """Return the record with this id or alias, or None. The part behind `#` is left aside."""
        return self._names.find(name)

    def suggest(self, name: str) -> str:
        """Return "did you mean ...?" for a name that means no record, "" where nothing is near."""
        return self._names.suggest(name)

    def outgoing(self, record_id: str) -> tuple[Link, ...]:
        """Return the links that lead from a record, in the order of its file."""
        return self._outgoing.get(record_id, ())

    def incoming(self, record_id: str) -> tuple[Link, ...]:
        """Return the links that lead to a record, those of the newest record first."""
        return self._incoming.get(record_id, ())

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep a record out."""
        return tuple(f for f in self.findings if f.level is Level.ERROR)

    @cached_property
    def incidents(self) -> tuple[Postmortem, ...]:
        """The postmortems, newest first; those without a known start last, by title."""
        return tuple(sorted((r for r in self.records.values() if isinstance(r, Postmortem)), key=_newest_first))

    @cached_property
    def playbooks(self) -> tuple[Playbook, ...]:
        """The playbooks by title."""
        return tuple(
            sorted((r for r in self.records.values() if isinstance(r, Playbook)), key=lambda r: (fold(r.title), r.id))
        )

    @cached_property
    def learnings(self) -> tuple[Learning, ...]:
        """The learnings by title."""
        return tuple(
            sorted((r for r in self.records.values() if isinstance(r, Learning)), key=lambda r: (fold(r.title), r.id))
        )

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """Every action of every record with its state on this day, in order of record and file."""
        return tuple(p for record in self.records.values() for p in promises(record, self.today))

    @cached_property
    def promises_of(self) -> Mapping[str, tuple[Promise, ...]]:
        """The promises by the id of the record that holds them."""
        return _grouped((p.record, p) for p in self.promises)

    @cached_property
    def freshness(self) -> Mapping[str, Freshness]:
        """For each playbook whether it is due for a look, and why."""
        by_service: defaultdict[str, list[Postmortem]] = defaultdict(list)
        for incident in self.incidents:
            for service in incident.services:
                by_service[slug(service)].append(incident)
        uses: defaultdict[str, list[tuple[Postmortem, str]]] = defaultdict(list)
        for link in self.links:
            source = self.records[link.source]
            if link.relation == "playbooks" and isinstance(source, Postmortem):
                uses[link.target].append((source, link.note))
        return {p.id: freshness(p, by_service, uses.get(p.id, []), self.today) for p in self.playbooks}

    @cached_property
    def topics(self) -> Mapping[str, Mapping[str, Topic]]:
        """For each of `TOPICS` its topics by slug, in order of slug."""
        return {kind: _topics(kind, field, self._in_order) for kind, field in TOPICS.items()}

    @cached_property
    def _in_order(self) -> tuple[Record, ...]:
        return (*self.incidents, *self.playbooks, *self.learnings)

    @cached_property
    def _names(self) -> Names:
        return Names(self.records)

    @cached_property
    def _outgoing(self) -> Mapping[str, tuple[Link, ...]]:
        return _grouped((link.source, link) for link in self.links)

    @cached_property
    def _incoming(self) -> Mapping[str, tuple[Link, ...]]:
        order = {record.id: place for place, record in enumerate(self._in_order)}
        return _grouped((link.target, link) for link in sorted(self.links, key=lambda link: order[link.source]))


def _grouped(pairs: Iterable[tuple[str, V]]) -> Mapping[str, tuple[V, ...]]:
    grouped: defaultdict[str, list[V]] = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return {key: tuple(values) for key, values in grouped.items()}


def _newest_first(incident: Postmortem) -> tuple[float, str, str]:
    started = incident.started
    return (-started.at.timestamp() if started else float("inf"), fold(incident.title), incident.id)


def names_in(record: Record, field: str) -> tuple[str, ...]:
    """Return what a record says in one of the fields of `TOPICS`."""
    value = getattr(record, field, None)
    return (value,) if isinstance(value, str) else value or ()


def _topics(kind: str, field: str, records: Iterable[Record]) -> Mapping[str, Topic]:
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    members: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for record in records:
        for name in names_in(record, field):
            spellings[slug(name)][name] += 1
            members[slug(name)][record.id] = None
    best = {key: min(seen, key=lambda name: (-seen[name], name)) for key, seen in spellings.items()}
    return {key: Topic(kind, key, best[key], tuple(members[key])) for key in sorted(members)}


Progress = Callable[[Iterable[Found], int], Iterable[Found]]


def load(root: Path | str, *, today: date | None = None, progress: Progress | None = None) -> Catalogue:
    """Read the knowledge base in `root`, the folder that holds kb.toml.

    Args:
        root: the folder.
        today: the day on which ages and due dates are judged; else SOURCE_DATE_EPOCH, else the clock's UTC day.
        progress: wraps the files being read, given their number; for a progress bar.

    Returns:
        The catalogue with the records that can be read, and the findings of all.

    Raises:
        KbError: there is no kb.toml, or it is wrong.
    """
    base = Path(root).resolve()
    config = load_config(base)
    found, findings = read_all(base, config, progress)
    records, clashes = identities(found, config)
    read = {record.path for record in found}
    unread = frozenset(Path(finding.path).stem for finding in findings if finding.path not in read)
    names = Names(records)
    links, dangling = resolve(records, names, config, unread)
    misnamed = named_clusters(names, config, base / NAME, unread)
    shown = (f for f in (*findings, *clashes, *dangling, *misnamed) if f.level is not Level.OFF)
    return Catalogue(
        root=base,
        config=config,
        today=today_of(today),
        records=MappingProxyType(records),
        links=links,
        findings=tuple(sorted(shown, key=lambda f: f.order)),
    )
