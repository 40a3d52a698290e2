"""A review in words, the same for the terminal, the Markdown file and the slides: its sections and their order.

It begins with what happened and what was decided last time, because an hour does. Compromise: long lists are cut after a number
that the renderer gives, and the rest is counted.
"""

from kb.review import happened, readiness
from kb.review.days import day_said
from kb.review.review import Review
from kb.review.section import NOTHING, Section, Teller, text

# What each section is called, and what people answer after it.
_TITLES = {
    "incidents": ("What happened", ""),
    "before": ("Last quarter's decisions", "Was it done, and did it help?"),
    "themes": ("Themes", "What would have made all of these small, and who proposes to invest in it?"),
    "repeats": ("What came back", "Which promise would have helped? Keep it, change it, or decline it."),
    "actions": ("What was promised", "What do we do now, and what do we decline openly?"),
    "lessons": ("Surprises and luck", "Where we were lucky: how do we have it on purpose?"),
    "services": ("Services", ""),
    "playbooks": ("Playbooks", "Who writes what was missing, and who mends what was outdated?"),
    "drills": ("Drills and foresight", "What should the next pre-mortem ask?"),
    "choices": ("To read aloud, and to replay", ""),
    "decisions": ("Decisions", ""),
}
KEYS = tuple(_TITLES)


def sections(review: Review, most: int) -> tuple[Section, ...]:
    """Return what there is to tell, each list cut after `most`. Of a quarter that has not begun there are only its incidents."""
    teller = Teller(review, most)
    keys = KEYS if review.has_begun else KEYS[:1]
    return tuple(_section(teller, key) for key in keys)


def _section(teller: Teller, key: str) -> Section:
    title, ask = _TITLES[key]
    tell = getattr(happened, key, None) or getattr(readiness, key)
    blocks = tuple(tell(teller))
    return Section(key, title, blocks, ask, _is_asked(teller.review, key), blocks == (text(NOTHING),))


def _is_asked(review: Review, key: str) -> bool:
    """Tell whether there is something to ask a section's question of."""
    books = review.playbooks
    found = {
        "before": review.before,
        "themes": review.topics,
        "repeats": review.repeats,
        "actions": review.ledger.open,
        "lessons": review.luck,
        "playbooks": books.missing or books.outdated,
        "drills": review.unforeseen,
    }
    return bool(found.get(key))


def span_said(review: Review) -> str:
    """Return which days the review looks at: "1 October to 31 December 2021"."""
    first, last = review.quarter.first, review.day if review.has_begun else review.quarter.last
    so_far = ", so far" if review.has_begun and not review.is_over else ""
    return f"{day_said(first, with_year=False)} to {day_said(last)}{so_far}"
