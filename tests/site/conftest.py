"""Built sites, a server for them, and a real browser. All browser tests run in one worker: they share a browser."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import kb

ROOT = Path(__file__).parents[2]
LIBRARY = Path(__file__).parent / "library"
RAILWAY = Path(__file__).parents[1] / "cli" / "libraries" / "railway"
TODAY = "2026-06-15"
SETTINGS = """\
site_name: Example
theme:
  name: material
  font: false
  palette:
    - {{media: "(prefers-color-scheme: light)", scheme: default, toggle: {{icon: material/weather-night, name: Dark}}}}
    - {{media: "(prefers-color-scheme: dark)", scheme: slate, toggle: {{icon: material/weather-sunny, name: Light}}}}
  features: [navigation.tabs]
plugins: [{plugins}]
nav:
  - index.md
{nav}
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not {"browse", "visit", "twins"}.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


def run_build(root: Path, site: Path, *more: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `kb build` as a person would, in a process of its own."""
    command = [sys.executable, "-m", "kb", "-C", str(root), "build", "--site-dir", str(site), *more]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **env}, check=False)


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small knowledge base beside this file, built."""
    return _built(LIBRARY, tmp_path_factory.mktemp("example") / "site")


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's own knowledge base, built."""
    return _built(ROOT, tmp_path_factory.mktemp("public") / "site")


@pytest.fixture(scope="session")
def railway(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of which most incidents came back, built."""
    root = tmp_path_factory.mktemp("railway") / "kb"
    return _built(with_pages(Path(shutil.copytree(RAILWAY, root))), root.parent / "site")


def with_pages(root: Path, plugins: str = "kb/records, kb/links, kb/clusters, kb/search") -> Path:
    """Give records what a site needs besides them: settings of MkDocs and a first page."""
    (root / "docs").mkdir(exist_ok=True)
    (root / "docs/index.md").write_text("# What should I know today?\n")
    lists = ("incidents", "playbooks", "actions", "learnings", *(["clusters"] if "kb/clusters" in plugins else []))
    nav = "\n".join(f"  - {name}/index.md" for name in lists)
    (root / "mkdocs.yml").write_text(SETTINGS.format(plugins=plugins, nav=nav))
    return root


@pytest.fixture(scope="session")
def own() -> kb.Catalogue:
    """The records of this repository's own knowledge base."""
    return kb.load(ROOT)


def _built(root: Path, site: Path) -> Path:
    done = run_build(root, site, "--today", TODAY)
    assert done.returncode == 0, done.stderr
    return site


@pytest.fixture
def copy_of_library(tmp_path: Path) -> Path:
    """The small knowledge base, to change at will."""
    return Path(shutil.copytree(LIBRARY, tmp_path / "library"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Without one the browser tests are skipped, and in CI that is a failure."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        reason = "no chromium is installed; `make test` installs it where it may"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=quiet)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A browser's visit to a site: its page, and what went wrong on the way."""

    page: Page
    base: str
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def go(self, address: str = "") -> Page:
        """Open an address of the site."""
        self.page.goto(self.base + address)
        return self.page

    @property
    def address(self) -> str:
        """Where the browser is, below the top of the site."""
        return self.page.url.removeprefix(self.base)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a site in a fresh browser context: `visit(site, width=390, dark=True, script=False)`; from disk with `disk=True`.

    When the test ends, nothing may have been asked of another host and nothing may stand in the console.
    """
    opened: list[tuple[http.server.ThreadingHTTPServer, BrowserContext, Visit]] = []

    def open_site(
        site: Path, *, width: int = 1280, dark: bool = False, script: bool = True, disk: bool = False
    ) -> Visit:
        handler = functools.partial(_Quiet, directory=str(site))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        base = f"{site.as_uri()}/" if disk else f"http://127.0.0.1:{server.server_port}/"
        one = Visit(context.new_page(), base)
        one.page.on("console", lambda m: one.console.append(m.text) if m.type in ("error", "warning") else None)
        one.page.on("pageerror", lambda error: one.console.append(str(error)))
        ours = (one.base, "data:", "blob:")
        context.on("request", lambda r: None if r.url.startswith(ours) else one.elsewhere.append(r.url))
        opened.append((server, context, one))
        return one

    yield open_site
    for server, context, one in opened:
        context.close()
        server.shutdown()
        assert one.elsewhere == [], "requests left the machine"
        assert one.console == [], "the console holds errors"
