"""`kb check`: every finding of every file, in one run.

References cross files, so the whole knowledge base is read whatever PATHs say; they only choose which findings are
shown and counted. Compromise: a file with a syntax error counts as a record, since somebody meant it to be one.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

import kb
from kb.cli import options
from kb.cli.options import FAILED, FINE, Start
from kb.cli.report import FORMATS, Report
from kb.cli.suggestions import suggested
from kb.errors import KbError
from kb.finding import Level
from kb.records.files import Found

# Reading this many files takes about a second; below it a progress bar would only flicker.
MANY = 500

_LEVELS = (Level.ERROR, Level.WARNING, Level.HINT)


@click.command(short_help="Say what is wrong or missing.")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", help="How to print; text unless given."
)
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.option(
    "--level",
    type=click.Choice([level.value for level in _LEVELS]),
    help="Print this level and above; unless given warning, for json and sarif hint.",
)
@options.today
@click.pass_obj
def check(start: Start, paths: tuple[str, ...], form: str, strict: bool, level: str | None, today: date | None) -> int:
    """Say what is wrong or missing in the records.

    PATHs, files or folders of the knowledge base, limit what is printed and counted. Exits with 1 where there is an
    error, with --strict also where there is a warning. Among the hints are causes for incidents that name none and
    earlier incidents that one may repeat; `kb similar` tells more.

    \b
    Examples:
      kb check
      kb check postmortems/2025 --level hint
      kb check --strict --format github
      kb check --format sarif > kb.sarif
    """
    root = start.root()
    wanted = [_inside(root, path) for path in paths]
    catalogue = kb.load(root, today=today, progress=_progress)
    more = suggested(catalogue, lambda path: _is_wanted(path, wanted))
    whole = replace(catalogue, findings=tuple(sorted((*catalogue.findings, *more), key=lambda f: f.order)))
    report = Report.of(whole, lambda path: _is_wanted(path, wanted), Level(level) if level else None)
    click.echo(FORMATS[form](report))
    return FAILED if report.errors or (strict and report.warnings) else FINE


def _inside(root: Path, given: str) -> str:
    """Return a path as findings name it: relative to the knowledge base, with slashes, "" for all of it."""
    path = next((p for p in (Path.cwd() / given, root / given) if os.path.lexists(p)), None)
    if path is None:
        raise KbError(f"there is no {given}", hint="PATH is a file or folder of the knowledge base.")
    # The last part is left unresolved: a record that is a symbolic link has its findings under its own name.
    normal = Path(os.path.normpath(path))
    real = normal.parent.resolve() / normal.name
    if not real.is_relative_to(root):
        hint = "`kb -C DIR check` checks another one."
        raise KbError(f"{given} lies outside the knowledge base {root}", hint=hint)
    return "" if real == root else real.relative_to(root).as_posix()


def _is_wanted(path: str, wanted: list[str]) -> bool:
    return not wanted or any(not one or path == one or path.startswith(f"{one}/") for one in wanted)


def _progress(files: Iterable[Found], number: int) -> Iterable[Found]:
    if number < MANY or not sys.stderr.isatty():
        return files
    return _tracked(files, number)


def _tracked(files: Iterable[Found], number: int) -> Iterator[Found]:
    yield from track(files, "reading", total=number, console=Console(stderr=True), transient=True)
