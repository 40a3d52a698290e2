"""How figures of the trends are said: with an interval, and with an arrow only where the interval allows one."""

from datetime import date

import pytest

from kb.cli import trend_words as words
from kb.trends.model import Power, Quantile, Ratio, Share, Step
from kb.trends.selection import Selection


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (22, 100, "22 of 100, 22 % (15 to 31 %)"),
        (0, 1208, "0 of 1,208, 0 % (0 to 0 %)"),
        (1, 1, "1 of 1, 100 % (21 to 100 %)"),
        (0, 0, "0 of 0"),
    ],
)
def test_a_share_is_said_with_its_whole_and_its_interval(part: int, whole: int, said: str) -> None:
    assert words.part_said(part, whole) == said


def test_a_word_is_said_beside_what_others_published_if_they_did() -> None:
    assert words.share_said(Share("x", 22, 0.22, 0.15, 0.31, None)).split() == "22 22 % (15 to 31 %)".split()
    assert words.share_said(Share("x", 22, 0.22, 0.15, 0.31, 0.316)).endswith("  elsewhere 32 %")
    assert words.share_said(Share("x", 22, 0.22, 0.15, 0.31, 0.0)).endswith("  elsewhere 0 %")


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (None, "too few to say"),
        (Ratio(0.8, 0.4, 1.6), "0.80 times as many (0.40 to 1.60); that may be chance"),
        (Ratio(0.5, 0.3, 1.0), "0.50 times as many (0.30 to 1.00); that may be chance"),
        (Ratio(0.5, 0.3, 0.9), "↓ 0.50 times as many (0.30 to 0.90)"),
        (Ratio(25, 1.2, 1234.5), "↑ 25 times as many (1.20 to 1,234)"),
    ],
)
def test_an_arrow_stands_only_where_the_interval_leaves_out_that_nothing_changed(ratio: Ratio, said: str) -> None:
    assert words.change_said(ratio, "as many") == said


def test_quantiles_are_spans() -> None:
    assert words.quantile_said(Quantile(0.5, 8040, 3600, 10800)) == "half within 2 h 14 min (1 h to 3 h)"
    assert words.quantile_said(Quantile(0.9, 60, 0, 90061)) == "90 % within 1 min (0 s to 1 d 1 h)"


STEPS = (
    Step(0, 1, 1, 1, 20),
    Step(10, 0.7, 0.49, 0.85, 18),
    Step(40, 0.5, 0.3, 0.7, 12),
    Step(80, 0.2, 0.1, 0.49, 6),
    Step(120, 0.2, 0.1, 0.49, 1),
)


def test_a_median_is_said_with_the_days_between_which_it_lies() -> None:
    assert words.median_said(STEPS, 40) == "half after 40 days (10 to 80)"
    assert words.median_said(STEPS[:3], 40) == "half after 40 days (10 or more)"
    assert words.median_said(STEPS[:2], None) == "fewer than half are closed so far"


def test_what_is_still_open_is_said_as_far_as_it_was_seen() -> None:
    assert words.open_said(STEPS, 90) == "20 % still open after 90 days (10 to 49 %)"
    assert words.open_said(STEPS, 39) == "70 % still open after 39 days (49 to 85 %)"
    assert words.open_said(STEPS, 121) == words.open_said((), 1) == ""


@pytest.mark.parametrize(
    ("power", "said"),
    [
        (Power(1, 0, None), "how long it took is known of none, too few to say what could show"),
        (Power(1, 4, None), "how long it took is known of 4, too few to say what could show"),
        (Power(2, 5, None), "with this few, not even incidents 95 % shorter would show"),
        (Power(18, 90, 0.45), "with this few, only incidents 45 % shorter would show"),
    ],
)
def test_what_could_show_is_said_as_a_sentence(power: Power, said: str) -> None:
    assert words.power_said(power) == said


DAY = date(2024, 1, 1)


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(), ""),
        (Selection(since=DAY), " since 2024-01-01"),
        (Selection(until=DAY), " until 2024-01-01"),
        (Selection(DAY, DAY), " from 2024-01-01 to 2024-01-01"),
        (Selection(DAY, None, ("web", "db"), ("edge",)), " of the service web or db of the team edge since 2024-01-01"),
    ],
)
def test_a_selection_is_said_in_words(selection: Selection, said: str) -> None:
    assert words.selected(selection) == said


def test_lists_are_cut_and_say_by_how_much() -> None:
    assert words.some(words.counted([("a", 1200), ("b", 2)]), 2) == "a: 1,200, b: 2"
    assert words.some(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert words.some([], 2) == ""


@pytest.mark.parametrize(("mean", "said"), [(0, "0.0"), (0.04, "fewer than 0.1"), (1.25, "1.2"), (1234.5, "1,234.5")])
def test_a_mean_is_not_said_to_be_nothing_unless_it_is(mean: float, said: str) -> None:
    assert words.mean_said(mean) == said
