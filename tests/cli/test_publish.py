"""Exchanging folders, and what killed builds leave behind: on folders alone, without MkDocs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.cli import publish
from kb.errors import KbError

Make = Callable[[str, str], Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a folder that holds one page."""

    def made(name: str, page: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "index.html").write_text(page)
        return folder

    return made


def page(folder: Path) -> str:
    return (folder / "index.html").read_text()


@pytest.fixture(params=["one step", "two renames"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "two renames":
        monkeypatch.setattr(publish, "_exchange", lambda *_: False)


@pytest.mark.usefixtures("_both_ways")
def test_new_and_old_change_places(make: Make, tmp_path: Path) -> None:
    new, old = make(".site.new-1", "new"), make("site", "old")
    publish.swap(new, old)
    assert (page(old), page(new)) == ("new", "old")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".site.new-1", "site"]


@pytest.mark.usefixtures("_both_ways")
def test_the_first_site_has_nothing_to_change_places_with(make: Make, tmp_path: Path) -> None:
    new = make(".site.new-1", "new")
    publish.swap(new, tmp_path / "site")
    assert page(tmp_path / "site") == "new"
    assert not new.exists()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the exchange in one step is Linux's")
def test_linux_exchanges_in_one_step(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    new, old = make(".site.new-1", "new"), make("site", "old")
    monkeypatch.setattr(Path, "rename", lambda *_: pytest.fail("renamed"))
    publish.swap(new, old)
    assert page(old) == "new"


def test_where_the_second_rename_fails_the_old_site_is_back(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    old, missing = make("site", "old"), Path("/nowhere/new")
    monkeypatch.setattr(publish, "_exchange", lambda *_: False)
    with pytest.raises(KbError, match="cannot be replaced"):
        publish.swap(missing, old)
    assert page(old) == "old"


def test_a_build_killed_between_two_renames_is_set_right(make: Make, tmp_path: Path) -> None:
    make(".site.old-4711", "old")
    make(".site.new-4711", "new")
    publish.tidy(tmp_path / "site")
    assert page(tmp_path / "site") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_what_dead_builds_left_goes_and_what_a_live_one_holds_stays(make: Make, tmp_path: Path) -> None:
    make(".site.new-1", "dead")
    make(".sites.new-2", "of another target")
    (tmp_path / ".site.new-3").write_text("a file")
    with publish.staging(tmp_path / "site") as (new, _):
        publish.tidy(tmp_path / "site")
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted([new.name, ".site.new-3", ".sites.new-2"])
    assert not new.exists()


def test_a_target_of_ours_is_replaced_through_a_link(make: Make, tmp_path: Path) -> None:
    release = make("release-1", "old")
    (tmp_path / "site").symlink_to(release)
    target = (tmp_path / "site").resolve()
    publish.swap(make("new", "new"), target)
    assert page(tmp_path / "site") == "new"
    assert (tmp_path / "site").is_symlink()


def test_only_an_empty_folder_or_a_site_of_ours_may_be_replaced(make: Make, tmp_path: Path) -> None:
    folder = make("site", "somebody's")
    with pytest.raises(KbError, match="no site that kb built"):
        publish.refuse_foreign(folder)
    (folder / publish.SITE_MARK).touch()
    publish.refuse_foreign(folder)
    (tmp_path / "empty").mkdir()
    publish.refuse_foreign(tmp_path / "empty")
    publish.refuse_foreign(tmp_path / "missing")


def test_a_link_to_a_record_folder_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "kb" / "postmortems").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KbError, match="lies in"):
        publish.refuse(tmp_path / "elsewhere" / "site", tmp_path / "kb", [tmp_path / "kb" / "postmortems"])
