"""`kb init`: starts a knowledge base from the files in `kb/starter/`.

A file that exists is never touched: it is created exclusively, so that not even a file that appears at the same moment
is lost. Compromise: the starter files are copied as they are, with nothing filled in; they read the same here, there
and in their tests.
"""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from shlex import quote

import click

from kb.cli.host import MKDOCS
from kb.cli.options import FINE, Start
from kb.errors import KbError
from kb.text import count


@click.command(short_help="Start a knowledge base.")
@click.argument("folder", metavar="[DIR]", default=".")
@click.pass_obj
def init(start: Start, folder: str) -> int:
    """Start a knowledge base in DIR, this folder unless given.

    Writes the configuration, an example of each kind of record and a CI workflow. A file that is there already is
    left as it is.

    \b
    Examples:
      kb init
      kb init incident-memory
    """
    base = Path(start.folder or ".", folder)
    _make(base)
    kept = []
    for name, source in _starter():
        is_new = _write(base / name, source.read_bytes())
        kept += [] if is_new else [name]
        click.echo(f"{'wrote' if is_new else 'kept '}  {name}")
    _closing(base, kept)
    return FINE


def _closing(base: Path, kept: list[PurePosixPath]) -> None:
    if kept:
        click.echo(f"Left as it was: {count(len(kept), 'file')}.")
    if PurePosixPath(MKDOCS) in kept and b"kb/records" not in (base / MKDOCS).read_bytes():
        click.echo(
            f"{MKDOCS} needs the plugins `kb/records`, `kb/links`, `kb/clusters`, `kb/trends`, `kb/review` and "
            "`kb/search`, in this order."
        )
    click.echo(f"Next: `{_command(base)} check`, then `{_command(base)} serve`.")


def _starter() -> Iterator[tuple[PurePosixPath, Traversable]]:
    """Yield the starter files by their path in the new knowledge base, in order of path."""
    yield from sorted(_below(files("kb") / "starter", PurePosixPath()), key=lambda entry: entry[0])


def _below(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, path / entry.name)
        else:
            yield path / entry.name, entry


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise KbError(
            f"{folder} cannot be a folder: a file is there", hint="`kb init DIR` starts in another one."
        ) from error


def _write(path: Path, data: bytes) -> bool:
    """Write a new file; return False where one is there already."""
    _make(path.parent)
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        return False
    return True


def _command(base: Path) -> str:
    return "kb" if base.resolve() == Path.cwd() else f"kb -C {quote(str(base))}"
