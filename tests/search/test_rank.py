from math import log
from pathlib import Path

import pytest
from hypothesis import strategies as st

from kb.search.index import Index
from kb.search.rank import Asked, idf, norm, rank

from .made import for_any, ids, opened, record, scores

Counts = dict[str, dict[int, float]]


def ranked(asked: list[Asked], postings: Counts, total: int) -> dict[int, float]:
    return dict(rank(asked, lambda term: postings.get(term, {}), total))


def looked_up(*names: str) -> list[Asked]:
    """Words whose own form and stem are the same but for the mark."""
    return [((f"={name}",), (name,)) for name in names]


def both(**counts: dict[int, float]) -> Counts:
    """Postings of words, of their own forms and their stems alike."""
    return {term: found for name, found in counts.items() for term in (f"={name}", name)}


def index_of(root: Path, **bodies: str) -> Index:
    """Index postmortems that consist of a body, with titles that say nothing."""
    root.mkdir()
    (root / "kb.toml").write_text("")
    (root / "postmortems").mkdir()
    for name, body in bodies.items():
        (root / "postmortems" / f"{name}.md").write_text(record("The", body))
    return opened(root).index


def test_two_records_have_the_scores_that_are_worked_out_by_hand() -> None:
    # N = 2. "disk" is in both, so idf = ln(1 + 0.5 / 2.5) = ln 1.2; "queue" is in one: ln(1 + 1.5 / 1.5) = ln 2.
    # K1 = 1.2, so a frequency tf counts tf * 2.2 / (tf + 1.2): 1 -> 1; 2 -> 4.4 / 3.2 = 1.375; 3 -> 6.6 / 4.2 = 11/7.
    # Record 0 holds disk twice and queue three times: ln 1.2 * 1.375 + ln 2 * 11/7, and it covers everything.
    # Record 1 holds disk once: ln 1.2, and it covers ln 1.2 of ln 1.2 + ln 2 = ln 2.4.
    postings = both(disk={0: 2.0, 1: 1.0}, queue={0: 3.0})
    found = ranked(looked_up("disk", "queue"), postings, 2)
    assert found == pytest.approx(
        {0: log(1.2) * 1.375 + log(2) * 11 / 7, 1: log(1.2) * (0.5 + 0.5 * log(1.2) / log(2.4))}
    )
    assert found == pytest.approx({0: 1.339923, 1: 0.110145}, abs=1e-6)


def test_two_files_have_the_scores_that_are_worked_out_by_hand(tmp_path: Path) -> None:
    # Terms of prose: "disk disk full" has 3 words of 2 terms, 6; "disk" 2; the mean is 4. B = 0.5.
    # norm(6) = 0.5 + 0.5 * 6 / 4 = 1.25, norm(2) = 0.5 + 0.5 * 2 / 4 = 0.75. Prose weighs 1.
    # disk: idf = ln 1.2. In `long` tf = 2 / 1.25 = 1.6 and counts 1.6 * 2.2 / 2.8 = 3.52 / 2.8;
    # in `short` tf = 1 / 0.75 = 4/3 and counts (4/3 * 2.2) / (4/3 + 1.2) = 8.8 / 7.6. Both cover all.
    index = index_of(tmp_path / "kb", long="disk disk full", short="disk")
    assert scores(index, "disk") == pytest.approx({"long": log(1.2) * 3.52 / 2.8, "short": log(1.2) * 8.8 / 7.6})
    # full: only `long`: idf = ln 2, tf = 1 / 1.25 = 0.8 and counts 0.8 * 2.2 / 2.0 = 0.88. `short` covers ln 1.2 of ln 2.4.
    assert scores(index, "disk full") == pytest.approx(
        {
            "long": log(1.2) * 3.52 / 2.8 + log(2) * 0.88,
            "short": log(1.2) * 8.8 / 7.6 * (0.5 + 0.5 * log(1.2) / log(2.4)),
        }
    )


def test_a_word_that_no_record_holds_costs_nothing() -> None:
    postings = both(disk={0: 1.0})
    assert ranked(looked_up("disk", "absent"), postings, 2) == ranked(looked_up("disk"), postings, 2) == {0: log(2)}


def test_nothing_asked_or_nothing_held_finds_nothing() -> None:
    assert ranked([], both(disk={0: 1.0}), 1) == {}
    assert ranked([((), ())], both(disk={0: 1.0}), 1) == {}
    assert ranked(looked_up("disk"), {}, 0) == {}


def test_the_own_form_and_the_stem_count_half_each() -> None:
    # "failed" stands in record 0, "fails" in record 1: the own form is in one of two, the stem in both.
    postings: Counts = {"=failed": {0: 1.0}, "=fails": {1: 1.0}, "fail": {0: 1.0, 1: 1.0}}
    found = ranked([(("=failed",), ("fail",))], postings, 2)
    assert found == pytest.approx({0: 0.5 * log(2) + 0.5 * log(1.2), 1: 0.5 * log(1.2)})


