"""The lists: which ones? Every incident, playbook, learning and action, in numbered parts and filtered in the browser.

Without script a list is read part by part; with it, the first part becomes the whole list with filters, and what is chosen
stands in the address. Compromise: the parts are of fixed size, so that a new incident moves the last row of each part
on to the next.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kb.pages.again import stood
from kb.pages.desk import Desk, Page
from kb.pages.feeds import INCIDENTS, LEARNINGS, follow_due
from kb.pages.numbered import numbered
from kb.pages.rows import Row, incident_row, learning_row, playbook_row, promise_row, script
from kb.text import count


@dataclass(frozen=True, slots=True)
class Listing:
    """One list. `name` is also that of its data; `order` says why its rows stand in this order; `empty` teaches.

    `follow` are the files by which one subscribes to it, as (label, uri).
    """

    name: str
    uri: str
    title: str
    question: str
    noun: str
    order: str
    empty: str
    rows: tuple[Row, ...]
    lead: Callable[[], str] | None = None
    follow: tuple[tuple[str, str], ...] = ()

    @property
    def data_uri(self) -> str:
        """Where the rows lie as data."""
        return f"assets/kb/lists/{self.name}.js"


def listing_pages(desk: Desk, listing: Listing) -> list[Page]:
    """Return the numbered pages of a list."""
    return numbered(
        desk,
        "list.html",
        listing.uri,
        listing.title,
        listing.rows,
        section=listing.uri,
        description=listing.question,
        facts=listing.lead,
        listing=listing,
        total=count(len(listing.rows), listing.noun),
    )


def data(desk: Desk, listing: Listing) -> bytes:
    """Return a list's rows for the browser."""
    return script(listing.name, listing.rows, desk.style)


def incidents(desk: Desk) -> Listing:
    """Return the list of incidents."""
    return Listing(
        name="incidents",
        uri="incidents/index",
        title="Incidents",
        question="Which ones?",
        noun="incident",
        order="newest first; those without a known start last",
        empty="No incident is on record. Write one as a Markdown file in the postmortems folder.",
        rows=tuple(incident_row(incident) for incident in desk.catalogue.incidents),
        follow=(("Feed", INCIDENTS),),
    )


_URGENCY = ("outdated", "prompted", "due", "unknown", "current")


def playbooks(desk: Desk) -> Listing:
    """Return the list of playbooks, those that need reading first."""
    fresh = desk.catalogue.freshness
    ordered = sorted(desk.catalogue.playbooks, key=lambda p: _URGENCY.index(fresh[p.id].state))
    return Listing(
        name="playbooks",
        uri="playbooks/index",
        title="Playbooks",
        question="It is burning. What do I do?",
        noun="playbook",
        order="most urgent to read through first, then by title",
        empty="No playbook is on record. Write one as a Markdown file in the playbooks folder.",
        rows=tuple(playbook_row(playbook, fresh[playbook.id]) for playbook in ordered),
        follow=follow_due(desk.catalogue),
    )


def learnings(desk: Desk) -> Listing:
    """Return the list of learnings."""
    return Listing(
        name="learnings",
        uri="learnings/index",
        title="Learnings",
        question="What do we know now that we did not know then?",
        noun="learning",
        order="by kind, then by title",
        empty="Nothing is written down yet. A lesson from one incident is a Markdown file in the learnings folder.",
        rows=tuple(learning_row(one) for one in sorted(desk.catalogue.learnings, key=lambda one: one.kind or "")),
        follow=(("Feed", LEARNINGS),),
    )


_LEDGER = ("overdue", "in_progress", "accepted", "proposed", "unknown", "done", "declined")


def actions(desk: Desk) -> Listing:
    """Return the action ledger: what is overdue first, then by state, the oldest first."""
    records = desk.catalogue.records
    returns = [stood(desk, p) if desk.recurrence else None for p in desk.catalogue.promises]
    made = [(p, promise_row(p, records[p.record], s)) for p, s in zip(desk.catalogue.promises, returns, strict=True)]
    order = {mark: place for place, mark in enumerate(_LEDGER)}
    made.sort(key=lambda one: (order[one[1].mark], -(one[0].late or 0), one[1].when or "9999", one[1].title))
    return Listing(
        name="actions",
        uri="actions/index",
        title="Actions",
        question="What did we promise, and where does it stand?",
        noun="action",
        order="overdue first, then by state, the oldest first",
        empty="No action is on record. A postmortem's `actions` list them with owner, due day and state.",
        rows=tuple(row for _, row in made),
        follow=follow_due(desk.catalogue),
        lead=lambda: desk.render("ledger.html", "actions/index", table=owners(desk), states=STATES, **tally(desk)),
    )


STATES = ("overdue", "in progress", "accepted", "proposed", "done", "declined", "unknown")


def owners(desk: Desk) -> list[tuple[str, list[int], int]]:
    """Return, for each owner, the number of actions in each of `STATES` and in all, those with most overdue first."""
    table: dict[str, list[int]] = {}
    for promise in desk.catalogue.promises:
        state = "overdue" if promise.is_overdue else promise.state.replace("_", " ")
        numbers = table.setdefault(promise.action.owner or "unknown", [0] * len(STATES))
        numbers[STATES.index(state if state in STATES else "unknown")] += 1
    ordered = sorted(table.items(), key=lambda item: (item[0] == "unknown", [-n for n in item[1]], item[0]))
    return [(owner, numbers, sum(numbers)) for owner, numbers in ordered]


def tally(desk: Desk) -> dict[str, int]:
    """Return how many actions are open, overdue, done and not verified, without a published state, and broken.

    Broken are those that were open, declined or not verified when their incident came back.
    """
    promises = desk.catalogue.promises
    return {
        "total": len(promises),
        "open": sum(p.is_open for p in promises),
        "overdue": sum(p.is_overdue for p in promises),
        "unverified": sum(p.is_unverified for p in promises),
        "unstated": sum(p.state == "unknown" for p in promises),
        "broken": sum(bool(stood(desk, p)) for p in promises),
    }
