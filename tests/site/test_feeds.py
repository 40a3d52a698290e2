"""Real builds: what one subscribes to is found from every page, and leads back to pages."""

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urljoin
from xml.etree.ElementTree import parse
from zipfile import ZipFile

import pytest
from conftest import TODAY, run_build
from icalendar import Calendar
from test_offline import pack, unpacked

HOME = "https://kb.example.org/memory/"
FEEDS = ("feeds/incidents.xml", "feeds/learnings.xml")
_HEAD = re.compile(r'<link rel="alternate feed" type="application/atom\+xml" title="([^"]*)" href="([^"]*)">')
_LINK = "{http://www.w3.org/2005/Atom}link"


def links(feed: Path) -> list[str]:
    """Where a feed and its entries lead."""
    return [link.get("href", "") for link in parse(feed).iter(_LINK)]


def urls(calendar: Path) -> list[str]:
    """Where the events of a calendar lead."""
    return [str(event.get("url", "")) for event in Calendar.from_ical(calendar.read_bytes()).walk("VEVENT")]


def file_of(site: Path, address: str) -> Path:
    """The file that a server answers with at an address of the site."""
    path = unquote(address.partition("#")[0])
    return site / path / "index.html" if path.endswith("/") or not path else site / path


@pytest.fixture
def with_address(copy_of_library: Path) -> Path:
    """The small knowledge base, which knows where its site will lie."""
    with (copy_of_library / "mkdocs.yml").open("a") as config:
        config.write(f"site_url: {HOME}\n")
    return copy_of_library


def test_every_page_names_the_feeds_as_seen_from_it(example: Path) -> None:
    pages = [page for page in example.rglob("*.html") if 'http-equiv="refresh"' not in page.read_text()]
    depths = set()
    for page in pages:
        if page.name == "404.html":
            continue
        head = page.read_text().partition("</head>")[0]
        found = _HEAD.findall(head)
        assert [title for title, _ in found] == ["Example: incidents", "Example: learnings"], page
        below = page.parent.relative_to(example).as_posix()
        assert [posixpath.normpath(posixpath.join(below, href)) for _, href in found] == list(FEEDS), page
        depths.add(len(page.relative_to(example).parts))
    assert depths >= {1, 2, 3}


def test_the_links_of_a_feed_are_seen_from_it_where_nobody_knows_the_address(example: Path) -> None:
    for feed in FEEDS:
        found = links(example / feed)
        assert len(found) > 2
        astray = [address for address in found if not file_of(example / "feeds", address).resolve().is_file()]
        assert astray == []
    assert set(urls(example / "feeds/due.ics")) == {""}


def test_the_links_of_feeds_and_calendar_are_full_where_the_address_is_known(
    with_address: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    assert run_build(with_address, site, "--today", TODAY).returncode == 0
    for found in (*(links(site / feed) for feed in FEEDS), urls(site / "feeds/due.ics")):
        assert found
        assert [address for address in found if not address.startswith(HOME)] == []
        assert [address for address in found if not file_of(site, address.removeprefix(HOME)).is_file()] == []
    page = (site / "incidents/2026-03-02-queue-full/index.html").read_text()
    assert {urljoin(HOME + "incidents/x/", href) for _, href in _HEAD.findall(page)} == {HOME + feed for feed in FEEDS}


def test_in_an_archive_feeds_lead_to_its_own_pages_and_not_to_the_site(with_address: Path, tmp_path: Path) -> None:
    done = pack(with_address, tmp_path / "memory.zip", "--today", TODAY)
    assert done.returncode == 0, done.stderr
    top = unpacked(tmp_path / "memory.zip")
    for feed in FEEDS:
        assert [address for address in links(top / feed) if not (top / "feeds" / address).resolve().is_file()] == []
    with ZipFile(tmp_path / "memory.zip") as packed:
        assert not any(
            b"kb.example.org" in packed.read(f"memory/feeds/{name}") for name in ("incidents.xml", "due.ics")
        )
