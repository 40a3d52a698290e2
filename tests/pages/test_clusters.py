import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import kb
from kb.pages.clusters import URI, ago, described_by
from kb.pages.clusters import recurring as recurring_now
from kb.pages.rows import parts
from kb.records.model import Postmortem

from .made import CERTIFICATE, catalogue, certificates, desk, disks, incident, learning, playbook, recurring
from .parsed import Parsed, read

SPANNER = incident("spanner", title="A spanner", summary="A spanner fell into the turbine.", started="2024-03-01")


def pages(*records: kb.Record, **more: Any) -> dict[str, Parsed]:
    return {page.uri: read(page.html()) for page in kb.Site(catalogue(*records, **more)).cluster_pages()}


def words(parsed: Parsed) -> str:
    return " ".join(parsed.words.split())


def with_fields(incidents: list[Postmortem], **fields: Any) -> list[Postmortem]:
    return [incident(one.id, summary=one.summary, started=str(one.started), **fields) for one in incidents]


def test_each_cluster_has_a_page_at_the_id_of_its_earliest_incident() -> None:
    found = pages(*certificates(3), *disks(4), SPANNER)
    assert list(found) == [URI, "clusters/disk-1", "clusters/cert-1"]
    assert {uri: parsed.faults for uri, parsed in found.items() if parsed.faults} == {}


def test_the_list_shows_the_largest_first_with_its_number_and_what_was_learned() -> None:
    lesson = learning("disks", title="Disks fill", kind="pattern", incidents=["disk-1", "disk-2", "disk-3", "disk-4"])
    listed = pages(*certificates(3), *disks(4), SPANNER, lesson)[URI]
    text = words(listed)
    assert "7 of 8 incidents happened in one of 2 ways. A learning describes 1 of them." in text
    assert text.index("4 incidents Disks fill") < text.index("3 incidents Certificates")
    assert "no learning yet" in text
    assert "../learnings/disks/" in listed.values("href")
    assert "last 2023-02-01, 3 years ago" in text
    assert len(listed.all("svg", "kb-strip")) == 2


def test_what_belongs_nowhere_is_counted_and_named() -> None:
    listed = pages(*certificates(3), SPANNER)[URI]
    assert "1 incident belongs to no group" in words(listed)
    assert "../incidents/spanner/" in listed.values("href")


@pytest.mark.parametrize("records", [[], [SPANNER], certificates(2)], ids=["none", "one", "two"])
def test_where_nothing_came_back_the_list_teaches(records: list[kb.Record]) -> None:
    found = pages(*records)
    assert list(found) == [URI]
    text = words(found[URI])
    assert "Nothing keeps coming back so far. A group appears here when three incidents happened in one way" in text
    assert "No incident is declared to repeat another." in text
    assert found[URI].faults == []


def test_incidents_of_one_text_make_plain_pages() -> None:
    made = [incident(f"i{n}", summary=CERTIFICATE) for n in range(5)]
    site = kb.Site(catalogue(*made))
    found = [read(page.html()) for page in (*site.record_pages(), *site.cluster_pages())]
    assert [parsed.faults for parsed in found if parsed.faults] == []


def test_many_clusters_are_cut_into_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.pages.clusters._CLUSTERS", 1)
    found = pages(*certificates(3), *disks(4))
    assert list(found)[:2] == [URI, "clusters/page-2"]
    assert "../clusters/page-2/" in found[URI].values("href")
    assert "Repeats" in words(found[URI])
    assert "Repeats" not in words(found["clusters/page-2"])


def test_many_incidents_of_a_cluster_are_cut_into_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.pages.numbered.parts", lambda rows, size=2: parts(rows, 2))
    found = pages(*certificates(3), *disks(3))
    first, second = found["clusters/cert-1"], found["clusters/cert-1/page-2"]
    assert [len(part.all("li", "kb-row")) for part in (first, second)] == [2, 1]
    assert "What they share" in words(first)
    assert "What they share" not in words(second)
    assert first.faults == second.faults == []


