"""What somebody asks, read: words, "phrases", `field:value`, ranges of dates, `-not`, prefix*.

Nothing is a wrong query: what is no known form is words, since people paste error messages. Compromise: only the first
words count, as many as a long sentence has; a page of log in the query would match everything.
"""

import re
from dataclasses import dataclass, field, replace

from kb.search.document import FACETS, OTHERS
from kb.search.terms import words
from kb.text import fold, slug

# Words of a query that are looked up. Of the 290 queries of bench/README.md one has more.
MAX_WORDS = 64
# A text longer than this is cut before it is read at all.
MAX_LENGTH = 10_000

_ITEM = re.compile(
    r'(?P<no>(?<!\S)-)?(?:(?P<name>[A-Za-z_]{1,20}):)?(?:"(?P<phrase>[^"]*)"|(?P<text>[^\s"]+))|(?P<stray>")'
)
_DATES = re.compile(r"(\d{4}(?:-\d{2}(?:-\d{2})?)?)?(?:(\.\.)(\d{4}(?:-\d{2}(?:-\d{2})?)?)?)?", re.ASCII)
_PREFIX = re.compile(r"[^\W_]{2,}\*")

Forms = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A query, read.

    `words` are the words that may match, each with its forms; `prefixes` beginnings, folded; `phrases` must stand as they are;
    `unwanted` are words and phrases that must not; `facts` are (name, slug) of which one a name must fit; `unwanted_facts` must
    not. `since` and `until` are days or their beginnings, "" for none. `cut` tells that not all was looked up.
    """

    words: tuple[Forms, ...] = ()
    prefixes: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    unwanted: tuple[tuple[str, ...], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    unwanted_facts: tuple[tuple[str, str], ...] = ()
    since: str = ""
    until: str = ""
    cut: bool = False
    asked: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        """Nothing is looked for and nothing narrows: there is nothing to answer."""
        narrowed = self.unwanted or self.facts or self.unwanted_facts or self.since or self.until
        return not (self.words or self.prefixes or narrowed)


def read_query(text: str) -> Query:
    """Read a query. It never fails."""
    query = Query(cut=len(text) > MAX_LENGTH)
    for item in _ITEM.finditer(text[:MAX_LENGTH]):
        query = _with(query, item)
    return query


def _with(query: Query, item: re.Match[str]) -> Query:
    name, value = (item["name"] or "").lower(), item["phrase"] if item["phrase"] is not None else item["text"]
    if item["stray"] or not value:
        return query
    if name == "date" and not item["no"]:
        return _dated(query, value)
    if name in (*FACETS, *OTHERS):
        kept = (name, slug(value))
        if item["no"]:
            return replace(query, unwanted_facts=(*query.unwanted_facts, kept))
        return replace(query, facts=(*query.facts, kept))
    # `http://...` or `error:` is no field.
    whole = f"{item['name']}:{value}" if item["name"] and item["phrase"] is None else value
    if item["no"]:
        return replace(query, unwanted=(*query.unwanted, *filter(None, [_phrase(whole)])))
    if item["phrase"] is not None:
        return _worded(replace(query, phrases=(*query.phrases, *filter(None, [_phrase(value)]))), value)
    if _PREFIX.fullmatch(value):
        prefixes = tuple(dict.fromkeys((*query.prefixes, fold(value[:-1]))))
        return replace(query, prefixes=prefixes[:MAX_WORDS], cut=query.cut or len(prefixes) > MAX_WORDS)
    return _worded(query, whole)


def _worded(query: Query, text: str) -> Query:
    """Add words, each once, and no more than `MAX_WORDS`."""
    found = dict(zip(query.words, query.asked, strict=True))
    for word in words(text):
        if len(found) == MAX_WORDS and word.forms not in found:
            return replace(query, words=tuple(found), asked=tuple(found.values()), cut=True)
        found.setdefault(word.forms, text[word.start : word.end])
    return replace(query, words=tuple(found), asked=tuple(found.values()))


def _phrase(text: str) -> tuple[str, ...]:
    """Return the stems of a phrase, one a word: of the whole where a word has parts."""
    return tuple(word.forms[0][1] for word in words(text))


def _dated(query: Query, value: str) -> Query:
    found = _DATES.fullmatch(value)
    if found is None or not any(found.groups()):
        return _worded(query, value)
    first, dots, last = found.groups()
    return replace(query, since=first or query.since, until=last or (query.until if dots else first) or query.until)
