"""Transcripts: what a person types and what comes back, as a text file.

    # a comment
    $ kb check
    what it prints on stdout
    2> what it prints on stderr
    [exit 1]

Each file runs in its own folder: an empty one, or a copy of the library that its first line names
(`# library: harbour`). A plain call of `kb` runs in the test's process, everything else in a shell. What differs between
runs is made equal (`Runner.plain`).
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import kb
from kb.cli import main

_LIBRARY = re.compile(r"# library: (\S+)")
_SHELL = 'kb() { "$PYTHON" -m kb "$@"; }; '
_EXIT = re.compile(r"\[exit (\d+)\]")


@dataclass(frozen=True)
class Step:
    """Comment lines, then a command with what is expected of it; the last step of a file may be comments only."""

    comments: tuple[str, ...]
    command: str
    expected: tuple[str, ...]

    def text(self, outcome: tuple[str, ...]) -> str:
        return "\n".join([*self.comments, *([f"$ {self.command}", *outcome] if self.command else [])])


def steps(text: str) -> Iterator[Step]:
    lines = iter(text.splitlines())
    comments: list[str] = []
    for line in lines:
        if line.startswith("$ "):
            expected: list[str] = []
            while not expected or not _EXIT.fullmatch(expected[-1]):
                expected.append(next(lines, "[exit 0]"))
            yield Step(tuple(comments), line[2:], tuple(expected))
            comments = []
        else:
            comments.append(line)
    if comments:
        yield Step(tuple(comments), "", ())


def library_of(text: str) -> str | None:
    match = _LIBRARY.match(text)
    return match[1] if match else None


@dataclass(frozen=True)
class Runner:
    """Runs the steps of one transcript in one folder."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    @classmethod
    def of(cls, text: str, place: Path, capture: pytest.CaptureFixture[str]) -> "Runner":
        folder = place / "kb"
        library = library_of(text)
        if library is None:
            folder.mkdir()
        else:
            shutil.copytree(Path(__file__).parent / "libraries" / library, folder)
        return cls(folder, capture)

    def run(self, command: str) -> tuple[str, ...]:
        is_plain = command.split()[0] == "kb" and not set(command) & set("|;<>$&")
        code, out, err = self._kb(shlex.split(command)[1:]) if is_plain else self._shell(command)
        said = [*self.plain(out), *(f"2> {line}" for line in self.plain(err))]
        return (*said, f"[exit {code}]")

    def _kb(self, words: list[str]) -> tuple[int, str, str]:
        self.capture.readouterr()
        code = main(words)
        out, err = self.capture.readouterr()
        return code, out, err

    def _shell(self, command: str) -> tuple[int, str, str]:
        env = {**os.environ, "PYTHON": sys.executable}
        done = subprocess.run(["sh", "-c", _SHELL + command], cwd=self.folder, env=env, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def plain(self, text: str) -> list[str]:
        """Return the lines without what differs between runs, and without MkDocs' own account of its work."""
        folder = self.folder.resolve()
        text = text.replace(str(folder), "/KB").replace(str(folder.parent), "/").replace(kb.__version__, "VERSION")
        text = re.sub(r" in \d+\.\d s\b", " in N s", text)
        text = re.sub(r", \d+\.\d MB,", ", N MB,", text)
        return [line.rstrip() for line in text.splitlines() if not line.startswith("INFO ")]
