"""`kb review`: the shape of its JSON, and files that are exchanged whole or left as they were."""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from knowledge_base import cases_in, lay_out
from recurrence.made import few
from search.made import TEXT, record

import kb
from kb.cli import main
from kb.cli.new import write_new

from .conftest import LIBRARIES

Library = Callable[..., Path]
CASES = sorted((Path(__file__).parent.parent / "libraries").glob("*.yml"))
DAY = ("--today", "2024-06-01")
PROMISE = ["name", "title", "owner", "state", "reason", "opened", "due", "closed", "late"]
SHAPE: Mapping[str, Any] = {
    "compared": ["quarter", "incidents", "before", "ratio", "is_change", "note"],
    "incidents": ["id", "title", "started", "severity", "organization", "services", "near_miss"],
    "themes": "label cluster learning incidents known since causes triggers missing promises".split(),
    "repeats": ["later", "earlier", "gap", "kept", "promises"],
    "actions": "day opened open without_due unknown done declined overdue unverified".split(),
    "services": ["new", "worst", "quiet"],
    "playbooks": ["used", "missing", "outdated"],
    "read_aloud": ["incident", "reason"],
}
KEYS = (
    "quarter first last day has_begun is_over compared incidents undated themes active repeats actions surprises luck services "
    "playbooks drills came_true unforeseen read_aloud drill decided before"
).split()


@pytest.fixture
def railway(tmp_path: Path) -> Path:
    """A copy of a knowledge base in which several things happened more than once."""
    return shutil.copytree(LIBRARIES / "railway", tmp_path / "railway")


def written(root: Path, quarter: str = "2020-Q2") -> Path:
    """Write the record of a review and return its path."""
    assert main(["-C", str(root), "review", quarter, "--write", *DAY]) == 0
    return root / f"learnings/reviews/{quarter}.md"


