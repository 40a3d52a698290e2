"""What all tests share: `--update-golden` writes what was found in place of what was expected."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from knowledge_base import CONFIG, lay_out


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew; look at the difference")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def library(tmp_path: Path) -> Callable[[Mapping[str, Any], str], Path]:
    """Lay out a knowledge base, given its files and kb.toml."""

    def laid_out(files: Mapping[str, Any], config: str = CONFIG) -> Path:
        return lay_out(tmp_path / "kb", files, config)

    return laid_out
