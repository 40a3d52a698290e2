"""How alike incidents are: symmetric, corrected for chance, by mechanism and not by name."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import strategies as st

from kb.records.model import Postmortem
from kb.recurrence import space as module
from kb.recurrence.space import OF_INCIDENT, OF_MECHANISM, Space, drawing_order

from .made import FAMILIES, few, incident, spaced

WORDS = (
    "breaker generator battery disk volume queue Kafka Redis latency region prefix announce 電源 certificate".split()
)


def alike(space: Space, one: int, other: int, weights: Sequence[float] = OF_MECHANISM) -> float:
    return float(space.alike(np.array([one]), np.array([other]), weights)[0])


def all_pairs(space: Space, weights: Sequence[float] = OF_MECHANISM) -> np.ndarray:
    first, second = np.indices((space.words.shape[0],) * 2)
    return space.alike(first.ravel(), second.ravel(), weights).reshape(first.shape)


def told(*texts: str) -> list[Postmortem]:
    return [incident(f"i{number:03}", text) for number, text in enumerate(texts)]


def drawn_texts(count: int, seed: int = 0) -> list[str]:
    """Return texts of words drawn from a vocabulary in which no word is rare and none is everywhere."""
    draw = np.random.default_rng(seed)
    return [" ".join(f"{'xyz'[n % 3]}word{n}q" for n in draw.integers(0, 60, 12)) for _ in range(count)]


def test_one_mechanism_at_two_vendors_is_more_alike_than_two_mechanisms_at_one() -> None:
    space = spaced(
        told(
            "At Acme the generator of Acme failed, and when the batteries were empty Acme lost power.",
            "At Zenith the generator of Zenith failed, and when the batteries were empty Zenith lost power.",
            "At Acme the certificate of Acme expired, and the clients of Acme refused the handshake.",
            "At Other the volume of Other was full.",
        )
    )
    assert alike(space, 0, 1) > 0.5
    assert alike(space, 0, 2) < 0.05


@pytest.mark.parametrize("fields", [{"organization": "acme"}, {"services": ["acme"]}])
def test_a_word_that_names_whose_records_hold_it_is_a_name_however_it_is_written(fields: dict[str, object]) -> None:
    space = spaced([incident(name, "the thing of acme stumbled", **fields) for name in "ab"])
    assert "acme" in [space.written[n] for n in space.names.indices]
    assert "acme" not in [space.terms[n] for n in space.words.indices]


def test_the_same_word_that_nobody_names_so_is_none() -> None:
    space = spaced([incident(name, "the thing of acme stumbled") for name in "ab"])
    assert space.names.nnz == 0
    assert "acme" in [space.terms[n] for n in space.words.indices]


def test_a_word_of_a_mechanism_is_no_name_though_it_has_a_capital() -> None:
    space = spaced(told("here the BGP broke", "there the BGP of Acme broke"))
    words, names = ({terms[n] for n in part.indices} for terms, part in _parts(space))
    assert {"bgp", "<routing>"} <= words
    assert names == {"acme"}


def _parts(space: Space) -> tuple[tuple[Sequence[str], object], ...]:
    return (space.terms, space.words), (space.written, space.names)


def test_a_mechanism_joins_reports_without_a_word_in_common() -> None:
    texts = ["the breaker opened", "our generator tripped", "their certificate expired", "a volume was full"]
    assert alike(spaced(told(*texts)), 0, 1) > alike(spaced(told(*texts)), 0, 2) + 0.2


def test_kb_toml_may_add_the_mechanism_that_joins() -> None:
    texts = told("a hare gnawed", "some rabbit dug", "their certificate expired", "a volume was full")
    assert alike(spaced(texts), 0, 1) == alike(spaced(texts), 0, 2)
    told_of = spaced(texts, {"animals": ("hare", "rabbit")})
    assert alike(told_of, 0, 1) > alike(told_of, 0, 2) + 0.2


def test_small_numbers_years_months_and_common_words_are_no_words() -> None:
    space = spaced(
        told("on 12 march 2017 at 14 utc the error 503 was seen", "on 12 march 2017 at 14 utc the error 503")
    )
    assert {space.terms[n] for n in space.words.indices} == {"error", "seen"}
    assert {space.written[n] for n in space.names.indices} == {"503"}


def test_a_word_is_shown_as_it_is_written_mostly() -> None:
    space = spaced(told("stumbling stumbling stumbled", "stumble stumbling"))
    assert [term for term in space.terms if term.startswith("stumbl")] == ["stumbling"] * 2


def test_what_more_than_half_hold_tells_nothing_unless_these_are_few() -> None:
    def holds(count: int) -> bool:
        space = spaced(told(*[f"stumbling thing{n}x" for n in range(count)]))
        return "stumbling" in [space.terms[n] for n in space.words.indices]

    assert holds(10)
    assert not holds(11)


@pytest.mark.parametrize("weights", [OF_MECHANISM, OF_INCIDENT])
@pytest.mark.parametrize("count", [3, 19, 20, 60])
def test_likeness_is_symmetric_and_1_for_the_same(weights: Sequence[float], count: int) -> None:
    texts = drawn_texts(count)
    space = spaced([incident(f"i{n:03}", f"of Acme{n % 7}: {text}", title=text) for n, text in enumerate(texts)])
    found = all_pairs(space, weights)
    assert np.array_equal(found, found.T)
    assert np.allclose(np.diag(found), 1, atol=2e-6)
    assert found.max() <= 1 + 2e-6


def test_two_incidents_are_on_average_as_alike_as_by_chance() -> None:
    found = all_pairs(spaced(told(*drawn_texts(150))))
    assert abs(found[np.triu_indices(150, 1)].mean()) < 0.01


def test_what_is_common_to_a_knowledge_base_is_not_held_for_likeness() -> None:
    """Of two that share two words of three, where all share them, less is thought than where only they do."""
    rest = ["disk volume full", "queue latency slow", "region prefix lost", "certificate expired refused"]
    alone = spaced(told("breaker generator x1y", "breaker generator x2y", *rest))
    usual = spaced(
        told("breaker generator x1y", "breaker generator x2y", *(f"breaker generator x{n}y" for n in range(3, 7)))
    )
    assert alike(alone, 0, 1) > alike(usual, 0, 1) + 0.2


@few(60, texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=30))
def test_any_knowledge_base_is_measured_and_in_any_order_the_same(texts: list[str]) -> None:
    records = [incident(f"i{number:02}", text, title=text[:20]) for number, text in enumerate(texts)]
    found, back = (all_pairs(spaced(some), OF_INCIDENT) for some in (records, records[::-1]))
    assert np.isfinite(found).all()
    assert np.array_equal(found, found.T)
    # To the digit only in the order that Recurrence gives, which is by id.
    assert np.allclose(found, back[::-1, ::-1], atol=1e-4)


@few(
    20, texts=st.lists(st.sampled_from([text for some in FAMILIES.values() for text in some]), min_size=20, max_size=30)
)
def test_the_same_incidents_give_the_same_numbers_to_the_last_digit(texts: list[str]) -> None:
    one, other = (all_pairs(spaced(told(*texts)), OF_INCIDENT) for _ in range(2))
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("count", [0, 1, 2, 12, 25])
@pytest.mark.parametrize("text", ["", "🔥", "the breaker failed", "stumbled", "データ 電源", "12 2017"])
def test_all_of_one_text_is_measured_without_a_crash(count: int, text: str) -> None:
    found = all_pairs(spaced([incident(f"i{n:02}", text, title=text) for n in range(count)]), OF_INCIDENT)
    assert found.shape == (count, count)
    assert np.isfinite(found).all()
    assert len(np.unique(found)) <= 2


def test_an_incident_that_tells_nothing_is_like_none() -> None:
    assert all_pairs(spaced(told("", "the breaker failed", "the breaker opened")))[0, 1:].max() < 0


def test_the_order_follows_from_names_and_those_that_are_settled_go_first() -> None:
    names = [f"incident-{n}" for n in range(200)]
    order = [names[n] for n in drawing_order(names, [True] * 200).tolist()]
    assert sorted(order) == sorted(names)
    for more in range(20):
        others = sorted([*names, f"another-{more}"])
        after = [others[n] for n in drawing_order(others, [True] * 201).tolist()]
        assert [name for name in after if name in names] == order
    settled = [n % 4 == 0 for n in range(200)]
    assert {names[n] for n in drawing_order(names, settled)[:50].tolist()} == set(names[::4])
    assert drawing_order([], []).tolist() == []


def test_so_many_are_drawn_in_order_of_number(monkeypatch: pytest.MonkeyPatch) -> None:
    space = spaced(told(*drawn_texts(30)))
    numbers = np.arange(30)
    assert space.drawn(numbers[5:]).tolist() == list(range(5, 30))
    monkeypatch.setattr(module, "LEARNED_FROM", 10)
    assert space.drawn(numbers).tolist() == sorted(space.order[:10].tolist())
    assert space.drawn(numbers[:0]).tolist() == []


def test_one_that_is_not_learned_from_changes_nothing_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEARNED_FROM", 30)
    texts = drawn_texts(80)
    before = spaced(told(*texts))
    late, early = int(before.order[-1]), int(before.order[0])

    def differs(changed: int) -> bool:
        after = spaced(told(*(f"{text} flux capacitor" if n == changed else text for n, text in enumerate(texts))))
        rest = np.setdiff1d(np.arange(80), [changed])
        first, second = np.repeat(rest, 79), np.tile(rest, 79)
        return bool((before.alike(first, second, OF_INCIDENT) != after.alike(first, second, OF_INCIDENT)).any())

    assert not differs(late)
    assert differs(early)


def test_latent_semantics_is_learned_from_those_drawn_and_measures_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEARNED_FROM", 30)
    space = spaced(told(*drawn_texts(80)))
    assert space.latent is not None
    assert np.allclose(np.linalg.norm(space.latent, axis=1), 1, atol=1e-5)
    assert np.allclose(np.diag(all_pairs(space)), 1, atol=2e-6)
