"""The documentation names everything that ships: commands, options, settings, lists, findings, extensions, packages."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import kb
from kb.cli import cli
from kb.config import WORDS, Config, Folders, Time
from kb.pages.markup import EXTENSIONS

ROOT = Path(__file__).parent.parent
COMMANDS = (ROOT / "docs/reference/commands.md").read_text()
SETTINGS = (ROOT / "docs/reference/kb-toml.md").read_text()
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_is_documented(name: str) -> None:
    assert f"## `kb {name}" in COMMANDS
    section = COMMANDS.split(f"## `kb {name}")[1].split("\n## ")[0]
    options = [flag for param in cli.commands[name].params if isinstance(param, click.Option) for flag in param.opts]
    assert [flag for flag in options if flag.startswith("--") and f"`{flag}" not in section] == []


def test_every_option_of_kb_itself_is_documented() -> None:
    flags = [flag for param in cli.params for flag in param.opts]
    assert [flag for flag in flags if f"`{flag}" not in COMMANDS] == []


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_shows_examples(name: str) -> None:
    assert "Examples:" in (cli.commands[name].help or "")


def test_every_setting_and_list_of_kb_toml_is_documented() -> None:
    names = [*Config.model_fields, *Folders.model_fields, *Time.model_fields, *WORDS]
    assert [name for name in names if f"`{name}`" not in SETTINGS and f"`[{name}" not in SETTINGS] == []


def test_every_format_of_check_is_documented() -> None:
    [option] = [param for param in cli.commands["check"].params if param.name == "form"]
    assert isinstance(option.type, click.Choice)
    assert [form for form in option.type.choices if f"`--format {form}`" not in COMMANDS] == []


def test_the_readme_names_every_markdown_extension_that_records_may_use() -> None:
    assert [name for name in EXTENSIONS if f"`{name}`" not in README] == []


def test_the_readme_shows_the_two_commands_in_its_first_screen() -> None:
    first = "\n".join(README.splitlines()[:20])
    assert "make site" in first
    assert "make test" in first


def test_the_readme_counts_what_the_library_holds() -> None:
    catalogue = kb.load(ROOT)
    numbers = f"{len(catalogue.incidents)} postmortems of public incidents, {len(catalogue.playbooks)} playbooks"
    assert f"{numbers} and {len(catalogue.learnings)} learnings" in " ".join(README.split())


def test_the_pictures_and_pages_that_the_readme_names_are_there() -> None:
    targets = re.findall(r"\]\(([^):]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_architecture_names_every_package_and_module() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    modules = [
        path.stem for folder in ("records", "catalogue") for path in sorted((ROOT / "kb" / folder).glob("[!_]*.py"))
    ]
    folders = ["kb/cli/", "kb/pages/", "kb/starter/", "plugins/kb_mkdocs/"]
    assert [name for name in (*modules, *folders) if f"`{name}`" not in text] == []


def test_every_public_name_has_a_docstring() -> None:
    named = [name for name in kb.__all__ if callable(getattr(kb, name))]
    assert [name for name in named if not (getattr(kb, name).__doc__ or "").strip()] == []


def test_the_changelog_tells_of_this_version_or_of_what_comes() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert "## Unreleased" in changelog or f"## {kb.__version__}" in changelog


def test_the_readmes_own_knowledge_base_gives_the_readmes_output(tmp_path: Path) -> None:
    example = README.split("```markdown\n")[1].split("```")[0]
    run = [sys.executable, "-m", "kb"]
    subprocess.run([*run, "init", str(tmp_path / "kb")], check=True, capture_output=True)
    record = tmp_path / "kb/postmortems/2026/2026-03-02-queue-full.md"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(example.replace("2026-03-02T09:00+01:00", "2026-02-30T09:00+01:00"))
    done = subprocess.run([*run, "check"], cwd=tmp_path / "kb", capture_output=True, text=True, check=False)
    transcript = README.split("$ kb check ")[1].split("\n", 1)[1].split("$ kb serve")[0]
    assert done.stdout.strip() == transcript.strip()
