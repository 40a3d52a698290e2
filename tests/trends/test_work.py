"""Work: what became of actions, and that what nobody said is counted as nothing else."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st

import kb
from kb.catalogue.promise import promises
from kb.config import WORDS
from kb.trends.model import Age, Flow, Work
from kb.trends.quarter import Quarter
from kb.trends.work import work

from .made import TODAY, few, incident, learning, trends

STATES = WORDS["action_status"]


def found(*actions: dict[str, Any], today: date = TODAY) -> Work:
    numbered = [{"id": f"x{number}", **action} for number, action in enumerate(actions)]
    return work(tuple(promises(incident("a", actions=numbered), today)), STATES)


def test_nothing_promised_is_nothing_and_no_fault() -> None:
    assert found() == Work((), (), 0, (), 0, None, (), (), (), ())


def test_states_come_in_the_order_of_the_list_then_others_then_unknown() -> None:
    states = ["declined", "done", None, "wont_fix", "done", "proposed", "unknown"]
    assert found(*({"status": state} for state in states)).states == (
        ("proposed", 1),
        ("done", 2),
        ("declined", 1),
        ("wont_fix", 1),
        ("unknown", 2),
    )


def test_flow_counts_each_day_in_its_quarter_and_quarters_without_any_between() -> None:
    flow = found(
        {"status": "done", "opened": "2023-06-30", "closed": "2023-12-31"},
        {"status": "declined", "opened": "2023-06-01", "closed": "2023-10-01"},
        {"status": "accepted", "opened": "2023-07-01"},
        {"status": "done", "closed": "2023-12-01"},
        # Closed, and open again: the state says what holds.
        {"status": "in_progress", "closed": "2023-12-01"},
        {},
    )
    assert flow.flow == (
        Flow(Quarter(2023, 2), 2, 0, 0),
        Flow(Quarter(2023, 3), 1, 0, 0),
        Flow(Quarter(2023, 4), 0, 2, 1),
    )
    assert flow.undated == 3


def test_half_are_closed_after_the_median_and_open_ones_count_as_long_as_they_are_open() -> None:
    actions = [
        {"status": "done", "opened": "2024-01-01", "closed": "2024-01-11"},
        {"status": "declined", "opened": "2024-01-01", "closed": "2024-01-21"},
        {"status": "accepted", "opened": "2024-05-22"},
        {"status": "proposed", "opened": "2024-05-27"},
    ]
    measured = found(*actions)
    # Seen for 5 (open), 10, 10 (open) and 20 days: 1 of 3 closes after 10, the last one left after 20.
    assert [(step.days, round(step.share, 3), step.at_risk) for step in measured.steps] == [
        (0, 1.0, 4),
        (10, 0.667, 3),
        (20, 0.0, 1),
    ]
    assert (measured.measured, measured.median) == (4, 20)


@pytest.mark.parametrize(
    "action",
    [
        {"status": "done", "opened": "2024-01-01"},
        {"status": "done", "closed": "2024-01-01"},
        {"status": "done", "opened": "2024-01-02", "closed": "2024-01-01"},
        {"status": "accepted"},
        {"status": "accepted", "opened": "2024-06-02"},
        {"opened": "2024-01-01"},
        {"status": "wont_fix", "opened": "2024-01-01"},
    ],
)
def test_what_has_no_days_between_is_not_measured(action: dict[str, str]) -> None:
    assert (found(action).measured, found(action).steps) == (0, ())
    assert found(action, {"status": "accepted", "opened": "2024-06-01"}).measured == 1


def test_ages_are_of_what_is_open_the_most_first_and_nobody_last() -> None:
    actions = [
        {"status": "accepted", "owner": "Edge Team", "opened": "2024-05-31"},
        {"status": "in_progress", "owner": "edge-team", "opened": "2024-01-01", "kind": "detect"},
        {"status": "accepted", "owner": "Edge Team"},
        {"status": "accepted", "owner": "Ann", "opened": "2024-06-02"},
        *({"status": "accepted"} for _ in range(4)),
        {"status": "done", "owner": "Ann"},
        {"status": "proposed", "owner": "Ann"},
    ]
    assert found(*actions).by_owner == (Age("Edge Team", (152, 1), 1), Age("Ann", (), 1), Age("", (), 4))
    assert found(*actions).by_kind == (Age("detect", (152,), 0), Age("", (1,), 6))


def test_overdue_are_named_the_latest_first_and_done_ones_that_nobody_verified() -> None:
    made = found(
        {"status": "accepted", "due": "2024-05-31"},
        {"status": "accepted", "due": "2024-01-01"},
        {"status": "accepted", "due": "2024-06-01"},
        {"status": "done", "due": "2024-01-01"},
        {"status": "done", "verified_on": "2024-01-01"},
    )
    assert (made.overdue, made.unverified) == (("a#x1", "a#x0"), ("a#x3",))


def test_actions_of_drills_are_promises_too() -> None:
    game = learning("game", kind="game_day", date="2024-02-01", actions=[{"status": "accepted"}])
    assert trends(game).work.states == (("accepted", 1),)
    assert trends(game, since=date(2024, 3, 1)).work.states == ()


DAYS = st.none() | st.dates(date(1000, 1, 1), date(9000, 12, 31)).map(date.isoformat)
ACTIONS = st.lists(
    st.fixed_dictionaries(
        {"opened": DAYS, "closed": DAYS, "due": DAYS, "status": st.sampled_from([None, *STATES, "x", "unknown"])}
    ),
    max_size=6,
)


@few(60, actions=ACTIONS)
def test_every_action_is_in_one_state_whatever_its_days(actions: list[dict[str, Any]]) -> None:
    made = found(*actions)
    assert sum(number for _, number in made.states) == len(actions)
    assert sum(one.opened for one in made.flow) + made.undated == len(actions)
    assert made.measured <= len(actions) - made.undated
    assert all(step.days >= 0 and 0 <= step.low <= step.share <= step.high <= 1 for step in made.steps)
    assert all(day >= 0 for age in made.by_owner for day in age.days)


def test_a_catalogue_of_another_day_gives_other_ages() -> None:
    one = incident(actions=[{"status": "accepted", "opened": "2024-01-01"}])
    ages = [trends(one, today=TODAY + timedelta(days)).work.by_owner[0].days for days in (0, 10)]
    assert ages == [(152,), (162,)]


def test_the_states_are_those_of_kb_toml() -> None:
    own = kb.Config(lists={"action_status": ("backlog", "done")})
    promised = tuple(promises(incident(actions=[{"status": "done"}, {"status": "backlog"}]), TODAY))
    assert work(promised, own.words_of("action_status")).states == (("backlog", 1), ("done", 1))
