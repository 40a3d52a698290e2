"""Which incidents belong together, in a knowledge base of any size.

Groups are found among at most two thousand incidents, chosen by their names; the others join the group they are most like,
on average over all its members, and of those that are like none another two thousand are taken in the same way. So time
grows with the incidents. Compromise: what happened only a few times in many thousand incidents may be found in a later
round, or not at all.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy import sparse

from kb.recurrence import near
from kb.recurrence.groups import ALIKE, LEAST, Groups, Said, groups
from kb.recurrence.space import Numbers, Space


def belonging(
    space: Space,
    names: Sequence[str],
    pairs: near.Pairs,
    together: Said,
    apart: Said,
    groups: Callable[[Sequence[str], sparse.csr_array, Said], Groups] = groups,
) -> list[tuple[int, ...]]:
    """Return groups of incidents, each in order of number, in the order of their first.

    Args:
        space: the incidents.
        names: theirs.
        pairs: the candidates of all of them.
        together: pairs of which people say that the first repeats the second; it goes where that one is.
        apart: pairs that people say are none, which goes before `together`.
        groups: what finds groups, as `kb.recurrence.groups.groups` does.
    """
    left = np.arange(len(names))
    found: list[list[int]] = []
    while len(left) >= LEAST:
        chosen = space.drawn(left)
        candidates = pairs if len(chosen) == len(names) else near.candidates(space, chosen)
        at = {number: place for place, number in enumerate(chosen.tolist())}
        graph = near.graph(space, candidates, chosen)
        within = [(at[one], at[other]) for one, other in apart if one in at and other in at]
        grouped = groups([names[n] for n in chosen.tolist()], graph, within)
        new = [chosen[list(group)].tolist() for group in grouped]
        if len(chosen) < len(names):
            _join(space, np.setdiff1d(np.arange(len(names)), _members([*found, *new])), new, apart)
        found += new
        left = np.setdiff1d(left, np.concatenate([chosen, _members(new)]))
    return _bound(found, together, apart)


def others(said: Said) -> dict[int, frozenset[int]]:
    """Return for each number those that it stands in a pair with."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in said:
        found[one].add(other)
        found[other].add(one)
    return {number: frozenset(some) for number, some in found.items()}


def _members(found: Sequence[Sequence[int]]) -> Numbers:
    return np.array([number for group in found for number in group], np.int64)


def _join(space: Space, numbers: Numbers, found: list[list[int]], apart: Said) -> None:
    """Put each incident into the group that it is most like, if it is like one."""
    if not found or not len(numbers):
        return
    alike = space.to_groups(numbers, found)
    barred = others(apart)
    for number, row in zip(numbers.tolist(), alike, strict=True):
        best = int(np.argmax(row))
        if row[best] >= ALIKE and barred.get(number, frozenset()).isdisjoint(found[best]):
            found[best].append(number)


def _bound(found: Sequence[Sequence[int]], together: Said, apart: Said) -> list[tuple[int, ...]]:
    """Return the groups, each incident in that of the one that it repeats; several that only people join are a group too."""
    barred = others(apart)
    group_of: dict[int, set[int]] = {}
    for group in found:
        one_set = set(group)
        group_of.update((number, one_set) for number in group)
    for one, other in _earliest_first(together):
        here, there = (group_of.setdefault(number, {number}) for number in (one, other))
        # The later one moves, unless only it has a group.
        moved, goal = (other, here) if len(there) == 1 < len(here) else (one, there)
        if barred.get(moved, frozenset()).isdisjoint(goal):
            group_of[moved].discard(moved)
            goal.add(moved)
            group_of[moved] = goal
    # Each once, however many are in it.
    different = {id(group): group for group in group_of.values()}.values()
    return sorted(tuple(sorted(group)) for group in different if len(group) >= LEAST)


def _earliest_first(together: Said) -> Iterator[tuple[int, int]]:
    """Yield the pairs so that what an incident repeats has moved before it does, except in a circle."""
    later: defaultdict[int, list[int]] = defaultdict(list)
    for one, other in together:
        later[other].append(one)
    followers = {one for one, _ in together}
    # Those that repeat nothing, and after them whatever only lies in a circle.
    queue = deque([*(number for number in later if number not in followers), *later])
    while queue:
        number = queue.popleft()
        some = later.pop(number, [])
        yield from ((one, number) for one in some)
        queue.extendleft(reversed(some))
