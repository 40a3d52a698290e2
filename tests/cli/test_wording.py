"""How a terminal says what keeps coming back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.cli.wording import answers, broken_lines, gap_said, listed, promises_said, reasons_said, size_said
from kb.records.frontmatter import read
from kb.records.model import Action, Postmortem
from kb.recurrence.near import Reason
from kb.recurrence.repeats import Repeat, repeats
from kb.text import yaml_text


def incident(name: str, day: str | None = None, organization: str | None = None, *actions: Action) -> Postmortem:
    fields = {"id": name, "title": name, "started": day, "organization": organization, "actions": actions}
    return Postmortem.model_validate(fields)


def action(**fields: str) -> Action:
    return Action.model_validate(fields)


def promises(*actions: Action) -> Repeat:
    known = {"first": incident("first", "2023-01-01", None, *actions), "second": incident("second", "2024-01-01")}
    [repeat] = repeats(known, [("second", "first")])
    return repeat


def test_reasons_are_told_one_kind_after_the_other() -> None:
    reasons = (Reason("cause", ("code_change",)), Reason("word", ("max_connections", "pool")))
    assert reasons_said(reasons) == "both have the cause code change; the words max_connections, pool"
    assert reasons_said(()) == "they have no single word in common"


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (None, "after an unknown time"),
        (0, "on the same day"),
        (1, "after 1 day"),
        (17, "after 17 days"),
        (800, "after 2 years"),
    ],
)
def test_a_gap_is_told_as_people_say_it(gap: int | None, said: str) -> None:
    assert gap_said(Repeat("b", "a", gap, ())) == said


def test_promises_are_counted_by_how_they_stood_when_it_came_back() -> None:
    day = "2023-02-01"
    repeat = promises(
        action(id="a", title="Alert", status="in_progress", opened=day),
        action(id="b", title="Build", status="declined"),
        action(title="Clean", status="done"),
        action(id="d", title="Drill", status="done", verified_on=day),
        action(id="e", title="Examine"),
        # Nobody had promised this yet.
        action(id="f", title="Find", status="accepted", opened="2024-06-01"),
    )
    expected = "of 5 promises 1 open, 1 declined, 1 not verified, 1 unknown, 1 kept by then"
    assert promises_said(repeat) == expected
    assert list(broken_lines(repeat)) == ["open: Alert (first#a)", "declined: Build (first#b)", "not verified: Clean"]


def test_where_nothing_was_promised_nothing_is_counted() -> None:
    assert promises_said(promises()) == "nothing had been promised by then"


def test_a_size_says_how_many_where_and_when() -> None:
    some = [incident("a", "2023-01-01", "Moor"), incident("b", None, "moor"), incident("c", "2022-03-01", "Coast")]
    assert size_said(some) == "3 incidents of 2 organizations, 2022-03-01 to 2023-01-01"
    assert size_said([incident("a")]) == "1 incident, days unknown"


def test_each_answer_is_a_line_that_can_be_copied() -> None:
    fields = [line.partition(":")[0] for line in answers("first")]
    assert fields == ["recurrence_of", "related", "not_related"]
    assert all(line.count("[first]") == 1 for line in answers("first"))


@pytest.mark.parametrize(
    "name", ["2019-03-04-gates-shut", "a b", "a, b", "a: b", "# a", "null", "no", "-", "~", "'", ""]
)
def test_what_is_quoted_is_read_again_as_it_was(name: str) -> None:
    assert read(f"---\nrelated: {listed(name, 'other')}\n---\n".encode()).fields == {"related": [name, "other"]}


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1))
def test_any_line_of_text_is_read_again_as_it_was(text: str) -> None:
    assert read(f"---\ntitle: {yaml_text(text)}\n---\n".encode()).fields == {"title": text}
