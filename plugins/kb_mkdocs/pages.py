"""A page of the core as a page of MkDocs.

MkDocs would read, parse and render a page; here it is given one that is finished, so that nothing of a record passes
through its frontmatter or Markdown readers. Compromise: the page hides Material's side columns, because record pages bring
their own.
"""

import posixpath
from html import escape
from typing import Any
from urllib.parse import quote, urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents

import kb

TITLE_ANCHOR = "__kb-title"


class MadePage(Page):
    """A page whose HTML is made by the core, when MkDocs asks for it."""

    def __init__(self, made: kb.Page, file: File, config: MkDocsConfig) -> None:
        super().__init__(None, file, config)
        self.made = made
        self.edit_url = edit_url(config, made.source)

    def read_source(self, config: MkDocsConfig) -> None:
        """Take the title and description from the core instead of a file.

        MkDocs' templates do not escape, and a title is a stranger's text: it is escaped here, on its way in.
        """
        self.markdown = ""
        # Where Material's search is used, it would read the finished HTML again.
        self.meta = {"title": escape(self.made.title), "hide": ["navigation", "toc"], "search": {"exclude": True}}
        if self.made.description:
            self.meta["description"] = escape(self.made.description)

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Take the HTML from the core."""
        self.content = self.made.html()
        self.toc = TableOfContents([AnchorLink(escape(self.made.title), TITLE_ANCHOR, 1)])
        self.present_anchor_ids = set()
        self.links_to_anchors: dict[File, dict[str, str]] = {}

    def validate_anchor_links(self, *, files: Files, log_level: int) -> None:
        """Leave the links alone: the core has resolved them."""


def add_page(made: kb.Page, files: Files, config: MkDocsConfig) -> MadePage:
    """Add a page to the build, in place of what stood at its address."""
    file = File.generated(config, f"{made.uri}.md", content="", inclusion=InclusionLevel.NOT_IN_NAV)
    return _added(MadePage(made, file, config), file, files)


def _added(page: MadePage, file: File, files: Files) -> MadePage:
    existing = files.get_file_from_path(file.src_uri)
    if existing is not None:
        files.remove(existing)
    files.append(file)
    return page


def add_asset(asset: kb.Asset, files: Files, config: MkDocsConfig) -> None:
    """Add a file to the build."""
    content: dict[str, Any] = {"abs_src_path": str(asset.path)} if asset.path else {"content": asset.content}
    files.append(File.generated(config, asset.uri, inclusion=InclusionLevel.INCLUDED, **content))


def edit_url(config: MkDocsConfig, source: str) -> str | None:
    """Return where a record's file is edited: `edit_uri` leads to the docs folder, and from there on to the file."""
    if not source or source.startswith("../") or not (config.edit_uri or config.edit_uri_template):
        return None
    root = posixpath.dirname(str(config.config_file_path).replace("\\", "/"))
    # A file's name is a stranger's text too, and the templates do not escape.
    way = quote(posixpath.relpath(posixpath.join(root, source), str(config.docs_dir).replace("\\", "/")))
    template = config.edit_uri_template
    uri = template.format(path=way, path_noext=posixpath.splitext(way)[0]) if template else f"{config.edit_uri}{way}"
    base = config.repo_url or ""
    return urljoin(base if base.endswith("/") or not base else f"{base}/", uri)
