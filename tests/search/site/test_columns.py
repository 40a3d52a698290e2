"""The words of records as columns: taken apart once, known again by their content, never trusted when damaged."""

import json
from pathlib import Path

import pytest
from knowledge_base import lay_out

import kb
from kb.search.site import apart as module
from kb.search.site.columns import Columns, columns
from kb.search.site.table import FIELDS
from search.made import record

TWO = {"postmortems/a.md": record("The disk was full", "A full disk."), "postmortems/b.md": record("Slow", "日本")}


def loaded(tmp_path: Path, files: dict[str, str]) -> list[kb.Record]:
    return list(kb.load(lay_out(tmp_path / "kb", files, "")).records.values())


def said(found: Columns) -> list[list[tuple[str, str, int]]]:
    """Return by record its exact terms, the fields they stand in, and how often."""
    records: list[list[tuple[str, str, int]]] = [[] for _ in found.shown]
    for term, number, use in zip(found.table.terms, found.table.records, found.table.uses, strict=True):
        records[number].append((found.table.vocabulary[term], FIELDS[use % len(FIELDS)], 1 + use // len(FIELDS)))
    return records


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the records that are taken apart."""
    seen: list[str] = []
    real = module.fields_of
    monkeypatch.setattr(module, "fields_of", lambda one: seen.append(one.title) or real(one))
    return seen


def test_each_word_stands_in_its_field(tmp_path: Path) -> None:
    found = columns(loaded(tmp_path, {"postmortems/a.md": TWO["postmortems/a.md"]}), "", None)
    assert said(found) == [[("disk", "title", 1), ("disk", "prose", 1), ("full", "title", 1), ("full", "prose", 1)]]
    assert found.lengths.tolist() == [[4, 0, 0, 0, 0, 4]]
    assert json.loads(bytes(found.shown[0])) == "A full disk."


def test_what_is_kept_is_not_taken_apart_again(tmp_path: Path, counted: list[str]) -> None:
    records, kept = loaded(tmp_path, TWO), tmp_path / "deep/kept.npz"
    first = columns(records, "", kept)
    assert sorted(counted) == ["Slow", "The disk was full"]
    again = columns(records, "", kept)
    assert len(counted) == 2
    assert said(again) == said(first)
    assert list(again.shown) == list(first.shown)


def test_only_what_changed_is_taken_apart_again(tmp_path: Path, counted: list[str]) -> None:
    kept = tmp_path / "kept.npz"
    columns(loaded(tmp_path, TWO), "", kept)
    counted.clear()
    changed = {**TWO, "postmortems/b.md": record("Slower", "日本"), "postmortems/0.md": record("New")}
    records = loaded(tmp_path, changed)
    found = columns(records, "", kept)
    assert sorted(counted) == ["New", "Slower"]
    assert said(found) == said(columns(records, "", None))


def test_a_record_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "kept.npz"
    columns(loaded(tmp_path, TWO), "", kept)
    (tmp_path / "kb/postmortems/a.md").unlink()
    records = list(kb.load(tmp_path / "kb").records.values())
    assert said(columns(records, "", kept)) == said(columns(records, "", None))


def test_another_order_takes_everything_apart_again(tmp_path: Path) -> None:
    records, kept = loaded(tmp_path, TWO), tmp_path / "kept.npz"
    columns(records, "", kept)
    for _ in range(2):
        assert said(columns(records[::-1], "", kept)) == said(columns(records[::-1], "", None))


def test_other_settings_take_everything_apart_again(tmp_path: Path, counted: list[str]) -> None:
    records, kept = loaded(tmp_path, TWO), tmp_path / "kept.npz"
    columns(records, "one", kept)
    columns(records, "two", kept)
    assert len(counted) == 4


@pytest.mark.parametrize("damage", [b"", b"no archive", None], ids=["empty", "other", "cut"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: bytes | None) -> None:
    records, kept = loaded(tmp_path, TWO), tmp_path / "kept.npz"
    sound = columns(records, "", kept)
    kept.write_bytes(kept.read_bytes()[:-200] if damage is None else damage)
    assert said(columns(records, "", kept)) == said(sound)
    assert said(columns(records, "", kept)) == said(sound)


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    records = loaded(tmp_path, TWO)
    assert len(said(columns(records, "", tmp_path / "file/kept.npz"))) == 2
    assert list(tmp_path.glob("*.npz")) == []


def test_no_records_have_no_words(tmp_path: Path) -> None:
    for _ in range(2):
        assert said(columns([], "", tmp_path / "kept.npz")) == []
