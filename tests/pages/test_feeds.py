"""What the feeds and the calendar of a site tell, under which ids and with which links."""

import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from subprocess import run
from typing import Any

import feedparser
import pytest
from exchange import atom_rules, ical_rules
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

import kb
from kb.pages import feeds
from kb.pages.desk import desk_for

from .made import TODAY, catalogue, incident, learning, playbook
from .parsed import read
from .test_site import nasty_site

HOME = "https://kb.example.org/memory/"
INCIDENTS, LEARNINGS, DUE = "feeds/incidents.xml", "feeds/learnings.xml", "feeds/due.ics"


def files(*records: kb.Record, address: str = "", name: str = "Example", **more: Any) -> dict[str, bytes]:
    return files_of(catalogue(*records, **more), address=address, name=name)


def files_of(made: kb.Catalogue, *, address: str = "", name: str = "Example", flat: bool = False) -> dict[str, bytes]:
    return dict(feeds.Feeds(desk_for(made, kb.Style(directories=not flat)), name, address).files())


def entries(content: bytes) -> list[Any]:
    """The entries of a feed, as a reader reads them."""
    assert atom_rules.faults(content) == []
    found = feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return list(found.entries)


def events(found: Mapping[str, bytes]) -> list[Any]:
    """The events of a calendar, as a program reads them."""
    assert ical_rules.faults(found[DUE]) == []
    return list(Calendar.from_ical(found[DUE]).walk("VEVENT"))


def promised(**more: str) -> kb.Postmortem:
    return incident(actions=[{"id": "renew", "title": "Renew", "status": "accepted", "due": "2026-07-01", **more}])


def test_a_site_of_nothing_has_two_empty_feeds_and_no_calendar() -> None:
    made = files()
    assert list(made) == [INCIDENTS, LEARNINGS]
    for content in made.values():
        assert entries(content) == []
        assert feedparser.parse(content).feed.updated == "2026-06-15T00:00:00Z"


def test_incidents_and_learnings_have_a_feed_each() -> None:
    made = files(incident(started="2026-01-01"), learning(date="2026-02-01"), playbook(last_reviewed="2026-01-01"))
    assert [entry.title for entry in entries(made[INCIDENTS])] == ["Title of one"]
    assert [entry.title for entry in entries(made[LEARNINGS])] == ["Title of lesson"]
    assert feedparser.parse(made[INCIDENTS]).feed.title == "Example: incidents"


@pytest.mark.parametrize("which", ["small", "own", "railway"])
def test_the_feeds_of_a_knowledge_base_keep_the_rules(which: str, request: pytest.FixtureRequest) -> None:
    made = request.getfixturevalue(which).catalogue
    told = files_of(made, address=HOME)
    assert len(entries(told[INCIDENTS])) == min(50, sum(feeds.updated(one) is not None for one in made.incidents))
    assert len(entries(told[LEARNINGS])) == min(50, sum(feeds.updated(one) is not None for one in made.learnings))
    assert told == files_of(made, address=HOME)
    if DUE in told:
        assert len(events(told)) > 0


def test_an_entry_tells_what_the_record_says() -> None:
    [entry] = entries(
        files(
            incident(
                title="Doors `shut`",
                severity="sev2",
                services=("doors", "gates", "doors"),
                causes=("code_change",),
                authors=("Ada",),
                summary="See [[two|the gates]] and `cert`:\n **all** of [it](https://x.example/).",
                published="2026-02-03",
            )
        )[INCIDENTS]
    )
    assert entry.title == "Doors `shut`"
    assert entry.summary == "See the gates and cert: all of it."
    assert [(tag.term, tag.label) for tag in entry.tags] == [
        ("sev2", "sev2"),
        ("doors", "doors"),
        ("gates", "gates"),
        ("code_change", "code change"),
    ]
    assert entry.author == "Ada"
    assert entry.updated == "2026-02-03T00:00:00Z"


def test_an_entry_of_a_learning_is_filed_under_its_kind() -> None:
    [entry] = entries(files(learning(kind="game_day", causes=("hardware",), date="2026-01-01"))[LEARNINGS])
    assert [tag.label for tag in entry.tags] == ["game day", "hardware"]


DAYS = [
    ({"started": "2026-01-01"}, date(2026, 1, 1)),
    ({"started": "2026-01-01T23:30:00-05:00"}, date(2026, 1, 2)),
    ({"started": "2026-01-02T00:30:00+14:00"}, date(2026, 1, 1)),
    ({"started": "2026-01-01T10:00Z", "resolved": "2026-01-03T00:30:00+09:00"}, date(2026, 1, 2)),
    ({"started": "2026-01-05", "resolved": "2026-01-03"}, date(2026, 1, 5)),
    ({"resolved": "2026-01-03", "published": "2026-01-20"}, date(2026, 1, 20)),
    ({"published": "2026-01-20"}, date(2026, 1, 20)),
    ({}, None),
]


