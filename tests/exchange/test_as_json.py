"""One JSON object that says what it is, with every text as it is."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.exchange import as_json
from kb.exchange.table import VERSION
from kb.exchange.tables import TABLES

from .made import FULL, TEXTS, WHOLE, exported, plain, wild

ALL = exported(WHOLE)


def test_it_says_its_format_version_day_and_tables() -> None:
    found = json.loads(as_json.content(ALL))
    assert {name: found[name] for name in found if name != "tables"} == {
        "format": "afteraction-export",
        "version": VERSION,
        "today": "2026-06-15",
    }
    assert list(found["tables"]) == list(TABLES)


def test_a_table_holds_its_columns_and_a_row_names_them() -> None:
    found = json.loads(as_json.content(exported(WHOLE, "repeats")))["tables"]
    assert list(found) == ["repeats"]
    assert list(found["repeats"]) == ["description", "key", "columns", "rows"]
    assert found["repeats"]["key"] == ["later", "earlier"]
    assert found["repeats"]["columns"][2] == {
        "name": "days",
        "type": "integer",
        "description": "Days from the start of the earlier to that of the later.",
    }
    assert found["repeats"]["rows"] == [{"later": FULL.id, "earlier": "2020-03-01-gates-shut", "days": 365}]


def test_days_are_text_and_what_is_unknown_is_null() -> None:
    row = json.loads(as_json.content(ALL))["tables"]["actions"]["rows"][0]
    assert (row["opened"], row["closed"], row["is_open"], row["age"]) == ("2021-03-02", None, True, 1931)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=5))
@example(["\ud800", "a\0b", "\0", "", "=1+1", "\u2028", "</script>"])
def test_any_text_comes_back(texts: list[str]) -> None:
    content = as_json.content(wild(*texts))
    found = json.loads(content.decode("utf-8"))["tables"]["records"]["rows"]
    assert [row["title"] for row in found] == [plain(text) for text in texts]


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    assert as_json.content(exported(WHOLE)) == as_json.content(ALL)


def test_a_row_stands_on_a_line_of_its_own() -> None:
    lines = as_json.content(exported(WHOLE, "services")).decode().splitlines()
    assert '{"record": "2021-03-01-doors-shut", "value": "doors"},' in lines


def test_an_export_without_rows_is_json_too() -> None:
    assert json.loads(as_json.content(wild()))["tables"]["records"]["rows"] == []


def test_a_file_of_ours_is_told_from_another() -> None:
    assert as_json.is_ours(as_json.content(wild())[:100])
    assert not as_json.is_ours(b'{"format": "something else"}')