def test_the_incidents_of_a_cluster_stand_newest_first_and_undated_last() -> None:
    first, second, third = certificates(3)
    undated = incident("cert-4", summary=CERTIFICATE)
    rows = pages(undated, first, second, third, *disks(3))["clusters/cert-1"].all("li", "kb-row")
    assert len(rows) == 4
    text = words(pages(undated, first, second, third, *disks(3))["clusters/cert-1"]).partition("newest first.")[2]
    found = re.findall(r"Title of (cert-\d)", text)
    assert found == ["cert-3", "cert-2", "cert-1", "cert-4"]


def test_repeats_say_the_gap_and_what_had_been_promised() -> None:
    first, second, third = certificates(3, actions=[{"id": "x", "title": "Watch", "status": "declined"}])
    second = second.model_copy(update={"recurrence_of": ("cert-1",)})
    text = words(pages(first, second, third)[URI])
    assert "365 days after" in text
    assert "1 promise: 1 not kept or not verified." in text
    assert "1 promise not kept or not verified when it came back: in the ledger" in text


def test_the_latest_repeats_are_shown_and_the_others_folded() -> None:
    first, *others = certificates(10)
    listed = pages(first, *(one.model_copy(update={"recurrence_of": ("cert-1",)}) for one in others))[URI]
    assert "3 earlier repeats" in words(listed)
    assert "more are on the pages" not in words(listed)


def cluster_page(*records: kb.Record, **more: Any) -> str:
    return words(pages(*records, **more)["clusters/cert-1"])


def test_the_page_of_a_cluster_says_how_many_where_and_when() -> None:
    made = with_fields(certificates(3), organization="Acme", services=["gates"], trigger="performance_decay")
    text = cluster_page(*made, *disks(3))
    assert "3 incidents, 1 organization2020-05-01 to 2022-05-01last 4 years ago" in text
    assert re.search(r"Triggers ?performance decay 3 ?Services ?gates 3 ?Organizations ?Acme 3", text)
    assert "of all 3 it is the one most like the others" in text
    assert "certificate" in text.partition("What they share")[2][:80]


def test_a_cluster_says_what_stops_it() -> None:
    guards = [{"name": "alert", "verdict": "missing"}, {"name": "review", "verdict": "failed"}]
    made = with_fields(
        certificates(3), safeguards=guards, playbooks=[{"id": "renew", "verdict": "helped"}, {"id": "renew-by-hand"}]
    )
    pattern = learning(
        "ends", title="Everything ends", kind="pattern", summary="Dates come.", incidents=["cert-1", "cert-2"]
    )
    text = cluster_page(*made, *disks(3), playbook("renew", title="Renew it"), pattern)
    assert text.startswith("What keeps coming back Everything ends 3 incidents")
    assert "Dates come." in text
    assert "What stops it pattern Everything endsnames 2 of 3" in text
    assert "Renew it helped in 3" in text
    assert "renew-by-hand not written yet named by 3 of 3" in text
    assert "alert missing in 3 of 3review failed in 3 of 3" in text


def test_a_cluster_without_a_learning_says_how_to_begin_one() -> None:
    text = cluster_page(*certificates(3), *disks(3))
    assert "No learning describes these.kb new pattern --from-cluster cert-1 starts one." in text


def test_other_learnings_that_name_two_of_them_are_listed() -> None:
    links = tuple(kb.Link("drill", name, "incidents", 1, "") for name in ("cert-1", "cert-2"))
    drill = learning("drill", title="A drill", kind="game_day", incidents=["cert-1", "cert-2"])
    text = cluster_page(*certificates(3), *disks(3), drill, links=links)
    assert "Other learningsgame day A drill names 2 of 3" in text


