"""This repository's own knowledge base, as a visitor and a responder will read it."""

from pathlib import Path

import pytest

import kb

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def catalogue() -> kb.Catalogue:
    return kb.load(ROOT)
