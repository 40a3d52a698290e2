import pytest

from kb.pages.tangle import (
    MAX_DEPTH,
    MAX_FENCES,
    MAX_LENGTH,
    MAX_NOTES,
    MAX_OPENINGS,
    MAX_SIGNS,
    MAX_STARTS,
    has_many_fences,
    is_knotted,
    is_tangled,
)


@pytest.mark.parametrize(
    ("most", "more"),
    [
        ("> " * MAX_DEPTH, "> " * (MAX_DEPTH + 1)),
        ("- " * MAX_DEPTH + "a", "- " * (MAX_DEPTH + 1) + "a"),
        ("1. " * MAX_DEPTH + "a", "1. " * (MAX_DEPTH + 1) + "a"),
        ("    " * MAX_DEPTH + "a", "    " * (MAX_DEPTH + 1) + "a"),
        ("\t" * MAX_DEPTH + "a", "\t" * (MAX_DEPTH + 1) + "a"),
        ("# a\n" * MAX_STARTS, "# a\n" * (MAX_STARTS + 1)),
        ("a\n: b\n" * MAX_STARTS, "a\n: b\n" * (MAX_STARTS + 1)),
        ("a\n---\n" * MAX_STARTS, "a\n---\n" * (MAX_STARTS + 1)),
        ("!!! note\n    a\n" * MAX_STARTS, "!!! note\n    a\n" * (MAX_STARTS + 1)),
        ("[a]: b\n" * MAX_STARTS, "[a]: b\n" * (MAX_STARTS + 1)),
        ("> a\nb\n" * MAX_STARTS, "> a\nb\n" * (MAX_STARTS + 1)),
        ("a[^1]\n\n" * MAX_NOTES, "a[^1]\n\n" * (MAX_NOTES + 1)),
    ],
)
def test_a_text_is_tangled_from_one_more_than_the_most(most: str, more: str) -> None:
    assert not is_tangled(most)
    assert is_tangled(more)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 300 + "\n" + "*" * 300 + "\n" + "=" * 300 + "\n+" + "-" * 300 + "+",
        "# a\n\n" * 5_000,
        "- a\n" * 5_000,
        "> a\n" * 5_000,
        "|a|b|\n|-|-|\n" + "|[c](d)|`e`|\n" * 5_000,
        "- [x] a\n" * 5_000,
        "a: b\n" * 5_000,
        "",
    ],
    ids=lambda text: text[:8],
)
def test_a_long_text_of_simple_parts_is_not_tangled(text: str) -> None:
    assert not is_tangled(text)


def test_fences_are_counted() -> None:
    assert not has_many_fences("```\na\n```\n" * (MAX_FENCES // 2))
    assert has_many_fences("```\na\n```\n" * (MAX_FENCES // 2 + 1))
    assert not has_many_fences("`a` ~~b~~\n" * MAX_FENCES)


@pytest.mark.parametrize(
    ("most", "more"),
    [
        ("[" * MAX_OPENINGS, "[" * (MAX_OPENINGS + 1)),
        ("~" * MAX_OPENINGS, "~" * (MAX_OPENINGS + 1)),
        ("*" * MAX_SIGNS, "*" * (MAX_SIGNS + 1)),
        ("a" * MAX_LENGTH, "a" * (MAX_LENGTH + 1)),
    ],
)
def test_a_paragraph_is_knotted_from_one_more_than_the_most(most: str, more: str) -> None:
    assert not is_knotted(most)
    assert is_knotted(more)
