"""Suggested causes: with their evidence, only where there is enough to learn from, and never from what they should find."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import strategies as st

from kb.recurrence.causes import EVIDENCE, LEAST, Causes, Suggestion

from .made import FAMILIES, few, incident, spaced

CAUSES: Mapping[str, str] = {
    "power": "hardware",
    "certificate": "exception_handling",
    "routing": "misconfiguration",
    "disk": "insufficient_resource",
}


def learned(texts: Sequence[str], known: Sequence[Sequence[str]], **fields: Any) -> Causes:
    names = [f"i{number:03}" for number in range(len(texts))]
    given = [
        incident(name, text, causes=list(causes), **fields)
        for name, text, causes in zip(names, texts, known, strict=True)
    ]
    return Causes(spaced(given), names, known)


def taught(*asked: str, times: int = 2, known: Mapping[str, str] = CAUSES) -> Causes:
    """Return what is learned from the families, of which the causes are known; behind them those that are asked for."""
    told = [(text, (known[name],)) for name, texts in FAMILIES.items() for text in texts for _ in range(times)]
    return learned([*[text for text, _ in told], *asked], [*[causes for _, causes in told], *[()] * len(asked)])


@pytest.mark.parametrize(
    ("text", "expected", "evidence"),
    [
        ("Our generator would not take over and the batteries ran empty.", "hardware", "generator"),
        ("Somebody forgot the renewal of a certificate.", "exception_handling", "certificate"),
        ("The prefixes were announced to all peers.", "misconfiguration", "prefixes"),
        ("Files filled the volume.", "insufficient_resource", "volume"),
    ],
)
def test_the_cause_nearest_to_the_text_is_suggested_with_its_evidence(text: str, expected: str, evidence: str) -> None:
    found = taught(text).suggest(32)
    assert found is not None
    assert found.cause == expected
    assert evidence in found.evidence


def test_evidence_is_what_the_incident_says_and_little_of_it() -> None:
    text = (
        "The generator and the batteries, the feeder and the breaker, the voltage and the racks, the load and the UPS."
    )
    found = taught(text).suggest(32)
    assert found is not None
    assert len(found.evidence) == len(set(found.evidence)) == EVIDENCE
    said = {*text.lower().replace(",", "").replace(".", "").split(), "power supply", "overload"}
    assert set(found.evidence) <= said


def test_a_mechanism_is_evidence_by_its_plain_name() -> None:
    found = taught("The switchgear sagged.").suggest(32)
    assert found is not None
    assert (found.cause, "power supply" in found.evidence) == ("hardware", True)


@pytest.mark.parametrize("text", ["", "🔥", "12 2017", "gadget stumbled"])
def test_of_what_tells_nothing_known_there_is_no_nonsense(text: str) -> None:
    found = taught(text).suggest(32)
    assert found is None or (found.cause in CAUSES.values() and "" not in found.evidence)
    assert taught("").suggest(32) is None


def enough(count: int, causes: Sequence[str]) -> Causes:
    texts = [text for some in FAMILIES.values() for text in some] * 3
    known = [(causes[number % len(causes)],) if number < count else () for number in range(len(texts))]
    return learned(texts, known)


def test_nothing_is_suggested_while_too_few_incidents_have_a_cause() -> None:
    few_known, many_known = enough(19, ["hardware", "capacity"]), enough(20, ["hardware", "capacity"])
    assert (few_known.is_able, few_known.right, few_known.suggest(30)) == (False, (0, 0), None)
    assert many_known.is_able
    assert many_known.right[1] == LEAST == 20
    assert isinstance(many_known.suggest(30), Suggestion)


def test_nothing_is_suggested_where_all_have_the_same_cause() -> None:
    found = enough(LEAST + 10, ["hardware"])
    assert (found.is_able, found.right, found.suggest(40)) == (False, (0, 0), None)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_of_next_to_nothing_nothing_is_suggested(count: int) -> None:
    found = learned(["breaker"] * count, [()] * count)
    assert (found.is_able, found.right) == (False, (0, 0))
    assert [found.suggest(number) for number in range(count)] == [None] * count


def test_each_of_several_causes_is_taught_and_counts_as_right() -> None:
    """The first is the same for all and tells nothing; the second is that of the kind."""
    texts = [text for some in FAMILIES.values() for text in some] * 2
    known = [("review_missing", CAUSES[name]) for name, some in FAMILIES.items() for _ in some] * 2
    found = learned([*texts, "The generator and the batteries."], [*known, ()])
    assert found.is_able
    assert found.right == (32, 32)
    assert found.suggest(32) is not None


def test_who_is_asked_has_not_been_taught() -> None:
    """Each says a word that no other says, so only who has seen the answer could know it."""
    texts = [f"gadget{number}x" for number in range(30)]
    right, of = learned(texts, [(f"cause_{number % 3}",) for number in range(30)]).right
    assert of == 30
    assert right <= 20


def test_how_often_it_is_right_is_counted_over_what_was_left_out() -> None:
    assert taught().right == (32, 32)
    # Of one kind of text the cause is a coin's; who had seen the answer would know it.
    texts = ["The generator did not start and the batteries ran empty."] * 40
    known = [("hardware",) if number % 2 else ("capacity",) for number in range(40)]
    right, of = learned(texts, known).right
    assert of == 40
    assert 5 <= right <= 35


def test_one_that_nobody_could_have_known_is_not_right() -> None:
    """One of each kind has a cause that no other has."""
    kinds = ("generator", "certificate", "prefixes", "volume")
    known = [(f"odd_{kind}" if n == 0 else f"cause_of_{kind}",) for kind in kinds for n in range(8)]
    assert learned([kind for kind in kinds for _ in range(8)], known).right == (28, 32)
    assert learned(
        [kind for kind in kinds for _ in range(8)], [(f"of_{kind}",) for kind in kinds for _ in range(8)]
    ).right == (
        32,
        32,
    )


def test_the_causes_and_the_trigger_of_an_incident_are_no_evidence() -> None:
    """Texts that tell nothing, with causes that do: nothing may be suggested from these."""
    known = [("hardware",) if number % 2 else ("capacity",) for number in range(30)]
    found = learned([""] * 30, known)
    assert found.right[0] == 0
    assert [found.suggest(number) for number in range(30)] == [None] * 30
    triggered = Causes(
        spaced(
            [incident(f"i{n:03}", trigger=("hardware", "capacity")[n % 2], causes=list(known[n])) for n in range(30)]
        ),
        [f"i{n:03}" for n in range(30)],
        known,
    )
    assert triggered.suggest(0) is None


def test_what_is_suggested_does_not_depend_on_the_cause_the_incident_has() -> None:
    """Of two that say the same, one with a wrong cause that is left out of the learning, the same is thought."""
    text = "The generator did not start, the batteries ran empty."
    told = [(one, (CAUSES[name],)) for name, texts in FAMILIES.items() for one in texts for _ in range(2)]
    texts, known = [*[one for one, _ in told], text, text], [*[causes for _, causes in told], (), ()]
    given = [incident(f"i{n:03}", one, causes=list(known[n])) for n, one in enumerate(texts)]
    given[-1] = incident("i033", text, causes=["misconfiguration"], trigger="config_push")
    found = Causes(spaced(given), [one.id for one in given], known)
    assert found.suggest(32) == found.suggest(33)


def test_a_word_with_a_colon_may_be_evidence_and_a_cause_never() -> None:
    told = [(f"{text} sys:{name}", (CAUSES[name],)) for name, texts in FAMILIES.items() for text in texts for _ in "ab"]
    found = learned([*[text for text, _ in told], "sys:disk"], [*[causes for _, causes in told], ()]).suggest(32)
    assert found is not None
    assert found.cause == "insufficient_resource"
    assert "sys:disk" in found.evidence
    assert not [word for word in found.evidence if word.startswith("=") or word in CAUSES.values()]


@pytest.mark.parametrize("cause", ["a:b", "<x>", "原因", "=hardware"])
def test_a_cause_with_odd_characters_is_suggested_as_it_is(cause: str) -> None:
    found = taught("The generator and the batteries.", known={**CAUSES, "power": cause}).suggest(32)
    assert found is not None
    assert found.cause == cause


def test_the_same_is_suggested_every_time() -> None:
    one, other = (taught("The generator and the volume.") for _ in range(2))
    assert (one.suggest(32), one.right) == (other.suggest(32), other.right)


@few(15, picked=st.lists(st.sampled_from(sorted(CAUSES.values())), min_size=LEAST, max_size=LEAST + 12))
def test_the_count_never_exceeds_those_with_a_cause(picked: list[str]) -> None:
    texts = [text for some in FAMILIES.values() for text in some] * 2
    found = learned(texts[: len(picked)], [(cause,) for cause in picked[: len(texts)]])
    right, of = found.right
    assert 0 <= right <= of <= len(picked)
