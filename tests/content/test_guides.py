"""Each guide, followed to the letter in an empty folder, gives what it shows.

A block with a title is a file to write; `console` is a transcript: what is typed behind `$ `, then what comes back, where a
line `...` stands for any lines. Other blocks are not run: installing, and what does not end by itself, such as `kb serve`.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import ROOT

PATHS = sorted((ROOT / "docs/guides").glob("[!i]*.md"))
_BLOCK = re.compile(
    r'^(?P<fence>`{3,})(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^(?P=fence)$', re.MULTILINE | re.DOTALL
)
_SHELL = 'kb() {{ "$PYTHON" -m kb "$@"; }}\n{command}\ncode=$?; pwd >"$HERE"; exit $code'


@dataclass
class Reader:
    """Somebody who follows a guide; `folder` is where they stand."""

    folder: Path
    notes: Path

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def type(self, command: str) -> list[str]:
        here = {"HERE": str(self.notes), "PYTHON": sys.executable}
        git = {f"GIT_{who}_{what}": "guide" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        env = {**os.environ, **here, **git, "GIT_CONFIG_GLOBAL": os.devnull, "COLUMNS": "80"}
        done = subprocess.run(
            ["sh", "-c", _SHELL.format(command=command)],
            cwd=self.folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.folder = Path(self.notes.read_text().strip())
        return [line.rstrip() for line in measured(done.stdout).splitlines() if not line.startswith("INFO ")]


def measured(text: str) -> str:
    """Return the text without what differs between machines: how long it took, and what was made of it by a compressor."""
    return re.sub(r", \d+\.\d MB,", ", N MB,", re.sub(r" in \d+\.\d s\b", " in N s", text))


def steps(text: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a transcript with what should come back."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(measured(line))
    return found


def fits(expected: list[str], said: list[str]) -> bool:
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in said)) is not None


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_guide_followed_to_the_letter_gives_what_it_shows(path: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path / "empty", tmp_path / "where")
    reader.folder.mkdir()
    ran = 0
    for block in _BLOCK.finditer(path.read_text(encoding="utf-8")):
        if block["title"]:
            reader.write(block["title"], block["text"])
        elif block["kind"] == "console":
            for command, expected in steps(block["text"]):
                said = reader.type(command)
                assert fits(expected, said), f"$ {command}\n" + "\n".join(said)
                ran += 1
    assert ran


@pytest.mark.parametrize(
    ("expected", "said", "is_fit"),
    [
        (["a", "...", "d"], ["a", "b", "c", "d"], True),
        (["a", "...", "d"], ["a", "d"], True),
        (["a", "..."], ["b"], False),
        (["a"], ["a", "b"], False),
        ([], [], True),
    ],
)
def test_what_comes_back_is_compared_line_by_line(expected: list[str], said: list[str], is_fit: bool) -> None:
    assert fits(expected, said) is is_fit


def test_every_guide_is_in_the_navigation_and_on_the_page_of_guides() -> None:
    navigation, page = (ROOT / "mkdocs.yml").read_text(), (ROOT / "docs/guides/index.md").read_text()
    assert [p.name for p in PATHS if f"guides/{p.name}" not in navigation or f"({p.name})" not in page] == []
