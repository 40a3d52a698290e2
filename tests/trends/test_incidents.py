"""What incidents say of themselves: spans, words, changes, people, reports; unknown is never guessed."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import strategies as st

from kb.config import WORDS
from kb.trends.incidents import (
    ENDS,
    NONE_NAMED,
    all_shares,
    changes,
    foreseen,
    people,
    published_shares,
    reports,
    spans,
)
from kb.trends.model import People, Reports

from .made import few, incident, learning, trends

START = "2024-03-31T00:30:00+01:00"


def resolved(started: str | None, resolved: str | None) -> tuple[list[float], int, int]:
    found = spans([incident(started=started, resolved=resolved)], ENDS["resolve"])
    return [seconds for _, _, seconds in found.known], found.unknown, found.impossible


@pytest.mark.parametrize(
    ("started", "end", "expected"),
    [
        ("2024-01-01T10:00Z", "2024-01-01T10:00:30Z", 30),
        ("2024-01-01T10:00Z", "2024-01-01T10:00Z", 0),
        # Offsets differ; the clock on the wall says minus six hours.
        ("2024-01-01T10:00+09:00", "2024-01-01T04:00+01:00", 2 * 3600),
        # Over the change to summer time: 00:30 to 05:30 on the clocks of Copenhagen are four hours.
        (START, "2024-03-31T05:30:00+02:00", 4 * 3600),
        ("2024-01-01T10:00Z", "2024-01-31T10:00Z", 30 * 86400),
    ],
)
def test_a_span_is_of_true_time(started: str, end: str, expected: float) -> None:
    assert resolved(started, end) == ([expected], 0, 0)


@pytest.mark.parametrize(
    ("started", "end", "impossible"),
    [
        (None, None, 0),
        (START, None, 0),
        (None, START, 0),
        ("2024-01-01", "2024-01-03", 0),
        ("2024-01-01T10:00Z", "2024-01-01", 0),
        ("2024-01-01", "2024-01-01T10:00Z", 0),
        ("2024-01-01T10:00Z", "2024-01-01T09:59:59Z", 1),
        ("2024-01-02T10:00Z", "2024-01-01", 1),
        ("2024-01-02", "2024-01-01", 1),
    ],
)
def test_days_and_gaps_are_unknown_and_an_end_before_the_start_impossible(
    started: str | None, end: str | None, impossible: int
) -> None:
    assert resolved(started, end) == ([], 1, impossible)


def test_each_end_is_measured_from_the_start() -> None:
    one = incident(
        started="2024-01-01T10:00Z",
        detected="2024-01-01T10:01Z",
        mitigated="2024-01-01T10:02Z",
        resolved="2024-01-01T10:03Z",
    )
    found = {name: spans([one], end).known for name, end in ENDS.items()}
    day = date(2024, 1, 1)
    assert found == {
        "detect": (("one", day, 60),),
        "mitigate": (("one", day, 120),),
        "resolve": (("one", day, 180),),
    }


def said(**fields: Any) -> dict[str, tuple[dict[str, int], int, int]]:
    """Return for each share the words with their numbers, how many are known and unknown."""
    return {
        name: ({one.word: one.incidents for one in found.shares}, found.known, found.unknown)
        for name, found in all_shares([incident(**fields)]).items()
    }


def test_the_word_unknown_says_as_little_as_no_word() -> None:
    nothing = {name: ({}, 0, 1) for name in ("trigger", "cause", "detection", "safeguard_missing")}
    assert said() == nothing
    assert said(trigger="unknown", causes=["unknown"], detection={"method": "unknown"}) == nothing
    assert said(detection={"detail": "somehow"}) == nothing
    assert said(causes=["unknown", "hardware"])["cause"] == ({"hardware": 1}, 1, 0)


def test_an_incident_may_say_several_words() -> None:
    found = said(trigger="hardware", causes=["hardware", "code_change"], detection={"method": "alert"})
    assert found["trigger"] == ({"hardware": 1}, 1, 0)
    assert found["cause"] == ({"code_change": 1, "hardware": 1}, 1, 0)
    assert found["detection"] == ({"alert": 1}, 1, 0)


def test_a_word_counts_as_one_however_it_is_spelt() -> None:
    some = [incident(causes=[word]) for word in ("Bad Luck", "bad-luck", "Bad Luck", "bad luck")]
    assert [(one.word, one.incidents) for one in all_shares(some)["cause"].shares] == [("Bad Luck", 4)]


def test_who_judges_safeguards_and_calls_none_missing_says_so() -> None:
    def safeguards(*given: dict[str, str]) -> tuple[dict[str, int], int, int]:
        return said(safeguards=given)["safeguard_missing"]

    assert safeguards({"name": "canary", "verdict": "missing"}, {"name": "alert", "verdict": "failed"}) == (
        {"canary": 1},
        1,
        0,
    )
    assert safeguards({"name": "alert", "verdict": "worked"}) == ({NONE_NAMED: 1}, 1, 0)
    assert safeguards({"name": "alert"}) == ({}, 0, 1)
    assert safeguards({"name": "", "verdict": "missing"}) == ({}, 0, 1)


@pytest.mark.parametrize(("name", "words"), [("trigger", "trigger"), ("cause", "causes")])
def test_published_shares_are_of_our_words(name: str, words: str) -> None:
    published, source = published_shares(name)
    assert set(published) <= set(WORDS[words])
    assert all(0 < share < 1 for share in published.values())
    assert source


def test_published_shares_are_those_that_were_published() -> None:
    trigger, cause = (published_shares(name)[0] for name in ("trigger", "cause"))
    # Each outage has one trigger; a cloud incident may have several causes, and 12.1 % have an unknown one.
    assert sum(trigger.values()) == pytest.approx(1)
    assert trigger["binary_push"] == pytest.approx(0.37)
    assert cause["misconfiguration"] == pytest.approx(0.316)
    assert sum(cause.values()) + 0.121 > 1
    assert published_shares("detection") == ({}, "")


def change_at(*times: str | None, started: str = "2024-01-01T10:00Z") -> tuple[int, int]:
    found = changes([incident(started=started, changes=[{"at": at, "kind": "config_push"} for at in times])])
    return found.with_change, found.known


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2024-01-01T09:00Z"], (1, 1)),
        (["2024-01-01T10:00Z"], (1, 1)),
        (["2024-01-01T11:30+02:00"], (1, 1)),
        (["2024-01-01T08:59:59Z"], (0, 1)),
        (["2024-01-01T10:00:01Z"], (0, 1)),
        (["2024-01-01T08:00Z", "2024-01-01T09:30Z"], (1, 1)),
        (["2024-01-01"], (0, 0)),
        ([None], (0, 0)),
        ([], (0, 0)),
    ],
)
def test_a_change_counts_within_the_hour_before_the_start(times: list[str | None], expected: tuple[int, int]) -> None:
    assert change_at(*times) == expected


def test_where_only_the_day_of_the_start_is_known_no_hour_is() -> None:
    assert change_at("2024-01-01T09:30Z", started="2024-01-01") == (0, 0)


def test_kinds_are_of_the_changes_in_the_hour() -> None:
    some = [
        {"at": "2024-01-01T09:30Z", "kind": "config_push"},
        {"at": "2024-01-01T09:31Z", "kind": "config_push"},
        {"at": "2024-01-01T01:00Z", "kind": "binary_push"},
    ]
    kindless = [{"at": "2024-01-01T09:30Z"}]
    found = changes([incident(started="2024-01-01T10:00Z", changes=given) for given in (some, kindless)])
    assert [(one.word, one.incidents) for one in found.kinds.shares] == [("config_push", 1)]
    assert (found.kinds.known, found.kinds.unknown) == (1, 1)
    assert (found.low, found.high) == (pytest.approx(0.342, abs=0.001), 1)


def test_without_a_change_nothing_bounds_the_share() -> None:
    assert (changes([]).low, changes([]).high) == (None, None)


def test_people_are_counted_once_an_incident_however_they_are_spelt() -> None:
    roles = {"incident_commander": "Ann Berg", "planning_lead": "ann berg", "responders": ["Bo", "Ann Berg"]}
    some = [
        incident(teams=["Edge", "edge"], roles=roles),
        incident(teams=["edge", "Data"], roles={"communications_lead": "Bo", "responders": ["Cid"]}),
        incident(roles={"responders": []}),
        incident(),
    ]
    assert people(some) == People((("edge", 2), ("Data", 1)), (("Bo", 2), ("Ann Berg", 1), ("Cid", 1)), 2)
    assert people([]) == People((), (), 0)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "published"}, Reports(1, 1, ())),
        ({"status": "published", "published": "2024-02-01"}, Reports(1, 1, ())),
        ({"status": "published", "published": "2024-02-01", "started": "2024-01-01"}, Reports(1, 1, (31,))),
        (
            {
                "status": "published",
                "published": "2024-02-01",
                "started": "2024-01-01",
                "resolved": "2024-01-31T20:00-08:00",
            },
            Reports(1, 1, (0,)),
        ),
        ({"published": "2024-02-01", "resolved": "2024-01-30"}, Reports(1, 1, (2,))),
        # It came out while it still burnt.
        ({"published": "2024-01-03", "started": "2024-01-01", "resolved": "2024-01-30"}, Reports(1, 1, (0,))),
        # It cannot have come out before it began.
        ({"published": "2023-12-31", "started": "2024-01-01", "resolved": "2024-01-30"}, Reports(1, 1, ())),
        ({"status": "draft", "published": "2024-02-01", "started": "2024-01-01"}, Reports(0, 1, ())),
        ({"status": "in_review"}, Reports(0, 1, ())),
        ({}, Reports(0, 1, ())),
    ],
)
def test_a_report_takes_from_the_end_of_the_incident_until_it_is_published(
    fields: dict[str, str], expected: Reports
) -> None:
    assert reports([incident(**fields)]) == expected


def test_days_are_sorted() -> None:
    some = [incident(published=f"2024-01-0{day}", started="2024-01-01") for day in (5, 2, 9, 2)]
    assert reports(some).days == (1, 1, 4, 8)


def test_foreseen_are_incidents_in_which_a_risk_came_true() -> None:
    risks = [{"risk": "x", "came_true": ["a", "old-b", "gone", "a"]}, {"risk": "y", "came_true": ["a"]}]
    some = [incident("a"), incident("b", aliases=["old-b"]), incident("c"), learning(kind="pre_mortem", risks=risks)]
    found = trends(*some)
    assert found.foreseen == foreseen(found.incidents, found.catalogue) == (2, 3)
    assert trends(incident("c"), learning(risks=risks)).foreseen == (0, 1)


OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.one_of(
    st.none(),
    st.dates(date(1000, 1, 1), date(9000, 12, 31)).map(date.isoformat),
    st.datetimes(datetime(1001, 1, 1), datetime(9000, 1, 1), timezones=OFFSETS).map(datetime.isoformat),
)


@few(80, started=MOMENTS, end=MOMENTS)
def test_whatever_the_times_a_span_is_known_or_not_and_never_negative(started: str | None, end: str | None) -> None:
    known, unknown, impossible = resolved(started, end)
    assert len(known) + unknown == 1
    assert impossible <= unknown
    assert all(seconds >= 0 for seconds in known)
