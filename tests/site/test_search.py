"""Search in a real browser: what it answers, how one gets there, and that it answers as the terminal does."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import LIBRARY, ROOT, TODAY, Visit, run_build
from playwright.sync_api import Page, expect

import kb
from kb.config import load_config
from kb.search.index import Index, open_index
from kb.search.query import read_query
from kb.search.search import search

Open = Callable[..., Visit]

QUERIES = ROOT.parent / "shared" / "corpora" / "search-queries.jsonl"
SHOWN = 10

ASK = """async ([asked, number]) => {
  const found = [];
  for (const [text, chosen] of asked) {
    const answer = await kbSearch.ask(text, chosen);
    const shown = answer.found.slice(0, number);
    await answer.index.need(answer.index.textsOf(shown));
    found.push({
      total: answer.total,
      ids: shown.map((record) => answer.index.shown(record)[0]),
      scores: shown.map((record) => answer.scores.get(record)),
      begun: answer.begun,
      instead: Object.fromEntries(answer.instead),
      near: Object.fromEntries(answer.near),
      isLoose: answer.isLoose,
      counts: answer.counts,
    });
  }
  return found;
}"""

LANGUAGE = [
    *(
        '"retry storm"',
        '"retry storm" database',
        '"no such phrase of anybody"',
        "database -postgresql",
        '-"us-east-1" aws',
    ),
    *("certif", "certifcate", "certif*", "networ", "kube-dnz", "ERR12345", "conection poool", "kind:playbook disk"),
    *(
        "kind:pattern",
        "severity:sev1 -aws",
        "severity:sev1 severity:sev2 dns",
        "-kind:learning dns",
        "cause:contention",
    ),
    *(
        "trigger:config_push",
        "status:published bgp",
        "tag:dns",
        "id:retry-storm",
        "year:2021 dns",
        "date:2019..2020-06 dns",
    ),
    *("date:2021", "date:..2012", "date:2021-10-04", "organization:cloudflare waf", "us-east-1", "api.github.com"),
]
BAD = [
    *("", " ", "the of", '"', "'", '""', '"unbalanced', "((((", "[[[", "*", "-", "-*", ":", "kind:", 'kind:"'),
    *("障害 データベース", "الخدمة", "\0\x1b[31mred", "\u202eevil", "(a+)+$" * 500, "<script>alert(1)</script>"),
    *("x" * 100_000, "disk " * 20_000, '"' * 5_000, "a-" * 5_000, "🔥", "__proto__", "constructor:x toString"),
]


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of this repository's own knowledge base, as a responder has it on disk."""
    place = tmp_path_factory.mktemp("unpacked")
    done = run_build_offline(ROOT, place / "memory.zip")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(place / "memory.zip") as archive:
        archive.extractall(place)
    return place / "memory"


