import pytest

import kb
from kb.records.model import RECORDS
from kb.search.document import FACETS, OTHERS, Document, document, fields_of
from kb.search.rank import WEIGHTS


def test_an_incident_is_shown_and_filtered_by_its_facts() -> None:
    record = kb.Postmortem.model_validate(
        {
            "id": "queue-full",
            "path": "postmortems/queue-full.md",
            "title": "The queue was full",
            "aliases": ["inc-17"],
            "severity": "sev1",
            "services": ["Kube DNS"],
            "causes": ["code_change", "contention"],
            "teams": ["platform"],
            "organization": "Örg",
            "started": "2024-03-01T10:30:00Z",
            "trigger": "config_push",
            "tags": ["dns"],
            "status": "published",
        }
    )
    facts = {
        "kind": {"postmortem": "postmortem"},
        "severity": {"sev1": "sev1"},
        "service": {"kube-dns": "Kube DNS"},
        "cause": {"code-change": "code_change", "contention": "contention"},
        "team": {"platform": "platform"},
        "organization": {"org": "Örg"},
        "year": {"2024": "2024"},
        "trigger": {"config-push": "config_push"},
        "tag": {"dns": "dns"},
        "status": {"published": "published"},
        "id": {"queue-full": "queue-full", "inc-17": "inc-17"},
    }
    expected = Document(
        "postmortems/queue-full.md", "queue-full", "postmortem", "The queue was full", "2024-03-01", facts
    )
    assert document(record) == expected
    assert set(facts) == {*FACETS, *OTHERS}


def test_a_learning_is_of_two_kinds() -> None:
    record = kb.Learning.model_validate({"id": "a", "title": "x", "kind": "game_day", "date": "2024-03-01"})
    found = document(record)
    assert found.kind == "learning"
    assert found.facts["kind"] == {"learning": "learning", "game-day": "game_day"}
    assert found.day == "2024-03-01"


@pytest.mark.parametrize("kind", RECORDS)
def test_what_is_not_known_of_a_record_is_left_out(kind: str) -> None:
    found = document(RECORDS[kind].model_validate({"id": "a", "title": "x"}))
    assert found.facts == {"kind": {kind: kind}, "id": {"a": "a"}}
    assert found.day == ""


@pytest.mark.parametrize("kind", RECORDS)
def test_every_text_that_is_searched_has_a_weight_and_none_outweighs_the_title(kind: str) -> None:
    assert set(fields_of(RECORDS[kind].model_validate({"id": "a", "title": "x"}))) == set(WEIGHTS)
    assert all(0 < weight <= WEIGHTS["title"] for weight in WEIGHTS.values())


def test_texts_stand_by_where_they_were_written() -> None:
    record = kb.Postmortem.model_validate(
        {
            "id": "queue-full",
            "title": "The title",
            "services": ["queue_a"],
            "timeline": [{"event": "an event"}],
            "actions": [{"title": "an action"}],
            "summary": "a summary",
            "body": "the body",
        }
    )
    assert fields_of(record) == {
        "title": "The title",
        "names": "queue-full queue a",
        "symptoms": "",
        "timeline": "an event",
        "actions": "an action",
        "prose": "a summary\nthe body",
    }
    book = kb.Playbook.model_validate({"id": "book", "title": "x", "symptoms": ["no space left"], "alerts": ["Full"]})
    assert fields_of(book)["symptoms"] == "no space left"
    assert fields_of(book)["names"] == "book Full"
