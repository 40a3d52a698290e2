"""The postmortems hold what the library promises: enough of each kind, with sources, honest times and links."""

from collections import Counter
from datetime import date
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

import kb
from kb import Level
from kb.config import WORDS


def test_the_check_finds_nothing_to_mend(catalogue: kb.Catalogue) -> None:
    assert [f"{f.place} {f.code} {f.message}" for f in catalogue.findings if f.level is not Level.HINT] == []


def test_the_library_is_large_and_wide(catalogue: kb.Catalogue) -> None:
    incidents = catalogue.incidents
    assert len(incidents) >= 60
    assert len({incident.organization for incident in incidents}) >= 25
    assert sum(1 for incident in incidents if incident.recurrence_of) >= 12
    assert sum(1 for incident in incidents if incident.near_miss) >= 2
    years = {incident.id[:4] for incident in incidents}
    assert {"2004", "2026"} <= years


@pytest.mark.parametrize("name", ["severity", "causes", "trigger"])
def test_every_default_word_stands_at_least_twice(catalogue: kb.Catalogue, name: str) -> None:
    values = [getattr(incident, name) for incident in catalogue.incidents]
    found = Counter(word for value in values for word in ((value,) if isinstance(value, str) else value or ()))
    assert [word for word in WORDS[name] if found[word] < 2] == []


def test_every_incident_says_how_it_was_judged_and_where_it_was_published(catalogue: kb.Catalogue) -> None:
    wanted = (
        "severity",
        "severity_reason",
        "organization",
        "trigger",
        "causes",
        "summary",
        "impact",
        "sources",
        "started",
    )
    gaps = [(i.id, name) for i in catalogue.incidents for name in wanted if not getattr(i, name)]
    assert gaps == []


def test_every_incident_leads_to_a_playbook_or_a_learning(catalogue: kb.Catalogue) -> None:
    def near(incident: kb.Postmortem) -> set[type[kb.Record]]:
        leads = [link.target for link in catalogue.outgoing(incident.id)]
        led = [link.source for link in catalogue.incoming(incident.id)]
        return {type(catalogue.records[name]) for name in (*leads, *led)}

    assert [i.id for i in catalogue.incidents if not near(i) & {kb.Playbook, kb.Learning}] == []


def test_sources_are_addresses_without_trackers_and_stand_once(catalogue: kb.Catalogue) -> None:
    for record in catalogue.records.values():
        addresses = [source.url for source in record.sources]
        assert len(set(addresses)) == len(addresses), record.id
        for url in addresses:
            parts = urlsplit(url)
            assert parts.scheme in ("http", "https"), url
            assert "." in parts.netloc, url
            assert [key for key in parse_qs(parts.query) if key.startswith(("utm_", "fbclid", "gclid"))] == [], url
        assert all(source.title for source in record.sources), record.id


def test_an_id_begins_with_the_day_of_the_incident(catalogue: kb.Catalogue) -> None:
    for incident in catalogue.incidents:
        day = date.fromisoformat(incident.id[:10])
        assert incident.path.startswith(f"postmortems/{day.year}/"), incident.path
        assert incident.started is not None
        # A leak is known by the day it was found; the text says so.
        is_near = abs(day - incident.started.at.date()).days <= 1
        assert is_near or "## About the times" in incident.body, incident.id


def test_no_time_lies_in_the_future(catalogue: kb.Catalogue) -> None:
    for incident in catalogue.incidents:
        moments = [*(at for _, at in incident.milestones), *(row.at for row in incident.timeline if row.at)]
        assert moments, incident.id
        assert [str(at) for at in moments if at.day > catalogue.today] == [], incident.id


def test_a_timeline_is_in_order(catalogue: kb.Catalogue) -> None:
    for incident in catalogue.incidents:
        rows = [row.at for row in incident.timeline if row.at]
        assert [f"{later} after {earlier}" for earlier, later in pairwise(rows) if later < earlier] == [], incident.id


def test_most_timelines_tell_more_than_a_start_and_an_end(catalogue: kb.Catalogue) -> None:
    long = [incident for incident in catalogue.incidents if len(incident.timeline) >= 5]
    assert len(long) >= 0.75 * len(catalogue.incidents)


def test_a_repeat_comes_after_what_it_repeats(catalogue: kb.Catalogue) -> None:
    for incident in catalogue.incidents:
        for name in incident.recurrence_of:
            earlier = catalogue.find(name)
            assert isinstance(earlier, kb.Postmortem), name
            assert earlier.id < incident.id


def test_an_action_has_a_name_and_a_kind_and_its_record_a_source_for_its_state(catalogue: kb.Catalogue) -> None:
    assert [i.id for i in catalogue.incidents for a in i.actions if a.status and not i.sources] == []
    assert [f"{i.id}#{a.id}" for i in catalogue.incidents for a in i.actions if not a.id or not a.kind] == []
