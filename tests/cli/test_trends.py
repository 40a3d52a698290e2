"""The shape of `kb trends --json`, that it lasts, and which days a selection means; the transcripts show what it says."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from kb.cli import main
from kb.trends import model

KEYS = {
    "": "today selection incidents counts power durations shares work practice undated reports changes people foreseen",
    "selection": "since until services teams",
    "counts": "quarters undated mean low high dispersion uneven change",
    "counts.quarters.0": "quarter incidents is_over",
    "counts.change": "value low high is_change",
    "power": "incidents known smallest",
    "durations": "detect mitigate resolve",
    "durations.resolve": "name dots unknown impossible quantiles change",
    "durations.resolve.dots.0": "incident seconds",
    "durations.resolve.quantiles.0": "of value low high",
    "durations.resolve.change": "value low high is_change",
    "shares": "trigger cause detection safeguard_missing",
    "shares.cause": "name known unknown shares source",
    "shares.cause.shares.0": "word incidents share low high published",
    "work": "states flow undated steps measured median by_owner by_kind overdue unverified",
    "work.states": "accepted done",
    "work.flow.0": "quarter opened done declined",
    "work.steps.0": "days share low high at_risk",
    "work.by_owner.0": "name days unknown",
    "work.by_kind.0": "name days unknown",
    "practice.0": "quarter repeats broken playbooks_helped playbooks_missing playbooks_outdated drills pre_mortems",
    "undated": "repeats playbooks drills pre_mortems",
    "reports": "published incidents days",
    "changes": "with_change known low high kinds",
    "changes.kinds": "name known unknown shares source",
    "people": "teams responders unknown",
    "people.teams.0": "name incidents",
    "people.responders.0": "name incidents",
    "foreseen": "incidents of",
}

EVERYTHING = """\
title: x
status: published
published: {year}-12-31
started: {year}-{month:02}-03T10:00Z
resolved: {year}-{month:02}-03T{hour}:00Z
causes: [hardware]
teams: [edge]
roles: {{responders: [Ann]}}
actions:
  - {{id: a, title: x, status: done, owner: edge, kind: detect, opened: 2020-01-01, closed: 2020-03-01}}
  - {{id: b, title: y, status: accepted, owner: edge, kind: detect, opened: 2020-01-01}}
