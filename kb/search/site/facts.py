"""The facts of records, and the lists of their values with the records that have them.

Compromise: every list is made anew with each build, which takes less than a tenth of a second for ten thousand records.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.search.site.numbers import Listed, Numbers, encoded_rows, gaps

# The name of the fact, the slug of its value, and how it is spelt.
Fact = tuple[str, str, str]
# The slug of a value, how it is spelt mostly, and the records.
Value = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Which records have which facts, in no order: the number of the fact, which indexes `known`, and that of the record."""

    known: Sequence[Fact]
    numbers: Numbers
    records: Numbers


EMPTY = Facts((), np.zeros(0, np.int32), np.zeros(0, np.int32))


def updated(before: Facts, now: Numbers, new: Facts) -> Facts:
    """Return the facts of which record n was there before as the record `now[n]`, negative if it is gone, and new ones.

    What the new ones know begins with what was known before.
    """
    records = now[before.records]
    stays = records >= 0
    numbers = np.concatenate([before.numbers[stays], new.numbers])
    used = np.unique(numbers)
    known = [new.known[number] for number in used.tolist()]
    return Facts(known, np.searchsorted(used, numbers), np.concatenate([records[stays], new.records]))


def values_of(facts: Facts, names: Sequence[str]) -> Mapping[str, Sequence[Value]]:
    """Return the values of each of these names, most frequent first."""
    counts = np.bincount(facts.numbers, minlength=len(facts.known)).tolist()
    spelt: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (name, key, _) in enumerate(facts.known):
        spelt[name, key].append(number)
    totals = {one: sum(counts[number] for number in numbers) for one, numbers in spelt.items()}
    order = sorted((one for one in spelt if one[0] in names), key=lambda one: (-totals[one], one[1]))
    texts = _texts(facts, [spelt[one] for one in order])
    found: dict[str, list[Value]] = {name: [] for name in names}
    for one, text in zip(order, texts, strict=True):
        name, key = one
        best = min(spelt[one], key=lambda number: (-counts[number], facts.known[number][2]))
        found[name].append((key, facts.known[best][2], text))
    return found


def _texts(facts: Facts, groups: Sequence[Sequence[int]]) -> Sequence[str]:
    """Return the records that have one of a group of facts, by group: the gaps between them."""
    group_of = np.full(len(facts.known), -1)
    for number, numbers in enumerate(groups):
        group_of[numbers] = number
    group = group_of[facts.numbers]
    order = np.lexsort((facts.records, group))[np.count_nonzero(group < 0) :]
    group, records = group[order], facts.records[order]
    return encoded_rows(Listed(gaps(records, group), np.cumsum(np.bincount(group, minlength=len(groups)))))
