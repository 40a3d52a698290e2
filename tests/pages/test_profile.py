from typing import Any

import kb
from kb.pages.profile import Guard, applying, extent, learnings, playbooks, promises, safeguards, triggers, unnamed
from kb.recurrence.clusters import Cluster

from .made import catalogue, incident, learning, playbook


def cluster(*members: str, **fields: Any) -> Cluster:
    values: dict[str, Any] = {
        "id": members[0],
        "label": "Label",
        "terms": (),
        "exemplar": members[0],
        "cohesion": 0.5,
        "learning": None,
        "is_named": False,
    }
    return Cluster(members=members, **{**values, **fields})


def guards(*names: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "verdict": verdict} for name, verdict in names]


def test_safeguards_that_were_not_there_count_their_incidents() -> None:
    found = safeguards(
        [
            incident("a", safeguards=guards(("canary", "missing"), ("canary", "missing"), ("alert", "worked"))),
            incident("b", safeguards=guards(("canary", "missing"), ("rate_limit", "failed"))),
            incident("c", safeguards=guards(("canary", "failed"), ("rollback", "missing"))),
        ]
    )
    assert found == (Guard("canary", 2, 1), Guard("rollback", 1, 0), Guard("rate limit", 0, 1))
    assert [guard.of(3) for guard in found] == [
        "missing in 2 of 3, failed in 1",
        "missing in 1 of 3",
        "failed in 1 of 3",
    ]


def test_safeguards_without_a_name_or_a_verdict_are_none() -> None:
    assert safeguards([incident(safeguards=[{"name": "canary"}, {"verdict": "missing"}])]) == ()


def test_playbooks_say_how_they_did_and_which_are_wanted() -> None:
    made = catalogue(playbook("renew", aliases=["old"]), playbook("other"))
    used = [
        incident("a", playbooks=[{"id": "renew", "verdict": "helped"}]),
        incident("b", playbooks=[{"id": "old", "verdict": "outdated"}, {"id": "unwritten", "verdict": "missing"}]),
        incident("c", playbooks=[{"id": "renew"}, {"id": "other"}]),
    ]
    found = playbooks(made, used)
    assert [(one.name, one.uses, one.how(3)) for one in found] == [
        ("renew", 3, "helped in 1, outdated in 1"),
        ("other", 1, "named by 1 of 3"),
        ("unwritten", 1, "missing in 1"),
    ]
    assert [one.playbook is None for one in found] == [False, False, True]


def test_a_playbook_is_for_the_clusters_of_which_two_incidents_name_it() -> None:
    records = [incident(name, playbooks=[{"id": "renew"}]) for name in "abcd"]
    made = catalogue(playbook("renew"), *records, *(incident(name) for name in "ef"))
    some, one, most = cluster("a", "e", "f"), cluster("d", "e", "f"), cluster("a", "b", "c", "d")
    assert applying(made, [some, one, most]) == {"renew": ((most, 4),)}
    assert applying(made, []) == {}


def test_learnings_name_two_of_the_incidents_or_are_left_out() -> None:
    pairs = [("wide", "a"), ("wide", "b"), ("wide", "c"), ("two", "a"), ("two", "b"), ("one", "a")]
    links = tuple(kb.Link(source, target, "incidents", 1, "") for source, target in pairs)
    mentions = (kb.Link("one", "b", "mentions", 1, ""),)
    made = catalogue(
        *(incident(name) for name in "abc"),
        *(learning(name) for name in ("wide", "two", "one")),
        links=links + mentions,
    )
    assert [(one.id, number) for one, number in learnings(made, "abc")] == [("wide", 3), ("two", 2)]


def test_triggers_stand_by_number_with_the_unknown_last() -> None:
    found = triggers(
        [incident(trigger="config_push"), incident(trigger="capacity"), incident(trigger="capacity"), incident()]
    )
    assert found == (("capacity", 2), ("config push", 1), ("", 1))


def test_promises_are_told_apart_by_how_they_stand() -> None:
    made = catalogue(
        incident(
            actions=[
                {"title": "a", "status": "accepted"},
                {"title": "b", "status": "declined"},
                {"title": "c", "status": "done"},
                {"title": "d", "status": "done", "verified_on": "2026-01-01"},
                {"title": "e"},
                {"title": "f", "status": "proposed"},
            ]
        ),
        incident("other", actions=[{"title": "g", "status": "in_progress"}]),
    )
    found = promises(made, ["one", "other", "gone"])
    assert [promise.action.title for promise in found.open] == ["a", "g"]
    assert (found.total, found.balance) == (
        6,
        "2 open, 1 declined, 1 done and not verified, 1 done and verified, 1 of unknown state",
    )
    assert promises(made, []).balance == ""


def test_an_incident_that_the_learning_names_by_another_name_is_named() -> None:
    made = catalogue(incident("a", aliases=["old-a"]), incident("b"), incident("c"))
    assert unnamed(made, learning(incidents=["old-a", "c", "gone"]), cluster("a", "b", "c")) == ("b",)


def test_the_extent_tells_when_and_where() -> None:
    found = extent([incident(started="2020-02-01", organization="A"), incident(started="2019-01-01"), incident()])
    assert (str(found.first), str(found.last), found.undated) == ("2019-01-01", "2020-02-01", 1)
    assert found.said(3) == "3 incidents, 1 organization"
    assert extent([incident()]).said(1) == "1 incident"
    assert extent([incident()]).last is None
