"""Charts of how long incidents took: each a dot in the shape and colour of its severity, and the quantiles of all.

They lie on a logarithmic axis, because they reach from seconds to weeks. Compromise: what took no time at all
stands at one second.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import altair as alt

from kb.pages.charts.chart import MOST_DOTS, Chart, Spec, Table, shown
from kb.pages.charts.look import BAND, INK, NONE, SEVERITIES, inline, spec
from kb.text import duration
from kb.trends.model import Dot, Durations

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# Where the axis of lengths is named.
_NAMED = {
    1: "1 s",
    10: "10 s",
    _MINUTE: "1 min",
    10 * _MINUTE: "10 min",
    _HOUR: "1 h",
    6 * _HOUR: "6 h",
    _DAY: "1 d",
} | {7 * _DAY: "1 week", 30 * _DAY: "30 d", 365 * _DAY: "1 year", 3650 * _DAY: "10 years"}
# How much further than the outermost dots the axis of lengths reaches.
_ROOM = 1.35
# Days of more than three years are named by the year.
_YEARS = 1100
_UTC = alt.Scale(type="utc", nice=False, padding=8)
# Up to so many dots are large; in square pixels.
_FEW, _LARGE, _SMALL = 200, 52, 30
# Incidents of a table, the longest.
_LONGEST = 20
_NAMES = "{" + ", ".join(f"'{seconds}': '{name}'" for seconds, name in _NAMED.items()) + "}[datum.value]"


@dataclass(frozen=True, slots=True)
class Told:
    """What a dot tells of its incident: where it is in time, how bad it was, what it is called, where its page is."""

    started: date
    severity: str
    title: str
    uri: str
    address: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The axes that several charts share: from the least to the most seconds, and from the first to the last day."""

    seconds: tuple[float, float]
    days: tuple[date, date]


def frame(all_durations: Iterable[Durations], told: Mapping[str, Told]) -> Frame | None:
    """Return the axes on which all of these have room; None where nothing is known."""
    some = list(all_durations)
    dots = [dot for one in some for dot in thinned(one)]
    if not dots:
        return None
    seconds = [dot.seconds for dot in dots] + [end for one in some for q in one.quantiles for end in (q.low, q.high)]
    days = [told[dot.incident].started for dot in dots]
    return Frame((max(1, min(seconds)) / _ROOM, max(1, *seconds) * _ROOM), (min(days), max(days)))


def lengths(
    question: str, durations: Durations, told: Mapping[str, Told], axes: Frame | None, said: tuple[str, ...]
) -> Chart:
    """Return the chart of how long something took, in time. `told` has every incident that is a dot."""
    lowest = " What took no time stands at 1 s." if any(dot.seconds < 1 for dot in thinned(durations)) else ""
    return Chart(
        durations.name,
        question,
        f"A sign is an incident{_thin(durations)}.{lowest}",
        said,
        _lengths(durations, told, axes) if axes and durations.dots else None,
        _table(durations, told),
        empty=f"Nothing is known of it. It needs `started` and `{_FIELDS[durations.name]}` with their time of day.",
        is_small=True,
    )


def thinned(durations: Durations) -> tuple[Dot, ...]:
    """Return the dots that are drawn: all, or evenly through time as many as there is room for."""
    return durations.dots[:: _every(durations)]


