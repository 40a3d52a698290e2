"""Quarters: every day lies in one, they follow each other without a gap, and what is written is read again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.trends.quarter import Quarter, parse_quarter, quarter_of, quarters

DAYS = st.dates(date(1000, 1, 1), date(9000, 12, 31))


@given(DAYS)
def test_a_day_lies_between_the_ends_of_its_quarter(day: date) -> None:
    found = quarter_of(day)
    assert found.first <= day <= found.last
    assert day in found
    assert day not in found.after
    assert parse_quarter(str(found)) == found


@given(DAYS)
def test_the_next_begins_when_one_ends(day: date) -> None:
    found = quarter_of(day)
    assert found.after.first == found.last + timedelta(days=1)
    assert found.after.before == found
    assert found < found.after


@pytest.mark.parametrize("text", ["2021-Q4", " 2021-q4 "])
def test_what_people_write_is_read(text: str) -> None:
    assert parse_quarter(text) == Quarter(2021, 4)


@pytest.mark.parametrize("text", ["", "2021", "2021-Q5", "2021-Q0", "Q4 2021", "0021-Q1", "2021-Q44", "２０２１-Q1"])
def test_what_is_no_quarter_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="2021-Q4"):
        parse_quarter(text)


def test_quarters_without_anything_stand_between() -> None:
    assert [str(one) for one in quarters([date(2022, 2, 1), date(2021, 6, 30)])] == [
        "2021-Q2",
        "2021-Q3",
        "2021-Q4",
        "2022-Q1",
    ]
    assert quarters([]) == ()
