"""`datapackage.json` describes what lies beside it, and tells a folder of ours from another."""

import json

import pytest

from kb.exchange import package
from kb.exchange.tables import TABLES

from .made import WHOLE, exported

ALL = exported(WHOLE)


def test_it_describes_every_file_column_key_and_reference() -> None:
    found = json.loads(package.content(ALL, "csv"))
    assert found["afteraction"] == {"version": 1, "format": "csv", "today": "2026-06-15"}
    assert [resource["path"] for resource in found["resources"]] == [f"{name}.csv" for name in TABLES]
    [actions] = [resource["schema"] for resource in found["resources"] if resource["name"] == "actions"]
    assert [field["name"] for field in actions["fields"]] == [column.name for column in TABLES["actions"].columns]
    assert {field["type"] for field in actions["fields"]} == {"string", "integer", "date", "boolean"}
    assert actions["primaryKey"] == ["record", "number"]
    assert actions["foreignKeys"] == [{"fields": "record", "reference": {"resource": "records", "fields": "id"}}]


def test_a_table_alone_refers_to_nothing() -> None:
    [actions] = json.loads(package.content(exported(WHOLE, "actions"), "parquet"))["resources"]
    assert (actions["path"], actions["schema"]["foreignKeys"]) == ("actions.parquet", [])


def test_what_was_written_is_known_again() -> None:
    form, names = package.read(package.content(exported(WHOLE, "actions", "links"), "csv"))
    assert (form, names) == ("csv", {"datapackage.json", "actions.csv", "links.csv"})


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"name": "x", "resources": []}',
        b'{"afteraction": 1, "resources": []}',
        b'{"afteraction": {"format": "csv"}}',
        b'{"afteraction": {"format": "csv"}, "resources": [1]}',
        b'{"afteraction": {"format": "csv"}, "resources": 7}',
    ],
)
def test_what_another_wrote_is_not_ours(other: bytes) -> None:
    assert package.read(other) == ("", frozenset())


def test_a_name_that_no_table_has_is_not_taken_for_one_of_ours() -> None:
    paths = ["thesis.doc", "../kb.toml", "/etc/passwd", "a.csv.csv", "Actions.csv", "actions.csv"]
    made = {"afteraction": {"format": "csv"}, "resources": [{"path": path} for path in paths]}
    assert package.read(json.dumps(made).encode()) == ("csv", {"datapackage.json", "actions.csv"})
