"""Whole or not at all: a site is built beside the last one and takes its place at the end.

Where the system can exchange two folders in one step there is no moment without a site. Elsewhere two renames do it,
and a build that is killed between them is set right by the next one. A staging folder is locked while its build runs;
the lock ends with the process, however it ends, so an unlocked one is left over and can go. Compromise: the process id
is in the name only for people; ids are used again, and differ between containers that share a folder.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kb.errors import KbError
from kb.pages.site import SITE_MARK

if sys.platform != "win32":
    import fcntl

_ELSEWHERE = "`--site-dir DIR` names a folder of its own."

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def refuse(target: Path, root: Path, sources: Sequence[Path]) -> None:
    """Refuse a target that is not ours to replace.

    Raises:
        KbError: the target is a file, holds or lies in what the site is made from, or holds something else.
    """
    if target.exists() and not target.is_dir():
        raise KbError(f"{target} is a file", hint=_ELSEWHERE)
    for source in (root, *sources):
        if source.resolve().is_relative_to(target):
            raise KbError(f"a site in {target} would replace {source}", hint=_ELSEWHERE)
    refuse_inside(target, sources, _ELSEWHERE)
    refuse_foreign(target)


def refuse_inside(target: Path, sources: Sequence[Path], hint: str) -> None:
    """Refuse a target in what the site is made from: the next build would read it.

    Raises:
        KbError: it lies there.
    """
    for source in sources:
        if target.is_relative_to(source.resolve()):
            raise KbError(f"{target} lies in {source}, from which the site is made", hint=hint)


def refuse_foreign(target: Path) -> None:
    """Refuse to replace a folder that holds something and is no site of ours.

    Raises:
        KbError: it is such a folder.
    """
    if target.is_dir() and any(target.iterdir()) and not (target / SITE_MARK).is_file():
        hint = f"Remove it, or name another folder with `--site-dir DIR`; a site of ours holds a file {SITE_MARK}."
        raise KbError(f"{target} is not empty and is no site that kb built", hint=hint)


@contextmanager
def staging(target: Path) -> Iterator[tuple[Path, int]]:
    """Give an empty folder beside the target, and the descriptor that holds its lock. What is in it at the end goes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    tidy(target)
    path = _beside(target, f"new-{os.getpid()}")
    path.mkdir()
    lock = _lock(path)
    try:
        yield path, lock
    finally:
        os.close(lock)
        shutil.rmtree(path, ignore_errors=True)


def swap(new: Path, target: Path) -> None:
    """Put `new` into the place of `target`; what was there, if anything, is in the place of `new` then.

    Raises:
        KbError: the system refuses; everything is as it was.
    """
    try:
        if not target.exists():
            new.rename(target)
        elif not _exchange(new, target):
            _rename(new, target)
    except OSError as error:
        hint = "Where it is a mount point, name a folder inside it with `--site-dir DIR`."
        raise KbError(f"{target} cannot be replaced: {error.strerror}", hint=hint) from error


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return False where that is not possible and nothing was done."""
    if sys.platform != "linux":
        return False
    call = getattr(ctypes.CDLL(None), "renameat2", None)
    return call is not None and call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0


def _rename(new: Path, target: Path) -> None:
    aside = _beside(target, f"old-{os.getpid()}")
    target.rename(aside)
    try:
        new.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    aside.rename(new)


def tidy(target: Path) -> None:
    """Set right what killed builds left beside the target."""
    for aside in _left(target, "old-"):
        if not target.exists():
            aside.rename(target)
    for path in (*_left(target, "new-"), *_left(target, "old-")):
        if not _is_locked(path):
            shutil.rmtree(path, ignore_errors=True)


def _beside(target: Path, suffix: str) -> Path:
    return target.with_name(f".{target.name}.{suffix}")


def _left(target: Path, suffix: str) -> list[Path]:
    start = _beside(target, suffix).name
    return sorted(p for p in target.parent.iterdir() if p.name.startswith(start) and p.is_dir() and not p.is_symlink())


if sys.platform != "win32":

    def _lock(folder: Path) -> int:
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock

    def _is_locked(folder: Path) -> bool:
        try:
            os.close(_lock(folder))
        except OSError:
            return True
        return False

else:

    def _lock(folder: Path) -> int:
        return os.open(os.devnull, os.O_RDONLY)

    def _is_locked(folder: Path) -> bool:
        return False  # Windows does not delete files that somebody has open
