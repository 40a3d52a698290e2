"""Counts a quarter: the band of chance, unevenness and changes, against tables and a second opinion."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import exp, factorial, isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import pdtr, pdtri
from scipy.stats import binomtest, chi2, poisson
from statsmodels.stats.rates import test_poisson_2indep as poisson_test

from kb.trends.counts import band, counts, dispersion, is_uneven, rate_ratio
from kb.trends.model import Counts
from kb.trends.quarter import quarter_of

TODAY = date(2022, 2, 14)
DAYS = st.dates(date(2010, 1, 1), date(2030, 12, 31))
FEW = st.integers(0, 200)

wild = settings(deadline=None, database=None, derandomize=True, max_examples=100)


def said(*days: str, undated: int = 0, today: date = TODAY) -> Counts:
    return counts([date.fromisoformat(day) for day in days], undated, today)


def years(*numbers: int) -> Counts:
    """Return the counts of years of so many incidents, all in February, ending just before today's quarter."""
    first = TODAY.year - len(numbers)
    days = [date(first + place, 2, 1) for place, number in enumerate(numbers) for _ in range(number)]
    return counts(days, 0, TODAY)


def test_without_an_incident_there_is_no_quarter_and_nothing_is_said() -> None:
    assert said(undated=3) == Counts((), 3, None, None, None, None, False, None)


def test_quarters_run_from_the_first_incident_to_today_and_empty_ones_count() -> None:
    found = said("2021-02-03", "2021-02-03", "2021-09-30", undated=1)
    assert [(str(one.quarter), one.incidents, one.is_over) for one in found.quarters] == [
        ("2021-Q1", 2, True),
        ("2021-Q2", 0, True),
        ("2021-Q3", 1, True),
        ("2021-Q4", 0, True),
        ("2022-Q1", 0, False),
    ]
    assert (found.undated, found.mean, found.low, found.high) == (1, 0.75, 0, 3)


@pytest.mark.parametrize(("today", "is_over"), [("2021-12-31", False), ("2022-01-01", True)])
def test_a_quarter_is_over_on_the_day_after_its_last(today: str, is_over: bool) -> None:
    found = said("2021-12-01", today=date.fromisoformat(today))
    assert found.quarters[0].is_over is is_over
    assert (found.mean is not None) is is_over


def test_an_incident_of_the_future_makes_the_quarters_longer_and_changes_no_statistic() -> None:
    past = [f"20{year}-0{month}-01" for year in (20, 21) for month in (2, 5, 8)]
    now, later = said(*past), said(*past, "2023-08-01")
    assert str(later.quarters[-1].quarter) == "2023-Q3"
    assert (now.mean, now.high, now.dispersion, now.change) == (later.mean, later.high, later.dispersion, later.change)


@pytest.mark.parametrize("day", ["2022-03-31", "2023-01-01", "9999-12-31"])
def test_only_the_present_and_the_future_say_nothing(day: str) -> None:
    found = said(day)
    assert [(one.incidents, one.is_over) for one in found.quarters] == [(1, False)]
    assert (found.mean, found.low, found.high, found.dispersion, found.uneven, found.change) == (
        *[None] * 4,
        False,
        None,
    )


def test_the_first_and_the_last_day_of_the_calendar_are_days() -> None:
    found = said("0001-01-01", "9999-12-31")
    assert len(found.quarters) == 4 * 9999
    assert sum(one.incidents for one in found.quarters) == 2


@wild
@given(st.lists(DAYS, max_size=60), DAYS)
def test_every_incident_is_counted_once_in_a_row_of_quarters_without_a_gap(days: list[date], today: date) -> None:
    found = counts(days, 0, today)
    assert {one.quarter: one.incidents for one in found.quarters if one.incidents} == Counter(map(quarter_of, days))
    assert all(one.quarter.after == other.quarter for one, other in pairwise(found.quarters))
    assert all(one.is_over == (one.quarter.last < today) for one in found.quarters)
    assert found == counts(days[::-1], 0, today)


# Hand-computed from cumulated terms, as in Pearson and Hartley 1954, table 7: P(X <= 3) = 0.0103 and P(X <= 4) = 0.0293,
# P(X <= 16) = 0.9730 and P(X <= 17) = 0.9857 for a mean of 10.
@pytest.mark.parametrize(
    ("mean", "expected"), [(10, (4, 17)), (1, (0, 3)), (0.75, (0, 3)), (0.02, (0, 0)), (0.03, (0, 1)), (0, (0, 0))]
)
def test_the_band_is_that_of_the_tables(mean: float, expected: tuple[int, int]) -> None:
    assert band(mean) == expected


@wild
@given(st.integers(1, 400).map(lambda number: number / 8))
def test_the_band_is_where_the_cumulated_terms_pass_its_bounds(mean: float) -> None:
    terms = [exp(-mean) * float(Fraction(mean) ** number / factorial(number)) for number in range(150)]
    low, high = band(mean)
    assert sum(terms[:low]) < 0.025 <= sum(terms[: low + 1])
    assert sum(terms[:high]) < 0.975 <= sum(terms[: high + 1])


@wild
@given(st.floats(0.001, 1e6))
def test_scipy_has_the_same_band(mean: float) -> None:
    assert band(mean) == (poisson.ppf(0.025, mean), poisson.ppf(0.975, mean))


@wild
@given(st.integers(30, 2000), st.sampled_from([0.025, 0.975]))
def test_the_band_holds_for_means_at_which_its_ends_change(number: int, share: float) -> None:
    mean = float(pdtri(number, share))
    low, high = band(mean)
    # The last digit may be rounded either way.
    assert pdtr(low - 1, mean) < 0.025 <= pdtr(low, mean) + 1e-12
    assert pdtr(high - 1, mean) < 0.975 <= pdtr(high, mean) + 1e-12


