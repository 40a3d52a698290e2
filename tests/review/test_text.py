"""A review reads well aloud: short lines, whole sentences, nothing invented where there is nothing."""

from datetime import date
from typing import Any

import pytest
from search.made import TEXT

from kb.review.text import WIDTH, lines

from .made import TODAY, certificates, few, incident, learning, review

Q1 = "2024-Q1"


def told(*records: Any, quarter: str = Q1, today: date = TODAY) -> str:
    return "\n".join(lines(review(quarter, *records, today=today)))


def part(text: str, title: str) -> str:
    """Return a section as one line."""
    return " ".join(text.split(f"\n{title}\n")[1].split("\n\n\n")[0].split("---\n", 1)[1].split())


def test_an_empty_quarter_says_so_and_asks_nothing() -> None:
    text = told()
    assert "No incident, and none on record is older." in text
    assert "?" not in text
    assert "Surprises" not in text
    assert "There is no record of a review of 2023-Q4." in text


def test_a_quarter_that_runs_says_so_far() -> None:
    text = told(incident("a", started="2024-05-01"), quarter="2024-Q2")
    assert "1 April to 1 June 2024, so far" in text
    assert "1 incident so far, up to 1 June 2024" in " ".join(text.split())


def test_a_quarter_to_come_says_only_that() -> None:
    assert told(quarter="2024-Q3").splitlines()[3:] == ["", "What happened", "-------------", "2024-Q3 has not begun."]


def test_incidents_are_told_with_day_title_organization_and_severity() -> None:
    text = told(
        incident("a", started="2024-02-01", title="The shop closed", organization="Shop", severity="sev2"),
        incident("b", started="2024-02-02", title="It nearly closed", near_miss=True),
        incident("c"),
    )
    assert "- 1 February: The shop closed (Shop, sev2)" in text
    assert "- 2 February: It nearly closed (b, severity unknown, near miss)" in text
    assert "1 of them could have hurt and did not." in text
    assert "1 incident without a known day can be in no review." in text


def test_an_incident_is_cited_by_organization_where_there_are_several_and_else_by_title() -> None:
    lessons = {"lessons": {"surprised": ["It was hot."]}, "started": "2024-02-01"}
    one = incident("a", title="The shop closed", organization="Shop", **lessons)
    assert "It was hot. (“The shop closed”)" in told(one)
    assert "It was hot. (Shop, 1 February)" in told(one, incident("b", organization="Mail"))


def test_links_in_sentences_are_told_as_what_they_show() -> None:
    sentence = "See [[b]], [[b|that]], [[nobody]] and [the page](https://example.org/x)."
    text = told(
        incident("a", started="2024-02-01", lessons={"surprised": [sentence]}), incident("b", title="The mail stopped")
    )
    assert "See “The mail stopped”, that, nobody and the page." in " ".join(text.split())


def test_a_repeat_is_told_with_what_had_been_promised() -> None:
    actions = [
        {"id": "x", "title": "Renew it", "status": "accepted"},
        {"id": "y", "title": "Watch it", "status": "done", "verified_on": "2023-12-01"},
    ]
    text = told(
        incident("a", started="2023-11-01", title="First", actions=actions),
        incident("b", started="2024-02-01", title="Second", recurrence_of=["a"]),
    )
    said = " ".join(text.split())
    assert "“First”, 1 November 2023, came back 3 months later as “Second”." in said
    assert "Of 2 promises made the first time, 1 open and 1 kept by then. - open: Renew it" in said
    assert "? Which promise would have helped?" in text


def test_a_theme_is_told_with_what_it_shares_and_what_to_do() -> None:
    actions = [{"id": "x", "title": "Renew it", "status": "accepted", "owner": "Web", "due": "2021-01-01"}]
    text = " ".join(told(*certificates(3, causes=["third_party"], actions=actions), quarter="2021-Q2").split())
    assert "- 1 of its 2 incidents in this quarter: “Title of cert-2”." in text
    assert "- Causes they share: third party (2 of 2)." in text
    assert "- 2 promises open, 2 overdue: - Renew it (Web, 180 days overdue; after “Title of cert-1”)" in text
    assert "`kb new pattern --from-cluster cert-1` begins to." in text
    assert "Since then it happened 1 more time." in text


def test_declined_actions_come_with_their_reason() -> None:
    declined = {"status": "declined", "closed": "2024-02-02"}
    actions = [
        {"id": "x", "title": "Move", "reason": "Too dear.", **declined},
        {"id": "y", "title": "Sell", **declined},
    ]
    text = " ".join(told(incident("a", started="2024-02-01", actions=actions)).split())
    assert "Move (no owner; after “Title of a”): Too dear." in text
    assert "Sell (no owner; after “Title of a”): no reason given" in text
    assert "In these months no action was opened, none done, 2 declined. On 31 March 2024, none stood open." in text


def test_last_quarters_decisions_come_with_what_became_of_them() -> None:
    before = learning(
        "before",
        kind="review",
        quarter="2023-Q4",
        decisions=["Buy a generator."],
        actions=[{"id": "x", "title": "Ask for offers", "status": "accepted"}],
    )
    text = told(before)
    assert "- Buy a generator." in text
    assert "- accepted: Ask for offers (no owner; after “Title of before”)" in text
    assert "? Was it done, and did it help?" in text


@pytest.mark.parametrize(("number", "shown"), [(11, 11), (12, 10), (400, 10)])
def test_long_lists_are_cut_but_never_for_one(number: int, shown: int) -> None:
    text = told(*(incident(f"i{n:03}", started="2024-02-01") for n in range(number)))
    assert text.count("- 1 February: ") == shown
    assert (f"- and {number - shown} more." in text) == (shown < number)


# Half a character is in no record: no file holds one.
@few(80, text=TEXT.map(lambda text: text.replace("\ud800", "")))
def test_every_line_fits_unless_a_word_does_not(text: str) -> None:
    told_of = {"title": text, "organization": text, "lessons": {"surprised": [text]}, "started": "2024-02-01"}
    found = list(lines(review(Q1, *(incident(name, **told_of) for name in "ab"))))
    assert [line for line in found if len(line) > WIDTH and " " in line.strip().removeprefix("- ")] == []
    assert not any("\n" in line for line in found)
