"""Power: the test against a second opinion, and the smallest improvement against a published formula."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, norm

from kb.trends.model import Power
from kb.trends.power import power, score

LISTS = st.lists(st.integers(0, 12), min_size=1, max_size=20)

wild = settings(deadline=None, database=None, derandomize=True, max_examples=100)


def scored(later: Sequence[float], earlier: Sequence[float]) -> float:
    """Return the score of two samples, given value by value."""
    (one, of_one), (other, of_other) = (np.unique(some, return_counts=True) for some in (later, earlier))
    return float(score(one, of_one[np.newaxis], other, of_other[np.newaxis])[0])


def exponential(known: int, median: float = 3600.0) -> list[float]:
    """Return as many quantiles of an exponential distribution."""
    return (-median / np.log(2) * np.log1p(-(np.arange(known) + 0.5) / known)).tolist()


def test_a_score_worked_out_by_hand() -> None:
    """Four below four: U is 0 of 16, so (8 - 1/2) / sqrt(16 x 9 / 12) standard errors below the middle."""
    assert scored([1, 2, 3, 4], [5, 6, 7, 8]) == pytest.approx(-7.5 / 12**0.5)
    assert scored([5, 6, 7, 8], [1, 2, 3, 4]) == pytest.approx(7.5 / 12**0.5)


@pytest.mark.parametrize(("later", "earlier"), [([1], [2]), ([3] * 9, [3] * 9), ([0] * 5, [0] * 5), ([1, 3], [3, 1])])
def test_one_of_each_and_nothing_but_ties_score_nothing(later: list[float], earlier: list[float]) -> None:
    assert scored(later, earlier) == 0


@wild
@given(LISTS, LISTS)
def test_scipy_has_the_same_score(later: list[float], earlier: list[float]) -> None:
    found = 2 * norm.sf(abs(scored(later, earlier)))
    second = mannwhitneyu(later, earlier, method="asymptotic").pvalue
    assert found == pytest.approx(1.0 if np.isnan(second) else second, abs=1e-9)


@pytest.mark.parametrize("incidents", [40, 100, 400, 2_500])
def test_exponential_durations_need_what_noether_says(incidents: int) -> None:
    """Noether 1987: as many in all as (1.960 + 0.842)^2 / (3 (p - 1/2)^2), where p = 1 / (2 - x) says how often an incident
    that is shorter by the share x lies below another.
    """
    p = 0.5 + (7.849 / (3 * 2 * incidents)) ** 0.5
    found = power(exponential(400), incidents).smallest
    assert found == pytest.approx(2 - 1 / p, abs=0.03)


@pytest.mark.parametrize(
    ("values", "incidents"), [(exponential(60), 30), (np.random.default_rng(1).lognormal(8, 0.7, 35), 12)]
)
def test_drawing_and_testing_the_plain_way_finds_the_same(values: Sequence[float], incidents: int) -> None:
    smallest = power(list(values), incidents).smallest
    draw = np.random.default_rng(12)
    after, before = (draw.choice(values, (4_000, incidents)) for _ in range(2))

    def shown(share: float) -> float:
        found = mannwhitneyu(after * (1 - share), before, alternative="less", method="asymptotic", axis=1)
        return float(np.mean(found.pvalue < 0.025))

    assert smallest is not None
    assert shown(smallest - 0.03) < 0.8 < shown(smallest + 0.03)


def test_the_more_incidents_the_smaller_an_improvement_shows() -> None:
    found = [power(exponential(100), incidents).smallest for incidents in (10, 30, 100, 1_000)]
    assert None not in found
    assert found == sorted(found, key=lambda share: -(share or 0))


@pytest.mark.parametrize("incidents", [0.2, 1, 2, 3])
def test_three_a_quarter_show_nothing_whatever_happens(incidents: float) -> None:
    """Of three and three, no order is as rare as one in twenty."""
    assert power(exponential(50), incidents).smallest is None


def test_four_a_quarter_show_something_when_durations_hardly_differ() -> None:
    assert power([3600.0 + number for number in range(50)], 4).smallest == 0.02


@pytest.mark.parametrize(("known", "is_said"), [(0, False), (1, False), (4, False), (5, True)])
def test_less_than_five_known_durations_say_nothing(known: int, is_said: bool) -> None:
    found = power(exponential(known), 40)
    assert (found.incidents, found.known, found.smallest is not None) == (40, known, is_said)


def test_without_a_quarter_that_is_over_nothing_is_said() -> None:
    assert power(exponential(50), None) == Power(1, 50, None)


@pytest.mark.parametrize(("a_quarter", "expected"), [(0, 1), (0.4, 1), (1.6, 2), (11.4, 11), (1_000_000, 1_000_000)])
def test_incidents_a_quarter_are_rounded_and_at_least_one(a_quarter: float, expected: int) -> None:
    assert power(exponential(9), a_quarter).incidents == expected


def test_where_all_are_equal_the_smallest_improvement_shows() -> None:
    assert power([60.0] * 9, 20).smallest == 0.01


def test_what_takes_no_time_cannot_get_shorter() -> None:
    assert power([0.0] * 9, 20).smallest is None
    assert power([0.0] * 8 + [60.0], 20).smallest is None


@pytest.mark.parametrize("known", [501, 10_000])
def test_a_long_record_says_what_a_short_one_like_it_does(known: int) -> None:
    short, long = (power(exponential(some), 60).smallest for some in (500, known))
    assert short is not None
    assert long == pytest.approx(short, abs=0.011)


def test_the_order_and_the_unit_of_the_durations_do_not_matter() -> None:
    values = np.random.default_rng(13).lognormal(8, 1, 40)
    found = power(values.tolist(), 25)
    assert found == power(values[::-1].tolist(), 25)
    assert found.smallest == pytest.approx(power((values * 1e6).tolist(), 25).smallest, abs=0.011)


@settings(deadline=None, database=None, derandomize=True, max_examples=40)
@given(st.lists(st.floats(0, 1e11), max_size=30), st.none() | st.floats(0, 1e5))
def test_whatever_the_record_the_answer_is_a_whole_per_cent_or_none(
    seconds: list[float], a_quarter: float | None
) -> None:
    found = power(seconds, a_quarter)
    assert found.smallest is None or 0.01 <= found.smallest <= 0.95
    assert found.smallest is None or found.smallest * 100 == pytest.approx(round(found.smallest * 100))
    assert found == power(seconds, a_quarter)
