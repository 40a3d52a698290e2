"""A stranger's Markdown, shown: every attack of `markup.yml` beside its harmless twin, and what no text at all may do."""

import re
import time
from html import escape
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.pages.markup import Cleaner, Markup, Target

from .parsed import read

FOUND = {
    "known": Target("incidents/known", "The known one"),
    "nasty": Target("incidents/nasty", '"><script>alert(1)</script>'),
    "cited": Target("incidents/cited", "Harbour (Mar 2026)", '" onmouseover="alert(1)" <b>'),
    "日本": Target("incidents/日本", "Japan"),
}
FILES = {
    "graph.png": "files/graph.png",
    "./graph.png": "files/graph.png",
    "other.md": "incidents/other/",
    "./other.md": "incidents/other/",
    "other.md#part": "incidents/other/#r-part",
}
MARKUP = Markup(FOUND.get, lambda uri: f"{uri}/")
REL = ' rel="noopener noreferrer"'

TAGS = frozenset(
    "a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img input "
    "ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
ATTRIBUTES = frozenset(
    "href src alt title width height class id open type checked disabled aria-label start colspan rowspan align rel".split()
)


def block(text: str) -> str:
    return str(MARKUP.block(text, "../", FILES.get)[0])


def inline(text: str) -> str:
    return str(MARKUP.inline(text, "../"))


def harm(html: str) -> list[str]:
    """Return what a record's HTML must not hold."""
    parsed = read(html)
    found = list(parsed.faults)
    for element in parsed.elements:
        found += [f"<{element.tag}>"] * (element.tag not in TAGS)
        found += [f"{name}=" for name in element.attributes if name not in ATTRIBUTES]
        found += [
            f"class {name}"
            for name in element.classes
            if name.startswith(("md-", "kb-")) and name not in ("kb-ref", "kb-missing")
        ]
    for name in ("href", "src"):
        for address in parsed.values(name):
            plain = re.sub(r"[\x00-\x20]", "", address).lower()
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", plain)
            safe = ("http:", "https:", "mailto:") if name == "href" else ()
            if plain.startswith(("/", "\\")) or (scheme and scheme[0] not in safe):
                found.append(f"{name}={address}")
    return found + [f"id={one}" for one in parsed.values("id") if not one.startswith("r-")]


CASES = yaml.safe_load((Path(__file__).parent / "markup.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_attack_is_shown_or_dropped(case: dict[str, str]) -> None:
    html = block(case["attack"])
    assert html.replace(REL, "") == case["shown"]
    assert harm(html) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_its_harmless_twin_works(case: dict[str, str]) -> None:
    html = block(case["twin"])
    assert html.replace(REL, "") == case["twin_shown"]
    assert harm(html) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_sentence_holds_no_tag_but_ours(case: dict[str, str]) -> None:
    html = inline(f"{case['attack']} {case['twin']}")
    assert harm(html) == []
    assert {element.tag for element in read(html).elements} <= {"a", "code", "em", "strong", "span"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("a & b < c > d \" e ' f", "a &amp; b &lt; c &gt; d \" e ' f"),
        ("`a *b* [[known]]`", "<code>a *b* [[known]]</code>"),
        ("a ` b", "a ` b"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        ("**a** *b* * c * 2*3*4", "<strong>a</strong> <em>b</em> * c * 2*3*4"),
        ("[[known]]", '<a class="kb-ref" href="../incidents/known/">The known one</a>'),
        (
            "[[cited]]",
            '<a class="kb-ref" href="../incidents/cited/" title="&quot; onmouseover=&quot;alert(1)&quot; &lt;b&gt;">'
            "Harbour (Mar 2026)</a>",
        ),
        ("[[ known | a & b ]]", '<a class="kb-ref" href="../incidents/known/">a &amp; b</a>'),
        (
            "[[nasty]]",
            '<a class="kb-ref" href="../incidents/nasty/">&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</a>',
        ),
        ("[[a<b]]", '<span class="kb-missing">a&lt;b</span>'),
        ("[[nope|some text]]", '<span class="kb-missing">some text</span>'),
        ("[a](https://x.example/?b&c)", '<a href="https://x.example/?b&amp;c">a</a>'),
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
        ('[a](https://x.example/"onclick="b)', '<a href="https://x.example/%22onclick=%22b">a</a>'),
        ("see https://x.example/a.", 'see <a href="https://x.example/a">https://x.example/a</a>.'),
        ("<https://x.example/a>", '&lt;<a href="https://x.example/a">https://x.example/a</a>&gt;'),
        ("https://x.example/?a&b;", '<a href="https://x.example/?a&amp;b">https://x.example/?a&amp;b</a>;'),
        ("https://x.example/&", '<a href="https://x.example/&amp;">https://x.example/&amp;</a>'),
        ("https://", "https://"),
    ],
)
def test_a_sentence_knows_code_references_links_and_emphasis(text: str, html: str) -> None:
    assert inline(text).replace(REL, "") == html


def test_no_text_is_no_sentence() -> None:
    assert MARKUP.inline(None, "../") == ""


def test_links_name_no_referrer_and_give_no_way_back() -> None:
    for link in read(block("[a](https://x.example) [[known]]") + inline("https://x.example")).all("a"):
        assert "ref" in link.attributes.get("class", "") or link.attributes["rel"] == "noopener noreferrer"


def headings(text: str) -> list[tuple[int, str, str]]:
    html, found = MARKUP.block(text, "../", FILES.get)
    assert [e.attributes["id"] for e in read(html).elements if re.fullmatch("h[2-6]", e.tag)] == [
        anchor for _, _, anchor in found
    ]
    return list(found)


def test_every_heading_has_an_id_of_its_own() -> None:
    text = "# A\n\n## A\n\n### A-2\n\n#### A\n\n##### A 2\n\n###### R A\n"
    assert headings(text) == [
        (2, "A", "r-a"),
        (2, "A", "r-a-2"),
        (3, "A-2", "r-a-2-2"),
        (4, "A", "r-a-3"),
        (5, "A 2", "r-a-2-3"),
        (6, "R A", "r-r-a"),
    ]


def test_a_heading_is_listed_as_the_words_it_shows() -> None:
    assert headings("## A `<b>` & **c** [d](https://x.example) \\* <b>e</b>\n\nTitle\n=====\n") == [
        (2, "A <b> & c d * e", "r-a-b-c-d-e"),
        (2, "Title", "r-title"),
    ]


def test_headings_of_one_text_are_not_those_of_the_next() -> None:
    assert headings("## A") == headings("## A") == [(2, "A", "r-a")]
    assert MARKUP.block("no heading", "../", FILES.get)[1] == ()


def test_a_links_fragment_leads_to_the_heading_of_that_name() -> None:
    html = block("[x](#the-part) [y](#r-the-part)\n\n## The part\n")
    assert [a.attributes["href"] for a in read(html).all("a")] == ["#r-the-part", "#r-the-part"]
    assert read(html).values("id") == ["r-the-part"]


def test_footnotes_lead_there_and_back() -> None:
    parsed = read(block("a[^1] b[^x] c[^1]\n\n[^1]: one\n[^x]: two"))
    leads = [address.removeprefix("#") for address in parsed.values("href")]
    assert len(leads) == 6
    assert set(leads) == set(parsed.values("id"))


def test_an_id_that_a_record_writes_cannot_take_that_of_a_heading_or_footnote() -> None:
    parsed = read(block('<li id="a">x</li> <li id="r-a">x</li> <sup id="fnref:1">y</sup>\n\n## A\n\nb[^1]\n\n[^1]: c'))
    assert parsed.faults == []
    assert parsed.all("h2")[0].attributes["id"] == "r-a"
    assert not [li for li in parsed.all("li") if li.attributes.get("id") in ("a", "r-a")]


def test_a_quote_that_is_never_closed_hides_nothing_that_follows() -> None:
    assert read(block('<b title="x> one **two** [three](https://x.example)')).words == '<b title="x> one two three'


def test_a_record_cannot_write_the_address_of_a_reference() -> None:
    assert read(block("[a](kb-record/../../x) [[known]]")).values("href") == ["../incidents/known/"]
    assert read(block("[a](kb-record/incidents/known)")).values("href") == []


def test_a_reference_in_another_script_is_an_address() -> None:
    assert read(block("[[日本]]")).values("href") == ["../incidents/%E6%97%A5%E6%9C%AC/"]


@pytest.mark.parametrize("code", ["`<!-- a -->`", '`` {{< ref "other.md" >}} ` ``', "```\n<!-- a -->\n[[known]]\n```"])
def test_code_keeps_what_has_a_meaning_outside_of_it(code: str) -> None:
    assert read(block(code)).words.strip() == code.strip("`").strip()


def test_a_comment_is_dropped_also_over_several_lines_and_one_that_never_ends_is_text() -> None:
    assert block("a <!-- b\n\nc --> d") == "<p>a  d</p>"
    assert block("a <!-- b") == "<p>a &lt;!-- b</p>"


def test_steps_to_tick_say_what_they_are() -> None:
    inputs = read(block("- [ ] a\n- [x] b\n")).all("input")
    assert [sorted(box.attributes) for box in inputs] == [
        ["aria-label", "disabled", "type"],
        ["aria-label", "checked", "disabled", "type"],
    ]
    assert {box.attributes["type"] for box in inputs} == {"checkbox"}


NASTY = [
    *(text for case in CASES for text in (case["attack"], case["twin"])),
    *"< > \" ' ` * _ [ ] ( ) ! # & ; : | ~ \\ / = - + { } [[ ]] ]( <!-- --> // &lt; &#60; &colon; &Tab;".split(),
    *"<a <b </b> <img href= src= title= onclick= style= id= class= javascript: data: kb-record/".split(),
    *"<table> <tr> <td> <p> <pre> <details> <summary> <li> <sup id='a'> <script> <style> <math> <title>".split(),
    *(
        f"\n{start}"
        for start in ("", "\n", "> ", "- ", "1. ", "```\n", "!!! x\n    ", "??? x\n    ", ":   ", "|-|-|\n", "# ")
    ),
    *" ,    ,\t,\r,\x00,\x02,\x03,\x0b,\u2028,\ufeff".split(","),
]
nasty_text = st.lists(st.sampled_from(NASTY) | st.text(max_size=4), max_size=24).map("".join)


def elements(html: str) -> set[tuple[str, frozenset[tuple[str, str]]]]:
    return {(element.tag, frozenset(element.attributes.items())) for element in read(html).elements}


@settings(max_examples=200, deadline=None)
@given(nasty_text)
def test_no_text_becomes_harmful_html(text: str) -> None:
    html = block(text)
    assert harm(html) == []
    assert elements(Cleaner().clean(html, lambda address: address)) == elements(html), (
        "it means something else when read again"
    )
    assert harm(inline(text)) == []


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x02\x03\r\x0b\x0c\x85\u2028\u2029"), max_size=60))
def test_a_sentence_shows_every_character(text: str) -> None:
    plain = re.sub(r"[`*\[\]]", "", text)
    assert read(inline(plain)).words == plain


SHAPES = [
    *[
        "[",
        "[[",
        "![",
        "[a](",
        "[a][",
        "[^1",
        "](",
        "*",
        "**a ",
        "_a ",
        "`",
        "``a`",
        "~",
        "~|",
        "<",
        "<a ",
        "<!--",
        "<b>",
        "&",
        "\\",
    ],
    *[
        "> ",
        "- ",
        "1. ",
        "# ",
        "# a\n",
        "--\n",
        "=\n",
        "!!! note\n",
        "!!! note\n    ",
        "??? note\n    ",
        "a\n: b\n",
        "```\n",
        "> - a\nb\n",
    ],
    *["[^1]: a\n", "[a]: b\n", "[^1]", "{{<ref ", "https://", "a@b", "|", "<a b='", "(", "((", '"'],
]


@pytest.mark.parametrize("shape", SHAPES)
def test_ten_thousand_of_anything_end_soon(shape: str) -> None:
    text = shape * 10_000
    started = time.process_time()
    html, short = block(text), inline(text)
    assert time.process_time() - started < 2
    assert harm(html) == []
    assert harm(short) == []


def test_a_tangled_text_is_shown_as_it_was_written_and_the_next_as_ever() -> None:
    text = "# <b>a</b>\n" * 300 + "```\n[[known]] <i>\n```"
    html, found = MARKUP.block(text, "../", FILES.get)
    assert found == ()
    assert [element.tag for element in read(html).elements][:1] == ["pre"]
    assert read(html).words.startswith("# <b>a</b>\n# <b>a</b>\n")
    assert block("**a**") == "<p><strong>a</strong></p>"


def test_a_knotted_paragraph_leaves_the_others_alone() -> None:
    knot = "[" * 300 + " **a** <b>"
    assert block(f"*a*\n\n{knot}\n\n*b*") == f"<p><em>a</em></p>\n<p>{escape(knot)}</p>\n<p><em>b</em></p>"


def test_a_title_on_hover_cannot_leave_its_attribute() -> None:
    [link] = read(block("[[cited]]")).all("a")
    assert link.attributes == {
        "class": "kb-ref",
        "href": "../incidents/cited/",
        "title": '" onmouseover="alert(1)" <b>',
        "rel": "noopener noreferrer",
    }
