from datetime import timedelta
from typing import Any

import pytest

import kb
from kb.pages.incident import backlinks, phases, timeline
from kb.records.model import Postmortem

from .made import catalogue, desk, incident, playbook
from .parsed import read


def shares(one: Postmortem) -> list[tuple[str, str, float]]:
    return [(phase.name, phase.end, phase.share) for phase in phases(one)]


def test_phases_lie_between_the_milestones_that_are_known() -> None:
    one = incident(
        started="2026-03-02T09:00Z",
        detected="2026-03-02T09:15Z",
        mitigated="2026-03-02T10:00Z",
        resolved="2026-03-02T11:00Z",
    )
    assert shares(one) == [("detect", "detected", 12.5), ("mitigate", "mitigated", 37.5), ("resolve", "resolved", 50.0)]
    assert [phase.length for phase in phases(one)] == [
        timedelta(minutes=15),
        timedelta(minutes=45),
        timedelta(minutes=60),
    ]


def test_a_milestone_that_is_unknown_joins_its_phase_to_the_next() -> None:
    one = incident(started="2026-03-02T09:00Z", acknowledged="2026-03-02T09:30Z", resolved="2026-03-02T10:00Z")
    assert shares(one) == [("respond", "acknowledged", 50.0), ("mitigate", "resolved", 50.0)]


def test_only_start_and_end_are_one_whole() -> None:
    assert shares(incident(started="2026-03-02T09:00Z", resolved="2026-03-02T10:00Z")) == [("whole", "resolved", 100.0)]


def test_only_start_and_detection_are_a_phase_and_no_whole() -> None:
    assert shares(incident(started="2026-03-02T09:00Z", detected="2026-03-02T10:00Z")) == [
        ("detect", "detected", 100.0)
    ]


def test_a_milestone_known_by_its_day_ends_no_phase() -> None:
    one = incident(started="2026-03-02T09:00Z", detected="2026-03-02", resolved="2026-03-02T10:00Z")
    assert shares(one) == [("whole", "resolved", 100.0)]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"started": "2026-03-02T09:00Z"},
        {"started": "2026-03-02", "resolved": "2026-03-03"},
        {"started": "2026-03-02", "detected": "2026-03-02T09:00Z", "resolved": "2026-03-02T10:00Z"},
        {"detected": "2026-03-02T09:00Z", "resolved": "2026-03-02T10:00Z"},
        {"started": "2026-03-02T09:00Z", "resolved": "2026-03-02T09:00Z"},
        {"started": "2026-03-02T09:00Z", "detected": "2026-03-02T10:00Z", "mitigated": "2026-03-02T09:30Z"},
    ],
    ids=lambda fields: " ".join(fields) or "nothing",
)
def test_there_are_no_phases_to_draw(fields: dict[str, str]) -> None:
    assert phases(incident(**fields)) == []


def test_a_phase_of_no_length_is_still_to_be_seen() -> None:
    one = incident(started="2026-03-02T09:00Z", detected="2026-03-02T09:00Z", resolved="2026-03-12T09:00Z")
    assert shares(one) == [("detect", "detected", 1.0), ("mitigate", "resolved", 100.0)]


def test_the_end_of_a_phase_names_the_day_where_it_is_another() -> None:
    one = incident(started="2026-03-02T23:00-05:00", detected="2026-03-03T06:30Z", resolved="2026-03-04T01:30+01:00")
    assert [phase.when for phase in phases(one)] == ["06:30", "2026-03-04 00:30"]


def steps(**fields: Any) -> list[tuple[str, str, str, str]]:
    """Each row of the timeline as (day where it changes, milestones, event, time after the start)."""
    return [
        (step.day, " ".join(step.milestones), step.event.event if step.event else "", step.after)
        for step in timeline(incident(**fields))
    ]


MILESTONES = {"started": "2026-03-02T09:00Z", "detected": "2026-03-02T09:30Z", "resolved": "2026-03-02T11:00Z"}


def test_milestones_stand_among_the_events() -> None:
    events = [{"at": "2026-03-02T09:10Z", "event": "a"}, {"at": "2026-03-02T10:00Z", "event": "b"}]
    assert steps(**MILESTONES, timeline=events) == [
        ("2026-03-02", "started", "", ""),
        ("", "", "a", "+10 min"),
        ("", "detected", "", "+30 min"),
        ("", "", "b", "+1 h"),
        ("", "resolved", "", "+2 h"),
    ]


def test_an_event_at_a_milestone_carries_it() -> None:
    events = [{"at": "2026-03-02T10:30+01:00", "event": "a"}]
    assert steps(**{**MILESTONES, "acknowledged": "2026-03-02T09:30Z"}, timeline=events) == [
        ("2026-03-02", "started", "", ""),
        ("", "detected acknowledged", "a", "+30 min"),
        ("", "resolved", "", "+2 h"),
    ]


def test_an_event_without_a_time_stays_where_it_was_written() -> None:
    events = [{"event": "first"}, {"at": "2026-03-02T10:00Z", "event": "a"}, {"event": "then"}]
    assert [step[2] or step[1] for step in steps(**MILESTONES, timeline=events)] == [
        "first",
        "started",
        "detected",
        "a",
        "then",
        "resolved",
    ]


