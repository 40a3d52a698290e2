from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kb
from kb.pages.review import by_incident
from kb.pages.reviews import URI, entries, months, signs
from kb.review.model import Told
from kb.trends.quarter import parse_quarter

from .made import catalogue, certificates, disks, incident, learning, playbook
from .parsed import Parsed, read

SPANNER = incident("spanner", title="A spanner", summary="A spanner fell into the turbine.", started="2024-03-01")
Q1 = "reviews/2024-Q1"


def site(*records: kb.Record, **more: Any) -> kb.Site:
    return kb.Site(catalogue(*records, **more))


def pages(*records: kb.Record, **more: Any) -> dict[str, Parsed]:
    return {page.uri: read(page.html()) for page in site(*records, **more).review_pages()}


def words(parsed: Parsed) -> str:
    return " ".join(parsed.words.split())


def text_of(*records: kb.Record, uri: str = Q1, **more: Any) -> str:
    found = pages(*records, **more)[uri]
    assert found.faults == []
    return words(found)


def held(quarter: str, **fields: Any) -> kb.Learning:
    return learning(f"review-{quarter}", kind="review", quarter=quarter, **fields)


def test_each_quarter_with_an_incident_or_a_review_has_a_page_newest_first() -> None:
    found = pages(SPANNER, incident("old", started="2019-12-31"), held("2023-Q2"))
    assert list(found) == [URI, "reviews/2024-Q1", "reviews/2023-Q2", "reviews/2019-Q4"]
    assert {uri: parsed.faults for uri, parsed in found.items() if parsed.faults} == {}


@pytest.mark.parametrize(
    "record",
    [
        incident("ahead", started="2026-07-01"),
        incident("early", started="1000-01-01T00:00+05:00"),
        incident("undated"),
        held("2026-Q3"),
        held("soon"),
        learning("lesson", kind="lesson", quarter="2024-Q1"),
    ],
    ids=[
        "not begun",
        "before the years of reviews",
        "undated",
        "review of a quarter to come",
        "no quarter",
        "no review",
    ],
)
def test_what_lies_in_no_quarter_until_today_makes_no_page(record: kb.Record) -> None:
    assert list(pages(record)) == [URI]
    assert list(pages(record, SPANNER)) == [URI, Q1]


def test_the_list_says_how_many_how_bad_and_what_was_decided() -> None:
    made = [SPANNER.model_copy(update={"severity": "sev1"}), incident("b", started="2024-01-01", severity="sev2")]
    listed = pages(*made, held("2024-Q1", decisions=["Watch it.", "Tell it."], date="2024-04-09"))[URI]
    assert (
        "2024-Q1 January to March 2024 2 incidentsseverity: 1 sev1, 1 sev2 Title of review-2024-Q1 2 decisions, 2024-04-09"
        in words(listed)
    )
    assert {"../reviews/2024-Q1/", "../learnings/review-2024-q1/"} <= set(listed.values("href"))


def test_a_record_that_is_called_like_the_page_is_told_apart_from_it() -> None:
    named = held("2024-Q1").model_copy(update={"title": "Review of 2024-Q1"})
    found = pages(SPANNER, named)
    assert "Record of 2024-Q1 no decision yet" in words(found[URI])
    assert "Record of 2024-Q1" in words(found[Q1])


def test_the_list_says_how_the_latest_review_is_started_until_it_is() -> None:
    asked = "2024-Q1 January to March 2024, 1 incident. Nobody has written down what was decided."
    asked += " kb review 2024-Q1 --write starts its record."
    assert asked in words(pages(SPANNER)[URI])
    assert "To be reviewed" not in words(pages(SPANNER, held("2024-Q1"))[URI])
    assert "To be reviewed" not in words(pages(incident("now", started="2026-06-01"))[URI])


def test_a_list_of_nothing_teaches() -> None:
    assert "No quarter has anything to review." in words(pages()[URI])
    assert "kb review 2026-Q1 --write starts the record of what was decided" in words(pages()[URI])
    assert "1 incident is in none, because nobody knows the day" in words(pages(SPANNER, incident("undated"))[URI])


def test_more_incidents_than_can_be_counted_at_a_glance_are_not_drawn() -> None:
    assert signs([SPANNER] * 12).count("kb-sign--") == 12
    assert signs([SPANNER] * 13) == ""
    assert signs([]) == ""