def test_a_cluster_shows_its_promises_and_repeats() -> None:
    actions = [{"title": "Watch", "status": "accepted"}, {"title": "Tell", "status": "done"}, {"title": "Ask"}]
    first, second, third = certificates(3)
    made = incident("cert-1", summary=first.summary, started="2020-05-01", actions=actions)
    text = cluster_page(made, second, third.model_copy(update={"recurrence_of": ("cert-1",)}), *disks(3))
    assert "3 promises: 1 open, 1 done and not verified, 1 of unknown state." in text
    assert "open when it came back on 2022-05-01" in text
    assert "1 done and not verified" in text
    assert "Repeats among them 730 days after23 months" in text
    assert "No action is on record for any of them." in cluster_page(*certificates(3), *disks(3))


def test_a_cluster_says_how_people_overrule_it_and_name_it() -> None:
    text = cluster_page(*certificates(3), *disks(3))
    assert '[clusters.names] "cert-1" = "..."' in text
    assert "not_related: [id]" in text
    config = kb.Config.model_validate({"clusters": {"names": {"cert-2": 'Dates "end"'}}})
    named = words(pages(*certificates(3), *disks(3), config=config)["clusters/cert-2"])
    assert named.startswith('What keeps coming back Dates "end" 3 incidents')
    assert '"cert-2" = "Dates \\"end\\""' in named


def test_a_command_quotes_an_id_that_a_shell_would_take_apart() -> None:
    made = [incident("a b; rm", summary=CERTIFICATE, started="2019-01-01"), *certificates(3), *disks(3)]
    text = words(pages(*made)["clusters/a-b-rm"])
    assert "kb new pattern --from-cluster 'a b; rm' starts one" in text


PAYLOADS = ['"><script>alert(1)</script>', "' onmouseover='x", '" autofocus onfocus="x', "{{ 7 * 7 }}{% raw %}<!--"]


@pytest.mark.parametrize("say", PAYLOADS)
def test_no_text_of_a_stranger_runs_on_the_pages_of_clusters(say: str) -> None:
    fields = {
        "title": say,
        "organization": say,
        "services": [say],
        "trigger": say,
        "causes": [say],
        "safeguards": [{"name": say, "verdict": "missing"}],
        "playbooks": [{"id": say, "verdict": "missing"}],
        "actions": [{"id": say, "title": say, "owner": say, "status": "declined", "reason": say}],
    }
    made = [incident(f"{say}{n}", summary=CERTIFICATE, started=f"202{n}-01-01", **fields) for n in range(3)]
    made[2] = made[2].model_copy(update={"recurrence_of": (made[0].id,)})
    config = kb.Config.model_validate({"clusters": {"names": {made[1].id: say}}})
    pattern = learning(say, title=say, kind="pattern", summary=say, incidents=[one.id for one in made])
    site = kb.Site(catalogue(*made, *disks(3), pattern, config=config))
    for page in (*site.record_pages(), *site.cluster_pages()):
        parsed = read(page.html())
        assert parsed.faults == [], page.uri
        names = {name for element in parsed.elements for name in element.attributes}
        assert {name for name in names if name.startswith("on") or name == "autofocus"} == set()
        assert parsed.all("script") == []
    assert say in words(next(read(page.html()) for page in site.cluster_pages() if page.title == say))


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026-06-15", "today"), ("2026-06-14", "1 day ago"), ("2026-01-01", "5 months ago"), ("2026-06-16", "")],
)
def test_how_long_ago_a_day_was(day: str, said: str) -> None:
    assert ago(desk(), date.fromisoformat(day)) == said
    assert ago(desk(), None) == ""


def test_the_clusters_of_now_are_those_with_the_latest_incident() -> None:
    made = recurring(*certificates(3), *(one.model_copy(update={"started": None}) for one in disks(4)))
    assert [(cluster.id, when) for cluster, when in recurring_now(made)] == [("cert-1", "4 years ago")]
    assert recurring_now(desk(*certificates(3))) == []


