"""`kb/clusters`: what keeps coming back: similar incidents, clusters of root causes, repeats.

Without it the other pages say nothing of all that, and nothing of it is computed. Compromise: `kb/records` looks whether
this plugin is there and makes its pages accordingly, so this one only adds the pages of the clusters.
"""

from mkdocs.config import base
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files

from kb_mkdocs.pages import add_page
from kb_mkdocs.records import site_of


class ClustersConfig(base.Config):
    """`kb/clusters` has no options; `[clusters.names]` and `[mechanisms]` of kb.toml are its settings."""


class ClustersPlugin(BasePlugin[ClustersConfig]):
    """Says what keeps coming back."""

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Be kept between the builds of one `serve`."""

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the page on what keeps coming back and the page of each cluster."""
        for made in site_of(config, "kb/clusters").cluster_pages():
            add_page(made, files, config)
        return files
