"""The shape of `kb clusters --json`, and that it lasts; the transcripts show what it says."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.cli import main

from .conftest import LIBRARIES

KEYS = ["id", "label", "named", "terms", "members", "exemplar", "cohesion", "learning"]


@pytest.fixture
def railway(tmp_path: Path) -> Path:
    """A copy of a knowledge base in which several things happened more than once."""
    return shutil.copytree(LIBRARIES / "railway", tmp_path / "railway")


@pytest.fixture
def listed(railway: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[], Any]:
    """Return what `kb clusters --json` prints."""

    def ask() -> Any:
        capsys.readouterr()
        assert main(["-C", str(railway), "clusters", "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return ask


def test_each_incident_is_in_one_cluster_or_in_none(railway: Path, listed: Callable[[], Any]) -> None:
    found = listed()
    assert list(found) == ["clusters", "unclustered"]
    assert all(list(cluster) == KEYS for cluster in found["clusters"])
    placed = [name for cluster in found["clusters"] for name in cluster["members"]] + found["unclustered"]
    assert sorted(placed) == sorted(path.stem for path in railway.glob("postmortems/*/*.md"))
    sizes = [len(cluster["members"]) for cluster in found["clusters"]]
    assert sizes == sorted(sizes, reverse=True)
    assert all(cluster["exemplar"] in cluster["members"] for cluster in found["clusters"])


def test_an_incident_like_no_other_changes_nothing_of_the_clusters(railway: Path, listed: Callable[[], Any]) -> None:
    before = {cluster["id"]: cluster["members"] for cluster in listed()["clusters"]}
    (railway / "postmortems/2024/2024-05-05-owl.md").write_text("---\ntitle: An owl nested in the semaphore\n---\n")
    found = listed()
    assert {cluster["id"]: cluster["members"] for cluster in found["clusters"]} == before
    assert "2024-05-05-owl" in found["unclustered"]


def test_a_learning_or_a_name_in_kb_toml_gives_the_label(railway: Path, listed: Callable[[], Any]) -> None:
    labels = {
        cluster["id"]: (cluster["label"], cluster["named"], cluster["learning"]) for cluster in listed()["clusters"]
    }
    assert labels["2019-03-04-gates-shut"] == ("Certificates nobody renewed", True, None)
    assert labels["2018-02-11-timetable-frozen"] == ("A by-product fills the disk", False, "full-disks")
    (railway / "kb.toml").write_text("")
    (railway / "learnings/patterns/full-disks.md").unlink()
    found = {cluster["id"]: (cluster["named"], cluster["learning"]) for cluster in listed()["clusters"]}
    assert found["2019-03-04-gates-shut"] == found["2018-02-11-timetable-frozen"] == (False, None)


def test_what_is_known_only_to_a_record_with_an_error_is_left_out(railway: Path, listed: Callable[[], Any]) -> None:
    name = "2019-03-04-gates-shut"
    (railway / f"postmortems/2019/{name}.md").write_text("---\ntitle: [\n---\n")
    found = listed()
    assert name not in {member for cluster in found["clusters"] for member in cluster["members"]}
    assert name not in found["unclustered"]
