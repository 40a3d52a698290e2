"""Charts of actions: how many are still open after so many days, and each open one as a mark by its age.

Compromise: of an owner or kind with very many open actions the oldest are drawn.
"""

from collections.abc import Sequence

import altair as alt

from kb.pages.charts.chart import (
    MOST_DOTS,
    MOST_ROWS,
    PERCENTS,
    Chart,
    Key,
    Spec,
    Table,
    between,
    labels,
    left_out,
    percent,
)
from kb.pages.charts.look import ACCENT, BAND, BLUE, SOFT, inline, spec
from kb.pages.charts.shares import LISTED, ROW, names_on
from kb.text import age, count
from kb.trends.model import Age, Step, Work


def survival(work: Work, said: tuple[str, ...]) -> Chart:
    """Return the curve of how many actions are still open after so many days."""
    steps = _thinned(work)
    table = Table(
        ("After", "Still open", "95 % interval", "Left to watch"),
        tuple(
            (
                count(s.days, "day"),
                percent(s.share),
                between(s.low, s.high),
                f"{s.at_risk:,}",
            )
            for s in steps
        ),
        note="" if len(steps) == len(work.steps) else f"{len(steps)} of {len(work.steps):,} steps.",
    )
    return Chart(
        "open-for",
        "How long do actions stay open?",
        "The line falls with each action that is closed; open ones count as long as they are open (Kaplan and Meier).",
        said,
        _survival(work) if work.steps else None,
        table,
        (Key("line", ACCENT, "share still open"), Key("band", BAND, "95 % interval")),
        "No action has a day of opening and a known state. `opened`, `status` and `closed` of the actions draw this curve.",
    )


def _thinned(work: Work) -> list[Step]:
    """Return no more steps than a table holds: the first, the last, and some between."""
    every = -(-len(work.steps) // LISTED)
    return [*work.steps[:-1:every], *work.steps[-1:]] if every else []


def _survival(work: Work) -> Spec:
    start = {"days": 0, "share": 1.0, "low": 1.0, "high": 1.0}
    steps = work.steps if len(work.steps) <= MOST_DOTS else _thinned(work)
    rows = [
        start,
        *({"days": s.days, "share": s.share, "low": s.low, "high": s.high, "left": s.at_risk} for s in steps),
    ]
    base = alt.Chart(inline(rows))
    across = alt.X(
        "days:Q", title="days after opening", axis=alt.Axis(titleAnchor="end", tickCount=6), scale=alt.Scale(nice=False)
    )
    band = base.mark_area(interpolate="step-after", color=BAND).encode(
        x=across, y=alt.Y("low:Q", title=None), y2="high:Q"
    )
    line = base.mark_line(interpolate="step-after", color=ACCENT, strokeWidth=2).encode(
        x=across,
        y=alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(labelExpr=PERCENTS, tickCount=4)),
        tooltip=[alt.Tooltip("days:Q"), alt.Tooltip("share:Q", format=".0%"), alt.Tooltip("left:Q")],
    )
    half = alt.Chart(inline([{"half": 0.5}])).mark_rule(color=SOFT, strokeDash=[3, 3]).encode(y="half:Q")
    return spec(alt.layer(band, half, line), 190)


def ages(name: str, question: str, ages: Sequence[Age], empty: str) -> Chart:
    """Return the ages of what is open, a row for each owner or kind."""
    rows = sorted(ages, key=lambda one: (-len(one.days) - one.unknown, one.name))
    table = Table(
        ("", "Open", "Oldest", "Middle", "Age unknown"),
        tuple(
            (one.name or "unknown", f"{len(one.days) + one.unknown:,}", *_ages(one), f"{one.unknown:,}")
            for one in rows[:LISTED]
        ),
        note=left_out(len(rows), LISTED),
    )
    dots = sum(len(one.days) for one in rows[:MOST_ROWS])
    how = "A mark is an open action, further right the longer it is open."
    how += f" Of the {len(rows)} with most, {MOST_ROWS} are drawn." if len(rows) > MOST_ROWS else ""
    said = _open(sum(len(one.days) for one in rows), sum(one.unknown for one in rows))
    unaged = "Nobody said when they were opened. `opened` of the actions, a day, gives them an age."
    drawn = _drawn(rows[:MOST_ROWS]) if dots else None
    return Chart(name, question, how, (said,) if rows else (), drawn, table, (), unaged if rows else empty)


def _open(known: int, unknown: int) -> str:
    text = f"{count(known + unknown, 'action is', 'actions are')} open"
    return f"{text}, {unknown:,} of them on an unknown day." if unknown else f"{text}."


def _ages(one: Age) -> tuple[str, str]:
    if not one.days:
        return "", ""
    return age(max(one.days)), age(sorted(one.days)[len(one.days) // 2])


def _drawn(rows: Sequence[Age]) -> Spec:
    names = labels([one.name or "unknown" for one in rows])
    most = max(1, MOST_DOTS // len(rows))
    marks = [
        {"word": label, "days": days, "open": age(days)}
        for label, one in zip(names, rows, strict=True)
        for days in sorted(one.days, reverse=True)[:most]
    ]
    ticks = (
        alt.Chart(inline(marks))
        .mark_tick(color=BLUE, thickness=2, height=13, opacity=0.75)
        .encode(
            x=alt.X(
                "days:Q",
                title="days open",
                axis=alt.Axis(titleAnchor="end", grid=True, tickCount=5),
                scale=alt.Scale(zero=True),
            ),
            y=names_on(names),
            tooltip=[alt.Tooltip("word:N"), alt.Tooltip("days:Q")],
        )
    )
    return spec(ticks, ROW * len(rows))
