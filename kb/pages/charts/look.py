"""How charts look: the site's own colours and sizes, by name, so that light, dark and print follow its style sheet.

A colour is written as a CSS variable and reaches the drawing as it is. Compromise: widths of letters are measured with the
renderer's font and drawn with the reader's, so every label has some room to spare.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from kb.pages.charts.chart import Spec

INK, SOFT, LINE, ACCENT = "var(--kb-ink)", "var(--kb-soft)", "var(--kb-line)", "var(--kb-accent)"
BAD, WARN, BLUE, GREY, GOOD = (
    "var(--kb-sev1)",
    "var(--kb-sev2)",
    "var(--kb-sev3)",
    "var(--kb-chart-grey)",
    "var(--kb-good)",
)
BAND = "var(--kb-chart-band)"
# Seen through, and still there for the pointer.
NONE = "transparent"

# The signs of kb.pages.strip in a square of two by two: triangle, diamond, square, circle, ring, dash.
SEVERITIES = {
    "sev1": ("M0,-1L.95,.8L-.95,.8Z", BAD),
    "sev2": ("M0,-1L1,0L0,1L-1,0Z", WARN),
    "sev3": ("M-.8,-.8L.8,-.8L.8,.8L-.8,.8Z", BLUE),
    "sev4": ("circle", SOFT),
    "sev5": ("circle", SOFT),
    "unknown": ("M-.9,-.22L.9,-.22L.9,.22L-.9,.22Z", SOFT),
}

# Text is measured at this size and drawn at eleven pixels by the style sheet, so that a reader's wider font has room.
_MEASURED = 13.3

_AXIS = {
    "domain": False,
    "ticks": False,
    "labelColor": SOFT,
    "labelFontSize": _MEASURED,
    "labelPadding": 6,
    "titleColor": SOFT,
    "titleFontSize": _MEASURED,
    "titleFontWeight": "normal",
    "titlePadding": 8,
    "gridColor": LINE,
}


def config(width: int) -> dict[str, Any]:
    """Return Vega-Lite's settings for a drawing of this width, in pixels."""
    limit = round(width * 0.38)
    return {
        # Said once for the whole drawing instead of for each mark.
        "aria": False,
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": _AXIS,
        "axisX": {"grid": False, "labelOverlap": True, "labelAngle": 0, "labelFlush": False},
        "axisY": {"labelLimit": limit, "titleAngle": 0, "titleAnchor": "start", "titleAlign": "left", "titleY": -12},
        # The rows of several charts begin at one place.
        "axisYDiscrete": {"minExtent": round(width * 0.2), "labelColor": INK},
        "text": {"fontSize": _MEASURED, "fill": INK},
    }


def inline(rows: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Return rows as data that stand in the specification itself."""
    return alt.InlineData(values=[dict(row) for row in rows])


def spec(chart: alt.Chart | alt.LayerChart | alt.FacetChart, height: int) -> Spec:
    """Return what is drawn, with room of this height, in pixels, between its axes."""
    made: Spec = chart.properties(height=height).to_dict()
    return made
