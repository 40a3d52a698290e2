"""Real archives: what a responder unpacks leads from page to page on a disk, and asks nobody for anything."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import pytest
from conftest import LIBRARY, ROOT, TODAY

# Only where a reader is led on a click; everything else a browser fetches by itself.
_CLICKED = {"a", "area"}


@dataclass(frozen=True)
class Address:
    """An address in a page."""

    tag: str
    text: str


@dataclass
class _Addresses(HTMLParser):
    found: list[Address] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("rel") == "canonical":
            return
        for name in ("href", "src", "action", "poster", "data-kb-top"):
            if given.get(name) is not None:
                self.found.append(Address(tag, given[name] or ""))
        if "refresh" in (given.get("http-equiv") or ""):
            self.found.append(Address("a", (given.get("content") or "").partition("url=")[2]))


def pack(root: Path, archive: Path, *more: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `kb build --offline` as a person would, in a process of its own."""
    command = [sys.executable, "-m", "kb", "-C", str(root), "build", "--offline", str(archive), *more]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **env}, check=False)


def unpacked(archive: Path) -> Path:
    """Unpack an archive beside it; return the one folder that comes out."""
    place = archive.with_suffix("")
    with ZipFile(archive) as packed:
        packed.extractall(place)
    [top] = place.iterdir()
    return top


def addresses(page: Path) -> list[Address]:
    parser = _Addresses()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser.found


def leads_astray(top: Path, page: Path, address: str) -> bool:
    """Tell whether a relative address leads to anything but a file of the archive, or to its top."""
    path = unquote(urlsplit(address).path)
    target = (page.parent / path).resolve()
    return bool(path) and (path.startswith("/") or not (target.is_file() or (target == top and path.endswith("/"))))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small knowledge base, packed."""
    path = tmp_path_factory.mktemp("offline") / "memory.zip"
    done = pack(LIBRARY, path, "--today", TODAY)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"built \S+/memory\.zip: \d+ pages from \d+ records, \d\.\d MB, in \d+\.\d s\n", done.stdout)
    return path


@pytest.fixture(scope="module")
def top(archive: Path) -> Path:
    """The folder that comes out of it."""
    return unpacked(archive).resolve()


def test_what_comes_out_is_one_folder_with_a_page_to_open(top: Path) -> None:
    assert top.name == "memory"
    assert "Our own words above" in (top / "index.html").read_text()
    assert (top / "incidents/2026-03-02-queue-full.html").is_file()
    assert (top / "files/postmortems/2026/disk.png").is_file()
    assert not (top / "404.html").exists()


def test_every_relative_address_of_every_page_leads_to_a_file_of_the_archive(top: Path) -> None:
    pages = sorted(top.rglob("*.html"))
    astray, seen = [], 0
    for page in pages:
        own = [a for a in addresses(page) if not (urlsplit(a.text).scheme or urlsplit(a.text).netloc)]
        astray += [f"{page.relative_to(top)}: {a}" for a in own if leads_astray(top, page, a.text)]
        seen += len(own)
    assert astray == []
    assert seen > 20 * len(pages) > 400


def test_no_address_of_a_page_is_a_folder_which_a_browser_would_list(top: Path) -> None:
    clicked = [
        (str(page.relative_to(top)), a.text)
        for page in top.rglob("*.html")
        for a in addresses(page)
        if a.tag in _CLICKED and not urlsplit(a.text).scheme
    ]
    paths = {(page, urlsplit(text).path) for page, text in clicked}
    assert [(page, path) for page, path in paths if path and (path.endswith(("/", ".")) or "." not in path)] == []


def test_pages_fetch_nothing_from_elsewhere(top: Path) -> None:
    fetched = {
        a.text for page in top.rglob("*.html") for a in addresses(page) if a.tag not in _CLICKED and "//" in a.text
    }
    assert fetched == set()


def test_the_rows_that_a_list_fetches_lead_to_files_of_the_archive(top: Path) -> None:
    lists = sorted((top / "assets/kb/lists").glob("*.js"))
    assert [path.stem for path in lists] == ["actions", "incidents", "learnings", "playbooks"]
    for path in lists:
        text = path.read_text()
        rows = json.loads(text[text.index("{") : text.rindex("}") + 1])["rows"]
        assert rows
        assert [row[0] for row in rows if not (top / unquote(urlsplit(row[0]).path)).is_file()] == []


def test_an_earlier_address_leads_to_the_page_of_its_record(top: Path) -> None:
    page = top / "incidents/inc-17.html"
    [to] = {a.text for a in addresses(page) if a.text.endswith(".html")}
    assert (page.parent / to).resolve() == top / "incidents/2026-03-02-queue-full.html"


def test_the_same_input_gives_the_same_archive_elsewhere(archive: Path, copy_of_library: Path, tmp_path: Path) -> None:
    for path in sorted(copy_of_library.rglob("*"), reverse=True):
        os.utime(path, (0, 0))
    other = {"LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"}
    done = pack(copy_of_library, tmp_path / "memory.zip", "--today", TODAY, **other)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "memory.zip").read_bytes() == archive.read_bytes()


def test_a_site_with_an_address_of_its_own_is_packed_with_relative_ones(copy_of_library: Path, tmp_path: Path) -> None:
    with (copy_of_library / "mkdocs.yml").open("a") as config:
        config.write("site_url: https://kb.example.org/memory/\nuse_directory_urls: true\n")
    done = pack(copy_of_library, tmp_path / "memory.zip", "--today", TODAY)
    assert done.returncode == 0, done.stderr
    assert not (copy_of_library / "site").exists()
    top = unpacked(tmp_path / "memory.zip").resolve()
    page = top / "incidents/2026-03-02-queue-full.html"
    assert 'href="https://kb.example.org/memory/incidents/2026-03-02-queue-full.html"' in page.read_text()
    for each in top.rglob("*.html"):
        assert [a for a in addresses(each) if "kb.example.org" in a.text] == [], each
        assert [a for a in addresses(each) if leads_astray(top, each, a.text) and not urlsplit(a.text).scheme] == []


def test_a_record_with_an_error_leaves_the_last_archive_as_it_was(
    archive: Path, copy_of_library: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "memory.zip"
    kept.write_bytes(archive.read_bytes())
    bad = copy_of_library / "postmortems/2026/bad.md"
    bad.write_text("---\ntitle: Secret plan\nstarted: 2026-02-30\n---\nSecret body\n")
    done = pack(copy_of_library, kept)
    assert done.returncode == 1
    assert "postmortems/2026/bad.md:3" in done.stderr
    assert f"{kept} is as it was." in done.stderr
    assert kept.read_bytes() == archive.read_bytes()
    bad.write_text("---\ntitle: Open plan\nstarted: 2026-02-28\n---\nOpen body\n")
    assert pack(copy_of_library, kept).returncode == 0
    with ZipFile(kept) as packed:
        assert b"Open body" in packed.read("memory/incidents/bad.html")


def test_this_repositorys_own_knowledge_base_is_packed_without_a_warning(tmp_path: Path) -> None:
    done = pack(ROOT, tmp_path / "memory.zip", "--strict", "--today", TODAY)
    assert done.returncode == 0, done.stderr
    top = unpacked(tmp_path / "memory.zip").resolve()
    for page in top.rglob("*.html"):
        hrefs = {href for href in re.findall(r'<a\b[^>]*?href="([^"]+)', page.read_text()) if not urlsplit(href).scheme}
        assert [href for href in hrefs if leads_astray(top, page, href)] == [], page.relative_to(top)
