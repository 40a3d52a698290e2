"""Which postmortems to read aloud, and which incident to replay as a drill.

The rules are plain, so that everybody can see why, and the same records always give the same proposal. Compromise: how much a
text tells is counted, not understood; who hosts the review may know a better one.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from kb.records.model import Postmortem
from kb.review.model import Choice
from kb.text import count, duration

# As many as fit into an hour beside all else.
_ALOUD = 2
# Rows of a timeline that make a story.
_PLAYABLE = 3


def read_aloud(incidents: Sequence[Postmortem]) -> tuple[Choice, ...]:
    """Return at most two published postmortems: those that tell most surprises, pieces of luck and steps of why, together.

    Of equals the earlier one comes first. One that tells none of these is not proposed.
    """
    told = [(_told(one), one) for one in incidents if is_published(one)]
    best = sorted((pair for pair in told if sum(pair[0])), key=lambda pair: -sum(pair[0]))
    return tuple(Choice(one, _told_said(numbers)) for numbers, one in best[:_ALOUD])


def is_published(incident: Postmortem) -> bool:
    """Tell whether a postmortem is published: it says so, or says nothing and has a day on which it was."""
    return incident.status == "published" or (incident.status is None and incident.published is not None)


def _told(incident: Postmortem) -> tuple[int, int, int]:
    lessons = incident.lessons
    return (
        len(lessons.surprised) if lessons else 0,
        len(lessons.got_lucky) if lessons else 0,
        len(incident.five_whys),
    )


def _told_said(numbers: tuple[int, int, int]) -> str:
    surprises, luck, whys = numbers
    parts = [
        count(surprises, "surprise") if surprises else "",
        count(luck, "piece of luck", "pieces of luck") if luck else "",
        f"a chain of {count(whys, 'why')}" if whys else "",
    ]
    *first, last = filter(None, parts)
    return f"it tells {', '.join(first)} and {last}" if first else f"it tells {last}"


def drill(incidents: Sequence[Postmortem], aloud: Sequence[Choice]) -> Choice | None:
    """Return the incident to replay: the one for which most playbooks were missing or outdated, else the one that took longest to
    notice, else the one with most rows in its timeline, which is what a drill is played from.

    One that is not read aloud goes before one that is, because a drill needs people who do not know the story. Of equals the
    earlier one is taken. None where nothing of this is known; of a timeline at least three rows.
    """
    heard = {one.incident.id for one in aloud}
    found = sorted(_candidates(incidents), key=lambda one: (one[1].incident.id in heard, one[0]))
    return found[0][1] if found else None


def _candidates(incidents: Sequence[Postmortem]) -> Iterator[tuple[tuple[int, timedelta, int], Choice]]:
    """Yield (how well it fits, the smaller the better; the choice)."""
    for one in incidents:
        failed = sorted(
            {use.id: use.verdict for use in one.playbooks if use.verdict in ("missing", "outdated")}.items()
        )
        unseen = _unseen(one)
        if failed:
            why = ", ".join(f"{name or 'without a name'} was {verdict}" for name, verdict in failed)
            yield (-len(failed), -unseen, 0), Choice(one, f"of its playbooks {why}")
        elif unseen:
            yield (0, -unseen, 0), Choice(one, f"it took {duration(unseen)} to notice")
        elif len(one.timeline) >= _PLAYABLE:
            yield (0, unseen, -len(one.timeline)), Choice(one, f"its timeline has {len(one.timeline)} rows to play")


def _unseen(incident: Postmortem) -> timedelta:
    """Return how long nobody noticed, 0 where that is unknown."""
    found = incident.detected.since(incident.started) if incident.detected and incident.started else None
    return max(found or timedelta(0), timedelta(0))
