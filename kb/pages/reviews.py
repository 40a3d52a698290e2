"""Which quarters have a review, and the list of them: how many incidents each holds, and what was decided.

Compromise: a quarter that has not begun has no page, whatever records date ahead, and neither has one of a year that `kb review`
does not take.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup as Safe

from kb.catalogue.catalogue import Catalogue
from kb.pages.address import REVIEWS, review_uri
from kb.pages.desk import Desk, Page
from kb.pages.numbered import numbered
from kb.pages.rows import severity_mark
from kb.pages.strip import sign
from kb.records.model import Learning, Postmortem
from kb.review.decided import KIND, quarter_said
from kb.text import count
from kb.trends.quarter import Quarter, quarter_of

URI = f"{REVIEWS}/index"
TITLE = "Reviews"
QUESTION = "What did we decide, and what will we decide next?"
_MONTHS = ("January to March", "April to June", "July to September", "October to December")
_SEVERITIES = ("sev1", "sev2", "sev3", "sev4", "sev5", "unknown")
# So many signs stand in a row; of more than these the number says more.
_SIGNS, _WIDE = 12, 13


@dataclass(frozen=True, slots=True)
class Entry:
    """A quarter as the list shows it. `signs` are the severities of its incidents, drawn; `records` its reviews."""

    quarter: Quarter
    is_over: bool
    incidents: int
    signs: Safe
    records: tuple[Learning, ...]

    @property
    def uri(self) -> str:
        """Where its page lies."""
        return review_uri(self.quarter)

    @property
    def months(self) -> str:
        """The quarter in words."""
        return months(self.quarter)

    @property
    def command(self) -> str:
        """What starts its record."""
        return command(self.quarter)

    @property
    def named(self) -> tuple[tuple[str, Learning], ...]:
        """The records, each by its title; one that is called like the page is named so that the two can be told apart."""
        page = title(self.quarter)
        return tuple((f"Record of {self.quarter}" if one.title == page else one.title, one) for one in self.records)


def title(quarter: Quarter) -> str:
    """Return what the page of a quarter is called."""
    return f"Review of {quarter}"


def months(quarter: Quarter) -> str:
    """Return a quarter in words: "October to December 2021"."""
    return f"{_MONTHS[quarter.number - 1]} {quarter.year}"


def command(quarter: Quarter) -> str:
    """Return what starts the record of a quarter's review."""
    return f"kb review {quarter} --write"


def of_record(catalogue: Catalogue, learning: Learning) -> Quarter | None:
    """Return the quarter of which a learning is the review and which has a page, or None."""
    quarter = quarter_said(learning) if learning.kind == KIND else None
    return quarter if quarter and quarter.first <= catalogue.today else None


def entries(catalogue: Catalogue) -> tuple[Entry, ...]:
    """Return every quarter up to today that holds an incident or has a review, newest first."""
    incidents, records = _by_quarter(catalogue), _reviews(catalogue)
    found = sorted({*incidents, *records}, reverse=True)
    return tuple(_entry(catalogue, one, incidents.get(one, ()), records.get(one, ())) for one in found)


def _by_quarter(catalogue: Catalogue) -> Mapping[Quarter, Sequence[Postmortem]]:
    found: defaultdict[Quarter, list[Postmortem]] = defaultdict(list)
    for incident in catalogue.incidents:
        day = incident.started.day if incident.started else None
        if day is not None and day.year >= 1000 and quarter_of(day).first <= catalogue.today:
            found[quarter_of(day)].append(incident)
    return found


def _reviews(catalogue: Catalogue) -> Mapping[Quarter, tuple[Learning, ...]]:
    found: defaultdict[Quarter, list[Learning]] = defaultdict(list)
    # Of several the first by path counts.
    for learning in sorted(catalogue.learnings, key=lambda one: one.path):
        quarter = of_record(catalogue, learning)
        if quarter is not None:
            found[quarter].append(learning)
    return {quarter: tuple(some) for quarter, some in found.items()}


def _entry(
    catalogue: Catalogue, quarter: Quarter, incidents: Sequence[Postmortem], records: tuple[Learning, ...]
) -> Entry:
    return Entry(quarter, quarter.last < catalogue.today, len(incidents), signs(incidents), records)


def signs(incidents: Sequence[Postmortem]) -> Safe:
    """Draw the severities of some incidents in a row, the worst first; nothing where there are none or too many to read."""
    marks = sorted((severity_mark(one.severity) for one in incidents), key=_SEVERITIES.index)
    if not 0 < len(marks) <= _SIGNS:
        return Safe("")
    drawn = "".join(sign(name, place * _WIDE + 7, 7) for place, name in enumerate(marks))
    told = ", ".join(f"{number} {name}" for name, number in Counter(marks).items())
    return Safe(
        '<svg class="kb-signs" role="img" viewBox="0 0 {w} 14" width="{w}" height="14"><title>{t}</title>{m}</svg>'
    ).format(w=len(marks) * _WIDE + 1, t=f"severity: {told}", m=Safe(drawn))


def index_pages(desk: Desk, found: Sequence[Entry]) -> list[Page]:
    """Return the numbered pages over all reviews."""
    return numbered(
        desk,
        "reviews.html",
        URI,
        TITLE,
        found,
        section=URI,
        description=QUESTION,
        facts=lambda: {"due": _due(found), "undated": _undated(desk.catalogue)},
        heading=TITLE,
        question=QUESTION,
        total=len(found),
        held=count(sum(bool(one.records) for one in found), "review"),
        example=command(quarter_of(desk.catalogue.today).before),
    )


def _due(found: Sequence[Entry]) -> Entry | None:
    """Return the latest quarter that is over, unless its review is on record."""
    latest = next((one for one in found if one.is_over), None)
    return latest if latest and not latest.records else None


def _undated(catalogue: Catalogue) -> int:
    return sum(incident.started is None for incident in catalogue.incidents)
