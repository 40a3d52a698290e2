from datetime import date

import pytest

import kb
from kb.pages.home import home, on_this_day

from .made import TODAY, desk, incident, learning, playbook
from .parsed import read


def anniversaries(today: str, *days: str) -> list[tuple[int, str, bool]]:
    made = desk(*(incident(day, started=day) for day in days), today=date.fromisoformat(today))
    return [(years, one.id, exact) for years, one, exact in on_this_day(made)]


@pytest.mark.parametrize(
    ("today", "days", "found"),
    [
        pytest.param(
            "2026-06-15",
            ["2017-06-15", "2025-06-15"],
            [(1, "2025-06-15", True), (9, "2017-06-15", True)],
            id="to the day",
        ),
        pytest.param(
            "2026-06-15", ["2020-06-15", "2021-06-14"], [(6, "2020-06-15", True)], id="the day before the week"
        ),
        pytest.param(
            "2026-06-15",
            ["2020-06-08", "2021-06-22"],
            [(5, "2021-06-22", False), (6, "2020-06-08", False)],
            id="a week off",
        ),
        pytest.param("2026-06-15", ["2020-06-07", "2021-06-23", "2020-12-15"], [], id="more than a week off"),
        pytest.param(
            "2026-06-15", ["2026-06-15", "2026-06-12", "2026-06-17", "2027-06-15"], [], id="this very week and to come"
        ),
        pytest.param("2026-01-02", ["2020-12-31"], [(5, "2020-12-31", False)], id="over the end of the year"),
        pytest.param("2026-12-31", ["2020-01-02"], [(7, "2020-01-02", False)], id="over the end of the year, forwards"),
        pytest.param("2026-01-02", ["2025-12-31"], [], id="three days ago, last year"),
        pytest.param("2026-12-31", ["2026-01-02"], [(1, "2026-01-02", False)], id="a year ago but for days"),
        pytest.param("2024-02-29", ["2020-02-29"], [(4, "2020-02-29", True)], id="29 February"),
        pytest.param("2026-02-28", ["2020-02-29"], [(6, "2020-02-29", False)], id="29 February on the 28th"),
        pytest.param("2026-03-01", ["2020-02-29"], [(6, "2020-02-29", False)], id="29 February on 1 March"),
        pytest.param("2024-02-29", ["2023-03-01"], [(1, "2023-03-01", False)], id="on 29 February"),
        pytest.param("2024-03-08", ["2023-03-01"], [(1, "2023-03-01", False)], id="a week, over 29 February"),
        pytest.param("9999-12-31", ["8999-12-30"], [(1000, "8999-12-30", False)], id="the last day there is"),
    ],
)
def test_on_this_day(today: str, days: list[str], found: list[tuple[int, str, bool]]) -> None:
    assert anniversaries(today, *days) == found


def test_what_has_no_start_has_no_anniversary() -> None:
    assert on_this_day(desk(incident())) == []


def words(*records: kb.Record, **more: object) -> str:
    return " ".join(read(home(desk(*records, **more))).words.split())


def test_an_empty_home_teaches() -> None:
    text = words()
    assert "No incident is on record. Write one as a Markdown file in the postmortems folder." in text
    assert "No incident on record began in this week of any year." in text
    assert "0 incidents, 0 playbooks" in text


def test_home_counts_what_asks_for_attention() -> None:
    actions = [
        {"title": "a", "status": "accepted", "due": "2026-01-01"},
        {"title": "b", "status": "accepted"},
        {"title": "c", "status": "done"},
    ]
    parsed = read(home(desk(incident(actions=actions), playbook(last_reviewed="2020-01-01", review_every="1 year"))))
    tally = " ".join(parsed.words.split())
    for said in ("actions overdue 1", "actions open 2", "done, not verified 1", "playbooks to read through now 1"):
        assert said in tally
    assert "its review was due on 2020-12-31" in tally


def test_warnings_are_counted_and_hints_are_not() -> None:
    def found(level: kb.Level) -> kb.Finding:
        return kb.Finding("unknown-field", level, "a.md", 1, "odd", "")

    assert "warnings of the check 1" in words(findings=(found(kb.Level.WARNING), found(kb.Level.HINT)))
    assert "warnings of the check" not in words(findings=(found(kb.Level.HINT),))


def test_home_shows_the_last_year_or_else_all_years() -> None:
    assert "The last twelve months." in words(incident(started="2026-05-01"))
    assert "By year; none in the last twelve months." in words(incident(started="2020-05-01"))
    assert "Shape and colour" not in words(incident())


@pytest.mark.parametrize(("recent", "said"), [(1, "By year; 1 incident in the last"), (4, "The last twelve months.")])
def test_a_few_incidents_of_the_last_year_stand_among_all_years(recent: int, said: str) -> None:
    old = [incident(f"old{n}", started=f"20{10 + n}-05-01") for n in range(9)]
    assert said in words(*old, *(incident(f"new{n}", started="2026-05-01") for n in range(recent)))


def test_a_repeat_says_what_it_repeats() -> None:
    earlier = incident("earlier", title="Queue full", started="2020-05-01")
    text = words(earlier, incident("later", title="Again", started="2026-05-01", recurrence_of=["earlier", "gone"]))
    assert "It came backAgain repeats Queue full, 2020" in text


def test_home_shows_what_was_learned_last() -> None:
    made = [learning(f"l{n}", date=f"2025-01-{n:02}") for n in range(1, 6)]
    parsed = read(home(desk(learning("example"), *made)))
    rows = [a.attributes["href"] for a in parsed.all("a") if a.attributes["href"].startswith("./learnings/l")]
    assert rows == [f"./learnings/l{n}/" for n in range(5, 1, -1)]


def test_home_shows_the_latest_eight() -> None:
    parsed = read(home(desk(*(incident(f"i{n}", started=f"2025-01-{n:02}") for n in range(1, 11)))))
    rows = [a.attributes["href"] for a in parsed.all("a") if a.attributes["href"].startswith("./incidents/i")]
    assert rows[-8:] == [f"./incidents/i{n}/" for n in range(10, 2, -1)]


def test_home_names_what_came_back_and_what_was_learned() -> None:
    text = words(incident("again", recurrence_of=["one"]), learning())
    assert "It came back" in text
    assert "Title of lesson" in text
    assert "It came back" not in words(incident())


def test_home_says_on_which_day_it_is_right() -> None:
    assert f"As of {TODAY}." in words()


def test_home_leads_to_its_lists_from_wherever_it_stands() -> None:
    assert "../../incidents/" in read(home(desk(), "about/start")).values("href")
    assert "./incidents/" in read(home(desk())).values("href")
