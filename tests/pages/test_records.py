from typing import Any

import pytest

import kb

from .made import catalogue, incident, learning, playbook
from .parsed import Parsed, read


def page_of(*records: kb.Record, links: tuple[kb.Link, ...] = ()) -> Parsed:
    """The page of the last of some records."""
    site = kb.Site(catalogue(*records, links=links))
    return read(next(page.html() for page in site.record_pages() if page.uri.endswith(f"/{records[-1].id}")))


def words(parsed: Parsed) -> str:
    return " ".join(parsed.words.split())


def test_a_playbooks_steps_are_its_headings_of_the_second_level() -> None:
    parsed = page_of(playbook(body="## Triage\n\n### Detail\n\n## Escalate\n"))
    assert [a for a in parsed.values("href") if a.startswith("#")] == ["#r-triage", "#r-escalate"]
    assert parsed.all("nav", "kb-steps")


@pytest.mark.parametrize("body", ["", "Just text.", "## Only one\n"])
def test_a_playbook_of_one_step_has_no_path(body: str) -> None:
    assert not page_of(playbook(body=body)).all("nav", "kb-steps")


def test_an_empty_playbook_says_so() -> None:
    text = words(page_of(playbook()))
    for said in (
        "This playbook has no steps yet.",
        "No incident names this playbook yet.",
        "review unknown",
        "never, or not written down",
    ):
        assert said in text


def test_a_playbook_shows_how_it_did_the_last_three_times() -> None:
    used = [incident(f"i{n}", started=f"2026-01-0{n}") for n in range(1, 6)]
    links = tuple(kb.Link(one.id, "book", "playbooks", 1, "helped" if one.id != "i5" else "outdated") for one in used)
    parsed = page_of(*used, playbook(last_reviewed="2026-01-10"), links=links)
    assert [mark.classes[1] for mark in parsed.all("span", "kb-mark")][1:] == [
        "kb-mark--verdict-outdated",
        *["kb-mark--verdict-helped"] * 2,
    ]
    assert "and 2 earlier incidents, listed below" in words(parsed)
    assert len([a for a in parsed.values("href") if "/incidents/" in a]) == 3 + 5


def test_a_playbook_names_at_most_five_on_the_same_services() -> None:
    others = [playbook(f"other-{n}", services=["Queue"]) for n in range(7)]
    parsed = page_of(playbook("far", services=["dns"]), *others, playbook(services=["queue"]))
    near = [a for a in parsed.values("href") if "/playbooks/" in a]
    assert near == [f"../../playbooks/other-{n}/" for n in range(5)]


def test_a_playbook_is_described_by_its_summary_or_else_its_symptoms() -> None:
    def described(**fields: Any) -> str:
        return next(kb.Site(catalogue(playbook(**fields))).record_pages()).description

    assert described(summary="Do\nthis.", symptoms=["a"]) == "Do this."
    assert described(symptoms=["a", "b"]) == "a; b"
    assert described() == ""


def test_a_learning_names_what_it_is_drawn_from_and_what_is_not_there() -> None:
    parsed = page_of(
        incident(started="2026-01-02"), learning(incidents=["one", "gone"], playbooks=["nowhere"], related=["one"])
    )
    assert words(parsed).count("no such record") == 2
    assert parsed.values("href").count("../../incidents/one/") == 2
    assert "2026-01-02" in words(parsed)


def test_a_risk_says_where_it_came_true() -> None:
    risks = [{"risk": "It fills", "likelihood": "high", "came_true": ["one"]}, {"risk": "It burns"}]
    parsed = page_of(incident(), learning(kind="pre_mortem", risks=risks))
    text = words(parsed)
    assert "pre-mortem" in text
    assert "not so far" in text
    assert "../../incidents/one/" in parsed.values("href")


def test_fields_that_are_not_ours_are_shown_as_they_are() -> None:
    extra = {"cost": "4711", "list": ["a", "b"], "map": {"x": "1", "y": ["2", {"z": "3"}]}, "none": None, "empty": []}
    text = words(page_of(learning(extra=extra)))
    assert "cost4711" in text
    assert "lista, b" in text
    assert "mapx: 1; y: 2, z: 3" in text
    assert "noneunknown" in text


def test_every_kind_names_who_wrote_it_and_for_whom() -> None:
    fields = {
        "authors": ["Ann"],
        "reviewers": ["Rob"],
        "audience": "everyone",
        "organization": "Org",
        "tags": ["t1", "t2"],
    }
    for make in (incident, playbook, learning):
        text = words(page_of(make(**fields)))
        assert [said for said in ("Ann", "Rob", "everyone", "Org", "t1, t2") if said not in text] == []


def test_an_action_says_everything_about_itself() -> None:
    action = {
        "id": "fix",
        "title": "Mend `it`",
        "kind": "prevent",
        "capa": "corrective",
        "owner": "platform",
        "priority": "P1",
        "status": "done",
        "reason": "because",
        "ticket": "https://tickets.example.org/1",
        "success_criterion": "It holds",
        "verified_on": "2026-03-01",
        "due": "2026-02-01",
    }
    for make in (incident, learning):
        parsed = page_of(make(actions=[action]))
        assert "action-fix" in parsed.values("id")
        assert "https://tickets.example.org/1" in parsed.values("href")
        text = words(parsed)
        expected = (
            "Mend it",
            "prevent",
            "corrective",
            "platform",
            "P1",
            "done",
            "because",
            "It holds",
            "verified 2026-03-01",
            "2026-02-01",
        )
        assert [said for said in expected if said not in text] == []


def test_an_action_that_is_done_and_not_seen_to_work_says_so() -> None:
    assert "not verified" in words(page_of(learning(actions=[{"title": "x", "status": "done"}])))
    assert "not verified" not in words(page_of(learning(actions=[{"title": "x", "status": "accepted"}])))


def test_a_source_without_an_address_is_text() -> None:
    parsed = page_of(
        learning(
            sources=[
                {"url": "https://x.example/a", "title": "A"},
                {"url": "https://x.example/b"},
                {"title": "On paper"},
            ]
        )
    )
    assert [a for a in parsed.values("href") if "x.example" in a] == ["https://x.example/a", "https://x.example/b"]
    assert "On paper" in words(parsed)


@pytest.mark.parametrize(
    ("body", "is_said"),
    [
        ('```sh\ndig "${HOST:?name}"\n```\n', True),
        ('```sh\ndig "${HOST:-localhost}" "$NAME"\n```\n', False),
    ],
)
def test_a_playbook_says_how_a_guarded_command_is_used(body: str, is_said: bool) -> None:
    assert ("does nothing until that variable is set" in words(page_of(playbook(body=body)))) is is_said
