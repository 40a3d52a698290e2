from collections.abc import Iterator

import pytest

import kb
from kb.config import KINDS, MEANINGS, WORDS
from kb.finding import CODES
from kb.pages import reference
from kb.records.model import RECORDS, Part, fields_of
from kb.records.shape import specs

from .made import desk
from .parsed import read


def every_field(part: type[Part], depth: int = 0) -> Iterator[tuple[str, int, str]]:
    for name, info in fields_of(part):
        yield name, depth, info.description or ""
        inner = specs(part)[name].part
        if inner is not None:
            yield from every_field(inner, depth + 1)


def html_of(uri: str, **more: object) -> str:
    return next(page.html() for page in reference.pages(desk(**more)) if page.uri == uri)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_is_listed_and_described(kind: str) -> None:
    expected = list(every_field(RECORDS[kind]))
    assert [(row.name, row.depth, row.description) for row in reference.rows(RECORDS[kind])] == expected
    assert all(description for _, _, description in expected)
    html = html_of("reference/fields")
    table = html[html.index(f'<h2 id="{kind}">') :].split("</table>")[0]
    assert table.count("<tr>") == 1 + len(expected)
    assert all(f"<code>{name}</code>" in table for name, _, _ in expected)


@pytest.mark.parametrize(
    ("kind", "name", "form", "words"),
    [
        ("postmortem", "title", "text", ""),
        ("postmortem", "summary", "sentence", ""),
        ("postmortem", "severity", "word", "severity"),
        ("postmortem", "causes", "list of word", "causes"),
        ("postmortem", "started", "time", ""),
        ("postmortem", "near_miss", "yes or no", ""),
        ("postmortem", "five_whys", "list of sentence", ""),
        ("postmortem", "fishbone", "mapping of lists of sentence", ""),
        ("postmortem", "recurrence_of", "list of id", ""),
        ("postmortem", "sources", "list of {url, title}", ""),
        ("postmortem", "detection", "{method, detail}", ""),
        ("postmortem", "due", "day", ""),
        ("playbook", "review_every", "span", ""),
        ("playbook", "last_reviewed", "day", ""),
        ("learning", "came_true", "list of id", ""),
    ],
)
def test_the_form_of_a_field_is_said_in_plain_words(kind: str, name: str, form: str, words: str) -> None:
    row = next(row for row in reference.rows(RECORDS[kind]) if row.name == name)
    assert (row.form, row.words) == (form, words)


def test_every_list_of_words_is_there_and_every_field_leads_to_its_own() -> None:
    parsed = read(html_of("reference/fields"))
    assert {one for one in parsed.values("id") if one.startswith("list-")} == {f"list-{name}" for name in WORDS}
    assert set(parsed.values("href")) <= {f"#list-{name}" for name in WORDS}
    assert all(word in parsed.words for words in WORDS.values() for word in words)


def test_a_list_of_ones_own_stands_in_place_of_the_default() -> None:
    config = kb.Config(lists={"severity": ("minor", "major"), "causes": ("...", "gremlins")})
    words = read(html_of("reference/fields", config=config)).words.split("Lists of words")[1]
    assert "minor major" in words
    assert "sev1" not in words
    assert words.index("unknown") < words.index("gremlins")


def test_every_code_is_there_with_its_level_its_meaning_and_its_way_out() -> None:
    parsed = read(html_of("reference/findings"))
    assert set(CODES) <= set(parsed.values("id"))
    rows = html_of("reference/findings").split("<tr id=")[1:]
    for code, row in zip(CODES.values(), rows, strict=True):
        plain = read(f"<table><tr id={row}").words
        assert code.name in plain
        assert str(code.level) in plain
        assert code.meaning.replace("`", "") in plain
        assert code.way_out.replace("`", "") in plain


def test_the_levels_are_those_of_this_knowledge_base() -> None:
    config = kb.Config(levels={"unknown-field": kb.Level.ERROR})
    rows = html_of("reference/findings", config=config).split("<tr id=")
    row = next(row for row in rows if row.startswith('"unknown-field"'))
    assert "kb-mark--level-error" in row


def test_the_first_two_hundred_findings_are_shown() -> None:
    found = tuple(kb.Finding("unknown-field", kb.Level.HINT, "a.md", n, f"`f{n}` is odd", "") for n in range(1, 252))
    words = read(html_of("reference/findings", findings=found)).words
    assert "251 findings, in order of place; the first 200" in words
    assert "a.md:200" in words
    assert "a.md:201" not in words


def test_no_finding_is_good_news() -> None:
    assert "Nothing is wrong or missing." in read(html_of("reference/findings")).words


def test_words_that_do_not_explain_themselves_are_explained() -> None:
    assert [name for name, meanings in MEANINGS.items() if set(meanings) != set(WORDS[name])] == []
    said = read(html_of("reference/fields")).words
    assert [text for meanings in MEANINGS.values() for text in meanings.values() if text not in said] == []
