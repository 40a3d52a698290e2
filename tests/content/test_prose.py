"""No sentence stands in two records: what is worth saying twice is a link. What `kb review` writes is told in set phrases."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

import kb
from kb.records.words import parts_of

from .conftest import ROOT

HANDBOOK = sorted([*(ROOT / "docs/handbook").glob("*.md"), *(ROOT / "docs/guides").glob("*.md")])
# So short that two people write them without looking: "Expect one line for each host."
SHORT = 8
# Of the record of a review its summary, decisions and proposals are people's words.
_GENERATED = re.compile(r"^<!-- kb:review .*?^<!-- kb:end -->$|^\*[^*\n]+\*$", re.MULTILINE | re.DOTALL)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text without its code, each as its words."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for paragraph in re.split(r"\n\s*\n|\n(?=[-*#|]|\d+\. )", prose):
        for sentence in re.split(r"(?<=[.!?:;])\s+", paragraph):
            words = re.findall(r"[\w'’$.-]+", sentence)
            if len(words) >= SHORT:
                yield " ".join(words).lower().strip(".")


def repeated(texts: dict[str, str]) -> dict[str, list[str]]:
    """Return each sentence that stands in more than one text, with the names of those texts."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    for name, text in texts.items():
        for sentence in sentences(text):
            places[sentence].add(name)
    return {sentence: sorted(names) for sentence, names in places.items() if len(names) > 1}


def written(record: kb.Record) -> str:
    """Return what people wrote in a record."""
    text = f"{record.summary}\n\n{' '.join(parts_of(record).values())}\n\n{record.body}"
    return _GENERATED.sub("", text) if isinstance(record, kb.Learning) and record.kind == "review" else text


def test_no_sentence_stands_in_two_records(catalogue: kb.Catalogue) -> None:
    texts = {record.id: written(record) for record in catalogue.records.values()}
    assert repeated(texts | {path.stem: path.read_text() for path in HANDBOOK}) == {}


@pytest.mark.parametrize(
    ("other", "is_found"),
    [
        ("Here is more.\n\nNobody had looked at the date\nfor two years, as nobody had to.", True),
        ("Nobody had looked at the date for three years, as nobody had to.", False),
        ("```\nNobody had looked at the date for two years, as nobody had to.\n```", False),
    ],
)
def test_a_sentence_that_stands_twice_is_found(other: str, is_found: bool) -> None:
    first = "Nobody had looked at the date for two years, as nobody had to."
    assert bool(repeated({"a": first, "b": other})) is is_found
