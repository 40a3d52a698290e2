"""How long things took: every duration, the median and the 90th percentile, and whether the median became another.

There is no mean: a single long incident moves it more than any improvement (Davidovic 2021). Compromise: an interval by
bootstrap holds no value that the record does not, so the 90th percentile of a few incidents never reaches beyond the
longest of them.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kb.trends.model import Dot, Durations, Quantile, Ratio
from kb.trends.quarter import Quarter, quarter_of

Floats = NDArray[np.float64]

QUANTILES = (0.5, 0.9)
# The last four quarters that are over, and the four before, by how many quarters ago they were.
LATER, EARLIER = range(1, 5), range(5, 9)
# How few known durations are too few to say anything.
TOO_FEW = 5
# Resamples of the bootstrap, and where they start, so that the same record always gives the same interval.
RESAMPLES, SEED = 10_000, 2021
# The percentiles of the resamples that bound an interval.
BOUNDS = (0.025, 0.975)


def durations(
    name: str, spans: Sequence[tuple[str, date, float]], unknown: int, impossible: int, today: date
) -> Durations:
    """Sum up durations: each of an incident's id, the day on which it started, and seconds (0 or more).

    `unknown` incidents have no duration, of which `impossible` end before they start. Quarters are over when their last day
    is before `today`.
    """
    known = sorted(spans, key=lambda span: (span[1], span[0], span[2]))
    seconds = [span[2] for span in known]
    found = tuple(quantile(seconds, of) for of in QUANTILES) if len(known) >= TOO_FEW else ()
    later, earlier = ([span[2] for span in known if _quarters_ago(span[1], today) in ago] for ago in (LATER, EARLIER))
    dots = tuple(Dot(one, length) for one, _, length in known)
    return Durations(name, dots, unknown, impossible, found, median_ratio(later, earlier))


def _quarters_ago(day: date, today: date) -> int:
    return _number(quarter_of(today)) - _number(quarter_of(day))


def _number(quarter: Quarter) -> int:
    return 4 * quarter.year + quarter.number


def quantile(seconds: Sequence[float], of: float) -> Quantile:
    """Return a quantile, interpolated linearly (Hyndman and Fan 1996, type 7), with the percentile interval of 10,000
    resamples (Efron 1979). There is at least one value.
    """
    ordered = np.sort(np.asarray(seconds, dtype=np.float64))
    low, high = np.quantile(resampled(ordered, of, np.random.default_rng(SEED)), BOUNDS)
    return Quantile(of, float(np.quantile(ordered, of)), float(low), float(high))


def median_ratio(later: Sequence[float], earlier: Sequence[float]) -> Ratio | None:
    """Compare two medians, with the percentile interval of 10,000 pairs of resamples (Efron 1979).

    None where either has fewer than five values, or where the earlier median is 0 or in some resample is, because then the
    ratio has no bound.
    """
    if min(len(later), len(earlier)) < TOO_FEW:
        return None
    draw = np.random.default_rng(SEED)
    after, before = (resampled(np.sort(np.asarray(some, dtype=np.float64)), 0.5, draw) for some in (later, earlier))
    if not before.all():
        return None
    low, high = np.quantile(after / before, BOUNDS)
    return Ratio(float(np.median(later) / np.median(earlier)), float(low), float(high))


def resampled(ordered: Floats, of: float, draw: np.random.Generator) -> Floats:
    """Return a quantile of each of many resamples of sorted values.

    Of a resample only the two values around the quantile matter. It picks n values by n uniform numbers, and the k-th
    smallest of those follows a beta distribution, the next one lies a beta distributed part of the rest above it (David and
    Nagaraja 2003). So a resample costs the same for any n.
    """
    count = len(ordered)
    rank, part = divmod(of * (count - 1), 1)
    below = draw.beta(rank + 1, count - rank, RESAMPLES)
    least = ordered[_index(below, count)]
    if not part:
        return least
    above = below + (1 - below) * draw.beta(1, count - rank - 1, RESAMPLES)
    return least + part * (ordered[_index(above, count)] - least)


def _index(shares: Floats, count: int) -> NDArray[np.int64]:
    return np.minimum((shares * count).astype(np.int64), count - 1)
