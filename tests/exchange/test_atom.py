"""A feed that keeps the rules of RFC 4287 and that a reader reads, whatever its titles hold."""

import re
from datetime import date
from xml.etree.ElementTree import fromstring

import feedparser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.exchange import atom

from .atom_rules import ATOM, entries, faults, texts

TODAY = date(2026, 6, 15)
ONE = atom.Entry("urn:uuid:1", "Doors shut", "../incidents/one/", date(2021, 3, 20))
FULL = atom.Entry(
    "urn:uuid:2",
    "Gates & doors <shut>",
    "https://kb.example.org/incidents/two/",
    date(2021, 4, 1),
    "A certificate expired.",
    ("Ada", "Bo"),
    (("sev1", "sev1"), ("code_change", "code change")),
)
# What hypothesis leaves out of texts unless it is asked for it.
WILD = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    ["\ud800", "\0", "\ufffe", "\x85", "]]>", "\r"]
)


def feed(*found: atom.Entry, **more: str) -> atom.Feed:
    facts = {"id": "urn:uuid:0", "title": "Incidents", "author": "Example", "page": "../incidents/", "itself": "i.xml"}
    return atom.Feed(**{**facts, **more}, today=TODAY, entries=found)


def written(text: str) -> str:
    """A text on one line, without what XML 1.0 cannot write."""
    kept = [
        c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    ]
    return " ".join("".join(kept).split())


@pytest.mark.parametrize("found", [(), (ONE,), (FULL, ONE)], ids=["empty", "one", "two"])
def test_a_feed_keeps_the_rules_and_a_reader_reads_it(found: tuple[atom.Entry, ...]) -> None:
    content = atom.content(feed(*found))
    assert faults(content) == []
    read = feedparser.parse(content)
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    assert [entry.title for entry in read.entries] == [entry.title for entry in found]


def test_the_rules_find_what_breaks_them() -> None:
    broken = atom.content(feed(ONE, ONE, id="relative")).replace(b"T00:00:00Z", b"", 1)
    assert faults(broken) == [
        "'2021-03-20' is no time",
        "'relative' is not absolute",
        "two entries have the id urn:uuid:1",
    ]


def test_an_entry_says_what_is_known_of_it() -> None:
    [full] = entries(atom.content(feed(FULL)))
    assert texts(full, "title") == ["Gates & doors <shut>"]
    assert texts(full, "updated") == ["2021-04-01T00:00:00Z"]
    assert texts(full, "summary") == ["A certificate expired."]
    assert [author.findtext(f"{ATOM}name") for author in full.findall(f"{ATOM}author")] == ["Ada", "Bo"]
    assert [one.attrib for one in full.findall(f"{ATOM}category")] == [
        {"term": "sev1", "label": "sev1"},
        {"term": "code_change", "label": "code change"},
    ]
    assert [link.attrib for link in full.findall(f"{ATOM}link")] == [
        {"rel": "alternate", "type": "text/html", "href": "https://kb.example.org/incidents/two/"}
    ]


def test_an_entry_of_which_little_is_known_says_no_more() -> None:
    [plain] = entries(atom.content(feed(ONE)))
    assert [child.tag.removeprefix(ATOM) for child in plain] == ["id", "title", "updated", "link"]


def test_a_feed_was_changed_when_its_latest_entry_was() -> None:
    assert texts(fromstring(atom.content(feed(ONE, FULL))), "updated") == ["2021-04-01T00:00:00Z"]


def test_a_feed_without_entries_was_changed_today() -> None:
    assert texts(fromstring(atom.content(feed())), "updated") == ["2026-06-15T00:00:00Z"]


def test_a_feed_says_where_it_lies_and_which_page_shows_the_same() -> None:
    links = fromstring(atom.content(feed())).findall(f"{ATOM}link")
    assert [(link.get("rel"), link.get("href")) for link in links] == [
        ("alternate", "../incidents/"),
        ("self", "i.xml"),
    ]


def test_a_feed_of_nobody_has_an_author_all_the_same() -> None:
    content = atom.content(feed(author="\0 "))
    assert faults(content) == []
    assert fromstring(content).findtext(f"{ATOM}author/{ATOM}name") == "unknown"


def test_names_and_terms_of_which_nothing_can_be_written_are_left_out() -> None:
    empty = atom.Entry("urn:uuid:3", "A", "a", TODAY, "\x01", ("\x02", "Ada"), (("\x03", "x"), ("a", "b")))
    content = atom.content(feed(empty))
    assert faults(content) == []
    [entry] = entries(content)
    assert texts(entry, "summary") == []
    assert len(entry.findall(f"{ATOM}author")) == len(entry.findall(f"{ATOM}category")) == 1


@settings(deadline=None)
@given(st.lists(WILD, max_size=4), WILD)
@example(["</title><script>alert(1)</script>", "&#0;", "<![CDATA[x]]>", '"><!--'], "<b>\ud800\x0b")
def test_any_text_is_written_as_text(titles: list[str], other: str) -> None:
    found = [
        atom.Entry(f"urn:uuid:{n}", title, "a", TODAY, other, (other,), ((other, title),))
        for n, title in enumerate(titles)
    ]
    content = atom.content(feed(*found, title=other, author=other))
    assert faults(content) == []
    assert [texts(entry, "title") for entry in entries(content)] == [[written(title)] for title in titles]
    assert {text for entry in entries(content) for text in texts(entry, "summary")} <= {written(other)}
    assert {element.tag for element in fromstring(content).iter()} <= {ATOM + name for name in NAMES}


NAMES = "feed id title updated author name link generator entry category summary".split()


def test_the_same_entries_give_the_same_bytes() -> None:
    assert atom.content(feed(ONE, FULL)) == atom.content(feed(ONE, FULL))
    assert re.match(rb"<\?xml version='1.0' encoding='utf-8'\?>\n<feed ", atom.content(feed()))
