"""Ways in which systems fail, and the words that tell of them: mechanisms.toml, and what kb.toml adds.

Two reports of one mechanism often share no word: one says "breaker", the other "generator". A mechanism that both tell of
is what joins them. Compromise: one word of a line is enough, in whatever sense it is used; how often it is said decides
what it weighs.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from kb.search.terms import stem
from kb.text import fold


@cache
def _mechanisms() -> Mapping[str, Sequence[str]]:
    return tomllib.loads((files("kb.recurrence") / "mechanisms.toml").read_text(encoding="utf-8"))


def mechanisms(more: Mapping[str, Sequence[str]]) -> Mapping[str, frozenset[str]]:
    """Return the stems that tell of each mechanism; `more` adds words and mechanisms."""
    names = [*_mechanisms(), *(name for name in more if name not in _mechanisms())]
    words = {name: (*_mechanisms().get(name, ()), *more.get(name, ())) for name in names}
    return {name: frozenset(stem(fold(word)) for word in some) for name, some in words.items()}