def test_without_what_keeps_coming_back_there_is_no_review() -> None:
    made = catalogue(SPANNER)
    assert list(kb.Site(made, has_clusters=False).review_pages()) == []
    assert list(kb.Site(made, has_review=False).review_pages()) == []


def test_a_quarter_with_little_says_so_and_teaches() -> None:
    text = text_of(SPANNER)
    for said in (
        "1 incident, and none on record is older.",
        "No group of three or more that happened in one way had an incident this quarter, and no pattern names one.",
        "Nothing that began in these months is declared to repeat an earlier incident.",
        "Nothing was closed in these months",
        "What surprised people and what was luck stands in a postmortem’s lessons",
        "No incident names a playbook.",
        "No drill was held. kb new game-day starts one.",
        "The one incident of the quarter. kb new pre-mortem starts one",
        "Nothing is decided yet. kb review 2024-Q1 --write starts the record",
        "No review of 2023-Q4 is on record.",
        "Nothing in the records asks for a decision.",
    ):
        assert said in text


def test_a_quarter_without_an_incident_says_so() -> None:
    text = text_of(held("2024-Q1"), SPANNER.model_copy(update={"id": "later"}), uri=Q1)
    assert "A spanner" in text
    text = text_of(held("2023-Q3"), SPANNER, uri="reviews/2023-Q3")
    assert "No incident on record began in these months. That may be luck, or nobody wrote one down" in text
    assert "The quarter has nothing to read." in text


def test_a_quarter_that_is_not_over_says_so() -> None:
    text = text_of(incident("now", started="2026-06-01"), uri="reviews/2026-Q2")
    assert "not over" in text
    assert "this is what is known on 2026-06-15" in text
    assert "The quarter is not over" not in text_of(SPANNER)


def test_a_theme_shows_what_its_incidents_share_up_to_then_and_has_a_place_for_what_is_proposed() -> None:
    guards = [{"name": "alert", "verdict": "missing"}]
    made = certificates(4, causes=["misconfiguration"], trigger="provider_change", safeguards=guards)
    text = text_of(*made, *disks(3), uri="reviews/2022-Q2")
    assert "1 this quarter, 3 up to its end, 1 since then" in text
    assert "Causesmisconfiguration 3 of 3 Triggersprovider change 3 of 3 Missing safeguardsalert 3 of 3" in text
    assert "What was learnednothing is written down; kb new pattern --from-cluster cert-1 starts it" in text
    assert "Proposed investment What would have made all of these small?" in text
    assert "goes into the record that kb review 2022-Q2 --write starts" in text
    assert "1 theme Where do we invest?" in text


def test_a_theme_links_to_its_group_and_to_what_was_learned() -> None:
    pattern = learning("ends", title="Everything ends", kind="pattern", incidents=["cert-1", "cert-2", "cert-3"])
    found = pages(*certificates(3), *disks(3), pattern)["reviews/2022-Q2"]
    assert {"../../clusters/cert-1/", "../../learnings/ends/"} <= set(found.values("href"))
    assert len(found.all("svg", "kb-strip")) == 2


def test_a_pattern_that_names_an_incident_of_the_quarter_is_a_theme_where_no_group_is() -> None:
    pattern = learning("ends", title="Everything ends", kind="pattern", incidents=["spanner", "first", "second"])
    others = [incident("first", started="2020-01-01"), incident("second", started="2021-01-01")]
    found = pages(SPANNER, *others, pattern)[Q1]
    text = words(found)
    assert "Everything ends 1 this quarter, 3 up to its end" in text
    assert "1 theme Where do we invest?" in text
    assert "kb new pattern" not in text
    assert "../../learnings/ends/" in found.values("href")


def test_a_repeat_is_shown_with_the_promise_that_was_open() -> None:
    actions = [{"id": "watch", "title": "Watch the date", "status": "accepted", "opened": "2023-02-01"}]
    first = incident("first", started="2023-01-01", actions=actions)
    text = text_of(first, SPANNER.model_copy(update={"recurrence_of": ("first",)}))
    assert "A spanner 2024-03-01 425 days (13 months) after Title of first 2023-01-01" in text
    assert "1 promise: 1 not kept or not verified. open Watch the date" in text
    assert "1 repeat 1 promise was not kept or not verified. Keep, change or decline?" in text