def test_home_shows_what_recurs_now_and_the_promises_that_were_not_kept() -> None:
    first, second, third = certificates(3, actions=[{"id": "x", "title": "Watch", "status": "declined"}])
    made = catalogue(first, second.model_copy(update={"recurrence_of": ("cert-1",)}), third, *disks(3))
    parsed = read(kb.Site(made).home())
    text = words(parsed)
    assert "Look out promises not kept or not verified when it came back 1" in text
    assert "./actions/?came+back=yes" in parsed.values("href")
    assert re.search(r"Recurring now Certificates: [a-z, ]+ latest 4 years ago 3×", text)
    assert {"./clusters/", "./clusters/cert-1/", "./clusters/disk-1/"} <= set(parsed.values("href"))
    assert "Title of cert-2 365 days (11 months) after Title of cert-1, 2020" in text


def test_home_without_clusters_says_so_or_nothing() -> None:
    assert "No three incidents happened in one way so far." in words(read(kb.Site(catalogue()).home()))
    assert "Recurring now" not in words(read(kb.Site(catalogue(*certificates(3)), has_clusters=False).home()))


def record_page(site: kb.Site, uri: str) -> str:
    return words(read(next(page.html() for page in site.record_pages() if page.uri == uri)))


def test_a_pattern_leads_to_its_group_and_to_those_it_does_not_name() -> None:
    pattern = learning("ends", title="Everything ends", kind="pattern", incidents=["cert-1", "cert-2"])
    site = kb.Site(catalogue(*certificates(3), *disks(3), pattern))
    text = record_page(site, "learnings/ends")
    assert "The group it describes3 incidents that happened in one way; it names 2 of them." in text
    assert "1 incident looks like it and is not named:Title of cert-3" in text


@pytest.mark.parametrize("kind", ["game_day", "pattern"])
def test_a_learning_that_describes_no_group_shows_none(kind: str) -> None:
    one = learning("x", kind=kind, incidents=["cert-1"])
    made = recurring(*certificates(3), *disks(3), one)
    assert described_by(made, one) == []


def test_a_playbook_leads_to_the_groups_it_is_for() -> None:
    made = with_fields(certificates(3), playbooks=[{"id": "renew"}])
    site = kb.Site(catalogue(*made, *disks(3), playbook("renew"), playbook("unused")))
    assert re.search(
        r"For what keeps coming backCertificates: [a-z, ]+ 3 of 3 incidents name it",
        record_page(site, "playbooks/renew"),
    )
    assert "For what keeps coming back" not in record_page(site, "playbooks/unused")


def test_the_ledger_is_filtered_by_what_came_back() -> None:
    first, second, third = certificates(3, actions=[{"id": "x", "title": "Watch", "status": "declined"}])
    made = catalogue(first, second.model_copy(update={"recurrence_of": ("cert-1",)}), third)
    site = kb.Site(made)
    ledger = next(page.html() for page in site.list_pages() if page.uri == "actions/index")
    assert "1 action was open, declined or not verified when the incident came back." in words(read(ledger))
    (data,) = [asset.content for asset in site.assets() if asset.uri.endswith("/actions.js")]
    assert b'["came back",["no","while declined","yes"]]' in (data or b"")


def test_a_page_of_a_cluster_lies_in_the_section_of_the_list(railway: kb.Site) -> None:
    made = list(railway.cluster_pages())
    assert {page.section for page in made} == {URI}
    assert len({page.uri for page in made}) == len(made) > 3


def test_records_read_from_files_give_the_same_pages(library: Callable[..., Path]) -> None:
    files = {
        f"postmortems/cert-{n}.md": f"---\ntitle: C{n}\nstarted: 202{n}-05-01\nsummary: {CERTIFICATE}\n---\n"
        for n in range(3)
    }
    root = library(files)
    first, second = (
        {page.uri: page.html() for page in kb.Site(kb.load(root, today=date(2026, 6, 15))).cluster_pages()}
        for _ in range(2)
    )
    assert first == second
    assert "clusters/cert-0" in first
