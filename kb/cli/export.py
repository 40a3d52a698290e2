"""`kb export`: what the knowledge base knows as tables, for spreadsheets, databases and programs.

Compromise: everything is made in memory before a byte is written, so that an export is whole or not there.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

import kb
from kb.cli import delivery, options
from kb.cli.options import FINE, Start
from kb.config import load_config
from kb.errors import KbError
from kb.exchange import as_csv, as_json, as_parquet, as_sqlite, package
from kb.exchange.tables import chosen
from kb.exchange.tables import export as filled
from kb.text import count

if TYPE_CHECKING:
    from kb.exchange.table import Export

_OUT = "-"
# The formats that are one file: how it is made, and how one of ours is told by its beginning.
_FILES: Mapping[str, tuple[Callable[["Export"], bytes], Callable[[bytes], bool]]] = MappingProxyType(
    {"json": (as_json.content, as_json.is_ours), "sqlite": (as_sqlite.content, as_sqlite.is_ours)}
)
_FORMATS = ("csv", "json", "parquet", "sqlite")


@click.command(short_help="Take the records along as tables.")
@click.argument("form", metavar="FORMAT", type=click.Choice(_FORMATS))
@click.argument("target", metavar="TARGET")
@click.option("--table", "names", multiple=True, metavar="NAME", help="Only this table; several may be given.")
@options.today
@click.pass_obj
def export(start: Start, form: str, target: str, names: tuple[str, ...], today: date | None) -> int:
    """Write records, actions, timelines and links as tables.

    FORMAT is csv or parquet, and TARGET a folder in which each table becomes a file; or json or sqlite, and TARGET one file. `-`
    prints JSON, or one table as CSV. An earlier export in its place is replaced whole; anything else is left as it is. In CSV, a
    text that a spreadsheet would take for a formula begins with an apostrophe.

    \b
    Examples:
      kb export csv tables
      kb export sqlite memory.sqlite --today 2025-03-14
      kb export json - --table actions
      kb export parquet analysis --table incidents --table causes
    """
    tables = chosen(names)
    if form == "parquet":
        as_parquet.arrow()  # that it is missing is said before the work
    root = start.root()
    goal = Path(os.path.realpath(target))
    if target == _OUT:
        _refuse_out(form, len(tables))
    else:
        _refuse(goal, form, root)
    catalogue = kb.load(root, today=today)
    made = filled(catalogue, tables)
    for note in (*_left_out(catalogue), *(_too_long(made) if form == "csv" else ())):
        click.echo(f"kb: {note}", err=True)
    if target == _OUT:
        click.echo(_printed(made, form), nl=False)
        return FINE
    _put(goal, made, form)
    rows = sum(len(table.rows) for table in made.tables)
    said = f"{count(len(tables), 'table')}, {count(rows, 'row')} from {count(len(catalogue.records), 'record')}"
    click.echo(f"exported {target}: {said}")
    return FINE


def _refuse_out(form: str, tables: int) -> None:
    if form == "csv" and tables != 1:
        raise KbError("only one table can be printed as CSV", hint="`--table NAME` chooses it.")
    if form in ("parquet", "sqlite"):
        raise KbError(f"{form} is not printed", hint=f"`kb export {form} TARGET` names a place; ./- is a name, too.")


def _refuse(goal: Path, form: str, root: Path) -> None:
    delivery.refuse_sources(goal, root, load_config(root))
    if form in _FILES:
        delivery.refuse_file(goal, _FILES[form][1])
    else:
        delivery.refuse_folder(goal, form)


def _left_out(catalogue: "kb.Catalogue") -> Iterator[str]:
    if catalogue.errors:
        files = len({finding.path for finding in catalogue.errors})
        yield f"{count(files, 'file')} with errors: what cannot be read is left out; `kb check` says where"


def _too_long(made: "Export") -> Iterator[str]:
    found = list(as_csv.too_long(made))
    if found:
        table, column, record = found[0]
        said = f"{count(len(found), 'text')} longer than the {as_csv.MOST:,} characters that a spreadsheet's cell takes"
        yield f"{said}, the first in {table}.{column} of `{record}`; a spreadsheet may cut it"


def _printed(made: "Export", form: str) -> bytes:
    return as_json.content(made) if form == "json" else as_csv.content(made.tables[0])


def _put(goal: Path, made: "Export", form: str) -> None:
    if form in _FILES:
        make, is_ours = _FILES[form]
        delivery.put_file(goal, is_ours, make(made))
        return
    content = as_csv.content if form == "csv" else lambda table: as_parquet.content(table, made)
    files = {f"{table.name}.{form}": content(table) for table in made.tables}
    delivery.put_folder(goal, form, {**files, package.NAME: package.content(made, form)})