def refused(root: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    capsys.readouterr()
    assert main(["-C", str(root), "review", "2020-Q2", *(more or ("--write",)), *DAY]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) > 1
    return err


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_the_json_has_the_documented_shape(railway: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(railway), "review", "2020-Q2", "--json", *DAY]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == KEYS
    for name, keys in SHAPE.items():
        one = found[name][0] if isinstance(found[name], list) else found[name]
        assert (name, list(one)) == (name, keys)
    assert list(found["themes"][0]["promises"][0]) == PROMISE
    assert list(found["repeats"][0]["promises"][0]) == ["action", "title", "then"]
    text = (Path(kb.__file__).parent.parent / "docs/reference/commands.md").read_text()
    section = text.split("## `kb review [QUARTER]`")[1].split("\n## ")[0]
    assert [key for key in KEYS if f"`{key}`" not in section] == []


def test_the_json_of_a_review_that_decided_has_its_decisions(railway: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(railway)
    path.write_text(path.read_text().replace("decisions: []", "decisions: [Buy it.]"))
    capsys.readouterr()
    for quarter, key in (("2020-Q2", "decided"), ("2020-Q3", "before")):
        assert main(["-C", str(railway), "review", quarter, "--json", *DAY]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found[key] == {"record": "learnings/reviews/2020-Q2.md", "decisions": ["Buy it."], "promises": []}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_check_finds_nothing_new_after_a_record_is_written(path: Path, tmp_path: Path) -> None:
    for number, case in enumerate(cases_in(path)):
        root = lay_out(tmp_path / str(number), case.files, case.config)
        try:
            before = kb.load(root)
        except kb.KbError:
            continue
        quarter = max((str(_quarter(one)) for one in before.incidents if one.started), default="2024-Q1")
        if main(["-C", str(root), "review", quarter, "--write"]) == 2:
            assert {one.path for one in kb.load(root).findings} == {one.path for one in before.findings}
            continue
        after = [one for one in kb.load(root).findings if one.path.endswith(f"/{quarter}.md")]
        assert [one.message for one in after if one.level is not kb.Level.HINT] == []


def _quarter(incident: kb.Postmortem) -> kb.Quarter:
    assert incident.started is not None
    return kb.Quarter(incident.started.day.year, (incident.started.day.month + 2) // 3)


@few(25, title=TEXT, decided=TEXT)
def test_whatever_a_title_says_the_check_accepts_the_file(title: str, decided: str) -> None:
    import tempfile

    quoted = json.dumps("".join(c for c in title if c.isprintable()) or "x")
    with tempfile.TemporaryDirectory() as place:
        files = {f"postmortems/{n}.md": f"---\ntitle: {quoted}\nstarted: 2020-05-0{n}\n---\n" for n in (1, 2)}
        root = lay_out(Path(place) / "kb", files)
        path = written(root)
        assert [one.code for one in kb.load(root).findings if one.path.startswith("learnings/")] == []
        mine = "".join(c for c in decided if c.isprintable()).replace("<", "")
        path.write_text(path.read_text().replace("*Was it done", f"{mine}\n\n*Was it done"), encoding="utf-8")
        content = path.read_bytes()
        written(root)
        assert path.read_bytes() == content


def test_words_of_people_stay_byte_for_byte(railway: Path) -> None:
    path = written(railway)
    content = path.read_bytes().replace(b"\n*Was it done", b"\n  It was. \t\r\n\xc3\xa9\x0c"[:-1] + b"\n\n*Was it done")
    content += b"no line end"
    path.write_bytes(content)
    other = railway / "postmortems/2020/2020-06-16-late.md"
    other.write_text(record("A late report", started="2020-06-16"))
    written(railway)
    new = path.read_bytes()
    assert b"16 June: A late report" in new
    parts = re.compile(rb"<!-- kb:review.*?<!-- kb:end -->\n", re.DOTALL)
    assert parts.split(new) == parts.split(content)


def test_a_record_elsewhere_is_brought_up_to_date_where_it_is(railway: Path) -> None:
    path = written(railway)
    moved = railway / "learnings/spring.md"
    path.rename(moved)
    moved.write_text(moved.read_text().replace("title: Review of 2020-Q2", "title: Spring\nid: spring"))
    (railway / "postmortems/2020/late.md").write_text(record("A late report", started="2020-06-16"))
    assert main(["-C", str(railway), "review", "2020-Q2", "--write", *DAY]) == 0
    assert "A late report" in moved.read_text()
    assert not path.exists()


def test_a_file_keeps_its_rights(railway: Path) -> None:
    path = written(railway)
    path.chmod(0o640)
    (railway / "postmortems/2020/late.md").write_text(record("A late report", started="2020-06-16"))
    written(railway)
    assert path.stat().st_mode & 0o777 == 0o640


def _broken(path: Path) -> None:
    path.write_text(path.read_text().replace("<!-- kb:end -->", "", 1))


def _read_only(path: Path) -> None:
    path.chmod(0o444)


def _latin(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\xe9")


def _wide(path: Path) -> None:
    path.write_bytes(path.read_text().encode("utf-16"))


def _linked(path: Path) -> None:
    path.rename(path.with_name("real.md"))
    path.symlink_to("real.md")
    path.with_name("real.md").rename(path.parent.parent / "_real.md")
    path.unlink()
    path.symlink_to("../_real.md")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _other(path: Path) -> None:
    path.write_text(record("A lesson", kind="lesson"))


def _later(path: Path) -> None:
    path.write_text(path.read_text().replace("quarter: 2020-Q2", "quarter: 2020-Q1"))


@pytest.mark.parametrize(
    "spoil",
    [_broken, _read_only, _latin, _wide, _linked, _folder, _fifo, _empty, _other, _later],
    ids=lambda one: one.__name__,
)
def test_a_file_that_is_not_ours_to_change_is_left_as_it_was(
    spoil: Callable[[Path], None], railway: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(railway)
    (railway / "postmortems/2020/late.md").write_text(record("A late report", started="2020-06-16"))
    spoil(path)
    before = contents(railway)
    assert "2020-Q2.md" in refused(railway, capsys)
    assert contents(railway) == before


def test_a_folder_that_cannot_be_one_is_refused(railway: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (railway / "learnings/reviews").write_text("")
    assert "a file is there" in refused(railway, capsys)
    (railway / "learnings/reviews").unlink()
    (railway / "elsewhere").mkdir()
    (railway / "learnings/reviews").symlink_to(railway / "elsewhere")
    assert "symbolic link" in refused(railway, capsys)
    assert list((railway / "elsewhere").iterdir()) == []


def test_a_file_that_changes_meanwhile_is_not_replaced(
    railway: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(railway)
    (railway / "postmortems/2020/late.md").write_text(record("A late report", started="2020-06-16"))
    synced = os.fsync

    def saved(number: int) -> None:
        synced(number)
        path.write_text("---\ntitle: Saved in an editor\n---\n")

    monkeypatch.setattr(os, "fsync", saved)
    assert "has changed meanwhile" in refused(railway, capsys)
    assert "Saved in an editor" in path.read_text()
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_disk_that_is_full_leaves_the_file(
    railway: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(railway)
    (railway / "postmortems/2020/late.md").write_text(record("A late report", started="2020-06-16"))
    content = path.read_bytes()

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    capsys.readouterr()
    assert main(["-C", str(railway), "review", "2020-Q2", "--write", *DAY]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert path.read_bytes() == content
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_slides_replace_slides_and_nothing_else(railway: Path, capsys: pytest.CaptureFixture[str]) -> None:
    goal = railway / "review.html"
    for _ in range(2):
        assert main(["-C", str(railway), "review", "2020-Q2", "--slides", str(goal), *DAY]) == 0
    content = goal.read_bytes()
    assert content.rstrip().endswith(b"</html>")
    goal.write_text("<!DOCTYPE html>\n<p>mine")
    assert "something else" in refused(railway, capsys, "--slides", str(goal))
    assert goal.read_text() == "<!DOCTYPE html>\n<p>mine"
    goal.unlink()
    os.mkfifo(goal)
    assert "no regular file" in refused(railway, capsys, "--slides", str(goal))


def test_both_files_may_be_made_at_once(railway: Path) -> None:
    goal = railway / "review.html"
    assert main(["-C", str(railway), "review", "2020-Q2", "--write", "--slides", str(goal), *DAY]) == 0
    assert goal.exists()
    assert (railway / "learnings/reviews/2020-Q2.md").exists()


def test_what_cannot_be_read_is_said_and_left_out(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    root = library({"postmortems/a.md": "---\ntitle: [x\n---\n", "postmortems/b.md": record("B", started="2020-05-01")})
    assert main(["-C", str(root), "review", "2020-Q2", *DAY]) == 0
    out, err = capsys.readouterr()
    assert "1 May: B" in out
    assert err == "kb: 1 file with errors: left out; `kb check` says where\n"


@few(12, word=st.text(max_size=12))
def test_no_word_for_a_quarter_stops_with_a_traceback(word: str) -> None:
    argument = word.replace("\0", "").lstrip("-")
    assert main(["-C", str(LIBRARIES / "railway"), "review", argument]) == 2


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    path = tmp_path / "there.md"
    path.write_text("mine")
    with pytest.raises(kb.KbError, match="exists"):
        write_new(path, b"ours")
    assert path.read_text() == "mine"
