"""What keeps coming back, in real builds and a real browser: from an incident to its like, to the group, to what was learned."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import RAILWAY, TODAY, Visit, run_build, with_pages
from playwright.sync_api import expect

Open = Callable[..., Visit]

TEXT = "---\ntitle: {title}\nstarted: {day}\nsummary: The certificate expired and nobody had renewed it before its date.\n---\n"


def test_a_reader_walks_from_an_incident_to_its_like_to_the_group_and_to_what_was_learned(
    railway: Path, visit: Open
) -> None:
    v = visit(railway)
    page = v.go("incidents/2022-08-02-boards-empty/")
    before = page.locator("section.kb-before")
    expect(before.locator(".kb-near").first).to_contain_text(re.compile(r"strong\s+0\.\d\d"))
    expect(before.locator(".kb-near").first).to_contain_text("both: full disks")
    before.locator(".kb-near").get_by_role("link", name="The timetable did not change any more").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The timetable did not change any more")
    expect(page.locator(".kb-repeat")).to_contain_text("1,073 days (2 years) after this one")
    page.locator(".kb-of-cluster").get_by_role("link").click()
    assert v.address == "clusters/2018-02-11-timetable-frozen/"
    expect(page.get_by_role("heading", level=1)).to_have_text("A by-product fills the disk")
    expect(page.locator("svg.kb-strip")).to_be_visible()
    stops = page.locator(".kb-card").filter(has=page.get_by_role("heading", name="What stops it"))
    expect(stops.get_by_role("link", name="Free a disk")).to_be_visible()
    stops.get_by_role("link", name="A by-product fills the disk").click()
    assert v.address == "learnings/full-disks/"
    page.get_by_role("link", name="4 incidents that happened in one way").click()
    assert v.address == "clusters/2018-02-11-timetable-frozen/"


def test_the_promises_that_were_not_kept_are_found_from_home(railway: Path, visit: Open) -> None:
    v = visit(railway)
    page = v.go()
    page.get_by_role("link", name="promises not kept or not verified when it came back").click()
    assert v.address == "actions/?came+back=yes"
    expect(page.locator(".kb-row")).to_have_count(2)
    page.get_by_label("came back").select_option(label="while open (1)")
    expect(page.locator(".kb-row")).to_have_count(1)
    page.locator(".kb-row").get_by_role("link").click()
    assert v.address == "incidents/2019-03-04-gates-shut/#action-list-certificates"
    expect(page.locator("#action-list-certificates")).to_contain_text("open when it came back on 2020-06-15")


def test_home_leads_to_what_recurs_now(railway: Path, visit: Open) -> None:
    v = visit(railway)
    page = v.go()
    card = page.locator(".kb-card").filter(has=page.get_by_role("heading", name="Recurring now"))
    card.get_by_role("link", name="Certificates nobody renewed").click()
    assert v.address == "clusters/2019-03-04-gates-shut/"
    page.locator(".kb-kicker").get_by_role("link", name="What keeps coming back").click()
    expect(page.locator(".kb-kinds > li")).to_have_count(5)
    expect(page.locator(".kb-kinds > li").filter(has_text="Power supply")).to_contain_text("no learning yet")


def test_all_of_it_reads_without_script(railway: Path, visit: Open) -> None:
    page = visit(railway, script=False).go("clusters/2019-03-04-gates-shut/")
    expect(page.get_by_text("kb new pattern --from-cluster 2019-03-04-gates-shut")).to_be_visible()
    expect(page.locator("#incidents ~ .kb-rows .kb-row").first).to_be_visible()
    page.get_by_role("link", name="What keeps coming back").first.click()
    page.get_by_text("4 incidents", exact=True).click()
    expect(page.get_by_role("link", name="A backhoe cut the fibre along the line")).to_be_visible()


def test_on_paper_an_incident_keeps_what_happened_before(railway: Path, visit: Open) -> None:
    page = visit(railway).go("incidents/2020-06-15-staff-app-refused/")
    page.emulate_media(media="print")
    expect(page.locator(".kb-repeat")).to_be_visible()
    expect(page.locator(".kb-near").first).to_be_visible()


@pytest.mark.parametrize("number", [0, 1, 2, 6])
def test_a_knowledge_base_of_few_or_of_one_text_has_plain_pages(tmp_path: Path, number: int) -> None:
    root = tmp_path / "kb"
    (root / "postmortems").mkdir(parents=True)
    (root / "kb.toml").write_text('[levels]\nmissing-field = "off"\n')
    for n in range(number):
        (root / f"postmortems/i{n}.md").write_text(TEXT.format(title="It expired", day=f"202{n}-01-01"))
    done = run_build(with_pages(root), tmp_path / "site", "--strict", "--today", TODAY)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "What keeps coming back" in (tmp_path / "site/clusters/index.html").read_text()
    pages = [(tmp_path / f"site/incidents/i{n}/index.html").read_text() for n in range(number)]
    assert all("Happened before?" in page for page in pages)
    if number < 3:
        assert [path.name for path in (tmp_path / "site/clusters").iterdir()] == ["index.html"]


def test_the_navigation_never_names_a_single_cluster(railway: Path) -> None:
    page = (railway / "clusters/2019-03-04-gates-shut/index.html").read_text()
    navigation = page[page.index('class="md-nav md-nav--primary') : page.index("</nav>", page.index("md-nav--primary"))]
    assert "What keeps coming back" in navigation
    assert "Certificates nobody renewed" not in navigation


def test_without_the_plugin_no_page_says_anything_of_it(tmp_path: Path) -> None:
    root = tmp_path / "kb"
    root.mkdir()
    for name in ("postmortems", "playbooks", "learnings"):
        (root / name).symlink_to(RAILWAY / name)
    (root / "kb.toml").write_text((RAILWAY / "kb.toml").read_text())
    done = run_build(
        with_pages(root, "kb/records, kb/links, kb/search"), tmp_path / "site", "--strict", "--today", TODAY
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "site/clusters").exists()
    said = re.compile("Happened before[?]|clusters/|keeps coming back|Recurring now")
    assert [path for path in (tmp_path / "site").rglob("*.html") if said.search(path.read_text())] == []


def test_the_plugin_says_what_it_needs(tmp_path: Path) -> None:
    root = tmp_path / "kb"
    root.mkdir()
    (root / "kb.toml").write_text("")
    done = run_build(with_pages(root, "kb/clusters"), tmp_path / "site")
    assert done.returncode != 0
    assert "kb/clusters needs kb/records before it in mkdocs.yml" in done.stderr
    assert "Traceback" not in done.stderr
