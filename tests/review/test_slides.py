"""Slides: one file that needs nothing else, in which no text runs."""

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest

from kb.review.slides import BEGINNING, slides

from .made import incident, review
from .test_write import HOSTILE, everywhere

Q1 = "2024-Q1"


class Seen(HTMLParser):
    """The tags and the attributes of a page, and the text of its first style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.held: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] in ("style", "script"):
            self.held.setdefault(self.tags[-1], data)


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_are_escaped(text: str) -> None:
    seen, calm = (Seen(slides(review(Q1, *everywhere(one)))) for one in (text, "A calm word"))
    assert set(seen.tags) == set(calm.tags)
    assert seen.attributes == calm.attributes
    assert seen.tags.count("script") == 1


def test_only_its_own_style_and_script_may_run() -> None:
    html = slides(review(Q1, incident("a", started="2024-02-01")))
    assert html.startswith(BEGINNING)
    seen = Seen(html)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src &#39;none&#39;;")
    for part in ("style", "script"):
        digest = b64encode(hashlib.sha256(seen.held[part].encode()).digest()).decode()
        assert f"{part}-src &#39;sha256-{digest}&#39;" in policy[1].replace("&#43;", "+")
    assert not re.search(r"(?:src|href)=|https?:|url\(|@import", html)


def test_a_part_without_an_incident_has_no_slide() -> None:
    html = slides(review(Q1))
    assert "<h2>What was promised</h2>" in html
    assert "<h2>Themes</h2>" not in html


def test_what_is_long_goes_on_to_another_slide() -> None:
    text = "A sentence of some length that fills the slide it stands on. " * 6
    records = [incident(f"i{n}", started="2024-02-01", lessons={"surprised": [text]}) for n in range(6)]
    html = slides(review(Q1, *records))
    assert html.count("<h2>What nobody expected</h2>") > 2
    assert html.count("(“Title of i") == 6


def test_every_slide_has_its_number() -> None:
    html = slides(review(Q1, incident("a", started="2024-02-01")))
    number = html.count('<section class="slide')
    assert [int(one) for one in re.findall(r'id="s(\d+)"', html)] == list(range(1, number + 1))
    assert f"{number} / {number}" in html
