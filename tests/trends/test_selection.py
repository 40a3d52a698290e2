"""Selections: which records lie in some days and name some services and teams, and what is refused."""

from datetime import date

import pytest

import kb

from .made import incident, learning, trends

FIRST, LAST = date(2024, 1, 1), date(2024, 3, 31)

INCIDENTS = (
    incident("before", started="2023-12-31T23:59:59Z", services=["Web Shop"]),
    incident("first", started="2024-01-01", services=["web-shop", "db"], teams=["Édge"]),
    incident("last", started="2024-03-31T23:59:59Z", services=["db"]),
    incident("after", started="2024-04-01T00:00Z", teams=["edge"]),
    incident("undated", services=["WEB SHOP"]),
)


def chosen(**selected: object) -> list[str]:
    return [one.id for one in trends(*INCIDENTS, **selected).incidents]


def test_unless_selected_all_are_there_the_oldest_first_and_undated_ones_last() -> None:
    assert chosen() == ["before", "first", "last", "after", "undated"]
    assert kb.Selection().is_all
    assert not kb.Selection(teams=("a",)).is_all


def test_both_ends_belong_to_the_days_and_what_has_no_day_to_none() -> None:
    assert chosen(since=FIRST, until=LAST) == ["first", "last"]
    assert chosen(since=FIRST) == ["first", "last", "after"]
    assert chosen(until=LAST) == ["before", "first", "last"]
    assert chosen(since=FIRST, until=FIRST) == ["first"]


def test_a_day_is_that_in_utc() -> None:
    far = [incident("east", started="2024-01-01T05:00+09:00"), incident("west", started="2023-12-31T20:00-08:00")]
    assert [one.id for one in trends(*far, since=FIRST).incidents] == ["west"]


@pytest.mark.parametrize("name", ["Web Shop", "web-shop", "WEB  shop"])
def test_a_service_is_known_by_its_address(name: str) -> None:
    assert chosen(services=(name,)) == ["before", "first", "undated"]


def test_several_names_of_a_kind_widen_and_kinds_narrow() -> None:
    assert chosen(services=("web-shop", "db")) == ["before", "first", "last", "undated"]
    assert chosen(services=("web-shop", "db"), teams=("edge",)) == ["first"]
    assert chosen(teams=("EDGE",)) == ["first", "after"]


def test_a_name_that_no_record_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(kb.KbError, match="there is no service `webshop`") as refused:
        chosen(services=("db", "webshop"))
    assert "did you mean" in refused.value.hint
    with pytest.raises(kb.KbError, match="there is no team `zzzz`") as refused:
        chosen(teams=("zzzz",))
    assert refused.value.hint == "The records name 1 team."


def test_a_name_that_only_a_learning_has_selects_no_incident_and_is_no_mistake() -> None:
    found = trends(incident(services=["db"]), learning(services=["queue"]), services=("queue",))
    assert (found.incidents, len(found.learnings)) == ((), 1)


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(kb.KbError, match="no day lies between 2024-03-31 and 2024-01-01"):
        kb.Selection(since=LAST, until=FIRST)
    assert kb.Selection(since=FIRST, until=FIRST)


def test_learnings_are_selected_alike() -> None:
    some = (
        learning("game", date="2024-02-01", services=["db"]),
        learning("later", date="2024-04-01"),
        learning("undated", services=["db"]),
    )
    assert [one.id for one in trends(*some).learnings] == ["game", "later", "undated"]
    assert [one.id for one in trends(*some, until=LAST).learnings] == ["game"]
    assert [one.id for one in trends(*some, services=("db",)).learnings] == ["game", "undated"]
