"""Reviews of knowledge bases made in memory."""

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pages.made import catalogue, certificates, disks, incident, learning, playbook

import kb
from kb.trends.quarter import parse_quarter

TODAY = date(2024, 6, 1)

__all__ = ["TODAY", "certificates", "disks", "few", "incident", "learning", "playbook", "review"]


def review(quarter: str, *records: kb.Record, today: date = TODAY, **more: Any) -> kb.Review:
    """Return the review of a quarter over records made in memory."""
    made = catalogue(*records, today=today, **more)
    return kb.Review(made, kb.Recurrence(made), parse_quarter(quarter))


def few(examples: int, **strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with some examples that are the same every time."""
    return lambda test: settings(deadline=None, database=None, derandomize=True, max_examples=examples)(
        given(**strategies)(test)
    )
