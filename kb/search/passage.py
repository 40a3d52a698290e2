"""The passage of a record that shows why it was found.

The window of about `LENGTH` characters with the most of what was asked for; in it, what matched. Compromise: the text
is that of the file without its marks, so a link shows the id that it leads to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.search.terms import Word, words

LENGTH = 200


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text and the places in it, as (start, end), that match. `text` has no line ends."""

    text: str
    marks: tuple[tuple[int, int], ...]


def passage(text: str, terms: Iterable[str]) -> Passage:
    """Return the best passage of a text for some terms; its beginning where none stands there."""
    plain = " ".join(text.split())
    wanted = frozenset(terms)
    hits = [word for word in words(plain) if not wanted.isdisjoint(word.terms)]
    start, end = _window(plain, hits, wanted)
    before, after = ("… " if start else ""), (" …" if end < len(plain) else "")
    shift = len(before) - start
    marks: list[tuple[int, int]] = []
    for hit in hits:
        if start <= hit.start and hit.end <= end:
            # The pairs of a text without blanks overlap.
            first = marks.pop()[0] if marks and hit.start + shift < marks[-1][1] else hit.start + shift
            marks.append((first, hit.end + shift))
    return Passage(f"{before}{plain[start:end]}{after}", tuple(marks))


def _window(text: str, hits: Sequence[Word], wanted: frozenset[str]) -> tuple[int, int]:
    """Return where the best window begins and ends, at blanks: that with the most different terms, the first of equals."""
    best, place, reach, first = 0, 0, 0, 0
    held: dict[str, int] = {}
    for last, hit in enumerate(hits):
        for term in wanted.intersection(hit.terms):
            held[term] = held.get(term, 0) + 1
        while hits[last].end - hits[first].start > LENGTH - LENGTH // 4 and first < last:
            for term in wanted.intersection(hits[first].terms):
                held[term] -= 1
            first += 1
        if (found := sum(1 for number in held.values() if number)) > best:
            best, place, reach = found, hits[first].start, hit.end
    # What stands before a match says what it is about.
    start = max(0, place - LENGTH // 4)
    start = text.find(" ", start, place) + 1 or place if start else 0
    end = min(len(text), start + LENGTH)
    cut = text.rfind(" ", max(start, reach), end + 1) if end < len(text) else -1
    return start, (end if cut < 0 else cut)
