"""Whatever was kept before, and of whichever records, the files are those that are made with nothing kept."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import strategies as st
from knowledge_base import lay_out

import kb
from kb.search.site.columns import columns
from kb.search.site.export import export
from search.made import for_any, record

# What a record may say: each text shares some stems, forms, facts and days with others.
TEXTS = (
    record("Disk full", "The disk was full of logs.", severity="sev1", services="[Kube DNS]", started="2021-03-04"),
    record("Disk fills", "Disks filled; filling a disk fills it.", services="[kube-dns]", started="2021-03-04"),
    record("Failover", "Failed over, and failing", tags="[a, B]", causes="[dns]", started="2023-01-01"),
    record("Failures", "walk walks walked " * 30, severity="sev2", tags="[b]", started="1999-12-31"),
    record("日本", "kube-dns us-east-1 データ 🔥 \\u2028", services="[Kube DNS]"),
    record("Nothing", "to be or not"),
)
NAMES = ("a", "b", "c", "d", "other")

Records = Sequence[kb.Record]
Files = Mapping[str, bytes]


def exported(records: Records, kept: Path | None) -> Files:
    return dict(export(records, lambda one: f"{one.kind_of_record}/{one.id}/", "settings", kept))


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, int], kb.Record]:
    """A record of each name that says each of the texts."""
    found = {}
    for number, text in enumerate(TEXTS):
        root = tmp_path_factory.mktemp("text")
        lay_out(root, {f"postmortems/{name}.md": text for name in NAMES}, "")
        found.update({(one.id, number): one for one in kb.load(root).records.values()})
    assert len(found) == len(NAMES) * len(TEXTS)
    return found


def chosen(pool: Mapping[tuple[str, int], kb.Record], texts: Mapping[str, int]) -> Records:
    return [pool[one] for one in texts.items()]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param({"a": 0, "b": 2, "c": 3}, id="changed"),
        pytest.param({"a": 0, "b": 1, "c": 3, "d": 4}, id="added"),
        pytest.param({"a": 0, "c": 3}, id="removed"),
        pytest.param({"a": 0, "other": 1, "c": 3}, id="renamed"),
        pytest.param({"a": 3, "b": 0, "c": 1}, id="each is another"),
        pytest.param({"c": 3, "b": 1, "a": 0}, id="in another order"),
        pytest.param({"a": 0, "b": 1, "c": 3}, id="as before"),
        pytest.param({"d": 5}, id="all are gone"),
        pytest.param({}, id="none is left"),
    ],
)
def test_an_update_gives_the_files_of_a_first_build(pool: Mapping, tmp_path: Path, after: dict[str, int]) -> None:
    exported(chosen(pool, {"a": 0, "b": 1, "c": 3}), tmp_path / "kept")
    records = chosen(pool, after)
    assert exported(records, tmp_path / "kept") == exported(records, None)
    assert exported(records, tmp_path / "kept") == exported(records, None)


@for_any(
    states=st.lists(st.dictionaries(st.sampled_from(NAMES), st.integers(0, len(TEXTS) - 1)), min_size=2, max_size=5)
)
def test_many_updates_give_the_files_of_a_first_build(
    pool: Mapping, tmp_path_factory: pytest.TempPathFactory, states: list[dict[str, int]]
) -> None:
    kept = tmp_path_factory.mktemp("kept") / "kept"
    for texts in states:
        records = chosen(pool, texts)
        assert exported(records, kept) == exported(records, None)


DAMAGES = {
    "empty": lambda _: b"",
    "cut": lambda sound: sound[:-1],
    "longer": lambda sound: sound + b" ",
    "another": lambda _: b"PK\x03\x04 no such file",
    "changed in the head": lambda sound: sound.replace(b"terms", b"germs"),
    "changed in the midst": lambda sound: sound.replace(b"disk", b"dusk"),
    "of other settings": lambda sound: sound.replace(sound[:9], b"123456789"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_as_good_as_none(pool: Mapping, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    kept, records = tmp_path / "kept", chosen(pool, {"a": 0, "b": 1, "c": 3})
    exported(records, kept)
    sound = kept.read_bytes()
    kept.write_bytes(damage(sound))
    assert kept.read_bytes() != sound
    assert exported(records, kept) == exported(records, None)
    assert kept.read_bytes() == sound


def test_a_few_changes_are_made_again_each_time_and_not_kept(tmp_path: Path) -> None:
    texts = {f"postmortems/{number}.md": TEXTS[number % len(TEXTS)] for number in range(200)}
    root, kept = lay_out(tmp_path / "kb", texts, ""), tmp_path / "kept"

    def changed(*numbers: int) -> bytes:
        for number in numbers:
            (root / f"postmortems/{number}.md").write_text(record("Changed", f"now {number}"))
        records = list(kb.load(root).records.values())
        assert exported(records, kept) == exported(records, None)
        return kept.read_bytes()

    assert changed() == changed(7)
    assert changed() != changed(7, 8, 9)


def test_words_and_facts_of_what_is_gone_are_gone(pool: Mapping, tmp_path: Path) -> None:
    columns(chosen(pool, {"a": 0, "b": 2}), "", tmp_path / "kept")
    records = chosen(pool, {"a": 0})
    left, new = (columns(records, "", kept) for kept in (tmp_path / "kept", None))
    assert left.table.vocabulary == new.table.vocabulary
    assert sorted(left.facts.known) == sorted(new.facts.known)
