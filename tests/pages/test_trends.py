"""The trend pages: a plain answer first, every chart with its question, its numbers and what is unknown; small, and safe."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

import kb
from kb.pages.charts.chart import Chart
from kb.pages.trends import SCRIPT, TrendPages

from .made import catalogue, incident
from .made_trends import NOTHING, Made, full, trend_pages
from .parsed import Parsed, read

URIS = ["trends/index", "trends/causes", "trends/durations"]
HOSTILE = '<script>document.title="executed"</script><img src=x onerror=alert(1)> "]}); alert(1); //'


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return {page.uri: page.html() for page in trend_pages(full()).pages()}


def pages(made: Made, *records: kb.Record) -> dict[str, Parsed]:
    return {page.uri: read(page.html()) for page in trend_pages(made, *records).pages()}


def charts(made: TrendPages) -> list[Chart]:
    return [chart for sheet in made.sheets for section in sheet.sections for chart in section.charts]


def words(parsed: Parsed) -> str:
    return " ".join(parsed.words.replace("\u00a0", " ").split())


def specs(content: bytes) -> Any:
    return json.loads(content.decode().removeprefix("kbCharts(").removesuffix(");\n"))


def test_the_pages_are_well_formed_and_belong_to_one_section(drawn: dict[str, str]) -> None:
    assert list(drawn) == URIS
    assert {uri: read(html).faults for uri, html in drawn.items()} == {uri: [] for uri in URIS}
    assert {page.section for page in trend_pages().pages()} == {URIS[0]}


def test_the_first_page_answers_in_plain_sentences_that_lead_to_their_charts(drawn: dict[str, str]) -> None:
    text = words(read(drawn[URIS[0]]))
    assert "5 incidents in 2026-Q1. With 7 incidents a quarter, only incidents that are 45 % shorter" in text
    assert "no change that these data can tell from chance (95 % interval: 45 % fewer to 21 % more)" in text
    assert "Half of the actions are closed within 170 days." in text
    assert "A pre-mortem had foreseen 6 of 120 incidents: 5 % (2 to 10 %)." in text
    assert "../trends/durations/#counts" in read(drawn[URIS[0]]).values("href")


def test_every_link_to_a_chart_leads_to_one(drawn: dict[str, str]) -> None:
    parsed = {uri: read(html) for uri, html in drawn.items()}
    ids = {uri: set(one.values("id")) for uri, one in parsed.items()}
    for address in parsed[URIS[0]].values("href"):
        path, _, anchor = address.partition("#")
        if anchor and path.startswith("../trends/"):
            assert anchor in ids[path.removeprefix("../").strip("/") if path != "../trends/" else URIS[0]]


def test_work_stands_before_recurrence_before_readiness(drawn: dict[str, str]) -> None:
    found = re.findall(r'<h2 id="([a-z]+)"', "".join(drawn[uri] for uri in URIS))
    assert found == ["work", "recurrence", "readiness", "shares", "often", "long", "written", "people"]


def test_every_chart_has_a_question_a_way_to_read_it_and_its_numbers() -> None:
    for chart in charts(trend_pages(full())):
        assert chart.question[0].isupper()
        assert chart.how.endswith(".")
        assert chart.table.rows, chart.name
        assert all(len(row) == len(chart.table.head) for row in chart.table.rows), chart.name


def test_names_of_charts_are_anchors_of_their_own(drawn: dict[str, str]) -> None:
    for html in drawn.values():
        ids = read(html).values("id")
        assert sorted(set(ids)) == sorted(ids)


def test_each_drawing_is_there_for_a_screen_and_for_a_phone_and_small_ones_once(drawn: dict[str, str]) -> None:
    for chart in charts(trend_pages(full())):
        html = "".join(drawn.values())
        found = re.findall(rf'aria-labelledby="{chart.name}-(\d+)-title', html)
        assert found == [str(width) for width in chart.widths]


@pytest.mark.parametrize("uri", URIS)
def test_nothing_on_record_is_a_lesson_each(uri: str) -> None:
    parsed = pages(NOTHING)[uri]
    assert parsed.faults == []
    assert parsed.all("svg") == []
    assert len(parsed.all("p", "kb-empty")) == len(parsed.all("section", "kb-chart")) > 0
    assert "NaN" not in parsed.words


def test_one_incident_says_that_it_is_too_few() -> None:
    site = kb.Site(catalogue(incident(started="2026-01-02T10:00Z", resolved="2026-01-02T11:00Z")))
    first, _, last = (words(read(page.html())) for page in site.trend_pages())
    assert "too few to say" in first
    assert "Fewer than five: too few for a median." in last


@pytest.mark.parametrize(
    "fields",
    [
        {"resolved": "2026-01-02"},
        {"started": "2026-01-02T10:00+09:00", "resolved": "2026-01-01T10:00Z"},
        {"started": "2026-01-02T10:00Z", "resolved": "2026-02-01T10:00Z"},
        {"started": "1000-01-01"},
        {"started": "9000-12-31T10:00Z", "resolved": "9000-12-31T10:00Z"},
        {"severity": "odd", "causes": ["x"] * 3, "trigger": "y", "services": ["z"]},
    ],
)
def test_odd_records_make_whole_pages(fields: dict[str, Any]) -> None:
    site = kb.Site(catalogue(incident(**fields), incident("two", started="2024-05-01")))
    for page in site.trend_pages():
        html = page.html()
        assert read(html).faults == []
        assert "NaN" not in html
        assert len(html) < 300_000


def test_nothing_of_a_hostile_record_becomes_an_element_or_code() -> None:
    made = full(12, title=HOSTILE, services=[HOSTILE])
    made = replace(made, people=replace(made.people, teams=((HOSTILE, 3), ("x" * 3000, 2))))
    sheet = trend_pages(made)
    for page in sheet.pages():
        parsed = read(page.html())
        assert parsed.faults == []
        assert [one.attributes.get("src") for one in parsed.all("script")] in (
            [f"{'../' * page.uri.count('/') if page.uri == URIS[0] else '../../'}assets/kb/kb-trends.js"],
        )
        assert parsed.all("img") == []
    for uri, content in sheet.files():
        if uri != SCRIPT:
            assert b"<" not in content
            assert specs(content)


def test_data_are_a_script_of_one_call_with_addresses_of_this_site() -> None:
    files = dict(trend_pages(full(12)).files())
    assert list(files) == [SCRIPT, *(f"assets/kb/trends/{uri.rpartition('/')[2]}.js" for uri in URIS)]
    found = specs(files["assets/kb/trends/durations.js"])
    assert set(found) == {"counts", "detect", "mitigate", "resolve", "reports", "teams", "responders"}
    addresses = set(re.findall(r'"address": "([^"]*)"', json.dumps(found)))
    assert addresses == {f"../../incidents/i{number}/" for number in range(12)}


def test_the_script_that_draws_asks_nothing_of_other_hosts_and_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    script = dict(trend_pages().files())[SCRIPT]
    assert b"vegaEmbed" in script
    monkeypatch.setattr("kb.pages.trends._script", lambda: b"made again")
    assert dict(trend_pages().files())[SCRIPT] == script


def test_ten_thousand_incidents_make_small_pages_with_figures_of_all() -> None:
    sheet = trend_pages(
        full(10_000, title="A network partition took the metadata service down for everybody in the region")
    )
    for page in sheet.pages():
        assert len(page.html().encode()) < 400_000
    assert all(len(content) < 500_000 for uri, content in sheet.files() if uri != SCRIPT)
    assert "one in 17 of 10,000 is drawn, evenly through time" in next(
        iter(c.how for c in charts(sheet) if c.name == "resolve")
    )


def test_the_same_trends_make_the_same_bytes(drawn: dict[str, str]) -> None:
    assert {page.uri: page.html() for page in trend_pages(full()).pages()} == drawn


def test_done_is_cut_into_verified_and_not() -> None:
    states = next(chart for chart in charts(trend_pages(full())) if chart.name == "states")
    assert ("done and verified", "59") in states.table.rows
    assert ("done, not verified", "1") in states.table.rows


def test_overdue_actions_lead_to_their_place() -> None:
    late = incident("late", actions=[{"id": "mend", "title": "Mend the pump"}], started="2024-01-01")
    made = replace(NOTHING, work=replace(NOTHING.work, overdue=("late#mend", "gone#x", "late")))
    parsed = pages(made, late)[URIS[0]]
    assert "3 actions overdue" in words(parsed)
    assert "Mend the pump" in words(parsed)
    assert "../incidents/late/#action-mend" in parsed.values("href")


def test_causes_lead_to_their_pages() -> None:
    site = kb.Site(catalogue(*(incident(f"i{n}", causes=["misconfiguration"], started="2024-01-01") for n in range(3))))
    page = next(page for page in site.trend_pages() if page.uri == URIS[1])
    assert "../../causes/misconfiguration/" in read(page.html()).values("href")


def test_a_site_without_trends_has_no_page_and_no_file_of_them() -> None:
    site = kb.Site(catalogue(incident()), has_trends=False)
    assert list(site.trend_pages()) == []
    assert list(site.trend_files()) == []


def test_links_follow_the_style_of_the_site() -> None:
    site = kb.Site(
        catalogue(incident(started="2024-01-01T10:00Z", resolved="2024-01-01T11:00Z")), kb.Style(directories=False)
    )
    parsed = {page.uri: read(page.html()) for page in site.trend_pages()}
    assert "../trends/causes.html" in parsed[URIS[0]].values("href")
    assert "../incidents/one.html" in parsed[URIS[2]].values("href")
