"""What stands on the trend pages: sections, each with the charts that answer one thing.

Each function takes values of kb.trends and says which chart shows them, under which question. Compromise: what an empty
chart teaches is written here and not beside the fields, because it is about the chart.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kb.pages.address import record_uri, reference_uri, topic_uri
from kb.pages.charts import sentences
from kb.pages.charts.actions import ages, survival
from kb.pages.charts.chart import Chart
from kb.pages.charts.durations import Told, frame, lengths
from kb.pages.charts.look import BAD, BLUE, GOOD, GREY, SEVERITIES, WARN
from kb.pages.charts.quarters import Series, counted, flows
from kb.pages.charts.shares import bars, shared
from kb.pages.desk import Desk
from kb.pages.rows import PART, severity_mark
from kb.text import count, said, slug

if TYPE_CHECKING:
    from kb.trends.trends import Trends

# Upper ends of how long a report took, in days.
_TOOK = ((7, "a week"), (14, "two weeks"), (30, "a month"), (90, "three months"), (365, "a year"))
_LOG = (
    "The axis is logarithmic: each line up is several times as long. The lines are the median and the 90th percentile, the bands "
    "their 95 % intervals by bootstrap."
)


@dataclass(frozen=True, slots=True)
class Note:
    """A list behind one click: (uri, text) each. `left` more are not in it."""

    title: str
    rows: tuple[tuple[str, str], ...]
    left: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Charts that answer one thing. `said` stands above them, `signs` explain the severities."""

    anchor: str
    title: str
    said: tuple[str, ...]
    charts: tuple[Chart, ...]
    notes: tuple[Note, ...] = ()
    signs: tuple[tuple[str, str], ...] = ()


def work_and_readiness(desk: Desk, trends: "Trends") -> tuple[Section, ...]:
    """Return what was done, what came back, and what was done to be ready."""
    return (_work(desk, trends), _recurrence(trends), _readiness(trends))


def _work(desk: Desk, trends: "Trends") -> Section:
    work = trends.work
    quarters = [one.quarter for one in work.flow]
    series = (
        Series("opened", BLUE, tuple(one.opened for one in work.flow)),
        Series("done", GOOD, tuple(one.done for one in work.flow), is_down=True),
        Series("declined", GREY, tuple(one.declined for one in work.flow), is_down=True),
    )
    undated = (f"{count(work.undated, 'action has', 'actions have')} no day of opening.",) if work.undated else ()
    charts = (
        flows(
            "actions",
            "Do we close as much as we open?",
            "Up is what was promised in a quarter, down what was done or declined in it.",
            undated,
            quarters,
            series,
            "No action has a day of opening or closing. With `opened` and `closed` in the actions, each quarter gets bars here.",
        ),
        survival(work, sentences.survival_said(work)),
        bars(
            "states",
            "Where do our promises stand?",
            "Done and not verified means that nobody has yet seen that it works.",
            sentences.work_said(work),
            _states(trends),
            ("State", "Actions"),
            "No action is on record. Postmortems promise them under `actions`.",
        ),
        ages("owners", "Who holds what open, and for how long?", work.by_owner, "Nothing is open."),
        ages("kinds", "What kind of work stays open?", work.by_kind, "Nothing is open."),
    )
    notes = tuple(
        _promised(desk, title, names)
        for title, names in (("overdue", work.overdue), ("done and not verified", work.unverified))
        if names
    )
    return Section("work", "Is the work done?", (), charts, notes)


def _promised(desk: Desk, title: str, names: tuple[str, ...]) -> Note:
    rows = []
    for name in names[:PART]:
        record, action = desk.catalogue.find(name), name.partition("#")[2]
        promised = next((one for one in record.promised if one.id and one.id == action), None) if record else None
        if record:
            rows.append((reference_uri(record, action), (promised.title if promised else "") or record.title))
    return Note(f"{count(len(names), 'action')} {title}", tuple(rows), max(0, len(names) - PART))


def _recurrence(trends: "Trends") -> Section:
    practice = trends.practice
    series = (
        Series("repeats", BAD, tuple(one.repeats for one in practice)),
        Series("promises not kept when it came back", WARN, tuple(one.broken for one in practice), is_down=True),
    )
    chart = flows(
        "repeats",
        "Does it come back, and was there a promise open when it did?",
        "Up are incidents that repeat an earlier one; down its promises that were open, declined or not verified when they did.",
        (
            _summed(series),
            _undated(trends.undated.repeats),
        ),
        [one.quarter for one in practice],
        series,
        "No incident is declared to repeat another. A postmortem's `recurrence_of` names the earlier one.",
    )
    return Section("recurrence", "Does it come back?", (), (chart,))


def _readiness(trends: "Trends") -> Section:
    practice = trends.practice
    quarters = [one.quarter for one in practice]
    used = (
        Series("helped", GOOD, tuple(one.playbooks_helped for one in practice)),
        Series("missing", BAD, tuple(one.playbooks_missing for one in practice), is_down=True),
        Series("outdated", WARN, tuple(one.playbooks_outdated for one in practice), is_down=True),
    )
    tried = (
        Series("drills", BLUE, tuple(one.drills for one in practice)),
        Series("pre-mortems", GREY, tuple(one.pre_mortems for one in practice), is_down=True),
    )
    charts = (
        flows(
            "playbooks",
            "Was there a playbook, and did it help?",
            "Up are playbooks that helped in the incidents of a quarter, down those that were missing or outdated.",
            (_summed(used), _undated(trends.undated.playbooks)),
            quarters,
            used,
            "No incident says how a playbook did. A postmortem names them under `playbooks`, each with a verdict.",
        ),
        flows(
            "drills",
            "Do we practise before it happens?",
            "Up are game days and chaos experiments of a quarter, down pre-mortems.",
            (_summed(tried), _undated(trends.undated.drills + trends.undated.pre_mortems)),
            quarters,
            tried,
            "No game day, chaos experiment or pre-mortem has a day. They are learnings, one file each.",
        ),
        _foreseen(trends),
    )
    return Section("readiness", "Are we ready?", (), charts)


