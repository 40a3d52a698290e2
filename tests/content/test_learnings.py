"""The learnings rest on incidents, and what has not happened says that it is an example."""

import subprocess

import pytest

import kb
from kb.trends.quarter import parse_quarter

from .shell import blocks

HELD = ("pre_mortem", "game_day", "chaos_experiment")


def test_there_are_enough_of_each_kind(catalogue: kb.Catalogue) -> None:
    kinds = [learning.kind for learning in catalogue.learnings]
    assert len(kinds) >= 20
    assert {kind: kinds.count(kind) >= 2 for kind in ("pattern", "lesson", *HELD)} == dict.fromkeys(
        ("pattern", "lesson", *HELD), True
    )
    assert {learning.style for learning in catalogue.learnings if learning.kind == "game_day"} == {
        "active_failure",
        "tabletop",
    }


def test_a_pattern_is_drawn_from_three_incidents_or_more_and_tells_each(catalogue: kb.Catalogue) -> None:
    for learning in catalogue.learnings:
        if learning.kind == "pattern":
            assert len(learning.incidents) >= 3, learning.id
            assert [name for name in learning.incidents if f"[[{name}" not in learning.body] == [], learning.id


def test_every_learning_rests_on_an_incident(catalogue: kb.Catalogue) -> None:
    assert [one.id for one in catalogue.learnings if not one.incidents and one.kind != "review"] == []


def test_the_reviews_are_of_quarters_with_incidents_and_decide_something(catalogue: kb.Catalogue) -> None:
    held = [one for one in catalogue.learnings if one.kind == "review"]
    assert len(held) >= 2
    for one in held:
        assert one.quarter
        assert any(i.started and i.started.day in parse_quarter(one.quarter) for i in catalogue.incidents), one.id
        assert one.decisions, one.id


def test_what_has_not_been_held_says_that_it_is_an_example(catalogue: kb.Catalogue) -> None:
    for learning in catalogue.learnings:
        if learning.kind in HELD and learning.date is None:
            assert "example" in (learning.summary or "").lower(), learning.id
            assert not learning.findings, learning.id
            assert not learning.result, learning.id


def test_the_commands_of_an_exercise_are_valid_shell(catalogue: kb.Catalogue) -> None:
    found = [(one.id, block) for one in catalogue.learnings for block in blocks(one.body)]
    assert {name for name, _ in found} >= {"fill-a-disk", "slow-dependency"}
    for name, block in found:
        done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), name


@pytest.mark.parametrize("kind", HELD)
def test_what_is_held_has_the_fields_of_its_kind(catalogue: kb.Catalogue, kind: str) -> None:
    wanted = {
        "pre_mortem": ("scope", "risks"),
        "game_day": ("scenario", "style", "playbooks"),
        "chaos_experiment": ("hypothesis", "steady_state", "blast_radius"),
    }[kind]
    of_kind = [one for one in catalogue.learnings if one.kind == kind]
    assert of_kind
    assert [(one.id, name) for one in of_kind for name in wanted if not getattr(one, name)] == []
