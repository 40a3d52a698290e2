"""A bar on the terminal while many files are read and many pages are made; nothing anywhere else.

Compromise: a small build shows no bar at all, because it is over before one can be read.
"""

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.progress import Progress, TaskID, track

MANY = 500


def read(found: Iterable[Any], total: int) -> Iterable[Any]:
    """Show the reading of files."""
    if not _is_worth_it(total):
        return found
    return track(found, description="Reading records", total=total, console=Console(stderr=True), transient=True)


def _is_worth_it(total: int) -> bool:
    return total >= MANY and sys.stderr.isatty()


class Pages:
    """Shows the making and writing of pages, each a step."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def start(self, pages: int) -> None:
        """Begin, if it is worth it."""
        if _is_worth_it(pages):
            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("Making pages", total=2 * pages)
            self._bar.start()

    def step(self) -> None:
        """One page is made, or written."""
        if self._bar is not None:
            self._bar.advance(self._task)

    def stop(self) -> None:
        """End, however the build ended."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
