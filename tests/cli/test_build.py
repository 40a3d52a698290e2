"""`kb build` with a real MkDocs and a stub in place of the plugins: the old site stays unless the new one is whole."""

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

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
    return [path.name for path in harbour.iterdir() if path.name.startswith(".site")]


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


def waiting(harbour: Path, start: Start) -> "tuple[subprocess.Popen[str], int]":
    """Start a build that waits when it is nearly done; return it and the process id of its MkDocs."""
    told = harbour.parent / "waits"
    process = start("build", env={"STUB_WAITS": str(told)})
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
