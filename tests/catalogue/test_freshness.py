from datetime import date

import pytest

from kb.catalogue.freshness import Freshness, freshness
from kb.records.model import Playbook, Postmortem

TODAY = date(2024, 6, 1)


def incident(name: str, started: str | None = None) -> Postmortem:
    return Postmortem.model_validate({"id": name, "title": name, "started": started})


def judged(
    uses: list[tuple[Postmortem, str]] | None = None, touched: list[Postmortem] | None = None, **playbook: object
) -> Freshness:
    given = Playbook.model_validate({"id": "p", "services": ["Web", "web"], **playbook})
    return freshness(given, {"web": touched or []}, uses or [], TODAY)


def test_a_playbook_that_was_reviewed_and_not_needed_since_is_current() -> None:
    found = judged(
        last_reviewed="2024-01-01",
        uses=[(incident("a", "2023-12-31"), "helped")],
        touched=[incident("b", "2023-01-01")],
    )
    assert (found.state, found.is_due) == ("current", False)
    assert [i.id for i, _ in found.uses] == ["a"]
    assert found.touched == ()


def test_an_incident_on_its_service_prompts_a_look() -> None:
    found = judged(last_reviewed="2024-01-01", touched=[incident("b", "2024-02-01"), incident("a", "2024-01-01")])
    assert (found.state, found.reason) == ("prompted", "1 incident on its ground since its last review")
    assert found.is_due
    assert [i.id for i in found.touched] == ["b"]


def test_a_use_prompts_a_look_and_counts_once() -> None:
    used = incident("a", "2024-02-01")
    found = judged(last_reviewed="2024-01-01", uses=[(used, "helped")], touched=[used, incident("b", "2024-03-01")])
    assert (found.state, found.reason) == ("prompted", "2 incidents on its ground since its last review")


@pytest.mark.parametrize("started", ["2024-02-01", None])
def test_an_incident_that_found_it_outdated_comes_first(started: str | None) -> None:
    found = judged(
        last_reviewed="2024-01-01", uses=[(incident("a", started), "outdated"), (incident("b", "2024-02-01"), "helped")]
    )
    assert (found.state, found.reason) == ("outdated", "found outdated in 1 incident")


def test_a_review_answers_what_was_found_outdated_before() -> None:
    assert judged(last_reviewed="2024-01-01", uses=[(incident("a", "2023-02-01"), "outdated")]).state == "current"


def test_without_a_review_it_may_be_outdated_but_is_never_due() -> None:
    assert judged(review_every="1 d", touched=[incident("a", "2024-02-01")]).state == "unknown"
    assert judged(uses=[(incident("a", "2024-02-01"), "outdated")]).state == "outdated"


@pytest.mark.parametrize(("every", "state"), [("152 days", "current"), ("151 days", "due"), ("9999 years", "current")])
def test_the_calendar_comes_last(every: str, state: str) -> None:
    found = judged(last_reviewed="2024-01-01", review_every=every)
    assert found.state == state
    assert found.reason == ("its review was due on 2024-05-31" if state == "due" else "reviewed, and no incident since")


def test_uses_are_the_newest_first_and_those_without_a_day_last() -> None:
    uses = [(incident("a"), ""), (incident("b", "2023-01-01"), ""), (incident("c", "2024-01-01"), "")]
    assert [i.id for i, _ in judged(uses=uses).uses] == ["c", "b", "a"]
