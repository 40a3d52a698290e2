"""Moments: a point in time as precisely as it is known, with the offset that was written.

Real records know some times to the second and some to the day. A moment keeps which, so that no duration is computed
from a day and no midnight is invented. Compromise: hours without minutes ("about 14 h") are not a precision of their own.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[Tt]|\s+)(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*([Zz]|[+-]\d{2}(?::?[0-5]\d)?)?$"
)
_SPAN = re.compile(r"P?\s*(\d{1,4})\s*(d|day|w|week|m|month|y|year)s?$", re.IGNORECASE)
_DAYS = {"d": 1, "w": 7, "m": 30.44, "y": 365.25}


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time. `at` is aware; where only the day is known it is that day's start in UTC and `exact` is False."""

    at: datetime
    exact: bool = True

    @property
    def utc(self) -> datetime:
        """The moment in UTC."""
        return self.at.astimezone(UTC)

    @property
    def day(self) -> date:
        """The calendar day in UTC, or the day as written where only that is known."""
        return self.utc.date() if self.exact else self.at.date()

    def __lt__(self, other: "Moment") -> bool:
        """Tell whether this moment certainly lies before the other: by the day, unless both are exact.

        A day is somebody's own, so it is compared with both days of an exact moment: that in UTC and that as written.
        """
        if self.exact and other.exact:
            return self.at < other.at
        return max(self.day, self.at.date()) < min(other.day, other.at.date())

    def since(self, earlier: "Moment") -> timedelta | None:
        """Return the span from `earlier` to this moment, or None where one of them is known only by its day."""
        return self.at - earlier.at if self.exact and earlier.exact else None

    def __str__(self) -> str:
        return self.at.isoformat().replace("+00:00", "Z") if self.exact else self.at.date().isoformat()


def parse_moment(text: str, zone: str | None = None) -> Moment:
    """Read ISO 8601, as `2017-02-28T09:37:00-08:00`, `2017-02-28 17:37Z` or `2017-02-28`.

    A time without an offset is read in `zone`, or in UTC where that is None.

    Raises:
        ValueError: the text is no ISO 8601, or names a time that does not exist.
    """
    text = text.strip()
    if _DATE.match(text):
        return Moment(datetime.combine(_day(text), time(), UTC), exact=False)
    match = _TIME.match(text)
    if match is None:
        raise ValueError(f"`{text[:60]}` is no ISO 8601 time")
    day, clock, offset = match.groups()
    try:
        if clock.startswith("24"):
            raise ValueError("some versions of Python read 24:00 as the next day, others refuse it")
        at = datetime.fromisoformat(f"{_day(day).isoformat()}T{clock}{(offset or '').upper()}")
        at = at if offset else at.replace(tzinfo=ZoneInfo(zone or "UTC"))
        at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"`{text}` does not exist") from error
    return Moment(at)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"the day {text} does not exist") from error
    if not 1000 <= found.year <= 9000:
        raise ValueError(f"the year {found.year} is out of range")
    return found


def is_naive(text: str) -> bool:
    """Tell whether the text is a time of day without an offset."""
    match = _TIME.match(text.strip())
    return match is not None and match[3] is None


def parse_span(text: str) -> timedelta:
    """Read a span such as `6 months`, `90 days`, `1y` or `P6M`; a month is 30.44 days, a year 365.25.

    Raises:
        ValueError: the text is no such span.
    """
    match = _SPAN.match(text.strip())
    if match is None:
        raise ValueError(f"`{text[:60]}` is no span such as `6 months` or `90 days`")
    return timedelta(days=round(int(match[1]) * _DAYS[match[2][0].lower()]))
