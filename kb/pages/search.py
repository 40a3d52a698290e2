"""Search: has anyone seen this?

The page holds the form and what there is to say without script; the rest is drawn by kb/search/browser/page.js from the
index that `files` writes. Compromise: without script a page cannot search; it says what can, and leads to the lists.
"""

from collections.abc import Iterator

from kb.catalogue.catalogue import Catalogue
from kb.pages.address import Style, record_uri
from kb.pages.desk import Desk, Page
from kb.search.browser import script
from kb.search.place import place_of
from kb.search.site.export import export

URI = "search/index"
# Where the script lies, from the top of the site; the parts of the index lie beside it.
SCRIPT = "search/search.js"


def search_page(desk: Desk) -> Page:
    """Return the search page."""
    return Page(
        uri=URI,
        title="Search",
        html=lambda: desk.render("search.html", URI),
        section=URI,
        description="Find incidents, playbooks and learnings by a symptom, an error message or half a memory.",
    )


def files(catalogue: Catalogue, style: Style) -> Iterator[tuple[str, bytes]]:
    """Yield the address and content of the script and of the parts of the index.

    The words of the records are kept between builds, see `kb.search.place`.
    """
    yield SCRIPT, script().encode()
    kept = place_of(catalogue.root, "site")
    records, settings = catalogue.records.values(), repr(catalogue.config)
    for name, content in export(records, lambda record: style.url(record_uri(record)), settings, kept):
        yield f"search/{name}", content
