"""The records: what a postmortem, a playbook and a learning hold.

These classes are the one table of fields. Validation, the JSON Schema, the field reference and the docs all read it, so a
field is described where it is declared. Everything but the title may be unknown. Compromise: a learning is one class for
its six kinds, because people turn a lesson into a pattern by changing one word.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationInfo, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from kb.config import Kind
from kb.records.time import Moment, parse_moment, parse_span


@dataclass(frozen=True, slots=True)
class Words:
    """Marks a field whose words come from the list of this name in `kb.toml`."""

    name: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Marks a field that people write sentences in: `[[id]]`, code and links work there."""


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a field that names other records; `kinds` are those it is for, empty for any."""

    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """Marks a field that readers look for: without it a published record gets the hint `missing-field`."""


def _moment(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        # Left to pydantic, a mapping would become a Moment with whatever it holds.
        raise PydanticCustomError("time_type", "input should be text, such as `2017-02-28`")
    try:
        return parse_moment(value, (info.context or {}).get("zone"))
    except ValueError as error:
        raise PydanticCustomError("bad_time", "{why}", {"why": str(error)}) from error


def _date(value: object, info: ValidationInfo) -> object:
    found = _moment(value, info)
    return found.day if isinstance(found, Moment) else found


def _span(value: object) -> object:
    try:
        return parse_span(value) if isinstance(value, str) else value
    except ValueError as error:
        raise PydanticCustomError("bad_time", "{why}", {"why": str(error)}) from error


_TIME_SCHEMA = {
    "type": "string",
    "description": "ISO 8601 with offset, or a date",
    "examples": ["2017-02-28T09:37:00-08:00", "2017-02-28"],
}

Time = Annotated[Moment, BeforeValidator(_moment), PlainSerializer(str, return_type=str), WithJsonSchema(_TIME_SCHEMA)]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Span = Annotated[
    timedelta, BeforeValidator(_span), WithJsonSchema({"type": "string", "examples": ["6 months", "90 days"]})
]
Sentence = Annotated[str, Prose()]
Sentences = tuple[Annotated[str, Prose()], ...]
Strings = tuple[str, ...]


def _field(description: str, *marks: object, **more: Any) -> Any:
    return Field(default=more.pop("default", None), description=description, **more)


class Part(BaseModel):
    """A mapping inside a record. `shorthand` is the field that a plain text in its place fills."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True, arbitrary_types_allowed=True)
    shorthand: ClassVar[str] = ""


class Source(Part):
    """Where something was published."""

    shorthand = "url"
    url: str = Field(default="", description="Address, http or https.")
    title: str = Field(default="", description="What the source calls itself.")


class Detection(Part):
    """How the incident was noticed."""

    shorthand = "method"
    method: Annotated[str | None, Words("detection")] = _field("What noticed it.")
    detail: Annotated[str | None, Prose()] = _field("How exactly.")


class Impact(Part):
    """What the incident did, in the words and numbers that were published."""

    shorthand = "summary"
    summary: Annotated[str | None, Prose()] = _field("Who could not do what.")
    users: Annotated[str | None, Prose()] = _field("Users or customers affected.")
    requests: Annotated[str | None, Prose()] = _field("Requests failed or lost.")
    revenue: Annotated[str | None, Prose()] = _field("Money lost.")
    error_budget: Annotated[str | None, Prose()] = _field("Share of the error budget spent.")


class Roles(Part):
    """Who did what in the response."""

    incident_commander: str | None = _field("Led the response.")
    communications_lead: str | None = _field("Told customers and colleagues.")
    planning_lead: str | None = _field("Planned hand-over and what comes next.")
    responders: Strings = Field(default=(), description="Worked on it.")


