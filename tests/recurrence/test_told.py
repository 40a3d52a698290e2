"""What a record tells of its cause: which words count, which are names, and what of a body is left out."""

from typing import Any

import pytest

from kb.recurrence.told import FACT, MAX_WORDS, Told, told

from .made import TEXT, few, incident


def of(body: str = "", **fields: Any) -> Told:
    return told(incident("a", body, **fields))


def test_a_word_counts_as_often_as_it_is_written_without_case_and_accents() -> None:
    assert of("A breaker, the BREAKER and a breäker.").words == {"breaker": 3}


def test_what_is_written_with_joints_counts_as_a_whole_and_by_its_parts() -> None:
    assert of("kube-dns").words == {"kube-dns": 1, "kube": 1, "dns": 1}


def test_the_parts_of_a_name_written_as_one_word_mean_nothing() -> None:
    assert of("of GitHub").words == {"github": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "breaker"},
        {"tags": ["breaker"]},
        {"summary": "breaker"},
        {"five_whys": ["x", "breaker"]},
        {"fishbone": {"x": ["breaker"]}},
        {"changes": [{"description": "breaker"}]},
        {"lessons": {"went_badly": ["breaker"]}},
        {"lessons": {"surprised": ["breaker"]}},
        {"body": "breaker"},
        {"body": "## Breaker"},
    ],
)
def test_what_tells_the_cause_counts(fields: dict[str, Any]) -> None:
    assert of(**fields).words["breaker"] == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"impact": {"summary": "breaker"}},
        {"timeline": [{"event": "breaker"}]},
        {"actions": [{"title": "breaker"}]},
        {"detection": {"method": "alert", "detail": "breaker"}},
        {"roles": {"responders": ["breaker"]}},
        {"lessons": {"went_well": ["breaker"], "got_lucky": ["breaker"]}},
        {"safeguards": [{"name": "breaker", "verdict": "worked"}]},
        {"sources": [{"url": "https://example.org/breaker", "title": "breaker"}]},
        {"related": ["breaker"], "recurrence_of": ["breaker"], "not_related": ["breaker"]},
        {"severity_reason": "breaker"},
        {"teams": ["breaker"], "authors": ["breaker"]},
    ],
)
def test_what_tells_of_the_response_the_harm_or_the_people_does_not(fields: dict[str, Any]) -> None:
    assert of(**fields).words == {}


def test_a_service_and_an_organization_are_names_and_no_words() -> None:
    found = of(services=["queue-api"], organization="Breaker Ltd")
    assert found.words == {}
    assert set(found.named) == {"queue-api", "queue", "api", "breaker", "ltd"}


def test_the_words_of_a_title_are_kept_once_each() -> None:
    assert of(title="Disk, disk and queue").title == ("disk", "queue")


@pytest.mark.parametrize(
    "heading",
    [
        *("## Timeline", "# Follow-up", "### Next steps", "## Action items", "## About the times", "## TIMELINE (UTC)"),
        *("## Links", "## Sources and references", "## Attendees", "## Participants"),
    ],
)
def test_a_section_on_the_response_does_not_count_and_the_one_after_it_does(heading: str) -> None:
    text = f"first\n\n{heading}\n\nbreaker\n\n{heading.split()[0]} Cause\n\nlast\n"
    assert of(text).words == {"first": 1, "cause": 1, "last": 1}


@pytest.mark.parametrize("heading", ["## Root cause", "## What happened", "Timeline", "#Timeline", "The timeline:"])
def test_any_other_section_counts(heading: str) -> None:
    assert of(f"{heading}\n\nbreaker").words["breaker"] == 1


@pytest.mark.parametrize(
    "heading",
    ["## Transaction wraparound", "## Resource exhaustion", "## Uplink failure", "## Interaction of two limits"],
)
def test_a_heading_that_only_holds_the_letters_of_such_a_word_counts(heading: str) -> None:
    assert of(f"{heading}\n\nbreaker").words["breaker"] == 1


def test_what_is_below_a_section_on_the_response_is_part_of_it() -> None:
    assert "breaker" not in of("## Timeline\n\n### Monday\n\nbreaker\n\n## Cause\n\nlast\n").words
    assert of("## Cause\n\n### Monday\n\nbreaker\n").words["breaker"] == 1


