"""Durations: quantiles and intervals by bootstrap, against published figures and against resampling the plain way."""

from collections import Counter
from datetime import date
from math import isfinite

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap

from kb.trends.durations import durations, median_ratio, quantile, resampled
from kb.trends.model import Dot, Durations

TODAY = date(2022, 2, 14)
LAST, BEFORE = date(2021, 1, 1), date(2020, 12, 31)
SECONDS = st.floats(0, 1e11)

wild = settings(deadline=None, database=None, derandomize=True, max_examples=60)


def measured(*spans: tuple[str, date, float], unknown: int = 0, impossible: int = 0) -> Durations:
    return durations("resolve", spans, unknown, impossible, TODAY)


def compared(later: int, earlier: int) -> Durations:
    """Compare incidents of an hour with earlier ones of two."""
    spans = [(f"later-{number}", LAST, 3600.0) for number in range(later)]
    return measured(*spans, *((f"earlier-{number}", BEFORE, 7200.0) for number in range(earlier)))


def test_without_a_duration_only_the_unknown_are_counted() -> None:
    assert measured(unknown=7, impossible=2) == Durations("resolve", (), 7, 2, (), None)


def test_dots_are_in_order_of_start_and_then_by_id() -> None:
    spans = [("b", LAST, 1.0), ("a", LAST, 2.0), ("z", BEFORE, 3.0)]
    expected = (Dot("z", 3.0), Dot("a", 2.0), Dot("b", 1.0))
    assert measured(*spans).dots == expected
    assert measured(*spans[::-1]).dots == expected


@pytest.mark.parametrize(("known", "expected"), [(0, 0), (1, 0), (4, 0), (5, 2)])
def test_less_than_five_durations_have_no_quantiles(known: int, expected: int) -> None:
    found = measured(*((str(number), LAST, 60.0 * number) for number in range(known)))
    assert len(found.quantiles) == expected
    assert len(found.dots) == known


def test_quantiles_are_the_median_and_the_ninetieth_percentile() -> None:
    """By hand (Hyndman and Fan 1996, type 7): of 0 to 10 hours, 5 and 9; the values may stand in any order."""
    found = measured(*((str(number), LAST, number * 7 % 11 * 3600.0) for number in range(11)))
    assert [(one.of, one.value / 3600) for one in found.quantiles] == [(0.5, 5.0), (0.9, 9.0)]


def test_a_quantile_between_two_values_is_interpolated() -> None:
    """By hand: of 10, 20 ... 60 the median is 35 and the 90th percentile lies half way from 50 to 60."""
    values = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0]
    assert quantile(values, 0.5).value == 35
    assert quantile(values, 0.9).value == pytest.approx(55)


def test_the_median_of_thirteen_resamples_as_efron_has_it() -> None:
    """Efron 1979, section 3: how often the median of a resample of 13 is the 2nd, 3rd ... 7th of the values."""
    found = Counter(resampled(np.arange(1.0, 14.0), 0.5, np.random.default_rng(1)).tolist())
    for rank, share in [(2, 0.0015), (3, 0.0142), (4, 0.0550), (5, 0.1242), (6, 0.1936), (7, 0.2230)]:
        # Four standard errors of ten thousand resamples.
        tolerance = 4 * (share * (1 - share) / 10_000) ** 0.5
        assert found[rank] / 10_000 == pytest.approx(share, abs=tolerance)
        assert found[14 - rank] / 10_000 == pytest.approx(share, abs=tolerance)


@pytest.mark.parametrize("of", [0.5, 0.9])
@pytest.mark.parametrize("count", [5, 6, 11, 24, 150])
def test_resampling_the_plain_way_gives_the_same_distribution(count: int, of: float) -> None:
    draw = np.random.default_rng(7)
    values = np.sort(draw.lognormal(8, 1.5, count))
    plain = np.quantile(draw.choice(values, (10_000, count)), of, axis=1)
    ours = resampled(values, of, np.random.default_rng(8))
    # Interpolating in another way differs in the last digits.
    plain, ours = np.round(plain, 6), np.round(ours, 6)
    ends = np.sort(np.concatenate([plain, ours]))
    below = [np.searchsorted(np.sort(some), ends, "right") / 10_000 for some in (plain, ours)]
    # The two-sample bound of Kolmogorov and Smirnov at one in a million.
    assert np.max(np.abs(below[0] - below[1])) < 2.69 * (2 / 10_000) ** 0.5


@pytest.mark.parametrize("of", [0.5, 0.9])
def test_scipy_has_nearly_the_same_interval(of: float) -> None:
    values = np.random.default_rng(3).lognormal(8, 1.2, 60)
    second = bootstrap(
        (values,),
        lambda some, axis: np.quantile(some, of, axis=axis),
        n_resamples=10_000,
        method="percentile",
        random_state=np.random.default_rng(4),
    ).confidence_interval
    found = quantile(values.tolist(), of)
    assert (found.low, found.high) == pytest.approx((second.low, second.high), rel=0.05)


