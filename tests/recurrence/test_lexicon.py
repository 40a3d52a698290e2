"""The mechanisms: each can be recognized, and a knowledge base may add its own."""

import tomllib
from importlib.resources import files

import pytest

from kb.recurrence.lexicon import mechanisms
from kb.recurrence.told import told
from kb.search.terms import stem

from .made import incident

KNOWN = mechanisms({})
WRITTEN = tomllib.loads((files("kb.recurrence") / "mechanisms.toml").read_text(encoding="utf-8"))


def test_every_mechanism_is_told_of_by_some_words_and_has_a_plain_name() -> None:
    assert len(KNOWN) >= 20
    for name, stems in KNOWN.items():
        assert len(stems) >= 4, name
        assert name == name.strip().lower(), name
        assert not set("<>:") & set(name), name


@pytest.mark.parametrize("name", KNOWN)
def test_every_word_of_a_mechanism_is_found_in_a_text(name: str) -> None:
    for word in WRITTEN[name]:
        found = {stem(form) for form in told(incident("a", f"the {word} of it")).words}
        assert found & KNOWN[name], word


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("power supply", "generators"),
        ("certificates", "expiring"),
        ("clocks", "leap"),
        ("replication", "split-brain"),
        ("routing", "prefixes"),
    ],
)
def test_a_mechanism_knows_a_word_by_its_stem(name: str, word: str) -> None:
    assert stem(word) in KNOWN[name]


def test_a_word_may_tell_of_several_mechanisms() -> None:
    assert [name for name, stems in KNOWN.items() if "storm" in stems] == ["fire and water", "retries"]


def test_kb_toml_adds_words_to_a_mechanism() -> None:
    found = mechanisms({"cooling": ("Kühltürme",)})
    assert found["cooling"] == KNOWN["cooling"] | {"kuhlturm"}
    assert {name: stems for name, stems in found.items() if name != "cooling"} == {
        name: stems for name, stems in KNOWN.items() if name != "cooling"
    }


def test_kb_toml_adds_mechanisms_behind_the_others() -> None:
    found = mechanisms({"rabbits": ("rabbit", "Hares")})
    assert list(found) == [*KNOWN, "rabbits"]
    assert found["rabbits"] == {"rabbit", "hare"}


def test_what_one_knowledge_base_adds_does_not_reach_the_next() -> None:
    mechanisms({"cooling": ("pond",), "rabbits": ("rabbit",)})
    assert mechanisms({}) == KNOWN
