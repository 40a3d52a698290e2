"""Promises: actions with their state and age on a given day.

Compromise: an action without a status is "unknown" and never counted as open, because most published reports announce
actions and never say what became of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.records.model import Action, Record

OPEN = frozenset({"accepted", "in_progress"})


@dataclass(frozen=True, slots=True)
class Promise:
    """An action of a record. `age` and `late` are in days, None where unknown; `late` is positive only when overdue."""

    record: str
    action: Action
    state: str
    age: int | None
    late: int | None

    @property
    def name(self) -> str:
        """`<incident>#<action>`."""
        return f"{self.record}#{self.action.id}" if self.action.id else self.record

    @property
    def is_open(self) -> bool:
        """Promised and not yet done."""
        return self.state in OPEN

    @property
    def is_overdue(self) -> bool:
        """Open, and its due day has passed."""
        return self.is_open and self.late is not None and self.late > 0

    @property
    def is_unverified(self) -> bool:
        """Done, and nobody has yet seen that it works."""
        return self.state == "done" and self.action.verified_on is None


def promises(record: Record, today: date) -> Iterator[Promise]:
    """Yield the promises of a record as they stand on `today`."""
    for action in record.promised:
        state = action.status or "unknown"
        end = action.closed if state in ("done", "declined") else today
        age = (end - action.opened).days if action.opened and end else None
        late = (today - action.due).days if action.due and state in OPEN else None
        yield Promise(record.id, action, state, age, late)
