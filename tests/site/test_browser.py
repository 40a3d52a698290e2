"""The site in a real browser: what people do with it, on a wide screen and a phone, light and dark, without script."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Visit
from playwright.sync_api import expect

import kb

Open = Callable[..., Visit]

PUBLIC_PAGES = (
    "",
    "incidents/",
    "incidents/2017-02-28-s3-us-east-1/",
    "playbooks/",
    "playbooks/retry-storm/",
    "learnings/",
    "learnings/cold-restart/",
    "actions/",
    "services/",
    "services/cdn/",
    "causes/misconfiguration/",
    "organizations/cloudflare/",
    "clusters/",
    "clusters/2008-02-24-youtube-hijack/",
    "incidents/2017-01-01-cloudflare-leap-second/",
    "learnings/expired-certificates/",
    "search/",
    "search/?q=database+conections+exhausted",
    "search/?q=dns&severity=sev1",
    "search/?q=xyzzy",
    "reference/fields/",
    "reference/findings/",
    "handbook/",
    "handbook/troubleshooting/",
    "guides/writing-a-playbook/",
)
# Rows that a list draws before it is asked for more.
DRAWN = 100
EXAMPLE_PAGES = (
    "",
    "incidents/2026-03-02-queue-full/",
    "incidents/2026-05-04-queue-full-again/",
    "incidents/2026-06-01-draft/",
    "playbooks/drain-the-queue/",
    "playbooks/unreviewed/",
    "learnings/fill-the-disk/",
    "learnings/queue-move/",
    "actions/",
    "teams/checkout/",
    "clusters/",
    "notes/",
)
RAILWAY_PAGES = (
    "",
    "clusters/",
    "clusters/2019-03-04-gates-shut/",
    "clusters/2018-02-11-timetable-frozen/",
    "incidents/2019-03-04-gates-shut/",
    "incidents/2020-06-15-staff-app-refused/",
    "incidents/2023-04-18-signal-telemetry-dark/",
    "incidents/2017-10-12-fibre-cut/",
    "learnings/full-disks/",
    "playbooks/renew-a-certificate/",
    "actions/?came+back=yes",
)


def test_a_reader_walks_from_home_to_a_service_an_incident_and_its_playbook(public: Path, visit: Open) -> None:
    v = visit(public)
    page = v.go()
    page.get_by_role("link", name="Services", exact=True).first.click()
    page.get_by_role("link", name=re.compile("^cdn")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("cdn")
    page.get_by_role("link", name=re.compile("firewall rule")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A firewall rule exhausted CPUs")
    page.locator(".kb-side").get_by_role("link", name="Roll back a bad configuration").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Roll back a bad configuration")
    assert v.address == "playbooks/roll-back-a-bad-configuration/"


def of_cloudflare(own: kb.Catalogue) -> list[kb.Postmortem]:
    found = [incident for incident in own.incidents if incident.organization == "Cloudflare"]
    assert 1 < len(found) < len(own.incidents)
    return found


def test_a_filter_narrows_the_list_and_stands_in_the_address(public: Path, own: kb.Catalogue, visit: Open) -> None:
    total, some = len(own.incidents), len(of_cloudflare(own))
    v = visit(public)
    page = v.go("incidents/")
    rows = page.locator(".kb-row")
    expect(rows).to_have_count(min(total, DRAWN))
    page.get_by_label("organization").select_option(label=f"Cloudflare ({some})")
    expect(rows).to_have_count(some)
    assert v.address == "incidents/?organization=Cloudflare"
    expect(page.locator(".kb-count")).to_contain_text(f"{some} of {total} incidents")
    page.reload()
    expect(rows).to_have_count(some)
    page.get_by_label("words in the row").fill("oversized bot")
    expect(rows).to_have_count(1)
    assert v.address == "incidents/?organization=Cloudflare&title=oversized+bot"
    page.go_back()
    expect(rows).to_have_count(min(total, DRAWN))
    page.go_forward()
    page.locator(".kb-filters").get_by_role("button", name="Clear").click()
    expect(rows).to_have_count(min(total, DRAWN))
    assert v.address == "incidents/"


def test_the_counts_of_a_filter_tell_what_the_others_leave(public: Path, own: kb.Catalogue, visit: Open) -> None:
    found = of_cloudflare(own)
    page = visit(public).go("incidents/?organization=Cloudflare")
    expect(page.locator(".kb-row")).to_have_count(len(found))
    offered = page.get_by_label("year").locator("option").all_inner_texts()
    years = Counter(incident.started.day.year for incident in found if incident.started)
    assert offered == ["any", *(f"{year} ({years[year]})" for year in sorted(years, reverse=True))]


def test_every_asked_for_filter_is_there_when_it_can_tell_records_apart(example: Path, visit: Open) -> None:
    page = visit(example).go("incidents/")
    offered = page.locator(".kb-filters select").evaluate_all("all => all.map(one => one.name)")
    assert {"severity", "service", "cause", "team", "year", "status", "sort"} <= set(offered)


def test_a_filter_without_hits_says_so(public: Path, visit: Open) -> None:
    page = visit(public).go("incidents/?title=nothing+has+this")
    expect(page.locator(".kb-rows")).to_have_text(re.compile("Nothing has all of these"))


def test_sorting_by_length_puts_the_longest_first(public: Path, own: kb.Catalogue, visit: Open) -> None:
    longest = max((incident for incident in own.incidents if incident.lasted), key=lambda incident: incident.lasted)
    page = visit(public).go("incidents/?sort=longest")
    expect(page.locator(".kb-row-title").first).to_have_text(longest.title)


def test_a_list_of_ten_thousand_rows_is_drawn_in_parts_and_filters(public: Path, visit: Open, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.symlink_to(public)
    rows = [[f"x/{n}/", f"Incident {n}", "2026-01-01", 0, "notes", 10, "", [[n % 5], [n % 7]]] for n in range(10_000)]
    facets = [["severity", [f"sev{n}" for n in range(1, 6)]], ["service", [f"service {n}" for n in range(7)]]]
    data = json.dumps({"facets": facets, "marks": [["sev1", "sev1"]], "rows": rows})
    v = visit(site)
    script = {"body": f'kbList("incidents",{data});', "content_type": "text/javascript"}
    v.page.route("**/lists/incidents.js", lambda route: route.fulfill(**script))
    page = v.go("incidents/")
    expect(page.locator(".kb-count")).to_contain_text("10,000 incidents")
    expect(page.locator(".kb-row")).to_have_count(100)
    page.get_by_role("button", name="Show 100 more").click()
    expect(page.locator(".kb-row")).to_have_count(200)
    page.get_by_label("service").select_option(label="service 3 (1429)")
    expect(page.locator(".kb-count")).to_contain_text("1,429 of 10,000")


def test_lists_and_records_read_without_script(public: Path, own: kb.Catalogue, visit: Open) -> None:
    page = visit(public, script=False).go("incidents/")
    expect(page.locator(".kb-row")).to_have_count(len(own.incidents))
    expect(page.locator(".kb-filters")).to_be_hidden()
    page.get_by_role("link", name=re.compile("S3 unavailable")).click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(page.get_by_text("A capacity removal command")).to_be_visible()


def test_ticked_steps_of_a_playbook_stay_ticked(example: Path, visit: Open) -> None:
    page = visit(example).go("playbooks/drain-the-queue/")
    step = page.get_by_role("checkbox", name="Tell support.")
    expect(step).to_be_enabled()
    step.check()
    page.reload()
    expect(step).to_be_checked()
    expect(page.get_by_role("checkbox", name="What grew?")).not_to_be_checked()


def test_a_timeline_shows_one_kind_of_row(example: Path, visit: Open) -> None:
    page = visit(example).go("incidents/2026-03-02-queue-full/")
    page.get_by_label("show").select_option("decision")
    expect(page.get_by_text("Status page updated")).to_be_hidden()
    expect(page.locator(".kb-event").get_by_role("link", name="Drain the queue")).to_be_visible()


def test_nothing_of_a_hostile_record_runs(example: Path, visit: Open) -> None:
    v = visit(example)
    for address in (
        "incidents/2026-05-04-queue-full-again/",
        "incidents/",
        "",
        "services/queue/",
        "reference/findings/",
    ):
        page = v.go(address)
        page.wait_for_load_state("networkidle")
        assert page.title() != "executed"
        assert page.locator("article script:not([src]), article [onclick], article [onerror]").count() == 0


def test_an_old_address_leads_to_the_record(example: Path, visit: Open) -> None:
    v = visit(example)
    v.go("incidents/inc-17/")
    v.page.wait_for_url("**/incidents/2026-03-02-queue-full/")
    expect(v.page.get_by_role("heading", level=1)).to_have_text("Orders waited behind a full queue")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390], ids=["wide", "phone"])
def test_axe_finds_nothing_serious_and_nothing_overflows(
    public: Path, example: Path, railway: Path, visit: Open, width: int, dark: bool
) -> None:
    axe, found = Axe(), []
    for site, pages in ((public, PUBLIC_PAGES), (example, EXAMPLE_PAGES), (railway, RAILWAY_PAGES)):
        v = visit(site, width=width, dark=dark)
        for address in pages:
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


def test_on_paper_the_controls_are_gone_and_the_facts_are_there(public: Path, visit: Open) -> None:
    page = visit(public).go("incidents/2017-02-28-s3-us-east-1/")
    page.emulate_media(media="print")
    expect(page.locator(".kb-next")).to_be_hidden()
    expect(page.locator(".md-header")).to_be_hidden()
    expect(page.locator(".kb-facts")).to_be_visible()
    expect(page.get_by_text("A capacity removal command")).to_be_visible()


def test_the_edit_link_leads_to_the_records_own_file(example: Path, visit: Open) -> None:
    page = visit(example).go("incidents/2026-03-02-queue-full/")
    link = page.get_by_role("link", name=re.compile("Edit this page")).get_attribute("href")
    assert link == "https://forge.example.org/team/knowledge/edit/main/postmortems/2026/2026-03-02-queue-full.md"
