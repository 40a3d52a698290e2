"""What is known of the records without asking Whoosh: what a list of results shows, and how long each field is.

It is kept as columns, one entry a record, in one JSON file that is read whole: a few long lists are read several times as
fast as ten thousand small objects, and a `Document` is put together only where one is asked for. Columns of numbers are
their bytes in base64, since JSON's numbers take twice as long as all its texts. Compromise: nobody reads the file by eye.
"""

import json
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import chain
from pathlib import Path
from typing import Any

from kb.search.document import FACETS, OTHERS, Document
from kb.search.rank import WEIGHTS

# A record as it is shown, and the number of its terms by field.
Known = tuple[Document, Mapping[str, int]]

_GONE: Known = (Document("", "", "", "", "", {}), dict.fromkeys(WEIGHTS, 0))


@dataclass(frozen=True, slots=True)
class Facet:
    """One fact of all records: `which[n]` says where in `values` that of record n stands, 0 where it has none."""

    values: Sequence[Mapping[str, str]]
    which: Sequence[int]


@dataclass(frozen=True, slots=True)
class Records:
    """Records by their number. One that is gone and still counted has no path.

    `facts` leaves out the id of a record where it is as the record has it and the record has no other: ten thousand such facts
    took as long to read as all else.
    """

    paths: Sequence[str]
    ids: Sequence[str]
    kinds: Sequence[str]
    titles: Sequence[str]
    days: Sequence[str]
    facts: Mapping[str, Facet]
    lengths: Mapping[str, Sequence[int]]

    def document(self, number: int) -> Document:
        """Return what is shown of a record."""
        facts = {name: one.values[place] for name, one in self.facts.items() if (place := one.which[number])}
        facts.setdefault("id", _only(self.ids[number]))
        return Document(
            self.paths[number], self.ids[number], self.kinds[number], self.titles[number], self.days[number], facts
        )

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of the records that are there."""
        return (number for number, path in enumerate(self.paths) if path)

    def by_path(self) -> dict[str, Known]:
        """Return all that is known of the records that are there."""
        return {
            self.paths[n]: (self.document(n), {name: known[n] for name, known in self.lengths.items()})
            for n in self.numbers()
        }


def records_of(known: Sequence[Known | None]) -> Records:
    """Return the columns of records by their number, None for one that is gone."""
    rows = [one or _GONE for one in known]
    shown = [one for one, _ in rows]
    return Records(
        [one.path for one in shown],
        [one.id for one in shown],
        [one.kind for one in shown],
        [one.title for one in shown],
        [one.day for one in shown],
        {name: _facet([_kept(one, name) for one in shown]) for name in (*FACETS, *OTHERS)},
        {name: array("I", (lengths[name] for _, lengths in rows)) for name in WEIGHTS},
    )


def _only(record_id: str) -> Mapping[str, str]:
    return {record_id: record_id}


def _kept(document: Document, name: str) -> Mapping[str, str]:
    found = document.facts.get(name, {})
    return {} if name == "id" and found == _only(document.id) else found


def _facet(found: Sequence[Mapping[str, str]]) -> Facet:
    # The first of the values is none at all.
    places: dict[tuple[tuple[str, str], ...], int] = {(): 0}
    which = array("I", (places.setdefault(tuple(one.items()), len(places)) for one in found))
    return Facet([dict(items) for items in places], which)


@dataclass(frozen=True, slots=True)
class State:
    """What an index was made from, and what it knows: `files` are the signatures of all files that may be records, `parts` those
    of Whoosh's own."""

    format: int
    config: str
    files: Mapping[str, str]
    records: Records = field(default_factory=lambda: records_of(()))
    parts: Mapping[str, str] = field(default_factory=dict)


def read_state(path: Path, format_: int, config: str) -> State | None:
    """Read a state; None where it is of another format or configuration.

    Raises:
        Exception: it is damaged; which one depends on the damage.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    if (data["format"], data["config"]) != (format_, config):
        return None
    return State(format_, config, dict(data["files"]), _records(data["records"]), dict(data["parts"]))


def _records(data: Mapping[str, Any]) -> Records:
    facts = {
        name: Facet(data["facts"][name]["values"], _numbers(data["facts"][name]["which"]))
        for name in (*FACETS, *OTHERS)
    }
    lengths = {name: _numbers(data["lengths"][name]) for name in WEIGHTS}
    records = Records(**{**data, "facts": facts, "lengths": lengths})
    texts = (records.paths, records.ids, records.kinds, records.titles, records.days)
    columns = chain(texts, (facet.which for facet in facts.values()), lengths.values())
    if {len(column) for column in columns} != {len(records.paths)}:
        raise ValueError("the columns are not equally long")
    if any(max(facet.which, default=0) >= len(facet.values) for facet in facts.values()):
        raise ValueError("a fact is missing")
    return records


def _numbers(text: str) -> Sequence[int]:
    return array("I", b64decode(text))


def write_state(path: Path, state: State) -> None:
    """Write a state at once: whoever reads it meanwhile finds the last one or none."""
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(state, default=_plain), encoding="utf-8")
    temporary.replace(path)


def _plain(value: Any) -> Any:
    """Return what JSON does not know as it is written."""
    if isinstance(value, array):
        return b64encode(value.tobytes()).decode()
    return {one.name: getattr(value, one.name) for one in fields(value)}
