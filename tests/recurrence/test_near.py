"""What is near, and why: no pair is lost that counts, and a reason names what both share and nothing else."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from kb.records.model import Postmortem
from kb.recurrence import near
from kb.recurrence.near import CANDIDATES, NEAR, REASONS, Reason, Shared, candidates, graph, nearest
from kb.recurrence.space import OF_INCIDENT, OF_MECHANISM, Space
from kb.recurrence.told import told

from .made import few, incident, spaced


def reasons(space: Space, first: Sequence[int], second: Sequence[int]) -> list[tuple[Reason, ...]]:
    return Shared(space).reasons(first, second)


def many(count: int, seed: int = 0) -> list[Postmortem]:
    """Return incidents of common words, each pair of neighbours with a rare one."""
    draw = np.random.default_rng(seed)
    texts = [" ".join(f"common{n}x" for n in draw.integers(0, 40, 8)) for _ in range(count)]
    return [incident(f"i{n:03}", f"{text} rare{n // 2}x") for n, text in enumerate(texts)]


def pairs_of(space: Space, numbers: Sequence[int] | None = None) -> set[tuple[int, int]]:
    count = space.words.shape[0]
    first, second = candidates(space, np.arange(count) if numbers is None else np.array(numbers))
    found = list(zip(first.tolist(), second.tolist(), strict=True))
    assert len(found) == len(set(found))
    assert all(0 <= one < other < (count if numbers is None else len(numbers)) for one, other in found)
    return set(found)


def why(one: Postmortem, other: Postmortem, *rest: Postmortem, **more: Any) -> dict[str, tuple[str, ...]]:
    return {reason.kind: reason.what for reason in reasons(spaced([one, other, *rest], **more), [0], [1])[0]}


@pytest.mark.parametrize("count", [0, 1, 2, 30, CANDIDATES + 1])
def test_of_few_incidents_all_pairs_are_looked_at(count: int) -> None:
    assert len(pairs_of(spaced(many(count)))) == count * (count - 1) // 2


def test_of_many_the_nearest_in_latent_semantics_and_the_holders_of_a_rare_word_are() -> None:
    space = spaced(many(120))
    found = pairs_of(space)
    assert len(found) < 120 * 119 / 2
    assert {(n, n + 1) for n in range(0, 120, 2)} <= found
    assert space.latent is not None
    alike = space.latent @ space.latent.T
    for n in range(120):
        order = [other for other in np.argsort(-alike[n], kind="stable").tolist() if other != n]
        assert {(min(n, other), max(n, other)) for other in order[: CANDIDATES - 1]} <= found


def test_of_some_only_pairs_of_them_are_looked_at_by_their_places() -> None:
    space = spaced(many(120))
    assert pairs_of(space, [5, 7, 110]) == {(0, 1), (0, 2), (1, 2)}
    assert len(pairs_of(space, range(0, 120, 2))) < 60 * 59 / 2


def test_the_number_of_pairs_grows_with_the_incidents() -> None:
    assert all(len(pairs_of(spaced(many(count)))) <= count * (CANDIDATES + 1) for count in (100, 400))


@pytest.mark.parametrize("count", [1, 30, 90])
def test_the_graph_holds_how_alike_each_pair_is_both_ways(count: int) -> None:
    space, numbers = spaced(many(count)), np.arange(0, count, 2)
    pairs = candidates(space, numbers)
    found = graph(space, pairs, numbers).toarray()
    assert np.array_equal(found, found.T)
    first, second = pairs
    assert np.array_equal(found[first, second], space.alike(numbers[first], numbers[second], OF_MECHANISM))
    assert not np.diag(found).any()


@few(30, seed=st.integers(0, 1000), count=st.integers(0, 60))
def test_what_is_near_is_found_from_both_sides_nearest_first(seed: int, count: int) -> None:
    space = spaced(many(count, seed))
    first, second = candidates(space, np.arange(count))
    incidents, others, alike = nearest(space, (first, second))
    found = list(zip(incidents.tolist(), others.tolist(), alike.tolist(), strict=True))
    assert found == sorted(found, key=lambda hit: (hit[0], -hit[2], hit[1]))
    assert {(one, other, score) for one, other, score in found} == {(other, one, score) for one, other, score in found}
    assert all(score >= NEAR for _, _, score in found)
    expected = space.alike(first, second, OF_INCIDENT)
    assert len(found) == 2 * int((expected >= NEAR).sum())


def test_reasons_name_causes_trigger_mechanism_words_and_names() -> None:
    found = why(
        incident(
            "a", "at Acme some gadget of a breaker stumbled", causes=["hardware", "third_party"], trigger="capacity"
        ),
        incident("b", "when Acme failed the gadget of our generator stumbled", causes=["hardware"], trigger="capacity"),
    )
    assert found == {
        "cause": ("hardware",),
        "trigger": ("capacity",),
        "mechanism": ("power supply",),
        "word": ("gadget", "stumbled"),
        "name": ("acme",),
    }


def test_reasons_are_in_the_order_of_their_kind() -> None:
    one, other = (incident(name, "Of Acme: the Acme breaker", causes=["hardware"], trigger="capacity") for name in "ab")
    kinds = [reason.kind for reason in reasons(spaced([one, other]), [0], [1])[0]]
    assert kinds == ["cause", "trigger", "mechanism", "word", "name"]


def test_two_that_share_nothing_have_no_reason() -> None:
    assert why(incident("a", "gadget stumbled"), incident("b", "the certificate expired")) == {}


def test_a_reason_holds_no_more_than_a_few() -> None:
    words = " ".join(f"gadget{n}x" for n in range(20))
    assert len(why(incident("a", words), incident("b", words))["word"]) == REASONS


def test_what_weighs_most_comes_first() -> None:
    found = why(
        incident("a", "usual odd odd odd"),
        incident("b", "usual odd odd odd"),
        *(incident(name, "usual thing") for name in "cdefg"),
    )
    assert found == {"word": ("odd", "usual")}


TOKENS = "gadget Gadget stumbled Acme acme breaker generator cert =x <power> a:b cause:hardware 電源".split()


@few(
    100,
    texts=st.lists(st.lists(st.sampled_from(TOKENS), max_size=8).map(" ".join), min_size=2, max_size=5),
    causes=st.lists(st.sampled_from(["hardware", "a:b", "<power supply>", "unknown"]), max_size=2, unique=True),
)
def test_a_reason_is_always_in_both(texts: list[str], causes: list[str]) -> None:
    records = [incident(f"i{n}", text, causes=causes[: n + 1]) for n, text in enumerate(texts)]
    for reason in reasons(spaced(records), [0], [1])[0]:
        for what in reason.what:
            if reason.kind == "cause":
                assert what in records[0].causes
                assert what in records[1].causes
            elif reason.kind != "mechanism":
                assert all(what in {*told(record).words, *told(record).named} for record in records[:2])


@pytest.mark.parametrize(
    "cause", ["a:b", "<x>", "<power supply>", "=x", "word:breaker", "mechanism:cooling", "原因", "a b"]
)
def test_a_cause_with_odd_characters_is_a_cause(cause: str) -> None:
    one, other = (incident(name, "", causes=[cause], trigger=cause) for name in "ab")
    assert why(one, other) == {"cause": (cause,), "trigger": (cause,)}


@pytest.mark.parametrize("typed", ["cause:hardware", "trigger:hardware", "=cause:hardware", "mechanism:cooling"])
def test_what_somebody_types_is_no_cause_trigger_or_mechanism(typed: str) -> None:
    one, other = (incident(name, f"text {typed} text", title=typed, tags=[typed]) for name in "ab")
    assert not {"cause", "trigger"} & set(why(one, other))
    assert why(incident("a", "text <power supply> text"), incident("b", "text <power supply>")) == {"word": ("text",)}


def test_what_somebody_types_adds_nothing_to_a_cause() -> None:
    one = incident("a", "it was cause:hardware", causes=["hardware"])
    assert "cause" not in why(one, incident("b", "it was cause:hardware"))
    assert why(one, incident("b", "it was", causes=["hardware"])) == {"cause": ("hardware",)}


@pytest.mark.parametrize("name", ["a:b", "x>y", "<x>", "cause:hardware", "Ünïcode"])
def test_a_mechanism_of_kb_toml_is_a_mechanism_whatever_its_name(name: str) -> None:
    assert why(incident("a", "hare"), incident("b", "rabbit"), more={name: ("hare", "rabbit")}) == {
        "mechanism": (name,)
    }


def test_pairs_without_reasons_and_with_some_keep_their_places() -> None:
    space = spaced([incident("a", "gadget"), incident("b", "gadget"), incident("c", "widget")])
    assert [len(found) for found in Shared(space).reasons([0, 0, 1, 1], [1, 2, 2, 0])] == [1, 0, 0, 1]
    assert Shared(space).reasons([], []) == []


def test_strong_is_more_than_near() -> None:
    assert 0 < near.NEAR < near.STRONG < 1
