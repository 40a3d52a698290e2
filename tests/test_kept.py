"""A file of columns: what was written is read again, and what was not written so is not read at all."""

from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from search.made import for_any

from kb import kept
from kb.search.site.numbers import Numbers

SOME = {"few": np.arange(5, dtype=np.int32), "none": np.zeros(0, np.int32), "large": np.array([1 << 40, 7])}


def same(found: Mapping[str, Numbers] | None, written: Mapping[str, Numbers]) -> bool:
    return found is not None and {name: one.tolist() for name, one in found.items()} == {
        name: one.tolist() for name, one in written.items()
    }


@for_any(columns=st.dictionaries(st.text(), st.lists(st.integers(0, (1 << 63) - 1), max_size=9), max_size=5))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, columns: dict[str, list[int]]) -> None:
    path, written = tmp_path_factory.mktemp("kept") / "kept", {n: np.array(c, np.int64) for n, c in columns.items()}
    kept.write(path, "stamp", written)
    assert same(kept.read(path, "stamp"), written)


def test_each_number_lies_at_a_multiple_of_its_size(tmp_path: Path) -> None:
    for stamp in ("", "stamp", "longer stamp"):
        kept.write(tmp_path / "kept", stamp, SOME)
        found = kept.read(tmp_path / "kept", stamp)
        assert same(found, SOME)
        assert all(column.flags.aligned for column in (found or {}).values())


def test_a_file_with_any_byte_changed_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    kept.write(path, "stamp", SOME)
    sound = path.read_bytes()
    for place in range(len(sound)):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        assert kept.read(path, "stamp") is None, place


def test_a_file_that_is_cut_or_goes_on_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    kept.write(path, "stamp", SOME)
    sound = path.read_bytes()
    for other in (*(sound[:size] for size in range(len(sound))), sound + b"\0", sound + sound):
        path.write_bytes(other)
        assert kept.read(path, "stamp") is None, len(other)


@pytest.mark.parametrize("stamp", ["", "stam", "stamp ", "other"])
def test_a_file_of_another_stamp_is_not_read(tmp_path: Path, stamp: str) -> None:
    kept.write(tmp_path / "kept", "stamp", SOME)
    assert kept.read(tmp_path / "kept", stamp) is None


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to(path), lambda path: None])
def test_what_is_no_file_is_not_read(tmp_path: Path, make: Callable[[Path], Any]) -> None:
    make(tmp_path / "kept")
    assert kept.read(tmp_path / "kept", "stamp") is None


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.mkdir()
    kept.write(path, "stamp", SOME)
    assert [*tmp_path.iterdir()] == [path]


def written_often(path: Path, number: int) -> None:
    for _ in range(50):
        kept.write(path, "stamp", {"all": np.full(100_000, number)})


def test_two_that_write_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    written_often(path, 0)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        both = [pool.submit(written_often, path, number) for number in (1, 2)]
        while not all(one.done() for one in both):
            found = kept.read(path, "stamp")
            assert found is not None
            assert set(np.unique(found["all"]).tolist()) < {0, 1, 2}
    assert [one.result() for one in both] == [None, None]
    assert [*tmp_path.iterdir()] == [path]
