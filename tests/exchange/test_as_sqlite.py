"""A SQLite database with types, keys and references that hold."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.exchange import as_sqlite
from kb.exchange.table import VERSION, Export
from kb.exchange.tables import TABLES

from .made import FULL, TEXTS, WHOLE, exported, plain, wild

ALL = exported(WHOLE)


@contextmanager
def opened(made: Export) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(as_sqlite.content(made))
        yield database


def test_every_table_has_the_same_rows() -> None:
    with opened(ALL) as database:
        for table in ALL.tables:
            found = database.execute(f'SELECT * FROM "{table.name}" ORDER BY rowid').fetchall()
            wanted = [tuple(v.isoformat() if isinstance(v, date) else v for v in row) for row in table.rows]
            assert found == wanted, table.name


def test_the_database_is_sound_and_every_reference_holds() -> None:
    with opened(ALL) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert len(database.execute('PRAGMA foreign_key_list("links")').fetchall()) == 2


def test_a_second_row_with_the_same_key_is_refused() -> None:
    with opened(ALL) as database:
        for table in TABLES.values():
            copied = f'INSERT INTO "{table.name}" SELECT * FROM "{table.name}" LIMIT 1'
            with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
                database.execute(copied)


def test_tables_are_joined_by_record() -> None:
    asked = (
        "SELECT i.severity, c.value FROM incidents i JOIN causes c USING (record) "
        "JOIN records r ON r.id = i.record WHERE r.day < '2022' AND i.seconds_to_detect > 100"
    )
    with opened(ALL) as database:
        assert database.execute(asked).fetchall() == [("sev1", "misconfiguration")]


def test_a_table_without_records_refers_to_nothing() -> None:
    with opened(exported(WHOLE, "actions")) as database:
        assert database.execute('PRAGMA foreign_key_list("actions")').fetchall() == []
        assert database.execute("SELECT name FROM actions WHERE is_overdue").fetchall() == [(f"{FULL.id}#renew",)]


def test_it_says_what_it_is_and_what_its_columns_mean() -> None:
    with opened(ALL) as database:
        assert dict(database.execute("SELECT * FROM about").fetchall()) == {
            "version": str(VERSION),
            "today": "2026-06-15",
        }
        said = database.execute('SELECT "table", "column", type, description FROM columns').fetchall()
        assert said == [(t.name, c.name, c.type.value, c.description) for t in TABLES.values() for c in t.columns]


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=5))
@example(["\ud800", "a\0b", "\0", "", "=1+1", "'); DROP TABLE records; --", "123"])
def test_any_text_comes_back(texts: list[str]) -> None:
    with opened(wild(*texts)) as database:
        found = database.execute("SELECT title FROM records ORDER BY id").fetchall()
    assert [title for (title,) in found] == [plain(text) for text in texts]


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    assert as_sqlite.content(exported(WHOLE)) == as_sqlite.content(ALL)


def test_a_database_of_ours_is_told_from_another() -> None:
    assert as_sqlite.is_ours(as_sqlite.content(wild())[:100])
    with closing(sqlite3.connect(":memory:")) as other:
        other.execute("CREATE TABLE records (id)")
        assert not as_sqlite.is_ours(other.serialize()[:100])
