"""The parts of a review: what lies in its quarter, and how it stood at the end of that."""

from datetime import date
from typing import Any

import pytest

import kb
from kb.review.review import last_over
from kb.trends.quarter import parse_quarter

from .made import certificates, disks, incident, learning, playbook, review

Q1, BEFORE = "2024-Q1", "2023-11-01"


def ids(found: Any) -> list[str]:
    return [one.id for one in found]


def test_an_incident_lies_in_the_quarter_of_its_day_in_utc() -> None:
    found = review(
        Q1,
        incident("late", started="2024-03-31T23:30:00-05:00"),
        incident("early", started="2024-01-01T00:30:00+02:00"),
        incident("first", started="2024-01-01"),
        incident("last", started="2024-03-31T23:59:59Z", near_miss=True),
        incident("undated"),
    )
    assert (ids(found.incidents), ids(found.near_misses), found.undated) == (["first", "last"], ["last"], 1)


@pytest.mark.parametrize(("today", "expected"), [("2024-03-31", "2023-Q4"), ("2024-04-01", "2024-Q1")])
def test_the_last_quarter_that_is_over_is_the_one_before_today(today: str, expected: str) -> None:
    assert str(last_over(date.fromisoformat(today))) == expected


@pytest.mark.parametrize(
    ("today", "begun", "over"), [("2023-12-31", False, False), ("2024-03-31", True, False), ("2024-04-01", True, True)]
)
def test_a_quarter_is_over_on_the_day_after_its_last(today: str, begun: bool, over: bool) -> None:
    found = review(Q1, today=date.fromisoformat(today))
    assert (found.has_begun, found.is_over) == (begun, over)
    assert found.day == min(date(2024, 3, 31), date.fromisoformat(today))


def spread(now: int, before: int, older: int = 1) -> list[kb.Postmortem]:
    return [
        *(incident(f"n{n}", started="2024-02-01") for n in range(now)),
        *(incident(f"b{n}", started=BEFORE) for n in range(before)),
        *(incident(f"o{n}", started="2020-01-01") for n in range(older)),
    ]


@pytest.mark.parametrize(
    ("now", "before", "is_change", "note"),
    [
        (3, 1, False, "3 incidents; 1 in 2023-Q4. With numbers like these the difference may be chance."),
        (1, 1, False, "1 incident, as many as in 2023-Q4."),
        (0, 0, False, "No incident, and none in 2023-Q4."),
        (0, 2, False, "No incident; 2 in 2023-Q4. With numbers like these the difference may be chance."),
        (5, 0, False, "5 incidents; none in 2023-Q4. With numbers like these the difference may be chance."),
        (6, 0, True, "6 incidents; none in 2023-Q4. That is more than chance makes likely."),
    ],
)
def test_a_difference_is_called_one_only_where_chance_hardly_makes_it(
    now: int, before: int, is_change: bool, note: str
) -> None:
    found = review(Q1, *spread(now, before)).compared
    assert (found.incidents, found.before, found.is_change, found.note) == (now, before, is_change, note)


def test_more_than_chance_comes_with_its_interval() -> None:
    found = review(Q1, *spread(20, 5)).compared
    assert found.is_change
    assert found.ratio is not None
    # The exact interval of 20 of 25 as a share is 0.593 to 0.932 (Clopper and Pearson 1934).
    assert (round(found.ratio.low, 2), round(found.ratio.high, 1)) == (1.46, 13.6)
    assert "between 1.5 and 14 times as many" in found.note
    assert "fewer than chance" in review(Q1, *spread(5, 20)).compared.note


def test_nothing_is_compared_before_there_is_something_to_compare() -> None:
    assert review(Q1, *spread(2, 0, 0)).compared.note == "2 incidents, and none on record is older."
    assert review(Q1).compared.note == "No incident, and none on record is older."
    running = review("2024-Q2", *spread(2, 0)).compared
    assert (running.ratio, running.is_change) == (None, False)
    assert "is not over. No incident so far, up to 1 June 2024; 2 in all of 2024-Q1" in running.note
    assert review("2024-Q3", *spread(2, 0)).compared.note == "2024-Q3 has not begun."


def test_themes_are_the_clusters_of_the_quarter_those_with_most_of_its_incidents_first() -> None:
    records = [
        *certificates(3),
        *disks(3),
        incident("cert-now", summary=certificates(1)[0].summary, started="2021-05-20"),
    ]
    found = review("2021-Q2", *records, incident("alone", summary="An owl nested.", started="2021-06-01"))
    assert [(one.id, ids(one.incidents)) for one in found.themes] == [("cert-1", ["cert-2", "cert-now"])]
    (theme,) = found.themes
    assert (ids(theme.known), theme.since, found.active) == (["cert-1", "cert-2", "cert-now"], 1, 1)
    assert review("2021-Q3", *records).themes == ()