def test_deaths_by_horse_kick_are_dispersed_as_chance_has_it() -> None:
    """Bortkiewicz 1898 (in Fisher's Statistical Methods, section 15): 122 deaths in 200 corps-years, variance 0.6110."""
    deaths = [0] * 109 + [1] * 65 + [2] * 22 + [3] * 3 + [4]
    assert dispersion(deaths) == pytest.approx(0.6110 / 0.61, abs=1e-4)
    assert not is_uneven(deaths)


# The index times 3 is 12, 9 and 7.5 by hand; the table of chi-square has 7.815 for 3 degrees of freedom and p = 0.05.
@pytest.mark.parametrize(
    ("numbers", "index", "expected"),
    [
        ([2, 2, 2, 10], 12 / 3, True),
        ([1, 3, 3, 9], 9 / 3, True),
        ([1, 2, 5, 8], 7.5 / 3, False),
        ([5, 5, 5, 5], 0, False),
    ],
)
def test_unevenness_begins_where_the_table_of_chi_square_has_it(
    numbers: list[int], index: float, expected: bool
) -> None:
    assert dispersion(numbers) == pytest.approx(index)
    assert is_uneven(numbers) is expected


@pytest.mark.parametrize(("numbers", "expected"), [([0, 0, 90], False), ([0, 0, 0, 90], True)])
def test_less_than_four_quarters_are_never_uneven(numbers: list[int], expected: bool) -> None:
    assert is_uneven(numbers) is expected


@pytest.mark.parametrize(("numbers", "expected"), [([7, *[0] * 7], False), ([8, *[0] * 7], True)])
def test_less_than_one_incident_a_quarter_is_never_uneven(numbers: list[int], expected: bool) -> None:
    assert is_uneven(numbers) is expected


@pytest.mark.parametrize("numbers", [[], [7], [0, 0, 0, 0, 0]])
def test_too_few_numbers_and_nothing_but_zeros_have_no_dispersion(numbers: list[int]) -> None:
    assert dispersion(numbers) is None
    assert not is_uneven(numbers)


@wild
@given(st.lists(st.integers(1, 40), min_size=4, max_size=30))
def test_scipy_calls_the_same_quarters_uneven(numbers: list[int]) -> None:
    mean = sum(numbers) / len(numbers)
    statistic = sum((number - mean) ** 2 for number in numbers) / mean
    assert is_uneven(numbers) == (chi2.sf(statistic, len(numbers) - 1) < 0.05)


@pytest.mark.parametrize(("days", "expected"), [(["2020-04-01"], None), (["2020-03-31"], 0.0)])
def test_a_change_needs_eight_quarters_that_are_over(days: list[str], expected: float | None) -> None:
    change = said(*days).change
    assert (change.value if change else None) == expected


def test_the_last_four_quarters_that_are_over_are_compared_with_the_four_before() -> None:
    days = ["2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01", "2021-06-01", "2021-12-31", "2022-01-01"]
    change = said(*days).change
    assert change is not None
    assert change.value == 3 / 2


@pytest.mark.parametrize(
    ("numbers", "is_change"), [((12, 12), False), ((12, 22), False), ((12, 30), True), ((12, 2), True)]
)
def test_a_change_is_one_only_when_the_data_say_so(numbers: tuple[int, int], is_change: bool) -> None:
    change = years(*numbers).change
    assert change is not None
    assert change.is_change is is_change


def test_a_change_from_none_has_no_ratio() -> None:
    assert years(4, 0, 9).change is None
    assert years(4, 0, 0).change is None


# Upper ends of Clopper and Pearson 1934 of 0 in 5 and 0 in 6, 0.5218 and 0.4593, and both ends of 10 in 20, 0.2720 and 0.7280,
# as odds.
@pytest.mark.parametrize(
    ("later", "earlier", "expected"),
    [(0, 5, (0, 0, 1.0912)), (0, 6, (0, 0, 0.8494)), (10, 10, (1, 0.3735, 2.6771))],
)
def test_ratios_have_the_exact_interval_of_the_tables(
    later: int, earlier: int, expected: tuple[float, float, float]
) -> None:
    found = rate_ratio(later, earlier)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("later", [0, 1, 10_000])
def test_where_there_were_none_there_is_no_ratio(later: int) -> None:
    assert rate_ratio(later, 0) is None


@wild
@given(FEW, st.integers(1, 200))
def test_scipy_has_the_same_interval_of_a_ratio(later: int, earlier: int) -> None:
    found = rate_ratio(later, earlier)
    expected = binomtest(later, later + earlier).proportion_ci(0.95, "exact")
    assert found is not None
    assert (found.low, found.high) == pytest.approx([end / (1 - end) for end in expected], rel=1e-7)
    assert isfinite(found.high)
    assert found.low <= found.value <= found.high


@wild
@given(FEW, st.integers(1, 200))
def test_statsmodels_calls_the_same_changes_significant(later: int, earlier: int) -> None:
    found = rate_ratio(later, earlier)
    second = poisson_test(later, 1, earlier, 1, method="exact-cond")
    assert found is not None
    assert found.is_change == (second.pvalue < 0.05)


def test_a_hundred_thousand_incidents_are_counted_too() -> None:
    days = [date(2018, 1, 1) + timedelta(days=number % 1461) for number in range(100_000)]
    found = counts(days, 0, TODAY)
    assert found.mean == 100_000 / 16
    assert found.low is not None
    assert found.high is not None
    assert 6_000 < found.low < found.mean < found.high < 6_500
