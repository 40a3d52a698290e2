"""`kb review`: the learning review of a quarter, to read aloud, to write decisions into, to show.

A file is put into its place in one step or not at all, and of a record that exists only the generated parts change. Compromise:
somebody who saves the file in the same instant in which it is exchanged loses that change.
"""

import json
import os
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

import kb
from kb.cli import options
from kb.cli.options import FINE, Start
from kb.errors import KbError
from kb.text import count

if TYPE_CHECKING:
    from kb.review.write import Written


def _quarter(ctx: click.Context, param: click.Parameter, given: str | None) -> "kb.Quarter | None":
    from kb.trends.quarter import parse_quarter

    if given is None:
        return None
    try:
        return parse_quarter(given)
    except ValueError as error:
        raise click.UsageError(f"{error}.", ctx) from error


@click.command(short_help="Get the learning review of a quarter.")
@click.argument("quarter", required=False, callback=_quarter)
@click.option("--write", "is_written", is_flag=True, help="Start its record, or bring it up to date.")
@click.option("--slides", metavar="FILE", help="Make slides of it: one HTML file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@options.today
@click.pass_obj
def review(
    start: Start,
    quarter: "kb.Quarter | None",
    is_written: bool,
    slides: str | None,
    as_json: bool,
    today: date | None,
) -> int:
    """Show what the people of a learning review talk over: what happened in a quarter, its themes, what came back, what was
    promised, what surprised.

    QUARTER is written 2021-Q4; without it, it is the last one that is over. `--write` starts reviews/<quarter>.md among the
    learnings. Where that exists, only the parts between its markers change; a part that somebody wrote into or deleted is left
    as it is.

    \b
    Examples:
      kb review
      kb review 2021-Q4
      kb review 2021-Q4 --write
      kb review 2021-Q4 --slides review.html
    """
    if as_json and (is_written or slides is not None):
        raise KbError("JSON is printed, and not beside a file", hint="Leave out `--json`, or `--write` and `--slides`.")
    root = start.root()
    goal = _goal(slides, root) if slides is not None else None
    found = _review(root, quarter, today)
    for line in _left_out(found.catalogue):
        click.echo(f"kb: {line}", err=True)
    if is_written:
        _write(found)
    if goal is not None:
        _show(found, goal)
    if not is_written and goal is None:
        click.echo(_json(found) if as_json else _text(found))
    return FINE


def _review(root: Path, quarter: "kb.Quarter | None", today: date | None) -> "kb.Review":
    from kb.review.review import last_over

    catalogue = kb.load(root, today=today)
    return kb.Review(catalogue, kb.Recurrence(catalogue), quarter or last_over(catalogue.today))


def _left_out(catalogue: "kb.Catalogue") -> list[str]:
    files = len({finding.path for finding in catalogue.errors})
    return [f"{count(files, 'file')} with errors: left out; `kb check` says where"] if files else []


def _text(review: "kb.Review") -> str:
    from kb.review.text import lines

    return "\n".join(lines(review))


def _json(review: "kb.Review") -> str:
    from kb.review.data import data

    return json.dumps(data(review), indent=2)


def _goal(slides: str, root: Path) -> Path:
    """Return where the slides go.

    Raises:
        KbError: that is among the records, or something else is there.
    """
    from kb.cli import delivery
    from kb.config import load_config

    goal = Path(os.path.realpath(slides))
    delivery.refuse_sources(goal, root, load_config(root))
    _refuse_file(goal)
    return goal


def _is_slides(beginning: bytes) -> bool:
    from kb.review.slides import BEGINNING

    return beginning.startswith(BEGINNING.encode())


def _refuse_file(goal: Path) -> None:
    if goal.is_dir():
        raise KbError(f"{goal} is a folder", hint="Name a file in it, such as review.html.")
    if not goal.parent.is_dir():
        raise KbError(f"there is no folder {goal.parent}", hint="Make it first, or name a file in another one.")
    if os.path.lexists(goal) and not goal.is_file():
        raise KbError(f"{goal} is no regular file", hint="Name a file, such as review.html.")
    if goal.exists() and goal.stat().st_size and not _is_slides(_beginning(goal)):
        raise KbError(f"{goal} holds something else than slides of a review", hint="Remove it, or name another file.")


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _show(review: "kb.Review", goal: Path) -> None:
    from kb.cli import delivery
    from kb.review.slides import slides

    delivery.put_file(goal, _is_slides, slides(review).encode())
    click.echo(f"wrote {os.path.relpath(goal)}")


def _write(review: "kb.Review") -> None:
    from kb.review.write import place, started, updated

    name = place(review.catalogue, review.quarter)
    path = review.catalogue.root / name
    _refuse_links(review.catalogue.root, path)
    if not path.exists():
        from kb.cli.new import write_new

        write_new(path, started(review).content)
        click.echo(f"started {os.path.relpath(path)}")
        return
    _refuse_unfit(review.catalogue, name, path)
    old = path.read_bytes()
    try:
        new = updated(review, old)
    except KbError as error:
        raise KbError(error.message, path=os.path.relpath(path), line=error.line, hint=error.hint) from error
    _warn(new)
    if new.content != old:
        _replace(path, old, new.content)
    click.echo(f"{'updated' if new.content != old else 'nothing new in'} {os.path.relpath(path)}")


def _refuse_links(root: Path, path: Path) -> None:
    for part in (path, *path.parents):
        if part == root:
            return
        if part.is_symlink():
            raise KbError(f"{os.path.relpath(part)} is a symbolic link", hint="Put the file itself there.")
        if part != path and part.exists() and not part.is_dir():
            raise KbError(f"{os.path.relpath(part)} cannot be a folder: a file is there", hint="Move it away.")


def _refuse_unfit(catalogue: "kb.Catalogue", name: str, path: Path) -> None:
    shown = os.path.relpath(path)
    if not path.is_file():
        raise KbError(f"{shown} is no regular file", hint="Move it away.")
    if name not in {record.path for record in catalogue.records.values()}:
        raise KbError(f"{shown} cannot be read as a record", hint="`kb check` says why; correct it, or move it away.")
    if not path.stat().st_mode & 0o222:
        raise KbError(f"{shown} is read-only", hint=f"`chmod u+w {shown}` lets it be written.")


def _warn(new: "Written") -> None:
    for title in new.kept:
        way_out = "empty it between its two markers to have it written again"
        click.echo(f"kb: somebody wrote into the part “{title}”, so it stays as it is; {way_out}", err=True)


def _replace(path: Path, old: bytes, new: bytes) -> None:
    """Exchange the file in one step.

    Raises:
        KbError: somebody has changed it meanwhile.
    """
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        with beside.open("xb") as file:
            shutil.copymode(path, beside)
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        if path.read_bytes() != old:
            raise KbError(f"{os.path.relpath(path)} has changed meanwhile", hint="Try again.")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
