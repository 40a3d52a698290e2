"""What the rows of an export's tables are about: parts of records with their number, promises, notes, repeats.

Compromise: a part is numbered by its place in the file, because most parts have no name; a row put before it changes the
numbers of those after it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from kb.catalogue.catalogue import Catalogue
from kb.catalogue.promise import Promise
from kb.records.model import Action, Record
from kb.recurrence.repeats import Repeat, repeats

# Fields that list sentences or names and have no table of their own, with where they are found in a record.
NOTED = MappingProxyType(
    {name: name for name in "five_whys symptoms alerts findings decisions authors reviewers not_related".split()}
    | {name: f"lessons.{name}" for name in "went_well went_badly got_lucky surprised".split()}
    | {"responders": "roles.responders"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a field: the `number`-th of the record, from 1. `found` is the id of a record that it names."""

    record: str
    number: int
    part: Any
    found: str | None = None


@dataclass(frozen=True, slots=True)
class Promised:
    """An action with how it stands; what is said of one without a status is None."""

    record: str
    number: int
    promise: Promise

    @property
    def part(self) -> Action:
        """The action as it is written."""
        return self.promise.action

    @property
    def name(self) -> str | None:
        """What links call it; None where it has no id."""
        return self.promise.name if self.part.id else None

    @property
    def is_open(self) -> bool | None:
        """Whether it is promised and not yet done."""
        return self.promise.is_open if self.part.status else None

    @property
    def is_overdue(self) -> bool | None:
        """Whether it is open past its due day; None, too, for an open one without a due day."""
        is_known = self.part.status and (self.part.due or not self.promise.is_open)
        return self.promise.is_overdue if is_known else None

    @property
    def is_unverified(self) -> bool | None:
        """Whether it is done and not seen to work."""
        return self.promise.is_unverified if self.part.status else None


@dataclass(frozen=True, slots=True)
class Note:
    """The `number`-th text of a field that lists sentences or names."""

    record: str
    field: str
    number: int
    text: str


def entries(field: str) -> Callable[[Catalogue], Iterator[Entry]]:
    """Give the entries of a field, of whichever records have it."""

    def rows(catalogue: Catalogue) -> Iterator[Entry]:
        for record in catalogue.records.values():
            for number, part in enumerate(getattr(record, field, ()), 1):
                yield Entry(record.id, number, part)

    return rows


def words(field: str) -> Callable[[Catalogue], Iterator[Entry]]:
    """Give the words of a field, each once for each record."""

    def rows(catalogue: Catalogue) -> Iterator[Entry]:
        for record in catalogue.records.values():
            for number, word in enumerate(dict.fromkeys(filter(None, getattr(record, field, ()))), 1):
                yield Entry(record.id, number, word)

    return rows


def promises(catalogue: Catalogue) -> Iterator[Promised]:
    """Give the actions of all records."""
    for record, promised in catalogue.promises_of.items():
        for number, promise in enumerate(promised, 1):
            yield Promised(record, number, promise)


def uses(catalogue: Catalogue) -> Iterator[Entry]:
    """Give the playbooks that incidents used or wanted, with the record that each means."""
    for incident in catalogue.incidents:
        for number, use in enumerate(incident.playbooks, 1):
            found = catalogue.find(use.id)
            yield Entry(incident.id, number, use, found.id if found else None)


def notes(catalogue: Catalogue) -> Iterator[Note]:
    """Give the texts of the fields in `NOTED`, and the causes of fishbone diagrams by category."""
    for record in catalogue.records.values():
        for field, texts in _noted(record):
            for number, text in enumerate(texts, 1):
                yield Note(record.id, field, number, text)


def _noted(record: Record) -> Iterator[tuple[str, Sequence[str]]]:
    for field, path in NOTED.items():
        where, _, name = path.rpartition(".")
        yield field, getattr(getattr(record, where, None) if where else record, name, ())
    for category, texts in getattr(record, "fishbone", {}).items():
        yield f"fishbone.{category}", texts


def repeated(catalogue: Catalogue) -> Sequence[Repeat]:
    """Give the repeats that people declared; nothing is compared for it."""
    incidents = {incident.id: incident for incident in catalogue.incidents}
    said = [(link.source, link.target) for link in catalogue.links if link.relation == "recurrence_of"]
    return repeats(incidents, [pair for pair in said if incidents.keys() >= set(pair)])
