"""`kb/links`: what joins the records: topics, `[[id]]` in the site's own pages, and old addresses.

Compromise: in the site's own pages an id that means nothing is a warning of the build and not a finding of the check, which
reads records only.
"""

import logging
import re

from mkdocs.config import base
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from kb_mkdocs.pages import add_asset, add_page
from kb_mkdocs.records import site_of

log = logging.getLogger("mkdocs.plugins.kb")

# Code first, so that an example of a reference stays one.
_REFERENCE = re.compile(
    r"^(?P<fence>[ \t]*(?P<mark>`{3,}|~{3,})[^\n]*\n.*?^[ \t]*(?P=mark)[`~]*[ \t]*$)|(?P<code>(?P<tick>`+)[^`].*?(?P=tick))"
    r"|\[\[\s*(?P<id>[^\[\]|\n]{1,200}?)\s*(?:\|\s*(?P<text>[^\[\]\n]{1,300}?)\s*)?\]\]",
    re.DOTALL | re.MULTILINE,
)


class LinksConfig(base.Config):
    """`kb/links` has no options."""


class LinksPlugin(BasePlugin[LinksConfig]):
    """Joins the records."""

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Be kept between the builds of one `serve`."""

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the pages of services, teams, causes and organizations, and the redirects of aliases."""
        site = site_of(config, "kb/links")
        for made in site.topic_pages():
            add_page(made, files, config)
        for asset in site.redirects():
            add_asset(asset, files, config)
        return files

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Turn `[[id]]` into a link, in the site's own pages."""
        if "[[" not in markdown:
            return markdown
        site, uri = site_of(config, "kb/links"), page.file.src_uri.removesuffix(".md")

        def link(hit: re.Match[str]) -> str:
            if not hit["id"]:
                return hit[0]
            found = site.reference(hit["id"], uri)
            if found is None:
                log.warning(
                    "%s: there is no record `%s` %s", page.file.src_uri, hit["id"], site.catalogue.suggest(hit["id"])
                )
                return hit["text"] or hit["id"]
            address, label, title = found
            hover = f' title="{_text(title)}"' if title else ""
            return f'<a class="kb-ref" href="{address}"{hover}>{_text(hit["text"] or label)}</a>'

        return _REFERENCE.sub(link, markdown)


def _text(text: str) -> str:
    return re.sub(r"[\\`*_{}\[\]<>&#|\"]", lambda hit: f"&#{ord(hit[0])};", text)
