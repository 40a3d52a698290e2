"""Repeats: what came back, after how long, and which promises had not been kept by then."""

from datetime import date
from typing import Any

import pytest
from hypothesis import strategies as st

from kb.records.model import Postmortem
from kb.recurrence.repeats import Repeat, repeats

from .made import Library, few, incident, opened, record

EARLIER, DAY = "2020-01-01", "2021-01-01"


def found(*incidents: Postmortem, pairs: str = "ba") -> tuple[Repeat, ...]:
    return repeats({one.id: one for one in incidents}, [(pair[0], pair[1]) for pair in pairs.split()])


def then(day: str | None = DAY, **action: Any) -> list[str]:
    """Return how an action stood on the day on which it came back."""
    earlier = incident("a", started=EARLIER, actions=[{"id": "x", "title": "x", **action}])
    (one,) = found(earlier, incident("b", started=day))
    return [promise.then for promise in one.promises]


def test_a_repeat_has_the_gap_in_days() -> None:
    (one,) = found(incident("a", started="2020-02-28"), incident("b", started="2020-03-01T10:00:00Z"))
    assert (one.later, one.earlier, one.gap, one.promises) == ("b", "a", 2, ())


@pytest.mark.parametrize(("earlier", "later"), [(None, DAY), (EARLIER, None), (None, None)])
def test_where_a_day_is_unknown_so_is_the_gap(earlier: str | None, later: str | None) -> None:
    (one,) = found(incident("a", started=earlier), incident("b", started=later))
    assert one.gap is None


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"status": "accepted"}, ["open"]),
        ({"status": "in_progress"}, ["open"]),
        ({"status": "in_progress", "opened": "2020-01-02"}, ["open"]),
        ({"status": "done", "closed": "2021-01-02"}, ["open"]),
        ({"status": "done", "closed": "2021-01-02", "verified_on": "2021-02-01"}, ["open"]),
        ({"status": "declined", "closed": "2021-01-02"}, ["open"]),
        ({"status": "declined"}, ["declined"]),
        ({"status": "declined", "closed": "2021-01-01"}, ["declined"]),
        ({"status": "done"}, ["unverified"]),
        ({"status": "done", "closed": "2021-01-01"}, ["unverified"]),
        ({"status": "done", "closed": "2020-06-01", "verified_on": "2021-01-02"}, ["unverified"]),
        ({"status": "done", "verified_on": "2021-01-01"}, []),
        ({"status": "done", "closed": "2020-06-01", "verified_on": "2020-07-01"}, []),
        ({"status": "proposed"}, ["unknown"]),
        ({"status": "another_word"}, ["unknown"]),
        ({}, ["unknown"]),
        ({"opened": "2020-01-02"}, ["unknown"]),
        ({"status": "accepted", "opened": "2021-01-02"}, []),
        ({"status": "done", "opened": "2021-01-02", "closed": "2021-02-01"}, []),
        ({"status": "declined", "opened": "2021-01-02"}, []),
        ({"status": "accepted", "opened": "2021-01-01"}, ["open"]),
    ],
)
def test_a_promise_as_it_stood_on_the_day_it_came_back(action: dict[str, str], expected: list[str]) -> None:
    assert then(**action) == expected


@pytest.mark.parametrize("status", ["accepted", "done", "declined", "proposed", None])
def test_where_the_day_is_unknown_so_is_how_a_promise_stood(status: str | None) -> None:
    assert then(None, status=status, opened="2020-01-02", verified_on="2020-01-03") == ["unknown"]


def test_what_is_unknown_is_not_broken() -> None:
    actions = [{"id": word, "status": word, "title": word} for word in ("accepted", "declined", "done", "proposed")]
    (one,) = found(incident("a", started=EARLIER, actions=actions), incident("b", started=DAY))
    assert [promise.action.id for promise in one.promises] == ["accepted", "declined", "done", "proposed"]
    assert [(promise.action.id, promise.then) for promise in one.broken] == [
        ("accepted", "open"),
        ("declined", "declined"),
        ("done", "unverified"),
    ]


def test_repeats_are_in_order_of_the_day_of_the_later_the_shortest_gap_first() -> None:
    days = {"a": "2019-01-01", "b": "2020-01-01", "c": "2021-01-01", "d": None}
    known = [incident(name, started=day) for name, day in days.items()]
    assert [(one.later, one.earlier) for one in found(*known, pairs="da cd ca db cb ba")] == [
        ("b", "a"),
        ("c", "b"),
        ("c", "a"),
        ("c", "d"),
        ("d", "a"),
        ("d", "b"),
    ]


def test_an_earlier_one_that_began_later_is_left_out() -> None:
    first, second = incident("a", started=EARLIER), incident("b", started=DAY)
    assert found(first, second, pairs="ab") == ()
    assert len(found(first, second, pairs="ba")) == 1


def test_one_that_began_later_on_the_same_day_is_left_out_as_well() -> None:
    first, second = incident("a", started="2020-01-01T08:00:00Z"), incident("b", started="2020-01-01T09:00:00Z")
    assert found(first, second, pairs="ab") == ()
    assert [one.gap for one in found(first, second, pairs="ba")] == [0]


