from datetime import date

import pytest

from kb.catalogue.promise import Promise, promises
from kb.records.model import Playbook, Postmortem

TODAY = date(2024, 6, 1)


def promise(**action: object) -> Promise:
    (found,) = promises(Postmortem.model_validate({"id": "a", "actions": [action]}), TODAY)
    return found


@pytest.mark.parametrize("status", ["accepted", "in_progress"])
def test_an_open_promise_ages_with_the_day(status: str) -> None:
    found = promise(status=status, opened="2024-05-01")
    assert found.is_open
    assert found.age == 31


@pytest.mark.parametrize("status", ["done", "declined"])
def test_a_closed_promise_stops_ageing(status: str) -> None:
    found = promise(status=status, opened="2024-05-01", closed="2024-05-11")
    assert not found.is_open
    assert found.age == 10


def test_an_age_that_is_not_known_is_none() -> None:
    assert promise(status="accepted").age is None
    assert promise(status="done", opened="2024-05-01").age is None


@pytest.mark.parametrize(
    ("due", "late", "is_overdue"), [("2024-05-31", 1, True), ("2024-06-01", 0, False), ("2024-06-02", -1, False)]
)
def test_a_promise_is_overdue_from_the_day_after_it_was_due(due: str, late: int, is_overdue: bool) -> None:
    found = promise(status="accepted", due=due)
    assert (found.late, found.is_overdue) == (late, is_overdue)


@pytest.mark.parametrize("status", ["proposed", "done", "declined", None, "someday"])
def test_only_an_open_promise_is_overdue(status: str | None) -> None:
    found = promise(status=status, due="2020-01-01")
    assert (found.is_open, found.is_overdue, found.late) == (False, False, None)


def test_a_promise_without_a_due_day_is_never_overdue() -> None:
    assert not promise(status="accepted", opened="2000-01-01").is_overdue


def test_a_promise_without_a_status_is_unknown_and_not_open() -> None:
    found = promise(title="x")
    assert (found.state, found.is_open) == ("unknown", False)


def test_done_is_not_yet_verified() -> None:
    assert promise(status="done").is_unverified
    assert not promise(status="done", verified_on="2024-05-01").is_unverified
    assert not promise(status="accepted").is_unverified


def test_a_promise_is_named_by_its_record_and_its_own_id() -> None:
    assert promise(id="test").name == "a#test"
    assert promise(title="x").name == "a"


def test_a_playbook_promises_nothing() -> None:
    assert list(promises(Playbook(id="a"), TODAY)) == []
