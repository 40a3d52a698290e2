"""The records' text for Material's search, straight from the core.

Material would parse the finished HTML of every page again, which costs more than making it, and would find the words of
tables and frames. Compromise: a record is one entry and not one a section.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

from kb_mkdocs.pages import MadePage


def index(pages: Iterable[MadePage], config: MkDocsConfig) -> None:
    """Add an entry for each page that has words of its own. Without Material's search nothing is done."""
    search: Any = config.plugins.get("material/search")
    if search is None or not search.config.enabled:
        return
    for page in pages:
        if page.made.words is not None:
            # Material shows what an entry holds as HTML.
            entry = {"location": page.url, "title": escape(page.made.title), "text": escape(page.made.words())}
            search.search_index.entries.append(entry)
