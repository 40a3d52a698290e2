"""`kb/records`: the records, their lists and the home page, published whole or not at all.

The catalogue is read when the build begins, before MkDocs clears the last site: an error in a record stops the build there.
Compromise: on `mkdocs serve` the whole catalogue is read again after each change; ten thousand take about ten seconds.
"""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from mkdocs.config import base
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

import kb
from kb_mkdocs import progress
from kb_mkdocs.pages import MadePage, add_asset, add_page

log = logging.getLogger("mkdocs.plugins.kb")

HOME_MARK = "<!-- kb:home -->"
_HERE = Path(__file__).parent
_MOST_SHOWN = 50


class RecordsConfig(base.Config):
    """`kb/records` has no options; kb.toml beside mkdocs.yml has."""


class RecordsPlugin(BasePlugin[RecordsConfig]):
    """Publishes the records."""

    def __init__(self) -> None:
        self._site: kb.Site | None = None
        self._progress = progress.Pages()
        self._serves = False

    @property
    def site(self) -> kb.Site:
        """What this build publishes, for the other plugins of the family."""
        if self._site is None:
            raise PluginError("kb/records must stand before the other kb plugins in mkdocs.yml")
        return self._site

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Be kept between the builds of one `serve`, and know that it is one."""
        self._serves = command == "serve"

    @event_priority(50)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the catalogue; stop on errors while the last site is still untouched.

        While it is served, records with errors are left out instead: MkDocs would answer nothing until they are mended.
        """
        try:
            catalogue = kb.load(Path(config.config_file_path).parent, progress=progress.read)
        except kb.KbError as error:
            raise PluginError(str(error)) from error
        _report(catalogue.findings)
        if catalogue.errors and not self._serves:  # a writer sees the error and everything else
            number = len(catalogue.errors)
            errors = f"{number} error{'s' if number > 1 else ''}"
            raise PluginError(f"{errors} in the records; nothing is published. `kb check` lists them.")
        self._site = kb.Site(
            catalogue,
            kb.Style(directories=config.use_directory_urls),
            has_search="kb/search" in config.plugins,
            has_clusters="kb/clusters" in config.plugins,
            has_trends="kb/trends" in config.plugins,
            has_review="kb/review" in config.plugins,
            name=config.site_name,
            address=_address(config),
        )
        _dress(config)
        return config

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the pages of records and lists, the data, the attachments and our own script and style."""
        _leave_to_us(files, self.site.catalogue)
        for made in (*self.site.record_pages(), *self.site.list_pages()):
            add_page(made, files, config)
        for asset in self.site.assets():
            add_asset(asset, files, config)
        for path in sorted((_HERE / "assets").iterdir()):
            add_asset(kb.Asset(f"assets/kb/{path.name}", path=path), files, config)
        if files.get_file_from_path("index.md") is None:
            add_page(kb.Page("index", config.site_name, self.site.home), files, config)
        self._progress.start(len(files.documentation_pages()))
        return files

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Show a record's page as part of its list, though the navigation never names it."""
        by_uri = {page.file.src_uri: page for page in nav.pages}
        for page in (file.page for file in files.documentation_pages()):
            if isinstance(page, MadePage) and page.made.section:
                section = by_uri.get(f"{page.made.section}.md")
                if section is not None and section is not page:
                    page.parent = section  # type: ignore[assignment]  # a page is active and has ancestors like a section
        return nav

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put the home page's own part where the site's index page marks its place."""
        self._progress.step()
        if page.file.src_uri != "index.md" or isinstance(page, MadePage):
            return html
        own = self.site.home()
        page.meta.setdefault("hide", ["navigation", "toc"])
        return html.replace(HOME_MARK, own) if HOME_MARK in html else html + own

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Name the feeds in the head of the page, and count it."""
        self._progress.step()
        before, end, after = output.partition("</head>")
        links = self.site.feed_links(page.file.dest_uri.removesuffix(".html")) if end else ""
        return f"{before}{links}{end}{after}"

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Take the bar away."""
        self._progress.stop()

    def on_build_error(self, *, error: Exception) -> None:
        """Take the bar away."""
        self._progress.stop()

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Build again when a record or kb.toml changes."""
        root, folders = self.site.catalogue.root, self.site.catalogue.config.folders
        for folder in (*folders.postmortem, *folders.playbook, *folders.learning):
            if (root / folder).is_dir():
                server.watch(str(root / folder))
        server.watch(str(root / "kb.toml"))
        return server


def site_of(config: MkDocsConfig, plugin: str) -> kb.Site:
    """Return what this build publishes, for another plugin of the family."""
    records = config.plugins.get("kb/records")
    if not isinstance(records, RecordsPlugin):
        raise PluginError(f"{plugin} needs kb/records before it in mkdocs.yml")
    return records.site


def _address(config: MkDocsConfig) -> str:
    """Return where the site will lie, "" where nobody knows.

    Where the command changes how addresses are written, as for an archive, the pages are other ones than those that lie there.
    """
    written = (
        config.user_configs[0].get("use_directory_urls", True) if config.user_configs else config.use_directory_urls
    )
    return config.site_url or "" if written == config.use_directory_urls else ""


def _report(findings: Iterable[kb.Finding]) -> None:
    levels = {kb.Level.ERROR: logging.ERROR, kb.Level.WARNING: logging.WARNING}
    shown = [f for f in findings if f.level in levels]
    for finding in shown[:_MOST_SHOWN]:
        way_out = finding.hint or kb.CODES[finding.code].way_out
        log.log(levels[finding.level], "%s: %s [%s] %s", finding.place, finding.message, finding.code, way_out)
    if len(shown) > _MOST_SHOWN:
        log.warning("%d more findings; `kb check` lists them all", len(shown) - _MOST_SHOWN)


def _dress(config: MkDocsConfig) -> None:
    """Add our templates, style and script, and keep the theme from asking other hosts for fonts."""
    theme = str(_HERE / "theme")
    if theme not in config.theme.dirs:
        config.theme.dirs.insert(0, theme)
    config.theme["font"] = False
    for uri, listed in (("assets/kb/kb.css", config.extra_css), ("assets/kb/kb.js", config.extra_javascript)):
        if uri not in listed:
            listed.append(uri)


def _leave_to_us(files: Files, catalogue: kb.Catalogue) -> None:
    """Take record folders that lie inside the docs folder out of MkDocs' hands."""
    folders = catalogue.config.folders
    ours = [(catalogue.root / f).resolve() for f in (*folders.postmortem, *folders.playbook, *folders.learning)]
    for file in list(files):
        if file.abs_src_path and any(Path(file.abs_src_path).resolve().is_relative_to(folder) for folder in ours):
            files.remove(file)
