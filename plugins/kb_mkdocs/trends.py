"""`kb/trends`: pages that say whether things get better, and what the record cannot tell.

Without it nothing of all that is computed or drawn. Compromise: `kb/records` carries the style sheet and the small script of
these pages along, used or not; the large script that draws in the browser is written by this plugin alone.
"""

from mkdocs.config import base
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files

from kb_mkdocs.pages import add_asset, add_page
from kb_mkdocs.records import site_of

STYLE = "assets/kb/kb-trends.css"


class TrendsConfig(base.Config):
    """`kb/trends` has no options."""


class TrendsPlugin(BasePlugin[TrendsConfig]):
    """Says whether things get better."""

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Be kept between the builds of one `serve`."""

    def on_config(self, config: MkDocsConfig) -> None:
        """Add the style sheet of the charts."""
        if STYLE not in config.extra_css:
            config.extra_css.append(STYLE)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the trend pages and what their interactive charts load."""
        site = site_of(config, "kb/trends")
        for made in site.trend_pages():
            add_page(made, files, config)
        for asset in site.trend_files():
            add_asset(asset, files, config)
        return files
