from datetime import timedelta
from typing import Any

import pytest

import kb
from kb.catalogue.promise import Promise
from kb.pages.again import Again, Return, again, reasons, repeated, repeated_among, stood, suggested
from kb.pages.desk import Desk
from kb.records.model import Action, Postmortem
from kb.recurrence.near import Reason
from kb.text import yaml_text

from .made import catalogue, certificates, desk, disks, incident, learning, recurring
from .parsed import Parsed, read

ACTIONS = [
    {"id": "list", "title": "List them", "status": "in_progress", "opened": "2020-05-02"},
    {"id": "alert", "title": "Alert", "status": "declined", "opened": "2020-05-02", "closed": "2020-06-01"},
    {"title": "Renew", "status": "done", "opened": "2020-05-02", "closed": "2020-06-01"},
    {"title": "Write", "status": "done", "opened": "2020-05-02", "closed": "2020-06-01", "verified_on": "2020-07-01"},
    {"title": "Ask"},
]


def said(made: Desk, name: str) -> Again:
    found = again(made, made.catalogue.records[name])
    assert found is not None
    return found


def page_of(site: kb.Site, name: str) -> Parsed:
    return read(next(page.html() for page in site.record_pages() if page.uri.endswith(f"/{name}")))


def words(parsed: Parsed) -> str:
    return " ".join(parsed.words.split())


def with_repeat(*names: str, **fields: Any) -> list[Postmortem]:
    """Three incidents of one kind, of which the last says that it repeats the named ones."""
    first, second, third = certificates(3)
    return [
        first.model_copy(update={"actions": tuple(map(Action.model_validate, ACTIONS))}),
        second,
        third.model_copy(update={"recurrence_of": names, **fields}),
    ]


def test_an_incident_says_what_is_near_why_and_how_near() -> None:
    found = said(recurring(*certificates(3), *disks(3)), "cert-1")
    assert {one.incident.id for one in found.near} == {"cert-2", "cert-3"}
    one = found.near[0]
    assert one.is_strong
    assert one.score == f"{one.share / 100:.2f}"
    assert dict(one.reasons)["both"].startswith("certificates")
    assert "certificate" in dict(one.reasons)["words"]


def test_reasons_are_few_and_say_first_how_it_happened() -> None:
    found = [
        Reason("trigger", ("config_push",)),
        Reason("cause", ("code_change",)),
        Reason("name", ("acme",)),
        Reason("word", tuple("abcde")),
        Reason("mechanism", ("clocks",)),
    ]
    assert reasons(found) == (
        ("both", "clocks"),
        ("words", "a, b, c"),
        ("cause", "code change"),
        ("trigger", "config push"),
        ("names", "acme"),
    )
    assert reasons([]) == ()


def test_where_nothing_is_near_one_line_says_so() -> None:
    site = kb.Site(catalogue(incident(summary="A spanner fell into the turbine."), *disks(3)))
    parsed = page_of(site, "one")
    assert "Happened before? No incident on record is much like it." in words(parsed)
    assert not parsed.all("li", "kb-near")
    assert "The number is the likeness" not in words(parsed)


def test_what_people_said_of_two_incidents_stands_beside_the_likeness() -> None:
    one, two, three = certificates(3)
    made = recurring(
        one, two.model_copy(update={"recurrence_of": ("cert-1",)}), three.model_copy(update={"related": ("cert-1",)})
    )
    assert {near.incident.id: near.said for near in said(made, "cert-1").near} == {
        "cert-2": "it repeats this one",
        "cert-3": "related",
    }
    assert {near.incident.id: near.said for near in said(made, "cert-2").near} == {
        "cert-1": "this one repeats it",
        "cert-3": "",
    }


def test_a_strong_earlier_one_that_nobody_judged_is_asked_about() -> None:
    site = kb.Site(catalogue(*certificates(2), *disks(3)))
    text = words(page_of(site, "cert-2"))
    assert "This may be a repeat of Title of cert-1 2020-05-01. Nobody has said whether it is." in text
    for field in ("recurrence_of", "related", "not_related"):
        assert f" {field}: [cert-1]" in text
    assert "In postmortems/cert-2.md write" in text
    assert "This may be a repeat" not in words(page_of(site, "cert-1"))


