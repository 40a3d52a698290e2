"""Table -> postings, places and words, as the parts of the index that hold them.

Postings are kept by stem: for each of its records how often each of its exact terms stands in each field, from which
follows how often the stem does. Everything is done on whole columns at once. Compromise: every part is made anew, whatever
changed, since a new record changes the numbers of others, and a new word those of the words of its stem.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kb.search.site.numbers import Listed, Numbers, begins, encoded_rows, gaps
from kb.search.site.table import Table, numbered

# Bytes after which a part with postings, or with words, is closed. A list is never cut.
POSTINGS, WORDS = 8_000, 24_000

# Name of a part, the word that it begins with, "" where it is none of a range, and its data.
Part = tuple[str, str, Any]


def posting_parts(table: Table) -> Iterator[Part]:
    """Yield the postings and the places of the stems, in parts that begin with the same stems."""
    names = _names(table)
    groups = numbered(table.stems)
    rows, places = (encoded_rows(listed) for listed in (_postings(table, groups), _places(table, groups)))
    sizes = [len(row.encode()) + len(name) for row, name in zip(rows, names, strict=True)]
    for number, (first, end) in enumerate(_cut(sizes, POSTINGS)):
        name = names[first].partition(",")[0]
        yield f"p{number}", name, [" ".join(names[first:end]), *rows[first:end]]
        yield f"q{number}", "", places[first:end]


def word_parts(table: Table) -> Iterator[Part]:
    """Yield the exact terms in order."""
    words = sorted(table.vocabulary)
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


def _names(table: Table) -> list[str]:
    """Return by stem itself and its exact terms, as one text."""
    names: list[str] = []
    last = None
    for name, form in zip(table.stems, table.vocabulary, strict=True):
        # What follows on the stem, else the whole after a `=`.
        short = f",{form[len(name) :]}" if form.startswith(name) else f",={form}"
        if name == last:
            names[-1] += short
        else:
            names.append(name + short)
            last = name
    return names


def _postings(table: Table, groups: Numbers) -> Listed:
    """Return, by stem, for each of its records the gap to the one before and then an item for each exact term and field.

    An item is 2 * ((frequency - 1) * the number of all fields * the stem's number of exact terms + field * the latter + exact
    term) + whether it is the last of the record.
    """
    forms = np.bincount(groups).astype(np.int32)
    form = np.arange(len(groups), dtype=np.int32) - (np.cumsum(forms, dtype=np.int32) - forms)[groups]
    group = groups[table.terms]
    first = begins(group, table.records)
    items = 2 * (table.uses * forms[groups][table.terms] + form[table.terms])
    items[:-1] += first[1:]
    items[-1:] += 1
    at = np.flatnonzero(first)
    ends = np.cumsum(np.bincount(group) + np.bincount(group[at]))
    return Listed(np.insert(items, at, gaps(table.records[at], group[at])), ends)


def _places(table: Table, groups: Numbers) -> Listed:
    """Return, by stem, for each record and field the first place and then the gaps to the next, all in one row."""
    ends = np.cumsum(np.bincount(groups[table.terms]))
    return Listed(table.gaps, np.concatenate([[0], np.cumsum(table.counts)])[ends])
