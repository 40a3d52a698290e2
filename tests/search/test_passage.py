import pytest
from hypothesis import strategies as st

from kb.search.passage import LENGTH, passage
from kb.search.terms import words

from .made import TEXT, for_any

FILLER = "lorem ipsum dolor sit amet " * 40


def terms(query: str) -> list[str]:
    return [term for word in words(query) for term in word.terms]


def marked(text: str, query: str) -> list[str]:
    """What is marked in the passage of a text for a query."""
    found = passage(text, terms(query))
    return [found.text[start:end] for start, end in found.marks]


def test_a_short_text_is_shown_whole_with_its_words_marked() -> None:
    found = passage("The disk was full.", terms("full disk"))
    assert found.text == "The disk was full."
    assert found.marks == ((4, 8), (13, 17))


def test_a_word_is_marked_by_its_stem_and_what_only_begins_alike_is_not() -> None:
    assert marked("it failed, failing; failover", "fails") == ["failed", "failing"]


def test_what_is_joined_is_marked_whole_when_a_part_was_asked_for() -> None:
    assert marked("in kube-dns it", "dns") == ["kube-dns"]
    assert marked("in kube-proxy it", "dns") == []


def test_line_ends_and_blanks_become_one_blank() -> None:
    found = passage("\n The disk\r\n\n\twas   full\n", terms("full"))
    assert found.text == "The disk was full"
    assert found.marks == ((13, 17),)


@pytest.mark.parametrize("query", ["", "absent", "the of"])
def test_without_a_match_the_beginning_is_shown(query: str) -> None:
    found = passage(FILLER, terms(query))
    assert found.text.startswith("lorem ipsum")
    assert found.text.endswith(" …")
    assert found.marks == ()


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_text_has_an_empty_passage(text: str) -> None:
    found = passage(text, terms("disk"))
    assert (found.text, found.marks) == ("", ())


def test_a_match_in_the_middle_has_an_ellipsis_on_both_sides_and_whole_words() -> None:
    found = passage(f"{FILLER}the disk was full {FILLER}", terms("disk"))
    assert found.text.startswith("… ")
    assert found.text.endswith(" …")
    assert "the disk was full" in found.text
    assert set(found.text.split()) == {"…", *FILLER.split(), *"the disk was full".split()}


def test_a_match_near_the_beginning_has_an_ellipsis_at_the_end_alone() -> None:
    found = passage(f"disk {FILLER}", terms("disk"))
    assert found.text.startswith("disk lorem")
    assert found.text.endswith(" …")


def test_a_match_at_the_end_has_an_ellipsis_at_the_beginning_alone() -> None:
    found = passage(f"{FILLER}disk", terms("disk"))
    assert found.text.startswith("… ")
    assert found.text.endswith(" disk")


def test_the_window_with_most_different_words_is_shown() -> None:
    text = f"disk disk disk disk {FILLER} the queue on the disk is full {FILLER} a full queue"
    assert marked(text, "disk queue full") == ["queue", "disk", "full"]


def test_of_equal_windows_the_first_is_shown() -> None:
    assert "first" in passage(f"{FILLER} first disk {FILLER} second disk", terms("disk")).text


def test_the_word_as_it_was_asked_for_is_preferred_to_its_stem() -> None:
    assert marked(f"it fails {FILLER} it failed", "failed") == ["failed"]


def test_words_that_make_a_window_the_best_are_all_shown() -> None:
    text = f"{FILLER} disk queue {FILLER} disk {'x ' * 60} queue full {FILLER}"
    assert marked(text, "disk queue full") == ["disk", "queue", "full"]


@pytest.mark.parametrize("apart", range(40, 110, 5))
def test_no_window_is_chosen_for_words_that_it_does_not_show(apart: int) -> None:
    text = f"{FILLER} disk queue {FILLER} disk {'x ' * apart} queue full {FILLER}"
    assert len(marked(text, "disk queue full")) >= 2


def test_words_too_far_apart_for_one_window_are_not_shown_together() -> None:
    assert marked(f"disk {FILLER} queue", "disk queue") == ["disk"]


@pytest.mark.parametrize("mark", ["=", "#", "(", "-", "…"])
def test_a_match_after_a_line_of_signs_is_shown(mark: str) -> None:
    assert marked(f"{FILLER}{mark * 120}disk {FILLER}", "disk") == ["disk"]


@pytest.mark.parametrize("mark", ["=", ")"])
def test_a_match_before_a_line_of_signs_is_shown(mark: str) -> None:
    assert marked(f"{FILLER}disk{mark * 10_000}", "disk") == ["disk"]


@pytest.mark.parametrize("text", ["x" * 10_000, "x" * 10_000 + " end", "start " + "x" * 10_000])
def test_one_word_of_ten_thousand_letters_does_not_burst_the_passage(text: str) -> None:
    found = passage(text, terms("absent"))
    assert 0 < len(found.text) <= LENGTH + 4
    assert found.marks == ()


def test_a_word_beside_one_of_ten_thousand_letters_is_shown() -> None:
    assert marked("x" * 10_000 + " disk", "disk") == ["disk"]
    assert marked("disk " + "x" * 10_000, "disk") == ["disk"]


def test_a_match_in_a_path_longer_than_the_passage_does_not_burst_it() -> None:
    found = passage(f"{FILLER}{'folder/' * 1000}disk", terms("disk"))
    assert 0 < len(found.text) <= LENGTH + 4


def test_japanese_is_shown_where_it_matches() -> None:
    text = "前" * 500 + "障害発生" + "後" * 500
    found = passage(text, terms("障害発生"))
    assert [found.text[start:end] for start, end in found.marks] == ["障害発生"]
    assert len(found.text) <= LENGTH + 4


def test_markup_is_shown_as_it_stands() -> None:
    assert passage("a <script>disk</script>", terms("disk")).text == "a <script>disk</script>"


@for_any(texts=st.lists(TEXT, min_size=1, max_size=20), query=TEXT)
def test_the_marks_of_any_passage_lie_on_words_that_match(texts: list[str], query: str) -> None:
    text = " ".join(texts)
    found = passage(text, terms(query))
    assert len(found.text) <= LENGTH + 4
    assert "\n" not in found.text
    assert found.text.removeprefix("… ").removesuffix(" …") in " ".join(text.split())
    places = [place for mark in found.marks for place in mark]
    assert places == sorted(places)
    for start, end in found.marks:
        assert not set(terms(query)).isdisjoint(terms(found.text[start:end]))


@for_any(texts=st.lists(TEXT, min_size=1, max_size=20), query=TEXT)
def test_any_text_that_matches_has_a_mark_and_no_other_has(texts: list[str], query: str) -> None:
    text = " ".join(" ".join(texts).split())
    hits = [word for word in words(text) if not set(terms(query)).isdisjoint(word.terms)]
    marks = passage(text, terms(query)).marks
    assert hits or not marks
    assert marks or not hits or max(hit.end - hit.start for hit in hits) > LENGTH // 2
