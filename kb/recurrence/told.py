"""A record -> the words that tell why it happened, counted as they are written, without case and accents.

What tells the cause are title, tags, summary, five whys, fishbone, changes, what went badly or surprised, and the body,
without its sections on the response and the follow-up. A name tells nothing of a mechanism, so it is counted how often a
word stands within a sentence with a capital, and which words the fields for names hold; `space` decides with these, over
all records, what is a name. Compromise: sections are known by the words of their headings, in English.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb.records.model import Postmortem
from kb.records.prose import LINK, mask_code
from kb.search.terms import EXACT_MARK, words

# What a fact begins with; no word does.
FACT = "="
# A record says no more than this; the rest of a log that was pasted in adds nothing.
MAX_WORDS = 5_000

_RESPONSE = re.compile(
    r"\b(?:timelines?|actions?|follow.?ups?|next steps?|attend(?:ees|ance)|participants?|stats|statistics|links?|sources?|"
    r"references?|thanks?|about the times|metadata)\b"
)
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_ADDRESS = re.compile(r"\]\([^)\n]{0,1000}\)|https?://\S+|<[^<>\n]{1,200}>")
# After one of these a capital says nothing.
_BEGINS = re.compile(r"(?:^|[.!?:|\n>*#(\"“-])\s*$")


@dataclass(frozen=True, slots=True)
class Told:
    """Words with their counts. `capitals` counts those within a sentence with a capital; `named` are those of names."""

    words: Mapping[str, int]
    capitals: Mapping[str, int]
    title: tuple[str, ...]
    named: tuple[str, ...]
    facts: tuple[str, ...]


def told(record: Postmortem) -> Told:
    """Return what a record tells of its cause. `facts` are its causes and trigger, as `=cause:word`, which no word looks like."""
    counts: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    for word, has_capital in _words("\n".join(_texts(record))):
        counts[word] += 1
        capitals[word] += has_capital
    names = " ".join(filter(None, (record.organization, *record.services)))
    facts = [f"{FACT}cause:{cause}" for cause in known_causes(record)]
    facts += [f"{FACT}trigger:{record.trigger}"] if record.trigger and record.trigger != "unknown" else []
    return Told(
        counts,
        +capitals,
        tuple(dict.fromkeys(word for word, _ in _words(record.title))),
        tuple(dict.fromkeys(word for word, _ in _words(names))),
        tuple(facts),
    )


def known_causes(record: Postmortem) -> tuple[str, ...]:
    """Return the causes that somebody found."""
    return tuple(cause for cause in record.causes if cause != "unknown")


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words of a text and their parts, and whether each stands within a sentence with a capital."""
    for number, word in enumerate(words(text)):
        if number == MAX_WORDS:
            return
        begins = _BEGINS.search(text, max(0, word.start - 8), word.start) is not None
        has_capital = not begins and any(c.isupper() for c in text[word.start : word.end])
        # Of a name such as GitHub the parts mean nothing; of `kube-dns` they do.
        forms = word.forms[:1] if word.forms[0][0].removeprefix(EXACT_MARK).isalnum() else word.forms
        for exact, _ in forms:
            yield exact.removeprefix(EXACT_MARK), has_capital


def _texts(record: Postmortem) -> Iterator[str]:
    yield record.title
    yield " ".join(record.tags).replace("-", " ")
    yield record.summary or ""
    yield from record.five_whys
    for category in record.fishbone.values():
        yield from category
    for change in record.changes:
        yield change.description or ""
    if record.lessons:
        yield from (*record.lessons.went_badly, *record.lessons.surprised)
    yield _cause_of(record.body)


def _cause_of(body: str) -> str:
    """Return a body without code, addresses, links to other records and the sections that tell of the response."""
    # The level of the heading of the response that a line lies below, or 0.
    kept, response = [], 0
    for line in LINK.sub(" ", _ADDRESS.sub(" ", mask_code(body))).splitlines():
        if heading := _HEADING.match(line):
            level = len(heading[1])
            if not response or level <= response:
                response = level if _RESPONSE.search(heading[2].lower()) else 0
        if not response:
            kept.append(line)
    return "\n".join(kept)
