"""Which incidents are near which, and why.

Not all pairs are looked at: an incident's candidates are those nearest in latent semantics and those with which it shares a
rare word. So memory grows with the incidents. Compromise: to find the nearest in latent semantics all are compared, block by
block, which grows with their square and takes a second for ten thousand; and two that share only common words and lie far
apart there are never looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from kb.recurrence.space import OF_INCIDENT, OF_MECHANISM, Floats, Numbers, Space
from kb.recurrence.told import FACT

# Candidates by latent semantics; how many incidents may hold a word that is rare.
CANDIDATES, RARE = 40, 20
# Below this nothing is near; from STRONG on it mostly is the same mechanism. bench/README.md says how often.
NEAR, STRONG = 0.15, 0.3
# Words that are given as a reason of one kind, and the kinds in their order.
REASONS = 5
KINDS = ("cause", "trigger", "mechanism", "word", "name")

# Two columns of as many numbers.
Pairs = tuple[Numbers, Numbers]


class Reason(NamedTuple):
    """Something two incidents share, what weighs most first: `kind` is cause, trigger, mechanism, word, name or service."""

    kind: str
    what: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """What incidents share."""

    space: Space

    def reasons(self, first: Sequence[int], second: Sequence[int]) -> list[tuple[Reason, ...]]:
        """Return for each pair what both tell of."""
        found: list[list[Reason]] = [[] for _ in first]
        pairs = np.array(first, np.int64), np.array(second, np.int64)
        for part, terms in ((self.space.words, self._terms), (self.space.names, self._names)):
            for pair, reason in _shared(part, terms, pairs):
                found[pair].append(reason)
        return [tuple(some) for some in found]

    @cached_property
    def _terms(self) -> "_Terms":
        return _Terms.of([_told_of(term) for term in self.space.terms])

    @cached_property
    def _names(self) -> "_Terms":
        return _Terms.of([("name", name) for name in self.space.written])


@dataclass(frozen=True, slots=True)
class _Terms:
    """Of each column the number of its kind, what it says, and its place in the alphabet."""

    kinds: Numbers
    texts: Sequence[str]
    places: Numbers

    @classmethod
    def of(cls, told: Sequence[tuple[str, str]]) -> "_Terms":
        places = np.zeros(len(told), np.int64)
        places[sorted(range(len(told)), key=lambda n: told[n][1])] = np.arange(len(told))
        return cls(np.array([KINDS.index(kind) for kind, _ in told], np.int64), [text for _, text in told], places)


def _told_of(term: str) -> tuple[str, str]:
    """Return of which kind a term is, and what it says."""
    if term.startswith(FACT):
        kind, _, text = term.removeprefix(FACT).partition(":")
        return kind, text
    return ("mechanism", term[1:-1]) if term.startswith("<") else ("word", term)


def _shared(part: sparse.csr_array, terms: _Terms, pairs: Pairs) -> Iterator[tuple[int, Reason]]:
    """Yield (pair, reason) of each kind, in it those terms first that add most to how alike the two are."""
    both = sparse.csr_array(part[pairs[0]].multiply(part[pairs[1]]))
    groups = np.repeat(np.arange(len(pairs[0])), np.diff(both.indptr)) * len(KINDS) + terms.kinds[both.indices]
    # One number to sort by: the pair and kind, the weight in millionths, the place in the alphabet.
    weights = 10**6 - np.round(both.data * 10**6).astype(np.int64)
    order = np.argsort((groups * 2**20 + weights) * len(terms.texts) + terms.places[both.indices])
    groups = groups[order]
    begins = np.flatnonzero(np.diff(groups, prepend=-1))
    counts = np.minimum(np.diff(begins, append=len(groups)), REASONS)
    ends = np.cumsum(counts)
    kept = order[np.arange(counts.sum()) + np.repeat(begins - (ends - counts), counts)]
    texts = [terms.texts[n] for n in both.indices[kept].tolist()]
    for group, start, end in zip(groups[begins].tolist(), (ends - counts).tolist(), ends.tolist(), strict=True):
        yield group // len(KINDS), Reason(KINDS[group % len(KINDS)], tuple(texts[start:end]))


def candidates(space: Space, numbers: Numbers) -> Pairs:
    """Return the pairs of some incidents that are looked at, each once, as their places in `numbers`."""
    size = len(numbers)
    if size <= CANDIDATES + 1 or space.latent is None:
        return np.triu_indices(size, 1)
    codes = np.sort(np.concatenate([_by_latent(space.latent[numbers]), _by_rare(space, numbers)]))
    codes = codes[np.diff(codes, prepend=-1) > 0]
    return codes // size, codes % size


def graph(space: Space, pairs: Pairs, numbers: Numbers) -> sparse.csr_array:
    """Return how alike the mechanisms of some incidents are, in the pairs of them; `pairs` are numbers of `numbers`."""
    first, second = pairs
    alike = space.alike(numbers[first], numbers[second], OF_MECHANISM)
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    return sparse.csr_array((np.tile(alike, 2), (rows, columns)), (len(numbers), len(numbers)))


def nearest(space: Space, pairs: Pairs) -> tuple[Numbers, Numbers, Floats]:
    """Return (incident, other, how alike) of all that are near, both ways, by incident, nearest first, of equals by number."""
    first, second = pairs
    alike = space.alike(first, second, OF_INCIDENT)
    kept = alike >= NEAR
    first, second, alike = first[kept], second[kept], np.tile(alike[kept], 2)
    incident, other = np.concatenate([first, second]), np.concatenate([second, first])
    order = np.lexsort((other, -alike, incident))
    return incident[order], other[order], alike[order]


def _by_latent(latent: NDArray[np.float32]) -> Numbers:
    size, block = len(latent), 500
    found = []
    with threadpool_limits(1, "blas"):
        for start in range(0, size, block):
            alike = latent[start : start + block] @ latent.T
            np.fill_diagonal(alike[:, start:], -2)
            least = np.partition(alike, -CANDIDATES, axis=1)[:, [-CANDIDATES]]
            rows, others = np.divmod(np.flatnonzero(alike >= least), size)
            found.append(_codes(rows + start, others, size))
    return np.concatenate(found)


def _by_rare(space: Space, numbers: Numbers) -> Numbers:
    size = len(numbers)
    found = [np.zeros(0, np.int64)]
    for part in (space.words, space.names, space.titles):
        columns = part[numbers].tocsc()
        holders = np.diff(columns.indptr)
        few = sparse.csr_array(columns[:, np.flatnonzero((holders > 1) & (holders <= RARE))])
        shared = (few @ few.T).tocoo()
        above = shared.row < shared.col
        found.append(_codes(shared.row[above], shared.col[above], size))
    return np.concatenate(found)


def _codes(first: Numbers, second: Numbers, size: int) -> Numbers:
    return np.minimum(first, second).astype(np.int64) * size + np.maximum(first, second)
