"""How a terminal says what keeps coming back: how alike, why, after how long, and what had been promised.

Compromise: what is written into a record is offered as a line to copy, quoted so that it can be read again; nothing is
written by itself.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kb.text import age, count, said, slug

if TYPE_CHECKING:
    from kb.records.model import Postmortem
    from kb.recurrence.near import Reason
    from kb.recurrence.recurrence import Near
    from kb.recurrence.repeats import Repeat

_SIMPLE = re.compile(r"[^\W_](?:[\w. -]*[\w.])?")
_NULL = "null"
# How a promise stood, as people say it, in the order of what is worst.
_THEN = {"open": "open", "declined": "declined", "unverified": "not verified", "unknown": "unknown", "kept": "kept"}


def reasons_said(reasons: "Sequence[Reason]") -> str:
    """Return what two incidents share: "both have the cause hardware; the words generator, breaker"."""
    return f"both have {'; '.join(map(_reason, reasons))}" if reasons else "they have no single word in common"


def _reason(reason: "Reason") -> str:
    what = map(said, reason.what) if reason.kind in ("cause", "trigger") else reason.what
    return f"the {reason.kind}{'s' if len(reason.what) > 1 else ''} {', '.join(what)}"


def strength(near: "Near") -> str:
    """Return how alike two incidents are: "strong likeness, 0.42"."""
    return f"{'strong' if near.is_strong else 'some'} likeness, {near.score:.2f}"


def about(incident: "Postmortem") -> str:
    """Return where an incident is to be found: its id, its day and its organization."""
    return " · ".join([incident.id, day_of(incident), incident.organization or "organization unknown"])


def day_of(incident: "Postmortem") -> str:
    """Return the day on which an incident began."""
    return incident.started.day.isoformat() if incident.started else "day unknown"


def size_said(incidents: "Sequence[Postmortem]") -> str:
    """Return how many incidents there are, where and when: "4 incidents of 2 organizations, 2019-03-04 to 2023-04-18"."""
    organizations = {slug(one.organization) for one in incidents if one.organization}
    days = sorted(one.started.day for one in incidents if one.started)
    parts = [count(len(incidents), "incident")]
    parts += [f"of {count(len(organizations), 'organization')}"] if organizations else []
    said = " ".join(parts)
    return f"{said}, {days[0]} to {days[-1]}" if days else f"{said}, days unknown"


def gap_said(repeat: "Repeat") -> str:
    """Return how long it took to come back: "after 5 months"."""
    if repeat.gap is None:
        return "after an unknown time"
    return f"after {age(repeat.gap)}" if repeat.gap else "on the same day"


def promises_said(repeat: "Repeat", incidents: "Mapping[str, Postmortem]") -> str:
    """Return how the promises of the earlier incident stood: "of 3 promises 1 open, 1 declined, 1 kept by then"."""
    later = incidents[repeat.later].started
    opened = [action.opened for action in incidents[repeat.earlier].actions]
    made = sum(not (later and day and day > later.day) for day in opened)
    if not made:
        return "nothing had been promised by then"
    then = Counter(promise.then for promise in repeat.promises)
    then["kept"] = made - then.total()
    states = [f"{then[state]} {name}" for state, name in _THEN.items() if then[state]]
    return f"of {count(made, 'promise')} {', '.join(states)} by then"


def broken_lines(repeat: "Repeat") -> Iterator[str]:
    """Yield a line for each promise that had not been kept."""
    for promise in repeat.broken:
        name = f" ({repeat.earlier}#{promise.action.id})" if promise.action.id else ""
        yield f"{_THEN[promise.then]}: {promise.action.title or 'without a title'}{name}"


def listed(*names: str) -> str:
    """Return names as a list of YAML on one line."""
    return f"[{', '.join(quoted(name) for name in names)}]"


def quoted(text: str) -> str:
    """Return text as YAML writes it on one line, without marks where it needs none."""
    is_plain = _SIMPLE.fullmatch(text) is not None and text.lower() != _NULL
    # A JSON string is a YAML string, and its letters need no escapes.
    return text if is_plain else json.dumps(text, ensure_ascii=False)


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
