"""Are we getting better, and can we know? The trend pages: a plain answer first, then charts in the order of their use.

What is done about incidents comes before how often and how long they are, because only the first is in anyone's hands.
Compromise: three pages instead of one, so that none is large; what is common to them is computed when the first is asked for.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import vl_convert
from markupsafe import Markup as Safe

from kb import kept
from kb.pages.address import TRENDS
from kb.pages.charts import sentences
from kb.pages.charts.chart import NARROW, Chart
from kb.pages.charts.draw import draw, sized
from kb.pages.desk import Desk, Page
from kb.pages.trend_sections import Section, behind, lengths_and_numbers, work_and_readiness
from kb.search.place import place_of

if TYPE_CHECKING:
    from kb.trends.trends import Trends

URI = f"{TRENDS}/index"
TITLE = "Trends"
QUESTION = "Are we getting better, and can we know?"
# Where the script that draws in the browser lies; what each page draws lies beside it.
SCRIPT = f"assets/kb/{TRENDS}/vega.js"
# What that script hands to the page.
_EXPOSED = "window.vegaEmbed = vegaEmbed;"


@dataclass(frozen=True)
class Sheet:
    """One trend page before it is written. `sections` are made when first asked for."""

    uri: str
    title: str
    make: Callable[[], tuple[Section, ...]]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """What is on it."""
        return self.make()

    @property
    def name(self) -> str:
        """What its data is called."""
        return self.uri.rpartition("/")[2]

    @property
    def data_uri(self) -> str:
        """Where the data of its interactive charts lies."""
        return f"assets/kb/{TRENDS}/{self.name}.js"


@dataclass(frozen=True)
class TrendPages:
    """The trend pages of a site."""

    desk: Desk
    trends: "Trends"

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The pages in their order."""
        desk, trends = self.desk, self.trends
        last = f"{TRENDS}/durations"
        return (
            Sheet(URI, "Work and readiness", lambda: work_and_readiness(desk, trends)),
            Sheet(f"{TRENDS}/causes", "Causes", lambda: behind(desk, trends)),
            Sheet(last, "How often, how long", lambda: lengths_and_numbers(desk, trends, desk.style.top(last))),
        )

    def pages(self) -> Sequence[Page]:
        """Return the pages."""
        return [self._page(sheet) for sheet in self.sheets]

    def _page(self, sheet: Sheet) -> Page:
        title = TITLE if sheet.uri == URI else f"{TITLE}: {sheet.title.lower()}"
        return Page(sheet.uri, title, lambda: self._html(sheet, title), section=URI, description=QUESTION)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield what the interactive charts load when they are asked for: the script that draws, and what each page draws."""
        yield SCRIPT, _bundle(self.desk)
        for sheet in self.sheets:
            specs = {c.name: sized(c.spec, NARROW) for section in sheet.sections for c in section.charts if c.spec}
            # No `<` as such, so that the script stays harmless wherever it is put.
            text = json.dumps(specs, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
            yield sheet.data_uri, f"kbCharts({text});\n".encode()

    def _html(self, sheet: Sheet, title: str) -> str:
        return self.desk.render(
            "trends.html",
            sheet.uri,
            title=title,
            question=QUESTION,
            sheet=sheet,
            sheets=self.sheets,
            answers=self._answers if sheet.uri == URI else (),
            drawn=drawn,
            script=SCRIPT,
        )

    @property
    def _answers(self) -> tuple[tuple[str, str], ...]:
        """The plain answers, each with the address of the chart that shows it."""
        found, last = self.trends, self.sheets[-1].uri
        resolved = found.durations["resolve"].change
        told = (
            (f"{last}#counts", sentences.headline(found.counts, found.power)),
            (f"{last}#counts", sentences.compared_years("Incidents", found.counts.change, "fewer", "more")),
            (f"{last}#resolve", sentences.compared_years("Until it was over for all", resolved, "shorter", "longer")),
            (f"{URI}#states", " ".join(sentences.work_said(found.work))),
            (f"{URI}#open-for", " ".join(sentences.survival_said(found.work)[:1]) if found.work.steps else ""),
            (f"{URI}#foreseen", " ".join(sentences.foreseen_said(found.foreseen))),
        )
        return tuple((uri, text) for uri, text in told if text)


def drawn(chart: Chart) -> list[Safe]:
    """Return a chart's drawings, the widest first; none where there is nothing to draw."""
    if chart.spec is None:
        return []
    told = " ".join(chart.said)
    return [draw(chart.spec, width, f"{chart.name}-{width}", chart.question, told) for width in chart.widths]


def _bundle(desk: Desk) -> bytes:
    """Return the script that draws in the browser. Making it takes two seconds, so it is kept."""
    path, stamp = place_of(desk.catalogue.root, "vega"), f"{version('vl-convert-python')} {_EXPOSED}"
    found = kept.read(path, stamp)
    if found is not None and "script" in found:
        return found["script"].tobytes()
    made = _script()
    kept.write(path, stamp, {"script": np.frombuffer(made, np.uint8)})
    return made


@lru_cache(1)
def _script() -> bytes:
    return vl_convert.javascript_bundle(_EXPOSED).encode()
