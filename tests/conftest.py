"""What all tests share: `--update-golden` writes what was found in place of what was expected."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from knowledge_base import CONFIG, lay_out


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew; look at the difference")


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, and no program that one starts, writes to the real cache folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def library(tmp_path: Path) -> Callable[[Mapping[str, Any], str], Path]:
    """Lay out a knowledge base, given its files and kb.toml."""

    def laid_out(files: Mapping[str, Any], config: str = CONFIG) -> Path:
        return lay_out(tmp_path / "kb", files, config)

    return laid_out
