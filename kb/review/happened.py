"""How the review tells of what happened: the incidents, the themes they belong to, and what came back.

Compromise: of each theme the first few facts are said; its page in the site holds all of them.
"""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence

from kb.catalogue.promise import Promise
from kb.records.model import Postmortem
from kb.recurrence.repeats import STATES, Repeat
from kb.review.days import day_said
from kb.review.model import Described, Factor, Theme
from kb.review.section import Block, Code, Ref, Said, Teller, item, plain_line, text, titled
from kb.text import age, count, said

# Facts, promises of a theme, and broken promises of a repeat that are told.
_FACTS, _PROMISES, _BROKEN = 3, 3, 6


def incidents(teller: Teller) -> Iterator[Block]:
    """Tell how many incidents there were, and of each one."""
    review = teller.review
    yield text(review.compared.note)
    yield from teller.listed(review.incidents, lambda one: _incident(teller, one))
    if review.near_misses:
        yield text(f"{len(review.near_misses):,} of them could have hurt and did not.")
    if review.undated:
        yield text(f"{count(review.undated, 'incident')} without a known day can be in no review.")


def _incident(teller: Teller, one: Postmortem) -> Said:
    day = day_said(one.started.day, with_year=False) if one.started else "day unknown"
    facts = f", {plain_line(one.severity or 'severity unknown')}{', near miss' if one.near_miss else ''})"
    return (f"{day}: {teller.plain(one.title)} (", Ref(one.id, plain_line(one.organization or one.id)), facts)


def themes(teller: Teller) -> Iterator[Block]:
    """Tell of what the incidents belong to."""
    topics = teller.review.topics
    if not topics:
        yield teller.nothing("No incident of the quarter belongs to a group, and no pattern or lesson names one.")
        return
    for one in topics:
        yield Block("heading", (plain_line(one.label),))
        yield from _topic(teller, one)
    held = {incident.id for one in topics for incident in one.incidents}
    if left := [one for one in teller.review.incidents if one.id not in held]:
        yield Block("text", ("In none of these: ", *teller.named(left, teller.ref), "."))
    if (more := teller.review.active - sum(isinstance(one, Theme) for one in topics)) > 0:
        groups = "more group of incidents was" if more == 1 else "more groups of incidents were"
        yield text(f"{more:,} {groups} active; ", Code("kb clusters"), " tells of all.")


def _topic(teller: Teller, one: Theme | Described) -> Iterator[Block]:
    size = len(one.known)
    they_share = " they share" if size > 1 else ""
    yield item(f"{_part(len(one.incidents), size)}: ", *teller.named(one.incidents, teller.ref), ".")
    for title, factors in (("Causes", one.causes), ("Triggers", one.triggers)):
        if factors:
            yield item(f"{title}{they_share}: {_factors(teller, factors, size)}.")
    if isinstance(one, Theme) and one.cluster.terms:
        yield item(f"Words they share: {plain_line(', '.join(one.cluster.terms))}.")
    if one.missing:
        yield item(f"Safeguards that were missing: {_factors(teller, one.missing, size)}.")
    yield from _open(teller, one.promises)
    yield item(*_described(teller, one))
    if one.since:
        yield item(f"Since then it happened {count(one.since, 'more time')}.")


def _part(part: int, whole: int) -> str:
    """Return how many incidents of a theme lie in the quarter."""
    if whole == 1:
        return "Its first incident"
    return f"{f'{part:,} of its' if part < whole else 'All of its'} {whole:,} incidents in this quarter"


def _factors(teller: Teller, factors: Sequence[Factor], size: int) -> str:
    told = [(teller.plain(said(one.word)), f" ({one.incidents:,} of {size:,})") for one in factors[:_FACTS]]
    return ", ".join(word + (number if size > 1 else "") for word, number in told)


def _open(teller: Teller, promises: Sequence[Promise]) -> Iterator[Block]:
    if not promises:
        return
    late = sum(one.is_overdue for one in promises)
    yield item(f"{count(len(promises), 'promise')} open{f', {late:,} overdue' if late else ''}:")
    yield from (Block("under", one.said) for one in teller.listed(promises, teller.promise, _PROMISES))


def _described(teller: Teller, one: Theme | Described) -> Said:
    if one.learning is None:
        command = Code(f"kb new pattern --from-cluster {shlex.quote(one.id)}")
        return ("Nobody has described it; ", command, " begins to.")
    kind = said(one.learning.kind or "learning")
    if one.label == one.learning.title:
        return (f"From the {kind} ", Ref(one.learning.id, one.learning.id), ".")
    return (f"Described by the {kind} ", teller.ref(one.learning), ".")


def repeats(teller: Teller) -> Iterator[Block]:
    """Tell what came back, and what had been promised the first time."""
    found = teller.review.repeats
    if not found:
        yield teller.nothing("Nobody has said that an incident of the quarter repeats an earlier one.")
    for one in found[: teller.most]:
        yield item(*_repeat(teller, one))
        yield from (
            Block("under", (f"{promise.said}: {teller.plain(promise.action.title) or 'without a title'}",))
            for promise in one.broken[:_BROKEN]
        )
        if len(one.broken) > _BROKEN:
            yield Block("under", (f"and {len(one.broken) - _BROKEN:,} more.",))
    if len(found) > teller.most:
        yield item(f"and {len(found) - teller.most:,} more.")


def _repeat(teller: Teller, one: Repeat) -> Said:
    earlier, later = (teller.review.recurrence.incidents[name] for name in (one.earlier, one.later))
    gap = "" if one.gap is None else f" {age(one.gap)} later" if one.gap else " on the same day"
    when = f", {day_said(earlier.started.day)}," if earlier.started else ""
    return (titled(earlier), f"{when} came back{gap} as ", titled(later), f". {_promises_said(one)}")


def _promises_said(repeat: Repeat) -> str:
    """Return how the promises of the earlier incident stood: "Of 3 promises made the first time, 1 open and 2 kept by then."."""
    if not repeat.made:
        return "Nothing had been promised the first time."
    then = Counter({**Counter(promise.then for promise in repeat.promises), "kept": repeat.kept})
    *first, last = (f"{then[state]} {name}" for state, name in STATES.items() if then[state])
    states = f"{', '.join(first)} and {last}" if first else last
    return f"Of {count(repeat.made, 'promise')} made the first time, {states} by then."
