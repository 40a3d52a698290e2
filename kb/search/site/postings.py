"""Tokens -> postings, places and words, as the parts of the index that hold them.

Postings are kept by stem: for each of its records how often each of its exact terms stands in each field, from which
follows how often the stem does. Everything is done on whole columns at once. Compromise: the columns are sorted anew with each
build, since ten thousand records are sorted in half a second.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.search.site.columns import FIELDS, SHIFT, SPAN, Columns
from kb.search.site.numbers import Listed, Numbers, encoded_rows

# Bytes after which a part with postings, or with words, is closed. A list is never cut.
POSTINGS, WORDS = 8_000, 24_000

# Name of a part, the word that it begins with, "" where it is none of a range, and its data.
Part = tuple[str, str, Any]


def posting_parts(found: Columns, total: int) -> Iterator[Part]:
    """Yield the postings and the places of the stems, in parts that begin with the same stems."""
    names, groups, rank = _groups(found)
    record = np.repeat(np.arange(total, dtype=np.int32), np.diff(found.starts))
    rows = _postings(groups, rank, record, found.places)
    places = _places(groups[rank], record, found.places)
    texts = [encoded_rows(listed) for listed in (rows, places)]
    sizes = [len(row.encode()) + len(name) for row, name in zip(texts[0], names, strict=True)]
    for number, (first, end) in enumerate(_cut(sizes, POSTINGS)):
        name = names[first].partition(",")[0]
        yield f"p{number}", name, [" ".join(names[first:end]), *texts[0][first:end]]
        yield f"q{number}", "", texts[1][first:end]


def word_parts(found: Columns) -> Iterator[Part]:
    """Yield the exact terms in order."""
    words = sorted(found.vocabulary[number] for number in _used(found))
    for number, (first, end) in enumerate(_cut([len(word.encode()) + 1 for word in words], WORDS)):
        yield f"w{number}", words[first], " ".join(words[first:end])


def _cut(sizes: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """Yield (first, end) of runs that are closed by what takes them to the limit."""
    first, size = 0, 0
    for place, one in enumerate(sizes):
        size += one
        if size >= limit:
            yield first, place + 1
            first, size = place + 1, 0
    if first < len(sizes):
        yield first, len(sizes)


def _groups(found: Columns) -> tuple[list[str], Numbers, Numbers]:
    """Put exact terms in order of their stems.

    Returns:
        A stem with its exact terms as one text, by the number of the stem; the number of the stem, by the rank of an exact term;
        the rank of its exact term, by token.
    """
    pairs = sorted((found.stems[number], found.vocabulary[number], number) for number in _used(found))
    ranks = np.zeros(len(found.vocabulary), np.int32)
    ranks[[number for _, _, number in pairs]] = np.arange(len(pairs))
    names: list[str] = []
    forms: list[int] = []
    last = None
    for name, form, _ in pairs:
        # What follows on the stem, else the whole after a `=`.
        short = f",{form[len(name) :]}" if form.startswith(name) else f",={form}"
        if name == last:
            names[-1] += short
            forms[-1] += 1
        else:
            names.append(name + short)
            forms.append(1)
            last = name
    return names, np.repeat(np.arange(len(forms), dtype=np.int32), forms), ranks[found.terms]


def _used(found: Columns) -> list[int]:
    return np.flatnonzero(np.bincount(found.terms, minlength=len(found.vocabulary))).tolist()


def _postings(groups: Numbers, rank: Numbers, record: Numbers, places: NDArray[np.uint32]) -> Listed:
    """Return, by stem, for each of its records the gap to the one before and then an item for each exact term and field.

    An item is 2 * ((frequency - 1) * the number of all fields * the stem's number of exact terms + field * the latter + exact
    term) + whether it is the last of the record.
    """
    field: Numbers = (places >> SHIFT).astype(np.int8)
    keys, counts = _counted(rank, record, field)
    rank, record, field = keys
    # By stem, then record; what is of one record stays in order of exact term and field.
    order = _order(groups[rank], record)
    rank, record, field, counts = (column[order] for column in (rank, record, field, counts))
    group = groups[rank]
    begins = _begins(group, record)
    forms = np.bincount(groups).astype(np.int32)
    form = rank - (np.cumsum(forms, dtype=np.int32) - forms)[group]
    items = 2 * (((counts - 1) * len(FIELDS) + field) * forms[group] + form)
    items[:-1] += begins[1:]
    items[-1:] += 1
    at = np.flatnonzero(begins)
    gaps = _gaps(record[at], group[at])
    ends = np.cumsum(np.bincount(group) + np.bincount(group[at]))
    return Listed(np.insert(items, at, gaps), ends)


def _places(group: Numbers, record: Numbers, places: NDArray[np.uint32]) -> Listed:
    """Return, by stem, for each record and field the first place and then the gaps to the next, all in one row."""
    order = _order(group)
    group, record, place = group[order], record[order], places[order].astype(np.int32)
    begins = _begins(group, record, (place >> SHIFT).astype(np.int8))
    values = np.diff(place, prepend=np.int32(0))
    values[begins] = place[begins] & (SPAN - 1)
    return Listed(values, np.cumsum(np.bincount(group)))


def _counted(rank: Numbers, record: Numbers, field: Numbers) -> tuple[tuple[Numbers, ...], Numbers]:
    """Return the different (rank, record, field) in order, and how often each is there."""
    order = _order(rank)  # tokens are in order of record and field already
    columns_ = (rank[order], record[order], field[order])
    at = np.flatnonzero(_begins(*columns_))
    return tuple(column[at] for column in columns_), np.diff(at, append=len(rank)).astype(np.int32)


def _order(major: Numbers, minor: Numbers | None = None) -> Numbers:
    """Return the order that sorts by `major`, then `minor`, then place. Sixteen bits at a time, which NumPy sorts by radix."""
    order: Numbers = np.arange(len(major), dtype=np.int32)
    for column in (minor, major):
        if column is None or not len(column):
            continue
        for shift in range(0, int(column.max()).bit_length(), 16):
            part = (column >> shift).astype(np.uint16)
            order = order[np.argsort(part[order], kind="stable")]
    return order


def _begins(*columns_: Numbers) -> NDArray[np.bool_]:
    """Tell of each place whether it differs from the one before it."""
    begins = np.zeros(len(columns_[0]), bool)
    begins[:1] = True
    for column in columns_:
        begins[1:] |= column[1:] != column[:-1]
    return begins


def _gaps(record: Numbers, group: Numbers) -> Numbers:
    gaps = np.diff(record, prepend=np.int32(-1)) - 1
    first = _begins(group)
    gaps[first] = record[first]
    return gaps
