"""The ranking: BM25F over the fields of a record, the word's own form and its stem half each, and half for how much
matched.

Score of a record: the sum over the words asked for of idf * tf * (K1 + 1) / (tf + K1), where tf adds up a term's
frequency in each field, weighed by `WEIGHTS` and divided by 1 - B + B * length / mean length (Robertson, Zaragoza and
Taylor 2004); then times 1 - COVERAGE + COVERAGE * the share of the query's idf that the record holds. Every choice
between two ways is half and half, K1 is the customary 1.2, and a title says three times what a sentence says.
Compromise: how near the words stand to each other counts for nothing. docs/decisions/0007-search-index.md says what was
tried, and that it was tried on the benchmark's own queries.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from types import MappingProxyType

K1, B, COVERAGE, EXACT = 1.2, 0.5, 0.5, 0.5

# What a word weighs by where it stands. Symptoms and names are what a responder has on the screen.
WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"title": 3.0, "symptoms": 3.0, "names": 2.0, "actions": 1.0, "timeline": 1.0, "prose": 1.0}
)

# A word asked for: what is looked up for its own form, and for its stem. Several terms of a kind stand for one another.
Asked = tuple[tuple[str, ...], tuple[str, ...]]
# term -> record number -> weighed frequency.
Postings = Callable[[str], Mapping[int, float]]


def norm(length: float, mean: float) -> float:
    """Return what a frequency is divided by in a field of this length."""
    return 1 - B + B * length / mean if mean else 1.0


def idf(found: int, total: int) -> float:
    """Return how much a term tells that `found` of `total` records hold; never negative (as in Lucene)."""
    return log(1 + (total - found + 0.5) / (found + 0.5))


def rank(asked: Sequence[Asked], postings: Postings, total: int) -> list[tuple[int, float]]:
    """Return (record number, score) of every record that holds a word asked for, unordered."""
    scores: defaultdict[int, float] = defaultdict(float)
    covered: defaultdict[int, float] = defaultdict(float)
    whole = 0.0
    for exact, stems in asked:
        for share, terms, is_counted in ((EXACT, exact, False), (1 - EXACT, stems, True)):
            found = _any_of(terms, postings)
            worth = idf(len(found), total)
            for number, frequency in found.items():
                scores[number] += share * worth * frequency * (K1 + 1) / (frequency + K1)
            if is_counted and found:
                whole += worth
                for number in found:
                    covered[number] += worth
    return [
        (number, score * (1 - COVERAGE + COVERAGE * covered[number] / whole if whole else 1.0))
        for number, score in scores.items()
    ]


def _any_of(terms: Iterable[str], postings: Postings) -> Mapping[int, float]:
    """Return the postings of terms that stand for one another: in each record the most frequent counts."""
    lists = [found for term in terms if (found := postings(term))]
    if len(lists) == 1:
        return lists[0]
    merged: dict[int, float] = {}
    for found in lists:
        for number, frequency in found.items():
            merged[number] = max(frequency, merged.get(number, 0.0))
    return merged
