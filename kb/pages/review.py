"""The review of a quarter: what will we decide? A document to read in fifteen minutes and to discuss in forty-five, on paper too.

It begins with what asks for a decision; then come its parts in the order in which they are talked over. `kb.review` finds what is
in them, here they are placed. Compromise: nothing is folded, because paper does not unfold; of what is long the first are shown,
the rest is counted and linked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kb.catalogue.promise import Promise
from kb.pages.address import SECTIONS, cluster_uri, record_uri, review_uri
from kb.pages.again import Return, repeats_of
from kb.pages.clusters import pattern_command
from kb.pages.desk import Desk, Page
from kb.pages.reviews import URI, Entry, command, entries, index_pages, months, title
from kb.pages.rows import Row, incident_row, promise_mark, promise_row
from kb.pages.strip import Strip, along, by_quarter
from kb.records.model import Postmortem
from kb.recurrence.clusters import Cluster
from kb.recurrence.recurrence import Recurrence
from kb.review.model import Choice, Decided, Described, Ledger, Theme, Told
from kb.review.review import Review
from kb.text import count

QUESTION = "What will we decide?"
# So much is shown of what may be long.
_INCIDENTS, _PROMISES, _TOLD = 20, 8, 12
# Quarters in the picture of what changed.
_QUARTERS = 8
_LIST, _LEDGER = f"{SECTIONS['postmortem']}/index", "actions/index"


@dataclass(frozen=True, slots=True)
class Some:
    """The first of many rows, how many are not among them, and where all are."""

    rows: tuple[Row, ...]
    more: int
    uri: str


@dataclass(frozen=True, slots=True)
class Question:
    """A line of what is to be decided: what there is, what is asked of it, and the part of the page that holds it."""

    found: str
    ask: str
    part: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A theme as the page shows it. `cluster` is None where a person saw what a machine did not; `command` starts a learning."""

    theme: Theme | Described
    cluster: Cluster | None
    strip: Strip
    incidents: Some
    promises: Some
    command: str


def pages(desk: Desk, recurrence: Recurrence) -> Iterator[Page]:
    """Yield the list of reviews, then the page of each quarter, newest first."""
    found = entries(desk.catalogue)
    yield from index_pages(desk, found)
    for place, entry in enumerate(found):
        later, earlier = (found[place - 1] if place else None), (found[place + 1] if place + 1 < len(found) else None)
        yield _page(desk, recurrence, entry, (earlier, later))


def _page(desk: Desk, recurrence: Recurrence, entry: Entry, near: tuple[Entry | None, Entry | None]) -> Page:
    return Page(
        uri=entry.uri,
        title=title(entry.quarter),
        html=lambda: _html(desk, Review(desk.catalogue, recurrence, entry.quarter), entry, near),
        section=URI,
        description=f"{QUESTION} {months(entry.quarter)}: {count(entry.incidents, 'incident')}.",
    )


def _html(desk: Desk, review: Review, entry: Entry, near: tuple[Entry | None, Entry | None]) -> str:
    back = [one for incident in review.incidents for one in repeats_of(desk, incident)]
    before = review.quarter.before
    return desk.render(
        "review.html",
        entry.uri,
        review=review,
        entry=entry,
        near=near,
        question=QUESTION,
        heading=title(entry.quarter),
        today=desk.catalogue.today,
        asked=questions(review, back),
        strip=by_quarter(desk.catalogue.incidents, review.quarter, _QUARTERS),
        quarters=_QUARTERS,
        incidents=_incidents(review.incidents),
        themes=_themes(desk, review),
        more_groups=review.active - sum(isinstance(theme, Theme) for theme in review.topics),
        back=back,
        most=_TOLD,
        ledger=review.ledger,
        kinds=_kinds(desk, review.ledger),
        surprises=by_incident(review.surprises),
        luck=by_incident(review.luck),
        came_true=review.came_true[:_TOLD],
        unforeseen=_incidents(review.unforeseen),
        choices=_choices(review),
        revisited=_revisited(review.before),
        before=before,
        before_uri=review_uri(before) if near[0] and near[0].quarter == before else "",
        command=command(review.quarter),
    )


