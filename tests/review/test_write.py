"""The record of a review: a file that the check accepts, whatever the records say, and that keeps what people wrote."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from pages.made import desk
from search.made import TEXT

import kb
from kb.records.frontmatter import read
from kb.review.parts import refreshed
from kb.review.telling import KEYS
from kb.review.write import place, started, updated

from .made import TODAY, few, incident, learning, review

Library = Callable[..., Path]
Q1 = "2024-Q1"

# What a text could turn into, and an address that must not be a link.
TAGS = '<h2 <h3 <table <pre <ol <blockquote <hr <dl <em <code <details <li <strong href="javascript'.split()

HOSTILE = [
    "<!-- kb:end -->",
    "x\n<!-- kb:end -->\n<!-- kb:review themes -->",
    "<script>alert(1)</script>",
    "](javascript:alert(1))",
    "[x](javascript:alert(1)) [[nobody|x]] [[nobody]]",
    "# a heading",
    "1. one",
    "- item",
    "    code",
    "```",
    "---",
    "=====",
    ": definition",
    "!!! danger",
    "??? x",
    "| a | b |\n| --- | --- |",
    "a | b",
    "[^1]: note",
    "*[HTML]: x",
    "[x]: javascript:alert(1)",
    "<http://example.org> &lt; &amp;",
    "~~gone~~ **bold** `code` \\",
    "\u202eright to left",
    "“quoted”",
    "x" * 3000,
]


def everywhere(text: str) -> list[kb.Record]:
    """Return records that say a text in all places that a review tells."""
    told: dict[str, Any] = {
        "title": text,
        "organization": text,
        "severity": text,
        "services": [text],
        "causes": [text],
        "trigger": text,
        "summary": "The certificate expired and nobody had renewed it before its expiry date.",
        "safeguards": [{"name": text, "verdict": "missing"}],
        "playbooks": [{"id": text, "verdict": "missing"}, {"id": text}],
        "actions": [
            {"id": "x", "title": text, "owner": text, "status": "declined", "reason": text, "closed": "2024-02-02"},
            {"id": "y", "title": text, "owner": text, "status": "accepted", "due": "2024-01-05"},
        ],
        "lessons": {"surprised": [text], "got_lucky": [text]},
        "status": "published",
    }
    return [
        *(incident(name, started=f"2024-0{n}-01", **told) for n, name in enumerate("abc", 1)),
        learning("lesson", title=text, kind="lesson", incidents=["a", "b", "c"]),
        learning("risks", title=text, kind="pre_mortem", risks=[{"risk": text, "came_true": ["a"]}]),
        learning("before", kind="review", quarter="2023-Q4", decisions=[text]),
    ]


def body_of(content: bytes) -> str:
    return read(content).body


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_records_say_the_file_keeps_its_form(text: str) -> None:
    found, calm = review(Q1, *everywhere(text)), review(Q1, *everywhere("A calm word"))
    content = started(found).content
    assert updated(found, content) == started(found)
    # As many headings and parts as without it, and nothing that runs.
    html, expected = (
        desk().markup.block(body_of(started(one).content), "", lambda address: None)[0] for one in (found, calm)
    )
    for tag in TAGS:
        assert (tag, html.count(tag)) == (tag, expected.count(tag))


@few(60, text=TEXT)
def test_no_text_breaks_the_file(text: str) -> None:
    clean = "".join(c for c in text if c.isprintable() or c == "\n") or "x"
    found = review(Q1, *everywhere(clean))
    content = started(found).content
    assert refreshed(content.decode(), 7, dict.fromkeys(KEYS, "\n"))[1] == ()
    assert updated(found, content).content == content


def test_the_file_of_an_empty_quarter_is_whole_too() -> None:
    found = review(Q1)
    assert updated(found, started(found).content) == started(found)
    assert "Without an incident" in started(found).content.decode()


def test_the_frontmatter_says_which_review_it_is(library: Library) -> None:
    root = library({"learnings/reviews/2024-Q1.md": started(review(Q1)).content.decode()})
    catalogue = kb.load(root, today=TODAY)
    record = catalogue.records["2024-Q1"]
    assert isinstance(record, kb.Learning)
    assert (record.kind, record.quarter, record.date, record.decisions) == ("review", Q1, TODAY, ())
    assert catalogue.findings == ()


def test_a_later_run_tells_what_is_new_and_keeps_what_people_wrote() -> None:
    content = (
        started(review(Q1))
        .content.replace(b"*Was it done", b"It was.\n\n*Was it done")
        .replace(b"decisions: []", b"decisions:\n  - Buy it.")
    )
    new = updated(review(Q1, incident("a", started="2024-02-01", title="Late report")), content)
    assert b"Late report" in new.content
    assert b"It was.\n\n*Was it done" in new.content
    assert b"- Buy it." in new.content
    assert new.kept == ()


def test_parts_with_a_persons_words_are_named_by_their_titles() -> None:
    content = started(review(Q1)).content.replace(b"No incident, and none", b"Hardly an incident, and none")
    new = updated(review(Q1, incident("a", started="2024-02-01")), content)
    assert new.kept == ("What happened",)
    assert b"Hardly an incident" in new.content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("---\ntitle: x\n---\n".encode("utf-16"), "UTF-16"),
        ("---\ntitle: é\n---\n".encode("latin-1"), "not UTF-8"),
        (b"---\ntitle: x\n---\n\x00", "U\\+0000"),
        (b"---\ntitle: x\n", "never closed"),
        (b"---\ntitle: x\rkind: review\r---\r", "carriage return"),
        (b"---\ntitle: x\n---\n<!-- kb:end -->\n", "has not begun"),
    ],
)
def test_what_cannot_be_a_record_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(kb.KbError, match=said) as stopped:
        updated(review(Q1), content)
    assert stopped.value.hint


def test_a_byte_order_mark_stays() -> None:
    content = b"\xef\xbb\xbf" + started(review(Q1)).content
    assert updated(review(Q1), content).content == content


def test_a_file_that_would_be_too_large_is_refused() -> None:
    content = started(review(Q1)).content
    full = content + b"x" * ((1 << 20) - len(content))
    assert updated(review(Q1), full).content == full
    with pytest.raises(kb.KbError, match="larger"):
        updated(review(Q1, incident("a", started="2024-02-01", title="x" * 300)), full)


def test_a_quarter_that_has_not_begun_has_no_record() -> None:
    later = review("2024-Q3")
    for write in (lambda: started(later), lambda: updated(later, started(review(Q1)).content)):
        with pytest.raises(kb.KbError, match="has not begun"):
            write()
    assert started(review("2024-Q2")).content


def test_a_record_has_its_place_and_a_known_one_keeps_it() -> None:
    quarter = review(Q1).quarter
    config = kb.Config.model_validate({"folders": {"learning": ["notes/", "more"]}})
    assert place(review(Q1, config=config).catalogue, quarter) == "notes/reviews/2024-Q1.md"
    known = learning("spring", kind="review", quarter=Q1)
    assert place(review(Q1, known).catalogue, quarter) == known.path


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "lesson", "quarter": Q1}, "its kind is `lesson`"),
        ({"kind": "review", "quarter": "2023-Q4"}, "its quarter is 2023-Q4"),
        ({"kind": "review"}, "it names no quarter"),
    ],
)
def test_something_else_in_its_place_is_refused(fields: dict[str, str], said: str) -> None:
    there = learning("2024-Q1", path="learnings/reviews/2024-Q1.md", **fields)
    with pytest.raises(kb.KbError, match=said):
        place(review(Q1, there).catalogue, review(Q1).quarter)


def test_an_id_that_is_taken_is_refused() -> None:
    for taken in (incident("2024-q1"), incident("a", aliases=["2024-Q1"])):
        with pytest.raises(kb.KbError, match="is that of postmortems/"):
            place(review(Q1, taken).catalogue, review(Q1).quarter)
    assert place(review(Q1, incident("2024-q2")).catalogue, review(Q1).quarter)


@few(30, days=st.lists(st.dates(date(2023, 9, 1), date(2024, 9, 1)), max_size=60))
def test_the_same_records_give_the_same_bytes(days: list[date]) -> None:
    records = [incident(f"i{n}", started=day.isoformat()) for n, day in enumerate(days)]
    assert started(review(Q1, *records)) == started(review(Q1, *reversed(records)))


def test_lists_are_cut_and_the_rest_is_counted() -> None:
    records = [incident(f"i{n:03}", started="2024-02-01", lessons={"surprised": ["x"] * 3}) for n in range(300)]
    content = started(review(Q1, *records)).content
    assert len(content) < 10_000
    assert b"and 280 more." in content
    assert b"and 880 more." in content
