"""How many incidents name a cause, a trigger or another word, beside what others published.

Compromise: a word that only others use is not listed, because a zero beside it would read as a finding where this record may
just use another word.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from math import sqrt
from statistics import NormalDist

from kb.trends.model import Share, Shares

# Standard errors on each side of a 95 % interval.
WIDTH = NormalDist().inv_cdf(0.975)


def interval(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of the share `part` / `whole` (the score interval, Wilson 1927).

    Of nothing, any share is possible: 0 to 1.
    """
    if whole == 0:
        return 0.0, 1.0
    share, square = part / whole, WIDTH**2
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    reach = WIDTH * sqrt(share * (1 - share) / whole + square / (4 * whole**2)) / (1 + square / whole)
    # Rounding must not leave a share of nothing, or of all, just outside.
    return (max(0.0, middle - reach) if part else 0.0), (min(1.0, middle + reach) if part < whole else 1.0)


def shares(name: str, said: Sequence[Collection[str]], published: Mapping[str, float], source: str) -> Shares:
    """Return what share of the incidents that say anything name each word, the most frequent first, of equals by name.

    Args:
        name: what is counted.
        said: the words of each incident; none where it says nothing. A word counts once an incident.
        published: shares (0 to 1) by word, found in `source`.
        source: who published them, "" for nobody.
    """
    found = Counter(word for words in said for word in set(words))
    known = sum(1 for words in said if words)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    made = tuple(
        Share(word, count, count / known, *interval(count, known), published.get(word)) for word, count in ordered
    )
    return Shares(name, known, len(said) - known, made, source)
