"""What all incidents tell, as counts in columns, kept between runs.

To take a record apart costs far more than all that is made of it, so the counts are kept, known again by the path and the
digest of the record's file. Words are numbered in order, so that the same records give the same numbers whatever was kept.
Compromise: what is kept is read and written whole.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from scipy import sparse

from kb import kept
from kb.records.model import Postmortem
from kb.recurrence.told import Told, told
from kb.search.terms import stem

# Raised whenever what is kept, or what a record tells, changes.
FORMAT = 3
# Records that may be missing from what is kept. To take them apart again costs less than to write all the others.
FEW = 20

_PARTS: Mapping[str, Callable[[Told], Mapping[str, int]]] = {
    "words": lambda one: one.words,
    "capitals": lambda one: one.capitals,
    "title": lambda one: dict.fromkeys(one.title, 1),
    "named": lambda one: dict.fromkeys(one.named, 1),
    "facts": lambda one: dict.fromkeys(one.facts, 1),
}


@dataclass(frozen=True, slots=True)
class Tellings:
    """Counts of words and facts: a row for each record, a column for each of `vocabulary`, in order, whose stems are `stems`."""

    vocabulary: Sequence[str]
    stems: Sequence[str]
    words: sparse.csr_array
    capitals: sparse.csr_array
    title: sparse.csr_array
    named: sparse.csr_array
    facts: sparse.csr_array


def tellings(records: Sequence[Postmortem], settings: str, place: Path | None) -> Tellings:
    """Return what records tell, in their order; what `place` keeps is used, and brought up to date.

    `settings` stands for all that is not in a record's file and changes what it says. A record without a digest is not kept.
    """
    stamp = blake2b(f"{FORMAT} {unicodedata.unidata_version} {settings}".encode(errors="replace")).hexdigest()
    keys = [f"{record.path}\0{record.digest}" if record.digest else "" for record in records]
    known, before = _read(place, stamp) if place else ({}, _rows([]))
    missing = [number for number, key in enumerate(keys) if key not in known]
    whole = _stacked(before, _rows([told(records[number]) for number in missing]))
    at = np.array([known.get(key, -1) for key in keys], np.int64)
    at[missing] = before.words.shape[0] + np.arange(len(missing))
    found = _ordered(whole, at)
    if place and len(known.keys() ^ set(keys)) > min(FEW, len(keys) // 100):
        _write(place, stamp, keys, found)
    return found


def _rows(told: Iterable[Told]) -> Tellings:
    numbers: dict[str, int] = {}
    rows = list(told)
    parts = {name: _part([part(one) for one in rows], numbers) for name, part in _PARTS.items()}
    stems = tuple(map(stem, numbers))
    return Tellings(tuple(numbers), stems, **{name: _wide(part, len(numbers)) for name, part in parts.items()})


def _part(rows: Sequence[Mapping[str, int]], numbers: dict[str, int]) -> sparse.csr_array:
    columns = [numbers.setdefault(term, len(numbers)) for row in rows for term in row]
    counts = [count for row in rows for count in row.values()]
    ends = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return sparse.csr_array((np.array(counts, np.int32), np.array(columns, np.int32), ends), (len(rows), len(numbers)))


def _wide(part: sparse.csr_array, columns: int) -> sparse.csr_array:
    return sparse.csr_array((part.data, part.indices, part.indptr), (part.shape[0], columns))


def _stacked(first: Tellings, second: Tellings) -> Tellings:
    numbers = {term: number for number, term in enumerate(first.vocabulary)}
    at = np.array([numbers.setdefault(term, len(numbers)) for term in second.vocabulary], np.int32)

    def stacked(name: str) -> sparse.csr_array:
        above, below = getattr(first, name), getattr(second, name)
        moved = sparse.csr_array((below.data, at[below.indices], below.indptr), (below.shape[0], len(numbers)))
        return sparse.csr_array(sparse.vstack([_wide(above, len(numbers)), moved], format="csr"))

    stems = (*first.stems, *map(stem, list(numbers)[len(first.stems) :]))
    return Tellings(tuple(numbers), stems, **{name: stacked(name) for name in _PARTS})


def _ordered(whole: Tellings, rows: np.ndarray) -> Tellings:
    """Return these rows, and of the terms those that stand in one of them, in order."""
    parts = {name: getattr(whole, name)[rows] for name in _PARTS}
    used = np.zeros(len(whole.vocabulary), bool)
    for part in parts.values():
        used[part.indices] = True
    order = sorted(np.flatnonzero(used).tolist(), key=lambda number: whole.vocabulary[number])
    at = np.zeros(len(whole.vocabulary), np.int32)
    at[order] = np.arange(len(order))

    def moved(part: sparse.csr_array) -> sparse.csr_array:
        found = sparse.csr_array((part.data, at[part.indices], part.indptr), (part.shape[0], len(order)))
        found.sort_indices()
        return found

    texts = (tuple(some[n] for n in order) for some in (whole.vocabulary, whole.stems))
    return Tellings(*texts, **{name: moved(part) for name, part in parts.items()})


def _read(place: Path, stamp: str) -> tuple[Mapping[str, int], Tellings]:
    found = kept.read(place, stamp)
    if found is None:
        return {}, _rows([])
    keys, vocabulary, stems = json.loads(found["texts"].tobytes())
    shape = (len(keys), len(vocabulary))

    def part(name: str) -> sparse.csr_array:
        columns = (found[f"{name}-{what}"] for what in ("counts", "terms", "ends"))
        counts, terms, ends = (column.astype(np.int32) for column in columns)
        return sparse.csr_array((counts, terms, ends), shape)

    # A draft has no key; its row stays unused.
    return {key: n for n, key in enumerate(keys) if key}, Tellings(
        vocabulary, stems, **{name: part(name) for name in _PARTS}
    )


def _write(place: Path, stamp: str, keys: Sequence[str], found: Tellings) -> None:
    columns = {"texts": np.frombuffer(json.dumps([keys, found.vocabulary, found.stems]).encode(), np.uint8)}
    for name in _PARTS:
        part = getattr(found, name)
        columns |= {f"{name}-counts": part.data, f"{name}-terms": part.indices, f"{name}-ends": part.indptr}
    kept.write(place, stamp, columns)
