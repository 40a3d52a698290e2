"""The themes of a quarter: the clusters that were active in it, and what their incidents up to then share.

Compromise: which incidents belong together is found with all that are known today, so that a theme of long ago may be clearer
here than it was then.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date

from kb.catalogue.catalogue import Catalogue
from kb.catalogue.promise import Promise
from kb.records.model import Learning, Postmortem
from kb.recurrence.clusters import DESCRIBES, Cluster
from kb.recurrence.recurrence import Recurrence
from kb.review.ledger import most_overdue, standing
from kb.review.model import Described, Factor, Theme

# More themes than this nobody talks over in an hour.
MOST = 5
# A learning about fewer incidents than this tells of a case, not of a theme.
_FEW = 3


def active(recurrence: Recurrence, incidents: Sequence[Postmortem]) -> tuple[Cluster, ...]:
    """Return the clusters that one of these incidents belongs to, in the order of all."""
    found = {one.id for one in incidents}
    return tuple(cluster for cluster in recurrence.clusters if not found.isdisjoint(cluster.members))


def themes(recurrence: Recurrence, incidents: Sequence[Postmortem], day: date) -> tuple[Theme, ...]:
    """Return the active clusters as they stood at the end of a day, at most five.

    Those with most of these incidents come first, then those with most open promises, then the larger ones, then by id.
    """
    ids = {one.id for one in incidents}
    sizes = {cluster.id: len(ids.intersection(cluster.members)) for cluster in active(recurrence, incidents)}
    # Only those that may be among the first are looked at more closely, which in a large knowledge base are few of many.
    least = min(sorted(sizes.values())[-MOST:], default=0)
    likely = (cluster for cluster in recurrence.clusters if sizes.get(cluster.id, 0) >= max(1, least))
    found = (_theme(recurrence, cluster, incidents, day) for cluster in likely)
    return tuple(sorted(found, key=_order)[:MOST])


def described(recurrence: Recurrence, incidents: Sequence[Postmortem], day: date) -> tuple[Described, ...]:
    """Return the patterns and lessons that name one of these incidents, and at least three by the end of a day, in the order of
    themes. Those that describe an active cluster are left out.
    """
    told = {cluster.learning for cluster in active(recurrence, incidents)}
    kinds = (one for one in recurrence.catalogue.learnings if one.kind in DESCRIBES and one.id not in told)
    found = (_described(recurrence, learning, incidents, day) for learning in kinds)
    return tuple(sorted((one for one in found if one.incidents and len(one.known) >= _FEW), key=_order))


def first_of(themes: Iterable[Theme], described: Iterable[Described]) -> tuple[Theme | Described, ...]:
    """Return the first five of both, of equals the clusters."""
    both: list[Theme | Described] = [*themes, *described]
    return tuple(sorted(both, key=lambda one: (*_order(one)[:-1], isinstance(one, Described)))[:MOST])


def _order(one: Theme | Described) -> tuple[int, int, int, str]:
    return (-len(one.incidents), -len(one.promises), -len(one.known), one.id)


def _theme(recurrence: Recurrence, cluster: Cluster, incidents: Sequence[Postmortem], day: date) -> Theme:
    members = [recurrence.incidents[name] for name in cluster.members]
    learning = recurrence.catalogue.records.get(cluster.learning or "")
    told = learning if isinstance(learning, Learning) else None
    return Theme(*_parts(recurrence.catalogue, members, incidents, day), cluster, told)


def _described(recurrence: Recurrence, learning: Learning, incidents: Sequence[Postmortem], day: date) -> Described:
    found = (recurrence.catalogue.find(name) for name in learning.incidents)
    members = {one.id: one for one in found if isinstance(one, Postmortem)}
    return Described(*_parts(recurrence.catalogue, sorted(members.values(), key=age), incidents, day), learning)


def age(incident: Postmortem) -> tuple[float, str]:
    """Return what sorts incidents by their start, those without one last."""
    return (incident.started.at.timestamp() if incident.started else float("inf"), incident.id)


def _parts(
    catalogue: Catalogue, members: Sequence[Postmortem], incidents: Sequence[Postmortem], day: date
) -> tuple[
    tuple[Postmortem, ...],
    tuple[Postmortem, ...],
    int,
    tuple[Factor, ...],
    tuple[Factor, ...],
    tuple[Factor, ...],
    tuple[Promise, ...],
]:
    """Return the fields of `Active`, in their order."""
    ids = {one.id for one in members}
    known = tuple(one for one in members if one.started is None or one.started.day <= day)
    return (
        tuple(one for one in incidents if one.id in ids),
        known,
        len(members) - len(known),
        _shared(known, lambda one: {*one.causes} - {"unknown"}),
        _shared(known, lambda one: {one.trigger or "unknown"} - {"unknown"}),
        _missing_in(known, ids & {one.id for one in incidents}),
        most_overdue(_open(catalogue, known, day)),
    )


def _missing_in(known: Sequence[Postmortem], now: Collection[str]) -> tuple[Factor, ...]:
    """Return the missing safeguards, of equals those of the quarter first."""
    recent = {name for one in known if one.id in now for name in _missing(one)}
    return tuple(sorted(_factors(known, _missing), key=lambda one: (-one.incidents, one.word not in recent)))


def _missing(incident: Postmortem) -> Collection[str]:
    return {one.name for one in incident.safeguards if one.name and one.verdict == "missing"}


def _shared(incidents: Sequence[Postmortem], of: Callable[[Postmortem], Collection[str]]) -> tuple[Factor, ...]:
    """Return the words of at least two incidents; of a single one all that it says."""
    return tuple(one for one in _factors(incidents, of) if one.incidents >= min(2, len(incidents)))


def _factors(incidents: Iterable[Postmortem], of: Callable[[Postmortem], Collection[str]]) -> Iterator[Factor]:
    found = Counter(word for one in incidents for word in of(one))
    yield from (Factor(word, number) for word, number in sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _open(catalogue: Catalogue, incidents: Iterable[Postmortem], day: date) -> Iterator[Promise]:
    promises = (one for incident in incidents for one in catalogue.promises_of.get(incident.id, ()))
    yield from (one for one in standing(catalogue, promises, day) if one.is_open)
