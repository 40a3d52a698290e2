"""The strip: incidents along time, each a mark in the shape and colour of its severity.

Drawn as SVG with a title and a description, so that it reads aloud and prints. Compromise: where one column would hold
more than a dozen marks the strip draws bars instead, because a tower of dots says no more than its height.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup as Safe

from kb.pages.rows import severity_mark
from kb.records.model import Postmortem
from kb.text import count
from kb.trends.quarter import Quarter, quarter_of

# A column's width: as much as fits a card on a phone, but no wider than few columns need and no narrower than a mark.
_CARD, _WIDEST, _NARROWEST = 336, 40, 12
_HIGH, _TALLEST = 12, 12
# Of a quarter, so that its name fits below it.
_QUARTER = 50
# Incidents that are no further apart than this are drawn by month.
_MONTHS = 23
_ORDER = ("sev1", "sev2", "sev3", "sev4", "sev5", "unknown")


@dataclass(frozen=True, slots=True)
class Strip:
    """A drawn strip. `columns` are (label, number); `svg` is the drawing, "" where there is nothing to draw."""

    columns: tuple[tuple[str, int], ...]
    svg: Safe


def by_year(incidents: Sequence[Postmortem]) -> Strip:
    """Draw incidents by year, from the first to the last; those without a known start are left out."""
    days = _days(incidents)
    if not days:
        return Strip((), Safe(""))
    labels = [str(year) for year in range(min(days).year, max(days).year + 1)]
    return _draw(labels, [(str(i.started.day.year), i) for i in incidents if i.started], "Incidents by year")


def along(incidents: Sequence[Postmortem], among: Sequence[Postmortem]) -> Strip:
    """Draw incidents from the first of `among` to the last: by month where these are two years or less apart, else by year."""
    days = _days(among)
    if not days or not _days(incidents):
        return Strip((), Safe(""))
    first, last = min(days), max(days)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > _MONTHS:
        labels, form, title = [f"{year:04d}" for year in range(first.year, last.year + 1)], 4, "Incidents by year"
    else:
        labels, form, title = [_month_before(last, back) for back in range(months, -1, -1)], 7, "Incidents by month"
    return _draw(labels, [(i.started.day.isoformat()[:form], i) for i in incidents if i.started], title)


def _days(incidents: Sequence[Postmortem]) -> list[date]:
    return [incident.started.day for incident in incidents if incident.started]


def last_year(incidents: Sequence[Postmortem], today: date) -> Strip:
    """Draw the incidents of the twelve months up to `today`."""
    months = [_month_before(today, back) for back in range(11, -1, -1)]
    known = [(f"{incident.started.day:%Y-%m}", incident) for incident in incidents if incident.started]
    return _draw(months, [(m, i) for m, i in known if m in months], "Incidents in the last twelve months")


def by_quarter(incidents: Sequence[Postmortem], last: Quarter, number: int) -> Strip:
    """Draw the incidents of so many quarters up to `last`."""
    quarters = [last]
    while len(quarters) < number:
        quarters.insert(0, quarters[0].before)
    labels = [str(quarter) for quarter in quarters]
    first, end = quarters[0].first, last.last
    near = ((i, quarter_of(i.started.day)) for i in incidents if i.started and first <= i.started.day <= end)
    return _draw(labels, [(str(quarter), incident) for incident, quarter in near], "Incidents by quarter", _QUARTER)


def _month_before(today: date, back: int) -> str:
    number = today.year * 12 + today.month - 1 - back
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _draw(labels: list[str], placed: list[tuple[str, Postmortem]], title: str, column: int | None = None) -> Strip:
    columns: dict[str, list[str]] = {label: [] for label in labels}
    for label, incident in placed:
        columns[label].append(severity_mark(incident.severity))
    tallest = max(map(len, columns.values()), default=0)
    if not tallest:
        return Strip(tuple((label, 0) for label in labels), Safe(""))
    draw = _dots if tallest <= _TALLEST else _bars
    high = (tallest if tallest <= _TALLEST else _TALLEST) * _HIGH
    column = column or max(_NARROWEST, min(_WIDEST, _CARD // len(labels)))
    marks = "".join(
        draw(place * column + column // 2, high, sorted(signs, key=_ORDER.index), tallest)
        for place, signs in enumerate(columns.values())
    )
    wide = len(labels) * column
    said = "; ".join(f"{label}: {len(signs)}" for label, signs in columns.items() if signs)
    svg = Safe(
        '<svg class="kb-strip" role="img" viewBox="0 0 {w} {h}" width="{w}" height="{h}"><title>{t}</title><desc>{d}</desc>'
        '<line class="kb-strip-base" x1="0" x2="{w}" y1="{b}" y2="{b}"/>{m}{l}</svg>'
    ).format(
        w=wide,
        h=high + 20,
        t=f"{title}: {count(len(placed), 'incident')}",
        d=said,
        b=high + 3,
        m=Safe(marks),
        l=_axis(labels, high, column),
    )
    return Strip(tuple((label, len(signs)) for label, signs in columns.items()), svg)


def _axis(labels: list[str], high: int, column: int) -> Safe:
    # With a gap, so that two labels side by side do not read as one.
    every = max(1, -(-(len(labels[0]) * 6 + 4) // column))
    fits = len(labels) * column - len(labels[0]) * 6
    shown = [(place, label) for place, label in enumerate(labels) if place % every == 0 and place * column <= fits]
    text = Safe('<text class="kb-strip-label" x="{}" y="{}">{}</text>')
    return Safe("").join(text.format(place * column + 2, high + 16, label) for place, label in shown)


def _dots(x: int, high: int, signs: list[str], tallest: int) -> str:
    return "".join(sign(name, x, high - place * _HIGH - _HIGH / 2) for place, name in enumerate(signs))


def _bars(x: int, high: int, signs: list[str], tallest: int) -> str:
    drawn, below = "", float(high)
    for name, number in sorted(Counter(signs).items(), key=lambda pair: _ORDER.index(pair[0])):
        tall = high * number / tallest
        below -= tall
        drawn += f'<rect class="kb-sign kb-sign--{name}" x="{x - 5}" y="{below:.1f}" width="10" height="{tall:.1f}"/>'
    return drawn


def sign(name: str, x: float, y: float) -> str:
    """Return the sign of a severity as SVG: triangle, diamond, square, circle, ring, cross."""
    shapes = {
        "sev1": f'<path d="M{x} {y - 5}l5 9h-10z"',
        "sev2": f'<path d="M{x} {y - 5}l5 5l-5 5l-5 -5z"',
        "sev3": f'<path d="M{x - 4} {y - 4}h8v8h-8z"',
        "sev4": f'<circle cx="{x}" cy="{y}" r="4"',
        "sev5": f'<circle cx="{x}" cy="{y}" r="3"',
        "unknown": f'<path d="M{x - 3} {y}h6"',
    }
    return f'{shapes[name]} class="kb-sign kb-sign--{name}"/>'
