"""Numbers as text: small ones short, none lost, nothing in it that a script would have to escape."""

import json

import numpy as np
import pytest
from hypothesis import strategies as st

from kb.search.site.numbers import ONE, Listed, encoded, encoded_rows
from search.made import for_any

from .unpacked import numbers


@for_any(values=st.lists(st.one_of(st.integers(0, 300), st.integers(0, 100_000_000)), max_size=50))
def test_what_is_written_is_read_again(values: list[int]) -> None:
    assert numbers(encoded(np.array(values, np.int64))) == values


@for_any(rows=st.lists(st.lists(st.integers(0, 5000), max_size=5), max_size=8))
def test_rows_stay_apart(rows: list[list[int]]) -> None:
    ends = np.cumsum([len(row) for row in rows], dtype=np.int64)
    listed = Listed(np.array([value for row in rows for value in row], np.int64), ends)
    assert [numbers(text) for text in encoded_rows(listed)] == rows


def test_nothing_needs_to_be_escaped_in_a_script() -> None:
    text = encoded(np.arange(0, 2_000_000, 7))
    assert json.dumps(text, ensure_ascii=False) == f'"{text}"'


def test_a_number_that_is_too_large_stops_no_build() -> None:
    assert encoded(np.array([108_000_000])).encode(errors="replace") == b"?("


@pytest.mark.parametrize(("number", "size"), [(0, 1), (50, 1), (86, 1), (87, 2), (ONE - 1, 2), (ONE, 3), (10_000, 3)])
def test_a_small_number_takes_few_bytes(number: int, size: int) -> None:
    assert len(encoded(np.array([number])).encode()) == size
