"""What is proposed to read aloud and to replay follows from a plain rule, and says it."""

from typing import Any

import pytest

import kb
from kb.review.choices import drill, read_aloud

from .made import incident


def published(name: str, **fields: Any) -> kb.Postmortem:
    return incident(name, status="published", **fields)


def test_those_that_tell_most_surprises_luck_and_whys_are_read_aloud() -> None:
    found = read_aloud(
        [
            published("one", five_whys=["a"]),
            published("most", lessons={"surprised": ["a", "b"], "got_lucky": ["c"]}, five_whys=["d"]),
            published("two", lessons={"surprised": ["a"], "got_lucky": ["b"]}),
            incident("draft", status="draft", five_whys=["a", "b", "c", "d", "e"]),
        ]
    )
    assert [(one.incident.id, one.reason) for one in found] == [
        ("most", "it tells 2 surprises, 1 piece of luck and a chain of 1 why"),
        ("two", "it tells 1 surprise and 1 piece of luck"),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "published"}, 1),
        ({"published": "2024-02-01"}, 1),
        ({"status": "in_review", "published": "2024-02-01"}, 0),
        ({}, 0),
    ],
)
def test_only_what_is_published_is_read_aloud(fields: dict[str, Any], expected: int) -> None:
    assert len(read_aloud([incident("a", five_whys=["a"], **fields)])) == expected


def test_what_tells_nothing_is_not_read_aloud() -> None:
    assert read_aloud([published("a")]) == ()


def timed(name: str, minutes: int, **fields: Any) -> kb.Postmortem:
    return incident(name, started="2024-02-01T10:00:00Z", detected=f"2024-02-01T10:{minutes}:00Z", **fields)


ROW = {"event": "x"}
MISSING = {"playbooks": [{"id": "queue", "verdict": "missing"}, {"id": "disk", "verdict": "outdated"}]}


@pytest.mark.parametrize(
    ("incidents", "expected"),
    [
        ([timed("a", 50), timed("b", 10, **MISSING)], ("b", "of its playbooks disk was outdated, queue was missing")),
        ([timed("a", 10), timed("b", 50)], ("b", "it took 50 min to notice")),
        ([timed("a", 10), timed("b", 10)], ("a", "it took 10 min to notice")),
        (
            [incident("a", timeline=[ROW] * 3), incident("b", timeline=[ROW] * 4)],
            ("b", "its timeline has 4 rows to play"),
        ),
        ([incident("a", timeline=[ROW] * 9), timed("b", 10)], ("b", "it took 10 min to notice")),
        (
            [incident("a", timeline=[ROW] * 2), incident("b", started="2024-02-01", detected="2024-02-02")],
            None,
        ),
        ([], None),
    ],
)
def test_what_lacked_a_playbook_or_took_longest_to_notice_is_replayed(
    incidents: list[kb.Postmortem], expected: tuple[str, str] | None
) -> None:
    found = drill(incidents, [])
    assert (found and (found.incident.id, found.reason)) == expected


def test_what_is_read_aloud_is_replayed_only_where_nothing_else_is() -> None:
    told, other = timed("told", 50, status="published", five_whys=["a"], **MISSING), timed("other", 10)
    aloud = read_aloud([told, other])
    assert [one.incident.id for one in aloud] == ["told"]
    for incidents, expected in (([told, other], "other"), ([told], "told")):
        found = drill(incidents, aloud)
        assert found is not None
        assert found.incident.id == expected
