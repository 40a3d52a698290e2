"""The trends of whole knowledge bases: bad ones give honest values, and those of a real one agree with a count by hand."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

import kb
from kb.trends.model import Count
from kb.trends.quarter import Quarter

from .made import TODAY, incident, learning, trends

PARTS = (
    "incidents learnings promises repeats quarters counts durations power shares work practice undated reports changes people"
    " foreseen"
).split()


def numbers(value: Any) -> Iterator[float]:
    """Yield every number of the trends."""
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, kb.Trends):
        for name in PARTS:
            yield from numbers(getattr(value, name))
    elif isinstance(value, dict | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from numbers(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from numbers(getattr(value, field.name))


def lasting(name: str, day: str, hours: int) -> kb.Postmortem:
    return incident(name, started=f"{day}T00:00Z", resolved=f"{day}T{hours:02}:00Z")


def steady(quarters: int, hours: int = 2) -> list[kb.Postmortem]:
    """Incidents on three days a quarter, from 2020 on, each as long as the others."""
    return [
        lasting(f"{year}-{month}", f"{year}-{month:02}-10", hours)
        for year, month in (divmod(2020 * 12 + number, 12) for number in range(3 * quarters))
        for month in [month + 1]
    ]


def impossible() -> kb.Postmortem:
    return incident("back", started="2024-01-02T10:00Z", resolved="2024-01-02T09:00Z")


BAD = {
    "nothing": [],
    "one": [incident()],
    "one, dated": [incident(started="2024-01-01")],
    "a quarter without any": [lasting("a", "2023-01-01", 1), lasting("b", "2023-09-01", 1)],
    "durations unknown": [incident(f"a{n}", started=f"2023-0{n}-01") for n in range(1, 10)],
    "an end before a start": [impossible(), *steady(4)],
    "thirty days": [incident("long", started="2021-01-01T00:00Z", resolved="2021-01-31T00:00Z"), *steady(4)],
    "all at once": [lasting(f"a{n}", "2023-01-01", 0) for n in range(9)],
    "years apart": [incident("old", started="1000-01-01"), incident("new", started="8999-12-31T23:00Z")],
    "only drills": [learning(kind="game_day", date="2024-01-01")],
}


@pytest.mark.parametrize("records", BAD.values(), ids=BAD)
def test_whatever_is_recorded_each_number_is_one(records: list[kb.Record]) -> None:
    found = list(numbers(trends(*records)))
    assert len(found) > 15
    assert all(math.isfinite(one) and one >= 0 for one in found)


def test_no_incident_has_no_quarter_and_no_mean() -> None:
    found = trends()
    assert (found.incidents, found.quarters, found.counts.quarters, found.counts.mean) == ((), (), (), None)
    assert found.power.smallest is None
    assert {name: one.quantiles for name, one in found.durations.items()} == {
        "detect": (),
        "mitigate": (),
        "resolve": (),
    }


def test_incidents_without_a_day_are_counted_apart() -> None:
    found = trends(incident("a"), incident("b", started="2024-01-01"))
    assert found.counts.undated == 1
    assert sum(one.incidents for one in found.counts.quarters) == 1
    assert found.changes.known == found.reports.published == 0


def test_quarters_without_an_incident_count_up_to_the_one_that_has_not_ended() -> None:
    found = trends(lasting("a", "2023-09-30", 1), lasting("b", "2024-05-01", 1))
    assert found.counts.quarters == (
        Count(Quarter(2023, 3), 1, True),
        Count(Quarter(2023, 4), 0, True),
        Count(Quarter(2024, 1), 0, True),
        Count(Quarter(2024, 2), 1, False),
    )
    assert found.counts.mean == pytest.approx(1 / 3)
    assert found.quarters == tuple(one.quarter for one in found.counts.quarters)


@pytest.mark.parametrize(
    ("until", "last"),
    [
        (date(2023, 12, 31), Count(Quarter(2023, 4), 0, True)),
        (date(2023, 12, 30), Count(Quarter(2023, 4), 0, False)),
        (date(2023, 9, 30), Count(Quarter(2023, 3), 1, True)),
        (date(2024, 5, 31), Count(Quarter(2024, 2), 1, False)),
        (date(2030, 1, 1), Count(Quarter(2024, 2), 1, False)),
        (date.max, Count(Quarter(2024, 2), 1, False)),
    ],
)
def test_a_quarter_is_over_when_the_selection_holds_all_of_it(until: date, last: Count) -> None:
    found = trends(lasting("a", "2023-09-30", 1), lasting("b", "2024-05-01", 1), until=until)
    assert found.counts.quarters[-1] == last
    assert found.quarters[-1] == last.quarter


def test_an_incident_in_the_future_is_shown_where_it_is_said_to_be() -> None:
    found = trends(lasting("a", "2025-01-01", 1))
    assert found.quarters == (Quarter(2025, 1),)
    assert [one.incidents for one in found.counts.quarters] == [1]


def test_what_ends_before_it_starts_is_counted_and_moves_nothing() -> None:
    without, found = trends(*steady(4)).durations["resolve"], trends(impossible(), *steady(4)).durations["resolve"]
    assert (without.unknown, without.impossible) == (0, 0)
    assert (found.unknown, found.impossible) == (1, 1)
    assert (found.dots, found.quantiles) == (without.dots, without.quantiles)


def test_one_incident_of_thirty_days_moves_no_median() -> None:
    long = incident("long", started="2020-01-11T00:00Z", resolved="2020-02-10T00:00Z")
    median = trends(long, *steady(4)).durations["resolve"].quantiles[0]
    assert (median.value, median.low, median.high) == (7200, 7200, 7200)


def test_power_is_of_the_times_to_resolve_at_the_mean_of_incidents_a_quarter() -> None:
    found = trends(*steady(4), today=date(2021, 1, 1))
    assert (found.power.known, found.power.incidents) == (12, 3)


def test_the_same_records_in_another_order_give_the_same_trends() -> None:
    some = [*steady(9), impossible(), incident("z"), learning(kind="game_day")]
    one, other = trends(*some), trends(*reversed(some))
    assert all(getattr(one, name) == getattr(other, name) for name in PARTS)


def test_a_selection_of_nothing_is_as_honest_as_no_record() -> None:
    found = trends(*steady(4), since=date(2023, 1, 1))
    assert (found.incidents, found.counts.quarters, found.foreseen) == ((), (), (0, 0))


CORPORA = Path(kb.__file__).resolve().parents[2] / "shared" / "corpora"
RAW = CORPORA / "public-incidents"


def raw() -> Iterator[dict[str, Any]]:
    """Yield the frontmatter of the public incidents, read by nothing of ours."""
    for path in sorted(RAW.glob("*.md")):
        yield yaml.safe_load(path.read_text(encoding="utf-8").split("---\n", 2)[1])


def moment(value: object) -> datetime | None:
    if not value:
        return None
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def of_others(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that reads the records of others, where they are there."""
    there = pytest.mark.skipif(not RAW.is_dir(), reason="../shared/corpora is not there")
    return cast(Callable[..., None], pytest.mark.corpora(there(test)))


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> kb.Trends:
    root = tmp_path_factory.mktemp("public")
    (root / "kb.toml").write_text((Path(__file__).parents[1] / "corpora.toml").read_text(encoding="utf-8"))
    (root / "public-incidents").symlink_to(RAW)
    (root / "prometheus-runbooks").symlink_to(CORPORA / "prometheus-runbooks")
    return kb.Trends(kb.load(root, today=TODAY))


