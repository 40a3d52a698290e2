"""`kb/search`: the search page, the box in the head of every page, and the index that both answer from.

It stands in place of Material's search, which would read every finished page again and hold all of it in one file.
Compromise: it finds records and not the site's own pages, which are in the navigation. The box is put into Material's head by
its closing tag, because a theme has no place for one; another theme is left as it is, and has the page.
"""

import logging
from pathlib import Path

from mkdocs.config import base
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from kb_mkdocs.pages import add_page
from kb_mkdocs.records import site_of

log = logging.getLogger("mkdocs.plugins.kb")

_OTHERS = ("search", "material/search")


class SearchConfig(base.Config):
    """`kb/search` has no options."""


class SearchPlugin(BasePlugin[SearchConfig]):
    """Makes the records searchable."""

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Be kept between the builds of one `serve`."""

    def on_config(self, config: MkDocsConfig) -> None:
        """Say so where another search is there too."""
        if any(name in config.plugins for name in _OTHERS):
            log.warning("mkdocs.yml names two searches: take out `search`, `kb/search` stands in its place")

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the search page."""
        add_page(site_of(config, "kb/search").search_page(), files, config)
        return files

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Put the box into the head of the page."""
        before, head, rest = output.partition('<header class="md-header')
        bar, end, after = rest.partition("</nav>")
        if not end:
            return output
        box = site_of(config, "kb/search").search_box(page.file.dest_uri.removesuffix(".html"))
        return f"{before}{head}{bar}{box}{end}{after}"

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the index, part by part: held as MkDocs' files all of it would be in memory."""
        for asset in site_of(config, "kb/search").search_files():
            path = Path(config.site_dir, asset.uri)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(asset.content or b"")
