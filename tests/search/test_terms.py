from itertools import pairwise

import pytest

from kb.search.terms import EXACT_MARK, MAX_TERM, STOP, stem, words

from .made import TEXT, for_any


def exact(text: str) -> list[str]:
    """The words' own forms, wholes before parts."""
    return [form.removeprefix(EXACT_MARK) for word in words(text) for form, _ in word.forms]


def stems(text: str) -> list[str]:
    return [stemmed for word in words(text) for _, stemmed in word.forms]


@pytest.mark.parametrize("text", ["École", "ECOLE", "école", "e\u0301cole", "ＥＣＯＬＥ"])
def test_case_accents_and_width_do_not_count(text: str) -> None:
    assert exact(text) == ["ecole"]


@pytest.mark.parametrize(
    ("text", "folded"), [("Straße", "strasse"), ("İstanbul", "istanbul"), ("cafe\u0301s", "cafes")]
)
def test_letters_that_fold_to_others_stay_in_their_word(text: str, folded: str) -> None:
    assert exact(text) == [folded]


def test_words_of_one_stem_meet_and_keep_their_own_form() -> None:
    assert set(stems("fails failed failing")) == {"fail"}
    assert exact("fails failed failing") == ["fails", "failed", "failing"]


def test_words_of_different_stems_do_not_meet() -> None:
    assert len(set(stems("fail disk queue"))) == 3


@pytest.mark.parametrize("word", ["s3", "ipv6", "50x", "naïves", "10", "日本"])
def test_what_is_no_english_word_is_its_own_stem(word: str) -> None:
    assert stem(word) == word


def test_the_stem_of_an_english_word_is_shorter() -> None:
    assert stem("connections") == "connect"


def test_no_stem_can_be_taken_for_an_exact_form() -> None:
    (found,) = words("failed")
    assert found.terms == ("=failed", "fail")


def test_stop_words_tell_nothing() -> None:
    assert list(words(" ".join(sorted(STOP)))) == []
    assert list(words("The IT of")) == []


def test_a_word_that_only_holds_a_stop_word_is_kept() -> None:
    assert exact("then thenceforth itself off") == ["thenceforth", "itself", "off"]


@pytest.mark.parametrize(
    ("text", "whole", "parts"),
    [
        ("kube-dns", "kube-dns", ["kube", "dns"]),
        ("us-east-1", "us-east-1", ["us", "east", "1"]),
        ("api.github.com", "api.github.com", ["api", "github", "com"]),
        ("KubePodCrashLooping", "kubepodcrashlooping", ["kube", "pod", "crash", "looping"]),
        ("http://x:80", "http://x:80", ["http", "x", "80"]),
        ("end-to-end", "end-to-end", ["end"]),
        ("ops@example.com", "ops@example.com", ["ops", "example", "com"]),
        ("std::bad_alloc", "std::bad_alloc", ["std", "bad", "alloc"]),
        ("max_connections", "max_connections", ["max", "connections"]),
    ],
)
def test_what_is_written_with_joints_is_there_whole_and_in_parts(text: str, whole: str, parts: list[str]) -> None:
    (found,) = words(text)
    assert exact(text) == [whole, *parts]
    assert found.forms[0] == (f"={whole}", stem(whole))
    assert (found.start, found.end) == (0, len(text))


@pytest.mark.parametrize("text", ["kube dns", "kube, dns", "kube - dns", "kube -dns", "kube (dns)", "kube----dns"])
def test_words_that_stand_apart_have_no_whole(text: str) -> None:
    assert exact(text) == ["kube", "dns"]


@pytest.mark.parametrize(
    "text", ["-disk-", "disk.", "/disk/", "(disk)", "_disk_", "disk:", "`disk`", "**disk**", "disk…"]
)
def test_signs_around_a_word_do_not_count(text: str) -> None:
    (found,) = words(text)
    assert exact(text) == ["disk"]
    assert text[found.start : found.end] == "disk"


def test_capitals_alone_are_no_joint() -> None:
    assert exact("ENOSPC") == ["enospc"]
    assert exact("enoSpc") == ["enospc", "eno", "spc"]


