import json
import re
from datetime import date
from typing import Any

import pytest

import kb
from kb.pages.rows import (
    PART,
    Row,
    incident_row,
    learning_row,
    parts,
    playbook_row,
    promise_row,
    record_row,
    script,
    severity_mark,
)

from .made import catalogue, incident, learning, playbook


def data_of(content: bytes) -> tuple[str, dict[str, Any]]:
    """The name and the data that a list's script hands over."""
    hit = re.fullmatch(r'kbList\(("[a-z]+"),(\{.*\})\);\n', content.decode())
    assert hit
    return json.loads(hit[1]), json.loads(hit[2])


def rows_in(data: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows as the browser reads them, with names in place of numbers."""
    facets = data["facets"]
    return [
        (
            url,
            title,
            when,
            *data["marks"][mark],
            notes,
            bar,
            aside,
            {name: tuple(names[n] for n in chosen) for (name, names), chosen in zip(facets, picked, strict=True)},
        )
        for url, title, when, mark, notes, bar, aside, picked in data["rows"]
    ]


ROWS = [
    Row(
        "incidents/a",
        'A "quoted" </script>',
        "2026-01-01",
        "sev1",
        "sev1",
        "x",
        60.0,
        "1 h",
        "",
        {"severity": ("sev1",), "service": ("s3", "ec2")},
    ),
    Row(
        "incidents/b",
        "B \u2028 é",
        "",
        "unknown",
        "severity unknown",
        "",
        None,
        "",
        "",
        {"severity": ("unknown",), "service": ("s3",)},
    ),
    Row(
        "incidents/c",
        "C",
        "2025-01-01",
        "sev1",
        "sev1",
        "",
        1.0,
        "1 min",
        "actions",
        {"severity": ("sev1",), "service": ("unknown",)},
    ),
]


@pytest.mark.parametrize("style", [kb.Style(), kb.Style(directories=False)])
def test_the_data_of_a_list_are_its_rows(style: kb.Style) -> None:
    name, data = data_of(script("incidents", ROWS, style))
    assert name == "incidents"
    assert rows_in(data) == [
        (
            style.url(row.uri) + (f"#{row.fragment}" if row.fragment else ""),
            row.title,
            row.when,
            row.mark,
            row.word,
            row.notes,
            row.bar,
            row.aside,
            row.facets,
        )
        for row in ROWS
    ]


def test_what_is_chosen_most_often_is_offered_first_and_years_from_the_last() -> None:
    rows = [
        Row("a", "a", "", "m", "w", "", facets={"service": services, "year": year, "severity": severity})
        for services, year, severity in [
            (("b", "c"), ("2024",), ("sev3",)),
            (("c", "a"), ("2026",), ("sev1",)),
            (("d",), ("2025",), ("sev2",)),
        ]
    ]
    _, data = data_of(script("x", rows, kb.Style()))
    assert dict(data["facets"]) == {
        "service": ["c", "a", "b", "d"],
        "year": ["2026", "2025", "2024"],
        "severity": ["sev1", "sev2", "sev3"],
    }


def test_the_data_of_an_empty_list_are_empty() -> None:
    assert data_of(script("incidents", [], kb.Style())) == ("incidents", {"facets": [], "marks": [], "rows": []})


def test_the_data_of_a_list_can_end_no_script() -> None:
    assert b"<" not in script("incidents", ROWS, kb.Style())


@pytest.mark.parametrize(
    ("number", "sizes"),
    [(0, [0]), (1, [1]), (PART - 1, [PART - 1]), (PART, [PART]), (PART + 1, [PART, 1]), (3 * PART, [PART] * 3)],
)
def test_rows_are_cut_into_parts_and_none_is_lost(number: int, sizes: list[int]) -> None:
    rows = [Row(str(n), "", "", "", "", "") for n in range(number)]
    cut = list(parts(rows))
    assert [len(part) for _, part in cut] == sizes
    assert [n for n, _ in cut] == list(range(1, len(sizes) + 1))
    assert [row for _, part in cut for row in part] == rows


@pytest.mark.parametrize(
    ("minutes", "bar"), [(None, 0), (0, 4), (1, 4), (60, 41), (24 * 60, 73), (14 * 24 * 60, 100), (400 * 24 * 60, 100)]
)
def test_a_bar_grows_with_the_logarithm_of_the_duration(minutes: float | None, bar: int) -> None:
    assert Row("", "", "", "", "", "", minutes).bar == bar


def test_the_row_of_an_incident_of_which_all_is_known() -> None:
    row = incident_row(
        incident(
            started="2026-03-02T23:30-02:00",
            resolved="2026-03-03T02:44Z",
            severity="sev2",
            status="in_review",
            services=["a", "b", "c", "d"],
            teams=["t"],
            causes=["code_change", "odd_one"],
            organization="Org",
        )
    )
    assert row == Row(
        uri="incidents/one",
        title="Title of one",
        when="2026-03-03",
        mark="sev2",
        word="sev2",
        notes="Org · a · b · c · code change · odd one",
        minutes=74.0,
        aside="1 h 14 min",
        facets={
            "severity": ("sev2",),
            "service": ("a", "b", "c", "d"),
            "cause": ("code change", "odd one"),
            "team": ("t",),
            "organization": ("Org",),
            "year": ("2026",),
            "status": ("in review",),
        },
    )


def test_the_row_of_an_incident_of_which_nothing_is_known() -> None:
    row = incident_row(incident())
    assert (row.when, row.mark, row.word, row.notes, row.bar, row.aside) == (
        "",
        "unknown",
        "severity unknown",
        "",
        0,
        "",
    )
    assert set(row.facets.values()) == {("unknown",)}


def test_a_severity_of_ones_own_keeps_its_word_and_has_the_sign_of_the_unknown() -> None:
    row = incident_row(incident(severity="catastrophe"))
    assert (row.mark, row.word) == ("unknown", "catastrophe")
    assert severity_mark("sev6") == severity_mark(None) == "unknown"


def test_the_row_of_a_playbook_says_how_current_it_is() -> None:
    book = playbook(last_reviewed="2025-01-01", review_every="6 months", owner="platform", services=["queue"])
    row = playbook_row(book, catalogue(book).freshness[book.id])
    assert (row.when, row.mark, row.word) == ("2025-01-01", "fresh-due", "due")
    assert row.notes == "its review was due on 2025-07-03 · platform · queue"
    assert row.facets == {"state": ("due",), "service": ("queue",), "owner": ("platform",)}


def test_the_row_of_a_playbook_that_nobody_reviewed() -> None:
    row = playbook_row(playbook(), catalogue(playbook()).freshness["book"])
    assert (row.when, row.mark, row.word) == ("", "fresh-unknown", "review unknown")
    assert row.facets == {"state": ("unknown",), "service": ("any",), "owner": ("unknown",)}


def test_the_row_of_a_learning() -> None:
    row = learning_row(learning(kind="game_day", date="2026-04-20", services=["queue"], causes=["code_change"]))
    assert (row.when, row.mark, row.word, row.notes) == ("2026-04-20", "learning", "game day", "queue · code change")
    assert learning_row(learning()).facets == {"kind": ("learning",), "service": ("any",), "cause": ("any",)}


def promised(stood: Any = None, **action: Any) -> Row:
    record = incident(actions=[{"title": "Do it", **action}])
    (promise,) = catalogue(record, today=date(2026, 6, 15)).promises
    return promise_row(promise, record, stood)


def test_the_row_of_an_action_says_how_it_stood_when_its_incident_came_back() -> None:
    row = promised([("open", incident(started="2026-01-01")), ("open", incident()), ("declined", incident())])
    assert row.notes.startswith("open when it came back on 2026-01-01, open when it came back on an unknown day, decl")
    assert row.facets["came back"] == ("yes", "while open", "while declined")


def test_the_row_of_an_action_that_held_can_be_told_from_it() -> None:
    row = promised([])
    assert "came back" not in row.notes
    assert row.facets["came back"] == ("no",)
    assert "came back" not in promised().facets


@pytest.mark.parametrize(
    ("action", "mark", "word", "aside"),
    [
        ({}, "unknown", "unknown", ""),
        ({"status": "accepted", "opened": "2026-06-10"}, "accepted", "accepted", "open 5 days"),
        ({"status": "in_progress", "due": "2026-06-15"}, "in_progress", "in progress", ""),
        ({"status": "in_progress", "due": "2026-06-14"}, "overdue", "overdue", "1 day late"),
        ({"status": "done", "due": "2026-01-01", "closed": "2026-02-01"}, "done", "done", ""),
        ({"status": "parked"}, "unknown", "parked", ""),
    ],
)
def test_the_row_of_an_action_says_where_it_stands(action: dict[str, str], mark: str, word: str, aside: str) -> None:
    row = promised(**action)
    assert (row.mark, row.word, row.aside) == (mark, word, aside)
    assert row.facets["state"] == (word,)


def test_the_row_of_an_action_names_its_owner_its_record_and_its_reason() -> None:
    row = promised(owner="platform", kind="prevent", reason="too dear", opened="2025-01-01")
    assert row.notes == "owner platform · prevent · Title of one · too dear"
    assert row.facets == {"state": ("unknown",), "owner": ("platform",), "kind": ("prevent",), "year": ("2025",)}
    assert promised(title="", id="do-it").title == "do-it"


def test_any_record_has_its_row() -> None:
    records = (incident(), playbook(), learning())
    made = catalogue(*records)
    assert [record_row(made, record).uri for record in records] == [
        "incidents/one",
        "playbooks/book",
        "learnings/lesson",
    ]
