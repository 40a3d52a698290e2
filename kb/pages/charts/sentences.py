"""What the trends say, in sentences: the first thing that a trend page shows.

A change is called one only where its interval leaves "the same" out. Compromise: an interval is said in whole percent, which
is finer than a few incidents can tell.
"""

import math

from kb.pages.charts.chart import PERCENT, between, percent
from kb.pages.charts.durations import length
from kb.text import count
from kb.trends.model import Changes, Counts, Durations, Power, Ratio, Reports, Work
from kb.trends.shares import interval


def headline(counts: Counts, power: Power) -> str:
    """Return the plain sentence: how many incidents the last quarter had, and what so many can show."""
    over = [one for one in counts.quarters if one.is_over]
    known = sum(one.incidents for one in counts.quarters)
    if not known and not counts.undated:
        return "No incident is on record yet: nothing can be told."
    if not known:
        return f"{count(counts.undated, 'incident is', 'incidents are')} on record, none with a known start: nothing can be told."
    if not over:
        return f"{count(known, 'incident')} so far, and no quarter is over: too few to say."
    last = over[-1]
    return f"{count(last.incidents, 'incident')} in {last.quarter}. {could_show(power)}"


def could_show(power: Power) -> str:
    """Return the power note: the smallest improvement that these data could show."""
    if power.known < 5:
        return f"How long they took is known of {power.known}: too few to say what could show."
    each = f"With {count(power.incidents, 'incident')} a quarter"
    if power.smallest is None:
        return f"{each}, no improvement in how long they take could show from one quarter to the next, however large."
    return f"{each}, only incidents that are {percent(power.smallest)} shorter or more could show from one quarter to the next."


def counts_said(counts: Counts) -> tuple[str, ...]:
    """Return what the counts say."""
    known = sum(one.incidents for one in counts.quarters)
    undated = f", {counts.undated:,} more have no known start" if counts.undated else ""
    told = [f"{count(known, 'incident')} in {count(len(counts.quarters), 'quarter')}{undated}."]
    if counts.mean is None:
        return (*told, "No quarter is over: too few to say.") if known else ()
    told.append(
        f"{counts.mean:.1f} a quarter on average; chance alone keeps 95 of 100 quarters between {counts.low} and {counts.high}."
    )
    if counts.uneven:
        told.append("They are spread more unevenly than chance alone would do: something drives them.")
    if counts.change is None:
        return (*told, "Fewer than eight quarters are over: too few to compare years.")
    return (*told, f"The last four quarters against the four before: {compared(counts.change, 'fewer', 'more')}.")


def compared(ratio: Ratio, less: str, more: str) -> str:
    """Return how a later figure compares: "30 % fewer (95 % interval: 45 % fewer to 10 % fewer)", or that nobody can tell."""
    reach = f"95{PERCENT} interval: {_times(ratio.low, less, more)} to {_times(ratio.high, less, more)}"
    if ratio.is_change:
        return f"{_times(ratio.value, less, more)} ({reach})"
    return f"no change that these data can tell from chance ({reach})"


def compared_years(what: str, change: Ratio | None, less: str, more: str) -> str:
    """Return how the last four quarters compare with the four before, "" where nobody can tell."""
    return f"{what}, the last four quarters against the four before: {compared(change, less, more)}." if change else ""


def _times(value: float, less: str, more: str) -> str:
    if not math.isfinite(value):
        return f"without limit {more}"
    if value >= 10:
        return f"{value:,.0f}-fold"
    difference = round(100 * (value - 1))
    return "the same" if not difference else f"{abs(difference)}{PERCENT} {more if difference > 0 else less}"


def durations_said(durations: Durations) -> tuple[str, ...]:
    """Return what is known of how long something took."""
    unknown = f"{durations.unknown:,} unknown"
    unknown += (
        f", of which {count(durations.impossible, 'ends', 'end')} before the start" if durations.impossible else ""
    )
    told = [f"{len(durations.dots):,} known, {unknown}."]
    if not durations.dots:
        return tuple(told)
    if not durations.quantiles:
        return (*told, "Fewer than five: too few for a median.")
    for q in durations.quantiles:
        part = "Half" if q.of == 0.5 else f"{round(100 * q.of)} of 100"
        told.append(f"{part} within {length(q.value)} ({length(q.low)} to {length(q.high)}).")
    if durations.change is None:
        return (*told, "Too few to compare one year with the one before.")
    return (
        *told,
        f"Median of the last four quarters against the four before: {compared(durations.change, 'shorter', 'longer')}.",
    )


def work_said(work: Work) -> tuple[str, ...]:
    """Return where the actions stand."""
    total = sum(number for _, number in work.states)
    if not total:
        return ()
    told = [f"{count(total, 'action')}, {len(work.overdue):,} overdue."]
    if work.unverified:
        told.append(f"{count(len(work.unverified), 'is', 'are')} done and not verified.")
    unknown = dict(work.states).get("unknown", 0)
    if unknown:
        told.append(f"Of {unknown:,} nobody said what became of them; they count as neither open nor done.")
    return tuple(told)


def survival_said(work: Work) -> tuple[str, ...]:
    """Return how long actions stay open."""
    total = sum(number for _, number in work.states)
    known = f"Measured on {count(work.measured, 'action')} of {total:,}."
    if not work.steps:
        return (known,) if total else ()
    half = (
        f"Half of the actions are closed within {count(work.median, 'day')}."
        if work.median is not None
        else "Fewer than half of the actions are closed yet."
    )
    return half, known


def reports_said(reports: Reports) -> tuple[str, ...]:
    """Return how many incidents have a published postmortem, and how long it took."""
    if not reports.incidents:
        return ()
    share = percent(reports.published / reports.incidents)
    told = f"{reports.published:,} of {count(reports.incidents, 'incident')} ({share}) have a published postmortem."
    if not reports.days:
        return told, "How long they took to write is known of none."
    middle = sorted(reports.days)[len(reports.days) // 2]
    return told, f"Of {len(reports.days):,} the time it took is known: half within {count(middle, 'day')}."


def changes_said(changes: Changes) -> tuple[str, ...]:
    """Return how many incidents came within an hour after a change."""
    if not changes.known or changes.low is None or changes.high is None:
        return ()
    share = percent(changes.with_change / changes.known)
    told = f"{changes.with_change:,} of {changes.known:,} incidents that name changes with their time"
    kinds = f"The kind is known of {changes.kinds.known:,} of these."
    return (f"{told} began within an hour after one: {share} ({between(changes.low, changes.high)}).", kinds)


def foreseen_said(foreseen: tuple[int, int]) -> tuple[str, ...]:
    """Return how many incidents a pre-mortem had named as a risk."""
    found, total = foreseen
    if not total:
        return ()
    low, high = interval(found, total)
    return (
        f"A pre-mortem had foreseen {found:,} of {count(total, 'incident')}: {percent(found / total)} ({between(low, high)}).",
    )
