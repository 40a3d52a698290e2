"""Charts of quarters: what was more up, what was less down, and incidents with the band of chance.

Two kinds of things are told apart by their side of the line, so that no colour has to be. Compromise: a knowledge base of more
than twenty years shows the last twenty.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
from altair.utils import Undefined
from altair.utils.schemapi import UndefinedType

from kb.pages.charts.chart import MOST_QUARTERS, Chart, Key, Spec, Table, left_out
from kb.pages.charts.look import ACCENT, BAND, INK, SOFT, inline, spec
from kb.trends.model import Counts
from kb.trends.quarter import Quarter

# All quarters are named where they are no more than these; else the years are, no more than these.
_NAMED, _YEARS = 5, 8
# No more than this many steps of one size along the numbers.
_STEPS, _MARKS = [digit * 10**power for power in range(9) for digit in (1, 2, 5)], 4
# So few quarters have bars of this width, in pixels, which would else be slabs.
_FEW, _SLIM = 6, 34


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one thing, a quarter each. `is_down` draws them below the line."""

    name: str
    colour: str
    numbers: tuple[int, ...]
    is_down: bool = False


def flows(
    name: str,
    question: str,
    how: str,
    said: tuple[str, ...],
    quarters: Sequence[Quarter],
    series: Sequence[Series],
    empty: str,
) -> Chart:
    """Return a chart of what was counted in each quarter: bars up and down, those of one side upon each other."""
    is_empty = not any(map(any, (one.numbers for one in series)))
    table = Table(
        ("Quarter", *(one.name for one in series)),
        () if is_empty else _rows(quarters, series),
        note=left_out(len(quarters), MOST_QUARTERS, "earlier quarter is", "earlier quarters are"),
    )
    keys = tuple(Key("bar", one.colour, f"{one.name} ({'down' if one.is_down else 'up'})") for one in series)
    spec = None if is_empty else _flows(quarters[-MOST_QUARTERS:], series)
    return Chart(name, question, how + _cut(len(quarters)), said, spec, table, keys, empty)


def _cut(total: int) -> str:
    """Return a sentence on the quarters that are not drawn, "" where all are."""
    return f" Of {total:,} quarters the last {MOST_QUARTERS} are drawn." if total > MOST_QUARTERS else ""


def _rows(quarters: Sequence[Quarter], series: Sequence[Series]) -> tuple[tuple[str, ...], ...]:
    """Return the numbers of each quarter, the latest first."""
    latest = list(enumerate(quarters))[-MOST_QUARTERS:]
    return tuple((str(quarter), *(f"{one.numbers[n]:,}" for one in series)) for n, quarter in reversed(latest))


def _flows(quarters: Sequence[Quarter], series: Sequence[Series]) -> Spec:
    start = len(series[0].numbers) - len(quarters)
    rows = [
        {
            "quarter": str(quarter),
            "what": one.name,
            "n": number,
            "order": order,
            "place": -number if one.is_down else number,
        }
        for order, one in enumerate(series)
        for quarter, number in zip(quarters, one.numbers[start:], strict=True)
    ]
    names, colours = [one.name for one in series], [one.colour for one in series]
    base = alt.Chart(inline(rows))
    bars = base.mark_bar(size=_slim(quarters)).encode(
        x=_axis(quarters),
        y=alt.Y("place:Q", title=None, axis=_whole(_tallest(series, start, True), _tallest(series, start, False))),
        color=alt.Color("what:N", legend=None, scale=alt.Scale(domain=names, range=colours)),
        order=alt.Order("order:Q"),
        tooltip=[alt.Tooltip("quarter:N"), alt.Tooltip("what:N"), alt.Tooltip("n:Q")],
    )
    line = alt.Chart(inline([{"zero": 0}])).mark_rule(color=SOFT).encode(y="zero:Q")
    return spec(alt.layer(bars, line), 170)


def _tallest(series: Sequence[Series], start: int, is_down: bool) -> int:
    side = [one.numbers[start:] for one in series if one.is_down is is_down]
    return max(map(sum, zip(*side, strict=True)), default=0)


