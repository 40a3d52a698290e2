"""Knowledge bases in memory whose trends are known, and examples that are the same every time."""

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pages.made import catalogue, incident, learning

import kb

TODAY = date(2024, 6, 1)

__all__ = ["TODAY", "few", "incident", "learning", "trends"]


def trends(*records: kb.Record, today: date = TODAY, links: tuple[kb.Link, ...] = (), **selected: Any) -> kb.Trends:
    """Return the trends of records made in memory; links between them are given, not read."""
    return kb.Trends(catalogue(*records, links=links, today=today), selection=kb.Selection(**selected))


def few(examples: int, **strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return lambda test: settings(deadline=None, database=None, derandomize=True, max_examples=examples)(
        given(**strategies)(test)
    )