def test_events_out_of_order_stay_as_written_and_no_milestone_is_lost() -> None:
    events = [{"at": "2026-03-02T10:00Z", "event": "late"}, {"at": "2026-03-02T09:10Z", "event": "early"}]
    assert [step[2] or step[1] for step in steps(**MILESTONES, timeline=events)] == [
        "started",
        "detected",
        "late",
        "early",
        "resolved",
    ]


def test_a_day_is_named_when_it_changes() -> None:
    events = [{"at": "2026-03-02T23:50Z", "event": "a"}, {"event": "b"}, {"at": "2026-03-03T00:10Z", "event": "c"}]
    assert [(day, event) for day, _, event, _ in steps(timeline=events)] == [
        ("2026-03-02", "a"),
        ("", "b"),
        ("2026-03-03", "c"),
    ]


def test_an_event_known_by_its_day_is_no_milestone_at_midnight() -> None:
    events = [{"at": "2026-03-02", "event": "a"}]
    assert steps(started="2026-03-02T00:00Z", timeline=events) == [("2026-03-02", "", "a", ""), ("", "started", "", "")]


def test_without_events_there_is_no_timeline() -> None:
    assert timeline(incident(**MILESTONES)) == []


def linked(*links: tuple[str, str, str, str]) -> list[tuple[str, str]]:
    """What leads to `one`, given (source, relation, target, note) of each link."""
    made = tuple(kb.Link(source, target, relation, 1, note) for source, relation, target, note in links)
    one = incident("one")
    others = (incident("two", started="2026-01-02"), incident("three", started="2026-01-03"), playbook("book"))
    return [(other.id, how) for other, how in backlinks(desk(one, *others, links=made), one)]


def test_what_leads_to_a_record_is_named_with_how() -> None:
    assert linked(
        ("book", "mentions", "one", ""), ("two", "related", "one", ""), ("three", "recurrence_of", "one", "")
    ) == [
        ("three", "repeats it"),
        ("two", "related"),
        ("book", "mentions it"),
    ]


def test_a_record_that_links_twice_is_named_once_with_more_than_a_mention() -> None:
    assert linked(("two", "mentions", "one", ""), ("two", "recurrence_of", "one", "")) == [("two", "repeats it")]
    assert linked(("two", "recurrence_of", "one", ""), ("two", "mentions", "one", "")) == [("two", "repeats it")]


def test_a_verdict_says_how_a_record_was_used() -> None:
    assert linked(("two", "playbooks", "one", "outdated"), ("three", "playbooks", "one", "")) == [
        ("three", "used it"),
        ("two", "outdated"),
    ]


def test_a_record_that_stands_on_the_page_already_is_not_named_again_unless_it_says_more() -> None:
    assert linked(("one", "related", "two", ""), ("two", "related", "one", "")) == []
    assert linked(("one", "related", "two", ""), ("two", "mentions", "one", "")) == []
    assert linked(("one", "mentions", "two", ""), ("two", "related", "one", "")) == [("two", "related")]
    assert linked(("one", "related", "two", ""), ("two", "recurrence_of", "one", "")) == [("two", "repeats it")]
    assert linked(("one", "playbooks", "book", ""), ("book", "mentions", "one", "")) == []


def test_a_relation_of_another_kind_is_named_as_it_is() -> None:
    assert linked(("two", "drawn_from", "one", "")) == [("two", "drawn from")]


def test_what_leads_elsewhere_is_no_backlink() -> None:
    assert linked(("one", "related", "two", ""), ("two", "related", "three", "")) == []


def near(site: kb.Site, name: str) -> list[str]:
    """The addresses at the foot of an incident's page."""
    page = next(page for page in site.record_pages() if page.uri == f"incidents/{name}")
    html = page.html()
    return read(html[html.index('<nav class="kb-next"') :]).values("href")


def test_an_incident_leads_to_those_before_and_after_it() -> None:
    site = kb.Site(
        catalogue(
            incident("a", started="2026-01-01"),
            incident("b", started="2026-01-02"),
            incident("c", started="2026-01-03"),
            incident("d"),
        )
    )
    assert near(site, "a") == ["../../incidents/b/"]
    assert near(site, "b") == ["../../incidents/a/", "../../incidents/c/"]
    assert near(site, "c") == ["../../incidents/b/"]
    assert near(site, "d") == []


def test_what_is_not_known_is_said() -> None:
    parsed = read(next(kb.Site(catalogue(incident())).record_pages()).html())
    for words in (
        "start unknown",
        "duration unknown",
        "Nothing is written down yet",
        "No action is on record",
        "Nothing else links here yet",
    ):
        assert words in " ".join(parsed.words.split())


def test_a_day_is_no_time_of_day() -> None:
    parsed = read(
        next(kb.Site(catalogue(incident(started="2026-03-02", resolved="2026-03-02T10:00Z"))).record_pages()).html()
    )
    words = " ".join(parsed.words.split())
    for said in ("started 2026-03-02", "not known when detected, mitigated", "duration unknown"):
        assert said in words
    assert "00:00" not in words


def test_the_page_carries_what_a_search_and_a_list_need() -> None:
    (page,) = kb.Site(
        catalogue(incident(summary=" It  broke.\n" + "x" * 400, path="postmortems/one.md"))
    ).record_pages()
    assert (page.uri, page.section, page.source) == ("incidents/one", "incidents/index", "postmortems/one.md")
    assert page.description.startswith("It broke. x")
    assert len(page.description) == 300
