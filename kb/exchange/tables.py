"""The tables of an export: what the catalogue knows, flat enough for a spreadsheet and whole enough for a database.

Every row names its record, so that tables can be joined. Compromise: the text below the fields of a record, and fields that
are not ours, stay in its file, whose path is in `records`.
"""

from collections.abc import Sequence
from operator import attrgetter
from types import MappingProxyType

from kb.catalogue.catalogue import Catalogue
from kb.errors import KbError
from kb.exchange.columns import NUMBER, counted, counted_as, fields, names, record, seconds, time
from kb.exchange.rows import NOTED, entries, notes, promises, repeated, uses, words
from kb.exchange.table import Column, Export, Table, Type
from kb.records.model import (
    Action,
    Change,
    Detection,
    Event,
    Impact,
    Learning,
    Playbook,
    PlaybookUse,
    Postmortem,
    Record,
    Risk,
    Roles,
    Safeguard,
    Source,
)
from kb.text import did_you_mean
from kb.trends.quarter import quarter_of

_RECORDS = Table(
    "records",
    "Every record, of any kind.",
    ("id",),
    (
        *fields(Record, "id"),
        Column("kind", Type.TEXT, "postmortem, playbook or learning.", attrgetter("kind_of_record")),
        *fields(Record, "title"),
        Column(
            "day",
            Type.DATE,
            "When it happened or was held, in UTC; a playbook has none.",
            lambda record: record.when.day if record.when else None,
        ),
        *fields(Record, "organization audience summary"),
        Column("path", Type.TEXT, "Its file, seen from the folder of kb.toml.", attrgetter("path")),
    ),
    lambda catalogue: catalogue.records.values(),
)

_INCIDENTS = Table(
    "incidents",
    "Every incident, a row for each postmortem.",
    ("record",),
    (
        names("record", "Id of the incident.", "id"),
        *fields(Postmortem, "title organization status"),
        *fields(Postmortem, "published", Type.DATE),
        *fields(Postmortem, "severity severity_reason"),
        *fields(Postmortem, "near_miss", Type.BOOLEAN),
        *fields(Postmortem, "trigger"),
        *fields(Detection, "method detail", within="detection", prefix="detection_"),
        Column(
            "quarter",
            Type.TEXT,
            "Quarter of the start in UTC, such as 2021-Q4.",
            lambda incident: str(quarter_of(incident.started.day)) if incident.started else None,
        ),
        *time(Postmortem, "started"),
        *time(Postmortem, "detected"),
        *time(Postmortem, "acknowledged"),
        *time(Postmortem, "mitigated"),
        *time(Postmortem, "resolved"),
        seconds("seconds_to_detect", "detected"),
        seconds("seconds_to_acknowledge", "acknowledged"),
        seconds("seconds_to_mitigate", "mitigated"),
        seconds("seconds_to_resolve", "resolved"),
        *fields(Impact, "summary users requests revenue error_budget", within="impact", prefix="impact_"),
        *fields(Roles, "incident_commander communications_lead planning_lead", within="roles"),
        counted("timeline_rows", "timeline", "How many rows its timeline has"),
        counted("actions", "actions", "How many actions it promises"),
        counted_as("actions_done", "actions", "status", "done"),
        counted("safeguards", "safeguards", "How many safeguards it judges"),
        counted_as("safeguards_missing", "safeguards", "verdict", "missing"),
        counted("changes", "changes", "How many changes it names"),
    ),
    lambda catalogue: catalogue.incidents,
)

_PLAYBOOKS = Table(
    "playbooks",
    "Every playbook.",
    ("record",),
    (
        names("record", "Id of the playbook.", "id"),
        *fields(Playbook, "title owner"),
        *fields(Playbook, "last_reviewed last_exercised", Type.DATE),
        Column(
            "review_every_days",
            Type.INTEGER,
            f"{Playbook.model_fields['review_every'].description} In days.",
            lambda playbook: playbook.review_every.days if playbook.review_every else None,
        ),
    ),
    lambda catalogue: catalogue.playbooks,
)

_LEARNINGS = Table(
    "learnings",
    "Every lesson, pattern, pre-mortem, game day, chaos experiment and review.",
    ("record",),
    (
        names("record", "Id of the learning.", "id"),
        *fields(Learning, "title kind"),
        *fields(Learning, "date", Type.DATE),
        *fields(Learning, "scope scenario style hypothesis steady_state blast_radius result quarter"),
    ),
    lambda catalogue: catalogue.learnings,
)

