"""What a record could show at all: the smallest real improvement that one quarter against the one before would show.

Compromise: incidents of two quarters are drawn from the durations that are known, as if nothing else changed, and each gets
shorter by the same share. Durations that people round to the hour make a record look a little more telling than it is.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kb.trends.durations import TOO_FEW
from kb.trends.model import Power
from kb.trends.shares import WIDTH

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

# Pairs of quarters that are drawn, and where the drawing starts, so that the same record always gives the same answer.
PAIRS, SEED = 1_000, 2021
# In how many of them an improvement has to show, and the largest that is tried, in per cent.
ENOUGH, LARGEST = 0.8, 95
# Longer records are drawn from as many quantiles of theirs, which makes no difference that one could see.
DRAWN_FROM = 500


def power(seconds: Sequence[float], a_quarter: float | None) -> Power:
    """Find the smallest share by which incidents would have to get shorter for a test to notice in four of five cases.

    As Davidovic (2021) does, improvements are simulated on the record's own durations: a quarter is drawn from them, and one
    in which each incident is shorter by the same share. They are compared by their ranks, which, unlike means, do not hang on
    the longest incident (Mann and Whitney 1947, two-sided at 5 %). Whole per cents up to 95 are tried.

    Args:
        seconds: the known durations, 0 or more.
        a_quarter: incidents a quarter; None where no quarter is over, which is taken as one, that shows nothing.
    """
    incidents = max(1, round(a_quarter)) if a_quarter is not None else 1
    smallest = _smallest(np.asarray(seconds, dtype=np.float64), incidents) if len(seconds) >= TOO_FEW else None
    return Power(incidents, len(seconds), smallest)


def _smallest(seconds: Floats, incidents: int) -> float | None:
    values, times = np.unique(_thinned(seconds), return_counts=True)
    draw = np.random.default_rng(SEED)
    # The same pairs for every share, so that a larger one never shows less.
    after, before = (draw.multinomial(incidents, times / times.sum(), PAIRS) for _ in range(2))

    def shows(percent: int) -> bool:
        scores = score(values * (1 - percent / 100), after, values, before)
        return bool(np.mean(scores < -WIDTH) >= ENOUGH)

    if not shows(LARGEST):
        return None
    low, high = 0, LARGEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if shows(middle) else (middle, high)
    return high / 100


def _thinned(seconds: Floats) -> Floats:
    if len(seconds) <= DRAWN_FROM:
        return seconds
    return np.quantile(seconds, (np.arange(DRAWN_FROM) + 0.5) / DRAWN_FROM)


def score(later: Floats, of_later: Numbers, earlier: Floats, of_earlier: Numbers) -> Floats:
    """Return by how many standard errors the later values rank lower (negative) or higher than the earlier ones.

    This is U of Mann and Whitney (1947) in its normal approximation, corrected for ties and for continuity; 0 where all are
    tied.

    Args:
        later, earlier: values (n of each; none of them twice).
        of_later, of_earlier: how often each was drawn, a row a pair of quarters.
    """
    pooled, places = np.unique(np.concatenate([later, earlier]), return_inverse=True)
    tied = np.zeros((len(of_later), len(pooled)))
    tied[:, places[: len(later)]] += of_later
    tied[:, places[len(later) :]] += of_earlier
    ranks = np.cumsum(tied, axis=1) - (tied - 1) / 2
    ours, theirs = (float(some[0].sum()) for some in (of_later, of_earlier))
    both = ours + theirs
    over = np.sum(of_later * ranks[:, places[: len(later)]], axis=1) - ours * (ours + 1) / 2 - ours * theirs / 2
    ties = np.sum(tied**3 - tied, axis=1) / (both * (both - 1))
    error = np.sqrt(np.maximum(0, ours * theirs / 12 * (both + 1 - ties)))
    moved = np.sign(over) * np.maximum(0, np.abs(over) - 0.5)
    scores: Floats = np.divide(moved, error, out=np.zeros_like(moved), where=error > 0)
    return scores
