"""What stands twice, in Python and in JavaScript, gives the same: terms, queries, passages, nearest words."""

import ast
import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser
from search import test_query
from search.made import TEXT, TOKENS

from kb import text as texts
from kb.search import document, passage, query, terms
from kb.search.browser import PARTS, part
from kb.text import fold, nearest, slug

# A JavaScript function of one argument, and what it gives for each of many.
Twins = Callable[[str, Sequence[Any]], list[Any]]

CORPORA = ROOT.parent / "shared" / "corpora"
OURS = ("terms", "query", "passage", "nearest")
NAMES = (
    *("EXACT_MARK", "MAX_TERM", "STOP", "MAX_WORDS", "MAX_LENGTH", "FACETS", "OTHERS", "LENGTH", "MAX_NAME", "MARK"),
    *("fold", "slug", "stem", "words", "readQuery", "isEmpty", "passage", "nearest", "isAccent", "byName"),
)
READ = "text => { const query = kb.readQuery(text); return { ...query, isEmpty: kb.isEmpty(query) }; }"

# Endings that Porter's rules know, and what decides about them.
STEMMED = st.lists(
    st.sampled_from(
        [
            *"a e i o u y yy b d l ll s t tt w x z ed eed ing at bl iz s ss ies sses ational tional enci anci izer abli".split(),
            *"alli entli eli ousli ization ation ator alism iveness fulness ousness aliti iviti biliti icate ative".split(),
            *"alize iciti ical ful ness al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive".split(),
            *("ize", "le", "str", "qu", "Y", "S", "é", "1"),
        ]
    ),
    max_size=7,
).map("".join)
WILD = st.one_of(
    TEXT,
    st.lists(
        st.one_of(
            TOKENS,
            st.characters(),
            st.characters(categories=["Lu", "Ll", "Lt", "Lo", "Nd"], max_codepoint=0x24FF),
            st.characters(categories=["Mn", "Mc", "Me"]),
            st.characters(min_codepoint=0x3030, max_codepoint=0x30FF),
            st.sampled_from(
                [*"._:/@+-aBc1 \"*'", *"ﾃﾞｽﾄ水ςΣİıßŉǰΐﬃᏣꭰℋΩKﷺ①²ǅ", "\udfff", "𝐀", "👩\u200d🚒", "\x1c", "\x85"]
            ),
        ),
        max_size=25,
    ).map("".join),
)


def drawn(strategy: st.SearchStrategy[str], number: int) -> list[str]:
    """Return different texts, the same every time. The browser is asked for all of them at once, since each way costs."""
    found: list[str] = []

    @settings(database=None, derandomize=True, deadline=None, max_examples=number, phases=[Phase.generate])
    @given(text=strategy)
    def draw(text: str) -> None:
        found.append(text)

    draw()
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def twins(chromium: Browser) -> Iterator[Twins]:
    """Ask the JavaScript side, with many arguments at once: `twins("text => kb.fold(text)", texts)`."""
    context = chromium.new_context()
    page = context.new_page()
    names = ", ".join(NAMES)
    page.evaluate(f'(function () {{ "use strict";\n{"".join(map(part, OURS))}\nwindow.kb = {{ {names} }}; }})()')

    def ask(function: str, arguments: Sequence[Any]) -> list[Any]:
        # As JSON of ASCII, since half characters do not survive otherwise.
        found = page.evaluate(
            f"given => JSON.stringify(JSON.parse(given).map(one => ({function})(one)))", json.dumps(arguments)
        )
        return list(json.loads(found))

    yield ask
    context.close()


@pytest.fixture(scope="module")
def known(twins: Twins) -> list[str]:
    """Every character that Python's and the browser's Unicode both know."""
    ours = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in ("Cn", "Co", "Cs")]
    theirs = twins(r"text => /\P{Cn}/u.test(text)", ours)
    return [c for c, is_known in zip(ours, theirs, strict=True) if is_known]


@pytest.fixture(scope="module")
def wild(known: list[str]) -> list[str]:
    """Texts of any kind that both sides can hold."""
    kept = frozenset(known)
    found = drawn(WILD, 3000)
    read = ("".join(c for c in text if c in kept or unicodedata.category(c) in ("Co", "Cs")) for text in found)
    # Two halves of a character that meet are one in JavaScript.
    return [whole(text) for text in read]


@pytest.fixture(scope="module")
def records() -> list[str]:
    """The files of this repository's own records."""
    return [path.read_text() for folder in ("postmortems", "playbooks", "learnings") for path in files_of(folder)]


@pytest.fixture(scope="module")
def vocabulary(records: list[str]) -> list[str]:
    """The words of the records in their own form, folded."""
    return sorted(
        {exact.removeprefix("=") for text in records for word in terms.words(text) for exact, _ in word.forms}
    )


def whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def files_of(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.md"))


def differing(given: Iterable[Any], theirs: Iterable[Any], ours: Iterable[Any]) -> list[tuple[Any, Any, Any]]:
    """What was given, what JavaScript made of it and what Python did, where they differ; of many the first few."""
    ours = json.loads(json.dumps(list(ours)))
    return [(one, b, a) for one, b, a in zip(given, theirs, ours, strict=True) if a != b][:5]


def units(text: str) -> list[int]:
    """Return where each character of a text begins, and where the last ends, as JavaScript counts."""
    places = [0]
    for c in text:
        places.append(places[-1] + (2 if ord(c) > 0xFFFF else 1))
    return places


def words_of(text: str) -> list[dict[str, Any]]:
    place = units(text)
    return [{"forms": word.forms, "start": place[word.start], "end": place[word.end]} for word in terms.words(text)]


def query_of(text: str) -> dict[str, Any]:
    found = query.read_query(text)
    read = asdict(found)
    read["unwantedFacts"] = read.pop("unwanted_facts")
    return {**read, "isEmpty": found.is_empty}


def passage_of(text: str, wanted: Iterable[str]) -> dict[str, Any]:
    found = passage.passage(text, wanted)
    place = units(found.text)
    return {"text": found.text, "marks": [(place[start], place[end]) for start, end in found.marks]}


def strings_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from strings_of(one)


def asked_in_tests() -> list[str]:
    """Return every text that stands in the tests of queries, and every one that they are given."""
    tree = ast.parse(Path(test_query.__file__).read_text())
    found = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    for test in vars(test_query).values():
        for mark in getattr(test, "pytestmark", ()):
            found += strings_of(mark.args)
    many = " ".join(f"w{n}" for n in range(query.MAX_WORDS + 1))
    found += [
        many,
        f"{many} kind:playbook -old",
        "disk " + "." * query.MAX_LENGTH,
        # One character too many, and none, of two units each.
        "𝐀" * (query.MAX_LENGTH - 10) + " disk queue",
        "𝐀" * (query.MAX_LENGTH - 5) + " disk",
        "".join(f"w{n}* " for n in range(99)),
    ]
    return list(dict.fromkeys((*found, *(f"-{one}" for one in found), *(f"{one} {one}" for one in found))))


def batched(many: Sequence[str], size: int) -> list[Sequence[str]]:
    return [many[n : n + size] for n in range(0, len(many) - size + 1, size)]


def misspelt(words: Sequence[str], number: int) -> list[str]:
    """Return words with a letter taken, doubled, changed or moved, and some that are none; the same every time."""
    chance = random.Random(0)
    found = []
    for word in chance.choices([word for word in words if len(word) > 3], k=number):
        n = chance.randrange(len(word) - 1)
        letter = chance.choice("etaoinéß日𝐀")
        changes = [word[:n], word[:n] + word[n], word[:n] + letter, word[:n] + word[n + 1] + word[n]]
        found.append(chance.choice(changes) + word[n + chance.choice((0, 1, 2)) :])
    return found


def test_no_name_is_declared_twice_in_the_scope_that_all_parts_share() -> None:
    declared = Counter(
        name
        for one in map(part, PARTS)
        for name in re.findall(r"^(?:async )?(?:function\*?|const|let|var|class) (\w+)", one, re.MULTILINE)
    )
    assert set(NAMES) <= set(declared)
    assert [name for name, number in declared.items() if number > 1] == []


def test_the_constants_are_the_same(twins: Twins) -> None:
    names = NAMES[: NAMES.index("MARK")]
    found = twins("name => kb[name] instanceof Set ? [...kb[name]].sort() : kb[name]", names)
    ours = {**vars(terms), **vars(query), **vars(document), **vars(passage), **vars(texts)}
    assert differing(names, found, (sorted(ours[n]) if n == "STOP" else ours[n] for n in names)) == []


def test_every_character_is_read_the_same(twins: Twins, known: list[str]) -> None:
    assert len(known) > 140_000
    assert differing(known, twins("c => kb.fold(c)", known), map(fold, known)) == []
    assert differing(known, twins("c => kb.slug(`a${c}b`)", known), (slug(f"a{c}b") for c in known)) == []
    # Of the many letters that are alike, one in ten, and those where another kind begins.
    edges = {chr(ord(c) + n) for c in terms._RUN for n in (-1, 0, 1)}
    fewer = [c for n, c in enumerate(known) if unicodedata.category(c) != "Lo" or n % 10 == 0 or c in edges]
    among = [f"A{c}b-{c}1" for c in fewer]
    assert differing(among, twins("text => kb.words(text)", among), map(words_of, among)) == []


def test_every_mark_has_its_kind(twins: Twins, known: list[str]) -> None:
    within = [c for c in known if c in terms._MARKS or 0x300 <= ord(c) < 0x3040]
    found = twins("c => new RegExp(`^${kb.MARK}$`, 'u').test(c)", within)
    assert differing(within, found, (c in terms._MARKS for c in within)) == []
    # Marks that come apart are looked at in their parts.
    marks = [c for c in known if unicodedata.category(c).startswith("M") and unicodedata.normalize("NFD", c) == c]
    assert differing(marks, twins("c => kb.isAccent(c)", marks), map(texts._is_accent, marks)) == []
    assert {unicodedata.combining(c) for c in marks} >= {0, 1, 6, 7, 8, 9, 10, 36, 84, 132, 202, 240}
    # fold looks at nothing else.
    assert all(unicodedata.category(c).startswith("M") for c in known if unicodedata.combining(c))


def test_every_character_that_is_no_letter_parts_a_query_the_same(twins: Twins, known: list[str]) -> None:
    asked = [f'a{c}-b{c}c*{c}kind:d{c}"e"' for c in known if not unicodedata.category(c).startswith("L")]
    assert differing(asked, twins(READ, asked), map(query_of, asked)) == []


def test_words_of_every_record_are_the_same(twins: Twins, records: list[str]) -> None:
    assert len(records) > 50
    assert differing(records, twins("text => kb.words(text)", records), map(words_of, records)) == []


def test_stems_and_slugs_of_every_word_are_the_same(twins: Twins, vocabulary: list[str]) -> None:
    assert len(vocabulary) > 5_000
    assert differing(vocabulary, twins("word => kb.stem(word)", vocabulary), map(terms.stem, vocabulary)) == []
    assert differing(vocabulary, twins("word => kb.slug(word)", vocabulary), map(slug, vocabulary)) == []


def test_stems_of_any_words_are_the_same(twins: Twins) -> None:
    found = drawn(STEMMED, 3000)
    assert differing(found, twins("word => kb.stem(word)", found), map(terms.stem, found)) == []


def test_any_text_is_the_same_words(twins: Twins, wild: list[str]) -> None:
    assert len(wild) > 2500
    assert differing(wild, twins("text => kb.words(text)", wild), map(words_of, wild)) == []
    assert differing(wild, twins("text => kb.fold(text)", wild), map(fold, wild)) == []
    assert differing(wild, twins("text => kb.slug(text)", wild), map(slug, wild)) == []


def test_queries_of_the_tests_are_read_the_same(twins: Twins) -> None:
    asked = asked_in_tests()
    assert len(asked) > 400
    assert differing(asked, twins(READ, asked), map(query_of, asked)) == []


def test_any_query_is_read_the_same(twins: Twins, wild: list[str]) -> None:
    asked = [*wild, *map(" ".join, batched(wild, 20)), *map("".join, batched(wild, 3))]
    asked = [whole(text) for text in asked]
    assert differing(asked, twins(READ, asked), map(query_of, asked)) == []


@pytest.mark.corpora
@pytest.mark.skipif(not CORPORA.is_dir(), reason="../shared/corpora is not there")
def test_the_queries_of_the_benchmark_are_read_the_same(twins: Twins) -> None:
    asked = [json.loads(line)["query"] for line in (CORPORA / "search-queries.jsonl").read_text().splitlines()]
    assert len(asked) == 290
    assert differing(asked, twins(READ, asked), map(query_of, asked)) == []


def test_passages_of_every_record_are_the_same(twins: Twins, records: list[str]) -> None:
    chance = random.Random(0)
    cases = []
    for text in records:
        found = [term for word in terms.words(text) for term in word.terms]
        cases += [[text, sorted(set(chance.sample(found, number)))] for number in (1, 3, 10)]
        # Characters of two units, of which one folds to the letter that it replaces.
        cases.append([text.replace("e", "𝐞").replace(" a", " 🔥 a"), found[::9]])
    # Words longer than the window, and what is beside them.
    long = "queue " * 50 + "folder/" * 40 + "disk is full " + "folder." * 9 + "disk " * 60
    cases += [[long, names] for names in (["=disk"], ["=folder", "full"], ["=queue", "=disk", "folder"], ["absent"])]
    theirs = twins("([text, terms]) => kb.passage(text, terms)", cases)
    assert differing(cases, theirs, (passage_of(*one) for one in cases)) == []
    assert sum(len(one["marks"]) for one in theirs) > len(cases)


def test_any_passage_is_the_same(twins: Twins, wild: list[str]) -> None:
    cases = []
    for some in batched(wild, 30):
        for asked in (some[3], some[-1] + some[-2], "".join(some[:10])):
            text = whole(" ".join(some))
            cases.append([text, [term for word in terms.words(whole(asked)) for term in word.terms]])
    theirs = twins("([text, terms]) => kb.passage(text, new Set(terms))", cases)
    assert differing(cases, theirs, (passage_of(*one) for one in cases)) == []
    assert sum(len(one["marks"]) for one in theirs) > len(cases)


def test_the_nearest_words_are_the_same(twins: Twins, vocabulary: list[str]) -> None:
    asked = misspelt(vocabulary, 100)
    (theirs,) = twins("([known, words]) => words.map(word => kb.nearest(word, known, 3, 75))", [[vocabulary, asked]])
    assert differing(asked, theirs, (nearest(word, vocabulary, cutoff=75) for word in asked)) == []
    assert sum(map(bool, theirs)) > 50


def test_the_nearest_of_any_words_are_the_same(twins: Twins, wild: list[str]) -> None:
    chance = random.Random(0)
    cases = []
    for word, *others in batched(wild, 3):
        near = map(whole, (word[1:], word[:-1], word + word, word.upper(), word[::-1]))
        cases.append([word, [*others, *near, *others], chance.randrange(9), chance.choice((0, 50, 66.66, 68, 70, 100))])
    theirs = twins("([word, known, limit, cutoff]) => kb.nearest(word, known, limit, cutoff)", cases)
    assert differing(cases, theirs, (nearest(w, k, limit=n, cutoff=c) for w, k, n, c in cases)) == []


def test_words_on_the_cutoff_and_words_of_many_blocks_are_near_the_same(twins: Twins) -> None:
    lengths = [0, 1, 2, 16, 17, 31, 32, 33, 34, 63, 64, 65, 200, 499, 500, 501]
    cases = [
        [first * n, ["b" + first * m, first * m, first * m + "𝐚", "\U0001f525" + first * m], 9, cutoff]
        for n in lengths for m in lengths for first in ("a", "𝐀b", "\ufdfa") for cutoff in (68, 70, 75)
    ]  # fmt: skip
    theirs = twins("([word, known, limit, cutoff]) => kb.nearest(word, known, limit, cutoff)", cases)
    assert differing(cases, theirs, (nearest(w, k, limit=n, cutoff=c) for w, k, n, c in cases)) == []


def test_names_stand_in_the_order_of_their_characters(twins: Twins) -> None:
    names = sorted(["", "a", "ab", "b", "é", "\uffee", "𝐀", "𝐀b", "𝐁", "\ue000", "z𝐀", "z\uffee"])
    (theirs,) = twins("names => names.sort(kb.byName)", [names[::-1]])
    assert theirs == names


def test_what_is_nearly_nothing_is_read_the_same(twins: Twins) -> None:
    few = [
        "",
        " ",
        '"',
        '-"',
        ":",
        "*",
        "\0",
        "\ufeff",
        "\ud800",
        "\udfff\ud800",
        "a\ud800b",
        "\u0301",
        "\ufe0f",
        "İ",
        "水",
    ]
    ask = "text => [kb.words(text), kb.fold(text), kb.slug(text), kb.stem(text), kb.passage(text, [text, '=a'])]"
    ours = ([words_of(one), fold(one), slug(one), terms.stem(one), passage_of(one, [one, "=a"])] for one in few)
    assert differing(few, twins(ask, few), ours) == []
    assert differing(few, twins(READ, few), map(query_of, few)) == []
    (near,) = twins("few => few.map(one => kb.nearest(one, few))", [few])
    assert differing(few, near, (nearest(one, few) for one in few)) == []


@pytest.mark.parametrize(
    "of", ["x", "x.", "x:", "x-", "x*", '"', '":', "(", "-", " ", ".", "é", "e\u0301", "水", "🔥", "𝐀", "ﾃ"]
)
def test_a_hundred_kilobytes_are_read_in_no_time(twins: Twins, of: str) -> None:
    text = "a" + of * (100_000 // len(of)) + "a"
    took = """text => {
      const start = performance.now();
      const read = [kb.readQuery(text), kb.words(text), kb.slug(text), kb.passage(text, ["=a"]), kb.nearest(text, [text])];
      return [read[0], performance.now() - start];
    }"""
    ((read, milliseconds),) = twins(took, [text])
    assert read["cut"]
    # All take a tenth of a second or two; what grows with the square takes several.
    assert milliseconds < 1_500
    assert differing([text], twins(READ, [text]), [query_of(text)]) == []
    assert differing([text], twins("text => kb.slug(text)", [text]), [slug(text)]) == []
