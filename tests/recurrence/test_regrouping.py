"""Groups found before: taken again where nothing changed, found anew where anything did."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from kb.recurrence import regrouping as module
from kb.recurrence.groups import groups
from kb.recurrence.regrouping import Regrouping

NAMES = ["a", "b", "c", "d", "e", "f"]


def graph(alike: float = 0.5) -> sparse.csr_array:
    """Return two groups of three."""
    whole = np.zeros((6, 6))
    whole[:3, :3] = whole[3:, 3:] = alike
    np.fill_diagonal(whole, 0)
    return sparse.csr_array(whole)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that grows whenever groups are found."""
    calls: list[Any] = []

    def counting(*given: Any) -> Any:
        calls.append(given)
        return groups(*given)

    monkeypatch.setattr(module, "groups", counting)
    return calls


def run(place: Path | None, *given: Any) -> Any:
    known = Regrouping(place)
    found = known.groups(*given)
    known.keep()
    return found


def test_the_same_graph_is_grouped_once(tmp_path: Path, asked: list[Any]) -> None:
    place = tmp_path / "groups"
    assert run(place, NAMES, graph(), []) == run(place, NAMES, graph(), []) == [(0, 1, 2), (3, 4, 5)]
    assert len(asked) == 1


@pytest.mark.parametrize(
    "given", [(["a", "b", "c", "d", "e", "g"], graph(), []), (NAMES, graph(0.4), []), (NAMES, graph(), [(0, 1)])]
)
def test_another_name_likeness_or_denial_is_grouped_anew(given: Any, tmp_path: Path, asked: list[Any]) -> None:
    place = tmp_path / "groups"
    run(place, NAMES, graph(), [])
    assert run(place, *given) == groups(*given)
    assert len(asked) == 2


def test_no_groups_are_remembered_as_well(tmp_path: Path, asked: list[Any]) -> None:
    place = tmp_path / "groups"
    assert run(place, NAMES, graph(0.01), []) == run(place, NAMES, graph(0.01), []) == []
    assert len(asked) == 1


def test_only_what_was_asked_for_last_is_kept(tmp_path: Path, asked: list[Any]) -> None:
    place = tmp_path / "groups"
    for alike in (0.5, 0.4, 0.5):
        run(place, NAMES, graph(alike), [])
    assert len(asked) == 3


@pytest.mark.parametrize("content", [b"", b"groups 1 00000000 []\n", b"\0" * 100])
def test_a_damaged_file_is_as_good_as_none(content: bytes, tmp_path: Path, asked: list[Any]) -> None:
    place = tmp_path / "groups"
    place.write_bytes(content)
    assert run(place, NAMES, graph(), []) == [(0, 1, 2), (3, 4, 5)]
    assert len(asked) == 1
    run(place, NAMES, graph(), [])
    assert len(asked) == 1


def test_without_a_place_nothing_is_kept(asked: list[Any]) -> None:
    assert run(None, NAMES, graph(), []) == run(None, NAMES, graph(), [])
    assert len(asked) == 2