def run_build_offline(root: Path, file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kb", "-C", str(root), "build", "--offline", str(file), "--today", TODAY]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The index of the terminal for this repository's own knowledge base."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return open_index(ROOT, load_config(ROOT)).index


def ask(page: Page, asked: Sequence[tuple[str, Mapping[str, Sequence[str]]]]) -> list[dict[str, Any]]:
    """Ask the page's own search many queries."""
    page.wait_for_function("() => window.kbSearch")
    return page.evaluate(ASK, [[list(one) for one in asked], SHOWN])


def differences(index: Index, page: Page, queries: Sequence[str]) -> list[str]:
    """Return the queries to which the page has another answer than the terminal."""
    found = ask(page, [(query, {}) for query in queries])
    return [query for query, one in zip(queries, found, strict=True) if not is_same(index, query, one)]


def is_same(index: Index, query: str, found: dict[str, Any]) -> bool:
    wanted = search(index, read_query(query), SHOWN)
    scores = [result.score for result in wanted.results]
    return (
        found["total"] == wanted.total
        and found["ids"] == [result.document.id for result in wanted.results]
        and found["scores"] == pytest.approx(scores, rel=1e-12)
        and (found["begun"], found["instead"], found["near"]) == ([*wanted.begun], wanted.instead, wanted.near)
        and found["isLoose"] == wanted.is_loose
    )


# The same answer as in the terminal.


def test_every_record_is_found_by_its_title_its_id_and_a_phrase_of_its_text(
    public: Path, own: kb.Catalogue, index: Index, visit: Open
) -> None:
    page = visit(public).go("search/")
    records = list(own.records.values())
    by_title = ask(page, [(record.title, {}) for record in records])
    assert [record.id for record, one in zip(records, by_title, strict=True) if record.id not in one["ids"][:3]] == []
    by_id = ask(page, [(record.id, {}) for record in records])
    assert [record.id for record, one in zip(records, by_id, strict=True) if record.id not in one["ids"][:3]] == []
    by_phrase = ask(page, [(phrase_of(record), {}) for record in records])
    lost = [record.id for record, one in zip(records, by_phrase, strict=True) if record.id not in one["ids"][:5]]
    assert lost == []
    assert not any(one["isLoose"] for one in by_phrase)


def phrase_of(record: kb.Record) -> str:
    """Return six words of a record's text that stand together in one line, quoted."""
    lines = re.findall(r"(?:[A-Za-z]+ ){7,}[A-Za-z]+", f"{record.body}\n{record.summary or ''}")
    return f'"{" ".join(max(lines, key=len).split()[1:8])}"'


def test_titles_and_the_language_of_queries_have_the_terminals_answers(
    public: Path, own: kb.Catalogue, index: Index, visit: Open
) -> None:
    page = visit(public).go("search/")
    queries = [*LANGUAGE, *(record.title for record in own.records.values())]
    assert differences(index, page, queries) == []


@pytest.mark.corpora
def test_the_queries_of_the_benchmark_have_the_terminals_answers(public: Path, index: Index, visit: Open) -> None:
    if not QUERIES.is_file():
        pytest.skip("../shared/corpora/search-queries.jsonl is not there")
    queries = [json.loads(line)["query"] for line in QUERIES.read_text(encoding="utf-8").splitlines()]
    assert len(queries) == 290
    assert differences(index, visit(public).go("search/"), queries) == []


def test_bad_input_has_the_terminals_answer_and_runs_nothing(public: Path, index: Index, visit: Open) -> None:
    v = visit(public)
    page = v.go("search/")
    assert differences(index, page, BAD) == []
    for query in ("<script>document.title='executed'</script>", "<img src=x onerror=alert(1)>"):
        page.locator("#__kb-query").fill(query)
        expect(page.locator(".kb-search-count")).to_contain_text("record")
    assert page.title() != "executed"


def test_counts_tell_what_each_choice_would_leave(public: Path, index: Index, visit: Open) -> None:
    page = visit(public).go("search/")
    chosen = {"severity": ["sev1"], "cause": ["misconfiguration", "code-change"]}
    (found,) = ask(page, [("network", chosen)])
    narrowed = "network severity:sev1 cause:misconfiguration cause:code-change"
    assert found["total"] == search(index, read_query(narrowed), 1).total > 0
    for name, values in found["counts"]:
        others = " ".join(f"{key}:{value}" for key, some in chosen.items() if key != name for value in some)
        for value, _, number in values[:5]:
            assert number == search(index, read_query(f"network {others} {name}:{value}"), 1).total, (name, value)


# The search page.


def test_results_appear_while_one_types_with_what_matched_marked(public: Path, visit: Open) -> None:
    v = visit(public)
    page = v.go("search/")
    expect(page.locator("#__kb-query")).to_be_focused()
    page.keyboard.type("expired certifica")
    expect(page.locator(".kb-search-count")).to_contain_text("words that begin with it were looked for")
    page.keyboard.type("te")
    first = page.locator(".kb-hits li").first
    expect(first).to_contain_text("Expired certificate")
    expect(page.locator(".kb-search-count")).to_contain_text("with any of 2 words, best first")
    assert {"expired", "certificate"} <= {text.lower() for text in page.locator(".kb-hits mark").all_inner_texts()}
    page.wait_for_function("() => location.search === '?q=expired+certificate'")


def test_a_playbook_stands_before_the_incidents_where_its_symptom_matches(public: Path, visit: Open) -> None:
    page = visit(public).go("search/?q=no+space+left+on+device")
    expect(page.locator(".kb-hits h2").first).to_contain_text("Playbooks")
    expect(page.locator(".kb-hits li").first).to_contain_text("Full disk")
    assert len(page.locator(".kb-hits h2").all()) == 3


def test_a_choice_narrows_and_stands_in_the_address(public: Path, visit: Open) -> None:
    v = visit(public)
    page = v.go("search/?q=dns")
    box = page.get_by_role("checkbox", name=re.compile("^sev1"))
    box.check()
    expect(page.locator(".kb-hits h2")).to_have_text(re.compile("Incidents"))
    assert v.address == "search/?q=dns&severity=sev1"
    page.get_by_role("checkbox", name=re.compile("^sev2")).check()
    expect(page.get_by_text("Filters (2)")).to_be_visible()
    assert v.address == "search/?q=dns&severity=sev1&severity=sev2"
    count = page.locator(".kb-search-count").inner_text()
    page.reload()
    expect(page.locator(".kb-search-count")).to_have_text(count)
    expect(box).to_be_checked()
    page.go_back()
    expect(page.get_by_role("checkbox", name=re.compile("^sev2"))).not_to_be_checked()
    page.go_back()
    expect(box).not_to_be_checked()
    assert v.address == "search/?q=dns"


def test_all_of_a_kind_are_one_click_away_and_more_of_them_another(public: Path, visit: Open) -> None:
    v = visit(public)
    page = v.go("search/?q=network")
    page.get_by_role("button", name=re.compile(r"^All \d+ incidents")).click()
    expect(page.locator(".kb-hits li")).to_have_count(20)
    assert v.address == "search/?q=network&kind=postmortem"
    page.get_by_role("button", name=re.compile("^Show 20 more")).click()
    expect(page.locator(".kb-hits li")).to_have_count(40)


def test_a_misspelt_word_is_looked_for_as_the_nearest_and_it_is_said(public: Path, visit: Open) -> None:
    page = visit(public).go("search/?q=databse")
    expect(page.locator(".kb-search-count")).to_contain_text("did you mean “database”? It was looked for instead.")
    assert page.locator(".kb-hits li").count() > 5


def test_where_nothing_fits_the_way_on_is_shown(public: Path, visit: Open) -> None:
    v = visit(public)
    page = v.go("search/?q=xyzzy")
    expect(page.locator(".kb-empty")).to_contain_text("Nothing like it is on record")
    expect(page.locator(".kb-empty").get_by_role("link", name="Playbooks")).to_be_visible()
    page.goto(v.base + "search/?q=dns&severity=sev1&year=1999")
    page.get_by_role("button", name="Search without the filters").click()
    expect(page.locator(".kb-hits li").first).to_be_visible()
    assert v.address == "search/?q=dns"


def test_arrows_walk_through_the_results_and_escape_leads_back(public: Path, visit: Open) -> None:
    page = visit(public).go("search/?q=certificate")
    expect(page.locator(".kb-hits li").first).to_be_visible()
    page.locator("#__kb-query").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".kb-hits a").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".kb-hits a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#__kb-query")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Expired certificate")


