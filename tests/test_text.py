from datetime import timedelta

import pytest

from kb.text import age, count, did_you_mean, duration, fold, nearest, said, slug, word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Amazon S3", "amazon-s3"),
        ("Crème brûlée", "creme-brulee"),
        ("a_b - c", "a-b-c"),
        ("v1.2.3", "v1.2.3"),
        ("../../etc/passwd", "etc-passwd"),
        ("ß", "ss"),
        ("ℋello", "hello"),
        ("İstanbul", "istanbul"),
        ("データベース障害", "データベース障害"),
        ("انقطاع الخدمة", "انقطاع-الخدمة"),
        ("हिन्दी", "हिन्दी"),
        ("สวัสดี", "สวัสดี"),
        ("한국 장애", "한국-장애"),
        ("❤️ and 🔥", "and"),
    ],
)
def test_a_slug_is_one_segment_of_an_address(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize("text", ["", " ", "🔥", "...", "---", "_", "\ufe0f"])
def test_a_slug_is_never_empty(text: str) -> None:
    assert slug(text) == "unnamed"


def test_fold_leaves_case_and_accents_aside() -> None:
    assert fold("ÉCOLE") == fold("école") == fold("ecole")
    assert fold("ecole") != fold("ecole ")


@pytest.mark.parametrize("text", ["Config push", "config-push", "CONFIG_PUSH", "  config  -  push "])
def test_a_word_has_one_spelling(text: str) -> None:
    assert word(text) == "config_push"
    assert said(word(text)) == "config push"


def test_the_nearest_words_come_best_first_and_ties_by_name() -> None:
    assert nearest("severty", ["severity", "service", "several"]) == ("severity", "several")
    assert nearest("ab", ["abd", "abc"]) == ("abc", "abd")


def test_nothing_is_near_what_is_far() -> None:
    assert nearest("xyz", ["severity"]) == ()
    assert did_you_mean("xyz", ["severity"]) == ""


def test_nothing_is_near_a_text_longer_than_any_name() -> None:
    assert nearest("a" * 1000, ["a" * 1000]) == ()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (["caused"], "did you mean `caused`?"),
        (["caused", "cause"], "did you mean `cause` or `caused`?"),
        (["causes", "cause", "caused", "caves"], "did you mean `cause`, `caused` or `causes`?"),
    ],
)
def test_at_most_three_words_are_offered(known: list[str], expected: str) -> None:
    assert did_you_mean("cause", known) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (3601, "1 h"),
        (8040, "2 h 14 min"),
        (86400, "1 d"),
        (3 * 86400 + 4 * 3600 + 59 * 60, "3 d 4 h"),
        (400 * 86400, "400 d"),
        (-90, "-1 min 30 s"),
    ],
)
def test_a_duration_is_said_in_two_units_rounded_down(seconds: float, expected: str) -> None:
    assert duration(timedelta(seconds=seconds)) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-3, "today"),
        (0, "today"),
        (1, "1 day"),
        (12, "12 days"),
        (60, "60 days"),
        (61, "2 months"),
        (700, "22 months"),
        (731, "2 years"),
        (3653, "10 years"),
    ],
)
def test_an_age_is_said_in_the_unit_people_use(days: int, expected: str) -> None:
    assert age(days) == expected


def test_a_number_has_its_noun() -> None:
    assert count(1, "incident") == "1 incident"
    assert count(0, "incident") == "0 incidents"
    assert count(1208, "entry", "entries") == "1,208 entries"
