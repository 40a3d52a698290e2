"""The search page reads without script, and every page can have a box that leads to it."""

import re

import kb
from kb.pages.home import home
from kb.pages.search import SCRIPT, files
from kb.search.document import FACETS, OTHERS

from .made import catalogue, desk, incident
from .parsed import read


def test_the_page_says_what_can_be_asked_and_leads_to_the_lists(small: kb.Site) -> None:
    page = small.search_page()
    parsed = read(page.html())
    assert (page.uri, page.title) == ("search/index", "Search")
    assert {"../playbooks/", "../incidents/", "../learnings/", "../services/"} <= set(parsed.values("href"))
    assert "kb search no space left" in parsed.words
    assert all(re.search(rf"\b{name}\b", parsed.words) for name in (*FACETS, *OTHERS))
    assert parsed.faults == []


def test_a_box_leads_to_the_page_from_wherever_it_stands(small: kb.Site) -> None:
    for uri, top in (("index", "./"), ("incidents/one", "../../")):
        parsed = read(small.search_box(uri))
        (form,) = parsed.all("form")
        assert (form.attributes["action"], form.attributes["data-kb-top"]) == (f"{top}search/", top)
        assert parsed.values("href") == [f"{top}search/"]


def test_home_has_a_box_where_there_is_a_page_to_lead_to() -> None:
    assert 'role="search"' in home(desk())
    assert 'role="search"' not in home(desk(), has_search=False)


def test_the_index_leads_to_pages_as_the_site_writes_addresses() -> None:
    for style, address in ((kb.Style(), "incidents/one/"), (kb.Style(directories=False), "incidents/one.html")):
        site = kb.Site(catalogue(incident(path="postmortems/one.md")), style)
        (shown,) = (asset.content for asset in site.search_files() if asset.uri.endswith("/t0.js"))
        assert f'"{address}"' in shown.decode()


def test_the_script_is_among_the_files(small: kb.Site) -> None:
    found = dict(files(small.catalogue, small.style))
    assert found[SCRIPT].startswith(b"(function")
    assert "search/head.js" in found
