from typing import Any

import pytest

import kb
from kb.pages import topics
from kb.pages.desk import Desk
from kb.pages.rows import PART

from .made import desk, incident, learning, playbook
from .parsed import Parsed, read


def page_of(made: Desk, kind: str, slug: str) -> tuple[kb.Page, Parsed]:
    """The first page of a topic, and what it shows."""
    page = topics.topic_pages(made, made.catalogue.topics[kind][slug])[0]
    return page, read(page.html())


def words(parsed: Parsed) -> str:
    return " ".join(parsed.words.split())


def test_a_topic_shows_every_record_that_names_it_incidents_first() -> None:
    made = desk(
        learning(services=["S3"]),
        playbook(services=["s3"]),
        incident("a", services=["S3"]),
        incident("b", services=["S3"], started="2026-01-01"),
    )
    page, parsed = page_of(made, "service", "s3")
    assert (page.uri, page.title, page.section) == ("services/s3", "S3", "services/index")
    rows = [a.attributes["href"] for a in parsed.all("a")][-4:]
    assert rows == [f"../../{uri}/" for uri in ("incidents/b", "incidents/a", "playbooks/book", "learnings/lesson")]
    assert "2 incidents" in words(parsed)


def test_a_cause_is_said_in_words_and_other_names_as_they_are() -> None:
    made = desk(incident(causes=["code_change"], services=["my_service"]))
    assert page_of(made, "cause", "code-change")[0].title == "code change"
    assert page_of(made, "service", "my-service")[0].title == "my_service"


def test_a_topic_counts_what_is_open_and_what_was_missing() -> None:
    actions = [
        {"title": "a", "status": "accepted", "due": "2026-01-01"},
        {"title": "b", "status": "in_progress"},
        {"title": "c"},
    ]
    made = desk(
        incident(
            "a",
            teams=["t"],
            actions=actions,
            safeguards=[{"name": "alert", "verdict": "missing"}, {"name": "review", "verdict": "worked"}],
        ),
        incident("b", teams=["t"], safeguards=[{"name": "alert", "verdict": "failed"}]),
    )
    _, parsed = page_of(made, "team", "t")
    assert "2 incidents, 2 actions still open, 1 overdue." in words(parsed)
    assert "Safeguards missing or failed alert 2" in words(parsed).replace("failedalert", "failed alert")
    assert "review" not in words(parsed)


def test_a_topic_names_at_most_six_causes_the_most_frequent_first() -> None:
    many = [incident(str(n), services=["s"], causes=[f"cause_{n}"]) for n in range(8)]
    made = desk(*many, incident("x", services=["s"], causes=["cause_7"]))
    _, parsed = page_of(made, "service", "s")
    found = [a.attributes["href"] for a in parsed.all("a") if "/causes/" in a.attributes["href"]]
    assert found == [f"../../causes/cause-{n}/" for n in (7, 0, 1, 2, 3, 4)]


def test_a_topic_of_many_records_is_cut_into_parts_with_its_facts_on_the_first() -> None:
    made = desk(*(incident(str(n), services=["s"], causes=["c"]) for n in range(PART + 1)))
    first, second = topics.topic_pages(made, made.catalogue.topics["service"]["s"])
    assert (first.uri, second.uri) == ("services/s", "services/s/page-2")
    assert second.title == "s, part 2 of 2"
    assert len(read(first.html()).all("li", "kb-row")) == PART
    assert len(read(second.html()).all("li", "kb-row")) == 1
    assert ["kb-cards" in page.html() for page in (first, second)] == [True, False]


def test_topics_that_lists_have_the_names_of_lie_beside_them() -> None:
    made = desk(incident(services=["index", "page-2"]))
    uris = [page.uri for topic in made.catalogue.topics["service"].values() for page in topics.topic_pages(made, topic)]
    assert uris == ["services/index-", "services/page-2-"]
    links = read(next(kb.Site(made.catalogue).record_pages()).html()).values("href")
    assert "../../services/index-/" in links
    assert "../../services/" not in links


def test_the_index_lists_topics_with_most_incidents_first() -> None:
    made = desk(
        incident("a", services=["b", "c"]),
        incident("b", services=["c"]),
        playbook(services=["b", "d"]),
        learning(services=["d", "e"]),
    )
    parsed = read(topics.topic_index(made, "service").html())
    assert [a.attributes["href"] for a in parsed.all("a")] == [f"../services/{slug}/" for slug in ("c", "b", "d", "e")]
    for said in ("4 services", "2 incidents", "1 incident, 1 other record", "0 incidents, 2 other records"):
        assert said in words(parsed)


@pytest.mark.parametrize("kind", list(topics.TITLES))
def test_an_index_of_nothing_says_so(kind: str) -> None:
    page = topics.topic_index(desk(), kind)
    assert page.title == topics.TITLES[kind]
    assert f"No record names a {kind} yet." in read(page.html()).words.replace("an organization", "a organization")


def drawn(**fields: Any) -> bool:
    return bool(page_of(desk(incident(services=["s"], **fields)), "service", "s")[1].all("svg"))


def test_a_topic_without_a_dated_incident_draws_nothing() -> None:
    assert drawn(started="2026-01-01")
    assert not drawn()
