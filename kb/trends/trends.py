"""The trends of a knowledge base: whether it gets better, as far as its records can tell.

Everything follows from the catalogue and the selection, and each part is computed when first asked for. Compromise: the end of a
selection takes the place of today only where quarters are counted; what is open or overdue is so today.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from kb.catalogue.catalogue import Catalogue
from kb.catalogue.promise import Promise
from kb.records.model import Learning, Postmortem
from kb.recurrence.repeats import Repeat
from kb.trends.incidents import ENDS, all_shares, changes, foreseen, people, reports, spans
from kb.trends.model import Changes, Counts, Durations, People, Power, Practice, Reports, Shares, Undated, Work
from kb.trends.practice import Counted, Events, declared_repeats, practice, undated
from kb.trends.quarter import Quarter, quarter_of, quarters
from kb.trends.selection import Selection
from kb.trends.work import work

if TYPE_CHECKING:
    # It comes with what learns, which takes longer to import than all that is computed here.
    from kb.recurrence.recurrence import Recurrence


_ALL = Selection()


@dataclass(frozen=True)
class Trends:
    """What the records of a selection tell, all unless selected. `recurrence` saves finding the declared repeats again.

    Raises:
        KbError: the selection names a service or team that no record has.
    """

    catalogue: Catalogue
    recurrence: "Recurrence | None" = None
    selection: Selection = _ALL

    def __post_init__(self) -> None:
        self.selection.refuse_unknown(self.catalogue)

    @cached_property
    def incidents(self) -> tuple[Postmortem, ...]:
        """The incidents, oldest first, those without a known day last."""
        return self.selection.incidents(self.catalogue)

    @cached_property
    def learnings(self) -> tuple[Learning, ...]:
        """The learnings of the same days, services and teams, by title."""
        return self.selection.learnings(self.catalogue)

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """The actions that these incidents and learnings promised."""
        return tuple(
            p for one in (*self.incidents, *self.learnings) for p in self.catalogue.promises_of.get(one.id, ())
        )

    @cached_property
    def repeats(self) -> tuple[Repeat, ...]:
        """The repeats that people declared, of which the later incident is one of these."""
        known = self.recurrence.repeats if self.recurrence else declared_repeats(self.catalogue)
        mine = {one.id for one in self.incidents}
        return tuple(one for one in known if one.later in mine)

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        """From the first day of an incident, drill or pre-mortem to today, or to the end of the selection; none without one."""
        days = tuple(self._events.days)
        return quarters((*days, max(min(days), self._last))) if days else ()

    @cached_property
    def counts(self) -> Counts:
        """Incidents a quarter."""
        # It comes with SciPy, which the other parts do without.
        from kb.trends.counts import counts

        days = [one.started.day for one in self.incidents if one.started]
        found = counts(days, len(self.incidents) - len(days), self._judged)
        until = quarter_of(max(self._last, *days)) if days else None
        return replace(found, quarters=tuple(one for one in found.quarters if until and one.quarter <= until))

    @cached_property
    def durations(self) -> Mapping[str, Durations]:
        """The times to detect, mitigate and resolve, by these names."""
        from kb.trends.durations import durations

        measured = {name: spans(self.incidents, end) for name, end in ENDS.items()}
        return {
            name: durations(name, found.known, found.unknown, found.impossible, self._judged)
            for name, found in measured.items()
        }

    @cached_property
    def power(self) -> Power:
        """What the times to resolve could show."""
        from kb.trends.power import power

        return power([dot.seconds for dot in self.durations["resolve"].dots], self.counts.mean)

    @cached_property
    def shares(self) -> Mapping[str, Shares]:
        """The shares by what is said: trigger, cause, detection, safeguard_missing."""
        return all_shares(self.incidents)

    @cached_property
    def work(self) -> Work:
        """What became of the promises."""
        return work(self.promises, self.catalogue.config.words_of("action_status"))

    @cached_property
    def practice(self) -> tuple[Practice, ...]:
        """What was done to be ready, one for each of `quarters`."""
        return practice(self._counted, self.quarters)

    @cached_property
    def undated(self) -> Undated:
        """What `practice` leaves out because nobody knows its day."""
        return undated(self._counted)

    @cached_property
    def reports(self) -> Reports:
        """The published reports, and how long they took."""
        return reports(self.incidents)

    @cached_property
    def changes(self) -> Changes:
        """Changes in the hour before an incident."""
        return changes(self.incidents)

    @cached_property
    def people(self) -> People:
        """Who was involved."""
        return people(self.incidents)

    @cached_property
    def foreseen(self) -> tuple[int, int]:
        """How many of the incidents a pre-mortem foresaw, and how many there are."""
        return foreseen(self.incidents, self.catalogue)

    @cached_property
    def _events(self) -> Events:
        return Events(self.incidents, self.repeats, self.learnings)

    @cached_property
    def _counted(self) -> Counted:
        return self._events.counted()

    @property
    def _last(self) -> date:
        """The last day that is looked at."""
        return min(self.catalogue.today, self.selection.until or date.max)

    @property
    def _judged(self) -> date:
        """The day on which quarters are over or not: the one after the selection, so that a quarter up to its end is over."""
        today, until = self.catalogue.today, self.selection.until
        return until + timedelta(1) if until and until < today else today
