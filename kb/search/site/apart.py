"""Records taken apart: their words, their facts, and the text of each that is shown.

Compromise: terms and facts are numbered as they come, behind those that are known already, and put in order later.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.records.model import Record
from kb.search.document import document, fields_of, shown_of
from kb.search.site.facts import Fact, Facts
from kb.search.site.numbers import Numbers
from kb.search.site.table import FIELDS, SHIFT, SPAN, Tokens
from kb.search.terms import words


@dataclass(frozen=True, slots=True)
class Apart:
    """What some records say. By record: `lengths`, how many terms each field has; `shown`, as JSON."""

    tokens: Tokens
    facts: Facts
    lengths: Numbers
    shown: Sequence[bytes]


def apart(records: Mapping[int, Record], vocabulary: Sequence[str], known: Sequence[Fact]) -> Apart:
    """Take records apart, given by their numbers, in order; `vocabulary` are exact terms that are known, and `known` facts."""
    terms = {term: number for number, term in enumerate(vocabulary)}
    facts = {fact: number for number, fact in enumerate(known)}
    tokens: list[Numbers] = []
    held: list[Numbers] = []
    shown: list[bytes] = []
    for record in records.values():
        fields = fields_of(record)
        tokens.append(np.fromiter(_tokens(fields, terms), np.int32).reshape(-1, 2))
        held.append(np.array([facts.setdefault(fact, len(facts)) for fact in _facts(record)], np.int32))
        shown.append(json.dumps(shown_of(fields), ensure_ascii=False).encode(errors="replace"))
    numbers = np.array([*records], np.int32)
    pairs = np.concatenate([np.zeros((0, 2), np.int32), *tokens])
    return Apart(
        Tokens(list(terms), pairs[:, 0], np.repeat(numbers, [*map(len, tokens)]), pairs[:, 1]),
        Facts(list(facts), np.concatenate([numbers[:0], *held]), np.repeat(numbers, [*map(len, held)])),
        np.array([_lengths(one[:, 1]) for one in tokens], np.int32).reshape(-1, len(FIELDS)),
        shown,
    )


def _tokens(fields: Mapping[str, str], numbers: dict[str, int]) -> Iterator[int]:
    """Yield the number of each term and its place, by turns; a term that is new gets the next number."""
    for field, name in enumerate(FIELDS):
        for place, word in enumerate(words(fields[name])):
            for exact, _ in word.forms:
                yield numbers.setdefault(exact[1:], len(numbers))
                yield field * SPAN + place


def _facts(record: Record) -> Iterator[Fact]:
    for name, values in document(record).facts.items():
        for key, value in values.items():
            yield name, key, value


def _lengths(places: Numbers) -> Numbers:
    # As many terms as `kb.search.index` counts: an exact one and a stem for each.
    return 2 * np.bincount(places >> SHIFT, minlength=len(FIELDS))
