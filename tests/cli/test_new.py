"""What `kb new` writes, and that it neither replaces a file nor leaves half of one; the transcripts show what it says."""

import os
import shutil
from pathlib import Path

import click
import pytest

import kb
from kb.cli import main
from kb.cli.new import new, write_new
from kb.cli.pattern import Pattern

from .conftest import LIBRARIES

COMMANDS = Path(kb.__file__).parent.parent / "docs/reference/commands.md"
CERTIFICATES, DISKS = "2019-03-04-gates-shut", "2018-02-11-timetable-frozen"


@pytest.fixture
def railway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a knowledge base in which several things happened more than once, as the current folder."""
    root = shutil.copytree(LIBRARIES / "railway", tmp_path / "railway")
    monkeypatch.chdir(root)
    return root


def begin(*more: str, cluster: str = CERTIFICATES) -> int:
    return main(["new", "pattern", "--from-cluster", cluster, *more])


def edit(root: Path, name: str, old: str, new: str) -> None:
    [path] = root.rglob(f"{name}.md")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("name", sorted(new.commands))
def test_every_kind_and_its_options_are_documented_and_have_examples(name: str) -> None:
    section = COMMANDS.read_text().split("## `kb new")[1].split("\n## ")[0]
    command = new.commands[name]
    flags = [flag for param in command.params if isinstance(param, click.Option) for flag in param.opts]
    assert [flag for flag in (f"kb new {name}", *flags) if f"`{flag}" not in section] == []
    assert f" kb new {name}" in (command.help or "").partition("Examples:")[2]


def test_a_pattern_is_filled_in_from_the_incidents(railway: Path) -> None:
    edit(railway, "2020-06-15-staff-app-refused", "services: [staff-app]", "services: [gates, staff-app]")
    assert begin("--today", "2024-06-01") == 0
    catalogue = kb.load(railway)
    record = catalogue.records["certificates-nobody-renewed"]
    assert isinstance(record, kb.Learning)
    assert (record.kind, str(record.date), len(record.incidents)) == ("pattern", "2024-06-01", 4)
    assert record.playbooks == ("renew-a-certificate",)
    # Three of four name the cause, two the service.
    assert (record.causes, record.services) == (("misconfiguration",), ("gates",))
    assert kb.Recurrence(catalogue).cluster_of[CERTIFICATES].learning == record.id


def test_a_cause_that_not_most_of_them_have_is_left_out(railway: Path) -> None:
    for name in (CERTIFICATES, "2020-06-15-staff-app-refused"):
        edit(railway, name, "causes: [misconfiguration]\n", "")
    assert begin() == 0
    assert kb.load(railway).records["certificates-nobody-renewed"].causes == ()


@pytest.mark.parametrize(
    "title",
    [
        "Plain words",
        "Marks: \"a\", 'b', #c, [d], {e}, *f*, `g`, &h, !i, |j, >k, %l, @m, -n",
        "[[2019-03-04-gates-shut]] <script>alert(1)</script>",
        "- - -",
        "null",
        "日本語のタイトル",
        "Índex",
        "README",
        "..",
        "x" * 3000,
        "🚂" * 100,
    ],
)
def test_any_title_on_one_line_makes_a_pattern_that_passes_a_strict_check(title: str, railway: Path) -> None:
    assert begin("--title", title) == 0
    [path] = [path for path in railway.glob("learnings/patterns/*.md") if path.name != "full-disks.md"]
    assert len(os.fsencode(path.name)) <= 255
    assert main(["check", "--strict"]) == 0
    assert kb.load(railway).records[path.stem].title == " ".join(title.split())


@pytest.mark.parametrize("title", ["", " \t", "a\x07b", "a\x1b[31m", "a\u202eb", "\udcff", "x" * 2_000_000])
def test_a_title_that_no_record_may_have_writes_nothing(
    title: str, railway: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(railway.rglob("*"))
    assert begin("--title", title) == 2
    assert capsys.readouterr().err.startswith("kb: error: the ")
    assert sorted(railway.rglob("*")) == before


def test_names_in_the_records_cannot_run_or_link(railway: Path) -> None:
    nasty = '"<script>x</script> [a](gone.md) ![b](http://h/p.png) [[gone]] `c` *d* ![e]"'
    for name in (CERTIFICATES, "2020-06-15-staff-app-refused"):
        edit(railway, name, "organization: Moorland Rail", f"organization: {nasty}")
        edit(railway, name, "services:", f"safeguards: [{{name: {nasty}, verdict: missing}}]\nservices:")
        edit(railway, name, "services: [", f"services: [{nasty}, ")
    (railway / "kb.toml").write_text('[mechanisms]\n"<b>[x](gone.md)</b>" = ["certificate"]\n')
    assert begin("--title", "Certificates") == 0
    path = railway / "learnings/patterns/certificates.md"
    assert "&lt;script&gt;" in path.read_text()
    found = [finding for finding in kb.load(railway).findings if finding.path == "learnings/patterns/certificates.md"]
    assert [finding for finding in found if finding.level is not kb.Level.HINT] == []
    assert "remote-picture" not in {finding.code for finding in found}


def test_the_first_learning_folder_of_kb_toml_holds_it(railway: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (railway / "kb.toml").write_text('[folders]\nlearning = ["docs/lessons/", "learnings"]\n')
    assert begin("--title", "Certificates") == 0
    assert capsys.readouterr().out == "docs/lessons/patterns/certificates.md\n"
    assert kb.load(railway).records["certificates"].path == "docs/lessons/patterns/certificates.md"


def test_the_path_is_told_from_the_current_folder(
    railway: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(railway / "playbooks")
    assert begin() == 0
    assert Path(capsys.readouterr().out.strip()).is_file()


@pytest.mark.parametrize("name", ["Free a disk", "FREE a Disk!", "disk freeing"])
def test_an_id_or_alias_of_another_record_is_not_taken(name: str, railway: Path) -> None:
    edit(railway, "free-a-disk", "owner:", "aliases: [disk-freeing]\nowner:")
    assert begin("--title", name) == 2
    assert begin("--title", f"{name} again") == 0


@pytest.mark.parametrize("made", ["file", "folder", "link"])
def test_what_lies_there_already_stays(
    made: str, railway: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A file with an error is no record, so only the file system knows of it.
    path = railway / "learnings/patterns/certificates.md"
    {
        "file": lambda: path.write_text("---\ntitle: [\n---\n"),
        "folder": path.mkdir,
        "link": lambda: path.symlink_to(tmp_path / "nowhere"),
    }[made]()
    before = path.lstat()
    assert begin("--title", "Certificates") == 2
    assert "learnings/patterns/certificates.md exists" in capsys.readouterr().err
    assert path.lstat() == before
    assert not (tmp_path / "nowhere").exists()


def test_a_file_where_the_folder_should_be_is_named(railway: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(railway / "learnings")
    (railway / "learnings").mkdir()
    (railway / "learnings/patterns").touch()
    assert begin() == 2
    assert "learnings/patterns cannot be a folder" in capsys.readouterr().err


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interrupted_writing_leaves_nothing(
    stop: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: int) -> None:
        raise stop

    monkeypatch.setattr(os, "fsync", stopped)
    with pytest.raises((KeyboardInterrupt, OSError)):
        write_new(tmp_path / "new" / "a.md", b"half")
    assert list((tmp_path / "new").iterdir()) == []


def test_what_a_killed_writing_leaves_is_no_record(railway: Path) -> None:
    (railway / "learnings/patterns/.certificates.md-1").write_text("---\ntitle: [")
    assert kb.load(railway).errors == ()


def test_where_there_are_no_links_a_file_is_renamed_and_still_replaces_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", link)
    write_new(tmp_path / "a.md", b"first")
    with pytest.raises(kb.KbError, match=r"a\.md exists"):
        write_new(tmp_path / "a.md", b"second")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.md", b"first")]


def test_a_pattern_says_the_same_each_time(railway: Path) -> None:
    def made() -> bytes:
        recurrence = kb.Recurrence(kb.load(railway))
        return Pattern.of(recurrence, recurrence.cluster_of[DISKS], "Disks").content()

    assert made() == made()
