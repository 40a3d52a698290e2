"""The commands in a Markdown text, and which options their tools say they know.

Commands are read with bashlex, so that options inside pipes, loops and substitutions count too. A tool's options are those
that its own help names; `tools.toml` says how each one is asked. Compromise: whether an option fits its subcommand is known
only where the tool prints help for subcommands.
"""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any

import bashlex
from bashlex import ast

TOOLS: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "tools.toml").read_text())

# Where Debian keeps the tools of PostgreSQL that are not for everybody's PATH.
_POSTGRESQL = Path("/usr/lib/postgresql")

_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"(?<![\w-])(?:--?|\+)(?:\[no-?\])?[A-Za-z0-9?][\w-]*")
_BUNDLE = re.compile(r"\[-([A-Za-z?#]{2,})\]")
# What runs another command given as its arguments.
_WRAPPERS = {"timeout", "xargs", "watch", "sudo", "nice", "env"}


@dataclass(frozen=True)
class Command:
    """A tool and its words, without the shell around it."""

    tool: str
    words: tuple[str, ...]

    @property
    def options(self) -> tuple[str, ...]:
        """The words that are options, without their values; none after `--`."""
        before = self.words[: self.words.index("--")] if "--" in self.words else self.words
        return tuple(word.split("=")[0] for word in before if re.match(r"(?:-|\+[a-z])\S", word) and not _number(word))


def blocks(text: str) -> list[str]:
    """Return the shell blocks of a Markdown text."""
    return _BLOCK.findall(text)


def commands(block: str) -> list[Command]:
    """Return every command of a block, those inside other commands too. Raises bashlex' error where it does not parse."""
    found: list[Command] = []

    class Visitor(ast.nodevisitor):  # type: ignore[misc]
        def visitcommand(self, node: Any, parts: Any) -> None:
            words = [part.word for part in parts if part.kind == "word"]
            found.extend(_nested(words))

    for tree in bashlex.parse(block):
        Visitor().visit(tree)
    return found


def _nested(words: list[str]) -> Iterator[Command]:
    if not words:
        return
    tool = Path(words[0]).name
    inner = next((n for n, word in enumerate(words[1:], 1) if word in TOOLS), None) if tool in _WRAPPERS else None
    yield Command(tool, tuple(words[1:inner]))
    if inner is not None:
        yield from _nested(words[inner:])


def _number(word: str) -> bool:
    return re.fullmatch(r"-\d+[a-z]?", word) is not None


def known(command: Command, option: str) -> bool:
    """Tell whether the tool's help names the option, alone or as letters behind one dash."""
    names = _named(command)
    if option in names or option in TOOLS[command.tool].get("also", ()):
        return True
    if option.startswith("--") or not option.startswith("-"):
        return False
    return _letters(option[1:], {name for name in names if len(name) == 2} | set(TOOLS[command.tool].get("also", ())))


def _letters(letters: str, names: set[str]) -> bool:
    """Tell whether each letter is an option; what follows a first letter may also be its value, such as `-n20`."""
    known_letters = [f"-{letter}" in names for letter in letters]
    return all(known_letters) or (known_letters[0] and not letters[1:].isalpha())


def _named(command: Command) -> set[str]:
    table = TOOLS[command.tool]
    if "package" not in table:
        return set()
    texts, path = [_help(command.tool, ())], ()
    for word in command.words if table.get("subcommands") else ():
        if not word.startswith("-") and re.search(rf"(?:^|[\s,]){re.escape(word)}(?=[\s,:*]|$)", texts[-1]):
            path = (*path, word)
            texts.append(_help(command.tool, path))
    texts += [_said(command.tool, *more.split()) for more in table.get("more", ())]
    text = "\n".join([*texts, *(Path(name).read_text() for name in table.get("reads", ()))])
    found = _OPTION.findall(text)
    names = {name.replace(no, new) for name in found for no in ("[no]", "[no-]") for new in ("", no.strip("[]"))}
    if table.get("bundled"):
        names |= {f"-{letter}" for letters in _BUNDLE.findall(text) for letter in letters}
    return names


def _help(tool: str, path: tuple[str, ...]) -> str:
    table = TOOLS[tool]
    ask = table.get("ask_subcommand" if path else "ask", table.get("ask", "--help"))
    return _said(tool, *path, *ask.split())


@cache
def _said(tool: str, *words: str) -> str:
    done = subprocess.run(
        [place(tool) or tool, *words], capture_output=True, text=True, errors="replace", timeout=60, check=False
    )
    return done.stdout + done.stderr


def place(tool: str) -> str | None:
    """Return where the tool is installed, None where it is not."""
    return which(tool) or next(map(str, _POSTGRESQL.glob(f"*/bin/{tool}")), None)


if __name__ == "__main__":
    # The packages of the tools that are missing here, for `make tools`.
    print(*sorted({table["package"] for tool, table in TOOLS.items() if "package" in table and not place(tool)}))
