from collections import Counter
from typing import Any

import pytest

import kb
from kb.pages import lists
from kb.pages.rows import PART, Row

from .made import desk, incident, learning, playbook
from .parsed import read
from .test_rows import data_of, rows_in


def listing(number: int, **more: Any) -> lists.Listing:
    rows = tuple(Row(f"incidents/{n}", f"Title {n}", "", "sev1", "sev1", "") for n in range(number))
    facts = {"name": "incidents", "uri": "incidents/index", "title": "Incidents", "question": "?", "noun": "incident"}
    return lists.Listing(**{**facts, "order": "by number", "empty": "None yet.", "rows": rows, **more})


@pytest.mark.parametrize(
    ("number", "pages"), [(0, 1), (1, 1), (PART, 1), (PART + 1, 2), (2 * PART, 2), (2 * PART + 1, 3)]
)
def test_a_list_has_as_many_pages_as_parts_and_every_row_on_one(number: int, pages: int) -> None:
    made = lists.listing_pages(desk(), listing(number))
    assert len(made) == pages
    assert len({page.uri for page in made}) == pages
    titles = [read(page.html()).all("span", "kb-row-title") for page in made]
    assert sum(map(len, titles)) == number
    assert all(len(on_page) <= PART for on_page in titles)


def test_the_parts_of_a_list_say_which_they_are_and_lead_to_each_other() -> None:
    pages = lists.listing_pages(desk(), listing(2 * PART + 1))
    assert [page.title for page in pages] == ["Incidents", "Incidents, part 2 of 3", "Incidents, part 3 of 3"]
    assert {page.section for page in pages} == {"incidents/index"}
    ways = [
        {a.attributes["rel"]: a.attributes["href"] for a in read(page.html()).all("a") if "rel" in a.attributes}
        for page in pages
    ]
    assert ways == [
        {"next": "../incidents/page-2/"},
        {"prev": "../../incidents/", "next": "../../incidents/page-3/"},
        {"prev": "../../incidents/page-2/"},
    ]
    assert "401 incidents, part 2 of 3, by number." in " ".join(read(pages[1].html()).words.split())


def test_a_list_of_many_parts_leads_to_the_first_the_last_and_those_around() -> None:
    pages = lists.listing_pages(desk(), listing(20 * PART))
    html = pages[9].html()
    led = read(html[html.index("<nav") : html.index("</nav>")]).values("href")
    to = [address.removeprefix("../../incidents/").strip("/") for address in led]
    assert to == ["page-9", "", *(f"page-{n}" for n in (7, 8, 9, 11, 12, 13)), "page-20", "page-11"]


def test_only_the_first_part_of_a_list_has_its_lead() -> None:
    pages = lists.listing_pages(desk(), listing(PART + 1, lead=lambda: "<p>Mind this.</p>"))
    assert ["Mind this." in page.html() for page in pages] == [True, False]


def test_a_list_page_loads_its_data_and_no_other_script() -> None:
    parsed = read(lists.listing_pages(desk(), listing(1))[0].html())
    assert [script.attributes for script in parsed.all("script")] == [
        {"src": "../assets/kb/lists/incidents.js", "defer": ""}
    ]


MADE = [lists.incidents, lists.playbooks, lists.learnings, lists.actions]


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_an_empty_list_teaches_and_offers_nothing_to_filter(make: Any) -> None:
    empty = make(desk())
    (page,) = lists.listing_pages(desk(), empty)
    parsed = read(page.html())
    assert empty.empty in parsed.words
    assert parsed.all("p", "kb-empty")
    assert not parsed.all("form")
    assert not parsed.all("script")
    assert data_of(lists.data(desk(), empty))[1]["rows"] == []


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
@pytest.mark.parametrize("which", ["small", "own"])
def test_a_list_shows_what_its_data_say(make: Any, which: str, request: pytest.FixtureRequest) -> None:
    site: kb.Site = request.getfixturevalue(which)
    whole = make(site._desk)
    assert whole.rows
    name, data = data_of(lists.data(site._desk, whole))
    assert whole.data_uri == f"assets/kb/lists/{name}.js"
    # Without the links from one part of the list to another; later parts lie a folder deeper.
    parts = [read(page.html().split("<nav")[0]) for page in lists.listing_pages(site._desk, whole)]
    shown = [a.attributes["href"].replace("../", "") for part in parts for a in part.all("a")]
    # The ledger leads to a part of itself, and a list to its feed.
    shown = [address for address in shown if not address.startswith(("?", "feeds/"))]
    assert shown == [row[0] for row in rows_in(data)]
    assert {facet for facet, _ in data["facets"]} == set(whole.rows[0].facets)


