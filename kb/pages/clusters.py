"""What keeps happening, and what stops it? A page for each cluster of root causes, and one over all of them.

The first screen of a cluster holds its incidents along time, what they share, and what is known to stop it: the learning
that describes it, playbooks, safeguards that were not there. Compromise: clusters are found by machine, so each page says how
people overrule it.
"""

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kb.pages.address import CLUSTERS, cluster_uri
from kb.pages.again import repeated, repeated_among, stood
from kb.pages.desk import Desk, Page
from kb.pages.numbered import numbered
from kb.pages.profile import Extent, extent, learnings, playbooks, promises, safeguards, triggers, unnamed
from kb.pages.rows import PART, Row, incident_row, promise_row
from kb.pages.strip import Strip, along
from kb.pages.topics import most
from kb.records.model import Learning, Playbook, Postmortem
from kb.text import age, count, said

if TYPE_CHECKING:
    from kb.catalogue.promise import Promise
    from kb.recurrence.clusters import Cluster
    from kb.recurrence.recurrence import Recurrence

URI = f"{CLUSTERS}/index"
TITLE = "What keeps coming back"
QUESTION = "What keeps happening, and what stops it?"
# How many of each are shown; the rest is counted.
_CLUSTERS, _REPEATS, _SHOWN, _RECENT = 50, 6, 6, 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A cluster as the list shows it. `last` is the day of its latest incident, `ago` how long ago that is."""

    cluster: "Cluster"
    extent: Extent
    strip: Strip
    learning: Learning | None
    ago: str


def pages(desk: Desk, recurrence: "Recurrence") -> Iterator[Page]:
    """Yield the numbered pages over all clusters, then those of each cluster."""
    yield from numbered(
        desk,
        "clusters.html",
        URI,
        TITLE,
        recurrence.clusters,
        section=URI,
        description=QUESTION,
        size=_CLUSTERS,
        row=lambda cluster: entry(desk, recurrence, cluster),
        facts=lambda: _overview(desk, recurrence),
        heading=TITLE,
        question=QUESTION,
    )
    for cluster in recurrence.clusters:
        yield from _cluster_pages(desk, recurrence, cluster)


def entry(desk: Desk, recurrence: "Recurrence", cluster: "Cluster") -> Entry:
    """Return what the list shows of a cluster; its strip has the time axis of all incidents."""
    incidents = members(recurrence, cluster)
    reach = extent(incidents)
    return Entry(
        cluster, reach, along(incidents, desk.catalogue.incidents), _learning(desk, cluster), ago(desk, reach.last)
    )


def _overview(desk: Desk, recurrence: "Recurrence") -> dict[str, object]:
    found = recurrence.clusters
    again = repeated(recurrence)
    alone = {*recurrence.unclustered}
    left = [incident for incident in desk.catalogue.incidents if incident.id in alone]
    return {
        "clusters": len(found),
        "clustered": sum(len(cluster.members) for cluster in found),
        "incidents": len(desk.catalogue.incidents),
        "described": sum(cluster.learning is not None for cluster in found),
        "repeats": again[:_REPEATS],
        "earlier_repeats": again[_REPEATS:PART],
        "more_repeats": max(0, len(again) - PART),
        "broken": len({(one.earlier.id, promise.uri) for one in again for promise in one.broken}),
        "left": left[:PART],
        "left_in_all": len(left),
    }


def members(recurrence: "Recurrence", cluster: "Cluster") -> tuple[Postmortem, ...]:
    """Return the incidents of a cluster, newest first; those without a known start last."""
    found = [recurrence.incidents[name] for name in reversed(cluster.members)]
    return tuple(sorted(found, key=lambda incident: incident.started is None))


def ago(desk: Desk, day: date | None) -> str:
    """Return how long ago a day is: "today", "12 days ago"; "" for None and for days to come."""
    days = (desk.catalogue.today - day).days if day else -1
    return "" if days < 0 else "today" if days == 0 else f"{age(days)} ago"


def _learning(desk: Desk, cluster: "Cluster") -> Learning | None:
    found = desk.catalogue.records.get(cluster.learning) if cluster.learning else None
    return found if isinstance(found, Learning) else None


def _cluster_pages(desk: Desk, recurrence: "Recurrence", cluster: "Cluster") -> list[Page]:
    size = len(cluster.members)
    return numbered(
        desk,
        "cluster.html",
        cluster_uri(cluster),
        cluster.label,
        members(recurrence, cluster),
        section=URI,
        description=f"{count(size, 'incident')} that happened in one way: {', '.join(cluster.terms)}"[:300],
        row=incident_row,
        facts=lambda: _facts(desk, recurrence, cluster),
        cluster=cluster,
        total=size,
    )


def _facts(desk: Desk, recurrence: "Recurrence", cluster: "Cluster") -> dict[str, object]:
    incidents, size = members(recurrence, cluster), len(cluster.members)
    reach, guards, promised = extent(incidents), safeguards(incidents), promises(desk.catalogue, cluster.members)
    learning = _learning(desk, cluster)
    named = learnings(desk.catalogue, cluster.members)
    return {
        "size": size,
        "extent": reach,
        "said": reach.said(size),
        "ago": ago(desk, reach.last),
        "strip": along(incidents, incidents),
        "exemplar": recurrence.incidents[cluster.exemplar],
        "cohesion": f"{cluster.cohesion:.2f}",
        "learning": learning,
        "kind": said(learning.kind or "learning") if learning else "",
        "named": size - len(unnamed(desk.catalogue, learning, cluster)) if learning else 0,
        "others": [(one, number) for one, number in named if one.id != cluster.learning],
        "guards": [(guard.name, guard.of(size)) for guard in guards[:_SHOWN]],
        "more_guards": max(0, len(guards) - _SHOWN),
        "playbooks": playbooks(desk.catalogue, incidents)[:_SHOWN],
        "causes": most(desk, "cause", (c for i in incidents for c in i.causes)),
        "triggers": triggers(incidents),
        "services": most(desk, "service", (s for i in incidents for s in i.services)),
        "organizations": most(desk, "organization", (i.organization for i in incidents if i.organization)),
        "promises": promised,
        "kept_open": _rows(desk, (*promised.open, *promised.declined)),
        "unverified": _rows(desk, promised.unverified),
        "repeats": repeated_among(recurrence, cluster.members),
        "command": pattern_command(cluster),
        "setting": f"[clusters.names]\n{_quoted(cluster.id)} = {_quoted(cluster.label if cluster.is_named else '...')}",
    }


def pattern_command(cluster: "Cluster") -> str:
    """Return what starts a learning that describes a cluster."""
    return f"kb new pattern --from-cluster {shlex.quote(cluster.id)}"


def _quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def _rows(desk: Desk, found: "Sequence[Promise]") -> list[Row]:
    return [promise_row(p, desk.catalogue.records[p.record], stood(desk, p)) for p in found]


@dataclass(frozen=True, slots=True)
class Described:
    """A cluster that a record belongs to. `uses` counts its incidents that name the record; `missing` are those that could."""

    cluster: "Cluster"
    uses: int
    missing: tuple[Postmortem, ...] = ()


def described_by(desk: Desk, learning: Learning) -> list[Described]:
    """Return the clusters that a learning describes, with their incidents that it does not name."""
    if desk.recurrence is None:
        return []
    found = []
    for cluster in desk.recurrence.clusters:
        if cluster.learning == learning.id:
            missing = unnamed(desk.catalogue, learning, cluster)
            left = tuple(desk.recurrence.incidents[name] for name in missing)
            found.append(Described(cluster, len(cluster.members) - len(missing), left))
    return found


def applies_to(desk: Desk, playbook: Playbook) -> list[Described]:
    """Return the clusters that a playbook is for, those of which most incidents name it first."""
    return [Described(cluster, uses) for cluster, uses in desk.applying.get(playbook.id, ())][:_SHOWN]


def recurring(desk: Desk) -> list[tuple["Cluster", str]]:
    """Return the clusters whose latest incident is the latest, with how long ago it was."""
    if desk.recurrence is None:
        return []
    dated = [(extent(members(desk.recurrence, cluster)).last, cluster) for cluster in desk.recurrence.clusters]
    known = sorted(((day, cluster) for day, cluster in dated if day), key=lambda pair: pair[0], reverse=True)
    return [(cluster, ago(desk, day)) for day, cluster in known[:_RECENT]]
