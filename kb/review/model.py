"""What a quarterly review holds, as values: each part of it, with the records it is about.

Made by `kb.review.review`, told by the command, the Markdown file, the slides and the page. Compromise: a part holds the records
themselves and all of them; how many are shown, and how they are called, is for whoever shows them.
"""

from dataclasses import dataclass
from datetime import date

from kb.catalogue.promise import Promise
from kb.records.model import Learning, Playbook, Postmortem, Risk
from kb.recurrence.clusters import Cluster
from kb.trends.model import Ratio
from kb.trends.quarter import Quarter


@dataclass(frozen=True, slots=True)
class Compared:
    """The incidents of the quarter beside those of the one before.

    Attributes:
        quarter: the one before.
        incidents, before: how many started in the quarter, and in the one before; near misses are among them.
        ratio: incidents / before with its 95 % interval; None where there were none before, or the quarter is not over.
        is_change: whether the difference is more than chance gives; False where nothing is compared.
        note: the same as a sentence, ready to read aloud.
    """

    quarter: Quarter
    incidents: int
    before: int
    ratio: Ratio | None
    is_change: bool
    note: str


@dataclass(frozen=True, slots=True)
class Factor:
    """A word that incidents name (as records write it: `config_push`), and how many of them do."""

    word: str
    incidents: int


@dataclass(frozen=True, slots=True)
class Active:
    """A group of incidents, some of which lie in the quarter.

    Attributes:
        incidents: those of the quarter, oldest first.
        known: all up to the last day that the review looks at, oldest first, those of the quarter among them; those without a day
            last. Factors are counted over these: "4 of 9" is `incidents` of `len(known)`.
        since: how many started after that day.
        causes, triggers: what at least two of `known` share, where it is one what that says; most first, "unknown" left out.
        missing: the safeguards that were missing in any of `known`, most first, of equals those of the quarter first.
        promises: the promises of `known` that were open on that day, overdue ones first.
    """

    incidents: tuple[Postmortem, ...]
    known: tuple[Postmortem, ...]
    since: int
    causes: tuple[Factor, ...]
    triggers: tuple[Factor, ...]
    missing: tuple[Factor, ...]
    promises: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class Theme(Active):
    """A cluster that was active in the quarter, with its incidents of later quarters too. `learning` describes it, or is None."""

    cluster: Cluster
    learning: Learning | None

    @property
    def id(self) -> str:
        """What it is known by."""
        return self.cluster.id

    @property
    def label(self) -> str:
        """What it is called."""
        return self.cluster.label


@dataclass(frozen=True, slots=True)
class Described(Active):
    """A pattern or lesson that names incidents of the quarter. People saw what they share, though no cluster may hold them."""

    learning: Learning

    @property
    def id(self) -> str:
        """What it is known by."""
        return self.learning.id

    @property
    def label(self) -> str:
        """What it is called."""
        return self.learning.title


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of what was promised, as it stood at the end of `day`: the quarter's last, or today where that is earlier.

    Attributes:
        day: that day.
        opened: how many were opened in the quarter.
        done, declined: closed in the quarter, the latest first; `action.reason` tells why one was declined.
        overdue: open on that day and due before it, the most overdue first; `late` is in days up to `day`.
        unverified: done by that day, by whatever quarter, and not seen to work by then, the latest done first.
        open: how many were open on that day, and `without_due` how many of them have no due day, so that none can be overdue.
        unknown: how many promises there were by then of which nobody said what became of them.
    """

    day: date
    opened: int
    done: tuple[Promise, ...]
    declined: tuple[Promise, ...]
    overdue: tuple[Promise, ...]
    unverified: tuple[Promise, ...]
    open: int
    without_due: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the lessons of an incident."""

    incident: Postmortem
    text: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service with a number of incidents: of the quarter, or for a quiet one of the four quarters before."""

    slug: str
    name: str
    incidents: int


@dataclass(frozen=True, slots=True)
class Services:
    """Services by how they did, those with most incidents first.

    Attributes:
        new: with an incident in the quarter and none known before it.
        worst: with most incidents in the quarter; none where no service has two.
        quiet: with an incident in the four quarters before and none in this one; none while the quarter is not over.
    """

    new: tuple[Service, ...]
    worst: tuple[Service, ...]
    quiet: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class PlaybookTold:
    """A playbook that incidents of the quarter name. `playbook` is None where it is not written; `name` is its id or what they
    call it."""

    name: str
    playbook: Playbook | None
    incidents: tuple[Postmortem, ...]


@dataclass(frozen=True, slots=True)
class Playbooks:
    """The playbooks by what incidents of the quarter say of them, those named most first.

    `used` are those that helped, or of which nobody said how they did.
    """

    used: tuple[PlaybookTold, ...]
    missing: tuple[PlaybookTold, ...]
    outdated: tuple[PlaybookTold, ...]


@dataclass(frozen=True, slots=True)
class CameTrue:
    """A risk of a pre-mortem that came true in an incident of the quarter.

    `is_later` tells that the pre-mortem was certainly held after the incident began, so that it did not foresee it.
    """

    pre_mortem: Learning
    risk: Risk
    incident: Postmortem
    is_later: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """An incident that is proposed for something, and why, as a clause: "nobody expected 3 things of it"."""

    incident: Postmortem
    reason: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a review decided: its record, the decisions, and the actions it promised as they stand on the review's day."""

    record: Learning
    decisions: tuple[str, ...]
    promises: tuple[Promise, ...]
