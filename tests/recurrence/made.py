"""Incidents written in one line, knowledge bases of a few families of them, and all that is found in one as a value."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from knowledge_base import TODAY
from search.made import TEXT as TEXT
from search.made import record as record

import kb
from kb.records.model import Postmortem
from kb.recurrence.lexicon import mechanisms
from kb.recurrence.space import Space, drawing_order, space
from kb.recurrence.tellings import tellings

Library = Callable[..., Path]

# What happened in one way, told four times in other words.
FAMILIES: Mapping[str, Sequence[str]] = {
    "power": (
        "The utility feeder lost power and the generator did not start, so the batteries ran empty.",
        "A breaker opened, the generator was out of service and the UPS carried the load until its batteries were empty.",
        "Voltage sagged, the generator tripped its breaker and the racks lost power when the batteries gave out.",
        "The feeder failed; of two generators none took the load, and power was lost once the UPS was drained.",
    ),
    "certificate": (
        "The certificate expired at midnight because its renewal had failed, and clients refused the handshake.",
        "Nobody renewed the certificate; it expired and every client refused to connect.",
        "An intermediate certificate expired, its renewal had been forgotten, so clients refused all signatures.",
        "The renewal job was broken for weeks, the certificate expired, clients saw a refused handshake.",
    ),
    "routing": (
        "A neighbour announced more specific prefixes, the routers believed them and carried the routes on without a filter.",
        "Routes leaked because the filter for prefixes was missing, and the peers announced them to everyone.",
        "A rule withdrew all prefixes; without routes the routers dropped what peers announced, no filter held.",
        "The filter was wrong, so prefixes of a customer were announced to all peers as routes of the routers.",
    ),
    "disk": (
        "The volume of the logs was full, no inode was left and the filesystem became read-only.",
        "Temporary files filled the disk; with the volume full the filesystem refused every write.",
        "An old job wrote files until the disk was full, and nothing removed the files from the volume.",
        "The filesystem ran out of inodes, the disk counted as full and all writes to the volume failed.",
    ),
}


def few(examples: int, **strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with some examples that are the same every time."""
    return lambda test: settings(deadline=None, database=None, derandomize=True, max_examples=examples)(
        given(**strategies)(test)
    )


def families(*names: str) -> dict[str, str]:
    """Return the files of these families, a month between one incident and the next; all families unless told."""
    return {
        f"postmortems/{name}-{number}.md": record(
            f"Report {number} of {place}",
            text,
            started=f"20{10 + place}-0{number + 1}-01",
            organization=f"Vendor{number}",
        )
        for place, name in enumerate(FAMILIES)
        if name in (names or FAMILIES)
        for number, text in enumerate(FAMILIES[name])
    }


def opened(root: Path, draft: Postmortem | None = None) -> kb.Recurrence:
    return kb.Recurrence(kb.load(root, today=TODAY), draft)


def incident(name: str, body: str = "", **fields: Any) -> Postmortem:
    """Return an incident that lies in no file."""
    return Postmortem.model_validate({"id": name, "title": "", "body": body, **fields})


def spaced(incidents: Sequence[Postmortem], more: Mapping[str, Sequence[str]] | None = None) -> Space:
    """Return incidents as vectors; `more` adds mechanisms."""
    order = drawing_order([one.id for one in incidents], [True] * len(incidents))
    return space(order, tellings(incidents, "", None), mechanisms(more or {}))


def near_ids(recurrence: kb.Recurrence, name: str) -> list[str]:
    return [one.id for one in recurrence.similar(name)]


def scores(recurrence: kb.Recurrence, name: str) -> dict[str, float]:
    return {one.id: one.score for one in recurrence.similar(name)}


def shared(recurrence: kb.Recurrence, one: str, other: str) -> dict[str, tuple[str, ...]]:
    """Return the reasons for which one is near another, by their kind; none where it is not near."""
    return {why.kind: why.what for hit in recurrence.similar(one) if hit.id == other for why in hit.reasons}


def together(recurrence: kb.Recurrence) -> set[frozenset[str]]:
    """Return the clusters as sets of ids."""
    return {frozenset(one.members) for one in recurrence.clusters}


def everything(recurrence: kb.Recurrence) -> str:
    """Return all that is found in a knowledge base, to the last digit, as one text."""
    ids = list(recurrence.incidents)
    found = {
        "similar": [recurrence.similar(name) for name in ids],
        "offered": [recurrence.offered(name) for name in ids],
        "clusters": recurrence.clusters,
        "unclustered": recurrence.unclustered,
        "repeats": recurrence.repeats,
        "repeats_of": recurrence.repeats_of,
        "broken": recurrence.broken,
        "right": recurrence.causes.right,
        "suggestions": [recurrence.suggestion(name) for name in ids],
    }
    return "\n".join(f"{name}: {value!r}" for name, value in found.items())
