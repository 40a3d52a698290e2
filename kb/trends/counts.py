"""Incidents a quarter, what chance alone would make of them, and whether they became more or fewer.

Only quarters that are over are judged. Compromise: the first quarter is the one of the first incident, which therefore never
counts as empty, and a year is a year whether it has 365 days or 366.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np
from scipy.special import betaincinv, chdtrc, pdtr, pdtrik

from kb.trends.model import Count, Counts, Ratio
from kb.trends.quarter import quarter_of, quarters

# What lies outside on each side of an interval, and how unlikely unevenness must be to be called that.
TAIL, UNLIKELY = 0.025, 0.05
# Quarters that are compared with as many before, and how few are too few to be called uneven.
YEAR, TOO_FEW = 4, 4


def counts(days: Sequence[date], undated: int, today: date) -> Counts:
    """Count the incidents that started on these days, and `undated` ones apart.

    The quarters run from that of the first incident to that of `today`, or to a later one where an incident lies later.
    Without a day there is none.
    """
    found, current = Counter(map(quarter_of, days)), quarter_of(today)
    first = min(found, default=current)
    run = quarters([one.first for one in (*found, max(first, current))]) if found else ()
    made = tuple(Count(one, found[one], one < current) for one in run)
    over = [one.incidents for one in made if one.is_over]
    mean = sum(over) / len(over) if over else None
    low, high = band(mean) if mean is not None else (None, None)
    return Counts(made, undated, mean, low, high, dispersion(over), is_uneven(over), _change(over))


def band(mean: float) -> tuple[int, int]:
    """Return the numbers of incidents between which at least 95 of 100 quarters lie when only chance decides.

    They are the 2.5 % and the 97.5 % quantile of the Poisson distribution (Poisson 1837).
    """
    return _quantile(TAIL, mean), _quantile(1 - TAIL, mean)


def _quantile(share: float, mean: float) -> int:
    """Return the smallest number that is not passed with at least this probability."""
    if mean == 0:
        return 0
    found = int(np.ceil(pdtrik(share, mean)))
    # The inverse may land a hair above the number itself.
    return found - 1 if found > 0 and pdtr(found - 1, mean) >= share else found


def dispersion(numbers: Sequence[int]) -> float | None:
    """Return variance / mean: about 1 by chance alone, more where incidents come in swarms. None for less than two numbers
    or only zeros.
    """
    mean = sum(numbers) / len(numbers) if numbers else 0
    return float(np.var(numbers, ddof=1)) / mean if len(numbers) > 1 and mean else None


def is_uneven(numbers: Sequence[int]) -> bool:
    """Tell whether numbers of incidents differ more than chance makes them (p < 0.05).

    The index of dispersion times n - 1 is compared with the chi-square distribution (Fisher 1950), the upper side only. That
    holds for four numbers or more with a mean of at least 1 (Cochran 1954); of others the answer is no.
    """
    index = dispersion(numbers)
    if index is None or len(numbers) < TOO_FEW or sum(numbers) < len(numbers):
        return False
    free = len(numbers) - 1
    return bool(chdtrc(free, index * free) < UNLIKELY)


def _change(over: Sequence[int]) -> Ratio | None:
    return rate_ratio(sum(over[-YEAR:]), sum(over[-2 * YEAR : -YEAR])) if len(over) >= 2 * YEAR else None


def rate_ratio(later: int, earlier: int) -> Ratio | None:
    """Compare two numbers of incidents in spans of equal length.

    Of all incidents, the later ones are a binomial share (Przyborowski and Wilenski 1940); its exact interval (Clopper and
    Pearson 1934) is turned into one of the ratio. None where there were none earlier, because then the ratio has no bound.
    """
    if earlier == 0:
        return None
    low = float(betaincinv(later, earlier + 1, TAIL)) if later else 0.0
    high = float(betaincinv(later + 1, earlier, 1 - TAIL))
    return Ratio(later / earlier, low / (1 - low), high / (1 - high))
