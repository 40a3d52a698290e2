"""What `main` does with whatever stops a command, and what it imports to run one."""

import ast
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import kb
from kb.cli import check, cli, main

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def stopped_by(harbour: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], int]:
    """Run a check that this exception stops."""

    def run(error: BaseException) -> int:
        def load(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(check.kb, "load", load)
        return main(["-C", str(harbour), "check"])

    return run


def test_an_error_names_place_fault_and_way_out(
    stopped_by: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert stopped_by(kb.KbError("is wrong", path="kb.toml", line=3, hint="Mend it.")) == 2
    assert capsys.readouterr() == ("", "kb: error: kb.toml:3: is wrong\n    Mend it.\n")


def test_a_refusal_of_the_system_names_the_file(
    stopped_by: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert stopped_by(PermissionError(13, "Permission denied", "/x/y")) == 2
    assert capsys.readouterr().err == "kb: error: /x/y: Permission denied\n"


def test_ctrl_c_is_quiet(stopped_by: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert stopped_by(KeyboardInterrupt()) == 130
    assert capsys.readouterr() == ("", "")


def test_a_fault_of_the_program_is_one_line(stopped_by: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert stopped_by(ZeroDivisionError("no")) == 2
    assert capsys.readouterr().err.startswith(
        "kb: error: a fault of kb itself: ZeroDivisionError: no\n    With KB_DEBUG=1"
    )


def test_debugging_shows_the_traceback(stopped_by: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        stopped_by(ZeroDivisionError("no"))


def test_a_closed_pipe_is_quiet(start: Start) -> None:
    process = start("check")
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(30) == 141
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()


def test_without_a_stdout_only_the_code_is_left(harbour: Path) -> None:
    done = subprocess.run(["sh", "-c", '"$0" -m kb check >&-', sys.executable], cwd=harbour, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_line(harbour: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "kb", "check"]
        done = subprocess.run(command, cwd=harbour, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (2, "kb: error: No space left on device\n")


@pytest.mark.parametrize(("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours_are_for_terminals(harbour: Path, env: dict[str, str], coloured: bool) -> None:
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "kb", "check"]
    subprocess.run(command, cwd=harbour, env={**os.environ, "TERM": "xterm", **env}, stdout=follower, check=False)
    os.close(follower)
    assert (b"\x1b[31m" in os.read(leader, 10_000)) is coloured
    os.close(leader)


def test_a_progress_bar_is_for_terminals_and_long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [object()] * check.MANY
    assert check._progress(files, len(files)) is files
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert check._progress(files[:-1], len(files) - 1) is not files
    assert list(check._progress(files, len(files))) == files


def test_the_console_script_is_main() -> None:
    text = (Path(kb.__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert 'kb = "kb.cli:main"' in text


# What takes long to import: the model, and what reads, draws and shows records.
HEAVY = ("frontmatter", "jinja2", "kb.records.model", "markdown", "nh3", "pydantic", "rich", "whoosh", "yaml")


def imported(program: str, *arguments: str) -> set[str]:
    """The modules that a process has imported when it has run this program."""
    tail = "\nimport sys\nprint('\\n', *sys.modules)"
    command = [sys.executable, "-c", program + tail, *arguments]
    return set(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")[-2].split())


def after(*arguments: str) -> set[str]:
    """The modules that a process has imported when it has run this command."""
    return imported(f"from kb.cli import main\nassert main({list(arguments)!r}) == 0")


def test_to_import_the_package_imports_nothing_of_it_or_of_others() -> None:
    found = imported("import kb")
    assert {name for name in found if name.startswith("kb.")} == set()
    assert found.isdisjoint(HEAVY)


def test_every_public_name_is_there_in_each_way_to_ask_for_it() -> None:
    assert set(kb.__all__) <= set(dir(kb))
    # What was found once is kept.
    assert all(getattr(kb, name) is vars(kb)[name] for name in kb.__all__)
    named: dict[str, object] = {}
    exec("from kb import *", named)
    assert set(kb.__all__) <= set(named)
    assert imported("from kb import Finding, load; assert load.__module__ == 'kb.catalogue.catalogue'")


def test_a_name_that_is_not_public_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match=r"module 'kb' has no attribute 'Postmorten'"):
        kb.Postmorten  # noqa: B018
    assert not hasattr(kb, "__path_of_nothing__")


def test_type_checkers_see_what_python_finds() -> None:
    tree = ast.parse(Path(kb.__file__).read_text(encoding="utf-8"))
    checked = {
        one.name: node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names
    }
    del checked["TYPE_CHECKING"], checked["import_module"]
    assert checked == {name: home for home, names in kb._HOMES.items() for name in names}
    assert sorted(checked) == sorted(kb.__all__)


def test_the_version_is_said_without_what_takes_long_to_import() -> None:
    assert after("--version").isdisjoint((*HEAVY, "rapidfuzz"))


def test_no_help_imports_what_learns() -> None:
    assert after("--help").isdisjoint({"sklearn", "scipy"})


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_the_module_of_a_command_is_imported_when_that_command_is_called(name: str) -> None:
    found = after(name, "--help")
    assert {other for other in cli.commands if f"kb.cli.{other}" in found} == {name}


def test_a_search_in_an_index_that_fits_imports_no_model_and_no_reader(harbour: Path) -> None:
    assert "kb.records.model" in after("-C", str(harbour), "search", "queue")
    needed = {"pydantic", "whoosh"}
    assert after("-C", str(harbour), "search", "queue").isdisjoint(set(HEAVY) - needed)


def test_the_commands_are_those_of_the_modules_that_hold_one() -> None:
    folder = Path(kb.__file__).parent / "cli"
    held = {path.stem for path in folder.glob("*.py") if f"\ndef {path.stem}(" in path.read_text(encoding="utf-8")}
    assert set(cli.commands) == held
    assert [command.name for command in cli.commands.values()] == list(cli.commands)
    assert len(cli.commands) == len(held)
    with pytest.raises(KeyError):
        cli.commands["options"]
