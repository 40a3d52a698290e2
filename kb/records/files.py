"""The files that may be records: those of the configured folders, by their names alone.

This stands apart from reading them because a search looks for ten thousand files every time and reads hardly any: it
needs neither a YAML reader nor the model. Compromise: what a file is, a link or too large, shows when it is read.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.config import KINDS, Config

_NOT_RECORDS = frozenset({"readme.md", "index.md"})


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be a record: its kind, its path relative to the knowledge base, its folder's path likewise."""

    kind: str
    path: str
    root: str


def find_files(root: Path, config: Config) -> Iterator[Found]:
    """Yield the Markdown files of the configured folders, in the same order everywhere.

    Names that begin with `.` or `_`, README.md and index.md are not records. A folder that lies in another one keeps
    its own kind. Links to folders and folders that cannot be listed are yielded too, so that reading them says so.
    """
    for kind, folder, paths in find_paths(root, config):
        yield from (Found(kind, path, folder) for path in paths)


def find_paths(root: Path, config: Config) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the kind and the path of each configured folder, and the paths of its files: what `find_files` yields, in fewer
    objects."""
    homes = {os.path.normpath(folder) for kind in KINDS for folder in getattr(config.folders, kind)}
    for kind in KINDS:
        for folder in getattr(config.folders, kind):
            base = os.path.normpath(folder)
            paths = sorted(_markdown_below(root, base, homes - {base}))
            yield kind, base.replace(os.sep, "/"), [path.replace(os.sep, "/") for path in paths]


def _markdown_below(root: Path, base: str, others: set[str]) -> Iterator[str]:
    closed: list[str] = []
    for here, folders, files in os.walk(root / base, onerror=lambda error: closed.append(str(error.filename))):
        below = _beginning(root, here)
        folders[:] = [f for f in folders if not f.startswith((".", "_")) and f"{below}{f}" not in others]
        links = [f for f in folders if Path(here, f).is_symlink()]
        yield from (f"{below}{name}" for name in (*filter(_is_record, files), *links))
    yield from (os.path.relpath(folder, root) for folder in closed if Path(folder).is_dir())


def _beginning(root: Path, folder: str) -> str:
    """Return what the paths of a folder's files begin with. It is found once: a path a file would take longer than all else."""
    below = os.path.relpath(folder, root)
    return "" if below == os.curdir else below + os.sep


def _is_record(name: str) -> bool:
    lowered = name.lower()
    return lowered.endswith(".md") and not name.startswith((".", "_")) and lowered not in _NOT_RECORDS
