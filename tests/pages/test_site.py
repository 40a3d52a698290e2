"""Whole sites: every page is well made, nothing in a record runs, nothing of it is lost, and golden pages."""

import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

import kb
from kb.records.model import RECORDS, Record

from .made import catalogue, every_page, file_of, full, incident, learning, pages_of, playbook
from .parsed import Parsed, read
from .test_rows import data_of

GOLDEN = Path(__file__).parent / "golden"
SITES = ["small", "own", "railway"]


@pytest.fixture
def site(request: pytest.FixtureRequest) -> kb.Site:
    """The site of this name: one of `SITES`."""
    made: kb.Site = request.getfixturevalue(request.param)
    return made


@pytest.fixture(scope="module", params=["small", "own", "railway", "small with files for addresses"])
def published(request: pytest.FixtureRequest) -> tuple[kb.Site, dict[str, Parsed]]:
    """A site with every file of it, read back."""
    name, _, files = request.param.partition(" ")
    made: kb.Site = request.getfixturevalue(name)
    made = kb.Site(made.catalogue, kb.Style(directories=not files))
    return made, {file: read(html) for file, html in pages_of(made)}


def test_every_page_is_well_formed(published: tuple[kb.Site, dict[str, Parsed]]) -> None:
    _, pages = published
    assert {file: parsed.faults for file, parsed in pages.items() if parsed.faults} == {}


def test_every_page_has_an_address_and_a_heading_of_its_own(published: tuple[kb.Site, dict[str, Parsed]]) -> None:
    site, pages = published
    made = every_page(site)
    assert len(pages) == len(made) + 1 + len(list(site.redirects()))
    headings = {page.uri: len(pages[file_of(site.style.url(page.uri))].all("h1")) for page in made}
    assert set(headings.values()) == {1}
    assert {page.section for page in made} <= set(headings)


def test_every_link_between_pages_leads_to_one(published: tuple[kb.Site, dict[str, Parsed]]) -> None:
    site, pages = published
    there = {*pages, *(asset.uri for asset in site.assets())}
    for file, parsed in pages.items():
        for address in parsed.values("href") + parsed.values("src"):
            path = unquote(re.split("[?#]", address)[0])
            if path and not re.match("[a-z]+:", path):
                target = posixpath.normpath(posixpath.join("/", posixpath.dirname(file), file_of(path)))
                assert target.removeprefix("/") in there, f"{file}: {address}"


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_records_come_incidents_first_then_playbooks_then_learnings(site: kb.Site) -> None:
    made = site.catalogue
    order = [record.path for records in (made.incidents, made.playbooks, made.learnings) for record in records]
    assert [page.source for page in site.record_pages()] == order


@pytest.mark.parametrize("site", ["small", "railway"], indirect=True)
def test_the_same_records_make_the_same_site(site: kb.Site) -> None:
    again = kb.Site(site.catalogue, site.style)
    assert dict(pages_of(again)) == dict(pages_of(site))
    assert list(again.assets()) == list(site.assets())


def test_the_assets_are_the_mark_the_data_of_the_lists_the_feeds_and_what_records_carry(small: kb.Site) -> None:
    assets = {asset.uri: asset for asset in small.assets()}
    assert list(assets) == [
        kb.SITE_MARK,
        *(f"assets/kb/lists/{name}.js" for name in ("incidents", "playbooks", "learnings", "actions")),
        *(f"feeds/{name}" for name in ("incidents.xml", "learnings.xml", "due.ics")),
        "files/postmortems/2026/disk.png",
        "files/postmortems/2026/log.txt",
    ]
    carried = assets["files/postmortems/2026/log.txt"]
    assert carried.content is None
    assert carried.path == small.catalogue.root / "postmortems/2026/log.txt"
    assert all(asset.content for uri, asset in assets.items() if not uri.startswith("files/"))


def test_an_alias_leads_to_its_record() -> None:
    made = catalogue(incident("new one", aliases=["old", "OLDER"]), playbook(), learning("x", aliases=["X"]))
    moved = {asset.uri: (asset.content or b"").decode() for asset in kb.Site(made).redirects()}
    assert list(moved) == ["incidents/old/index.html", "incidents/older/index.html"]
    parsed = read(moved["incidents/old/index.html"])
    assert parsed.faults == []
    assert parsed.values("href") == ["data:,", *["../../incidents/new-one/"] * 2]
    assert 'content="0; url=../../incidents/new-one/"' in moved["incidents/old/index.html"]
    flat = [asset.uri for asset in kb.Site(made, kb.Style(directories=False)).redirects()]
    assert flat == ["incidents/old.html", "incidents/older.html"]


def test_an_alias_takes_no_place_of_a_list() -> None:
    moved = [asset.uri for asset in kb.Site(catalogue(incident(aliases=["index", "page-2"]))).redirects()]
    assert moved == ["incidents/index-/index.html", "incidents/page-2-/index.html"]


def test_a_name_in_the_sites_own_pages_is_found_from_there() -> None:
    site = kb.Site(catalogue(incident(aliases=["old"])))
    assert site.reference("old", "about/us") == ("../../incidents/one/", "Title of one", "")
    assert site.reference("nobody", "index") is None


def test_a_site_of_nothing_is_whole() -> None:
    site = kb.Site(catalogue())
    assert [file for file, html in pages_of(site) if read(html).faults] == []
    assert list(site.record_pages()) == []
    assert len(list(site.list_pages())) == 6
    assert len(list(site.topic_pages())) == 4
    assert [page.uri for page in site.cluster_pages()] == ["clusters/index"]


