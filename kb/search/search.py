"""Search: a query and an index make an answer.

Words find and rank; phrases, facts, dates and what is unwanted only narrow, and phrases only where some record has
them. A word that no record holds is unfinished or misspelt: it stands for the words that begin with it, else for the
nearest. Without words the records that fit stand by their day, newest first. Compromise: everything that fits is sorted
and counted, also where ten results are shown, because the counts are half the answer. The site's search is written down
a second time, in browser/answer.js, and answers the same.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.search.document import FACETS, Document
from kb.search.index import Index
from kb.search.passage import Passage, passage
from kb.search.query import Forms, Query
from kb.search.rank import Asked, rank
from kb.search.terms import EXACT_MARK, stem
from kb.text import nearest

# Words that one beginning may stand for.
MAX_EXPANDED = 50
# A shorter word is not taken for another: too many are near.
MIN_CHANGED = 3


@dataclass(frozen=True, slots=True)
class Result:
    """A record found, its score (0 where nothing was ranked) and the passage that shows why."""

    document: Document
    score: float
    passage: Passage


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found. `facets` counts values over all records found, most frequent first; `is_loose` tells that no record had
    the phrases, so that their words were enough. Of the words that no record holds, `begun` were taken for the beginning of
    others, `instead` maps those that another was looked for in place of, and `near` those that are like another and may not
    be touched, such as an error code."""

    total: int
    results: tuple[Result, ...]
    facets: Mapping[str, Mapping[str, int]]
    begun: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    near: Mapping[str, str] = field(default_factory=dict)
    is_loose: bool = False


def search(index: Index, query: Query, limit: int) -> Answer:
    """Return the best `limit` records for a query, and counts over all that fit."""
    if query.is_empty:
        return Answer(0, (), {})
    words = _Words(index, query)
    asked = list(words.asked())
    is_ranked = bool(query.words or query.prefixes)
    scored = rank(asked, index.postings, index.total) if is_ranked else [(n, 0.0) for n in index.numbers()]
    fitting = _fitting(index, query, scored)
    is_loose = not fitting and bool(query.phrases)
    if is_loose:
        # What was pasted may hold quotation marks of its own.
        fitting = _fitting(index, replace(query, phrases=()), scored)
    # Best first, then newest, those without a day last, then by name: the last sort weighs most.
    fitting.sort(key=lambda one: (one[1].id, one[1].path))
    fitting.sort(key=lambda one: one[1].day, reverse=True)
    fitting.sort(key=lambda one: one[0], reverse=True)
    terms = [term for one in asked for forms in one for term in forms]
    results = tuple(Result(shown, score, passage(index.text(n), terms)) for score, shown, n in fitting[:limit])
    counts = _counted([shown for _, shown, _ in fitting])
    is_loose = is_loose and bool(fitting)
    return Answer(len(fitting), results, counts, tuple(words.begun), words.instead, words.near, is_loose)


def _fitting(index: Index, query: Query, scored: Sequence[tuple[int, float]]) -> list[tuple[float, Document, int]]:
    """Return score, record and number of what was found and fits the rest of the query, unordered."""
    wanted = _narrowed(index, query)
    found = [(s, index.document(number), number) for number, s in scored if wanted is None or number in wanted]
    return [one for one in found if _fits(one[1], query)]


class _Words:
    """The words of a query on their way to what is looked up, and what became of those that no record holds."""

    def __init__(self, index: Index, query: Query) -> None:
        self._index, self._query = index, query
        self.begun: list[str] = []
        self.instead: dict[str, str] = {}
        self.near: dict[str, str] = {}

    def asked(self) -> Iterator[Asked]:
        seen: set[tuple[str, str]] = set()
        for written, forms in zip(self._query.asked, self._query.words, strict=True):
            if not any(self._index.postings(term) for form in forms for term in form):
                yield from self._unknown(written, forms)
                continue
            for exact, stemmed in forms:
                if (exact, stemmed) not in seen:
                    seen.add((exact, stemmed))
                    yield (exact,), (stemmed,)
        for prefix in self._query.prefixes:
            expanded = self._index.beginning(prefix, MAX_EXPANDED)
            yield expanded, expanded

    def _unknown(self, written: str, forms: Forms) -> Iterator[Asked]:
        word = forms[0][0].removeprefix(EXACT_MARK)
        is_plain = len(forms) == 1 and word.isalpha() and len(word) >= MIN_CHANGED
        if is_plain and (expanded := self._index.beginning(word, MAX_EXPANDED)):
            self.begun.append(written)
            yield expanded, expanded
        elif found := self._nearest(written, word[0]):
            (self.instead if is_plain else self.near)[written] = found
            if is_plain:
                yield (EXACT_MARK + found,), (stem(found),)

    def _nearest(self, written: str, first: str) -> str:
        # People seldom err in the first letter, and the site loads the words of one letter and not all of them.
        near = nearest(written.lower(), self._index.vocabulary(first), cutoff=75)
        # A word may stand in the index after the last record that held it is gone.
        return next((one for one in near if self._index.postings(EXACT_MARK + one)), "")


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
