"""The playbooks can be used as they stand: their parts are there, their commands parse, and the options exist."""

import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

import kb

from .conftest import ROOT
from .shell import TOOLS, Command, blocks, commands, known, place

PATHS = sorted((ROOT / "playbooks").glob("*.md"))
PARTS = ["Triage", "Examine", "Diagnose", "Test and treat", "Escalate", "Pitfalls"]
# What the shell does itself, or nearly; no options to check.
SHELL = {"echo", "read", "cd", "printf", "test", "[", "cat", "mkdir", "type", "true", "set", "id"}


@cache
def every_command() -> list[tuple[Path, Command]]:
    return [(p, command) for p in PATHS for block in blocks(p.read_text()) for command in commands(block)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_playbook_has_its_parts_in_their_order(path: Path) -> None:
    assert re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE) == PARTS


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_block_is_valid_shell(path: Path) -> None:
    found = blocks(path.read_text())
    assert found
    for block in found:
        done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), block


@pytest.mark.parametrize("block", ['dig +short "$HOST', "for f in *; do echo", "psql | | head"])
def test_a_block_that_is_no_shell_is_found(block: str) -> None:
    assert subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False).returncode


def test_every_tool_is_known() -> None:
    assert (
        sorted({f"{p.stem}: {c.tool}" for p, c in every_command() if c.tool not in TOOLS and c.tool not in SHELL}) == []
    )


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_every_option_is_one_that_the_tool_names(tool: str) -> None:
    used = [(path, command) for path, command in every_command() if command.tool == tool]
    assert used, f"no playbook uses {tool}; take it out of tools.toml"
    if "package" in TOOLS[tool] and not place(tool):
        assert not os.environ.get("CI"), f"{tool} is not installed; `make tools` installs it"
        pytest.skip(f"{tool} is not installed; `make tools` installs what the playbooks use")
    wrong = [f"{p.stem}: {tool} {' '.join(c.words)}: {o}" for p, c in used for o in c.options if not known(c, o)]
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("systemctl list-timers --al", ["--al"]),
        ("df --humane", ["--humane"]),
        ("date -u | head -q 3; ls $(grep --colour=never -J x y)", ["-J"]),
        ("grep -rlZ x . | xargs -0 sort --revers", ["--revers"]),
        ("find . -nam x", ["-nam"]),
        ("systemctl list-timers --all --no-pager", []),
        ("df -hT", []),
        ("head -n20 f; tail -5 f", []),
        ("find . -type f -name x -size +1G -mtime -1 -print0", []),
    ],
)
def test_an_option_that_does_not_exist_is_found(line: str, wrong: list[str]) -> None:
    assert [o for command in commands(line) for o in command.options if not known(command, o)] == wrong


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_command_that_needs_a_name_does_nothing_without_it(path: Path) -> None:
    text = "".join(blocks(path.read_text()))
    bare = re.findall(r"\$\{?(?!\(|\{)([A-Z][A-Z0-9_]+)\}?(?![:\w])", text)
    # NF is awk's own.
    assert [name for name in bare if f"{name}=" not in text and name != "NF"] == []


def test_pitfalls_come_from_incidents_of_the_library(catalogue: kb.Catalogue) -> None:
    for playbook in catalogue.playbooks:
        pitfalls = playbook.body.split("## Pitfalls")[1]
        named = {name.split("|")[0] for name in re.findall(r"\[\[([^\]]+)\]\]", pitfalls)}
        assert len([name for name in named if isinstance(catalogue.find(name), kb.Postmortem)]) >= 1, playbook.id


def test_a_playbook_says_what_one_sees_and_which_alerts_lead_to_it(catalogue: kb.Catalogue) -> None:
    assert [p.id for p in catalogue.playbooks if len(p.symptoms) < 4 or not p.alerts or not p.services] == []
    assert [a for p in catalogue.playbooks for a in p.alerts if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]+", a)] == []
