"""The comparison with a public index finds what differs, and every difference in the library has its reason."""

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

INDEX = ROOT.parent / "shared" / "corpora" / "public-incidents"
SOURCE = "https://aws.amazon.com/message/41926/"


def compare(index: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "bench/facts.py"), "--index", str(index)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.corpora
@pytest.mark.skipif(not INDEX.is_dir(), reason="../shared/corpora is not there")
def test_every_difference_from_the_index_has_its_reason() -> None:
    done = compare(INDEX)
    assert "**none given**" not in done.stdout
    assert done.returncode == 0, done.stdout
    assert int(done.stdout.split(" of them in the index")[0].split()[-1]) >= 60


@pytest.mark.parametrize(
    ("start", "company", "code", "said"),
    [
        ("2017-02-28T17:37:00Z", "Amazon", 0, "the part of the company that ran the service"),
        ("2017-02-28T17:37:00Z", "Amazone", 1, "**none given**"),
        ("2017-02-28T09:37:00Z", "Amazon", 1, "| 2017-02-28T09:37:00-08:00 | 2017-02-28T09:37:00Z | **none given** |"),
    ],
)
def test_a_difference_without_a_reason_is_found(start: str, company: str, code: int, said: str, tmp_path: Path) -> None:
    fields = f"url: {SOURCE}\ncompany: {company}\nstart_time: {start}\nend_time: 2017-02-28T21:54:00Z\n"
    (tmp_path / "one.md").write_text(f"---\n{fields}---\n")
    done = compare(tmp_path)
    assert (done.returncode, done.stderr) == (code, "")
    assert said in done.stdout


def test_a_folder_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    done = compare(tmp_path / "nowhere")
    assert done.returncode == 2
    assert "there is no folder" in done.stderr
