"""The words of all records as columns of numbers, kept between builds.

A token is a word of a record, or a part of one: the number of its exact term, and its place, which is the number of the
field in `FIELDS` times `SPAN` plus the place of the word in it. What a record says is taken apart once; it is known
again by its path and by the digest of its file, so that a fresh clone finds it too. Compromise: the columns are read and
written whole, about 50 MB for ten thousand records, because that is still quicker than to look for what changed in them.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.records.model import Record
from kb.search.document import fields_of, shown_of
from kb.search.rank import WEIGHTS
from kb.search.terms import stem, words

FIELDS = tuple(WEIGHTS)
# More than the words of any record: a file has at most `kb.records.frontmatter.MAX_BYTES`.
SHIFT = 24
SPAN = 1 << SHIFT

# Raised whenever what is kept, or how text becomes terms, changes.
FORMAT = 1
# Records that may be missing from what is kept. To take them apart again costs less than to write all the others.
FEW = 20

Numbers = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Columns:
    """Tokens of records, one record after another.

    `vocabulary` are exact terms without their mark, in no order, and `stems` theirs; `terms` indexes both. The tokens of
    record n are those from `starts[n]` to `starts[n + 1]`. `shown` is, by record, the text that passages are taken from, as JSON.
    """

    vocabulary: Sequence[str]
    stems: Sequence[str]
    terms: Numbers
    places: Numbers
    starts: NDArray[np.int64]
    shown: Sequence[bytes]


def columns(records: Sequence[Record], settings: str, kept: Path | None) -> Columns:
    """Return the columns of records, in their order; what `kept` holds is used, and brought up to date.

    `settings` stands for all that is not in a record's file and changes what it says. A file that is damaged, or made with
    other settings, is as good as none, and so is one that cannot be written.
    """
    stamp = blake2b(f"{FORMAT}\0{settings}".encode()).hexdigest()
    keys = [f"{record.path}\0{record.digest}" for record in records]
    before, known = _read(kept, stamp) if kept else (_EMPTY, {})
    found = _update(before, [known.get(key) for key in keys], records)
    if kept and len(known.keys() ^ set(keys)) > min(FEW, len(keys) // 100):
        _write(kept, stamp, keys, found)
    return found


_EMPTY = Columns((), (), np.zeros(0, np.uint32), np.zeros(0, np.uint32), np.zeros(1, np.int64), ())


def _update(before: Columns, at: Sequence[int | None], records: Sequence[Record]) -> Columns:
    """Return the columns of records of which record n was at `at[n]` before, None for a new one."""
    numbers = {term: number for number, term in enumerate(before.vocabulary)}
    terms: list[Numbers] = []
    places: list[Numbers] = []
    shown: list[bytes] = []
    for place, record in zip(at, records, strict=True):
        if place is None:
            fields = fields_of(record)
            new = list(_tokens(fields, numbers))
            terms.append(np.array(new[0::2], np.uint32))
            places.append(np.array(new[1::2], np.uint32))
            shown.append(_as_json(shown_of(fields)))
        else:
            span = slice(before.starts[place], before.starts[place + 1])
            terms.append(before.terms[span])
            places.append(before.places[span])
            shown.append(before.shown[place])
    starts = np.cumsum([0, *map(len, terms)])
    vocabulary = tuple(numbers)
    stems = (*before.stems, *map(stem, vocabulary[len(before.stems) :]))
    return Columns(vocabulary, stems, _joined(terms), _joined(places), starts, shown)


def _as_json(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode(errors="replace")


def _joined(parts: Sequence[Numbers]) -> Numbers:
    return np.concatenate(parts) if parts else np.zeros(0, np.uint32)


def _tokens(fields: Mapping[str, str], numbers: dict[str, int]) -> Iterator[int]:
    """Yield the number of each term and its place, by turns; a term that is new gets the next number."""
    for field, name in enumerate(FIELDS):
        for place, word in enumerate(words(fields[name])):
            for exact, _ in word.forms:
                yield numbers.setdefault(exact[1:], len(numbers))
                yield field * SPAN + place


def _read(path: Path, stamp: str) -> tuple[Columns, Mapping[str, int]]:
    try:
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["stamp"]) != stamp:
                return _EMPTY, {}
            keys = kept["keys"].tobytes().decode(errors="surrogatepass").split("\n")
            vocabulary, stems = (kept[name].tobytes().decode().split("\n") for name in ("vocabulary", "stems"))
            shown = kept["shown"].tobytes()
            ends = kept["ends"].tolist()
            found = Columns(
                vocabulary,
                stems,
                kept["terms"],
                kept["places"],
                kept["starts"],
                [shown[first:last] for first, last in zip([0, *ends], ends, strict=False)],
            )
    except Exception:  # Whatever a damaged file makes NumPy raise.
        return _EMPTY, {}
    return found, {key: place for place, key in enumerate(keys)}


def _write(path: Path, stamp: str, keys: Iterable[str], found: Columns) -> None:
    temporary = path.with_name(f"{path.stem}-{os.getpid()}.npz")
    with contextlib.suppress(OSError):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(
                temporary,
                stamp=np.array(stamp),
                keys=_bytes("\n".join(keys)),
                vocabulary=_bytes("\n".join(found.vocabulary)),
                stems=_bytes("\n".join(found.stems)),
                terms=found.terms,
                places=found.places,
                starts=found.starts,
                shown=np.frombuffer(b"".join(found.shown), np.uint8),
                ends=np.cumsum([len(text) for text in found.shown], dtype=np.int64),
            )
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(errors="surrogatepass"), np.uint8)
