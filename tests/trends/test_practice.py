"""Practice: each thing counts in the quarter of its day, once, and what has no day is counted apart."""

from datetime import date
from typing import Any

import pytest
from search.made import record

import kb
from kb.trends.model import Practice, Undated
from kb.trends.practice import declared_repeats
from kb.trends.quarter import Quarter

from .made import incident, learning, trends

Q1, Q2 = Quarter(2024, 1), Quarter(2024, 2)


def practice(*records: kb.Record, **more: Any) -> dict[str, Practice]:
    return {str(one.quarter): one for one in trends(*records, **more).practice}


def repeat(later: str, earlier: str, relation: str = "recurrence_of") -> kb.Link:
    return kb.Link(later, earlier, relation, None)


def test_without_anything_there_is_no_quarter() -> None:
    assert practice() == {}
    assert trends().undated == Undated(0, 0, 0, 0)


def test_verdicts_on_playbooks_count_in_the_quarter_of_the_incident() -> None:
    uses = [{"id": "x", "verdict": verdict} for verdict in ("helped", "helped", "missing", "outdated", None)]
    found = practice(incident("a", started="2024-03-31T23:00-08:00", playbooks=uses))
    assert found == {"2024-Q2": Practice(Q2, 0, 0, 2, 1, 1, 0, 0)}
    assert trends(incident("a", playbooks=uses)).undated.playbooks == 4


def test_drills_are_game_days_and_chaos_experiments_of_their_day() -> None:
    some = [
        learning(kind, kind=kind, date="2024-02-29")
        for kind in ("lesson", "pattern", "pre_mortem", "game_day", "chaos_experiment", "review")
    ]
    undated = [learning("a", kind="game_day"), learning("b", kind="pre_mortem"), learning("c", kind="lesson")]
    found = trends(*some, *undated)
    assert found.practice[0] == Practice(Q1, 0, 0, 0, 0, 0, drills=2, pre_mortems=1)
    assert found.undated == Undated(0, 0, 1, 1)


def test_quarters_run_from_the_first_drill_or_incident_to_today() -> None:
    drill = learning("a", kind="game_day", date="2023-08-01")
    assert list(practice(drill, incident("b", started="2023-11-01"))) == ["2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2"]
    assert list(practice(drill, until=date(2023, 12, 31))) == ["2023-Q3", "2023-Q4"]
    # A lesson is no practice, so its day begins nothing.
    assert practice(learning("a", kind="lesson", date="2023-08-01")) == {}


def test_a_repeat_counts_when_it_came_back_with_the_promises_that_were_broken() -> None:
    actions = [{"id": "a", "status": "accepted"}, {"id": "b", "status": "declined"}, {"id": "c"}]
    earlier = incident("earlier", started="2024-01-01", actions=actions)
    later = incident("later", started="2024-04-01")
    found = practice(earlier, later, links=(repeat("later", "earlier"),))
    assert [(one.repeats, one.broken) for one in found.values()] == [(0, 0), (1, 2)]


def test_a_repeat_without_a_day_is_counted_apart() -> None:
    some = (incident("earlier", started="2024-01-01"), incident("later"))
    found = trends(*some, links=(repeat("later", "earlier"),))
    assert sum(one.repeats for one in found.practice) == 0
    assert found.undated.repeats == 1


def test_a_repeat_belongs_to_the_selection_of_the_later_one() -> None:
    some = (incident("earlier", started="2024-01-01", services=["db"]), incident("later", started="2024-04-01"))
    links = (repeat("later", "earlier"),)
    assert len(trends(*some, links=links, since=date(2024, 2, 1)).repeats) == 1
    assert trends(*some, links=links, services=("db",)).repeats == ()


@pytest.mark.parametrize(
    "links",
    [
        (repeat("later", "earlier", "related"),),
        (repeat("later", "later"),),
        (repeat("later", "drill"),),
        (repeat("drill", "earlier"),),
        (repeat("earlier", "later"),),
    ],
)
def test_what_is_no_repeat_is_not_counted(links: tuple[kb.Link, ...]) -> None:
    some = (incident("earlier", started="2024-01-01"), incident("later", started="2024-04-01"), learning("drill"))
    assert trends(*some, links=links).repeats == ()


def test_repeats_are_those_of_recurrence(library: Any) -> None:
    files = {
        f"postmortems/{name}.md": record(
            name, started=f"202{place}-01-01", recurrence_of=f"[{of}]", aliases=f"[{name}-old]"
        )
        for place, (name, of) in enumerate(
            [("a", ""), ("b", "a-old"), ("c", "b, a, a-old"), ("d", "gone"), ("e", "f"), ("f", "e")]
        )
    }
    catalogue = kb.load(library(files), today=date(2030, 1, 1))
    expected = kb.Recurrence(catalogue).repeats
    assert [(one.later, one.earlier) for one in expected] == [("b", "a"), ("c", "b"), ("c", "a"), ("f", "e")]
    assert declared_repeats(catalogue) == expected
    assert kb.Trends(catalogue).repeats == kb.Trends(catalogue, kb.Recurrence(catalogue)).repeats == expected
