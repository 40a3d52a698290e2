"""Real records of others, as they are. They lie beside the checkout and are only read."""

import hashlib
import shutil
from collections import Counter
from pathlib import Path

import pytest

import kb
from kb import Level

CORPORA = Path(kb.__file__).resolve().parents[2] / "shared" / "corpora"

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not CORPORA.is_dir(), reason="../shared/corpora is not there"),
]

CONFIG = (Path(__file__).parent / "corpora.toml").read_text()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("corpora")
    (root / "kb.toml").write_text(CONFIG)
    for name in ("public-incidents", "prometheus-runbooks"):
        shutil.copytree(CORPORA / name, root / name)
    return root


@pytest.fixture(scope="module")
def catalogue(copy: Path) -> kb.Catalogue:
    return kb.load(copy)


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_record_is_read_without_an_error_or_a_warning(catalogue: kb.Catalogue) -> None:
    assert [f for f in catalogue.findings if f.level in (Level.ERROR, Level.WARNING)] == []
    # 242 files; 117 Markdown files of which 9 are _index.md, and one file without an ending.
    assert (len(catalogue.incidents), len(catalogue.playbooks), len(catalogue.learnings)) == (242, 108, 0)


def test_times_are_known_as_far_as_they_were_published(catalogue: kb.Catalogue) -> None:
    started = [i for i in catalogue.incidents if i.started]
    assert len(started) == 169
    assert sum(1 for i in started if i.resolved) == 150
    assert sum(1 for i in catalogue.incidents if i.resolved) == 150
    assert all(i.lasted is not None and i.lasted.total_seconds() >= 0 for i in started if i.resolved)


def test_their_names_and_words_become_ours(catalogue: kb.Catalogue) -> None:
    assert all(i.organization for i in catalogue.incidents)
    assert all(source.url for i in catalogue.incidents for source in i.sources)
    causes = Counter(cause for i in catalogue.incidents for cause in i.causes)
    assert causes["misconfiguration"] > 0
    assert "config-change" not in causes


def test_what_they_lack_is_a_hint(catalogue: kb.Catalogue) -> None:
    codes = Counter(f.code for f in catalogue.findings)
    assert codes["missing-field"] == 350
    assert set(codes) == {"missing-field", "unknown-field", "unknown-word", "no-frontmatter", "remote-picture"}


def test_no_file_of_theirs_is_changed(copy: Path) -> None:
    before = hashes(copy)
    assert len(before) == 1 + 242 + 118
    catalogue = kb.load(copy)
    assert catalogue.topics["organization"]
    assert catalogue.freshness
    assert hashes(copy) == before
