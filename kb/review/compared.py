"""Whether more or fewer incidents than a quarter before means anything.

Compromise: two quarters are compared and no more; what a longer time shows is for the trends.
"""

from kb.review.model import Compared
from kb.text import count
from kb.trends.model import Ratio
from kb.trends.quarter import Quarter


def compared(quarter: Quarter, incidents: int, before: int, *, is_older: bool, so_far: str) -> Compared:
    """Compare two quarters.

    Whether the difference is more than chance gives is told by the 95 % interval of the ratio of two Poisson rates
    (Przyborowski and Wilenski 1940), which leaves out 1 or does not.

    Args:
        quarter: the one of the review.
        incidents, before: incidents of the quarter and of the one before.
        is_older: whether any record is older than the quarter.
        so_far: why nothing can be compared yet, "" for a quarter that is over.
    """
    earlier = quarter.before
    if so_far or not is_older:
        note = so_far or f"{_number(incidents)}, and none on record is older."
        return Compared(earlier, incidents, before, None, False, note)
    ratio, is_change = _judged(incidents, before)
    return Compared(earlier, incidents, before, ratio, is_change, _note(earlier, incidents, before, ratio, is_change))


def _judged(incidents: int, before: int) -> tuple[Ratio | None, bool]:
    # It comes with SciPy, which a command without a review does not pay for.
    from kb.trends.counts import rate_ratio

    ratio = rate_ratio(incidents, before)
    # Of none before there is no ratio, but whether they became more can be asked the other way round.
    asked = ratio or rate_ratio(before, incidents)
    return ratio, asked is not None and asked.is_change


def _note(earlier: Quarter, incidents: int, before: int, ratio: Ratio | None, is_change: bool) -> str:
    if incidents == before:
        return (
            f"{_number(incidents)}, as many as in {earlier}." if incidents else f"No incident, and none in {earlier}."
        )
    note = f"{_number(incidents)}; {before or 'none'} in {earlier}."
    if not is_change:
        return f"{note} With numbers like these the difference may be chance."
    more = "more" if incidents > before else "fewer"
    return f"{note} That is {more} than chance makes likely{_interval(ratio)}."


def _interval(ratio: Ratio | None) -> str:
    return f" (between {ratio.low:.2g} and {ratio.high:.2g} times as many, 95 % interval)" if ratio else ""


def _number(incidents: int) -> str:
    return count(incidents, "incident") if incidents else "No incident"
