"""Records written in one line, knowledge bases opened and asked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.config import load_config
from kb.search.index import Index, Opened, open_index
from kb.search.query import read_query
from kb.search.search import Answer, search

# The words that a search knows how to read, mixed with any text.
TOKENS = st.sampled_from(
    [
        *'" "" - -" * : ( [ { ) ] } .. ... \\ / <script> \0 \x1b[31m \u202e \ufeff \u0301 \u0650'.split(" "),
        *"é É ß İ 日本 データ الخدمة 🔥 kube-dns us-east-1 max_connections KubePodCrashLooping http://x:80".split(),
        *'error: foo the of 10 kind: kind:playbook -kind:x service:"a date: date:2024 date:2020..2021 date:..'.split(),
        *("-date:2024", "wor*", "a*", "\n", "\t"),
        *(" ", " ", " ", "\ud800"),
    ]
)
TEXT = st.lists(st.one_of(TOKENS, st.text(max_size=4)), max_size=30).map("".join)


def for_any(**strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with examples that are the same every time."""
    return lambda test: settings(deadline=None, database=None, derandomize=True, max_examples=200)(
        given(**strategies)(test)
    )


def record(title: str, body: str = "", **fields: Any) -> str:
    """Return the file of a record; its fields are written as YAML's flow style takes them."""
    given_fields = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f'---\ntitle: "{title}"\n{given_fields}---\n{body}\n'


def opened(root: Path) -> Opened:
    return open_index(root, load_config(root))


def ask(index: Index, query: str, limit: int = 1000) -> Answer:
    return search(index, read_query(query), limit)


def ids(index: Index, query: str, limit: int = 1000) -> list[str]:
    """Return the ids of what is found, best first."""
    return [result.document.id for result in ask(index, query, limit).results]


def strictly(index: Index, query: str) -> list[str]:
    """Return the ids of what holds every phrase, best first."""
    answer = ask(index, query)
    return [] if answer.is_loose else [result.document.id for result in answer.results]


def scores(index: Index, query: str) -> dict[str, float]:
    return {result.document.id: result.score for result in ask(index, query).results}
