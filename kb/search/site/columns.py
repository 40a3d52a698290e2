"""What records say, taken apart once and kept between builds.

A record is known again by its path and by the digest of its file, so that a fresh clone finds it too. What is gone is taken
out of what was kept, and what is new is put in, so that the columns are those of a first build. Compromise: the first few
records that change are taken apart again with each build, because to write all columns would take longer.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from unicodedata import unidata_version

import numpy as np

from kb import kept
from kb.records.model import Record
from kb.search.site import facts, table
from kb.search.site.apart import apart
from kb.search.site.facts import Facts
from kb.search.site.numbers import Numbers
from kb.search.site.table import FIELDS, Table

# Raised whenever what is kept, or how records become terms and facts, changes.
FORMAT = 2
# Records that may be missing from what is kept. To take them apart again costs less than to write all the others.
FEW = 20


@dataclass(frozen=True, slots=True)
class Columns:
    """What records say.

    By record: `lengths`, how many terms each field has; `shown`, the text that passages are taken from, as JSON.
    """

    table: Table
    facts: Facts
    lengths: Numbers
    shown: Sequence[bytes | memoryview]


_EMPTY = Columns(table.EMPTY, facts.EMPTY, np.zeros((0, len(FIELDS)), np.int32), ())


def columns(records: Sequence[Record], settings: str, path: Path | None) -> Columns:
    """Return the columns of records, by their order; what is kept at a path is used, and brought up to date.

    `settings` stands for all that is not in a record's file and changes what it says. A file that is damaged, or made with
    other settings, is as good as none, and so is one that cannot be written.
    """
    stamp = blake2b(f"{FORMAT}\0{unidata_version}\0{settings}".encode()).hexdigest()
    keys = [f"{record.path}\0{record.digest}" for record in records]
    before, known = _read(path, stamp) if path else (_EMPTY, ())
    now = _places(known, keys)
    # `table` merges what is in order. No change of a record changes the order of others.
    if (np.diff(now[now >= 0]) < 0).any():
        before, known, now = _EMPTY, (), now[:0]
    found = _updated(before, now, records)
    if path and len({*known} ^ {*keys}) > min(FEW, len(keys) // 100):
        kept.write(path, stamp, _packed(keys, found))
    return found


def _places(known: Sequence[str], keys: Sequence[str]) -> Numbers:
    """Return the number that each known record has now, -1 if it is gone."""
    at = {key: number for number, key in enumerate(keys)}
    return np.array([at.get(key, -1) for key in known], np.int32)


def _updated(before: Columns, now: Numbers, records: Sequence[Record]) -> Columns:
    """Return the columns of records, of which the one at `now[n]` was at n before."""
    stays = now >= 0
    at = np.full(len(records), -1)
    at[now[stays]] = np.flatnonzero(stays)
    missing = np.flatnonzero(at < 0)
    new = apart({number: records[number] for number in missing.tolist()}, before.table.vocabulary, before.facts.known)
    lengths = np.zeros((len(records), len(FIELDS)), np.int32)
    lengths[now[stays]] = before.lengths[stays]
    lengths[missing] = new.lengths
    others = iter(new.shown)
    shown = [next(others) if place < 0 else before.shown[place] for place in at.tolist()]
    return Columns(
        table.updated(before.table, now, new.tokens), facts.updated(before.facts, now, new.facts), lengths, shown
    )


def _packed(keys: Sequence[str], found: Columns) -> Mapping[str, Numbers]:
    return {
        "texts": _bytes(json.dumps([keys, found.table.vocabulary, found.table.stems, found.facts.known]).encode()),
        "shown": _bytes(b"".join(found.shown)),
        "ends": np.cumsum([len(text) for text in found.shown], dtype=np.int64),
        "lengths": found.lengths.ravel(),
        "terms": found.table.terms,
        "records": found.table.records,
        "uses": found.table.uses,
        "gaps": found.table.gaps,
        "facts": found.facts.numbers,
        "holders": found.facts.records,
    }


def _read(path: Path, stamp: str) -> tuple[Columns, Sequence[str]]:
    """Return what is kept, and the keys of its records."""
    found = kept.read(path, stamp)
    if found is None:
        return _EMPTY, ()
    keys, vocabulary, stems, known = json.loads(found["texts"].tobytes())
    shown, ends = found["shown"].data, found["ends"].tolist()
    return Columns(
        Table(vocabulary, stems, *(found[name] for name in ("terms", "records", "uses", "gaps"))),
        Facts([(name, key, value) for name, key, value in known], found["facts"], found["holders"]),
        found["lengths"].reshape(-1, len(FIELDS)),
        [shown[first:last] for first, last in pairwise([0, *ends])],
    ), keys


def _bytes(text: bytes) -> Numbers:
    return np.frombuffer(text, np.uint8)
