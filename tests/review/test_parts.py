"""Generated parts: only they change, and what a person wrote stays, byte for byte."""

import pytest
from hypothesis import strategies as st

import kb
from kb.review.parts import marked, refreshed

from .made import few

OLD, NEW = "\nold\n\n", "\nnew\n- of it\n\n"
END = "<!-- kb:end -->\n"


def renewed(text: str, **generated: str) -> str:
    return refreshed(text, 0, generated or {"themes": NEW})[0]


def test_a_part_is_brought_up_to_date() -> None:
    text = f"before\n{marked('themes', OLD)}after"
    assert refreshed(text, 0, {"themes": NEW}) == (f"before\n{marked('themes', NEW)}after", ())


def test_the_same_again_changes_nothing() -> None:
    text = f"before\n{marked('themes', NEW)}after\n"
    assert renewed(text) == text


def test_a_part_that_was_deleted_stays_away() -> None:
    text = f"mine\n{marked('repeats', OLD)}"
    assert renewed(text, themes=NEW, repeats=NEW) == f"mine\n{marked('repeats', NEW)}"
    assert renewed("mine\n", themes=NEW) == "mine\n"


@pytest.mark.parametrize("words", ["\nold, and mine\n\n", "\nold\n\nmine\n", "mine", " \nold\n\n"])
def test_a_part_in_which_somebody_wrote_stays_as_it_is(words: str) -> None:
    text = marked("themes", OLD).replace(OLD, words if words.endswith("\n") else f"{words}\n")
    assert refreshed(f"{text}{marked('repeats', OLD)}", 0, {"themes": NEW, "repeats": NEW}) == (
        f"{text}{marked('repeats', NEW)}",
        ("themes",),
    )


@pytest.mark.parametrize("emptied", ["", "\n", "  \n\n"])
def test_a_part_that_is_emptied_is_written_again(emptied: str) -> None:
    text = marked("themes", OLD).replace(OLD, emptied)
    assert renewed(text) == marked("themes", NEW)
    assert renewed(f"<!-- kb:review themes -->\n{emptied}{END}") == marked("themes", NEW)


def test_text_between_markers_without_a_digest_is_a_persons() -> None:
    text = f"<!-- kb:review themes -->\nmine\n{END}"
    assert refreshed(text, 0, {"themes": NEW}) == (text, ("themes",))


def test_windows_line_ends_stay_and_do_not_count_as_a_change() -> None:
    windows = f"mine\n{marked('themes', OLD)}mine\n".replace("\n", "\r\n")
    assert refreshed(windows, 0, {"themes": NEW}) == (f"mine\n{marked('themes', NEW)}mine\n".replace("\n", "\r\n"), ())


def test_markers_in_the_frontmatter_are_somebodys_text() -> None:
    head = f"---\ntitle: x\nsummary: |\n  x\n{END}---\n"
    assert refreshed(f"{head}{marked('themes', OLD)}", 6, {"themes": NEW})[0] == f"{head}{marked('themes', NEW)}"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("<!-- kb:review themes -->\n", 1, "has no end"),
        (f"x\n{END}", 2, "has not begun"),
        (f"<!-- kb:review themes -->\n<!-- kb:review themes -->\n{END}", 2, "begins inside"),
        (f"{marked('themes', OLD)}{END}", 6, "has not begun"),
        (f"<!-- kb:review other -->\n{END}", 1, "no part `other`"),
        (f"<!-- kb:review themes 123 -->\n{END}", 1, "no marker"),
        (f" <!-- kb:review themes -->\n{END}", 1, "no marker"),
        (f"<!--kb:review themes-->\n{END}", 1, "no marker"),
        (f"<!-- kb:review themes --> and more\n{END}", 1, "no marker"),
        ("<!-- KB:END -->\n", 1, "no marker"),
    ],
)
def test_markers_that_do_not_pair_are_refused_with_their_line(text: str, line: int, said: str) -> None:
    with pytest.raises(kb.KbError, match=said) as stopped:
        renewed(text)
    assert stopped.value.line == line
    assert stopped.value.hint


@pytest.mark.parametrize(
    "text", ["see `<!-- kb:end -->` there\n", "<!-- a comment -->\n", "<!-- kbd -->\n", "\x85\n\u2028\n"]
)
def test_what_only_speaks_of_markers_is_text(text: str) -> None:
    assert renewed(f"{text}{marked('themes', OLD)}{text}") == f"{text}{marked('themes', NEW)}{text}"


LINES = st.lists(
    st.one_of(
        st.text(max_size=8).filter(lambda text: "kb:" not in text.casefold()),
        st.sampled_from(["", "## Themes", "*Who?*", "\r", "  ", "---"]),
    ),
    max_size=6,
).map(lambda lines: "".join(f"{line}\n" for line in lines))


@few(200, before=LINES, between=LINES, after=st.one_of(LINES, st.text(max_size=9).filter(lambda text: "<" not in text)))
def test_every_byte_outside_of_the_markers_stays(before: str, between: str, after: str) -> None:
    def whole(themes: str, repeats: str) -> str:
        return f"{before}{marked('themes', themes)}{between}{marked('repeats', repeats)}{after}"

    found, kept = refreshed(whole(OLD, OLD), 0, {"themes": NEW, "repeats": OLD})
    assert (found, kept) == (whole(NEW, OLD), ())
