"""The action ledger of a quarter: what was closed in it, and what stood open, overdue or unverified at its end.

Records hold the present; how an action stood on an earlier day follows from its days. Compromise: what is closed later counts as
accepted until then, one that is done or declined without a day counts as that from the start, and when work began is not known.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from kb.catalogue.catalogue import Catalogue
from kb.catalogue.promise import OPEN, Promise
from kb.review.model import Ledger
from kb.trends.quarter import Quarter

_CLOSED = ("done", "declined")


def standing(catalogue: Catalogue, promises: Iterable[Promise], day: date) -> Iterator[Promise]:
    """Yield promises as they stood at the end of a day, without those that were not made yet.

    Without a day of its own a promise is as old as what its record tells of.
    """
    for promise in promises:
        made = promise.action.opened or _day_of(catalogue, promise.record)
        if made is None or made <= day:
            yield _stood(promise, day)


def _day_of(catalogue: Catalogue, record_id: str) -> date | None:
    when = catalogue.records[record_id].when
    return when.day if when else None


def _stood(promise: Promise, day: date) -> Promise:
    action, state = promise.action, promise.state
    if state in _CLOSED and action.closed and action.closed > day:
        state = "accepted"
    end = action.closed if state in _CLOSED else day
    age = (end - action.opened).days if action.opened and end else None
    late = (day - action.due).days if action.due and state in OPEN else None
    return Promise(promise.record, action, state, age, late)


def ledger(catalogue: Catalogue, quarter: Quarter, day: date) -> Ledger:
    """Return the ledger of a quarter as it stood at the end of a day."""
    found = tuple(standing(catalogue, catalogue.promises, day))
    closed = [one for one in found if one.action.closed and quarter.first <= one.action.closed <= day]
    unverified = [one for one in found if one.state == "done" and not _is_verified(one, day)]
    return Ledger(
        day=day,
        opened=sum(1 for one in found if one.action.opened and one.action.opened >= quarter.first),
        done=_latest_first(catalogue, (one for one in closed if one.state == "done")),
        declined=_latest_first(catalogue, (one for one in closed if one.state == "declined")),
        overdue=most_overdue(one for one in found if one.is_overdue),
        unverified=_latest_first(catalogue, unverified),
        open=sum(one.is_open for one in found),
        without_due=sum(one.is_open and one.action.due is None for one in found),
        unknown=sum(1 for one in found if not one.is_open and one.state not in (*_CLOSED, "proposed")),
    )


def most_overdue(promises: Iterable[Promise]) -> tuple[Promise, ...]:
    """Return promises in the order in which they are late, those that are not last."""
    return tuple(sorted(promises, key=lambda one: (one.late is None, -(one.late or 0), one.name)))


def _is_verified(promise: Promise, day: date) -> bool:
    return promise.action.verified_on is not None and promise.action.verified_on <= day


def _latest_first(catalogue: Catalogue, promises: Iterable[Promise]) -> tuple[Promise, ...]:
    """Sort by the day of closing, or where that is unknown by the day of the record; those without either come last."""

    def order(one: Promise) -> tuple[int, str]:
        day = one.action.closed or _day_of(catalogue, one.record)
        return (-day.toordinal() if day else 0, one.name)

    return tuple(sorted(promises, key=order))
