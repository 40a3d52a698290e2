"""The trend pages in real builds and a real browser: wide and narrow, light and dark, and asked to answer the pointer."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import TODAY, Visit, run_build, with_pages
from playwright.sync_api import Page, expect

Open = Callable[..., Visit]

ADDRESSES = ("trends/", "trends/causes/", "trends/durations/")
# Texts of drawings that are seen and lie outside their drawing, by more than a pixel.
CLIPPED = """() => [...document.querySelectorAll(".kb-drawing svg")].filter(s => s.getBoundingClientRect().width).flatMap(s => {
  const box = s.getBoundingClientRect();
  return [...s.querySelectorAll("text")].filter(t => {
    const r = t.getBoundingClientRect();
    return r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1;
  }).map(t => t.textContent);
})"""


@pytest.fixture(scope="session")
def trends(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small knowledge base with actions, playbooks and lengths, built with its trends."""
    root = tmp_path_factory.mktemp("trends") / "kb"
    (root / "postmortems").mkdir(parents=True)
    (root / "kb.toml").write_text('[levels]\nmissing-field = "off"\nundeclared-repeat = "off"\n')
    for n in range(24):
        day = f"202{4 + n // 12}-{n % 12 + 1:02}-03"
        (root / f"postmortems/i{n}.md").write_text(
            f"---\ntitle: 'Failure {n} <b>\"bold\"</b>'\nseverity: sev{n % 5 + 1}\nservices: ['{'very long name ' * 9}{n % 3}']\n"
            f"started: {day}T10:00Z\ndetected: {day}T10:0{n % 9}Z\nresolved: {day}T1{n % 9 + 1}:30Z\nstatus: published\n"
            f"causes: [misconfiguration]\ntrigger: config_push\nsummary: Something failed in way {n}.\n"
            f"teams: ['{'the team of the long name ' * 5}{n % 2}']\n"
            f"actions:\n  - {{id: a, title: Mend it, kind: prevent, owner: 'owner {'x' * 70} {n % 3}', "
            f"status: {('in_progress', 'done')[n % 2]}, opened: {day}{f', closed: {day[:8]}20' if n % 2 else ''}}}\n---\n"
        )
    done = run_build(
        with_pages(root, "kb/records, kb/links, kb/clusters, kb/trends, kb/search"),
        root.parent / "site",
        "--today",
        TODAY,
    )
    assert done.returncode == 0, done.stderr
    return root.parent / "site"


def interactive(page: Page, name: str) -> None:
    page.locator(f"#{name} .kb-live").click()
    expect(page.locator(f"#{name} .kb-drawing-live svg")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_nothing_is_clipped_or_overflows_and_axe_finds_nothing_serious(
    public: Path, trends: Path, visit: Open, width: int, dark: bool
) -> None:
    axe, found = Axe(), []
    for site in (public, trends):
        v = visit(site, width=width, dark=dark)
        for address in ADDRESSES:
            page = v.go(address)
            page.wait_for_load_state("networkidle")
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            result = axe.run(page, options={"resultTypes": ["violations"]})
            found += [
                (address, one["id"], [node["html"][:160] for node in one["nodes"][:3]])
                for one in result.response["violations"]
                if one["impact"] in ("serious", "critical")
            ]
            found += [(address, "clipped", text) for text in page.evaluate(CLIPPED)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append((address, "overflow", []))
    assert found == []


def test_one_drawing_of_each_chart_is_seen_and_its_numbers_are_one_click_away(trends: Path, visit: Open) -> None:
    for width in (1280, 390):
        page = visit(trends, width=width).go("trends/")
        expect(page.locator("#open-for svg[role=img]:visible")).to_have_count(1)
        expect(page.locator("#open-for table")).to_be_hidden()
        page.locator("#open-for summary").click()
        expect(page.locator("#open-for table")).to_be_visible()


def test_the_pages_read_without_script(trends: Path, visit: Open) -> None:
    page = visit(trends, script=False).go("trends/")
    expect(page.locator(".kb-answers li").first).to_be_visible()
    expect(page.locator("#actions svg[role=img]:visible")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("Interactive"))).to_have_count(0)


@pytest.mark.parametrize(("width", "disk"), [(1280, False), (390, True)])
def test_a_chart_answers_the_pointer_with_text_and_nothing_else(
    trends: Path, visit: Open, width: int, disk: bool
) -> None:
    v = visit(trends, width=width, disk=disk)
    page = v.go("trends/durations/" + ("index.html" if disk else ""))
    interactive(page, "resolve")
    dot = page.locator("#resolve .kb-drawing-live .mark-symbol path").nth(2)
    dot.hover(force=True)
    tip = page.locator("#kb-tip.visible")
    expect(tip).to_contain_text('<b>"bold"</b>')
    expect(tip).to_contain_text(re.compile(r"sev\d"))
    assert tip.locator("b").count() == 0


def test_a_dot_leads_to_its_incident(trends: Path, visit: Open) -> None:
    v = visit(trends)
    page = v.go("trends/durations/")
    interactive(page, "resolve")
    page.locator("#resolve .kb-drawing-live .mark-symbol path").nth(2).click(force=True)
    page.wait_for_url(re.compile("/incidents/i[0-9]+/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Failure")


def test_every_chart_has_an_interactive_version(trends: Path, visit: Open) -> None:
    v = visit(trends)
    for address in ADDRESSES:
        page = v.go(address)
        names = page.locator("[data-kb-chart]").evaluate_all("all => all.map(one => one.dataset.kbChart)")
        assert names
        for name in names:
            interactive(page, name)


def test_what_draws_is_loaded_only_when_asked_for(trends: Path, visit: Open) -> None:
    v = visit(trends)
    asked: list[str] = []
    v.page.on("request", lambda request: asked.append(request.url))
    page = v.go("trends/")
    page.wait_for_load_state("networkidle")
    assert not any(url.endswith(("vega.js", "trends/index.js")) for url in asked)
    interactive(page, "states")
    interactive(page, "actions")
    assert [url.rpartition("/")[2] for url in asked if "assets/kb/trends/" in url] == ["vega.js", "index.js"]


def test_without_the_plugin_there_is_nothing_of_it(example: Path) -> None:
    assert not (example / "trends").exists()
    assert not (example / "assets/kb/trends").exists()
    assert "kb-trends.css" not in (example / "index.html").read_text()


def test_the_plugin_says_what_it_needs(tmp_path: Path) -> None:
    root = tmp_path / "kb"
    root.mkdir()
    (root / "kb.toml").write_text("")
    done = run_build(with_pages(root, "kb/trends"), tmp_path / "site")
    assert done.returncode != 0
    assert "kb/trends needs kb/records before it in mkdocs.yml" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [0, 1])
def test_a_knowledge_base_of_nearly_nothing_has_plain_pages(tmp_path: Path, number: int) -> None:
    root = tmp_path / "kb"
    (root / "postmortems").mkdir(parents=True)
    (root / "kb.toml").write_text('[levels]\nmissing-field = "off"\n')
    for n in range(number):
        (root / f"postmortems/i{n}.md").write_text("---\ntitle: It failed\nstarted: 2020-01-01\n---\n")
    done = run_build(with_pages(root, "kb/records, kb/trends"), tmp_path / "site", "--strict", "--today", TODAY)
    assert done.returncode == 0, done.stderr
    assert "kb-empty" in (tmp_path / "site/trends/index.html").read_text()