# Shown in other words, or only in addresses.
NOT_AS_WRITTEN = re.compile(
    r"(started|detected|acknowledged|mitigated|resolved|published|at|opened|due|closed|verified_on|last_reviewed|last_exercised|review_every|date"
    r"|near_miss|aliases|url|playbook\.id|postmortem\.id|learning\.id|actions\.id|risks\.id)$"
)


def nasty_site(say: Callable[[str], str]) -> kb.Site:
    """A site in which every text of every record of every kind is what `say` makes of its name, linked each to each."""
    records: list[Record] = [model.model_validate(full(model, say, kind)) for kind, model in RECORDS.items()]
    relations = ("mentions", "recurrence_of", "playbooks", "came_true", say("relation"))
    links = [
        kb.Link(one.id, other.id, relation, 1, note)
        for one in records
        for other in records
        for relation, note in zip(relations, ("", "", say("note"), "", ""), strict=True)
        if one is not other
    ]
    finding = kb.Finding(
        "unknown-field", kb.Level.WARNING, say("finding.path"), 1, say("finding.message"), say("finding.hint")
    )
    return kb.Site(catalogue(*records, links=tuple(links), findings=(finding,)))


PAYLOADS: list[Callable[[str], str]] = [
    lambda name: f'"><script>alert("{name}")</script>',
    lambda name: f"' onmouseover='{name}",
    lambda name: f'" autofocus onfocus="{name}',
    lambda name: f"</script><img src=x onerror={name}>",
    lambda name: f"{{{{ {name} }}}}{{% raw %}}<!--",
]


@pytest.mark.parametrize("say", PAYLOADS, ids=["script", "single quote", "double quote", "end of script", "template"])
def test_no_text_of_a_record_runs(say: Callable[[str], str]) -> None:
    site = nasty_site(say)
    for file, html in pages_of(site):
        parsed = read(html)
        assert parsed.faults == [], file
        names = {name for element in parsed.elements for name in element.attributes}
        assert {name for name in names if name.startswith("on") or name == "autofocus"} == set(), file
        scripts = [e.attributes.get("src", "") for e in parsed.all("script")]
        assert all(re.fullmatch(r"(\.\./)+assets/kb/lists/[a-z]+\.js", src) for src in scripts), file
        assert [e for e in parsed.all("img") if e.attributes["src"] == "x"] == [], file
    for asset in site.assets():
        # A calendar is plain text, and test_feeds.py reads the feeds.
        assert asset.uri.startswith("feeds/") or b"<" not in (asset.content or b""), asset.uri
        if asset.uri.endswith(".js"):
            assert data_of(asset.content or b"")[1]["rows"], asset.uri


@pytest.mark.parametrize("say", PAYLOADS[:3], ids=["script", "single quote", "double quote"])
@pytest.mark.parametrize("kind", RECORDS)
def test_every_text_of_a_record_is_shown_as_it_was_written(kind: str, say: Callable[[str], str]) -> None:
    names: list[str] = []
    full(RECORDS[kind], lambda name: names.append(name) or "x", kind)
    page = next(page for page in nasty_site(say).record_pages() if page.source == say(f"{kind}.path"))
    words = read(page.html()).words
    assert [name for name in names if say(name) not in words and not NOT_AS_WRITTEN.search(name)] == []


def test_an_address_of_a_source_is_one_of_the_web(library: Callable[..., Path]) -> None:
    sources = [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "//x.example",
        " javascript:alert(1)",
        "https://x.example/a",
    ]
    text = (
        "---\ntitle: A\nsources:\n"
        + "".join(f'  - {{title: T{n}, url: "{url}"}}\n' for n, url in enumerate(sources))
        + "---\n"
    )
    site = kb.Site(kb.load(library({"postmortems/a.md": text, "playbooks/a.md": text.replace("A", "B")})))
    for page in site.record_pages():
        outside = [address for address in read(page.html()).values("href") if not address.startswith(("../", "#"))]
        assert outside == ["https://x.example/a"]


def in_lines(html: str) -> str:
    """The same HTML with a line for each part of the page, so that a change shows as a small difference."""
    parts = "aside|details|div|dl|figure|figcaption|header|nav|ol|section|svg|table|tbody|thead|ul"
    apart = re.sub(rf"\s*(<(?:dt|h[1-6]|li|p|pre|tr|/?(?:{parts}))\b)", r"\n\1", html)
    return "\n".join(line.strip() for line in apart.splitlines() if line.strip()) + "\n"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("home", "index.html"),
        ("incident", "incidents/2026-03-02-queue-full/index.html"),
        ("playbook", "playbooks/drain-the-queue/index.html"),
        ("learning", "learnings/fill-the-disk/index.html"),
        ("pre-mortem", "learnings/queue-move/index.html"),
        ("topic", "services/queue/index.html"),
        ("ledger", "actions/index.html"),
        ("recurring", "clusters/index.html"),
    ],
)
def test_a_page_of_the_small_knowledge_base_looks_as_it_did(
    small: kb.Site, name: str, file: str, update_golden: bool
) -> None:
    found = in_lines(dict(pages_of(small))[file])
    golden = GOLDEN / f"{name}.html"
    if update_golden:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")