@pytest.mark.parametrize("field", ["recurrence_of", "related", "not_related"])
def test_what_was_judged_is_not_asked_again(field: str) -> None:
    one, two = certificates(2)
    made = recurring(one, two.model_copy(update={field: ("cert-1",)}), *disks(3))
    assert said(made, "cert-2").offered == ()


def test_several_are_asked_about_in_one_place() -> None:
    made = recurring(*certificates(3), *disks(3))
    found = said(made, "cert-3")
    assert {one.id for one, _ in found.offered} == {"cert-1", "cert-2"}
    assert found.asked == "id"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("2020-05-01-queue", "2020-05-01-queue"),
        ("a_b.c", "a_b.c"),
        ("été", "été"),
        ("2020-05-01", '"2020-05-01"'),
        ("1.5", '"1.5"'),
        ("a: b", '"a: b"'),
        ('say "a", b]', '"say \\"a\\", b]"'),
        ("", '""'),
    ],
)
def test_an_id_is_written_as_yaml_reads_it(name: str, written: str) -> None:
    assert yaml_text(name) == written


def test_a_repeat_shows_the_gap_and_what_had_become_of_the_promises() -> None:
    made = recurring(*with_repeat("cert-1"))
    (one,) = said(made, "cert-3").repeats
    assert (one.earlier.id, one.later.id, one.gap) == ("cert-1", "cert-3", "730 days (23 months) after")
    assert [(promise.title, promise.then, promise.mark) for promise in one.broken] == [
        ("List them", "open", "then-open"),
        ("Alert", "declined", "then-declined"),
        ("Renew", "not verified", "then-unverified"),
    ]
    assert [promise.uri for promise in one.broken] == [
        "incidents/cert-1#action-list",
        "incidents/cert-1#action-alert",
        "incidents/cert-1#actions",
    ]
    assert one.balance == "5 promises: 3 not kept or not verified, 1 kept and verified, 1 of unknown state."
    assert said(made, "cert-1").returns == (one,)


@pytest.mark.parametrize(
    ("actions", "balance"),
    [
        ([], "Nothing had been promised after the earlier one."),
        (
            [{"title": "A", "status": "done", "opened": "2023-01-01"}],
            "Nothing had been promised after the earlier one.",
        ),
        ([{"title": "A"}], "1 promise of unknown state."),
        ([{"title": "A", "status": "declined"}], "1 promise: 1 not kept or not verified."),
    ],
)
def test_the_balance_counts_only_what_was_promised_by_then(actions: list[dict[str, str]], balance: str) -> None:
    first, *others = with_repeat("cert-1")
    first = first.model_copy(update={"actions": tuple(map(Action.model_validate, actions))})
    (one,) = said(recurring(first, *others), "cert-3").repeats
    assert one.balance == balance


@pytest.mark.parametrize(
    ("days", "gap"),
    [(0, "0 days after"), (1, "1 day after"), (17, "17 days after"), (1277, "1,277 days (3 years) after")],
)
def test_a_gap_is_said_in_days_and_as_people_say_it(days: int, gap: str) -> None:
    first, second, third = certificates(3)
    assert first.started is not None
    day = first.started.day + timedelta(days=days)
    later = incident("cert-3", summary=third.summary, started=day.isoformat(), recurrence_of=["cert-1"])
    (one,) = said(recurring(first, second, later), "cert-3").repeats
    assert one.gap == gap


def test_a_gap_that_is_not_known_is_said() -> None:
    (one,) = said(recurring(*with_repeat("cert-1", started=None)), "cert-3").repeats
    assert one.gap == "an unknown time after"
    assert one.balance == "5 promises of unknown state."


def test_the_pages_of_both_incidents_show_the_repeat() -> None:
    site = kb.Site(catalogue(*with_repeat("cert-1")))
    later, earlier = page_of(site, "cert-3"), page_of(site, "cert-1")
    assert "It repeats Title of cert-1, 730 days (23 months) after." in words(later)
    assert "730 days (23 months) after Title of cert-1 2020-05-01" in words(later)
    assert "It came back. Title of cert-3 2022-05-01, 730 days (23 months) after this one." in words(earlier)
    assert "../../incidents/cert-1/#action-list" in later.values("href")
    assert "open when it came back on 2022-05-01" in words(earlier)
    assert later.faults == earlier.faults == []


