"""Whether a playbook is due for a look, prompted by use and not only by the calendar.

A playbook that nobody needed may wait for its date; one whose service burned since its last review, or that an incident
found outdated, should be read now. Compromise: an incident that touched the service counts whether or not the playbook
was opened, because nobody writes down the playbook they did not find.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.records.model import Playbook, Postmortem
from kb.text import count, slug


@dataclass(frozen=True, slots=True)
class Freshness:
    """How current a playbook is. `state`: "outdated", "prompted", "due", "unknown" or "current", most urgent first.

    `uses` are the incidents that used or wanted it with their verdict ("" for none), newest first; `touched` are the
    incidents on its services since its last review.
    """

    state: str
    reason: str
    uses: tuple[tuple[Postmortem, str], ...]
    touched: tuple[Postmortem, ...]

    @property
    def is_due(self) -> bool:
        """Somebody should read it now."""
        return self.state in ("outdated", "prompted", "due")


def freshness(
    playbook: Playbook,
    by_service: Mapping[str, Sequence[Postmortem]],
    uses: Sequence[tuple[Postmortem, str]],
    today: date,
) -> Freshness:
    """Judge one playbook. `by_service` has the incidents of each service by its slug, newest first."""
    used = tuple(sorted(uses, key=lambda use: use[0].started.at.timestamp() if use[0].started else 0, reverse=True))
    touched = _touched(playbook, by_service)
    state, reason = _judge(playbook, used, touched, today)
    return Freshness(state, reason, used, touched)


def _touched(playbook: Playbook, by_service: Mapping[str, Sequence[Postmortem]]) -> tuple[Postmortem, ...]:
    since = playbook.last_reviewed
    if since is None:
        return ()
    found = {
        i.id: i for s in playbook.services for i in by_service.get(slug(s), ()) if i.started and i.started.day > since
    }
    return tuple(found.values())


def _judge(
    playbook: Playbook, uses: tuple[tuple[Postmortem, str], ...], touched: tuple[Postmortem, ...], today: date
) -> tuple[str, str]:
    since = playbook.last_reviewed
    outdated = [
        i
        for i, verdict in uses
        if verdict == "outdated" and (since is None or i.started is None or i.started.day > since)
    ]
    if outdated:
        return "outdated", f"found outdated in {count(len(outdated), 'incident')}"
    if since is None:
        return "unknown", "nobody has written down when it was last reviewed"
    used = [i for i, _ in uses if i.started and i.started.day > since]
    if used or touched:
        after = {i.id for i in (*used, *touched)}
        return "prompted", f"{count(len(after), 'incident')} on its ground since its last review"
    if playbook.review_every and today - since > playbook.review_every:
        return "due", f"its review was due on {since + playbook.review_every}"
    return "current", "reviewed, and no incident since"