"""


@pytest.fixture
def busy(library: Any) -> Path:
    """A knowledge base in which every part of the trends is known: two years, the second with shorter incidents."""
    return library(
        {
            f"postmortems/{year}-{month}.md": f"---\n{EVERYTHING.format(year=year, month=month, hour=hour)}---\n"
            for year, hour in ((2022, 20), (2023, 12))
            for month in range(1, 13)
        }
    )


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Return what `kb trends --json` prints on 2024-01-15, read as strictly as JSON is defined."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    def ask(root: Path, *options: str) -> Any:
        capsys.readouterr()
        assert main(["-C", str(root), "trends", "--json", "--today", "2024-01-15", *options]) == 0
        return json.loads(capsys.readouterr().out, parse_constant=refuse)

    return ask


def at(value: Any, path: str) -> Any:
    for step in filter(None, path.split(".")):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@pytest.mark.parametrize(("path", "keys"), KEYS.items())
def test_every_object_has_its_keys_in_order(busy: Path, asked: Callable[..., Any], path: str, keys: str) -> None:
    assert list(at(asked(busy), path)) == keys.split()


def test_every_value_of_the_trends_has_a_documented_shape() -> None:
    named = {keys.replace(" is_change", "") for keys in KEYS.values()}
    shown = [one for one in vars(model).values() if is_dataclass(one) and one.__module__ == model.__name__]
    assert [one.__name__ for one in shown if " ".join(field.name for field in fields(one)) not in named] == []
    documented = (Path(__file__).parents[2] / "docs/reference/commands.md").read_text(encoding="utf-8")
    section = documented.split("## `kb trends`")[1].split("\n## ")[0]
    words = {word for path, keys in KEYS.items() if path != "work.states" for word in keys.split()}
    assert [word for word in sorted(words) if f"`{word}`" not in section and f'"{word}"' not in section] == []


def test_numbers_are_rounded_and_those_of_a_known_record_are_right(busy: Path, asked: Callable[..., Any]) -> None:
    found = asked(busy)
    assert found["today"] == "2024-01-15"
    assert found["incidents"] == 24
    assert found["counts"]["mean"] == 3
    assert found["counts"]["quarters"][0] == {"quarter": "2022-Q1", "incidents": 3, "is_over": True}
    assert found["counts"]["quarters"][-1] == {"quarter": "2024-Q1", "incidents": 0, "is_over": False}
    assert found["counts"]["change"]["value"] == 1
    assert found["durations"]["resolve"]["change"] == {"value": 0.2, "low": 0.2, "high": 0.2, "is_change": True}
    assert found["work"]["states"] == {"accepted": 24, "done": 24}
    assert found["shares"]["cause"]["shares"][0]["low"] == 0.862
    # From 3 January to 31 December, in either year.
    assert found["reports"]["days"][-2:] == [362, 362]


def test_what_is_unknown_is_null(library: Any, asked: Callable[..., Any]) -> None:
    found = asked(library({"postmortems/a.md": "---\ntitle: x\n---\n"}))
    assert found["selection"] == {"since": None, "until": None, "services": [], "teams": []}
    unknown = ("mean", "low", "high", "dispersion", "change")
    assert {name: found["counts"][name] for name in unknown} == dict.fromkeys(unknown)
    assert (found["counts"]["undated"], found["power"]["smallest"], found["work"]["median"]) == (1, None, None)
    assert (found["changes"]["low"], found["durations"]["detect"]["change"]) == (None, None)


def test_no_record_is_no_fault(library: Any, asked: Callable[..., Any]) -> None:
    found = asked(library({}))
    assert (found["incidents"], found["counts"]["quarters"], found["practice"]) == (0, [], [])


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2022-Q4", "2023-Q1", "2022-10-01", "2023-03-31"),
        ("2022-q4", "2022-q4", "2022-10-01", "2022-12-31"),
        ("2022", "2023", "2022-01-01", "2023-12-31"),
        ("2022-02", "2024-02", "2022-02-01", "2024-02-29"),
        ("2022-12", "2022-12", "2022-12-01", "2022-12-31"),
        ("2022-12-31", "2023-01-01", "2022-12-31", "2023-01-01"),
        ("1000", "8999", "1000-01-01", "8999-12-31"),
    ],
)
def test_days_are_read_in_every_length(
    busy: Path, asked: Callable[..., Any], since: str, until: str, first: str, last: str
) -> None:
    found = asked(busy, "--since", since, "--until", until)["selection"]
    assert (found["since"], found["until"]) == (first, last)


NO_DAYS = "2022-Q0 2022-Q5 2022-13 2022-00 2022-02-30 0999 9000 2022-1 2022-W01 ２０２２ 2022-Q1-01".split()


@pytest.mark.parametrize("day", ["", " ", *NO_DAYS])
def test_what_is_no_day_is_refused(busy: Path, capsys: pytest.CaptureFixture[str], day: str) -> None:
    assert main(["-C", str(busy), "trends", "--since", day]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "such as 2025-03-14, 2025-03, 2025-Q1 or 2025" in err


def test_a_selection_reaches_every_part(busy: Path, asked: Callable[..., Any]) -> None:
    found = asked(busy, "--since", "2023-Q2", "--until", "2023-Q3", "--team", "Edge")
    assert found["incidents"] == found["reports"]["incidents"] == found["shares"]["cause"]["known"] == 6
    assert [one["incidents"] for one in found["counts"]["quarters"]] == [3, 3]
    assert [one["quarter"] for one in found["practice"]] == ["2023-Q2", "2023-Q3"]
    assert found["work"]["states"] == {"accepted": 6, "done": 6}
    assert found["people"]["teams"] == [{"name": "edge", "incidents": 6}]


def test_the_same_call_prints_the_same_bytes(busy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for form in ([], ["--json"]) * 2:
        assert main(["-C", str(busy), "trends", "--today", "2024-01-15", *form]) == 0
        said.append(capsys.readouterr().out)
    assert said[:2] == said[2:]


def test_what_ends_before_it_starts_is_counted_where_kb_toml_lets_it_in(
    library: Any, asked: Callable[..., Any]
) -> None:
    back = "---\ntitle: x\nstarted: 2023-01-01T10:00Z\nresolved: 2023-01-01T09:00Z\n---\n"
    found = asked(library({"postmortems/a.md": back}, '[levels]\ntime-order = "warning"\n'))
    assert (found["durations"]["resolve"]["unknown"], found["durations"]["resolve"]["impossible"]) == (1, 1)


def test_to_begin_costs_neither_what_learns_nor_scipy() -> None:
    code = "import sys, kb; kb.Trends, kb.Selection, kb.Quarter; print(sorted({'sklearn', 'scipy', 'altair'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_files_that_cannot_be_read_are_said_to_be_left_out(library: Any, capsys: pytest.CaptureFixture[str]) -> None:
    root = library({"postmortems/a.md": "---\ntitle: [\n---\n", "postmortems/b.md": "---\ntitle: x\n---\n"})
    for options in ([], ["--json"]):
        assert main(["-C", str(root), "trends", *options]) == 0
        assert capsys.readouterr().err == "kb: 1 file with errors left out; `kb check` says what is wrong\n"
    (root / "postmortems/a.md").unlink()
    assert main(["-C", str(root), "trends"]) == 0
    assert capsys.readouterr().err == ""