def _foreseen(trends: "Trends") -> Chart:
    found, total = trends.foreseen
    return bars(
        "foreseen",
        "Had anyone foreseen it?",
        "An incident is foreseen where a risk of a pre-mortem names it under `came_true`.",
        sentences.foreseen_said(trends.foreseen),
        (("foreseen", found, GOOD), ("not foreseen", total - found, GREY)),
        ("", "Incidents"),
        "No incident is on record.",
    )


def behind(desk: Desk, trends: "Trends") -> tuple[Section, ...]:
    """Return what is behind incidents: causes, triggers, who notices, safeguards, changes."""
    shares, changes = trends.shares, trends.changes
    topics = desk.catalogue.topics["cause"]
    causes = {one.word: topic_uri(topics[slug(one.word)]) for one in shares["cause"].shares if slug(one.word) in topics}
    field = "With `{}` in the postmortems, their shares appear here."
    charts = (
        shared("causes", "What makes incidents possible?", shares["cause"], field.format("causes"), causes),
        shared("triggers", "What sets them off?", shares["trigger"], field.format("trigger")),
        shared("detection", "Who or what notices?", shares["detection"], field.format("detection")),
        shared("safeguards", "Which safeguard was missing?", shares["safeguard_missing"], field.format("safeguards")),
        shared(
            "changes",
            "Was there a change in the hour before, and of what kind?",
            changes.kinds,
            "No incident names a change in the hour before. `changes` of the postmortems, with their times, are counted here.",
            told=sentences.changes_said(changes),
        ),
    )
    return (Section("shares", "What is behind them?", (), charts),)


def lengths_and_numbers(desk: Desk, trends: "Trends", top: str) -> tuple[Section, ...]:
    """Return how often, how long, whether it was written down and who was there. `top` leads from the page to the site's."""
    told = _told(desk, trends, top)
    axes = frame(trends.durations.values(), told)
    lasted = tuple(
        lengths(question, trends.durations[name], told, axes, sentences.durations_said(trends.durations[name]))
        for name, question in (
            ("detect", "Until someone noticed"),
            ("mitigate", "Until the impact was over for most"),
            ("resolve", "Until it was over for all"),
        )
    )
    signs = tuple((name, name if name != "unknown" else "severity unknown") for name in SEVERITIES)
    people = trends.people
    involved = (
        _involved("teams", "Which teams are involved?", people.teams, "teams"),
        _involved("responders", "Who responds, and how often?", people.responders, "roles"),
    )
    unknown = f"{count(people.unknown, 'incident names', 'incidents name')} nobody." if people.unknown else ""
    note = sentences.could_show(trends.power)
    return (
        Section("often", "How often?", (), (counted(trends.counts, sentences.counts_said(trends.counts)),)),
        Section("long", "How long?", (note, _LOG), lasted, signs=signs),
        Section("written", "Are they written down?", (), (_reports(trends),)),
        Section("people", "Who is involved?", (unknown,) if unknown else (), involved),
    )


def _told(desk: Desk, trends: "Trends", top: str) -> dict[str, Told]:
    url = desk.style.url
    return {
        one.id: Told(
            one.started.day, severity_mark(one.severity), one.title, record_uri(one), top + url(record_uri(one))
        )
        for one in trends.incidents
        if one.started
    }


def _reports(trends: "Trends") -> Chart:
    reports, ends = trends.reports, (-1, *(end for end, _ in _TOOK))
    rows = [
        (f"within {name}", sum(start < days <= end for days in reports.days), BLUE)
        for start, (end, name) in zip(ends, _TOOK, strict=False)
    ]
    later = sum(days > ends[-1] for days in reports.days)
    return bars(
        "reports",
        "How soon is a postmortem published?",
        "A bar counts the postmortems that were published so long after the end of the incident.",
        sentences.reports_said(reports),
        (*rows, ("later", later, BLUE)),
        ("Published", "Postmortems"),
        "No day of publishing is known. `published` of the postmortems, a day, draws this chart.",
    )


def _summed(series: tuple[Series, ...]) -> str:
    """Return the sum of each, "" where there is nothing."""
    sums = [(sum(one.numbers), one.name) for one in series]
    return f"{', '.join(f'{number:,} {name}' for number, name in sums)}." if any(number for number, _ in sums) else ""


def _undated(number: int) -> str:
    return f"{number:,} more on an unknown day." if number else ""


def _states(trends: "Trends") -> list[tuple[str, int, str]]:
    """Return the states with their numbers and colours; what is done is cut into verified and not."""
    colours = {"done": GOOD, "declined": GREY, "unknown": GREY}
    unverified = len(trends.work.unverified)
    rows: list[tuple[str, int, str]] = []
    for state, number in trends.work.states:
        if state == "done":
            rows += [("done and verified", number - unverified, GOOD), ("done, not verified", unverified, WARN)]
        else:
            rows.append((said(state), number, colours.get(state, BLUE)))
    return rows


def _involved(name: str, question: str, people: tuple[tuple[str, int], ...], field: str) -> Chart:
    made = bars(
        name,
        question,
        "A bar counts the incidents that name them.",
        (),
        [(who, number, BLUE) for who, number in people],
        ("", "Incidents"),
        f"Nobody is named. Postmortems name them under `{field}`.",
    )
    return replace(made, is_small=True)