def test_a_part_that_comes_twice_counts_once() -> None:
    assert exact("a.disk.disk") == ["a.disk.disk", "disk"]


def test_a_part_that_is_a_stop_word_is_left_out_of_a_whole_that_is_kept() -> None:
    assert exact("out-of-memory") == ["out-of-memory", "out", "memory"]


def test_japanese_becomes_pairs_of_neighbours() -> None:
    assert exact("障害発生") == ["障害", "害発", "発生"]
    assert [(word.start, word.end) for word in words("障害発生")] == [(0, 2), (1, 3), (2, 4)]


def test_a_single_character_is_a_word() -> None:
    assert exact("水") == ["水"]


def test_japanese_and_latin_letters_side_by_side_are_apart() -> None:
    assert exact("DNS障害") == ["dns", "障害"]
    assert exact("障害DNS、発生") == ["障害", "dns", "発生"]


def test_halfwidth_katakana_is_found_by_the_full_width() -> None:
    assert set(exact("ﾃｽﾄ")) == set(exact("テスト")) == {"テス", "スト"}


@pytest.mark.parametrize(("text", "found"), [("한국 장애", ["한국", "장애"]), ("انقطاع الخدمة", ["انقطاع", "الخدمة"])])
def test_words_of_other_scripts_are_found_by_their_own_form(text: str, found: list[str]) -> None:
    assert exact(text) == stems(text) == found


def test_arabic_is_found_with_and_without_its_vowel_signs() -> None:
    assert exact("الخِدمَة") == exact("الخدمة") == ["الخدمة"]


@pytest.mark.parametrize("text", ["हिन्दी", "ஆங்கிலம்", "ไม่ได้"])
def test_a_word_keeps_the_signs_that_belong_to_its_letters(text: str) -> None:
    (found,) = words(text)
    assert (found.start, found.end) == (0, len(text))


def test_a_word_of_the_greatest_length_is_kept_and_a_longer_one_is_noise() -> None:
    assert exact("x" * MAX_TERM) == ["x" * MAX_TERM]
    assert exact("x" * (MAX_TERM + 1)) == []


def test_the_parts_of_a_whole_that_is_too_long_are_kept() -> None:
    path = "/".join(["folder", "x" * (MAX_TERM + 1), "disk"])
    assert exact(path) == ["folder", "disk"]


def test_a_line_without_blanks_is_read() -> None:
    assert exact("a1." * 20_000 + "end") == ["a1", "end"]
    assert exact("x" * 1_000_000) == []
    assert len(exact("障害" * 1000)) == 1999


@pytest.mark.parametrize("text", ["", " ", "-", '""', "🔥", "\0", "...", "___", "\u0301", "\n\n"])
def test_a_text_without_letters_has_no_words(text: str) -> None:
    assert list(words(text)) == []


def test_words_lie_where_they_stand() -> None:
    text = "The kube-dns failed, and\n障害 at https://x.example/a."
    assert [text[word.start : word.end] for word in words(text)] == [
        "kube-dns",
        "failed",
        "障害",
        "https://x.example/a",
    ]


@for_any(text=TEXT)
def test_any_text_has_words_that_lie_in_it_in_their_order(text: str) -> None:
    found = list(words(text))
    assert all(0 <= word.start < word.end <= len(text) for word in found)
    assert all(one.start < other.start and one.end <= other.end for one, other in pairwise(found))
    for word in found:
        assert word.forms
        assert len(set(word.forms)) == len(word.forms)
        for exact_form, stemmed in word.forms:
            assert exact_form.startswith(EXACT_MARK)
            assert 0 < len(exact_form) - 1 <= MAX_TERM
            assert stemmed
            assert not stemmed.startswith(EXACT_MARK)


@for_any(text=TEXT, more=TEXT)
def test_what_stands_before_or_after_a_blank_changes_no_word(text: str, more: str) -> None:
    assert exact(f"{text} {more}") == exact(text) + exact(more)
