"""What incidents tell -> how alike they are.

Each incident is a vector of its words and of the mechanisms they tell of (TF-IDF, Salton and Buckley 1988), with names
masked, and the same seen through latent semantic analysis (Deerwester et al. 1990), in which words that go together count
as one. Both together say how alike two mechanisms are. For what a responder calls similar, names and titles count as well.

A likeness is corrected for chance as Cohen's kappa is: 0 is as alike as two incidents of this knowledge base are on
average, 1 the same. Compromise: in a large knowledge base latent semantics is learned from two thousand incidents, chosen
by their names, so that it costs no more and hardly changes when one is added.
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
    `titles` have those of `written`, which is how the stems are written mostly.
    """

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

    @property
    def _parts(self) -> tuple[Part, ...]:
        return (self.words, self.words if self.latent is None else self.latent, self.names, self.titles)

    @cached_property
    def _by_chance(self) -> tuple[float, ...]:
        return tuple(_by_chance(part) for part in self._parts)


def space(names: Sequence[str], tellings: Tellings, mechanisms: Mapping[str, frozenset[str]]) -> Space:
    """Return incidents, of which these are the names, as vectors; see `kb.recurrence.lexicon` for the mechanisms."""
    stems, written, said, capitals, title, named, facts = _by_stem(tellings)
    is_word = _are_words(stems, said, capitals, named, frozenset().union(*mechanisms.values()))
    may_tell = np.array([term not in _STOP and not _NUMBER.fullmatch(term) for term in stems], bool)
    told = sparse.csr_array(sparse.hstack([_columns(said, is_word), facts], format="csr"))
    # How often the words of each mechanism are said. Every incident tells of some, so none is too common to tell.
    holds = np.array([[term in some for some in mechanisms.values()] for term in stems], np.float64)
    ways = sparse.csr_array(said @ sparse.csr_array(holds.reshape(len(stems), len(mechanisms))))
    words = sparse.hstack([_weighed(told), MECHANISM * _weighed(ways, common=1.0)], format="csr")
    words = sparse.csr_array(normalize(words)) if words.nnz else sparse.csr_array(words)
    return Space(
        terms=(*written, *written, *(f"<{name}>" for name in mechanisms)),
        words=words,
        latent=_latent(names, words),
        written=written,
        names=_weighed(_columns(said + named, ~is_word & may_tell)),
        titles=_weighed(_columns(title, may_tell)),
    )


def drawn(names: Sequence[str]) -> Numbers:
    """Return the numbers of at most `LEARNED_FROM` of these, in order, chosen by their names alone; one more hardly matters."""
    order = sorted(range(len(names)), key=lambda n: digest(names[n]))
    return np.sort(np.array(order[:LEARNED_FROM], np.int64))


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


def _are_words(
    stems: Sequence[str],
    said: sparse.csr_array,
    capitals: sparse.csr_array,
    named: sparse.csr_array,
    known: frozenset[str],
) -> NDArray[np.bool_]:
    """Tell of each stem whether it tells of a mechanism and is no name.

    A name is mostly written with a capital, or mostly stands in records with a field that names it.
    """
    totals, with_capital = (np.asarray(part.sum(axis=0)).ravel() for part in (said, capitals))
    holders, owners = (np.bincount(part.indices, minlength=len(stems)) for part in (said, named))
    is_name = (2 * with_capital > totals) | (2 * owners > holders)
    may_tell = np.array([term not in _STOP and term[:1].isalpha() for term in stems], bool)
    is_known = np.array([term in known for term in stems], bool)
    return may_tell & (is_known | ~is_name)


def _columns(part: sparse.csr_array, kept: NDArray[np.bool_]) -> sparse.csr_array:
    """Return the part with all other columns empty."""
    found = sparse.csr_array(part.astype(np.float64) @ sparse.diags_array(kept.astype(np.float64)))
    found.eliminate_zeros()
    return found


def _weighed(counts: sparse.csr_array, common: float = COMMON) -> sparse.csr_array:
    """Return counts as TF-IDF, of length 1, without what is common."""
    total = counts.shape[0]
    holders = np.bincount(counts.indices, minlength=counts.shape[1])
    rare = _columns(counts, holders <= max(FEW, common * total))
    return sparse.csr_array(TfidfTransformer(sublinear_tf=True).fit_transform(rare)) if rare.nnz else rare


def _latent(names: Sequence[str], words: sparse.csr_array) -> NDArray[np.float32] | None:
    """Return the vectors in latent semantics; a dimension counts by what it explains, so that none is cut off at an edge."""
    used = np.unique(words.indices)
    if len(names) < TOO_FEW or len(used) < TOO_FEW:
        return None
    chosen = drawn(names)
    dense = words[:, used]
    svd = TruncatedSVD(min(DIMENSIONS, len(chosen) - 1, len(used) - 1), random_state=0)
    svd.fit(dense[chosen])
    latent: NDArray[np.float32] = normalize(svd.transform(dense) * svd.singular_values_).astype(np.float32)
    return latent


def _products(part: Part, first: Numbers, second: Numbers) -> Floats:
    block = 20_000
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
