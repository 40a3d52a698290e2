"""What incidents tell -> how alike they are.

Each incident is a vector of its words and of the mechanisms they tell of (TF-IDF, Salton and Buckley 1988), with names
masked, and the same seen through latent semantic analysis (Deerwester et al. 1990), in which words that go together count
as one. Both together say how alike two mechanisms are. For what a responder calls similar, names and titles count as well.

A likeness is corrected for chance as Cohen's kappa is: 0 is as alike as two incidents of this knowledge base are on
average, 1 the same. Compromise: in a large knowledge base all that is learned (what words weigh, which are names, latent
semantics, what chance gives) is learned from two thousand incidents of earlier years, chosen by their names. So it costs no
more, and a new incident leaves the likeness of all others as it is; a kind of failure that is new is learned a year later.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfTransformer
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from kb.recurrence.tellings import Tellings
from kb.search.terms import stem

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Part: TypeAlias = "sparse.csr_array | NDArray[np.float32]"

# What a mechanism that is told of weighs beside a word.
MECHANISM = 0.5
# Dimensions of latent semantics, incidents that it is learned from, and how few are too few for it.
DIMENSIONS, LEARNED_FROM, TOO_FEW = 100, 2_000, 20
# A term that more than half of the incidents hold tells nothing, unless these are few.
COMMON, FEW = 0.5, 10
# What chance gives in a knowledge base of which nothing is known yet, and after how many pairs it counts as much as what is.
CHANCE, PAIRS = 0.3, 50
# What words, latent semantics, names and titles weigh.
OF_MECHANISM = (1 / 2, 1 / 2, 0.0, 0.0)
OF_INCIDENT = (1 / 3, 1 / 3, 1 / 6, 1 / 6)

# Days are no names either.
_DAYS = "january february march april may june july august september october november december utc gmt"
_STOP = frozenset(stem(word) for word in (*ENGLISH_STOP_WORDS, *_DAYS.split()))
# Small numbers and years tell of nothing; an error code does.
_NUMBER = re.compile(r"\d{1,2}|(?:19|20)\d\d")


@dataclass(frozen=True)
class Space:
    """Incidents as vectors of length 1, or 0 where there is nothing to tell; a row each.

    `terms` are the columns of `words`: words, facts such as `=cause:hardware`, and mechanisms in angle brackets. `names` and
    `titles` have those of `written`, which is how the stems are written mostly. `order` holds the numbers of all incidents,
    those first that are drawn first where not all are looked at.
    """

    order: Numbers
    terms: Sequence[str]
    words: sparse.csr_array
    latent: NDArray[np.float32] | None
    written: Sequence[str]
    names: sparse.csr_array
    titles: sparse.csr_array

    def alike(self, first: Numbers, second: Numbers, weights: Sequence[float]) -> Floats:
        """Return how alike pairs are, with these weights, corrected for chance."""
        total = np.zeros(len(first))
        for part, weight in zip(self._parts, weights, strict=True):
            if weight:
                total += weight * _products(part, first, second)
        chance = sum(weight * by_chance for weight, by_chance in zip(weights, self._by_chance, strict=True))
        # Rounded, so that it is the same on every machine.
        return np.round((total - chance) / (1 - chance), 6)

    def to_groups(self, numbers: Numbers, found: Sequence[Sequence[int]]) -> Floats:
        """Return how alike incidents (rows) are in mechanism to groups (columns), on average over all members of each."""
        total, chance = np.zeros((len(numbers), len(found))), 0.0
        rows = np.concatenate([np.full(len(group), n) for n, group in enumerate(found)])
        shares = np.concatenate([np.full(len(group), 1 / len(group)) for group in found])
        columns = np.concatenate([np.array(group) for group in found])
        averaging = sparse.csr_array((shares, (rows, columns)), (len(found), self.words.shape[0]))
        for part, weight, by_chance in zip(self._parts, OF_MECHANISM, self._by_chance, strict=True):
            if weight:
                products = part[numbers] @ (averaging @ part).T
                total += weight * (products.toarray() if sparse.issparse(products) else products)
                chance += weight * by_chance
        return np.asarray(np.round((total - chance) / (1 - chance), 6), np.float64)

    def drawn(self, numbers: Numbers) -> Numbers:
        """Return at most `LEARNED_FROM` of these numbers, in order of number; one incident more hardly matters."""
        is_there = np.zeros(len(self.order), bool)
        is_there[numbers] = True
        return np.sort(self.order[is_there[self.order]][:LEARNED_FROM])

    @cached_property
    def to_itself(self) -> Floats:
        """How alike each incident is to itself in mechanism: 1, or less where it tells nothing."""
        numbers = np.arange(len(self.order))
        return self.alike(numbers, numbers, OF_MECHANISM)

    @cached_property
    def everywhere(self) -> Floats:
        """What each of `terms` weighs on average."""
        return np.asarray(self.words.mean(axis=0), np.float64).ravel()

    @property
    def _parts(self) -> tuple[Part, ...]:
        return (self.words, self.words if self.latent is None else self.latent, self.names, self.titles)

    @cached_property
    def _by_chance(self) -> tuple[float, ...]:
        learned = self.drawn(self.order)
        return tuple(_by_chance(part[learned]) for part in self._parts)


def space(order: Numbers, tellings: Tellings, mechanisms: Mapping[str, frozenset[str]]) -> Space:
    """Return incidents as vectors; see `Space` for their order, and `kb.recurrence.lexicon` for the mechanisms."""
    learned = np.sort(order[:LEARNED_FROM])
    stems, written, said, capitals, title, named, facts = _by_stem(tellings)
    is_word = _are_words(stems, said, capitals, named, frozenset().union(*mechanisms.values()), learned)
    may_tell = np.array([term not in _STOP and not _NUMBER.fullmatch(term) for term in stems], bool)
    told = sparse.csr_array(sparse.hstack([_columns(said, is_word), facts], format="csr"))
    # How often the words of each mechanism are said. Every incident tells of some, so none is too common to tell.
    ways = sparse.csr_array(said @ _holding(stems, mechanisms))
    words = sparse.hstack([_weighed(told, learned), MECHANISM * _weighed(ways, learned, common=1.0)], format="csr")
    words = sparse.csr_array(normalize(words)) if words.nnz else sparse.csr_array(words)
    return Space(
        order=order,
        terms=(*written, *written, *(f"<{name}>" for name in mechanisms)),
        words=words,
        latent=_latent(words, learned),
        written=written,
        names=_weighed(_columns(said + named, ~is_word & may_tell), learned),
        titles=_weighed(_columns(title, may_tell), learned),
    )


def drawing_order(names: Sequence[str], settled: Sequence[bool]) -> Numbers:
    """Return the numbers of incidents, those that are settled first, else in an order that follows from their names alone."""
    order = sorted(range(len(names)), key=lambda n: (not settled[n], digest(names[n])))
    return np.array(order, np.int64)


def digest(name: str) -> bytes:
    """Return what puts names into an order that has nothing to do with them."""
    return blake2b(name.encode(errors="replace"), digest_size=8).digest()


def _by_stem(tellings: Tellings) -> tuple[Any, ...]:
    """Return the stems in order, how each is written mostly, and the parts of the tellings with a column for each stem."""
    numbers = {one: number for number, one in enumerate(sorted(set(tellings.stems)))}
    stems, at = list(numbers), np.array([numbers[one] for one in tellings.stems], np.int64)
    summing = sparse.csr_array((np.ones(len(at)), (np.arange(len(at)), at)), (len(at), len(stems)))
    parts = (tellings.words, tellings.capitals, tellings.title, tellings.named, tellings.facts)
    counts = np.asarray((tellings.words + tellings.title + tellings.named + tellings.facts).sum(axis=0)).ravel()
    # The most frequent form of each stem, of equals the first.
    order = np.lexsort((np.arange(len(at)), -counts, at))
    first = np.unique(at[order], return_index=True)[1]
    written = [tellings.vocabulary[n] for n in order[first].tolist()]
    return (stems, written, *(sparse.csr_array(part.astype(np.float64) @ summing) for part in parts))


def _holding(stems: Sequence[str], mechanisms: Mapping[str, frozenset[str]]) -> sparse.csr_array:
    """Return 1 where a stem (rows) tells of a mechanism (columns)."""
    at = {one: number for number, one in enumerate(stems)}
    found = [(at[one], way) for way, some in enumerate(mechanisms.values()) for one in sorted(some) if one in at]
    rows, columns = np.array(found, np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), (len(stems), len(mechanisms)))


def _are_words(
    stems: Sequence[str],
    said: sparse.csr_array,
    capitals: sparse.csr_array,
    named: sparse.csr_array,
    known: frozenset[str],
    learned: Numbers,
) -> NDArray[np.bool_]:
    """Tell of each stem whether it tells of a mechanism and is no name.

    A name is mostly written with a capital, or mostly stands in records with a field that names it. Of a stem that none of
    the incidents holds that are learned from, all others tell.
    """
    parts = (said, capitals, named)
    is_learned = sum(np.bincount(part[learned].indices, minlength=len(stems)) for part in parts) > 0
    sums = [np.where(is_learned, _totals(part[learned]), _totals(part)) for part in parts[:2]]
    counts = [np.where(is_learned, _holders(part[learned]), _holders(part)) for part in (said, named)]
    is_name = (2 * sums[1] > sums[0]) | (2 * counts[1] > counts[0])
    may_tell = np.array([term not in _STOP and term[:1].isalpha() for term in stems], bool)
    is_known = np.array([term in known for term in stems], bool)
    return may_tell & (is_known | ~is_name)


def _totals(part: sparse.csr_array) -> Floats:
    return np.asarray(part.sum(axis=0), np.float64).ravel()


def _holders(part: sparse.csr_array) -> Numbers:
    return np.bincount(part.indices, minlength=part.shape[1])


def _columns(part: sparse.csr_array, kept: NDArray[np.bool_]) -> sparse.csr_array:
    """Return the part with all other columns empty."""
    found = sparse.csr_array((part.data * kept[part.indices], part.indices, part.indptr), part.shape, copy=True)
    found.eliminate_zeros()
    return found


def _weighed(counts: sparse.csr_array, learned: Numbers, common: float = COMMON) -> sparse.csr_array:
    """Return counts as TF-IDF, of length 1, without what is common among those that are learned from."""
    holders = _holders(counts[learned])
    rare = _columns(counts, holders <= max(FEW, common * len(learned)))
    return (
        sparse.csr_array(TfidfTransformer(sublinear_tf=True).fit(rare[learned]).transform(rare)) if rare.nnz else rare
    )


def _latent(words: sparse.csr_array, learned: Numbers) -> NDArray[np.float32] | None:
    """Return the vectors in latent semantics; a dimension counts by what it explains, so that none is cut off at an edge."""
    used = np.unique(words[learned].indices)
    if len(learned) < TOO_FEW or len(used) < TOO_FEW:
        return None
    dense = words[:, used]
    svd = TruncatedSVD(min(DIMENSIONS, len(learned) - 1, len(used) - 1), random_state=0)
    # Two threads would mostly wait for each other, and wear a second core out.
    with threadpool_limits(1, "blas"):
        svd.fit(dense[learned])
    latent: NDArray[np.float32] = normalize(svd.transform(dense) * svd.singular_values_).astype(np.float32)
    return latent


def _products(part: Part, first: Numbers, second: Numbers) -> Floats:
    block = 5_000
    found = [np.zeros(0)]
    for n in range(0, len(first), block):
        left: Any = part[first[n : n + block]]
        right = part[second[n : n + block]]
        both = (left.multiply(right) if sparse.issparse(left) else left * right).sum(axis=1)
        found.append(np.asarray(both, np.float64).ravel())
    return np.concatenate(found)


def _by_chance(part: Part) -> float:
    """Return the mean of all pairs, drawn towards what is usual while pairs are few."""
    total = part.shape[0]
    summed = np.asarray(part.sum(axis=0), np.float64).ravel()
    own = np.square(part if isinstance(part, np.ndarray) else part.data, dtype=np.float64).sum()
    pairs = total * (total - 1) / 2
    return float(((summed @ summed - own) / 2 + PAIRS * CHANCE) / (pairs + PAIRS))
