"""How long promises stay open: the share that is still open after so many days, those that are open now included.

Compromise: who is still open is taken to be no different from who was open as long and got closed since; actions that
everybody has forgotten are not.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import exp, log, sqrt

from kb.trends.model import Step
from kb.trends.shares import WIDTH

# Rounding must not keep a share above a half that is one.
_HALF = 0.5 + 1e-9


def survival(spans: Sequence[tuple[int, bool]]) -> tuple[tuple[Step, ...], int | None]:
    """Return the curve of what is still open, and after how many days half is closed, None where it never is.

    Each span is how many days (0 or more) an action was open, and whether it was closed then; otherwise it is open still and
    counts as long as it was seen (Kaplan and Meier 1958). The curve starts with all on day 0, has a step on each day on which
    any was closed, and ends on the last day that was seen. Where none was closed nothing but the start is known.
    `at_risk` of a step are those that were open until its day, the ones closed on it included.
    """
    steps = tuple(_steps(spans))
    return steps, next((step.days for step in steps if step.share <= _HALF), None)


def _steps(spans: Sequence[tuple[int, bool]]) -> Iterator[Step]:
    ends, closed = Counter(days for days, _ in spans), Counter(days for days, is_closed in spans if is_closed)
    if not spans:
        return
    step, variance = Step(0, 1.0, 1.0, 1.0, len(spans)), 0.0
    yield step
    left = len(spans)
    for days in sorted(ends):
        if closed[days]:
            variance += closed[days] / (left * (left - closed[days])) if left > closed[days] else 0
            share = step.share * (1 - closed[days] / left)
            step = Step(days, share, *_interval(share, variance, step.high), left)
            yield step
        left -= ends[days]
    last = max(ends)
    if closed and step.days < last:
        yield Step(last, step.share, step.low, step.high, ends[last])


def _interval(share: float, variance: float, before: float) -> tuple[float, float]:
    """Return the 95 % interval of a share that is still open, by Greenwood's variance (1926) on the log-log scale
    (Kalbfleisch and Prentice 1980). That has none where nothing is left: then it is from 0 to the upper end `before`.
    """
    if share == 0:
        return 0.0, before
    reach = WIDTH * sqrt(variance) / abs(log(share))
    return share ** exp(reach), share ** exp(-reach)
