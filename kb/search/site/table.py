"""Tokens -> a table of where words stand, in order of stems; it is kept, and a new record is put in its places there.

Compromise: whole columns are copied to change a few numbers. That takes a tenth of a second for ten thousand records, where to
sort them would take half a second, and a first build goes the same way, from a table that is empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.search.rank import WEIGHTS
from kb.search.site.numbers import Numbers, begins
from kb.search.terms import stem

FIELDS = tuple(WEIGHTS)
# More than the words of any record: a file has at most `kb.records.frontmatter.MAX_BYTES`.
SHIFT = 24
SPAN = 1 << SHIFT


@dataclass(frozen=True, slots=True)
class Tokens:
    """Words of records and parts of them, by record and then by place.

    `terms` indexes `vocabulary`, exact terms in no order. A place is the number of the field in `FIELDS` times `SPAN` plus
    the place of the word in it.
    """

    vocabulary: Sequence[str]
    terms: Numbers
    records: Numbers
    places: Numbers


@dataclass(frozen=True, slots=True)
class Table:
    """Where words stand.

    `vocabulary` are exact terms without their mark, and `stems` theirs, in order of these and then of the terms.
    By posting, which is an exact term in a field of a record, in order of stem, record, exact term and field: `terms` indexes
    the vocabulary, and `uses` are (frequency - 1) * the number of all fields + the field. By token, in order of stem, record
    and place: `gaps` are its place in its field, or, after the first one of its stem there, how far it is from the one before.
    """

    vocabulary: Sequence[str]
    stems: Sequence[str]
    terms: Numbers
    records: Numbers
    uses: Numbers
    gaps: Numbers

    @property
    def counts(self) -> Numbers:
        """Return how many tokens a posting has."""
        return self.uses // len(FIELDS) + 1


_NONE = np.zeros(0, np.int32)
EMPTY = Table((), (), _NONE, _NONE, _NONE, _NONE)


def updated(before: Table, now: Numbers, tokens: Tokens) -> Table:
    """Return the table of which record n was there before as the record `now[n]`, negative if it is gone, and of new tokens.

    The vocabulary of the tokens begins with that of the table. The records that stay are in the same order as before.
    """
    old = _moved(before, now)
    vocabulary, stems, ranks = _ranked(tokens.vocabulary, before.stems, (old.terms, tokens.terms))
    groups = numbered(stems)
    old = Table(vocabulary, stems, ranks[old.terms], old.records, old.uses, old.gaps)
    new = _inverted(Tokens(vocabulary, ranks[tokens.terms], tokens.records, tokens.places), stems, groups)
    return _merged(old, new, groups)


def numbered(stems: Sequence[str]) -> Numbers:
    """Return the number of each stem, of stems in order."""
    changes = [one != other for one, other in zip(stems[1:], stems, strict=False)]
    return np.cumsum([0, *changes], dtype=np.int32)[: len(stems)]


def _moved(table: Table, now: Numbers) -> Table:
    """Return the postings of the records that stay, with their new numbers, in columns that others can be put in."""
    records = now[table.records]
    stays = records >= 0
    gaps = table.gaps[np.repeat(stays, table.counts)]
    terms, records, uses = (column[stays] for column in (table.terms, records, table.uses))
    return Table(table.vocabulary, table.stems, terms, records, uses.astype(np.int32), gaps.astype(np.int32))


def _ranked(
    vocabulary: Sequence[str], known: Sequence[str], terms: tuple[Numbers, ...]
) -> tuple[Sequence[str], Sequence[str], Numbers]:
    """Return the vocabulary that is used and its stems, in order, and the rank of each term; `known` are the first stems."""
    used = np.zeros(len(vocabulary), bool)
    for column in terms:
        used[column] = True
    stems = [*known, *map(stem, vocabulary[len(known) :])]
    order = sorted((stems[number], vocabulary[number], number) for number in np.flatnonzero(used).tolist())
    ranks = np.zeros(len(vocabulary), np.int32)
    ranks[[number for _, _, number in order]] = np.arange(len(order))
    return [term for _, term, _ in order], [name for name, _, _ in order], ranks


def _inverted(tokens: Tokens, stems: Sequence[str], groups: Numbers) -> Table:
    """Return the table of tokens whose terms are ranks."""
    return Table(tokens.vocabulary, stems, *_postings(tokens, groups), _gaps(tokens, groups))


def _postings(tokens: Tokens, groups: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return terms, records and uses."""
    fields: Numbers = (tokens.places >> SHIFT).astype(np.int8)
    order = _order(tokens.terms)  # tokens are in order of record and field already
    terms, records, fields = (column[order] for column in (tokens.terms, tokens.records, fields))
    first = np.flatnonzero(begins(terms, records, fields))
    counts = np.diff(first, append=len(terms)).astype(np.int32)
    terms, records, fields = (column[first] for column in (terms, records, fields))
    uses = (counts - 1) * len(FIELDS) + fields
    order = _order(groups[terms], records)
    return terms[order], records[order], uses[order]


def _gaps(tokens: Tokens, groups: Numbers) -> Numbers:
    group = groups[tokens.terms]
    order = _order(group)
    group, records, places = group[order], tokens.records[order], tokens.places[order].astype(np.int32)
    first = begins(group, records, (places >> SHIFT).astype(np.int8))
    gaps = np.diff(places, prepend=np.int32(0))
    gaps[first] = places[first] & (SPAN - 1)
    return gaps


def _merged(old: Table, new: Table, groups: Numbers) -> Table:
    """Return the postings of both, which are of different records and of one vocabulary."""
    total = 1 + max(int(column.max(initial=0)) for column in (old.records, new.records))
    at = np.searchsorted(_keys(old, groups, total), _keys(new, groups, total))
    ends = np.concatenate([[0], np.cumsum(old.counts)])
    return Table(
        old.vocabulary,
        old.stems,
        np.insert(old.terms, at, new.terms),
        np.insert(old.records, at, new.records),
        np.insert(old.uses, at, new.uses),
        np.insert(old.gaps, np.repeat(ends[at], new.counts), new.gaps),
    )


def _keys(table: Table, groups: Numbers, total: int) -> Numbers:
    """Return numbers that are in the order of stem and record."""
    keys = groups.astype(np.int64)[table.terms]
    keys *= total
    keys += table.records
    return keys


def _order(*columns: Numbers) -> Numbers:
    """Return the order that sorts by the columns, then place. Sixteen bits at a time, which NumPy sorts by radix."""
    order: Numbers = np.arange(len(columns[0]), dtype=np.int32)
    for column in reversed(columns):
        for shift in range(0, int(column.max(initial=0)).bit_length(), 16):
            part = (column >> shift).astype(np.uint16)
            order = order[np.argsort(part[order], kind="stable")]
    return order
