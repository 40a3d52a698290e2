"""What the index holds of a record: its fields as text, and the facts that one filters by and shows.

Compromise: a fact is compared by its slug, so `service:kube-dns` finds `Kube DNS` too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.text import slug

# A search shows documents and reads no record: what makes one of the other is imported where that is done.
if TYPE_CHECKING:
    from kb.records.model import Record

# The facts that can be filtered by, in the order in which they are shown.
FACETS = ("kind", "severity", "service", "cause", "team", "organization", "year")
# Facts that can be asked for and are not counted.
OTHERS = ("trigger", "tag", "status", "id")


@dataclass(frozen=True, slots=True)
class Document:
    """A record as a list of results shows it. `facts` are values by their slug, by the names of `FACETS` and `OTHERS`."""

    path: str
    id: str
    kind: str
    title: str
    day: str
    facts: Mapping[str, Mapping[str, str]]


def document(record: "Record") -> Document:
    """Return what is shown of a record and filtered by."""
    day = record.when.day.isoformat() if record.when else ""
    facts = {name: {slug(value): value for value in values} for name, values in _facts(record, day).items() if values}
    return Document(record.path, record.id, record.kind_of_record, record.title, day, facts)


def fields_of(record: "Record") -> Mapping[str, str]:
    """Return the texts that are searched, by the names of `rank.WEIGHTS`."""
    from kb.records.words import parts_of

    parts = parts_of(record)
    return {**parts, "title": record.title, "names": f"{record.id} {parts['names']}"}


def shown_of(fields: Mapping[str, str]) -> str:
    """Return the text of a record that passages are taken from, given its texts."""
    return "\n".join(filter(None, (fields["symptoms"], fields["prose"])))


def _facts(record: "Record", day: str) -> Mapping[str, tuple[str, ...]]:
    from kb.records.model import Learning, Postmortem

    def one(value: object) -> tuple[str, ...]:
        return (value,) if isinstance(value, str) and value else ()

    learned = record.kind if isinstance(record, Learning) else None
    incident = record if isinstance(record, Postmortem) else None
    return {
        "kind": (record.kind_of_record, *one(learned)),
        "severity": one(incident.severity) if incident else (),
        "service": record.services,
        "cause": getattr(record, "causes", ()),
        "team": record.teams,
        "organization": one(record.organization),
        "year": one(day[:4]),
        "trigger": one(incident.trigger) if incident else (),
        "tag": record.tags,
        "status": one(incident.status) if incident else (),
        "id": (record.id, *record.aliases),
    }
