"""Clusters of root causes: groups of incidents with what they share, named and addressed so that both last.

A cluster is known by its earliest incident, which stays the same when later ones join, or by the incident under which
kb.toml names it. Its label is that name, or the title of the learning that describes it, or the words that set it apart.
Compromise: an incident belongs to one cluster or to none, though it may have several causes; the causes have pages of their
own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.records.model import Learning, Postmortem
from kb.recurrence.space import Floats, Numbers, Space
from kb.recurrence.told import FACT

# Words that tell of a cluster.
TERMS = 8
# The kinds of learning that describe a cluster, when they name this share of its incidents.
DESCRIBES, DESCRIBED = frozenset({"pattern", "lesson"}), 0.5


@dataclass(frozen=True, slots=True)
class Cluster:
    """Incidents that happened in one way. `members` are ids, oldest first; `cohesion` is how alike they are on average.

    `exemplar` is the one most like the others; `learning` the id of the learning that describes them, or None. `is_named` tells
    whether a person gave it its label.
    """

    id: str
    label: str
    terms: tuple[str, ...]
    members: tuple[str, ...]
    exemplar: str
    cohesion: float
    learning: str | None
    is_named: bool


def cluster(
    space: Space,
    incidents: Sequence[Postmortem],
    numbers: Sequence[int],
    learnings: Sequence[tuple[Learning, frozenset[str]]],
    names: Mapping[str, str],
) -> Cluster:
    """Return the cluster of some incidents, given by their numbers.

    Args:
        space: all incidents.
        incidents: the same, by number.
        numbers: those of the cluster.
        learnings: each with the ids of the incidents that it is drawn from.
        names: what people call clusters, by the id of one of its incidents.
    """
    order = sorted(numbers, key=lambda n: _age(incidents[n]))
    members = tuple(incidents[n].id for n in order)
    alike = _alike(space, np.array(order, np.int64))
    terms = _terms(space, np.array(order, np.int64))
    key = next((name for name in names if name in members), None)
    learning = describing(members, learnings)
    told = [names[key]] if key else [learning.title] if learning else []
    return Cluster(
        id=key or members[0],
        label=told[0] if told else _label(terms),
        terms=tuple(dict.fromkeys(term.strip("<>") for term in terms))[:TERMS],
        members=members,
        exemplar=members[int(np.argmax(alike))],
        cohesion=round(float(alike.mean()), 2),
        learning=learning.id if learning else None,
        is_named=key is not None,
    )


def describing(members: Sequence[str], learnings: Sequence[tuple[Learning, frozenset[str]]]) -> Learning | None:
    """Return the learning that names most of these incidents, if that are enough; of equals the one that names fewest others."""

    def fit(told: tuple[Learning, frozenset[str]]) -> tuple[int, int, str]:
        learning, named = told
        return (-len(named & {*members}), len(named), learning.id)

    best = min((told for told in learnings if told[0].kind in DESCRIBES), key=fit, default=None)
    return best[0] if best is not None and -fit(best)[0] >= DESCRIBED * len(members) else None


def _age(incident: Postmortem) -> tuple[float, str]:
    return (incident.started.at.timestamp() if incident.started else float("inf"), incident.id)


def _alike(space: Space, numbers: Numbers) -> Floats:
    """Return for each member how alike it is to the others, on average."""
    size = len(numbers)
    to_all = space.to_groups(numbers, [numbers.tolist()])[:, 0]
    return np.round((size * to_all - space.to_itself[numbers]) / (size - 1), 6)


def _terms(space: Space, numbers: Numbers) -> list[str]:
    """Return the words and mechanisms of at least half of the members, by how much more they weigh here than elsewhere."""
    rows = space.words[numbers]
    here = np.asarray(rows.mean(axis=0)).ravel()
    holders = np.bincount(rows.indices, minlength=rows.shape[1])
    found = np.flatnonzero((2 * holders >= len(numbers)) & (holders > 1))
    weights = np.round(here - space.everywhere, 6)
    if not (weights[found] > 0).any():
        # All incidents there are belong to it, and nothing sets it apart.
        weights = np.round(here, 6)
    ranked = sorted((-weights[n], space.terms[n]) for n in found.tolist() if weights[n] > 0)
    return list(dict.fromkeys(term for _, term in ranked if not term.startswith(FACT)))


def _label(terms: Sequence[str]) -> str:
    mechanism = next((term.strip("<>") for term in terms if term.startswith("<")), "")
    words = [term for term in terms if not term.startswith("<") and term != mechanism]
    text = f"{mechanism}: {', '.join(words[:2])}" if mechanism and words else mechanism or ", ".join(words[:3])
    return (text[:1].upper() + text[1:]) or "Alike without a word in common"