def test_without_script_the_page_says_how_to_search_and_leads_to_the_lists(public: Path, visit: Open) -> None:
    page = visit(public, script=False).go("search/")
    expect(page.get_by_text("kb search no space left")).to_be_visible()
    expect(page.locator(".kb-search-side")).to_be_hidden()
    page.locator(".kb-search").get_by_role("link", name="Playbooks").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Playbooks")


# The box in the head of every page, and on home.


def test_a_slash_leads_to_the_box_and_enter_on_a_result_to_its_page(public: Path, visit: Open) -> None:
    v = visit(public)
    page = v.go("incidents/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.type("retry storm")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Retry storm")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/playbooks/retry-storm/")


def test_enter_in_the_box_leads_to_the_search_page_with_the_query(public: Path, visit: Open) -> None:
    v = visit(public)
    page = v.go("handbook/")
    page.keyboard.press("/")
    page.keyboard.type("expired certificate")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=expired+certificate")
    expect(page.locator(".kb-hits li").first).to_contain_text("Expired certificate")


def test_escape_closes_the_list_and_the_next_one_empties_the_box(public: Path, visit: Open) -> None:
    page = visit(public).go("incidents/")
    page.keyboard.press("/")
    page.keyboard.type("dns")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox", name="Records found")).to_be_hidden()
    expect(page.get_by_role("combobox", name="Search")).to_have_value("dns")
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="Search")).to_have_value("")


def test_one_way_to_the_search_is_shown_and_no_second(public: Path, visit: Open) -> None:
    for width, seen in (
        (1280, {"incidents/": "form", "": "neither", "search/": "neither"}),
        (390, {"incidents/": "link"}),
    ):
        for address, which in seen.items():
            head = visit(public, width=width).go(address).locator(".md-header")
            expect(head.locator("form.kb-ask")).to_be_visible(visible=which == "form")
            expect(head.locator("a.kb-ask-link")).to_be_visible(visible=which == "link")


