"""Text to terms: what a record says and what somebody asks for go through the same few rules.

A word becomes two terms: itself without case and accents (marked `=`), and its stem, so that `failed` finds `failing`
and still prefers `failed`. What is written with joints, such as `kube-dns`, `us-east-1`, `api.github.com`,
`max_connections` or `KubePodCrashLooping`, is found whole and by its parts. Chinese and Japanese, which are written
without blanks, become pairs of neighbouring characters. Compromise: one stemmer, for English; words of other languages
are found by their own form.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from kb.text import fold

# What an exact term begins with; no stem does.
EXACT_MARK = "="

# A term longer than this is noise: a key, a hash, a line without blanks.
MAX_TERM = 64

# Words that stand in nearly every sentence and tell nothing: those of Lucene's list for English, and a few of their kind.
STOP = frozenset(
    "a an and are as at be but by for from had has have if in into is it its no not of on or s such t that the their then there "
    "these they this to was were which while who will with".split()
)

# Hiragana, katakana, and Chinese characters.
_RUN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# What Arabic, Hindi, Thai and others write above, below or beside a letter, and accents that stand apart; `\w` knows none.
_MARKS = "".join(c for c in map(chr, range(0x300, 0x3040)) if unicodedata.category(c) in ("Mc", "Mn"))
_LETTERS = rf"[^\W_{_RUN}]+(?:[{_MARKS}]+[^\W_{_RUN}]*)*"
_WORD = re.compile(rf"{_LETTERS}(?:[._:/@+-]{{1,3}}{_LETTERS})*|(?P<run>[{_RUN}]+)")
_JOINT = re.compile(r"[._:/@+-]+|(?<=[a-z0-9])(?=[A-Z])")
_UNSPACED = re.compile(f"[{_RUN}]+")
_stemmer = snowballstemmer.stemmer("porter")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, at `start` to `end`. `forms` are pairs of an exact term and its stem: of the whole, then of its parts."""

    forms: tuple[tuple[str, str], ...]
    start: int
    end: int

    @property
    def terms(self) -> tuple[str, ...]:
        """All its terms."""
        return tuple(term for form in self.forms for term in form)


def words(text: str) -> Iterator[Word]:
    """Yield the words of a text that tell something, in their order."""
    for found in _WORD.finditer(text):
        start, end = found.span()
        # Each pair of a run is a word of its own, so that pairs can be a phrase.
        spans = (
            ((n, min(n + 2, end)) for n in range(start, max(start + 1, end - 1))) if found["run"] else (found.span(),)
        )
        for first, last in spans:
            forms = _forms(text[first:last])
            if forms:
                yield Word(forms, first, last)


@lru_cache(maxsize=1 << 16)
def _forms(written: str) -> tuple[tuple[str, str], ...]:
    parts = [fold(part) for part in _JOINT.split(written) if part]
    whole = fold(written) if len(parts) > 1 else ""
    kept = [part for piece in parts for part in _pieces(piece) if part not in STOP]
    found = dict.fromkeys(one for one in (whole, *kept) if 0 < len(one) <= MAX_TERM)
    return tuple((EXACT_MARK + one, stem(one)) for one in found)


def _pieces(part: str) -> Iterator[str]:
    place = 0
    for run in _UNSPACED.finditer(part):
        yield from filter(None, [part[place : run.start()]])
        text, place = run[0], run.end()
        yield from (text[n : n + 2] for n in range(max(1, len(text) - 1)))
    yield from filter(None, [part[place:]])


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return the stem of a folded word (Porter 1980); what holds other characters than letters of English stays as it is."""
    return str(_stemmer.stemWord(word)) if word.isascii() and word.isalpha() else word
