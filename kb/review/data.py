"""A review as plain data, for `kb review --json` and programs: everything, nothing cut.

Compromise: records are named by their ids; who wants more of one looks it up, as with `kb export json`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kb.catalogue.promise import Promise
from kb.records.model import Postmortem
from kb.recurrence.repeats import Repeat
from kb.review.model import (
    CameTrue,
    Choice,
    Compared,
    Decided,
    Described,
    Factor,
    Ledger,
    PlaybookTold,
    Service,
    Theme,
    Told,
)
from kb.review.review import Review

Data = Mapping[str, Any]
# Decimal places of a ratio.
_PLACES = 4


def data(review: Review) -> Data:
    """Return the review in values that JSON knows; docs/reference/commands.md describes them."""
    return {
        "quarter": str(review.quarter),
        "first": review.quarter.first.isoformat(),
        "last": review.quarter.last.isoformat(),
        "day": review.day.isoformat(),
        "has_begun": review.has_begun,
        "is_over": review.is_over,
        "compared": _compared(review.compared),
        "incidents": [_incident(one) for one in review.incidents],
        "undated": review.undated,
        "themes": [_topic(one) for one in review.topics],
        "active": review.active,
        "repeats": [_repeat(one) for one in review.repeats],
        "actions": _ledger(review.ledger),
        "surprises": _told(review.surprises),
        "luck": _told(review.luck),
        "services": _groups(review.services, ("new", "worst", "quiet"), _service),
        "playbooks": _groups(review.playbooks, ("used", "missing", "outdated"), _playbook),
        "drills": [one.id for one in review.drills],
        "came_true": [_came_true(one) for one in review.came_true],
        "unforeseen": _ids(review.unforeseen),
        "read_aloud": [_choice(one) for one in review.read_aloud],
        "drill": _choice(review.drill),
        "decided": _decided(review.decided),
        "before": _decided(review.before),
    }


def _ids(incidents: Iterable[Postmortem]) -> list[str]:
    return [one.id for one in incidents]


def _compared(one: Compared) -> Data:
    ratio = one.ratio and {name: round(getattr(one.ratio, name), _PLACES) for name in ("value", "low", "high")}
    return {
        "quarter": str(one.quarter),
        "incidents": one.incidents,
        "before": one.before,
        "ratio": ratio,
        "is_change": one.is_change,
        "note": one.note,
    }


def _incident(one: Postmortem) -> Data:
    return {
        "id": one.id,
        "title": one.title,
        "started": str(one.started),
        "severity": one.severity,
        "organization": one.organization,
        "services": list(one.services),
        "near_miss": one.near_miss,
    }


def _topic(one: Theme | Described) -> Data:
    return {
        "label": one.label,
        "cluster": one.id if isinstance(one, Theme) else None,
        "learning": one.learning.id if one.learning else None,
        "incidents": _ids(one.incidents),
        "known": _ids(one.known),
        "since": one.since,
        "causes": _factors(one.causes),
        "triggers": _factors(one.triggers),
        "missing": _factors(one.missing),
        "promises": _promises(one.promises),
    }


def _factors(factors: Iterable[Factor]) -> list[Data]:
    return [{"word": one.word, "incidents": one.incidents} for one in factors]


def _promises(promises: Iterable[Promise]) -> list[Data]:
    return [
        {
            "name": one.name,
            "title": one.action.title,
            "owner": one.action.owner,
            "state": one.state,
            "reason": one.action.reason,
            "opened": _day(one.action.opened),
            "due": _day(one.action.due),
            "closed": _day(one.action.closed),
            "late": one.late if one.is_overdue else None,
        }
        for one in promises
    ]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _repeat(one: Repeat) -> Data:
    promises = [{"action": it.action.id or None, "title": it.action.title, "then": it.then} for it in one.promises]
    return {"later": one.later, "earlier": one.earlier, "gap": one.gap, "kept": one.kept, "promises": promises}


def _ledger(one: Ledger) -> Data:
    return {
        "day": one.day.isoformat(),
        "opened": one.opened,
        "open": one.open,
        "without_due": one.without_due,
        "unknown": one.unknown,
        **{name: _promises(getattr(one, name)) for name in ("done", "declined", "overdue", "unverified")},
    }


def _told(told: Iterable[Told]) -> list[Data]:
    return [{"incident": one.incident.id, "text": one.text} for one in told]


def _groups(of: Any, names: Iterable[str], one: Any) -> Data:
    return {name: [one(each) for each in getattr(of, name)] for name in names}


def _service(one: Service) -> Data:
    return {"name": one.name, "incidents": one.incidents}


def _playbook(one: PlaybookTold) -> Data:
    return {"name": one.name, "is_written": one.playbook is not None, "incidents": _ids(one.incidents)}


def _came_true(one: CameTrue) -> Data:
    return {
        "pre_mortem": one.pre_mortem.id,
        "risk": one.risk.risk,
        "incident": one.incident.id,
        "is_later": one.is_later,
    }


def _choice(one: Choice | None) -> Data | None:
    return {"incident": one.incident.id, "reason": one.reason} if one else None


def _decided(one: Decided | None) -> Data | None:
    if one is None:
        return None
    return {"record": one.record.path, "decisions": list(one.decisions), "promises": _promises(one.promises)}