def _slim(quarters: Sequence[object]) -> int | UndefinedType:
    return _SLIM if len(quarters) <= _FEW else Undefined


def _axis(quarters: Sequence[Quarter]) -> alt.X:
    named = [str(quarter) for quarter in quarters]
    if len(quarters) <= _NAMED:
        axis = alt.Axis()
    else:
        first = [name for name in named if name.endswith("-Q1")] or named[:1]
        every = -(-len(first) // _YEARS)
        axis = alt.Axis(values=first[::-every][::-1], labelExpr="slice(datum.label, 0, 4)", ticks=True, tickColor=SOFT)
    return alt.X("quarter:O", title=None, sort=None, scale=alt.Scale(domain=named), axis=axis)


def _whole(below: int, above: int) -> alt.Axis:
    """Return an axis of whole numbers, a few of them between the two ends, without the sign of what is below the line."""
    step = next(size for size in _STEPS if size * _MARKS >= max(above, below, 1))
    values = list(range(-(below // step) * step, above + 1, step))
    return alt.Axis(values=values, labelExpr="format(abs(datum.value), ',d')")


def counted(counts: Counts, said: tuple[str, ...]) -> Chart:
    """Return the incidents a quarter with the mean and the band within which chance alone keeps 95 of 100 quarters."""
    shown = counts.quarters[-MOST_QUARTERS:]
    quarters = [one.quarter for one in counts.quarters]
    table = Table(
        ("Quarter", "Incidents", ""),
        tuple(
            (str(c.quarter), f"{c.incidents:,}", _stands(counts, c.incidents) if c.is_over else "not over")
            for c in reversed(shown)
        ),
        note=left_out(len(quarters), MOST_QUARTERS, "earlier quarter is", "earlier quarters are"),
    )
    keys = (
        Key("bar", ACCENT, "incidents; pale where the quarter is not over"),
        *(
            [Key("dashes", INK, "mean"), Key("band", BAND, "what chance alone would do")]
            if counts.mean is not None
            else []
        ),
    )
    return Chart(
        "counts",
        "Are incidents getting more or fewer?",
        "A bar is a quarter. Bars that end within the band differ no more than chance makes them differ."
        + _cut(len(quarters)),
        said,
        _counted(counts) if counts.quarters else None,
        table,
        keys,
        "No incident has a known start. With `started` in the postmortems, each quarter gets a bar here.",
    )


def _stands(counts: Counts, incidents: int) -> str:
    if counts.low is None or counts.high is None:
        return ""
    return "above the band" if incidents > counts.high else "below the band" if incidents < counts.low else ""


def _counted(counts: Counts) -> Spec:
    shown = counts.quarters[-MOST_QUARTERS:]
    rows = [
        {
            "quarter": str(c.quarter),
            "incidents": c.incidents,
            "state": "over" if c.is_over else "not over",
            "shade": 1 if c.is_over else 0.4,
        }
        for c in shown
    ]
    tallest = max(c.incidents for c in shown)
    bars = (
        alt.Chart(inline(rows))
        .mark_bar(color=ACCENT, size=_slim(shown))
        .encode(
            x=_axis([c.quarter for c in shown]),
            y=alt.Y("incidents:Q", title=None, axis=_whole(0, max(tallest, counts.high or 0))),
            opacity=alt.Opacity("shade:Q", legend=None, scale=None),
            tooltip=[alt.Tooltip("quarter:N"), alt.Tooltip("incidents:Q"), alt.Tooltip("state:N")],
        )
    )
    if counts.mean is None:
        return spec(bars, 190)
    chance = alt.Chart(inline([{"low": counts.low, "high": counts.high, "mean": counts.mean}]))
    band = chance.mark_rect(color=BAND).encode(y="low:Q", y2="high:Q")
    mean = chance.mark_rule(color=INK, strokeDash=[4, 3]).encode(y="mean:Q")
    return spec(alt.layer(band, bars, mean), 190)
