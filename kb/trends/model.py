"""What the trends say, as values: every number with its n, every share and quantile with its interval.

Made by `kb.trends.trends`, shown by the command, the pages and the review. Compromise: what is unknown is counted and said
beside each figure, never spread over the rest.
"""

from dataclasses import dataclass

from kb.trends.quarter import Quarter


@dataclass(frozen=True, slots=True)
class Count:
    """Incidents of a quarter. `is_over` is False for the one that has not ended."""

    quarter: Quarter
    incidents: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Ratio:
    """How a later figure compares with an earlier one: `value` is later / earlier, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_change(self) -> bool:
        """Whether the data say so: the interval leaves 1 out."""
        return self.low > 1 or self.high < 1


@dataclass(frozen=True, slots=True)
class Counts:
    """Incidents a quarter, every quarter from the first to the last.

    Attributes:
        quarters: those without an incident too.
        undated: incidents whose start nobody knows.
        mean: incidents a quarter over the quarters that are over; None where none is.
        low, high: the band within which 95 of 100 quarters lie when chance alone decides (Poisson); None without a mean.
        dispersion: variance / mean of the quarters that are over, and `uneven` whether that is more than chance gives (p < 0.05).
        change: the last four quarters that are over against the four before; None where these are not there.
    """

    quarters: tuple[Count, ...]
    undated: int
    mean: float | None
    low: int | None
    high: int | None
    dispersion: float | None
    uneven: bool
    change: Ratio | None


@dataclass(frozen=True, slots=True)
class Dot:
    """An incident on the axis of durations, in seconds."""

    incident: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Quantile:
    """The value, in seconds, below which the share `of` lies, with its 95 % interval by bootstrap."""

    of: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Durations:
    """How long something took: `name` is detect, mitigate or resolve, from the start of the impact.

    `dots` are the known ones by start; `unknown` counts the rest, of which `impossible` end before they start. `quantiles` are
    the median and the 90th percentile, none where fewer than five are known. `change` compares the median of the last four
    quarters that are over with that of the four before; None where either has fewer than five.
    """

    name: str
    dots: tuple[Dot, ...]
    unknown: int
    impossible: int
    quantiles: tuple[Quantile, ...]
    change: Ratio | None


@dataclass(frozen=True, slots=True)
class Power:
    """What these data could show. `smallest` is the smallest share by which incidents would have to get shorter so that one
    quarter against the one before would show it in four of five cases; None where not even 95 % shorter would, or where fewer
    than five durations are known. `incidents` is how many a quarter were assumed: the mean, rounded, at least 1.
    """

    incidents: int
    known: int
    smallest: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the incidents that say anything name a word, with the 95 % interval of the share.

    `published` is the share in `Shares.source`; None where that does not know the word.
    """

    word: str
    incidents: int
    share: float
    low: float
    high: float
    published: float | None


@dataclass(frozen=True, slots=True)
class Shares:
    """What incidents say of one thing: `name` is cause, trigger, detection, safeguard_missing or change_kind.

    Of safeguards, an incident that judges some and calls none missing says `none_named`.
    `known` incidents say something, `unknown` do not; several words per incident may stand, so shares may add up to more than 1.
    """

    name: str
    known: int
    unknown: int
    shares: tuple[Share, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    """A point of the curve of open actions: `share` is still open after `days`, with its 95 % interval. `at_risk` are left."""

    days: int
    share: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True, slots=True)
class Age:
    """Open actions of one owner or kind ("" where nobody said) with their ages in days, oldest first; unknown ones counted."""

    name: str
    days: tuple[int, ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Actions of a quarter by the day on which they were opened, done, declined."""

    quarter: Quarter
    opened: int
    done: int
    declined: int


@dataclass(frozen=True, slots=True)
class Work:
    """What became of what was promised.

    Attributes:
        states: how many actions are in each state, "unknown" where nobody said.
        flow: a quarter each; `undated` actions have no day of opening.
        steps: share still open after so many days (Kaplan and Meier 1958), of `measured` actions with a day of opening and
            a known state; proposed and open ones count as long as they are that (censored). Declined ones end too.
        median: days after which half are closed; None where fewer are.
        by_owner, by_kind: the open ones.
        overdue, unverified: names `<record>#<action>`.
    """

    states: tuple[tuple[str, int], ...]
    flow: tuple[Flow, ...]
    undated: int
    steps: tuple[Step, ...]
    measured: int
    median: int | None
    by_owner: tuple[Age, ...]
    by_kind: tuple[Age, ...]
    overdue: tuple[str, ...]
    unverified: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """What was done to be ready, a quarter each: drills are game days and chaos experiments."""

    quarter: Quarter
    repeats: int
    broken: int
    playbooks_helped: int
    playbooks_missing: int
    playbooks_outdated: int
    drills: int
    pre_mortems: int


@dataclass(frozen=True, slots=True)
class Undated:
    """What no quarter of `Practice` holds, because nobody knows its day."""

    repeats: int
    playbooks: int
    drills: int
    pre_mortems: int


@dataclass(frozen=True, slots=True)
class Reports:
    """Published postmortems: how many of how many, and the days from the end of the incident until they were published.

    `days` are those that are known, sorted. Where the end is unknown they count from the start, and a report that came out
    before the end took 0.
    """

    published: int
    incidents: int
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """How many incidents had a change in the hour before they started, of those that name changes with their time.

    `low` and `high` bound the share with 95 %; None where none is known. `kinds` are those of the changes in that hour.
    """

    with_change: int
    known: int
    low: float | None
    high: float | None
    kinds: Shares


@dataclass(frozen=True, slots=True)
class People:
    """Who was involved, by name, with how many incidents: teams, and responders named in roles, most first.

    `unknown` incidents name neither.
    """

    teams: tuple[tuple[str, int], ...]
    responders: tuple[tuple[str, int], ...]
    unknown: int
