"""Groups: average linkage as others compute it, the same whatever the order, and what people say goes before it."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import strategies as st
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from kb.recurrence import groups as module
from kb.recurrence.groups import ALIKE, LEAST, groups

from .made import few

Said = Sequence[tuple[int, int]]


def dense(size: int, seed: int, least: float = -0.2, most: float = 0.6) -> np.ndarray:
    """Return a symmetric likeness of all pairs, no two of them the same."""
    draw = np.random.default_rng(seed)
    found = np.zeros((size, size))
    found[np.triu_indices(size, 1)] = draw.uniform(least, most, size * (size - 1) // 2)
    return found + found.T


def blocks(*sizes: int, within: float = 0.5, between: float = 0.0) -> np.ndarray:
    """Return a likeness in which some are alike and the others are not."""
    labels = np.repeat(np.arange(len(sizes)), sizes)
    found = np.where(labels[:, None] == labels, within, between)
    np.fill_diagonal(found, 0)
    return found


def named(count: int) -> list[str]:
    return [f"incident-{n}" for n in range(count)]


def found(likeness: np.ndarray, apart: Said = (), names: Sequence[str] = ()) -> list[tuple[int, ...]]:
    return groups(names or named(len(likeness)), sparse.csr_array(likeness), apart)


def parts(labels: Sequence[int] | np.ndarray) -> set[frozenset[int]]:
    """Return labels as the sets of what has the same."""
    return {frozenset(np.flatnonzero(np.asarray(labels) == one).tolist()) for one in np.unique(labels)}


def linked(likeness: np.ndarray, least: float) -> set[frozenset[int]]:
    return parts(module._linked(sparse.csr_array(likeness), least))


@few(150, size=st.integers(2, 30), seed=st.integers(0, 10**6), least=st.sampled_from([0.05, ALIKE, 0.2, 0.35, 0.5]))
def test_average_linkage_joins_what_scipy_joins(size: int, seed: int, least: float) -> None:
    likeness = dense(size, seed)
    distance = squareform(1 - likeness, checks=False)
    expected = fcluster(linkage(distance, method="average"), 1 - least, criterion="distance")
    assert linked(likeness, least) == parts(expected)


def test_pairs_that_are_no_edge_count_as_alike_by_chance() -> None:
    likeness = np.zeros((4, 4))
    for one, other in [(0, 1), (1, 2), (2, 3)]:
        likeness[one, other] = likeness[other, one] = 0.3
    # 0 and 1 join, and 2 and 3; the two groups are alike by 0.3 / 4.
    assert linked(likeness, 0.07) == {frozenset({0, 1, 2, 3})}
    assert linked(likeness, 0.08) == {frozenset({0, 1}), frozenset({2, 3})}


@pytest.mark.parametrize("size", [0, 1, 2])
def test_fewer_than_make_a_group_are_none(size: int) -> None:
    assert found(np.ones((size, size)) - np.eye(size)) == []


def test_groups_are_in_order_of_their_first_and_none_is_too_small() -> None:
    assert found(blocks(3, 4, 2, 3)) == [(0, 1, 2), (3, 4, 5, 6), (9, 10, 11)]
    assert found(blocks(2, 2, 2)) == []
    assert LEAST == 3


def test_what_is_alike_by_chance_is_no_group() -> None:
    assert found(np.zeros((6, 6))) == []
    assert found(blocks(6, within=ALIKE - 0.1)) == []
    assert found(blocks(6, within=-0.3)) == []


def in_another_order(size: int, seed: int) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """Return groups as names, found in one order and in another, of likeness so near to what joins that the runs disagree."""
    likeness, names = dense(size, seed, -0.1, 0.35), named(size)
    order = np.random.default_rng(seed).permutation(size)
    shuffled = found(likeness[np.ix_(order, order)], names=[names[n] for n in order])
    one = {frozenset(names[n] for n in group) for group in found(likeness)}
    return one, {frozenset(names[order[n]] for n in group) for group in shuffled}


@few(12, size=st.integers(0, 14), seed=st.integers(0, 10**6))
def test_equal_names_give_equal_groups_whatever_the_order(size: int, seed: int) -> None:
    one, other = in_another_order(size, seed)
    assert one == other


@pytest.mark.parametrize(("size", "seed"), [(8, 43), (10, 14), (10, 27), (10, 58)])
def test_so_they_do_where_as_many_runs_agree_on_one_as_on_another(size: int, seed: int) -> None:
    one, other = in_another_order(size, seed)
    assert one == other


def test_the_names_decide_where_the_likeness_does_not() -> None:
    likeness = [dense(12, seed, -0.1, 0.35) for seed in range(8)]
    others = [f"other-{n}" for n in range(12)]
    assert [found(one) for one in likeness] == [found(one) for one in likeness]
    assert [found(one) for one in likeness] != [found(one, names=others) for one in likeness]


def test_one_more_that_is_like_none_changes_nothing() -> None:
    for seed in range(4):
        likeness = dense(12, seed)
        more = np.pad(likeness, (0, 1))
        assert found(more) == found(likeness)


def test_names_with_the_same_beginning_or_odd_characters_are_told_apart() -> None:
    names = ["a", "aa", "a" * 500, "ä", "日本", "🔥", "\ud800", "", " "]
    assert found(blocks(5, 4), names=names) == [(0, 1, 2, 3, 4), (5, 6, 7, 8)]


@few(20, size=st.integers(3, 14), seed=st.integers(0, 10**6), data=st.data())
def test_apart_is_never_in_one_group(size: int, seed: int, data: st.DataObject) -> None:
    pair = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda both: both[0] != both[1])
    apart = data.draw(st.lists(pair, min_size=1, max_size=3))
    groups = found(dense(size, seed, most=1.0), apart)
    assert not [both for both in apart if are_together(groups, *both)]


def are_together(groups: Sequence[tuple[int, ...]], one: int, other: int) -> bool:
    return any({one, other} <= set(group) for group in groups)


@pytest.mark.parametrize("apart", [[(0, 1)], [(1, 0)], [(0, 1), (1, 0), (0, 1)]])
def test_apart_goes_before_likeness(apart: Said) -> None:
    groups = found(blocks(8), apart)
    assert groups
    assert not are_together(groups, 0, 1)
    assert found(blocks(8)) == [tuple(range(8))]


def test_all_apart_from_each_other_are_in_no_group() -> None:
    apart = [(one, other) for one in range(5) for other in range(one)]
    assert found(blocks(5), apart=apart) == []


def test_one_that_is_apart_from_a_whole_group_leaves_the_group_alone() -> None:
    assert found(blocks(5), apart=[(0, n) for n in range(1, 5)]) == [(1, 2, 3, 4)]