class Event(Part):
    """One row of the timeline."""

    shorthand = "event"
    at: Time | None = _field("When.")
    event: Sentence = Field(default="", description="What happened, was seen, decided or said.")
    kind: Annotated[str | None, Words("timeline")] = _field("What kind of row it is.")
    by: str | None = _field("Who or what did it.")
    evidence: Annotated[str | None, Prose()] = _field("Where it can be seen: a link, a log, a graph.")


class Safeguard(Part):
    """Something that should have caught the fault, and how it did."""

    shorthand = "name"
    name: Annotated[str, Words("safeguards"), Prose()] = Field(default="", description="What it is.")
    verdict: Annotated[str | None, Words("safeguard_verdict")] = _field("Whether it worked, failed or was missing.")


class Change(Part):
    """A change shortly before the incident."""

    shorthand = "description"
    at: Time | None = _field("When it took effect.")
    kind: Annotated[str | None, Words("trigger")] = _field("What kind of change.")
    ref: str | None = _field("A commit, ticket or deployment.")
    description: Annotated[str | None, Prose()] = _field("What was changed.")


class PlaybookUse(Part):
    """A playbook that was used, or was wanted."""

    shorthand = "id"
    id: str = Field(default="", description="The playbook's id; for a missing one, what it should be called.")
    verdict: Annotated[str | None, Words("playbook_verdict")] = _field("How it did.")


class Lessons(Part):
    """What the incident taught."""

    shorthand = "went_badly"
    went_well: Sentences = Field(default=(), description="What worked.")
    went_badly: Sentences = Field(default=(), description="What did not.")
    got_lucky: Sentences = Field(default=(), description="What could have made it worse and did not.")
    surprised: Sentences = Field(default=(), description="What nobody expected.")


class Action(Part):
    """Something promised, so that it does not happen again or is found or mended sooner."""

    shorthand = "title"
    id: str = Field(default="", description="Short name, unique in its record; `<incident>#<id>` names the action.")
    title: Sentence = Field(default="", description="What will be done.")
    kind: Annotated[str | None, Words("action_kind")] = _field("What it is for.")
    capa: Annotated[str | None, Words("capa")] = _field("Corrective (this fault) or preventive (its class).")
    owner: str | None = _field("The person or team who promised it.")
    priority: Annotated[str | None, Words("priority")] = _field("How urgent.")
    status: Annotated[str | None, Words("action_status")] = _field("How far it is.")
    reason: Annotated[str | None, Prose()] = _field("Why it was declined, or what it waits for.")
    opened: Day | None = _field("Day it was promised.")
    due: Day | None = _field("Day it is due.")
    closed: Day | None = _field("Day it was done or declined.")
    ticket: str | None = _field("Where the work is tracked.")
    success_criterion: Annotated[str | None, Prose()] = _field("How one will know that it works.")
    verified_on: Day | None = _field("Day on which the criterion was seen to hold.")


class Risk(Part):
    """Something a pre-mortem foresaw."""

    shorthand = "risk"
    id: str = Field(default="", description="Short name, unique in its record.")
    risk: Sentence = Field(default="", description="What could happen.")
    likelihood: str | None = _field("How likely.")
    impact: str | None = _field("How bad.")
    came_true: Annotated[Strings, Refers(("postmortem",))] = Field(
        default=(), description="Incidents in which it happened."
    )


