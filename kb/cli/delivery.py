"""Where an export goes: a folder or a file that is replaced whole, or is left as it was.

Only what an earlier export wrote is replaced. Compromise: a folder of an export may hold nothing else, because it is exchanged in
one step and what else lay in it would be gone.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kb.cli import publish
from kb.config import KINDS, Config
from kb.errors import KbError
from kb.exchange import package

_ANOTHER = "Name a new folder, or an empty one."
# No description of ours is longer.
_MOST = 1 << 20


def refuse_sources(target: Path, root: Path, config: Config) -> None:
    """Refuse a target among the records.

    Raises:
        KbError: it lies there.
    """
    for folder in (name for kind in KINDS for name in getattr(config.folders, kind)):
        if target.is_relative_to((root / folder).resolve()):
            raise KbError(f"{target} lies in {folder}, which holds records", hint="Name another place.")


def refuse_folder(target: Path, form: str) -> None:
    """Refuse a folder that is not ours to replace. `form` is how the files of the new export end.

    Raises:
        KbError: it is a file, lies below one, or holds something else than an earlier export of this form.
    """
    for above in (target, *target.parents):
        if os.path.lexists(above) and not above.is_dir():
            raise KbError(f"{above} is no folder", hint="Name a folder; each table becomes a file in it.")
    found = sorted(target.iterdir()) if target.is_dir() else []
    if not found:
        return
    there, known = package.read(_beginning(target / package.NAME, _MOST))
    if not there:
        raise KbError(f"{target} is not empty and is no export of kb", hint=_ANOTHER)
    if there != form:
        raise KbError(f"{target} holds an export as {there}", hint=_ANOTHER)
    for path in found:
        if path.name not in known or path.is_symlink() or not path.is_file():
            raise KbError(f"{path} is no part of the export there", hint="Move it away, or name a new folder.")


def refuse_file(target: Path, is_ours: Callable[[bytes], bool]) -> None:
    """Refuse a file that is not ours to replace. `is_ours` tells it by its first 100 bytes.

    Raises:
        KbError: it is a folder or a device, lies in no folder, is in use by SQLite, or holds something else.
    """
    if target.is_dir():
        raise KbError(f"{target} is a folder", hint="Name a file in it.")
    if not target.parent.is_dir():
        raise KbError(f"there is no folder {target.parent}", hint="Make it first, or name a file in another one.")
    if os.path.lexists(target) and not target.is_file():
        raise KbError(f"{target} is no regular file", hint="Name a file; `kb export json -` prints.")
    if target.exists() and target.stat().st_size and not is_ours(_beginning(target)[:100]):
        raise KbError(f"{target} holds something else than an export of kb", hint="Name another file.")
    for left in ("-journal", "-wal"):
        beside = target.with_name(f"{target.name}{left}")
        if os.path.lexists(beside):
            # SQLite would apply it to the new database.
            raise KbError(f"{beside} is there: the database is in use", hint="Close it, or name another file.")


def _beginning(path: Path, most: int | None = None) -> bytes:
    """Return the first bytes of a regular file; none of what is none, or has more than `most`."""
    if not path.is_file() or (most and path.stat().st_size > most):
        return b""
    with path.open("rb") as file:
        return file.read(_MOST)


def put_folder(target: Path, form: str, files: Mapping[str, bytes]) -> None:
    """Put a folder with these files into the place of `target`, in one step.

    Raises:
        KbError: somebody has put something else there since, or the system refuses; everything is as it was.
    """
    with _written_to(target), publish.staging(target) as (new, _):
        _as_open_as(target, new)
        for name, content in files.items():
            _write(new / name, content)
        refuse_folder(target, form)
        try:
            publish.swap(new, target)
        except KbError as error:
            raise KbError(error.message, hint="Where it is a mount point, name a folder inside it.") from error


def put_file(target: Path, is_ours: Callable[[bytes], bool], content: bytes) -> None:
    """Put a file into the place of `target`, in one step.

    Raises:
        KbError: somebody has put something else there since, or the system refuses; everything is as it was.
    """
    with _written_to(target), _beside(target) as beside:
        _as_open_as(target, beside)
        _write(beside, content)
        refuse_file(target, is_ours)
        beside.replace(target)


@contextmanager
def _written_to(target: Path) -> Iterator[None]:
    """Say of which target it is what the system refuses; the file concerned has a name that nobody gave it."""
    try:
        yield
    except OSError as error:
        hint = "An earlier export in its place is as it was."
        raise KbError(f"{target} cannot be written: {error.strerror or error}", hint=hint) from error


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give an empty file beside the target. What is in it at the end goes, unless it has been moved."""
    beside = target.with_name(f".{target.name}-{os.getpid()}")
    beside.open("xb").close()
    try:
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def _as_open_as(old: Path, new: Path) -> None:
    """Let those read the new one who may read the old one, and nobody else, before there is anything to read."""
    if old.exists():
        shutil.copymode(old, new)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