def test_the_box_of_home_answers_too(public: Path, visit: Open) -> None:
    page = visit(public).go()
    page.keyboard.press("/")
    page.keyboard.type("no space left")
    page.get_by_role("option", name=re.compile("Full disk")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Full disk")


def test_on_a_phone_the_search_is_one_tap_away_and_its_filters_are_folded(public: Path, visit: Open) -> None:
    v = visit(public, width=390)
    page = v.go("incidents/")
    page.locator(".md-header").get_by_role("link", name="Search").click()
    page.locator("#__kb-query").fill("certificate")
    expect(page.locator(".kb-hits li").first).to_be_visible()
    box = page.get_by_role("checkbox", name=re.compile("^sev1"))
    expect(box).to_be_hidden()
    page.get_by_text("Filters").click()
    box.check()
    expect(page.get_by_text("Filters (1)")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_hostile_title_is_text_in_the_list_and_on_the_page(example: Path, visit: Open) -> None:
    v = visit(example)
    page = v.go()
    page.locator(".kb-home .kb-ask input").press_sequentially("filled again")
    expect(page.get_by_role("option").first).to_contain_text("document.title")
    expect(page).to_have_title("Example")
    page.keyboard.press("Enter")
    expect(page.locator(".kb-hits li").first).to_contain_text("document.title")
    assert page.locator(".kb-hits script").count() == 0
    expect(page).to_have_title(re.compile("^Search"))


# From disk, and when things go wrong.


def test_from_a_folder_on_disk_everything_works(unpacked: Path, own: kb.Catalogue, index: Index, visit: Open) -> None:
    v = visit(unpacked, disk=True)
    page = v.go("index.html")
    page.keyboard.press("/")
    page.keyboard.type("no space left")
    page.get_by_role("option", name=re.compile("Full disk")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Full disk")
    page.keyboard.press("/")
    page.keyboard.type("expired certifcate")
    page.keyboard.press("Enter")
    expect(page.locator(".kb-hits li").first).to_contain_text("Expired certificate")
    page.get_by_role("checkbox", name=re.compile("^sev1")).check()
    expect(page.get_by_text("Filters (1)")).to_be_visible()
    assert v.address == "search/index.html?q=expired+certifcate&severity=sev1"
    page.locator(".kb-hits a").first.click()
    expect(page.locator(".kb-incident, .kb").first).to_contain_text("SEV1", ignore_case=True)
    page = v.go("search/index.html")
    assert differences(index, page, LANGUAGE) == []


def test_a_site_that_was_published_anew_is_searched_as_it_is_now(example: Path, visit: Open, tmp_path: Path) -> None:
    site = Path(shutil.copytree(example, tmp_path / "site"))
    v = visit(site)
    page = v.go("search/")
    assert ask(page, [("queue", {})])[0]["total"] > 0
    (before,) = (path for path in (site / "search").iterdir() if path.is_dir())
    before.rename(site / "search/0123456789ab")
    head = (site / "search/head.js").read_text(encoding="utf-8")
    (site / "search/head.js").write_text(head.replace(before.name, "0123456789ab"), encoding="utf-8")
    (found,) = ask(page, [("quueue", {})])
    assert found["instead"] == {"quueue": "queue"}
    assert found["total"] > 0
    # The part that is gone was asked for once.
    assert v.console == ["Failed to load resource: the server responded with a status of 404 (File not found)"]
    v.console.clear()


def test_an_index_that_cannot_be_loaded_is_said(example: Path, visit: Open, tmp_path: Path) -> None:
    site = Path(shutil.copytree(example, tmp_path / "site"))
    shutil.rmtree(next(path for path in (site / "search").iterdir() if path.is_dir()))
    v = visit(site)
    page = v.go("search/?q=queue")
    expect(page.locator(".kb-search-count")).to_contain_text("The search index could not be loaded.")
    assert v.console
    v.console.clear()


def test_a_knowledge_base_without_records_answers_too(copy_of_library: Path, visit: Open, tmp_path: Path) -> None:
    for folder in ("postmortems", "playbooks", "learnings"):
        shutil.rmtree(copy_of_library / folder)
    done = run_build(copy_of_library, tmp_path / "site", "--today", TODAY)
    assert done.returncode == 0, done.stderr
    page = visit(tmp_path / "site").go("search/?q=queue&severity=sev1")
    expect(page.locator(".kb-search-count")).to_have_text("No record fits.")
    page.get_by_role("button", name="Search without the filters").click()
    expect(page.locator(".kb-empty")).to_contain_text("Nothing like it is on record")
    assert [one["total"] for one in ask(page, [("queeue", {}), ('"a b" c*', {}), ("-x", {})])] == [0, 0, 0]


def test_the_index_is_made_of_the_records_alone(example: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    done = run_build(LIBRARY, again, "--today", TODAY, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    names = {path.relative_to(example) for path in (example / "search").rglob("*") if path.is_file()}
    assert names == {path.relative_to(again) for path in (again / "search").rglob("*") if path.is_file()}
    assert [name for name in names if (example / name).read_bytes() != (again / name).read_bytes()] == []