@pytest.mark.parametrize("day", [None, "2020-01-01", "2020-01-01T08:00:00Z"])
def test_a_circle_in_which_no_day_tells_the_earlier_is_left_out(day: str | None) -> None:
    known = [incident(name, started=day) for name in "abcd"]
    assert found(*known, pairs="ab ba") == ()
    assert found(*known, pairs="ab bc ca") == ()
    assert [(one.later, one.earlier) for one in found(*known, pairs="ab ba da")] == [("d", "a")]


def test_of_a_circle_with_days_the_true_half_is_kept() -> None:
    first, second = incident("a", started=EARLIER), incident("b", started=DAY)
    assert [(one.later, one.earlier) for one in found(first, second, pairs="ab ba")] == [("b", "a")]


MOMENTS = st.sampled_from(
    [
        *(
            None,
            "2020-01-01",
            "2020-01-02",
            "2020-01-01T08:00:00Z",
            "2020-01-01T23:00:00-08:00",
            "2020-01-02T01:00:00+09:00",
        ),
        *("2020-01-01T23:30:00Z", "2020-01-02T00:30:00Z", "2020-01-02T12:00:00+14:00"),
    ]
)


@few(
    100,
    started=st.tuples(MOMENTS, MOMENTS, MOMENTS),
    pairs=st.lists(st.sampled_from(["01", "02", "10", "12", "20", "21"]), unique=True, max_size=4),
)
def test_what_the_check_reports_is_left_out_and_nothing_else(
    library_in_memory: Any, started: tuple[str | None, ...], pairs: list[str]
) -> None:
    reported, kept = library_in_memory(started, pairs)
    assert kept == {*pairs} - reported
    assert not kept & reported


@pytest.fixture(scope="module")
def library_in_memory() -> Any:
    """Return what the check reports of some pairs, and the repeats of them."""
    from kb.catalogue.link import Names, resolve
    from kb.config import Config
    from kb.records.model import Reference

    def both(started: tuple[str | None, ...], pairs: list[str]) -> tuple[set[str], set[str]]:
        records = {}
        for name, day in zip("012", started, strict=True):
            of = [pair[1] for pair in pairs if pair[0] == name]
            # The line of each reference says which pair it is.
            said = tuple(Reference(one, "recurrence_of", int(name + one)) for one in of)
            records[name] = incident(name, started=day, recurrence_of=of).model_copy(update={"references": said})
        _, findings = resolve(records, Names(records), Config())
        reported = {f"{finding.line:02}" for finding in findings}
        made = repeats(records, [(pair[0], pair[1]) for pair in sorted(pairs)])
        assert all(one.gap is None or one.gap >= 0 for one in made)
        return reported, {one.later + one.earlier for one in made}

    return both


def test_a_repeat_that_is_named_twice_is_one(library: Library) -> None:
    files = {
        "postmortems/a.md": record(
            "A", started=EARLIER, aliases="[old]", actions="[{id: x, title: x, status: accepted}]"
        ),
        "postmortems/b.md": record("B", started=DAY, recurrence_of="[a, old, a]"),
    }
    found = opened(library(files))
    assert [(one.later, one.earlier) for one in found.repeats] == [("b", "a")]
    assert found.broken == {"a#x": ("b",)}


def test_what_was_broken_is_known_by_the_promise_with_all_that_came_later(library: Library) -> None:
    actions = "[{id: x, title: x, status: accepted}, {id: y, title: y, status: done}, {id: z, title: z}]"
    files = {
        "postmortems/a.md": record("A", started=EARLIER, actions=actions),
        "postmortems/b.md": record("B", started=DAY, recurrence_of="[a]"),
        "postmortems/c.md": record("C", started="2022-01-01", recurrence_of="[a, b]"),
        "postmortems/d.md": record("D", started="2022-01-01"),
    }
    found = opened(library(files))
    assert found.broken == {"a#x": ("b", "c"), "a#y": ("b", "c")}
    assert {name: [(one.earlier, one.gap) for one in some] for name, some in found.repeats_of.items()} == {
        "b": [("a", 366)],
        "c": [("b", 365), ("a", 731)],
    }


def test_actions_without_an_id_are_not_taken_for_one_promise(library: Library) -> None:
    files = {
        "postmortems/a.md": record(
            "A", started=EARLIER, actions="[{title: x, status: accepted}, {title: y, status: accepted}]"
        ),
        "postmortems/b.md": record("B", started=DAY, recurrence_of="[a]"),
    }
    found = opened(library(files))
    assert all(name.split("#")[-1] for name in found.broken)
    assert all(len(later) == len(set(later)) for later in found.broken.values())
    assert [promise.action.title for promise in found.repeats[0].broken] == ["x", "y"]


def test_the_day_of_a_repeat_is_that_of_the_later_and_not_today(library: Library) -> None:
    files = {
        "postmortems/a.md": record(
            "A", started=EARLIER, actions="[{id: x, title: x, status: done, closed: 2023-01-01}]"
        ),
        "postmortems/b.md": record("B", started=DAY, recurrence_of="[a]"),
    }
    (one,) = opened(library(files)).repeats
    assert [(promise.then, promise.action.closed) for promise in one.broken] == [("open", date(2023, 1, 1))]
