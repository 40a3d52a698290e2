"""A graph of likeness -> groups: average linkage, agreed on by many samples.

Average linkage (Sokal and Michener 1958) joins the two groups whose members are most alike on average, until no two are
alike enough. Groups that choose each other are joined at once; average linkage is reducible, so the outcome is that of
joining one pair at a time (Murtagh 1983). A single run is fickle: one more incident may turn an early choice and with it
all that follow. So there are many runs, in each of which every likeness is a little off, as a measurement is, and together
belongs what was together in most of them (evidence accumulation, Fred and Jain 2005). By how much it is off depends on the
names of the pair and the run alone, so a new incident changes nothing of the others.

Compromise: pairs that are no edge of the graph count as alike by chance, which is 0, so time and memory grow with the edges
and not with the pairs.
"""

from collections.abc import Sequence
from hashlib import shake_128
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# How alike two groups must be, on average, to be joined; in what share of the runs two must be together; the least group.
ALIKE, AGREED, LEAST = 0.12, 0.5, 3
# Runs, and the standard deviation of what a likeness is off by.
RUNS, OFF = 64, 0.08

# Pairs of incidents of which people said something.
Said = Sequence[tuple[int, int]]
# Groups of incidents, by their numbers.
Groups = Sequence[tuple[int, ...]]

# What keeps a pair of incidents apart, however alike the rest of their groups are.
_APART = -1e9


def groups(names: Sequence[str], graph: sparse.csr_array, apart: Said) -> Groups:
    """Return groups of at least `LEAST`, each in order of number, in the order of their first.

    Args:
        names: of the incidents; equal names give equal groups, whatever the order of the rest.
        graph: symmetric; how alike two incidents are, 0 as by chance, 1 the same.
        apart: pairs that people say are none; they are never in one group.
    """
    if len(names) < LEAST:
        return []
    # In order of name, so that names and not numbers decide between equals.
    order = sorted(range(len(names)), key=lambda number: names[number])
    at = {number: place for place, number in enumerate(order)}
    parted = [(at[one], at[other]) for one, other in apart]
    found = _found([names[number] for number in order], sparse.csr_array(graph[order][:, order]), parted)
    return sorted(tuple(sorted(order[place] for place in group)) for group in found)


def _found(names: Sequence[str], graph: sparse.csr_array, apart: Said) -> list[list[int]]:
    size = len(names)
    barred = _pairs(size, apart, _APART)
    agreed = _agreed(names, graph + barred) + barred
    labels = _linked(agreed.tocsr(), AGREED)
    return [group.tolist() for group in _members(labels) if len(group) >= LEAST]


def _pairs(size: int, pairs: Said, weight: float) -> sparse.csr_array:
    rows, columns = np.array([*pairs, *((b, a) for a, b in pairs)], np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.full(len(rows), weight), (rows, columns)), (size, size))


def _agreed(names: Sequence[str], graph: sparse.csr_array) -> sparse.csr_array:
    """Return for pairs in what share of the runs they were together."""
    size = len(names)
    edges, phases = graph.tocoo(), _phases(names)
    together = sparse.csr_array((size, size))
    for run in range(RUNS):
        # Uniform between -1/2 and 1/2, whose standard deviation is the root of 1/12, and the same both ways.
        off = np.modf(phases[edges.row, run] + phases[edges.col, run])[0] - 0.5
        jolted = sparse.csr_array((edges.data + OFF * np.sqrt(12) * off, (edges.row, edges.col)), (size, size))
        labels = _linked(jolted, ALIKE)
        member = sparse.csr_array((np.ones(size), (np.arange(size), labels)), (size, int(labels.max()) + 1))
        together = together + member @ member.T
    return sparse.csr_array(together / RUNS)


def _phases(names: Sequence[str]) -> NDArray[np.float64]:
    """Return for each name and run a number from 0 to 1."""
    digests = b"".join(shake_128(name.encode(errors="replace")).digest(2 * RUNS) for name in names)
    return np.frombuffer(digests, "<u2").reshape(len(names), RUNS) / 2**16


def _linked(graph: sparse.csr_array, least: float) -> NDArray[np.int64]:
    """Return for each node the number of its group."""
    joined = labels = np.arange(graph.shape[0])
    while True:
        graph = _joined(graph, joined)
        sizes = np.bincount(labels, minlength=graph.shape[0]).astype(float)
        joined = _choices(graph, sizes, least)
        if len(joined) == joined.max(initial=-1) + 1:
            return labels
        labels = joined[labels]


def _joined(graph: sparse.csr_array, labels: NDArray[np.int64]) -> sparse.csr_array:
    """Return the sums of the edges between groups, none within."""
    edges = graph.tocoo()
    rows, columns = labels[edges.row], labels[edges.col]
    kept = rows != columns
    count = int(labels.max()) + 1
    # Sums what falls on one place.
    return sparse.coo_array((edges.data[kept], (rows[kept], columns[kept])), (count, count)).tocsr()


def _choices(graph: sparse.csr_array, sizes: NDArray[np.float64], least: float) -> NDArray[np.int64]:
    """Return the number of the group that each group becomes part of: those that choose each other become one."""
    here = np.arange(len(sizes))
    rows, others = np.repeat(here, np.diff(graph.indptr)), graph.indices.astype(np.int64)
    # Rounded, so that equals are equal on every machine.
    alike = np.round(graph.data / (sizes[rows] * sizes[others]), 9)
    kept = alike >= least
    rows, others, alike = rows[kept], others[kept], alike[kept]
    chosen = here.copy()
    if len(rows):
        kept = alike == _of_row(np.maximum, alike, rows)
        rows, others = rows[kept], others[kept]
        # Of equals the pair with the lowest numbers, so that choices meet.
        pair = np.minimum(rows, others) * len(sizes) + np.maximum(rows, others)
        kept = pair == _of_row(np.minimum, pair, rows)
        chosen[rows[kept]] = others[kept]
    is_mutual = chosen[chosen] == here
    _, numbers = np.unique(np.where(is_mutual, np.minimum(chosen, here), here), return_inverse=True)
    return numbers.astype(np.int64)


def _of_row(best: np.ufunc, values: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """Return for each value the best of its row; rows are in order."""
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    found: NDArray[Any] = np.repeat(best.reduceat(values, starts), np.diff(starts, append=len(rows)))
    return found


def _members(labels: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