def test_the_ledger_tells_how_actions_stood_at_the_end_of_the_quarter() -> None:
    actions = [
        {
            "id": "a",
            "title": "Late one",
            "owner": "ops",
            "status": "accepted",
            "opened": "2024-01-02",
            "due": "2024-03-01",
        },
        {
            "id": "b",
            "title": "No to it",
            "status": "declined",
            "reason": "Too dear.",
            "opened": "2024-01-02",
            "closed": "2024-02-01",
        },
        {"id": "c", "title": "Did it", "status": "done", "opened": "2024-01-02", "closed": "2024-02-02"},
        {"id": "d", "title": "Who knows"},
    ]
    text = text_of(incident("x", started="2024-01-01", actions=actions))
    assert "As of 2024-03-31." in text
    assert "Overdue due before 2024-03-31 and openoverdue Late one 30 days late · owner ops" in text
    assert "declined No to it" in text
    assert "Too dear." in text
    assert "Done and not verified in these months or before; nobody has seen that it worksdone Did it" in text
    assert "Of 1 further promise nobody said what became of it" in text
    assert "1 overdue action Who does it, by when, or do we decline it?" in text


def test_what_is_long_is_cut_and_counted() -> None:
    actions = [{"id": f"a{n}", "title": f"Do {n}", "status": "done", "closed": "2024-02-02"} for n in range(20)]
    made = [incident(f"i{n:02}", started="2024-02-01", summary=f"Case {n}") for n in range(30)]
    found = pages(*made, incident("x", started="2024-01-01", actions=actions))[Q1]
    assert "And 11 more: all of them." in words(found)
    assert "And 12 more: all of them." in words(found)
    assert {"../../incidents/", "../../actions/"} <= set(found.values("href"))


def test_surprises_stand_by_incident() -> None:
    lessons = {"surprised": ["It `ran`.", "It fell."], "got_lucky": ["Nobody was there."]}
    found = pages(incident("x", started="2024-01-01", lessons=lessons), SPANNER)[Q1]
    assert "Nobody expected Title of xIt ran.It fell. We were lucky Title of xNobody was there." in words(found)
    assert "1 piece of luck How do we have it on purpose?" in words(found)
    told = [Told(SPANNER, str(n)) for n in range(3)]
    assert by_incident(told) == [(SPANNER, ["0", "1", "2"])]


def test_playbooks_drills_and_risks_are_shown() -> None:
    uses = [{"id": "renew", "verdict": "outdated"}, {"id": "by-hand", "verdict": "missing"}]
    used = SPANNER.model_copy(update={"playbooks": incident(playbooks=uses).playbooks, "organization": "Mill"})
    drill = learning("drill", title="Drop it", kind="game_day", date="2024-02-02")
    fear = learning(
        "fear",
        title="It falls",
        kind="pre_mortem",
        date="2023-01-01",
        risks=[{"id": "r", "risk": "Tools fall in.", "came_true": ["spanner"]}],
    )
    text = text_of(used, playbook("renew", title="Renew it"), drill, fear)
    assert "missing by-hand Mill (Mar 2024)outdated Renew it Mill (Mar 2024)" in text
    assert "game day Drop it 2024-02-02" in text
    assert "Tools fall in. It did in Mill (Mar 2024); foreseen in It falls." in text
    assert "2 playbooks missing or outdated Who writes or mends it?" in text
    assert "1 risk that came true" in text
    later = fear.model_copy(update={"date": drill.date.replace(month=3, day=30)})
    assert "written down afterwards in It falls" in text_of(used, later)


def test_two_are_read_aloud_and_one_is_replayed_each_with_the_reason() -> None:
    lessons = {"surprised": ["It fell."]}
    told = [incident(f"i{n}", started=f"2024-01-0{n}", status="published", lessons=lessons) for n in (1, 2, 3)]
    text = text_of(*told, incident("slow", started="2024-02-01T10:00Z", detected="2024-02-01T12:00Z"))
    aloud = text[text.rindex("Read aloud, and replay") :]
    assert aloud.count("Read aloud") == 3  # the heading among them
    assert "It tells 1 surprise." in aloud
    assert "Replay" in aloud
    assert "It took 2 h to notice." in aloud


def test_decisions_are_shown_and_come_back_in_the_next_quarter() -> None:
    actions = [{"id": "a", "title": "Watch it", "owner": "ops", "status": "accepted"}]
    review = held("2023-Q4", decisions=["Watch the [[spanner]], ops."], actions=actions, date="2024-01-09")
    found = pages(SPANNER, incident("old", started="2023-11-01"), review)
    assert "Decisions Watch the A spanner, ops." in words(found["reviews/2023-Q4"])
    text = words(found[Q1])
    assert "Last quarter’s decisions Of Title of review-2023-Q4. Watch the A spanner, ops." in text
    assert "Watch it" in text
    assert "1 earlier decision Did it help?" in text


