"""The index of the site: it holds exactly what the terms of the records say, and the same records give the same bytes."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest
from knowledge_base import lay_out

import kb
from kb.search.document import document, fields_of
from kb.search.site.export import export
from kb.search.site.postings import POSTINGS
from kb.search.terms import words
from search.made import record

from .unpacked import FIELDS, data, gaps, numbers, parts, postings

ROOT = Path(__file__).parents[3]


def exported(records: list[kb.Record]) -> dict[str, bytes]:
    return dict(export(records, lambda one: f"{one.kind_of_record}/{one.id}/"))


@pytest.fixture(scope="module")
def own() -> list[kb.Record]:
    return list(kb.load(ROOT).records.values())


@pytest.fixture(scope="module")
def own_parts(own: list[kb.Record]) -> dict[str, object]:
    return parts(exported(own))


def in_order(records: list[kb.Record]) -> list[kb.Record]:
    by_name = sorted(records, key=lambda one: one.id)
    return sorted(by_name, key=lambda one: document(one).day, reverse=True)


def test_postings_are_those_of_the_terms(own: list[kb.Record], own_parts: dict) -> None:
    wanted: Counter[tuple[str, str, int, str]] = Counter()
    for number, one in enumerate(in_order(own)):
        for field, text in fields_of(one).items():
            for word in words(text):
                wanted.update((stem, exact[1:], number, field) for exact, stem in word.forms)
    found = {key[:4]: key[4] for name in own_parts if name[0] == "p" for key in postings(own_parts[name])}
    assert found == wanted


def test_places_are_where_the_stems_stand(own: list[kb.Record], own_parts: dict) -> None:
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for one in in_order(own):
        texts = fields_of(one)
        for field in FIELDS:
            last: dict[str, int] = {}
            for place, word in enumerate(words(texts[field])):
                for _, stem in word.forms:
                    wanted[stem].append(place - last.get(stem, 0))
                    last[stem] = place
    found = {}
    for name in own_parts:
        if name[0] == "p":
            stems = [known.split(",")[0] for known in own_parts[name][0].split(" ")]
            found.update(zip(stems, map(numbers, own_parts[f"q{name[1:]}"]), strict=True))
    assert found == wanted


def test_the_head_knows_how_long_the_records_are_and_when_they_were(own: list[kb.Record], own_parts: dict) -> None:
    head, records = own_parts["head"], in_order(own)
    assert head["total"] == len(records)
    title = [2 * sum(len(word.forms) for word in words(one.title)) for one in records]
    assert numbers(head["lengths"][0]) == title
    days = [one.when.day.toordinal() for one in records if one.when]
    assert [head["newest"] - sum(numbers(head["days"])[:n]) for n in range(len(days))] == days


def test_facts_list_their_records(own: list[kb.Record], own_parts: dict) -> None:
    records = in_order(own)
    for name, facts in (("severity", own_parts["head"]["facts"]), ("tag", own_parts["more"])):
        for key, _, text in facts[name]:
            assert gaps(text) == [n for n, one in enumerate(records) if key in document(one).facts.get(name, {})]


def test_words_are_in_order_and_each_stands_once(own_parts: dict) -> None:
    names = sorted((name for name in own_parts if name[0] == "w"), key=lambda name: int(name[1:]))
    found = " ".join(own_parts[name] for name in names).split(" ")
    assert found == sorted(set(found))
    assert own_parts["head"]["words"] == [own_parts[name].split(" ")[0] for name in names]


def test_what_is_shown_stands_by_number(own: list[kb.Record], own_parts: dict) -> None:
    shown = [one for n in range(-(-len(own) // 4)) for one in own_parts[f"t{n}"]]
    assert [one[:3] for one in shown] == [
        [one.id, one.title, f"{one.kind_of_record}/{one.id}/"] for one in in_order(own)
    ]


def test_no_part_is_much_larger_than_its_longest_list(own_parts: dict) -> None:
    for name, part in own_parts.items():
        if name[0] == "p":
            assert sum(len(row.encode()) for row in part[1:-1]) < POSTINGS


def test_the_same_records_give_the_same_bytes_in_any_order(own: list[kb.Record], tmp_path: Path) -> None:
    kept = tmp_path / "kept.npz"
    one = dict(export(own, lambda r: r.id, "", kept))
    other = dict(export(own[::-1], lambda r: r.id, "", kept))
    third = dict(export(own[::-1], lambda r: r.id, "", None))
    assert one == other == third


def test_another_word_gives_another_folder(tmp_path: Path) -> None:
    def version(text: str) -> str:
        files = exported(
            list(kb.load(lay_out(tmp_path / text, {"postmortems/a.md": record(text)}, "")).records.values())
        )
        (folder,) = {name.split("/")[0] for name in files if "/" in name}
        assert data(files["head.js"])["version"] == folder
        return folder

    assert version("one") != version("two")


def test_an_empty_knowledge_base_has_an_empty_index() -> None:
    found = parts(exported([]))
    assert found["head"]["total"] == 0
    assert set(found) == {"head", "more"}


def test_a_title_ends_no_script(tmp_path: Path) -> None:
    nasty = "</script><script>alert(1)</script>\u2028\\u0022"
    (one,) = kb.load(lay_out(tmp_path, {"postmortems/a.md": record("x", nasty)}, "")).records.values()
    assert parts(exported([one]))["t0"][0][3] == nasty


def test_one_record_of_very_many_words_is_written(tmp_path: Path) -> None:
    body = "walk walks walked walking " * 30_000
    (one,) = kb.load(lay_out(tmp_path, {"postmortems/a.md": record("x", body)}, "")).records.values()
    found = parts(exported([one]))
    counts = {
        form: n
        for name in found
        if name[0] == "p"
        for _, form, _, field, n in postings(found[name])
        if field == "prose"
    }
    assert counts == dict.fromkeys(("walk", "walks", "walked", "walking"), 30_000)
