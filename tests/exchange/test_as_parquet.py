"""Parquet with typed and described columns. PyArrow and DuckDB read it here."""

import io
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import kb
from kb.exchange import as_parquet
from kb.exchange.table import Filled

from .made import FULL, TEXTS, WHOLE, exported, plain, rows, wild

ALL = exported(WHOLE)


def table(name: str) -> Filled:
    [found] = [one for one in ALL.tables if one.name == name]
    return found


def test_every_table_is_read_by_duckdb_with_the_same_rows(tmp_path: Path) -> None:
    for one in ALL.tables:
        path = tmp_path / f"{one.name}.parquet"
        path.write_bytes(as_parquet.content(one, ALL))
        found = duckdb.sql(f"select * from '{path}'")
        assert found.columns == [column.name for column in one.columns]
        assert tuple(found.fetchall()) == one.rows, one.name


def test_columns_have_types_that_can_be_counted_with(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(as_parquet.content(table("actions"), ALL))
    asked = f"select name, age + 1, due + 1, is_open from '{tmp_path}/a.parquet' where due > date '2026-01-01'"
    assert duckdb.sql(asked).fetchall() == [(f"{FULL.id}#renew", 1932, date(2026, 6, 2), True)]


def test_times_can_be_made_points_in_time(tmp_path: Path) -> None:
    (tmp_path / "i.parquet").write_bytes(as_parquet.content(table("incidents"), ALL))
    asked = f"select epoch(started::timestamptz) from '{tmp_path}/i.parquet' where record = '{FULL.id}'"
    assert duckdb.sql(asked).fetchall() == [(1_614_585_600.0,)]


def test_columns_carry_their_descriptions_and_the_file_its_day() -> None:
    schema = parquet.read_schema(io.BytesIO(as_parquet.content(table("repeats"), ALL)))
    assert schema.field("later").metadata[b"description"] == b"Id of the incident that came back."
    assert schema.metadata[b"afteraction.today"] == b"2026-06-15"


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=5))
@example(["\ud800", "a\0b", "\0", "", "=1+1"])
def test_any_text_comes_back(texts: list[str]) -> None:
    made = wild(*texts)
    found = parquet.read_table(io.BytesIO(as_parquet.content(made.tables[0], made)))
    assert found.column("title").to_pylist() == [plain(text) for text in texts]


def test_an_empty_table_keeps_its_columns() -> None:
    empty = wild()
    found = parquet.read_table(io.BytesIO(as_parquet.content(empty.tables[-1], empty)))
    assert (found.num_rows, found.column_names) == (0, ["later", "earlier", "days"])


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    assert as_parquet.content(table("actions"), ALL) == as_parquet.content(table("actions"), exported(WHOLE))
    assert rows(ALL, "actions")


def test_without_pyarrow_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(kb.KbError, match="not installed") as refused:
        as_parquet.content(table("links"), ALL)
    assert "afteraction[parquet]" in refused.value.hint
