"""What `kb similar` takes for an incident, and what it refuses; the transcripts show what it says."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.cli import main

from .conftest import LIBRARIES

DRAFT = "---\ntitle: The certificate of the lifts expired\n---\nTLS connections were refused until it was renewed.\n"


@pytest.fixture
def railway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a knowledge base in which several things happened more than once, as the current folder."""
    root = shutil.copytree(LIBRARIES / "railway", tmp_path / "railway")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def asked(railway: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Ask for JSON and return it."""

    def ask(name: str) -> Any:
        capsys.readouterr()
        assert main(["similar", "--json", name]) == 0
        return json.loads(capsys.readouterr().out)

    return ask


def test_json_has_the_documented_shape(asked: Callable[..., Any]) -> None:
    found = asked("2023-04-18-signal-telemetry-dark")
    assert list(found) == ["id", "similar"]
    assert 0 < len(found["similar"]) <= 5
    for near in found["similar"]:
        assert list(near) == ["id", "title", "score", "strong", "relation", "reasons"]
        assert 0 < near["score"] <= 1
        assert all(list(reason) == ["kind", "what"] and reason["what"] for reason in near["reasons"])
    scores = [near["score"] for near in found["similar"]]
    assert scores == sorted(scores, reverse=True)


def test_an_incident_is_found_by_its_id_its_alias_and_its_file(railway: Path, asked: Callable[..., Any]) -> None:
    name = "2019-03-04-gates-shut"
    file = railway / "postmortems/2019" / f"{name}.md"
    file.write_text(file.read_text().replace("status:", "aliases: [gates]\nstatus:", 1))
    found = asked(name)
    assert found == asked("gates") == asked(str(file)) == asked(f"postmortems/2019/{name}.md")


def test_a_path_is_looked_for_here_and_in_the_knowledge_base(
    railway: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["-C", str(railway), "similar", "postmortems/2019/2019-03-04-gates-shut.md"]) == 0
    (tmp_path / "draft.md").write_text(DRAFT)
    assert main(["-C", str(railway), "similar", "draft.md"]) == 0


@pytest.mark.parametrize(
    "place", ["../draft.md", "draft.md", "docs/draft.md", "postmortems/_draft.md", "../draft", "# draft.md"]
)
def test_a_draft_is_read_wherever_it_lies(place: str, railway: Path, asked: Callable[..., Any]) -> None:
    (railway / "docs").mkdir()
    (railway / place).write_text(DRAFT)
    found = asked(place)
    assert found["id"] == "draft"
    assert any("certificate" in reason["what"] for near in found["similar"] for reason in near["reasons"])


def test_a_draft_changes_no_file(railway: Path, asked: Callable[..., Any]) -> None:
    (railway / "draft.md").write_text(DRAFT)
    before = {path: path.read_bytes() for path in railway.rglob("*") if path.is_file()}
    asked("draft.md")
    assert {path: path.read_bytes() for path in railway.rglob("*") if path.is_file()} == before


def test_a_link_to_a_draft_is_followed(railway: Path, asked: Callable[..., Any]) -> None:
    (railway.parent / "draft.md").write_text(DRAFT)
    (railway / "link.md").symlink_to("../draft.md")
    assert asked("link.md")["id"] == "draft"


def test_a_draft_with_the_id_of_an_incident_stands_in_its_place(
    railway: Path, asked: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (railway / "new.md").write_text(DRAFT.replace("title", "id: 2019-03-04-gates-shut\ntitle"))
    found = asked("new.md")
    assert found["id"] == "2019-03-04-gates-shut"
    assert found["id"] not in [near["id"] for near in found["similar"]]
    assert main(["similar", "new.md"]) == 0
    assert "stands in place of postmortems/2019/2019-03-04-gates-shut.md" in capsys.readouterr().err


def test_an_empty_draft_is_like_nothing(railway: Path, asked: Callable[..., Any]) -> None:
    (railway / "empty.md").touch()
    assert asked("empty.md") == {"id": "empty", "similar": []}


def test_a_pair_that_people_deny_is_not_shown_to_either(railway: Path, asked: Callable[..., Any]) -> None:
    one, other = "2023-04-18-signal-telemetry-dark", "2019-03-04-gates-shut"
    assert other in [near["id"] for near in asked(one)["similar"]]
    file = railway / "postmortems/2023" / f"{one}.md"
    file.write_text(file.read_text().replace("status:", f"not_related: [{other}]\nstatus:", 1))
    assert other not in [near["id"] for near in asked(one)["similar"]]
    assert one not in [near["id"] for near in asked(other)["similar"]]


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02",
        b"\xff\xfe-\x00-\x00-\x00",
        b"\xe9t\xe9",
        b"---\ntitle: a\ntitle: b\n---\n",
        b"---\n- a\n---\n",
        b"---\ntitle: a\n",
        b"---\nstarted: yesterday\n---\n",
        b"---\nstarted: 2024-01-02\nresolved: 2024-01-01\n---\n",
        b"---\nid: a/b\n---\n",
    ],
    ids=range(9),
)
def test_a_draft_that_cannot_be_read_gives_its_findings(
    content: bytes, railway: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (railway / "draft.md").write_bytes(content)
    assert main(["similar", "draft.md"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("draft.md:")
    assert " error[" in err
    assert "Traceback" not in err


def test_a_level_that_hides_why_a_draft_is_refused_is_named(railway: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (railway / "draft.md").write_text("---\ntitle: [\n---\n")
    text = (railway / "kb.toml").read_text().replace("[levels]", '[levels]\nyaml-syntax = "off"')
    (railway / "kb.toml").write_text(text)
    assert main(["similar", "draft.md"]) == 2
    assert "kb.toml turns off the finding that says why" in capsys.readouterr().err


def test_what_is_no_file_is_a_wrong_call(railway: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(railway / "pipe")
    (railway / "loop").symlink_to("loop")
    for name in ("postmortems", "pipe", "/dev/null", "loop", "x" * 5000, "gone.md", ".", "", " "):
        assert main(["similar", name]) == 2, name
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("kb: error: "), name
        assert "a fault of kb itself" not in err, name


def test_a_link_among_the_records_that_leads_out_is_refused_as_the_check_refuses_it(
    railway: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (railway.parent / "draft.md").write_text(DRAFT)
    (railway / "postmortems/out.md").symlink_to("../../draft.md")
    assert main(["similar", "postmortems/out.md"]) == 1
    assert "error[not-regular]" in capsys.readouterr().err