@dataclass(frozen=True, slots=True)
class Reference:
    """A link as written, not yet resolved. `relation` is the field it stands in, "mentions" for prose."""

    target: str
    relation: str
    line: int | None
    kinds: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside a record that its body shows or links to. `path` is relative to the knowledge base."""

    path: str
    line: int | None


class Record(Part):
    """What every record has."""

    kind_of_record: ClassVar[Kind]

    id: str = Field(default="", description="Its name in links and addresses; the file's stem unless given.")
    title: str = Field(default="", description="One line that says what it is about.")
    aliases: Strings = Field(default=(), description="Earlier ids; links and addresses keep working.")
    audience: Annotated[str | None, Words("audience")] = _field("Who it is written for.")
    services: Annotated[Strings, Words("services"), Expected()] = Field(default=(), description="Services it concerns.")
    teams: Annotated[Strings, Words("teams")] = Field(default=(), description="Teams it concerns.")
    organization: str | None = _field("The organization it happened at.")
    tags: Strings = Field(default=(), description="Free words.")
    summary: Annotated[str | None, Prose()] = _field("Three sentences that stand alone.")
    related: Annotated[Strings, Refers()] = Field(default=(), description="Records that belong beside it.")
    sources: tuple[Source, ...] = Field(default=(), description="Where its facts were published.")
    authors: Strings = Field(default=(), description="Who wrote it.")
    reviewers: Strings = Field(default=(), description="Who reviewed it.")

    # Not fields of the file: where the record comes from. `digest` is of the file's bytes, for whoever keeps what was made of it.
    path: SkipJsonSchema[str] = Field(default="", exclude=True)
    root: SkipJsonSchema[str] = Field(default="", exclude=True)
    body: SkipJsonSchema[str] = Field(default="", exclude=True)
    digest: SkipJsonSchema[str] = Field(default="", exclude=True)
    extra: SkipJsonSchema[Mapping[str, Any]] = Field(default_factory=dict, exclude=True)
    references: SkipJsonSchema[tuple[Reference, ...]] = Field(default=(), exclude=True)
    attachments: SkipJsonSchema[tuple[Attachment, ...]] = Field(default=(), exclude=True)

    @property
    def promised(self) -> tuple[Action, ...]:
        """The actions promised in this record; none for kinds that hold none."""
        return ()

    @property
    def when(self) -> Moment | None:
        """When it happened; None where that is unknown or has no meaning."""
        return None


class Postmortem(Record):
    """An incident and what was learned from it."""

    kind_of_record = "postmortem"

    status: Annotated[str | None, Words("status")] = _field("How far the text is.")
    published: Day | None = _field("Day on which the report was published.")
    severity: Annotated[str | None, Words("severity"), Expected()] = _field("How bad it was; sev1 is worst.")
    severity_reason: Annotated[str | None, Prose()] = _field("How the severity was judged.")
    started: Annotated[Time | None, Expected()] = _field("When the impact began.")
    detected: Time | None = _field("When someone or something noticed.")
    acknowledged: Time | None = _field("When a responder took it.")
    mitigated: Time | None = _field("When the impact was over for most.")
    resolved: Annotated[Time | None, Expected()] = _field("When it was over for all.")
    detection: Detection | None = _field("How it was noticed.")
    trigger: Annotated[str | None, Words("trigger"), Expected()] = _field("What set it off.")
    causes: Annotated[Strings, Words("causes"), Expected()] = Field(
        default=(), description="What made it possible; often several."
    )
    impact: Impact | None = _field("What it did.")
    roles: Roles | None = _field("Who did what.")
    timeline: tuple[Event, ...] = Field(default=(), description="What happened, in order.")
    five_whys: Sentences = Field(
        default=(), description="A chain of reasons, each the cause of the one before, one a line."
    )
    fishbone: Mapping[str, Sentences] = Field(default_factory=dict, description="Contributing causes by category.")
    safeguards: tuple[Safeguard, ...] = Field(default=(), description="What should have caught it.")
    changes: tuple[Change, ...] = Field(default=(), description="Changes shortly before it.")
    playbooks: Annotated[tuple[PlaybookUse, ...], Refers(("playbook",))] = Field(
        default=(), description="Playbooks used or wanted."
    )
    actions: tuple[Action, ...] = Field(default=(), description="What was promised.")
    lessons: Lessons | None = _field("What it taught.")
    recurrence_of: Annotated[Strings, Refers(("postmortem",))] = Field(
        default=(), description="Earlier incidents that it repeats."
    )
    not_related: Annotated[Strings, Refers(("postmortem",))] = Field(
        default=(), description="Incidents that look alike and are not; they are not suggested again."
    )
    near_miss: bool = Field(default=False, description="True where it could have hurt and did not.")

    @property
    def promised(self) -> tuple[Action, ...]:
        """The actions promised after this incident."""
        return self.actions

    @property
    def when(self) -> Moment | None:
        """When the incident began."""
        return self.started

    @property
    def lasted(self) -> timedelta | None:
        """From start to resolution; None where one is unknown or known only by its day."""
        return self.resolved.since(self.started) if self.resolved and self.started else None

    @property
    def milestones(self) -> tuple[tuple[str, Moment], ...]:
        """The known milestones (name, moment) in their usual order."""
        names = ("started", "detected", "acknowledged", "mitigated", "resolved")
        return tuple((name, at) for name in names if (at := getattr(self, name)) is not None)


class Playbook(Record):
    """What to do when something burns."""

    kind_of_record = "playbook"

    owner: Annotated[str | None, Expected()] = _field("The person or team who keeps it current.")
    symptoms: Sentences = Field(default=(), description="What one sees when it applies.")
    alerts: Strings = Field(default=(), description="Names of alerts that lead here.")
    last_reviewed: Annotated[Day | None, Expected()] = _field("Day on which someone last read it through.")
    review_every: Span | None = _field("How often it should be read through.")
    last_exercised: Day | None = _field("Day on which it was last used or drilled.")


class Learning(Record):
    """A lesson, pattern, pre-mortem, game day, chaos experiment or review."""

    kind_of_record = "learning"

    kind: Annotated[str | None, Words("learning")] = _field("What kind of learning; the folder's name unless given.")
    date: Day | None = _field("Day it was held or written.")
    incidents: Annotated[Strings, Refers(("postmortem",))] = Field(
        default=(), description="Incidents it is drawn from."
    )
    playbooks: Annotated[Strings, Refers(("playbook",))] = Field(
        default=(), description="Playbooks it exercises or informs."
    )
    causes: Annotated[Strings, Words("causes")] = Field(default=(), description="Causes it is about.")
    actions: tuple[Action, ...] = Field(default=(), description="What was promised.")
    scope: Annotated[str | None, Prose()] = _field("Pre-mortem: what was looked at.")
    risks: tuple[Risk, ...] = Field(default=(), description="Pre-mortem: what could happen.")
    scenario: Annotated[str | None, Prose()] = _field("Game day: what was played.")
    style: Annotated[str | None, Words("style")] = _field("Game day: with real failure or at a table.")
    findings: Sentences = Field(default=(), description="Game day: what came to light.")
    hypothesis: Annotated[str | None, Prose()] = _field("Chaos experiment: what should hold.")
    steady_state: Annotated[str | None, Prose()] = _field("Chaos experiment: how one sees that it holds.")
    blast_radius: Annotated[str | None, Prose()] = _field("Chaos experiment: what could be hurt.")
    result: Annotated[str | None, Prose()] = _field("Chaos experiment: what was seen.")
    quarter: str | None = _field("Review: the quarter, such as 2021-Q4.")
    decisions: Sentences = Field(default=(), description="Review: what was decided.")

    @property
    def promised(self) -> tuple[Action, ...]:
        """The actions promised in a game day, pre-mortem or experiment."""
        return self.actions

    @property
    def when(self) -> Moment | None:
        """The day it was held or written."""
        return parse_moment(self.date.isoformat()) if self.date else None


RECORDS: Mapping[str, type[Record]] = {cls.kind_of_record: cls for cls in (Postmortem, Playbook, Learning)}

INNER = frozenset({"path", "root", "body", "digest", "extra", "references", "attachments"})


def fields_of(part: type[Part]) -> Iterator[tuple[str, Any]]:
    """Yield (name, pydantic FieldInfo) of what a file may say about this part."""
    return ((name, info) for name, info in part.model_fields.items() if name not in INNER)
