"""Quarters of the calendar, in UTC, as reviews and trends count them.

Compromise: an organization whose year begins in April still gets January to March as Q1; a day is the same in every report.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"([0-9]{4})-Q([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months, written `2021-Q4`. `number` is from 1 to 4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after.first - timedelta(days=1)

    @property
    def after(self) -> "Quarter":
        """The next one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> "Quarter":
        """The one before."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    def __contains__(self, day: date) -> bool:
        return quarter_of(day) == self


def quarter_of(day: date) -> Quarter:
    """Return the quarter that a day lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


def parse_quarter(text: str) -> Quarter:
    """Read `2021-Q4`.

    Raises:
        ValueError: the text is no quarter of the years 1000 to 9000.
    """
    match = _WRITTEN.fullmatch(text.strip().upper())
    if match is None or not 1000 <= int(match[1]) <= 9000:
        raise ValueError(f"`{text[:60]}` is no quarter such as `2021-Q4`")
    return Quarter(int(match[1]), int(match[2]))


def quarters(days: Iterable[date]) -> tuple[Quarter, ...]:
    """Return all quarters from that of the first of these days to that of the last, none where there is no day."""
    known = sorted(map(quarter_of, days))
    if not known:
        return ()
    found = [known[0]]
    while found[-1] < known[-1]:
        found.append(found[-1].after)
    return tuple(found)
