"""The quarterly review: what the records of three months say, ready to be read in a quarter of an hour and talked over.

Everything follows from the catalogue, what keeps coming back and the quarter, and each part is computed when first asked for. An
incident lies in the quarter of the day on which it started, in UTC. Compromise: a quarter long ago is told with what is known
now, so a cluster may hold what nobody saw then; only incidents and promises are set back to the quarter's last day.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kb.catalogue.catalogue import Catalogue
from kb.records.model import Learning, Postmortem
from kb.recurrence.recurrence import Recurrence
from kb.recurrence.repeats import Repeat
from kb.review.choices import drill, read_aloud
from kb.review.compared import compared
from kb.review.days import day_said
from kb.review.decided import decided
from kb.review.ledger import ledger
from kb.review.model import (
    CameTrue,
    Choice,
    Compared,
    Decided,
    Described,
    Ledger,
    Playbooks,
    Services,
    Theme,
    Told,
)
from kb.review.practice import came_true, drills, playbooks, services
from kb.review.themes import active, age, described, first_of, themes
from kb.text import count
from kb.trends.quarter import Quarter, quarter_of


@dataclass(frozen=True)
class Review:
    """The review of a quarter."""

    catalogue: Catalogue
    recurrence: Recurrence
    quarter: Quarter

    @property
    def is_over(self) -> bool:
        """Whether the quarter has ended."""
        return self.quarter.last < self.catalogue.today

    @property
    def has_begun(self) -> bool:
        """Whether the quarter has begun; of one that has not there is nothing to tell but what records date ahead."""
        return self.quarter.first <= self.catalogue.today

    @property
    def day(self) -> date:
        """The day as of which promises are told: the quarter's last, or today where that is earlier."""
        return min(self.quarter.last, self.catalogue.today)

    @cached_property
    def incidents(self) -> tuple[Postmortem, ...]:
        """The incidents that started in the quarter, near misses among them, oldest first."""
        found = (one for one in self.catalogue.incidents if one.started and one.started.day in self.quarter)
        return tuple(sorted(found, key=age))

    @cached_property
    def near_misses(self) -> tuple[Postmortem, ...]:
        """Those of `incidents` that could have hurt and did not."""
        return tuple(one for one in self.incidents if one.near_miss)

    @cached_property
    def undated(self) -> int:
        """How many incidents of the catalogue have no known start, so that no review has them."""
        return sum(1 for one in self.catalogue.incidents if one.started is None)

    @cached_property
    def compared(self) -> Compared:
        """The number of incidents beside that of the quarter before."""
        days = [one.started.day for one in self.catalogue.incidents if one.started]
        before = sum(1 for day in days if day in self.quarter.before)
        is_older = any(day < self.quarter.first for day in days)
        return compared(self.quarter, len(self.incidents), before, is_older=is_older, so_far=self._so_far(before))

    @cached_property
    def themes(self) -> tuple[Theme, ...]:
        """At most five clusters with an incident in the quarter: most of them first, then most open promises, then size."""
        return themes(self.recurrence, self.incidents, self.day)

    @cached_property
    def described(self) -> tuple[Described, ...]:
        """The patterns and lessons that name an incident of the quarter and describe no theme, in the same order."""
        return described(self.recurrence, self.incidents, self.day)

    @cached_property
    def topics(self) -> tuple[Theme | Described, ...]:
        """What to talk over: the first five of `themes` and `described` in their order, of equals the themes.

        Few incidents seldom make a cluster, and people see what a machine does not.
        """
        return first_of(self.themes, self.described)

    @cached_property
    def active(self) -> int:
        """How many clusters have an incident in the quarter; more than `themes` where there are more than five."""
        return len(active(self.recurrence, self.incidents))

    @cached_property
    def repeats(self) -> tuple[Repeat, ...]:
        """The repeats that people declared whose later incident lies in the quarter, by its day."""
        mine = {one.id for one in self.incidents}
        return tuple(one for one in self.recurrence.repeats if one.later in mine)

    @cached_property
    def ledger(self) -> Ledger:
        """What became of what was promised."""
        return ledger(self.catalogue, self.quarter, self.day)

    @cached_property
    def surprises(self) -> tuple[Told, ...]:
        """What nobody expected, by incident."""
        return tuple(Told(one, text) for one in self.incidents if one.lessons for text in one.lessons.surprised)

    @cached_property
    def luck(self) -> tuple[Told, ...]:
        """What could have made it worse and did not, by incident."""
        return tuple(Told(one, text) for one in self.incidents if one.lessons for text in one.lessons.got_lucky)

    @cached_property
    def services(self) -> Services:
        """The services that are new, worst, quiet."""
        return services(self.catalogue, self.quarter, is_over=self.is_over)

    @cached_property
    def playbooks(self) -> Playbooks:
        """The playbooks that incidents of the quarter name."""
        return playbooks(self.catalogue, self.incidents)

    @cached_property
    def drills(self) -> tuple[Learning, ...]:
        """The game days and chaos experiments held in the quarter, oldest first."""
        return drills(self.catalogue, self.quarter)

    @cached_property
    def came_true(self) -> tuple[CameTrue, ...]:
        """The risks of pre-mortems that came true in the quarter, by incident."""
        return came_true(self.catalogue, self.incidents)

    @cached_property
    def unforeseen(self) -> tuple[Postmortem, ...]:
        """The incidents of the quarter that no pre-mortem foresaw, oldest first."""
        foreseen = {one.incident.id for one in self.came_true if not one.is_later}
        return tuple(one for one in self.incidents if one.id not in foreseen)

    @cached_property
    def read_aloud(self) -> tuple[Choice, ...]:
        """At most two postmortems to read aloud, with the reason."""
        return read_aloud(self.incidents)

    @cached_property
    def drill(self) -> Choice | None:
        """The incident to replay as a drill, with the reason."""
        return drill(self.incidents, self.read_aloud)

    @cached_property
    def decided(self) -> Decided | None:
        """What this quarter's review decided, where its record exists."""
        return decided(self.catalogue, self.quarter, self.day)

    @cached_property
    def before(self) -> Decided | None:
        """What the review of the quarter before decided, where its record exists."""
        return decided(self.catalogue, self.quarter.before, self.day)

    def title_of(self, record_id: str) -> str:
        """Return the title of a record."""
        return self.catalogue.records[record_id].title

    def _so_far(self, before: int) -> str:
        """Return why nothing can be compared, "" for a quarter that is over."""
        if self.is_over:
            return ""
        if not self.has_begun:
            return f"{self.quarter} has not begun."
        found = count(len(self.incidents), "incident") if self.incidents else "No incident"
        so_far = f"{self.quarter} is not over. {found} so far, up to {day_said(self.day)}"
        return f"{so_far}; {before or 'none'} in all of {self.quarter.before}. Nothing is compared before it has ended."


def last_over(today: date) -> Quarter:
    """Return the last quarter that is over on a day."""
    return quarter_of(today).before