def test_the_interval_of_a_median_holds_it_nineteen_times_in_twenty() -> None:
    draw = np.random.default_rng(5)
    found = [quantile(draw.exponential(3600, 40).tolist(), 0.5) for _ in range(400)]
    held = sum(one.low <= 3600 * np.log(2) <= one.high for one in found) / 400
    assert 0.91 <= held <= 0.98


@wild
@given(st.lists(SECONDS, min_size=5, max_size=80), st.sampled_from([0.5, 0.9]))
def test_a_quantile_lies_in_its_interval_and_that_among_the_values(values: list[float], of: float) -> None:
    found = quantile(values, of)
    assert min(values) <= found.low <= found.value <= found.high <= max(values)
    assert found == quantile(values[::-1], of)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 2_592_000.0, 3e11])
def test_where_all_are_equal_so_is_the_interval(seconds: float) -> None:
    found = measured(*((str(number), LAST, seconds) for number in range(9))).quantiles
    assert [(one.value, one.low, one.high) for one in found] == [(seconds,) * 3] * 2


def test_one_incident_of_thirty_days_does_not_move_the_median() -> None:
    usual = [(str(number), LAST, 3600.0 + number) for number in range(20)]
    (plain, _), (outlying, _) = (
        measured(*usual[:19], last).quantiles for last in (usual[19], ("x", LAST, 2_592_000.0))
    )
    assert outlying == plain


@pytest.mark.parametrize(
    ("later", "earlier", "expected"), [(5, 5, 0.5), (4, 5, None), (5, 4, None), (0, 9, None), (9, 0, None)]
)
def test_a_change_needs_five_durations_in_either_year(later: int, earlier: int, expected: float | None) -> None:
    change = compared(later, earlier).change
    assert (change.value if change else None) == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [("2022-01-01", None), ("2021-12-31", 2.0), ("2021-01-01", 2.0), ("2020-12-31", None), ("2024-05-01", None)],
)
def test_the_last_year_is_the_last_four_quarters_that_are_over(first: str, expected: float | None) -> None:
    later = [(f"later-{number}", date.fromisoformat(first), 7200.0) for number in range(5)]
    earlier = [(f"earlier-{number}", date(2020, 1, 1), 3600.0) for number in range(5)]
    change = measured(*later, *earlier).change
    assert (change.value if change else None) == expected


@pytest.mark.parametrize(("first", "expected"), [("2020-01-01", 2.0), ("2019-12-31", None)])
def test_the_year_before_is_the_four_quarters_before(first: str, expected: float | None) -> None:
    later = [(f"later-{number}", LAST, 7200.0) for number in range(5)]
    earlier = [(f"earlier-{number}", date.fromisoformat(first), 3600.0) for number in range(5)]
    change = measured(*later, *earlier).change
    assert (change.value if change else None) == expected


def test_durations_of_one_spread_are_no_change_and_those_of_two_are() -> None:
    draw = np.random.default_rng(6)
    usual, other = draw.lognormal(8, 1, (2, 30))
    same, shorter = median_ratio(usual.tolist(), other.tolist()), median_ratio((usual / 5).tolist(), other.tolist())
    assert same is not None
    assert shorter is not None
    assert not same.is_change
    assert shorter.is_change
    assert shorter.value == pytest.approx(same.value / 5)


def test_scipy_has_nearly_the_same_interval_of_a_ratio() -> None:
    later, earlier = np.random.default_rng(9).lognormal(8, 1, (2, 41))
    second = bootstrap(
        (later, earlier),
        lambda one, other, axis: np.median(one, axis=axis) / np.median(other, axis=axis),
        n_resamples=10_000,
        method="percentile",
        random_state=np.random.default_rng(10),
    ).confidence_interval
    found = median_ratio(later.tolist(), earlier.tolist())
    assert found is not None
    assert found.value == pytest.approx(np.median(later) / np.median(earlier))
    assert (found.low, found.high) == pytest.approx((second.low, second.high), rel=0.05)


@pytest.mark.parametrize("earlier", [[0.0] * 5, [0.0, 0.0, 0.0, 9.0, 9.0], [0.0, 9.0, 9.0, 9.0, 9.0]])
def test_a_change_from_a_median_that_may_be_zero_has_no_ratio(earlier: list[float]) -> None:
    assert median_ratio([1.0] * 5, earlier) is None


def test_a_change_to_zero_has_one() -> None:
    found = median_ratio([0.0] * 5, [9.0] * 5)
    assert found is not None
    assert (found.value, found.low, found.high, found.is_change) == (0.0, 0.0, 0.0, True)


@wild
@given(*(st.lists(st.floats(1e-6, 1e11), min_size=5, max_size=40) for _ in range(2)))
def test_a_ratio_of_medians_is_finite_and_lies_in_its_interval(later: list[float], earlier: list[float]) -> None:
    found = median_ratio(later, earlier)
    assert found is not None
    assert 0 < found.low <= found.value <= found.high
    assert isfinite(found.high)


def test_ten_thousand_durations_have_narrow_intervals() -> None:
    values = np.random.default_rng(11).lognormal(8, 1.5, 10_000)
    found = measured(*((str(number), LAST, value) for number, value in enumerate(values.tolist())))
    assert len(found.dots) == 10_000
    assert all(one.high / one.low < 1.2 for one in found.quantiles)
