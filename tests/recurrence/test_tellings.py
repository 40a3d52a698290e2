"""Counts in columns: what is kept between runs changes how long it takes and nothing else."""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from kb.records.model import Postmortem
from kb.recurrence import tellings as module
from kb.recurrence.tellings import Tellings, tellings
from kb.recurrence.told import told

from .made import few, incident

TEXTS = (
    "",
    "Disk full",
    "the Disk of GitHub was full",
    "電源断 データ",
    "breaker breaker generator",
    "a:b `code` x.y-z",
)
PARTS = ("words", "capitals", "title", "named", "facts")


def filed(name: str, text: str, **fields: Any) -> Postmortem:
    """Return an incident as it is read from a file."""
    digest = blake2b(repr((text, fields)).encode()).hexdigest()
    return incident(name, text, title=text, path=f"postmortems/{name}.md", digest=digest, **fields)


def said(found: Tellings) -> tuple[Any, ...]:
    """Return all of it as plain values."""
    return (tuple(found.vocabulary), *(getattr(found, part).toarray().tolist() for part in PARTS))


def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the id of each record is added that is taken apart."""
    ids: list[str] = []

    def noted(record: Postmortem) -> Any:
        ids.append(record.id)
        return told(record)

    monkeypatch.setattr(module, "told", noted)
    return ids


def test_each_record_is_a_row_with_its_counts_in_the_order_given() -> None:
    records = [filed("b", TEXTS[2], causes=["hardware"], services=["queue"]), filed("a", TEXTS[4]), filed("c", "")]
    found = tellings(records, "", None)
    assert list(found.vocabulary) == sorted(found.vocabulary)
    for row, record in enumerate(records):
        expected = told(record)
        for part in PARTS:
            counts = getattr(expected, part)
            counts = counts if isinstance(counts, dict) else dict.fromkeys(counts, 1)
            columns = getattr(found, part)[[row]].tocoo()
            assert {
                found.vocabulary[n]: int(count) for n, count in zip(columns.col, columns.data, strict=True)
            } == counts, part


def test_nothing_tells_nothing() -> None:
    found = tellings([], "", None)
    assert list(found.vocabulary) == []
    assert [getattr(found, part).shape for part in PARTS] == [(0, 0)] * len(PARTS)


def test_the_columns_hold_no_word_of_a_record_that_is_gone(tmp_path: Path) -> None:
    both = [filed("a", "breaker"), filed("b", "generator")]
    assert tuple(tellings(both, "", tmp_path / "kept").vocabulary) == ("breaker", "generator")
    assert tuple(tellings(both[:1], "", tmp_path / "kept").vocabulary) == ("breaker",)
    assert tuple(tellings(both[1:], "", tmp_path / "kept").vocabulary) == ("generator",)


STEP = st.tuples(
    st.dictionaries(st.sampled_from("abcde"), st.integers(0, len(TEXTS) - 1)),
    st.integers(-1, len(TEXTS) - 1),
    st.sampled_from(["", "", "", "cut", "turned", "gone", "folder"]),
    st.sampled_from(["one", "one", "one", "other"]),
)


def damage(place: Path, how: str) -> None:
    if place.is_dir():
        place.rmdir()
    content = place.read_bytes() if place.exists() else b""
    match how:
        case "cut":
            place.write_bytes(content[: len(content) // 2])
        case "turned":
            place.write_bytes(content[:-40] + bytes([content[-40] ^ 1]) + content[-39:] if len(content) > 40 else b"x")
        case "gone":
            place.unlink(missing_ok=True)
        case "folder":
            place.unlink(missing_ok=True)
            place.mkdir()


@few(150, steps=st.lists(STEP, min_size=2, max_size=6))
def test_what_was_kept_never_shows(tmp_path_factory: pytest.TempPathFactory, steps: Sequence[Any]) -> None:
    """Records come, change and go; a draft comes and goes; the file is damaged; the settings change and change back."""
    place = tmp_path_factory.mktemp("kept") / "kept"
    for texts, draft, how, settings in steps:
        damage(place, how)
        records = [filed(name, TEXTS[number]) for name, number in sorted(texts.items())]
        records += [incident("draft", TEXTS[draft])] if draft >= 0 else []
        assert said(tellings(records, settings, place)) == said(tellings(records, settings, None))


def test_only_what_changed_is_taken_apart_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = looked_at(monkeypatch)
    records = [filed(name, f"text of {name}") for name in "abcd"]
    for changed, expected in [("", "abcd"), ("", ""), ("c", "c"), ("", "")]:
        ids.clear()
        records = [filed(one.id, "changed") if one.id == changed else one for one in records]
        tellings(records, "", tmp_path / "kept")
        assert "".join(ids) == expected


def test_other_settings_take_all_apart_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = looked_at(monkeypatch)
    for settings, expected in [("one", "ab"), ("other", "ab"), ("other", "")]:
        ids.clear()
        tellings([filed("a", "x"), filed("b", "y")], settings, tmp_path / "kept")
        assert "".join(ids) == expected


def test_a_file_is_known_by_its_path_and_what_is_in_it(tmp_path: Path) -> None:
    """A file without a title is called by its name, so two of the same bytes are two records."""
    one, other = (incident(name, "", title=name, path=f"{name}.md", digest="same") for name in ("breaker", "generator"))
    for records in ([one], [other], [one, other], [other, one]):
        assert said(tellings(records, "", tmp_path / "kept")) == said(tellings(records, "", None))


def test_a_draft_is_never_kept(tmp_path: Path) -> None:
    kept = [filed("a", "generator")]
    for text in ("breaker", "battery", "voltage"):
        found = tellings([*kept, incident("draft", text)], "", tmp_path / "kept")
        assert tuple(found.vocabulary) == tuple(sorted(("generator", text)))
        assert found.words.sum(axis=1).tolist() == [2, 1]


def test_several_records_without_a_digest_stay_what_they_are(tmp_path: Path) -> None:
    for more in ("breaker", "voltage"):
        records = [filed("a", "generator"), incident("b", more), incident("c", "battery"), filed(f"d-{more}", more)]
        assert said(tellings(records, "", tmp_path / "kept")) == said(tellings(records, "", None))


def test_a_few_changes_of_many_records_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, records = tmp_path / "kept", [filed(f"r{n:03}", f"word{n}") for n in range(400)]
    tellings(records, "", place)
    before = place.read_bytes()
    assert said(tellings([*records[1:], filed("new", "another")], "", place)) == said(
        tellings([*records[1:], filed("new", "another")], "", None)
    )
    assert place.read_bytes() == before
    tellings([*records[10:], filed("new", "another")], "", place)
    assert place.read_bytes() != before


def test_where_nothing_can_be_written_all_is_told_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    records = [filed("a", "generator")]
    for _ in range(2):
        assert said(tellings(records, "", tmp_path / "file" / "kept")) == said(tellings(records, "", None))


def test_a_count_is_a_whole_number_from_0_on(tmp_path: Path) -> None:
    records = [incident("a", "pasted " * 4_000, path="a", digest="a"), filed("b", "")]
    for place in (None, tmp_path / "kept", tmp_path / "kept"):
        assert np.asarray(tellings(records, "", place).words.sum(axis=1)).tolist() == [4_000, 0]