def _incidents(found: Sequence[Postmortem], uri: str = _LIST) -> Some:
    return Some(tuple(map(incident_row, found[:_INCIDENTS])), max(0, len(found) - _INCIDENTS), uri)


def _promises(desk: Desk, found: Sequence[Promise], uri: str = _LEDGER) -> Some:
    rows = tuple(promise_row(promise, desk.catalogue.records[promise.record]) for promise in found[:_PROMISES])
    return Some(rows, max(0, len(found) - _PROMISES), uri)


def _kinds(desk: Desk, ledger: Ledger) -> list[tuple[str, str, Some]]:
    """Return what the ledger holds as (heading, what that means, rows), without what there is none of."""
    found = (
        ("Overdue", f"due before {ledger.day} and open", ledger.overdue),
        ("Declined", "in these months, with the reason", ledger.declined),
        ("Done", "in these months", ledger.done),
        ("Done and not verified", "in these months or before; nobody has seen that it works", ledger.unverified),
    )
    return [(kind, what, _promises(desk, some)) for kind, what, some in found if some]


def _themes(desk: Desk, review: Review) -> list[Shown]:
    """Return the themes; their strips run over the same time."""
    among = [incident for theme in review.topics for incident in theme.known]
    return [_theme(desk, theme, among) for theme in review.topics]


def _theme(desk: Desk, theme: Theme | Described, among: Sequence[Postmortem]) -> Shown:
    cluster = theme.cluster if isinstance(theme, Theme) else None
    uri = cluster_uri(cluster) if cluster else record_uri(theme.learning) if theme.learning else _LIST
    return Shown(
        theme,
        cluster,
        along(theme.known, among),
        _incidents(theme.incidents, uri),
        _promises(desk, theme.promises, uri),
        pattern_command(cluster) if cluster else "",
    )


def by_incident(told: Sequence[Told]) -> list[tuple[Postmortem, list[str]]]:
    """Return what was told, put together by incident; no more sentences than a page takes."""
    some = groupby(told[:_TOLD], key=lambda one: one.incident.id)
    return [(found[0].incident, [one.text for one in found]) for found in (list(group) for _, group in some)]


def _choices(review: Review) -> list[tuple[str, Choice, Row]]:
    found = [("Read aloud", one) for one in review.read_aloud] + ([("Replay", review.drill)] if review.drill else [])
    return [(what, one, incident_row(one.incident)) for what, one in found]


def _revisited(before: Decided | None) -> list[tuple[Promise, str, list[tuple[str, Postmortem]]]]:
    return [(promise, promise_mark(promise), []) for promise in before.promises] if before else []


def questions(review: Review, back: Sequence[Return]) -> list[Question]:
    """Return what asks for a decision, in the order of the page's parts; nothing of what there is none of."""
    ledger, books = review.ledger, review.playbooks
    broken = sum(len(one.broken) for one in back)
    wanted = len(books.missing) + len(books.outdated)
    foreseen = sum(not one.is_later for one in review.came_true)
    lines = (
        (len(review.topics), "theme", "Where do we invest?", "themes"),
        (len(back), "repeat", _of_promises(broken), "back"),
        (len(ledger.overdue), "overdue action", "Who does it, by when, or do we decline it?", "ledger"),
        (
            len(ledger.unverified),
            "action not verified",
            "Done, and nobody has seen that it works. Who looks?",
            "ledger",
        ),
        (len(review.luck), "piece of luck", "How do we have it on purpose?", "surprises"),
        (wanted, "playbook missing or outdated", "Who writes or mends it?", "playbooks"),
        (foreseen, "risk that came true", "Foreseen; what was done about it?", "risks"),
        (len(review.before.decisions) if review.before else 0, "earlier decision", "Did it help?", "revisited"),
    )
    return [
        Question(count(number, noun, _PLURALS.get(noun, "")), ask, part) for number, noun, ask, part in lines if number
    ]


_PLURALS = {
    "action not verified": "actions not verified",
    "piece of luck": "pieces of luck",
    "playbook missing or outdated": "playbooks missing or outdated",
    "risk that came true": "risks that came true",
}


def _of_promises(broken: int) -> str:
    if not broken:
        return "Why did it come back?"
    return f"{count(broken, 'promise was', 'promises were')} not kept or not verified. Keep, change or decline?"
