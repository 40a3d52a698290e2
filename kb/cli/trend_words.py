"""How a terminal says a figure of the trends: always with how many it rests on and how sure it is.

Compromise: shares are said in whole per cent and spans in at most two units; the JSON has more digits than such figures deserve.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from kb.text import count, duration
from kb.trends.durations import TOO_FEW
from kb.trends.model import Power, Quantile, Ratio, Share, Step
from kb.trends.selection import Selection
from kb.trends.shares import interval


def percent(low: float, high: float) -> str:
    """Return the ends of an interval of a share: "15 to 31 %"."""
    return f"{low * 100:.0f} to {high * 100:.0f} %"


def mean_said(mean: float) -> str:
    """Return a mean to one place; one that is nearly nothing is not said to be nothing."""
    return "fewer than 0.1" if 0 < mean < 0.1 else f"{mean:,.1f}"


def part_said(part: int, whole: int) -> str:
    """Return a share with its interval: "22 of 100, 22 % (15 to 31 %)"."""
    if not whole:
        return "0 of 0"
    return f"{part:,} of {whole:,}, {part / whole * 100:.0f} % ({percent(*interval(part, whole))})"


def share_said(share: Share) -> str:
    """Return how many incidents name a word, in columns: "22   22 % (15 to 31 %)   elsewhere 31 %"."""
    found = f"{share.incidents:>6,}  {share.share * 100:>3.0f} %  {f'({percent(share.low, share.high)})':<15}"
    return found + (f"  elsewhere {share.published * 100:.0f} %" if share.published is not None else "")


def change_said(change: Ratio | None, as_much: str) -> str:
    """Return how a later figure compares with an earlier one; an arrow only where the interval leaves out that it is the same.

    `as_much` is "as many" or "as long".
    """
    if change is None:
        return "too few to say"
    arrow = ("↑ " if change.value > 1 else "↓ ") if change.is_change else ""
    doubt = "" if change.is_change else "; that may be chance"
    value, low, high = (f"{one:.2f}" if one < 10 else f"{one:,.0f}" for one in (change.value, change.low, change.high))
    return f"{arrow}{value} times {as_much} ({low} to {high}){doubt}"


def quantile_said(quantile: Quantile) -> str:
    """Return a quantile of spans: "half within 2 h 14 min (1 h to 3 h)"."""
    value, low, high = (duration(timedelta(seconds=one)) for one in (quantile.value, quantile.low, quantile.high))
    return f"{'half' if quantile.of == 0.5 else f'{quantile.of * 100:.0f} %'} within {value} ({low} to {high})"


def median_said(steps: Sequence[Step], median: int | None) -> str:
    """Return after how many days half of the actions are closed, with the 95 % interval (Brookmeyer and Crowley 1982)."""
    if median is None:
        return "fewer than half are closed so far"
    low = next((step.days for step in steps if step.low <= 0.5), median)
    high = next((step.days for step in steps if step.high < 0.5), None)
    return f"half after {count(median, 'day')} ({f'{low} to {high}' if high is not None else f'{low} or more'})"


def open_said(steps: Sequence[Step], days: int) -> str:
    """Return what share is still open after some days; "" where none was seen for as long."""
    if not steps or steps[-1].days < days:
        return ""
    then = [step for step in steps if step.days <= days][-1]
    return f"{then.share * 100:.0f} % still open after {days} days ({percent(then.low, then.high)})"


def power_said(power: Power) -> str:
    """Return what so few incidents could show."""
    if power.known < TOO_FEW:
        return f"how long it took is known of {power.known or 'none'}, too few to say what could show"
    if power.smallest is None:
        return "with this few, not even incidents 95 % shorter would show"
    return f"with this few, only incidents {power.smallest * 100:.0f} % shorter would show"


def selected(selection: Selection) -> str:
    """Return what was selected, with a blank before it: " of the service web or db since 2021-10-01"; "" for all."""
    names = [
        f" of the {kind} {' or '.join(names)}"
        for kind, names in (("service", selection.services), ("team", selection.teams))
        if names
    ]
    since, until = selection.since, selection.until
    days = f" from {since} to {until}" if since and until else f" since {since}" if since else f" until {until}"
    return "".join(names) + (days if since or until else "")


def some(names: Sequence[str], shown: int) -> str:
    """Return the first of some names, and how many more there are."""
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more:,} more" if more > 0 else "")


def counted(pairs: Iterable[tuple[str, int]]) -> Sequence[str]:
    """Return names with their numbers: "edge: 12"."""
    return [f"{name}: {number:,}" for name, number in pairs]
