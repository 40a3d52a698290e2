"""What `kb trends` prints: a sentence first, then each part as far as it is known; the transcripts show it whole."""

from typing import Any

import pytest
from trends.made import incident, learning, trends

import kb
from kb.cli.trend_lines import lines


def row(found: kb.Trends, name: str) -> str:
    """Return a row of the report, its lines joined."""
    said = list(lines(found))
    first = next(place for place, line in enumerate(said) if line.startswith(f"    {name}  "))
    below = []
    for line in said[first + 1 :]:
        if not line.startswith(" " * 20):
            break
        below.append(line.strip())
    return " ".join([said[first].removeprefix(f"    {name}").strip(), *below])


def three_a_quarter(quarters: int, hours: int = 2, **fields: Any) -> list[kb.Postmortem]:
    months = (divmod(2021 * 12 + number, 12) for number in range(3 * quarters))
    return [
        incident(
            f"{year}-{month:02}",
            **{
                "started": f"{year}-{month + 1:02}-10T00:00Z",
                "resolved": f"{year}-{month + 1:02}-10T{hours:02}:00Z",
                **fields,
            },
        )
        for year, month in months
    ]


def test_the_first_sentence_says_how_many_there_were_and_what_they_could_show() -> None:
    first = next(iter(lines(trends(*three_a_quarter(13)))))
    assert first.startswith("3 incidents in 2024-Q1, 3.0 a quarter on average; with this few, ")


def test_what_has_not_ended_is_not_taken_for_a_quarter() -> None:
    found = trends(incident(started="2024-05-01"))
    assert next(iter(lines(found))).startswith("1 incident so far in 2024-Q2, which has not ended; how long it took")
    assert row(found, "on average") == "no quarter is over yet"


def test_where_nobody_knows_a_day_it_is_said() -> None:
    said = list(lines(trends(incident("a"), incident("b"))))
    assert said[0].startswith("2 incidents of which nobody knows the day; how long it took is known of none")
    assert "How many" not in said


def test_no_incident_is_one_sentence() -> None:
    assert list(lines(trends())) == ["No incident, so nothing can be said of any."]
    game = trends(learning(kind="game_day", actions=[{"status": "accepted"}]))
    assert row(game, "drills") == "1 game day or chaos experiment, 0 pre-mortems; nobody knows the day of 1"
    assert row(game, "actions") == "1: 1 accepted"


def test_reports_and_actions_are_said_with_their_number_once_there_are_enough() -> None:
    some = three_a_quarter(4, status="published", published="2023-01-01", actions=[
        {"id": "x", "status": "done", "owner": "edge", "opened": "2022-01-01", "closed": "2022-01-11"},
        {"id": "y", "status": "accepted", "owner": "edge", "opened": "2022-01-01", "due": "2022-02-01"},
    ])  # fmt: skip
    found = trends(*some)
    assert "n = 12)" in row(found, "reports published")
    assert row(found, "until closed").startswith("half after 10 days (10 ")
    assert row(found, "until closed").endswith("; n = 24; 0 unknown")
    assert row(found, "open, by owner") == "edge: 12 (oldest 2 years)"
    assert row(found, "overdue") == "12 of 12 open: 2021-00#y, 2021-01#y, 2021-02#y and 9 more"
    assert row(found, "done, not verified") == "12 of 12 done"


def test_durations_name_those_that_are_impossible() -> None:
    back = incident("back", started="2023-01-01T10:00Z", resolved="2023-01-01T09:00Z")
    found = row(trends(back, *three_a_quarter(4)), "to resolve")
    assert found == (
        "half within 2 h (2 h to 2 h), 90 % within 2 h (2 h to 2 h); n = 12, 1 unknown, 1 of them end before they start"
    )


@pytest.mark.parametrize(("hours", "arrow"), [(1, "↓ 0.50 times as long (0.50 to 0.50)"), (2, "1.00 times as long")])
def test_an_arrow_stands_where_every_incident_got_shorter(hours: int, arrow: str) -> None:
    short = [one for one in three_a_quarter(13, hours) if one.id >= "2023-03"]
    some = [one for one in three_a_quarter(13) if one.id < "2023-03"] + short
    assert any(arrow in line for line in lines(trends(*some)))


def test_changes_and_foresight_are_said_of_those_that_are_known() -> None:
    change = {"at": "2024-01-01T09:30Z", "kind": "config_push"}
    some = [incident("a", started="2024-01-01T10:00Z", changes=[change]), incident("b", started="2024-01-02")]
    risks = [{"risk": "x", "came_true": ["a"]}]
    found = trends(*some, learning(kind="pre_mortem", risks=risks))
    assert row(found, "change before it") == "1 of 1, 100 % (21 to 100 %), had one in the hour before: config push: 1"
    assert row(found, "foreseen") == "1 of 2, 50 % (9 to 91 %), by a pre-mortem"


def test_what_is_unknown_is_said_to_be() -> None:
    found = trends(incident(teams=["edge"]), incident("two"))
    assert row(found, "causes") == "unknown of all 2"
    assert row(found, "change before it") == "unknown: no incident names the time of a change"
    assert row(found, "teams") == "edge: 1"
    assert row(found, "unknown") == "1 of 2 name neither a team nor a person"


def test_long_lists_are_cut_and_say_so() -> None:
    found = trends(*(incident(f"i{n}", causes=[f"cause-{n}"], teams=[f"team-{n}"]) for n in range(9)))
    assert [line.split() for line in lines(found) if " more  " in line] == [["3", "more", "in", "--json"]]
    assert row(found, "teams").endswith("team-5: 1 and 3 more")


WORDS = "x" * 200, "a b " * 60, "\0", "{}", "%s", "日本" * 40


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_words_of_any_length_stay_on_lines_of_a_terminal_as_far_as_they_can_be_broken(word: str) -> None:
    action = {"status": "accepted", "owner": word, "opened": "2024-01-01"}
    found = trends(incident(causes=[word], teams=[word], trigger=word, actions=[action], started="2024-01-01"))
    said = list(lines(found))
    assert all(len(line) <= 98 for line in said)
    assert all("\n" not in line for line in said)