@pytest.mark.parametrize(
    "body",
    [
        "text `breaker` text",
        "text\n\n```\nbreaker\n```\n\ntext",
        "text\n\n~~~ breaker\nbreaker\n~~~\ntext",
        "text\n\n    breaker\n\ntext",
        "text https://example.org/breaker text",
        "[text](https://example.org/breaker) text",
        "![text](breaker.png) text",
        "text <https://example.org/breaker> text",
        'text <span class="breaker">text</span>',
        "text [[breaker]] text",
        "text [[breaker|the breaker]] text",
    ],
)
def test_code_addresses_and_links_to_records_do_not_count(body: str) -> None:
    assert of(body).words == {"text": 2}


@pytest.mark.parametrize(
    "body", ["a \\`breaker\\`", "```\nbreaker", "[breaker](x)", "(breaker)", "[breaker]", "- breaker", "breaker > 3"]
)
def test_what_only_looks_like_it_does(body: str) -> None:
    assert of(body).words["breaker"] == 1


@pytest.mark.parametrize("text", ["the Breaker", "a BREAKER", "the breAker"])
def test_a_capital_within_a_sentence_is_noted(text: str) -> None:
    assert of(text).capitals == {"breaker": 1}


@pytest.mark.parametrize(
    "text",
    [
        *("Breaker", "It broke. Breaker", "a: Breaker", "x\nBreaker", "- Breaker", "> Breaker", "(Breaker", '"Breaker'),
        *("the breaker", "## Breaker", "a | Breaker"),
    ],
)
def test_a_capital_where_a_sentence_begins_is_none(text: str) -> None:
    assert of(text).capitals == {}


def test_causes_and_trigger_are_facts_unless_unknown() -> None:
    found = of(causes=["hardware", "unknown"], trigger="capacity").facts
    assert found == (f"{FACT}cause:hardware", f"{FACT}trigger:capacity")
    assert of(causes=["unknown"], trigger="unknown").facts == ()
    assert of().facts == ()


@pytest.mark.parametrize(
    "typed", ["cause:hardware", "=cause:hardware", "trigger:hardware", "<power supply>", "&lt;x&gt;"]
)
def test_no_text_looks_like_a_fact_or_a_mechanism(typed: str) -> None:
    found = of(f"text {typed} text", title=typed, services=[typed], tags=[typed], organization=typed)
    assert found.facts == ()
    assert not [word for word in (*found.words, *found.title, *found.named) if word.startswith((FACT, "<"))]


def test_a_long_text_counts_up_to_a_limit() -> None:
    found = of(f"{'pasted ' * 50_000} breaker", summary="first", title="named")
    assert found.words["first"] == 1
    assert sum(found.words.values()) == MAX_WORDS
    assert "breaker" not in found.words
    assert found.title == ("named",)
    assert of(f"{'pasted ' * 4_000} breaker").words["breaker"] == 1


def test_japanese_counts_by_pairs_of_characters() -> None:
    assert of("電源断").words == {"電源": 1, "源断": 1}


def test_arabic_counts_by_words_without_points() -> None:
    assert of("انقطاع الكَهرباء").words == of("انقطاع الكهرباء").words
    assert len(of("انقطاع الكهرباء").words) == 2


@pytest.mark.parametrize("text", ["", "   ", "🔥🔥", "...", "of the and", "---", "\u200b", "\0"])
def test_what_says_nothing_tells_nothing(text: str) -> None:
    assert of(text, title=text, summary=text) == Told({}, {}, (), (), ())


@few(200, text=TEXT, heading=TEXT)
def test_any_text_is_told_in_words_that_are_folded(text: str, heading: str) -> None:
    sound = [part.encode(errors="ignore").decode() for part in (text, heading)]
    found = of(f"{sound[0]}\n# {sound[1]}\n{sound[0]}", title=sound[1], summary=sound[0], services=[sound[1]])
    for word in (*found.words, *found.title, *found.named):
        assert word
        assert word == word.strip()
        assert not word.startswith(("=", "<"))
    assert found.capitals.keys() <= found.words.keys()
    assert all(0 < found.capitals[word] <= found.words[word] for word in found.capitals)
