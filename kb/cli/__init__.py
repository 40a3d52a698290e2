"""The command line: `kb`, one module a command.

Results go to stdout, everything else to stderr. A command returns its exit code: 0 fine, 1 findings of error level or
a build that failed, 2 a wrong call, a wrong configuration or a path that does not exist. A command's module is imported
when that command is called, or when the help of all is. Compromise: a fault of the program itself is reported in one line
like any other, and its traceback is shown only when `KB_DEBUG` is set.
"""

import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from types import ModuleType

import click

import kb
from kb.cli.options import FAILED, FINE, WRONG, Commands, Start, complain
from kb.errors import KbError

_NAMES = (
    "build",
    "check",
    "clusters",
    "export",
    "init",
    "new",
    "review",
    "schema",
    "search",
    "serve",
    "similar",
    "trends",
)


class _Modules(Mapping[str, click.Command]):
    """The commands by name. The module `kb.cli.<name>` holds a command `<name>` and is imported when that is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        if name not in _NAMES:
            raise KeyError(name)
        command: click.Command = getattr(_imported(f"kb.cli.{name}"), name)
        return command

    def __contains__(self, name: object) -> bool:
        return name in _NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


@cache
def _imported(name: str) -> ModuleType:
    """Import a module. What comes with it lives until the end: a collector that looks at it takes a tenth of a search."""
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()


@click.group(
    cls=Commands,
    commands=_Modules(),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("-C", "folder", metavar="DIR", help="The knowledge base; else the nearest folder upwards with kb.toml.")
@click.version_option(kb.__version__, prog_name="kb", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, folder: str | None) -> int:
    """Keep an organization's memory of failure: check, build and serve its records.

    \b
    Examples:
      kb init               start a knowledge base in this folder
      kb check              say what is wrong or missing
      kb search full disk   find what happened before
      kb similar draft.md   ask whether this happened before
      kb clusters           see what keeps happening
      kb trends             see whether it gets better, and whether that can be known
      kb review 2021-Q4     talk over a quarter: themes, repeats, promises, surprises
      kb export csv tables  take the records along
      kb serve              read it in the browser while you write
      kb build              publish it into site/
      kb -C ../memory check
    """
    ctx.obj = Start(folder)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return FINE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Without `arguments`, those of the process."""
    _write_anything()
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        if sys.stdout is not None:
            sys.stdout.flush()
    except Exception as error:
        return _stopped(error)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return code


def _run(arguments: list[str]) -> int:
    try:
        with cli.make_context("kb", arguments) as ctx:
            ctx.color = False if _is_plain() else None
            return int(cli.invoke(ctx) or FINE)
    except click.exceptions.Exit as finished:
        return finished.exit_code


def _is_plain() -> bool:
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def _write_anything() -> None:
    # A file's name may hold bytes that are no text, and a terminal may not know every letter: neither stops a command.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _stopped(error: Exception) -> int:
    if isinstance(error, BrokenPipeError):
        _discard_output()
        return 128 + signal.SIGPIPE if hasattr(signal, "SIGPIPE") else FAILED
    if isinstance(error, OSError) and not error.filename:
        _discard_output()
    complain(_said(error))
    if os.environ.get("KB_DEBUG"):
        raise error
    return WRONG


def _said(error: Exception) -> str:
    match error:
        case KbError():
            return str(error)
        case click.UsageError():
            path = error.ctx.command_path if error.ctx else "kb"
            return f"{error.format_message()}\n`{path} --help` shows how it is called."
        case click.ClickException():
            return error.format_message()
        case OSError():
            return f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    return f"a fault of kb itself: {type(error).__name__}: {error}\nWith KB_DEBUG=1 it shows where; please report it."


def _discard_output() -> None:
    # What is still buffered cannot be written; Python would complain about it once more when it ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