def test_words_that_one_beginning_stands_for_count_as_one_word() -> None:
    # The most frequent counts in each record, and the beginning is found in both of 2.
    postings: Counts = {"=connect": {0: 1.0}, "=connection": {0: 2.0, 1: 1.0}}
    expanded = ("=connect", "=connection")
    assert ranked([(expanded, expanded)], postings, 2) == pytest.approx({0: log(1.2) * 1.375, 1: log(1.2)})


def test_a_beginning_weighs_as_much_as_a_word_in_what_is_covered() -> None:
    # Two records, two things asked for that tell the same: each covers half, so each counts 0.75.
    postings = {**both(disk={0: 1.0}), "=queue": {1: 1.0}}
    found = ranked([*looked_up("disk"), (("=queue",), ("=queue",))], postings, 2)
    assert found == pytest.approx({0: 0.75 * log(2), 1: 0.75 * log(2)})


def test_a_field_as_long_as_the_mean_or_empty_everywhere_changes_nothing() -> None:
    assert norm(7, 7) == norm(0, 0) == 1
    assert norm(0, 7) == 0.5
    assert norm(14, 7) == 1.5


@for_any(total=st.integers(1, 10**6), found=st.integers(0, 10**6))
def test_no_word_counts_against_a_record_and_rare_words_tell_more(total: int, found: int) -> None:
    found = min(found, total)
    assert idf(found, total) > 0
    assert found == 0 or idf(found - 1, total) > idf(found, total)


_POSTINGS = st.fixed_dictionaries(
    {term: st.dictionaries(st.integers(0, 9), st.floats(0.01, 1000), max_size=10) for term in ("=a", "a", "=b", "b")}
)


@for_any(postings=_POSTINGS)
def test_any_record_that_holds_a_word_has_a_score_and_no_other_has(postings: Counts) -> None:
    found = ranked(looked_up("a", "b"), postings, 10)
    assert set(found) == set().union(*postings.values())
    assert all(score >= 0 for score in found.values())


@for_any(postings=_POSTINGS)
def test_the_order_of_the_words_and_of_the_records_does_not_count(postings: Counts) -> None:
    turned = {term: dict(reversed(found.items())) for term, found in postings.items()}
    assert ranked(looked_up("b", "a"), turned, 10) == pytest.approx(ranked(looked_up("a", "b"), postings, 10))


@pytest.mark.parametrize("repeated", [1, 5, 50])
def test_a_record_that_holds_more_of_the_words_stands_above_an_equal_one_that_holds_fewer(
    tmp_path: Path, repeated: int
) -> None:
    index = index_of(
        tmp_path / "kb", more="disk " * repeated + "full", fewer="disk " * repeated + "disk", none="queue of mails"
    )
    assert ids(index, "disk full") == ["more", "fewer"]


def test_a_word_of_a_title_counts_more_than_one_of_prose(tmp_path: Path) -> None:
    root = tmp_path / "kb"
    (root / "postmortems").mkdir(parents=True)
    (root / "kb.toml").write_text("")
    (root / "postmortems" / "a.md").write_text(record("Queue", "disk"))
    (root / "postmortems" / "b.md").write_text(record("Disk", "queue"))
    index = opened(root).index
    assert ids(index, "disk") == ["b", "a"]
    assert ids(index, "queue") == ["a", "b"]
    # Every field is of the mean length, 2 of each: tf = 3 counts 11/7, tf = 1 counts 1.
    assert scores(index, "disk") == pytest.approx({"b": log(1.2) * 11 / 7, "a": log(1.2)})


def test_the_word_as_it_was_asked_for_stands_before_another_of_its_stem(tmp_path: Path) -> None:
    index = index_of(tmp_path / "kb", a="it fails", b="it failed", c="it is failing")
    assert ids(index, "failed") == ["b", "a", "c"]
    assert ids(index, "failing") == ["c", "a", "b"]


def test_a_rare_word_counts_more_than_a_common_one(tmp_path: Path) -> None:
    index = index_of(tmp_path / "kb", a="disk one", b="disk two", c="disk three", d="queue four")
    assert ids(index, "disk queue")[0] == "d"


def test_a_short_text_stands_before_a_long_one_that_says_no_more(tmp_path: Path) -> None:
    index = index_of(tmp_path / "kb", a="disk " + "lorem " * 50, b="disk lorem")
    assert ids(index, "disk") == ["b", "a"]


@pytest.mark.parametrize("names", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
def test_the_order_of_indexing_does_not_count(tmp_path: Path, names: tuple[str, ...]) -> None:
    bodies = {"a": "disk full full", "b": "disk queue", "c": "full " * 20}
    root = tmp_path / "kb"
    index_of(root)
    for name in names:
        (root / "postmortems" / f"{name}.md").write_text(record("The", bodies[name]))
        opened(root)
    fresh = index_of(tmp_path / "fresh", **bodies)
    assert scores(opened(root).index, "disk full queue") == scores(fresh, "disk full queue")
    assert ids(opened(root).index, "disk full queue") == ids(fresh, "disk full queue")
