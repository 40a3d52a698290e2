from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from kb.records.time import Moment, is_naive, parse_moment, parse_span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017-02-28T09:37:00-08:00", "2017-02-28T17:37:00+00:00"),
        ("2017-02-28 17:37Z", "2017-02-28T17:37:00+00:00"),
        ("2017-02-28t17:37:05z", "2017-02-28T17:37:05+00:00"),
        ("2017-02-28   17:37 +01", "2017-02-28T16:37:00+00:00"),
        ("2017-02-28T17:37+0545", "2017-02-28T11:52:00+00:00"),
        ("2017-02-28T17:37:00.5Z", "2017-02-28T17:37:00.500000+00:00"),
        ("2017-02-28T17:37:00.123456789Z", "2017-02-28T17:37:00.123456+00:00"),
        ("  2017-02-28T17:37Z ", "2017-02-28T17:37:00+00:00"),
    ],
)
def test_iso_8601_is_read(text: str, expected: str) -> None:
    found = parse_moment(text)
    assert found.exact
    assert found.utc.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "2017-02-29",
        "2017-13-01",
        "2017-00-10",
        "2017-2-28",
        "20170228",
        "2017-W09-2",
        "2017-02-28T24:00Z",
        "2017-02-28T23:60Z",
        "2016-12-31T23:59:60Z",
        "2017-02-28T9:37Z",
        "2017-02-28T09Z",
        "2017-02-28T09:37+25:00",
        "2017-02-28T09:37+01:60",
        "2017-02-28T09:37 Europe/Paris",
        "0000-01-01",
        "0999-12-31",
        "9001-01-01",
        "-2017-02-28",
        "2017-02-28T09:37:00Z; rm -rf /",
        "2017-02-28\n2017-03-01",
        "",
        "~14 h",
    ],
)
def test_what_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"exist|is no ISO 8601|out of range"):
        parse_moment(text)


def test_a_time_without_offset_is_read_in_the_zone() -> None:
    assert parse_moment("2024-07-01 10:00", "Europe/Copenhagen").utc.hour == 8
    assert parse_moment("2024-01-01 10:00", "Europe/Copenhagen").utc.hour == 9
    assert parse_moment("2024-01-01 10:00").utc.hour == 10


def test_a_zone_does_not_touch_a_time_with_an_offset() -> None:
    assert parse_moment("2024-07-01 10:00Z", "Asia/Tokyo").utc.hour == 10


def test_a_day_keeps_being_a_day() -> None:
    found = parse_moment("2024-07-01", "Asia/Tokyo")
    assert not found.exact
    assert found.day == date(2024, 7, 1)
    assert str(found) == "2024-07-01"


def test_the_day_of_an_exact_moment_is_that_in_utc() -> None:
    assert parse_moment("2024-07-01T01:00+09:00").day == date(2024, 6, 30)


@pytest.mark.parametrize("text", ["2017-02-28T09:37:00-08:00", "2017-02-28T17:37:00Z", "2017-02-28"])
def test_a_moment_is_said_with_the_offset_that_was_written(text: str) -> None:
    assert str(parse_moment(text)) == text


def test_a_duration_lies_between_two_exact_moments() -> None:
    started, ended = parse_moment("2024-01-01T10:00+01:00"), parse_moment("2024-01-01T10:30Z")
    assert ended.since(started) == timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(
    ("started", "ended"),
    [("2024-01-01", "2024-01-02T10:00Z"), ("2024-01-01T10:00Z", "2024-01-02"), ("2024-01-01", "2024-01-02")],
)
def test_a_day_is_never_given_a_duration(started: str, ended: str) -> None:
    assert parse_moment(ended).since(parse_moment(started)) is None


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2024-01-01T10:00Z", "2024-01-01T10:00:01Z"),
        ("2024-01-01T11:00+02:00", "2024-01-01T10:00Z"),
        ("2024-01-01", "2024-01-02"),
        ("2024-01-01T23:00Z", "2024-01-02"),
        ("2024-01-01", "2024-01-02T00:00Z"),
    ],
)
def test_what_certainly_came_before_is_before(earlier: str, later: str) -> None:
    assert parse_moment(earlier) < parse_moment(later)
    assert not parse_moment(later) < parse_moment(earlier)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2024-01-01", "2024-01-01T00:00Z"),
        ("2024-01-01", "2024-01-01T23:59Z"),
        # The author's day and that in UTC differ, and either may be meant.
        ("2024-01-01", "2024-01-01T23:00-08:00"),
        ("2024-01-02", "2024-01-01T23:00-08:00"),
        ("2024-01-01", "2024-01-02T01:00+09:00"),
    ],
)
def test_a_day_is_neither_before_nor_after_a_moment_within_it(one: str, other: str) -> None:
    assert not parse_moment(one) < parse_moment(other)
    assert not parse_moment(other) < parse_moment(one)


@pytest.mark.parametrize("text", ["2024-01-01 10:00", "2024-01-01T10:00:05", " 2024-01-01T10:00 "])
def test_a_time_of_day_without_an_offset_is_naive(text: str) -> None:
    assert is_naive(text)


@pytest.mark.parametrize("text", ["2024-01-01", "2024-01-01T10:00Z", "2024-01-01 10:00 +01", "soon"])
def test_days_and_times_with_an_offset_are_not_naive(text: str) -> None:
    assert not is_naive(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("90 days", 90),
        ("1 day", 1),
        ("2w", 14),
        ("2 weeks", 14),
        ("6 months", 183),
        ("P6M", 183),
        ("1y", 365),
        ("0 d", 0),
    ],
)
def test_a_span_is_counted_in_days(text: str, days: int) -> None:
    assert parse_span(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "six months", "6", "6 hours", "-6 days", "P6M2D", "100000 days", "6 months ago"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no span"):
        parse_span(text)


def test_moments_compare_by_the_instant() -> None:
    here = Moment(datetime(2024, 1, 1, 11, tzinfo=timezone(timedelta(hours=1))))
    assert here == Moment(datetime(2024, 1, 1, 10, tzinfo=UTC))
