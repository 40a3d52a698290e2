"""What the tables say: nothing left out without a word, nothing unknown as 0, nothing undocumented."""

from datetime import date

import pytest
from pages.made import catalogue, incident

import kb
from kb.exchange.rows import NOTED
from kb.exchange.table import Type
from kb.exchange.tables import TABLES, chosen, export
from kb.records.model import (
    Action,
    Change,
    Detection,
    Event,
    Impact,
    Learning,
    Part,
    Playbook,
    PlaybookUse,
    Postmortem,
    Record,
    Risk,
    Roles,
    Safeguard,
    Source,
    fields_of,
)

from .made import BOOK, FULL, LESSON, WHOLE, exported, rows

ALL = exported(WHOLE)

# Fields that are found elsewhere than in a column of their own name.
ELSEWHERE = {
    "id": "record",
    "review_every": "review_every_days",
    "detection": "detection_method",
    "impact": "impact_summary",
    "roles": "incident_commander",
    "lessons": "notes",
    "fishbone": "notes",
    "related": "links",
    "recurrence_of": "links",
    "incidents": "links",
    "came_true": "links",
    "actions": "actions",
    "playbooks": "playbook_uses",
}


def columns(*tables: str) -> set[str]:
    return {column.name for name in tables for column in TABLES[name].columns}


@pytest.mark.parametrize(
    ("part", "tables", "prefix"),
    [
        (Postmortem, ("records", "incidents"), ""),
        (Playbook, ("records", "playbooks"), ""),
        (Learning, ("records", "learnings"), ""),
        (Action, ("actions",), ""),
        (Event, ("timeline",), ""),
        (Safeguard, ("safeguards",), ""),
        (Change, ("changes",), ""),
        (PlaybookUse, ("playbook_uses",), "playbook_"),
        (Risk, ("risks",), ""),
        (Source, ("sources",), ""),
        (Impact, ("incidents",), "impact_"),
        (Detection, ("incidents",), "detection_"),
        (Roles, ("incidents",), ""),
    ],
)
def test_every_field_of_a_record_is_somewhere(part: type[Part], tables: tuple[str, ...], prefix: str) -> None:
    known = columns(*tables) | set(TABLES) | set(NOTED)
    names = [name for name, _ in fields_of(part)]
    assert names
    assert [name for name in names if not {f"{prefix}{name}", name, ELSEWHERE.get(name)} & known] == []


def test_every_table_and_column_says_what_it_means() -> None:
    assert [table.name for table in TABLES.values() if not table.description.endswith(".")] == []
    said = [(table.name, column.name, column.description) for table in TABLES.values() for column in table.columns]
    assert [one for one in said if not one[2].endswith((".", ".)"))] == []


def test_the_key_tells_rows_apart_and_every_reference_leads_to_a_record() -> None:
    ids = {row["id"] for row in rows(ALL, "records")}
    for table in ALL.tables:
        made = rows(ALL, table.name)
        keys = [tuple(row[name] for name in table.table.key) for row in made]
        assert keys == sorted(set(keys)), table.name
        pointing = [column.name for column in table.columns if column.refers]
        assert {row[name] for row in made for name in pointing} <= ids | {None}, table.name


def test_every_table_has_rows_of_values_of_its_columns_types() -> None:
    kinds = {Type.TEXT: str, Type.INTEGER: int, Type.NUMBER: float, Type.BOOLEAN: bool, Type.DATE: date}
    for table in ALL.tables:
        assert table.rows, table.name
        for row in table.rows:
            for column, value in zip(table.columns, row, strict=True):
                assert value is None or type(value) is kinds[column.type], (table.name, column.name, value)
                assert value != "", (table.name, column.name)


def test_a_time_is_in_utc_with_how_exact_it_is_and_as_it_was_written() -> None:
    [row] = [row for row in rows(ALL, "incidents") if row["record"] == FULL.id]
    assert [row[f"started{end}"] for end in ("", "_exact", "_written")] == [
        "2021-03-01T08:00:00Z",
        True,
        "2021-03-01T09:00:00+01:00",
    ]
    assert [row[f"acknowledged{end}"] for end in ("", "_exact", "_written")] == ["2021-03-01", False, "2021-03-01"]
    # An evening in the west is the next day in UTC.
    assert row["resolved"] == "2021-03-02T01:30:00Z"
    assert row["quarter"] == "2021-Q1"


def test_a_duration_is_empty_where_it_is_not_known_or_cannot_be() -> None:
    [row] = [row for row in rows(ALL, "incidents") if row["record"] == FULL.id]
    spans = [row[f"seconds_to_{name}"] for name in ("detect", "acknowledge", "mitigate", "resolve")]
    # Detected half a second more than two minutes later; acknowledged on a day; mitigated before it began.
    assert spans == [120.5, None, None, 63_000.0]


def test_what_lasts_no_time_is_zero_and_not_unknown() -> None:
    at = "2021-01-01T00:00:00Z"
    [row] = rows(exported(catalogue(incident(started=at, resolved=at))), "incidents")
    assert row["seconds_to_resolve"] == 0.0


