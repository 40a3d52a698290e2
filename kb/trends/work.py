"""What became of the actions that were promised: how many, when, how long they stay open, and whose they are.

Compromise: most published reports announce actions and never say what became of them; those are "unknown" here and are counted
as nothing else.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from kb.catalogue.promise import OPEN, Promise
from kb.text import slug
from kb.trends.model import Age, Flow, Work
from kb.trends.quarter import quarter_of, quarters
from kb.trends.survival import survival

# States in which nothing has been decided or done yet, and those that end it.
_WAITING, _CLOSED = OPEN | {"proposed"}, ("done", "declined")


def work(promises: Sequence[Promise], states: Sequence[str]) -> Work:
    """Sum up promises. `states` are the words for how far an action is, in the order in which they are told."""
    steps, median = survival(spans := tuple(_spans(promises)))
    being_done = [one for one in promises if one.is_open]
    late = sorted((one for one in being_done if one.is_overdue), key=lambda one: (-(one.late or 0), one.name))
    return Work(
        states=_states(promises, states),
        flow=_flow(promises),
        undated=sum(1 for one in promises if one.action.opened is None),
        steps=steps,
        measured=len(spans),
        median=median,
        by_owner=_ages(being_done, lambda one: one.action.owner or ""),
        by_kind=_ages(being_done, lambda one: one.action.kind or ""),
        overdue=tuple(one.name for one in late),
        unverified=tuple(one.name for one in promises if one.is_unverified),
    )


def _states(promises: Sequence[Promise], order: Sequence[str]) -> tuple[tuple[str, int], ...]:
    found = Counter(one.state for one in promises)
    others = sorted(found.keys() - {*order, "unknown"})
    return tuple((state, found[state]) for state in dict.fromkeys((*order, *others, "unknown")) if found[state])


def _spans(promises: Sequence[Promise]) -> Iterator[tuple[int, bool]]:
    """Yield how many days an action was open and whether it was closed then, where both are known."""
    for one in promises:
        if one.age is not None and one.age >= 0 and (one.state in _CLOSED or one.state in _WAITING):
            yield one.age, one.state in _CLOSED


def _flow(promises: Sequence[Promise]) -> tuple[Flow, ...]:
    opened = Counter(quarter_of(one.action.opened) for one in promises if one.action.opened)
    done, declined = (
        Counter(quarter_of(one.action.closed) for one in promises if one.state == state and one.action.closed)
        for state in _CLOSED
    )
    run = quarters(one.first for one in (*opened, *done, *declined))
    return tuple(Flow(one, opened[one], done[one], declined[one]) for one in run)


def _ages(promises: Sequence[Promise], of: Callable[[Promise], str]) -> tuple[Age, ...]:
    """Return the ages by a name, however it is spelt: the name with most actions first, those without a name last."""
    found: defaultdict[str, list[Promise]] = defaultdict(list)
    for one in promises:
        found[slug(of(one)) if of(one) else ""].append(one)
    made = (_age(some, of) for some in found.values())
    return tuple(sorted(made, key=lambda age: (not age.name, -len(age.days) - age.unknown, age.name)))


def _age(promises: Sequence[Promise], of: Callable[[Promise], str]) -> Age:
    spellings = Counter(map(of, promises))
    # A day of opening that is still to come tells no age.
    days = sorted((one.age for one in promises if one.age is not None and one.age >= 0), reverse=True)
    name = min(spellings, key=lambda name: (-spellings[name], name))
    return Age(name, tuple(days), len(promises) - len(days))