def test_of_clusters_with_as_many_incidents_the_one_with_more_open_promises_comes_first() -> None:
    promised = {"actions": [{"id": "x", "title": "Clear it", "status": "accepted"}]}
    as_many = [
        incident(one.id, summary=one.summary, started=f"{2019 + n}-05-01", **promised)
        for n, one in enumerate(disks(3), 1)
    ]
    for disk, expected in ((as_many, ["disk-1", "cert-1"]), (disks(3), ["cert-1"])):
        assert [one.id for one in review("2021-Q2", *certificates(3), *disk).themes] == expected


def test_a_theme_counts_what_its_incidents_up_to_then_share() -> None:
    facts: dict[str, Any] = {
        "causes": ["misconfiguration", "unknown"],
        "trigger": "config_push",
        "safeguards": [{"name": "alert", "verdict": "missing"}, {"name": "test", "verdict": "worked"}],
    }
    (theme,) = review("2021-Q2", *certificates(4, **facts)).themes
    assert [(one.word, one.incidents) for one in theme.causes] == [("misconfiguration", 2)]
    assert [(one.word, one.incidents) for one in theme.triggers] == [("config_push", 2)]
    assert [(one.word, one.incidents) for one in theme.missing] == [("alert", 2)]


def test_what_people_described_is_a_topic_beside_the_clusters() -> None:
    far = [incident(n, summary=s, started=f"2024-0{n}-01") for n, s in (("1", "Owl."), ("2", "Snow."), ("3", "Flood."))]
    lesson = learning("animals", kind="lesson", incidents=["1", "2", "3", "nobody"])
    found = review(Q1, *far, lesson)
    assert found.themes == ()
    assert [(one.id, ids(one.incidents)) for one in found.topics] == [("animals", ["1", "2", "3"])]
    # Two incidents make no theme, and a game day describes none.
    assert review(Q1, *far[:2], lesson).topics == ()
    assert review(Q1, *far, learning("animals", kind="game_day", incidents=["1", "2", "3"])).topics == ()


def test_a_learning_that_describes_a_cluster_is_no_topic_of_its_own() -> None:
    names = ["cert-1", "cert-2", "cert-3"]
    found = review("2021-Q2", *certificates(3), learning("certs", kind="pattern", incidents=names))
    assert [one.learning and one.learning.id for one in found.topics] == ["certs"]
    assert found.described == ()


def test_at_most_five_topics_are_shown() -> None:
    far = [incident(f"{n}", summary=f"Word{n}.", started="2024-02-01") for n in range(3)]
    lessons = [learning(f"l{n}", kind="lesson", incidents=["0", "1", "2"]) for n in range(7)]
    assert len(review(Q1, *far, *lessons).topics) == 5


def test_a_repeat_lies_in_the_quarter_of_the_later_incident() -> None:
    records = [incident("a", started=BEFORE), incident("b", started="2024-02-01", recurrence_of=["a"])]
    assert [(one.later, one.earlier) for one in review(Q1, *records).repeats] == [("b", "a")]
    assert review("2023-Q4", *records).repeats == ()


def stood(action: dict[str, Any], quarter: str = Q1, **more: Any) -> dict[str, list[str]]:
    """Return in which lists of the ledger an action stands."""
    found = review(quarter, incident("a", started=BEFORE, actions=[{"id": "x", "title": "x", **action}]), **more).ledger
    names = ("done", "declined", "overdue", "unverified")
    lists = {name: [one.action.id for one in getattr(found, name)] for name in names}
    return {name: some for name, some in lists.items() if some} | ({"open": ["x"]} if found.open else {})


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"status": "done", "closed": "2024-02-01"}, {"done", "unverified"}),
        ({"status": "done", "closed": "2024-02-01", "verified_on": "2024-03-01"}, {"done"}),
        ({"status": "done", "closed": "2024-02-01", "verified_on": "2024-04-01"}, {"done", "unverified"}),
        ({"status": "done", "closed": "2023-12-31"}, {"unverified"}),
        ({"status": "done", "closed": "2024-04-01"}, {"open"}),
        ({"status": "done", "closed": "2024-04-01", "due": "2024-02-01"}, {"open", "overdue"}),
        ({"status": "done"}, {"unverified"}),
        ({"status": "declined", "closed": "2024-03-31"}, {"declined"}),
        ({"status": "declined"}, set()),
        ({"status": "accepted", "due": "2024-03-31"}, {"open"}),
        ({"status": "accepted", "due": "2024-03-30"}, {"open", "overdue"}),
        ({"status": "accepted", "opened": "2024-04-01"}, set()),
        ({"status": "proposed", "due": "2020-01-01"}, set()),
        ({}, set()),
    ],
)
def test_the_ledger_stands_as_it_did_on_the_last_day_of_the_quarter(action: dict[str, Any], expected: set[str]) -> None:
    assert set(stood(action)) == expected


