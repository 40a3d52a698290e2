"""The page about the export says what is in it. `pytest tests/exchange --update-golden` writes its tables anew."""

from collections.abc import Iterator
from pathlib import Path

import kb
from kb.exchange.as_csv import MOST
from kb.exchange.table import VERSION, Table
from kb.exchange.tables import TABLES

PAGE = Path(kb.__file__).parent.parent / "docs/reference/export.md"
BEGIN = "## The tables\n"


def described() -> str:
    return "\n".join([BEGIN, *(line for table in TABLES.values() for line in _section(table))])


def _section(table: Table) -> Iterator[str]:
    yield f"### `{table.name}`\n"
    yield f"{table.description} Key: {', '.join(f'`{name}`' for name in table.key)}.\n"
    yield "| column | type | meaning |\n| --- | --- | --- |"
    for column in table.columns:
        leads = f" In `{column.refers}`." if column.refers and column.name != "id" else ""
        yield f"| `{column.name}` | {column.type} | {column.description.replace('|', chr(92) + '|')}{leads} |"
    yield ""


def test_the_page_names_every_table_and_column_with_its_meaning(update_golden: bool) -> None:
    before, _, _ = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    if update_golden:
        PAGE.write_text(f"{before}{described()}", encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == f"{before}{described()}"


def test_the_page_says_the_version_and_the_limit() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f'"version": {VERSION}' in page
    assert f"{MOST:,} characters" in page


def test_the_page_is_in_the_navigation() -> None:
    settings = (PAGE.parent.parent.parent / "mkdocs.yml").read_text(encoding="utf-8")
    assert "reference/export.md" in settings
