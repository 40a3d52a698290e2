"""Which incidents are near which, and why.

Not all pairs are looked at: an incident's candidates are those nearest in latent semantics and those with which it shares a
rare word. So memory grows with the incidents. Compromise: to find the nearest in latent semantics all are compared, block by
block, which grows with their square and takes a second for ten thousand; and two that share only common words and lie far
apart there are never looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kb.recurrence.space import OF_INCIDENT, OF_MECHANISM, Floats, Numbers, Space
from kb.recurrence.told import FACT

# Candidates by latent semantics; how many incidents may hold a word that is rare.
CANDIDATES, RARE = 40, 20
# Below this nothing is near; from STRONG on it mostly is the same mechanism. bench/README.md says how often.
NEAR, STRONG = 0.15, 0.3
# Words that are given as a reason.
REASONS = 5

# Two columns of as many numbers.
Pairs = tuple[Numbers, Numbers]


@dataclass(frozen=True, slots=True)
class Reason:
    """Something two incidents share, what weighs most first: `kind` is cause, trigger, mechanism, word, name or service."""

    kind: str
    what: tuple[str, ...]


def candidates(space: Space, numbers: Numbers) -> Pairs:
    """Return the pairs of some incidents that are looked at, each once, as their places in `numbers`."""
    size = len(numbers)
    if size <= CANDIDATES + 1 or space.latent is None:
        return np.triu_indices(size, 1)
    codes = np.unique(np.concatenate([_by_latent(space.latent[numbers]), _by_rare(space, numbers)]))
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


def reasons(space: Space, first: Sequence[int], second: Sequence[int]) -> list[tuple[Reason, ...]]:
    """Return for each pair what both share."""
    words = _shared(space.words, space.terms, first, second)
    names = _shared(space.names, space.written, first, second)
    return [_reasons(some, others) for some, others in zip(words, names, strict=True)]


def _reasons(terms: Sequence[str], names: Sequence[str]) -> tuple[Reason, ...]:
    kinds: dict[str, list[str]] = {"cause": [], "trigger": [], "mechanism": [], "word": [], "name": []}
    for term in terms:
        if term.startswith(FACT):
            kind, _, what = term.removeprefix(FACT).partition(":")
            kinds[kind].append(what)
        elif term.startswith("<"):
            kinds["mechanism"].append(term[1:-1])
        else:
            kinds["word"].append(term)
    kinds["name"] += names
    return tuple(Reason(kind, tuple(some[:REASONS])) for kind, some in kinds.items() if some)


def _shared(
    part: sparse.csr_array, terms: Sequence[str], first: Sequence[int], second: Sequence[int]
) -> Iterator[list[str]]:
    """Yield for each pair the terms of both, by what they add to how alike the two are."""
    both = sparse.csr_array(part[list(first)].multiply(part[list(second)]))
    for start, end in zip(both.indptr[:-1].tolist(), both.indptr[1:].tolist(), strict=True):
        weights = np.round(both.data[start:end], 6).tolist()
        found = [(-weight, terms[n]) for n, weight in zip(both.indices[start:end].tolist(), weights, strict=True)]
        yield [term for _, term in sorted(found)]


def _by_latent(latent: NDArray[np.float32]) -> Numbers:
    size, block = len(latent), 500
    found = []
    for start in range(0, size, block):
        alike = latent[start : start + block] @ latent.T
        np.fill_diagonal(alike[:, start:], -2)
        least = np.partition(alike, -CANDIDATES, axis=1)[:, [-CANDIDATES]]
        rows, others = np.nonzero(alike >= least)
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
