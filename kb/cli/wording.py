"""How a terminal says what keeps coming back: how alike, why, after how long, and what had been promised.

Compromise: what is written into a record is offered as a line to copy, quoted so that it can be read again; nothing is
written by itself.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kb.pages.profile import extent
from kb.recurrence.repeats import STATES
from kb.text import age, count, said, yaml_text

if TYPE_CHECKING:
    from kb.records.model import Postmortem
    from kb.recurrence.near import Reason
    from kb.recurrence.recurrence import Near
    from kb.recurrence.repeats import Repeat


def reasons_said(reasons: "Sequence[Reason]") -> str:
    """Return what two incidents share: "both have the cause hardware; the words generator, breaker"."""
    return f"both have {'; '.join(map(_reason, reasons))}" if reasons else "they have no single word in common"


def _reason(reason: "Reason") -> str:
    what = map(said, reason.what) if reason.kind in ("cause", "trigger") else reason.what
    return f"the {reason.kind}{'s' if len(reason.what) > 1 else ''} {', '.join(what)}"


def strength(near: "Near") -> str:
    """Return how alike two incidents are: "strong likeness, 0.42"."""
    return f"{'strong' if near.is_strong else 'slight'} likeness, {near.score:.2f}"


def about(incident: "Postmortem") -> str:
    """Return where an incident is to be found: its id, its day and its organization."""
    return " · ".join([incident.id, day_of(incident), incident.organization or "organization unknown"])


def day_of(incident: "Postmortem") -> str:
    """Return the day on which an incident began."""
    return incident.started.day.isoformat() if incident.started else "day unknown"


def size_said(incidents: "Sequence[Postmortem]") -> str:
    """Return how many incidents there are, where and when: "4 incidents of 2 organizations, 2019-03-04 to 2023-04-18"."""
    reach = extent(incidents)
    where = f" of {count(reach.organizations, 'organization')}" if reach.organizations else ""
    when = f"{reach.first} to {reach.last}" if reach.first else "days unknown"
    return f"{count(len(incidents), 'incident')}{where}, {when}"


def gap_said(repeat: "Repeat") -> str:
    """Return how long it took to come back: "after 5 months"."""
    if repeat.gap is None:
        return "after an unknown time"
    return f"after {age(repeat.gap)}" if repeat.gap else "on the same day"


def promises_said(repeat: "Repeat") -> str:
    """Return how the promises of the earlier incident stood: "of 3 promises 1 open, 1 declined, 1 kept by then"."""
    if not repeat.made:
        return "nothing had been promised by then"
    then = Counter({**Counter(promise.then for promise in repeat.promises), "kept": repeat.kept})
    states = [f"{then[state]} {name}" for state, name in STATES.items() if then[state]]
    return f"of {count(repeat.made, 'promise')} {', '.join(states)} by then"


def broken_lines(repeat: "Repeat") -> Iterator[str]:
    """Yield a line for each promise that had not been kept."""
    for promise in repeat.broken:
        name = f" ({repeat.earlier}#{promise.action.id})" if promise.action.id else ""
        yield f"{promise.said}: {promise.action.title or 'without a title'}{name}"


def listed(*names: str) -> str:
    """Return names as a list of YAML on one line."""
    return f"[{', '.join(yaml_text(name) for name in names)}]"


def answers(earlier: str) -> tuple[str, ...]:
    """Return what a person may write into an incident that looks like an earlier one, each with what it means."""
    name = listed(earlier)
    given = {
        f"recurrence_of: {name}": "if it does",
        f"related: {name}": "if they only belong together",
        f"not_related: {name}": "if it does not",
    }
    width = max(map(len, given))
    return tuple(f"{line:<{width}}  {meaning}" for line, meaning in given.items())