def test_quarters_lead_on_to_each_other() -> None:
    found = pages(SPANNER, incident("old", started="2019-11-01"), incident("new", started="2025-11-01"))
    assert {"../2019-Q4/".replace("../", "../../reviews/"), "../../reviews/2025-Q4/"} <= set(found[Q1].values("href"))
    assert "Before it2019-Q4, 1 incidentAfter it2025-Q4, 1 incident" in words(found[Q1])


def test_a_record_and_its_page_lead_to_each_other() -> None:
    made = site(SPANNER, held("2024-Q1"), held("2031-Q1"))
    found = {page.uri: read(page.html()) for page in (*made.record_pages(), *made.review_pages())}
    assert "../../reviews/2024-Q1/" in found["learnings/review-2024-q1"].values("href")
    assert "../../learnings/review-2024-q1/" in found[Q1].values("href")
    assert not [to for to in found["learnings/review-2031-q1"].values("href") if "reviews/2" in to]
    alone = kb.Site(made.catalogue, has_review=False)
    bare = {page.uri: read(page.html()) for page in alone.record_pages()}
    assert not [to for to in bare["learnings/review-2024-q1"].values("href") if "reviews/" in to]


PAYLOADS = ['"><script>alert(1)</script>', "' onmouseover='x", '" autofocus onfocus="x', "{{ 7 * 7 }}{% raw %}<!--"]


@pytest.mark.parametrize("say", PAYLOADS)
def test_no_text_of_a_stranger_runs_on_the_pages_of_reviews(say: str) -> None:
    fields = {
        "title": say,
        "organization": say,
        "services": [say],
        "trigger": say,
        "causes": [say],
        "status": "published",
        "lessons": {"surprised": [say], "got_lucky": [say]},
        "safeguards": [{"name": say, "verdict": "missing"}],
        "playbooks": [{"id": say, "verdict": "missing"}],
        "actions": [
            {"id": say, "title": say, "owner": say, "status": "declined", "reason": say, "closed": "2024-03-01"}
        ],
    }
    made = [
        incident(f"{say}{n}", summary="The certificate expired.", started=f"2024-0{n}-01", **fields) for n in (1, 2, 3)
    ]
    made[2] = made[2].model_copy(update={"recurrence_of": (made[0].id,)})
    review = held("2024-Q1", decisions=[say], actions=fields["actions"]).model_copy(update={"title": say})
    fear = learning(say, title=say, kind="pre_mortem", risks=[{"risk": say, "came_true": [made[0].id]}])
    drill = learning(f"{say}d", title=say, kind="game_day", date="2024-02-02")
    for page in site(*made, review, fear, drill, held("2024-Q2"), *disks(3)).review_pages():
        parsed = read(page.html())
        assert parsed.faults == [], page.uri
        names = {name for element in parsed.elements for name in element.attributes}
        assert {name for name in names if name.startswith("on") or name == "autofocus"} == set()
        assert parsed.all("script") == []
    assert say in text_of(*made, review)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.dates(parse_quarter("1000-Q1").first, parse_quarter("9000-Q4").last).map(str) | st.none(), max_size=6),
    st.lists(st.text(max_size=9) | st.sampled_from(["2024-Q1", "1000-Q1", "9000-Q4", " 2024-q2 "]), max_size=3),
)
def test_whatever_the_days_every_page_is_well_formed(days: list[str | None], quarters: list[str]) -> None:
    made = [incident(f"i{n}", started=day) for n, day in enumerate(days)]
    reviews = [learning(f"r{n}", kind="review", quarter=quarter) for n, quarter in enumerate(quarters)]
    found = site(*made, *reviews)
    assert [page.uri for page in found.review_pages() if read(page.html()).faults] == []
    assert [e.quarter for e in entries(found.catalogue)] == sorted(
        (e.quarter for e in entries(found.catalogue)), reverse=True
    )


def test_a_quarter_is_said_in_words() -> None:
    assert [months(parse_quarter(f"2024-Q{n}")) for n in (1, 4)] == [
        "January to March 2024",
        "October to December 2024",
    ]


def test_the_same_records_give_the_same_bytes(own: kb.Site) -> None:
    first, second = ({page.uri: page.html() for page in kb.Site(own.catalogue).review_pages()} for _ in range(2))
    assert first == second
    assert max(len(html) for html in first.values()) < 100_000
