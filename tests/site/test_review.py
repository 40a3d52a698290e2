"""The reviews, in real builds and a real browser: from the list to a quarter, to what it is about, and onto paper."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import RAILWAY, TODAY, Visit, run_build, with_pages
from playwright.sync_api import expect

Open = Callable[..., Visit]

PLUGINS = "kb/records, kb/links, kb/clusters, kb/review, kb/search"
RECORD = """\
---
title: Review of 2019-Q1
kind: review
quarter: 2019-Q1
date: 2019-04-09
decisions:
  - Certificates are watched by their dates, see [[2019-03-04-gates-shut]], platform, by 31 May 2019.
---
We talked for an hour.
"""
PAGES = ("reviews/", "reviews/2019-Q1/", "reviews/2019-Q2/", "reviews/2020-Q2/", "reviews/2024-Q1/")


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The railway, with the review of one quarter on record, built."""
    root = Path(shutil.copytree(RAILWAY, tmp_path_factory.mktemp("reviewed") / "kb"))
    (root / "learnings/reviews").mkdir()
    (root / "learnings/reviews/2019-Q1.md").write_text(RECORD)
    with_pages(root, PLUGINS)
    settings = root / "mkdocs.yml"
    settings.write_text(settings.read_text() + "  - Reviews: reviews/index.md\n")
    done = run_build(root, root.parent / "site", "--strict", "--today", TODAY)
    assert done.returncode == 0, done.stderr
    return root.parent / "site"


def test_a_reader_walks_from_the_list_to_a_quarter_to_its_theme_and_to_what_was_decided(
    reviewed: Path, visit: Open
) -> None:
    v = visit(reviewed)
    page = v.go("reviews/")
    row = page.locator(".kb-quarters > li").filter(has_text="January to March 2019")
    expect(row).to_contain_text("1 decision")
    row.get_by_role("link", name="2019-Q1", exact=True).click()
    assert v.address == "reviews/2019-Q1/"
    expect(page.get_by_role("heading", level=1)).to_have_text("Review of 2019-Q1")
    page.locator(".kb-ask-of").get_by_role("link", name="1 theme").click()
    assert v.address == "reviews/2019-Q1/#themes"
    page.locator(".kb-theme").get_by_role("heading").get_by_role("link", name="Certificates nobody renewed").click()
    assert v.address == "clusters/2019-03-04-gates-shut/"
    page.go_back()
    page.get_by_role("link", name="Record of 2019-Q1").click()
    assert v.address == "learnings/2019-q1/"
    expect(page.get_by_text("We talked for an hour.")).to_be_visible()
    page.locator(".kb-facts").get_by_role("link", name="2019-Q1").click()
    assert v.address == "reviews/2019-Q1/"
    page.locator(".kb-next").get_by_role("link", name=re.compile("After it")).click()
    assert v.address == "reviews/2019-Q2/"
    expect(page.locator("section", has=page.get_by_role("heading", name="Last quarter’s decisions"))).to_contain_text(
        "Certificates are watched by their dates"
    )


def test_a_review_reads_without_script(reviewed: Path, visit: Open) -> None:
    page = visit(reviewed, script=False).go("reviews/2020-Q2/")
    expect(page.get_by_role("heading", name="What came back")).to_be_visible()
    expect(page.locator(".kb-repeat")).to_be_visible()
    expect(page.locator(".kb-repeat .kb-mark--then-open")).to_be_visible()
    assert page.locator(".kb-review details").count() == 0


def test_on_paper_the_way_around_is_gone_and_there_is_room_to_write(reviewed: Path, visit: Open) -> None:
    page = visit(reviewed).go("reviews/2024-Q1/")
    lines = page.locator("section", has=page.get_by_role("heading", name="Decisions", exact=True)).locator(".kb-lines")
    expect(lines).to_be_hidden()
    expect(page.locator(".kb-review-parts")).to_be_visible()
    page.emulate_media(media="print")
    expect(lines).to_be_visible()
    for gone in (".kb-review-parts", ".kb-next", ".md-header", ".md-tabs"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.get_by_role("heading", name="What will we decide?")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).page") == "review"


def test_other_pages_keep_the_paper_of_the_browser(reviewed: Path, visit: Open) -> None:
    page = visit(reviewed).go("incidents/2019-03-04-gates-shut/")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).page") == "auto"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390], ids=["wide", "phone"])
def test_axe_finds_nothing_serious_in_a_review_and_nothing_overflows(
    reviewed: Path, visit: Open, width: int, dark: bool
) -> None:
    axe, found = Axe(), []
    v = visit(reviewed, width=width, dark=dark)
    for address in PAGES:
        page = v.go(address)
        page.wait_for_load_state("networkidle")
        result = axe.run(page, options={"resultTypes": ["violations"]})
        found += [
            (address, one["id"], [node["html"][:160] for node in one["nodes"][:3]])
            for one in result.response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((address, "overflow", []))
    assert found == []


def test_the_navigation_never_names_a_single_quarter(reviewed: Path) -> None:
    page = (reviewed / "reviews/2019-Q1/index.html").read_text()
    navigation = page[page.index('class="md-nav md-nav--primary') : page.index("</nav>", page.index("md-nav--primary"))]
    assert "Reviews" in navigation
    assert "2019-Q1" not in navigation


def test_without_the_plugin_no_page_says_anything_of_reviews(railway: Path) -> None:
    assert not (railway / "reviews").exists()
    assert [path for path in railway.rglob("*.html") if "reviews/" in path.read_text()] == []


@pytest.mark.parametrize(
    ("plugins", "need"),
    [
        ("kb/review", "kb/review needs kb/records before it in mkdocs.yml"),
        ("kb/records, kb/review", "kb/review needs kb/clusters in mkdocs.yml"),
    ],
)
def test_the_plugin_says_what_it_needs(tmp_path: Path, plugins: str, need: str) -> None:
    root = tmp_path / "kb"
    root.mkdir()
    (root / "kb.toml").write_text("")
    done = run_build(with_pages(root, plugins), tmp_path / "site")
    assert done.returncode != 0
    assert need in done.stderr
    assert "Traceback" not in done.stderr


def test_a_knowledge_base_without_an_incident_has_a_list_that_teaches(tmp_path: Path) -> None:
    root = tmp_path / "kb"
    root.mkdir()
    (root / "kb.toml").write_text("")
    done = run_build(with_pages(root, PLUGINS), tmp_path / "site", "--today", TODAY)
    assert done.returncode == 0, done.stderr
    assert "No quarter has anything to review." in (tmp_path / "site/reviews/index.html").read_text()
