"""An export as one SQLite database: tables with types, keys, references and indexes, and what each column means.

Beside the export's own tables it holds `about` (version and day) and `columns` (every column with its type and description).
It is made in memory and written at once, so there is never half a database. Compromise: SQLite knows no days and no truth
values; a day is text as 2025-03-14, and true is 1.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from types import MappingProxyType

from kb.exchange.table import VERSION, Export, Filled, Type, Value

# What tells a database of ours, at the place in its header that SQLite keeps for it ("afac").
_MARK = 0x61666163
_MARK_AT = 68

_TYPES = MappingProxyType(
    {Type.TEXT: "TEXT", Type.INTEGER: "INTEGER", Type.NUMBER: "REAL", Type.BOOLEAN: "INTEGER", Type.DATE: "TEXT"}
)


def content(export: Export) -> bytes:
    """Return the file's content."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute(f"PRAGMA application_id = {_MARK}")
        database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("BEGIN")
        _describe(database, export)
        for table in export.tables:
            database.execute("".join(_made(export, table)))
            _fill(database, table.name, [tuple(map(_said, row)) for row in table.rows], len(table.columns))
            for index in _indexes(export, table):
                database.execute(index)
        database.execute("COMMIT")
        return database.serialize()


def _describe(database: sqlite3.Connection, export: Export) -> None:
    database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT)")
    _fill(database, "about", [("version", str(VERSION)), ("today", export.today.isoformat())], 2)
    database.execute(
        'CREATE TABLE columns ("table" TEXT, "column" TEXT, type TEXT, description TEXT, PRIMARY KEY ("table", "column"))'
    )
    said = [(table.name, c.name, c.type.value, c.description) for table in export.tables for c in table.columns]
    _fill(database, "columns", said, 4)


def _made(export: Export, table: Filled) -> Iterator[str]:
    yield f'CREATE TABLE "{table.name}" ('
    for column in table.columns:
        needed = " NOT NULL" if column.name in table.table.key else ""
        yield f'\n  "{column.name}" {_TYPES[column.type]}{needed},'
    yield f"\n  PRIMARY KEY ({_names(*table.table.key)})"
    for name, other, first in export.references(table):
        yield f',\n  FOREIGN KEY ("{name}") REFERENCES "{other}" ("{first}")'
    yield "\n)"


def _indexes(export: Export, table: Filled) -> Iterator[str]:
    """Yield an index for each column that is joined or searched by and does not begin the key."""
    joined = [name for name, _, _ in export.references(table)]
    for name in dict.fromkeys((*joined, *table.table.key)):
        if name != table.table.key[0] and name != "number":
            yield f'CREATE INDEX "{table.name}_{name}" ON "{table.name}" ("{name}")'


def _fill(database: sqlite3.Connection, name: str, rows: Sequence[tuple[Value, ...]], width: int) -> None:
    # Names are our own, and values are bound.
    database.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * width)})', rows)  # noqa: S608


def _names(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _said(value: Value) -> Value:
    return value.isoformat() if isinstance(value, date) else value


def is_ours(beginning: bytes) -> bool:
    """Tell whether a file that begins so, with 100 bytes or more, is an export of ours."""
    return beginning.startswith(b"SQLite format 3\0") and beginning[_MARK_AT : _MARK_AT + 4] == _MARK.to_bytes(4)
