"""What the commands share: the knowledge base to work on, the day, groups, how they end and how they complain.

Compromise: `-C` names the folder itself and is not searched upwards, so that a mistyped folder is an error and not
another knowledge base.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from kb.errors import KbError

# Exit codes: fine; findings of error level or a build that failed; a wrong call, configuration or path.
FINE, FAILED, WRONG = 0, 1, 2

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Start:
    """Where a command starts: the folder given with `-C`, if any."""

    folder: str | None = None

    def root(self) -> Path:
        """Return the knowledge base's folder.

        Raises:
            KbError: there is none.
        """
        # Pydantic comes with it, which is a tenth of a second; `kb --version` and a help need none.
        from kb.config import NAME, find_root

        if self.folder is None:
            return find_root(Path.cwd())
        folder = Path(self.folder)
        if not folder.is_dir():
            raise KbError(f"there is no folder {self.folder}", hint="`kb init` starts a knowledge base.")
        if not (folder / NAME).is_file():
            raise KbError(f"no {NAME} in {self.folder}", hint="`kb init` starts a knowledge base.")
        return folder.resolve()


class Commands(click.Group):
    """A group of commands; a misspelt one is answered with the nearest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names.

        Raises:
            KbError: there is none.
        """
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            # Only a misspelt word is compared, and what compares takes longer to import than all else here.
            from kb.text import did_you_mean

            before = ctx.command_path.partition(" ")[2]
            raise KbError(
                f"there is no command `{f'{before} {args[0]}'.strip()}`",
                hint=did_you_mean(args[0], self.commands) or f"`{ctx.command_path} --help` lists the commands.",
            )
        return super().resolve_command(ctx, args)


def complain(text: str) -> None:
    """Say what is wrong on stderr; the lines after the first are the way out."""
    first, *rest = text.splitlines()
    click.echo("\n".join([f"kb: error: {first}", *(f"    {line}" for line in rest)]), err=True)


def _day(ctx: click.Context, param: click.Parameter, given: str | None) -> date | None:
    """Read a day as records write it. The range is what SOURCE_DATE_EPOCH and gzip can hold."""
    if given is None:
        return None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        day = date.min
    if len(given) != len("2025-03-14") or not 1970 <= day.year <= 2105:
        raise click.BadParameter(f"`{given}` is no date from 1970 to 2105, such as 2025-03-14.", ctx, param)
    return day


def today(command: F) -> F:
    """Add `--today`, the day on which ages and due dates are judged."""
    return click.option(
        "--today",
        callback=_day,
        metavar="DATE",
        help="Judge ages and due dates on this day; else SOURCE_DATE_EPOCH, else the clock.",
    )(command)
