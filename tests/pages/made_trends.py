"""What the trends say, made by hand: a knowledge base with something to draw in every chart, and one with nothing."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import kb
from kb.pages.trends import TrendPages
from kb.trends.model import (
    Age,
    Changes,
    Count,
    Counts,
    Dot,
    Durations,
    Flow,
    People,
    Power,
    Practice,
    Quantile,
    Ratio,
    Reports,
    Share,
    Shares,
    Step,
    Undated,
    Work,
)
from kb.trends.quarter import quarters

from .made import desk, incident

FIRST = date(2022, 2, 1)


@dataclass(frozen=True)
class Made:
    """As kb.trends.trends.Trends, with values that are given."""

    incidents: tuple[kb.Postmortem, ...]
    counts: Counts
    durations: Mapping[str, Durations]
    power: Power
    shares: Mapping[str, Shares]
    work: Work
    practice: tuple[Practice, ...]
    undated: Undated
    reports: Reports
    changes: Changes
    people: People
    foreseen: tuple[int, int]


NOTHING = Made(
    incidents=(),
    counts=Counts((), 0, None, None, None, None, False, None),
    durations={name: Durations(name, (), 0, 0, (), None) for name in ("detect", "mitigate", "resolve")},
    power=Power(1, 0, None),
    shares={name: Shares(name, 0, 0, (), "") for name in ("trigger", "cause", "detection", "safeguard_missing")},
    work=Work((), (), 0, (), 0, None, (), (), (), ()),
    practice=(),
    undated=Undated(0, 0, 0, 0),
    reports=Reports(0, 0, ()),
    changes=Changes(0, 0, None, None, Shares("change_kind", 0, 0, (), "")),
    people=People((), (), 0),
    foreseen=(0, 0),
)


def shares(name: str, words: list[str], published: bool = False) -> Shares:
    found = [
        Share(
            word,
            40 // (place + 1),
            part,
            max(0.0, part - 0.06),
            part + 0.09,
            part * 0.8 if published and place % 2 == 0 else None,
        )
        for place, word in enumerate(words)
        for part in [0.42 / (place + 1)]
    ]
    return Shares(name, 95, 12, tuple(found), "ISSRE 2022" if published else "")


def lasting(name: str, incidents: list[kb.Postmortem], middle: float) -> Durations:
    chance = random.Random(name)
    dots = tuple(Dot(one.id, round(middle * chance.lognormvariate(0, 1.6))) for one in incidents)
    quantiles = (
        Quantile(0.5, middle, middle * 0.8, middle * 1.3),
        Quantile(0.9, middle * 7, middle * 4, middle * 13),
    )
    return Durations(name, dots, 7, 1, quantiles, Ratio(0.8, 0.5, 1.4))


def full(number: int = 120, **fields: Any) -> Made:
    """Return trends with something of everything; `fields` are of each incident."""
    chance = random.Random(7)
    severities = ["sev1", "sev2", "sev3", "sev4", "sev5", "odd"]
    days = sorted(FIRST + timedelta(days=chance.randrange(1580)) for _ in range(number))
    made = [
        incident(f"i{place}", **{"started": day.isoformat(), "severity": chance.choice(severities), **fields})
        for place, day in enumerate(days)
    ]
    all_quarters = quarters([FIRST, date(2026, 6, 15)])
    per = [sum(day in quarter for day in days) for quarter in all_quarters]
    last = len(all_quarters) - 1
    steps = tuple(
        Step(days, 1 - place / 24, max(0.0, 1 - place / 24 - 0.1), min(1.0, 1 - place / 24 + 0.1), 60 - 3 * place)
        for place, days in enumerate(range(5, 305, 15), 1)
    )
    owners = ["payments", "storage", "Ana Lima", "", "network reliability engineering of the eastern region", "kb"]
    return Made(
        incidents=tuple(made),
        counts=Counts(
            tuple(Count(q, n, place < last) for place, (q, n) in enumerate(zip(all_quarters, per, strict=True))),
            undated=4,
            mean=sum(per[:-1]) / last,
            low=2,
            high=13,
            dispersion=1.1,
            uneven=False,
            change=Ratio(0.82, 0.55, 1.21),
        ),
        durations={
            "detect": lasting("detect", made, 420),
            "mitigate": lasting("mitigate", made, 2700),
            "resolve": lasting("resolve", made, 9000),
        },
        power=Power(7, 110, 0.45),
        shares={
            "cause": shares(
                "cause", ["misconfiguration", "hardware", "code_change", "insufficient_resource", "payload_flood"], True
            ),
            "trigger": shares("trigger", ["binary_push", "config_push", "user_behaviour"], True),
            "detection": shares("detection", ["alert", "customer", "employee"]),
            "safeguard_missing": shares(
                "safeguard_missing", ["canary", "rate_limit", "review", "an alert on the disk of the queue"]
            ),
        },
        work=Work(
            states=(
                ("proposed", 4),
                ("accepted", 12),
                ("in_progress", 7),
                ("done", 60),
                ("declined", 9),
                ("unknown", 30),
            ),
            flow=tuple(Flow(q, chance.randrange(9), chance.randrange(7), chance.randrange(3)) for q in all_quarters),
            undated=5,
            steps=steps,
            measured=88,
            median=170,
            by_owner=tuple(
                Age(name, tuple(sorted((chance.randrange(700) for _ in range(9 - place)), reverse=True)), place % 2)
                for place, name in enumerate(owners)
            ),
            by_kind=tuple(
                Age(name, tuple(sorted((chance.randrange(500) for _ in range(8)), reverse=True)), 0)
                for name in ("prevent", "detect", "mitigate", "process")
            ),
            overdue=("i1#a", "i2#b"),
            unverified=("i3#c",),
        ),
        practice=tuple(Practice(q, *(chance.randrange(most) for most in (3, 3, 5, 3, 3, 3, 2))) for q in all_quarters),
        undated=Undated(1, 0, 2, 0),
        reports=Reports(90, number, tuple(sorted(chance.randrange(1, 200) for _ in range(70)))),
        changes=Changes(31, 44, 0.55, 0.82, shares("change_kind", ["config_push", "binary_push", "provider_change"])),
        people=People((("payments", 31), ("storage", 22), ("network", 9)), (("Ana Lima", 12), ("Kofi", 7)), 14),
        foreseen=(number // 20, number),
    )


def trend_pages(made: Made = NOTHING, *records: kb.Record) -> TrendPages:
    """The trend pages of these trends."""
    return TrendPages(desk(*made.incidents, *records), made)  # type: ignore[arg-type]
