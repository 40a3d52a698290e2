from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import kb
from kb.pages.desk import Desk, clock, desk_for, moment, paragraphs, span
from kb.records.time import parse_moment

from .made import desk, incident, playbook
from .parsed import read

Library = Callable[[Mapping[str, Any]], Path]


def desk_of(root: Path, style: kb.Style | None = None) -> Desk:
    return desk_for(kb.load(root), style or kb.Style())


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("[x](b.md)", "../../incidents/b/"),
        ("[x](./b.md#the-end)", "../../incidents/b/#r-the-end"),
        ("[x](../../playbooks/drain.md)", "../../playbooks/drain/"),
        ('[x]({{< ref "b.md" >}})', "../../incidents/b/"),
        ('[x]({{< relref "b.md#the-end" >}})', "../../incidents/b/#r-the-end"),
        ("[x](log.txt)", "../../files/postmortems/2026/log.txt"),
        ("[x](more/50%20%25%20%231.txt)", "../../files/postmortems/2026/more/50%20%25%20%231.txt"),
        ("[x](../../docs/guide.md)", "../../guide/"),
        ("[x](../../docs/guide.md#start)", "../../guide/#start"),
        ("[x](../../docs/how/index.md)", "../../how/"),
        ("[x](#here)", "#r-here"),
        ("[x](gone.md)", None),
        ("[x](gone.txt)", None),
        ("[x](../../kb.toml)", None),
        ("[x](../../../../etc/passwd)", None),
        ("[x](/etc/passwd)", None),
        ("[x](unlisted.html)", None),
    ],
)
def test_a_relative_link_leads_to_where_that_is_published(library: Library, link: str, address: str | None) -> None:
    root = library(
        {
            "postmortems/2026/a.md": f"---\ntitle: A\n---\n{link}\n",
            "postmortems/2026/b.md": "---\ntitle: B\n---\n# The end\n",
            "postmortems/2026/log.txt": "x",
            "postmortems/2026/more/50 % #1.txt": "x",
            "postmortems/2026/unlisted.html": "x",
            "playbooks/drain.md": "---\ntitle: Drain\n---\n",
            "docs/guide.md": "# Guide\n",
            "docs/how/index.md": "# How\n",
        }
    )
    made = desk_of(root)
    html, _ = made.body(made.catalogue.records["a"], "incidents/a")
    assert read(html).values("href") == [address] * (address is not None)


def test_links_follow_the_style_of_the_site(library: Library) -> None:
    root = library(
        {"postmortems/a.md": "---\ntitle: A\n---\n[x](b.md) [[b]]\n", "postmortems/b.md": "---\ntitle: B\n---\n"}
    )
    made = desk_of(root, kb.Style(directories=False))
    html, _ = made.body(made.catalogue.records["a"], "incidents/a")
    assert read(html).values("href") == ["../incidents/b.html"] * 2


def test_a_reference_follows_an_alias_and_a_part() -> None:
    made = desk(incident("new", aliases=["old"]), playbook())
    html = made.markup.inline("[[old]] [[new#fix]] [[book|the book]] [[newt]]", "./")
    parsed = read(html)
    assert parsed.values("href") == ["./incidents/new/", "./incidents/new/", "./playbooks/book/"]
    assert parsed.words == "Title of new Title of new the book newt"


def test_an_incident_is_cited_by_organization_and_month_and_keeps_its_title_on_hover() -> None:
    cited = incident("full", organization="Harbour", started="2026-03-01T00:30+02:00")
    made = desk(cited, incident("undated", organization="Harbour"), incident("ours", started="2026-03-01"))
    parsed = read(made.markup.inline("[[full]] [[full|then]] [[undated]] [[ours]]", "./"))
    assert parsed.words == "Harbour (Mar 2026) then Title of undated Title of ours"
    assert parsed.values("title") == ["Title of full"] * 2
    html, _ = made.body(incident(body="In [[full]] it broke."), "incidents/one")
    assert read(html).words == "In Harbour (Mar 2026) it broke."
    assert read(html).values("title") == ["Title of full"]


def test_a_body_of_blanks_is_no_body() -> None:
    assert desk().body(incident(body="\n  \n"), "incidents/one") == ("", ())


def test_a_longer_text_is_paragraphs() -> None:
    made = paragraphs(desk().markup, "one `x`\ntwo\n\n\n\n<b>", "./")
    assert made == "<p>one <code>x</code>\ntwo</p><p>&lt;b&gt;</p>"
    assert paragraphs(desk().markup, None, "./") == ""


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-03-02", '<time datetime="2026-03-02">2026-03-02</time>'),
        (
            "2026-03-02T09:00Z",
            '<time datetime="2026-03-02T09:00:00Z" title="2026-03-02T09:00:00Z">2026-03-02 09:00 UTC<small></small></time>',
        ),
        (
            "2026-03-02T23:30-08:00",
            '<time datetime="2026-03-02T23:30:00-08:00" title="2026-03-02T23:30:00-08:00">'
            "2026-03-03 07:30 UTC<small> (23:30 −08:00)</small></time>",
        ),
        (
            "2026-03-02T12:00+05:30",
            '<time datetime="2026-03-02T12:00:00+05:30" title="2026-03-02T12:00:00+05:30">'
            "2026-03-02 06:30 UTC<small> (12:00 +05:30)</small></time>",
        ),
    ],
)
def test_a_moment_is_shown_in_utc_with_its_own_zone_beside_it(written: str, shown: str) -> None:
    assert moment(parse_moment(written)) == shown


def test_the_time_of_day_is_that_of_utc_and_a_day_has_none() -> None:
    assert clock(parse_moment("2026-03-02T23:30-08:00")) == "07:30"
    assert clock(parse_moment("2026-03-02")) == ""


def test_a_span_is_said_with_its_minutes_on_hover() -> None:
    assert span(timedelta(hours=2, minutes=14)) == '<span title="134 min">2 h 14 min</span>'
    assert span(timedelta(seconds=30)) == '<span title="0.5 min">30 s</span>'
    assert span(timedelta()) == '<span title="0 min">0 s</span>'
    assert span(None) == '<span class="kb-unknown">unknown</span>'
