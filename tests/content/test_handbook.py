"""A chapter of the handbook is short, has an example from the library, and ends where its work is done."""

import re
from pathlib import Path

import pytest

import kb

from .conftest import ROOT

PATHS = sorted((ROOT / "docs/handbook").glob("*.md"))
# What a careful reader manages in a minute (Brysbaert 2019, doi:10.1016/j.jml.2019.104047, has 238 for silent reading).
WORDS_A_MINUTE = 200


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_chapter_is_read_within_ten_minutes(path: Path) -> None:
    assert len(path.read_text().split()) <= 10 * WORDS_A_MINUTE


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_chapter_has_examples_from_the_library(path: Path, catalogue: kb.Catalogue) -> None:
    named = {name.split("|")[0] for name in re.findall(r"\[\[([^\]]+)\]\]", path.read_text())}
    assert [name for name in named if catalogue.find(name) is None] == []
    assert len([name for name in named if isinstance(catalogue.find(name), kb.Postmortem)]) >= 2


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_chapter_ends_at_a_page_of_the_site(path: Path) -> None:
    last = path.read_text().strip().split("\n\n")[-1]
    assert re.search(r"\]\(\.\./(?:index|\w+/index)\.md\)", last)


def test_every_chapter_is_in_the_navigation_and_in_the_first_one() -> None:
    navigation, first = (ROOT / "mkdocs.yml").read_text(), (ROOT / "docs/handbook/index.md").read_text()
    assert [p.name for p in PATHS if f"handbook/{p.name}" not in navigation] == []
    assert [p.name for p in PATHS if p.stem != "index" and f"({p.name})" not in first] == []


def test_what_the_handbook_counts_in_the_library_is_so(catalogue: kb.Catalogue) -> None:
    causes, learning = ((ROOT / f"docs/handbook/{name}.md").read_text() for name in ("finding-causes", "learning"))
    total = len(catalogue.incidents)
    several = sum(1 for incident in catalogue.incidents if len(incident.causes) > 1)
    lucky = sum(1 for incident in catalogue.incidents if incident.lessons and incident.lessons.got_lucky)
    repeats = sum(1 for incident in catalogue.incidents if incident.recurrence_of)
    assert "Four in five of the incidents" in causes
    assert 0.75 <= several / total <= 0.85
    assert "A fifth of the incidents" in learning
    assert 0.15 <= repeats / total <= 0.25
    assert "one record in eight" in learning
    assert 1 / 9 <= lucky / total <= 1 / 7
