"""Every transcript comes out as it is written. `pytest tests/cli --update-golden` writes them anew."""

from pathlib import Path

import pytest

from kb.cli import cli

from .transcript import Runner, steps

HERE = Path(__file__).parent / "transcripts"
FILES = sorted(HERE.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_transcript(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], update_golden: bool
) -> None:
    text = path.read_text(encoding="utf-8")
    runner = Runner.of(text, tmp_path, capfd)
    monkeypatch.chdir(runner.folder)
    found = [(step, runner.run(step.command) if step.command else ()) for step in steps(text)]
    if update_golden:
        path.write_text("\n".join(step.text(outcome) for step, outcome in found) + "\n", encoding="utf-8")
        return
    for step, outcome in found:
        assert outcome == step.expected, f"$ {step.command}   (--update-golden writes what was found)"


def test_every_command_has_its_help_in_a_transcript() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in FILES)
    assert [name for name in cli.commands if f"$ kb {name} --help" not in said] == []


def test_every_help_has_examples_that_call_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    for name, command in cli.commands.items():
        text = command.get_help(command.make_context(f"kb {name}", [], resilient_parsing=True))
        assert "Examples:" in text, name
        assert f"\n    kb {name}" in text, name
