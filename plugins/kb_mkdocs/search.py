"""`kb/search`: the search page, the box in the head of every page, and the index that both answer from.

It stands in place of Material's search, which would read every finished page again and hold all of it in one file.
Compromise: it finds records and not the site's own pages, which are in the navigation. The box is put into Material's head by
its closing tag, because a theme has no place for one; another theme is left as it is, and has the page.
"""

import logging
from pathlib import Path

from mkdocs.config import base
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

import kb
from kb_mkdocs.pages import add_page
from kb_mkdocs.records import RecordsPlugin

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
        add_page(_site(config).search_page(), files, config)
        return files

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Put the box into the head of the page."""
        before, head, rest = output.partition('<header class="md-header')
        bar, end, after = rest.partition("</nav>")
        if not end:
            return output
        return f"{before}{head}{bar}{_site(config).search_box(page.file.dest_uri.removesuffix('.html'))}{end}{after}"

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the index, part by part: held as MkDocs' files all of it would be in memory."""
        for asset in _site(config).search_files():
            path = Path(config.site_dir, asset.uri)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(asset.content or b"")


def _site(config: MkDocsConfig) -> kb.Site:
    records = config.plugins.get("kb/records")
    if not isinstance(records, RecordsPlugin):
        raise PluginError("kb/search needs kb/records before it in mkdocs.yml")
    return records.site