@pytest.mark.parametrize(("known", "day"), DAYS, ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_an_incident_is_news_on_its_publication_else_on_its_latest_day(known: dict[str, str], day: date | None) -> None:
    assert feeds.updated(incident(**known)) == day


def test_a_record_of_which_no_day_is_known_is_in_no_feed() -> None:
    made = files(incident(), incident("two", started="2026-01-01"), learning(), learning("other", date="2026-01-01"))
    assert [entry.title for entry in entries(made[INCIDENTS])] == ["Title of two"]
    assert [entry.title for entry in entries(made[LEARNINGS])] == ["Title of other"]


def test_the_newest_fifty_stand_newest_first() -> None:
    many = [incident(f"i{n:03}", started=str(date(2026, 1, 1) + timedelta(days=n))) for n in range(60)]
    found = entries(files(*many)[INCIDENTS])
    assert [entry.title for entry in found] == [f"Title of i{n:03}" for n in range(59, 9, -1)]


def test_entries_of_one_day_stand_as_in_the_list() -> None:
    made = catalogue(*(incident(f"i{n}", title=f"T{9 - n}", published="2026-01-01") for n in range(4)))
    assert [entry.title for entry in entries(files_of(made)[INCIDENTS])] == [one.title for one in made.incidents]


ADDRESSES = [
    ("", False, "../incidents/one/", "../incidents/", "incidents.xml"),
    ("", True, "../incidents/one.html", "../incidents/index.html", "incidents.xml"),
    (HOME, False, f"{HOME}incidents/one/", f"{HOME}incidents/", f"{HOME}{INCIDENTS}"),
    (HOME[:-1], False, f"{HOME}incidents/one/", f"{HOME}incidents/", f"{HOME}{INCIDENTS}"),
    (HOME, True, f"{HOME}incidents/one.html", f"{HOME}incidents/index.html", f"{HOME}{INCIDENTS}"),
]


@pytest.mark.parametrize(("address", "flat", "entry", "page", "itself"), ADDRESSES)
def test_links_are_full_where_the_address_is_known_and_else_seen_from_the_feed(
    address: str, flat: bool, entry: str, page: str, itself: str
) -> None:
    content = files_of(catalogue(incident(started="2026-01-01")), address=address, flat=flat)[INCIDENTS]
    [one] = entries(content)
    assert one.link == entry
    found = feedparser.parse(content, resolve_relative_uris=False).feed
    assert {link.rel: link.href for link in found.links} == {"alternate": page, "self": itself}


def test_addresses_are_ascii_whatever_an_id_is_written_in() -> None:
    made = files(incident("停電", started="2026-01-01", **_due("更新")), address="https://例.example/a b/")
    [entry], [event] = entries(made[INCIDENTS]), events(made)
    assert entry.link == "https://%E4%BE%8B.example/a%20b/incidents/%E5%81%9C%E9%9B%BB/"
    assert event["url"] == f"{entry.link}#action-%E6%9B%B4%E6%96%B0"


def _due(name: str) -> dict[str, Any]:
    return {"actions": [{"id": name, "title": "A", "status": "accepted", "due": "2026-07-01"}]}


def ids(**more: Any) -> set[str]:
    made = files(
        incident("one", started="2026-01-01", title=more.pop("title", "A"), **_due("renew")),
        learning("two", date="2026-01-01"),
        playbook("three", last_reviewed="2026-01-01", review_every="1 year"),
        **more,
    )
    known = [entry.id for content in (made[INCIDENTS], made[LEARNINGS]) for entry in entries(content)]
    known += [feedparser.parse(made[name]).feed.id for name in (INCIDENTS, LEARNINGS)]
    return {*known, *(str(event["uid"]) for event in events(made))}


def test_ids_are_the_same_on_another_day_and_with_another_title() -> None:
    assert ids() == ids(today=date(2027, 1, 1), title="B")
    assert len(ids()) == 6


def test_ids_follow_the_address_of_the_site_and_else_its_name() -> None:
    assert ids(address=HOME, name="A") == ids(address=HOME[:-1], name="B")
    assert ids(name="A").isdisjoint(ids(name="B"))
    assert ids(name="A").isdisjoint(ids(address=HOME, name="A"))


def test_an_open_action_stands_on_its_day_with_owner_and_incident() -> None:
    [event] = events(files(promised(owner="Ada", ticket="T-1"), address=HOME))
    assert event["summary"] == "Renew (Ada)"
    assert event["dtstart"].dt == date(2026, 7, 1)
    address = f"{HOME}incidents/one/#action-renew"
    assert event["url"] == address
    told = ["Owner: Ada", "State: accepted", "Ticket: T-1", "Promised in: Title of one (one#renew)", address]
    assert event["description"].split("\n") == told
    assert event["dtstamp"].dt == datetime.combine(TODAY, datetime.min.time(), UTC)


def test_an_overdue_action_says_so() -> None:
    [event] = events(files(promised(due="2026-06-01")))
    assert event["summary"] == "Overdue: Renew"
    assert event["description"].split("\n")[:2] == ["14 days late", "Owner: unknown"]
    assert event["dtstart"].dt == date(2026, 6, 1)
    [today] = events(files(promised(due=str(TODAY))))
    assert today["summary"] == "Renew"


def test_where_the_address_is_unknown_an_event_has_no_link() -> None:
    [event] = events(files(promised()))
    assert "url" not in event
    assert event["description"].endswith("Promised in: Title of one (one#renew)")


@pytest.mark.parametrize("state", ["done", "declined", "proposed", "parked"])
def test_only_what_is_open_is_in_the_calendar(state: str) -> None:
    made = files(promised(status=state))
    assert events(made) == []
    assert len(events(files(promised(status="in_progress")))) == 1


def test_the_calendar_of_a_site_does_not_end_when_the_last_action_is_done() -> None:
    assert DUE in files(promised(status="done"))
    assert DUE not in files(incident(actions=[{"title": "A", "status": "accepted"}]))


def test_actions_of_one_name_or_of_none_are_told_apart() -> None:
    open_one = {"status": "accepted", "due": "2026-07-01"}
    actions = [{"title": "A"}, {"title": "A"}, {"title": "B"}, {"id": "A"}, {"id": "A", "title": "C"}]
    made = catalogue(incident(actions=[{**action, **open_one} for action in actions]))
    before = {str(event["uid"]) for event in events(files_of(made))}
    assert len(before) == 5
    done = [{**action, **open_one, "status": "done" if n == 0 else "accepted"} for n, action in enumerate(actions)]
    assert {str(event["uid"]) for event in events(files(incident(actions=done)))} < before


def test_a_playbook_stands_on_the_day_of_its_next_review() -> None:
    book = playbook(last_reviewed="2026-06-01", review_every="30 days", owner="Bo")
    [event] = events(files(book, address=HOME))
    assert event["summary"] == "Playbook review: Title of book (Bo)"
    assert event["dtstart"].dt == date(2026, 7, 1)
    assert event["url"] == f"{HOME}playbooks/book/"
    assert event["description"].split("\n") == ["Owner: Bo", "Last reviewed: 2026-06-01", f"{HOME}playbooks/book/"]


def test_an_overdue_review_says_so_when_the_site_does() -> None:
    for day, state in (("2026-05-15", "due"), ("2026-05-16", "current")):
        made = catalogue(playbook(last_reviewed=day, review_every="30 days"))
        [event] = events(files_of(made))
        assert made.freshness["book"].state == state
        assert str(event["summary"]).startswith("Overdue" if state == "due" else "Playbook review")


@pytest.mark.parametrize(
    "known",
    [
        {"review_every": "1 year"},
        {"last_reviewed": "2026-01-01"},
        {"last_reviewed": "9000-01-01", "review_every": "999 years"},
        {"last_reviewed": "9000-01-01", "review_every": "9999 years"},
    ],
    ids=str,
)
def test_a_playbook_whose_next_review_is_unknown_or_beyond_all_days_is_in_no_calendar(known: dict[str, str]) -> None:
    assert DUE not in files(playbook(**known))
    assert DUE in files(playbook(last_reviewed="9000-01-01", review_every="990 years"))


def test_an_action_of_a_far_day_is_in_the_calendar() -> None:
    [event] = events(files(promised(due="9000-12-31")))
    assert event["dtend"].dt == date(9001, 1, 1)


def test_of_very_many_the_nearest_stand_in_the_calendar_and_it_says_so() -> None:
    days = [TODAY + timedelta(days=n) for n in range(-800, 800)]
    actions = [{"id": f"a{n}", "title": "A", "status": "accepted", "due": str(day)} for n, day in enumerate(days)]
    made = files(incident(actions=actions))
    found = [event["dtstart"].dt for event in events(made)]
    assert (len(found), found) == (1000, sorted(found))
    assert abs(found[0] - TODAY) <= timedelta(days=500) >= abs(found[-1] - TODAY)
    said = str(Calendar.from_ical(made[DUE])["description"])
    assert (
        said == "Open actions and reviews of playbooks, as of 2026-06-15. 600 further away from that day are left out."
    )
    few = str(Calendar.from_ical(files(promised())[DUE])["description"])
    assert few == "Open actions and reviews of playbooks, as of 2026-06-15."


@pytest.mark.parametrize(
    "say",
    [lambda name: f'"><script>{name}</script>', lambda name: f"]]>&{name};\\n,", lambda name: f"{name}\x01\ufffe"],
)
def test_texts_that_mean_harm_stay_texts(say: Any) -> None:
    made = files_of(nasty_site(say).catalogue, address=HOME)
    assert len(entries(made[INCIDENTS])) == len(entries(made[LEARNINGS])) == 1
    assert DUE in made
    assert ical_rules.faults(made[DUE]) == []


@settings(deadline=None)
@given(st.text(min_size=1, max_size=400), st.text(max_size=60))
@example("x" * 400, "\uffff")
@example("a " * 300, "[[one|\x01]]")
def test_any_title_and_name_give_files_that_keep_the_rules(title: str, other: str) -> None:
    actions = [{"id": other, "title": title, "owner": other, "status": "accepted", "due": "2026-07-01"}]
    records = [
        incident(title=title, summary=other, services=[other], authors=[other], started="2026-01-01", actions=actions),
        learning(other or "x", title=title, summary=title, kind=other, date="2026-01-01"),
        playbook(title=title, owner=other, last_reviewed="2026-01-01", review_every="1 year"),
    ]
    made = files_of(catalogue(*records), name=other, address=HOME)
    assert (
        atom_rules.faults(made[INCIDENTS]) == atom_rules.faults(made[LEARNINGS]) == ical_rules.faults(made[DUE]) == []
    )
    assert len(atom_rules.entries(made[INCIDENTS])) == 1
    assert made[DUE].count(b"BEGIN:VEVENT\r\n") == 2


def test_a_long_title_and_a_long_summary_are_cut_at_a_word() -> None:
    made = files(incident(title="word " * 100, summary="word " * 1000, started="2026-01-01"))
    [entry] = entries(made[INCIDENTS])
    for text, most in ((entry.title, 300), (entry.summary, 2000)):
        assert text.endswith("word ...")
        assert most - 5 <= len(text) <= most + 4


@pytest.mark.parametrize(("uri", "top"), [("index", "./"), ("incidents/index", "../"), ("incidents/one", "../../")])
def test_the_head_of_a_page_names_the_feeds_as_seen_from_there(uri: str, top: str) -> None:
    site = kb.Site(catalogue(), has_clusters=False, has_review=False, name='A & "B"')
    parsed = read(site.feed_links(uri))
    assert parsed.faults == []
    assert [link.attributes for link in parsed.all("link")] == [
        {
            "rel": "alternate feed",
            "type": "application/atom+xml",
            "title": f'A & "B": {what}',
            "href": f"{top}feeds/{what}.xml",
        }
        for what in ("incidents", "learnings")
    ]


def test_lists_lead_to_what_one_subscribes_to() -> None:
    site = kb.Site(catalogue(promised(started="2026-01-01"), learning(), playbook()))
    led = {
        page.uri: [href for href in read(page.html()).values("href") if "feeds/" in href] for page in site.list_pages()
    }
    assert {uri: hrefs for uri, hrefs in led.items() if hrefs} == {
        "incidents/index": ["../feeds/incidents.xml"],
        "playbooks/index": ["../feeds/due.ics"],
        "learnings/index": ["../feeds/learnings.xml"],
        "actions/index": ["../feeds/due.ics"],
    }
    assert {asset.uri for asset in site.assets()} >= {INCIDENTS, LEARNINGS, DUE}


def test_lists_do_not_lead_to_a_calendar_that_is_not_there() -> None:
    site = kb.Site(catalogue(incident(actions=[{"title": "A"}]), playbook()))
    assert not any("due.ics" in page.html() for page in site.list_pages())


def test_a_site_where_nothing_is_due_does_not_load_the_library_of_calendars() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); import kb; from pages.made import catalogue, incident\n"
        "list(kb.Site(catalogue(incident()), has_clusters=False).assets()); print('icalendar' in sys.modules)"
    )
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
