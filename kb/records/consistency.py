"""What a record contradicts itself in, and what readers will look for and not find.

Compromise: only what is certain is a contradiction. Two times of which one is known by its day alone contradict each
other only when the days do.
"""

import re
from collections.abc import Iterator

from kb.records.frontmatter import Path
from kb.records.model import Learning, Postmortem, Record
from kb.records.shape import specs
from kb.text import said

Fault = tuple[str, Path, str, str]

# A file's stem may hold blanks and brackets; what an id may not hold is what links and addresses are written with.
_ID = re.compile(r"[^\W_][^\x00-\x1f/\\#|\[\]<>\"`]{0,199}$")


def contradictions(record: Record) -> Iterator[Fault]:
    """Yield what makes the record contradictory, as (code, path of the field, message, hint)."""
    if not _ID.match(record.id):
        yield (
            "bad-id",
            ("id",),
            f"`{record.id[:60]}` cannot be an id",
            "Begin with a letter or digit; leave out / # | [ ] < >.",
        )
    if isinstance(record, Postmortem):
        yield from _milestones(record)
        yield from _publication(record)
    yield from _actions(record)


def _milestones(incident: Postmortem) -> Iterator[Fault]:
    known = incident.milestones
    for earlier, later in (("started", name) for name, _ in known if name != "started"):
        yield from _order(dict(known), earlier, later)
    yield from _order(dict(known), "mitigated", "resolved")


def _order(known: dict[str, object], earlier: str, later: str) -> Iterator[Fault]:
    first, last = known.get(earlier), known.get(later)
    if first is not None and last is not None and last < first:  # type: ignore[operator]
        yield (
            "time-order",
            (later,),
            f"`{later}` ({last}) lies before `{earlier}` ({first})",
            "Correct the one that is wrong.",
        )


def _publication(incident: Postmortem) -> Iterator[Fault]:
    # A report may come out while it still burns, but not before. Its day is somebody's own, so both days of the start count.
    start, day = incident.started, incident.published
    if start and day and day < min(start.day, start.at.date()):
        yield (
            "time-order",
            ("published",),
            f"`published` ({day}) lies before `started` ({start})",
            "Correct the one that is wrong.",
        )


def _actions(record: Record) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, action in enumerate(record.promised):
        path: Path = ("actions", index)
        if action.id and action.id in seen:
            yield (
                "duplicate-action",
                (*path, "id"),
                f"the action `{action.id}` stands twice",
                "Give one of them another id.",
            )
        seen.add(action.id)
        for name in ("closed", "verified_on"):
            day = getattr(action, name)
            if action.opened and day and day < action.opened:
                yield "time-order", (*path, name), f"`{name}` ({day}) lies before `opened` ({action.opened})", ""


def missing(record: Record) -> Iterator[Fault]:
    """Yield what readers look for and the record does not say. Drafts are left alone, and reviews, which concern all services."""
    if isinstance(record, Postmortem) and record.status in ("draft", "in_review"):
        return
    if isinstance(record, Learning) and record.kind == "review":
        return
    gaps = [name for name, spec in specs(type(record)).items() if spec.expected and not getattr(record, name)]
    if gaps:
        yield "missing-field", (), f"unknown: {', '.join(said(name) for name in gaps)}", "Fill in what is known."