def test_repeats_stand_the_latest_first() -> None:
    first, second, third = certificates(3)
    second = second.model_copy(update={"recurrence_of": ("cert-1",)})
    third = third.model_copy(update={"recurrence_of": ("cert-1", "cert-2")})
    recurrence = recurring(first, second, third).recurrence
    assert recurrence is not None

    def pairs(found: list[Return]) -> list[tuple[str, str]]:
        return [(one.later.id, one.earlier.id) for one in found]

    assert {pair[0] for pair in pairs(repeated(recurrence))[:2]} == {"cert-3"}
    assert pairs(repeated_among(recurrence, ["cert-1", "cert-2", "cert-3"])) == [
        ("cert-3", "cert-2"),
        ("cert-3", "cert-1"),
        ("cert-2", "cert-1"),
    ]
    assert pairs(repeated_among(recurrence, ["cert-1", "cert-3"])) == [("cert-3", "cert-1")]


def promises_of(made: Desk, name: str) -> tuple[Promise, ...]:
    return made.catalogue.promises_of[name]


def test_a_promise_says_how_it_stood_each_time_it_came_back() -> None:
    made = recurring(*with_repeat("cert-1"))
    found = [[(then, later.id) for then, later in stood(made, promise)] for promise in promises_of(made, "cert-1")]
    assert found == [[("open", "cert-3")], [("declined", "cert-3")], [("not verified", "cert-3")], [], []]
    off = desk(*with_repeat("cert-1"))
    assert [stood(off, promise) for promise in promises_of(off, "cert-1")] == [[]] * 5


def test_two_promises_that_read_the_same_are_told_apart_when_only_one_was_broken() -> None:
    twins = [{"title": "Watch", "status": "declined"}, {"title": "Watch", "status": "proposed"}]
    first, *others = with_repeat("cert-1")
    first = first.model_copy(update={"actions": tuple(map(Action.model_validate, twins))})
    made = recurring(first, *others)
    found = [[then for then, _ in stood(made, promise)] for promise in promises_of(made, "cert-1")]
    assert found == [["declined"], []]


def many(number: int) -> list[Postmortem]:
    """So many incidents with a cause, of two kinds, and one without."""
    half = number // 2
    known = [one.model_copy(update={"causes": ("misconfiguration",)}) for one in certificates(half)]
    others = [one.model_copy(update={"causes": ("insufficient_resource",)}) for one in disks(number - half)]
    return [*known, *others, incident("new", summary="The certificate had expired; nobody renewed it.")]


def test_an_incident_without_causes_shows_the_suggested_one_with_its_evidence() -> None:
    site = kb.Site(catalogue(*many(20)))
    text = words(page_of(site, "new"))
    assert "suggestion misconfiguration, because of the words certificate" in text
    assert "Such suggestions are right for 20 of 20 incidents here." in text
    assert "If this one is, write causes: [misconfiguration]." in text


@pytest.mark.parametrize("name", ["cert-1", "new"])
def test_nothing_is_suggested_where_a_cause_is_known_or_there_is_little_to_learn_from(name: str) -> None:
    made = recurring(*many(20 if name == "cert-1" else 10))
    assert suggested(made, made.catalogue.records[name]) is None


def test_without_recurrence_the_page_says_and_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nothing is to be computed")

    monkeypatch.setattr("kb.recurrence.recurrence.Recurrence.__init__", refuse)
    site = kb.Site(catalogue(*with_repeat("cert-1"), learning(incidents=["cert-1"])), has_clusters=False)
    assert site.recurrence is None
    assert list(site.cluster_pages()) == []
    pages = {page.uri: page.html() for page in (*site.record_pages(), *site.list_pages(), *site.topic_pages())}
    pages["index"] = site.home()
    assert [uri for uri, html in pages.items() if "clusters/" in html or 'id="before"' in html] == []
    assert "It repeats <a" in pages["incidents/cert-3"]
    assert "came back" not in pages["actions/index"]


def test_what_looks_alike_and_is_not_related_stands_among_the_related() -> None:
    one, two = certificates(2)
    site = kb.Site(catalogue(one, two.model_copy(update={"not_related": ("cert-1", "gone")})))
    text = words(page_of(site, "cert-2"))
    assert "Title of cert-1 looks alike and is not related" in text
    assert "gone no such record looks alike and is not related" in text
