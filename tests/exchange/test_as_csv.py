"""CSV that programs read back as it was and that no spreadsheet runs. Python's csv, DuckDB and LibreOffice read it here."""

import csv
import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.exchange import as_csv
from kb.exchange.table import Export

from .made import TEXTS, WHOLE, exported, plain, wild, written

ALL = exported(WHOLE)
ATTACKS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://example.org";"read")',
    "  =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    '"=1+1',
    "'=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "see this\n=1+1",
    "see this;=1+1",
    'see "this";  @SUM(1+1)',
    "one\r\n\t+1+1",
)
HARMLESS = (
    "a=b",
    "well-known",
    "me@example.org",
    "1 + 1",
    "a - b",
    "4 h - 5 h",
    "O'Neill",
    '"quoted"',
    "a, -5",
    "x",
    "'",
)


def read(made: Export, name: str) -> list[dict[str, str]]:
    [table] = [table for table in made.tables if table.name == name]
    text = as_csv.content(table).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("text", ATTACKS)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    safe = as_csv.harmless(text)
    for separator in (";", "\t", "\n", "\r"):
        for cell in safe.split(separator):
            assert not cell.lstrip(" \"'\ufeff").startswith(("=", "+", "-", "@", "＝")) or cell.lstrip(' "').startswith(
                "'"
            )
    assert not safe.startswith(("\t", "\r", "\n"))
    assert as_csv.restored(safe) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert as_csv.harmless(text) == text
    assert as_csv.restored(text) == text


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=5))
@example(list(ATTACKS))
@example(["\ud800", "a\0b", "\0", "", "'", "''=", "\r", "\r\n", '"', '""'])
def test_any_text_comes_back_but_for_the_apostrophe(texts: list[str]) -> None:
    made = wild(*texts)
    found = [as_csv.restored(row["title"]) or None for row in read(made, "records")]
    assert found == written(made) == [plain(text) for text in texts]


@given(TEXTS)
def test_an_apostrophe_is_all_that_is_added(text: str) -> None:
    safe = as_csv.harmless(text)
    assert as_csv.restored(safe) == text
    assert sorted(safe.replace("'", "")) == sorted(text.replace("'", ""))


def test_lines_end_as_rfc_4180_says_and_texts_are_quoted() -> None:
    made = wild('say "hi"', "two\nlines", "")
    content = as_csv.content(next(table for table in made.tables if table.name == "records"))
    assert content.startswith(b'"id","kind","title",')
    lines = content.split(b"\r\n")
    assert lines[1].startswith(b'"i000","postmortem","say ""hi""",2021-01-01,,,')
    assert lines[2].startswith(b'"i001","postmortem","two\nlines",')
    assert lines[3].startswith(b'"i002","postmortem",,2021-01-01,')
    assert lines[4:] == [b""]


def test_a_number_below_zero_stays_a_number() -> None:
    [first, *_] = [row for row in read(ALL, "incidents") if row["title"] == "The doors stayed shut"]
    # What people write in a text is a text; what is counted is a number.
    assert first["impact_users"] == "'-5"
    assert first["seconds_to_detect"] == "120.5"
    assert first["seconds_to_resolve"] == "63000"
    before = exported(replace(WHOLE, today=WHOLE.today.replace(year=2022)))
    assert read(before, "actions")[0]["late"] == "-1447"


def test_every_table_is_read_by_duckdb_with_the_same_rows(tmp_path: Path) -> None:
    for table in ALL.tables:
        path = tmp_path / f"{table.name}.csv"
        path.write_bytes(as_csv.content(table))
        found = duckdb.sql(f"select * from read_csv('{path}', all_varchar=true, header=true)")
        assert found.columns == [column.name for column in table.columns]
        assert [[None if v is None else as_csv.restored(v) for v in row] for row in found.fetchall()] == [
            [_said(value) for value in row] for row in table.rows
        ]


def _said(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return (
        {True: "true", False: "false"}[value]
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def test_text_that_no_cell_takes_is_found_and_kept() -> None:
    made = wild("x" * as_csv.MOST, "y" * (as_csv.MOST + 1))
    found = list(as_csv.too_long(made))
    assert found == [
        ("records", "title", "i001"),
        ("records", "summary", "i001"),
        ("incidents", "title", "i001"),
        ("tags", "value", "i001"),
    ]
    assert len(read(made, "records")[1]["title"]) == as_csv.MOST + 1


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    again = exported(WHOLE)
    assert [as_csv.content(table) for table in again.tables] == [as_csv.content(table) for table in ALL.tables]


def test_an_empty_table_is_its_names() -> None:
    made = wild()
    assert as_csv.content(made.tables[-1]) == b'"later","earlier","days"\r\n'


needs_calc = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed (libreoffice-calc)"
)
_TABLE, _OFFICE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


def calc(folder: Path, content: bytes, separator: str) -> ET.Element:
    """Open a file in LibreOffice and return it as the spreadsheet that it becomes."""
    (folder / "t.csv").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    # The separator, the quote, UTF-8 (76), and the line to begin with.
    filtered = f"--infilter=CSV:{ord(separator)},34,76,1"
    call = [
        "soffice",
        profile,
        "--headless",
        filtered,
        "--convert-to",
        "fods",
        "--outdir",
        str(folder),
        str(folder / "t.csv"),
    ]
    subprocess.run(call, check=True, capture_output=True, timeout=300)
    return ET.parse(folder / "t.fods").getroot()


def formulas(sheet: ET.Element) -> list[str]:
    return [formula for cell in sheet.iter() if (formula := cell.get(f"{{{_TABLE}}}formula"))]


@needs_calc
@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_libreoffice_finds_no_formula_whatever_it_splits_by(tmp_path: Path, separator: str) -> None:
    made = wild(*ATTACKS)
    [table] = [table for table in made.tables if table.name == "records"]
    assert formulas(calc(tmp_path, as_csv.content(table), separator)) == []


@needs_calc
@pytest.mark.parametrize("cell", [b"=1+1", b"see this\n=1+1"])
def test_it_is_the_apostrophe_that_keeps_libreoffice_from_it(tmp_path: Path, cell: bytes) -> None:
    separator = "," if cell.startswith(b"=") else ";"
    assert formulas(calc(tmp_path, b'"a","' + cell + b'"\r\n', separator)) != []


@needs_calc
def test_libreoffice_shows_every_row(tmp_path: Path) -> None:
    [table] = [table for table in ALL.tables if table.name == "notes"]
    sheet = calc(tmp_path, as_csv.content(table), ",")
    lines = [
        [text for cell in row.iter(f"{{{_TABLE}}}table-cell") if (text := "".join(cell.itertext()).strip())]
        for row in sheet.iter(f"{{{_TABLE}}}table-row")
    ]
    shown = [line for line in lines if line]
    assert shown[0] == ["record", "field", "number", "text"]
    assert shown[1:] == [[str(value) for value in row] for row in table.rows]
