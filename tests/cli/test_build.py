"""`kb build` with a real MkDocs and a stub in place of the plugins: what was there stays unless the new one is whole."""

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from kb.cli import main

Start = Callable[..., "subprocess.Popen[str]"]


def prints(folder: Path) -> dict[str, str]:
    """Return the hash of every file, and the names of the folders."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


def left_over(harbour: Path) -> list[str]:
    return [path.name for path in harbour.iterdir() if path.name.startswith((".site", ".memory"))]


@pytest.fixture
def old(harbour: Path) -> dict[str, str]:
    """A site of ours, with a page that no build makes."""
    (harbour / "site").mkdir()
    (harbour / "site" / ".afteraction").touch()
    (harbour / "site" / "old.html").write_text("old")
    return prints(harbour / "site")


def test_the_new_site_replaces_the_old_one_whole(harbour: Path, old: dict[str, str]) -> None:
    assert main(["-C", str(harbour), "build"]) == 0
    assert "old.html" in old
    assert not (harbour / "site" / "old.html").exists()
    assert (harbour / "site" / "index.html").exists()
    assert left_over(harbour) == []


@pytest.mark.parametrize(
    ("env", "arguments", "code", "said"),
    [
        ({"STUB_FAILS": "3"}, [], 1, "the site was not built\n    {site} is as it was."),
        ({"STUB_WARNS": "1"}, ["--strict"], 1, "the site was not built\n    {site} is as it was."),
        ({"STUB_LEAVES_NO_MARK": "1"}, [], 2, "mkdocs.yml: the site has no records\n    Its plugins must hold"),
    ],
)
def test_a_build_that_fails_changes_nothing(
    env: dict[str, str],
    arguments: list[str],
    code: int,
    said: str,
    harbour: Path,
    old: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert main(["-C", str(harbour), "build", *arguments]) == code
    out, err = capfd.readouterr()
    assert out == ""
    assert "kb: error: " + said.format(site=f"{harbour}/site/") in err
    assert prints(harbour / "site") == old
    assert left_over(harbour) == []


def test_a_first_build_that_fails_publishes_nothing(
    harbour: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STUB_FAILS", "1")
    assert main(["-C", str(harbour), "build"]) == 1
    assert "Nothing was published." in capfd.readouterr().err
    assert not (harbour / "site").exists()


def waiting(harbour: Path, start: Start, *arguments: str) -> "tuple[subprocess.Popen[str], int]":
    """Start a build that waits when it is nearly done; return it and the process id of its MkDocs."""
    told = harbour.parent / "waits"
    process = start("build", *arguments, env={"STUB_WAITS": str(told)})
    for _ in range(1500):
        if told.exists() and told.read_text():
            return process, int(told.read_text())
        time.sleep(0.02)
    process.kill()
    raise AssertionError(process.communicate())


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_build_that_is_ended_tidies_up(
    number: signal.Signals, code: int, harbour: Path, old: dict[str, str], start: Start
) -> None:
    process, child = waiting(harbour, start)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    assert [line for line in err.splitlines() if not line.startswith("INFO")] == []
    assert prints(harbour / "site") == old
    assert left_over(harbour) == []
    assert not is_running(child)


def test_a_build_that_is_killed_changes_nothing_and_the_next_one_tidies_up(
    harbour: Path, old: dict[str, str], start: Start
) -> None:
    process, child = waiting(harbour, start)
    process.kill()
    assert process.wait(30) == -signal.SIGKILL
    assert prints(harbour / "site") == old
    # MkDocs has outlived us: its folder is not taken from under it, and nobody publishes it.
    [abandoned] = left_over(harbour)
    assert main(["-C", str(harbour), "build"]) == 0
    assert left_over(harbour) == [abandoned]
    os.kill(child, signal.SIGKILL)
    process.communicate()
    assert main(["-C", str(harbour), "build"]) == 0
    assert left_over(harbour) == []
    assert (harbour / "site" / "index.html").exists()


def test_modules_in_the_current_folder_are_not_run(harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (harbour / "markdown.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(harbour)
    assert main(["build"]) == 0


def test_settings_that_mkdocs_refuses_are_a_failed_build(harbour: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (harbour / "mkdocs.yml").write_text("site_name: [")
    assert main(["-C", str(harbour), "build"]) == 1
    assert "Traceback" not in capfd.readouterr().err


def offline(harbour: Path, *arguments: str) -> int:
    return main(["-C", str(harbour), "build", "--offline", str(harbour / "memory.zip"), *arguments])


@pytest.fixture
def kept(harbour: Path) -> bytes:
    """What an earlier archive of ours holds."""
    with ZipFile(harbour / "memory.zip", "w") as packed:
        packed.writestr("memory/.afteraction", "")
        packed.writestr("memory/old.html", "old")
    return (harbour / "memory.zip").read_bytes()


@pytest.mark.usefixtures("kept")
def test_the_new_archive_replaces_the_old_one_and_the_site_is_not_touched(harbour: Path, old: dict[str, str]) -> None:
    assert offline(harbour) == 0
    with ZipFile(harbour / "memory.zip") as packed:
        names = packed.namelist()
    assert {"memory/index.html", "memory/.afteraction"} < set(names)
    assert not {"memory/old.html", "memory/404.html"} & set(names)
    assert prints(harbour / "site") == old
    assert left_over(harbour) == []


@pytest.mark.parametrize(
    ("env", "arguments", "code", "said"),
    [
        ({"STUB_FAILS": "3"}, [], 1, "the site was not built\n    {zip} is as it was."),
        ({"STUB_WARNS": "1"}, ["--strict"], 1, "the site was not built\n    {zip} is as it was."),
        ({"STUB_LEAVES_NO_MARK": "1"}, [], 2, "mkdocs.yml: the site has no records\n    Its plugins must hold"),
        ({"SOURCE_DATE_EPOCH": "soon"}, [], 2, "SOURCE_DATE_EPOCH is `soon`"),
    ],
)
def test_a_build_that_fails_leaves_the_archive_as_it_was(
    env: dict[str, str],
    arguments: list[str],
    code: int,
    said: str,
    harbour: Path,
    kept: bytes,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert offline(harbour, *arguments) == code
    out, err = capfd.readouterr()
    assert out == ""
    assert "kb: error: " + said.format(zip=harbour / "memory.zip") in err
    assert (harbour / "memory.zip").read_bytes() == kept
    assert left_over(harbour) == []


def test_a_site_that_cannot_be_packed_leaves_the_archive_as_it_was(
    harbour: Path, kept: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with (harbour / "stub.py").open("a") as stub:
        stub.write("    (site / 'latest').symlink_to('index.html')\n")
    assert offline(harbour) == 2
    assert "kb: error: the site holds latest, which is no regular file" in capfd.readouterr().err
    assert (harbour / "memory.zip").read_bytes() == kept
    assert left_over(harbour) == []


def test_a_file_that_appears_while_we_build_is_not_replaced(harbour: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with (harbour / "stub.py").open("a") as stub:
        stub.write("    Path('memory.zip').write_text('letters')\n")
    assert offline(harbour) == 2
    assert "memory.zip is no archive that kb built" in capfd.readouterr().err
    assert (harbour / "memory.zip").read_text() == "letters"
    assert left_over(harbour) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_offline_build_that_is_ended_tidies_up(
    number: signal.Signals, code: int, harbour: Path, kept: bytes, start: Start
) -> None:
    process, child = waiting(harbour, start, "--offline", "memory.zip")
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    assert [line for line in err.splitlines() if not line.startswith("INFO")] == []
    assert (harbour / "memory.zip").read_bytes() == kept
    assert left_over(harbour) == []
    assert not is_running(child)


def test_an_offline_build_that_is_killed_changes_nothing_and_the_next_one_tidies_up(
    harbour: Path, kept: bytes, start: Start
) -> None:
    process, child = waiting(harbour, start, "--offline", "memory.zip")
    process.kill()
    os.kill(child, signal.SIGKILL)
    process.communicate(timeout=30)
    assert (harbour / "memory.zip").read_bytes() == kept
    assert len(left_over(harbour)) == 1
    assert offline(harbour) == 0
    assert (harbour / "memory.zip").read_bytes() != kept
    assert left_over(harbour) == []


@pytest.mark.parametrize(
    ("env", "arguments", "day"),
    [
        ({}, ["--today", "2025-03-14"], (2025, 3, 14)),
        ({"SOURCE_DATE_EPOCH": "1741996799"}, [], (2025, 3, 14)),
        ({"SOURCE_DATE_EPOCH": "0"}, ["--today", "2025-03-14"], (2025, 3, 14)),
        ({"SOURCE_DATE_EPOCH": "0"}, [], (1980, 1, 1)),
    ],
)
def test_the_day_is_that_of_everything_in_the_archive(
    env: dict[str, str],
    arguments: list[str],
    day: tuple[int, int, int],
    harbour: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert offline(harbour, *arguments) == 0
    with ZipFile(harbour / "memory.zip") as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(*day, 0, 0, 0)}


def test_an_archive_that_is_a_link_is_replaced_where_it_lies(harbour: Path, kept: bytes) -> None:
    (harbour / "memory.zip").rename(harbour.parent / "kept.zip")
    (harbour / "memory.zip").symlink_to(harbour.parent / "kept.zip")
    assert offline(harbour) == 0
    assert (harbour / "memory.zip").is_symlink()
    assert (harbour.parent / "kept.zip").read_bytes() != kept


def test_many_addresses_that_need_the_network_are_cut(harbour: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pictures = "".join(f"![](https://www.example.org/{number:02}.png)\n" for number in range(12))
    (harbour / "docs/index.md").write_text(pictures)
    assert offline(harbour) == 0
    said = [line for line in capfd.readouterr().err.splitlines() if line.startswith("kb: ")]
    assert said[9:] == [
        "kb: warning: index.html would load https://www.example.org/09.png from the network",
        "kb: warning: and 2 more addresses",
    ]
