"""How columns are made: from a field of a record, with the field's own description, or from what follows from several.

Compromise: a time takes three columns, because one that held a day now and a time then could be neither sorted nor trusted.
"""

from collections.abc import Callable
from datetime import timedelta
from operator import attrgetter
from typing import Any

from kb.exchange.table import Column, Type
from kb.records.model import Part
from kb.records.time import Moment

NUMBER = Column("number", Type.INTEGER, "Its place in the record, from 1.", attrgetter("number"))


def fields(part: type[Part], names: str, kind: Type = Type.TEXT, *, within: str = "", prefix: str = "") -> list[Column]:
    """Return a column for each of a part's fields; `within` is where the part is found in what a row is about."""
    return [_field(part, name, kind, within, prefix) for name in names.split()]


def _field(part: type[Part], name: str, kind: Type, within: str, prefix: str) -> Column:
    def value(about: Any) -> Any:
        return getattr(getattr(about, within) if within else about, name, None)

    return Column(f"{prefix}{name}", kind, part.model_fields[name].description or "", value)


def time(part: type[Part], name: str, *, within: str = "") -> list[Column]:
    """Return the columns of a time: in UTC, whether it is exact, and as it is written."""
    [said] = fields(part, name, within=within)

    def of(known: Callable[[Moment], Any]) -> Callable[[Any], Any]:
        def value(about: Any) -> Any:
            moment: Any = said.value(about)
            return None if moment is None else known(moment)

        return value

    described = f"{said.description} ISO 8601 in UTC; the day alone where no more is known."
    return [
        Column(name, Type.TEXT, described, of(_utc)),
        Column(
            f"{name}_exact", Type.BOOLEAN, f"Whether `{name}` is known to the time of day.", of(attrgetter("exact"))
        ),
        Column(f"{name}_written", Type.TEXT, f"`{name}` with the offset that was written.", of(str)),
    ]


def _utc(moment: Moment) -> str:
    return str(Moment(moment.utc)) if moment.exact else str(moment)


def seconds(name: str, end: str) -> Column:
    """Return the column of the span from an incident's start to another of its times."""
    said = f"Seconds from `started` to `{end}`; empty unless both are known to the time of day and in this order."
    return Column(name, Type.NUMBER, said, lambda incident: _between(incident.started, getattr(incident, end)))


def _between(start: Moment | None, end: Moment | None) -> float | None:
    span = end.since(start) if start and end else None
    return span.total_seconds() if span is not None and span >= timedelta() else None


def counted(name: str, field: str, said: str) -> Column:
    """Return the column that counts the entries of a field. A record that has none may just not say, so it gives no 0."""
    return Column(
        name, Type.INTEGER, f"{said}; empty where it names none.", lambda about: len(getattr(about, field)) or None
    )


def counted_as(name: str, field: str, part: str, word: str) -> Column:
    """Return the column that counts the entries of a field of which one part says a word; one that says nothing is unknown."""

    def value(about: Any) -> int | None:
        known = [said for entry in getattr(about, field) if (said := getattr(entry, part))]
        return known.count(word) if known else None

    described = f"How many of the `{field}` have the {part} {word}; empty where none has a {part}."
    return Column(name, Type.INTEGER, described, value)


def names(name: str, description: str, of: str = "") -> Column:
    """Return a column that names a record; `of` is where its id is found unless under the column's name."""
    return Column(name, Type.TEXT, description, attrgetter(of or name), "records")


def record() -> Column:
    """Return the column that names the record that holds what a row is about."""
    return names("record", "Id of the record.")
