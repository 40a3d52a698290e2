"""The site's search in a real browser, for bench/search.py: does it answer as the terminal, what travels, how long it takes.

A small web server counts what it sends, compressed with gzip as most hosts of static files do. A query is timed on the search
page, from the moment it is sent off to the moment its results stand there; it is sent off with Enter, because while one types
the page waits 60 ms for the next key.
"""

import contextlib
import gzip
import http.server
import json
import shutil
import statistics
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page, sync_playwright

ASK = """async ([queries, number]) => {
  const found = [];
  for (const text of queries) {
    const answer = await kbSearch.ask(text);
    const shown = answer.found.slice(0, number);
    await answer.index.need(answer.index.textsOf(shown));
    found.push(shown.map((record) => answer.index.shown(record)[0]));
  }
  return found;
}"""
TIME = """async (text) => {
  const [input, form, hits] = ["#__kb-query", ".kb-search form", ".kb-search-hits"].map((one) => document.querySelector(one));
  const drawn = new Promise((resolve) => new MutationObserver((_, watch) => { watch.disconnect(); resolve(); })
    .observe(hits, { childList: true }));
  input.value = text;
  performance.clearResourceTimings();
  const start = performance.now();
  form.requestSubmit();
  await drawn;
  const took = performance.now() - start;
  // What was on its way at some moment, added up without counting a moment twice.
  let [waited, until] = [0, 0];
  for (const { startTime, responseEnd } of performance.getEntriesByType("resource")) {
    waited += Math.max(0, responseEnd - Math.max(startTime, until));
    until = Math.max(until, responseEnd);
  }
  return [took, took - waited];
}"""


class Served:
    """A folder on a port of this machine, and the bytes that left it, below `search/`."""

    def __init__(self, folder: Path, *, zipped: bool) -> None:
        self.sent = 0
        served = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Sent in two pieces, a small answer would wait for the browser to acknowledge the first.
            wbufsize = 1 << 20

            def do_GET(self) -> None:
                path = folder / unquote(urlsplit(self.path).path).strip("/")
                path = path / "index.html" if path.is_dir() else path
                if not path.is_file():
                    self.send_error(404)
                    return
                body = path.read_bytes()
                packed = gzip.compress(body, 6) if zipped else body
                self.send_response(200)
                kinds = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
                self.send_header("Content-Type", kinds.get(path.suffix, "application/octet-stream"))
                self.send_header("Content-Length", str(len(packed)))
                if zipped:
                    self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                self.wfile.write(packed)
                if path.suffix == ".js" and "search" in path.relative_to(folder).parts:
                    served.sent += len(packed)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_port}/"


@contextlib.contextmanager
def page_of(served: Served) -> Iterator[Page]:
    """Give the search page, in a browser that has seen nothing yet, with its script and the head of the index loaded."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(f"{served.base}search/")
        page.wait_for_function("() => window.kbSearch")
        page.evaluate("async () => { await kbSearch.ask(''); }")
        yield page
        browser.close()
    served.server.shutdown()


def answers(site: Path, queries: Sequence[str], number: int) -> list[list[str]]:
    """Return the ids that the site finds for each query, best first."""
    with page_of(Served(site, zipped=False)) as page:
        return json.loads(json.dumps(page.evaluate(ASK, [list(queries), number])))


# Milliseconds: in all, and without those in which something was on its way.
Times = tuple[float, float]


def first(site: Path, query: str, *, zipped: bool) -> tuple[int, int, Times]:
    """Return the bytes that come with the page, those that the first query takes after them, and its times."""
    served = Served(site, zipped=zipped)
    with page_of(served) as page:
        before = served.sent
        took = page.evaluate(TIME, query)
        return before, served.sent - before, took


def following(site: Path, queries: Sequence[str]) -> tuple[list[Times], list[Times]]:
    """Return the times of queries after others: each for the first time, and when its parts are there."""
    with page_of(Served(site, zipped=True)) as page:
        page.evaluate(TIME, "warm up")
        cold = [page.evaluate(TIME, query) for query in queries]
        return cold, [page.evaluate(TIME, query) for query in queries]


def said(times: Sequence[float]) -> str:
    """Return median and longest of some times."""
    return f"{statistics.median(times):.0f} ({max(times):.0f})"