def _every(durations: Durations) -> int:
    return max(1, -(-len(durations.dots) // MOST_DOTS))


def _thin(durations: Durations) -> str:
    every = _every(durations)
    return f"; one in {every} of {len(durations.dots):,} is drawn, evenly through time" if every > 1 else ""


def _table(durations: Durations, told: Mapping[str, Told]) -> Table:
    quantiles = tuple(
        (_quantile(q.of), length(q.value), f"{length(q.low)} to {length(q.high)}") for q in durations.quantiles
    )
    longest = sorted(durations.dots, key=lambda dot: (-dot.seconds, dot.incident))[:_LONGEST]
    rows = tuple((told[dot.incident].title, length(dot.seconds), "") for dot in longest)
    uris = ("",) * len(quantiles) + tuple(told[dot.incident].uri for dot in longest)
    note = (
        f"The quantiles and the longest {len(longest)} of {len(durations.dots):,}."
        if len(durations.dots) > _LONGEST
        else ""
    )
    return Table(("", "Took", "95 % interval"), quantiles + rows, uris, note)


_FIELDS = {"detect": "detected", "mitigate": "mitigated", "resolve": "resolved"}


def _quantile(of: float) -> str:
    return "half (median)" if of == 0.5 else f"{round(100 * of)} of 100"


def length(seconds: float) -> str:
    """Return a length as people say it."""
    return duration(timedelta(seconds=round(seconds)))


def _lengths(durations: Durations, told: Mapping[str, Told], axes: Frame) -> Spec:
    rows = [
        {
            "at": _milliseconds(one.started),
            "seconds": max(dot.seconds, 1),
            "severity": one.severity,
            "incident": shown(one.title, 160),
            "day": one.started.isoformat(),
            "took": length(dot.seconds),
            "address": one.address,
        }
        for dot in thinned(durations)
        for one in [told[dot.incident]]
    ]
    # The worst lie on top, and what looks alike lies together, which makes the drawing small.
    rows.sort(key=lambda row: str(row["severity"]), reverse=True)
    bands, lines = _quantiles(durations)
    return spec(alt.layer(_edges(axes), *bands, _dots(rows, axes), *lines), 230)


def _milliseconds(day: date) -> int:
    return int(datetime.combine(day, time(12), UTC).timestamp() * 1000)


def _dots(rows: Sequence[Mapping[str, object]], axes: Frame) -> alt.Chart:
    names = list(SEVERITIES)
    fills = [NONE if name == "sev5" else colour for name, (_, colour) in SEVERITIES.items()]
    edges = [colour for _, colour in SEVERITIES.values()]
    shapes = [shape for shape, _ in SEVERITIES.values()]
    scale = alt.Scale
    made: alt.Chart = (
        alt.Chart(inline(rows))
        .mark_point(size=_LARGE if len(rows) <= _FEW else _SMALL, strokeWidth=1, opacity=0.8)
        .encode(
            x=alt.X(
                "at:T",
                title=None,
                scale=_UTC,
                axis=_days(axes),
            ),
            y=alt.Y(
                "seconds:Q", title=None, scale=scale(type="log", nice=False, domain=list(axes.seconds)), axis=_axis()
            ),
            shape=alt.Shape("severity:N", legend=None, scale=scale(domain=names, range=shapes)),
            fill=alt.Fill("severity:N", legend=None, scale=scale(domain=names, range=fills)),
            stroke=alt.Stroke("severity:N", legend=None, scale=scale(domain=names, range=edges)),
            href="address:N",
            tooltip=[alt.Tooltip(f"{name}:N") for name in ("incident", "severity", "day", "took")],
        )
    )
    return made


def _edges(axes: Frame) -> alt.Chart:
    """Return what is not seen and gives all these charts the same days."""
    ends = inline([{"at": _milliseconds(day)} for day in axes.days])
    made: alt.Chart = alt.Chart(ends).mark_rule(opacity=0).encode(x=alt.X("at:T", scale=_UTC))
    return made


def _days(axes: Frame) -> alt.Axis:
    first, last = axes.days
    return (
        alt.Axis(format="%Y", tickCount=4) if (last - first).days > _YEARS else alt.Axis(format="%Y-%m-%d", tickCount=2)
    )


def _axis() -> alt.Axis:
    return alt.Axis(values=list(_NAMED), labelExpr=_NAMES, labelOverlap=True)


def _quantiles(durations: Durations) -> tuple[list[alt.Chart], list[alt.Chart]]:
    """Return the bands, which lie below the dots, and the lines, which lie above; neither where there are too few."""
    if not durations.quantiles:
        return [], []
    rows = [
        {"low": max(q.low, 1), "high": max(q.high, 1), "value": max(q.value, 1), "quantile": _quantile(q.of)}
        for q in durations.quantiles
    ]
    base = alt.Chart(inline(rows))
    bands = base.mark_rect(color=BAND).encode(y=alt.Y("low:Q"), y2="high:Q")
    return [bands], [base.mark_rule(color=INK).encode(y="value:Q", tooltip=[alt.Tooltip("quantile:N")])]
