"""What a table of an export is: documented columns, rows of plain values, and how its rows are told apart.

A column says what it means where it is made, so there is none without a description. Compromise: what no UTF-8 text can hold
or what ends a text early in some reader, half a surrogate pair and NUL, becomes U+FFFD in every format.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kb.catalogue.catalogue import Catalogue

# Grows when a column goes or changes its meaning, not when one is added.
VERSION = 1

Value = str | int | float | bool | date | None

_UNSAYABLE = re.compile("[\0\ud800-\udfff]")


class Type(StrEnum):
    """What a column holds; any of them may be unknown."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `value` makes its value of what a row is about; `refers` names the table whose first column it points to."""

    name: str
    type: Type
    description: str
    value: Callable[[Any], Value]
    refers: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is declared. `key` are the columns that tell its rows apart; `about` gives what each row is about."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    about: Callable[[Catalogue], Iterable[Any]]

    def fill(self, catalogue: Catalogue) -> "Filled":
        """Return the table with its rows, in the order of their key."""
        rows = (tuple(_plain(column.value(one)) for column in self.columns) for one in self.about(catalogue))
        places = [[column.name for column in self.columns].index(name) for name in self.key]
        return Filled(self, tuple(sorted(rows, key=lambda row: [row[place] for place in places])))


@dataclass(frozen=True, slots=True)
class Filled:
    """A table with its rows: a value a column, None for what is unknown, and never an empty text."""

    table: Table
    rows: tuple[tuple[Value, ...], ...]

    @property
    def name(self) -> str:
        """Its name."""
        return self.table.name

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, in the order of a row's values."""
        return self.table.columns


@dataclass(frozen=True, slots=True)
class Export:
    """What is taken along: some tables, and the day on which ages and due dates were judged."""

    today: date
    tables: tuple[Filled, ...]

    def references(self, table: Filled) -> tuple[tuple[str, str, str], ...]:
        """Return (column, table, its first column) for each column that points to a table of this export."""
        first = {one.name: one.columns[0].name for one in self.tables}
        return tuple((c.name, c.refers, first[c.refers]) for c in table.columns if c.refers in first)


def _plain(value: Value) -> Value:
    return _UNSAYABLE.sub("\ufffd", value) or None if isinstance(value, str) else value
