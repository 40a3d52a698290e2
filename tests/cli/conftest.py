"""Knowledge bases to run commands in, and two ways to run them: in this process, and as a process of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import kb

LIBRARIES = Path(__file__).parent / "libraries"
CHECKOUT = Path(kb.__file__).parent.parent


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in ("SOURCE_DATE_EPOCH", "NO_COLOR", "KB_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    # A hook of MkDocs in the folder would leave its bytecode there.
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    # Indexes of a search lie in the user's own cache.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    # Help texts wrap at the terminal's width.
    monkeypatch.setenv("COLUMNS", "80")
    # The process of its own finds the package wherever it runs.
    found = [str(CHECKOUT), str(CHECKOUT / "plugins"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, found)))


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """A copy of a small knowledge base with faults of each level; its stub.py stands in for the plugins."""
    return shutil.copytree(LIBRARIES / "harbour", tmp_path / "harbour")


@pytest.fixture
def start(harbour: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start `kb` in harbour as a process of its own."""

    def started(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "kb", *arguments],
            cwd=harbour,
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return started
