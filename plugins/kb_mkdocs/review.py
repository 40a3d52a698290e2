"""`kb/review`: the quarterly learning review, a page a quarter, and the list of all.

Its themes are the clusters of `kb/clusters`, which it therefore needs. Compromise: `kb/records` carries the style sheet of these
pages along, used or not; it is put into the head of every page, because MkDocs has no style for some pages alone.
"""

from mkdocs.config import base
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files

from kb_mkdocs.pages import add_page
from kb_mkdocs.records import site_of

STYLE = "assets/kb/kb-review.css"


class ReviewConfig(base.Config):
    """`kb/review` has no options."""


class ReviewPlugin(BasePlugin[ReviewConfig]):
    """Prepares the review of each quarter."""

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Be kept between the builds of one `serve`."""

    def on_config(self, config: MkDocsConfig) -> None:
        """Add the style sheet of the reviews."""
        # Of the two that are needed the first is named first.
        site_of(config, "kb/review")
        if "kb/clusters" not in config.plugins:
            raise PluginError("kb/review needs kb/clusters in mkdocs.yml: the themes of a review are its clusters")
        if STYLE not in config.extra_css:
            config.extra_css.append(STYLE)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the list of reviews and the page of each quarter."""
        for made in site_of(config, "kb/review").review_pages():
            add_page(made, files, config)
        return files
