"""The small knowledge base of `tests/site` and this repository's own, as sites in memory."""

from pathlib import Path

import pytest

import kb

from .made import TODAY

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def small() -> kb.Site:
    return kb.Site(kb.load(TESTS / "site" / "library", today=TODAY))


@pytest.fixture(scope="session")
def railway() -> kb.Site:
    """A knowledge base of which most incidents came back."""
    return kb.Site(kb.load(TESTS / "cli" / "libraries" / "railway", today=TODAY))


@pytest.fixture(scope="session")
def own() -> kb.Site:
    return kb.Site(kb.load(TESTS.parent, today=TODAY))
