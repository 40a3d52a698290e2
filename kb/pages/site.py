"""All pages, data and attachments of a site, made from a catalogue.

What is here is everything that is published about records; the host adds its frame and the site's own pages. HTML is made
when a page is asked for it, so that a build holds few pages at a time. Compromise: the home page's own part is a fragment,
since the site's own index page may want to say something above it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from kb.catalogue.catalogue import Catalogue
from kb.pages import clusters, home, lists, reference, search, topics
from kb.pages.address import Style, alias_uri, file_uri, record_uri
from kb.pages.desk import Desk, Page, desk_for
from kb.pages.feeds import Feeds
from kb.pages.incident import incident_page
from kb.pages.records import learning_page, playbook_page
from kb.records.model import Postmortem, Record

if TYPE_CHECKING:
    from kb.pages.trends import TrendPages
    from kb.recurrence.recurrence import Recurrence

__all__ = ["SITE_MARK", "Asset", "Page", "Site"]

# A file at the top of every site, by which `kb build` knows that it may replace the folder.
SITE_MARK = ".afteraction"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the site. Either `content` holds its bytes or `path` names the file to copy."""

    uri: str
    content: bytes | None = None
    path: Path | None = None


@dataclass(frozen=True)
class Site:
    """What is published of a catalogue. `style` says how addresses are written.

    `has_search` tells whether it can be searched, `has_clusters` whether it says what keeps coming back, `has_trends` whether it
    says how things develop, `has_review` whether it prepares the review of each quarter, which needs `has_clusters`. `name` is
    what the site is called and `address` where it will lie, "" where that is unknown; subscribers are told both.
    """

    catalogue: Catalogue
    style: Style = field(default_factory=Style)
    has_search: bool = True
    has_clusters: bool = True
    has_trends: bool = True
    has_review: bool = True
    name: str = ""
    address: str = ""

    @cached_property
    def recurrence(self) -> "Recurrence | None":
        """What keeps coming back; None where the site says nothing of it, and then nothing is computed."""
        if not self.has_clusters:
            return None
        from kb.recurrence.recurrence import Recurrence

        return Recurrence(self.catalogue)

    @cached_property
    def _desk(self) -> Desk:
        return desk_for(self.catalogue, self.style, self.recurrence, has_review=self.has_review)

    @cached_property
    def _boxes(self) -> dict[str, str]:
        # All pages that lie equally deep have the same box.
        return {}

    def record_pages(self) -> Iterator[Page]:
        """Yield the page of every record: incidents in order of time, then playbooks, then learnings."""
        incidents = self.catalogue.incidents
        for incident, near in zip(incidents, _neighbours(incidents), strict=True):
            yield incident_page(self._desk, incident, near)
        yield from (playbook_page(self._desk, playbook) for playbook in self.catalogue.playbooks)
        yield from (learning_page(self._desk, learning) for learning in self.catalogue.learnings)

    def list_pages(self) -> Iterator[Page]:
        """Yield the lists of records and actions, and the reference."""
        for listing in self._listings:
            yield from lists.listing_pages(self._desk, listing)
        yield from reference.pages(self._desk)

    def topic_pages(self) -> Iterator[Page]:
        """Yield the pages of services, teams, causes and organizations, and their indexes."""
        for kind, found in self.catalogue.topics.items():
            yield topics.topic_index(self._desk, kind)
            for topic in found.values():
                yield from topics.topic_pages(self._desk, topic)

    def cluster_pages(self) -> Iterator[Page]:
        """Yield the page on what keeps coming back and the page of each cluster."""
        if self.recurrence is not None:
            yield from clusters.pages(self._desk, self.recurrence)

    def trend_pages(self) -> Iterator[Page]:
        """Yield the pages that say how things develop."""
        if self._trends is not None:
            yield from self._trends.pages()

    def trend_files(self) -> Iterator[Asset]:
        """Yield what the interactive charts load when they are asked for."""
        if self._trends is not None:
            for uri, content in self._trends.files():
                yield Asset(uri, content=content)

    @cached_property
    def _trends(self) -> "TrendPages | None":
        if not self.has_trends:
            return None
        # What draws takes two seconds to load; a site without charts is spared that.
        from kb.pages.trends import TrendPages
        from kb.trends.trends import Trends

        return TrendPages(self._desk, Trends(self.catalogue, self.recurrence))

    def review_pages(self) -> Iterator[Page]:
        """Yield the list of reviews and the page of each quarter."""
        if self.has_review and self.recurrence is not None:
            # It comes with what computes, and a site without reviews is spared that.
            from kb.pages import review

            yield from review.pages(self._desk, self.recurrence)

    def home(self) -> str:
        """Return the HTML of the home page's own part, for a page at the top of the site."""
        return home.home(self._desk, has_search=self.has_search)

    def search_page(self) -> Page:
        """Return the page that searches."""
        return search.search_page(self._desk)

    def search_box(self, uri: str) -> str:
        """Return the HTML of a search box for the head of the page at `uri`."""
        top = self.style.top(uri)
        if top not in self._boxes:
            self._boxes[top] = self._desk.render("box.html", uri)
        return self._boxes[top]

    def feed_links(self, uri: str) -> str:
        """Return the HTML by which browsers and readers find the feeds, for the head of the page at `uri`."""
        return self._feeds.head(uri)

    def search_files(self) -> Iterator[Asset]:
        """Yield the script of the search and the parts of its index. It takes about a second a thousand records."""
        for uri, content in search.files(self.catalogue, self.style):
            yield Asset(uri, content=content)

    def assets(self) -> Iterator[Asset]:
        """Yield the lists' data, the feeds, the records' attachments and the mark of a site of ours."""
        yield Asset(SITE_MARK, content=b"Built by Afteraction; `kb build` replaces this folder.\n")
        for listing in self._listings:
            yield Asset(listing.data_uri, content=lists.data(self._desk, listing))
        for uri, content in self._feeds.files():
            yield Asset(uri, content=content)
        carried = {a.path for record in self.catalogue.records.values() for a in record.attachments}
        for path in sorted(carried):
            yield Asset(file_uri(path), path=self.catalogue.root / path)

    def redirects(self) -> Iterator[Asset]:
        """Yield a small page at the address of each alias that leads to its record."""
        for record in self.catalogue.records.values():
            for alias in record.aliases:
                uri = alias_uri(record, alias)
                if uri != record_uri(record):
                    yield Asset(self._file(uri), content=self._redirect(uri, record))

    def reference(self, name: str, uri: str) -> tuple[str, str, str] | None:
        """Return what `[[name]]` means on the page at `uri`: its address, what to call it, its title where that says more."""
        found = self._desk.find(name)
        return None if found is None else (self.style.top(uri) + self.style.url(found.uri), found.label, found.title)

    def _file(self, uri: str) -> str:
        url = self.style.url(uri)
        return f"{url}index.html" if url.endswith("/") else url

    def _redirect(self, uri: str, record: Record) -> bytes:
        to, title = escape(self.style.top(uri) + self.style.url(record_uri(record))), escape(record.title)
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="robots" content="noindex"><meta http-equiv="refresh" content="0; url={to}">'
            # Without an icon the browser would ask the host for one.
            f'<link rel="icon" href="data:,"><link rel="canonical" href="{to}"></head>'
            f'<body><p>Moved to <a href="{to}">{title}</a>.</p></body></html>\n'
        ).encode()

    @cached_property
    def _feeds(self) -> Feeds:
        return Feeds(self._desk, self.name, self.address)

    @cached_property
    def _listings(self) -> tuple[lists.Listing, ...]:
        return tuple(make(self._desk) for make in (lists.incidents, lists.playbooks, lists.learnings, lists.actions))


def _neighbours(incidents: Sequence[Postmortem]) -> Iterator[tuple[Postmortem | None, Postmortem | None]]:
    """Yield, for each incident of the newest first, the ones before and after it in time; none where its start is unknown."""
    dated = [incident for incident in incidents if incident.started]
    for place, _ in enumerate(dated):
        yield (dated[place + 1] if place + 1 < len(dated) else None), (dated[place - 1] if place else None)
    yield from ((None, None) for _ in incidents[len(dated) :])
