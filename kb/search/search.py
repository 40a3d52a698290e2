"""Search: a query and an index make an answer.

Words find and rank; phrases, facts, dates and what is unwanted only narrow, and phrases only where some record has
them. Without words the records that fit stand by their day, newest first. Compromise: everything that fits is sorted
and counted, also where ten results are shown, because the counts are half the answer.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.search.document import FACETS, Document
from kb.search.index import Index
from kb.search.passage import Passage, passage
from kb.search.query import Query
from kb.search.rank import Asked, rank
from kb.search.terms import EXACT_MARK
from kb.text import nearest

# Words that one beginning may stand for.
MAX_EXPANDED = 50


@dataclass(frozen=True, slots=True)
class Result:
    """A record found, its score (0 where nothing was ranked) and the passage that shows why."""

    document: Document
    score: float
    passage: Passage


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found. `facets` counts values over all records found, most frequent first; `instead` maps words that no record
    holds to words that some do; `is_loose` tells that no record had the phrases, so that their words were enough."""

    total: int
    results: tuple[Result, ...]
    facets: Mapping[str, Mapping[str, int]]
    instead: Mapping[str, str]
    is_loose: bool = False


def search(index: Index, query: Query, limit: int) -> Answer:
    """Return the best `limit` records for a query, and counts over all that fit."""
    asked = list(_asked(index, query))
    if query.is_empty:
        return Answer(0, (), {}, {})
    scored = rank(asked, index.postings, index.total) if asked else [(number, 0.0) for number in index.numbers()]
    fitting = _fitting(index, query, scored)
    is_loose = not fitting and bool(query.phrases)
    if is_loose:
        # What was pasted may hold quotation marks of its own.
        fitting = _fitting(index, replace(query, phrases=()), scored)
    # Best first, then newest, those without a day last, then by name: the last sort weighs most.
    fitting.sort(key=lambda one: (one[1].id, one[1].path))
    fitting.sort(key=lambda one: one[1].day, reverse=True)
    fitting.sort(key=lambda one: one[0], reverse=True)
    terms = [term for words in asked for forms in words for term in forms]
    results = tuple(Result(shown, score, passage(index.text(n), terms)) for score, shown, n in fitting[:limit])
    counts = _counted([shown for _, shown, _ in fitting])
    return Answer(len(fitting), results, counts, dict(_instead(index, query)), is_loose and bool(fitting))


def _fitting(index: Index, query: Query, scored: Sequence[tuple[int, float]]) -> list[tuple[float, Document, int]]:
    """Return score, record and number of what was found and fits the rest of the query, unordered."""
    wanted = _narrowed(index, query)
    found = [(s, index.document(number), number) for number, s in scored if wanted is None or number in wanted]
    return [one for one in found if _fits(one[1], query)]


def _asked(index: Index, query: Query) -> Iterator[Asked]:
    seen: set[tuple[str, str]] = set()
    for forms in query.words:
        for exact, stem in forms:
            if (exact, stem) not in seen:
                seen.add((exact, stem))
                yield (exact,), (stem,)
    for prefix in query.prefixes:
        expanded = index.beginning(prefix, MAX_EXPANDED)
        yield expanded, expanded


def _narrowed(index: Index, query: Query) -> frozenset[int] | None:
    """Return the records that hold every phrase and nothing unwanted, None for all."""
    if not query.phrases and not query.unwanted:
        return None
    kept = frozenset(index.numbers())
    for terms in dict.fromkeys(query.phrases):
        kept &= index.phrase(terms)
    for terms in dict.fromkeys(query.unwanted):
        kept -= index.phrase(terms)
    return kept


def _fits(document: Document, query: Query) -> bool:
    asked: dict[str, set[str]] = {}
    for name, value in query.facts:
        asked.setdefault(name, set()).add(value)
    if any(values.isdisjoint(document.facts.get(name, ())) for name, values in asked.items()):
        return False
    if any(value in document.facts.get(name, ()) for name, value in query.unwanted_facts):
        return False
    if not query.since and not query.until:
        return True
    day = document.day
    return bool(day) and day >= query.since and (not query.until or day[: len(query.until)] <= query.until)


def _counted(documents: Sequence[Document]) -> Mapping[str, Mapping[str, int]]:
    counts = {name: Counter[str]() for name in FACETS}
    for document in documents:
        # A learning's own kind can be asked for; it counts once.
        counts["kind"][document.kind] += 1
        for name in FACETS[1:]:
            counts[name].update(document.facts.get(name, {}).values())
    ordered = {name: sorted(found.items(), key=lambda pair: (-pair[1], pair[0])) for name, found in counts.items()}
    return {name: dict(found) for name, found in ordered.items() if found}


def _instead(index: Index, query: Query) -> Iterator[tuple[str, str]]:
    """Yield each word of the query that no record holds in any form, with the nearest that one does."""
    unknown = [
        word for word, forms in zip(query.asked, query.words, strict=True)
        if not any(index.postings(term) for form in forms for term in form)
    ]  # fmt: skip
    if not unknown:
        return
    known = sorted(set(index.vocabulary()))
    for word in unknown:
        # A word may stand in the index after the last record that held it is gone.
        near = [one for one in nearest(word.lower(), known, cutoff=75) if index.postings(EXACT_MARK + one)]
        if near:
            yield word, near[0]