_ACTIONS = Table(
    "actions",
    "Every action that a record promises, as it stands on the day of the export.",
    ("record", "number"),
    (
        record(),
        NUMBER,
        *fields(Action, "id", within="part"),
        Column("name", Type.TEXT, "`<record>#<id>`, as links name it.", attrgetter("name")),
        *fields(Action, "title kind capa owner priority status reason", within="part"),
        *fields(Action, "opened due closed", Type.DATE, within="part"),
        *fields(Action, "ticket success_criterion", within="part"),
        *fields(Action, "verified_on", Type.DATE, within="part"),
        Column(
            "age",
            Type.INTEGER,
            "Days from `opened` to `closed`, or to the day of the export where it is neither done nor declined.",
            attrgetter("promise.age"),
        ),
        Column(
            "late",
            Type.INTEGER,
            "Days since `due` while it is open; below 0 before that day.",
            attrgetter("promise.late"),
        ),
        Column("is_open", Type.BOOLEAN, "Accepted or in progress.", attrgetter("is_open")),
        Column("is_overdue", Type.BOOLEAN, "Open, and `due` has passed.", attrgetter("is_overdue")),
        Column(
            "is_unverified",
            Type.BOOLEAN,
            "Done, and nobody has written down that it works.",
            attrgetter("is_unverified"),
        ),
    ),
    promises,
)


def _words(field: str, said: str) -> Table:
    value = Column("value", Type.TEXT, said, attrgetter("part"))
    return Table(
        field, f"The {field} that records name, a row for each.", ("record", "value"), (record(), value), words(field)
    )


def _entries(name: str, said: str, *columns: Column) -> Table:
    return Table(name, said, ("record", "number"), (record(), NUMBER, *columns), entries(name))


_LISTS = (
    _words("causes", "A cause, as a word of the list of causes."),
    _words("services", "A service that it concerns."),
    _words("teams", "A team that it concerns."),
    _words("tags", "A free word."),
    _words("aliases", "An earlier id."),
)

_PARTS = (
    _entries(
        "timeline",
        "Every row of the timeline of every incident.",
        *time(Event, "at", within="part"),
        *fields(Event, "kind event by evidence", within="part"),
    ),
    _entries(
        "safeguards", "Every safeguard that an incident judges.", *fields(Safeguard, "name verdict", within="part")
    ),
    _entries(
        "changes",
        "Every change that is named before an incident.",
        *time(Change, "at", within="part"),
        *fields(Change, "kind ref description", within="part"),
    ),
    _entries(
        "risks",
        "Every risk that a pre-mortem foresaw; the incidents in which one came true are in `links`.",
        *fields(Risk, "id risk likelihood impact", within="part"),
    ),
    _entries("sources", "Where the facts of a record were published.", *fields(Source, "url title", within="part")),
)

_USES = Table(
    "playbook_uses",
    "Every playbook that was used in an incident, or wanted.",
    ("record", "number"),
    (
        record(),
        NUMBER,
        *fields(PlaybookUse, "id", within="part", prefix="playbook_"),
        names("found", "Id of the record that it names; empty where there is none."),
        *fields(PlaybookUse, "verdict", within="part"),
    ),
    uses,
)

_NOTES = Table(
    "notes",
    "What records list in sentences or names without a table of its own, a row for each entry.",
    ("record", "field", "number"),
    (
        record(),
        Column(
            "field",
            Type.TEXT,
            f"Where it stands: {', '.join(NOTED)}, or fishbone.CATEGORY for a cause of that diagram.",
            attrgetter("field"),
        ),
        Column("number", Type.INTEGER, "Its place in that list, from 1.", attrgetter("number")),
        Column("text", Type.TEXT, "The entry.", attrgetter("text")),
    ),
    notes,
)

_LINKS = Table(
    "links",
    "Every link from one record to another that leads somewhere, once for each relation.",
    ("source", "target", "relation"),
    (
        names("source", "Id of the record that links."),
        Column("relation", Type.TEXT, "The field that says so; mentions for a link in prose.", attrgetter("relation")),
        names("target", "Id of the record that it leads to."),
        Column("note", Type.TEXT, "The verdict on a playbook.", attrgetter("note")),
    ),
    attrgetter("links"),
)

_REPEATS = Table(
    "repeats",
    "Every incident that is declared to repeat an earlier one.",
    ("later", "earlier"),
    (
        names("later", "Id of the incident that came back."),
        names("earlier", "Id of the incident that it repeats."),
        Column("days", Type.INTEGER, "Days from the start of the earlier to that of the later.", attrgetter("gap")),
    ),
    repeated,
)

_ALL = (_RECORDS, _INCIDENTS, _PLAYBOOKS, _LEARNINGS, _ACTIONS, *_LISTS, *_PARTS, _USES, _NOTES, _LINKS, _REPEATS)

TABLES = MappingProxyType({table.name: table for table in _ALL})


def chosen(names: Sequence[str]) -> tuple[Table, ...]:
    """Return the tables of these names, all where there is none, each once and in their usual order.

    Raises:
        KbError: there is no such table.
    """
    for name in names:
        if name not in TABLES:
            hint = did_you_mean(name, TABLES) or f"Tables: {', '.join(TABLES)}."
            raise KbError(f"there is no table `{name[:80]}`", hint=hint)
    return tuple(table for table in TABLES.values() if not names or table.name in names)


def export(catalogue: Catalogue, tables: Sequence[Table]) -> Export:
    """Fill tables with what a catalogue knows."""
    return Export(catalogue.today, tuple(table.fill(catalogue) for table in tables))