def test_incidents_stand_newest_first_and_undated_last() -> None:
    made = lists.incidents(
        desk(incident("a"), incident("b", started="2025-01-01"), incident("c", started="2026-01-01"))
    )
    assert [row.uri for row in made.rows] == ["incidents/c", "incidents/b", "incidents/a"]


def test_playbooks_stand_most_urgent_first() -> None:
    books = [
        playbook("current", last_reviewed="2026-06-01"),
        playbook("unreviewed"),
        playbook("due", last_reviewed="2020-01-01", review_every="1 year"),
        playbook("prompted", last_reviewed="2026-01-01", services=["queue"]),
        playbook("outdated"),
    ]
    burned = incident(services=["queue"], started="2026-02-01")
    link = kb.Link("one", "outdated", "playbooks", 1, "outdated")
    made = lists.playbooks(desk(burned, *books, links=(link,)))
    assert [row.uri.removeprefix("playbooks/") for row in made.rows] == [
        "outdated",
        "prompted",
        "due",
        "unreviewed",
        "current",
    ]


def test_learnings_stand_by_kind_and_then_by_title() -> None:
    made = lists.learnings(
        desk(learning("z", kind="lesson"), learning("a", kind="review"), learning("b", kind="lesson"), learning("c"))
    )
    assert [row.uri.removeprefix("learnings/") for row in made.rows] == ["c", "b", "z", "a"]


LEDGER = [
    {"title": "declined", "status": "declined", "owner": "b"},
    {"title": "late", "status": "accepted", "due": "2026-06-14", "owner": "a"},
    {"title": "later", "status": "in_progress", "due": "2026-01-01", "owner": "a"},
    {"title": "done", "status": "done", "owner": "b"},
    {"title": "seen to work", "status": "done", "verified_on": "2026-06-01", "owner": "b"},
    {"title": "new", "status": "accepted", "opened": "2026-06-01", "owner": "b"},
    {"title": "old", "status": "accepted", "opened": "2026-01-01"},
    {"title": "begun", "status": "in_progress"},
    {"title": "proposed", "status": "proposed"},
    {"title": "unsaid"},
    {"title": "parked", "status": "parked"},
]


def test_the_ledger_stands_overdue_first_then_by_state_the_oldest_first() -> None:
    made = lists.actions(desk(incident(actions=LEDGER)))
    titles = [
        "later",
        "late",
        "begun",
        "old",
        "new",
        "proposed",
        "parked",
        "unsaid",
        "done",
        "seen to work",
        "declined",
    ]
    assert [row.title for row in made.rows] == titles


def test_the_owners_table_counts_every_action_once() -> None:
    made = desk(incident(actions=LEDGER), learning(actions=[{"title": "x", "owner": "a", "status": "done"}]))
    table = lists.owners(made)
    assert [(owner, dict(zip(lists.STATES, numbers, strict=True)), whole) for owner, numbers, whole in table] == [
        ("a", {**dict.fromkeys(lists.STATES, 0), "overdue": 2, "done": 1}, 3),
        ("b", {**dict.fromkeys(lists.STATES, 0), "accepted": 1, "done": 2, "declined": 1}, 4),
        (
            "unknown",
            {**dict.fromkeys(lists.STATES, 0), "accepted": 1, "in progress": 1, "proposed": 1, "unknown": 2},
            5,
        ),
    ]


@pytest.mark.parametrize("which", ["small", "own"])
def test_the_sums_of_the_owners_table_are_those_of_the_list(which: str, request: pytest.FixtureRequest) -> None:
    made = request.getfixturevalue(which)._desk
    table, rows = lists.owners(made), lists.actions(made).rows
    assert sum(whole for _, _, whole in table) == len(rows) == lists.tally(made)["total"]
    assert {owner: whole for owner, _, whole in table} == Counter(row.facets["owner"][0] for row in rows)
    states = Counter(row.facets["state"][0] for row in rows)
    assert {state: sum(numbers[n] for _, numbers, _ in table) for n, state in enumerate(lists.STATES)} == {
        state: states.get(state, 0) for state in lists.STATES
    }
    assert sum(numbers[0] for _, numbers, _ in table) == lists.tally(made)["overdue"]


def test_the_tally_counts_what_is_open_late_unverified_and_unsaid() -> None:
    made = lists.tally(desk(incident(actions=LEDGER)))
    assert made == {"total": 11, "open": 5, "overdue": 2, "unverified": 1, "unstated": 1, "broken": 0}


def test_the_ledger_says_its_numbers_and_shows_the_table() -> None:
    made = desk(incident(actions=LEDGER))
    page = lists.listing_pages(made, lists.actions(made))[0]
    words = " ".join(read(page.html()).words.split())
    assert "2 actions are overdue, 5 open in all. 1 action is done and not yet verified." in words
    assert "Of 1 action it is not published what became of them" in words
    assert len(read(page.html()).all("th")) == 1 + len(lists.STATES) + 1 + 3