def test_nothing_said_is_unknown_and_never_zero() -> None:
    [row] = rows(exported(catalogue(incident())), "incidents")
    known = {name for name, value in row.items() if value is not None}
    assert known == {"record", "title", "near_miss"}


def test_counts_are_of_what_is_said() -> None:
    [row] = [row for row in rows(ALL, "incidents") if row["record"] == FULL.id]
    counted = ("timeline_rows", "actions", "actions_done", "safeguards", "safeguards_missing", "changes")
    assert [row[name] for name in counted] == [1, 3, 1, 2, 1, 1]
    silent = incident(actions=({"title": "a"},), safeguards=({"name": "b"},))
    [row] = rows(exported(catalogue(silent)), "incidents")
    assert [row[name] for name in counted] == [None, 1, None, 1, None, None]


def test_an_action_says_how_it_stands_on_the_day_of_the_export() -> None:
    first, second, third = (row for row in rows(ALL, "actions"))
    stands = ("name", "age", "late", "is_open", "is_overdue", "is_unverified")
    assert [first[name] for name in stands] == [f"{FULL.id}#renew", 1931, 14, True, True, False]
    assert [second[name] for name in stands] == [f"{FULL.id}#tell", 10, None, False, False, True]
    assert [third[name] for name in stands] == [None, None, None, None, None, None]


def test_an_open_action_without_a_due_day_is_not_known_to_be_late() -> None:
    [row] = rows(exported(catalogue(incident(actions=({"status": "accepted"},)))), "actions")
    assert (row["is_open"], row["is_overdue"], row["late"]) == (True, None, None)


def test_a_list_names_each_word_once_for_each_record() -> None:
    assert rows(ALL, "services") == [{"record": FULL.id, "value": "doors"}, {"record": FULL.id, "value": "gates"}]
    assert rows(ALL, "aliases") == [
        {"record": FULL.id, "value": "doors-2021"},
        {"record": BOOK.id, "value": "renew-old"},
    ]


def test_a_playbook_is_found_under_an_earlier_name_or_not_at_all() -> None:
    assert [(row["playbook_id"], row["found"]) for row in rows(ALL, "playbook_uses")] == [
        ("renew-old", BOOK.id),
        ("no-such-book", None),
    ]


def test_repeats_are_those_that_people_declared() -> None:
    assert rows(ALL, "repeats") == [{"later": FULL.id, "earlier": "2020-03-01-gates-shut", "days": 365}]
    assert [(r.later, r.earlier, r.gap) for r in kb.Recurrence(WHOLE).repeats] == [
        (FULL.id, "2020-03-01-gates-shut", 365)
    ]


def test_notes_hold_what_has_no_table_of_its_own() -> None:
    found = {(row["field"], row["number"], row["text"]) for row in rows(ALL, "notes") if row["record"] == FULL.id}
    assert {("five_whys", 2, "It had expired."), ("fishbone.people", 1, "tired"), ("responders", 2, "Gus")} <= found
    assert {row["field"] for row in rows(ALL, "notes")} == {*NOTED, "fishbone.people"}


def test_records_of_all_kinds_are_listed() -> None:
    assert [(row["id"], row["kind"], row["day"]) for row in rows(ALL, "records")] == [
        ("2020-03-01-gates-shut", "postmortem", date(2020, 3, 1)),
        (FULL.id, "postmortem", date(2021, 3, 1)),
        (BOOK.id, "playbook", None),
        (LESSON.id, "learning", date(2020, 1, 1)),
    ]


def test_the_order_of_records_changes_nothing() -> None:
    backwards = dict(reversed(WHOLE.records.items()))
    again = kb.Catalogue(WHOLE.root, WHOLE.config, WHOLE.today, backwards, tuple(reversed(WHOLE.links)), ())
    assert exported(again) == ALL


def test_an_empty_knowledge_base_has_all_tables_and_no_rows() -> None:
    empty = exported(catalogue())
    assert [table.name for table in empty.tables] == list(TABLES)
    assert {table.rows for table in empty.tables} == {()}


def test_tables_are_chosen_by_name_each_once_and_in_their_usual_order() -> None:
    assert [table.name for table in chosen(["links", "actions", "links"])] == ["actions", "links"]
    assert len(chosen([])) == len(TABLES)
    assert [table.name for table in export(WHOLE, chosen(["causes"])).tables] == ["causes"]


@pytest.mark.parametrize(
    ("name", "hint"), [("action", "did you mean `actions`?"), ("zzz", "Tables: records, incidents, "), ("", "Tables: ")]
)
def test_a_table_that_does_not_exist_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(kb.KbError, match="there is no table") as refused:
        chosen(["records", name])
    assert refused.value.hint.startswith(hint)


def test_a_common_field_is_described_as_where_it_is_declared() -> None:
    [title] = [column for column in TABLES["records"].columns if column.name == "title"]
    assert title.description == Record.model_fields["title"].description