@of_others
def test_times_agree_with_a_count_by_hand(public: kb.Trends) -> None:
    times = [(moment(one.get("start_time")), moment(one.get("end_time"))) for one in raw()]
    assert len(public.incidents) == len(times) == 242
    assert sum(1 for start, _ in times if start) == 169
    assert sum(1 for start, end in times if start and end) == 150
    assert public.counts.undated == 242 - 169
    resolve = public.durations["resolve"]
    assert (len(resolve.dots), resolve.unknown, resolve.impossible) == (150, 92, 0)
    assert public.power.known == 150


@of_others
def test_every_quarter_agrees_with_a_count_by_hand(public: kb.Trends) -> None:
    starts = [at for one in raw() if (at := moment(one.get("start_time")))]
    by_hand = Counter(f"{at.year}-Q{(at.month - 1) // 3 + 1}" for at in starts)
    counted = {str(one.quarter): one.incidents for one in public.counts.quarters}
    assert {name: number for name, number in counted.items() if number} == by_hand
    assert list(counted)[-1] == max("2024-Q2", *by_hand)


@of_others
def test_every_duration_agrees_with_a_count_by_hand(public: kb.Trends) -> None:
    times = [(moment(one.get("start_time")), moment(one.get("end_time"))) for one in raw()]
    by_hand = sorted((end - start).total_seconds() for start, end in times if start and end)
    assert sorted(dot.seconds for dot in public.durations["resolve"].dots) == by_hand
    middle = (by_hand[74] + by_hand[75]) / 2
    assert public.durations["resolve"].quantiles[0].value == pytest.approx(middle)


@of_others
def test_every_cause_agrees_with_a_count_by_hand(public: kb.Trends) -> None:
    ours = {"config-change": "misconfiguration"}
    written = [set(one.get("categories") or []) for one in raw()]
    by_hand = Counter(ours.get(word, word) for words in written for word in words)
    cause = public.shares["cause"]
    assert {one.word: one.incidents for one in cause.shares} == by_hand
    assert cause.known == sum(1 for words in written if words)
    assert cause.known + cause.unknown == 242


@of_others
def test_what_they_do_not_say_is_unknown(public: kb.Trends) -> None:
    assert public.shares["trigger"].unknown == 242
    assert (public.people.unknown, public.changes.known, public.reports.days) == (242, 0, ())
    assert public.durations["detect"].unknown == public.durations["mitigate"].unknown == 242
