"""How ready we were: services, playbooks, drills, and what pre-mortems foresaw.

Compromise: only what records name counts; a drill without a day lies in no quarter, and a pre-mortem without one is taken at its
word.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from kb.catalogue.catalogue import Catalogue
from kb.records.model import Learning, Playbook, Postmortem
from kb.review.model import CameTrue, Playbooks, PlaybookTold, Service, Services
from kb.text import slug
from kb.trends.practice import DRILLS
from kb.trends.quarter import Quarter, quarter_of

# A service was busy when it had an incident in so many quarters before.
_YEAR = 4


def services(catalogue: Catalogue, quarter: Quarter, *, is_over: bool) -> Services:
    """Return the services that are new, worst and quiet in a quarter."""
    now = _of_services(catalogue, [quarter])
    year = _of_services(catalogue, _before(quarter))
    older = {slug(name) for one in catalogue.incidents if _is_before(one, quarter) for name in one.services}
    return Services(
        new=_named(catalogue, {key: number for key, number in now.items() if key not in older}),
        worst=_named(catalogue, {key: number for key, number in now.items() if number > 1}),
        quiet=_named(catalogue, {key: number for key, number in year.items() if key not in now}) if is_over else (),
    )


def _before(quarter: Quarter) -> list[Quarter]:
    found = [quarter.before]
    while len(found) < _YEAR:
        found.append(found[-1].before)
    return found


def _is_before(incident: Postmortem, quarter: Quarter) -> bool:
    return incident.started is not None and incident.started.day < quarter.first


def _of_services(catalogue: Catalogue, quarters: Sequence[Quarter]) -> Counter[str]:
    """Return how many incidents of some quarters name each service."""
    found = (one for one in catalogue.incidents if one.started and quarter_of(one.started.day) in quarters)
    return Counter(key for one in found for key in {slug(name) for name in one.services})


def _named(catalogue: Catalogue, numbers: dict[str, int]) -> tuple[Service, ...]:
    known = catalogue.topics["service"]
    found = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Service(key, known[key].name, number) for key, number in found)


def playbooks(catalogue: Catalogue, incidents: Sequence[Postmortem]) -> Playbooks:
    """Return the playbooks that incidents name, by what they say of them."""
    found: dict[str, defaultdict[str, dict[str, Postmortem]]] = {}
    for incident in incidents:
        for use in incident.playbooks:
            record = catalogue.find(use.id)
            verdict = use.verdict if use.verdict in ("missing", "outdated") else "used"
            name = record.id if record else use.id
            if name:
                found.setdefault(verdict, defaultdict(dict))[name][incident.id] = incident
    return Playbooks(
        *(_told(catalogue, found.get(verdict, defaultdict(dict))) for verdict in ("used", "missing", "outdated"))
    )


def _told(catalogue: Catalogue, found: defaultdict[str, dict[str, Postmortem]]) -> tuple[PlaybookTold, ...]:
    made = []
    for name, incidents in found.items():
        record = catalogue.records.get(name)
        made.append(PlaybookTold(name, record if isinstance(record, Playbook) else None, tuple(incidents.values())))
    return tuple(sorted(made, key=lambda one: (-len(one.incidents), one.name)))


def drills(catalogue: Catalogue, quarter: Quarter) -> tuple[Learning, ...]:
    """Return the game days and chaos experiments of a quarter, oldest first."""
    found = [one for one in catalogue.learnings if one.kind in DRILLS and one.date and one.date in quarter]
    return tuple(sorted(found, key=lambda one: (one.date, one.id)))


def came_true(catalogue: Catalogue, incidents: Sequence[Postmortem]) -> tuple[CameTrue, ...]:
    """Return the risks of pre-mortems that came true in these incidents, in their order."""
    order = {one.id: place for place, one in enumerate(incidents)}
    found = [
        true for learning in catalogue.learnings for true in _true(catalogue, learning) if true.incident.id in order
    ]
    return tuple(sorted(found, key=lambda one: (order[one.incident.id], one.is_later, one.pre_mortem.id)))


def _true(catalogue: Catalogue, learning: Learning) -> Iterator[CameTrue]:
    for risk in learning.risks:
        # An alias and an id may name the same.
        named = {one.id: one for name in risk.came_true if (one := catalogue.find(name))}
        for incident in named.values():
            if isinstance(incident, Postmortem):
                yield CameTrue(learning, risk, incident, _is_later(learning, incident))


def _is_later(learning: Learning, incident: Postmortem) -> bool:
    return learning.when is not None and incident.started is not None and incident.started < learning.when
