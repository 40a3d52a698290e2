"""Home: what should I know today?

Only what asks for attention, with its number and the way to it. Compromise: nothing here is a chart; with a few incidents a
month a chart would say more than is known.
"""

from datetime import date, timedelta

from kb.pages.again import repeats_of
from kb.pages.clusters import recurring
from kb.pages.desk import Desk
from kb.pages.lists import tally
from kb.pages.rows import incident_row, learning_row
from kb.pages.strip import by_year, last_year
from kb.records.model import Learning, Postmortem
from kb.text import count

_LATEST, _ANNIVERSARIES, _REPEATS = 8, 4, 6
# Fewer incidents than this make no picture of twelve months; all years do, if there are more.
_ENOUGH = 4


def home(desk: Desk, uri: str = "index", *, has_search: bool = True) -> str:
    """Return the HTML of the home page's own part; `has_search` tells whether the site has a search page."""
    catalogue = desk.catalogue
    incidents, today = catalogue.incidents, catalogue.today
    recent, whole = last_year(incidents, today), by_year(incidents)
    in_year, known = (sum(number for _, number in strip.columns) for strip in (recent, whole))
    by_month = in_year >= min(_ENOUGH, known)
    return desk.render(
        "home.html",
        uri,
        has_search=has_search,
        today=today.isoformat(),
        numbers=tally(desk),
        has_clusters=desk.recurrence is not None,
        recurring=recurring(desk),
        due=[(p, catalogue.freshness[p.id]) for p in catalogue.playbooks if catalogue.freshness[p.id].is_due],
        strip=recent.svg if by_month else whole.svg,
        by_month=by_month,
        in_year=count(in_year, "incident") if in_year else "none",
        latest=[incident_row(incident) for incident in incidents[:_LATEST]],
        repeats=[(i, _repeated(desk, i)) for i in incidents if i.recurrence_of][:_REPEATS],
        learnings=[learning_row(one) for one in sorted(catalogue.learnings, key=_latest_first)[:_ANNIVERSARIES]],
        on_this_day=on_this_day(desk)[:_ANNIVERSARIES],
        total=count(len(incidents), "incident"),
        playbooks=count(len(catalogue.playbooks), "playbook"),
        findings=len([f for f in catalogue.findings if f.level.value == "warning"]),
    )


def _latest_first(learning: Learning) -> int:
    return -learning.date.toordinal() if learning.date else 0


def _repeated(desk: Desk, incident: Postmortem) -> list[tuple[Postmortem, str]]:
    """Return what an incident repeats, each with how: "repeats" or, where that is known, how long after."""
    found = [desk.catalogue.find(name) for name in incident.recurrence_of]
    gaps = {one.earlier.id: one.gap for one in repeats_of(desk, incident)}
    return [(one, gaps.get(one.id, "repeats")) for one in found if isinstance(one, Postmortem)]


def on_this_day(desk: Desk) -> list[tuple[int, Postmortem, bool]]:
    """Return the incidents of this day, else of this week, in other years: (years ago, incident, whether to the day)."""
    today = desk.catalogue.today
    known = [(i, i.started.day) for i in desk.catalogue.incidents if i.started and i.started.day < today]
    same = [(today.year - day.year, i, True) for i, day in known if (day.month, day.day) == (today.month, today.day)]
    if same:
        return same
    near = [(_years_ago(day, today), i) for i, day in known]
    return [(years, i, False) for years, i in near if years]


def _years_ago(day: date, today: date) -> int:
    """Return how many years ago it was to the week, 0 where it was not; the week may reach into another year."""
    for year in range(max(today.year - 1, day.year + 1), min(today.year + 1, date.max.year) + 1):
        # In a year without one, 29 February is the day after the 28th.
        anniversary = date(year, day.month, 1) + timedelta(days=day.day - 1)
        if abs(anniversary - today) <= timedelta(days=7):
            return year - day.year
    return 0
