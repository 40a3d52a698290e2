from datetime import date
from pathlib import Path
from time import process_time
from typing import Protocol

import pytest

import kb
from kb.catalogue.link import MAX_SUGGESTED


class Library(Protocol):
    def __call__(self, files: dict[str, str]) -> Path: ...


@pytest.fixture
def harbour(library: Library) -> kb.Catalogue:
    root = library(
        {
            "postmortems/first.md": "---\ntitle: First\nstarted: 2023-01-01\nplaybooks: [{id: pump, verdict: outdated}]\n---\n",
            "postmortems/second.md": (
                "---\ntitle: Second\nstarted: 2024-01-01\nrecurrence_of: [flood]\nrelated: [first]\nplaybooks: [pump]\n"
                "actions: [{id: test, title: x}]\n---\nSee [[first]] and [[first]], [[second]] and [[lesson|this]].\n"
            ),
            "postmortems/undated.md": "---\ntitle: Undated\n---\n[[first]]\n",
            "playbooks/pump.md": "---\ntitle: Pump\n---\nUsed in [[second#test]].\n",
            "learnings/lesson.md": "---\ntitle: Lesson\nincidents: [first, second]\naliases: [insight]\n---\n",
            "postmortems/alias.md": "---\ntitle: Alias\naliases: [flood]\nstarted: 2022-01-01\n---\n",
        }
    )
    return kb.load(root, today=date(2024, 6, 1))


def test_each_record_knows_what_it_leads_to_in_the_order_of_its_file(harbour: kb.Catalogue) -> None:
    assert [(link.relation, link.target) for link in harbour.outgoing("second")] == [
        ("recurrence_of", "alias"),
        ("related", "first"),
        ("playbooks", "pump"),
        ("mentions", "first"),
        ("mentions", "lesson"),
    ]


def test_each_record_knows_what_leads_to_it_newest_first(harbour: kb.Catalogue) -> None:
    assert [(link.source, link.relation) for link in harbour.incoming("first")] == [
        ("second", "related"),
        ("second", "mentions"),
        ("undated", "mentions"),
        ("lesson", "incidents"),
    ]


def test_a_link_brings_its_verdict_and_its_line(harbour: kb.Catalogue) -> None:
    assert [(link.source, link.note, link.line) for link in harbour.incoming("pump")] == [
        ("second", "", 6),
        ("first", "outdated", 4),
    ]


def test_both_directions_hold_the_same_links(harbour: kb.Catalogue) -> None:
    outgoing = {link for name in harbour.records for link in harbour.outgoing(name)}
    incoming = {link for name in harbour.records for link in harbour.incoming(name)}
    assert outgoing == incoming == set(harbour.links)
    assert all(link.source in harbour.records and link.target in harbour.records for link in harbour.links)
    assert all(link.source != link.target for link in harbour.links)


def test_a_record_without_links_has_none(harbour: kb.Catalogue) -> None:
    assert harbour.incoming("undated") == ()
    assert harbour.outgoing("nothing") == harbour.incoming("nothing") == ()


@pytest.mark.parametrize(
    ("name", "found"), [("first", "first"), ("flood", "alias"), (" insight ", "lesson"), ("second#test", "second")]
)
def test_a_record_is_found_by_its_id_or_an_alias(harbour: kb.Catalogue, name: str, found: str) -> None:
    record = harbour.find(name)
    assert record is not None
    assert record.id == found


@pytest.mark.parametrize("name", ["", "First", "third", "#test"])
def test_a_wrong_letter_is_never_guessed(harbour: kb.Catalogue, name: str) -> None:
    assert harbour.find(name) is None


def test_the_nearest_names_are_offered(harbour: kb.Catalogue) -> None:
    assert harbour.suggest("frist") == "did you mean `first`?"
    assert harbour.suggest("floods") == "did you mean `flood`?"
    assert harbour.suggest("second#tests") == "did you mean `test`?"
    assert harbour.suggest("xyz") == ""


def test_thousands_of_dead_links_are_found_at_once(library: Library) -> None:
    dead = " ".join(f"[[incident-{n}]]" for n in range(20_000)) + " ".join(f"[[a#action-{n}]]" for n in range(20_000))
    root = library({"postmortems/a.md": f"---\ntitle: x\nactions: [{{id: action-x, title: y}}]\n---\n{dead}\n"})
    began = process_time()
    found = [f for f in kb.load(root, today=date(2024, 6, 1)).findings if f.code == "dangling-reference"]
    assert len(found) == 40_000
    assert sum(1 for f in found if f.hint) <= MAX_SUGGESTED
    assert process_time() - began < 10


DENYING = {
    "postmortems/first.md": "---\ntitle: First\naliases: [flood]\n---\n",
    "postmortems/second.md": "---\ntitle: Second\nFIELD: [flood, frist, pump, second]\n---\n",
    "playbooks/pump.md": "---\ntitle: Pump\n---\n",
}


def denying(library: Library, field: str) -> kb.Catalogue:
    root = library({path: text.replace("FIELD", field) for path, text in DENYING.items()})
    return kb.load(root, today=date(2024, 6, 1))


def test_what_is_not_related_is_checked_like_the_other_references(library: Library) -> None:
    found = denying(library, "not_related")
    assert [(f.code, f.place, f.message, f.hint) for f in found.findings] == [
        ("dangling-reference", "postmortems/second.md:3", "there is no record `frist`", "did you mean `first`?"),
        ("wrong-kind", "postmortems/second.md:3", "`not related` names a postmortem; `pump` is a playbook", ""),
    ]


def test_what_is_not_related_is_not_joined(library: Library) -> None:
    found = denying(library, "not_related")
    assert found.links == ()
    assert all(found.outgoing(name) == found.incoming(name) == () for name in found.records)
    second = found.records["second"]
    assert isinstance(second, kb.Postmortem)
    assert second.not_related == ("flood", "frist", "pump", "second")


def test_what_is_related_is(library: Library) -> None:
    found = denying(library, "related")
    assert [(link.target, link.relation) for link in found.outgoing("second")] == [
        ("first", "related"),
        ("pump", "related"),
    ]
    assert [f.code for f in found.findings] == ["dangling-reference"]


def test_what_is_denied_may_be_mentioned_all_the_same(library: Library) -> None:
    files = {**DENYING, "postmortems/second.md": "---\ntitle: Second\nnot_related: [first]\n---\nUnlike [[first]].\n"}
    found = kb.load(library(files), today=date(2024, 6, 1))
    assert [(link.target, link.relation) for link in found.links] == [("first", "mentions")]


def test_what_is_not_related_to_a_file_that_could_not_be_read_is_not_wrong(library: Library) -> None:
    files = {**DENYING, "postmortems/second.md": "---\ntitle: Second\nnot_related: [broken, gone]\n---\n"}
    found = kb.load(library({**files, "postmortems/broken.md": "---\ntitle: [\n---\n"}), today=date(2024, 6, 1))
    assert [f.message for f in found.findings if f.path.endswith("second.md")] == ["there is no record `gone`"]
