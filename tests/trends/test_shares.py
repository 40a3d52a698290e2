"""Shares: Wilson's interval against published ones, and what is counted how."""

from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from kb.trends.model import Share
from kb.trends.shares import interval, shares

WORDS = st.lists(st.frozensets(st.sampled_from(["", "capacity", "config", "hardware"])), max_size=40)

wild = settings(deadline=None, database=None, derandomize=True, max_examples=100)


# Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0000, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_the_interval_is_the_published_one(part: int, whole: int, expected: tuple[float, float]) -> None:
    assert interval(part, whole) == pytest.approx(expected, abs=5e-5)


@wild
@given(st.integers(1, 100_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_statsmodels_has_the_same_interval(pair: tuple[int, int]) -> None:
    assert interval(*pair) == pytest.approx(proportion_confint(*pair, method="wilson"), abs=1e-12)


@wild
@given(st.integers(1, 10**9).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_lies_within_its_interval_and_that_between_nothing_and_all(pair: tuple[int, int]) -> None:
    part, whole = pair
    low, high = interval(part, whole)
    assert 0 <= low <= part / whole <= high <= 1
    assert low < high
    other = interval(whole - part, whole)
    assert isclose(low, 1 - other[1], abs_tol=1e-12)


def test_nothing_and_all_touch_the_end_exactly() -> None:
    assert [interval(0, whole)[0] for whole in range(1, 50)] == [0.0] * 49
    assert [interval(whole, whole)[1] for whole in range(1, 50)] == [1.0] * 49


def test_of_nothing_any_share_is_possible() -> None:
    assert interval(0, 0) == (0.0, 1.0)


def test_shares_are_of_the_incidents_that_say_anything() -> None:
    found = shares("cause", [["config"], [], ["config", "hardware"], ["hardware"], ["config"], []], {}, "")
    assert (found.name, found.known, found.unknown, found.source) == ("cause", 4, 2, "")
    assert [(one.word, one.incidents, one.share) for one in found.shares] == [("config", 3, 0.75), ("hardware", 2, 0.5)]
    assert found.shares[0] == Share("config", 3, 0.75, *interval(3, 4), None)


def test_a_word_counts_once_an_incident() -> None:
    (found,) = shares("safeguard_missing", [["alert", "alert"], ["alert"]], {}, "").shares
    assert (found.incidents, found.share) == (2, 1.0)


def test_the_most_frequent_come_first_and_equals_by_name() -> None:
    said = [["b", "c"], ["a"], ["c"]]
    expected = ["c", "a", "b"]
    assert [one.word for one in shares("cause", said, {}, "").shares] == expected
    assert [one.word for one in shares("cause", said[::-1], {}, "").shares] == expected


def test_published_shares_stand_beside_the_words_that_they_know() -> None:
    found = shares("trigger", [["push"], ["moon"]], {"push": 0.37, "provider": 0.05}, "SRE Workbook")
    assert found.source == "SRE Workbook"
    assert [(one.word, one.published) for one in found.shares] == [("moon", None), ("push", 0.37)]


def test_a_word_that_only_others_use_is_not_listed() -> None:
    assert shares("trigger", [["moon"]], {"push": 0.37}, "").shares[0].word == "moon"
    assert shares("trigger", [], {"push": 0.37}, "").shares == ()


def test_where_nobody_says_anything_all_are_unknown() -> None:
    found = shares("cause", [[], (), set()], {"config": 0.3}, "")
    assert (found.known, found.unknown, found.shares) == (0, 3, ())
    assert shares("cause", [], {}, "").unknown == 0


@wild
@given(WORDS)
def test_every_incident_is_known_or_unknown_and_no_share_is_more_than_all(said: list[frozenset[str]]) -> None:
    found = shares("cause", said, {}, "")
    assert found.known + found.unknown == len(said)
    assert sum(one.incidents for one in found.shares) == sum(len(words) for words in said)
    assert all(0 < one.share <= 1 and one.low <= one.share <= one.high for one in found.shares)