def test_of_a_quarter_that_runs_the_ledger_is_that_of_today() -> None:
    action = {"status": "accepted", "due": "2024-05-31"}
    assert "overdue" in stood(action, "2024-Q2", today=date(2024, 6, 1))
    assert "overdue" not in stood(action, "2024-Q2", today=date(2024, 5, 31))


def test_what_was_promised_after_a_later_incident_is_not_in_the_ledger() -> None:
    actions = [{"id": "x", "title": "x", "status": "accepted"}, {"id": "y", "title": "y"}]
    later = review(Q1, incident("a", started="2024-04-01", actions=actions)).ledger
    assert (later.open, later.unknown) == (0, 0)
    now = review(Q1, incident("a", started="2024-03-31", actions=actions)).ledger
    assert (now.open, now.without_due, now.unknown) == (1, 1, 1)


def test_services_are_new_worst_and_quiet() -> None:
    records = [
        incident("a", started="2024-02-01", services=["Shop", "Search"]),
        incident("b", started="2024-02-02", services=["shop", "shop"]),
        incident("c", started="2023-02-01", services=["Search", "Mail"]),
        incident("d", started="2022-12-31", services=["Old"]),
    ]
    found = review(Q1, *records).services
    told = {name: [(one.slug, one.incidents) for one in getattr(found, name)] for name in ("new", "worst", "quiet")}
    assert told == {"new": [("shop", 2)], "worst": [("shop", 2)], "quiet": [("mail", 1)]}
    assert review(Q1, *records, today=date(2024, 3, 1)).services.quiet == ()


def test_playbooks_are_told_by_what_incidents_say_of_them() -> None:
    uses = [
        {"id": "disk", "verdict": "helped"},
        {"id": "full-disk"},
        {"id": "queue", "verdict": "missing"},
        {"id": "mail", "verdict": "outdated"},
    ]
    records = [incident(n, started="2024-02-01", playbooks=uses) for n in "ab"]
    found = review(Q1, *records, playbook("disk", aliases=["full-disk"])).playbooks
    assert [(one.name, one.playbook is not None, ids(one.incidents)) for one in found.used] == [
        ("disk", True, ["a", "b"])
    ]
    assert [(one.name, one.playbook) for one in (*found.missing, *found.outdated)] == [("queue", None), ("mail", None)]


def test_drills_are_the_game_days_and_experiments_of_the_quarter() -> None:
    kinds = ("game_day", "chaos_experiment", "lesson")
    held = [learning(kind, kind=kind, date="2024-02-01") for kind in kinds]
    others = [learning("undated", kind="game_day"), learning("later", kind="game_day", date="2024-04-01")]
    assert ids(review(Q1, *held, *others).drills) == ["chaos_experiment", "game_day"]


def test_what_a_pre_mortem_named_before_was_foreseen_and_what_it_named_afterwards_was_not() -> None:
    records = [incident(n, started="2024-02-01") for n in "abc"]
    early = learning("early", kind="pre_mortem", date="2024-01-01", risks=[{"risk": "Fire", "came_true": ["a"]}])
    late = learning("late", kind="pre_mortem", date="2024-03-01", risks=[{"risk": "Flood", "came_true": ["b", "x"]}])
    found = review(Q1, *records, early, late)
    assert [(one.incident.id, one.risk.risk, one.is_later) for one in found.came_true] == [
        ("a", "Fire", False),
        ("b", "Flood", True),
    ]
    assert ids(found.unforeseen) == ["b", "c"]


def test_what_a_review_decided_is_found_by_its_quarter() -> None:
    now = learning("now", kind="review", quarter="2024-q1", decisions=["Buy a generator."])
    before = learning("before", kind="review", quarter="2023-Q4", actions=[{"id": "x", "title": "x", "status": "done"}])
    found = review(Q1, now, before, learning("odd", kind="review", quarter="soon"), learning("none", kind="review"))
    assert found.decided is not None
    assert (found.decided.record.id, found.decided.decisions) == ("now", ("Buy a generator.",))
    assert found.before is not None
    assert [(one.action.id, one.state) for one in found.before.promises] == [("x", "done")]
    assert review(Q1, learning("now", kind="lesson", quarter="2024-Q1")).decided is None


def test_an_empty_knowledge_base_has_a_review_without_anything() -> None:
    found = review(Q1)
    parts = (found.incidents, found.themes, found.topics, found.repeats, found.surprises, found.luck, found.drills)
    assert all(part == () for part in parts)
    assert (found.read_aloud, found.drill, found.decided, found.before, found.active) == ((), None, None, None, 0)
    assert found.quarter == parse_quarter(Q1)
