"""Survival: the curve of open actions against the leukaemia data that every textbook has, and a second opinion."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from kb.trends.model import Step
from kb.trends.survival import survival

START = (0, 1.0, 1.0, 1.0)
SPANS = st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=80)

wild = settings(deadline=None, database=None, derandomize=True, max_examples=150)

# Weeks of remission with 6-mercaptopurine, and whether it ended (Freireich et al. 1963).
FREIREICH = [(weeks, True) for weeks in (6, 6, 6, 7, 10, 13, 16, 22, 23)] + [
    (weeks, False) for weeks in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
]


def test_the_leukaemia_data_give_the_published_curve() -> None:
    """Shares and log-log intervals as in Kalbfleisch and Prentice and in the manuals of SAS and R (conf.type "log-log")."""
    steps, median = survival(FREIREICH)
    expected = [
        (0, 1.0, 1.0, 1.0, 21),
        (6, 0.8571, 0.6197, 0.9516, 21),
        (7, 0.8067, 0.5631, 0.9228, 17),
        (10, 0.7529, 0.5032, 0.8894, 15),
        (13, 0.6902, 0.4316, 0.8491, 12),
        (16, 0.6275, 0.3675, 0.8049, 11),
        (22, 0.5378, 0.2678, 0.7468, 7),
        (23, 0.4482, 0.1881, 0.6801, 6),
        (35, 0.4482, 0.1881, 0.6801, 1),
    ]
    found = [(step.days, step.share, step.low, step.high, step.at_risk) for step in steps]
    assert [(one[0], one[4]) for one in found] == [(one[0], one[4]) for one in expected]
    assert [one[1:4] for one in found] == [pytest.approx(one[1:4], abs=5.1e-5) for one in expected]
    assert median == 23


def test_a_curve_worked_out_by_hand() -> None:
    """Of four, one closes on day 2 (3/4), one is last seen on day 3, one closes on day 5 (half of that), one stays open."""
    steps, median = survival([(2, True), (3, False), (5, True), (9, False)])
    assert [(step.days, step.share, step.at_risk) for step in steps] == [
        (0, 1, 4),
        (2, 0.75, 4),
        (5, 0.375, 2),
        (9, 0.375, 1),
    ]
    assert median == 5


def test_without_actions_there_is_no_curve() -> None:
    assert survival([]) == ((), None)


def test_where_none_was_closed_only_the_start_is_known() -> None:
    assert survival([(3, False), (90, False)]) == ((Step(*START, 2),), None)


def test_an_action_that_is_closed_on_its_first_day_falls_at_once() -> None:
    steps, median = survival([(0, True), (4, False)])
    assert [(step.days, step.share, step.at_risk) for step in steps] == [(0, 1, 2), (0, 0.5, 2), (4, 0.5, 1)]
    assert median == 0


def test_one_that_is_closed_on_the_day_another_was_last_seen_closes_first() -> None:
    steps, _ = survival([(5, True), (5, False)])
    assert [(step.days, step.share) for step in steps] == [(0, 1), (5, 0.5)]


@pytest.mark.parametrize("spans", [[(7, True)], [(7, True)] * 5])
def test_where_nothing_is_left_the_interval_begins_at_nothing(spans: list[tuple[int, bool]]) -> None:
    steps, median = survival(spans)
    assert steps == (Step(*START, len(spans)), Step(7, 0.0, 0.0, 1.0, len(spans)))
    assert median == 7


def test_where_nothing_is_left_the_upper_end_stays_where_it_was() -> None:
    steps, _ = survival([(1, True), (2, True), (3, True)])
    assert (steps[-1].share, steps[-1].low, steps[-1].high) == (0.0, 0.0, steps[-2].high)
    assert 0 < steps[-2].low < steps[-2].high < 1


@pytest.mark.parametrize("whole", [2, 6, 24, 30, 34])
def test_half_is_half_whatever_the_rounding(whole: int) -> None:
    """Of 24, 23/24 x 22/23 x ... x 12/13 is a half, and a little more in floating point."""
    for closed, expected in [(whole // 2 - 1, None), (whole // 2, whole // 2)]:
        spans = [(day, True) for day in range(1, closed + 1)] + [(99, False)] * (whole - closed)
        assert survival(spans)[1] == expected


@wild
@given(SPANS.filter(lambda spans: any(is_closed for _, is_closed in spans)))
def test_statsmodels_has_the_same_curve(spans: list[tuple[int, bool]]) -> None:
    second = SurvfuncRight([days for days, _ in spans], [is_closed for _, is_closed in spans])
    steps = [step for step in survival(spans)[0][1:] if step.days in second.surv_times]
    assert [step.days for step in steps] == list(second.surv_times)
    assert [step.at_risk for step in steps] == list(second.n_risk)
    assert [step.share for step in steps] == pytest.approx(list(second.surv_prob), abs=1e-12)


@wild
@given(SPANS.filter(lambda spans: any(is_closed for _, is_closed in spans)))
def test_statsmodels_has_the_same_standard_errors(spans: list[tuple[int, bool]]) -> None:
    """Its Greenwood errors, put on the log-log scale here (the delta method), give our intervals."""
    second = SurvfuncRight([days for days, _ in spans], [is_closed for _, is_closed in spans])
    steps = {step.days: step for step in survival(spans)[0][1:]}
    for days, share, error in zip(second.surv_times, second.surv_prob, second.surv_prob_se, strict=True):
        if share > 0:
            reach = 1.959963984540054 * error / (share * abs(np.log(share)))
            expected = (share ** np.exp(reach), share ** np.exp(-reach))
            assert (steps[days].low, steps[days].high) == pytest.approx(expected, abs=1e-9)


@wild
@given(SPANS)
def test_the_curve_never_rises_and_stays_within_its_interval(spans: list[tuple[int, bool]]) -> None:
    steps, median = survival(spans)
    assert [step.days for step in steps] == sorted(step.days for step in steps)
    assert all(one.share >= other.share for one, other in pairwise(steps))
    assert all(0 <= step.low <= step.share <= step.high <= 1 and step.at_risk > 0 for step in steps)
    assert (median is None) == (not any(step.share < 0.5 + 1e-6 for step in steps))
    assert (steps, median) == survival(spans[::-1])


def test_forty_thousand_actions_and_ages_of_centuries_are_no_trouble() -> None:
    spans = [(number * 37 % 4001, number % 3 > 0) for number in range(40_000)] + [(3_000_000, False)]
    steps, median = survival(spans)
    assert steps[-1].days == 3_000_000
    assert median is not None
    assert 1_000 < median < 4_000
