"""What a telling of the review is made of: sections of short lines, in which records are named, not spelt out.

Compromise: lines hold plain text and names of records and nothing else, so that each renderer can escape them without knowing
what they are about.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from kb.catalogue.promise import Promise
from kb.records.model import Postmortem, Record
from kb.records.prose import LINK
from kb.review.days import day_said
from kb.review.review import Review

T = TypeVar("T")

NOTHING = "Without an incident there is nothing to tell."

# A sentence of a record is cut here: who wants the whole of it opens the record.
_LONGEST = 400
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\s]{1,1000}\)")


@dataclass(frozen=True, slots=True)
class Ref:
    """A record that a line names, with what it is called in a sentence."""

    id: str
    called: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type."""

    text: str

    @property
    def called(self) -> str:
        """How it looks in plain text."""
        return f"`{self.text}`"


Said = tuple[str | Ref | Code, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A line: a sentence, a heading, an item of a list, or one under it."""

    kind: Literal["text", "heading", "item", "under"]
    said: Said


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the review.

    `ask` is what people answer after it, "" where nothing is asked; `is_asked` is False where the part holds nothing to ask it
    of, and `is_empty` is True where it only says that it holds nothing, for want of an incident.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    ask: str = ""
    is_asked: bool = False
    is_empty: bool = False


def plain_line(text: str) -> str:
    """Return a text on one line, cut where it is very long."""
    told = " ".join(text.split())
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST].rsplit(' ', 1)[0]} ..."


def titled(record: Record) -> Ref:
    """Return a record with its title in quotation marks."""
    return Ref(record.id, f"“{plain_line(record.title)}”")


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of a review, each list cut after `most`."""

    review: Review
    most: int

    def plain(self, text: str | None) -> str:
        """Return a sentence of a record on one line, with its links as what they show."""
        linked = LINK.sub(lambda hit: hit[2] or self._called_if_known(hit[1]), text or "")
        return plain_line(_MARKDOWN_LINK.sub(r"\1", linked))

    def _called_if_known(self, name: str) -> str:
        record = self.review.catalogue.find(name)
        return self.ref(record).called if record else name

    def ref(self, record: Record) -> Ref:
        """Return a record with what it is called in a sentence.

        An incident is cited by its organization and day, as literature is by author and year, where several organizations are on
        record; everything else by its title, in quotation marks.
        """
        is_one_of_many = len(self.review.catalogue.topics["organization"]) > 1
        if isinstance(record, Postmortem) and record.organization and record.started and is_one_of_many:
            day = record.started.day
            when = day_said(day, with_year=day not in self.review.quarter)
            return Ref(record.id, f"{plain_line(record.organization)}, {when}")
        return titled(record)

    def record(self, record_id: str) -> Ref:
        """Return the record of an id."""
        return self.ref(self.review.catalogue.records[record_id])

    def listed(self, found: Sequence[T], line: Callable[[T], Said], most: int = 0) -> Iterator[Block]:
        """Yield an item for each, and how many are left where they are too many."""
        cut = _cut(len(found), most or self.most)
        yield from (Block("item", line(one)) for one in found[:cut])
        if cut < len(found):
            yield Block("item", (f"and {len(found) - cut:,} more.",))

    def named(self, found: Sequence[T], name: Callable[[T], str | Ref | Said], most: int = 0) -> Said:
        """Return names in one line, "; " between them, and how many are left."""
        cut = _cut(len(found), most or self.most)
        line: list[str | Ref | Code] = []
        for one in found[:cut]:
            told = name(one)
            line += ["; "] if line else []
            line += told if isinstance(told, tuple) else [told]
        return (*line, f"; and {len(found) - cut:,} more") if cut < len(found) else tuple(line)

    def promise(self, one: Promise) -> Said:
        """Return an action with its owner, how late it is, and what it was promised after."""
        late = f", {one.late:,} day{'s' if one.late != 1 else ''} overdue" if one.late and one.is_overdue else ""
        title = self.plain(one.action.title) or one.action.id or "without a title"
        owner = plain_line(one.action.owner or "no owner")
        return (f"{title} ({owner}{late}; after ", self.record(one.record), ")")

    def nothing(self, otherwise: str) -> Block:
        """Return why a part is empty."""
        return text(otherwise if self.review.incidents else NOTHING)


def _cut(number: int, most: int) -> int:
    """Return how many of a list are shown; where one alone would be left, it is shown too."""
    return number if number <= most + 1 else most


def text(*said: str | Ref | Code) -> Block:
    """Return a sentence as a block."""
    return Block("text", said)


def item(*said: str | Ref | Code) -> Block:
    """Return an item of a list."""
    return Block("item", said)
