"""`kb init` and the starter files. What it prints is in transcripts/init.txt."""

import os
import re
import stat
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml

import kb
from kb.cli import main

CHECKOUT = Path(kb.__file__).parent.parent
LOOK = ("name", "font", "palette", "features")
IS_INSTALLED = bool(entry_points(group="mkdocs.plugins", name="kb/records"))


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path / "memory")]) == 0
    return tmp_path / "memory"


def settings(path: Path) -> Any:
    class Loader(yaml.SafeLoader):
        """Reads MkDocs' `!ENV` as nothing."""

    Loader.add_multi_constructor("!", lambda *_: None)
    return yaml.load(path.read_text(encoding="utf-8"), Loader)


def test_the_examples_know_each_other(memory: Path) -> None:
    catalogue = kb.load(memory)
    assert {type(record).__name__ for record in catalogue.records.values()} == {"Postmortem", "Playbook", "Learning"}
    assert catalogue.findings == ()
    for record_id in catalogue.records:
        others = {link.target for link in catalogue.outgoing(record_id)} | {
            link.source for link in catalogue.incoming(record_id)
        }
        assert others == set(catalogue.records) - {record_id}


def test_the_examples_say_what_they_are(memory: Path) -> None:
    for record in kb.load(memory).records.values():
        assert record.title.startswith("Example: ")
        assert "> This is an example." in record.body
        owners = {action.owner for action in record.promised} | {getattr(record, "owner", None)} - {None}
        assert owners <= {"platform-team"}


def test_the_starter_looks_like_our_own_site(memory: Path) -> None:
    ours, theirs = settings(CHECKOUT / "mkdocs.yml"), settings(memory / "mkdocs.yml")
    assert [theirs["theme"][key] for key in LOOK] == [ours["theme"][key] for key in LOOK]
    assert theirs["markdown_extensions"] == ours["markdown_extensions"]
    assert "<!-- kb:home -->" in (memory / "docs" / "index.md").read_text(encoding="utf-8")


def test_the_workflow_may_only_read(memory: Path) -> None:
    workflow = settings(memory / ".github" / "workflows" / "knowledge-base.yml")
    assert workflow["permissions"] == {"contents": "read"}
    runs = [step.get("run") for step in workflow["jobs"]["check"]["steps"]]
    assert runs[2:] == ["pip install afteraction", "kb check --format github", "kb build --strict"]


def test_a_link_that_leads_nowhere_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").symlink_to(tmp_path / "elsewhere.toml")
    assert main(["init", str(tmp_path)]) == 0
    assert not (tmp_path / "elsewhere.toml").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert main(["init", str(tmp_path / "memory")]) == 2
    assert "Permission denied" in capsys.readouterr().err


@pytest.mark.skipif(not IS_INSTALLED, reason="the plugins are found once the package is installed")
def test_the_starter_builds_strictly(memory: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(memory), "build", "--strict", "--today", "2025-03-14"]) == 0
    assert re.search(r"built .*site/: \d+ pages from 3 records in \d+\.\d s", capfd.readouterr().out)
    assert "Example: checkout refused payments" in (memory / "site" / "index.html").read_text(encoding="utf-8")
