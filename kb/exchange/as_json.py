"""An export as one JSON object: its version, its day, and each table with its columns and a line a row.

Compromise: each row names its columns again, which takes a few times the room and spares the reader to count.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from kb.exchange.table import VERSION, Export, Filled, Value

# What a file of ours begins with.
_MARK = '{\n"format": "afteraction-export"'


def content(export: Export) -> bytes:
    """Return the file's content, in UTF-8, ended by a line end."""
    tables = ",\n".join(f'"{table.name}": {{\n{"".join(_table(table))}}}' for table in export.tables)
    head = f'{_MARK},\n"version": {VERSION},\n"today": "{export.today}",\n"tables": {{\n'
    return f"{head}{tables}\n}}\n}}\n".encode()


def _table(table: Filled) -> Iterator[str]:
    columns = [{"name": c.name, "type": c.type.value, "description": c.description} for c in table.columns]
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, map(_said, row), strict=True)) for row in table.rows]
    yield f'"description": {_json(table.table.description)},\n'
    yield f'"key": {_json(table.table.key)},\n'
    yield f'"columns": {_lines(columns)},\n'
    yield f'"rows": {_lines(rows)}\n'


def _lines(entries: list[dict[str, Any]]) -> str:
    return "[" + ",".join(f"\n{_json(entry)}" for entry in entries) + "]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _said(value: Value) -> str | int | float | bool | None:
    return value.isoformat() if isinstance(value, date) else value


def is_ours(beginning: bytes) -> bool:
    """Tell whether a file that begins so is an export of ours."""
    return beginning.startswith(_MARK.encode())
